"""People who moved, as it might have been: each move from where the person lived till then.

A move tells where a person lived before, which is where the move before it went. So if one of them
was otherwise, it is told anew with all that come after it, as it would have to be recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ledger.decide.refusal import Refusal
from ledger.decide.subjects import moves_from
from ledger.metrics.facts import Move
from ledger.model import SubjectRef
from ledger.policy.assess import AgreementFacts
from projections.whatif.facts import Into
from projections.whatif.scenario import AnyFact, MoveChange
from projections.whatif.unfit import Unfit


def chained(
    recorded: AgreementFacts,
    facts: AgreementFacts,
    changes: Sequence[tuple[int, AnyFact]],
    into: Into,
) -> AgreementFacts:
    """The facts with moves that were changed, and those after them, told anew under their terms.

    People are one in both, and `into` tells whom those count as who were merged.

    Raises:
        Unfit: if one of them could not be recorded.
    """
    people = dict(facts.people)
    for subject, number in moved(changes, into).items():
        # Of somebody who is not enrolled in the end, nothing is told.
        if subject in people:
            known = recorded.people[subject].moves if subject in recorded.people else ()
            after = people[subject].moves
            kept = alike(known, after)
            told = [*known[:kept]]
            for each in after[kept:]:
                told.append(_told(number, subject, facts, told, each))
            people[subject] = replace(people[subject], moves=tuple(told))
    return replace(facts, people=people)


def moved(changes: Sequence[tuple[int, AnyFact]], into: Into) -> dict[SubjectRef, int]:
    """Those whose moves are changed, and the last change that does it."""
    return {
        into.get(SubjectRef(change.person), SubjectRef(change.person)): number
        for number, change in changes
        if isinstance(change, MoveChange)
    }


def alike(one: Sequence[Move], other: Sequence[Move]) -> int:
    """How many moves two people, or one as supposed, have in common from the first on."""
    count = 0
    while count < min(len(one), len(other)) and _same(one[count], other[count]):
        count += 1
    return count


def _same(one: Move, other: Move) -> bool:
    return (one.on, one.after) == (other.on, other.after)


def _told(
    number: int, subject: SubjectRef, facts: AgreementFacts, before: Sequence[Move], move: Move
) -> Move:
    """A move as it would be recorded after those before it."""
    if before and before[-1].on == move.on:
        message = f"{subject} moves to {before[-1].after} and to {move.after} on {move.on}; say one"
        raise Unfit(number, message)
    newest = facts.amendments[-1].terms if facts.amendments else facts.terms
    try:
        home = moves_from(facts.terms, newest, before, move.after, move.on)
    except Refusal as refused:
        message = f"the move of {subject} on {move.on}: {refused}"
        raise Unfit(number, message) from None
    return move._replace(before=home)
