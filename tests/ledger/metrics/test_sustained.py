"""Something held for so long: each step once, by days that were really held."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.metrics.facts import Person, Spell
from ledger.metrics.sustained import Sustained, SustainedStep
from ledger.money import Amount
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

WORK = """
  - id: work
    kind: sustained
    indicator: job
    continuity: continuous
    steps:
      - {weeks: 13, price: 1000}
      - {weeks: 26, price: 2500}
"""
HOME = """
  - id: home
    kind: sustained
    indicator: home
    continuity: continuous
    steps: [{months: 3, price: 300}, {months: 12, price: 1200}]
"""
CUMULATIVE = WORK.replace("continuous", "cumulative")


def test_thirteen_weeks_are_complete_when_the_ninety_first_day_is_over() -> None:
    """1 January to 31 March 2012 are 91 days."""
    work = metric_of(WORK)
    assert told(found(work, person("2012-01-01..2012-03-31"))) == []
    assert told(found(work, person("2012-01-01..2012-04-01"))) == ["13w 2012-04-01 1000"]


def test_it_is_not_achieved_before_the_day_of_asking() -> None:
    at_work = person("2012-01-01..")
    assert found(metric_of(WORK), at_work, until=date(2012, 3, 31)) == []
    assert told(found(metric_of(WORK), at_work, until=date(2012, 4, 1))) == ["13w 2012-04-01 1000"]


def test_months_end_on_the_same_day_of_the_month_or_its_last() -> None:
    assert told(found(metric_of(HOME), person("2012-11-30..", indicator="home"))) == [
        "3m 2013-02-28 300",
        "12m 2013-11-30 1200",
    ]


def test_a_break_starts_the_count_over_where_time_is_continuous() -> None:
    broken = person("2012-01-01..2012-03-01", "2012-03-02..2012-07-01")
    assert told(found(metric_of(WORK), broken)) == ["13w 2012-06-01 1000"]


def test_a_break_that_is_let_pass_does_not_count_as_held() -> None:
    """Sixty days, seven off, sixty more: the 91st day held is a week later."""
    broken = person("2012-01-01..2012-03-01", "2012-03-08..2012-05-07")
    lenient = WORK.replace("    steps:", "    gap_days_max: 7\n    steps:")
    assert told(found(metric_of(lenient), broken)) == ["13w 2012-04-08 1000"]
    assert told(found(metric_of(lenient.replace("7", "6")), broken)) == []


def test_cumulative_time_goes_on_after_any_break() -> None:
    broken = person("2012-01-01..2012-03-01", "2014-01-01..2014-02-01")
    assert told(found(metric_of(CUMULATIVE), broken)) == ["13w 2014-02-01 1000"]


def test_cumulative_time_may_have_to_lie_within_some_weeks() -> None:
    """Ninety days from 1 January on, and the 91st on the 182nd day or on the 183rd."""
    within = metric_of(CUMULATIVE.replace("    steps:", "    within_weeks: 26\n    steps:"))
    near = person("2012-01-01..2012-03-31", "2012-06-30..2012-07-01")
    assert told(found(within, near)) == ["13w 2012-07-01 1000"]
    far = person("2012-01-01..2012-03-31", "2012-07-01..2012-07-02")
    assert told(found(within, far)) == []


def test_each_step_is_paid_once_however_many_jobs_there_were() -> None:
    twice = person("2012-01-01..2012-06-01", "2013-01-01..2014-01-01")
    assert told(found(metric_of(WORK), twice)) == ["13w 2012-04-01 1000", "26w 2013-07-02 2500"]


def test_two_jobs_at_once_are_one_time_in_work() -> None:
    both = person("2012-01-01..2012-03-01", "2012-01-15..2012-04-01", "2012-02-01..2012-02-02")
    assert told(found(metric_of(CUMULATIVE), both)) == ["13w 2012-04-01 1000"]


def test_time_before_enrolment_does_not_count() -> None:
    early = person("2011-01-01..2012-04-02", enrolled=date(2012, 1, 2))
    assert told(found(metric_of(WORK), early)) == ["13w 2012-04-02 1000"]


def test_the_price_is_that_of_the_group_on_the_day() -> None:
    priced = WORK.replace(
        "price: 1000",
        "price: [{amount: 1, group: young}, {amount: 2}, {amount: 3, valid_from: 2012-04-02}]",
    )
    metric = metric_of(priced)
    assert told(found(metric, person("2012-01-01..2012-04-01", group="young"))) == [
        "13w 2012-04-01 1"
    ]
    assert told(found(metric, person("2012-01-01..2012-04-01"))) == ["13w 2012-04-01 2"]
    assert told(found(metric, person("2012-01-02..2012-04-02"))) == ["13w 2012-04-02 3"]


def test_an_outcome_rests_on_the_spells_that_it_counts() -> None:
    who = person("2012-01-01..2012-03-01", "2013-01-01..2013-04-02", "2014-01-01..")
    who = replace(who, spells=(*who.spells, Spell("home", START, None)))
    (outcome,) = [each for each in found(metric_of(WORK), who) if each.key == "13w"]
    assert outcome.read_at == (3,)
    assert outcome.based_on == (1,)
    assert [(each.step, each.result) for each in outcome.steps] == [
        ("days-held", "91.00"),
        ("price", "1000.00"),
    ]


def test_the_most_it_can_cost_is_every_step_for_everybody() -> None:
    assert metric_of(WORK).most(10) == 10 * 350000


def test_it_is_told_in_both_languages() -> None:
    assert metric_of(WORK).told("en") == (
        "For each person, once a step, with job without a break for 13 weeks (1000.00), "
        "26 weeks (2500.00)."
    )
    assert "13 uger (1000.00)" in metric_of(WORK).told("da")
    assert "12 months (1200.00)" in metric_of(HOME).told("en")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (WORK.replace("weeks: 26", "weeks: 13"), "a length stands twice"),
        (
            CUMULATIVE.replace("    steps:", "    gap_days_max: 7\n    steps:"),
            "cumulative time may have any breaks",
        ),
        (WORK.replace("    steps:", "    within_weeks: 30\n    steps:"), "is for cumulative time"),
        (
            CUMULATIVE.replace("    steps:", "    within_weeks: 20\n    steps:"),
            "26 weeks do not fit into 20",
        ),
        (
            HOME.replace("continuous", "cumulative\n    within_weeks: 60"),
            "write the steps in weeks too",
        ),
        (WORK.replace("weeks: 26", "weeks: 26, months: 6"), "write either weeks or months"),
        (WORK.replace("weeks: 26, ", ""), "write either weeks or months"),
        (WORK.replace("indicator: job", "indicator: done"), "it must be spell"),
        (WORK.replace("price: 2500", "price: -1"), "price must not be below zero"),
        (WORK.replace("price: 2500", "price: [{amount: 1, group: rich}]"), "no group 'rich'"),
        (WORK.replace("price: 2500", "price: [{amount: 1, group: old}]"), "for group young"),
    ],
)
def test_terms_that_contradict_themselves_are_refused(wrong: str, message: str) -> None:
    assert any(message in each for each in problems(wrong)), problems(wrong)


# --- against a count of days, one by one ------------------------------------------------------


def naive(who: Person, until: date, days: int, gap: int | None, within: int | None) -> date | None:
    """The first day by whose beginning enough days were held, each day looked at by itself."""
    held = naive_days(who, until)
    for end in range(1, len(held) + 1):
        counted, idle = 0, 0
        first = max(0, end - within) if within is not None else 0
        for number in range(end - 1, first - 1, -1):
            if held[number]:
                counted, idle = counted + 1, 0
            else:
                idle += 1
                if gap is not None and idle > gap:
                    break
        if held[end - 1] and counted >= days:
            return who.enrolled_on + timedelta(days=end)
    return None


@given(
    who=workers(),
    weeks=st.integers(1, 9),
    gap=st.integers(0, 12),
    how=st.sampled_from(["continuous", "cumulative", "within"]),
    slack=st.integers(0, 6),
    until=st.integers(1, 220),
)
def test_it_is_the_day_that_counting_day_by_day_finds(
    who: Person, weeks: int, gap: int, how: str, slack: int, until: int
) -> None:
    metric = Sustained(
        kind="sustained",
        id="work",
        indicator="job",
        continuity="continuous" if how == "continuous" else "cumulative",
        gap_days_max=gap if how == "continuous" else None,
        within_weeks=weeks + slack if how == "within" else None,
        steps=(SustainedStep(weeks=weeks, price="1.00"),),
    )
    last = START + timedelta(days=until)
    expected = naive(
        who,
        last,
        weeks * 7,
        gap if how == "continuous" else None,
        (weeks + slack) * 7 if how == "within" else None,
    )
    outcomes = found(metric, who, until=last)
    assert [each.achieved_on for each in outcomes] == ([expected] if expected else [])


@given(who=workers(), data=st.data())
def test_the_order_of_the_spells_is_irrelevant(who: Person, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(who.spells))))
    for terms in (WORK, CUMULATIVE):
        metric = metric_of(terms)
        assert told(found(metric, shuffled(who, order))) == told(found(metric, who))


@given(who=workers(), start=st.integers(0, 200), length=st.integers(1, 200))
def test_a_later_spell_changes_nothing_before_it(who: Person, start: int, length: int) -> None:
    first = START + timedelta(days=start)
    more = replace(who, spells=(*who.spells, Spell("job", first, first + timedelta(days=length))))
    for terms in (WORK, CUMULATIVE):
        metric = metric_of(terms)
        before = [each for each in found(metric, who) if each.achieved_on <= first]
        after = [each for each in found(metric, more) if each.achieved_on <= first]
        assert before == after


@given(who=workers(), until=st.integers(1, 400))
def test_nothing_is_achieved_after_the_day_of_asking_or_differently_by_it(
    who: Person, until: int
) -> None:
    """Asked earlier, one sees the same outcomes as later, those that were due by then."""
    last = START + timedelta(days=until)
    metric = metric_of(CUMULATIVE)
    then = told(found(metric, who, until=last))
    assert then == told(each for each in found(metric, who) if each.achieved_on <= last)


def test_nothing_is_achieved_after_the_agreement_has_ended() -> None:
    late = person((ENDS - timedelta(days=90), None))
    on_time = person((ENDS - timedelta(days=91), None))
    metric = metric_of(WORK)
    assert found(metric, late, until=ENDS + timedelta(days=900)) == []
    assert [each.achieved_on for each in found(metric, on_time)] == [ENDS]
    assert found(metric, on_time)[0].amount == Amount.parse("1000").minor
