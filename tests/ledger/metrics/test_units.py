"""Units × price: measured on a day, at milestones or of a cohort; or counted from spells."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.dates import add_months
from ledger.metrics.facts import Person, Spell
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
    spell,
    terms,
)

UNITS = "id: mm, kind: units, price: 100, "
MEASURED = UNITS + "indicator: count"
MONTHS = UNITS + "indicator: housed, counted_in: months, every_months: 12"


def told(metric: str, *people: Person, until: str = "2030-01-01") -> list[str]:
    return lines(assessed(terms(metric), people, until))


# --- measured ---------------------------------------------------------------------------------


def test_each_measurement_is_an_outcome_on_its_day() -> None:
    ann = person(
        "ann",
        "2024-02-01",
        measured=(
            measured("count", "2", "2024-05-03"),
            measured("count", "0.5", "2025-01-09"),
            measured("count", "0", "2025-02-09"),
            measured("count", "9", "2024-01-31"),  # before she was enrolled
            measured("count", "9", "2029-01-02"),  # after the agreement
        ),
    )
    assert told(MEASURED, ann) == [
        "ann 2024-05-03 2024-05-03 200.00",
        "ann 2025-01-09 2025-01-09 50.00",
        "ann 2025-02-09 2025-02-09 no",
    ]
    assert told(MEASURED, ann, until="2024-05-02") == []
    assert told(MEASURED, ann, until="2024-05-03") == ["ann 2024-05-03 2024-05-03 200.00"]


def test_at_milestones_a_measurement_that_is_missing_is_waited_for() -> None:
    people = [person("ann", measured=at("count", m6="3", m12="4")), person("bo")]
    assert told(MEASURED + ", measured_at_months: [6, 12]", *people, until="2024-12-31") == [
        "ann 6m 2024-07-01 300.00",
        "bo 6m 2024-07-01 waits: measurement",
    ]


def test_above_a_threshold_only_what_lies_beyond_it_is_paid_each_time() -> None:
    ann = person("ann", measured=at("count", m6="30", m12="30.25", m24="31"))
    assert told(MEASURED + ", above: 30, measured_at_months: [6, 12, 24]", ann) == [
        "ann 6m 2024-07-01 no",
        "ann 12m 2025-01-01 25.00",
        "ann 24m 2026-01-01 100.00",
    ]


def test_results_are_paid_for_the_cohort_or_the_agreement_they_were_measured_of() -> None:
    results = {
        "all": (measured("count", "7", "2024-12-31"), measured("score", "9", "2024-12-31")),
        "north": (
            measured("count", "3", "2024-12-30"),
            measured("count", "3", "2023-12-31"),  # before the agreement
            measured("count", "1", "2024-01-01"),
        ),
    }
    found = assessed(terms(MEASURED + ", of: cohorts"), [person("ann")], results=results)
    assert lines(found) == [
        "north 2024-01-01 2024-01-01 100.00",
        "north 2024-12-30 2024-12-30 300.00",
        "all 2024-12-31 2024-12-31 700.00",
    ]
    assert [each.outcome.cohort for each in found.decided] == ["north", "north", None]
    assert [each.outcome.subject for each in found.decided] == [None] * 3


def test_fewer_than_none_are_none() -> None:
    ann = person("ann", measured=(measured("count", "-4", "2024-05-03"),))
    assert told(MEASURED, ann) == ["ann 2024-05-03 2024-05-03 no"]


# --- counted from spells ----------------------------------------------------------------------


def test_whole_months_are_counted_from_enrolment() -> None:
    ann = person("ann", "2024-01-31", spells=(spell("2024-02-15", "2024-06-30"),))
    # 31 January, 29 February, 31 March, 30 April, 31 May, 30 June: four lie whole in the spell.
    assert told(MONTHS, ann, until="2025-02-01") == ["ann 12m 2025-01-31 400.00"]


def test_the_days_of_spells_that_touch_or_overlap_count_once() -> None:
    daily = UNITS + "indicator: housed, counted_in: days, every_months: 3"
    ann = person(
        "ann",
        spells=(
            spell("2023-06-01", "2024-01-11"),
            spell("2024-01-11", "2024-01-21"),
            spell("2024-01-15", "2024-01-31"),
            spell("2024-01-16", "2024-01-17"),
            spell("2024-03-31"),
            Spell("elsewhere", day("2024-02-01")),
        ),
    )
    assert told(daily, ann, until="2024-07-01") == [
        "ann 3m 2024-04-01 3100.00",
        "ann 6m 2024-07-01 9100.00",
    ]


def test_a_week_that_goes_over_the_end_of_a_period_is_counted_where_it_ends() -> None:
    weekly = UNITS + "indicator: housed, counted_in: weeks, every_months: 1"
    ann = person("ann", spells=(spell("2024-01-01", "2024-03-03"),))
    # Weeks end on the 8th, 15th, 22nd, 29th of January and the 5th, 12th, 19th, 26th of February.
    assert told(weekly, ann, until="2024-04-01") == [
        "ann 1m 2024-02-01 400.00",
        "ann 2m 2024-03-01 400.00",
        "ann 3m 2024-04-01 no",
    ]


def test_the_last_period_ends_with_the_agreement() -> None:
    ann = person("ann", "2028-03-01", spells=(spell("2028-03-01"),))
    found = assessed(terms(MONTHS), [ann])
    assert lines(found) == ["ann 12m 2029-01-01 1000.00"]
    assert found.decided[0].outcome.months is None


def test_a_spell_that_ends_later_than_thought_changes_no_period_before() -> None:
    yearly = UNITS + "indicator: housed, counted_in: days, every_months: 12"
    ann = person("ann", spells=(spell("2024-02-01"),))
    closed = replace(ann, spells=(spell("2024-02-01", "2025-01-01"),))
    assert told(yearly, ann, until="2025-12-31") == told(yearly, closed, until="2025-12-31")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("indicator: housed, counted_in: days", "counted_in and every_months go together"),
        ("indicator: count, every_months: 3", "counted_in and every_months go together"),
        (
            "indicator: housed, counted_in: days, every_months: 3, measured_at_months: [12]",
            "spells are counted, not measured",
        ),
        ("indicator: housed", "'housed' is of kind spell; it must be number"),
        ("indicator: count, counted_in: days, every_months: 3", "it must be spell"),
        (
            "indicator: count, of: cohorts, measured_at_months: [12]",
            "neither spells nor milestones",
        ),
        (
            "indicator: housed, of: cohorts, counted_in: days, every_months: 3",
            "neither spells nor milestones",
        ),
        ("indicator: count, deadweight: {share: 0.1, on: count}", "not people to be counted"),
        ("indicator: count, above: -1", "above must not be below zero"),
        ("indicator: count, measured_at_months: [12, 6]", "measured_at_months must rise"),
    ],
)
def test_terms_that_contradict_themselves_are_refused(wrong: str, message: str) -> None:
    assert message in refused(UNITS + wrong)


def test_a_cohort_has_no_group_that_a_price_could_be_for() -> None:
    grouped = MEASURED.replace("100", "[{amount: 1}, {amount: 2, group: young}]") + ", of: cohorts"
    assert "a group is one of people" in refused(grouped, groups="[young]")


@pytest.mark.parametrize(
    ("metric", "english", "danish"),
    [
        (
            MONTHS + ", above: 2",
            "100.00 for each whole month of housed, beyond the first 2, every 12 months.",
            "100.00 for hver hel måned med housed ud over de første 2, hver 12. måned.",
        ),
        (
            MEASURED,
            "100.00 for each unit of count, of each person, whenever measured.",
            "100.00 for hver enhed af count, for hver person, når det måles.",
        ),
        (
            MEASURED + ", of: cohorts",
            "100.00 for each unit of count, of each cohort or the agreement, whenever measured.",
            "100.00 for hver enhed af count, for hver kohorte eller hele aftalen, når det måles.",
        ),
    ],
)
def test_it_is_told_in_two_languages(metric: str, english: str, danish: str) -> None:
    found = terms(metric).metrics[0]
    assert (found.told("en"), found.told("da")) == (english, danish)


# --- against a naive oracle -------------------------------------------------------------------

FIRST = date(2024, 1, 1)
ENDS = date(2025, 9, 17)


@st.composite
def somebody(draw: st.DrawFn) -> Person:
    """Enrolled early in the year; spells that overlap, touch, or lie apart, the last maybe open."""
    enrolled = FIRST + timedelta(days=draw(st.sampled_from((0, 30, 31, 59, 90))))
    on = enrolled + timedelta(days=draw(st.sampled_from((-40, -1, 0, 1, 28))))
    spells = []
    for length in draw(st.lists(st.sampled_from((0, 7, 31, 60, 200)), max_size=5)):
        spells.append(Spell("housed", on, on + timedelta(days=length)))
        on += timedelta(days=length + draw(st.sampled_from((-60, -3, 0, 0, 1, 20))))
    if draw(st.booleans()):
        spells.append(Spell("housed", on))
    return person("ann", enrolled.isoformat(), spells=tuple(spells))


def _naive(ann: Person, unit: str, every: int, above: int, until: date) -> dict[str, int]:
    """Units by key, from a plain set of days: a month or week is held if each of its days is."""

    def held(on: date) -> bool:
        return any(s.started <= on and (s.ended is None or on < s.ended) for s in ann.spells)

    def after(steps: int) -> date:
        if unit == "months":
            return add_months(ann.enrolled_on, steps)
        return ann.enrolled_on + timedelta(days=steps * (7 if unit == "weeks" else 1))

    found: dict[str, int] = {}
    steps = 0
    while after(steps + 1) <= ENDS:
        start, end = after(steps), after(steps + 1)
        nth = 1
        while add_months(ann.enrolled_on, nth * every) < end:
            nth += 1
        key = f"{nth * every}m"
        whole = all(held(start + timedelta(days=n)) for n in range((end - start).days))
        found[key] = found.get(key, 0) + whole
        steps += 1
    due = {}
    nth = 1
    while add_months(ann.enrolled_on, (nth - 1) * every) < ENDS:
        if min(add_months(ann.enrolled_on, nth * every), ENDS) <= until:
            due[f"{nth * every}m"] = max(0, found.get(f"{nth * every}m", 0) - above)
        nth += 1
    return due


@given(
    ann=somebody(),
    unit=st.sampled_from(("days", "weeks", "months")),
    every=st.sampled_from((1, 5, 12)),
    above=st.sampled_from((0, 3)),
    asked=st.sampled_from((100, 366, 400, 624, 625, 700)),
    seed=st.randoms(use_true_random=False),
)
def test_what_is_counted_is_what_a_naive_count_of_days_says(
    ann: Person, unit: str, every: int, above: int, asked: int, seed: random.Random
) -> None:
    metric = terms(
        f"{UNITS}indicator: housed, counted_in: {unit}, every_months: {every}, above: {above}",
        ends_on=ENDS.isoformat(),
    ).metrics[0]
    until = FIRST + timedelta(days=asked)
    found = outcomes(metric, [ann], until, ENDS)
    assert found == outcomes(metric, shuffled([ann], seed), until, ENDS)
    expected = _naive(ann, unit, every, above, until)
    assert {each.key: each.amount for each in found} == {k: 10_000 * n for k, n in expected.items()}
    assert {each.key for each in found if each.achieved} == {k for k, n in expected.items() if n}


@given(ann=somebody(), after=st.integers(0, 300))
def test_a_spell_after_a_period_changes_nothing_in_it(ann: Person, after: int) -> None:
    metric = terms(
        f"{UNITS}indicator: housed, counted_in: days, every_months: 5", ends_on=ENDS.isoformat()
    ).metrics[0]
    until = date(2025, 3, 1)
    more = Spell("housed", until + timedelta(days=after))
    known = replace(ann, spells=(*ann.spells, more))
    assert outcomes(metric, [ann], until, ENDS) == outcomes(metric, [known], until, ENDS)
