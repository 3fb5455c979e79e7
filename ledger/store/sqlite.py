"""SQLite: a room of the ledger is one file, and `BEGIN IMMEDIATE` is its write lock."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime
from pathlib import Path

from eventsourcing.persistence import OperationalError
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteTransaction,
)

from ledger.store.database import LOCK_TIMEOUT_SECONDS, Cursor, Engine, unlike
from ledger.store.log import EventLog

_WAL_IS_SAFE_FROM = (3, 51, 3)
_SYNCHRONOUS = ("OFF", "NORMAL", "FULL", "EXTRA")


def files_bytes(path: Path) -> int:
    """The size of a database's file and of the journals beside it."""
    parts = (Path(f"{path}{suffix}") for suffix in ("", "-journal", "-wal"))
    return sum(part.stat().st_size for part in parts if part.is_file())


@contextmanager
def _immediate(connection: SQLiteConnection, *, commit: bool) -> Iterator[SQLiteCursor]:
    with _ImmediateTransaction(connection, commit=commit) as cursor, cursor:
        yield cursor


class _ImmediateTransaction(SQLiteTransaction):
    """Takes the write lock at once: a deferred BEGIN deadlocks when two writers upgrade."""

    def __enter__(self) -> SQLiteCursor:
        cursor = self.connection.cursor()
        try:
            cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error
        return cursor


class _Connection(SQLiteConnection):
    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        with _immediate(self, commit=commit) as cursor:
            yield cursor


class _Pool(SQLiteConnectionPool):
    """Connections with the journal that is safe for this version of SQLite.

    Before 3.51.3 a WAL reset can corrupt the file when several connections write, so there the
    rollback journal is used, with the directory synced after its deletion (EXTRA). So it is where
    what is deleted must be gone: a WAL would keep it for a while.
    """

    def __init__(self, path: Path, *, forgets: bool) -> None:
        super().__init__(db_name=str(path), lock_timeout=LOCK_TIMEOUT_SECONDS)
        self.forgets = forgets

    def _create_connection(self) -> SQLiteConnection:
        try:
            return _Connection(self._connect(), max_age=self.max_age)
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.db_name,
            isolation_level=None,
            check_same_thread=False,
            timeout=LOCK_TIMEOUT_SECONDS,
        )
        wal = not self.forgets and sqlite3.sqlite_version_info >= _WAL_IS_SAFE_FROM
        connection.execute(f"PRAGMA journal_mode={'WAL' if wal else 'DELETE'}")
        connection.execute(f"PRAGMA synchronous={'FULL' if wal else 'EXTRA'}")
        connection.execute(f"PRAGMA secure_delete={'ON' if self.forgets else 'OFF'}")
        connection.row_factory = sqlite3.Row
        return connection


class SQLiteDatabase(SQLiteDatastore):
    """One file. One that `forgets` overwrites what is deleted in it."""

    def __init__(self, path: Path, *, forgets: bool = False) -> None:
        self.pool = _Pool(path, forgets=forgets)
        self.single_row_tracking = True
        self.originator_id_type = "text"

    def engine(self) -> Engine:
        """SQLite, with the journal and sync that a connection has."""
        with self.get_connection(commit=False) as connection:
            found = {}
            for pragma in ("journal_mode", "synchronous"):
                cursor = connection.cursor()
                cursor.execute(f"PRAGMA {pragma}")
                found[pragma] = cursor.fetchone()[0]
        settings = {
            "journal_mode": str(found["journal_mode"]).upper(),
            "synchronous": _SYNCHRONOUS[found["synchronous"]],
        }
        return Engine("SQLite", sqlite3.sqlite_version, settings)

    def size_bytes(self) -> int:
        """The file with its journal."""
        return files_bytes(Path(self.pool.db_name))

    def reading(self) -> AbstractContextManager[Cursor]:
        """A transaction that only reads."""
        return self.transaction(commit=False)

    def writing(self) -> AbstractContextManager[Cursor]:
        """A transaction that has the write lock before it reads."""
        return self.transaction(commit=True)

    def rewrite(self, table: str) -> None:
        """Write the whole file anew: SQLite has no smaller piece."""
        del table
        with self.get_connection(commit=False) as connection:
            connection.cursor().execute("VACUUM")

    def damage(self) -> list[str]:
        """What SQLite's own check of the file finds: pages, cells, and indexes against tables."""
        with self.reading() as c:
            c.execute("PRAGMA integrity_check(10)")
            return [row[0] for row in c.fetchall() if row[0] != "ok"]


def has_table(path: Path, name: str) -> bool:
    """Whether a file has a table; what cannot be read may have it.

    A file without tables is left where making them was broken off.
    """
    if not path.is_file() or not path.stat().st_size:
        return False
    try:
        with closing(sqlite3.connect(path, timeout=LOCK_TIMEOUT_SECONDS)) as connection:
            query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
            return connection.execute(query, (name,)).fetchone() is not None
    except sqlite3.Error:
        return True


def _refusing(table: str, action: str) -> str:
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table}_refuses_{action.lower()} "
        f"BEFORE {action} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


TABLES = (
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


_SCHEMA = "SELECT name, type, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'"
"""Everything there is in a file, but the planner's statistics."""


class SQLiteEventLog(EventLog, SQLiteApplicationRecorder):
    """The events in one file."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        database = SQLiteDatabase(path)
        super().__init__(database)
        self.database = database
        self.clock = clock

    def construct_create_table_statements(self) -> list[str]:
        """The tables and the triggers that keep them append-only."""
        return list(TABLES)

    def create_table(self) -> None:
        """Make the tables and the triggers where they are missing."""
        SQLiteApplicationRecorder.create_table(self)

    def changed_guards(self) -> list[str]:
        """The tables, indexes and triggers that are not as `create_table` makes them."""
        with closing(sqlite3.connect(":memory:")) as empty:
            for statement in TABLES:
                empty.execute(statement)
            made = {row[0]: row[1:] for row in empty.execute(_SCHEMA)}
        with self.database.reading() as c:
            c.execute(_SCHEMA)
            found = {row[0]: tuple(row[1:]) for row in c.fetchall()}
        return unlike(made, found)
