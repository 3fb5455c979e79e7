"""A ledger copied to another place or engine: the same bytes, chain and pseudonyms."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

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


def _subjects(c: Cursor) -> set[tuple[bytes, str, bytes]]:
    c.execute("SELECT digest, ref, wrapped_key FROM subject")
    return {tuple(row) for row in c.fetchall()}


def _copy_vault(source: Location, target: Location) -> int:
    with (
        closing(open_vault_database(source)) as there,
        closing(open_vault_database(target)) as here,
    ):
        with there.reading() as c:
            rows = _subjects(c)
        with here.writing() as c:
            kept = _subjects(c)
            if kept - rows:
                message = f"{target} has a vault with other people in it"
                raise NotCopied(message)
            c.executemany(
                "INSERT INTO subject (digest, ref, wrapped_key) VALUES (?,?,?)",
                sorted(rows - kept),
            )
    return len(rows)
