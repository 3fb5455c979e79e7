"""What a payee was paid too much, demanded back instead of set off, and written off."""

from __future__ import annotations

from ledger.dates import Day
from ledger.events.base import Event
from ledger.events.payments import PaymentItem
from ledger.model import Identifier, Position, Text
from ledger.money import Amount
from ledger.parties import Role


class ClawbackDemanded(Event):
    """A payee is to pay back, by a day, what corrections leave it owing the payer.

    The items are those that make up the debt; their amounts add up to less than zero.
    """

    topic = "ClawbackDemanded:1"
    demand: Text
    payer: Identifier
    role: Role
    payee: Identifier
    amount: Amount
    items: tuple[PaymentItem, ...]
    due_on: Day


class ClawbackRepaid(Event):
    """The payee paid back what was demanded, or `amount` of it."""

    topic = "ClawbackRepaid:1"
    demand: Text
    payer: Identifier
    role: Role
    payee: Identifier
    amount: Amount
    demanded_at: Position
    bank_line: Text


class RepaymentReversed(Event):
    """A repayment was none: the bank line meant something else. The debt is open again."""

    topic = "RepaymentReversed:1"
    demand: Text
    payer: Identifier
    role: Role
    payee: Identifier
    amount: Amount
    repaid_at: Position
    bank_line: Text
    reason: Text


class ClawbackWithdrawn(Event):
    """What is open of a demand is set off against the payee's next payments after all."""

    topic = "ClawbackWithdrawn:1"
    demand: Text
    payer: Identifier
    role: Role
    payee: Identifier
    amount: Amount
    demanded_at: Position
    reason: Text


class WriteOffProposed(Event):
    """Somebody proposes to give up what a payee owes: of a demand, or what was not demanded."""

    topic = "WriteOffProposed:1"
    write_off: Text
    demand: Text | None
    payer: Identifier
    role: Role
    payee: Identifier
    amount: Amount
    items: tuple[PaymentItem, ...]
    reason: Text
    content_hash: Text


class WrittenOff(Event):
    """Another person agreed to exactly that; the payee owes it no longer."""

    topic = "WrittenOff:1"
    write_off: Text
    demand: Text | None
    payer: Identifier
    role: Role
    payee: Identifier
    amount: Amount
    proposed_at: Position
    content_hash: Text
