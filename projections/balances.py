"""What every party has and owes: per book, role, agreement, account and counterparty."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Connection, case, func, select

from ledger.money import Amount
from projections.follow import Views
from projections.home import marked
from projections.moment import Stamp
from projections.views import account, line, progress, total


class Balance(NamedTuple):
    """One account's turnover and balance; there may be many thousands, so amounts are made late."""

    book: str
    role: str
    agreement: str
    account: str
    counterparty: str
    debit_minor: int
    credit_minor: int

    @property
    def debit(self) -> Amount:
        """All that was debited."""
        return Amount(self.debit_minor)

    @property
    def credit(self) -> Amount:
        """All that was credited."""
        return Amount(self.credit_minor)

    @property
    def balance(self) -> Amount:
        """Debit less credit: above zero if there is more debit."""
        return Amount(self.debit_minor - self.credit_minor)

    def told(self) -> dict[str, str | Amount]:
        """The account's words and its amounts by name, as they are written for a program."""
        words = dict(zip(self._fields[:5], self[:5], strict=True))
        return {**words, "debit": self.debit, "credit": self.credit, "balance": self.balance}


Words = tuple[str, str, str, str, str]
"""What names an account: book, role, agreement, account, counterparty."""

WORDS = (
    account.c.book, account.c.role, account.c.agreement, account.c.account, account.c.counterparty,
)  # fmt: skip
DEBIT = func.sum(case((line.c.amount > 0, line.c.amount), else_=0))
CREDIT = func.sum(case((line.c.amount < 0, -line.c.amount), else_=0))


def balances(
    views: Views, at: Stamp | None = None, *, book: str | None = None, agreement: str | None = None
) -> list[Balance]:
    """Every account that moved by then, in order of its words; by now if no moment is given.

    Lines up to the moment's position count, by their value dates up to its day.
    """
    wanted = [
        column == value
        for column, value in ((account.c.book, book), (account.c.agreement, agreement))
        if value is not None
    ]
    with views.engine.connect() as connection:
        position, on = (at.position, at.on) if at else (_position(connection), None)
        if wanted:
            return _summed(connection, wanted, position, on)
        return _continued(connection, position, on)


def balance(views: Views, at: Stamp, words: Words) -> Balance | None:
    """One account at a moment; None if it had not moved."""
    with views.engine.connect() as connection:
        found = connection.exec_driver_sql(
            marked(connection, _ONE if at.on is None else f"{_ONE} AND value_date <= ?"),
            (*words, at.position, *([] if at.on is None else [_day(connection, at.on)])),
        ).one()
    lines, amount, turnover = found
    if not lines:
        return None
    return Balance(*words, (turnover + amount) // 2, (turnover - amount) // 2)


def _day(connection: Connection, day: date) -> object:
    """A day as the driver takes it."""
    return day.isoformat() if connection.dialect.name == "sqlite" else day


def _position(connection: Connection) -> int:
    return int(connection.execute(select(progress.c.position)).scalar_one())


def _summed(
    connection: Connection, wanted: list[ColumnElement[bool]], position: int, on: date | None
) -> list[Balance]:
    """Some accounts, each from all of its lines."""
    query = (
        select(*WORDS, DEBIT, CREDIT)
        .join_from(account, line, line.c.account_id == account.c.id)
        .where(*wanted, line.c.position <= position)
        .group_by(*WORDS)
        .order_by(*WORDS)
    )
    if on is not None:
        query = query.where(line.c.value_date <= on)
    return [Balance(*row[:5], int(row[5]), int(row[6])) for row in connection.execute(query)]


# From one value date to the next in the index, so that each of them is sought by position.
_DAYS = (
    "WITH RECURSIVE day(day) AS (SELECT min(value_date) FROM line UNION ALL "
    "SELECT (SELECT min(value_date) FROM line WHERE value_date > day.day) "
    "FROM day WHERE day.day IS NOT NULL)"
)
_ONE = (
    "SELECT count(*), CAST(coalesce(sum(amount), 0) AS BIGINT), "
    "CAST(coalesce(sum(abs(amount)), 0) AS BIGINT) FROM line WHERE account_id = ("
    "SELECT id FROM account WHERE book = ? AND role = ? AND agreement = ? AND account = ? "
    "AND counterparty = ?) AND position <= ?"
)
_DEBIT = "CASE WHEN amount > 0 THEN amount ELSE 0 END"
_CREDIT = "CASE WHEN amount < 0 THEN -amount ELSE 0 END"
_SINCE = (
    f"SELECT account_id, 1 AS lines, {_DEBIT} AS debit, {_CREDIT} AS credit "  # noqa: S608
    "FROM line WHERE position > ? AND position <= ?"
)
# PostgreSQL would read every line rather than seek those of each day, if it were free to choose.
_OF_DAY = {
    "sqlite": "day JOIN line ON value_date = day.day AND {which}",
    "postgresql": (
        "day CROSS JOIN LATERAL (SELECT account_id, amount FROM line "
        "WHERE value_date = day.day AND {which} OFFSET 0) AS line"
    ),
}


def _by_day(of_day: str) -> str:
    """The lines since the totals that count by a day, less those in them that count later."""
    since = of_day.format(which="position > ? AND position <= ?")
    later = of_day.format(which="position <= ?")
    return (
        f"SELECT account_id, 1 AS lines, {_DEBIT} AS debit, {_CREDIT} AS credit "  # noqa: S608
        f"FROM {since} WHERE day.day <= ? "
        f"UNION ALL SELECT account_id, -1, -({_DEBIT}), -({_CREDIT}) "
        f"FROM {later} WHERE day.day > ?"
    )


# Each account is sought in the totals: no sum of them is needed.
_ADDED_UP = (
    "moved AS (SELECT account_id, CAST(sum(lines) AS BIGINT) AS lines, "
    "CAST(sum(debit) AS BIGINT) AS debit, CAST(sum(credit) AS BIGINT) AS credit "
    "FROM ({entries}) AS entry GROUP BY account_id) "
    "SELECT book, role, agreement, account, counterparty, "
    "coalesce(kept.debit, 0) + coalesce(moved.debit, 0), "
    "coalesce(kept.credit, 0) + coalesce(moved.credit, 0) FROM account "
    "LEFT JOIN running_total AS kept ON kept.position = ? AND kept.account_id = account.id "
    "LEFT JOIN moved ON moved.account_id = account.id "
    "WHERE coalesce(kept.lines, 0) + coalesce(moved.lines, 0) > 0 {in_order}"
)
# SQLite has them in the order of the index of words already; PostgreSQL would take longer to sort
# them than it takes here.
_IN_ORDER = {
    "sqlite": "ORDER BY book, role, agreement, account, counterparty",
    "postgresql": "",
}
_NOW = {
    engine: "WITH " + _ADDED_UP.format(entries=_SINCE, in_order=in_order)
    for engine, in_order in _IN_ORDER.items()
}
_BY_DAY = {
    engine: f"{_DAYS}, " + _ADDED_UP.format(entries=_by_day(of_day), in_order=_IN_ORDER[engine])
    for engine, of_day in _OF_DAY.items()
}


def _continued(connection: Connection, position: int, on: date | None) -> list[Balance]:
    """All accounts, from running totals kept before.

    From those at any position the answer is the same: what was recorded since is added as far as it
    counts by the day, and what is in the totals and counts only later is taken off. The fewest
    lines are read if the lines next to the totals count on about that day.
    """
    begin, engine = _total_before(connection, position, on), connection.dialect.name
    if on is None:
        rows = _rows(connection, _NOW[engine], begin, position, begin)
    else:
        day = _day(connection, on)
        rows = _rows(connection, _BY_DAY[engine], begin, position, day, begin, day, begin)
    if not _IN_ORDER[engine]:
        # No word has a character before the blank: joined, they sort as one by one, and faster.
        rows = sorted(rows, key=lambda row: "\0".join(row[:5]))
    return list(map(Balance._make, rows))


def _rows(connection: Connection, statement: str, *given: object) -> Iterable[tuple[Any, ...]]:
    """Rows as the driver gives them, one by one: there may be a great many."""
    cursor: Any = connection.connection.cursor()
    cursor.execute(marked(connection, statement), given)
    return cast("Iterable[tuple[Any, ...]]", cursor)


def _total_before(connection: Connection, position: int, on: date | None) -> int:
    """The position of the newest totals that are known and whose lines count by the day; or 0."""
    newest = select(func.max(total.c.position)).where(total.c.position <= position)
    if on is not None:
        newest = newest.where(total.c.counts_on <= on)
    return int(connection.execute(newest).scalar() or 0)
