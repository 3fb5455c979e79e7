"""What every metric kind is: terms that find outcomes in facts, each with its working shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar, NamedTuple

from ledger.dates import Period
from ledger.indicator import Indicator, IndicatorKind
from ledger.metrics.facts import Facts, Frame, Person
from ledger.metrics.modifiers import (
    Claim,
    Deadweight,
    Exclusive,
    Guards,
    IndexLine,
    Multiplier,
    PriceLine,
    Prices,
    price_on,
)
from ledger.model import Identifier, Model, Position, SubjectRef, Text
from ledger.money import written
from ledger.parties import PayerShare, Role
from ledger.working import Gain, History, Side, Step

ALL = "all"
"""The unit of an outcome that is nobody's in particular."""

Owed = Mapping[tuple[Role, str], Fraction]
"""What each payer owes, by (role it pays in, payer), in exact minor units."""


class Waiting(StrEnum):
    """Why an outcome that is due cannot be decided yet."""

    MEASUREMENT = "measurement"
    REGISTER = "register"
    CAPITAL = "capital"
    CLAIM = "claim"
    """It may be claimed only some days after it was achieved."""
    RENEGOTIATION = "renegotiation"
    """The law has changed and the terms say that the parties then meet."""


class Outcome(NamedTuple):
    """One result that a metric pays for, if it was achieved; due on the last day of its period.

    `key` tells it from the metric's other outcomes of the same unit. `amount` is what it costs in
    exact minor units, to be split as the terms say, unless `sides` say it of each payer.
    `read_at` are the facts that decide whether it was achieved, `based_on` those behind the amount.
    """

    metric: str
    key: str
    period: Period
    subject: SubjectRef | None = None
    cohort: str | None = None
    months: int | None = None
    waiting: Waiting | None = None
    achieved: bool = False
    refused: str | None = None
    claimed_on: date | None = None
    amount: Fraction = Fraction(0)
    sides: tuple[tuple[Role, Side, Fraction], ...] = ()
    courses: tuple[History, History] | None = None
    gains: tuple[Gain, ...] = ()
    steps: tuple[Step, ...] = ()
    read_at: tuple[Position, ...] = ()
    based_on: tuple[Position, ...] = ()

    @property
    def unit(self) -> str:
        """The person, or cohort, or all."""
        return self.subject or self.cohort or ALL

    @property
    def identity(self) -> tuple[str, str, str]:
        """What it is decided once by: metric, unit, key."""
        return self.metric, self.unit, self.key

    @property
    def achieved_on(self) -> date:
        """The day on which it counts as achieved, if it was."""
        return self.period.end


def step(name: Identifier, by: object, result: Fraction) -> Step:
    """A step of a working; the result in major units with all its decimals."""
    return Step(step=name, by=by if isinstance(by, str) else shown(by), result=written(result))


def shown(value: object) -> str:
    """A number in a step: amounts, shares and counts as they are written."""
    if isinstance(value, Fraction):
        return str(value.numerator) if value.denominator == 1 else written(value * 100)
    return str(value)


class Metric(Model):
    """One thing that is paid for. A kind says what it reads; the rest may stand on any kind."""

    kind: str
    id: Identifier
    title: Text | None = None
    guards: Guards | None = None
    claim: Claim | None = None
    multipliers: tuple[Multiplier, ...] = ()
    indexation: tuple[IndexLine, ...] = ()
    deadweight: Deadweight | None = None
    negative: bool = False
    exclusive: Exclusive | None = None
    split: tuple[PayerShare, ...] = ()

    by_gain: ClassVar[bool] = False
    """Whether the kind itself says what each payer owes."""
    about: ClassVar[tuple[str, str]]
    """What the kind pays for, after "pays for": English, Danish."""
    by_law: ClassVar[bool] = False
    """Whether what it pays for depends on the state's refund rules."""
    words: ClassVar[dict[str, tuple[str, str]]] = {}
    """What the kind's own steps are called: English, Danish."""

    def outcomes(self, facts: Facts, frame: Frame) -> Iterable[Outcome]:
        """Every outcome due by `frame.until`, in any order; pure.

        Raises:
            LookupError: if something has no price.
        """
        raise NotImplementedError

    def indicators(self) -> Iterator[tuple[str, str, tuple[IndicatorKind, ...]]]:
        """The indicators it reads: where in its terms, which, and of what kinds they may be."""
        raise NotImplementedError

    def of_people(self) -> bool:
        """Whether each of its outcomes is one person's, and not a cohort's or everybody's."""
        return True

    def milestones(self) -> frozenset[int]:
        """The months from enrolment at which it reads measurements of people; 0 is the baseline."""
        return frozenset()

    def payers(self) -> tuple[tuple[str, Role], ...]:
        """The payers that its own kind names, with the role each pays in."""
        return ()

    def price_lines(self) -> tuple[PriceLine, ...]:
        """Every price in it."""
        return ()

    def price_lists(self) -> tuple[tuple[PriceLine, ...], ...]:
        """Its prices, those of each thing that has a price by themselves."""
        return (self.price_lines(),)

    def support_table(self) -> str | None:
        """The table by which the state refunds housing support, if it counts that; None if not."""
        return None

    def problems(self, starts_on: date) -> Iterator[str]:
        """What contradicts itself in it, given the agreement's first day, in plain words."""
        del starts_on
        return iter(())

    def unfit(self, indicator: Indicator) -> Iterator[str]:
        """What in it does not fit an indicator that it reads, in a controller's words."""
        del indicator
        return iter(())

    def succession(self, before: Metric) -> Iterator[str]:
        """What keeps it from following on the metric of its id in earlier terms, in plain words."""
        if before.kind != self.kind:
            yield f"must stay of kind {before.kind}; give another kind an id of its own"

    def most(self, people: int) -> Fraction | None:
        """The most it can cost before any cap, in minor units; None if nothing bounds it."""
        raise NotImplementedError

    def most_of(self, payer: str, people: int) -> Fraction | None:
        """The most of that which a payer can owe that its own kind names, in minor units."""
        del payer
        return self.most(people)

    def told(self, language: str) -> str:
        """What it pays for, in a sentence of plain Danish ("da") or English ("en")."""
        raise NotImplementedError


class NoPriceError(LookupError):
    """An outcome has no price on the day it was achieved."""


def price_step(
    metric: str, prices: Prices, person: Person | None, day: date, units: Fraction
) -> tuple[Fraction, Step]:
    """Price × units on a day, exact, and the step that shows it.

    Raises:
        NoPriceError: if no price is in force for the person's group on that day.
    """
    group = person.group if person else None
    found = price_on(prices, day, group)
    if found is None:
        message = f"{metric} has no price on {day}" + (f" for group {group}" if group else "")
        raise NoPriceError(message)
    amount = found.minor * units
    return amount, step("price", f"{shown(units)} x {found}", amount)


class Priced(Metric):
    """A metric with a price for each outcome, or for each unit of one."""

    price: Prices

    def price_lines(self) -> tuple[PriceLine, ...]:
        """Every price in it."""
        return self.price

    def priced(self, person: Person | None, day: date, units: Fraction) -> tuple[Fraction, Step]:
        """Price × units on a day, exact, and the step that shows it.

        Raises:
            NoPriceError: if no price is in force for the person's group on that day.
        """
        return price_step(self.id, self.price, person, day, units)

    def highest_price(self) -> int:
        """The highest price in it, in minor units."""
        return max(line.amount.minor for line in self.price)
