"""Shelter nights avoided × tariff × refund share: each side pays a share of its own gain."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from ledger.dates import Period, add_months
from ledger.indicator import Condition, IndicatorKind
from ledger.metrics.base import Metric, Outcome, Waiting
from ledger.metrics.facts import Due, Facts, Frame, Half, Person
from ledger.metrics.modifiers import Counting
from ledger.model import Position
from ledger.money import MILLION, ZERO, exact, millionths
from ledger.parties import PayerShare, Role
from ledger.shelter.counterfactual import Counterfactual
from ledger.shelter.nights import Nights
from ledger.shelter.savings import SUPPORT_STEP, Courses, Reckoning, Saving, saving
from ledger.shelter.support import Support, SupportDays, refunded
from ledger.working import Side


class ShelterNightsSaved(Metric):
    """Shelter nights avoided × tariff × refund share: each side pays a share of its own gain."""

    kind: Literal["shelter_nights_saved"]
    measured_at_months: Annotated[tuple[Counting, ...], Field(min_length=1)]
    achieved_when: Condition
    counterfactual: Counterfactual
    state_side: PayerShare
    municipal_side: PayerShare
    support: Support | None = None

    about: ClassVar[tuple[str, str]] = (
        "shelter nights avoided, each side by its own gain",
        "sparede herbergsnætter, hver side efter sin egen gevinst",
    )
    words: ClassVar[dict[str, tuple[str, str]]] = {
        SUPPORT_STEP: (
            "Support that the state refunds in part: days x cost x share",
            "Støtte, som staten refunderer en del af: dage x pris x andel",
        ),
    }
    by_gain: ClassVar[bool] = True
    by_law: ClassVar[bool] = True

    @model_validator(mode="after")
    def _milestones_in_order(self) -> ShelterNightsSaved:
        months = self.measured_at_months
        if list(months) != sorted(set(months)) or months[0] < 1:
            message = "measured_at_months must be whole months above zero in rising order"
            raise ValueError(message)
        return self

    def indicators(self) -> Iterator[tuple[str, str, tuple[IndicatorKind, ...]]]:
        """The one that says whether the person keeps away from shelters."""
        every = tuple(kind for kind in IndicatorKind if kind is not IndicatorKind.SPELL)
        yield "achieved_when.indicator", self.achieved_when.indicator, every
        for name in ("indicator", "decided"):
            if self.support and (indicator := getattr(self.support, name)):
                yield f"support.{name}", indicator, (IndicatorKind.SPELL,)

    def milestones(self) -> frozenset[int]:
        """The months at which the condition is measured."""
        return frozenset(self.measured_at_months)

    def payers(self) -> tuple[tuple[str, Role], ...]:
        """The state's side, then the municipality's."""
        return (
            (self.state_side.payer, Role.OUTCOME_PAYER),
            (self.municipal_side.payer, Role.CO_PAYER),
        )

    def support_table(self) -> str | None:
        """The one that its terms name."""
        return self.support.table if self.support else None

    def problems(self, starts_on: date) -> Iterator[str]:
        """Reference tariffs that are missing, doubled or below zero."""
        tariffs = self.counterfactual.reference_tariffs
        if min(tariff.valid_from for tariff in tariffs) > starts_on:
            yield f"counterfactual.reference_tariffs has none in force on {starts_on}"
        if any(t.per_night < ZERO or t.own_payment < ZERO for t in tariffs):
            yield "counterfactual.reference_tariffs must not be below zero"
        if len({tariff.valid_from for tariff in tariffs}) != len(tariffs):
            yield "counterfactual.reference_tariffs: each needs a valid_from of its own"
        costs = self.support.cost_per_day if self.support else ()
        if costs and min(cost.valid_from for cost in costs) > starts_on:
            yield f"support.cost_per_day has none in force on {starts_on}"
        if any(cost.amount < ZERO for cost in costs):
            yield "support.cost_per_day must not be below zero"
        if len({cost.valid_from for cost in costs}) != len(costs):
            yield "support.cost_per_day: each needs a valid_from of its own"

    def succession(self, before: Metric) -> Iterator[str]:
        """Milestones may be added or left out at the end only, so that no night counts twice."""
        yield from super().succession(before)
        if isinstance(before, ShelterNightsSaved):
            ours, theirs = self.measured_at_months, before.measured_at_months
            shorter = min(len(ours), len(theirs))
            if ours[:shorter] != theirs[:shorter]:
                yield (
                    f"measured_at_months: {', '.join(map(str, theirs))} may grow or shrink at the "
                    "end only, or nights would be paid for twice, or not at all"
                )

    def most(self, people: int) -> Fraction:
        """Every counterfactual night of everybody, at the highest tariff."""
        share = max(Fraction(self.state_side.share), Fraction(self.municipal_side.share))
        return self._all_nights(people) * share

    def most_of(self, payer: str, people: int) -> Fraction:
        """Its share of all that, whatever part of it the law of the day leaves to its side."""
        sides = (self.state_side, self.municipal_side)
        share = sum((Fraction(each.share) for each in sides if each.payer == payer), Fraction(0))
        return self._all_nights(people) * share

    def _all_nights(self, people: int) -> int:
        """What everybody's counterfactual nights cost at the highest tariff, in minor units."""
        net = max(
            max(0, tariff.per_night.minor - tariff.own_payment.minor)
            for tariff in self.counterfactual.reference_tariffs
        )
        years = -(-self.measured_at_months[-1] // 12)
        return people * self.counterfactual.nights_per_year * years * net

    def told(self, language: str) -> str:
        """In a sentence."""
        months = ", ".join(map(str, self.measured_at_months))
        state, municipal = self.state_side, self.municipal_side
        if language == "da":
            return (
                f"Efter {months} måneder: sparede herbergsnætter i forhold til "
                f"{self.counterfactual.nights_per_year} nætter om året. {state.payer} betaler "
                f"{state.share} af statens gevinst, {municipal.payer} {municipal.share} af "
                "kommunens."
            )
        return (
            f"At {months} months: shelter nights saved, against "
            f"{self.counterfactual.nights_per_year} nights a year. {state.payer} pays "
            f"{state.share} of the state's gain, {municipal.payer} {municipal.share} of the "
            "municipality's."
        )

    def outcomes(self, facts: Facts, frame: Frame) -> Iterator[Outcome]:
        """One outcome per person and period between milestones.

        Raises:
            ledger.shelter.nights.NoTariffError: if a night has no price.
        """
        reckoning = self.reckoning(facts)
        for half in self.halves(facts, frame, reckoning):
            person, both = half.person, None
            based_on = self._based_on(person) if frame.shown else ()
            for months, period, claimed_on, read_at, waiting, achieved in half.due:
                saved: Saving | None = None
                if achieved:
                    both = both or self._courses(half, facts, reckoning)
                    saved = saving(both, period, shown=frame.shown)
                yield Outcome(
                    metric=self.id,
                    key=f"{months}m",
                    period=period,
                    subject=person.subject,
                    months=months,
                    waiting=waiting,
                    achieved=achieved,
                    claimed_on=claimed_on,
                    sides=self._sides(saved, shown=frame.shown) if saved else (),
                    courses=(saved.counterfactual, saved.actual) if saved else None,
                    gains=saved.gains if saved else (),
                    steps=saved.steps if saved else (),
                    read_at=read_at,
                    based_on=based_on,
                )

    def halves(self, facts: Facts, frame: Frame, reckoning: Reckoning | None) -> Iterator[Half]:
        """What can be told of each person without the law, kept or found.

        Raises:
            ledger.shelter.nights.NoTariffError: if a night has no price.
        """
        for person in facts.people.values():
            kept = facts.halves.get((self.id, person.subject))
            if kept is None or not kept.of_these(self, person, facts, frame):
                kept = self._half(person, facts, frame, reckoning)
            yield kept

    def _half(
        self, person: Person, facts: Facts, frame: Frame, reckoning: Reckoning | None
    ) -> Half:
        due = tuple(
            self._due(person, months, period) for months, period in self._periods(person, frame)
        )
        nights: Nights | None = None
        if any(each.achieved for each in due):
            assert reckoning is not None
            until = min(person.register_until, frame.until)
            asked_until = due[-1].period.end
            nights = reckoning.nights(person.stays, person.enrolled_on, until, asked_until)
        return Half(self, person, facts.tariffs, frame.last, frame.until, due, nights)

    def _periods(self, person: Person, frame: Frame) -> list[tuple[int, Period]]:
        """The person's periods that have ended, each with the milestone that ends it."""
        start, last, found = person.enrolled_on, frame.last, []
        for months in self.measured_at_months:
            end = add_months(person.enrolled_on, months)
            if last < end:
                break
            found.append((months, Period(start, end)))
            start = end
        return found

    def reckoning(self, facts: Facts) -> Reckoning | None:
        """How nights are reckoned by these facts; None without a law, when none need be."""
        if facts.rules is None:
            return None
        return Reckoning(facts.tariffs, self.counterfactual, facts.rules)

    def _courses(self, half: Half, facts: Facts, reckoning: Reckoning | None) -> Courses:
        assert half.nights is not None
        assert reckoning is not None
        until = min(half.person.register_until, half.until)
        support = self._support_refunded(half.person, facts, until)
        return reckoning.courses(half.nights, support, half.due[-1].period.end)

    def _support_refunded(
        self, person: Person, facts: Facts, until: date
    ) -> tuple[SupportDays, ...]:
        """The days of the person's support that the state refunds, if the terms count them."""
        support = self.support
        if support is None:
            return ()
        given, decided = (
            [(spell.started, spell.ended) for spell in person.spells if spell.indicator == name]
            for name in (support.indicator, support.decided)
        )
        decisions = decided if support.decided else None
        table = facts.support_rules
        return tuple(refunded(given, decisions, person.stays, support, table, until))

    def _based_on(self, person: Person) -> tuple[Position, ...]:
        """The facts behind what is found of a person."""
        names = {self.support.indicator, self.support.decided} if self.support else set()
        support_at = (spell.at for spell in person.spells if spell.indicator in names)
        return person.at, *person.stays_at, *support_at

    def _due(self, person: Person, months: int, period: Period) -> Due:
        """What is known of a milestone, before anything is priced."""
        reading = person.reading(self.achieved_when.indicator, months)
        if reading is None:
            return Due(months, period, None, (), Waiting.MEASUREMENT, achieved=False)
        waiting = Waiting.REGISTER if person.register_until < period.end else None
        achieved = waiting is None and self.achieved_when.met(reading.value)
        return Due(months, period, reading.measured_on, (reading.at,), waiting, achieved)

    def _sides(self, saved: Saving, *, shown: bool) -> tuple[tuple[Role, Side, Fraction], ...]:
        """What each side gains, and what it owes of that."""
        return (
            (Role.OUTCOME_PAYER, *_owed(self.state_side, saved.state, shown=shown)),
            (Role.CO_PAYER, *_owed(self.municipal_side, saved.municipal, shown=shown)),
        )


def _owed(side: PayerShare, gain: int, *, shown: bool) -> tuple[Side, Fraction]:
    """What a side owes of its gain in millionths, and that as it is told."""
    owed = Fraction(gain * millionths(side.share), MILLION * MILLION)
    if not shown:
        return _not_told(side.payer), owed
    whole = exact(Fraction(gain, MILLION))
    return Side(payer=side.payer, gain=whole, share=side.share, amount=exact(owed)), owed


@lru_cache(maxsize=100)
def _not_told(payer: str) -> Side:
    """Stands where figures would be told that nobody asked to see."""
    return Side(payer=payer, gain="0.00", share=Decimal(0), amount="0.00")
