"""An amount once for something that is completed: by a person, by a cohort, or by all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ledger.dates import Period
from ledger.indicator import IndicatorKind
from ledger.metrics.base import ALL, Metric, Outcome, price_step
from ledger.metrics.facts import Facts, Frame, Measured, Person, in_order
from ledger.metrics.modifiers import PriceLine, Prices
from ledger.model import Identifier, Model, Text


class CompletedBy(StrEnum):
    """Whose completion is paid for."""

    PERSON = "person"
    """Each person's, once."""
    COHORT = "cohort"
    """A named cohort's, once."""
    AGREEMENT = "agreement"
    """Everybody's together, once."""


class Completion(Model):
    """One thing to complete: the indicator that says `yes` when it is, and what is then paid."""

    id: Identifier
    title: Text | None = None
    indicator: Identifier
    price: Prices


class Milestone(Metric):
    """An amount once for each thing that is completed, on the first day on which it is seen."""

    kind: Literal["milestone"]
    by: CompletedBy
    cohort: Identifier | None = None
    completed: Annotated[tuple[Completion, ...], Field(min_length=1)]

    about: ClassVar[tuple[str, str]] = (
        "something that is completed: by a person, a cohort or everybody",
        "noget, der bliver gennemført: af en person, en kohorte eller alle",
    )

    def of_people(self) -> bool:
        """As the terms say."""
        return self.by is CompletedBy.PERSON

    def indicators(self) -> Iterator[tuple[str, str, tuple[IndicatorKind, ...]]]:
        """Those that say that something is completed."""
        for number, each in enumerate(self.completed):
            yield f"completed.{number}.indicator", each.indicator, (IndicatorKind.YES_NO,)

    def price_lists(self) -> tuple[tuple[PriceLine, ...], ...]:
        """The prices of each thing to complete."""
        return tuple(each.price for each in self.completed)

    def problems(self, starts_on: date) -> Iterator[str]:
        """Things that stand twice, and cohorts and groups where there is none."""
        del starts_on
        if len({each.id for each in self.completed}) != len(self.completed):
            yield "completed: an id stands twice; give each an id of its own"
        if len({each.indicator for each in self.completed}) != len(self.completed):
            yield "completed: an indicator stands twice; one completion would be paid twice"
        if (self.by is CompletedBy.COHORT) != (self.cohort is not None):
            yield "cohort: is named where, and only where, it is completed by a cohort"
        if self.cohort == ALL:
            yield "cohort: 'all' is everybody; write by: agreement"
        grouped = any(line.group for each in self.completed for line in each.price)
        if grouped and self.by is not CompletedBy.PERSON:
            yield "completed: only people have a group; leave group out of the prices"

    def most(self, people: int) -> Fraction:
        """Everything is completed at its highest price, by everybody where people complete it."""
        each = sum(max(line.amount.minor for line in done.price) for done in self.completed)
        return Fraction(each * (people if self.by is CompletedBy.PERSON else 1))

    def told(self, language: str) -> str:
        """In a sentence."""
        things = ", ".join(
            f"{each.title or each.id} ({' / '.join(str(line.amount) for line in each.price)})"
            for each in self.completed
        )
        danish = language == "da"
        whom = {
            CompletedBy.PERSON: "for hver person" if danish else "for each person",
            CompletedBy.COHORT: f"for {self.cohort}",
            CompletedBy.AGREEMENT: "for alle under ét" if danish else "for all together",
        }[self.by]
        return f"{'Én gang' if danish else 'Once'} {whom}: {things}."

    def outcomes(self, facts: Facts, frame: Frame) -> Iterator[Outcome]:
        """One outcome for each thing completed, per person where people complete it."""
        if self.by is CompletedBy.PERSON:
            for person in facts.people.values():
                first = person.enrolled_on
                yield from self._completed(person.measured, first, frame, person)
            return
        cohort = self.cohort or ALL
        yield from self._completed(facts.cohorts.get(cohort, ()), frame.starts_on, frame)

    def _completed(
        self,
        measured: Iterable[Measured],
        first: date,
        frame: Frame,
        person: Person | None = None,
    ) -> Iterator[Outcome]:
        shown = in_order(m for m in measured if m.value == "yes" and m.measured_on >= first)
        for each in self.completed:
            reading = next((m for m in shown if m.indicator == each.indicator), None)
            if reading is not None and reading.measured_on <= frame.last:
                yield self._outcome(each, reading, Period(first, reading.measured_on), person)

    def _outcome(
        self, done: Completion, reading: Measured, period: Period, person: Person | None
    ) -> Outcome:
        amount, priced = price_step(self.id, done.price, person, period.end, Fraction(1))
        return Outcome(
            metric=self.id,
            key=done.id,
            period=period,
            subject=person.subject if person else None,
            cohort=self.cohort,
            achieved=True,
            claimed_on=reading.measured_on,
            amount=amount,
            steps=(priced,),
            read_at=(reading.at,),
            based_on=(person.at,) if person else (),
        )
