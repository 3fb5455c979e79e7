"""A small ledger on each engine, to be worked on by processes that are killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Connection, func, select

from ledger.money import total
from ledger.service import Ledger
from ledger.store.envelope import unseal
from ledger.store.location import Location, Server
from projections.follow import Views
from projections.verify import verify
from projections.views import bank_line, capital
from tests.crash.processes import Oracle, amount_of, lines_of
from tests.desk.good_input import small_ledger


@dataclass(frozen=True)
class Scene:
    """A ledger that processes work on, and the list of what they were told."""

    place: Location
    views: Path | Server
    key_file: Path
    told: Path
    starts_at: int
    """The position after which the processes' events come."""

    def ledger(self) -> Ledger:
        """The ledger, opened by the test itself."""
        return Ledger(self.place, actor="writer", key_file=self.key_file)

    def oracle(self) -> Oracle:
        """What writers have written down up to now."""
        return Oracle(self.told).read()

    def check(self) -> Oracle:
        """What was told is there, once, in the order in which it was told, and all is sound."""
        oracle = self.oracle()
        with self.ledger() as ledger, closing(Views(self.views)) as views:
            rows = [row for batch in ledger.log.batches(self.starts_at) for row in batch]
            by_command = groupby(rows, lambda row: unseal(row.state).command)
            found = [(name, [row.position for row in group]) for name, group in by_command]
            assert found == [(f"c{number}", list(at)) for number, at in oracle.done.items()]
            assert oracle.tried == set(oracle.done) == set(range(len(found)))
            assert all(len(at) == (lines_of(n) or 1) for n, at in oracle.done.items())
            head = oracle.done[len(found) - 1][-1] if found else self.starts_at
            assert ledger.log.head()[0] == head
            views.catch_up(ledger.log)
            with views.engine.connect() as connection:
                assert sums(connection) == self.expected(oracle, head)
            verified = verify(ledger, views)
            assert verified.sound, verified.faults
            assert verified.events == head
        return oracle

    def expected(self, oracle: Oracle, position: int) -> tuple[int, int]:
        """What was drawn, and how many bank lines there are, by the commands up to a position."""
        there = [number for number, at in oracle.done.items() if at[-1] <= position]
        drawn = total(amount_of(number) for number in there if not lines_of(number))
        return drawn.minor, 2 + sum(map(lines_of, there))


def sums(views: Connection) -> tuple[int, int]:
    """What the views say was drawn, and how many bank lines there are."""
    drawn = views.execute(select(func.sum(capital.c.called))).scalar_one()
    lines = views.execute(select(func.count()).select_from(bank_line)).scalar_one()
    return int(drawn), lines


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder on a disk, also where other tests write to memory: there nothing is half written."""
    with TemporaryDirectory(dir="/var/tmp", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Scene:
    """A small ledger with its views, on each engine in turn."""
    place: Location = tmp_path / "ledger"
    if request.param == "postgresql":
        place = request.getfixturevalue("database")
    return make_scene(place, tmp_path)


def make_scene(place: Location, folder: Path) -> Scene:
    """A small ledger with its views at a place."""
    views_place = folder / "ledger" / "views.sqlite" if isinstance(place, Path) else place
    with (
        small_ledger(folder, place=place) as ledger,
        closing(Views(views_place)) as views,
    ):
        views.catch_up(ledger.log)
        head = ledger.log.head()[0]
    return Scene(place, views_place, folder / "vault.key", folder / "told.txt", head)
