"""Processes that work on a ledger until they are killed, and what they were told was done.

Only Python's own `sys.setprofile` is needed to kill a process at a chosen point; the program has no
hook for it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

from eventsourcing.persistence import PersistenceError
from sqlalchemy.exc import SQLAlchemyError

from ledger.commands.door import Done, NotConfirmedError, now
from ledger.decide.rows import BankRow, Batch, Row
from ledger.model import Model
from ledger.money import Amount
from ledger.service import Ledger
from ledger.store.location import Location, NoServer, Server, open_log
from projections.follow import Views

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    [
        "tests.crash.processes",
        "tests.crash.scheduler",
        "projections.follow",
        "ledger.store.postgres",
    ]
)


def _build(model: type[Model]) -> None:
    """Build what validates a model and those made of it."""
    for each in model.__subclasses__():
        each.model_rebuild()
        _build(each)


# Once, before any process is forked: else each would build them for its first command, and be
# killed before it gave one.
_build(Model)

LOST = (PersistenceError, NotConfirmedError, NoServer)
"""What the ledger raises when its server is lost."""

AGREEMENT, ACCOUNT = "youth-1", "aarhus"
ON = date(2021, 5, 3)
_WHERE_THINGS_HAPPEN = ("ledger/store", "projections", "eventsourcing", "sqlalchemy", "psycopg")
"""The code in which files and connections are read and written."""


def lines_of(number: int) -> int:
    """How many lines the bank statement with a number has; 0 if it is a drawdown."""
    return number % 5 + 1 if number % 3 == 0 else 0


def amount_of(number: int) -> Amount:
    """What is drawn by the drawdown with a number, so that a sum tells which are in it."""
    return Amount(100 + number % 1_000)


def give(ledger: Ledger, number: int) -> Done:
    """The command with a number: a drawdown, or a bank statement of one to five lines."""
    ledger.command_id = f"c{number}"
    if not lines_of(number):
        return ledger.call_drawdown(AGREEMENT, amount_of(number), ON)
    rows = tuple(
        Row(line + 1, BankRow(ACCOUNT, f"{number}-{line}", ON, Amount(-number), "", ""))
        for line in range(1, lines_of(number) + 1)
    )
    return ledger.import_bank(Batch(f"{number}.csv", f"{number:064x}", rows))[0]


@dataclass
class Oracle:
    """What writers were asked and what they were told, as they wrote it down."""

    path: Path
    tried: set[int] = field(default_factory=set)
    done: dict[int, range] = field(default_factory=dict)
    repeated: int = 0
    """Commands that had been recorded, though nobody was told."""
    lost: int = 0
    """How often a writer lost its server."""

    def read(self) -> Oracle:
        """Read the list again."""
        self.tried, self.done, self.repeated = set(), {}, 0
        self.lost = 0
        for line in self.path.read_text().splitlines() if self.path.exists() else []:
            match line.split():
                case ["try", number]:
                    self.tried.add(int(number))
                case ["lost", *_]:
                    self.lost += 1
                case ["done", number, first, last, again]:
                    assert int(number) not in self.done
                    self.done[int(number)] = range(int(first), int(last) + 1)
                    self.repeated += again == "True"
        return self

    @property
    def next(self) -> int:
        """The command that nobody was told is done."""
        return len(self.done)


class _Told:
    """The list, in the hand of a writer: a line is there once it is synced."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(self, *words: object) -> None:
        os.write(self._file, (" ".join(map(str, words)) + "\n").encode())
        os.fdatasync(self._file)


def slow_clock() -> datetime:
    """The time, told slowly: it is asked for under the write lock, so there most kills fall."""
    time.sleep(0.005)
    return now()


def write(ready: Connection, place: Location, key_file: Path, told: Path, until: int) -> None:
    """Give command after command, from the first that nobody was told is done."""
    number, note = Oracle(told).read().next, _Told(told).note
    with Ledger(place, actor="writer", key_file=key_file) as ledger:
        ready.send_bytes(b"ready")
        while number < until:
            _give_and_note(ledger, number, note)
            number += 1


def write_on(ready: Connection, place: Location, key_file: Path, told: Path) -> None:
    """Give command after command, and go on when the server was lost and is there again."""
    note = _Told(told).note
    ready.send_bytes(b"ready")
    while True:
        number = Oracle(told).read().next
        try:
            with Ledger(place, actor="writer", key_file=key_file, clock=slow_clock) as ledger:
                while True:
                    _give_and_note(ledger, number, note)
                    number += 1
        except LOST as error:
            note("lost", number, type(error).__name__)
            time.sleep(0.02)


def follow_on(ready: Connection, place: Location, views_place: Path | Server) -> None:
    """Catch up and rebuild, and go on when the server was lost and is there again."""
    ready.send_bytes(b"ready")
    while True:
        try:
            with closing(open_log(place, now)) as log, closing(Views(views_place)) as views:
                while True:
                    views.catch_up(log)
                    views.rebuild(log)
                    time.sleep(0.3)
        except (*LOST, SQLAlchemyError):
            time.sleep(0.02)


def _give_and_note(ledger: Ledger, number: int, note: Callable[..., None]) -> None:
    note("try", number)
    done = give(ledger, number)
    positions = [each.position for each in done.recorded]
    note("done", number, positions[0], positions[-1], done.repeated)


def write_one(place: Location, key_file: Path, told: Path) -> None:
    """Give the first command that nobody was told is done."""
    number, note = Oracle(told).read().next, _Told(told).note
    with Ledger(place, actor="writer", key_file=key_file) as ledger:
        _give_and_note(ledger, number, note)


def catch_up(place: Location, views_place: Path | Server) -> None:
    """Bring the views up to date."""
    with closing(open_log(place, now)) as log, closing(Views(views_place)) as views:
        views.catch_up(log)


def rebuild(place: Location, views_place: Path | Server) -> None:
    """Make the views anew."""
    with closing(open_log(place, now)) as log, closing(Views(views_place)) as views:
        views.rebuild(log)


def again_and_again(ready: Connection, work: Callable[..., None], *arguments: Any) -> None:  # noqa: ANN401
    """Do something until killed."""
    ready.send_bytes(b"ready")
    while True:
        work(*arguments)


def make(place: Location, key_file: Path) -> None:
    """Make a ledger, or finish making it."""
    Ledger.create(place, "Fund", "DKK", actor="anna", command_id="init", key_file=key_file).close()


@contextmanager
def running(work: Callable[..., None], *arguments: Any) -> Iterator[ForkServerProcess]:  # noqa: ANN401
    """A process at work, from when it is ready; killed at the end if it still is."""
    ours, theirs = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=work, args=(theirs, *arguments))
    process.start()
    theirs.close()
    try:
        with ours:
            ours.recv_bytes()
            yield process
    finally:
        process.kill()
        process.join()
        process.close()


def kill_at_random(random: Random, seconds: float, work: Callable[..., None], *args: Any) -> None:  # noqa: ANN401
    """Kill a process some time after it is ready."""
    with running(work, *args) as process:
        time.sleep(random.uniform(0, seconds))
        process.kill()
        process.join()
        assert process.exitcode in {-signal.SIGKILL, 0}


def _counted(reached: Callable[[int], None]) -> None:
    """Call back before and after everything that code near files and connections calls."""
    count = 0

    def see(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        if event.startswith("c_") and any(
            each in frame.f_code.co_filename for each in _WHERE_THINGS_HAPPEN
        ):
            count += 1
            reached(count)

    sys.setprofile(see)


def _die_at(ready: Connection, point: int, work: Callable[..., None], *args: Any) -> None:  # noqa: ANN401
    def reached(count: int) -> None:
        if count == point:
            os.kill(os.getpid(), signal.SIGKILL)

    ready.send_bytes(b"ready")
    _counted(reached)
    work(*args)


def killed_at(point: int, work: Callable[..., None], *arguments: Any) -> bool:  # noqa: ANN401
    """Whether a process was killed at a point of its work; it may have been done before."""
    with running(_die_at, point, work, *arguments) as process:
        process.join()
        assert process.exitcode in {-signal.SIGKILL, 0}, process.exitcode
        return process.exitcode != 0


def _count(ready: Connection, work: Callable[..., None], *arguments: Any) -> None:  # noqa: ANN401
    last = 0

    def reached(count: int) -> None:
        nonlocal last
        last = count

    ready.send_bytes(b"ready")
    _counted(reached)
    work(*arguments)
    sys.setprofile(None)
    ready.send_bytes(str(last).encode())


def points_of(work: Callable[..., None], *arguments: Any) -> int:  # noqa: ANN401
    """How many points work has at which it can be killed; the work is done."""
    ours, theirs = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=_count, args=(theirs, work, *arguments))
    process.start()
    with ours:
        ours.recv_bytes()
        points = int(ours.recv_bytes())
    process.join()
    process.close()
    return points


def chosen(random: Random, points: int, wanted: int) -> list[int]:
    """So many of the points, one from each stretch of the work; all if there are no more."""
    if points <= wanted:
        return list(range(1, points + 1))
    edges = [1 + points * each // wanted for each in range(wanted + 1)]
    return [random.randrange(*pair) for pair in pairwise(edges)]
