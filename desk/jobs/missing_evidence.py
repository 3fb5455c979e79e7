"""The job `missing-evidence`: what is paid rests on measurements that stand, with evidence."""

from __future__ import annotations

from collections.abc import Iterator

from desk.jobs.job import Report, Shift
from ledger.decide.decision import agreement_stream
from ledger.decide.facts_state import reading_key
from ledger.decide.jobs import Seen
from ledger.decide.owing import Payment
from ledger.decide.state import AgreementState
from ledger.events import CohortMeasured, MeasurementRecorded, Severity
from ledger.model import Position

KINDS = ("evidence_missing", "validator_missing", "measurement_not_valid")
_Measured = MeasurementRecorded | CohortMeasured


def work(shift: Shift) -> Report:
    """See the payments that were sent and rest on too little."""
    report = Report(figures={"payments": 0, "outcomes": 0})
    for name, state in shift.ledger.agreements().items():
        measured = {
            each.position: each.event
            for each in shift.ledger.read(agreement_stream(name))
            if isinstance(each.event, _Measured)
        }
        for payment in state.payments.values():
            if payment.instructed_at is not None and payment.over is None:
                report.figures["payments"] += 1
                report.seen += _payment(state, payment, measured, report)
    return report


def _payment(
    state: AgreementState, payment: Payment, measured: dict[Position, _Measured], report: Report
) -> Iterator[Seen]:
    """What is missing under one payment, a kind at a time, with how many outcomes it is under."""
    counts = dict.fromkeys(KINDS, 0)
    claims = {item.claim for item in payment.proposed.items} & state.claims.keys()
    report.figures["outcomes"] += len(claims)
    for claim in claims:
        rests_on = state.claims[claim].outcome.based_on
        events = [measured[position] for position in rests_on if position in measured]
        counts["evidence_missing"] += any(each.quality.evidence is None for each in events)
        counts["validator_missing"] += any(not each.validator.strip() for each in events)
        counts["measurement_not_valid"] += any(not _stands(state, each) for each in events)
    for kind, count in counts.items():
        if count:
            told = {"payment": payment.proposed.payment, "outcomes": str(count)}
            key = f"{kind}/{payment.proposed.payment}"
            serious = Severity.SERIOUS if kind == "measurement_not_valid" else Severity.WARNING
            yield Seen(kind, key, serious, told, state.agreement)


def _stands(state: AgreementState, event: _Measured) -> bool:
    """Whether a measurement, as it is known now, may be paid by."""
    known: tuple[Position, _Measured] | None
    if isinstance(event, MeasurementRecorded):
        if event.subject in state.erased:
            return event.quality.pays
        known = state.readings.get(reading_key(event))
    else:
        known = state.results.get((event.cohort, event.indicator, event.measured_on))
    return known is not None and known[1].quality.pays
