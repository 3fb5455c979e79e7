"""Facts from files: the whole file is taken, or nothing and every error is named.

A message names the row and the column, and repeats no person's id, date or reading.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar

from ledger import events as e
from ledger.dates import add_months
from ledger.decide.decision import TARIFFS_STREAM, New, agreement_stream, numbered
from ledger.decide.facts_state import ReadingKey, ResultKey, reading_key, result_key
from ledger.decide.refusal import AgainstTerms, FileRefused, Finding
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
from ledger.facts import Birth, Reading, Stay, Tariff, TimeSpell, tariff_on
from ledger.indicator import IndicatorKind
from ledger.model import Position, SubjectRef
from ledger.money import ZERO

States = Mapping[str, AgreementState]
Subjects = Mapping[tuple[str, str], SubjectRef]
"""Pseudonyms by (agreement, person id)."""

_TWICE = "this stay stands in the file twice with different content; keep one"


def record_tariffs(law: LawState, batch: Batch[Tariff]) -> list[New]:
    """Tariffs that are new; one that differs from what is known is refused."""
    findings: list[Finding] = []
    fresh: list[Tariff] = []
    known = {(t.shelter, t.valid_from): t for ts in law.tariffs.values() for t in ts}
    for row in batch.rows:
        tariff = row.value
        before = known.setdefault((tariff.shelter, tariff.valid_from), tariff)
        if min(tariff.per_night, tariff.own_payment) < ZERO:
            column = "tariff" if tariff.per_night < ZERO else "own_payment"
            findings.append(Finding(row.number, column, "a tariff must not be below zero"))
        elif before is tariff:
            fresh.append(tariff)
        elif before != tariff:
            message = (
                f"{tariff.shelter} already has the tariff {before.per_night} less "
                f"{before.own_payment} from {tariff.valid_from}; a tariff is not changed by "
                "import; ofl correct tariffs does that"
            )
            findings.append(Finding(row.number, "tariff", message))
    refuse(batch.file, findings)
    if not fresh:
        return []
    event = e.TariffsRecorded(tariffs=tuple(fresh), source=batch.source())
    version = law.versions.get(TARIFFS_STREAM, 0)
    first = min(tariff.valid_from for tariff in fresh)
    return numbered(TARIFFS_STREAM, version, [(first, event)])


def check_enrolments(states: States, batch: Batch[EnrolmentRow], subjects: Subjects) -> None:
    """Refuse enrolments that cannot be, before anybody new gets a pseudonym.

    `subjects` holds those who have one already.
    """
    findings: list[Finding] = []
    enrolled = {
        (agreement, person_id): _as_row(states[agreement].enrolled[ref][1])
        for (agreement, person_id), ref in enrolled_only(states, subjects).items()
    }
    counts = {agreement: state.places_taken for agreement, state in states.items()}
    for row in batch.rows:
        value = row.value
        state = states.get(value.agreement)
        if state is None:
            findings.append(unknown_agreement(row.number, value.agreement, states))
            continue
        if not state.terms.starts_on <= value.enrolled_on < state.terms.ends_on:
            message = (
                f"this day is outside the agreement's term, from {state.terms.starts_on} "
                f"up to {state.terms.ends_on}; correct the day or the agreement"
            )
            findings.append(Finding(row.number, "enrolled_on", message))
            continue
        wrong_group = group_finding(state, row)
        if wrong_group is not None:
            findings.append(wrong_group)
        known = enrolled.get((value.agreement, value.person_id))
        if known is None:
            enrolled[value.agreement, value.person_id] = _without_person(value)
            counts[value.agreement] += 1
            if counts[value.agreement] > state.terms.people:
                message = (
                    f"{value.agreement} is for {state.terms.people} people; this is one more, "
                    "so leave the row out or move it to another agreement"
                )
                findings.append(Finding(row.number, "agreement", message))
        elif known != _without_person(value):
            what = "from another day" if known[0] != value.enrolled_on else "with other particulars"
            message = (
                f"this person is enrolled in {value.agreement} {what}; "
                "an enrolment is not changed by import; ofl correct enrolments does that"
            )
            findings.append(Finding(row.number, "enrolled_on", message))
    refuse(batch.file, findings)


_Particulars = tuple[date, str | None, date | None, date | None]


def _without_person(row: EnrolmentRow) -> _Particulars:
    return row.enrolled_on, row.group, row.referred_on, row.born_on


def _as_row(event: e.PersonEnrolled) -> _Particulars:
    born = event.born.day if isinstance(event.born, Birth) else None
    return event.enrolled_on, event.group, event.referred_on, born


def group_finding(state: AgreementState, row: Row[EnrolmentRow]) -> Finding | None:
    """What is wrong with a person's group; None if nothing is."""
    groups, group = state.terms.groups, row.value.group
    if group is None and groups:
        message = f"the terms have groups; write one of {', '.join(groups)}"
        return Finding(row.number, "group", message)
    if group is not None and group not in groups:
        known = ", ".join(groups) or "they have none, so leave it empty"
        return Finding(row.number, "group", f"the terms have no group {group!r} ({known})")
    return None


def enrol(states: States, batch: Batch[EnrolmentRow], subjects: Subjects) -> list[New]:
    """The enrolments of a checked file that are new."""
    fresh: dict[SubjectRef, tuple[str, date, e.Event]] = {}
    for row in batch.rows:
        value = row.value
        ref = subjects[value.agreement, value.person_id]
        if ref not in states[value.agreement].enrolled and ref not in fresh:
            event = e.PersonEnrolled(
                subject=ref,
                enrolled_on=value.enrolled_on,
                group=value.group,
                referred_on=value.referred_on,
                born=Birth(day=value.born_on) if value.born_on else None,
                source=batch.source(row.number),
            )
            fresh[ref] = (value.agreement, value.enrolled_on, event)
    return [
        new
        for agreement, state in states.items()
        for new in numbered(
            agreement_stream(agreement),
            state.version,
            [(day, event) for name, day, event in fresh.values() if name == agreement],
        )
    ]


def record_stays(
    law: LawState,
    states: States,
    batch: Batch[StayRow],
    subjects: Subjects,
    covers_until: date | None,
    today: date,
) -> list[New]:
    """Stays that are new or have ended since, for every agreement the person is enrolled in.

    The register then counts as known up to `covers_until`, or if that is None up to the newest
    date in the file: an export cannot be older than what it tells, nor know what is to come.
    """
    if covers_until is not None and covers_until > today:
        message = f"an export cannot reach to {covers_until}, which is still to come"
        raise AgainstTerms(message)
    subjects = enrolled_only(states, subjects)
    findings = [f for row in batch.rows for f in _stay_findings(law, states, subjects, row)]
    findings += _repeated(batch)
    dates = [day for row in batch.rows for day in _dates(row.value.stay)]
    until = covers_until or max(dates, default=None)
    findings += [each for row in batch.rows for each in late(row, covers_until or today)]
    news: list[New] = []
    for agreement, state in states.items():
        stays, wrong = _fresh_stays(agreement, state, batch, subjects)
        findings += wrong
        # A stay's own dates are personal and sealed; beside them stands the day of the export.
        fresh: list[tuple[date, e.Event]] = [(until or date.min, stay) for stay in stays]
        if until is not None and any(until > known for known in state.register_until.values()):
            fresh.append((until, e.RegisterCovered(until=until, source=batch.source())))
        news += numbered(agreement_stream(agreement), state.version, fresh)
    refuse(batch.file, findings)
    return news


def record_measurements(
    states: States, batch: Batch[MeasurementRow], subjects: Subjects
) -> list[New]:
    """Readings that are new; one that differs from what is known is refused."""
    findings: list[Finding] = []
    fresh: dict[str, list[tuple[date, e.Event]]] = {}
    seen: dict[ReadingKey, MeasurementRow] = {}
    for row in batch.rows:
        finding = _measurement_finding(states, subjects, row)
        if finding is not None:
            findings.append(finding)
            continue
        value = row.value
        ref = subjects[value.agreement, value.person_id]
        event = e.MeasurementRecorded(
            subject=ref,
            milestone_months=value.milestone_months,
            measured_on=value.measured_on,
            indicator=value.indicator,
            reading=Reading(value=value.value),
            validator=value.validator,
            quality=value.quality,
            source=batch.source(row.number),
        )
        key = reading_key(event)
        known = states[value.agreement].readings.get(key)
        if known is not None:
            if not _same_reading(known[1], event):
                message = (
                    "this milestone was recorded before with another reading or day; a reading is "
                    "not changed by import; ofl correct measurements does that"
                )
                findings.append(Finding(row.number, "value", message))
        elif seen.setdefault(key, value) != value:
            message = "this milestone stands in the file twice with different content; keep one"
            findings.append(Finding(row.number, "value", message))
        elif seen[key] is value:
            fresh.setdefault(value.agreement, []).append((value.measured_on, event))
    refuse(batch.file, findings)
    return [
        new
        for agreement, events in fresh.items()
        for new in numbered(agreement_stream(agreement), states[agreement].version, events)
    ]


def refuse(file: str, findings: Iterable[Finding]) -> None:
    """Refuse a file if there is anything wrong in it.

    Raises:
        FileRefused: if so, with all of it.
    """
    found = sorted(set(findings))
    if found:
        raise FileRefused(file, found)


def unknown_agreement(row: int, agreement: str, states: States) -> Finding:
    """That a row names an agreement that is not signed."""
    known = ", ".join(sorted(states)) or "none is signed yet"
    return Finding(row, "agreement", f"there is no agreement {agreement!r} (known: {known})")


def _dates(stay: Stay) -> tuple[date, ...]:
    return (stay.admitted, *([stay.discharged] if stay.discharged else []))


def enrolled_only(states: States, subjects: Subjects) -> Subjects:
    """Those of the pseudonyms whose person is enrolled; a refused enrolment leaves others."""
    return {
        (agreement, person_id): ref
        for (agreement, person_id), ref in subjects.items()
        if ref in states[agreement].enrolled
    }


def late(row: Row[StayRow], covers_until: date) -> list[Finding]:
    """The days of a stay that the export cannot know."""
    days = {"admitted": row.value.stay.admitted, "discharged": row.value.stay.discharged}
    return [
        Finding(row.number, column, f"this is after {covers_until}, the day the export reaches to")
        for column, day in days.items()
        if day is not None and day > covers_until
    ]


def _stay_findings(
    law: LawState, states: States, subjects: Subjects, row: Row[StayRow]
) -> list[Finding]:
    """What is wrong with one row taken alone."""
    findings = []
    person_id = row.value.person_id
    if not any((agreement, person_id) in subjects for agreement in states):
        message = (
            "this person is not enrolled in any agreement; import the enrolment first, "
            "or leave the row out"
        )
        findings.append(Finding(row.number, "person_id", message))
    return [*findings, *tariff_findings(law, row)]


def tariff_findings(law: LawState, row: Row[StayRow]) -> list[Finding]:
    """What is wrong with the shelter of a stay: no tariff, or none on its first day."""
    findings = []
    stay = row.value.stay
    tariffs = law.tariffs.get(stay.shelter)
    if tariffs is None:
        close = difflib.get_close_matches(stay.shelter, law.tariffs, n=1)
        hint = f"did you mean {close[0]!r}? If not, " if close else ""
        message = f"no tariff is known for shelter {stay.shelter!r}; {hint}import its tariffs first"
        findings.append(Finding(row.number, "shelter", message))
    elif tariff_on(tariffs, stay.admitted) is None:
        first = min(tariff.valid_from for tariff in tariffs)
        message = (
            f"{stay.shelter} has no tariff before {first}; import the tariff of that day first"
        )
        findings.append(Finding(row.number, "admitted", message))
    return findings


def _repeated(batch: Batch[StayRow]) -> list[Finding]:
    """Rows with a stay_id that stands earlier in the file with other content."""
    first: dict[str, StayRow] = {}
    return [
        Finding(row.number, "stay_id", _TWICE)
        for row in batch.rows
        if first.setdefault(row.value.stay.stay, row.value) != row.value
    ]


def _fresh_stays(
    agreement: str, state: AgreementState, batch: Batch[StayRow], subjects: Subjects
) -> tuple[list[e.StayRecorded], list[Finding]]:
    """The events a register export adds to one agreement, and what contradicts it."""
    known = {
        stay_id: (position, ref, stay)
        for ref, stays in state.stays.items()
        for stay_id, (position, stay) in stays.items()
    }
    fresh: dict[str, e.StayRecorded] = {}
    findings = []
    for row in batch.rows:
        ref = subjects.get((agreement, row.value.person_id))
        stay = row.value.stay
        if stay.stay in known:
            position, owner, before = known[stay.stay]
            same = ref is not None and state.person_of(owner) == state.person_of(ref)
            if same and before == stay:
                continue
            closed = before.model_copy(update={"discharged": stay.discharged})
            if not same or closed != stay or before.discharged is not None:
                message = (
                    "this stay was recorded before with another person, shelter or date; "
                    "an import only adds stays and ends open ones; ofl correct stays does more"
                )
                findings.append(Finding(row.number, "stay_id", message))
                continue
            closes = position
        elif ref is not None:
            closes = None
        else:
            continue
        assert ref is not None
        # A stay ends under the pseudonym that it began with, also if people were merged since.
        subject = known[stay.stay][1] if closes else ref
        event = e.StayRecorded(
            subject=subject, stay=stay, closes=closes, source=batch.source(row.number)
        )
        fresh.setdefault(stay.stay, event)
    return list(fresh.values()), findings


def _measurement_finding(
    states: States, subjects: Subjects, row: Row[MeasurementRow]
) -> Finding | None:
    """What is wrong with one row taken alone; None if nothing is."""
    value = row.value
    state = states.get(value.agreement)
    if state is None:
        return unknown_agreement(row.number, value.agreement, states)
    ref = subjects.get((value.agreement, value.person_id))
    if ref is None or ref not in state.enrolled:
        message = f"this person is not enrolled in {value.agreement}; import the enrolment first"
        return Finding(row.number, "person_id", message)
    wrong = milestone_finding(state, ref, row)
    if wrong is not None:
        return wrong
    return reading_finding(state, row.number, value.indicator, value.value)


def milestone_finding(
    state: AgreementState, ref: SubjectRef, row: Row[MeasurementRow]
) -> Finding | None:
    """What is wrong with the milestone of a measurement; 0 months is the baseline, on any day."""
    value, milestones = row.value, state.milestones
    if value.milestone_months is None:
        reading = [
            m for m in state.terms.metrics if value.indicator in {i for _, i, _ in m.indicators()}
        ]
        if reading and all(metric.milestones() for metric in reading):
            listed = ", ".join(map(str, milestones))
            message = f"the terms measure this at {listed} months; write at which"
            return Finding(row.number, "milestone_months", message)
        return None
    if value.milestone_months not in milestones:
        listed = ", ".join(map(str, milestones)) or "no"
        message = f"the terms measure at {listed} months, not at {value.milestone_months}"
        return Finding(row.number, "milestone_months", message)
    due = add_months(state.enrolled[ref][1].enrolled_on, value.milestone_months)
    if value.milestone_months and value.measured_on < due:
        message = (
            f"this is before the milestone, {value.milestone_months} months after enrolment; "
            "correct the day or the milestone"
        )
        return Finding(row.number, "measured_on", message)
    return None


def reading_finding(state: AgreementState, number: int, name: str, value: str) -> Finding | None:
    """What is wrong with an indicator and its value; None if nothing is."""
    indicator = state.terms.indicator(name)
    if indicator is None:
        listed = ", ".join(each.id for each in state.terms.indicators)
        message = f"the terms have no indicator {name!r} (they have {listed})"
        return Finding(number, "indicator", message)
    problem = indicator.problem(value)
    return Finding(number, "value", problem) if problem else None


_MeasuredEvent = TypeVar("_MeasuredEvent", e.MeasurementRecorded, e.CohortMeasured)


def _same_reading(known: _MeasuredEvent, new: _MeasuredEvent) -> bool:
    ignored = {"source", "validator"}
    return known.model_dump(exclude=ignored) == new.model_dump(exclude=ignored)


def record_spells(
    states: States, batch: Batch[SpellRow], subjects: Subjects, today: date
) -> list[New]:
    """Spells that are new or have ended since; one that contradicts what is known is refused.

    A spell's own days are personal and sealed; its record counts on the day it was made.
    """
    findings: list[Finding] = []
    fresh: dict[str, dict[str, e.SpellRecorded]] = {name: {} for name in states}
    rows: dict[tuple[str, str], SpellRow] = {}
    for row in batch.rows:
        value = row.value
        finding = _spell_finding(states, subjects, row)
        if (
            finding is None
            and rows.setdefault((value.agreement, value.spell.spell), value) != value
        ):
            message = "this spell stands in the file twice with different content; keep one"
            finding = Finding(row.number, "spell_id", message)
        if finding is not None:
            findings.append(finding)
            continue
        ref = subjects[value.agreement, value.person_id]
        known = known_spell(states[value.agreement], value.spell.spell)
        if known is not None and known[2] == value.spell:
            continue
        closes, ref = known[:2] if known else (None, ref)
        event = e.SpellRecorded(
            subject=ref, spell=value.spell, closes=closes, source=batch.source(row.number)
        )
        fresh[value.agreement].setdefault(value.spell.spell, event)
    refuse(batch.file, findings)
    return [
        new
        for agreement, events in fresh.items()
        for new in numbered(
            agreement_stream(agreement),
            states[agreement].version,
            [(today, event) for event in events.values()],
        )
    ]


def known_spell(state: AgreementState, name: str) -> tuple[Position, SubjectRef, TimeSpell] | None:
    """A spell by its id, with its position and whose it is; None if there is none."""
    for ref, spells in state.spells.items():
        if name in spells:
            position, spell = spells[name]
            return position, ref, spell
    return None


def _spell_finding(states: States, subjects: Subjects, row: Row[SpellRow]) -> Finding | None:
    """What is wrong with one row taken alone; None if nothing is."""
    value, number = row.value, row.number
    state = states.get(value.agreement)
    if state is None:
        return unknown_agreement(number, value.agreement, states)
    ref = subjects.get((value.agreement, value.person_id))
    if ref is None or ref not in state.enrolled:
        message = f"this person is not enrolled in {value.agreement}; import the enrolment first"
        return Finding(number, "person_id", message)
    finding = spell_indicator_finding(state, row)
    if finding is not None:
        return finding
    known = known_spell(state, value.spell.spell)
    if known is not None:
        before = known[2]
        ended = before.model_copy(update={"ended": value.spell.ended})
        same = state.person_of(known[1]) == state.person_of(ref)
        if not same or ended != value.spell or before.ended not in (None, ended.ended):
            message = (
                "this spell was recorded before with another person, indicator or day; "
                "an import only adds spells and ends open ones; ofl correct spells does more"
            )
            return Finding(number, "spell_id", message)
    return None


def spell_indicator_finding(state: AgreementState, row: Row[SpellRow]) -> Finding | None:
    """What is wrong with the indicator of a spell; None if nothing is."""
    indicator = state.terms.indicator(row.value.spell.indicator)
    if indicator is None or indicator.kind is not IndicatorKind.SPELL:
        spells = [i.id for i in state.terms.indicators if i.kind is IndicatorKind.SPELL]
        message = f"the terms have no such indicator in spells ({', '.join(spells) or 'none'})"
        return Finding(row.number, "indicator", message)
    return None


def record_results(states: States, batch: Batch[ResultRow]) -> list[New]:
    """Readings of cohorts that are new; one that differs from what is known is refused."""
    findings: list[Finding] = []
    fresh: dict[str, dict[ResultKey, e.CohortMeasured]] = {name: {} for name in states}
    for row in batch.rows:
        value = row.value
        state = states.get(value.agreement)
        if state is None:
            findings.append(unknown_agreement(row.number, value.agreement, states))
            continue
        finding = reading_finding(state, row.number, value.indicator, value.value)
        if finding is not None:
            findings.append(finding)
            continue
        event = e.CohortMeasured(
            cohort=value.cohort,
            measured_on=value.measured_on,
            indicator=value.indicator,
            reading=Reading(value=value.value),
            validator=value.validator,
            quality=value.quality,
            source=batch.source(row.number),
        )
        key = result_key(event)
        known = state.results.get(key)
        before = known[1] if known else fresh[value.agreement].setdefault(key, event)
        if before is not event and not _same_reading(before, event):
            message = (
                "this cohort was measured that day with another reading; a reading is not changed "
                "by import; ofl correct results does that"
            )
            findings.append(Finding(row.number, "value", message))
    refuse(batch.file, findings)
    return [
        new
        for agreement, events in fresh.items()
        for new in numbered(
            agreement_stream(agreement),
            states[agreement].version,
            [(event.measured_on, event) for event in events.values()],
        )
    ]
