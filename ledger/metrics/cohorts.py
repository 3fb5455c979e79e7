"""What is known of a cohort: its first measurements, and how many people it has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from ledger.metrics.base import ALL, Metric, step
from ledger.metrics.facts import Facts, Frame, Measured, in_order
from ledger.metrics.modifiers import DeadweightOn
from ledger.model import Identifier, Position
from ledger.working import Step


def first_reading(facts: Facts, cohort: str, indicator: str, frame: Frame) -> Measured | None:
    """The first time an indicator was measured for a cohort from the agreement's first day on."""
    found = in_order(
        each
        for each in facts.cohorts.get(cohort, ())
        if each.indicator == indicator and frame.starts_on <= each.measured_on <= frame.last
    )
    return found[0] if found else None


def enrolled(facts: Facts, cohort: str, on: date) -> tuple[Fraction, tuple[Position, ...]]:
    """How many people of a cohort were enrolled by a day, and the facts that say so.

    A cohort's people are those of the group that has its name; of the cohort "all", everybody.
    """
    people = [
        person.at
        for person in facts.people.values()
        if cohort in {ALL, person.group} and person.enrolled_on <= on
    ]
    return Fraction(len(people)), tuple(sorted(people))


def named(cohort: str) -> str | None:
    """A cohort as outcomes name it: the agreement as a whole has no name."""
    return None if cohort == ALL else cohort


def number(name: Identifier, by: str, value: Fraction) -> Step:
    """A step that came to a number, not to an amount."""
    return step(name, by, value * 100)


def for_people_only(metric: Metric) -> Iterator[str]:
    """What stands on a metric of cohorts but can be asked of single people only."""
    guards = metric.guards
    if metric.multipliers:
        yield "multipliers: a cohort has no group; leave them out"
    if guards is not None:
        asked = guards.model_dump(exclude={"age_on", "achieved_from", "achieved_before"})
        if any(value not in (None, ()) for value in asked.values()):
            yield "guards: a cohort has no group, age, enrolment or referral; guard achieved_ only"
    if metric.deadweight is not None and metric.deadweight.on is DeadweightOn.COUNT:
        yield "deadweight: a cohort's counterfactual takes it off; leave it out"
    if metric.exclusive is not None:
        yield "exclusive: outcomes of one person exclude each other, not those of a cohort"
