"""People who were merged: apart, as their facts were told, and as the one person that policy sees.

A fact that is supposed is one of those that were told, under whichever pseudonym; what the person
then comes to, merging tells anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from ledger.decide.facts_state import as_one
from ledger.decide.state import AgreementState
from ledger.metrics.facts import Person
from ledger.model import Position, SubjectRef

People = Mapping[SubjectRef, Person]


def apart(state: AgreementState, people: People) -> People:
    """`people` of a state with those apart who were merged, each after the one it counts under."""
    if not state.merged:
        return people
    everybody = state.apart()
    return {
        ref: everybody[ref] for kept in people for ref in state.same_as(kept) if ref in everybody
    }


def merged_into(people: People) -> dict[SubjectRef, SubjectRef]:
    """Who of people apart were merged, in the order of merging, and whom each counts as.

    Only what makes two one, or two again, touches both: an odd number of times leaves them one.
    """
    touched: dict[Position, list[SubjectRef]] = defaultdict(list)
    for subject, person in people.items():
        for at in person.touched_at:
            touched[at].append(subject)
    pairs: list[list[SubjectRef]] = []
    for at in sorted(touched):
        both = touched[at]
        if both in pairs:
            pairs.remove(both)
        elif len(both) > 1:
            pairs.append(both)
    return {gone: kept for kept, gone in pairs}


def together(people: People) -> People:
    """People apart as policy sees them."""
    into = merged_into(people)
    return as_one(people, into) if into else people
