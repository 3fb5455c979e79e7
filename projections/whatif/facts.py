"""Changes of facts: what is known of people and cohorts as it might have been.

Where people who moved lived before is told by the terms too: `projections.whatif.moves` tells it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from ledger.decide.facts_state import NOT_KNOWN_YET
from ledger.decide.state import AgreementState
from ledger.facts import Stay, Stayed
from ledger.metrics.facts import NOWHERE, Measured, Move, Person, Spell, moves_in_order
from ledger.model import Position, SubjectRef
from ledger.policy.assess import AgreementFacts
from projections.whatif.folded import spells_at
from projections.whatif.scenario import (
    AnyFact,
    Do,
    EnrolmentChange,
    FactChange,
    MeasurementChange,
    MoveChange,
    ResultChange,
    RowChange,
    SpellChange,
    StayChange,
)
from projections.whatif.unfit import Unfit, unknown, validated

_F = TypeVar("_F", Stayed, Spell, Measured, Move)
PersonsFact = StayChange | SpellChange | MeasurementChange | MoveChange
People = Mapping[SubjectRef, Person]
Into = Mapping[SubjectRef, SubjectRef]
"""Whom those who were merged count as."""
SpellsAt = Mapping[SubjectRef, Mapping[str, Position]]
_SOMEBODY = "person enrolled in {agreement} as"


def with_facts(
    facts: AgreementFacts,
    into: Into,
    spells: SpellsAt,
    changes: Sequence[tuple[int, AnyFact]],
) -> AgreementFacts:
    """The facts with changes made, in their order; `spells` is where spells were recorded.

    People who were merged `into` others are apart in both, and each of their pseudonyms means the
    person.

    Raises:
        Unfit: if a change names what is not there, or makes what cannot be.
    """
    people, cohorts = dict(facts.people), dict(facts.cohorts)
    for number, change in changes:
        if isinstance(change, ResultChange):
            known = _results(cohorts.get(change.cohort, ()), change)
            (found,) = _changed(number, change, [known], _result)
            cohorts[change.cohort] = tuple(each for each, _ in found)
            continue
        subject = SubjectRef(change.person)
        if subject in facts.erased:
            raise Unfit(number, f"{subject} is erased; nothing can be supposed of the person")
        if isinstance(change, EnrolmentChange):
            _enrolment(number, change, people, into)
            continue
        told = _told_under(number, change, people, into)
        people |= {each.subject: each for each in _person(number, change, told, spells)}
    return replace(facts, people=people, cohorts=cohorts)


def recorded_at(
    number: int, change: RowChange, facts: AgreementFacts, state: AgreementState
) -> list[Position]:
    """Where the fact was recorded that a change replaces or removes, under each pseudonym.

    Raises:
        Unfit: if there is none such, or more than one under one pseudonym.
    """
    if isinstance(change, ResultChange):
        return _meant(number, change, [_results(facts.cohorts.get(change.cohort, ()), change)])
    told = _told_under(number, change, facts.people, state.merged_into)
    match change:
        case StayChange():
            return _meant(number, change, [_stays(change, each) for each in told])
        case SpellChange():
            known = spells_at(state)
            return _meant(number, change, [_spells(change, each, known) for each in told])
        case MeasurementChange():
            return _meant(number, change, [_readings(change, each) for each in told])
        case EnrolmentChange():
            return [each.at for each in told]


def _told_under(
    number: int, change: PersonsFact | EnrolmentChange, people: People, into: Into
) -> list[Person]:
    """The person that a change names, under each pseudonym: first the one that is named.

    Raises:
        Unfit: if nobody is enrolled under that.
    """
    subject = SubjectRef(change.person)
    if subject not in people:
        raise unknown(number, _SOMEBODY.format(agreement=change.agreement), subject, people)
    kept = into.get(subject, subject)
    same = (each for each in people if into.get(each, each) == kept)
    return [people[each] for each in sorted(same, key=lambda each: each != subject)]


def _person(
    number: int, change: PersonsFact, told: Sequence[Person], known_spells: SpellsAt
) -> list[Person]:
    """One person, under each pseudonym, with one fact changed."""
    match change:
        case StayChange():
            stays = _changed(number, change, [_stays(change, each) for each in told], stay_of)
            return [
                replace(p, stays=_facts(each), stays_at=tuple(at for _, at in each))
                for p, each in zip(told, stays, strict=True)
            ]
        case SpellChange():
            known = [_spells(change, each, known_spells) for each in told]
            spells = _changed(number, change, known, _spell)
            return [replace(p, spells=_facts(s)) for p, s in zip(told, spells, strict=True)]
        case MeasurementChange():
            readings = [_readings(change, each) for each in told]
            measured = _changed(number, change, readings, _measured)
            return [replace(p, measured=_facts(m)) for p, m in zip(told, measured, strict=True)]
        case MoveChange():
            moves = _changed(number, change, [_moves(change, each) for each in told], _move)
            ordered = [moves_in_order(_facts(each)) for each in moves]
            return [replace(p, moves=each) for p, each in zip(told, ordered, strict=True)]


def _facts(found: Sequence[tuple[_F, Position]]) -> tuple[_F, ...]:
    return tuple(each for each, _ in found)


_Known = Sequence[tuple[_F, Position, bool]]
"""Facts of one kind, where each was recorded, and whether it is the one that is meant."""


def _stays(change: StayChange, person: Person) -> _Known[Stayed]:
    return [
        (stay, at, at == change.at if change.at else stay.stay == change.stay)
        for stay, at in zip(person.stays, person.stays_at, strict=True)
    ]


def _spells(change: SpellChange, person: Person, known: SpellsAt) -> _Known[Spell]:
    own = known.get(person.subject, {})
    wanted = change.at or (own.get(change.spell) if change.spell else None)
    return [(each, each.at, each.at == wanted) for each in person.spells]


def _readings(change: MeasurementChange, person: Person) -> _Known[Measured]:
    return [(each, each.at, _is_meant(each, change)) for each in person.measured]


def _is_meant(measured: Measured, change: MeasurementChange) -> bool:
    if change.at is not None:
        return measured.at == change.at
    if measured.indicator != change.indicator:
        return False
    if change.milestone_months is not None:
        return measured.months == change.milestone_months
    return measured.measured_on == change.measured_on


def _moves(change: MoveChange, person: Person) -> _Known[Move]:
    return [
        (each, each.at, each.at == change.at if change.at else each.on == change.moved_on)
        for each in person.moves
    ]


def _results(known: Sequence[Measured], change: ResultChange) -> _Known[Measured]:
    own = (change.indicator, change.measured_on)
    return [
        (
            each,
            each.at,
            each.at == change.at if change.at else (each.indicator, each.measured_on) == own,
        )
        for each in known
    ]


_C = TypeVar("_C", bound=FactChange)


def _changed(
    number: int,
    change: _C,
    known: Sequence[_Known[_F]],
    made: Callable[[int, _C, _F | None], _F],
) -> list[list[tuple[_F, Position]]]:
    """Facts, of a person under each pseudonym, with one added, replaced or removed.

    One that is added is told under the first; one that was told under several is changed in each.
    """
    if change.do is Do.ADD:
        if any(meant for each in known for *_, meant in each):
            what, by = _told(change)
            raise Unfit(number, f"the {what} {by} is recorded; say replace, or name it otherwise")
        kept = [[(fact, at) for fact, at, _ in each] for each in known]
        kept[0].append((made(number, change, None), NOWHERE))
        return kept
    _meant(number, change, known)
    gone = change.do is Do.REMOVE
    return [
        [
            (made(number, change, fact) if meant else fact, at)
            for fact, at, meant in each
            if not (meant and gone)
        ]
        for each in known
    ]


def _meant(number: int, change: FactChange, known: Sequence[_Known[_F]]) -> list[Position]:
    """Where the one that is meant was recorded, under each pseudonym."""
    fits = [[at for _, at, meant in own if meant] for own in known]
    found = [at for each in fits for at in each]
    if found and all(len(each) <= 1 for each in fits):
        return found
    what, by = _told(change)
    told = "is not one only of" if found else "is not recorded of"
    owner = getattr(change, "person", None) or getattr(change, "cohort", "")
    positions = ", ".join(f"{at}" for own in known for _, at, _ in own)
    hint = f"; name it by one of the positions {positions}" if positions else ""
    raise Unfit(number, f"the {what} {by} {told} {owner}{hint}")


def _told(change: FactChange) -> tuple[str, str]:
    """What a change is of, and by what it names it."""
    by = f"at {change.at}" if change.at else ", ".join(str(getattr(change, k)) for k in change.key)
    return str(getattr(change, "kind", "fact")), by


_OF_STAY = ("stay", "shelter", "admitted", "discharged")


def stay_of(number: int, change: StayChange, before: Stayed | None) -> Stay:
    """The stay that a change makes of one, or adds."""
    given = change.given(*_OF_STAY)
    kept = {name: getattr(before, name) for name in _OF_STAY} if before else {}
    return validated(number, lambda: Stay.model_validate({**kept, **given}))


def _spell(number: int, change: SpellChange, before: Spell | None) -> Spell:
    found = _over(Spell, change.given("indicator", "started", "ended"), before)
    if found.ended is not None and found.ended < found.started:
        raise Unfit(number, f"ended {found.ended} is before started {found.started}")
    return found


def _measured(number: int, change: MeasurementChange, before: Measured | None) -> Measured:
    del number
    given = change.given("indicator", "measured_on", "value")
    if change.milestone_months is not None:
        given["months"] = change.milestone_months
    return _over(Measured, given, before)


def _result(number: int, change: ResultChange, before: Measured | None) -> Measured:
    del number
    return _over(Measured, change.given("indicator", "measured_on", "value"), before)


def _move(number: int, change: MoveChange, before: Move | None) -> Move:
    """The move that a change makes of one, or adds; where the person lived is not told yet."""
    del number
    told = {"on": change.moved_on, "after": change.municipality}
    given = {name: each for name, each in told.items() if each is not None}
    return _over(Move, given if before else {"before": "", **given}, before)


_D = TypeVar("_D", Spell, Measured, Move)


def _over(kind: type[_D], given: Mapping[str, Any], before: _D | None) -> _D:
    kept = before._asdict() if before else {}
    return kind(**{**kept, **given})


def _enrolment(
    number: int, change: EnrolmentChange, people: dict[SubjectRef, Person], into: Into
) -> None:
    """Somebody enrolled, not enrolled, or enrolled otherwise."""
    subject = SubjectRef(change.person)
    given = change.given("enrolled_on", "group", "referred_on", "born_on", "register_until")
    if change.do is Do.ADD:
        if subject in people:
            raise Unfit(number, f"{subject} is enrolled; say replace, or make up another pseudonym")
        until = max((each.register_until for each in people.values()), default=NOT_KNOWN_YET)
        people[subject] = Person(**{"subject": subject, "register_until": until, **given})
        return
    for each in _told_under(number, change, people, into):
        if change.do is Do.REMOVE:
            del people[each.subject]
        else:
            people[each.subject] = replace(each, **given)


def day_of(text: str) -> date | None:
    """A day written as 2023-10-01; None if it is something else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
