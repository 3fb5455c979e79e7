"""A share of a gain in money that was measured against a control, over some years."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ledger.dates import Period
from ledger.indicator import IndicatorKind
from ledger.metrics.base import Metric, Outcome, Waiting, step
from ledger.metrics.cohorts import enrolled, first_reading, for_people_only, named, number
from ledger.metrics.counterfactual import (
    ComparedWith,
    Direction,
    Revised,
    Version,
    in_force,
    measured_versions,
)
from ledger.metrics.facts import Facts, Frame, Measured
from ledger.metrics.modifiers import Counting
from ledger.model import Identifier, Model, Position
from ledger.money import Share, written
from ledger.working import Step


class Settled(StrEnum):
    """When the share is paid."""

    AT_END = "at_end"
    """Once, when every year is measured."""
    EACH_YEAR = "each_year"
    """When a year and those before are measured: what they together come to above what was paid."""


class Counted(StrEnum):
    """What the measured money is of."""

    PER_PERSON = "per_person"
    TOTAL = "total"


class MeasuredGain(Model):
    """One thing that is gained: what the cohort cost or brought, and the same of the control.

    Without a control the indicator is itself the difference, as an evaluator found it; then a
    later reading of it is a revision of the counterfactual in it.
    """

    indicator: Identifier
    control: Identifier | None = None
    direction: Direction = Direction.INCREASE
    year: Annotated[Counting | None, Field(description="left out: all years in one figure")] = None


@dataclass(frozen=True, slots=True)
class _Measured:
    """One gain as measured: on which day it is known, by which facts, and its size."""

    gain: MeasuredGain
    known_on: date
    complete: bool
    reading: Measured
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class _Before:
    """What the years before came to, the most of it that was paid for, and the last day of them."""

    gained: Fraction = Fraction(0)
    paid_for: Fraction = Fraction(0)
    day: date = date.min
    complete: bool = True


class GainShare(Metric):
    """A share of what was gained in money against a control; never below zero."""

    kind: Literal["gain_share"]
    counterfactual: Revised
    gains: Annotated[tuple[MeasuredGain, ...], Field(min_length=1)]
    counted: Counted
    people: Annotated[
        Identifier | None, Field(description="the indicator that counts a cohort's people")
    ] = None
    years: Counting
    share: Share
    settled: Settled = Settled.AT_END

    about: ClassVar[tuple[str, str]] = (
        "a share of a gain in money, measured against a control",
        "en andel af en gevinst i penge, målt mod en kontrolgruppe",
    )
    words: ClassVar[dict[str, tuple[str, str]]] = {
        "gain-measured": ("Measured gain", "Målt gevinst"),
        "gain-people": ("People in the cohort", "Personer i kohorten"),
        "gain-all": ("Gain, all people", "Gevinst, alle personer"),
        "gain-paid": ("Less the gain paid for before", "Fratrukket gevinst der er betalt for"),
        "gain-share": ("Share paid", "Andel der betales"),
    }

    def of_people(self) -> bool:
        """Cohorts have them."""
        return False

    def indicators(self) -> Iterator[tuple[str, str, tuple[IndicatorKind, ...]]]:
        """What each gain reads, and the number of people."""
        numbers = (IndicatorKind.NUMBER,)
        for place, each in enumerate(self.gains):
            yield f"gains.{place}.indicator", each.indicator, numbers
            if each.control is not None:
                yield f"gains.{place}.control", each.control, numbers
        if self.people is not None:
            yield "people", self.people, numbers

    def problems(self, starts_on: date) -> Iterator[str]:
        """Gains that cannot be meant, and modifiers that are for people."""
        del starts_on
        if self.counterfactual.kind not in {ComparedWith.MATCHED, ComparedWith.RANDOMISED}:
            yield "counterfactual.kind: a gain is measured against a matched or randomised control"
        for place, each in enumerate(self.gains):
            where = f"gains.{place}"
            if each.year is not None and each.year > self.years:
                yield f"{where}.year is {each.year}, and the gain is measured for {self.years}"
            if each.control == each.indicator:
                yield f"{where}.control: the cohort would be compared with itself"
            if each.control is None and each.direction is Direction.REDUCTION:
                yield f"{where}.direction: without a control the indicator is the gain itself"
        if len({each.indicator for each in self.gains}) != len(self.gains):
            yield "gains: an indicator stands twice and would be paid for twice"
        if self.counted is Counted.TOTAL and self.people is not None:
            yield "people: totals are not multiplied by people; leave it out"
        yield from for_people_only(self)

    def most(self, people: int) -> None:
        """Nothing bounds what may be gained."""
        del people

    def told(self, language: str) -> str:
        """In a sentence."""
        share, names = _percent(self.share), ", ".join(each.indicator for each in self.gains)
        against = self.counterfactual.kind.value
        if language == "da":
            return (
                f"{share} af den målte gevinst ({names}) over {self.years} år i forhold til en "
                f"kontrolgruppe ({against})."
            )
        return (
            f"{share} of the measured gain ({names}) over {self.years} years against a control "
            f"({against})."
        )

    def outcomes(self, facts: Facts, frame: Frame) -> Iterator[Outcome]:
        """One outcome per cohort, or one for each of its years."""
        for cohort in sorted(facts.cohorts):
            before = _Before()
            for year, gains in self._settlements():
                outcome, before = self._settle(cohort, year, gains, before, facts, frame)
                if outcome is not None:
                    yield outcome

    def _settlements(self) -> list[tuple[int, list[MeasuredGain]]]:
        """The years after which something is settled, each with the gains settled then."""
        if self.settled is Settled.AT_END:
            return [(self.years, list(self.gains))]
        ends = sorted({each.year or self.years for each in self.gains})
        return [(end, [g for g in self.gains if (g.year or self.years) == end]) for end in ends]

    def _settle(
        self,
        cohort: str,
        year: int,
        gains: list[MeasuredGain],
        before: _Before,
        facts: Facts,
        frame: Frame,
    ) -> tuple[Outcome | None, _Before]:
        """What is due at the end of a year, and what has then been gained and paid for.

        A year that lost money lowers what is paid for those after it, never what was paid before.
        """
        found = [m for each in gains if (m := self._measured(cohort, each, facts, frame))]
        if not found:
            return None, replace(before, complete=False)
        size = first_reading(facts, cohort, self.people, frame) if self.people else None
        days = [each.known_on for each in found] + ([size.measured_on] if size else [])
        on = max(before.day, *days)
        outcome = Outcome(
            metric=self.id,
            key=f"year-{year}",
            period=Period(frame.starts_on, on),
            cohort=named(cohort),
            claimed_on=on,
            read_at=(size.at,) if size else (),
        )
        complete = before.complete and len(found) == len(gains)
        complete = complete and all(each.complete for each in found)
        if not complete or (self.people is not None and size is None):
            waits = outcome._replace(waiting=Waiting.MEASUREMENT)
            return waits, replace(before, day=on, complete=False)
        if self.counted is Counted.TOTAL:
            people, counted = Fraction(1), tuple[Position, ...]()
        elif size is not None:
            people, counted = Fraction(size.value), ()
        else:
            people, counted = enrolled(facts, cohort, on)
        return self._paid(outcome, found, people, counted, before, frame)

    def _measured(
        self, cohort: str, gain: MeasuredGain, facts: Facts, frame: Frame
    ) -> _Measured | None:
        """What is known of one gain; None before the cohort is measured."""
        reading = first_reading(facts, cohort, gain.indicator, frame)
        if reading is None:
            return None
        results = facts.cohorts.get(cohort, ())
        if gain.control is None:
            versions = [
                each
                for each in measured_versions(results, gain.indicator)
                if each.day >= frame.starts_on
            ]
        else:
            versions = measured_versions(results, gain.control)
        known = [each.day for each in versions if each.day <= frame.last]
        day = max(reading.measured_on, min(known, default=reading.measured_on))
        return _Measured(gain, day, bool(known), reading, tuple(versions))

    def _paid(
        self,
        outcome: Outcome,
        found: list[_Measured],
        people: Fraction,
        counted: tuple[Position, ...],
        before: _Before,
        frame: Frame,
    ) -> tuple[Outcome, _Before]:
        """The outcome with its amount, if there is a gain that was not paid for before."""
        gained, read_at, steps = Fraction(0), list(outcome.read_at), list[Step]()
        for each in found:
            version = in_force(each.versions, self.counterfactual, outcome.achieved_on, frame.until)
            assert version is not None
            gain, by = version.value, each.gain.indicator
            if each.gain.control is not None:
                measured = Fraction(each.reading.value)
                gain = each.gain.direction.better(measured, version.value)
                by = f"{written(measured * 100)} / {written(version.value * 100)}"
            gained += gain * 100
            read_at += [each.reading.at, version.at]
            steps.append(step("gain-measured", by, gain * 100))
        if self.counted is Counted.PER_PERSON:
            steps.append(number("gain-people", self.counted.value, people))
        whole = before.gained + gained * people
        steps.append(step("gain-all", outcome.key, whole))
        if before.paid_for:
            less = whole - before.paid_for
            steps.append(step("gain-paid", written(before.paid_for), less))
        amount = max(Fraction(0), whole - before.paid_for) * Fraction(self.share)
        steps.append(step("gain-share", str(self.share), amount))
        decided = outcome._replace(read_at=tuple(dict.fromkeys(read_at)), based_on=counted)
        if amount > 0:
            decided = decided._replace(achieved=True, amount=amount, steps=tuple(steps))
        paid_for = max(before.paid_for, whole)
        return decided, _Before(whole, paid_for, outcome.achieved_on)


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"
