"""The job `double-payments`: nothing is paid twice, by the ledger's books or by the bank's.

A payment that came to nothing pays nothing, so the one that takes its place is no second one. Nor
is what is paid again after it was paid back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, TypeVar

from sqlalchemy import Row, select

from desk.jobs.job import Report, Shift
from ledger.decide.jobs import Seen
from ledger.decide.owing import OVER
from ledger.events import ClawbackRepaid, PaymentInstructed, RepaymentReversed, Severity
from ledger.model import Position
from ledger.money import Amount, total
from projections import views as v

KINDS = ("owed_once_paid_twice", "same_amount_twice", "end_to_end_id_twice", "bank_paid_twice")
SAME_PERIOD_DAYS = 31
"""Two payments of one amount, to one payee, so near each other may be one payment made twice."""

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
_Payment = Row[Any]


def work(shift: Shift) -> Report:
    """See what is there twice."""
    with shift.views.engine.connect() as connection:
        stand = select(v.payment).where(v.payment.c.state.not_in(OVER))
        payments = {row.payment: row for row in connection.execute(stand)}
        items = [
            item for item in connection.execute(select(v.payment_item)) if item.payment in payments
        ]
        named = select(v.bank_line).where(v.bank_line.c.reference != "")
        bank = connection.execute(named.order_by(v.bank_line.c.position)).all()
    left = sum(line.amount < 0 for line in bank)
    seen = [
        *_owed_once(payments, items),
        *_same_amount(shift, payments.values()),
        *_end_to_end(shift),
        *_by_bank(bank),
    ]
    return Report(seen, {"payments": len(payments), "items": len(items), "lines": left})


def _by_key(things: Iterable[tuple[K, T]]) -> dict[K, list[T]]:
    by_key: dict[K, list[T]] = defaultdict(list)
    for key, thing in things:
        by_key[key].append(thing)
    return by_key


def _twice(things: Iterable[tuple[K, T]]) -> Iterator[tuple[K, list[T]]]:
    """Keys under which there is more than one thing, and the things."""
    return ((key, found) for key, found in _by_key(things).items() if len(found) > 1)


def _owed_once(payments: dict[str, _Payment], items: Sequence[Row[Any]]) -> Iterator[Seen]:
    """What came to be owed once, by one payer to one payee, and is in two payments."""
    keyed = (
        ((item.entitlement_at, paid.payer, paid.role, paid.payee, item.claim), item.payment)
        for item in items
        for paid in [payments[item.payment]]
    )
    for (position, *_, claim), names in _twice(keyed):
        told = {"claim": str(claim), "position": str(position), "payments": ", ".join(names)}
        agreement = payments[names[0]].agreement
        yield Seen(
            "owed_once_paid_twice",
            f"owed/{position}/{'/'.join(sorted(names))}",
            Severity.SERIOUS,
            told,
            agreement,
        )


def _same_amount(shift: Shift, payments: Iterable[_Payment]) -> Iterator[Seen]:
    """One amount from one payer to one payee, twice within a period."""
    keyed = (((p.agreement, p.payer, p.role, p.payee, p.amount), p) for p in payments)
    repaid = _repayments(shift)
    for _, found in _twice(keyed):
        days = {each.payment: shift.ledger.at(each.proposed_at)[0].effective_on for each in found}
        ordered = sorted(found, key=lambda each: (days[each.payment], each.payment))
        for first, second in pairwise(ordered):
            apart = days[second.payment] - days[first.payment]
            if apart.days < SAME_PERIOD_DAYS and not _paid_back(repaid, first, second):
                told = {
                    "first": first.payment,
                    "second": second.payment,
                    "payee": first.payee,
                    "amount": str(Amount(first.amount)),
                }
                key = f"amount/{first.payment}/{second.payment}"
                yield Seen("same_amount_twice", key, Severity.WARNING, told, first.agreement)


def _repayments(shift: Shift) -> list[ClawbackRepaid]:
    """What payees paid back, as it was recorded: a history that is not in order is read, too."""
    made: dict[Position, ClawbackRepaid] = {}
    for recorded in shift.ledger.of_topic(ClawbackRepaid.topic):
        if isinstance(recorded.event, ClawbackRepaid):
            made[recorded.position] = recorded.event
    for recorded in shift.ledger.of_topic(RepaymentReversed.topic):
        if isinstance(recorded.event, RepaymentReversed):
            made.pop(recorded.event.repaid_at, None)
    return list(made.values())


def _paid_back(repaid: list[ClawbackRepaid], first: _Payment, second: _Payment) -> bool:
    """Whether the payee paid the first back on a demand made before the second was proposed."""
    back = total(
        each.amount
        for each in repaid
        if (each.payer, each.role, each.payee) == (first.payer, first.role, first.payee)
        and each.demand.startswith(f"{first.agreement}-")
        and first.proposed_at < each.demanded_at < second.proposed_at
    )
    return back >= Amount(first.amount)


def _end_to_end(shift: Shift) -> Iterator[Seen]:
    """An end-to-end id that was given to two instructions."""
    keyed = (
        (event.end_to_end_id, event.payment)
        for recorded in shift.ledger.of_topic(PaymentInstructed.topic)
        if isinstance(event := recorded.event, PaymentInstructed)
    )
    for key, names in _twice(keyed):
        told = {"id": str(key), "payments": ", ".join(names)}
        yield Seen("end_to_end_id_twice", f"end-to-end/{key}", Severity.SERIOUS, told)


def _by_bank(lines: Sequence[Row[Any]]) -> Iterator[Seen]:
    """Money that left an account twice, by one reference and one amount, and did not come back."""
    moved = _by_key(((line.account, line.reference, line.amount), line.line) for line in lines)
    for (account, reference, amount), names in moved.items():
        came_back = moved.get((account, reference, -amount), [])
        if amount > 0 or len(names) - len(came_back) <= 1:
            continue
        told = {
            "account": str(account),
            "lines": ", ".join(names),
            "amount": str(Amount(-amount)),
        }
        key_text = f"bank/{account}/{'/'.join(sorted(names))}"
        yield Seen("bank_paid_twice", key_text, Severity.SERIOUS, told)
