"""Periods of the books: closed, and opened again by two people."""

from __future__ import annotations

from typing import Literal

from ledger.dates import Day
from ledger.events.base import Event
from ledger.model import Position, Text
from ledger.money import Amount


class PeriodClosed(Event):
    """A period's books are closed: what counts in it from now on is booked after its end.

    `until` is the first day after it. The trial balance is over all events up to `covers`; its
    hash, and the checkpoint that was sealed before, are what the period's report is held against.
    """

    topic = "PeriodClosed:1"
    period: Text
    start: Day
    until: Day
    covers: Position
    trial_balance: Text
    turnover: Amount
    checkpoint_size: int
    checkpoint_root: Text
    verification: Literal["sound", "unverifiable"]
    even_though_unverifiable: Text | None = None
    unreconciled: int
    even_though_unreconciled: Text | None = None


class PeriodReopenRequested(Event):
    """A person asks for the period that was closed last to be opened again."""

    topic = "PeriodReopenRequested:1"
    period: Text
    closed_at: Position
    reason: Text


class PeriodReopened(Event):
    """Another person agreed: what counts in the period is booked in it again, from here on."""

    topic = "PeriodReopened:1"
    period: Text
    closed_at: Position
    requested_at: Position
