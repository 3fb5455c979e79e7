"""Level of service lowered since the baseline: by level, or down to a target."""

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
    outcomes,
    person,
    refused,
    shuffled,
    terms,
)

DOWN = "id: lower, kind: step_down, indicator: level, "
BY_LEVEL = DOWN + "price: 10000, "
TARGETS = DOWN + "targets: [{level: home, price: 50000}, {level: family, price: 20000}], "


def courses(metric: str) -> list[str]:
    """What each course from the baseline to 12 months comes to."""
    levels = ("home", "family", "institution")
    people = [
        person(f"{before}-{after}", measured=at("level", m0=before, m12=after))
        for before in levels
        for after in levels
    ]
    found = assessed(terms(metric + "measured_at_months: [12]"), people).decided
    return [
        f"{each.outcome.subject} {each.entitlement.total}" for each in found if each.entitlement
    ]


def test_each_level_lowered_is_paid_and_a_rise_is_not() -> None:
    assert courses(BY_LEVEL) == [
        "family-home 10000.00",
        "institution-family 10000.00",
        "institution-home 20000.00",
    ]


def test_the_lowest_target_reached_is_paid_once_and_only_by_who_came_down_to_it() -> None:
    assert courses(TARGETS) == [
        "family-home 50000.00",
        "institution-family 20000.00",
        "institution-home 50000.00",
    ]
    only_family = DOWN + "targets: [{level: family, price: 20000}], "
    assert courses(only_family) == ["institution-family 20000.00", "institution-home 20000.00"]


def test_without_a_baseline_or_the_milestone_it_waits() -> None:
    people = [person("ann", measured=at("level", m12="home")), person("bo")]
    assert lines(assessed(terms(BY_LEVEL + "measured_at_months: [12]"), people)) == [
        "ann 12m 2025-01-01 waits: measurement",
        "bo 12m 2025-01-01 waits: measurement",
    ]


def test_the_working_names_the_target_and_shows_the_price() -> None:
    ann = person("ann", measured=at("level", m0="institution", m12="family"))
    (decided,) = assessed(terms(TARGETS + "measured_at_months: [12]"), [ann]).decided
    assert [(s.step, s.by, s.result) for s in decided.outcome.steps] == [
        ("target", "family", "20000.00")
    ]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (DOWN, "write either price, for each level, or targets"),
        (TARGETS + "price: 1, ", "write either price, for each level, or targets"),
        (DOWN + "targets: [{level: hospital, price: 1}], ", "'hospital' is no level of level"),
        (DOWN + "targets: [{level: institution, price: 1}], ", "nobody comes down to it"),
        (
            DOWN + "targets: [{level: home, price: 1}, {level: home, price: 2}], ",
            "a level stands twice",
        ),
        (DOWN + "targets: [{level: home, price: -1}], ", "a price must not be below zero"),
        (BY_LEVEL.replace("indicator: level", "indicator: score"), "it must be level"),
    ],
)
def test_terms_that_contradict_themselves_are_refused(wrong: str, message: str) -> None:
    assert message in refused(wrong + "measured_at_months: [12]")


def test_milestones_must_rise() -> None:
    assert "measured_at_months must rise" in refused(BY_LEVEL + "measured_at_months: [24, 12]")


def test_the_most_it_can_cost() -> None:
    months = "measured_at_months: [12, 24]"
    assert terms(TARGETS + months).metrics[0].most(10) == 2 * 10 * 5_000_000
    assert terms(BY_LEVEL + months).metrics[0].most(10) is None


def test_it_is_told_in_two_languages() -> None:
    by_level = terms(BY_LEVEL + "measured_at_months: [12]").metrics[0]
    targets = terms(TARGETS + "measured_at_months: [12]").metrics[0]
    assert by_level.told("en") == (
        "level lower than at the baseline, at 12 months: 10000.00 for each level."
    )
    assert by_level.told("da") == (
        "level lavere end ved baseline, efter 12 måneder: 10000.00 for hvert niveau."
    )
    assert targets.told("en") == (
        "level lower than at the baseline, at 12 months: "
        "50000.00 down to home; 20000.00 down to family."
    )
    assert targets.told("da").endswith("50000.00 ned til home; 20000.00 ned til family.")


LEVELS = ("home", "family", "institution")
NUMBERS = {"home": 0, "family": 1, "institution": 2}


@given(
    known=st.dictionaries(st.sampled_from((0, 6, 12)), st.sampled_from(LEVELS)),
    seed=st.randoms(use_true_random=False),
)
def test_every_milestone_pays_what_a_naive_count_says(
    known: dict[int, str], seed: random.Random
) -> None:
    metric = terms(BY_LEVEL + "measured_at_months: [6, 12]").metrics[0]
    readings = tuple(
        Measured("level", level, day("2025-01-01" if months else "2024-01-01"), months)
        for months, level in known.items()
    )
    ann = person("ann", measured=readings)
    until, end = day("2026-01-01"), day("2029-01-01")
    found = outcomes(metric, [ann], until, end)
    assert found == outcomes(metric, shuffled([ann], seed), until, end)
    expected = {
        months: 1_000_000 * max(0, NUMBERS[known[0]] - NUMBERS[known[months]])
        for months in (6, 12)
        if {0, months} <= known.keys()
    }
    assert {each.months: each.amount for each in found if not each.waiting} == expected
    assert len(found) == 2
