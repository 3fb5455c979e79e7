"""What stands of every outcome on supposed facts, as the same policy says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.decide.assessment import claim_id
from ledger.decide.refusal import OutOfOrder
from ledger.metrics.base import Outcome
from ledger.policy.assess import AgreementFacts, assess
from ledger.working import Owed, Working
from projections.whatif.folded import Folded
from projections.whatif.standing import Standing, Standings


@dataclass(frozen=True, slots=True)
class Replayed:
    """What would stand, and how many outcomes would wait that nothing was decided of before."""

    standings: Standings
    waiting: int


def replay(
    folded: Folded, facts: AgreementFacts, until: date, *, working: bool = False
) -> Replayed:
    """What policy would have decided on facts by a day, beside what is recorded.

    Raises:
        OutOfOrder: if a person's facts cannot be read, or something has no price.
    """
    if folded.sealed:
        message = (
            f"{folded.sealed} people of {folded.agreement} have facts that cannot be opened "
            "without the vault; ask where the vault is"
        )
        raise OutOfOrder(message)
    try:
        assessment = assess(facts, until, shown=working)
    except LookupError as error:
        message = f"{folded.agreement}: {error}"
        raise OutOfOrder(message) from None
    found: dict[str, Standing] = {}
    for each in assessment.decided:
        entitled = each.entitlement
        found[claim_id(folded.agreement, each.outcome)] = _standing(
            each.outcome,
            entitled.owed if entitled else {},
            entitled.working if entitled and working else None,
        )
    waiting = 0
    for outcome in assessment.waiting:
        name = claim_id(folded.agreement, outcome)
        if name in folded.decided:
            found[name] = _standing(outcome, {})
        else:
            waiting += 1
    for name, before in folded.decided.items():
        if name not in found:
            found[name] = _unseen(folded, before)
    return Replayed(found, waiting)


def _standing(outcome: Outcome, owed: Owed, working: Working | None = None) -> Standing:
    return Standing(
        outcome.unit,
        outcome.metric,
        outcome.key,
        outcome.period,
        outcome.achieved and outcome.waiting is None,
        owed,
        outcome.waiting,
        working,
    )


def _unseen(folded: Folded, before: Standing) -> Standing:
    """A decided outcome that the facts no longer show: not achieved, unless nobody can tell."""
    return before if before.unit in folded.own.erased else before._replace(achieved=False, owed={})


def as_decided(folded: Folded, replayed: Standings) -> dict[str, Standing]:
    """What would stand after an assessment that found so: what waits now stays as decided."""
    kept = folded.decided
    return {name: kept[name] if each.waits else each for name, each in replayed.items()}
