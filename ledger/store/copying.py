"""A ledger copied to another place or engine: the same bytes, chain and pseudonyms."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from eventsourcing.persistence import IntegrityError

from ledger.decide.refusal import Refusal
from ledger.store.database import Cursor
from ledger.store.location import (
    Location,
    create,
    open_log,
    open_vault_database,
    require_a_ledger,
)
from ledger.store.log import StoreDamagedError


class NotCopied(Refusal):
    """The ledger could not be copied, or not there."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied, and the chain value of the last event."""

    events: int
    chain: str
    subjects: int


def copy_ledger(source: Location, target: Location, taken: Callable[[int], None]) -> Copied:
    """Copy events, commands and vault to a place where there is no ledger yet.

    The vault comes first, so that a copy that was cut short has no events and can be done again.

    Raises:
        NotCopied: if another ledger is there, or the source is damaged or was written to meanwhile.
    """
    require_a_ledger(source)
    create(target, lambda: datetime.now(UTC))
    with (
        closing(open_log(source, lambda: datetime.now(UTC))) as there,
        closing(open_log(target, lambda: datetime.now(UTC))) as here,
    ):
        if here.head()[0]:
            message = f"{target} holds a ledger already; name a place where there is none"
            raise NotCopied(message)
        subjects = _copy_vault(source, target)
        try:
            here.take_over(there, taken)
        except (IntegrityError, StoreDamagedError) as error:
            message = f"{source} was not copied to {target}: {error}"
            raise NotCopied(message) from None
        position, _, chain = here.head()
    return Copied(position, chain.hex(), subjects)


_SUBJECTS = "subject", "digest, ref, wrapped_key"
_KEY_CHECK = "key_check", "digest"


def _copy_vault(source: Location, target: Location) -> int:
    """Copy the vault as it is, without its key; how many people are in it."""
    with (
        closing(open_vault_database(source)) as there,
        closing(open_vault_database(target)) as here,
        there.reading() as reader,
        here.writing() as writer,
    ):
        _copy_table(reader, writer, *_KEY_CHECK)
        return _copy_table(reader, writer, *_SUBJECTS)


def _copy_table(reader: Cursor, writer: Cursor, table: str, columns: str) -> int:
    query = f"SELECT {columns} FROM {table}"  # noqa: S608 - our own names
    rows, kept = ({tuple(row) for row in _all(c, query)} for c in (reader, writer))
    if kept - rows:
        message = "there is another ledger's vault"
        raise NotCopied(message)
    marks = ",".join("?" * len(columns.split(",")))
    insert = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - our own names
    writer.executemany(insert, sorted(rows - kept))
    return len(rows)


def _all(c: Cursor, query: str) -> list[tuple[Any, ...]]:
    c.execute(query)
    return c.fetchall()
