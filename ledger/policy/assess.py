"""Policy over one agreement: every outcome that is measured and due, in order of achievement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from ledger.facts import CapitalPaidIn, Tariff
from ledger.metrics.base import Outcome, Waiting
from ledger.metrics.facts import Facts, Frame, Measured, Person
from ledger.model import SubjectRef
from ledger.policy.caps import Spent
from ledger.policy.entitlement import Entitlement, capital_on, entitlement, standing
from ledger.policy.given import Given, OutcomeKey
from ledger.policy.modifiers import Modified
from ledger.shelter.rules import RefundRuleTable
from ledger.terms.agreement import OnRuleChange, Terms


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """All that policy may look at for one agreement."""

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

    @property
    def rules(self) -> RefundRuleTable | None:
        """The rule table that applies, by what the terms say of changes in the law."""
        law = self.terms.refund_law
        if law is None or self.rules_at_signature is None:
            return None
        if law.on_change is OnRuleChange.FREEZE:
            return self.rules_at_signature.frozen_at(self.terms.signed_on)
        return self.rules_today


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision on one outcome; no entitlement where it was not achieved."""

    outcome: Outcome
    entitlement: Entitlement | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """What policy says of one agreement: what is decided, and what waits for what."""

    decided: tuple[Decided, ...]
    waiting: tuple[Outcome, ...]


def assess(facts: AgreementFacts, until: date) -> Assessment:
    """Decide every outcome due by `until`, in order of achievement.

    The order is (achievement date, enrolment date, pseudonym, metric as the terms list them, key),
    never the order of recording, so caps are spent alike however late a fact came in. What was
    decided of people who are erased stands, and is counted in at its place.

    Raises:
        LookupError: if something has no price, such as a night.
    """
    terms = facts.terms
    levels = {each.id: each.levels for each in terms.indicators}
    seen = Facts(facts.people, facts.cohorts, facts.tariffs, facts.rules, levels)
    frame = Frame(terms.starts_on, terms.ends_on, until)
    due = [
        (_order(seen, number, outcome), outcome)
        for number, metric in enumerate(terms.metrics)
        for outcome in (*_readable(facts, metric.outcomes(seen, frame)), *_given(facts, metric.id))
    ]
    modified, spent = Modified(seen), Spent()
    decided: list[Decided] = []
    waiting: list[Outcome] = []
    for _, found in sorted(due, key=lambda each: each[0]):
        stands = facts.given.get(found.identity)
        if stands is not None:
            modified.count(terms.metric(found.metric), found)
            decided.append(Decided(found, standing(stands, spent)))
            continue
        outcome = found
        if outcome.waiting is None and terms.repaid and not _has_capital(facts, outcome):
            outcome = replace(outcome, waiting=Waiting.CAPITAL)
        outcome = modified.apply(terms.metric(outcome.metric), outcome, until)
        if outcome.waiting is not None:
            waiting.append(outcome)
        elif not outcome.achieved or not terms.repaid:
            decided.append(Decided(outcome, None))
        else:
            result = entitlement(terms, outcome, spent, facts.capital)
            decided.append(Decided(outcome, result))
    return Assessment(tuple(decided), tuple(waiting))


def _readable(facts: AgreementFacts, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Outcomes of those whose facts can be read."""
    return (each for each in outcomes if each.subject not in facts.erased)


def _given(facts: AgreementFacts, metric: str) -> Iterator[Outcome]:
    """Outcomes of one metric that stand as they were decided."""
    return (each.outcome for each in facts.given.values() if each.outcome.metric == metric)


def _order(facts: Facts, metric: int, outcome: Outcome) -> tuple[date, date, str, int, str]:
    person = facts.people.get(outcome.subject) if outcome.subject else None
    enrolled = person.enrolled_on if person else date.min
    return outcome.achieved_on, enrolled, outcome.unit, metric, outcome.key


def _has_capital(facts: AgreementFacts, outcome: Outcome) -> bool:
    return any(capital_on(facts.capital, facts.terms, outcome.achieved_on).values())
