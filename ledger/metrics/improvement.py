"""A price for each person whose score or number is better than at the baseline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ledger.indicator import IndicatorKind, Number, number
from ledger.metrics.base import Outcome, Priced
from ledger.metrics.due import Due, Paid, at_milestones, in_rising_order, listed
from ledger.metrics.facts import Facts, Frame
from ledger.metrics.modifiers import Months
from ledger.model import Identifier


class Direction(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"


class PaidPer(StrEnum):
    """What the price is for."""

    PERSON = "person"
    """Each person who improved, by however much."""
    POINT = "point"
    """Each point of the change, of those who improved."""


class Improvement(Priced):
    """A price for each person whose score or number is better than at the baseline.

    Better by anything at all, or by at least `minimum_change`; at each milestone, always compared
    with the baseline.
    """

    kind: Literal["improvement"]
    indicator: Identifier
    direction: Direction
    minimum_change: Annotated[Number | None, Field(description="the least that counts")] = None
    measured_at_months: Annotated[tuple[Months, ...], Field(min_length=1)]
    paid_per: PaidPer = PaidPer.PERSON

    about: ClassVar[tuple[str, str]] = (
        "each person whose score or number is better than at the baseline",
        "hver person, hvis score eller tal er bedre end ved baselinemålingen",
    )

    def indicators(self) -> Iterator[tuple[str, str, tuple[IndicatorKind, ...]]]:
        """The one that is compared."""
        yield "indicator", self.indicator, (IndicatorKind.SCORE_0_10, IndicatorKind.NUMBER)

    def milestones(self) -> frozenset[int]:
        """The baseline and the months at which it is compared."""
        return frozenset((0, *self.measured_at_months))

    def problems(self, starts_on: date) -> Iterator[str]:
        """Milestones out of order; a least change that anything would reach."""
        yield from super().problems(starts_on)
        yield from in_rising_order(self.measured_at_months)
        if self.minimum_change is not None and self.minimum_change <= 0:
            yield "minimum_change must be above zero; left out, any change for the better counts"

    def most(self, people: int) -> Fraction | None:
        """Everybody improves at each milestone; by how many points, nobody can say."""
        if self.paid_per is PaidPer.POINT:
            return None
        return Fraction(people * len(self.measured_at_months) * self.highest_price())

    def told(self, language: str) -> str:
        """In a sentence."""
        prices = " / ".join(str(line.amount) for line in self.price)
        months, least = listed(self.measured_at_months), self.minimum_change
        point, up = self.paid_per is PaidPer.POINT, self.direction is Direction.UP
        if language == "da":
            each = "hvert point for hver person" if point else "hver person"
            way = "stiger" if up else "falder"
            by = f" mindst {least}" if least else ""
            return (
                f"{prices} for {each}, hvis {self.indicator} {way}{by} "
                f"fra baselinemålingen, efter {months} måneder."
            )
        each = "each point for each person" if point else "each person"
        way = "rises" if up else "falls"
        by = f" by at least {least}" if least else ""
        return (
            f"{prices} for {each} whose {self.indicator} {way}{by} from the baseline, "
            f"at {months} months."
        )

    def outcomes(self, facts: Facts, frame: Frame) -> Iterator[Outcome]:
        """One outcome per person and milestone; without a baseline it waits."""
        for due in at_milestones(
            facts, frame, self.indicator, self.measured_at_months, since_baseline=True
        ):
            yield due.outcome(self.id, None if due.waits else self._paid(due))

    def _paid(self, due: Due) -> Paid | None:
        before, after = (Fraction(number(reading.value)) for reading in due.readings)
        change = after - before if self.direction is Direction.UP else before - after
        if change <= 0 or change < (self.minimum_change or 0):
            return None
        units = change if self.paid_per is PaidPer.POINT else Fraction(1)
        amount, shown = self.priced(due.person, due.period.end, units)
        return amount, (shown,)
