"""Facts that were wrong: corrected or voided by an event that points at what it replaces.

What was recorded stays. The next assessment decides again on what stands, and only the difference
from what was decided before is posted. A message repeats no person's id, date or reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from ledger import events as e
from ledger.dates import add_months
from ledger.decide import intake
from ledger.decide.decision import TARIFFS_STREAM, New, agreement_stream, numbered
from ledger.decide.facts_state import FactEvent
from ledger.decide.intake import States, Subjects
from ledger.decide.refusal import AgainstTerms, AlreadyDone, Finding
from ledger.decide.rows import (
    Batch,
    EnrolmentRow,
    MeasurementRow,
    ResultRow,
    Row,
    SpellRow,
    StayRow,
)
from ledger.decide.state import AgreementState, LawState
from ledger.decide.subjects import refuse_later_moves
from ledger.events import Recorded
from ledger.facts import Birth, Reading, Source, Stay, Tariff, TimeSpell
from ledger.model import Position, SubjectRef
from ledger.money import ZERO

FactRow = EnrolmentRow | StayRow | MeasurementRow | SpellRow | ResultRow
_R = TypeVar("_R", EnrolmentRow, StayRow, MeasurementRow, SpellRow, ResultRow)

_NOT_RECORDED = "this was never recorded, or it was voided; import it instead of correcting it"
_COLUMNS = {StayRow: "stay_id", SpellRow: "spell_id", EnrolmentRow: "enrolled_on"}


@dataclass(frozen=True, slots=True)
class Known:
    """A fact that stands: where it was recorded, of whom, and what it says."""

    agreement: str
    position: Position
    subject: SubjectRef | None
    row: FactRow


def standing(state: AgreementState, recorded: Recorded) -> FactEvent:
    """The fact that an event of an agreement recorded, if it still stands.

    Raises:
        AgainstTerms: if it is no fact that can be corrected.
        AlreadyDone: if another event took its place, or the person is erased.
    """
    event = recorded.event
    if not isinstance(event, FactEvent):
        message = (
            f"event {recorded.position} is no fact about people or cohorts; terms are amended, "
            "rules enacted and tariffs corrected by commands of their own"
        )
        raise AgainstTerms(message)
    by = state.replaced.get(recorded.position)
    if by is not None:
        message = f"event {recorded.position} stands no more; event {by} took its place"
        raise AlreadyDone(message)
    if getattr(event, "subject", None) in state.erased:
        message = f"the person of event {recorded.position} is erased; what was decided stands"
        raise AlreadyDone(message)
    return event


def as_row(agreement: str, event: FactEvent) -> FactRow:
    """A fact as a row of a file would tell it, without the person's id.

    Raises:
        AgainstTerms: if it is one that is voided, not corrected.
    """
    match event:
        case e.PersonEnrolled():
            born = event.born.day if isinstance(event.born, Birth) else None
            return EnrolmentRow(
                agreement, "", event.enrolled_on, event.group, event.referred_on, born
            )
        case e.StayRecorded(stay=Stay() as stay):
            return StayRow("", stay)
        case e.SpellRecorded(spell=TimeSpell() as spell):
            return SpellRow(agreement, "", spell)
        case e.MeasurementRecorded(reading=Reading() as reading):
            return MeasurementRow(
                agreement,
                "",
                event.milestone_months,
                event.measured_on,
                event.indicator,
                reading.value,
                event.validator,
                event.quality,
            )
        case e.CohortMeasured():
            return ResultRow(
                agreement,
                event.cohort,
                event.measured_on,
                event.indicator,
                event.reading.value,
                event.validator,
                event.quality,
            )
    message = "this fact cannot be corrected; void it, and record it again"
    raise AgainstTerms(message)


def correct(
    law: LawState,
    state: AgreementState,
    recorded: Recorded,
    row: FactRow,
    reason: str,
    today: date,
) -> list[New]:
    """One fact as it should have been. Nothing changes if it is so already.

    Raises:
        FileRefused: if the fact cannot be so, with what is wrong.
    """
    event = standing(state, recorded)
    assert not isinstance(event, e.MunicipalityChanged)
    subject = getattr(event, "subject", None)
    known = Known(state.agreement, recorded.position, subject, as_row(state.agreement, event))
    if known.row == row:
        return []
    problems = _problems(law, state, known, 1, row, today)
    intake.refuse(f"event {recorded.position}", problems)
    fresh = _corrected(known, row, reason, event.source, today)
    return numbered(agreement_stream(state.agreement), state.version, [fresh])


def void(state: AgreementState, recorded: Recorded, reason: str, today: date) -> list[New]:
    """A fact that counts no more.

    Raises:
        AgainstTerms: if it is no fact that can be voided.
        AlreadyDone: if it stands no more, or is an enrolment of somebody who is merged.
        OutOfOrder: if it is a move, and a later one tells where the person lived after it.
    """
    event = standing(state, recorded)
    subject = getattr(event, "subject", None)
    if isinstance(event, e.PersonEnrolled) and len(state.same_as(event.subject)) > 1:
        message = f"{event.subject} is merged with another; unmerge them first"
        raise AlreadyDone(message)
    if isinstance(event, e.MunicipalityChanged):
        refuse_later_moves(state, event.subject, recorded.effective_on)
    voided = e.FactVoided(
        fact=recorded.event.topic,
        subject=subject,
        cohort=getattr(event, "cohort", None),
        corrects=recorded.position,
        reason=reason,
    )
    return numbered(agreement_stream(state.agreement), state.version, [(today, voided)])


def correct_file(
    law: LawState,
    states: States,
    batch: Batch[_R],
    subjects: Subjects,
    reason: str,
    today: date,
) -> list[New]:
    """A file of facts as they should have been: the whole file, or nothing of it.

    Each row is found by what a fact of its kind is known by: its id, or person, indicator and
    milestone, or cohort, indicator and day. Rows that say what is known change nothing.

    Raises:
        FileRefused: if a row was never recorded, or cannot be so.
    """
    findings: list[Finding] = []
    fresh: dict[str, list[tuple[date, e.Event]]] = {}
    seen: dict[Position, int] = {}
    for row in batch.rows:
        found = list(_find(states, subjects, row.value))
        if not found:
            column = _COLUMNS.get(type(row.value), "indicator")
            findings.append(Finding(row.number, column, _NOT_RECORDED))
        for known in found:
            if seen.setdefault(known.position, row.number) != row.number:
                message = f"row {seen[known.position]} corrects the same; keep one"
                findings.append(Finding(row.number, "", message))
            problems = _problems(law, states[known.agreement], known, row.number, row.value, today)
            findings += problems
            if not problems and _without_person(known.row) != _without_person(row.value):
                event = _corrected(known, row.value, reason, batch.source(row.number), today)
                fresh.setdefault(known.agreement, []).append(event)
    intake.refuse(batch.file, findings)
    return [
        new
        for agreement, events in fresh.items()
        for new in numbered(agreement_stream(agreement), states[agreement].version, events)
    ]


def correct_tariffs(law: LawState, batch: Batch[Tariff], reason: str) -> list[New]:
    """Tariffs that were recorded with wrong amounts, each from the day it was recorded for.

    Raises:
        FileRefused: if one was never recorded, or is below zero.
    """
    findings: list[Finding] = []
    fresh: list[tuple[date, e.Event]] = []
    known = {(t.shelter, t.valid_from): t for ts in law.tariffs.values() for t in ts}
    for row in batch.rows:
        key = row.value.shelter, row.value.valid_from
        if key not in known:
            message = "no tariff of this shelter is known from this day; import it instead"
            findings.append(Finding(row.number, "valid_from", message))
        elif min(row.value.per_night, row.value.own_payment) < ZERO:
            findings.append(Finding(row.number, "tariff", "a tariff must not be below zero"))
        elif known[key] != row.value:
            event = e.TariffCorrected(
                tariff=row.value,
                corrects=law.tariffs_at[key],
                reason=reason,
                source=batch.source(row.number),
            )
            known[key] = row.value
            fresh.append((row.value.valid_from, event))
    intake.refuse(batch.file, findings)
    return numbered(TARIFFS_STREAM, law.versions.get(TARIFFS_STREAM, 0), fresh)


def correct_register(state: AgreementState, until: date, reason: str) -> list[New]:
    """The register is known up to an earlier day than was said.

    Raises:
        AlreadyDone: if it is not known so far.
    """
    state.require_signed()
    if all(known <= until for known in state.register_until.values()):
        message = f"the register of {state.agreement} is known up to {until} at most already"
        raise AlreadyDone(message)
    event = e.RegisterCorrected(until=until, reason=reason)
    return numbered(agreement_stream(state.agreement), state.version, [(until, event)])


# --- finding what a row corrects ----------------------------------------------------------------


def _find(states: States, subjects: Subjects, row: FactRow) -> Iterator[Known]:
    """The facts that a row of a file is about; a stay may be known in several agreements."""
    if isinstance(row, StayRow):
        for name, state in states.items():
            for ref in _pseudonyms(state, subjects, name, row.person_id):
                if row.stay.stay in state.stays.get(ref, {}):
                    position, stay = state.stays[ref][row.stay.stay]
                    yield Known(name, position, ref, StayRow("", stay))
        return
    if row.agreement not in states:
        return
    state = states[row.agreement]
    if isinstance(row, ResultRow):
        result = state.results.get((row.cohort, row.indicator, row.measured_on))
        if result is not None:
            yield Known(row.agreement, result[0], None, as_row(row.agreement, result[1]))
        return
    for ref in _pseudonyms(state, subjects, row.agreement, row.person_id):
        found = _of_person(state, ref, row)
        if found is not None:
            yield Known(row.agreement, found[0], ref, found[1])
            return


def _pseudonyms(
    state: AgreementState, subjects: Subjects, agreement: str, person_id: str
) -> list[SubjectRef]:
    """Under which pseudonyms the facts of a person may stand: the id's own first."""
    ref = subjects.get((agreement, person_id))
    if ref is None or ref not in state.enrolled:
        return []
    return sorted(state.same_as(ref), key=lambda each: each != ref)


def _of_person(
    state: AgreementState, ref: SubjectRef, row: EnrolmentRow | MeasurementRow | SpellRow
) -> tuple[Position, FactRow] | None:
    match row:
        case EnrolmentRow():
            position, enrolled = state.enrolled[ref]
            return position, as_row(row.agreement, enrolled)
        case MeasurementRow():
            when = row.measured_on if row.milestone_months is None else row.milestone_months
            reading = state.readings.get((ref, row.indicator, when))
            return reading and (reading[0], as_row(row.agreement, reading[1]))
        case _:
            spell = state.spells.get(ref, {}).get(row.spell.spell)
            return spell and (spell[0], SpellRow(row.agreement, "", spell[1]))


# --- what it may be, and the event --------------------------------------------------------------


def _without_person(row: FactRow) -> FactRow:
    """A row as a fact tells it: who it is about is known otherwise."""
    match row:
        case StayRow():
            return StayRow("", row.stay)
        case ResultRow():
            return row
        case _:
            values = {name: getattr(row, name) for name in row.__dataclass_fields__}
            return type(row)(**(values | {"person_id": ""}))


def _problems(
    law: LawState, state: AgreementState, known: Known, number: int, value: FactRow, today: date
) -> list[Finding]:
    """What is wrong with a fact as it is said to have been."""
    found: list[Finding | None]
    match value:
        case StayRow():
            row = Row(number, value)
            return [*intake.tariff_findings(law, row), *intake.late(row, today)]
        case SpellRow():
            found = [intake.spell_indicator_finding(state, Row(number, value))]
        case MeasurementRow():
            assert known.subject is not None
            found = [intake.milestone_finding(state, known.subject, Row(number, value))]
            found += [intake.reading_finding(state, number, value.indicator, value.value)]
            found += [_taken(state, known, number, value)]
        case ResultRow():
            found = [intake.reading_finding(state, number, value.indicator, value.value)]
            found += [_taken(state, known, number, value)]
        case EnrolmentRow():
            found = [intake.group_finding(state, Row(number, value))]
            found += [_enrolment_finding(state, known, number, value)]
    return [each for each in found if each is not None]


def _taken(
    state: AgreementState, known: Known, number: int, value: MeasurementRow | ResultRow
) -> Finding | None:
    """Another measurement in the place that this one would take."""
    other: tuple[Position, object] | None
    if isinstance(value, ResultRow):
        other = state.results.get((value.cohort, value.indicator, value.measured_on))
    else:
        assert known.subject is not None
        when = value.measured_on if value.milestone_months is None else value.milestone_months
        other = state.readings.get((known.subject, value.indicator, when))
    if other is not None and other[0] != known.position:
        message = f"event {other[0]} measured just that; correct or void it first"
        return Finding(number, "measured_on", message)
    return None


def _enrolment_finding(
    state: AgreementState, known: Known, number: int, value: EnrolmentRow
) -> Finding | None:
    terms = state.terms
    if not terms.starts_on <= value.enrolled_on < terms.ends_on:
        message = f"this day is outside the agreement's term, {terms.starts_on} to {terms.ends_on}"
        return Finding(number, "enrolled_on", message)
    early = [
        position
        for position, event in state.readings.values()
        if event.subject == known.subject
        and event.milestone_months
        and event.measured_on < add_months(value.enrolled_on, event.milestone_months)
    ]
    if early:
        listed = ", ".join(map(str, sorted(early)))
        message = (
            f"milestones were measured before they would be reached then (events {listed}); "
            "correct these first"
        )
        return Finding(number, "enrolled_on", message)
    return None


def _corrected(
    known: Known, row: FactRow, reason: str, source: Source, today: date
) -> tuple[date, e.Event]:
    """The event, and the day it counts on: of stays and spells today, for theirs are personal."""
    corrects, subject = known.position, known.subject
    if isinstance(row, ResultRow):
        return row.measured_on, e.CohortCorrected(
            cohort=row.cohort,
            measured_on=row.measured_on,
            indicator=row.indicator,
            reading=Reading(value=row.value),
            validator=row.validator,
            quality=row.quality,
            source=source,
            corrects=corrects,
            reason=reason,
        )
    assert subject is not None
    match row:
        case StayRow(stay=stay):
            return today, e.StayCorrected(
                subject=subject, stay=stay, source=source, corrects=corrects, reason=reason
            )
        case SpellRow(spell=spell):
            return today, e.SpellCorrected(
                subject=subject, spell=spell, source=source, corrects=corrects, reason=reason
            )
        case EnrolmentRow():
            return row.enrolled_on, e.EnrolmentCorrected(
                subject=subject,
                enrolled_on=row.enrolled_on,
                group=row.group,
                referred_on=row.referred_on,
                born=Birth(day=row.born_on) if row.born_on else None,
                source=source,
                corrects=corrects,
                reason=reason,
            )
        case _:
            return row.measured_on, e.MeasurementCorrected(
                subject=subject,
                milestone_months=row.milestone_months,
                measured_on=row.measured_on,
                indicator=row.indicator,
                reading=Reading(value=row.value),
                validator=row.validator,
                quality=row.quality,
                source=source,
                corrects=corrects,
                reason=reason,
            )
