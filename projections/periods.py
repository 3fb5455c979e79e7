"""Closing a period: everything is verified and sealed, and the period's books are looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import Connection, func, select

from ledger.commands.door import Done
from ledger.dates import Period
from ledger.decide.owing import Stage
from ledger.decide.period import Books, Reasons, Verified
from ledger.decide.refusal import Refusal
from ledger.model import Position
from ledger.service import Ledger
from projections import views as v
from projections.follow import Progress, Views, quiet
from projections.reported import currency_of, trial_balance
from projections.verification import Outcome, Verification
from projections.verify import verify

_UNSETTLED = (Stage.SENT.value, Stage.RECEIVED.value, Stage.RECALL_ASKED.value)
"""How a payment stands that the bank was told to make, and has neither made nor refused."""


class NotVerified(Refusal):
    """The ledger could not be verified, or something in it was altered."""


def close(
    ledger: Ledger, views: Views, name: str, reasons: Reasons, progress: Progress = quiet
) -> Done:
    """Close a period, after everything was verified and its books were looked at.

    Raises:
        NotVerified: if something was altered; or cannot be told, and no reason is given.
        Refusal: for what else keeps it from being closed, as `ledger.decide.period.close` has it.
    """

    def verified() -> Verified:
        return _verdict(verify(ledger, views, progress), reasons)

    return ledger.close_period(name, verified, look_at(ledger, views, name), reasons)


def look_at(
    ledger: Ledger, views: Views, name: str
) -> Callable[[Period, date | None, Position], Books]:
    """What looks at a period's books: at its days, those closed before, and up to a position."""

    def books(days: Period, closed_until: date | None, covers: Position) -> Books:
        views.catch_up(ledger.log)
        balance = trial_balance(views, name, days, covers, currency_of(ledger))
        opened = v.line.c.value_date >= (closed_until or date.min)
        with views.engine.connect() as connection:
            first = connection.execute(select(func.min(v.line.c.value_date)).where(opened)).scalar()
            since = Period(closed_until or date.min, days.end)
            loose = [*_unmatched(ledger, since), *_unsettled(connection, since)]
        return Books(covers, balance.sha256(), balance.turnover, first, tuple(loose))

    return books


def _verdict(found: Verification, reasons: Reasons) -> Verified:
    if found.outcome is Outcome.SOUND:
        return "sound"
    told = "; ".join(fault.message for fault in found.faults[:3])
    if found.outcome is Outcome.TAMPERED:
        message = f"the ledger is not sound, so nothing is closed: {told}; see `ofl verify`"
        raise NotVerified(message)
    if reasons.unverifiable is None:
        message = (
            f"the ledger cannot be verified: {told}. Mend it, or close the period with "
            "--even-though-unverifiable and the reason, which is recorded"
        )
        raise NotVerified(message)
    return "unverifiable"


def _unmatched(ledger: Ledger, days: Period) -> list[str]:
    """Lines of bank statements that nothing explains."""
    banks = ledger.banks()
    loose = [
        (banks[party].lines[name].booked_on, party, name)
        for party, found in ledger.reconciliation().found.items()
        for name in dict.fromkeys(each.leg.key[0] for each in found.open)
    ]
    return [
        f"bank line {name} of {party}, {on}, matches nothing"
        for on, party, name in sorted(loose)
        if days.start <= on < days.end
    ]


def _unsettled(connection: Connection, days: Period) -> list[str]:
    """Payments that the bank was told to make, and has not made."""
    payment = v.payment.c
    sent = (
        select(payment.payment, payment.sent_on)
        .where(
            payment.state.in_(_UNSETTLED),
            payment.sent_on >= days.start,
            payment.sent_on < days.end,
        )
        .order_by(payment.sent_on, payment.payment)
    )
    return [f"payment {name}, sent {on}, is not settled" for name, on in connection.execute(sent)]
