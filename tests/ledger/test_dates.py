"""Calendar days as people write them, and the clamping of months that are too short."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from ledger.dates import Day, Period, add_months, add_years, danish_day, parse_date
from tests.oracle.agreement import months_after
from tests.oracle.shelter_rule import anniversary

DAY: TypeAdapter[date] = TypeAdapter(Day)
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
PERIODS = st.builds(
    lambda start, days: Period(start, start + timedelta(days=days)),
    st.dates(date(2023, 6, 1), date(2025, 6, 1)),
    st.integers(0, 500),
)


@given(st.dates())
def test_a_date_is_read_as_it_is_written(day: date) -> None:
    assert parse_date(day.isoformat()) == day
    assert DAY.validate_python(day.isoformat()) == day
    assert DAY.validate_python(day) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-2-29",
        "20240229",
        "2024-W09-4",
        "2024-060",
        "29-02-2024",
        "2024/02/29",
        "24-02-29",
        "+2024-02-29",
        "2024-02-29T00:00",
        "2024-02-29 ",
        "2024-02-29\n",
        "202\N{ARABIC-INDIC DIGIT FOUR}-02-29",
        "202\N{FULLWIDTH DIGIT FOUR}-02-29",
        "2024‐02‐29",  # noqa: RUF001 - hyphens that are not the ASCII one
    ],
)
def test_another_way_of_writing_a_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a date; write it as 2024-02-29"):
        parse_date(text)


@pytest.mark.parametrize(
    "text", ["2023-02-29", "2024-02-30", "2024-13-01", "2024-00-10", "0000-01-01"]
)
def test_a_day_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a day in the calendar"):
        parse_date(text)


@pytest.mark.parametrize(
    "value", [20240229, 1709164800.0, True, None, datetime(2024, 2, 29, tzinfo=UTC)]
)
def test_a_day_is_never_a_number_or_a_moment(value: object) -> None:
    with pytest.raises(ValidationError, match="not a date"):
        DAY.validate_python(value)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-01-31", 13, "2025-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2024-08-31", 18, "2026-02-28"),
        ("2024-12-31", 2, "2025-02-28"),
        ("2024-10-31", 1, "2024-11-30"),
        ("2024-11-30", 1, "2024-12-30"),
        ("2024-03-31", -1, "2024-02-29"),
        ("2024-01-15", -1, "2023-12-15"),
        ("2024-02-29", 0, "2024-02-29"),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_the_month(
    day: str, months: int, later: str
) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(later)


@given(DAYS, st.integers(0, 120))
def test_months_and_years_agree_with_the_oracle(day: date, count: int) -> None:
    assert add_months(day, count) == months_after(day, count)
    assert add_years(day, count) == anniversary(day, count)


@given(PERIODS)
def test_a_period_holds_its_days_without_the_last(period: Period) -> None:
    assert period.days == len(_days(period))
    assert period.end not in _days(period)


def test_a_period_that_ends_before_it_starts_holds_no_days() -> None:
    assert Period(date(2024, 1, 2), date(2024, 1, 1)).days == 0


@given(PERIODS, PERIODS)
def test_an_overlap_holds_the_days_of_both(one: Period, other: Period) -> None:
    assert _days(one.overlap(other)) == _days(one) & _days(other)
    assert one.overlap(other) == other.overlap(one)


def _summer_time(moment: datetime) -> bool:
    """Whether a moment (UTC) is between the last Sundays of March and October, 01:00 UTC."""

    def last_sunday(month: int) -> datetime:
        last = datetime(moment.year, month, 31, 1, tzinfo=UTC)
        return last - timedelta(days=last.isoweekday() % 7)

    return last_sunday(3) <= moment < last_sunday(10)


SWITCHES = (
    datetime(2024, 3, 31, 1, tzinfo=UTC),
    datetime(2024, 10, 27, 1, tzinfo=UTC),
    datetime(2024, 2, 28, 23, tzinfo=UTC),
    datetime(2024, 2, 29, 23, tzinfo=UTC),
    datetime(2024, 12, 31, 23, tzinfo=UTC),
    datetime(2026, 6, 30, 22, tzinfo=UTC),
)
"""Moments at which the Danish day or the distance from UTC changes."""
MOMENTS = st.one_of(
    st.datetimes(datetime(1996, 1, 1), datetime(2037, 12, 31)).map(lambda m: m.replace(tzinfo=UTC)),  # noqa: DTZ001 - it is given its zone here
    st.builds(
        lambda switch, seconds: switch + timedelta(seconds=seconds),
        st.sampled_from(SWITCHES),
        st.integers(-7_500, 7_500),
    ),
)


@given(MOMENTS, st.integers(-14, 14))
def test_the_danish_day_is_one_or_two_hours_ahead_of_utc(moment: datetime, elsewhere: int) -> None:
    ahead = timedelta(hours=2 if _summer_time(moment) else 1)
    expected = (moment + ahead).date()
    assert danish_day(moment) == expected
    assert danish_day(moment.astimezone(timezone(timedelta(hours=elsewhere)))) == expected


def test_a_moment_without_a_zone_is_on_no_day() -> None:
    with pytest.raises(ValueError, match="time zone"):
        danish_day(datetime(2024, 2, 29, 12))  # noqa: DTZ001 - that is the point


def _days(period: Period) -> set[date]:
    return {period.start + timedelta(days=n) for n in range((period.end - period.start).days)}
