"""Who works on the ledger, as the events say; readable without the vault."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ledger.decide.decision import LEDGER_STREAM, PEOPLE_STREAM
from ledger.decide.people_state import Glass, PeopleState
from ledger.events import LedgerOpened, Recorded
from ledger.store import codec
from ledger.store.log import EventLog


def read_people(log: EventLog) -> PeopleState:
    """Who works on the ledger, as of now."""
    people = PeopleState()
    for stored in log.select_events(LEDGER_STREAM):
        event = codec.decode(stored.state).event
        if isinstance(event, LedgerOpened):
            people.demo = event.purpose == "demo"
    for stored in log.select_events(PEOPLE_STREAM):
        people.apply(codec.decode(stored.state))
    return people


def glasses_over(people: PeopleState, recorded: Recorded) -> Iterator[Glass]:
    """The emergencies that who recorded an event was in at the time.

    Which duty a command used is not recorded, so all that the person did then is told.
    """
    person = people.person_of(recorded.actor, recorded.position)
    at = datetime.fromisoformat(recorded.recorded_at)
    return (
        each
        for each in people.glasses
        if each.colleague == person and recorded.position >= each.broken_at and each.holds(at)
    )
