"""Schedulers are killed again and again, two at a time: every occurrence is run once, none twice.

A simulated clock goes 20 hours in a second, over the night when summer time ends, and is put back
now and then. The job moves money, so that what is done twice shows in the books.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random

import pytest

from desk.jobs.job import Job, Report, Shift, Workplace
from desk.jobs.runner import Runner
from desk.jobs.schedule import EVERY_HOUR, Schedule
from ledger import events as e
from ledger.decide.jobs import ATTEMPTS_MAX, Run, Seen, findings_stream, fold, run_prefix
from ledger.events import Recorded, Severity
from ledger.money import Amount
from ledger.store.location import Location, Server
from projections.follow import Views
from projections.verify import verify
from tests.crash.conftest import Scene
from tests.crash.processes import AGREEMENT, ON, running

LONG = [pytest.mark.long, pytest.mark.timeout(3_600)]
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

    def set(self, started: float) -> None:
        beside = self.file.with_suffix(".new")
        beside.write_text(repr(started))
        beside.replace(self.file)

    def put_back(self) -> None:
        self.set(float(self.file.read_text()) + BACK_SECONDS)

    def __call__(self) -> datetime:
        passed = time.time() - float(self.file.read_text())
        return START + timedelta(hours=HOURS_A_SECOND * passed)


def draw(shift: Shift) -> Report:
    """A job that draws one øre, and sees one thing always and another every second hour."""
    shift.once("draw")
    shift.ledger.call_drawdown(AGREEMENT, Amount(2), ON)
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


def kill_one_of_two(
    random: Random, kills: int, start: Callable[[ExitStack], ForkServerProcess]
) -> Iterator[int]:
    """Keep two schedulers going, and kill either of them again and again."""
    alive: list[tuple[ExitStack, ForkServerProcess]] = []
    try:
        for number in range(kills):
            while len(alive) < 2:
                stack = ExitStack()
                alive.append((stack, start(stack)))
            time.sleep(random.uniform(0, 0.15))
            stack, process = alive.pop(random.randrange(2))
            process.kill()
            stack.close()
            yield number
    finally:
        for stack, _ in alive:
            stack.close()


@pytest.mark.parametrize("kills", [60, pytest.param(1_000, marks=LONG)])
def test_every_occurrence_is_run_once_whatever_is_killed(
    scene: Scene, tmp_path: Path, kills: int
) -> None:
    random = Random(kills)  # noqa: S311 - only moments
    clock = FastClock(tmp_path / "clock")
    clock.set(time.time())
    here = scene.place, scene.views, scene.key_file, clock

    def start(stack: ExitStack) -> ForkServerProcess:
        return stack.enter_context(running(keep_running, *here))

    for number in kill_one_of_two(random, kills, start):
        if number % 20 == 19:
            clock.put_back()
    time.sleep(BACK_SECONDS)
    done = runner(*here).run_due()
    assert done is not None
    last = done[-1] if done else None
    check(scene, last)


def check(scene: Scene, last: Run | None) -> None:
    with scene.ledger() as ledger, closing(Views(scene.views)) as views:
        streams = {name: list(ledger.read(name)) for name in ledger.log.streams(run_prefix("draw"))}
        runs = [run for events in streams.values() if (run := fold(events))]
        assert last is None or last.occurrence == runs[-1].occurrence
        covered = [name for run in runs for name in run.covers]
        first = next(iter(SCHEDULE.due(None, START + timedelta(hours=1))), None)
        assert first is not None
        everything = SCHEDULE.due("2026-10-19", START + timedelta(days=400))
        names = [each.name for each in everything]
        at = names.index(covered[0])
        assert covered == names[at : at + len(covered)]
        assert "2026-10-25T03" in covered
        drawn = {
            each.command
            for each in ledger.read(f"agreement/{AGREEMENT}")
            if isinstance(each.event, e.DrawdownCalled)
        }
        for run in runs:
            ended_once(streams[run.stream], run)
            assert run.failed or f"{run.stream}:draw" in drawn
        assert len(drawn) <= len(runs)
        raised = [
            each.event.kind
            for each in ledger.read(findings_stream("draw"))
            if isinstance(each.event, e.FindingRaised)
        ]
        assert raised.count("always") == 1
        views.catch_up(ledger.log)
        verified = verify(ledger, views)
        assert verified.sound, verified.faults
    told = (
        f"{len(runs)} runs, {sum(run.attempt > 1 for run in runs)} taken over, "
        f"{sum(len(run.covers) > 1 for run in runs)} for several, "
        f"{sum(run.failed for run in runs)} failed"
    )
    print(told)  # noqa: T201 - shown where the test fails
    assert any(run.attempt > 1 for run in runs), told
    assert any(len(run.covers) > 1 for run in runs), told


def ended_once(events: list[Recorded], run: Run) -> None:
    """A run is claimed, perhaps taken over some times, and then ended, and nothing more."""
    first, *between, end = (each.event for each in events)
    assert isinstance(first, e.JobStarted)
    assert all(isinstance(each, e.JobTakenOver) for each in between)
    assert [each.attempt for each in between if isinstance(each, e.JobTakenOver)] == list(
        range(2, len(between) + 2)
    )
    assert isinstance(end, e.JobFinished) or run.attempt == ATTEMPTS_MAX
