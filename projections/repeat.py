"""Decisions made again from what was known: they must be those that were recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from ledger.decide import adjustment
from ledger.decide.assessment import decide
from ledger.decide.decision import agreement_stream
from ledger.decide.guarantee import call
from ledger.decide.payment import propose
from ledger.decide.refusal import Refusal
from ledger.decide.state import AgreementState, LawState, as_recorded
from ledger.events import (
    AdjustmentDecided,
    AssessmentMade,
    EntitlementCalculated,
    Event,
    GuaranteeCalled,
    OutcomeDecided,
    PaymentProposed,
    Recorded,
    SubjectErased,
)
from ledger.metrics.base import NoPriceError
from ledger.model import SubjectRef
from ledger.money import ZERO
from ledger.policy import VERSION
from ledger.policy.entitlement import divided_again
from ledger.policy.given import Given, OutcomeKey
from ledger.service import Ledger
from ledger.shelter.nights import NoTariffError
from projections.verification import Check, Fault, Kind, Verification


def not_as_decided(
    ledger: Ledger, name: str, erased: Mapping[SubjectRef, date], result: Verification
) -> Iterator[Fault]:
    """Every assessment and proposal of an agreement, made again.

    Those who are erased now were so for this reader all the time; `readable_then` are those of them
    who were not erased yet when an assessment was made.
    """
    events = list(ledger.read(agreement_stream(name)))
    laws = ledger.law_events()
    law, state, taken = LawState(), AgreementState(name, erased=dict(erased)), 0
    readable_then = set(erased)
    assessed: set[str] = set()
    for index, recorded in enumerate(events):
        first_of_command = index == 0 or events[index - 1].command != recorded.command
        message = _decide_again(state, recorded, events[index:]) if first_of_command else None
        if message is None and isinstance(recorded.event, GuaranteeCalled):
            message = _call_again(state, recorded)
        if message is not None:
            yield Fault(Check.DECISIONS, Kind.ALTERED, recorded.position, message)
        if isinstance(recorded.event, AssessmentMade):
            while taken < len(laws) and laws[taken].position <= recorded.event.facts_to:
                law.apply(laws[taken])
                taken += 1
            result.assessments += 1
            assessed.add(recorded.command)
            again = _Again(law, state, readable_then & state.pseudonyms)
            found = again.repeat(recorded, recorded.event, events[index:])
            if found is not None:
                yield Fault(Check.DECISIONS, found[0], recorded.position, found[1])
        yield from _decided_alone(recorded, assessed)
        if isinstance(recorded.event, SubjectErased):
            readable_then.discard(recorded.event.subject)
        state.apply(recorded)


def _decide_again(
    state: AgreementState, recorded: Recorded, following: list[Recorded]
) -> str | None:
    """What differs when payments or an adjustment are decided again; None if nothing."""
    if isinstance(recorded.event, PaymentProposed):
        return _propose_again(state, recorded, following)
    if isinstance(recorded.event, AdjustmentDecided):
        return _adjust_again(state, recorded, following)
    return None


def _decided_alone(recorded: Recorded, assessed: set[str]) -> Iterator[Fault]:
    """A decision that is in none of the commands that assessed: nothing else would repeat it."""
    event = recorded.event
    if not isinstance(event, OutcomeDecided | EntitlementCalculated):
        return
    if recorded.command not in assessed:
        message = f"{event.claim} was decided by no assessment"
        yield Fault(Check.DECISIONS, Kind.ALTERED, recorded.position, message)


def _propose_again(
    state: AgreementState, recorded: Recorded, following: list[Recorded]
) -> str | None:
    """What differs when payments are proposed again from what was owed; None if nothing."""
    same_command = [each.event for each in following if each.command == recorded.command]
    again = [new.event for new in propose(state, recorded.effective_on)[0]]
    return None if again == same_command else "what was owed then gives other payments"


def _call_again(state: AgreementState, recorded: Recorded) -> str | None:
    """What differs when a guarantee is called again on the losses of then; None if nothing."""
    try:
        again = [new.event for new in call(state, recorded.effective_on)]
    except Refusal as refusal:
        return f"the guarantee could not be called: {refusal}"
    return None if again[-1] == recorded.event else "the losses of then give another call"


def _adjust_again(
    state: AgreementState, recorded: Recorded, following: list[Recorded]
) -> str | None:
    """What differs when an adjustment is decided again as it was proposed; None if nothing."""
    same_command = [each.event for each in following if each.command == recorded.command]
    assert isinstance(recorded.event, AdjustmentDecided)
    name, on = recorded.event.adjustment, recorded.effective_on
    try:
        news = adjustment.decide(state, name, recorded.actor, on, recorded.position)
    except Refusal as refusal:
        return f"the adjustment could not be decided: {refusal}"
    return None if [new.event for new in news] == same_command else "another adjustment was asked"


@dataclass(frozen=True, slots=True)
class _Again:
    """The facts that an assessment had, but for those of people who were erased since.

    What was decided of these is taken from the events: which outcomes, and what each payer owes.
    Everything that follows from it is repeated: order, sums, division among investors, differences.
    """

    law: LawState
    state: AgreementState
    erased_since: set[SubjectRef]

    def repeat(
        self, recorded: Recorded, made: AssessmentMade, following: list[Recorded]
    ) -> tuple[Kind, str] | None:
        """What differs when an assessment is made again on the same facts; None if nothing."""
        if made.policy_version != VERSION:
            return Kind.UNVERIFIABLE, (
                f"{made.assessment} was made by policy version {made.policy_version}, "
                f"this program has {VERSION}; verify it with the program of that version"
            )
        same_command = [each.event for each in following if each.command == recorded.command]
        taken = self._taken(same_command)
        try:
            news = decide(self.law, self.state, made.until, made.facts_to, taken)
        except (NoTariffError, NoPriceError) as error:
            return Kind.ALTERED, f"{made.assessment} cannot be repeated: {error}"
        again = [self._comparable(new.event, made) for new in news]
        recorded_then = [self._comparable(event, made) for event in same_command]
        if self.erased_since:
            # What was withdrawn came last; of the erased nobody can tell any more that it was.
            again, recorded_then = _by_claim(again), _by_claim(recorded_then)
        if again != recorded_then:
            message = f"{made.assessment}: policy on the recorded facts gives other decisions"
            return Kind.ALTERED, message
        judged_by = {
            each.claim: each.terms_version
            for each in same_command
            if isinstance(each, OutcomeDecided)
        }
        if any(self._over_a_cap(event, judged_by) for event in same_command):
            message = f"{made.assessment}: what is owed for an erased person is above a cap"
            return Kind.ALTERED, message
        return None

    def _over_a_cap(self, event: Event, versions: Mapping[str, int]) -> bool:
        """Whether an entitlement that was taken as it is leaves more spent than a cap allows."""
        if not isinstance(event, EntitlementCalculated) or event.subject not in self.erased_since:
            return False
        spent = {"person": event.person_total, "agreement": event.agreement_total}
        return event.total > ZERO and any(
            cap.limit is not None and spent.get(cap.scope, ZERO) > cap.limit
            for cap in self.state.all_terms[versions[event.claim] - 1].caps
        )

    def _taken(self, events: list[Event]) -> dict[OutcomeKey, Given]:
        """What was decided of people who were erased since, by the events of one command."""
        entitled = {
            event.claim: event for event in events if isinstance(event, EntitlementCalculated)
        }
        return {
            found.outcome.identity: found
            for event in events
            if isinstance(event, OutcomeDecided) and event.subject in self.erased_since
            for found in [self._given(event, entitled.get(event.claim))]
        }

    def _given(self, outcome: OutcomeDecided, entitled: EntitlementCalculated | None) -> Given:
        if entitled is None:
            return as_recorded(outcome, ())
        capital = {position for position, _ in self.state.capital}
        facts = tuple(position for position in entitled.based_on if position not in capital)
        found = as_recorded(outcome, entitled.parts, entitled.gains, facts)
        paid_in = [paid for _, paid in self.state.capital]
        terms = self.state.all_terms[outcome.terms_version - 1]
        return replace(found, parts=divided_again(terms, found, paid_in))

    def _comparable(self, event: Event, made: AssessmentMade) -> Event:
        """An event without what nobody can know any more once people are erased."""
        if not self.erased_since:
            return event
        match event:
            case EntitlementCalculated(subject=subject) if subject in self.erased_since:
                return event.model_copy(update={"working": None})
            case AssessmentMade(waiting=waiting) if waiting <= made.waiting:
                # How many outcomes of theirs were waiting then.
                return event.model_copy(update={"waiting": made.waiting})
            case _:
                return event


def _by_claim(events: list[Event]) -> list[Event]:
    """Decisions in order of their claims, without the places that follow from their order."""
    decided = (OutcomeDecided, EntitlementCalculated)
    pairs = sorted(
        (event for event in events if isinstance(event, decided)),
        key=lambda event: (event.claim, event.topic),
    )
    rest = [event for event in events if not isinstance(event, decided)]
    return rest + [
        event.model_copy(update={"outcome_at": 0})
        if isinstance(event, EntitlementCalculated)
        else event
        for event in pairs
    ]
