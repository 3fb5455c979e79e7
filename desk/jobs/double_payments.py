"""The job `double-payments`: nothing is paid twice, by the ledger's books or by the bank's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, TypeVar

from sqlalchemy import Row, select

from desk.jobs.job import Report, Shift
from ledger.decide.jobs import Seen
from ledger.events import PaymentInstructed, Severity
from ledger.money import Amount
from projections import views as v

KINDS = ("owed_once_paid_twice", "same_amount_twice", "end_to_end_id_twice", "bank_paid_twice")
SAME_PERIOD_DAYS = 31
"""Two payments of one amount, to one payee, so near each other may be one payment made twice."""

T = TypeVar("T")
_Payment = Row[Any]


def work(shift: Shift) -> Report:
    """See what is there twice."""
    with shift.views.engine.connect() as connection:
        payments = {row.payment: row for row in connection.execute(select(v.payment))}
        items = connection.execute(select(v.payment_item)).all()
        out = v.bank_line.c.amount < 0
        lines = connection.execute(select(v.bank_line).where(out, v.bank_line.c.reference != ""))
        bank = lines.all()
    seen = [
        *_owed_once(payments, items),
        *_same_amount(shift, payments.values()),
        *_end_to_end(shift),
        *_by_bank(bank),
    ]
    return Report(seen, {"payments": len(payments), "items": len(items), "lines": len(bank)})


def _twice(things: Iterable[tuple[Hashable, T]]) -> Iterator[tuple[Hashable, list[T]]]:
    """Keys under which there is more than one thing, and the things."""
    by_key: dict[Hashable, list[T]] = defaultdict(list)
    for key, thing in things:
        by_key[key].append(thing)
    return ((key, found) for key, found in by_key.items() if len(found) > 1)


def _owed_once(payments: dict[str, _Payment], items: Sequence[Row[Any]]) -> Iterator[Seen]:
    """What came to be owed once, by one payer to one payee, and is in two payments."""
    keyed = (
        ((item.entitlement_at, paid.payer, paid.role, paid.payee, item.claim), item.payment)
        for item in items
        for paid in [payments[item.payment]]
    )
    for key, names in _twice(keyed):
        position, *_, claim = key if isinstance(key, tuple) else ()
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
    for _, found in _twice(keyed):
        days = {each.payment: shift.ledger.at(each.proposed_at)[0].effective_on for each in found}
        ordered = sorted(found, key=lambda each: (days[each.payment], each.payment))
        for first, second in pairwise(ordered):
            apart = days[second.payment] - days[first.payment]
            if apart.days < SAME_PERIOD_DAYS:
                told = {
                    "first": first.payment,
                    "second": second.payment,
                    "payee": first.payee,
                    "amount": str(Amount(first.amount)),
                }
                key = f"amount/{first.payment}/{second.payment}"
                yield Seen("same_amount_twice", key, Severity.WARNING, told, first.agreement)


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
    """Money that left an account twice with one reference and one amount."""
    keyed = (((line.account, line.reference, line.amount), line.line) for line in lines)
    for key, names in _twice(keyed):
        account, _, amount = key if isinstance(key, tuple) else ()
        told = {
            "account": str(account),
            "lines": ", ".join(names),
            "amount": str(Amount(-int(str(amount)))),
        }
        key_text = f"bank/{account}/{'/'.join(sorted(names))}"
        yield Seen("bank_paid_twice", key_text, Severity.SERIOUS, told)
