"""Decisions made again from what was known: adjustments, and decisions compared claim by claim."""

from __future__ import annotations

from ledger.decide import adjustment
from ledger.decide.refusal import Refusal
from ledger.decide.state import AgreementState
from ledger.events import (
    AdjustmentDecided,
    EntitlementCalculated,
    Event,
    OutcomeDecided,
    Recorded,
)


def adjust_again(
    state: AgreementState, recorded: Recorded, following: list[Recorded]
) -> str | None:
    """What differs when an adjustment is decided again as it was proposed; None if nothing."""
    same_command = [each.event for each in following if each.command == recorded.command]
    assert isinstance(recorded.event, AdjustmentDecided)
    name, on = recorded.event.adjustment, recorded.effective_on
    try:
        news = adjustment.decide(state, name, recorded.actor, on, recorded.position)
    except Refusal as refusal:
        return f"the adjustment could not be decided: {refusal}"
    return None if [new.event for new in news] == same_command else "another adjustment was asked"


def by_claim(events: list[Event]) -> list[Event]:
    """Decisions in order of their claims, without the places that follow from their order."""
    decided = (OutcomeDecided, EntitlementCalculated)
    pairs = sorted(
        (event for event in events if isinstance(event, decided)),
        key=lambda event: (event.claim, event.topic),
    )
    rest = [event for event in events if not isinstance(event, decided)]
    return rest + [
        event.model_copy(update={"outcome_at": 0})
        if isinstance(event, EntitlementCalculated)
        else event
        for event in pairs
    ]
