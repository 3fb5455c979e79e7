"""Samples: what an auditor commits to, draws, examines and finds. They move no money."""

from __future__ import annotations

from typing import Literal

from ledger.dates import Day
from ledger.events.base import Event
from ledger.facts import Source
from ledger.model import Identifier, Model, Position, Text
from ledger.money import Amount, Share

Purpose = Literal["validation", "audit"]
"""Before payment, or after it."""

Conclusion = Literal["within", "beyond"]
"""Whether what may be wrong stays within what is tolerated, or may be more."""


class SampledItem(Model):
    """A claim that is looked at, and what `payments` pay for it; `top` if it cannot be missed."""

    claim: Text
    payments: tuple[Text, ...]
    booked: Amount
    top: bool


class SampleCommitted(Event):
    """Somebody will draw a sample of these payments, by a nonce of which only the hash is told.

    From here on neither the population, nor the interval, nor the nonce can be another.
    """

    topic = "SampleCommitted:1"
    sample: Identifier
    purpose: Purpose
    nonce_sha256: Text
    agreements: tuple[Identifier, ...]
    payer: Identifier | None
    sent_from: Day | None
    sent_until: Day | None
    payments: tuple[Text, ...]
    claims: int
    population: Amount
    confidence: Share
    tolerable: Amount
    interval: Amount


class SampleWitnessed(Event):
    """Another person put this event after the commitment: its chain value goes into the seed."""

    topic = "SampleWitnessed:1"
    sample: Identifier
    committed_at: Position


class SampleDrawn(Event):
    """The nonce is shown, and with it what is looked at: once, and never anew."""

    topic = "SampleDrawn:1"
    sample: Identifier
    nonce: Text
    witnessed_at: Position
    chain: Text
    start: Amount
    items: tuple[SampledItem, ...]


class SampleItemExamined(Event):
    """Somebody found what should have been paid for a claim; the newest examination counts."""

    topic = "SampleItemExamined:1"
    sample: Identifier
    claim: Text
    booked: Amount
    audited: Amount
    remark: str
    evidence: Text
    replaces: Position | None = None
    source: Source | None = None


class SampleClosed(Event):
    """What the sample says of its population; `projected` and `upper_limit` are unrounded."""

    topic = "SampleClosed:1"
    sample: Identifier
    drawn_at: Position
    examined_at: tuple[Position, ...]
    found: Amount
    projected: str
    upper_limit: str
    adjustment: Amount
    conclusion: Conclusion
