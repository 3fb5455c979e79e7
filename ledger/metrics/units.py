"""Units × price: units measured as a number, or days, weeks and months in which something held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import count
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ledger.dates import Period, add_months
from ledger.indicator import IndicatorKind, Number, number
from ledger.metrics.base import Outcome, Priced
from ledger.metrics.due import (
    Due,
    Of,
    Paid,
    at_milestones,
    in_rising_order,
    listed,
    of_cohorts,
    on_their_days,
)
from ledger.metrics.facts import Facts, Frame, Person
from ledger.metrics.modifiers import DeadweightOn, Months
from ledger.model import Identifier


class CountedIn(StrEnum):
    """What is counted of the time in which something held."""

    DAYS = "days"
    WEEKS = "weeks"
    """Whole weeks, one after the other from enrolment."""
    MONTHS = "months"
    """Whole months, one after the other from enrolment."""


class Units(Priced):
    """Units × price.

    The units are a number that was measured: each measurement is one outcome. Or they are counted
    from spells, every so many months from enrolment. `above` a threshold, only those beyond it.
    """

    kind: Literal["units"]
    indicator: Identifier
    of: Of = Of.PEOPLE
    measured_at_months: tuple[Months, ...] = ()
    counted_in: CountedIn | None = None
    every_months: Months | None = None
    above: Annotated[Number | None, Field(description="units that are not paid")] = None

    about: ClassVar[tuple[str, str]] = (
        "units that were measured, or days, weeks or months in which something held",
        "enheder, der er målt, eller dage, uger eller måneder, hvor noget gjaldt",
    )

    def of_people(self) -> bool:
        """As the terms say."""
        return self.of is Of.PEOPLE

    def indicators(self) -> Iterator[tuple[str, str, tuple[IndicatorKind, ...]]]:
        """The one that is measured, or whose spells are counted."""
        kind = IndicatorKind.SPELL if self.counted_in else IndicatorKind.NUMBER
        yield "indicator", self.indicator, (kind,)

    def milestones(self) -> frozenset[int]:
        """The months at which it is measured, if it is measured at any."""
        return frozenset(self.measured_at_months)

    def problems(self, starts_on: date) -> Iterator[str]:
        """What is said twice, by halves, or of cohorts that have no such thing."""
        yield from super().problems(starts_on)
        yield from in_rising_order(self.measured_at_months)
        if (self.counted_in is None) != (self.every_months is None):
            yield "counted_in and every_months go together: what is counted, and how often"
        elif self.counted_in and self.measured_at_months:
            yield "measured_at_months: spells are counted, not measured; leave it out"
        if self.of is Of.COHORTS:
            if self.counted_in or self.measured_at_months:
                yield "of: results of cohorts have neither spells nor milestones; leave those out"
            if any(line.group for line in self.price):
                yield "price: a group is one of people; write one price for the results of cohorts"
        if self.deadweight and self.deadweight.on is DeadweightOn.COUNT:
            yield "deadweight: here are units, not people to be counted; write on: price"
        if self.above is not None and self.above < 0:
            yield "above must not be below zero"

    def most(self, people: int) -> None:
        """Nobody can say how many units there will be."""
        del people

    def told(self, language: str) -> str:
        """In a sentence."""
        prices = " / ".join(str(line.amount) for line in self.price)
        return f"{prices} {self._danish() if language == 'da' else self._english()}"

    def _english(self) -> str:
        above = f", beyond the first {self.above}" if self.above else ""
        if self.counted_in:
            unit = {"days": "day", "weeks": "whole week", "months": "whole month"}[self.counted_in]
            return f"for each {unit} of {self.indicator}{above}, every {self.every_months} months."
        months = listed(self.measured_at_months)
        when = f"at {months} months" if months else "whenever measured"
        whose = "each person" if self.of is Of.PEOPLE else "each cohort or the agreement"
        return f"for each unit of {self.indicator}{above}, of {whose}, {when}."

    def _danish(self) -> str:
        above = f" ud over de første {self.above}" if self.above else ""
        if self.counted_in:
            unit = {"days": "dag", "weeks": "hel uge", "months": "hel måned"}[self.counted_in]
            each = "hver dag" if unit == "dag" else f"hver {unit}"
            return f"for {each} med {self.indicator}{above}, hver {self.every_months}. måned."
        months = listed(self.measured_at_months)
        when = f"efter {months} måneder" if months else "når det måles"
        whose = "hver person" if self.of is Of.PEOPLE else "hver kohorte eller hele aftalen"
        return f"for hver enhed af {self.indicator}{above}, for {whose}, {when}."

    def outcomes(self, facts: Facts, frame: Frame) -> Iterator[Outcome]:
        """One outcome per measurement, or per person and period in which spells are counted."""
        if self.counted_in is None:
            for due in self._measured(facts, frame):
                units = None if due.waits else Fraction(number(due.readings[0].value))
                yield due.outcome(self.id, self._paid(due, units))
        else:
            for person in facts.people.values():
                for due, held in self._counted(person, frame):
                    yield due.outcome(self.id, self._paid(due, Fraction(held)))

    def _measured(self, facts: Facts, frame: Frame) -> Iterator[Due]:
        if self.of is Of.COHORTS:
            return of_cohorts(facts, frame, self.indicator)
        if self.measured_at_months:
            months = self.measured_at_months
            return at_milestones(facts, frame, self.indicator, months, since_baseline=False)
        return on_their_days(facts, frame, self.indicator)

    def _paid(self, due: Due, units: Fraction | None) -> Paid | None:
        beyond = Fraction(0) if units is None else units - Fraction(self.above or 0)
        if beyond <= 0:
            return None
        amount, shown = self.priced(due.person, due.period.end, beyond)
        return amount, (shown,)

    def _counted(self, person: Person, frame: Frame) -> Iterator[tuple[Due, int]]:
        """The person's periods that have ended, each with the units that end in it.

        The last one ends with the agreement.
        """
        assert self.counted_in is not None
        assert self.every_months is not None
        enrolled = person.enrolled_on
        for months in count(self.every_months, self.every_months):
            start = add_months(enrolled, months - self.every_months)
            whole = add_months(enrolled, months)
            period = Period(start, min(whole, frame.ends_on))
            if start >= frame.ends_on or period.end > frame.last:
                return
            spells = [
                (each.until(period.end), each.at)
                for each in person.spells
                if each.indicator == self.indicator
            ]
            runs = unbroken(held for held, _ in spells)
            due = Due(
                key=f"{months}m",
                period=period,
                person=person,
                months=months if period.end == whole else None,
                wanted=0,
                read_at=tuple(at for held, at in spells if held.overlap(period).days),
            )
            yield due, units_in(runs, self.counted_in, enrolled, period)


def unbroken(times: Iterable[Period]) -> list[Period]:
    """The same days in as few periods as they make, in order; no day twice."""
    runs: list[Period] = []
    for each in sorted(time for time in times if time.days):
        if runs and each.start <= runs[-1].end:
            runs[-1] = Period(runs[-1].start, max(runs[-1].end, each.end))
        else:
            runs.append(each)
    return runs


def units_in(runs: list[Period], unit: CountedIn, enrolled_on: date, period: Period) -> int:
    """How many days, or whole weeks or months, end in a period and lie whole in one of the runs.

    Weeks and months follow on each other from enrolment, so none is lost or counted twice where one
    period ends and the next begins.
    """
    if unit is CountedIn.DAYS:
        return sum(run.overlap(period).days for run in runs)
    return sum(
        any(run.start <= each.start and each.end <= run.end for run in runs)
        for each in _from_enrolment(unit, enrolled_on, period)
    )


def _from_enrolment(unit: CountedIn, enrolled_on: date, period: Period) -> Iterator[Period]:
    """The weeks or months from enrolment that end in a period: after its start, by its end."""
    for number_ in count(1):
        if unit is CountedIn.WEEKS:
            start = enrolled_on + timedelta(weeks=number_ - 1)
            end = start + timedelta(weeks=1)
        else:
            start = add_months(enrolled_on, number_ - 1)
            end = add_months(enrolled_on, number_)
        if end > period.end:
            return
        if end > period.start:
            yield Period(start, end)
