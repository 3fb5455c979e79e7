"""An agreement as a scenario looks at it: its facts, what is decided on them, and what is paid."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from ledger.dates import Period
from ledger.decide.facts_state import as_one
from ledger.decide.owing import Payment
from ledger.decide.state import AgreementState, Claim, LawState
from ledger.facts import Span, Stayed
from ledger.metrics.base import ALL
from ledger.metrics.facts import Frame, Halves
from ledger.metrics.shelter_nights_saved import ShelterNightsSaved
from ledger.model import Position, SubjectRef
from ledger.money import Amount
from ledger.policy.assess import AgreementFacts
from ledger.shelter.nights import NoTariffError
from ledger.working import Payable, owed_by
from projections.whatif.standing import Standing, Standings


class Paying(NamedTuple):
    """A payment that is not over: how far it has come, and what it pays of each outcome."""

    payable: Payable
    stage: str
    amount: Amount
    sent: bool
    items: tuple[tuple[str, int], ...]
    """In minor units."""


class StayedAt(NamedTuple):
    """A stay at a shelter, as light as it can be: there are a million in a fund."""

    stay: str
    span: Span

    @property
    def shelter(self) -> str:
        """Where it was."""
        return self.span[1]

    @property
    def admitted(self) -> date:
        """The first night."""
        return date.fromordinal(self.span[0])

    @property
    def discharged(self) -> date | None:
        """The day after the last night; None while it is open."""
        end = self.span[2]
        return None if end is None else date.fromordinal(end)


@dataclass(frozen=True, slots=True)
class Folded:
    """All that is looked at of one agreement, whatever is supposed.

    In `own`, people who were merged are apart, for a fact that is supposed is one of those that
    were told, under whichever pseudonym; `merged_into` is whom each counts as, and `facts()` has
    them as one. `assessed` is the last day until which it is assessed, None if it never was;
    `facts_to` the last position that was known then, and `last_fact` the last of its own facts. The
    law is not in it.
    """

    own: AgreementFacts
    merged_into: Mapping[SubjectRef, SubjectRef]
    tables: tuple[str | None, str | None]
    assessed: date | None
    facts_to: Position
    last_fact: Position
    decided: Standings
    sealed: int
    """How many people have facts that cannot be opened, though nobody has erased them."""
    subjects: frozenset[SubjectRef]
    """Everybody of whom something personal is in it."""
    spells_at: Mapping[SubjectRef, Mapping[str, Position]]
    """Where each spell of a person was recorded."""
    payments: Mapping[str, Paying]

    @property
    def agreement(self) -> str:
        """What it is called."""
        return self.own.terms.agreement

    def facts(self, law: LawState) -> AgreementFacts:
        """All that policy may look at, under a law."""
        nights, support = (law.rules[table][1] if table else None for table in self.tables)
        return replace(
            self.own,
            people=as_one(self.own.people, self.merged_into),
            tariffs=law.tariffs,
            rules_today=nights,
            support_today=support,
        )

    def all_assessed(self, law: LawState) -> bool:
        """Whether everything that is known was known to the last assessment."""
        rules = [law.rules[table][0] for table in self.tables if table]
        return max((self.last_fact, *rules, *law.tariff_positions)) <= self.facts_to


def fold(state: AgreementState, law: LawState) -> Folded:
    """A signed agreement as it is looked at; the law must be known to which its terms refer."""
    facts = state.facts(law)
    people = {
        subject: replace(person, stays=tuple(_light(stay) for stay in person.stays))
        for subject, person in state.apart().items()
    }
    last = max(state.assessments, key=lambda each: each[1].facts_to, default=None)
    assessed = max((made.until for _, made in state.assessments), default=None)
    facts = replace(facts, people=people)
    halves = halves_of(facts, assessed) if assessed and not state.sealed else {}
    own = replace(facts, tariffs={}, rules_today=None, support_today=None, halves=halves)
    return Folded(
        own=own,
        merged_into=state.merged_into,
        tables=state.tables,
        assessed=assessed,
        facts_to=last[1].facts_to if last else Position(0),
        last_fact=_last_fact(state),
        decided=recorded(state),
        sealed=len(state.sealed),
        subjects=_subjects(state),
        spells_at=spells_at(state),
        payments={
            name: _paying(state, payment)
            for name, payment in state.payments.items()
            # What one that is over was to pay is owed again, and stands elsewhere.
            if payment.over is None
        },
    )


def halves_of(facts: AgreementFacts, until: date) -> dict[int, Halves]:
    """What can be told of people without the law, by the version of the terms.

    Where a night has no price, nothing is told of that version.
    """
    found: dict[int, Halves] = {}
    for version in facts.versions:
        seen, terms = facts.seen(version), version.terms
        frame = Frame(terms.starts_on, terms.ends_on, until, shown=False)
        with suppress(NoTariffError):
            halves = {
                (metric.id, half.person.subject): half
                for metric in terms.metrics
                if isinstance(metric, ShelterNightsSaved)
                for half in metric.halves(seen, frame, metric.reckoning(seen))
            }
            if halves:
                found[version.number] = halves
    return found


def spells_at(state: AgreementState) -> dict[SubjectRef, dict[str, Position]]:
    """Where each spell of a person was recorded."""
    return {
        subject: {name: at for name, (at, _) in own.items()}
        for subject, own in state.spells.items()
        if own
    }


def _light(stay: Stayed) -> StayedAt:
    return StayedAt(stay.stay, stay.span)


def _subjects(state: AgreementState) -> frozenset[SubjectRef]:
    measured = {key[0] for key in state.readings}
    known = {*state.pseudonyms, *state.stays, *state.spells, *state.moves, *measured}
    return frozenset(known - state.erased.keys())


def _paying(state: AgreementState, payment: Payment) -> Paying:
    """A payment with its outcomes: what a guarantor covers is none."""
    items = ((item.claim, item.amount.minor) for item in payment.proposed.items)
    return Paying(
        payment.payable,
        payment.stage.value,
        payment.proposed.amount,
        payment.instructed_at is not None,
        tuple(item for item in items if item[0] in state.claims),
    )


def recorded(state: AgreementState) -> dict[str, Standing]:
    """What stands by the decisions that are recorded."""
    return {name: _as_recorded(claim) for name, claim in state.claims.items()}


def _as_recorded(claim: Claim) -> Standing:
    outcome = claim.outcome
    period = Period(outcome.period_start, outcome.period_end)
    unit = outcome.subject or outcome.cohort or ALL
    owed = owed_by(claim.parts)
    return Standing(unit, outcome.metric, outcome.key, period, claim.achieved, owed)


def _last_fact(state: AgreementState) -> Position:
    """The last position of anything of the agreement's own that policy may look at."""
    people = [position for position, _ in state.enrolled.values()]
    stays = [at for own in state.stays.values() for at, _ in own.values()]
    spells = [at for own in state.spells.values() for at, _ in own.values()]
    measured = [at for at, _ in (*state.readings.values(), *state.results.values())]
    moves = [at for own in state.moves.values() for at in own]
    found = (*people, *stays, *spells, *measured, *state.capital_at, *moves, *state.register_at)
    # What was corrected, voided, merged or unmerged: what stood there before is gone.
    found = (*found, *state.corrected_at.values())
    return max((*found, *state.terms_at), default=Position(0))
