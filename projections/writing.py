"""Writing rows of the views: many at once, and again without harm."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import (
    ClauseElement,
    Connection,
    Executable,
    Insert,
    Table,
    Update,
    bindparam,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

Rows = list[dict[str, Any]]

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_OF = "of"
"""What the key of a row to be changed is called; no column is."""


@cache
def _upsert(dialect: str, table: Table, columns: tuple[str, ...]) -> Insert:
    """Insert a row, replacing one with the same key: taking an event twice changes nothing."""
    keys = [column.name for column in table.primary_key.columns]
    statement = _INSERTS[dialect](table)
    rest = {name: statement.excluded[name] for name in columns if name not in keys}
    upsert: Insert = statement.on_conflict_do_update(index_elements=keys, set_=rest)
    return upsert


@cache
def _update(table: Table, columns: tuple[str, ...]) -> Update:
    """Change some columns of the row that has a key."""
    (key,) = table.primary_key.columns
    # Only the columns are named here: each row tells its own values, also those that are none.
    return update(table).where(key == bindparam(_OF)).values(dict.fromkeys(columns, None))


class Writer:
    """A connection that keeps rows for one statement back, to write many of them at once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._statement: Insert | Update | None = None
        self._rows: Rows = []

    def put(self, table: Table, rows: Iterable[dict[str, Any]]) -> None:
        """Insert rows, replacing those with the same key."""
        dialect = self._connection.dialect.name
        for row in rows:
            self.keep_back(_upsert(dialect, table, tuple(row)), row)

    def put_missing(self, table: Table, row: dict[str, Any]) -> None:
        """Insert a row, unless there is one with its key."""
        statement = _INSERTS[self._connection.dialect.name](table).values(row)
        self.execute(statement.on_conflict_do_nothing())

    def change(self, table: Table, key: str, values: dict[str, Any]) -> None:
        """Change the one row of a table that has a key."""
        if any(isinstance(each, ClauseElement) for each in values.values()):
            (column,) = table.primary_key.columns
            self.execute(update(table).where(column == key).values(values))
        else:
            self.keep_back(_update(table, tuple(values)), {_OF: key, **values})

    def execute(self, statement: Executable) -> None:
        """Run a statement that must see what was put before."""
        self.flush()
        self._connection.execute(statement)

    def flush(self) -> None:
        """Write what was kept back."""
        if self._statement is not None and self._rows:
            self._connection.execute(self._statement, self._rows)
            self._rows = []

    def keep_back(self, statement: Insert | Update, row: dict[str, Any]) -> None:
        """Run a statement with one more row, after all that was put or run before."""
        if self._statement is not statement:
            self.flush()
            self._statement = statement
        self._rows.append(row)
