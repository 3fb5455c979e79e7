"""A price by tier: the highest tier that a reading reaches decides what is paid."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ledger.indicator import IndicatorKind, Number, number
from ledger.metrics.base import Metric, Outcome, step
from ledger.metrics.due import Due, Of, Paid, at_milestones, in_rising_order, listed, of_cohorts
from ledger.metrics.facts import Facts, Frame
from ledger.metrics.modifiers import DeadweightOn, Months
from ledger.model import Identifier, Model
from ledger.money import ZERO, Amount


class Tier(Model):
    """A bound, and what is paid for a reading that reaches it and not the next one."""

    at_least: Number
    price: Amount


class Tiered(Metric):
    """A price by tier: the highest tier that a reading reaches decides what is paid.

    Of each person at milestones, or of each result of a cohort.
    """

    kind: Literal["tier"]
    indicator: Identifier
    of: Of = Of.PEOPLE
    measured_at_months: tuple[Months, ...] = ()
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)]

    about: ClassVar[tuple[str, str]] = (
        "a reading, by the tier that it reaches",
        "en måling, efter det trin den når",
    )
    words: ClassVar[dict[str, tuple[str, str]]] = {
        "tier": ("Price of the tier from", "Pris for trinnet fra"),
    }

    def of_people(self) -> bool:
        """As the terms say."""
        return self.of is Of.PEOPLE

    def indicators(self) -> Iterator[tuple[str, str, tuple[IndicatorKind, ...]]]:
        """The one whose reading is looked up."""
        yield "indicator", self.indicator, (IndicatorKind.NUMBER, IndicatorKind.SCORE_0_10)

    def milestones(self) -> frozenset[int]:
        """The months at which people are measured."""
        return frozenset(self.measured_at_months)

    def problems(self, starts_on: date) -> Iterator[str]:
        """Tiers or milestones out of order, or milestones where there are none."""
        yield from super().problems(starts_on)
        yield from in_rising_order(self.measured_at_months)
        bounds = [each.at_least for each in self.tiers]
        if bounds != sorted(set(bounds)):
            yield "tiers: each must begin above the one before"
        if any(each.price < ZERO for each in self.tiers):
            yield "tiers: a price must not be below zero; for what costs money write negative: true"
        if self.of is Of.PEOPLE and not self.measured_at_months:
            yield "measured_at_months: write at which months people are measured"
        if self.of is Of.COHORTS and self.measured_at_months:
            yield "measured_at_months: results of cohorts have no milestones; leave it out"
        counted = self.deadweight is not None and self.deadweight.on is DeadweightOn.COUNT
        if self.of is Of.COHORTS and counted:
            yield "deadweight: a cohort is not people to be counted; write on: price"

    def most(self, people: int) -> Fraction | None:
        """Everybody reaches the dearest tier each time; of results there may be any number."""
        if self.of is Of.COHORTS:
            return None
        dearest = max(each.price.minor for each in self.tiers)
        return Fraction(people * len(self.measured_at_months) * dearest)

    def told(self, language: str) -> str:
        """In a sentence."""
        months, danish = listed(self.measured_at_months), language == "da"
        tiers = "; ".join(
            f"{each.price} {'fra' if danish else 'from'} {each.at_least}" for each in self.tiers
        )
        if self.of is Of.COHORTS:
            whose = "hver måling af en kohorte" if danish else "each result of a cohort"
            return f"{self.indicator}, {whose}: {tiers}."
        if danish:
            return f"{self.indicator}, hver person efter {months} måneder: {tiers}."
        return f"{self.indicator}, each person at {months} months: {tiers}."

    def outcomes(self, facts: Facts, frame: Frame) -> Iterator[Outcome]:
        """One outcome per person and milestone, or per result of a cohort."""
        months, read = self.measured_at_months, self.indicator
        found = (
            of_cohorts(facts, frame, read)
            if self.of is Of.COHORTS
            else at_milestones(facts, frame, read, months, since_baseline=False)
        )
        for due in found:
            yield due.outcome(self.id, None if due.waits else self._paid(due))

    def _paid(self, due: Due) -> Paid | None:
        value = number(due.readings[0].value)
        reached = [each for each in self.tiers if each.at_least <= value]
        if not reached:
            return None
        amount = Fraction(reached[-1].price.minor)
        return amount, (step("tier", str(reached[-1].at_least), amount),)
