"""Fixed amounts on fixed days, whatever the outcomes are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import count, takewhile
from typing import ClassVar, Literal

from pydantic import model_validator

from ledger.dates import Day, Period, add_months
from ledger.indicator import IndicatorKind
from ledger.metrics.base import Metric, Outcome, step
from ledger.metrics.facts import Facts, Frame
from ledger.metrics.modifiers import Counting
from ledger.model import Model
from ledger.money import ZERO, Amount, Share, rounded
from ledger.working import Step

Fee = tuple[Fraction, Step]
"""What is paid, in exact minor units, and how that was reached."""


class DatedFee(Model):
    """An amount on a day."""

    on: Day
    amount: Amount


class RegularFee(Model):
    """Fees every so many months: of an amount each, or together a share of the contract's value."""

    first_on: Day
    every_months: Counting
    before: Day
    amount: Amount | None = None
    contract_value: Amount | None = None
    share_of_contract: Share | None = None

    @model_validator(mode="after")
    def _is_an_amount_or_a_share(self) -> RegularFee:
        share = (self.contract_value is not None, self.share_of_contract is not None)
        if share != ((self.amount is None), (self.amount is None)):
            message = "write either amount, or contract_value and share_of_contract"
            raise ValueError(message)
        if self.first_on >= self.before:
            message = "first_on must be before `before`, or no fee is ever paid"
            raise ValueError(message)
        return self

    def days(self) -> list[date]:
        """The days of the fees, counted from the first one."""
        days = (add_months(self.first_on, number * self.every_months) for number in count())
        return list(takewhile(lambda day: day < self.before, days))

    def fees(self) -> Iterator[tuple[date, Fee]]:
        """Each day with its fee.

        Of a share, each fee is what is due of it by then, in whole minor units, less what was due
        by the fee before: the fees sum to the share.
        """
        days = self.days()
        for number, day in enumerate(days, start=1):
            if self.amount is not None:
                fee, by = Fraction(self.amount.minor), f"{number} / {len(days)}"
            else:
                whole, by = self._share(), f"{self.contract_value} x {self.share_of_contract}"
                fee = Fraction(
                    rounded(whole * number / len(days)).minor
                    - rounded(whole * (number - 1) / len(days)).minor
                )
                by = f"{by}, {number} / {len(days)}"
            yield day, (fee, step("service-fee", by, fee))

    def _share(self) -> Fraction:
        assert self.contract_value is not None
        assert self.share_of_contract is not None
        return self.contract_value.minor * Fraction(self.share_of_contract)


class ServiceFee(Metric):
    """Fixed amounts on fixed days, for the agreement as a whole, whatever the outcomes are."""

    kind: Literal["service_fee"]
    dated: tuple[DatedFee, ...] = ()
    regular: tuple[RegularFee, ...] = ()

    about: ClassVar[tuple[str, str]] = (
        "fixed amounts on fixed days, whatever the outcomes are",
        "faste beløb på faste dage, uanset resultaterne",
    )
    words: ClassVar[dict[str, tuple[str, str]]] = {
        "service-fee": ("Service fee", "Fast honorar"),
    }

    def of_people(self) -> bool:
        """They are for the agreement as a whole."""
        return False

    def indicators(self) -> Iterator[tuple[str, str, tuple[IndicatorKind, ...]]]:
        """None: a fee does not depend on what is measured."""
        return iter(())

    def problems(self, starts_on: date) -> Iterator[str]:
        """No fee at all, fees before the agreement begins, and amounts that are none."""
        if not self.dated and not self.regular:
            yield "dated: there is no fee; write dated or regular"
        if any(day < starts_on for day, _ in self._fees()):
            yield f"dated: a fee is due before the agreement begins on {starts_on}"
        amounts = [each.amount for each in self.dated]
        amounts += [each.amount or each.contract_value or ZERO for each in self.regular]
        if any(amount <= ZERO for amount in amounts):
            yield "dated: each fee must be above zero"
        if len({each.on for each in self.dated}) != len(self.dated):
            yield "dated: two fees are due on the same day; add them up"

    def most(self, people: int) -> Fraction:
        """All its fees."""
        del people
        return sum((fee for _, (fee, _) in self._fees()), Fraction(0))

    def told(self, language: str) -> str:
        """In a sentence."""
        fees = sorted(self._fees(), key=lambda each: each[0])
        whole, first, last = rounded(self.most(0)), fees[0][0], fees[-1][0]
        if language == "da":
            return f"{whole} i fast honorar uanset resultater, i rater fra {first} til {last}."
        return f"{whole} in service fees whatever the outcomes, from {first} to {last}."

    def outcomes(self, facts: Facts, frame: Frame) -> Iterator[Outcome]:
        """One outcome for each day on which fees are due."""
        del facts
        by_day: dict[date, list[Fee]] = defaultdict(list)
        for day, fee in self._fees():
            by_day[day].append(fee)
        for day, fees in by_day.items():
            if day <= frame.last:
                yield Outcome(
                    metric=self.id,
                    key=day.isoformat(),
                    period=Period(frame.starts_on, day),
                    achieved=True,
                    claimed_on=day,
                    amount=sum((amount for amount, _ in fees), Fraction(0)),
                    steps=tuple(step for _, step in fees),
                )

    def _fees(self) -> Iterator[tuple[date, Fee]]:
        for each in self.dated:
            fee = Fraction(each.amount.minor)
            yield each.on, (fee, step("service-fee", each.on.isoformat(), fee))
        for series in self.regular:
            yield from series.fees()
