"""What is known of an agreement's people and cohorts: their facts as they stand.

A corrected fact takes the place of the one before, a voided one leaves it. People who were merged
keep their own facts, which are put together when policy looks, so that it can be undone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from ledger import events as e
from ledger.events import Recorded
from ledger.facts import Birth, Reading, Stay, TimeSpell
from ledger.metrics.facts import Measured, Move, Person, Spell, merged, moves_in_order
from ledger.model import Position, SubjectRef

ReadingKey = tuple[SubjectRef, str, int | date]
"""Person, indicator, and the milestone or else the day: what is measured once."""

ResultKey = tuple[str, str, date]
"""Cohort, indicator, day: what is measured once."""

NOT_KNOWN_YET = date.min
"""The date up to which a person's stays are known before an export that may hold them."""

FactEvent = (
    e.PersonEnrolled
    | e.StayRecorded
    | e.SpellRecorded
    | e.MeasurementRecorded
    | e.CohortMeasured
    | e.MunicipalityChanged
)
"""A fact that can be voided."""

_CORRECTED = (
    e.EnrolmentCorrected
    | e.StayCorrected
    | e.SpellCorrected
    | e.MeasurementCorrected
    | e.CohortCorrected
)


def reading_key(event: e.MeasurementRecorded) -> ReadingKey:
    """What a measurement of a person is the one measurement of."""
    months = event.milestone_months
    return event.subject, event.indicator, event.measured_on if months is None else months


def result_key(event: e.CohortMeasured) -> ResultKey:
    """What a measurement of a cohort is the one measurement of."""
    return event.cohort, event.indicator, event.measured_on


def _measured(
    position: Position, event: e.MeasurementRecorded | e.CohortMeasured, reading: Reading
) -> Measured:
    months = event.milestone_months if isinstance(event, e.MeasurementRecorded) else None
    return Measured(event.indicator, reading.value, event.measured_on, months, position)


def as_one(
    people: Mapping[SubjectRef, Person], into: Mapping[SubjectRef, SubjectRef]
) -> dict[SubjectRef, Person]:
    """Everybody; those who were merged `into` others, in the order of merging, as one with them."""
    found = dict(people)
    for gone, kept in into.items():
        if gone in found and kept in found:
            one = merged(found[kept], found.pop(gone))
            found[kept] = replace(one, subject=kept)
    return found


@dataclass(slots=True)
class FactsState:
    """The facts of one agreement's people and cohorts, every one with its position."""

    agreement: str
    version: int = 0
    enrolled: dict[SubjectRef, tuple[Position, e.PersonEnrolled]] = field(default_factory=dict)
    unenrolled: set[SubjectRef] = field(default_factory=set)
    """Those whose enrolment was voided; the vault knows them still."""
    stays: dict[SubjectRef, dict[str, tuple[Position, Stay]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    spells: dict[SubjectRef, dict[str, tuple[Position, TimeSpell]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    sealed: set[SubjectRef] = field(default_factory=set)
    """Those with facts that cannot be opened though nobody has erased them."""
    erased: dict[SubjectRef, date] = field(default_factory=dict)
    """Those who are erased, and the day on which they were."""
    register_until: dict[SubjectRef, date] = field(default_factory=dict)
    register_at: list[Position] = field(default_factory=list)
    readings: dict[ReadingKey, tuple[Position, e.MeasurementRecorded]] = field(default_factory=dict)
    results: dict[ResultKey, tuple[Position, e.CohortMeasured]] = field(default_factory=dict)
    merged: dict[SubjectRef, tuple[Position, SubjectRef]] = field(default_factory=dict)
    """Those who were merged into another, by which event, and into whom."""
    moves: dict[SubjectRef, dict[Position, Move]] = field(default_factory=lambda: defaultdict(dict))
    touched: dict[str, list[Position]] = field(default_factory=lambda: defaultdict(list))
    """By person or cohort: events that took a fact away, or put people together or apart."""
    corrected_at: dict[str, Position] = field(default_factory=dict)
    """By person or cohort: the last event that said something known of it was wrong."""
    replaced: dict[Position, Position] = field(default_factory=dict)
    """Facts that stand no more, and the event that corrected, ended or voided each."""
    lineage: dict[Position, tuple[Position, ...]] = field(default_factory=dict)

    @property
    def pseudonyms(self) -> set[SubjectRef]:
        """Everybody who is or was enrolled."""
        return self.enrolled.keys() | self.unenrolled

    def person_of(self, subject: SubjectRef) -> SubjectRef:
        """The pseudonym that a person's facts count under."""
        return self.merged[subject][1] if subject in self.merged else subject

    def same_as(self, subject: SubjectRef) -> list[SubjectRef]:
        """Every pseudonym of the person behind one, the one that counts first."""
        kept = self.person_of(subject)
        return [kept, *(other for other, (_, into) in self.merged.items() if into == kept)]

    @property
    def merged_into(self) -> dict[SubjectRef, SubjectRef]:
        """Those who were merged, in the order of merging, and whom each counts as."""
        return {gone: kept for gone, (_, kept) in self.merged.items()}

    @property
    def places_taken(self) -> int:
        """How many people are enrolled; two that were merged take one place."""
        return sum(subject not in self.merged for subject in self.enrolled)

    # --- as policy sees them ------------------------------------------------------------------

    def people(self) -> dict[SubjectRef, Person]:
        """Everybody with what is known; those who were merged as one person."""
        return as_one(self.apart(), self.merged_into)

    def apart(self) -> dict[SubjectRef, Person]:
        """Everybody with what was told under each pseudonym, merged or not."""
        measured: dict[SubjectRef, list[Measured]] = defaultdict(list)
        for position, event in self.readings.values():
            if isinstance(event.reading, Reading) and event.quality.pays:
                measured[event.subject].append(_measured(position, event, event.reading))
        return {
            subject: self._person(subject, tuple(measured[subject])) for subject in self.enrolled
        }

    def cohorts(self) -> dict[str, tuple[Measured, ...]]:
        """What was measured of each cohort."""
        cohorts: dict[str, list[Measured]] = defaultdict(list)
        for position, result in self.results.values():
            if result.quality.pays:
                cohorts[result.cohort].append(_measured(position, result, result.reading))
        return {cohort: tuple(results) for cohort, results in cohorts.items()}

    def _person(self, subject: SubjectRef, measured: tuple[Measured, ...]) -> Person:
        """What is known of a person, every fact with its position."""
        at, enrolled = self.enrolled[subject]
        stays = sorted(self.stays[subject].values(), key=lambda each: each[0])
        return Person(
            subject=subject,
            enrolled_on=enrolled.enrolled_on,
            register_until=self.register_until[subject],
            stays=tuple(stay for _, stay in stays),
            stays_at=tuple(position for position, _ in stays),
            measured=measured,
            spells=tuple(
                Spell(spell.indicator, spell.started, spell.ended, position)
                for position, spell in self.spells[subject].values()
            ),
            group=enrolled.group,
            referred_on=enrolled.referred_on,
            born_on=enrolled.born.day if isinstance(enrolled.born, Birth) else None,
            at=at,
            moves=moves_in_order(self.moves.get(subject, {}).values()),
            touched_at=tuple(self.touched.get(subject, ())),
        )

    # --- as they come in ----------------------------------------------------------------------

    def apply_fact(self, recorded: Recorded) -> None:
        """Take in what was seen of people and cohorts, and what was wrong in it."""
        event, position = recorded.event, recorded.position
        if isinstance(event, _CORRECTED):
            self._forget(event.corrects)
            self.replaced[event.corrects] = position
            self.lineage[position] = (event.corrects,)
            unit = event.cohort if isinstance(event, e.CohortCorrected) else event.subject
            self.corrected_at[unit] = position
        match event:
            case e.PersonEnrolled():
                self._enrol(event, position)
            case e.RegisterCovered():
                self.register_at.append(position)
                self._register(event.until, max)
            case e.RegisterCorrected():
                self.register_at.append(position)
                self._register(event.until, min)
                self.corrected_at |= dict.fromkeys(self.enrolled, position)
            case e.StayRecorded() | e.SpellRecorded():
                self._apply_time(event, position)
            case e.MeasurementRecorded():
                if isinstance(event.reading, e.Sealed):
                    self._shut(event.subject)
                self.readings[reading_key(event)] = (position, event)
            case e.CohortMeasured():
                self.results[result_key(event)] = (position, event)
            case _:
                self._apply_rearranged(recorded)

    def _enrol(self, event: e.PersonEnrolled, position: Position) -> None:
        if isinstance(event.born, e.Sealed):
            self._shut(event.subject)
        self.enrolled[event.subject] = (position, event)
        self.unenrolled.discard(event.subject)
        if not isinstance(event, e.EnrolmentCorrected):
            # An export read before a person was enrolled says nothing of that person.
            self.register_until[event.subject] = NOT_KNOWN_YET

    def _register(self, until: date, which: Any) -> None:  # noqa: ANN401 - max or min
        for subject, known in self.register_until.items():
            self.register_until[subject] = which(known, until)

    def _apply_time(self, event: e.StayRecorded | e.SpellRecorded, position: Position) -> None:
        """A stay or a spell; or its end, which takes the place of what was open."""
        if event.closes is not None:
            self.lineage[position] = (event.closes,)
            self.replaced[event.closes] = position
        match event:
            case e.StayRecorded(stay=Stay() as stay):
                self.stays[event.subject][stay.stay] = (position, stay)
            case e.SpellRecorded(spell=TimeSpell() as spell):
                self.spells[event.subject][spell.spell] = (position, spell)
            case _:
                self._shut(event.subject)

    def _apply_rearranged(self, recorded: Recorded) -> None:
        """What was taken away, put together or apart, or moved."""
        position = recorded.position
        match recorded.event:
            case e.FactVoided() as voided:
                self._forget(voided.corrects)
                self.replaced[voided.corrects] = position
                self.lineage[position] = (voided.corrects,)
                self._touch([voided.subject or voided.cohort or ""], position)
            case e.PersonsMerged() as event:
                self.merged[event.merged] = (position, event.subject)
                self._touch((event.subject, event.merged), position)
            case e.PersonsUnmerged() as event:
                self.merged.pop(event.merged)
                self.lineage[position] = (event.corrects,)
                self._touch((event.subject, event.merged), position)
            case e.MunicipalityChanged() as moved:
                move = Move(recorded.effective_on, moved.before, moved.municipality, position)
                self.moves[moved.subject][position] = move

    def _touch(self, units: Iterable[str], position: Position) -> None:
        for unit in units:
            self.touched[unit].append(position)
            self.corrected_at[unit] = position

    def _forget(self, position: Position) -> None:
        """Take a fact away; one of an erased person is gone already."""
        tables: tuple[dict[Any, Any], ...] = (
            self.readings,
            self.results,
            *self.stays.values(),
            *self.spells.values(),
        )
        for table in tables:
            for key in [key for key, (at, _) in table.items() if at == position]:
                del table[key]
        for moves in self.moves.values():
            moves.pop(position, None)
        for subject in [s for s, (at, _) in self.enrolled.items() if at == position]:
            del self.enrolled[subject]
            self.unenrolled.add(subject)

    def erase(self, subject: SubjectRef, on: date) -> None:
        """Forget all of a person but what is open: the enrolment, and what was decided."""
        self.erased[subject] = on
        self.sealed.discard(subject)
        self.stays.pop(subject, None)
        self.spells.pop(subject, None)
        self.readings = {key: kept for key, kept in self.readings.items() if key[0] != subject}
        if subject in self.enrolled:
            position, enrolled = self.enrolled[subject]
            self.enrolled[subject] = position, enrolled.model_copy(update={"born": None})

    def _shut(self, subject: SubjectRef) -> None:
        """Note that a fact of a person cannot be opened."""
        if subject not in self.erased:
            self.sealed.add(subject)
