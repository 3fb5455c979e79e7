"""Policy over one agreement: every outcome that is measured and due, in order of achievement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from ledger.facts import CapitalPaidIn, Tariff
from ledger.metrics.base import Metric, Outcome, Waiting
from ledger.metrics.facts import Facts, Frame, Halves, Measured, Move, Person
from ledger.model import Position, SubjectRef
from ledger.policy.caps import Spent
from ledger.policy.entitlement import Entitlement, Payout, entitlement, standing
from ledger.policy.given import Given, OutcomeKey
from ledger.policy.modifiers import Modified
from ledger.policy.versions import Amendment, Law, Version, in_force, unmet_change, versions
from ledger.shelter.rules import RefundRuleTable
from ledger.terms.agreement import Terms


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """All that policy may look at for one agreement; `terms` are those signed."""

    terms: Terms
    rules_at_signature: RefundRuleTable | None
    rules_today: RefundRuleTable | None
    tariffs: Mapping[str, tuple[Tariff, ...]]
    people: Mapping[SubjectRef, Person]
    capital: tuple[CapitalPaidIn, ...]
    cohorts: Mapping[str, tuple[Measured, ...]] = field(default_factory=dict)
    erased: frozenset[SubjectRef] = frozenset()
    """People of whom nothing but what is open is known, so that nothing can be decided anew."""
    given: Mapping[OutcomeKey, Given] = field(default_factory=dict)
    """What was decided of them."""
    amendments: tuple[Amendment, ...] = ()
    touched_at: Mapping[str, tuple[Position, ...]] = field(default_factory=dict)
    """By cohort: where its measurements were taken away."""
    support_at_signature: RefundRuleTable | None = None
    support_today: RefundRuleTable | None = None
    halves: Mapping[int, Halves] = field(default_factory=dict)
    """What metrics found before and kept, by the version of the terms."""

    @property
    def versions(self) -> tuple[Version, ...]:
        """The terms as signed and as amended."""
        signed = Law(self.rules_at_signature, self.support_at_signature)
        return versions(self.terms, signed, self.amendments)

    @property
    def today(self) -> Law:
        """The law as it is known now."""
        return Law(self.rules_today, self.support_today)

    @property
    def rules(self) -> RefundRuleTable | None:
        """The rule table that applies by the newest terms."""
        return self.versions[-1].law(self.today).nights

    def seen(self, version: Version) -> Facts:
        """What the metrics of a version of the terms may look at."""
        law = version.law(self.today)
        levels = {each.id: each.levels for each in version.terms.indicators}
        return Facts(
            self.people,
            self.cohorts,
            self.tariffs,
            law.nights,
            levels,
            law.support,
            self.halves.get(version.number, {}),
        )

    def enrolled_on(self, outcome: Outcome) -> date | None:
        """When the person of an outcome was enrolled; None if it is no person's."""
        person = self.people.get(outcome.subject) if outcome.subject else None
        return person.enrolled_on if person else None


class Decided(NamedTuple):
    """The decision on one outcome, and by which version of the terms.

    No entitlement where it was not achieved.
    """

    outcome: Outcome
    entitlement: Entitlement | None
    terms_version: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """What policy says of one agreement: what is decided, and what waits for what."""

    decided: tuple[Decided, ...]
    waiting: tuple[Outcome, ...]


def assess(facts: AgreementFacts, until: date, *, shown: bool = True) -> Assessment:
    """Decide every outcome due by `until`, each by the terms in force for it.

    Unless workings are to be shown, they may hold less; what is decided is the same.

    The order is (achievement date, enrolment date, pseudonym, metric as the terms list them, key),
    never the order of recording, so caps are spent alike however late a fact came in. What one
    version has used of a cap, the next has not. What was decided of people who are erased stands,
    and is counted in at its place.

    Raises:
        LookupError: if something has no price, such as a night.
    """
    found = facts.versions
    modified, spent = Modified(facts.seen(found[0])), Spent()
    payouts = {each.number: Payout(each.terms, facts.capital) for each in found}
    unmet = {each.number: unmet_change(found, each, facts.today) for each in found}
    decided: list[Decided] = []
    waiting: list[Outcome] = []
    for version, due in _due(facts, found, until, shown):
        outcome, payout = due, payouts[version.number]
        metric, repaid = payout.metrics[outcome.metric], payout.repaid
        stands = facts.given.get(outcome.identity) if facts.given else None
        if stands is not None:
            modified.count(metric, outcome)
            decided.append(Decided(outcome, standing(stands, spent), version.number))
            continue
        if outcome.waiting is None and repaid and not payout.has_capital(outcome.achieved_on):
            outcome = outcome._replace(waiting=Waiting.CAPITAL)
        if metric.id not in payout.unmodified:
            outcome = modified.apply(metric, outcome, until)
        result = None
        if outcome.waiting is None and outcome.achieved and repaid:
            outcome, moves = _rearranged(facts, outcome)
            result = entitlement(payout, outcome, spent, moves, shown=shown)
        changed = unmet[version.number]
        waits = changed is not None and metric.by_law and changed < outcome.period.end
        if waits and outcome.waiting is None:
            # What it would be has been counted in, so that others cannot use its room meanwhile.
            outcome = outcome._replace(waiting=Waiting.RENEGOTIATION)
        if outcome.waiting is not None:
            waiting.append(outcome)
        else:
            decided.append(Decided(outcome, result, version.number))
    return Assessment(tuple(decided), tuple(waiting))


def _rearranged(facts: AgreementFacts, outcome: Outcome) -> tuple[Outcome, tuple[Move, ...]]:
    """Where the person lived, and the outcome resting on that and on what was taken away."""
    person = facts.people.get(outcome.subject) if outcome.subject else None
    moves = person.moves if person else ()
    touched = person.touched_at if person else facts.touched_at.get(outcome.unit, ())
    if more := (*touched, *[move.at for move in moves]):
        outcome = outcome._replace(based_on=(*outcome.based_on, *more))
    return outcome, moves


def _due(
    facts: AgreementFacts,
    found: tuple[Version, ...],
    until: date,
    shown: bool,  # noqa: FBT001 - passed on
) -> Iterator[tuple[Version, Outcome]]:
    """Every outcome due, with the version that judges it, in order of achievement.

    Of two with one name, the later is left out: what was paid for under terms before is not paid
    for again because newer terms count otherwise.
    """
    only = len(found) == 1  # the terms as signed, which are in force for ever
    due = [
        (_order(facts, number, outcome), version, outcome)
        for version in found
        for number, metric in enumerate(version.terms.metrics)
        for outcome in (*_given(facts, metric), *_readable(facts, version, metric, until, shown))
        if only or in_force(found, outcome, facts.enrolled_on(outcome)) is version
    ]
    names: set[tuple[str, str, str]] = set()
    for _, version, outcome in sorted(due, key=lambda each: each[0]):
        name = (outcome.unit, outcome.metric, outcome.key)
        if name not in names:
            names.add(name)
            yield version, outcome


def _readable(
    facts: AgreementFacts,
    version: Version,
    metric: Metric,
    until: date,
    shown: bool,  # noqa: FBT001 - passed on
) -> Iterator[Outcome]:
    """Outcomes of one metric, of those whose facts can be read."""
    frame = Frame(version.terms.starts_on, version.terms.ends_on, until, shown)
    found, erased = metric.outcomes(facts.seen(version), frame), facts.erased
    return iter([each for each in found if each.subject not in erased])


def _given(facts: AgreementFacts, metric: Metric) -> Iterator[Outcome]:
    """Outcomes of one metric that stand as they were decided."""
    return (each.outcome for each in facts.given.values() if each.outcome.metric == metric.id)


def _order(
    facts: AgreementFacts, metric: int, outcome: Outcome
) -> tuple[date, date, str, int, str]:
    enrolled = facts.enrolled_on(outcome) or date.min
    return outcome.achieved_on, enrolled, outcome.unit, metric, outcome.key
