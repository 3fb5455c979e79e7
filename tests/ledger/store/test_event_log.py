"""The store: append-only, gapless, one writer at a time, and the same command once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent

from ledger.store import location
from ledger.store.envelope import Command, body, unseal
from ledger.store.location import EVENTS_FILE, Location, Server
from ledger.store.log import CommandConflictError, EventLog

NOON = datetime(2024, 3, 31, 12, 0, tzinfo=UTC)


def command(name: str, content: object = "same") -> Command:
    return Command.of(name, "anna", content)


def event(stream: str, version: int, by: Command) -> StoredEvent:
    made = body("Thing:1", date(2024, 2, 29), by, {"value": version})
    return StoredEvent(stream, version, "Thing:1", made)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Location:
    """Where an empty ledger is, on each engine in turn."""
    found: Location = tmp_path / "ledger"
    if request.param == "postgresql":
        found = request.getfixturevalue("database")
    location.create(found, lambda: NOON)
    return found


@pytest.fixture
def log(place: Location) -> Iterator[EventLog]:
    with closing(location.open_log(place, lambda: NOON)) as found:
        yield found


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


CHANGES = (
    "UPDATE stored_events SET topic = 'Other:1'",
    "DELETE FROM stored_events",
    "UPDATE commands SET sha256 = ''",
    "DELETE FROM commands",
)
SQLITE_CHANGES = (
    "INSERT OR REPLACE INTO stored_events SELECT * FROM stored_events",
    (
        "REPLACE INTO stored_events SELECT 9, originator_id, originator_version, topic, state, "
        "recorded_at, chain FROM stored_events"
    ),
    "INSERT OR REPLACE INTO commands SELECT id, '', first, last FROM commands",
)
POSTGRESQL_CHANGES = (
    "TRUNCATE stored_events",
    "TRUNCATE commands",
    (
        "INSERT INTO stored_events SELECT * FROM stored_events "
        "ON CONFLICT (position) DO UPDATE SET topic = 'Other:1'"
    ),
    (
        "INSERT INTO commands SELECT * FROM commands "
        "ON CONFLICT (id) DO UPDATE SET sha256 = EXCLUDED.id"
    ),
    (
        "MERGE INTO stored_events t USING stored_events s ON t.position = s.position "
        "WHEN MATCHED THEN UPDATE SET topic = 'Other:1'"
    ),
    # As replication would write, which skips ordinary triggers.
    "SET session_replication_role = replica; DELETE FROM stored_events",
)


@pytest.mark.parametrize("statement", CHANGES + SQLITE_CHANGES)
def test_the_tables_of_a_file_refuse_to_be_changed(tmp_path: Path, statement: str) -> None:
    location.create(tmp_path, lambda: NOON)
    with closing(location.open_log(tmp_path, lambda: NOON)) as log:
        put(log, "a", ("x", 1))
    with closing(sqlite3.connect(tmp_path / EVENTS_FILE)) as file:
        before = list(file.iterdump())
        with pytest.raises(sqlite3.IntegrityError):
            file.execute(statement)
        assert list(file.iterdump()) == before


@pytest.mark.parametrize("statement", CHANGES + POSTGRESQL_CHANGES)
def test_the_tables_of_a_server_refuse_to_be_changed(database: Server, statement: str) -> None:
    location.create(database, lambda: NOON)

    def content(connection: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
        return [
            *connection.execute("SELECT * FROM events.stored_events"),
            *connection.execute("SELECT * FROM events.commands"),
        ]

    with closing(location.open_log(database, lambda: NOON)) as log:
        put(log, "a", ("x", 1))
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute("SET search_path TO events")
        before = content(connection)
        with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
            connection.execute(statement.encode())
        assert content(connection) == before


def test_a_clock_that_jumps_back_never_reorders(place: Location) -> None:
    moments = iter([NOON, NOON - timedelta(hours=1), NOON + timedelta(days=3650), NOON])
    with closing(location.open_log(place, lambda: next(moments))) as log:
        for version in range(1, 5):
            put(log, f"c{version}", ("x", version))
        times = [row.recorded_at for batch in log.batches() for row in batch]
    assert times == sorted(times)
    assert times[0] == times[1] < times[2] == times[3]


DENMARK = ZoneInfo("Europe/Copenhagen")
TURNS = (
    datetime(2023, 12, 31, 23, tzinfo=UTC),
    datetime(2024, 2, 28, 23, tzinfo=UTC),
    datetime(2024, 2, 29, 23, tzinfo=UTC),
    datetime(2024, 3, 31, 1, tzinfo=UTC),
    datetime(2024, 10, 27, 1, tzinfo=UTC),
    datetime(2024, 12, 31, 23, tzinfo=UTC),
)
"""When Danish clocks turn: a new year, a leap day, summer time and back again."""


def test_times_never_decrease_where_clocks_turn(place: Location) -> None:
    """The clock tells the time in Denmark or Tokyo, and leaps to and fro by up to two hours."""
    random = Random(20240331)  # noqa: S311 - only moments
    moments = [
        (turn + timedelta(seconds=random.randint(-7_200, 7_200))).astimezone(
            random.choice((UTC, DENMARK, ZoneInfo("Asia/Tokyo")))
        )
        for turn in TURNS
        for _ in range(10)
    ]
    told = iter(moments)
    with closing(location.open_log(place, lambda: next(told))) as log:
        for version in range(1, len(moments) + 1):
            assert put(log, f"c{version}", ("x", version)) == range(version, version + 1)
        rows = [row for batch in log.batches() for row in batch]
    expected, latest = [], moments[0]
    for moment in moments:
        latest = max(latest, moment.astimezone(UTC))
        expected.append(latest)
    assert [datetime.fromisoformat(row.recorded_at) for row in rows] == expected
    assert [row.position for row in rows] == list(range(1, len(moments) + 1))
    assert 10 < len(set(expected)) < len(moments)


def test_the_hour_that_comes_twice_is_two_hours(place: Location) -> None:
    twice = datetime(2024, 10, 27, 2, 30, tzinfo=DENMARK)
    told = iter([twice, twice.replace(fold=1)])
    with closing(location.open_log(place, lambda: next(told))) as log:
        put(log, "a", ("x", 1))
        put(log, "b", ("x", 2))
        times = [row.recorded_at for batch in log.batches() for row in batch]
    assert times == ["2024-10-27T00:30:00.000000Z", "2024-10-27T01:30:00.000000Z"]


def test_many_writers_at_once_leave_no_gap_and_lose_nothing(place: Location) -> None:
    def write(writer: int) -> int:
        with closing(location.open_log(place, lambda: NOON)) as log:
            return sum(
                put(log, f"w{writer}-{n}", (f"s{writer}", n)) is not None for n in range(1, 41)
            )

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(write, range(4))) == [40] * 4
    with closing(location.open_log(place, lambda: NOON)) as log:
        assert [row.position for batch in log.batches() for row in batch] == list(range(1, 161))


def test_an_expected_head_that_has_moved_stops_the_command(log: EventLog) -> None:
    put(log, "a", ("x", 1))
    by = command("b")
    with pytest.raises(IntegrityError):
        log.append([event("x", 2, by)], by, expected_head=0)
    assert log.append([event("x", 2, by)], by, expected_head=1) == range(2, 3)


def test_streams_are_found_by_the_beginning_of_their_names(log: EventLog) -> None:
    names = ["tariffs", "agreement/b", "agreement/a", "agreement", "agreemenu/c", "agreement/a/x"]
    for number, name in enumerate(names):
        put(log, f"c{number}", (name, 1), (name, 2))
    prefixes = ("agreement/", "agreement", "tariffs", "rule/", "a", "", "z")
    for prefix in prefixes:
        assert log.streams(prefix) == [name for name in names if name.startswith(prefix)], prefix


def test_to_find_streams_no_events_are_read_through(tmp_path: Path) -> None:
    location.create(tmp_path, lambda: NOON)
    seen: list[str] = []
    with closing(location.open_log(tmp_path, lambda: NOON)) as log:
        with log.database.get_connection(commit=False) as found:  # type: ignore[attr-defined]
            found._sqlite_conn.set_trace_callback(seen.append)  # noqa: SLF001
        log.streams("agreement/")
    (query,) = (each for each in seen if "RECURSIVE" in each)
    with closing(sqlite3.connect(tmp_path / EVENTS_FILE)) as file:
        plan = [row[-1] for row in file.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert [step for step in plan if "stored_events" in step]
    assert not [step for step in plan if step.startswith("SCAN stored_events")], plan
