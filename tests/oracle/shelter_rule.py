"""The shelter rule told a second time, one day after another, in plain dates and fractions.

Written from the text of the rule alone; nothing here is shared with `ledger`. It is slow and
short on purpose: where it and `ledger.policy` disagree, one of them has misread the rule.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

REFERENCE = "the reference tariff"
"""Where a counterfactual night is spent: at no shelter, priced by the terms."""


class NoPriceError(LookupError):
    """A night has no tariff in force."""


class Stay(NamedTuple):
    """The nights `[admitted, discharged)` at a shelter; open without `discharged`."""

    shelter: str
    admitted: date
    discharged: date | None


class Price(NamedTuple):
    """What a night at a shelter costs from a day on, in øre."""

    shelter: str
    valid_from: date
    tariff: int
    own_payment: int


class Rule(NamedTuple):
    """What the state refunds from a day on; no limit without `limit`."""

    name: str
    valid_from: date
    state_share: Fraction
    limit: int | None
    restart: bool = False


class Night(NamedTuple):
    """One night of one course of events, with all that the rule says of it."""

    day: date
    price: Price
    rule: Rule | None
    refunded: bool
    running_year: date | None

    @property
    def cost(self) -> int:
        """The net price: what the night costs the public."""
        return max(0, self.price.tariff - self.price.own_payment)

    @property
    def refund(self) -> Fraction:
        """The part of the net price that the state pays back."""
        return self.rule.state_share * self.cost if self.rule and self.refunded else Fraction(0)


class Saved(NamedTuple):
    """What one person saved in one period, in exact øre."""

    state_gain: Fraction
    municipal_gain: Fraction


def anniversary(day: date, years: int) -> date:
    """The same date so many years later; 28 February for 29 February in a common year."""
    try:
        return date(day.year + years, day.month, day.day)
    except ValueError:
        return date(day.year + years, 2, 28)


def days(start: date, end: date) -> list[date]:
    """Every day from `start` up to, and not including, `end`."""
    return [start + timedelta(days=n) for n in range((end - start).days)]


def actual_nights(stays: list[Stay], until: date) -> dict[date, str]:
    """Where the person slept on each night spent at a shelter before `until`."""
    where: dict[date, str] = {}
    for stay in sorted(stays, key=lambda stay: (stay.admitted, stay.shelter)):
        for day in days(stay.admitted, min(stay.discharged or until, until)):
            where[day] = stay.shelter
    return where


def counterfactual_nights(
    actual: dict[date, str], enrolled: date, nights_per_year: int, until: date
) -> dict[date, str]:
    """Actual nights before enrolment, then so many nights from it and from each anniversary."""
    where = {day: shelter for day, shelter in actual.items() if day < enrolled}
    year = 0
    while anniversary(enrolled, year) < until:
        whole_year = days(anniversary(enrolled, year), anniversary(enrolled, year + 1))
        where |= {day: REFERENCE for day in whole_year[:nights_per_year] if day < until}
        year += 1
    return where


def price_on(prices: list[Price], shelter: str, day: date) -> Price:
    """The latest price of a shelter that is valid on a day."""
    valid = [price for price in prices if price.shelter == shelter and price.valid_from <= day]
    if not valid:
        raise NoPriceError(shelter, day)
    return max(valid, key=lambda price: price.valid_from)


def rule_on(rules: list[Rule], day: date) -> Rule | None:
    """The latest rule that is valid on a day; none before the first."""
    valid = [rule for rule in rules if rule.valid_from <= day]
    return max(valid, key=lambda rule: rule.valid_from) if valid else None


def course(where: dict[date, str], prices: list[Price], rules: list[Rule]) -> list[Night]:
    """Walk through every day of a person's life with shelters and settle each night."""
    nights: list[Night] = []
    running_year: date | None = None
    refunded_in_year = 0
    if not where:
        return nights
    for day in days(min(where), max(where) + timedelta(days=1)):
        rule = rule_on(rules, day)
        new_rule = rule is not None and rule.valid_from == day
        if rule is not None and new_rule and (rule.restart or rule.limit is None):
            running_year = None
        if running_year is not None and day >= anniversary(running_year, 1):
            running_year = None
        if day not in where:
            continue
        if rule is None or rule.limit is None:
            refunded = rule is not None
        else:
            if running_year is None:
                running_year, refunded_in_year = day, 0
            refunded = refunded_in_year < rule.limit
            refunded_in_year += refunded
        price = price_on(prices, where[day], day)
        nights.append(Night(day, price, rule, refunded, running_year))
    return nights


def within(nights: list[Night], start: date, end: date) -> list[Night]:
    """The nights of a period."""
    return [night for night in nights if start <= night.day < end]


def cost(nights: list[Night]) -> Fraction:
    """What nights cost the public."""
    return Fraction(sum(night.cost for night in nights))


def refund(nights: list[Night]) -> Fraction:
    """What the state refunds of nights."""
    return sum((night.refund for night in nights), Fraction(0))


def saved(counterfactual: list[Night], actual: list[Night], start: date, end: date) -> Saved:
    """Each side's gain in a period, neither below zero."""
    expected, happened = within(counterfactual, start, end), within(actual, start, end)
    state_gain = max(Fraction(0), refund(expected) - refund(happened))
    avoided = cost(expected) - cost(happened)
    return Saved(state_gain, max(Fraction(0), avoided - state_gain))
