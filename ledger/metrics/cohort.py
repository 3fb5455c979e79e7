"""A cohort's rate against a counterfactual: paid if it is better by a threshold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ledger.dates import Period
from ledger.indicator import IndicatorKind, Number
from ledger.metrics.base import Outcome, Priced, Waiting
from ledger.metrics.cohorts import enrolled, first_reading, for_people_only, named, number
from ledger.metrics.counterfactual import Comparison, Direction, Version, in_force
from ledger.metrics.facts import NOWHERE, Facts, Frame, Measured
from ledger.model import Identifier, Model, Position
from ledger.money import written

OWN = "own"
TOGETHER = "together"


class Measure(StrEnum):
    """How the effect is measured against the threshold."""

    RELATIVE = "relative"
    """The difference as a share of the counterfactual."""
    POINTS = "points"
    """The difference itself."""


class Per(StrEnum):
    """What the price is for, once the threshold is met."""

    PERSON = "person"
    """Each person of the cohort."""
    POINT = "point"
    """Each hundredth of the effect: a percentage point, or a percent of the counterfactual."""
    ADDITIONAL_OUTCOME = "additional_outcome"
    """Each outcome more, or fewer, than the counterfactual: difference × people."""
    COHORT = "cohort"
    """The cohort, as a lump sum."""


class Fallback(Model):
    """A second test, of all cohorts together, for those that did not meet the threshold alone."""

    threshold: Annotated[Number, Field(ge=0)]
    over: Literal["all_cohorts"]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is known of one cohort: its first rate, its people, the counterfactual's versions."""

    cohort: str
    rate: Measured
    day: date
    people: Fraction
    versions: tuple[Version, ...]
    complete: bool
    read_at: tuple[Position, ...]
    based_on: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class _Effect:
    """A rate against its counterfactual, both weighted by people where cohorts are put together."""

    rate: Fraction
    counterfactual: Fraction
    difference: Fraction
    effect: Fraction
    read_at: tuple[Position, ...]
    based_on: tuple[Position, ...]

    def meets(self, threshold: Fraction) -> bool:
        """Whether there is an effect at all, and as large as it must be."""
        return self.effect > 0 and self.effect >= threshold


class Cohort(Priced):
    """A price if a cohort does better than the counterfactual by a threshold.

    A cohort is decided once, on its first measurement (`own`). With a fallback, those that did not
    meet the threshold are decided once more when all are measured (`together`).
    """

    kind: Literal["cohort"]
    indicator: Identifier
    counterfactual: Comparison
    direction: Direction
    measure: Measure
    threshold: Annotated[Number, Field(ge=0)]
    cohorts: tuple[Identifier, ...] = ()
    fallback: Fallback | None = None
    per: Per
    people: Annotated[
        Identifier | None, Field(description="the indicator that counts a cohort's people")
    ] = None

    about: ClassVar[tuple[str, str]] = (
        "a cohort that does better than a counterfactual by a threshold",
        "en kohorte, der klarer sig bedre end et basisalternativ med mindst en tærskel",
    )
    words: ClassVar[dict[str, tuple[str, str]]] = {
        "cohort-rate": ("Measured rate", "Målt andel"),
        "cohort-counterfactual": ("Rate without the programme", "Andel uden indsatsen"),
        "cohort-effect": ("Effect", "Effekt"),
        "cohort-threshold": ("Threshold, met", "Tærskel, opfyldt"),
        "cohort-people": ("People in the cohort", "Personer i kohorten"),
        "cohort-unpaid": (
            "Difference of the cohorts not paid before",
            "Forskel for de kohorter der ikke er betalt før",
        ),
    }

    def of_people(self) -> bool:
        """Cohorts have them."""
        return False

    def indicators(self) -> Iterator[tuple[str, str, tuple[IndicatorKind, ...]]]:
        """The cohort's rate, the control's, and the number of people."""
        numbers = (IndicatorKind.NUMBER,)
        yield "indicator", self.indicator, numbers
        if self.counterfactual.indicator is not None:
            yield "counterfactual.indicator", self.counterfactual.indicator, numbers
        if self.people is not None:
            yield "people", self.people, numbers

    def problems(self, starts_on: date) -> Iterator[str]:
        """What cannot be meant: tests that cannot be made, and modifiers that are for people."""
        values = self.counterfactual.value
        if values and min(line.valid_from or date.min for line in values) > starts_on:
            yield f"counterfactual.value: none is in force on {starts_on}"
        if self.measure is Measure.RELATIVE and any(line.value <= 0 for line in values):
            yield "counterfactual.value must be above zero to measure relative to it"
        if self.counterfactual.indicator == self.indicator:
            yield "counterfactual.indicator: the cohort would be compared with itself"
        if len(set(self.cohorts)) != len(self.cohorts):
            yield "cohorts: one stands twice"
        if self.fallback is not None:
            if len(self.cohorts) < 2:  # noqa: PLR2004
                yield "fallback: name at least two cohorts, to know when all are measured"
            if self.fallback.threshold > self.threshold:
                yield "fallback.threshold is above threshold; the fallback would never pay"
        yield from for_people_only(self)
        if any(line.group for line in self.price):
            yield "price: a cohort has no group; give each cohort a metric of its own"

    def most(self, people: int) -> Fraction | None:
        """Bounded where everybody, or every cohort named, is paid for once."""
        if self.per is Per.PERSON and self.people is None:
            return Fraction(people * self.highest_price())
        if self.per is Per.COHORT and self.cohorts:
            return Fraction(len(self.cohorts) * self.highest_price())
        return None

    def told(self, language: str) -> str:
        """In a sentence."""
        danish = language == "da"
        prices = " / ".join(str(line.amount) for line in self.price)
        per = {
            Per.PERSON: ("person", "person"),
            Per.POINT: ("percentage point", "procentpoint"),
            Per.ADDITIONAL_OUTCOME: ("additional outcome", "ekstra resultat"),
            Per.COHORT: ("cohort", "kohorte"),
        }[self.per][danish]
        bound = self._bound(self.threshold)
        against = self.counterfactual.kind.value
        if danish:
            way = "lavere" if self.direction is Direction.REDUCTION else "højere"
            text = f"{prices} pr. {per}, hvis {self.indicator} er mindst {bound} {way}"
            text += f" end basisalternativet ({against})"
            if self.fallback:
                second = self._bound(self.fallback.threshold)
                text += f", eller alle kohorter tilsammen mindst {second}"
            return f"{text}."
        way = "lower" if self.direction is Direction.REDUCTION else "higher"
        text = f"{prices} per {per} if {self.indicator} is at least {bound} {way}"
        text += f" than the counterfactual ({against})"
        if self.fallback:
            second = self._bound(self.fallback.threshold)
            text += f", or all cohorts together at least {second}"
        return f"{text}."

    def _measured(self, found: _Effect) -> str:
        """How an effect was reckoned, in numbers."""
        difference, would_be = (written(n * 100) for n in (found.difference, found.counterfactual))
        return f"{difference} / {would_be}" if self.measure is Measure.RELATIVE else difference

    def _bound(self, threshold: Decimal) -> str:
        relative = self.measure is Measure.RELATIVE
        return f"{(threshold * 100).normalize():f} %" if relative else str(threshold)

    def outcomes(self, facts: Facts, frame: Frame) -> Iterator[Outcome]:
        """One outcome per cohort measured, and with a fallback one more."""
        names = self.cohorts or tuple(sorted(facts.cohorts))
        seen = [found for name in names if (found := self._seen(name, facts, frame))]
        for each in seen:
            yield self._own(each, frame)
        if self.fallback is not None:
            yield from self._together(seen, Fraction(self.fallback.threshold), frame)

    def _seen(self, cohort: str, facts: Facts, frame: Frame) -> _Seen | None:
        """What is known of a cohort; None before it is measured.

        It counts on the day on which the last of what is needed was measured.
        """
        rate = first_reading(facts, cohort, self.indicator, frame)
        if rate is None:
            return None
        results = facts.cohorts.get(cohort, ())
        versions = [v for v in self.counterfactual.versions(results) if v.day <= frame.last]
        control = min(versions, default=None)
        day = max(rate.measured_on, control.day) if control else rate.measured_on
        size = first_reading(facts, cohort, self.people, frame) if self.people else None
        people, counted = enrolled(facts, cohort, day)
        if size is not None:
            day = max(day, size.measured_on)
            people, counted = Fraction(size.value), ()
        read_at = (rate.at,) if size is None else (rate.at, size.at)
        complete = control is not None and (self.people is None or size is not None)
        later = tuple(v for v in self.counterfactual.versions(results) if v.day <= frame.until)
        return _Seen(cohort, rate, day, people, later, complete, read_at, counted)

    def _effect(self, cohorts: list[_Seen], on: date, frame: Frame) -> _Effect | None:
        """The effect in cohorts together, weighted by people; None if it cannot be told."""
        found = [(each, in_force(each.versions, self.counterfactual, on, frame.until))
                 for each in cohorts]  # fmt: skip
        weights = [each.people if len(cohorts) > 1 else Fraction(1) for each in cohorts]
        if not sum(weights):
            return None
        rate = would_be = Fraction(0)
        read_at, based_on = list[Position](), list[Position]()
        for (each, version), weight in zip(found, weights, strict=True):
            assert version is not None
            rate += Fraction(each.rate.value) * weight / sum(weights)
            would_be += version.value * weight / sum(weights)
            read_at += [at for at in (*each.read_at, version.at) if at != NOWHERE]
            based_on += each.based_on
        difference = self.direction.better(rate, would_be)
        effect = difference
        if self.measure is Measure.RELATIVE:
            if would_be <= 0:
                return None
            effect = difference / would_be
        return _Effect(rate, would_be, difference, effect, tuple(read_at), tuple(based_on))

    def _outcome(
        self, seen: _Seen, key: str, day: date, frame: Frame, effect: _Effect | None = None
    ) -> Outcome:
        """An outcome of a cohort, not achieved so far, with the facts that it was tested by."""
        return Outcome(
            metric=self.id,
            key=key,
            period=Period(frame.starts_on, day),
            cohort=named(seen.cohort),
            claimed_on=day,
            read_at=effect.read_at if effect else seen.read_at,
            based_on=effect.based_on if effect else seen.based_on,
        )

    def _own(self, seen: _Seen, frame: Frame) -> Outcome:
        """Whether a cohort met the threshold by itself."""
        if not seen.complete:
            waits = self._outcome(seen, OWN, seen.day, frame)
            return waits._replace(waiting=Waiting.MEASUREMENT)
        effect = self._effect([seen], seen.day, frame)
        outcome = self._outcome(seen, OWN, seen.day, frame, effect)
        threshold = Fraction(self.threshold)
        if effect is None or not effect.meets(threshold):
            return outcome
        return self._paid(outcome, seen, effect, effect, threshold)

    def _together(self, seen: list[_Seen], threshold: Fraction, frame: Frame) -> Iterator[Outcome]:
        """Whether all met the second threshold: for every cohort, so that none is decided twice.

        All are tested, also those that were paid; the others are paid by their own difference.
        """
        unpaid = [each for each in seen if not self._own(each, frame).achieved]
        if len(seen) < len(self.cohorts) or not all(each.complete for each in seen):
            for each in unpaid:
                outcome = self._outcome(each, TOGETHER, each.day, frame)
                yield outcome._replace(waiting=Waiting.MEASUREMENT)
            return
        day = max(each.day for each in seen)
        tested = self._effect(seen, day, frame)
        rest = self._effect(unpaid, day, frame) if unpaid else None
        for each in seen:
            outcome = self._outcome(each, TOGETHER, day, frame, tested)
            if tested is None or not tested.meets(threshold):
                yield outcome
            elif each not in unpaid:
                yield outcome._replace(refused="paid-on-its-own")
            elif rest is None:
                yield outcome
            else:
                yield self._paid(outcome, each, tested, rest, threshold)

    def _paid(
        self, outcome: Outcome, seen: _Seen, tested: _Effect, paid: _Effect, threshold: Fraction
    ) -> Outcome:
        """The outcome achieved: tested by one effect, and paid by its own or the unpaid ones'."""
        units = {
            Per.PERSON: seen.people,
            Per.POINT: max(Fraction(0), paid.effect) * 100,
            Per.ADDITIONAL_OUTCOME: max(Fraction(0), paid.difference) * seen.people,
            Per.COHORT: Fraction(1),
        }[self.per]
        amount, price = self.priced(None, outcome.achieved_on, units)
        steps = [
            number("cohort-rate", self.indicator, tested.rate),
            number("cohort-counterfactual", self.counterfactual.kind.value, tested.counterfactual),
            number("cohort-effect", self._measured(tested), tested.effect),
            number("cohort-threshold", outcome.key, threshold),
            number("cohort-people", seen.cohort, seen.people),
        ]
        if paid != tested:
            steps.append(number("cohort-unpaid", self.direction.value, paid.difference))
        return outcome._replace(
            achieved=True,
            amount=amount,
            steps=(*steps, price),
        )
