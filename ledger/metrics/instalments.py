"""A price for every so many weeks that something lasts, once it has lasted long enough."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import ClassVar, Literal

from ledger.dates import Period
from ledger.indicator import IndicatorKind
from ledger.metrics.base import Outcome, Priced, step
from ledger.metrics.facts import Facts, Frame, Person
from ledger.metrics.held import WEEK, Continuity, Rule, behind, complete, held, since, weeks
from ledger.metrics.modifiers import Counting, Whole
from ledger.model import Identifier


class Instalments(Priced):
    """After some weeks of a spell, a price for every so many weeks more."""

    kind: Literal["instalments"]
    indicator: Identifier
    after_weeks: Whole
    after_continuity: Continuity | None = None
    every_weeks: Counting
    continuity: Continuity
    gap_days_max: Whole | None = None
    at_most: Counting

    about: ClassVar[tuple[str, str]] = (
        "every so many weeks that something lasts, once it has lasted long enough",
        "hver så mange uger noget varer, når det har varet længe nok",
    )
    words: ClassVar[dict[str, tuple[str, str]]] = {
        "instalment": ("Instalment, of at most", "Rate nr., af højst"),
        "days-held": ("Days held", "Dage i alt"),
    }

    def indicators(self) -> Iterator[tuple[str, str, tuple[IndicatorKind, ...]]]:
        """The spells it counts."""
        yield "indicator", self.indicator, (IndicatorKind.SPELL,)

    def problems(self, starts_on: date) -> Iterator[str]:
        """A break that nothing has to be let pass for."""
        del starts_on
        if self.gap_days_max is None:
            return
        if Continuity.CONTINUOUS not in (self.continuity, self.after_continuity):
            yield "gap_days_max: cumulative time may have any breaks; leave it out"

    def most(self, people: int) -> Fraction:
        """Everybody gets every instalment at the highest price."""
        return Fraction(people * self.at_most * self.highest_price())

    def told(self, language: str) -> str:
        """In a sentence."""
        prices = " / ".join(str(line.amount) for line in self.price)
        if language == "da":
            return (
                f"Efter {self.after_weeks} uger med {self.indicator}: {prices} for hver "
                f"{self.every_weeks} uger mere, højst {self.at_most} gange pr. person."
            )
        return (
            f"After {self.after_weeks} weeks of {self.indicator}: {prices} for every "
            f"{self.every_weeks} weeks more, at most {self.at_most} times a person."
        )

    def rule(self, continuity: Continuity) -> Rule:
        """How days are counted together."""
        continuous = continuity is Continuity.CONTINUOUS
        return Rule(gap_days_max=(self.gap_days_max or 0) if continuous else None)

    def outcomes(self, facts: Facts, frame: Frame) -> Iterator[Outcome]:
        """One outcome per person and instalment that was earned."""
        for person in facts.people.values():
            days = held(person, self.indicator, frame.last)
            for number, period in enumerate(self._earned(person, days), start=1):
                yield self._outcome(person, number, period)

    def _earned(self, person: Person, days: list[Period]) -> Iterator[Period]:
        """The time of each instalment: it begins where the one before it is complete."""
        first = person.enrolled_on
        if self.after_weeks:
            rule = self.rule(self.after_continuity or self.continuity)
            qualified = complete(days, weeks(self.after_weeks), rule)
            if qualified is None:
                return
            first = qualified.end
        for _ in range(self.at_most):
            period = complete(
                since(days, first), weeks(self.every_weeks), self.rule(self.continuity)
            )
            if period is None:
                return
            yield period
            first = period.end

    def _outcome(self, person: Person, number: int, period: Period) -> Outcome:
        amount, priced = self.priced(person, period.end, Fraction(1))
        which = step("instalment", str(self.at_most), Fraction(number * 100))
        days = step("days-held", f"{self.every_weeks}w", Fraction(self.every_weeks * WEEK * 100))
        read = Period(person.enrolled_on, period.end)
        return Outcome(
            metric=self.id,
            key=str(number),
            period=period,
            subject=person.subject,
            achieved=True,
            claimed_on=period.end,
            amount=amount,
            steps=(which, days, priced),
            read_at=behind(person, self.indicator, read),
            based_on=(person.at,),
        )
