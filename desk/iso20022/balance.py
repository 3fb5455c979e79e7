"""Whether a statement holds together: opening balance + booked entries = closing balance."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal, Inexact
from functools import reduce

from desk.iso20022.statement import (
    Balance,
    BalanceCheck,
    BankAmount,
    BankFinding,
    Entry,
    Oddity,
    Proof,
)

_OPENING = ("OPBD", "PRCD", "ITBD")
_CLOSING = ("CLBD", "ITBD")
"""Of the first kind that is there; a page in between opens and closes with interim balances."""
_EXACT = Context(prec=60, traps=[Inexact])


def prove(balances: Sequence[Balance], entries: Sequence[Entry]) -> BalanceCheck:
    """Add up one statement. Pending and informational lines are not part of the balance."""
    opening, closing = _ends(balances)
    if opening is None or closing is None:
        return BalanceCheck(
            Proof.NOT_STATED,
            opening.amount if opening else None,
            None,
            closing.amount if closing else None,
        )
    currency = opening.amount.currency
    amounts = [entry.amount for entry in entries if entry.is_booked]
    if any(each.currency != currency for each in (closing.amount, *amounts)):
        return BalanceCheck(Proof.DIFFERENT, opening.amount, None, closing.amount)
    booked = reduce(_EXACT.add, (each.value for each in amounts), Decimal(0))
    expected = _EXACT.add(opening.amount.value, booked)
    difference = _EXACT.subtract(closing.amount.value, expected)
    return BalanceCheck(
        Proof.DIFFERENT if difference else Proof.PROVEN,
        opening.amount,
        BankAmount(booked, currency),
        closing.amount,
        BankAmount(difference, currency),
    )


def _ends(balances: Sequence[Balance]) -> tuple[Balance | None, Balance | None]:
    opening = _first(balances, _OPENING)
    rest = [each for each in balances if each is not opening]
    return opening, _first(list(reversed(rest)), _CLOSING)


def _first(balances: Sequence[Balance], kinds: Sequence[str]) -> Balance | None:
    for kind in kinds:
        for each in balances:
            if each.kind == kind:
                return each
    return None


def finding(check: BalanceCheck, line: int) -> BankFinding | None:
    """What is wrong with a statement's balances, with the figures; None if they are proven."""
    if check.proof is Proof.PROVEN:
        return None
    if check.proof is Proof.NOT_STATED:
        missing = "opening" if check.opening is None else "closing"
        message = f"there is no {missing} balance, so the entries cannot be proven"
    elif check.difference is None:
        message = "balances and booked entries are in different currencies and cannot be added up"
    else:
        message = (
            f"opening {check.opening} + booked entries {check.booked} is not "
            f"closing {check.closing}; the difference is {check.difference}"
        )
    return BankFinding(line, "Bal", Oddity.BALANCE, message)
