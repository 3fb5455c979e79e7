"""Everything that happened, in order: to an agreement, to a payment, or to the whole ledger."""

from __future__ import annotations

from collections.abc import Iterator

from ledger import events as e
from ledger.events import Recorded
from ledger.store.log import EventLog
from projections.moment import Stamp, events_at


def history(
    log: EventLog,
    at: Stamp,
    *,
    agreement: str | None = None,
    payment: str | None = None,
    actor: str | None = None,
) -> Iterator[Recorded]:
    """The events of a moment by position, what is personal left shut."""
    for recorded in events_at(log, at, agreement):
        if payment is not None and not _touches(recorded.event, payment):
            continue
        if actor is not None and recorded.actor != actor:
            continue
        yield recorded


def _touches(event: e.Event, payment: str) -> bool:
    named = getattr(event, "payment", None)
    return named == payment or getattr(event, "matched", None) == payment
