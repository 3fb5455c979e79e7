"""Event -> balanced double-entry lines, one book per party. Pure.

Debit is above zero, credit below. Within each book an event's lines sum to zero, and every line
that names a counterparty has its mirror in the counterparty's book: the pairs are in `MIRROR`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import get_args

from ledger import events as e
from ledger.events import Recorded
from ledger.model import Position
from ledger.money import Amount
from ledger.parties import Recognition, Role


class Account(StrEnum):
    """The accounts of a party's book."""

    BANK = "bank"
    RECEIVABLE = "receivable"
    PAYABLE = "payable"
    INVESTMENT = "investment"
    """Capital an investor has undertaken to pay in on drawdowns."""
    FUNDING = "funding"
    """Capital a provider has drawn for the programme; not repaid by the provider."""
    OUTCOME_EXPENSE = "outcome-expense"
    OUTCOME_INCOME = "outcome-income"
    GUARANTEE_EXPENSE = "guarantee-expense"
    GUARANTEE_INCOME = "guarantee-income"
    COMMITMENT_EXPENSE = "commitment-expense"
    """What a fund has expensed of commitments that are not drawn yet; by 2.2.11 only."""
    PROVISION = "provision"


MIRROR = {
    Account.RECEIVABLE: Account.PAYABLE,
    Account.PAYABLE: Account.RECEIVABLE,
    Account.INVESTMENT: Account.FUNDING,
    Account.FUNDING: Account.INVESTMENT,
    Account.OUTCOME_EXPENSE: Account.OUTCOME_INCOME,
    Account.OUTCOME_INCOME: Account.OUTCOME_EXPENSE,
    Account.GUARANTEE_EXPENSE: Account.GUARANTEE_INCOME,
    Account.GUARANTEE_INCOME: Account.GUARANTEE_EXPENSE,
}
"""What an account of A with counterparty B is called in B's book with counterparty A."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal."""

    position: Position
    number: int
    agreement: str
    book: str
    role: Role
    account: Account
    counterparty: str
    value_date: date
    amount: Amount


_Commitment = e.CommitmentGiven | e.CommitmentReestimated | e.CommitmentAnnulled | e.CommitmentDrawn
_COMMITMENTS = get_args(_Commitment)
_Entry = tuple[str, Role, Account, str, Amount]


def post(recorded: Recorded) -> tuple[Line, ...]:
    """The lines of an event; none if it moves no money."""
    agreement = recorded.stream.removeprefix("agreement/")
    if isinstance(recorded.event, _COMMITMENTS):
        agreement = recorded.event.agreement
    return tuple(
        Line(recorded.position, number, agreement, book, role, account, counterparty,
             recorded.effective_on, amount)
        for number, (book, role, account, counterparty, amount) in enumerate(
            _entries(recorded.event), start=1
        )
    )  # fmt: skip


def _entries(event: e.Event) -> Iterator[_Entry]:
    match event:
        case e.DrawdownCalled():
            for part in event.parts:
                yield from _owe(
                    (part.investor, Role.INVESTOR, Account.INVESTMENT),
                    (event.provider, Role.PROVIDER, Account.FUNDING),
                    part.amount,
                )
        case e.CapitalReceived():
            yield from _pay(
                (event.investor, Role.INVESTOR), (event.provider, Role.PROVIDER), event.amount
            )
        case e.EntitlementCalculated(difference=parts) | e.AdjustmentDecided(parts=parts):
            for owed in parts:
                yield from _owe(
                    (owed.payer, owed.role, Account.OUTCOME_EXPENSE),
                    (owed.payee, Role.INVESTOR, Account.OUTCOME_INCOME),
                    owed.amount,
                )
        case e.PaymentSettled():
            # What an investor pays is the part of a call that it gives back to the guarantor.
            paid = Role.GUARANTOR if event.role is Role.INVESTOR else Role.INVESTOR
            yield from _pay((event.payer, event.role), (event.payee, paid), event.amount)
        case e.GuaranteeCalled() | e.GuaranteeReversed():
            yield from _guarantee(event)
        case _ if isinstance(event, _COMMITMENTS):
            yield from _provide(event)


def _provide(event: _Commitment) -> Iterator[_Entry]:
    """The fund expenses an amount and holds it as a provision; by 2.2.10 nothing is booked.

    A draw turns what was expensed when it was committed into the outcome's expense, which its
    entitlement posts, so nothing is expensed twice.
    """
    match event:
        case e.CommitmentGiven(amount=amount):
            pass
        case e.CommitmentReestimated(before=before, amount=after):
            amount = after - before
        case _:
            amount = -event.amount
    if event.recognition is Recognition.COMMITMENT and amount:
        yield event.fund, Role.OUTCOME_PAYER, Account.COMMITMENT_EXPENSE, "", amount
        yield event.fund, Role.OUTCOME_PAYER, Account.PROVISION, "", -amount


def _guarantee(event: e.GuaranteeCalled | e.GuaranteeReversed) -> Iterator[_Entry]:
    """The guarantor comes to owe the investors; or that is undone, or owed the other way."""
    guarantor = (event.guarantor, Role.GUARANTOR, Account.GUARANTEE_EXPENSE)
    for part in event.parts:
        investor = (part.investor, Role.INVESTOR, Account.GUARANTEE_INCOME)
        if isinstance(part, e.GuaranteedLoss):
            yield from _owe(guarantor, investor, part.amount)
        else:
            yield from _owe(guarantor, investor, -part.set_off)
            yield from _owe(investor, guarantor, part.owed_back)


def _owe(
    debtor: tuple[str, Role, Account], creditor: tuple[str, Role, Account], amount: Amount
) -> Iterator[_Entry]:
    """The debtor comes to owe the creditor an amount, for what each books on its third account."""
    if not amount:
        return
    (owing, owing_role, what), (owed, owed_role, source) = debtor, creditor
    yield owing, owing_role, what, owed, amount
    yield owing, owing_role, Account.PAYABLE, owed, -amount
    yield owed, owed_role, Account.RECEIVABLE, owing, amount
    yield owed, owed_role, source, owing, -amount


def _pay(payer: tuple[str, Role], payee: tuple[str, Role], amount: Amount) -> Iterator[_Entry]:
    """The payer pays what it owes the payee."""
    (paying, paying_role), (paid, paid_role) = payer, payee
    yield paying, paying_role, Account.PAYABLE, paid, amount
    yield paying, paying_role, Account.BANK, "", -amount
    yield paid, paid_role, Account.BANK, "", amount
    yield paid, paid_role, Account.RECEIVABLE, paying, -amount
