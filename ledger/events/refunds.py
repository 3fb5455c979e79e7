"""What a municipality claimed of the state: the other side of what the ledger reckons."""

from __future__ import annotations

from ledger.events.base import Event
from ledger.facts import Source
from ledger.model import Identifier
from ledger.money import Amount


class RefundStated(Event):
    """A municipality states what it claimed for an agreement's people in a quarter, in all.

    A later statement for the same quarter takes the place of the earlier one.
    """

    topic = "RefundStated:1"
    municipality: Identifier
    agreement: Identifier
    year: int
    quarter: int
    nights: int
    refunded_nights: int
    refund: Amount
    source: Source
