"""Where money may go, and the rules by which it may leave."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ledger.events.base import Event
from ledger.model import Identifier, Position, Text
from ledger.money import Amount


class PayeeAccountSet(Event):
    """A party's account is said to be this one; nothing is paid there before it is confirmed.

    `account` is an IBAN, or the 14 digits of a Danish registration and account number; `evidence`
    says where it was read, `bic` is the bank's code; a Danish account needs none.
    """

    topic = "PayeeAccountSet:1"
    party: Identifier
    account: Text
    holder: Text
    evidence: Text
    bic: str = ""


class PayeeAccountConfirmed(Event):
    """Another person has confirmed the account that was set at a position."""

    topic = "PayeeAccountConfirmed:1"
    party: Identifier
    set_at: Position
    evidence: Text


class PaymentPolicySet(Event):
    """How careful payments are: from which amount two approve, and how long a new account waits."""

    topic = "PaymentPolicySet:1"
    two_approvals_from: Amount | None
    cooling_off_days: Annotated[int, Field(ge=0, le=365)]
    recovery_minimum: Amount
    accounts_required: bool
