"""Closing a period: everything is verified and sealed, and the period's books are looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from sqlalchemy import Connection, func, select

from ledger.commands.door import Done
from ledger.dates import Period, danish_day
from ledger.decide.owing import Stage
from ledger.decide.period import Books, Reasons, Verified
from ledger.decide.refusal import Refusal
from ledger.model import Position
from ledger.service import Ledger
from projections import views as v
from projections.follow import Progress, Views, quiet
from projections.reconciliation import differences
from projections.reported import currency_of, trial_balance
from projections.verify import Outcome, Verification, verify

_ON_ITS_WAY = (Stage.SENT, Stage.RECEIVED, Stage.RECALL_ASKED)


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
            days_closed = Period(closed_until or date.min, days.end)
            loose = tuple(_unreconciled(ledger, connection, days_closed))
        return Books(covers, balance.sha256(), balance.turnover, first, loose)

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


def _unreconciled(ledger: Ledger, connection: Connection, days: Period) -> Iterator[str]:
    """On what the bank and the books do not agree in some days: of `ofl bank open`, what is theirs.

    A difference whose day nobody can tell is theirs too; so is a payment sent in those days and not
    settled, even while it may still be on its way, or if no statement of its payer was ever read.
    """
    stands = ledger.reconciliation()
    if stands.unrecorded:
        yield "the bank's lines are not matched as they now can be, which `ofl bank reconcile` does"
    today = danish_day(ledger.clock())
    found = differences(stands.found, stands.items, ledger.banks(), today)
    theirs = [each for each in found if each.on is None or days.start <= each.on < days.end]
    for each in theirs:
        yield f"{each.name} of {each.account}, {each.on or 'day unknown'} ({each.kind})"
    told = {each.name for each in theirs}
    payment = v.payment.c
    sent = (
        select(payment.payment, payment.sent_on)
        .where(payment.state.in_(_ON_ITS_WAY))
        .where(payment.sent_on >= days.start, payment.sent_on < days.end)
        .order_by(payment.sent_on, payment.payment)
    )
    for name, on in connection.execute(sent):
        if name not in told:
            yield f"payment {name}, sent {on}, is not settled"
