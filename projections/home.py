"""Where the views live: in a file beside the events' file, or in a schema beside theirs."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, inspect
from sqlalchemy.exc import DBAPIError

from ledger.store.location import Server, ServerLock
from ledger.store.sqlite import files_bytes

USE = "ofl_use"
"""The execution option that says what a connection is for; reading if it is not set."""
WRITING = "writing"
MAKING = "making"


class Home(Protocol):
    """A file or a schema for views."""

    engine: Engine

    def has_table(self, name: str) -> bool:
        """Whether there is a table of that name."""

    def was_replaced(self, error: DBAPIError) -> bool:
        """Whether what could not be written had just been replaced by a rebuild."""

    def size_bytes(self) -> int:
        """How much room it takes."""

    def beside(self) -> AbstractContextManager[Home]:
        """An empty home beside this one, which takes its place at the end."""


class FileHome:
    """An SQLite file. Views can be rebuilt, so NORMAL sync is enough."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # No pool: a connection kept open would go on reading the file that a rebuild replaced.
        self.engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
        event.listen(self.engine, "connect", _set_up_file)
        event.listen(self.engine, "begin", _begin_file)

    def has_table(self, name: str) -> bool:
        """Whether there is a table of that name; looking for it makes no file."""
        if not self.path.exists() or not self.path.stat().st_size:
            return False
        with self.engine.connect() as connection:
            return inspect(connection).has_table(name)

    def was_replaced(self, error: DBAPIError) -> bool:
        """Whether the file that was open is no longer the one at the path."""
        return getattr(error.orig, "sqlite_errorname", "") == "SQLITE_READONLY_DBMOVED"

    def size_bytes(self) -> int:
        """The file with its journal."""
        return files_bytes(self.path)

    @contextmanager
    def beside(self) -> Iterator[FileHome]:
        """A new file, which replaces this one at the end; one rebuild at a time."""
        path = self.path.with_suffix(".rebuilding")
        with _alone_in(self.path.parent):
            # What a killed rebuild left would be taken for the new file, or rolled back into it.
            _remove(path)
            fresh = FileHome(path)
            try:
                yield fresh
                fresh.engine.dispose()
                self.engine.dispose()
                with self._nobody_writing():
                    path.replace(self.path)
            finally:
                _remove(path)  # a full disk needs the room

    @contextmanager
    def _nobody_writing(self) -> Iterator[None]:
        """While the file is replaced: a journal of its writers would be rolled back into the new.

        Whoever is killed leaves one, which is rolled back here; after that nobody can make one,
        for SQLite does not write to a file that is no longer there under its name.
        """
        with closing(sqlite3.connect(self.path, timeout=_LOCK_TIMEOUT_SECONDS)) as connection:
            try:
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                    raise
                # These are no views, so nothing in their journal is worth a thing.
                for leftover in _JOURNALS:
                    Path(f"{self.path}{leftover}").unlink(missing_ok=True)
            yield


_JOURNALS = ("-journal", "-wal", "-shm")
_LOCK_TIMEOUT_SECONDS = 30


def _remove(path: Path) -> None:
    """Remove a database and its journals, if they are there."""
    for ending in ("", *_JOURNALS):
        Path(f"{path}{ending}").unlink(missing_ok=True)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """While nobody else rebuilds in a folder; a lock that ends with the process that holds it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _set_up_file(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(f"PRAGMA busy_timeout={_LOCK_TIMEOUT_SECONDS * 1000}")


def _begin_file(connection: Connection) -> None:
    # A writer takes the lock before it reads; a reader never waits for one.
    use = connection.get_execution_options().get(USE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if use == WRITING else "BEGIN")


_TABLE_LOCKS = {None: "ACCESS SHARE", WRITING: "EXCLUSIVE"}


class SchemaHome:
    """A PostgreSQL schema.

    Whoever begins a transaction locks the table `progress`: readers against the swap of schemas,
    writers also against each other. The lock comes before the transaction's snapshot is taken, so
    what is read is one state of the views, and never the empty tables of a schema just swapped in.
    """

    def __init__(self, server: Server, schema: str = "views") -> None:
        self.server = server
        self.schema = schema
        self.engine = create_engine(
            "postgresql+psycopg://",
            creator=self._connect,
            isolation_level="REPEATABLE READ",
            pool_pre_ping=True,
        )
        event.listen(self.engine, "begin", _begin_schema)

    def _connect(self) -> Any:  # noqa: ANN401 - a driver's connection
        from ledger.store.postgres import connect  # noqa: PLC0415 - only where it is installed

        return connect(self.server, self.schema)

    def has_table(self, name: str) -> bool:
        """Whether there is a table of that name."""
        making = self.engine.execution_options(**{USE: MAKING})
        with making.connect() as connection:
            return inspect(connection).has_table(name, schema=self.schema)

    def was_replaced(self, error: DBAPIError) -> bool:
        """Never: who waits for the lock finds the tables that are there then."""
        del error
        return False

    def size_bytes(self) -> int:
        """The schema's tables with their indexes."""
        from ledger.store.postgres import SCHEMA_BYTES  # noqa: PLC0415 - only where it is installed

        with self.engine.execution_options(**{USE: MAKING}).connect() as connection:
            query = marked(connection, SCHEMA_BYTES)
            return int(connection.exec_driver_sql(query, (self.schema,)).scalar_one())

    @contextmanager
    def beside(self) -> Iterator[SchemaHome]:
        """A new schema, which takes this one's name at the end; one rebuild at a time."""
        fresh = SchemaHome(self.server, f"{self.schema}_rebuilding")
        with closing(self._connect()) as connection:
            connection.autocommit = True
            connection.execute("SET lock_timeout TO 0")  # another's rebuild may take long
            connection.execute("SELECT pg_advisory_lock(%s)", (ServerLock.REBUILD,))
            connection.execute(f"DROP SCHEMA IF EXISTS {fresh.schema} CASCADE")
            connection.execute(f"CREATE SCHEMA {fresh.schema}")
            yield fresh
            fresh.engine.dispose()
            self._take_in(fresh.schema)

    def _take_in(self, schema: str) -> None:
        """Put another schema in this one's place, when nobody is reading."""
        there = self.has_table("progress")
        with self.engine.execution_options(**{USE: MAKING}).begin() as connection:
            if there:
                connection.exec_driver_sql("LOCK TABLE progress IN ACCESS EXCLUSIVE MODE")
            connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {self.schema} CASCADE")
            connection.exec_driver_sql(f"ALTER SCHEMA {schema} RENAME TO {self.schema}")


def _begin_schema(connection: Connection) -> None:
    use = connection.get_execution_options().get(USE)
    if use != MAKING:
        connection.exec_driver_sql(f"LOCK TABLE progress IN {_TABLE_LOCKS[use]} MODE")


def marked(connection: Connection, statement: str) -> str:
    """A statement with question marks where values are given, as the connection's driver has it."""
    return statement if connection.dialect.paramstyle == "qmark" else statement.replace("?", "%s")


def home(place: Path | Server | Home) -> Home:
    """The home at a place."""
    if isinstance(place, Server):
        return SchemaHome(place)
    return FileHome(place) if isinstance(place, Path) else place
