"""Instalments for every so many weeks more, of time that was really held."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.metrics.facts import Person, Spell
from ledger.metrics.instalments import Instalments
from tests.ledger.metrics.spells import (
    ENDS,
    START,
    found,
    metric_of,
    naive_days,
    person,
    problems,
    shuffled,
    told,
    workers,
)

SUSTAINMENT = """
  - id: sustainment
    kind: instalments
    indicator: job
    after_weeks: 26
    after_continuity: cumulative
    every_weeks: 4
    continuity: continuous
    at_most: 3
    price: [{amount: 170, group: young}, {amount: 215, group: old}]
"""
CUMULATIVE = SUSTAINMENT.replace("continuity: continuous", "continuity: cumulative")


def test_each_four_weeks_after_the_first_twenty_six_pay_once_up_to_the_limit() -> None:
    """26 weeks from 2 January 2012 end with 1 July."""
    at_work = person("2012-01-02..", group="young")
    assert told(found(metric_of(SUSTAINMENT), at_work)) == [
        "1 2012-07-30 170",
        "2 2012-08-27 170",
        "3 2012-09-24 170",
    ]


def test_a_break_loses_the_weeks_begun_and_nothing_else() -> None:
    """A week and a day after the first instalment are lost; the count goes on at two."""
    broken = person("2012-01-02..2012-08-07", "2012-08-10..2012-09-08", group="old")
    assert told(found(metric_of(SUSTAINMENT), broken)) == ["1 2012-07-30 215", "2 2012-09-07 215"]
    assert told(found(metric_of(CUMULATIVE), broken)) == ["1 2012-07-30 215", "2 2012-08-30 215"]


def test_the_first_weeks_may_be_cumulative_or_not() -> None:
    broken = person("2012-01-02..2012-06-25", "2012-06-26..2012-08-01", group="old")
    continuous = SUSTAINMENT.replace("    after_continuity: cumulative\n", "")
    assert told(found(metric_of(SUSTAINMENT), broken)) == ["1 2012-07-31 215"]
    assert told(found(metric_of(continuous), broken)) == []


def test_a_short_break_may_be_let_pass() -> None:
    broken = person("2012-01-02..2012-07-10", "2012-07-12..2012-08-01", group="old")
    lenient = SUSTAINMENT.replace("    at_most", "    gap_days_max: 2\n    at_most")
    assert told(found(metric_of(lenient), broken)) == ["1 2012-08-01 215"]
    assert told(found(metric_of(SUSTAINMENT), broken)) == []


def test_instalments_may_begin_at_once() -> None:
    at_once = SUSTAINMENT.replace("after_weeks: 26", "after_weeks: 0")
    at_work = person("2012-01-02..2012-03-26", group="old")
    assert [each.achieved_on for each in found(metric_of(at_once), at_work)] == [
        date(2012, 1, 30),
        date(2012, 2, 27),
        date(2012, 3, 26),
    ]


def test_an_instalment_shows_its_number_and_rests_on_all_that_qualified() -> None:
    broken = person("2012-01-02..2012-06-25", "2012-06-26..2012-08-01", "2013-01-01..", group="old")
    outcome = found(metric_of(SUSTAINMENT), broken)[0]
    assert outcome.read_at == (2, 3)
    assert [(each.step, each.by, each.result) for each in outcome.steps] == [
        ("instalment", "3", "1.00"),
        ("days-held", "4w", "28.00"),
        ("price", "1 x 215.00", "215.00"),
    ]


def test_the_most_it_can_cost_is_every_instalment_at_the_highest_price() -> None:
    assert metric_of(SUSTAINMENT).most(10) == 10 * 3 * 21500


def test_it_is_told_in_both_languages() -> None:
    assert metric_of(SUSTAINMENT).told("en") == (
        "After 26 weeks of job: 170.00 / 215.00 for every 4 weeks more, at most 3 times a person."
    )
    assert "for hver 4 uger mere" in metric_of(SUSTAINMENT).told("da")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            CUMULATIVE.replace("    at_most", "    gap_days_max: 7\n    at_most"),
            "cumulative time may have any breaks",
        ),
        (SUSTAINMENT.replace("every_weeks: 4", "every_weeks: 0"), "must be at least 1"),
        (SUSTAINMENT.replace("indicator: job", "indicator: done"), "it must be spell"),
        (SUSTAINMENT.replace(", {amount: 215, group: old}", ""), "for group old"),
    ],
)
def test_terms_that_contradict_themselves_are_refused(wrong: str, message: str) -> None:
    assert any(message in each for each in problems(wrong)), problems(wrong)


# --- against a walk through the days ----------------------------------------------------------


def naive(who: Person, until: date, scheme: Instalments) -> list[date]:
    """Walk from day to day: count up, forget at a break, and note each time it is enough."""
    first_rule = scheme.after_continuity or scheme.continuity
    wanted, rule = scheme.after_weeks * 7, first_rule
    qualified = wanted == 0
    if qualified:
        wanted, rule = scheme.every_weeks * 7, scheme.continuity
    counted, idle, earned = 0, 0, list[date]()
    for number, at_work in enumerate(naive_days(who, until), start=1):
        idle = 0 if at_work else idle + 1
        if rule == "continuous" and idle > (scheme.gap_days_max or 0):
            counted = 0
        counted += at_work
        if at_work and counted == wanted:
            if qualified:
                earned.append(who.enrolled_on + timedelta(days=number))
            qualified, counted = True, 0
            wanted, rule = scheme.every_weeks * 7, scheme.continuity
    return earned[: scheme.at_most]


SCHEMES = st.builds(
    Instalments,
    kind=st.just("instalments"),
    id=st.just("sustainment"),
    indicator=st.just("job"),
    after_weeks=st.integers(0, 5),
    after_continuity=st.sampled_from(["continuous", "cumulative", None]),
    every_weeks=st.integers(1, 4),
    continuity=st.sampled_from(["continuous", "cumulative"]),
    gap_days_max=st.none() | st.integers(0, 12),
    at_most=st.integers(1, 6),
    price=st.just("1.00"),
)


@given(who=workers(), scheme=SCHEMES, until=st.integers(1, 260))
def test_they_are_the_days_that_walking_day_by_day_finds(
    who: Person, scheme: Instalments, until: int
) -> None:
    last = START + timedelta(days=until)
    assert [each.achieved_on for each in found(scheme, who, until=last)] == naive(who, last, scheme)


@given(who=workers(), data=st.data())
def test_the_order_of_the_spells_is_irrelevant(who: Person, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(who.spells))))
    metric = metric_of(SUSTAINMENT.replace("26", "2"))
    at_work = replace(who, group="old")
    assert told(found(metric, shuffled(at_work, order))) == told(found(metric, at_work))


@given(who=workers(), start=st.integers(0, 200), length=st.integers(1, 200))
def test_a_later_spell_changes_nothing_before_it(who: Person, start: int, length: int) -> None:
    first = START + timedelta(days=start)
    known = replace(who, group="old")
    more = replace(known, spells=(*who.spells, Spell("job", first, first + timedelta(days=length))))
    for terms in (SUSTAINMENT, CUMULATIVE):
        metric = metric_of(terms.replace("26", "2"))
        before = [each for each in found(metric, known) if each.achieved_on <= first]
        assert before == [each for each in found(metric, more) if each.achieved_on <= first]


def test_nothing_is_achieved_after_the_agreement_has_ended() -> None:
    late = person((ENDS - timedelta(days=30 * 7 - 1), None), group="old")
    assert found(metric_of(SUSTAINMENT), late, until=ENDS + timedelta(days=900)) == []
