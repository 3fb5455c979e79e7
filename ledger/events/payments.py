"""Payments."""

from __future__ import annotations

from ledger.dates import Day
from ledger.events.base import Event
from ledger.facts import Source
from ledger.model import Identifier, Model, Position, Text
from ledger.money import Amount
from ledger.parties import Role


class PaymentItem(Model):
    """One entitlement's part in a payment."""

    entitlement_at: Position
    claim: Text
    amount: Amount


class PaymentProposed(Event):
    """A payer should pay a payee what these entitlements add up to.

    `replaces` names the payments that came to nothing and whose entitlements are in it again.
    """

    topic = "PaymentProposed:1"
    payment: Text
    payer: Identifier
    role: Role
    payee: Identifier
    amount: Amount
    items: tuple[PaymentItem, ...]
    content_hash: Text
    replaces: tuple[Text, ...] = ()


class PaymentApproved(Event):
    """A person outside the payment's lineage approved exactly this content.

    The hash is of the payment and of the account that it goes to, set at `account_at`; it goes to
    no account that is known here if that is not given. `approval` counts up to `needed`.
    """

    topic = "PaymentApproved:1"
    payment: Text
    proposed_at: Position
    content_hash: Text
    account_at: Position | None = None
    approval: int = 1
    needed: int = 1


class PaymentCancelled(Event):
    """A payment that was not sent will not be; what it was to pay is owed as before."""

    topic = "PaymentCancelled:1"
    payment: Text
    proposed_at: Position
    reason: Text


class PaymentFileMade(Event):
    """A file of payments for a payer's bank: what makes its bytes, and their hash.

    `size` and `tree` are the checkpoint that was sealed before it, which each payment's text names.
    """

    topic = "PaymentFileMade:1"
    message: Text
    payer: Identifier
    payer_account_at: Position
    created_at: Text
    execute_on: Day
    currency: Text
    size: int
    tree: Text
    payments: tuple[Text, ...]
    end_to_end_ids: tuple[Text, ...]
    amount: Amount
    sha256: Text


class PaymentInstructed(Event):
    """The payer's bank was told to pay: in a file, or by hand if `message` is not given."""

    topic = "PaymentInstructed:1"
    payment: Text
    approved_at: Position
    end_to_end_id: Text
    message: Text | None = None
    account_at: Position | None = None


class PaymentAcknowledged(Event):
    """The bank has received the instruction; `status` is its own word for how far that has come."""

    topic = "PaymentAcknowledged:1"
    payment: Text
    instructed_at: Position
    status: Text
    source: Source | None = None


class PaymentFailed(Event):
    """The bank did not pay `amount`, all of it or what was left; it is owed as before."""

    topic = "PaymentFailed:1"
    payment: Text
    payer: Identifier
    role: Role
    payee: Identifier
    amount: Amount
    instructed_at: Position
    code: Text
    reason: str = ""
    source: Source | None = None


class PaymentRecallRequested(Event):
    """The payer asked its bank to stop an instruction, or to get the money back."""

    topic = "PaymentRecallRequested:1"
    payment: Text
    instructed_at: Position
    reason: Text


class PaymentRecalled(Event):
    """The bank stopped an instruction before it paid `amount`; it is owed as before.

    Money that had left comes back as a `PaymentReturned`.
    """

    topic = "PaymentRecalled:1"
    payment: Text
    payer: Identifier
    role: Role
    payee: Identifier
    amount: Amount
    requested_at: Position


class PaymentRecallRefused(Event):
    """The bank could not stop an instruction; it stands."""

    topic = "PaymentRecallRefused:1"
    payment: Text
    requested_at: Position
    reason: Text


class PaymentSettled(Event):
    """The bank statement shows that the payment was made, or `amount` of it."""

    topic = "PaymentSettled:1"
    payment: Text
    payer: Identifier
    role: Role
    payee: Identifier
    amount: Amount
    instructed_at: Position
    bank_line: Text


class SettlementReversed(Event):
    """A settlement was no settlement: the bank line meant something else. Nothing is reopened."""

    topic = "SettlementReversed:1"
    payment: Text
    payer: Identifier
    role: Role
    payee: Identifier
    amount: Amount
    settled_at: Position
    bank_line: Text
    reason: Text


class PaymentReturned(Event):
    """Money that was paid came back from the bank; it is owed as before. This is no clawback."""

    topic = "PaymentReturned:1"
    payment: Text
    payer: Identifier
    role: Role
    payee: Identifier
    amount: Amount
    settled_at: Position
    bank_line: Text
    reason: str = ""
