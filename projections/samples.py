"""Which samples a payment is in."""

from __future__ import annotations

from collections import defaultdict

from ledger.decide.sampling_state import SampleState
from ledger.service import Ledger


def by_payment(ledger: Ledger) -> dict[str, list[SampleState]]:
    """The samples that each payment is in, looked at or not; payments in none are left out."""
    found: dict[str, list[SampleState]] = defaultdict(list)
    for state in ledger.samples().values():
        for payment in state.require_committed().payments:
            found[payment].append(state)
    return dict(found)
