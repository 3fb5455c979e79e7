"""One agreement from facts to what is owed: milestones, caps, rounding, payers and investors."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.facts import CapitalPaidIn
from ledger.metrics.base import Waiting
from ledger.metrics.facts import Measured, Person
from ledger.model import SubjectRef
from ledger.money import Amount
from ledger.policy.assess import AgreementFacts, Assessment, assess
from ledger.terms.agreement import Terms
from ledger.terms.reader import read_model
from tests.ledger.shelter.examples import LAW, THOUSAND, day, stay

TERMS = """
agreement: small
title: A small agreement
currency: DKK
signed_on: 2023-12-01
starts_on: 2024-01-01
ends_on: 2029-01-01
people: 2
parties:
  - {id: fund, name: The fund, roles: [outcome_payer]}
  - {id: town, name: The town, roles: [co_payer]}
  - {id: home, name: The home, roles: [provider]}
  - {id: big, name: Big, roles: [investor]}
  - {id: little, name: Little, roles: [investor]}
investment:
  - {investor: big, amount: 200}
  - {investor: little, amount: 100}
refund_law: {table: dk-shelter-refund, on_change: follow}
indicators:
  - {id: no-shelter, title: Uses no shelter, kind: yes_no}
metrics:
  - id: nights-saved
    kind: shelter_nights_saved
    measured_at_months: [12, 18, 24, 36, 48]
    achieved_when: {indicator: no-shelter, equals: yes}
    counterfactual:
      nights_per_year: 365
      reference_tariffs:
        - {valid_from: 2020-01-01, per_night: 1507.00, own_payment: 0.00}
    state_side: {payer: fund, share: 1}
    municipal_side: {payer: town, share: 0}
rounding: {residual_payer: fund, residual_investor: little}
"""
"""The state pays its whole gain and the town nothing; Big paid in twice what Little did."""


def facts(terms: str, *people: tuple[str, str, dict[int, str]]) -> AgreementFacts:
    """The facts of people given as (subject, enrolled on, readings by month)."""
    return AgreementFacts(
        terms=read_model(terms, Terms),
        rules_at_signature=LAW,
        rules_today=LAW,
        tariffs=THOUSAND,
        people={
            SubjectRef(subject): Person(
                SubjectRef(subject),
                day(enrolled),
                day("2029-01-01"),
                measured=tuple(
                    Measured("no-shelter", value, day("2029-01-01"), months)
                    for months, value in readings.items()
                ),
            )
            for subject, enrolled, readings in people
        },
        capital=(
            CapitalPaidIn(investor="big", paid_on=day("2024-01-01"), amount=Amount(200)),
            CapitalPaidIn(investor="little", paid_on=day("2024-01-01"), amount=Amount(100)),
        ),
    )


def owed(assessment: Assessment) -> list[str]:
    """Each decision as text: who, which milestone, when, and how much."""
    return [
        f"{each.outcome.subject} {each.outcome.months} {each.outcome.achieved_on} "
        + (str(each.entitlement.total) if each.entitlement else "not achieved")
        for each in assessment.decided
    ]


def parts(assessment: Assessment) -> list[str]:
    """Who owes whom for the first decision."""
    entitlement = assessment.decided[0].entitlement
    assert entitlement is not None
    return sorted(f"{part.payer} {part.payee} {part.amount}" for part in entitlement.parts)


def test_milestones_fall_on_the_last_day_of_a_month_that_is_too_short() -> None:
    anna = ("anna", "2024-02-29", dict.fromkeys((12, 18, 24, 36, 48), "no"))
    assert owed(assess(facts(TERMS, anna), day("2029-01-01"))) == [
        "anna 12 2025-02-28 not achieved",
        "anna 18 2025-08-29 not achieved",
        "anna 24 2026-02-28 not achieved",
        "anna 36 2027-02-28 not achieved",
        "anna 48 2028-02-29 not achieved",
    ]


def test_a_milestone_is_due_from_the_day_on_which_its_period_ends() -> None:
    anna = ("anna", "2024-01-01", {12: "yes"})
    assert owed(assess(facts(TERMS, anna), day("2024-12-31"))) == []
    assert owed(assess(facts(TERMS, anna), day("2025-01-01"))) == ["anna 12 2025-01-01 90420.00"]


def test_each_payer_owes_each_investor_pro_rata_to_the_capital_paid_in() -> None:
    anna = ("anna", "2024-01-01", {12: "yes"})
    shares = TERMS.replace("town, share: 0", "town, share: 0.5")
    assert parts(assess(facts(shares, anna), day("2025-01-01"))) == [
        "fund big 60280.00",
        "fund little 30140.00",
        "town big 153211.66",
        "town little 76605.84",
    ]


def test_capital_paid_in_on_the_day_of_achievement_counts_and_the_day_after_does_not() -> None:
    known = facts(TERMS, ("anna", "2024-01-01", {12: "yes"}))
    until = day("2025-01-02")

    def paid(on: str) -> AgreementFacts:
        late = CapitalPaidIn(investor="little", paid_on=day(on), amount=Amount(300))
        return replace(known, capital=(*known.capital, late))

    assert parts(assess(paid("2025-01-01"), until)) == ["fund big 30140.00", "fund little 60280.00"]
    assert parts(assess(paid("2025-01-02"), until)) == parts(assess(known, until))


def test_caps_are_spent_in_order_of_achievement_then_enrolment_then_pseudonym() -> None:
    people = (
        ("clara", "2024-08-31", {12: "no", 18: "yes"}),
        ("berit", "2024-08-30", {12: "no", 18: "yes"}),
        ("anna", "2024-08-31", {12: "no", 18: "yes"}),
    )
    capped = TERMS + "caps: [{scope: agreement, limit: 60000.00}]"
    found = owed(assess(facts(capped, *people), day("2026-03-01")))
    assert found[3:] == [
        "berit 18 2026-02-28 60000.00",
        "anna 18 2026-02-28 0.00",
        "clara 18 2026-02-28 0.00",
    ]


def test_a_cap_per_person_leaves_the_next_person_theirs() -> None:
    capped = TERMS + "caps: [{scope: person, limit: 100000.00}]"
    people = (
        ("anna", "2024-01-01", {12: "yes", 18: "yes", 24: "yes"}),
        ("berit", "2024-07-01", {12: "yes"}),
    )
    assert owed(assess(facts(capped, *people), day("2026-01-01"))) == [
        "anna 12 2025-01-01 90420.00",
        "anna 18 2025-07-01 9580.00",
        "berit 12 2025-07-01 90420.00",
        "anna 24 2026-01-01 0.00",
    ]


def test_a_cap_shrinks_what_both_payers_pay_in_proportion() -> None:
    anna = ("anna", "2024-01-01", {12: "yes"})
    terms = (
        TERMS.replace("town, share: 0", "town, share: 1")
        + "caps: [{scope: person, limit: 55005.50}]"
    )
    assert parts(assess(facts(terms, anna), day("2025-01-01"))) == [
        "fund big 6028.00",
        "fund little 3014.00",
        "town big 30642.33",
        "town little 15321.17",
    ]


def test_the_sum_of_both_sides_is_rounded_once() -> None:
    """Two halves of an øre are one øre, not two."""
    anna = ("anna", "2024-01-01", {12: "yes"})
    terms = (
        TERMS.replace("1507.00", "0.02")
        .replace("nights_per_year: 365", "nights_per_year: 1")
        .replace("fund, share: 1", "fund, share: 0.5")
        .replace("town, share: 0", "town, share: 0.5")
    )
    assert owed(assess(facts(terms, anna), day("2025-01-01"))) == ["anna 12 2025-01-01 0.01"]


@pytest.mark.parametrize(
    ("payer", "investor", "expected"),
    [
        ("fund", "little", {"fund big": 1, "fund little": 2, "town big": 1, "town little": 1}),
        ("fund", "big", {"fund big": 2, "fund little": 1, "town big": 1, "town little": 1}),
        ("town", "little", {"fund big": 1, "fund little": 1, "town big": 1, "town little": 2}),
    ],
)
def test_what_rounding_leaves_goes_to_the_payer_and_the_investor_that_the_terms_name(
    payer: str, investor: str, expected: dict[str, int]
) -> None:
    """Both sides gain alike and both investors paid in alike; there are five øre to divide."""
    terms = (
        TERMS.replace("nights_per_year: 365", "nights_per_year: 120")
        .replace("town, share: 0", "town, share: 1")
        .replace("residual_payer: fund", f"residual_payer: {payer}")
        .replace("residual_investor: little", f"residual_investor: {investor}")
    )
    known = facts(
        terms + "caps: [{scope: person, limit: 0.05}]", ("anna", "2024-01-01", {12: "yes"})
    )
    alike = tuple(paid.model_copy(update={"amount": Amount(100)}) for paid in known.capital)
    found = parts(assess(replace(known, capital=alike), day("2025-01-01")))
    assert found == [f"{who} {Amount(minor)}" for who, minor in expected.items()]


def test_what_is_not_known_yet_waits() -> None:
    known = facts(TERMS, ("anna", "2024-01-01", {12: "yes"}))
    until = day("2025-07-01")

    def waiting(facts: AgreementFacts) -> list[tuple[int | None, Waiting | None]]:
        return [(each.months, each.waiting) for each in assess(facts, until).waiting]

    assert waiting(known) == [(18, Waiting.MEASUREMENT)]
    anna = known.people[SubjectRef("anna")]
    unread = {anna.subject: replace(anna, register_until=day("2024-12-31"))}
    assert waiting(replace(known, people=unread))[0] == (12, Waiting.REGISTER)
    assert waiting(replace(known, capital=()))[0] == (12, Waiting.CAPITAL)


def test_terms_that_freeze_the_law_never_see_a_later_rule() -> None:
    anna = ("anna", "2026-04-01", {12: "yes"})
    until = day("2027-04-01")
    follow, freeze = TERMS, TERMS.replace("on_change: follow", "on_change: freeze")
    assert owed(assess(facts(follow, anna), until)) == ["anna 12 2027-04-01 67815.00"]
    assert owed(assess(facts(freeze, anna), until)) == ["anna 12 2027-04-01 90420.00"]


def test_nights_at_a_shelter_reduce_what_is_owed() -> None:
    known = facts(TERMS, ("anna", "2024-01-01", {12: "yes"}))
    anna = known.people[SubjectRef("anna")]
    relapsed = replace(anna, stays=(stay("nord 2024-05-01..2024-06-10"),))
    people = {SubjectRef("anna"): relapsed}
    assert owed(assess(replace(known, people=people), day("2025-01-01"))) == [
        "anna 12 2025-01-01 70420.00"
    ]


@pytest.mark.parametrize(
    ("town_share", "expected"),
    [
        ("1", ["306423.33", "153211.67", "60280.00", "30140.00"]),
        ("0.5", ["153211.66", "76605.84", "60280.00", "30140.00"]),
    ],
    ids=["alike", "not alike"],
)
def test_a_party_that_pays_on_both_sides_owes_in_each_role(
    town_share: str, expected: list[str]
) -> None:
    both = TERMS.replace("[outcome_payer]", "[outcome_payer, co_payer]").replace(
        "payer: town, share: 0", f"payer: fund, share: {town_share}"
    )
    anna = ("anna", "2024-01-01", {12: "yes"})
    found = assess(facts(both, anna), day("2025-01-01")).decided[0].entitlement
    assert found is not None
    owed = sorted(f"{part.role} {part.payee} {part.amount}" for part in found.parts)
    who = ("co_payer big", "co_payer little", "outcome_payer big", "outcome_payer little")
    assert owed == [f"{name} {amount}" for name, amount in zip(who, expected, strict=True)]
