"""Policy over one agreement: every outcome that is measured and due, in order of achievement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise

from ledger.dates import Period, add_months
from ledger.events import Gain
from ledger.facts import CapitalPaidIn, Stay, Tariff
from ledger.model import SubjectRef
from ledger.money import ZERO
from ledger.policy.entitlement import Entitlement, Spent, capital_on, entitlement
from ledger.policy.savings import Courses, courses, saving
from ledger.terms.agreement import OnRuleChange, Terms
from ledger.terms.refund_rule import RefundRuleTable


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of one person: enrolment, stays, and readings by (milestone, indicator).

    The stays are known to be complete up to, not including, `register_until`.
    """

    subject: SubjectRef
    enrolled_on: date
    register_until: date
    stays: tuple[Stay, ...] = ()
    readings: Mapping[tuple[int, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """All that policy may look at for one agreement."""

    terms: Terms
    rules_at_signature: RefundRuleTable
    rules_today: RefundRuleTable
    tariffs: Mapping[str, tuple[Tariff, ...]]
    people: Mapping[SubjectRef, Person]
    capital: tuple[CapitalPaidIn, ...]

    @property
    def rules(self) -> RefundRuleTable:
        """The rule table that applies, by what the terms say of changes in the law."""
        if self.terms.refund_law.on_change is OnRuleChange.FREEZE:
            return self.rules_at_signature.frozen_at(self.terms.signed_on)
        return self.rules_today


@dataclass(frozen=True, slots=True)
class Milestone:
    """One person's period between two measurements; achieved, if at all, on its last day's end."""

    subject: SubjectRef
    months: int
    period: Period


class Waiting(StrEnum):
    """Why a milestone that is due cannot be decided yet."""

    MEASUREMENT = "measurement"
    REGISTER = "register"
    CAPITAL = "capital"


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision on one milestone; no entitlement where the outcome was not achieved."""

    milestone: Milestone
    achieved: bool
    entitlement: Entitlement | None
    gains: tuple[Gain, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """What policy says of one agreement: what is decided, and what waits for what."""

    decided: tuple[Decided, ...]
    waiting: tuple[tuple[Milestone, Waiting], ...]


def milestones(terms: Terms, person: Person, until: date) -> list[Milestone]:
    """The person's periods that have ended by `until` and by the agreement's end."""
    months = (0, *terms.metric.measured_at_months)
    periods = [
        Milestone(
            person.subject,
            end,
            Period(add_months(person.enrolled_on, start), add_months(person.enrolled_on, end)),
        )
        for start, end in pairwise(months)
    ]
    last = min(until, terms.ends_on)
    return [each for each in periods if each.period.end <= last]


def assess(facts: AgreementFacts, until: date) -> Assessment:
    """Decide every milestone due by `until`, in order of achievement.

    The order is (achievement date, enrolment date, pseudonym), never the order of recording, so
    caps are spent alike however late a fact came in.

    Raises:
        NoTariffError: if a night has no price.
    """
    due = [m for p in facts.people.values() for m in milestones(facts.terms, p, until)]
    due.sort(key=lambda m: (m.period.end, facts.people[m.subject].enrolled_on, m.subject))
    both: dict[SubjectRef, Courses] = {}
    spent_by_person: dict[SubjectRef, Spent] = {}
    spent = ZERO
    decided: list[Decided] = []
    waiting: list[tuple[Milestone, Waiting]] = []
    for milestone in due:
        person = facts.people[milestone.subject]
        lacking = _lacking(facts, person, milestone)
        if lacking is not None:
            waiting.append((milestone, lacking))
            continue
        if not _achieved(facts.terms, person, milestone):
            decided.append(Decided(milestone, achieved=False, entitlement=None))
            continue
        if person.subject not in both:
            both[person.subject] = courses(
                person.stays,
                person.enrolled_on,
                facts.tariffs,
                facts.terms.metric.counterfactual,
                facts.rules,
                min(person.register_until, until),
            )
        saved = saving(both[person.subject], milestone.period)
        used = spent_by_person.get(person.subject, Spent())
        capital = capital_on(facts.capital, facts.terms, milestone.period.end)
        result = entitlement(facts.terms, saved, Spent(used.person, spent), capital)
        spent_by_person[person.subject] = Spent(result.person_total)
        spent = result.agreement_total
        decided.append(Decided(milestone, achieved=True, entitlement=result, gains=saved.gains))
    return Assessment(tuple(decided), tuple(waiting))


def _lacking(facts: AgreementFacts, person: Person, milestone: Milestone) -> Waiting | None:
    """What is missing before the milestone can be decided; None if nothing is."""
    wanted = (milestone.months, facts.terms.metric.achieved_when.indicator)
    if wanted not in person.readings:
        return Waiting.MEASUREMENT
    if person.register_until < milestone.period.end:
        return Waiting.REGISTER
    if not any(capital_on(facts.capital, facts.terms, milestone.period.end).values()):
        return Waiting.CAPITAL
    return None


def _achieved(terms: Terms, person: Person, milestone: Milestone) -> bool:
    condition = terms.metric.achieved_when
    return person.readings[milestone.months, condition.indicator] == condition.equals
