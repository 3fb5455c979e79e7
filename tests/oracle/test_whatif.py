"""What-if against the oracle: one agreement supposed to be another is what the other is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.decide.state import LawState
from ledger.model import Position
from ledger.money import Amount
from ledger.policy.assess import AgreementFacts, assess
from projections.whatif.facts import with_facts
from projections.whatif.overlay import supposed_law
from projections.whatif.scenario import Scenario
from projections.whatif.terms import with_terms
from tests.oracle import agreement as oracle
from tests.oracle.agreement import MUNICIPALITY, STATE
from tests.oracle.agreements import ENDS, agreements, as_facts
from tests.oracle.people import as_share
from tests.oracle.shelter_rule import REFERENCE
from tests.oracle.test_agreement import UNTIL, owed_by_ledger

NAME = "small-agreement"


def supposing(facts: AgreementFacts, changes: list[dict[str, Any]]) -> AgreementFacts:
    """The facts with a scenario laid over them, by the same parts as over a ledger's."""
    asked = Scenario.model_validate({"name": "other", "text": "Another.", "changes": changes})
    assert facts.rules_today is not None
    law = LawState(
        rules={facts.rules_today.id: (Position(1), facts.rules_today)},
        tariffs=dict(facts.tariffs),
    )
    law = supposed_law(asked, law)
    facts = replace(facts, rules_today=law.rules["a-table"][1], tariffs=law.tariffs)
    facts = with_facts(facts, {}, {}, asked.facts)
    return with_terms(facts, asked.terms)[0]


def changes_to(one: oracle.Agreement, other: oracle.Agreement) -> list[dict[str, Any]]:
    """What has to be supposed of one agreement to make another of it: every fact, term and rule."""
    out = [
        {"kind": "enrolment", "do": "remove", "agreement": NAME, "person": each.subject}
        for each in one.people
    ]
    people = [each for person in other.people for each in _person(person, other)]
    return [*out, *people, *_law(other), *_metric(other), *_caps(one, other)]


def _person(person: oracle.Person, agreement: oracle.Agreement) -> Iterator[dict[str, Any]]:
    own = {"do": "add", "agreement": NAME, "person": person.subject}
    until = str(agreement.register_until)
    yield {**own, "kind": "enrolment", "enrolled_on": str(person.enrolled), "register_until": until}
    for number, stay in enumerate(person.stays):
        discharged = None if stay.discharged is None else str(stay.discharged)
        yield {
            **own, "kind": "stay", "stay": f"stay {number}", "shelter": stay.shelter,
            "admitted": str(stay.admitted), "discharged": discharged,
        }  # fmt: skip
    for months, achieved in person.achieved.items():
        yield {
            **own, "kind": "measurement", "indicator": "no-shelter", "measured_on": str(ENDS),
            "milestone_months": str(months), "value": "yes" if achieved else "no",
        }  # fmt: skip


def _law(agreement: oracle.Agreement) -> Iterator[dict[str, Any]]:
    for price in agreement.prices:
        if price.shelter != REFERENCE:
            yield {
                "kind": "tariff", "do": "replace", "shelter": price.shelter,
                "valid_from": str(price.valid_from), "per_night": str(Amount(price.tariff)),
                "own_payment": str(Amount(price.own_payment)),
            }  # fmt: skip
    for rule in agreement.rules:
        limit = None if rule.limit is None else str(rule.limit)
        yield {
            "kind": "rule", "table": "a-table", "rule": str(rule.valid_from),
            "nights_per_running_year": limit,
            "open_windows": "restart" if rule.restart else "continue",
        }  # fmt: skip


def _metric(agreement: oracle.Agreement) -> Iterator[dict[str, Any]]:
    own = {"agreements": [NAME], "metric": "nights-saved"}
    sides = {"state_side": STATE, "municipal_side": MUNICIPALITY}
    shares = {
        name: {"payer": payer, "share": str(as_share(agreement.shares[payer]))}
        for name, payer in sides.items()
    }
    months = [str(each) for each in agreement.months]
    yield {"kind": "metric", **own, "set": {"measured_at_months": months, **shares}}
    reference = [
        {
            "valid_from": str(each.valid_from),
            "per_night": str(Amount(each.tariff)),
            "own_payment": str(Amount(each.own_payment)),
        }
        for each in agreement.prices
        if each.shelter == REFERENCE
    ]
    count = str(agreement.nights_per_year)
    yield {
        "kind": "counterfactual", **own, "nights_per_year": count, "reference_tariffs": reference,
    }  # fmt: skip


def _caps(one: oracle.Agreement, other: oracle.Agreement) -> Iterator[dict[str, Any]]:
    for scope, was, limit in (
        ("person", one.cap_per_person, other.cap_per_person),
        ("agreement", one.cap_per_agreement, other.cap_per_agreement),
    ):
        cap = {"kind": "cap", "agreements": [NAME], "scope": scope}
        if was is not None:
            yield {**cap, "remove": "true"}
        if limit is not None:
            yield {**cap, "limit": str(Amount(limit))}


@st.composite
def pairs(draw: st.DrawFn) -> tuple[oracle.Agreement, oracle.Agreement]:
    """Two agreements that differ in everything that a scenario can say, and in nothing else."""
    one, other = draw(agreements()), draw(agreements())
    names = (
        "residual_payer", "residual_investor", "investors", "paid_in", "ends", "register_until",
    )  # fmt: skip
    other = other._replace(**{name: getattr(one, name) for name in names})
    limit = draw(st.sampled_from((90, 120, 30, None, 0)))
    rules = [each._replace(limit=limit) if each.limit == 120 else each for each in other.rules]
    return one, other._replace(rules=rules)


@settings(max_examples=200, deadline=None, database=None)
@given(pair=pairs(), until=UNTIL)
def test_an_agreement_supposed_to_be_another_owes_what_the_oracle_says_of_that(
    pair: tuple[oracle.Agreement, oracle.Agreement], until: date
) -> None:
    one, other = pair
    said = owed_by_ledger(assess(supposing(as_facts(one), changes_to(one, other)), until))
    should = oracle.owed(other, until)
    assert said == [each._replace(claim=each.claim._replace(enrolled=date.min)) for each in should]


@settings(max_examples=50, deadline=None, database=None)
@given(pair=pairs())
def test_supposed_there_and_back_it_is_what_it_was(
    pair: tuple[oracle.Agreement, oracle.Agreement],
) -> None:
    one, other = pair
    facts, until = as_facts(one), date(2029, 6, 1)
    there_and_back = [*changes_to(one, other), *changes_to(other, one)]
    assert owed_by_ledger(assess(supposing(facts, there_and_back), until)) == owed_by_ledger(
        assess(facts, until)
    )
