"""A price by tier: of people at milestones, and of the results of cohorts."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.metrics.facts import Measured
from tests.ledger.metrics.plain import (
    assessed,
    at,
    day,
    lines,
    measured,
    outcomes,
    person,
    refused,
    shuffled,
    terms,
)

TIERS = "tiers: [{at_least: 3, price: 1000}, {at_least: 5.5, price: 4000}, {at_least: 8, price: 0}]"
AT_12 = "id: steps, kind: tier, indicator: count, measured_at_months: [12], "
TIERED = f"id: steps, kind: tier, indicator: count, {TIERS}, "


def test_the_highest_tier_that_is_reached_decides() -> None:
    readings = {"ann": "2.999999", "bo": "3", "cai": "5.49", "dan": "5.5", "eva": "8"}
    people = [person(name, measured=at("count", m12=value)) for name, value in readings.items()]
    found = assessed(terms(TIERED + "measured_at_months: [12]"), [*people, person("finn")])
    assert lines(found) == [
        "ann 12m 2025-01-01 no",
        "bo 12m 2025-01-01 1000.00",
        "cai 12m 2025-01-01 1000.00",
        "dan 12m 2025-01-01 4000.00",
        "eva 12m 2025-01-01 0.00",
        "finn 12m 2025-01-01 waits: measurement",
    ]
    (shown,) = found.decided[3].outcome.steps
    assert (shown.step, shown.by, shown.result) == ("tier", "5.5", "4000.00")


def test_each_result_of_a_cohort_has_its_tier() -> None:
    results = {
        "first": (measured("count", "4", "2025-01-01"), measured("count", "6", "2026-01-01")),
        "all": (measured("count", "1", "2026-01-01"), measured("count", "6", "2029-01-02")),
    }
    agreement = terms(TIERED + "of: cohorts")
    assert lines(assessed(agreement, [person("ann")], results=results)) == [
        "first 2025-01-01 2025-01-01 1000.00",
        "all 2026-01-01 2026-01-01 no",
        "first 2026-01-01 2026-01-01 4000.00",
    ]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (TIERED, "write at which months people are measured"),
        (TIERED + "of: cohorts, measured_at_months: [12]", "results of cohorts have no milestones"),
        (TIERED + "of: cohorts, deadweight: {share: 0.1, on: count}", "not people to be counted"),
        (TIERED + "measured_at_months: [12, 12]", "measured_at_months must rise"),
        (
            AT_12 + "tiers: [{at_least: 5, price: 1}, {at_least: 3, price: 2}]",
            "each must begin above the one before",
        ),
        (
            AT_12 + "tiers: [{at_least: 3, price: 1}, {at_least: 3.0, price: 2}]",
            "each must begin above the one before",
        ),
        (
            AT_12 + "tiers: [{at_least: 3, price: -1}]",
            "a price must not be below zero",
        ),
        (
            AT_12 + "tiers: []",
            "must not be empty",
        ),
        (
            TIERED.replace("count", "level") + "measured_at_months: [12]",
            "it must be number, score_0_10",
        ),
    ],
)
def test_terms_that_contradict_themselves_are_refused(wrong: str, message: str) -> None:
    assert message in refused(wrong)


def test_the_most_it_can_cost_is_the_dearest_tier_not_the_last() -> None:
    assert terms(TIERED + "measured_at_months: [6, 12]").metrics[0].most(10) == 2 * 10 * 400_000
    assert terms(TIERED + "of: cohorts").metrics[0].most(10) is None


def test_it_is_told_in_two_languages() -> None:
    people = terms(TIERED + "measured_at_months: [6, 12]").metrics[0]
    assert people.told("en") == (
        "count, each person at 6, 12 months: 1000.00 from 3; 4000.00 from 5.5; 0.00 from 8."
    )
    assert people.told("da") == (
        "count, hver person efter 6, 12 måneder: 1000.00 fra 3; 4000.00 fra 5.5; 0.00 fra 8."
    )
    cohorts = terms(TIERED + "of: cohorts").metrics[0]
    assert cohorts.told("en").startswith("count, each result of a cohort: 1000.00 from 3")
    assert cohorts.told("da").startswith("count, hver måling af en kohorte: 1000.00 fra 3")


def _naive(tenths: int) -> int:
    """What a reading pays in øre."""
    if tenths >= 80:
        return 0
    if tenths >= 55:
        return 400_000
    return 100_000 if tenths >= 30 else 0


@given(
    known=st.dictionaries(st.sampled_from((6, 12, 24)), st.integers(-20, 100)),
    seed=st.randoms(use_true_random=False),
)
def test_every_milestone_pays_what_a_naive_table_says(
    known: dict[int, int], seed: random.Random
) -> None:
    metric = terms(TIERED + "measured_at_months: [6, 12, 24]").metrics[0]
    readings = tuple(
        Measured("count", f"{tenths / 10:.1f}", day("2026-01-01"), months)
        for months, tenths in known.items()
    )
    ann = person("ann", measured=readings)
    until, end = day("2026-01-01"), day("2029-01-01")
    found = outcomes(metric, [ann], until, end)
    assert found == outcomes(metric, shuffled([ann], seed), until, end)
    assert {each.months: each.amount for each in found if not each.waiting} == {
        months: _naive(tenths) for months, tenths in known.items()
    }
    assert {each.months for each in found} == {6, 12, 24}
