"""Accounts as they stand, and what payees owe back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from ledger.money import Amount
from projections import views as v
from projections.follow import Views


@dataclass(frozen=True, slots=True)
class PayeeRow:
    """A party's account, of which only the last digits are shown."""

    party: str
    account: str
    holder: str
    set_by: str
    set_on: date
    confirmed_by: str | None
    usable_from: date | None


def payees(views: Views, cooling_off_days: int) -> list[PayeeRow]:
    """Every party's account, by party."""
    with views.engine.connect() as connection:
        rows = connection.execute(select(v.payee).order_by(v.payee.c.party)).all()
    return [
        PayeeRow(
            party=row.party,
            account=row.account,
            holder=row.holder,
            set_by=row.set_by,
            set_on=row.set_on,
            confirmed_by=row.confirmed_by,
            usable_from=row.confirmed_on and row.confirmed_on + timedelta(days=cooling_off_days),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class DemandRow:
    """What a payee was asked to pay back."""

    demand: str
    agreement: str
    payer: str
    payee: str
    amount: Amount
    outstanding: Amount
    due_on: date


def demands(views: Views, *, open_only: bool = False) -> list[DemandRow]:
    """Demands in the order in which they were made; with `open_only`, those not paid."""
    query = select(v.demand).order_by(v.demand.c.demanded_at)
    if open_only:
        query = query.where(v.demand.c.outstanding > 0)
    with views.engine.connect() as connection:
        rows = connection.execute(query).all()
    return [
        DemandRow(
            row.demand,
            row.agreement,
            row.payer,
            row.payee,
            Amount(row.amount),
            Amount(row.outstanding),
            row.due_on,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class WriteOffRow:
    """Something that is to be given up, or was."""

    write_off: str
    demand: str | None
    payer: str
    payee: str
    amount: Amount
    reason: str
    proposed_by: str
    agreed_by: str | None


def write_offs(views: Views) -> list[WriteOffRow]:
    """Write-offs in the order in which they were proposed."""
    with views.engine.connect() as connection:
        rows = connection.execute(select(v.write_off).order_by(v.write_off.c.proposed_at)).all()
    return [
        WriteOffRow(
            row.write_off,
            row.demand,
            row.payer,
            row.payee,
            Amount(row.amount),
            row.reason,
            row.proposed_by,
            row.written_off_by,
        )
        for row in rows
    ]
