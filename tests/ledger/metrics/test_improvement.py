"""Improvement over the baseline: strictly, by a least change, up or down, by person or by point."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.metrics.base import Outcome
from ledger.metrics.facts import Measured, Person
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

RISES = "id: better, kind: improvement, indicator: score, direction: up, price: 2000, "


def told(metric: str, *people: Person) -> list[str]:
    return lines(assessed(terms(metric), people))


def test_any_rise_is_paid_and_standing_still_is_not() -> None:
    people = [
        person("ann", measured=at("score", m0="4", m12="5")),
        person("bo", measured=at("score", m0="4", m12="4")),
        person("cai", measured=at("score", m0="4", m12="3")),
        person("dan", measured=at("score", m0="0", m12="10")),
    ]
    assert told(RISES + "measured_at_months: [12]", *people) == [
        "ann 12m 2025-01-01 2000.00",
        "bo 12m 2025-01-01 no",
        "cai 12m 2025-01-01 no",
        "dan 12m 2025-01-01 2000.00",
    ]


def test_without_a_baseline_or_without_the_milestone_it_waits() -> None:
    people = [
        person("ann", measured=at("score", m12="5")),
        person("bo", measured=at("score", m0="4")),
        person("cai"),
    ]
    assert told(RISES + "measured_at_months: [12]", *people) == [
        "ann 12m 2025-01-01 waits: measurement",
        "bo 12m 2025-01-01 waits: measurement",
        "cai 12m 2025-01-01 waits: measurement",
    ]


def test_what_was_measured_after_the_milestone_is_no_baseline() -> None:
    last, late = (measured("score", "4", on, 0) for on in ("2025-01-01", "2025-01-02"))
    (then,) = at("score", m12="5")
    people = [person("ann", measured=(last, then)), person("bo", measured=(late, then))]
    assert told(RISES + "measured_at_months: [12]", *people) == [
        "ann 12m 2025-01-01 2000.00",
        "bo 12m 2025-01-01 waits: measurement",
    ]


def test_a_measurement_taken_after_the_day_of_asking_is_not_known_yet() -> None:
    ann = person("ann", measured=at("score", m0="4", m12="5"))
    first, second = ann.measured
    late = replace(ann, measured=(first, second._replace(measured_on=day("2025-01-09"))))
    agreement = terms(RISES + "measured_at_months: [12]")
    assert lines(assessed(agreement, [late], "2025-01-08")) == [
        "ann 12m 2025-01-01 waits: measurement"
    ]
    assert lines(assessed(agreement, [late], "2025-01-09")) == ["ann 12m 2025-01-01 2000.00"]


def test_each_milestone_is_compared_with_the_baseline_not_with_the_one_before() -> None:
    ann = person("ann", measured=at("score", m0="4", m12="7", m24="5"))
    assert told(RISES + "measured_at_months: [12, 24]", ann) == [
        "ann 12m 2025-01-01 2000.00",
        "ann 24m 2026-01-01 2000.00",
    ]


def test_the_least_change_itself_counts_and_a_smaller_one_does_not() -> None:
    people = [
        person("ann", measured=at("count", m0="10.5", m12="8")),
        person("bo", measured=at("count", m0="10.5", m12="8.01")),
        person("cai", measured=at("count", m0="8", m12="10.5")),
    ]
    falls = (
        "id: absence, kind: improvement, indicator: count, direction: down, price: 500, "
        "minimum_change: 2.5, measured_at_months: [12]"
    )
    assert told(falls, *people) == [
        "ann 12m 2025-01-01 500.00",
        "bo 12m 2025-01-01 no",
        "cai 12m 2025-01-01 no",
    ]


def test_by_point_the_whole_change_is_paid_once_it_is_enough() -> None:
    people = [
        person("ann", measured=at("count", m0="3", m12="5.5")),
        person("bo", measured=at("count", m0="3", m12="4")),
    ]
    by_point = (
        "id: points, kind: improvement, indicator: count, direction: up, price: 100, "
        "minimum_change: 2, paid_per: point, measured_at_months: [12]"
    )
    assert told(by_point, *people) == ["ann 12m 2025-01-01 250.00", "bo 12m 2025-01-01 no"]
    (decided, _) = assessed(terms(by_point), people).decided
    assert [(step.step, step.by, step.result) for step in decided.outcome.steps] == [
        ("price", "2.50 x 100.00", "250.00")
    ]


def test_prices_go_by_group_and_by_the_day_of_achievement() -> None:
    metric = (
        "id: better, kind: improvement, indicator: score, direction: up, measured_at_months: [12], "
        "price: [{amount: 100}, {amount: 300, group: young}, "
        "{amount: 400, group: young, valid_from: 2025-01-02}]"
    )
    people = [
        person("ann", group="young", measured=at("score", m0="1", m12="2")),
        person("bo", group="old", measured=at("score", m0="1", m12="2")),
        person("cai", "2024-01-02", group="young", measured=at("score", m0="1", m12="2")),
    ]
    assert lines(assessed(terms(metric, groups="[young, old]"), people)) == [
        "ann 12m 2025-01-01 300.00",
        "bo 12m 2025-01-01 100.00",
        "cai 12m 2025-01-02 400.00",
    ]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("minimum_change: 0, measured_at_months: [12]", "minimum_change must be above zero"),
        ("minimum_change: -1, measured_at_months: [12]", "minimum_change must be above zero"),
        ("measured_at_months: [24, 12]", "measured_at_months must rise"),
        ("measured_at_months: [12, 12]", "measured_at_months must rise"),
        ("measured_at_months: []", "must not be empty"),
        ("measured_at_months: [0]", "must be at least 1"),
        ("measured_at_months: [999999999]", "must be at most 1200"),
    ],
)
def test_terms_that_contradict_themselves_are_refused(wrong: str, message: str) -> None:
    assert message in refused(RISES + wrong)


def test_what_is_not_a_score_or_a_number_cannot_improve() -> None:
    yes_no = RISES.replace("score", "works") + "measured_at_months: [12]"
    assert "it must be number, score_0_10" in refused(yes_no)


def test_the_most_it_can_cost() -> None:
    by_person = terms(RISES + "measured_at_months: [12, 24]").metrics[0]
    assert by_person.most(340) == 2 * 340 * 200_000
    assert terms(RISES + "measured_at_months: [12], paid_per: point").metrics[0].most(340) is None


def test_it_is_told_in_two_languages() -> None:
    metric = terms(RISES + "measured_at_months: [12], minimum_change: 2").metrics[0]
    assert metric.told("en") == (
        "2000.00 for each person whose score rises by at least 2 from the baseline, at 12 months."
    )
    assert metric.told("da") == (
        "2000.00 for hver person, hvis score stiger mindst 2 fra baselinemålingen, "
        "efter 12 måneder."
    )


# --- against a naive oracle -------------------------------------------------------------------

TENTHS = st.integers(-200, 200)
MONTHS = (6, 12, 24)


@st.composite
def somebody(draw: st.DrawFn) -> dict[int, int]:
    """Tenths by milestone; some were not measured."""
    return {m: draw(TENTHS) for m in (0, *MONTHS) if draw(st.booleans())}


def _person(number: int, tenths: dict[int, int], enrolled: date) -> Person:
    readings = tuple(
        Measured("count", f"{value / 10:.1f}", enrolled + timedelta(days=31 * months), months)
        for months, value in tenths.items()
    )
    return person(f"p{number}", enrolled.isoformat(), measured=readings)


def _naive(
    tenths: dict[int, int], months: int, least: int | None, *, up: bool, point: bool
) -> object:
    """What a milestone pays in øre at 7.00 each; None where it waits."""
    if 0 not in tenths or months not in tenths:
        return None
    change = tenths[months] - tenths[0] if up else tenths[0] - tenths[months]
    if change < 1 or (least is not None and change < least):
        return 0
    return 70 * change if point else 700


@given(
    people=st.lists(somebody(), max_size=5),
    least=st.sampled_from((None, 1, 5, 25)),
    up=st.booleans(),
    point=st.booleans(),
    seed=st.randoms(use_true_random=False),
)
def test_every_milestone_pays_what_a_naive_count_says(
    people: list[dict[int, int]], least: int | None, *, up: bool, point: bool, seed: random.Random
) -> None:
    metric = terms(
        "id: mm, kind: improvement, indicator: count, price: 7, "
        f"direction: {'up' if up else 'down'}, "
        f"paid_per: {'point' if point else 'person'}, measured_at_months: [6, 12, 24]"
        + (f", minimum_change: {least / 10:.1f}" if least else "")
    ).metrics[0]
    known = [_person(n, each, date(2024, 1, 1)) for n, each in enumerate(people)]
    found = outcomes(metric, known, date(2030, 1, 1), date(2029, 1, 1))
    assert found == outcomes(metric, shuffled(known, seed), date(2030, 1, 1), date(2029, 1, 1))

    def paid(outcome: Outcome) -> object:
        return None if outcome.waiting else outcome.amount

    assert {(each.unit, each.months): paid(each) for each in found} == {
        (f"p{n}", months): _naive(each, months, least, up=up, point=point)
        for n, each in enumerate(people)
        for months in MONTHS
    }
    assert all(each.achieved == (each.amount > 0) for each in found)


@given(first=somebody(), later=TENTHS)
def test_a_later_milestone_changes_no_earlier_one(first: dict[int, int], later: int) -> None:
    metric = terms(
        "id: mm, kind: improvement, indicator: count, price: 7, direction: up, "
        "measured_at_months: [6, 12, 24]"
    ).metrics[0]
    until, end = date(2025, 6, 1), date(2029, 1, 1)
    before = outcomes(metric, [_person(0, first, date(2024, 1, 1))], until, end)
    after = outcomes(metric, [_person(0, first | {24: later}, date(2024, 1, 1))], until, end)
    assert before == after
    assert {each.months for each in before} == {6, 12}
    assert sum((each.amount for each in before), Fraction(0)) <= 2 * 700
