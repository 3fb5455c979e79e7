"""A price where the level of service a person needs was lowered since the baseline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ledger.indicator import Indicator, IndicatorKind
from ledger.metrics.base import Outcome, Priced, step
from ledger.metrics.due import Due, Paid, at_milestones, in_rising_order, listed
from ledger.metrics.facts import Facts, Frame
from ledger.metrics.modifiers import Months, Prices
from ledger.model import Identifier, Model, Text
from ledger.money import ZERO, Amount


class TargetLevel(Model):
    """A level to come down to, and what is paid when it is reached."""

    level: Text
    price: Amount


class StepDown(Priced):
    """A price where the level of service a person needs was lowered since the baseline.

    For each level that it was lowered, or for the lowest target that it came down to; at each
    milestone, always compared with the baseline.
    """

    kind: Literal["step_down"]
    price: Prices = ()
    indicator: Identifier
    measured_at_months: Annotated[tuple[Months, ...], Field(min_length=1)]
    targets: tuple[TargetLevel, ...] = ()

    about: ClassVar[tuple[str, str]] = (
        "a level of service that was lowered",
        "et indsatsniveau, der er sænket",
    )
    words: ClassVar[dict[str, tuple[str, str]]] = {
        "target": ("Price of the level reached", "Pris for det niveau, der er nået"),
    }

    def indicators(self) -> Iterator[tuple[str, str, tuple[IndicatorKind, ...]]]:
        """The one whose levels are compared."""
        yield "indicator", self.indicator, (IndicatorKind.LEVEL,)

    def milestones(self) -> frozenset[int]:
        """The baseline and the months at which it is compared."""
        return frozenset((0, *self.measured_at_months))

    def problems(self, starts_on: date) -> Iterator[str]:
        """Neither way of paying or both, targets that stand twice, milestones out of order."""
        yield from super().problems(starts_on)
        yield from in_rising_order(self.measured_at_months)
        if bool(self.price) == bool(self.targets):
            yield "price: write either price, for each level, or targets"
        if len({each.level for each in self.targets}) != len(self.targets):
            yield "targets: a level stands twice; keep one"
        if any(each.price < ZERO for each in self.targets):
            yield "targets: a price must not be below zero"

    def unfit(self, indicator: Indicator) -> Iterator[str]:
        """Targets that are no levels, or that nobody can come down to."""
        for each in self.targets:
            wrong = indicator.problem(each.level)
            if wrong:
                yield f"targets: {each.level!r} is no level of {indicator.id}; {wrong}"
            elif each.level == indicator.levels[-1]:
                yield f"targets: {each.level!r} is the highest level; nobody comes down to it"

    def most(self, people: int) -> Fraction | None:
        """Everybody reaches the dearest target; by how many levels, the indicator says."""
        if not self.targets:
            return None
        dearest = max(each.price.minor for each in self.targets)
        return Fraction(people * len(self.measured_at_months) * dearest)

    def told(self, language: str) -> str:
        """In a sentence."""
        months, danish = listed(self.measured_at_months), language == "da"
        if self.targets:
            word = "ned til" if danish else "down to"
            ways = "; ".join(f"{each.price} {word} {each.level}" for each in self.targets)
        else:
            prices = " / ".join(str(line.amount) for line in self.price)
            ways = f"{prices} {'for hvert niveau' if danish else 'for each level'}"
        if danish:
            return f"{self.indicator} lavere end ved baseline, efter {months} måneder: {ways}."
        return f"{self.indicator} lower than at the baseline, at {months} months: {ways}."

    def outcomes(self, facts: Facts, frame: Frame) -> Iterator[Outcome]:
        """One outcome per person and milestone; without a baseline it waits."""
        levels = facts.levels.get(self.indicator, ())
        for due in at_milestones(
            facts, frame, self.indicator, self.measured_at_months, since_baseline=True
        ):
            yield due.outcome(self.id, None if due.waits else self._paid(due, levels))

    def _paid(self, due: Due, levels: tuple[str, ...]) -> Paid | None:
        before, after = (levels.index(reading.value) for reading in due.readings)
        if not self.targets:
            if after >= before:
                return None
            amount, shown = self.priced(due.person, due.period.end, Fraction(before - after))
            return amount, (shown,)
        places = {levels.index(each.level): each for each in self.targets}
        reached = [place for place in places if after <= place < before]
        if not reached:
            return None
        target = places[min(reached)]
        price = Fraction(target.price.minor)
        return price, (step("target", target.level, price),)
