"""The events in one SQLite file: one writer at a time, no gaps, append-only, chained.

Built on the recorder of `eventsourcing`. Every append takes the write lock (`BEGIN IMMEDIATE`)
before it reads the head, so positions follow commit order and no reader can skip one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from eventsourcing.persistence import IntegrityError, Notification, StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteTransaction,
)

from ledger.store.chain import GENESIS, link
from ledger.store.envelope import Command, seal, timestamp

LOCK_TIMEOUT_SECONDS = 30
_WAL_IS_SAFE_FROM = (3, 51, 3)
_READ_BATCH = 2_000


class StoredRow(NamedTuple):
    """An event as it lies in the table, every column of it."""

    position: int
    stream: str
    version: int
    topic: str
    state: bytes
    recorded_at: str
    chain: bytes


class CommandConflictError(Exception):
    """The command id was used before with other content."""


class StoreDamagedError(Exception):
    """What was read back is not what was written."""


@contextmanager
def _immediate(connection: SQLiteConnection, *, commit: bool) -> Iterator[SQLiteCursor]:
    with _ImmediateTransaction(connection, commit=commit) as cursor, cursor:
        yield cursor


class _ImmediateTransaction(SQLiteTransaction):
    """Takes the write lock at once: a deferred BEGIN deadlocks when two writers upgrade."""

    def __enter__(self) -> SQLiteCursor:
        cursor = self.connection.cursor()
        cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        return cursor


class _Connection(SQLiteConnection):
    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        with _immediate(self, commit=commit) as cursor:
            yield cursor


class _Pool(SQLiteConnectionPool):
    """Connections with the journal that is safe for this version of SQLite.

    Before 3.51.3 a WAL reset can corrupt the file when several connections write, so there the
    rollback journal is used, with the directory synced after its deletion (EXTRA).
    """

    def _create_connection(self) -> SQLiteConnection:
        connection = sqlite3.connect(
            self.db_name,
            isolation_level=None,
            check_same_thread=False,
            timeout=LOCK_TIMEOUT_SECONDS,
        )
        wal = sqlite3.sqlite_version_info >= _WAL_IS_SAFE_FROM
        connection.execute(f"PRAGMA journal_mode={'WAL' if wal else 'DELETE'}")
        connection.execute(f"PRAGMA synchronous={'FULL' if wal else 'EXTRA'}")
        connection.row_factory = sqlite3.Row
        return _Connection(connection, max_age=self.max_age)


class _Datastore(SQLiteDatastore):
    def __init__(self, path: Path) -> None:
        self.pool = _Pool(db_name=str(path), lock_timeout=LOCK_TIMEOUT_SECONDS)
        self.single_row_tracking = True
        self.originator_id_type = "text"


def _refusing(table: str, action: str) -> str:
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table}_refuses_{action.lower()} "
        f"BEFORE {action} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


_TABLES = (
    # position is a real column: a bare rowid may be renumbered by VACUUM.
    (
        "CREATE TABLE IF NOT EXISTS stored_events ("
        "position INTEGER PRIMARY KEY, originator_id TEXT NOT NULL, "
        "originator_version INTEGER NOT NULL, topic TEXT NOT NULL, state BLOB NOT NULL, "
        "recorded_at TEXT NOT NULL, chain BLOB NOT NULL, "
        "UNIQUE (originator_id, originator_version))"
    ),
    (
        "CREATE TABLE IF NOT EXISTS commands ("
        "id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL)"
    ),
    *(
        _refusing(table, action)
        for table in ("stored_events", "commands")
        for action in ("UPDATE", "DELETE")
    ),
    # INSERT OR REPLACE deletes without firing the DELETE trigger, unless what it would replace
    # is looked for before the insert.
    (
        "CREATE TRIGGER IF NOT EXISTS stored_events_refuses_replace BEFORE INSERT ON stored_events "
        "WHEN EXISTS (SELECT 1 FROM stored_events WHERE position = NEW.position) "
        "OR EXISTS (SELECT 1 FROM stored_events WHERE originator_id = NEW.originator_id "
        "AND originator_version = NEW.originator_version) "
        "BEGIN SELECT RAISE(ABORT, 'stored_events: that place is taken'); END"
    ),
    (
        "CREATE TRIGGER IF NOT EXISTS commands_refuses_replace BEFORE INSERT ON commands "
        "WHEN EXISTS (SELECT 1 FROM commands WHERE id = NEW.id) "
        "BEGIN SELECT RAISE(ABORT, 'commands: that id is taken'); END"
    ),
)


class EventLog(SQLiteApplicationRecorder):
    """The one sequence of events in a file."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        super().__init__(_Datastore(path))
        self.clock = clock
        self.insert_events_statement = (
            "INSERT INTO stored_events (position, originator_id, originator_version, topic, "
            "state, recorded_at, chain) VALUES (?,?,?,?,?,?,?)"
        )

    def construct_create_table_statements(self) -> list[str]:
        """The tables and the triggers that keep them append-only."""
        return list(_TABLES)

    def close(self) -> None:
        """Close every connection to the file."""
        self.datastore.close()

    def append(
        self, events: Sequence[StoredEvent], command: Command, expected_head: int | None = None
    ) -> range | None:
        """Store all events of a command, or none, and return their positions.

        Returns None if the same command was stored before: then nothing changes. With
        `expected_head`, the events are stored only if no other event came after that position.

        Raises:
            CommandConflictError: if the command's id was used with other content.
            eventsourcing.persistence.IntegrityError: if a stream, or the expected head, has
                moved on meanwhile.
        """
        positions = self.insert_events(events, command=command, expected_head=expected_head)
        return range(positions[0], positions[-1] + 1) if positions else None

    def _insert_events(
        self,
        c: SQLiteCursor,
        stored_events: Sequence[StoredEvent],
        **kwargs: Any,  # noqa: ANN401 - as the base class has it
    ) -> Sequence[int] | None:
        """Give each event its place, time and link in the chain, under the write lock."""
        command: Command = kwargs["command"]
        if self._done_before(c, command) is not None or not stored_events:
            return None
        position, recorded_at, chain = self._head(c)
        if kwargs["expected_head"] not in (None, position):
            message = f"the head is at {position}, no longer at {kwargs['expected_head']}"
            raise IntegrityError(message)
        # A clock that jumped back never reorders what is recorded.
        recorded_at = max(recorded_at, timestamp(self.clock()))
        first = position + 1
        rows = []
        for event in stored_events:
            position += 1
            stream = str(event.originator_id)
            state = seal(event.state, position, recorded_at, stream, event.originator_version)
            chain = link(position, chain, state)
            version = event.originator_version
            rows.append((position, stream, version, event.topic, state, recorded_at, chain))
        c.executemany(self.insert_events_statement, rows)
        c.execute(
            "INSERT INTO commands VALUES (?,?,?,?)", (command.id, command.sha256, first, position)
        )
        if self._head(c) != (position, recorded_at, chain):
            message = f"position {position} was not stored as written"
            raise StoreDamagedError(message)
        return range(first, position + 1)

    def repeats(self, command: Command) -> range | None:
        """The positions that the same command was given before; None if it is new.

        Raises:
            CommandConflictError: if its id was used with other content.
        """
        with self.datastore.transaction(commit=False) as c:
            return self._done_before(c, command)

    @staticmethod
    def _done_before(c: SQLiteCursor, command: Command) -> range | None:
        c.execute("SELECT sha256, first, last FROM commands WHERE id = ?", (command.id,))
        row = c.fetchone()
        if row is None:
            return None
        if row["sha256"] != command.sha256:
            raise CommandConflictError(command.id)
        return range(row["first"], row["last"] + 1)

    @staticmethod
    def _head(c: SQLiteCursor) -> tuple[int, str, bytes]:
        c.execute(
            "SELECT position, recorded_at, chain FROM stored_events ORDER BY position DESC LIMIT 1"
        )
        row = c.fetchone()
        return tuple(row) if row else (0, "", GENESIS)

    def head(self) -> tuple[int, str, bytes]:
        """The last event's position, time and chain value; (0, "", GENESIS) if there is none."""
        with self.datastore.transaction(commit=False) as c:
            return self._head(c)

    def streams(self, prefix: str) -> list[str]:
        """The names of all streams that begin with a prefix, in order of their first event."""
        with self.datastore.transaction(commit=False) as c:
            c.execute(
                "SELECT originator_id FROM stored_events WHERE originator_version = 1 "
                "AND substr(originator_id, 1, ?) = ? ORDER BY position",
                (len(prefix), prefix),
            )
            return [row[0] for row in c.fetchall()]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Events by position; the base class reads `rowid`, which here is named `position`."""
        wanted = f"AND topic IN ({','.join('?' * len(topics))}) " if topics else ""
        first = (start or 0) + (0 if inclusive_of_start else 1)
        with self.datastore.transaction(commit=False) as c:
            c.execute(
                "SELECT position, originator_id, originator_version, topic, state "  # noqa: S608
                f"FROM stored_events WHERE position BETWEEN ? AND ? {wanted}"
                "ORDER BY position LIMIT ?",
                (first, stop if stop is not None else 2**62, *topics, limit),
            )
            return [
                Notification(
                    id=row[0],
                    originator_id=row[1],
                    originator_version=row[2],
                    topic=row[3],
                    state=row[4],
                )
                for row in c.fetchall()
            ]

    def batches(self, after: int = -(2**62)) -> Iterator[list[StoredRow]]:
        """Every stored row after a position, in order, some thousands at a time."""
        while True:
            with self.datastore.transaction(commit=False) as c:
                c.execute(
                    "SELECT position, originator_id, originator_version, topic, state, "
                    "recorded_at, chain FROM stored_events "
                    "WHERE position > ? ORDER BY position LIMIT ?",
                    (after, _READ_BATCH),
                )
                batch = [StoredRow(*row) for row in c.fetchall()]
            if not batch:
                return
            yield batch
            after = batch[-1].position

    def commands(self) -> dict[str, tuple[str, int, int]]:
        """Every command's content hash, first and last position."""
        with self.datastore.transaction(commit=False) as c:
            c.execute("SELECT id, sha256, first, last FROM commands")
            return {row[0]: (row[1], row[2], row[3]) for row in c.fetchall()}
