"""One event in a sentence."""

from __future__ import annotations

from desk.cli.session import Session
from ledger.events import Recorded
from ledger.money import Amount


def sentence(session: Session, recorded: Recorded) -> str:
    """One line on an event, nothing personal in it."""
    fields = {name: getattr(recorded.event, name) for name in type(recorded.event).model_fields}
    shown = {
        name: session.lang.amount(value) if isinstance(value, Amount) else value
        for name, value in fields.items()
    }
    return session.lang.say(recorded.event.topic, **shown)
