"""What the bank should show of a party, and what its lines are made of: both sides of matching."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ledger import events as e
from ledger.decide.bank_state import BankState
from ledger.decide.matching import Item, Leg, LegKey
from ledger.decide.owing import Payment, Stage
from ledger.decide.state import AgreementState, Drawdown
from ledger.model import Position
from ledger.money import ZERO, Amount, total


@dataclass(frozen=True, slots=True)
class Numbers:
    """Account numbers by their fingerprints: what a party's are, and what was set at a position."""

    of_party: Mapping[str, frozenset[str]]
    set_at: Mapping[Position, str]

    def of(self, party: str) -> frozenset[str]:
        """The numbers that are known to be a party's."""
        return self.of_party.get(party, frozenset())

    def sent_to(self, payment: Payment) -> frozenset[str]:
        """The numbers that a payment may have gone to."""
        known = self.of(payment.proposed.payee)
        if payment.account_at is None:
            return known
        return known | {self.set_at[payment.account_at]}


@dataclass(frozen=True, slots=True)
class PaymentItem:
    """A payment that the bank was told to make."""

    item: Item
    agreement: str


@dataclass(frozen=True, slots=True)
class CapitalItem:
    """An investor's part of a drawdown."""

    item: Item
    agreement: str
    drawdown: str
    investor: str


@dataclass(frozen=True, slots=True)
class DemandItem:
    """What a payee was asked to pay back."""

    item: Item
    agreement: str


Expected = PaymentItem | CapitalItem | DemandItem


def expected(
    states: Iterable[AgreementState], bank: BankState, accounts: Numbers
) -> dict[str, Expected]:
    """Everything that a party's bank should show, by name."""
    by_bank = {f"{bank.account}/{place(leg)}" for leg in _matched(bank)}
    found: list[Expected] = []
    for state in states:
        found += [
            _payment(state, payment, by_bank, accounts)
            for payment in state.payments.values()
            if payment.proposed.payer == bank.account and payment.sent_on is not None
        ]
        for name, drawdown in state.drawdowns.items():
            if drawdown.called.provider == bank.account:
                found += _parts(state, name, drawdown, by_bank, accounts)
        found += _demands(state, bank.account, by_bank, accounts)
    return {each.item.name: each for each in found}


def place(leg: LegKey) -> str:
    """A leg as it is named to people: its line, and its part if it is one of several."""
    line, part = leg
    return f"{line}#{part}" if part else line


def _matched(bank: BankState) -> Iterable[LegKey]:
    return (leg for made in bank.matches.values() for leg in made.match.legs)


def _payment(
    state: AgreementState, payment: Payment, by_bank: set[str], accounts: Numbers
) -> PaymentItem:
    proposed = payment.proposed
    assert payment.sent_on is not None
    known = payment.end_to_end_id
    item = Item(
        name=proposed.payment,
        amount=-proposed.amount,
        since=payment.sent_on,
        known_as=(known,) if known else (),
        batch=payment.message or "",
        counterparties=accounts.sent_to(payment),
        settled=-total(
            amount for line, (_, amount) in payment.settlements.items() if line not in by_bank
        ),
        closed=payment.over in (Stage.FAILED, Stage.RECALLED),
        came_back=payment.over is Stage.RETURNED,
    )
    return PaymentItem(item, state.agreement)


def _parts(
    state: AgreementState, name: str, drawdown: Drawdown, by_bank: set[str], accounts: Numbers
) -> Iterable[CapitalItem]:
    for part in drawdown.called.parts:
        received = drawdown.received.get(part.investor, {})
        item = Item(
            name=f"{name}/{part.investor}",
            amount=part.amount,
            since=drawdown.called_on,
            counterparties=accounts.of(part.investor),
            settled=total(amount for line, (_, amount) in received.items() if line not in by_bank),
        )
        yield CapitalItem(item, state.agreement, name, part.investor)


def _demands(
    state: AgreementState, party: str, by_bank: set[str], accounts: Numbers
) -> Iterable[DemandItem]:
    for name, demand in state.demands.items():
        demanded = demand.demanded
        if demanded.payer != party:
            continue
        item = Item(
            name=name,
            amount=demanded.amount,
            since=demand.demanded_on,
            counterparties=accounts.of(demanded.payee),
            settled=demand.written_off
            + demand.withdrawn
            + total(amount for at, (_, amount) in demand.repayments.items() if at not in by_bank),
        )
        yield DemandItem(item, state.agreement)


def legs(bank: BankState) -> list[Leg]:
    """What a party's lines are made of; those that a person resolved are left out."""
    return [
        leg
        for name, line in bank.lines.items()
        if name not in bank.resolved and line.amount
        for leg in legs_of(line, bank.notices.get(name))
    ]


def legs_of(line: e.BankLineSeen, notice: e.BankNoticeSeen | None = None) -> list[Leg]:
    """A merged line's transfers, if they are told and sum to it; or else the line as a whole."""
    details = _details(line)
    if not details and notice is not None:
        details = notice.details
    amounts = [each.amount for each in details if each.amount is not None]
    if len(details) > 1 and len(amounts) == len(details) and total(amounts) == line.amount:
        return [_part(line, number, each) for number, each in enumerate(details, start=1)]
    reference, text, counterparty = line.reference, line.text, line.counterparty
    if len(details) == 1:
        reference = reference or details[0].reference
        counterparty = counterparty or details[0].counterparty
    if notice is not None:
        reference, counterparty = (
            reference or notice.reference,
            counterparty or notice.counterparty,
        )
    said = [text, *(f"{each.reference} {each.text}" for each in details)]
    return [
        Leg((line.line, 0), line.booked_on, line.amount, reference, " ".join(said), counterparty)
    ]


def _details(line: e.BankLineSeen) -> tuple[e.BankLineDetail, ...]:
    return line.details


def _part(line: e.BankLineSeen, number: int, detail: e.BankLineDetail) -> Leg:
    amount: Amount = detail.amount or ZERO
    return Leg(
        (line.line, number),
        line.booked_on,
        amount,
        detail.reference,
        detail.text,
        detail.counterparty,
    )
