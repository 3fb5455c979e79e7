"""What every party has and owes: per book, role, agreement, account and counterparty."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select

from ledger.money import Amount
from projections.follow import Views
from projections.views import line, progress


@dataclass(frozen=True, slots=True)
class Stamp:
    """Up to where an answer knows: the last event's position, time and chain value."""

    position: int
    recorded_at: str
    chain: str


@dataclass(frozen=True, slots=True)
class Balance:
    """One account's turnover and balance; debit above zero, credit below."""

    book: str
    role: str
    agreement: str
    account: str
    counterparty: str
    debit: Amount
    credit: Amount
    balance: Amount


def stamp(views: Views) -> Stamp:
    """Where the views stand."""
    with views.engine.connect() as connection:
        row = connection.execute(select(progress)).one()
        return Stamp(row.position, row.recorded_at, row.chain)


def balances(
    views: Views, *, book: str | None = None, agreement: str | None = None
) -> list[Balance]:
    """Every account that ever moved, in order of book, role, agreement, account, counterparty."""
    key = (line.c.book, line.c.role, line.c.agreement, line.c.account, line.c.counterparty)
    amount = line.c.amount
    query = select(
        *key,
        func.sum(case((amount > 0, amount), else_=0)),
        func.sum(case((amount < 0, -amount), else_=0)),
        func.sum(amount),
    )
    if book is not None:
        query = query.where(line.c.book == book)
    if agreement is not None:
        query = query.where(line.c.agreement == agreement)
    with views.engine.connect() as connection:
        rows = connection.execute(query.group_by(*key).order_by(*key)).all()
    return [Balance(*row[:5], *(Amount(int(value)) for value in row[5:])) for row in rows]
