"""The fund: appropriations and commitments."""

from __future__ import annotations

from ledger.events.base import Event
from ledger.model import Identifier, Position, Text
from ledger.money import Amount
from ledger.parties import Recognition


class FundPolicySet(Event):
    """Which party the fund is in its agreements, and when it expenses what it pays."""

    topic = "FundPolicySet:1"
    party: Identifier
    recognition: Recognition


class AppropriationGranted(Event):
    """Money was appropriated for a budget year; below zero if it was cut."""

    topic = "AppropriationGranted:1"
    year: int
    amount: Amount
    text: Text


class CommitmentGiven(Event):
    """The fund committed itself to an agreement, within the year's appropriation."""

    topic = "CommitmentGiven:1"
    agreement: Identifier
    fund: Identifier
    recognition: Recognition
    amount: Amount


class CommitmentReestimated(Event):
    """A commitment of uncertain size is now expected to come to another amount."""

    topic = "CommitmentReestimated:1"
    agreement: Identifier
    fund: Identifier
    recognition: Recognition
    before: Amount
    amount: Amount
    reason: Text


class CommitmentAnnulled(Event):
    """Part of a commitment, or all that is not drawn, will not be needed."""

    topic = "CommitmentAnnulled:1"
    agreement: Identifier
    fund: Identifier
    recognition: Recognition
    amount: Amount
    reason: Text


class CommitmentDrawn(Event):
    """What the fund came to owe was drawn on its commitment; below zero if it was corrected.

    `entitlement_at` is the entitlement that drew; none where the commitment came after it.
    """

    topic = "CommitmentDrawn:1"
    agreement: Identifier
    fund: Identifier
    recognition: Recognition
    amount: Amount
    drawn: Amount
    entitlement_at: Position | None
