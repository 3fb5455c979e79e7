"""A price for each person who has held something, such as a job or a home, for so long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from ledger.dates import Period, add_months
from ledger.indicator import IndicatorKind
from ledger.metrics.base import Metric, Outcome, price_step, step
from ledger.metrics.facts import Facts, Frame, Person
from ledger.metrics.held import WEEK, Continuity, Needed, Rule, behind, complete, held, weeks
from ledger.metrics.modifiers import Counting, PriceLine, Prices, Whole
from ledger.model import Identifier, Model


class SustainedStep(Model):
    """How long it must be held, in weeks or in months, and what is then paid."""

    weeks: Counting | None = None
    months: Counting | None = None
    price: Prices

    @model_validator(mode="after")
    def _is_one_time(self) -> SustainedStep:
        if (self.weeks is None) == (self.months is None):
            message = "write either weeks or months"
            raise ValueError(message)
        return self

    @property
    def key(self) -> str:
        """Its name within the metric, such as 13w or 12m."""
        return f"{self.months}m" if self.weeks is None else f"{self.weeks}w"

    def needed(self) -> Needed:
        """The days in it: of months, those up to the same day of the month."""
        if self.weeks is not None:
            return weeks(self.weeks)
        months = self.months or 0
        return lambda first: (add_months(first, months) - first).days


class Sustained(Metric):
    """A price for each person who has held something for so long; each step once per person."""

    kind: Literal["sustained"]
    indicator: Identifier
    continuity: Continuity
    gap_days_max: Whole | None = None
    within_weeks: Counting | None = None
    steps: Annotated[tuple[SustainedStep, ...], Field(min_length=1)]

    about: ClassVar[tuple[str, str]] = (
        "each person who has held something, such as a job, for so long",
        "hver person, der har fastholdt noget, fx et job, så længe",
    )
    words: ClassVar[dict[str, tuple[str, str]]] = {
        "days-held": ("Days held", "Dage i alt"),
    }

    def indicators(self) -> Iterator[tuple[str, str, tuple[IndicatorKind, ...]]]:
        """The spells it counts."""
        yield "indicator", self.indicator, (IndicatorKind.SPELL,)

    def price_lists(self) -> tuple[tuple[PriceLine, ...], ...]:
        """The prices of each step."""
        return tuple(each.price for each in self.steps)

    def problems(self, starts_on: date) -> Iterator[str]:
        """Steps that stand twice, and breaks that the continuity leaves no room for."""
        del starts_on
        if len({each.key for each in self.steps}) != len(self.steps):
            yield "steps: a length stands twice; keep one price for it"
        if self.continuity is Continuity.CUMULATIVE and self.gap_days_max is not None:
            yield "gap_days_max: cumulative time may have any breaks; leave it out"
        if self.within_weeks is None:
            return
        if self.continuity is Continuity.CONTINUOUS:
            yield "within_weeks: is for cumulative time; leave it out"
        for each in self.steps:
            if each.weeks is None:
                yield "within_weeks: write the steps in weeks too"
            elif each.weeks > self.within_weeks:
                yield f"within_weeks: {each.weeks} weeks do not fit into {self.within_weeks}"

    def most(self, people: int) -> Fraction:
        """Everybody takes every step at its highest price."""
        each = sum(max(line.amount.minor for line in step.price) for step in self.steps)
        return Fraction(people * each)

    def told(self, language: str) -> str:
        """In a sentence."""
        danish = language == "da"
        steps = ", ".join(_told(each, danish=danish) for each in self.steps)
        continuous = self.continuity is Continuity.CONTINUOUS
        if danish:
            how = "uafbrudt" if continuous else "i alt"
            return f"For hver person, én gang pr. trin, med {self.indicator} {how} i {steps}."
        how = "without a break" if continuous else "in all"
        return f"For each person, once a step, with {self.indicator} {how} for {steps}."

    def rule(self) -> Rule:
        """How days are counted together."""
        if self.continuity is Continuity.CONTINUOUS:
            return Rule(gap_days_max=self.gap_days_max or 0)
        return Rule(within_days=self.within_weeks * WEEK if self.within_weeks else None)

    def outcomes(self, facts: Facts, frame: Frame) -> Iterator[Outcome]:
        """One outcome per person and step that was taken."""
        for person in facts.people.values():
            days = held(person, self.indicator, frame.last)
            for each in self.steps:
                period = complete(days, each.needed(), self.rule())
                if period is not None:
                    yield self._outcome(person, each, period)

    def _outcome(self, person: Person, taken: SustainedStep, period: Period) -> Outcome:
        needed = Fraction(taken.needed()(period.start))
        amount, priced = price_step(self.id, taken.price, person, period.end, Fraction(1))
        return Outcome(
            metric=self.id,
            key=taken.key,
            period=period,
            subject=person.subject,
            achieved=True,
            claimed_on=period.end,
            amount=amount,
            steps=(step("days-held", taken.key, needed * 100), priced),
            read_at=behind(person, self.indicator, period),
            based_on=(person.at,),
        )


def _told(taken: SustainedStep, *, danish: bool) -> str:
    prices = " / ".join(str(line.amount) for line in taken.price)
    if taken.weeks is not None:
        return f"{taken.weeks} {'uger' if danish else 'weeks'} ({prices})"
    return f"{taken.months} {'måneder' if danish else 'months'} ({prices})"
