"""What one person began and another is to agree to: what has waited for that for too long.

Payments are not among it; the job `deadlines` sees them at every stage. The days are those of the
clock: an account or a write-off waits since it was recorded, whatever day it counts on.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from desk.jobs.job import Shift
from ledger.dates import danish_day
from ledger.decide import clawback
from ledger.decide.jobs import Seen
from ledger.decide.state import AgreementState
from ledger.events import Severity
from ledger.model import Position

KINDS = (
    "adjustment_not_decided",
    "write_off_not_agreed",
    "account_not_confirmed",
    "reopening_not_agreed",
    "glass_not_reviewed",
)
WAITS_DAYS_MAX = 14
"""How long anything may wait for another person, a proposed payment for its approval too."""


def waiting(shift: Shift) -> Iterator[Seen]:
    """All that another person has let wait, of every agreement and of none."""
    for state in shift.ledger.agreements().values():
        yield from _adjustments(shift, state)
        yield from _write_offs(shift, state)
    yield from _accounts(shift)
    yield from _reopening(shift)
    yield from _glasses(shift)


def _adjustments(shift: Shift, state: AgreementState) -> Iterator[Seen]:
    for name, known in state.adjustments.items():
        if known.decided_at is None:
            told = {"adjustment": name, "amount": str(known.proposed.amount)}
            kind, at = "adjustment_not_decided", known.proposed_at
            yield from _late(shift, kind, at, told, state.agreement)


def _write_offs(shift: Shift, state: AgreementState) -> Iterator[Seen]:
    """Those that can still be agreed to: the others were overtaken by what happened since."""
    for name, known in state.write_offs.items():
        proposed = known.proposed
        if known.written_off_at is None and clawback.is_as_proposed(state, proposed):
            told = {"write_off": name, "payee": proposed.payee, "amount": str(proposed.amount)}
            kind, at = "write_off_not_agreed", known.proposed_at
            yield from _late(shift, kind, at, told, state.agreement)


def _accounts(shift: Shift) -> Iterator[Seen]:
    for party, known in shift.ledger.payees().items():
        if known.set_at is not None and known.confirmed_at is None:
            yield from _late(shift, "account_not_confirmed", known.set_at, {"party": party})


def _reopening(shift: Shift) -> Iterator[Seen]:
    requested = shift.ledger.periods().requested
    if requested is not None:
        at, _, asked = requested
        yield from _late(shift, "reopening_not_agreed", at, {"period": asked.period})


def _glasses(shift: Shift) -> Iterator[Seen]:
    for glass in shift.ledger.people().unreviewed:
        told = {"position": str(glass.broken_at)}
        yield from _late(shift, "glass_not_reviewed", glass.broken_at, told)


def _late(
    shift: Shift, kind: str, at: Position, told: dict[str, str], agreement: str | None = None
) -> Iterator[Seen]:
    """What waits since an event, if it has waited for too long."""
    since = danish_day(datetime.fromisoformat(shift.ledger.at(at)[0].recorded_at))
    if since <= shift.day - timedelta(days=WAITS_DAYS_MAX):
        key = f"{kind}/{next(iter(told.values()))}/{at}"
        details = told | {"since": str(since)}
        yield Seen(kind, key, Severity.WARNING, details, agreement)
