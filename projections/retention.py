"""Who may be erased, and from when: five years from the end of the last accounting year touched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ledger import events as e
from ledger.decide.decision import agreement_stream
from ledger.events import Recorded
from ledger.model import SubjectRef
from ledger.store import codec
from ledger.store.log import EventLog

YEARS = 5
"""How long books are kept, from the end of the accounting year."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A person, the last accounting year with anything on the person, and when to erase from."""

    subject: SubjectRef
    agreement: str
    last_year: int
    erasable_from: date


def retention(log: EventLog, years: int = YEARS) -> list[Kept]:
    """Everybody who is not erased: those to be erased first come first."""
    prefix = agreement_stream("")
    found = [
        Kept(subject, name, year, date(year + years + 1, 1, 1))
        for name in (stream.removeprefix(prefix) for stream in log.streams(prefix))
        for subject, year in _last_years(log, name).items()
    ]
    return sorted(found, key=lambda each: (each.erasable_from, each.agreement, each.subject))


def _last_years(log: EventLog, agreement: str) -> dict[SubjectRef, int]:
    """The last accounting year that anything on each person counts in."""
    years: dict[SubjectRef, int] = {}
    people: dict[str, SubjectRef] = {}
    """By claim."""
    claims: dict[str, set[str]] = defaultdict(set)
    """By payment."""
    for stored in log.select_events(agreement_stream(agreement)):
        recorded = codec.decode(stored.state)
        if isinstance(recorded.event, e.SubjectErased):
            years.pop(recorded.event.subject, None)
            continue
        for subject in _touched(recorded, people, claims):
            years[subject] = max(years.get(subject, 0), recorded.effective_on.year)
    return years


def _touched(
    recorded: Recorded, people: dict[str, SubjectRef], claims: dict[str, set[str]]
) -> Iterator[SubjectRef]:
    """Whom an event is about: of a payment, those whose claims it pays."""
    match recorded.event:
        case e.PaymentProposed(payment=payment, items=items):
            claims[payment] = _claims(items, claims)
            yield from _of_payment(payment, people, claims)
        case e.ClawbackDemanded(demand=demand, items=items):
            claims[demand] = _claims(items, claims)
            yield from _of_payment(demand, people, claims)
        case event if (of := _payment_or_demand(event)) in claims:
            assert of is not None
            yield from _of_payment(of, people, claims)
        case event:
            subject: SubjectRef | None = getattr(event, "subject", None)
            if subject is not None:
                if isinstance(event, e.OutcomeDecided):
                    people[event.claim] = subject
                yield subject


def _payment_or_demand(event: e.Event) -> str | None:
    """The payment or the demand that an event is about, if it is about one."""
    found: str | None = getattr(event, "payment", None) or getattr(event, "demand", None)
    return found


def _claims(items: tuple[e.PaymentItem, ...], claims: dict[str, set[str]]) -> set[str]:
    """The claims that items are for; of what was left over of a payment, all of the payment's."""
    return {claim for item in items for claim in claims.get(item.claim, {item.claim})}


def _of_payment(
    payment: str, people: dict[str, SubjectRef], claims: dict[str, set[str]]
) -> set[SubjectRef]:
    return {people[claim] for claim in claims[payment] if claim in people}
