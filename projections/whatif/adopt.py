"""How a scenario becomes what is recorded: ordinary commands, each for who has the duty.

Nothing is recorded here. The commands are rehearsed on what is known, so that none is proposed that
would be refused, and policy is asked whether all of them together come to what was supposed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from ledger.dates import danish_day
from ledger.decide.agreement import struck_out
from ledger.decide.corrections import FactRow
from ledger.decide.decision import agreement_stream
from ledger.decide.facts_state import as_one
from ledger.decide.rows import EnrolmentRow, MeasurementRow, ResultRow, SpellRow, StayRow
from ledger.decide.state import AgreementState, LawState
from ledger.decide.subjects import moves_of
from ledger.events import Recorded
from ledger.facts import TimeSpell
from ledger.metrics.facts import Move
from ledger.model import Position, SubjectRef
from ledger.service import Ledger
from projections.moment import Stamp
from projections.whatif.facts import recorded_at, stay_of, with_facts
from projections.whatif.folded import fold
from projections.whatif.fund import Known
from projections.whatif.moves import alike, chained, moved
from projections.whatif.overlay import supposed, supposed_law
from projections.whatif.rehearsal import Rehearsal
from projections.whatif.replay import replay
from projections.whatif.scenario import (
    Do,
    EnrolmentChange,
    MeasurementChange,
    MoveChange,
    ResultChange,
    RowChange,
    Scenario,
    SpellChange,
    StayChange,
    TariffChange,
)
from projections.whatif.standing import Standing, Standings
from projections.whatif.steps import (
    Amend,
    Assess,
    CorrectFact,
    Enact,
    Step,
    TellFacts,
    TellMove,
    TellTariffs,
    VoidFact,
)
from projections.whatif.terms import touches, with_terms
from projections.whatif.unfit import Unfit, validated


@dataclass(slots=True)
class Plan:
    """The commands that adopt a scenario, in the order in which they can be given.

    `otherwise` are the claims that would not stand as the scenario says, for what is recorded now
    is not the same as what had been so.
    """

    steps: list[Step] = field(default_factory=list)
    otherwise: list[str] = field(default_factory=list)


def plan(
    ledger: Ledger,
    scenario: Scenario,
    at: Stamp,
    changed: Iterable[str],
    reason: str,
    told: Callable[[int], None] = lambda _: None,
) -> Plan:
    """How to adopt a scenario under which some agreements' outcomes change.

    Raises:
        ledger.decide.refusal.Refusal: if it does not fit, or something of it cannot be recorded.
    """
    _refuse_what_cannot_be(scenario)
    with closing(Known.at(ledger, Position(at.position))) as known:
        return _planned(known, scenario, changed, reason, told)


def _planned(
    known: Known,
    scenario: Scenario,
    changed: Iterable[str],
    reason: str,
    told: Callable[[int], None],
) -> Plan:
    law = supposed_law(scenario, known.law)
    today = danish_day(known.ledger.clock())
    rehearsal = Rehearsal(known.law, known.position, today, reason)
    enacted = [*_enacted(law, known.law, today)]
    then: list[Step] = [*enacted]
    found = Plan()
    for tariffs in _tariffs(scenario, law):
        rehearsal.tariffs(tariffs.tariffs, fresh=tariffs.fresh)
        found.steps.append(tariffs)
    changed, own = {*changed}, {*_touched(known.ledger, scenario)}
    for name in sorted({*changed, *own}):
        before = len(found.steps)
        if name in own:
            events = _Events(known.ledger, known.position, known.state(name))
            until = _adopt(found, scenario, law, rehearsal, events)
        else:
            folded = known.agreement(name)
            until = folded.assessed if folded else None
        if until is not None and (name in changed or len(found.steps) > before):
            then.append(Assess(name, until))
        told(1)
    for table in enacted:
        rehearsal.enact(table.table, drop=table.drop)
    found.steps += then
    return found


def _refuse_what_cannot_be(scenario: Scenario) -> None:
    """Refuse what no command can record.

    Raises:
        Unfit: if there is something of the kind.
    """
    for number, change in scenario.law:
        if isinstance(change, TariffChange):
            if change.do is Do.REMOVE:
                message = "a tariff that was told stays; replace it by one with other amounts"
                raise Unfit(number, message)
        elif change.had_been:
            message = (
                "what was known of the law when agreements were signed cannot be recorded now; "
                "leave had_been out, or amend the agreements"
            )
            raise Unfit(number, message)
    for number, fact in scenario.facts:
        if isinstance(fact, EnrolmentChange) and fact.register_until is not None:
            message = "how far the register reaches is told by `ofl import stays --covers-until`"
            raise Unfit(number, message)
    new = {
        (fact.agreement, fact.person)
        for _, fact in scenario.facts
        if isinstance(fact, EnrolmentChange) and fact.do is Do.ADD
    }
    for number, fact in scenario.facts:
        if isinstance(fact, MoveChange) and (fact.agreement, fact.person) in new:
            message = (
                f"{fact.person} has no pseudonym before the enrolment is recorded; adopt that, "
                "then write the move with the pseudonym that `ofl subject find` tells"
            )
            raise Unfit(number, message)


def _touched(ledger: Ledger, scenario: Scenario) -> Iterator[str]:
    """The agreements whose terms or facts may be changed."""
    prefix = agreement_stream("")
    named = {fact.agreement for _, fact in scenario.facts}
    for stream in ledger.log.streams(prefix):
        name = stream.removeprefix(prefix)
        if name in named or any(touches(change, name) for _, change in scenario.terms):
            yield name


def _tariffs(scenario: Scenario, law: LawState) -> Iterator[TellTariffs]:
    """The tariffs that the scenario changes, as it supposes them: first those never told."""
    changed: dict[tuple[str, date], Do] = {}
    for _, change in scenario.law:
        if isinstance(change, TariffChange):
            changed.setdefault((change.shelter, change.valid_from), change.do)
    for do in (Do.ADD, Do.REPLACE):
        found = [
            next(each for each in law.tariffs[shelter] if each.valid_from == valid_from)
            for (shelter, valid_from), first in changed.items()
            if first is do
        ]
        if found:
            yield TellTariffs(tuple(found), fresh=do is Do.ADD)


def _enacted(law: LawState, known: LawState, today: date) -> Iterator[Enact]:
    """The tables of rules that are supposed to be others."""
    for name, (_, table) in law.rules.items():
        before = known.rules[name][1]
        if table != before:
            yield Enact(table, drop=bool(struck_out(before, table, today)))


# --- one agreement ----------------------------------------------------------------------------


@dataclass(slots=True)
class _Events:
    """An agreement, and the events that its facts were recorded by."""

    ledger: Ledger
    last: int
    state: AgreementState
    _read: dict[Position, Recorded] = field(default_factory=dict)

    def at(self, number: int, position: Position) -> Recorded:
        """The event at a position.

        Raises:
            Unfit: if it is one that the scenario itself would record.
        """
        if position > self.last:
            message = "an item before changes the same fact; write both as one"
            raise Unfit(number, message)
        if not self._read:
            stream = agreement_stream(self.state.agreement)
            self._read = {each.position: each for each in self.ledger.read(stream)}
        return self._read[position]


def _adopt(
    found: Plan, scenario: Scenario, law: LawState, rehearsal: Rehearsal, events: _Events
) -> date | None:
    """Add the steps in one agreement, and the claims in it that would stand otherwise.

    Answers until which day it is assessed; None if it never was.
    """
    state, before = events.state, len(found.steps)
    if state.signed is None:
        return None
    folded = fold(state, rehearsal.law)
    wanted: Standings = {}
    if folded.assessed is not None:
        supposed_facts = supposed(scenario, law, folded).facts
        wanted = replay(folded, supposed_facts, folded.assessed).standings
    for amendment in _amended(scenario, rehearsal.law, state):
        rehearsal.amend(state, amendment.terms, amendment.effective_on)
        found.steps.append(amendment)
    found.steps += _facts(scenario, rehearsal, events)
    if folded.assessed is not None and len(found.steps) > before:
        adopted = fold(state, rehearsal.law)
        facts = adopted.facts(rehearsal.law_with(law.rules))
        comes_to = replay(adopted, facts, folded.assessed).standings
        found.otherwise += [
            claim
            for claim in sorted(wanted.keys() | comes_to.keys())
            if not _same(wanted.get(claim), comes_to.get(claim))
        ]
    return folded.assessed


def _same(one: Standing | None, other: Standing | None) -> bool:
    return one is other if one is None else one.same(other)


def _amended(scenario: Scenario, law: LawState, state: AgreementState) -> Iterator[Amend]:
    """The versions of the terms that are others, and those after them: the last one told counts."""
    facts = state.facts(law)
    after, _ = with_terms(facts, scenario.terms)
    starts_on = facts.terms.starts_on
    now = [(facts.terms, starts_on), *((a.terms, a.effective_on) for a in facts.amendments)]
    then = [(after.terms, starts_on), *((a.terms, a.effective_on) for a in after.amendments)]
    alike = 0
    while alike < min(len(now), len(then)) and now[alike] == then[alike]:
        alike += 1
    for terms, on in then[alike:]:
        yield Amend(terms, on)


def _facts(scenario: Scenario, rehearsal: Rehearsal, events: _Events) -> Iterator[Step]:
    """The changes of facts: who moved, what was wrong, who is enrolled, what was never told."""
    state = events.state
    of_it = [(n, each) for n, each in scenario.facts if each.agreement == state.agreement]
    yield from _moves(
        [(n, each) for n, each in of_it if isinstance(each, MoveChange)], rehearsal, events
    )
    own = [(n, each) for n, each in of_it if not isinstance(each, MoveChange)]
    for number, change in own:
        if change.do is not Do.ADD:
            yield from _set_right(number, change, rehearsal, events)
    added = [(n, each) for n, each in own if each.do is Do.ADD]
    people = [each for each in added if isinstance(each[1], EnrolmentChange)]
    yield from _told(people, rehearsal, state)
    yield from _told([each for each in added if each not in people], rehearsal, state)


def _moves(
    changes: Sequence[tuple[int, MoveChange]], rehearsal: Rehearsal, events: _Events
) -> Iterator[VoidFact | TellMove]:
    """Moves told anew from the first that is otherwise, when those recorded are voided."""
    state = events.state
    if not changes:
        return
    now = state.facts(rehearsal.law)
    told, into = replace(now, people=state.apart()), state.merged_into
    changed = replace(now, people=as_one(with_facts(told, into, {}, changes).people, into))
    then = chained(now, changed, changes, into)
    for subject, number in moved(changes, into).items():
        known, after = now.people[subject].moves, then.people[subject].moves
        kept = alike(known, after)
        for each in reversed(_told_from(state, known[:kept], subject)):
            rehearsal.void(number, state, events.at(number, each.at))
            yield VoidFact(state.agreement, each.at)
        for each in after[kept:]:
            rehearsal.move(number, state, subject, each.after, each.on)
            yield TellMove(subject, each.after, each.on)


def _told_from(
    state: AgreementState, kept: Sequence[Move], subject: SubjectRef
) -> tuple[Move, ...]:
    """The moves of a person but those kept, and but their like: one may be told twice."""
    stand = {(each.on, each.after) for each in kept}
    return tuple(e for e in moves_of(state, subject) if (e.on, e.after) not in stand)


def _told(
    added: Sequence[tuple[int, RowChange]], rehearsal: Rehearsal, state: AgreementState
) -> Iterator[TellFacts]:
    """Facts that were never told, one step for each kind."""
    kinds: dict[type[FactRow], list[FactRow]] = {}
    for number, change in added:
        row = _row(number, change, None)
        rehearsal.tell(number, state, row)
        kinds.setdefault(type(row), []).append(row)
    for rows in kinds.values():
        yield TellFacts(tuple(rows))


def _set_right(
    number: int, change: RowChange, rehearsal: Rehearsal, events: _Events
) -> Iterator[CorrectFact | VoidFact]:
    """A fact that was recorded, corrected or voided; nothing if it says just that."""
    state = events.state
    told = replace(state.facts(rehearsal.law), people=state.apart())
    for position in recorded_at(number, change, told, state):
        recorded = events.at(number, position)
        if change.do is Do.REMOVE:
            rehearsal.void(number, state, recorded)
            yield VoidFact(state.agreement, position)
            continue
        before = rehearsal.row_of(number, state, recorded)
        after = _row(number, change, before)
        if after != before:
            rehearsal.correct(number, state, recorded, after)
            yield CorrectFact(state.agreement, position, before, after)


def _row(number: int, change: RowChange, before: FactRow | None) -> FactRow:
    """The row of a file that tells a fact as a change makes it of one, or adds it.

    Of one that is added, the person is told by the pseudonym, and nothing of who measured.
    """
    match change:
        case StayChange():
            known = before.stay if isinstance(before, StayRow) else None
            return StayRow(_who(change.person, before), stay_of(number, change, known))
        case SpellChange():
            kept = before.spell.model_dump() if isinstance(before, SpellRow) else {}
            given = change.given("spell", "indicator", "started", "ended")
            spell = validated(number, lambda: TimeSpell.model_validate({**kept, **given}))
            return SpellRow(change.agreement, _who(change.person, before), spell)
        case MeasurementChange():
            given = change.given("indicator", "milestone_months", "measured_on", "value")
            new = {"milestone_months": None, "person_id": change.person}
            return _over(MeasurementRow, change, before, {**_MEASURED, **new}, given)
        case ResultChange():
            given = change.given("indicator", "measured_on", "value")
            return _over(ResultRow, change, before, {**_MEASURED, "cohort": change.cohort}, given)
        case EnrolmentChange():
            given = change.given("enrolled_on", "group", "referred_on", "born_on")
            return _over(EnrolmentRow, change, before, {"person_id": change.person}, given)


_MEASURED = {"validator": ""}


def _who(person: str, before: FactRow | None) -> str:
    return person if before is None else ""


def _over(
    make: Callable[..., FactRow],
    change: RowChange,
    before: FactRow | None,
    fresh: Mapping[str, object],
    given: Mapping[str, Any],
) -> FactRow:
    """A row as it was with what is given in place; a fresh one if there was none."""
    if before is not None:
        return replace(before, **given)
    return make(agreement=change.agreement, **{**fresh, **given})
