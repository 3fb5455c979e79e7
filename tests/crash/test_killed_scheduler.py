"""Schedulers are killed again and again, two at a time: every occurrence is run once, none twice.

A simulated clock goes 20 hours in a second, over the night when summer time ends, and is put back
now and then. The job moves money, so that what is done twice shows in the books.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random

import pytest

from ledger import events as e
from ledger.decide.jobs import ATTEMPTS_MAX, Run, findings_stream, fold, run_prefix
from ledger.events import Recorded
from projections.follow import Views
from projections.verify import verify
from tests.crash.conftest import Scene
from tests.crash.processes import AGREEMENT, running
from tests.crash.scheduler import (
    BACK_SECONDS,
    HOURS_A_SECOND,
    SCHEDULE,
    START,
    FastClock,
    keep_running,
    runner,
)

AFTER_SUMMER_TIME = datetime(2026, 10, 25, 12, tzinfo=UTC)
LONG = [pytest.mark.long, pytest.mark.timeout(3_600)]


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
    clock.stop()
    assert runner(*here).run_due()
    clock.set(time.time())

    def start(stack: ExitStack) -> ForkServerProcess:
        return stack.enter_context(running(keep_running, *here))

    furthest = AFTER_SUMMER_TIME
    for number in kill_one_of_two(random, kills, start):
        if number % 20 == 19:
            clock.put_back()
            # What was run before then may lie as far ahead; the end must be after all of it.
            furthest = max(furthest, clock() + timedelta(hours=HOURS_A_SECOND * BACK_SECONDS))
    while clock() < furthest:
        time.sleep(0.05)
    clock.stop()
    assert runner(*here).run_due() is not None
    assert runner(*here).run_due() == []
    check(scene, clock())


def check(scene: Scene, now: datetime) -> None:
    """Every occurrence up to now is in one run, each run ended once and did its work once."""
    with scene.ledger() as ledger, closing(Views(scene.views)) as views:
        streams = {name: list(ledger.read(name)) for name in ledger.log.streams(run_prefix("draw"))}
        runs = [run for events in streams.values() if (run := fold(events))]
        first, *_ = covered = [name for run in runs for name in run.covers]
        everything = [each.name for each in SCHEDULE.between(START - timedelta(days=2), now)]
        assert covered == everything[everything.index(first) :]
        assert first == "2026-10-20T01"
        assert "2026-10-25T03" in covered
        for run in runs:
            ended_once(streams[run.stream], run)
        drawn = [
            each.command.partition(":")[0]
            for each in ledger.read(f"agreement/{AGREEMENT}")
            if isinstance(each.event, e.DrawdownCalled)
        ]
        assert len(drawn) == len(set(drawn))
        assert {run.stream for run in runs if not run.failed} <= set(drawn)
        assert set(drawn) <= streams.keys()
        found = [each.event for each in ledger.read(findings_stream("draw"))]
        raised = [each.kind for each in found if isinstance(each, e.FindingRaised)]
        assert raised.count("always") == 1
        views.catch_up(ledger.log)
        verified = verify(ledger, views)
        assert verified.sound, verified.faults
    taken_over = sum(run.attempt > 1 for run in runs)
    for_several = sum(len(run.covers) > 1 for run in runs)
    told = f"{len(runs)} runs, {taken_over} taken over, {for_several} for several"
    assert taken_over, told
    assert for_several, told


def ended_once(events: list[Recorded], run: Run) -> None:
    """A run is claimed, perhaps taken over some times, and then ended, and nothing more."""
    first, *between, end = (each.event for each in events)
    assert isinstance(first, e.JobStarted)
    assert all(isinstance(each, e.JobTakenOver) for each in between)
    assert [each.attempt for each in between if isinstance(each, e.JobTakenOver)] == list(
        range(2, len(between) + 2)
    )
    assert isinstance(end, e.JobFinished) or run.attempt == ATTEMPTS_MAX
