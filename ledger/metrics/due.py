"""Readings that are due: at milestones, or on the day on which they were made; whose, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from ledger.dates import Period, add_months
from ledger.metrics.base import ALL, Outcome, Waiting
from ledger.metrics.facts import Facts, Frame, Measured, Person, in_order
from ledger.model import Position
from ledger.working import Step

Paid = tuple[Fraction, tuple[Step, ...]]
"""What is paid in exact minor units, and the steps that show it."""


class Of(StrEnum):
    """Whose readings are paid for."""

    PEOPLE = "people"
    """Each person's."""
    COHORTS = "cohorts"
    """Each cohort's results, or the whole agreement's."""


@dataclass(frozen=True, slots=True)
class Due:
    """A day on which something is decided, and what was read for it.

    `wanted` says how many readings decide it; with fewer it waits for a measurement. `read_at` are
    facts that decide it besides the readings.
    """

    key: str
    period: Period
    person: Person | None = None
    cohort: str | None = None
    months: int | None = None
    readings: tuple[Measured, ...] = ()
    wanted: int = 1
    read_at: tuple[Position, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether something was not measured."""
        return len(self.readings) < self.wanted

    def outcome(self, metric: str, paid: Paid | None) -> Outcome:
        """What is decided on it: achieved if something is paid for."""
        amount, steps = paid or (Fraction(0), ())
        return Outcome(
            metric=metric,
            key=self.key,
            period=self.period,
            subject=self.person.subject if self.person else None,
            cohort=self.cohort,
            months=self.months,
            waiting=Waiting.MEASUREMENT if self.waits else None,
            achieved=paid is not None,
            claimed_on=max((each.measured_on for each in self.readings), default=None),
            amount=amount,
            steps=steps,
            read_at=(*(each.at for each in self.readings), *self.read_at),
            based_on=(self.person.at,) if self.person else (),
        )


def at_milestones(
    facts: Facts, frame: Frame, indicator: str, months: Iterable[int], *, since_baseline: bool
) -> Iterator[Due]:
    """Everybody's milestones that are due, each with its reading, the baseline's first if wanted.

    Where one of the two is missing, there is neither: half a comparison decides nothing.
    """
    for person in facts.people.values():
        for month in months:
            on = add_months(person.enrolled_on, month)
            if on > frame.last:
                continue
            wanted = (0, month) if since_baseline else (month,)
            found = [person.reading(indicator, each) for each in wanted]
            known = [
                each for each in found if each and each.measured_on <= _latest(each, on, frame)
            ]
            yield Due(
                key=f"{month}m",
                period=Period(person.enrolled_on, on),
                person=person,
                months=month,
                readings=tuple(known) if len(known) == len(wanted) else (),
                wanted=len(wanted),
            )


def _latest(reading: Measured, on: date, frame: Frame) -> date:
    """The last day on which a reading may have been made: a baseline, before the milestone."""
    return frame.until if reading.months else min(on, frame.until)


def on_their_days(facts: Facts, frame: Frame, indicator: str) -> Iterator[Due]:
    """Everybody's readings without a milestone, each due on its day."""
    for person in facts.people.values():
        for reading in person.readings(indicator):
            on = reading.measured_on
            if reading.months is None and person.enrolled_on <= on <= frame.last:
                period = Period(person.enrolled_on, on)
                yield Due(on.isoformat(), period, person, readings=(reading,))


def of_cohorts(facts: Facts, frame: Frame, indicator: str) -> Iterator[Due]:
    """Every cohort's results, and the whole agreement's, each due on its day."""
    for cohort, results in facts.cohorts.items():
        for reading in in_order(each for each in results if each.indicator == indicator):
            on = reading.measured_on
            if frame.starts_on <= on <= frame.last:
                period, name = Period(frame.starts_on, on), None if cohort == ALL else cohort
                yield Due(on.isoformat(), period, cohort=name, readings=(reading,))


def in_rising_order(months: tuple[int, ...]) -> Iterator[str]:
    """What is wrong with a metric's milestones."""
    if list(months) != sorted(set(months)):
        yield "measured_at_months must rise, each month once"


def listed(months: tuple[int, ...]) -> str:
    """Milestones in a sentence."""
    return ", ".join(map(str, months))
