"""One bit is flipped anywhere in a file: it is told, or nothing that anybody reads has changed.

What counts as nothing: every row of every table, every definition and SQLite's own check of the
file are as before, to the byte. Such are the bytes of pages that are free, of the space between
cells, and of a few fields of the file's header, such as the counter of changes.
"""

from __future__ import annotations

import json
import random
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from ledger.store.location import EVENTS_FILE
from tests.attacks import Scene, copied, set_scene
from tests.command_line import run

FLIPS = [60, pytest.param(2_000, marks=[pytest.mark.long, pytest.mark.timeout(3_600)])]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return set_scene(tmp_path_factory.mktemp("scene") / "ledger")


def flipped(content: bytes, draw: random.Random) -> bytes:
    altered = bytearray(content)
    altered[draw.randrange(len(altered))] ^= 1 << draw.randrange(8)
    return bytes(altered)


def outcome(ledger: Path) -> str:
    done = run(["--ledger", str(ledger), "--json", "verify"], {})
    answer = json.loads(done.out)
    assert done.code == {"sound": 0, "tampered": 1, "unverifiable": 3}[answer["outcome"]]
    return str(answer["outcome"])


def all_that_is_read(events: Path) -> object:
    """Everything a reader of the file can meet."""
    with closing(sqlite3.connect(events)) as file:
        schema = file.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
        tables = [name for kind, name, *_ in schema if kind == "table"]
        return (
            schema,
            file.execute("PRAGMA integrity_check").fetchall(),
            {name: file.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in tables},  # noqa: S608
            # Not only from the table but also by way of the index.
            file.execute(
                "SELECT originator_id, originator_version, position FROM stored_events "
                "ORDER BY originator_id, originator_version"
            ).fetchall(),
            file.execute("SELECT id, last FROM commands ORDER BY id").fetchall(),
        )


@pytest.mark.parametrize("flips", FLIPS)
def test_no_flipped_bit_of_the_events_goes_untold(scene: Scene, tmp_path: Path, flips: int) -> None:
    ledger = copied(scene.ledger, tmp_path / "ledger")
    events = ledger / EVENTS_FILE
    whole, before = events.read_bytes(), all_that_is_read(events)
    assert outcome(ledger) == "sound"
    found: Counter[str] = Counter()
    for flip in range(flips):
        draw = random.Random(f"flip {flip}")  # noqa: S311 - a test repeats itself
        altered = flipped(whole, draw)
        events.write_bytes(altered)
        said = outcome(ledger)
        for leftover in ledger.glob(f"{EVENTS_FILE}-*"):
            leftover.unlink()
        if said == "sound":
            events.write_bytes(altered)
            assert all_that_is_read(events) == before, flip
            said = "without any effect"
        found[said] += 1
    print(f"{flips} flips of {len(whole)} bytes: {dict(found)}")  # noqa: T201 - with pytest -s
    assert found["tampered"] > found["without any effect"]
