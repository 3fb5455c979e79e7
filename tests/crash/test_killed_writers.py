"""Writers are killed again and again: what they were told is there once, and nothing is half."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import psycopg
import pytest
from eventsourcing.persistence import PersistenceError

from ledger.service import Ledger
from ledger.store.location import KEY_FILE, Location, Server
from projections.follow import Views
from projections.verify import verify
from tests.crash.conftest import Scene
from tests.crash.processes import (
    chosen,
    kill_at_random,
    killed_at,
    make,
    points_of,
    write,
    write_one,
)

NEVER = 10**9
A_FEW_COMMANDS_SECONDS = 0.1
LONG = [pytest.mark.long, pytest.mark.timeout(3_600)]


@pytest.mark.parametrize("kills", [200, pytest.param(2_000, marks=LONG)])
def test_killed_at_any_moment(scene: Scene, kills: int) -> None:
    random = Random(kills)  # noqa: S311 - only moments
    cut_short = half_written = 0
    journal = Path(f"{scene.place}/events.sqlite-journal")
    has_journal = isinstance(scene.place, Path) and sqlite3.sqlite_version_info < (3, 51, 3)
    for number in range(10 * kills):
        seconds = A_FEW_COMMANDS_SECONDS
        kill_at_random(random, seconds, write, scene.place, scene.key_file, scene.told, NEVER)
        oracle = scene.oracle()
        cut_short += len(oracle.tried) > len(oracle.done)
        half_written += journal.exists() and any(journal.read_bytes()[:8])
        # Few kills hit upon a journal, or upon what nobody was told, so some more may be needed.
        hit = oracle.repeated and (half_written or not has_journal)
        if number + 1 >= kills and hit:
            break
    write_one(scene.place, scene.key_file, scene.told)
    oracle = scene.check()
    told = (
        f"{cut_short} cut short, {oracle.repeated} recorded and not told, {half_written} journals"
    )
    assert cut_short > kills // 4, told
    assert oracle.repeated, told
    assert half_written or not has_journal, told


@pytest.mark.parametrize("kills", [25, pytest.param(1_000, marks=LONG)])
def test_killed_at_chosen_points(scene: Scene, kills: int) -> None:
    work = write_one, scene.place, scene.key_file, scene.told
    random = Random(kills)  # noqa: S311 - only points
    points = points_of(*work)
    killed = sum(killed_at(point, *work) for point in chosen(random, points, kills))
    write_one(scene.place, scene.key_file, scene.told)
    oracle = scene.check()
    assert killed > kills // 2
    assert oracle.repeated


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@pytest.mark.parametrize("kills", [12, pytest.param(1_000, marks=LONG)])
def test_killed_while_it_is_made(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str, kills: int
) -> None:
    """A ledger of which only a part was made is finished by making it again."""
    key_file = tmp_path / "keys" / KEY_FILE
    server = request.getfixturevalue("database") if engine == "postgresql" else None
    place: Location = server or tmp_path / "ledger"
    views_file = tmp_path / "views.sqlite"
    random = Random(kills)  # noqa: S311 - only points
    killed = 0
    for point in chosen(random, points_of(make, place, key_file), kills):
        clear_away(place, key_file.parent)
        views_file.unlink(missing_ok=True)
        killed += killed_at(point, make, place, key_file)
        make(place, key_file)
        with Ledger(place, key_file=key_file) as ledger, closing(Views(views_file)) as views:
            assert ledger.log.commands().keys() == {"init"}
            ledger.seal()
            verified = verify(ledger, views)
            assert verified.sound, verified.faults
            assert verified.covered == verified.events > 0
            with pytest.raises(PersistenceError), ledger.log.database.writing() as c:
                c.execute("DELETE FROM stored_events")
    assert killed > kills // 2


def clear_away(place: Location, keys: Path) -> None:
    """Remove a ledger, so that it can be made again."""
    shutil.rmtree(keys, ignore_errors=True)
    if isinstance(place, Server):
        with psycopg.connect(place.url) as connection:
            connection.execute("DROP SCHEMA IF EXISTS events, vault, views CASCADE")
    else:
        shutil.rmtree(place, ignore_errors=True)
