"""Many processes give commands at once, some of them the same: one history, nothing twice."""

from __future__ import annotations

import multiprocessing
import random
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ledger.commands import door
from ledger.events import AssessmentMade, DrawdownCalled
from ledger.money import Amount, total
from ledger.service import Ledger
from ledger.store.envelope import unseal
from ledger.store.location import Location
from ledger.store.log import CommandConflictError
from projections.follow import Views
from projections.verify import verify
from projections.views import capital
from tests.desk.good_input import bring, small_ledger

PROCESSES = 8
CLASH_EVERY = 10
"""So often, two processes give one id to commands that differ."""


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_who_decides_alone_does_the_same_and_is_never_overtaken(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    engine: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = _place(request, tmp_path, engine)
    monkeypatch.setattr(door, "TRIES_BEFORE_ALONE", 0)
    monkeypatch.setattr(door, "TRIES", 1)
    key_file = tmp_path / "vault.key"
    with small_ledger(tmp_path, place=place) as ledger:
        with ThreadPoolExecutor(4) as pool:
            told = [pool.submit(draw, place, key_file, writer, 10) for writer in range(PROCESSES)]
            assert sum((each.result() for each in told), Counter())["recorded"] == PROCESSES * 5
        bring(ledger, "stays", tmp_path / "stays.csv", covers_until=date(2023, 6, 1))
        ledger.receive_capital("youth-1-D01", "dsi", date(2021, 5, 4))
        done, _ = ledger.assess("youth-1", date(2022, 3, 1))
        assert isinstance(done.recorded[0].event, AssessmentMade)
        with closing(Views(tmp_path / "views.sqlite")) as views:
            assert verify(ledger, views).sound


def draw(place: Location, key_file: Path, writer: int, commands: int) -> Counter[str]:
    """Call so many drawdowns; every id is also given by the next process, in another order."""
    told: Counter[str] = Counter()
    numbers = [
        (owner % PROCESSES, number)
        for owner in (writer, writer + 1)
        for number in range(commands // 2)
    ]
    random.Random(writer).shuffle(numbers)  # noqa: S311 - only an order
    with Ledger(place, actor=f"writer-{writer}", key_file=key_file) as ledger:
        for owner, number in numbers:
            ledger.command_id = f"draw-{owner}-{number}"
            clash = writer if number % CLASH_EVERY == 0 else 0
            try:
                done = ledger.call_drawdown("youth-1", Amount(100 + clash), date(2021, 5, 3))
                told["repeated" if done.repeated else "recorded"] += 1
            except CommandConflictError:
                told["conflict"] += 1
    return told


def _place(request: pytest.FixtureRequest, folder: Path, engine: str) -> Location:
    found: Location = folder / "ledger"
    return request.getfixturevalue("database") if engine == "postgresql" else found


def _rows(views: Views) -> Sequence[Any]:
    with views.engine.connect() as connection:
        return connection.execute(select(capital)).all()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@pytest.mark.parametrize(
    "commands", [8, pytest.param(1_000, marks=[pytest.mark.long, pytest.mark.timeout(3_600)])]
)
def test_many_processes_make_one_history(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str, commands: int
) -> None:
    place = _place(request, tmp_path, engine)
    views_place = tmp_path / "views.sqlite" if isinstance(place, Path) else place
    key_file = tmp_path / "vault.key"
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ledger.service", "projections.verify"])
    with (
        small_ledger(tmp_path, place=place) as ledger,
        closing(Views(views_place)) as views,
        context.Pool(PROCESSES) as pool,
    ):
        started = ledger.log.head()[0]
        seen = views.catch_up(ledger.log)
        told = pool.starmap_async(
            draw, [(place, key_file, writer, commands) for writer in range(PROCESSES)]
        )
        while not told.ready():
            seen += views.catch_up(ledger.log)
        seen += views.catch_up(ledger.log)
        counted = sum(told.get(), Counter())
        distinct = PROCESSES * (commands // 2)
        clashing = PROCESSES * -(-(commands // 2) // CLASH_EVERY)

        rows = [row for batch in ledger.log.batches(started) for row in batch]
        assert [row.position for row in rows] == list(range(started + 1, started + distinct + 1))
        ids = Counter(unseal(row.state).command for row in rows)
        assert set(ids.values()) == {1}
        assert counted == {
            "recorded": distinct,
            "repeated": distinct - clashing,
            "conflict": clashing,
        }
        assert seen == started + distinct
        calls = [each.event for each in ledger.at(started + 1, started + distinct)]
        called = total(
            part.amount for call in calls if isinstance(call, DrawdownCalled) for part in call.parts
        )
        # The view adds up, so an event taken in twice would show in it.
        assert called.minor == sum(row.called for row in _rows(views))
        assert verify(ledger, views).sound
