"""The auditor's verifier books every event of random histories as the ledger does."""

from __future__ import annotations

import json
from pathlib import Path

from projections.posting import post
from projections.standalone import verify_ledger
from tests.histories import play, scratch

BOOKED = {
    *verify_ledger.COMMITMENTS,
    *verify_ledger.GUARANTEE,
    "AdjustmentDecided:1",
    "CapitalReceived:1",
    "CapitalReversed:1",
    "DrawdownCalled:1",
    "EntitlementCalculated:1",
    "PaymentReturned:1",
    "PaymentSettled:1",
    "ReturnReversed:1",
    "SettlementReversed:1",
}
"""All that books something."""
RARE = (47, 48, 113)
"""Histories in which something is booked that few others book."""


def test_both_book_the_same_lines() -> None:
    met: set[str] = set()
    for played, seed in enumerate((*RARE, *range(400))):
        if played >= 60 and met == BOOKED:
            break
        with scratch() as folder:
            history = play(Path(folder), seed, steps=30)
            rows = [row for batch in history.ledger().log.batches() for row in batch]
            for recorded, row in zip(history.events(), rows, strict=True):
                event = json.loads(row.state)
                ours = [
                    (x.position, x.number, x.agreement, x.book, x.role, x.account, x.counterparty,
                     x.value_date.isoformat(), x.amount.minor)
                    for x in post(recorded)
                ]  # fmt: skip
                assert verify_ledger.post(event) == ours, event
                met |= {event["topic"]} if ours else set()
            history.close()
    assert met == BOOKED
