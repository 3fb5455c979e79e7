"""The ways of storing events that are compared: ours, the base recorder's, and bare inserts."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import psycopg
from eventsourcing.persistence import ApplicationRecorder, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.sqlite import SQLiteApplicationRecorder

from ledger.commands.door import now
from ledger.events import BankLineSeen
from ledger.facts import Source
from ledger.money import Amount
from ledger.store import location
from ledger.store.envelope import Command, body, seal, timestamp
from ledger.store.location import Location, Server
from ledger.store.log import EventLog
from ledger.store.postgres import PostgresDatabase, connect
from ledger.store.sqlite import SQLiteDatabase

STREAM = "bank/state-fund"
DAY = date(2026, 1, 2)


class Writer(Protocol):
    """Somebody who stores events, each call one durable commit."""

    def made(self, count: int) -> Any:  # noqa: ANN401 - what its own `store` takes
        """So many new events, ready to be stored."""

    def store(self, made: Any) -> None:  # noqa: ANN401
        """Store them."""

    def close(self) -> None:
        """Close every connection."""


def _body(version: int, command: Command) -> bytes:
    """A line of a bank statement, as bytes that lack only their place and time."""
    event = BankLineSeen(
        line=f"2026-01-{version:07d}",
        account="state-fund",
        booked_on=DAY,
        amount=Amount(-7500 - version),
        reference=f"aarhus-hf-1-P{version:07d}",
        text="Payment to the council's own fund",
        matched=None,
        source=Source(file="bank-statement.csv", sha256="0" * 64, row=version),
    )
    return body(event.topic, DAY, command, event.model_dump(mode="json"))


def command() -> Command:
    """A command that was not given before."""
    return Command.of(secrets.token_hex(16), "bench", None)


class Ours:
    """`EventLog.append`: position, time, chain, command and read-back in one commit."""

    def __init__(self, place: Location) -> None:
        location.create(place, now)
        self.log: EventLog = location.open_log(place, now)
        self._version = 0

    def made(self, count: int) -> tuple[list[StoredEvent], Command]:
        """Events of one command, with nothing left to do but to store them."""
        by = command()
        versions = range(self._version + 1, self._version + count + 1)
        self._version += count
        return [StoredEvent(STREAM, v, "BankLineSeen:1", _body(v, by)) for v in versions], by

    def store(self, made: tuple[list[StoredEvent], Command]) -> None:
        """Store them."""
        self.log.append(*made)

    def close(self) -> None:
        """Close every connection."""
        self.log.close()


class _BaseDatabase(PostgresDatabase):
    """Our connections, with the types that the base recorder inserts events as."""

    register_type_adapters = PostgresDatastore.register_type_adapters


class Base:
    """The event-sourcing library's own recorder, on connections that are set up like ours."""

    def __init__(self, place: Location) -> None:
        self._recorder: ApplicationRecorder
        if isinstance(place, Server):
            with connect(place) as connection:
                connection.execute("CREATE SCHEMA IF NOT EXISTS base")
            self._database: Any = _BaseDatabase(place, "base")
            recorder = PostgresApplicationRecorder(self._database)
            recorder.create_table()
            self._recorder = recorder
        else:
            self._database = SQLiteDatabase(place / "base.sqlite")
            lite = SQLiteApplicationRecorder(self._database)
            lite.create_table()
            self._recorder = lite
        self._version = 0

    def made(self, count: int) -> list[StoredEvent]:
        """Events of the same bytes as ours."""
        by, versions = command(), range(self._version + 1, self._version + count + 1)
        self._version += count
        return [StoredEvent(STREAM, v, "BankLineSeen:1", sealed(v, by)) for v in versions]

    def store(self, made: list[StoredEvent]) -> None:
        """Store them."""
        self._recorder.insert_events(made)

    def close(self) -> None:
        """Close every connection."""
        self._database.close()


def sealed(version: int, by: Command) -> bytes:
    """The whole bytes of an event, made beforehand."""
    return seal(_body(version, by), version, timestamp(now()), STREAM, version)


class Bare:
    """The driver alone: rows of a number and the same bytes."""

    def __init__(self, place: Location) -> None:
        if isinstance(place, Server):
            self._connection: Any = psycopg.connect(place.url, autocommit=True)
            self._connection.execute("SET synchronous_commit TO on")
            self._connection.execute("CREATE TABLE bare (position bigint PRIMARY KEY, state bytea)")
            self._begin, mark = "BEGIN", "%s"
        else:
            self._connection = _like_ours(place / "bare.sqlite")
            self._connection.execute("CREATE TABLE bare (position INTEGER PRIMARY KEY, state BLOB)")
            self._begin, mark = "BEGIN IMMEDIATE", "?"
        self._insert = f"INSERT INTO bare VALUES ({mark}, {mark})"  # noqa: S608 - a mark
        self._version = 0

    def made(self, count: int) -> list[tuple[int, bytes]]:
        """Rows of the same bytes as ours."""
        by, versions = command(), range(self._version + 1, self._version + count + 1)
        self._version += count
        return [(v, sealed(v, by)) for v in versions]

    def store(self, made: Sequence[tuple[int, bytes]]) -> None:
        """Store them."""
        cursor = self._connection.cursor()
        cursor.execute(self._begin)
        if len(made) == 1:
            cursor.execute(self._insert, made[0])
        else:
            cursor.executemany(self._insert, made)
        cursor.execute("COMMIT")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _like_ours(path: Path) -> sqlite3.Connection:
    """A connection with the journal and sync that our own has on this machine."""
    with closing(SQLiteDatabase(path)) as ours, ours.reading() as c:
        found = []
        for pragma in ("journal_mode", "synchronous"):
            c.execute(f"PRAGMA {pragma}")
            found.append(c.fetchone()[0])
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA journal_mode={found[0]}")
    connection.execute(f"PRAGMA synchronous={found[1]}")
    return connection
