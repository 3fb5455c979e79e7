"""Danish calendar days and half-open periods of them.

A night is named by the calendar date on which it begins, so daylight saving never matters.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, time
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

_DENMARK = ZoneInfo("Europe/Copenhagen")
_IN_EVERY_MONTH = 28
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def danish_day(moment: datetime) -> date:
    """The calendar day in Denmark at a moment: an hour or two ahead of the one in UTC.

    Raises:
        ValueError: if the moment has no time zone.
    """
    if moment.tzinfo is None:
        message = "a moment without its time zone is on no certain day"
        raise ValueError(message)
    return moment.astimezone(_DENMARK).date()


def danish_midnight(day: date) -> datetime:
    """The moment at which a calendar day begins in Denmark."""
    return datetime.combine(day, time.min, tzinfo=_DENMARK)


def parse_date(text: str) -> date:
    """Read a date written as 2024-02-29, and nothing else.

    Raises:
        ValueError: for another way of writing, or a day that does not exist.
    """
    if not _ISO_DATE.fullmatch(text):
        message = f"{text!r} is not a date; write it as 2024-02-29"
        raise ValueError(message)
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is not a day in the calendar"
        raise ValueError(message) from None


def _day(value: object) -> date:
    if type(value) is date:
        return value
    return parse_date(value if isinstance(value, str) else repr(value))


Day = Annotated[date, BeforeValidator(_day)]
"""A calendar day on which something counts; read only from ISO text."""


class Period(NamedTuple):
    """The days from `start` up to, and not including, `end`."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days the period holds; zero if it is empty."""
        return max(0, (self.end - self.start).days)

    def overlap(self, other: Period) -> Period:
        """The days in both; an empty period if there are none."""
        start = max(self.start, other.start)
        return Period(start, max(start, min(self.end, other.end)))


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later, or the month's last day if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if day.day <= _IN_EVERY_MONTH:
        return date(year, month + 1, day.day)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def add_years(day: date, years: int) -> date:
    """The same date `years` later; 29 February becomes 28 February in a common year."""
    return add_months(day, 12 * years)


def years_old(born: date, on: date) -> int:
    """Whole years of age on a day; somebody born on 29 February turns on 28 February."""
    years = on.year - born.year
    return years if add_years(born, years) <= on else years - 1
