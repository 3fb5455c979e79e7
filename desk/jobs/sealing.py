"""The job `checkpoint`: sign all events up to now, and have that timestamped."""

from __future__ import annotations

from desk.jobs.job import Report, Shift
from ledger.decide.jobs import Seen
from ledger.events import Severity
from ledger.store.timestamp import TimestampError

KINDS = ("no_timestamp",)


def work(shift: Shift) -> Report:
    """Seal; a timestamp that could not be had is seen until a later one is."""
    sealed = shift.ledger.seal()
    report = Report(figures={"events": sealed.checkpoint.size, "new": int(sealed.new)})
    if shift.place.timestamp_url is not None:
        try:
            shift.ledger.stamp(sealed, shift.place.timestamp_url)
        except TimestampError as error:
            details = {"reason": str(error)}
            report.seen.append(Seen("no_timestamp", "timestamp", Severity.WARNING, details))
        report.figures["timestamps"] = int(not report.seen)
    return report
