"""The job `assess`: decide what was due until yesterday. It decides; it never approves."""

from __future__ import annotations

from datetime import timedelta

from desk.jobs.job import Report, Shift
from ledger.decide.jobs import Seen
from ledger.decide.refusal import Refusal
from ledger.events import Severity
from ledger.metrics.base import NoPriceError
from ledger.shelter.nights import NoTariffError

KINDS = ("assessment_refused",)
_REFUSED = (Refusal, NoTariffError, NoPriceError)


def work(shift: Shift) -> Report:
    """Assess every agreement; one that cannot be is seen, and the others go on."""
    report = Report(figures={"agreements": 0, "decided": 0, "waiting": 0, "events": 0})
    yesterday = shift.day - timedelta(days=1)
    for name, state in shift.ledger.agreements().items():
        assessed = [made.until for _, made in state.assessments]
        # What a person assessed further stays; late facts before that day are decided all the same.
        until = max(yesterday, *assessed) if assessed else yesterday
        shift.once(f"{name}:{until}")
        report.figures["agreements"] += 1
        try:
            done, found = shift.ledger.assess(name, until)
        except _REFUSED as refused:
            details = {"until": str(until), "reason": str(refused)}
            seen = Seen("assessment_refused", name, Severity.SERIOUS, details, name)
            report.seen.append(seen)
            continue
        report.figures["events"] += len(done.recorded)
        report.figures["decided"] += len(found.decided)
        report.figures["waiting"] += len(found.waiting)
    return report
