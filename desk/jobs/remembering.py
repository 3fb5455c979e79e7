"""The job `remember`: read what is not remembered, so that the morning's first scenario is quick.

What scenarios remember of an agreement counts only up to its last event, and for the same program.
So what a day's imports and a night's assessment wrote in, and all after an upgrade, is read here.
One agreement is held at a time, and is written as soon as it is read: a run that is broken off and
taken over goes on where it was.
"""

from __future__ import annotations

from contextlib import closing

from desk.jobs.job import Report, Shift
from ledger.decide.decision import agreement_stream
from ledger.decide.refusal import Refusal
from ledger.model import Position
from ledger.store.vault import VaultKeyError
from projections.whatif.fund import Known, touched

KINDS = ()
_UNREADABLE = (Refusal, VaultKeyError, ValueError)
"""How an agreement says that it was altered or cannot be opened: `verify` tells, and not this."""


def work(shift: Shift) -> Report:
    """Remember every agreement as it is now; one that cannot be is counted, and no finding."""
    figures = {"agreements": 0, "remembered": 0, "known": 0, "skipped": 0}
    names = touched(shift.ledger, ())
    with closing(Known.at(shift.ledger, Position(shift.ledger.log.head()[0]))) as known:
        known.remembered.keep_only(names)
        for name in names:
            figures["agreements"] += 1
            figures[_remember(known, name)] += 1
    return Report(figures=figures)


def _remember(known: Known, name: str) -> str:
    """See to it that an agreement is remembered; the figure in which it counts."""
    last = known.ledger.log.last_of(agreement_stream(name), known.position)
    if last is None or not known.remembered.usable:
        return "skipped"
    if known.remembered.get(name, last, known.law) is not None:
        return "known"
    try:
        known.agreement(name)
    except _UNREADABLE:
        return "skipped"
    # What counts is not that it was written, but that the next scenario can open it.
    return "skipped" if known.remembered.get(name, last, known.law) is None else "remembered"
