"""Whatever is altered in a ledger's files, `verify` says so, and where."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desk.cli.session import VIEWS_FILE
from ledger.service import CHECKPOINTS, EVENTS_FILE, Ledger
from ledger.store.chain import GENESIS, link
from projections.follow import Views
from projections.verify import Check, Verification, verify
from projections.views import metadata

TRIGGERS = ("UPDATE", "DELETE", "REPLACE")


def verified(path: Path) -> Verification:
    with Ledger(path, actor="auditor") as ledger:
        views = Views(path / VIEWS_FILE)
        try:
            return verify(ledger, views)
        finally:
            views.close()


@contextmanager
def burglar(path: Path) -> Iterator[sqlite3.Connection]:
    """Somebody with the file in hand, who takes the triggers off first."""
    connection = sqlite3.connect(path / EVENTS_FILE, isolation_level=None)
    for table in ("stored_events", "commands"):
        for trigger in TRIGGERS:
            connection.execute(f"DROP TRIGGER IF EXISTS {table}_refuses_{trigger.lower()}")
    try:
        yield connection
    finally:
        connection.close()


def test_what_nobody_touched_is_sound(demo: Path) -> None:
    found = verified(demo)
    assert found.sound
    assert found.events > 2_000
    assert found.assessments >= 6
    assert found.tables == len(metadata.sorted_tables)


def test_one_byte_in_any_event_is_found_at_its_position(demo: Path) -> None:
    draw = random.Random("one byte")  # noqa: S311 - any byte will do
    with burglar(demo) as file:
        (events,) = file.execute("SELECT max(position) FROM stored_events").fetchone()
        for _ in range(40):
            position = draw.randrange(1, events + 1)
            query = "SELECT state FROM stored_events WHERE position = ?"
            (state,) = file.execute(query, (position,)).fetchone()
            byte = draw.randrange(len(state))
            altered = bytearray(state)
            altered[byte] ^= 1 << draw.randrange(8)
            change = "UPDATE stored_events SET state = ? WHERE position = ?"
            file.execute(change, (bytes(altered), position))
            found = verified(demo)
            file.execute(change, (state, position))
            assert [(fault.check, fault.position) for fault in found.faults] == [
                (Check.CHAIN, position)
            ], f"byte {byte} of event {position}"
    assert verified(demo).sound


ATTACKS: dict[str, tuple[str, Check, int | None]] = {
    "an event in the middle is deleted": (
        "DELETE FROM stored_events WHERE position = 100", Check.CHAIN, 100,
    ),
    "two events change places": (
        ("UPDATE stored_events SET position = CASE position WHEN 50 THEN -51 ELSE -50 END "
        "WHERE position IN (50, 51);"
        "UPDATE stored_events SET position = -position WHERE position < 0"), Check.CHAIN, 50,
    ),
    "a time is changed beside the bytes": (
        ("UPDATE stored_events SET recorded_at = '2020-01-01T00:00:00.000000Z' "
        "WHERE position = 200"), Check.CHAIN, 200,
    ),
    "a stream is renamed beside the bytes": (
        "UPDATE stored_events SET originator_id = 'agreement/other' WHERE position = 60",
        Check.CHAIN, 60,
    ),
    "an event is added with no link": (
        ("INSERT INTO stored_events SELECT position + 1, originator_id, originator_version + 900, "
        "topic, state, recorded_at, chain FROM stored_events ORDER BY position DESC LIMIT 1"),
        Check.CHAIN, None,
    ),
    "a command's hash is changed": (
        "UPDATE commands SET sha256 = 'x' WHERE first = 3", Check.COMMANDS, 3,
    ),
    "a command is forgotten": ("DELETE FROM commands WHERE first = 3", Check.COMMANDS, 3),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_on_the_file_is_found(demo: Path, attack: str) -> None:
    script, check, position = ATTACKS[attack]
    with burglar(demo) as file:
        file.executescript(script)
        (last,) = file.execute("SELECT max(position) FROM stored_events").fetchone()
    faults = verified(demo).faults
    assert (faults[0].check, faults[0].position) == (check, position or last)


def rechained(file: sqlite3.Connection, forge: Callable[[bytes], bytes]) -> int:
    """Change events, and then the whole chain after them so that it fits; the first changed."""
    first, chain = 0, GENESIS
    rows = file.execute("SELECT position, state FROM stored_events ORDER BY position").fetchall()
    for position, state in rows:
        forged = forge(state)
        first = first or (position if forged != state else 0)
        chain = link(position, chain, forged)
        file.execute(
            "UPDATE stored_events SET state = ?, chain = ? WHERE position = ?",
            (forged, chain, position),
        )
    return first


def test_a_forged_entitlement_in_a_wholly_new_chain_is_not_what_policy_decides(
    demo: Path,
) -> None:
    shutil.rmtree(demo / CHECKPOINTS)
    with burglar(demo) as file:
        (total,) = file.execute(
            "SELECT json_extract(state, '$.data.total') FROM stored_events "
            "WHERE topic = 'EntitlementCalculated:1' LIMIT 1"
        ).fetchone()
        forged = f'"total":"9{total}"'.encode()
        rechained(file, lambda state: state.replace(f'"total":"{total}"'.encode(), forged))
    found = verified(demo)
    assert {fault.check for fault in found.faults} >= {Check.DECISIONS}


def test_a_changed_view_is_named(demo: Path) -> None:
    connection = sqlite3.connect(demo / VIEWS_FILE)
    connection.execute("UPDATE line SET amount = amount + 1 WHERE rowid = 7")
    connection.commit()
    connection.close()
    (fault,) = verified(demo).faults
    assert fault.check is Check.VIEWS
    assert "line differs from a rebuild" in fault.message


def test_a_file_that_is_no_database_any_more_is_not_sound(demo: Path) -> None:
    events = demo / EVENTS_FILE
    content = bytearray(events.read_bytes())
    content[200_000:204_096] = bytes(4096)
    events.write_bytes(content)
    assert not verified(demo).sound
