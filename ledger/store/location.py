"""Where a ledger is: a directory on this machine, or a database on a PostgreSQL server."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, unique
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

from ledger.decide.refusal import Refusal
from ledger.store.database import Database
from ledger.store.log import EventLog
from ledger.store.sqlite import SQLiteDatabase, SQLiteEventLog, has_table
from ledger.store.vault import VaultMissingError, make_tables

EVENTS_FILE = "events.sqlite"
VAULT_FILE = "vault.sqlite"
KEY_FILE = "vault.key"
_SCHEMES = ("postgresql://", "postgres://")


class NoLedger(Refusal):
    """There is no ledger at the location."""


class NoServer(Refusal):
    """The server cannot be used."""


class NoVaultKey(Refusal):
    """A ledger on a server has no place of its own for the vault's key."""


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL database, by a URL that may hold a password and so is never shown."""

    url: str = field(repr=False)

    def __str__(self) -> str:
        parts = urlsplit(self.url)
        address = parts.netloc.rpartition("@")[2]
        return f"postgresql://{address}{parts.path}"


@unique
class ServerLock(IntEnum):
    """The locks that a server keeps for a ledger, and their numbers: no two may be the same."""

    EVENTS = 0x6F666C01
    """Who appends events."""
    VAULT = 0x6F666C02
    """Who writes in the vault."""
    JOBS = 0x6F666C03
    """Who does the jobs, which may be rebuilding the views."""
    REBUILD = 0x6F666C04
    """Who rebuilds the views."""


Location = Path | Server


def located(text: str) -> Location:
    """The location that a person names: a PostgreSQL URL, or else a directory."""
    return Server(text) if text.startswith(_SCHEMES) else Path(text)


def postgres() -> ModuleType:
    """The engine for servers, which is installed only where it is wanted.

    Raises:
        NoServer: if it is not.
    """
    if importlib.util.find_spec("psycopg") is None:
        message = "for PostgreSQL, install the extra: pip install 'outcome-fund-ledger[server]'"
        raise NoServer(message)
    return importlib.import_module("ledger.store.postgres")


def holds_a_ledger(location: Location) -> bool:
    """Whether there is a ledger.

    Raises:
        NoServer: if the server cannot be used.
    """
    if isinstance(location, Server):
        return bool(postgres().holds_a_ledger(location))
    return has_table(location / EVENTS_FILE, "stored_events")


def require_a_ledger(location: Location) -> None:
    """Refuse to go on where there is no ledger.

    Raises:
        NoLedger: if there is none.
    """
    if not holds_a_ledger(location):
        message = f"there is no ledger in {location}; `ofl init` makes one"
        raise NoLedger(message)


def open_log(location: Location, clock: Callable[[], datetime]) -> EventLog:
    """The events of a location."""
    if isinstance(location, Server):
        log: EventLog = postgres().PostgresEventLog(location, clock)
        return log
    return SQLiteEventLog(location / EVENTS_FILE, clock)


def open_vault_database(location: Location) -> Database:
    """The vault's file or schema.

    Raises:
        VaultMissingError: if there is none: a new one in its place would know nobody.
    """
    if isinstance(location, Server):
        there = bool(postgres().holds_a_vault(location))
    else:
        there = (location / VAULT_FILE).is_file()
    if not there:
        message = f"the vault of {location} is missing; put it back from its copy"
        raise VaultMissingError(message)
    return _vault_database(location)


def _vault_database(location: Location) -> Database:
    if isinstance(location, Server):
        engine = postgres()
        database: Database = engine.PostgresDatabase(location, engine.VAULT)
        return database
    return SQLiteDatabase(location / VAULT_FILE, forgets=True)


def create(location: Location, clock: Callable[[], datetime]) -> None:
    """Make what a ledger needs there, all of it empty, where it is missing.

    The events come last: where they are, all is there, and what is missing then was lost.

    Raises:
        NoServer: if the server cannot be used.
    """
    if isinstance(location, Server):
        postgres().create_schemas(location)
    else:
        location.mkdir(parents=True, exist_ok=True)
    with closing(_vault_database(location)) as vault:
        make_tables(vault, "BYTEA" if isinstance(location, Server) else "BLOB")
    with closing(open_log(location, clock)) as log:
        log.create_table()


def key_file_of(location: Location, named: Path | None) -> Path:
    """The file of the vault's key: the one that is named, or the directory's own.

    Raises:
        NoVaultKey: if the ledger is on a server and none is named.
    """
    if named is not None:
        return named
    if isinstance(location, Server):
        message = (
            "the vault's key lies outside the database: name its file with --vault-key "
            "or OFL_VAULT_KEY"
        )
        raise NoVaultKey(message)
    return location / KEY_FILE
