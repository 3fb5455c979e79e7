"""When a job is to run: by the Danish clock, at hours that every day of the year has once.

An occurrence is named by the local day, and by its hour where a day has several. Between 02:00 and
03:00 the clock is put forward or back twice a year, so nothing is scheduled then; all other hours
are there once each day, and an occurrence has one name, one moment and no double.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ledger.dates import danish_day

DENMARK = ZoneInfo("Europe/Copenhagen")
EVERY_HOUR = tuple(hour for hour in range(24) if hour != 2)  # noqa: PLR2004 - the hour that is not
"""Every hour that each day of the year has once."""
MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)
_DAY = timedelta(days=1)
_LOOK_BACK_DAYS = 3 * 366
"""So far back the newest occurrence is looked for; every schedule has one in a year."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One moment at which a job is to run, in UTC, under the name that makes it one run only."""

    name: str
    day: date
    moment: datetime


@dataclass(frozen=True, slots=True)
class Schedule:
    """At a minute of some hours, on some weekdays (Monday is 0), in some months on some day."""

    hours: tuple[int, ...]
    minute: int = 0
    weekdays: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    day: int | None = None

    def __post_init__(self) -> None:
        if not self.hours or set(self.hours) - set(EVERY_HOUR):
            message = "a job runs at hours that every day has once: not from 02:00 to 03:00"
            raise ValueError(message)

    @property
    def several_a_day(self) -> bool:
        """Whether occurrences need their hour in their name."""
        return len(self.hours) > 1

    def on(self, day: date) -> Iterator[Occurrence]:
        """The occurrences of a local day, in order."""
        if (
            (self.weekdays and day.weekday() not in self.weekdays)
            or (self.months and day.month not in self.months)
            or self.day not in (None, day.day)
        ):
            return
        for hour in sorted(self.hours):
            local = datetime.combine(day, time(hour, self.minute), DENMARK)
            name = f"{day}T{hour:02}" if self.several_a_day else f"{day}"
            yield Occurrence(name, day, local.astimezone(UTC))

    def between(self, after: datetime, until: datetime) -> list[Occurrence]:
        """The occurrences after a moment, up to and with another, in order."""
        found: list[Occurrence] = []
        day, last = danish_day(after), danish_day(until)
        while day <= last:
            found += [each for each in self.on(day) if after < each.moment <= until]
            day += _DAY
        return found

    def newest(self, until: datetime) -> Occurrence | None:
        """The last occurrence up to a moment; None if there is none in years."""
        day = danish_day(until)
        for _ in range(_LOOK_BACK_DAYS):
            found = [each for each in self.on(day) if each.moment <= until]
            if found:
                return found[-1]
            day -= _DAY
        return None

    def next(self, after: datetime) -> Occurrence:
        """The first occurrence after a moment."""
        day = danish_day(after)
        while True:
            for each in self.on(day):
                if each.moment > after:
                    return each
            day += _DAY

    def due(self, last: str | None, now: datetime) -> list[Occurrence]:
        """What is to run now, when `last` is the newest occurrence that was: all since then.

        What never ran starts with its newest occurrence, for there was nothing to miss before it.
        A clock that was put back finds nothing: what is after now has run.
        """
        if last is None:
            newest = self.newest(now)
            return [newest] if newest else []
        return [each for each in self._since(last, now) if each.name > last]

    def _since(self, last: str, now: datetime) -> Sequence[Occurrence]:
        day = date.fromisoformat(last[:10])
        start = datetime.combine(day, time(), DENMARK).astimezone(UTC)
        return self.between(start - _DAY, now)
