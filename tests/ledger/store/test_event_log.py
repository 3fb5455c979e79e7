"""The store: append-only, gapless, one writer at a time, and the same command once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent

from ledger.store.envelope import Command, body, unseal
from ledger.store.sqlite import CommandConflictError, EventLog

NOON = datetime(2024, 3, 31, 12, 0, tzinfo=UTC)


def command(name: str, content: object = "same") -> Command:
    return Command.of(name, "anna", content)


def event(stream: str, version: int, by: Command) -> StoredEvent:
    made = body("Thing:1", date(2024, 2, 29), by, {"value": version})
    return StoredEvent(stream, version, "Thing:1", made)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    found = EventLog(tmp_path / "events.sqlite", lambda: NOON)
    found.create_table()
    yield found
    found.close()


def put(log: EventLog, name: str, *places: tuple[str, int]) -> range | None:
    by = command(name)
    return log.append([event(stream, version, by) for stream, version in places], by)


def test_positions_have_no_gaps_and_nothing_is_half_stored(log: EventLog) -> None:
    assert put(log, "a", ("x", 1), ("y", 1)) == range(1, 3)
    with pytest.raises(IntegrityError):
        put(log, "b", ("x", 2), ("y", 1))
    assert put(log, "c", ("x", 2)) == range(3, 4)
    assert [row.position for batch in log.batches() for row in batch] == [1, 2, 3]


def test_the_same_command_is_done_once_and_another_under_its_id_is_refused(log: EventLog) -> None:
    assert put(log, "a", ("x", 1)) == range(1, 2)
    assert put(log, "a", ("x", 2)) is None
    with pytest.raises(CommandConflictError):
        log.append([event("x", 2, command("a", "other"))], command("a", "other"))
    assert log.head()[0] == 1


def test_every_field_is_in_the_stored_bytes(log: EventLog) -> None:
    put(log, "a", ("x", 1))
    (row,) = next(log.batches())
    found = unseal(row.state)
    assert (found.position, found.stream, found.version, found.topic) == (1, "x", 1, "Thing:1")
    assert found.recorded_at == row.recorded_at == "2024-03-31T12:00:00.000000Z"
    assert (found.actor, found.command, found.effective_on) == ("anna", "a", date(2024, 2, 29))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stored_events SET topic = 'Other:1'",
        "DELETE FROM stored_events",
        "INSERT OR REPLACE INTO stored_events SELECT * FROM stored_events",
        (
            "REPLACE INTO stored_events SELECT 9, originator_id, originator_version, topic, state, "
            "recorded_at, chain FROM stored_events"
        ),
        "UPDATE commands SET sha256 = ''",
        "DELETE FROM commands",
        "INSERT OR REPLACE INTO commands SELECT id, '', first, last FROM commands",
    ],
)
def test_the_tables_refuse_to_be_changed(log: EventLog, tmp_path: Path, statement: str) -> None:
    put(log, "a", ("x", 1))
    with sqlite3.connect(tmp_path / "events.sqlite") as file:
        before = list(file.iterdump())
        with pytest.raises(sqlite3.IntegrityError):
            file.execute(statement)
        assert list(file.iterdump()) == before
    file.close()


def test_a_clock_that_jumps_back_never_reorders(tmp_path: Path) -> None:
    moments = iter([NOON, NOON - timedelta(hours=1), NOON + timedelta(days=3650), NOON])
    log = EventLog(tmp_path / "events.sqlite", lambda: next(moments))
    log.create_table()
    for version in range(1, 5):
        put(log, f"c{version}", ("x", version))
    times = [row.recorded_at for batch in log.batches() for row in batch]
    assert times == sorted(times)
    assert times[0] == times[1] < times[2] == times[3]
    log.close()


def test_many_writers_at_once_leave_no_gap_and_lose_nothing(tmp_path: Path) -> None:
    EventLog(tmp_path / "events.sqlite", lambda: NOON).create_table()

    def write(writer: int) -> int:
        log = EventLog(tmp_path / "events.sqlite", lambda: NOON)
        stored = sum(
            put(log, f"w{writer}-{n}", (f"s{writer}", n)) is not None for n in range(1, 41)
        )
        log.close()
        return stored

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(write, range(4))) == [40] * 4
    log = EventLog(tmp_path / "events.sqlite", lambda: NOON)
    assert [row.position for batch in log.batches() for row in batch] == list(range(1, 161))
    log.close()


def test_an_expected_head_that_has_moved_stops_the_command(log: EventLog) -> None:
    put(log, "a", ("x", 1))
    by = command("b")
    with pytest.raises(IntegrityError):
        log.append([event("x", 2, by)], by, expected_head=0)
    assert log.append([event("x", 2, by)], by, expected_head=1) == range(2, 3)
