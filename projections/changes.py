"""Whose payment moves, by how much, and because of what: entitlements that were decided anew.

A change is because of facts that came since and that its decision rests on, as the one before did
not: a corrected measurement, a stay told late, people found to be one, other terms or law. Where
there is none, it is a knock-on: what others took of a ceiling, or left of it, in order of
achievement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from ledger import events as e
from ledger.decide.decision import agreement_stream
from ledger.events import Recorded
from ledger.model import Position
from ledger.money import Amount, total
from ledger.service import Ledger
from ledger.working import Part

_LAW = (e.AgreementAmended, e.RefundRuleEnacted, e.TariffsRecorded, e.TariffCorrected)
_TOGETHER = (e.PersonsMerged, e.PersonsUnmerged)


@dataclass(frozen=True, slots=True)
class Cause:
    """An event by which something was decided anew; `reason` is what was said with it."""

    position: Position
    topic: str
    actor: str
    recorded_at: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """An entitlement that came to another amount; of `difference`, each payer and payee its part.

    `because` are the facts behind it; without any it is a knock-on of the claims named.
    """

    position: Position
    assessment: str
    claim: str
    subject: str | None
    cohort: str | None
    metric: str
    achieved_on: date
    before: Amount
    after: Amount
    difference: tuple[Part, ...]
    because: tuple[Cause, ...]
    knock_on_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Decision:
    """What a claim came to, and the positions of the facts and of the law that it rested on."""

    total: Amount
    facts: frozenset[Position]
    law: frozenset[Position]


def changes(
    ledger: Ledger, agreement: str, since: int = 0, known: Iterable[Recorded] | None = None
) -> list[Change]:
    """The entitlements of an agreement that changed after a position, in order of decision.

    Raises:
        NotFound: if the agreement was never signed.
    """
    ledger.agreement(agreement).require_signed()
    own = list(ledger.read(agreement_stream(agreement)) if known is None else known)
    events = {each.position: each for each in [*ledger.law_events(), *own]}
    outcomes: dict[str, e.OutcomeDecided] = {}
    before: dict[str, _Decision] = {}
    found: list[Change] = []
    looked_at, seen_to = Position(0), Position(0)
    for recorded in own:
        match recorded.event:
            case e.AssessmentMade(facts_to=facts_to):
                # What was known when all was last looked at is no cause of what changes now.
                looked_at, seen_to = seen_to, facts_to
            case e.OutcomeDecided() as outcome:
                outcomes[outcome.claim] = outcome
            case e.EntitlementCalculated() as entitled:
                now = _decision(events, outcomes[entitled.claim], entitled)
                change = _change(events, recorded, before.get(entitled.claim), now, looked_at)
                if recorded.position > since and change is not None:
                    found.append(change)
                before[entitled.claim] = now
    return [_with_knock_on(change, found) for change in found]


def _decision(
    events: Mapping[Position, Recorded],
    outcome: e.OutcomeDecided,
    entitled: e.EntitlementCalculated,
) -> _Decision:
    made = events[entitled.assessed_at].event
    assert isinstance(made, e.AssessmentMade)
    law = (position for position in made.based_on if isinstance(events[position].event, _LAW))
    return _Decision(
        entitled.total,
        frozenset((*outcome.based_on, *entitled.based_on)),
        frozenset(position for position in law if _concerns(events[position], entitled)),
    )


def _concerns(recorded: Recorded, entitled: e.EntitlementCalculated) -> bool:
    """Whether terms or law can bear on an entitlement: from their day on; law on nights only."""
    match recorded.event:
        case e.AgreementAmended():
            return recorded.effective_on <= entitled.achieved_on
        case e.TariffsRecorded(tariffs=tariffs):
            first = min(tariff.valid_from for tariff in tariffs)
            return bool(entitled.gains) and first < entitled.achieved_on
        case _:
            return bool(entitled.gains) and recorded.effective_on < entitled.achieved_on


def _change(
    events: Mapping[Position, Recorded],
    recorded: Recorded,
    before: _Decision | None,
    now: _Decision,
    looked_at: Position,
) -> Change | None:
    """How an entitlement differs from the one before; None if it is new, or nothing moves."""
    entitled = recorded.event
    assert isinstance(entitled, e.EntitlementCalculated)
    known = before or _Decision(total(()), frozenset(), frozenset())
    added = sorted(now.facts - known.facts) + sorted(now.law - known.law)
    because = [events[position] for position in added if position > looked_at]
    if before is None:
        because = [each for each in because if isinstance(each.event, _TOGETHER)]
    if not entitled.difference or (before is None and not because):
        return None
    made = events[entitled.assessed_at].event
    assert isinstance(made, e.AssessmentMade)
    return Change(
        position=recorded.position,
        assessment=made.assessment,
        claim=entitled.claim,
        subject=entitled.subject,
        cohort=entitled.cohort,
        metric=entitled.metric,
        achieved_on=entitled.achieved_on,
        before=known.total,
        after=entitled.total,
        difference=entitled.difference,
        because=tuple(_cause(each) for each in because),
    )


def _cause(recorded: Recorded) -> Cause:
    reason = getattr(recorded.event, "reason", None)
    topic = recorded.event.topic
    return Cause(recorded.position, topic, recorded.actor, recorded.recorded_at, reason)


def _with_knock_on(change: Change, all_changes: Iterable[Change]) -> Change:
    """A change without a cause of its own, with the claims that were changed before its turn."""
    if change.because:
        return change
    ahead = (
        each.claim
        for each in all_changes
        if each.assessment == change.assessment
        and each.because
        and each.achieved_on <= change.achieved_on
    )
    return replace(change, knock_on_of=tuple(ahead))
