"""When jobs are due: over every change of the clock, after missed nights, and put back clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import example, given
from hypothesis import strategies as st

from desk.jobs.plan import PLAN
from desk.jobs.schedule import DENMARK, EVERY_HOUR, MONDAY_TO_FRIDAY, Schedule
from desk.jobs.waking import trigger

HOURLY = Schedule(hours=EVERY_HOUR, minute=30)
NIGHTLY = Schedule(hours=(4,), minute=15)
SCHEDULES = [
    HOURLY,
    NIGHTLY,
    Schedule(hours=(1,), minute=59),
    Schedule(hours=(3,)),
    Schedule(hours=(6, 12, 20), minute=10, weekdays=MONDAY_TO_FRIDAY),
    Schedule(hours=(5,), months=(1, 4, 7, 10), day=20),
    *dict.fromkeys(job.schedule for job in PLAN),
]
MOMENTS = st.datetimes(
    datetime(1996, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2060, 1, 1),  # noqa: DTZ001 - likewise
    timezones=st.just(UTC),
)
SWITCHES = [
    moment
    for year in range(1996, 2060)
    for month in (3, 10)
    for moment in [datetime(year, month, 31, 1, tzinfo=UTC)]
    for moment in [moment - timedelta(days=(moment.weekday() + 1) % 7)]
]
"""The last Sundays of March and October, 01:00 UTC: when the clocks of Europe are changed."""


def test_the_switches_are_those_of_the_calendar() -> None:
    for moment in SWITCHES:
        before = (moment - timedelta(seconds=1)).astimezone(DENMARK).utcoffset()
        assert before != moment.astimezone(DENMARK).utcoffset()


@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
def test_occurrences_are_those_that_the_scheduler_wakes_at(schedule: Schedule) -> None:
    """The library that wakes the jobs reckons for itself, over a year and its switches."""
    after = datetime(2026, 1, 1, tzinfo=UTC)
    until = datetime(2027, 1, 1, tzinfo=UTC)
    woken, cron = [], trigger(schedule)
    assert isinstance(cron, CronTrigger)
    previous = after
    while (fires := cron.get_next_fire_time(previous, previous + timedelta(seconds=1))) <= until:
        woken.append(fires.astimezone(UTC))
        previous = fires
    assert [each.moment for each in schedule.between(after, until)] == woken


@pytest.mark.parametrize("schedule", [HOURLY, NIGHTLY, Schedule(hours=(1, 3), minute=59)], ids=str)
def test_over_every_switch_each_occurrence_is_there_once(schedule: Schedule) -> None:
    for switch in SWITCHES:
        day = switch.date()
        start, end = switch - timedelta(days=1), switch + timedelta(days=1)
        found = schedule.between(start, end)
        assert len({each.name for each in found}) == len(found)
        assert [each.moment for each in found] == sorted({each.moment for each in found})
        there = [each for each in found if each.day == day]
        assert len(there) == len(schedule.hours)
        for each in there:
            local = each.moment.astimezone(DENMARK)
            assert (local.date(), local.minute) == (day, schedule.minute)
            assert local.hour in schedule.hours


@given(st.lists(MOMENTS, min_size=1, max_size=30), st.sampled_from(SCHEDULES))
@example([*SWITCHES[:3], SWITCHES[1], *SWITCHES[2:6]], HOURLY)
def test_whenever_one_wakes_nothing_is_missed_and_nothing_runs_twice(
    wakes: list[datetime], schedule: Schedule
) -> None:
    """Each wake does what is due; the clock may also have been put back since the last."""
    wakes = [wakes[0] + (each - wakes[0]) / 1_000 for each in wakes]
    covered: list[str] = []
    for now in wakes:
        covered += [each.name for each in schedule.due(covered[-1] if covered else None, now)]
    first = schedule.newest(wakes[0])
    assert first is not None
    everything = schedule.between(first.moment - timedelta(microseconds=1), max(wakes))
    assert covered == [each.name for each in everything]


@given(MOMENTS, st.sampled_from(SCHEDULES))
def test_the_next_is_the_first_that_is_not_due(now: datetime, schedule: Schedule) -> None:
    newest, following = schedule.newest(now), schedule.next(now)
    assert newest is not None
    assert newest.moment <= now < following.moment
    assert schedule.between(newest.moment, following.moment) == [following]


def test_a_night_is_named_by_its_day() -> None:
    (found,) = NIGHTLY.on(date(2026, 3, 29))
    assert (found.name, found.moment) == ("2026-03-29", datetime(2026, 3, 29, 2, 15, tzinfo=UTC))
    (found,) = NIGHTLY.on(date(2026, 3, 28))
    assert found.moment == datetime(2026, 3, 28, 3, 15, tzinfo=UTC)


@pytest.mark.parametrize("hours", [(2,), (), (1, 2, 3), (24,)])
def test_nothing_is_scheduled_in_the_hour_that_is_not_always_there(hours: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="every day has once"):
        Schedule(hours=hours)
