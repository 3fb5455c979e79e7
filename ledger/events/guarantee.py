"""The first-loss guarantee: called, and reversed."""

from __future__ import annotations

from ledger.events.base import Event
from ledger.model import Identifier, Model, Position, Text
from ledger.money import Amount


class GuaranteedLoss(Model):
    """What one investor has lost, and what of it the guarantor comes to owe it."""

    investor: Identifier
    paid_in: Amount
    entitled: Amount
    loss: Amount
    amount: Amount


class GuaranteeCalled(Event):
    """The agreement is over and the investors have lost: the guarantor takes the first loss.

    `amount` is what this call adds to what was called before.
    """

    topic = "GuaranteeCalled:1"
    call: Text
    guarantor: Identifier
    guarantee: Amount
    amount: Amount
    parts: tuple[GuaranteedLoss, ...]
    based_on: tuple[Position, ...]


class GuaranteeReturn(Model):
    """What an investor's call is reversed by: against what is not proposed yet, and beyond it."""

    investor: Identifier
    set_off: Amount
    owed_back: Amount


class GuaranteeReversed(Event):
    """Outcomes came after the call, so that it covers what is no loss any more."""

    topic = "GuaranteeReversed:1"
    call: Text
    guarantor: Identifier
    amount: Amount
    parts: tuple[GuaranteeReturn, ...]
    based_on: tuple[Position, ...]
