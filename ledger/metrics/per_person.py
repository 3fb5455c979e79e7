"""A price for each person who achieves something: at milestones, or once whenever it is seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import ClassVar, Literal

from ledger.dates import Period, add_months
from ledger.indicator import Condition, IndicatorKind
from ledger.metrics.base import Outcome, Priced, Waiting
from ledger.metrics.facts import Facts, Frame, Measured, Person
from ledger.metrics.modifiers import Counting
from ledger.working import Step


class PerPerson(Priced):
    """A price for each person whose measurement shows it.

    With milestones, once at each of them; without, once, on the first day on which it is seen.
    """

    kind: Literal["per_person"]
    achieved_when: Condition
    measured_at_months: tuple[Counting, ...] = ()

    about: ClassVar[tuple[str, str]] = (
        "each person who achieves something, at milestones or once",
        "hver person, der opnår noget, ved milepæle eller én gang",
    )

    def indicators(self) -> Iterator[tuple[str, str, tuple[IndicatorKind, ...]]]:
        """The one that shows it."""
        every = tuple(kind for kind in IndicatorKind if kind is not IndicatorKind.SPELL)
        yield "achieved_when.indicator", self.achieved_when.indicator, every

    def milestones(self) -> frozenset[int]:
        """The months at which it is measured."""
        return frozenset(self.measured_at_months)

    def most(self, people: int) -> Fraction:
        """Everybody achieves it each time."""
        times = len(self.measured_at_months) or 1
        return Fraction(people * times * self.highest_price())

    def told(self, language: str) -> str:
        """In a sentence."""
        prices = " / ".join(str(line.amount) for line in self.price)
        months = ", ".join(map(str, self.measured_at_months))
        if language == "da":
            when = f"efter {months} måneder" if months else "én gang"
            return f"{prices} for hver person der opnår {self.achieved_when.indicator}, {when}."
        when = f"at {months} months" if months else "once"
        return f"{prices} for each person who achieves {self.achieved_when.indicator}, {when}."

    def outcomes(self, facts: Facts, frame: Frame) -> Iterator[Outcome]:
        """One outcome per person, at each milestone if there are any."""
        for person in facts.people.values():
            if self.measured_at_months:
                yield from self._at_milestones(person, frame)
            else:
                yield from self._once(person, frame)

    def _at_milestones(self, person: Person, frame: Frame) -> Iterator[Outcome]:
        for months in self.measured_at_months:
            due = add_months(person.enrolled_on, months)
            if due <= frame.last:
                reading = person.reading(self.achieved_when.indicator, months)
                yield self._outcome(person, f"{months}m", due, reading, months)

    def _once(self, person: Person, frame: Frame) -> Iterator[Outcome]:
        met = (
            reading
            for reading in person.readings(self.achieved_when.indicator)
            if self.achieved_when.met(reading.value)
            and person.enrolled_on <= reading.measured_on <= frame.last
        )
        reading = next(met, None)
        if reading is not None:
            yield self._outcome(person, "once", reading.measured_on, reading)

    def _outcome(
        self,
        person: Person,
        key: str,
        achieved_on: date,
        reading: Measured | None,
        months: int | None = None,
    ) -> Outcome:
        period = Period(person.enrolled_on, achieved_on)
        achieved = reading is not None and self.achieved_when.met(reading.value)
        amount, steps = Fraction(0), list[Step]()
        if achieved:
            amount, shown = self.priced(person, achieved_on, Fraction(1))
            steps.append(shown)
        return Outcome(
            metric=self.id,
            key=key,
            period=period,
            subject=person.subject,
            months=months,
            waiting=None if reading else Waiting.MEASUREMENT,
            achieved=achieved,
            claimed_on=reading.measured_on if reading else None,
            amount=amount,
            steps=tuple(steps),
            read_at=(reading.at,) if reading else (),
            based_on=(person.at,),
        )
