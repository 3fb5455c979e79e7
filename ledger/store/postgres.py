"""PostgreSQL: a room of the ledger is one schema, and an advisory lock is its write lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from eventsourcing.persistence import Subscription
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row, tuple_row
from psycopg.sql import SQL, Identifier

from ledger.store.database import (
    HOLD_TIMEOUT_SECONDS,
    LOCK_TIMEOUT_SECONDS,
    Cursor,
    Engine,
    unlike,
)
from ledger.store.location import NoServer, Server, ServerLock
from ledger.store.log import EventLog

EVENTS, VAULT, VIEWS = "events", "vault", "views"
_LOCKS = {EVENTS: ServerLock.EVENTS, VAULT: ServerLock.VAULT}

SCHEMA_BYTES = (
    "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c "
    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relkind = 'r'"
)


class _Cursor(psycopg.Cursor[tuple[Any, ...]]):
    """A cursor for statements that mark values with `?`."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        super().__init__(connection, row_factory=tuple_row)

    def execute(self, statement: str, values: Sequence[Any] = ()) -> None:  # type: ignore[override] # the store's cursor is narrower
        """Run a statement."""
        super().execute(statement.replace("?", "%s").encode(), values)

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:  # type: ignore[override]
        """Run a statement once for every row of values."""
        super().executemany(statement.replace("?", "%s").encode(), rows)


class PostgresDatabase(PostgresDatastore):
    """One schema, reached by a pool of connections."""

    def __init__(self, server: Server, schema: str) -> None:
        super().__init__(
            *("",) * 5,
            schema=schema,
            originator_id_type="text",
            max_overflow=10,
            pre_ping=True,
            idle_in_transaction_session_timeout=HOLD_TIMEOUT_SECONDS,
        )
        self.pool.kwargs = {
            **conninfo_to_dict(server.url, client_encoding="UTF8"),
            "row_factory": dict_row,
        }

    def after_connect_func(self) -> Callable[[psycopg.Connection[Any]], None]:
        """What is set on every new connection, whatever the server's defaults are."""
        prepare, schema = super().after_connect_func(), self.schema

        def after_connect(connection: psycopg.Connection[Any]) -> None:
            prepare(connection)
            # The head must be read as it is after the wait for the lock, not as it was before.
            connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
            connection.execute(SQL("SET search_path TO {}").format(Identifier(schema)))
            connection.execute(SQL("SET lock_timeout TO '{}s'").format(LOCK_TIMEOUT_SECONDS))
            connection.execute(
                "SELECT set_config('synchronous_commit', 'on', false) "
                "WHERE current_setting('synchronous_commit') = 'off'"
            )

        return after_connect

    def engine(self) -> Engine:
        """PostgreSQL, with what decides when a commit is on disk."""
        names = ("server_version", "fsync", "synchronous_commit", "full_page_writes")
        with self.reading() as c:
            settings = {}
            for name in names:
                c.execute("SELECT current_setting(?)", (name,))
                settings[name] = str(c.fetchone()[0])
        return Engine("PostgreSQL", settings.pop("server_version"), settings)

    def size_bytes(self) -> int:
        """The schema's tables with their indexes."""
        with self.reading() as c:
            c.execute(SCHEMA_BYTES, (self.schema,))
            return int(c.fetchone()[0])

    def register_type_adapters(self) -> None:
        """There are none: rows are inserted as rows."""

    @contextmanager
    def reading(self) -> Iterator[Cursor]:
        """A cursor whose every statement sees what is committed."""
        with self.get_connection() as connection:
            yield _Cursor(connection)

    @contextmanager
    def writing(self) -> Iterator[Cursor]:
        """A transaction that has the schema's write lock before it reads.

        The lock is advisory because LOCK TABLE asks for the right to update or delete, which
        nobody needs to have on the events.
        """
        with self.get_connection() as connection, connection.transaction():
            cursor = _Cursor(connection)
            cursor.execute("SELECT pg_advisory_xact_lock(?::bigint)", (_LOCKS[self.schema],))
            yield cursor

    def rewrite(self, table: str) -> None:
        """Write a table and its indexes to new files; only its owner may."""
        with self.get_connection() as connection:
            statement = SQL("VACUUM (FULL) {}.{}")
            connection.execute(statement.format(Identifier(self.schema), Identifier(table)))

    def damage(self) -> list[str]:
        """Nothing: a server's files are checked by the server's own tools."""
        return []


def _append_only(table: str) -> tuple[str, str]:
    """Refuse every change of what is stored, also by INSERT … ON CONFLICT DO UPDATE and MERGE."""
    trigger = f"{table}_is_append_only"
    return (
        (
            f"CREATE OR REPLACE TRIGGER {trigger} "
            f"BEFORE UPDATE OR DELETE OR TRUNCATE ON events.{table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION events.refuse()"
        ),
        # Also where triggers are switched off for replication.
        f"ALTER TABLE events.{table} ENABLE ALWAYS TRIGGER {trigger}",
    )


_REFUSE = (
    "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME "
    "USING ERRCODE = 'restrict_violation'; END "
)

_TABLES = (
    # No sequence gives the positions: one that is drawn and rolled back would leave a gap.
    (
        "CREATE TABLE IF NOT EXISTS events.stored_events ("
        'position bigint PRIMARY KEY, originator_id text COLLATE "C" NOT NULL, '
        "originator_version bigint NOT NULL, topic text NOT NULL, state bytea NOT NULL, "
        "recorded_at text NOT NULL, chain bytea NOT NULL, "
        "UNIQUE (originator_id, originator_version))"
    ),
    (
        "CREATE TABLE IF NOT EXISTS events.commands ("
        'id text COLLATE "C" PRIMARY KEY, sha256 text NOT NULL, '
        "first bigint NOT NULL, last bigint NOT NULL)"
    ),
    (
        "CREATE OR REPLACE FUNCTION events.refuse() RETURNS trigger LANGUAGE plpgsql "
        f"AS $${_REFUSE}$$"
    ),
    *_append_only("stored_events"),
    *_append_only("commands"),
)


_KEYS: dict[str, object] = {
    "key of commands": ("p", ["id"]),
    "key of stored_events": ("p", ["position"]),
    "key of stored_events by stream": ("u", ["originator_id", "originator_version"]),
}
_GUARDS: dict[str, object] = {f"trigger {table}_is_append_only": (
    # BEFORE (2) DELETE (8), UPDATE (16) or TRUNCATE (32), for each statement, whatever is changed.
    table, 2 + 8 + 16 + 32, "A", "", True, "events.refuse", _REFUSE,
) for table in ("commands", "stored_events")}  # fmt: skip
_FIND_GUARDS = """
SELECT 'trigger ' || tgname, c.relname, tgtype, tgenabled::text, tgattr::text, tgqual IS NULL,
       p.pronamespace::regnamespace::text || '.' || p.proname, p.prosrc
  FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid JOIN pg_proc p ON p.oid = tgfoid
 WHERE c.relnamespace = 'events'::regnamespace AND NOT tgisinternal
"""
_FIND_KEYS = """
SELECT 'key of ' || c.relname || CASE contype WHEN 'u' THEN ' by stream' ELSE '' END, contype::text,
       ARRAY(SELECT attname::text FROM pg_attribute
              WHERE attrelid = c.oid AND attnum = ANY (conkey) ORDER BY attnum)
  FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid
 WHERE connamespace = 'events'::regnamespace AND contype IN ('p', 'u')
"""
_FIND_RULES = "SELECT 'rule ' || rulename, tablename FROM pg_rules WHERE schemaname = 'events'"


class PostgresEventLog(EventLog, PostgresApplicationRecorder):
    """The events in the schema `events`."""

    def __init__(self, server: Server, clock: Callable[[], datetime]) -> None:
        database = PostgresDatabase(server, EVENTS)
        super().__init__(database)
        self.database = database
        self.clock = clock
        self.sql_create_statements = [SQL(statement).format() for statement in _TABLES]
        self.max_notification_id_statement = SQL(
            "SELECT max(position) AS max FROM events.stored_events"
        ).format()

    def create_table(self) -> None:
        """Make the tables and the triggers where they are missing."""
        PostgresApplicationRecorder.create_table(self)

    def changed_guards(self) -> list[str]:
        """The triggers, keys and rules that are not as `create_table` makes them."""
        found: dict[str, object] = {}
        with self.database.reading() as c:
            for query in (_FIND_GUARDS, _FIND_KEYS, _FIND_RULES):
                c.execute(query)
                found |= {row[0]: tuple(row[1:]) for row in c.fetchall()}
        return unlike(_KEYS | _GUARDS, found)

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[Any]:
        """Not offered: followers read in batches, on every engine."""
        raise NotImplementedError


def connect(server: Server, schema: str = EVENTS) -> psycopg.Connection[tuple[Any, ...]]:
    """One connection that finds its tables in a schema.

    Raises:
        NoServer: if the database cannot be reached.
    """
    try:
        connection = psycopg.connect(
            server.url, connect_timeout=10, client_encoding="UTF8", autocommit=True
        )
        connection.execute(SQL("SET search_path TO {}").format(Identifier(schema)))
        connection.execute(SQL("SET lock_timeout TO '{}s'").format(LOCK_TIMEOUT_SECONDS))
        # Compiling a statement took longer than it saved.
        connection.execute("SET jit TO off")
    except psycopg.Error as error:
        message = f"{server} does not let us in: {str(error).strip()}"
        raise NoServer(message) from None
    connection.autocommit = False
    return connection


@contextmanager
def _one_transaction(server: Server) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection for one transaction."""
    with connect(server) as connection:
        try:
            yield connection
        except psycopg.Error as error:
            message = f"{server} did not answer: {str(error).strip()}"
            raise NoServer(message) from error


def holds_a_ledger(server: Server) -> bool:
    """Whether the database has a ledger's events."""
    return _has_table(server, "events.stored_events")


def holds_a_vault(server: Server) -> bool:
    """Whether the database has a ledger's vault."""
    return _has_table(server, "vault.subject")


def _has_table(server: Server, name: str) -> bool:
    with _one_transaction(server) as connection:
        row = connection.execute("SELECT to_regclass(%s)", (name,)).fetchone()
    return row is not None and row[0] is not None


def create_schemas(server: Server) -> None:
    """Make the ledger's schemas where they are missing.

    Raises:
        NoServer: if the database cannot be reached, or is not in UTF-8.
    """
    with _one_transaction(server) as connection:
        if connection.info.parameter_status("server_encoding") != "UTF8":
            message = f"{server} is not a database in UTF-8; make one with ENCODING 'UTF8'"
            raise NoServer(message)
        for schema in (EVENTS, VAULT, VIEWS):
            connection.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(Identifier(schema)))
