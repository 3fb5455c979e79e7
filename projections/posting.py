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
    CLAWBACK_RECEIVABLE = "clawback-receivable"
    """What was paid too much and is demanded back, instead of being set off."""
    CLAWBACK_PAYABLE = "clawback-payable"
    WRITE_OFF_EXPENSE = "write-off-expense"
    WRITE_OFF_INCOME = "write-off-income"


MIRROR = {
    Account.RECEIVABLE: Account.PAYABLE,
    Account.PAYABLE: Account.RECEIVABLE,
    Account.INVESTMENT: Account.FUNDING,
    Account.FUNDING: Account.INVESTMENT,
    Account.OUTCOME_EXPENSE: Account.OUTCOME_INCOME,
    Account.OUTCOME_INCOME: Account.OUTCOME_EXPENSE,
    Account.GUARANTEE_EXPENSE: Account.GUARANTEE_INCOME,
    Account.GUARANTEE_INCOME: Account.GUARANTEE_EXPENSE,
    Account.CLAWBACK_RECEIVABLE: Account.CLAWBACK_PAYABLE,
    Account.CLAWBACK_PAYABLE: Account.CLAWBACK_RECEIVABLE,
    Account.WRITE_OFF_EXPENSE: Account.WRITE_OFF_INCOME,
    Account.WRITE_OFF_INCOME: Account.WRITE_OFF_EXPENSE,
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
_Clawback = (
    e.ClawbackDemanded | e.ClawbackWithdrawn | e.ClawbackRepaid | e.RepaymentReversed | e.WrittenOff
)
_CLAWBACKS = get_args(_Clawback)
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
        case e.CapitalReversed():
            yield from _pay(
                (event.investor, Role.INVESTOR), (event.provider, Role.PROVIDER), -event.amount
            )
        case e.EntitlementCalculated(difference=parts) | e.AdjustmentDecided(parts=parts):
            for owed in parts:
                yield from _owe(
                    (owed.payer, owed.role, Account.OUTCOME_EXPENSE),
                    (owed.payee, Role.INVESTOR, Account.OUTCOME_INCOME),
                    owed.amount,
                )
        case e.PaymentSettled() | e.ReturnReversed() | e.PaymentReturned() | e.SettlementReversed():
            paid = isinstance(event, e.PaymentSettled | e.ReturnReversed)
            amount = event.amount if paid else -event.amount
            yield from _pay((event.payer, event.role), _payee(event), amount)
        case e.GuaranteeCalled() | e.GuaranteeReversed():
            yield from _guarantee(event)
        case _:
            yield from _provided_or_clawed_back(event)


def _provided_or_clawed_back(event: e.Event) -> Iterator[_Entry]:
    if isinstance(event, _COMMITMENTS):
        yield from _provide(event)
    elif isinstance(event, _CLAWBACKS):
        yield from _claw_back(event)


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


def _payee(
    event: e.PaymentSettled
    | e.ReturnReversed
    | e.PaymentReturned
    | e.SettlementReversed
    | _Clawback,
) -> tuple[str, Role]:
    """Who is paid, and as what: an investor gives back part of a call to the guarantor."""
    return event.payee, Role.GUARANTOR if event.role is Role.INVESTOR else Role.INVESTOR


def _claw_back(event: _Clawback) -> Iterator[_Entry]:
    """What a payee owes back moves: from what is set off, to what is demanded, to how it ended.

    In the payer's book from the second account to the first, and its mirror in the payee's.
    """
    amount = event.amount
    owing, demanded = Account.PAYABLE, Account.CLAWBACK_RECEIVABLE
    match event:
        case e.ClawbackDemanded():
            to, of = demanded, owing
        case e.ClawbackWithdrawn():
            to, of = owing, demanded
        case e.ClawbackRepaid():
            to, of = Account.BANK, demanded
        case e.RepaymentReversed():
            to, of = demanded, Account.BANK
        case _:
            to, of = Account.WRITE_OFF_EXPENSE, demanded if event.demand else owing
    (payer, role), (payee, payee_role) = (event.payer, event.role), _payee(event)
    yield payer, role, to, _toward(to, payee), amount
    yield payer, role, of, _toward(of, payee), -amount
    yield payee, payee_role, MIRROR.get(of, of), _toward(of, payer), amount
    yield payee, payee_role, MIRROR.get(to, to), _toward(to, payer), -amount


def _toward(account: Account, counterparty: str) -> str:
    """The counterparty of a line; a bank account has none."""
    return "" if account is Account.BANK else counterparty


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
