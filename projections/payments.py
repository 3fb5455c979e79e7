"""Payments and bank lines: how far each payment has come, and what the bank alone shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from ledger.money import Amount
from projections import views as v
from projections.follow import Views


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment and how far it has come."""

    payment: str
    agreement: str
    payer: str
    payee: str
    amount: Amount
    items: int
    state: str
    proposed_by: str
    approved_by: str | None
    sent_by: str | None
    sent_on: date | None
    settled_on: date | None
    end_to_end_id: str | None
    message: str | None
    over_on: date | None
    reason: str | None
    replaced_by: str | None


def payments(
    views: Views, *, agreement: str | None = None, open_only: bool = False
) -> list[PaymentRow]:
    """Payments in order of their proposal; with `open_only`, those under way."""
    query = select(v.payment).order_by(v.payment.c.proposed_at)
    if agreement is not None:
        query = query.where(v.payment.c.agreement == agreement)
    if open_only:
        query = query.where(v.payment.c.settled_at.is_(None), v.payment.c.over_at.is_(None))
    with views.engine.connect() as connection:
        rows = connection.execute(query).all()
    return [
        PaymentRow(
            payment=row.payment,
            agreement=row.agreement,
            payer=row.payer,
            payee=row.payee,
            amount=Amount(row.amount),
            items=row.items,
            state=row.state,
            proposed_by=row.proposed_by,
            approved_by=row.approved_by,
            sent_by=row.sent_by,
            sent_on=row.sent_on,
            settled_on=row.settled_on,
            end_to_end_id=row.end_to_end_id,
            message=row.message,
            over_on=row.over_on,
            reason=row.reason,
            replaced_by=row.replaced_by,
        )
        for row in rows
    ]
