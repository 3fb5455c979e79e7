"""Everything that happened, in order: to an agreement, to a payment, or to the whole ledger."""

from __future__ import annotations

from collections.abc import Iterator

from ledger import events as e
from ledger.decide.decision import agreement_stream
from ledger.events import Recorded
from ledger.store import codec
from ledger.store.log import EventLog


def history(
    log: EventLog,
    *,
    agreement: str | None = None,
    payment: str | None = None,
    actor: str | None = None,
) -> Iterator[Recorded]:
    """Events by position, what is personal left shut."""
    for recorded in _events(log, agreement):
        if payment is not None and not _touches(recorded.event, payment):
            continue
        if actor is not None and recorded.actor != actor:
            continue
        yield recorded


def _events(log: EventLog, agreement: str | None) -> Iterator[Recorded]:
    if agreement is not None:
        for stored in log.select_events(agreement_stream(agreement)):
            yield codec.decode(stored.state)
        return
    for batch in log.batches():
        for row in batch:
            yield codec.decode(row.state)


def _touches(event: e.Event, payment: str) -> bool:
    named = getattr(event, "payment", None)
    return named == payment or getattr(event, "matched", None) == payment
