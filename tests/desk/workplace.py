"""A place to try jobs in: a ledger, a clock that stands where it is set, and runs made up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from desk.cli.session import VIEWS_FILE
from desk.jobs.job import Report, Shift, Workplace
from desk.jobs.plan import named
from desk.jobs.schedule import Schedule
from ledger.decide.jobs import Run
from ledger.model import Position
from ledger.service import Ledger
from projections.follow import Views

NIGHTLY = Schedule(hours=(4,))


@dataclass
class SetClock:
    """A clock that goes when it is told to."""

    at: datetime = datetime(2027, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def go(self, **passed: int) -> None:
        self.at += timedelta(**passed)


def place_of(ledger: Path, clock: SetClock | None = None) -> Workplace:
    """The workplace of a ledger in a folder."""
    place = Workplace(location=ledger, views=ledger / VIEWS_FILE)
    return replace(place, clock=clock) if clock else place


@contextmanager
def at_work(place: Workplace, job: str, day: date) -> Iterator[Shift]:
    """A shift of a job for a day, whose run nobody has claimed."""
    run = Run(f"run/{job}/{day}", 1, job, str(day), (str(day),), day, "", "test", Position(1))
    with place.ledger(named(job).actor) as ledger, closing(Views(place.views)) as views:
        views.catch_up(ledger.log)
        yield Shift(ledger, views, place, run)


def seen_by(place: Workplace, job: str, day: date) -> Report:
    """What a job sees on a day."""
    with at_work(place, job, day) as shift:
        return named(job).work(shift)


def kinds_seen(place: Workplace, job: str, day: date) -> set[str]:
    """The kinds of what a job sees on a day; every one is among those it says it can see."""
    found = {each.kind for each in seen_by(place, job, day).seen}
    assert found <= set(named(job).kinds)
    return found


def events_of(ledger: Ledger) -> int:
    """How many events there are."""
    return ledger.log.head()[0]
