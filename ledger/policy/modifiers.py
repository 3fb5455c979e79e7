"""What the terms add to a metric: who is left out, and what an outcome is worth after all.

In this order: guards, claim, group multiplier, indexation, deadweight, exclusion, and the sign of
what is negative. Each leaves a step in the working.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from ledger.dates import years_old
from ledger.metrics.base import Metric, Outcome, Waiting, step
from ledger.metrics.facts import Facts, Person
from ledger.metrics.modifiers import AgeOn, Claim, DeadweightOn, Guards, Keep
from ledger.parties import Role

MODIFIERS = (
    "guards", "claim", "multipliers", "indexation", "deadweight", "exclusive", "negative",
)  # fmt: skip
"""What terms may add to a metric of any kind."""
_SATURDAY = 5


def working_days_after(day: date, count: int) -> date:
    """The day so many Mondays to Fridays later; public holidays count as any other day."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < _SATURDAY
    return day


def refusal(
    guards: Guards | None, claim: Claim | None, outcome: Outcome, person: Person | None
) -> str | None:
    """Why an outcome that was achieved is not paid, as the name of the rule; None if it is."""
    days = claim.latest_days if claim else None
    claimed_on = outcome.claimed_on or outcome.achieved_on
    if days is not None and (claimed_on - outcome.achieved_on).days > days:
        return "claimed-late"
    if guards is None:
        return None
    if not _within(outcome.achieved_on, guards.achieved_from, guards.achieved_before):
        return "achieved-outside"
    return _outside(guards, person, outcome.achieved_on) if person else None


def _within(day: date | None, first: date | None, end: date | None) -> bool:
    """Whether a day lies within bounds; a day that is not known lies in none."""
    if first is None and end is None:
        return True
    return day is not None and (first or date.min) <= day < (end or date.max)


def _outside(guards: Guards, person: Person, achieved_on: date) -> str | None:
    """Which guard a person does not pass; None if all are passed."""
    if guards.groups and person.group not in guards.groups:
        return "group"
    if not _within(person.enrolled_on, guards.enrolled_from, guards.enrolled_before):
        return "enrolled-outside"
    if not _within(person.referred_on, guards.referred_from, guards.referred_before):
        return "referred-outside"
    on = {
        AgeOn.REFERRAL: person.referred_on,
        AgeOn.ENROLMENT: person.enrolled_on,
        AgeOn.ACHIEVEMENT: achieved_on,
    }[guards.age_on]
    return None if _of_age(guards, person.born_on, on) else "age"


def _of_age(guards: Guards, born_on: date | None, on: date | None) -> bool:
    """Whether somebody is of the age asked for; an age that is not known is not."""
    if guards.age_from is None and guards.age_below is None:
        return True
    age = years_old(born_on, on) if born_on and on else -1
    young_enough = guards.age_below is None or 0 <= age < guards.age_below
    return age >= (guards.age_from or 0) and young_enough


def unmodified(metric: Metric) -> bool:
    """Whether the terms add nothing to what a metric finds."""
    return not any(getattr(metric, name) for name in MODIFIERS)


@dataclass(slots=True)
class Modified:
    """Outcomes of one agreement as they come, in order of achievement.

    Deadweight on the count and exclusion look back on the outcomes before, so this remembers them.
    """

    facts: Facts
    achieved: dict[tuple[str, str], Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    paid: dict[tuple[str, str], Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    best: dict[tuple[str, str, bool], Fraction] = field(default_factory=dict)

    def apply(self, metric: Metric, outcome: Outcome, until: date) -> Outcome:
        """The outcome with everything that the metric's terms add to it."""
        person = self.facts.people.get(outcome.subject) if outcome.subject else None
        if outcome.waiting is not None or not outcome.achieved:
            return outcome
        days = metric.claim.earliest_working_days if metric.claim else None
        if days and working_days_after(outcome.achieved_on, days) > until:
            return outcome._replace(waiting=Waiting.CLAIM)
        refused = refusal(metric.guards, metric.claim, outcome, person)
        if refused is not None:
            return outcome._replace(achieved=False, refused=refused)
        for change in (_multiplied, _indexed):
            outcome = change(metric, outcome, person)
        outcome = self._after_exclusion(metric, self._after_deadweight(metric, outcome))
        return _scaled(outcome, Fraction(-1), "negative", "-1") if metric.negative else outcome

    def count(self, metric: Metric, outcome: Outcome) -> None:
        """Count in an outcome that stands as it was decided, for those that come after it.

        Exclusion needs no counting: it is between outcomes of one unit, which all stand.
        """
        deadweight = metric.deadweight
        if outcome.achieved and deadweight and deadweight.on is DeadweightOn.COUNT:
            self._units(metric, Fraction(deadweight.share), outcome)

    def _units(self, metric: Metric, share: Fraction, outcome: Outcome) -> tuple[Fraction, int]:
        """How much of one more outcome is paid, and of how many people the share is taken."""
        people = _counted(metric, self.facts, outcome.achieved_on)
        # Each milestone by itself: at each of them as many would have achieved it anyway.
        counted = (metric.id, outcome.key)
        self.achieved[counted] += 1
        owed = self.achieved[counted] - share * people
        units = max(Fraction(0), min(Fraction(1), owed - self.paid[counted]))
        self.paid[counted] += units
        return units, people

    def _after_deadweight(self, metric: Metric, outcome: Outcome) -> Outcome:
        deadweight = metric.deadweight
        if deadweight is None:
            return outcome
        share = Fraction(deadweight.share)
        if deadweight.on is DeadweightOn.PRICE:
            return _scaled(outcome, 1 - share, "deadweight-price", str(deadweight.share))
        units, people = self._units(metric, share, outcome)
        by = f"{deadweight.share} x {people}"
        return _scaled(outcome, units, "deadweight-count", by)

    def _after_exclusion(self, metric: Metric, outcome: Outcome) -> Outcome:
        exclusive = metric.exclusive
        if exclusive is None:
            return outcome
        # What is owed and what comes back exclude each other only among themselves: the best of
        # what comes back is the most, whatever stands on the other side.
        key = (exclusive.among, outcome.unit, metric.negative)
        worth = gross(outcome)
        before = self.best.get(key)
        if before is None:
            self.best[key] = worth
            return outcome
        more = Fraction(0)
        if exclusive.keep is Keep.BEST:
            more = max(Fraction(0), worth - before)
            self.best[key] = max(before, worth)
        factor = more / worth if worth else Fraction(0)
        return _scaled(outcome, factor, f"exclusive-{exclusive.keep.value}", exclusive.among)


def gross(outcome: Outcome) -> Fraction:
    """What an outcome costs all its payers together, in exact minor units."""
    if outcome.sides:
        return sum((owed for _, _, owed in outcome.sides), Fraction(0))
    return outcome.amount


def owed(
    outcome: Outcome, shares: Iterable[tuple[tuple[Role, str], Fraction]]
) -> dict[tuple[Role, str], Fraction]:
    """What each payer owes of an outcome, exact: as its sides say, or by shares."""
    if outcome.sides:
        found: dict[tuple[Role, str], Fraction] = {}
        for role, side, amount in outcome.sides:
            key = (role, side.payer)
            found[key] = found[key] + amount if key in found else amount
        return found
    return {payer: outcome.amount * share for payer, share in shares}


def _counted(metric: Metric, facts: Facts, on: date) -> int:
    """How many of the people that the metric's guards let in had been enrolled by a day."""
    guards = metric.guards
    return sum(
        person.enrolled_on <= on and (guards is None or _outside(guards, person, on) is None)
        for person in facts.people.values()
    )


def _scaled(outcome: Outcome, factor: Fraction, name: str, by: str) -> Outcome:
    """An outcome worth another amount, with the step that says so."""
    changed = outcome._replace(
        amount=outcome.amount * factor,
        sides=tuple((role, side, amount * factor) for role, side, amount in outcome.sides),
    )
    return changed._replace(steps=(*outcome.steps, step(name, by, gross(changed))))


def _multiplied(metric: Metric, outcome: Outcome, person: Person | None) -> Outcome:
    for each in metric.multipliers:
        if person is not None and person.group == each.group:
            return _scaled(outcome, Fraction(each.factor), "group", f"{each.group} {each.factor}")
    return outcome


def _indexed(metric: Metric, outcome: Outcome, person: Person | None) -> Outcome:
    del person
    in_force = [each for each in metric.indexation if each.valid_from <= outcome.achieved_on]
    if not in_force:
        return outcome
    factor: Decimal = max(in_force, key=lambda each: each.valid_from).factor
    return _scaled(outcome, Fraction(factor), "indexation", str(factor))
