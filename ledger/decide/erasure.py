"""Erasing a person: when it may be done, and what would be lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ledger import events as e
from ledger.decide import assessment
from ledger.decide.assessment import claim_id
from ledger.decide.decision import New, agreement_stream, numbered
from ledger.decide.refusal import OutOfOrder
from ledger.decide.state import AgreementState, LawState
from ledger.events import PaymentItem
from ledger.model import SubjectRef
from ledger.money import ZERO, Amount


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Claims of one person that are not decided, and those decided but not paid."""

    undecided: tuple[str, ...]
    unpaid: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.undecided or self.unpaid)


def unfinished(law: LawState, state: AgreementState, subject: SubjectRef, on: date) -> Unfinished:
    """What is open for a person: outcomes up to the agreement's end, and what is owed for others.

    Raises:
        LookupError: if something has no price, such as a night.
        OutOfOrder: if the facts of others cannot be opened.
    """
    made = (each.until for _, each in state.assessments)
    until = max(on, state.terms.ends_on, *made)
    found, own = assessment.run(law, state, until), set(state.same_as(subject))
    open_ = [each for each in found.waiting if each.subject in own]
    open_ += [
        each.outcome for each in assessment.changed(state, found) if each.outcome.subject in own
    ]
    undecided = tuple(sorted(claim_id(state.agreement, each) for each in open_))
    return Unfinished(undecided, _unpaid(state, subject))


def _unpaid(state: AgreementState, subject: SubjectRef) -> tuple[str, ...]:
    """Claims of a person of which something is still to be paid, or to be set off."""
    people = set(state.same_as(subject))
    own = {name for name, claim in state.claims.items() if claim.outcome.subject in people}
    owed: dict[tuple[str, object], Amount] = defaultdict(lambda: ZERO)
    for place, items in _open_places(state):
        for item in items:
            for claim in state.claims_of(item):
                owed[claim, place] += item.amount
    return tuple(sorted({claim for (claim, _), amount in owed.items() if amount} & own))


def _open_places(state: AgreementState) -> Iterator[tuple[object, Sequence[PaymentItem]]]:
    """Where something is still to be paid, set off or paid back, and what it is made of."""
    yield from state.unproposed.items()
    for name, payment in state.payments.items():
        if payment.settled_at is None and payment.over is None:
            yield name, payment.proposed.items
    for name, demand in state.demands.items():
        if demand.outstanding:
            yield name, demand.demanded.items


def erase(
    law: LawState,
    state: AgreementState,
    subject: SubjectRef,
    reason: str,
    on: date,
    *,
    even_though_undecided: bool = False,
) -> list[New]:
    """The erasing of a person who is enrolled and not erased.

    Raises:
        OutOfOrder: if outcomes of the person are undecided or unpaid, unless that is accepted.
    """
    if not even_though_undecided:
        left = unfinished(law, state, subject, on)
        if left:
            raise OutOfOrder(_what_is_lost(subject, left))
    events = [
        (on, e.SubjectErased(subject=each, reason=reason))
        for each in sorted(state.same_as(subject), key=lambda each: each != subject)
    ]
    return numbered(agreement_stream(state.agreement), state.version, events)


def _what_is_lost(subject: SubjectRef, left: Unfinished) -> str:
    """What stands against erasing, and what to do."""
    parts = []
    if left.undecided:
        names = ", ".join(left.undecided)
        parts.append(f"undecided: {names}; nothing more can ever be decided for an erased person")
    if left.unpaid:
        names = ", ".join(left.unpaid)
        parts.append(f"not paid yet: {names}; these stay owed, but nobody can see how they arose")
    return (
        f"{subject} has unfinished outcomes ({'; '.join(parts)}); assess and pay them first, or "
        "give --even-though-undecided"
    )
