"""The scheduler that is killed: a simulated clock, and a job that moves money.

What is done twice shows in the books.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from desk.jobs.job import Job, Report, Shift, Workplace
from desk.jobs.runner import Runner
from desk.jobs.schedule import EVERY_HOUR, Schedule
from ledger.decide.jobs import Seen
from ledger.events import Severity
from ledger.money import Amount
from ledger.store.location import Location, Server
from tests.crash.processes import AGREEMENT, ON

START = datetime(2026, 10, 20, tzinfo=UTC)
"""Some days before the clock is put back in Denmark, on 25 October 2026."""
HOURS_A_SECOND = 20
BACK_SECONDS = 0.5
"""So much the clock is put back: half a simulated day."""
SCHEDULE = Schedule(hours=EVERY_HOUR, minute=30)


@dataclass(frozen=True)
class FastClock:
    """A clock that all processes share, as it stands in a file."""

    file: Path

    def set(self, started: float, stopped: float | None = None) -> None:
        beside = self.file.with_suffix(".new")
        beside.write_text(f"{started!r} {stopped!r}")
        beside.replace(self.file)

    def put_back(self) -> None:
        self.set(self._read()[0] + BACK_SECONDS)

    def stop(self) -> None:
        self.set(self._read()[0], time.time())

    def _read(self) -> tuple[float, float | None]:
        started, stopped = self.file.read_text().split()
        return float(started), None if stopped == "None" else float(stopped)

    def __call__(self) -> datetime:
        started, stopped = self._read()
        passed = (stopped or time.time()) - started
        return START + timedelta(hours=HOURS_A_SECOND * passed)


def draw(shift: Shift) -> Report:
    """A job that draws one øre, and sees one thing always and another every second hour."""
    shift.once("draw")
    job, shift.ledger.actor = shift.ledger.actor, "anna"  # a job may not, and this is about runs
    shift.ledger.call_drawdown(AGREEMENT, Amount(2), ON)
    shift.ledger.actor = job
    seen = [Seen("always", "always", Severity.WARNING)]
    if int(shift.run.occurrence[-2:]) % 2:
        seen.append(Seen("odd", "odd", Severity.WARNING))
    return Report(seen, {"drawn": 1})


JOB = Job("draw", SCHEDULE, ("always", "odd"), draw)


def runner(place: Location, views: Path | Server, key_file: Path, clock: FastClock) -> Runner:
    workplace = Workplace(location=place, views=views, vault_key=key_file, clock=clock)
    return Runner(workplace, [JOB])


def keep_running(
    ready: Connection, place: Location, views: Path | Server, key_file: Path, clock: FastClock
) -> None:
    """Do what is due, again and again."""
    scheduler = runner(place, views, key_file, clock)
    ready.send_bytes(b"ready")
    while True:
        scheduler.run_due()
        time.sleep(0.005)
