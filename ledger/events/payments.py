"""Payments and the bank."""

from __future__ import annotations

from ledger.events.base import Event
from ledger.model import Identifier, Model, Position, Text
from ledger.money import Amount
from ledger.parties import Role


class PaymentItem(Model):
    """One entitlement's part in a payment."""

    entitlement_at: Position
    claim: Text
    amount: Amount


class PaymentProposed(Event):
    """A payer should pay a payee what these entitlements add up to."""

    topic = "PaymentProposed:1"
    payment: Text
    payer: Identifier
    role: Role
    payee: Identifier
    amount: Amount
    items: tuple[PaymentItem, ...]
    content_hash: Text


class PaymentApproved(Event):
    """A person outside the payment's lineage approved exactly this content."""

    topic = "PaymentApproved:1"
    payment: Text
    proposed_at: Position
    content_hash: Text


class PaymentInstructed(Event):
    """The payer's bank was told to pay."""

    topic = "PaymentInstructed:1"
    payment: Text
    approved_at: Position
    end_to_end_id: Text


class PaymentSettled(Event):
    """The bank statement shows that the payment was made."""

    topic = "PaymentSettled:1"
    payment: Text
    payer: Identifier
    role: Role
    payee: Identifier
    amount: Amount
    instructed_at: Position
    bank_line: Text
