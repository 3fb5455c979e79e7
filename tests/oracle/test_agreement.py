"""`assess` against the oracle of a whole agreement, and what must hold of any agreement."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ledger.facts import Stay
from ledger.metrics.base import Waiting
from ledger.money import from_exact, total
from ledger.policy.assess import AgreementFacts, Assessment, Decided, assess
from tests.oracle import agreement as oracle
from tests.oracle.agreements import agreements, as_facts

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from ledger.metrics.facts import Person
    from ledger.policy.entitlement import Entitlement

UNTIL = st.dates(date(2024, 6, 1), date(2029, 6, 1))


class Disagreement(AssertionError):  # noqa: N818 - what it is, not what it does
    """The ledger and the oracle decide an agreement differently."""


def owed_by_ledger(assessment: Assessment) -> list[oracle.Owed]:
    answers = []
    for each in assessment.decided:
        outcome, owed = each.outcome, each.entitlement
        parts = owed.parts if owed else ()
        answers.append(
            oracle.Owed(
                oracle.Claim(
                    outcome.achieved_on,
                    date.min,  # who was enrolled when is not part of the answer
                    outcome.unit,
                    outcome.months or 0,
                    outcome.period.start,
                ),
                owed.total.minor if owed else None,
                {(part.payer, part.payee): part.amount.minor for part in parts if part.amount},
            )
        )
    return answers


def compare(agreement: oracle.Agreement, until: date) -> None:
    """Ask both sides what is decided, in which order, and who owes whom."""
    said = owed_by_ledger(assess(as_facts(agreement), until))
    should = [
        owed._replace(claim=owed.claim._replace(enrolled=date.min))
        for owed in oracle.owed(agreement, until)
    ]
    if said != should:
        message = f"ledger {said}, oracle {should}"
        raise Disagreement(message)


@settings(max_examples=400, deadline=None, database=None)
@given(agreement=agreements(), until=UNTIL)
def test_the_ledger_and_the_oracle_agree_on_every_agreement(
    agreement: oracle.Agreement, until: date
) -> None:
    compare(agreement, until)


@settings(max_examples=150, deadline=None, database=None)
@given(agreement=agreements(), until=UNTIL)
def test_what_waits_lacks_what_it_waits_for(agreement: oracle.Agreement, until: date) -> None:
    assessment = assess(as_facts(agreement), until)
    people = {person.subject: person for person in agreement.people}
    for outcome in assessment.waiting:
        lacking = {
            Waiting.MEASUREMENT: outcome.months not in people[outcome.unit].achieved,
            Waiting.REGISTER: agreement.register_until < outcome.period.end,
            Waiting.CAPITAL: not any(oracle.capital(agreement, outcome.period.end).values()),
        }
        assert outcome.waiting is not None
        assert lacking[outcome.waiting]
    assert len(assessment.waiting) + len(assessment.decided) == len(oracle.claims(agreement, until))


@settings(max_examples=150, deadline=None, database=None)
@given(agreement=agreements(), until=UNTIL)
def test_parts_add_up_and_running_totals_stay_within_every_cap(
    agreement: oracle.Agreement, until: date
) -> None:
    facts = as_facts(agreement)
    by_person: Counter[str] = Counter()
    by_agreement = 0
    for each in assess(facts, until).decided:
        if each.entitlement is None:
            continue
        owed = each.entitlement
        by_person[each.outcome.unit] += owed.total.minor
        by_agreement += owed.total.minor
        assert owed.total.minor >= 0
        assert total(part.amount for part in owed.parts) == owed.total
        assert owed.person_total.minor == by_person[each.outcome.unit]
        assert owed.agreement_total.minor == by_agreement
        for cap in owed.working.caps:
            spent = owed.person_total if cap.scope == "person" else owed.agreement_total
            assert spent <= cap.limit
            assert cap.left == cap.limit - (spent - owed.total)
            assert cap.cut == (cap.left.minor < oracle.nearest(_before_caps(owed)))


def _before_caps(owed: Entitlement) -> Fraction:
    return from_exact(owed.working.before_caps)


@settings(max_examples=150, deadline=None, database=None)
@given(agreement=agreements(), until=UNTIL, shuffle=st.randoms(use_true_random=False))
def test_the_order_in_which_facts_were_recorded_changes_nothing(
    agreement: oracle.Agreement, until: date, shuffle: Random
) -> None:
    facts = as_facts(agreement)

    def shuffled(person: Person) -> Person:
        return replace(
            person,
            stays=tuple(shuffle.sample(person.stays, len(person.stays))),
            measured=tuple(shuffle.sample(person.measured, len(person.measured))),
        )

    people = list(facts.people.items())
    other = replace(
        facts,
        people={name: shuffled(person) for name, person in shuffle.sample(people, len(people))},
        tariffs={
            shelter: tuple(shuffle.sample(tariffs, len(tariffs)))
            for shelter, tariffs in shuffle.sample(list(facts.tariffs.items()), len(facts.tariffs))
        },
        capital=tuple(shuffle.sample(facts.capital, len(facts.capital))),
    )
    assert assess(other, until) == assess(facts, until)


@settings(max_examples=150, deadline=None, database=None)
@given(agreement=agreements(), admitted=UNTIL, nights=st.one_of(st.none(), st.integers(1, 200)))
def test_a_stay_after_a_period_changes_nothing_of_that_period(
    agreement: oracle.Agreement, admitted: date, nights: int | None
) -> None:
    facts = as_facts(agreement)
    later = Stay(
        stay="later",
        shelter="nord",
        admitted=admitted,
        discharged=None if nights is None else admitted + timedelta(days=nights),
    )
    people = {
        name: replace(person, stays=(later, *person.stays)) for name, person in facts.people.items()
    }

    def decided_before(facts: AgreementFacts) -> list[Decided]:
        found = assess(facts, date(2029, 6, 1)).decided
        return [each for each in found if each.outcome.period.end <= admitted]

    assert decided_before(replace(facts, people=people)) == decided_before(facts)


# --- the sample, and whether these tests can fail


def _draw(check: Callable[[oracle.Agreement], None], examples: int) -> None:
    """Run a check over the same agreements each time, without searching for the smallest."""
    run = given(agreements())(check)
    settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )(run)()


def _features(agreement: oracle.Agreement) -> set[str]:
    until = date(2029, 6, 1)
    assessment = assess(as_facts(agreement), until)
    owed = [each.entitlement for each in assessment.decided if each.entitlement]
    cuts = [{cap.scope: cap.cut for cap in each.working.caps} for each in owed]
    dates = Counter(each.outcome.period.end for each in assessment.decided)
    found = {
        "a cap per person cuts": any(cut.get("person") for cut in cuts),
        "a cap per agreement cuts": any(cut.get("agreement") for cut in cuts),
        "both caps cut at once": any(cut.get("person") and cut.get("agreement") for cut in cuts),
        "a cap cuts what both sides pay": any(
            any(cut.values()) and len({part.payer for part in each.parts}) > 1
            for cut, each in zip(cuts, owed, strict=True)
        ),
        "an outcome is not achieved": any(not each.outcome.achieved for each in assessment.decided),
        "two achievements on one day": any(n > 1 for n in dates.values()),
        "a month too short": any(
            each.outcome.period.end.day < each.outcome.period.start.day
            for each in assessment.decided
        ),
        "capital paid in on the day of achievement": bool(
            {paid.day for paid in agreement.paid_in} & set(dates)
        ),
        "three investors": any(len({part.payee for part in each.parts}) > 2 for each in owed),
        "before caps there is a fraction of an øre": any(
            _before_caps(each).denominator > 1 for each in owed
        ),
        **{
            f"waiting for {waiting}": any(each.waiting is waiting for each in assessment.waiting)
            for waiting in (Waiting.MEASUREMENT, Waiting.REGISTER, Waiting.CAPITAL)
        },
    }
    return {name for name, present in found.items() if present}


EVERY_FEATURE = frozenset(
    """\
a cap cuts what both sides pay
a cap per agreement cuts
a cap per person cuts
a month too short
an outcome is not achieved
before caps there is a fraction of an øre
both caps cut at once
capital paid in on the day of achievement
three investors
two achievements on one day
waiting for capital
waiting for measurement
waiting for register""".splitlines()
)


def test_the_sample_holds_every_situation_that_an_agreement_must_settle() -> None:
    seen: Counter[str] = Counter()
    _draw(lambda agreement: seen.update(_features(agreement)), 200)
    rare = {name: seen[name] for name in EVERY_FEATURE if seen[name] < 10}  # 5 %
    assert not rare
    assert set(seen) == EVERY_FEATURE


_CLAIMS, _DIVIDED, _CAPITAL = oracle.claims, oracle.divided, oracle.capital


def _in_order_of_subject(agreement: oracle.Agreement, until: date) -> list[oracle.Claim]:
    return sorted(_CLAIMS(agreement, until), key=lambda claim: (claim.subject, claim.months))


def _ties_by_subject(agreement: oracle.Agreement, until: date) -> list[oracle.Claim]:
    return sorted(_CLAIMS(agreement, until), key=lambda claim: (claim.achieved_on, claim.subject))


def _residual_to_the_last(
    whole: int, weights: dict[str, Fraction], residual: str
) -> dict[str, int]:
    del residual
    return _DIVIDED(whole, weights, max(weights))


def _capital_before_the_day(agreement: oracle.Agreement, day: date) -> dict[str, int]:
    return _CAPITAL(agreement, day - timedelta(days=1))


def _half_towards_zero(amount: Fraction) -> int:
    return -((amount.denominator - 2 * amount.numerator) // (2 * amount.denominator))


@pytest.mark.parametrize(
    ("name", "misreading"),
    [
        ("claims", _in_order_of_subject),
        ("claims", _ties_by_subject),
        ("divided", _residual_to_the_last),
        ("capital", _capital_before_the_day),
        ("nearest", _half_towards_zero),
        ("months_after", lambda day, months: day + timedelta(days=months * 365 // 12)),
    ],
)
def test_an_agreement_misread_by_the_oracle_is_found(
    name: str, misreading: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oracle, name, misreading)
    with pytest.raises(Disagreement):
        _draw(lambda agreement: compare(agreement, date(2029, 6, 1)), 400)
