"""What stands of every outcome: as recorded, and as the same policy says on supposed facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ledger.dates import Period
from ledger.decide.assessment import claim_id
from ledger.decide.refusal import OutOfOrder
from ledger.decide.state import AgreementState, Claim, LawState
from ledger.metrics.base import ALL, Outcome, Waiting
from ledger.model import Position
from ledger.money import Amount, total
from ledger.parties import Role
from ledger.policy.assess import AgreementFacts, assess
from ledger.working import Part, Working

Payable = tuple[str, Role, str]
"""Payer, the role it pays in, payee."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of one outcome: whether it was achieved, and what each payer owes for it.

    `waits` says why it would not be decided at all; then nothing is owed.
    """

    unit: str
    metric: str
    key: str
    period: Period
    achieved: bool
    parts: tuple[Part, ...] = ()
    waits: Waiting | None = None
    working: Working | None = None

    @property
    def owed(self) -> dict[Payable, Amount]:
        """What each payer owes each investor."""
        return {(each.payer, each.role, each.payee): each.amount for each in self.parts}

    @property
    def whole(self) -> Amount:
        """What all payers owe."""
        return total(each.amount for each in self.parts)

    def same(self, other: Standing | None) -> bool:
        """Whether it comes to the same as another; a working may differ where nothing else does."""
        if other is None:
            return False
        ours = (self.achieved, self.period, self.waits)
        return ours == (other.achieved, other.period, other.waits) and self.owed == other.owed


Standings = Mapping[str, Standing]
"""By claim: every outcome that is decided, or was."""


def recorded(state: AgreementState) -> dict[str, Standing]:
    """What stands by the decisions that are recorded."""
    return {name: _as_recorded(claim) for name, claim in state.claims.items()}


def _as_recorded(claim: Claim) -> Standing:
    outcome = claim.outcome
    period = Period(outcome.period_start, outcome.period_end)
    unit = outcome.subject or outcome.cohort or ALL
    return Standing(unit, outcome.metric, outcome.key, period, claim.achieved, claim.parts)


def assessed_until(state: AgreementState) -> date | None:
    """The last day until which an agreement is assessed; None if it never was."""
    return max((made.until for _, made in state.assessments), default=None)


def last_fact(law: LawState, state: AgreementState) -> Position:
    """The last position of anything that policy may look at."""
    people = [position for position, _ in state.enrolled.values()]
    stays = [at for own in state.stays.values() for at, _ in own.values()]
    spells = [at for own in state.spells.values() for at, _ in own.values()]
    measured = [at for at, _ in (*state.readings.values(), *state.results.values())]
    rules = [law.rules[table][0] for table in state.tables if table]
    capital = [at for at, _ in state.capital]
    found = (*people, *stays, *spells, *measured, *rules, *capital, *state.register_at)
    return max((*found, *state.terms_at, *law.tariff_positions), default=Position(0))


def all_assessed(law: LawState, state: AgreementState) -> bool:
    """Whether everything that is known was known to the last assessment."""
    last = max((made.facts_to for _, made in state.assessments), default=Position(0))
    return last_fact(law, state) <= last


@dataclass(frozen=True, slots=True)
class Replayed:
    """What would stand, and how many outcomes would wait that nothing was decided of before."""

    standings: Standings
    waiting: int


def replay(
    state: AgreementState, facts: AgreementFacts, until: date, *, working: bool = False
) -> Replayed:
    """What policy would have decided on facts by a day, beside what is recorded.

    Raises:
        OutOfOrder: if a person's facts cannot be read, or something has no price.
    """
    if state.sealed:
        message = (
            f"{len(state.sealed)} people of {state.agreement} have facts that cannot be opened "
            "without the vault; ask where the vault is"
        )
        raise OutOfOrder(message)
    try:
        assessment = assess(facts, until, shown=working)
    except LookupError as error:
        message = f"{state.agreement}: {error}"
        raise OutOfOrder(message) from None
    found: dict[str, Standing] = {}
    for each in assessment.decided:
        entitled = each.entitlement
        found[claim_id(state.agreement, each.outcome)] = _standing(
            each.outcome,
            entitled.parts if entitled else (),
            entitled.working if entitled and working else None,
        )
    waiting = 0
    for outcome in assessment.waiting:
        name = claim_id(state.agreement, outcome)
        if name in state.claims:
            found[name] = _standing(outcome)
        else:
            waiting += 1
    for name, claim in state.claims.items():
        if name not in found:
            found[name] = _unseen(state, claim)
    return Replayed(found, waiting)


def _standing(
    outcome: Outcome, parts: tuple[Part, ...] = (), working: Working | None = None
) -> Standing:
    return Standing(
        outcome.unit,
        outcome.metric,
        outcome.key,
        outcome.period,
        outcome.achieved and outcome.waiting is None,
        parts,
        outcome.waiting,
        working,
    )


def _unseen(state: AgreementState, claim: Claim) -> Standing:
    """A decided outcome that the facts no longer show: not achieved, unless nobody can tell."""
    before = _as_recorded(claim)
    if claim.outcome.subject in state.erased:
        return before
    return Standing(before.unit, before.metric, before.key, before.period, achieved=False)


def as_decided(state: AgreementState, replayed: Standings) -> dict[str, Standing]:
    """What would stand after an assessment that found so: what waits now stays as decided."""
    kept = recorded(state)
    return {name: kept[name] if each.waits else each for name, each in replayed.items()}
