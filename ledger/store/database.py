"""What the store asks of an engine: to read, and to write with the one write lock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

LOCK_TIMEOUT_SECONDS = 30
"""So long a writer waits for another."""
HOLD_TIMEOUT_SECONDS = 120
"""So long a writer may do nothing with the lock in its hand, where the engine can tell."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A database program, and what it is set to that decides if a commit outlives a power cut."""

    name: str
    version: str
    settings: dict[str, str]


def unlike(made: Mapping[str, object], found: Mapping[str, object]) -> list[str]:
    """What is wrong with the things of a schema, by name, against those that should be there."""
    return [
        f"{name} is missing" if name not in found
        else f"{name} was added" if name not in made
        else f"{name} was changed"
        for name in sorted(made.keys() | found.keys())
        if found.get(name) != made.get(name)
    ]  # fmt: skip


class Cursor(Protocol):
    """A database cursor. Statements mark values with `?` on every engine."""

    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> object:
        """Run a statement."""

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> object:
        """Run a statement once for every row of values."""

    def fetchone(self) -> Any:  # noqa: ANN401 - a row, or None
        """The next row of the answer."""

    def fetchall(self) -> list[Any]:
        """The rest of the answer's rows."""


class Database(Protocol):
    """One room of a ledger's storage, its events or its vault: a file or a schema."""

    def reading(self) -> AbstractContextManager[Cursor]:
        """To read what is committed."""

    def writing(self) -> AbstractContextManager[Cursor]:
        """One transaction, which has the room's only write lock before it reads anything."""

    def engine(self) -> Engine:
        """The engine, as a connection finds it now."""

    def size_bytes(self) -> int:
        """How much room it takes."""

    def damage(self) -> list[str]:
        """What the engine itself finds wrong with how it keeps its tables and indexes."""

    def rewrite(self, table: str) -> None:
        """Write a table anew, so that nothing of deleted rows is left in its file."""

    def close(self) -> None:
        """Close every connection."""
