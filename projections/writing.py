"""Writing rows of the views: many at once, and again without harm."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Insert, Table, update
from sqlalchemy.dialects import postgresql, sqlite

Rows = list[dict[str, Any]]

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@cache
def _upsert(dialect: str, table: Table, columns: tuple[str, ...]) -> Insert:
    """Insert a row, replacing one with the same key: taking an event twice changes nothing."""
    keys = [column.name for column in table.primary_key.columns]
    statement = _INSERTS[dialect](table)
    rest = {name: statement.excluded[name] for name in columns if name not in keys}
    upsert: Insert = statement.on_conflict_do_update(index_elements=keys, set_=rest)
    return upsert


class Writer:
    """A connection that keeps rows for one table back, to write many of them at once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._table: tuple[Table, tuple[str, ...]] | None = None
        self._rows: Rows = []

    def put(self, table: Table, rows: Iterable[dict[str, Any]]) -> None:
        """Insert rows, replacing those with the same key."""
        for row in rows:
            if self._table != (table, tuple(row)):
                self.flush()
                self._table = table, tuple(row)
            self._rows.append(row)

    def put_missing(self, table: Table, row: dict[str, Any]) -> None:
        """Insert a row, unless there is one with its key."""
        statement = _INSERTS[self._connection.dialect.name](table).values(row)
        self.execute(statement.on_conflict_do_nothing())

    def execute(self, statement: Executable) -> None:
        """Run a statement that must see what was put before."""
        self.flush()
        self._connection.execute(statement)

    def flush(self) -> None:
        """Write what was kept back."""
        if self._table is not None and self._rows:
            upsert = _upsert(self._connection.dialect.name, *self._table)
            self._connection.execute(upsert, self._rows)
            self._rows = []


def change(writer: Writer, table: Table, key: str, values: dict[str, Any]) -> None:
    """Change the one row of a table that has a key."""
    (column,) = table.primary_key.columns
    writer.execute(update(table).where(column == key).values(values))
