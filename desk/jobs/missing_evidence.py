"""The job `missing-evidence`: what is paid rests on measurements that stand, with evidence."""

from __future__ import annotations

from collections.abc import Iterator

from desk.jobs.job import Report, Shift
from ledger.decide.decision import agreement_stream
from ledger.decide.facts_state import reading_key, result_key
from ledger.decide.jobs import Seen
from ledger.decide.owing import Payment
from ledger.decide.state import AgreementState
from ledger.events import CohortMeasured, MeasurementRecorded, Severity
from ledger.model import Position

KINDS = ("evidence_missing", "measurement_not_valid")
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
    named = {claim for item in payment.proposed.items for claim in state.claims_of(item)}
    claims = named & state.claims.keys()
    report.figures["outcomes"] += len(claims)
    for claim in claims:
        rests_on = state.claims[claim].outcome.based_on
        stand = [_standing(state, measured, each) for each in rests_on if each in measured]
        known = [each for each in stand if each is not None]
        counts["evidence_missing"] += any(each.quality.evidence is None for each in known)
        valid = len(known) == len(stand) and all(each.quality.pays for each in known)
        counts["measurement_not_valid"] += not valid
    for kind, count in counts.items():
        if count:
            told = {"payment": payment.proposed.payment, "outcomes": str(count)}
            key = f"{kind}/{payment.proposed.payment}"
            serious = Severity.SERIOUS if kind == "measurement_not_valid" else Severity.WARNING
            yield Seen(kind, key, serious, told, state.agreement)


def _standing(
    state: AgreementState, measured: dict[Position, _Measured], position: Position
) -> _Measured | None:
    """A measurement as it is known now, corrected or read again; None if it counts no more."""
    while position in state.replaced:
        position = state.replaced[position]
    event = measured.get(position)
    known: tuple[Position, _Measured] | None = None
    match event:
        case MeasurementRecorded(subject=subject) if subject in state.erased:
            return event
        case MeasurementRecorded():
            known = state.readings.get(reading_key(event))
        case CohortMeasured():
            known = state.results.get(result_key(event))
    return known[1] if known else None
