"""The journal as events are followed: accounts, lines with their booking day, running totals.

A line counts on its value date. It is booked on that day too, unless the day lies in a period that
was closed when the event was recorded: then it is booked on the first day after the periods closed
by then. Where a line is booked never changes, also if the period is opened again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Connection, func, insert, select, text, update

from ledger import events as e
from ledger.events import Recorded
from projections import views as v
from projections.home import marked
from projections.posting import Line, post

LINES_PER_TOTAL = 25_000
"""After so many lines the totals of all accounts are kept, so that balances begin from there."""

_WORDS = ("book", "role", "agreement", "account", "counterparty")
Words = tuple[str, str, str, str, str]


def write_journal_of(connection: Connection, recorded: Sequence[Recorded]) -> None:
    """Write the lines of events that follow on those written before, and what is kept of them."""
    closed = _Closed(connection)
    rows: list[tuple[Line, date]] = []
    for each in recorded:
        closed.apply(each)
        rows += [(line, closed.booking_day(line.value_date)) for line in post(each)]
    if rows:
        _write(connection, rows)
        keep_totals(connection, [line.position for line, _ in rows])


class _Closed:
    """The ends of the periods that are closed, as the events say them one by one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        table = v.period
        still = select(table.c.until).where(table.c.reopened_at.is_(None))
        self._ends = list(connection.execute(still.order_by(table.c.closed_at)).scalars())

    def booking_day(self, value_date: date) -> date:
        """The day on which a line is booked that is recorded now."""
        return max(value_date, self._ends[-1]) if self._ends else value_date

    def apply(self, recorded: Recorded) -> None:
        """Take in the next event. Only the period closed last is ever opened again."""
        table = v.period
        match recorded.event:
            case e.PeriodClosed() as event:
                self._ends.append(event.until)
                row = {
                    "closed_at": recorded.position,
                    "period": event.period,
                    "start": event.start,
                    "until": event.until,
                    "covers": event.covers,
                    "trial_balance": event.trial_balance,
                    "reopened_at": None,
                }
                self._connection.execute(insert(table).values(row))
            case e.PeriodReopened(closed_at=closed_at):
                self._ends.pop()
                again = update(table).where(table.c.closed_at == closed_at)
                self._connection.execute(again.values(reopened_at=recorded.position))


def _write(connection: Connection, rows: list[tuple[Line, date]]) -> None:
    ids = _account_ids(connection, (_words(line) for line, _ in rows))
    values = ",".join("?" * len(v.line.columns))
    connection.exec_driver_sql(
        marked(connection, f"INSERT INTO line VALUES ({values})"),  # noqa: S608
        [
            (
                x.position, x.number, x.agreement, x.book, x.role.value, x.account.value,
                x.counterparty, x.value_date.isoformat(), x.amount.minor, booked_on.isoformat(),
                ids[_words(x)],
            )
            for x, booked_on in rows
        ],
    )  # fmt: skip


def _words(line: Line) -> Words:
    return line.book, line.role.value, line.agreement, line.account.value, line.counterparty


def _account_ids(connection: Connection, words: Iterable[Words]) -> dict[Words, int]:
    """The number of each account; one that is new gets the next."""
    wanted = list(dict.fromkeys(words))
    found = _known_ids(connection, wanted)
    fresh = [each for each in wanted if each not in found]
    if fresh:
        last = connection.execute(select(func.max(v.account.c.id))).scalar() or 0
        found |= {each: number for number, each in enumerate(fresh, start=last + 1)}
        rows = [{"id": found[each], **dict(zip(_WORDS, each, strict=True))} for each in fresh]
        connection.execute(insert(v.account), rows)
    return found


_SOUGHT_AT_ONCE = 190
"""Five words each: SQLite before 3.32 takes no more than 999 values in a statement."""


def _known_ids(connection: Connection, wanted: Sequence[Words]) -> dict[Words, int]:
    """The numbers of those accounts that have one."""
    row = f"({','.join('?' * len(_WORDS))})"
    # Both engines name the columns of values so.
    same = " AND ".join(f"{name} = column{n}" for n, name in enumerate(_WORDS, start=1))
    found: dict[Words, int] = {}
    for first in range(0, len(wanted), _SOUGHT_AT_ONCE):
        some = wanted[first : first + _SOUGHT_AT_ONCE]
        sought = f"(VALUES {','.join([row] * len(some))}) AS sought"
        query = f"SELECT {','.join(_WORDS)}, id FROM {sought} JOIN account ON {same}"  # noqa: S608
        given = tuple(word for each in some for word in each)
        for *each, number in connection.exec_driver_sql(marked(connection, query), given):
            found[tuple(each)] = number
    return found


_TOTALS = text(
    "INSERT INTO running_total (position, account_id, lines, debit, credit) "
    "SELECT :here, account_id, sum(lines), sum(debit), sum(credit) FROM ("
    "SELECT account_id, lines, debit, credit FROM running_total WHERE position = :before "
    "UNION ALL "
    "SELECT account_id, 1, CASE WHEN amount > 0 THEN amount ELSE 0 END, "
    "CASE WHEN amount < 0 THEN -amount ELSE 0 END "
    "FROM line WHERE position > :before AND position <= :here) AS moved GROUP BY account_id"
)


def keep_totals(connection: Connection, positions: Sequence[int]) -> None:
    """Keep the totals at each position that completes so many lines, however they came in.

    Where the totals are kept must not depend on how many events were taken in at once, for views
    that followed are compared with a rebuild.
    """
    waiting = connection.execute(select(v.progress.c.lines_since_total)).scalar_one()
    before = connection.execute(select(func.max(v.total.c.position))).scalar() or 0
    for here, after in zip(positions, [*positions[1:], None], strict=True):
        waiting += 1
        if waiting >= LINES_PER_TOTAL and here != after:
            connection.execute(_TOTALS, {"here": here, "before": before})
            counts_on = _median_value_date(connection, before, here)
            connection.execute(insert(v.total).values(position=here, counts_on=counts_on))
            before, waiting = here, 0
    connection.execute(update(v.progress).values(lines_since_total=waiting))


def _median_value_date(connection: Connection, before: int, here: int) -> date:
    line = v.line.c
    since = line.position.between(before + 1, here)
    count = connection.execute(select(func.count()).where(since)).scalar_one()
    query = select(line.value_date).where(since).order_by(line.value_date)
    median: date = connection.execute(query.limit(1).offset(count // 2)).scalar_one()
    return median
