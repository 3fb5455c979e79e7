"""The state's refund of shelter nights, by the rule in force on each night.

Under a rule with a limit, a person's running year starts on the first night on or after the date
the limit was introduced and lasts one year; the next starts with the first night after that. A
night is refunded if fewer nights of the running year than the limit in force on that night have
been refunded before it. (Serviceloven § 110; orders on state refund.)
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ledger.dates import Period, add_years
from ledger.facts import Tariff
from ledger.money import millionths
from ledger.shelter.nights import PricedNights
from ledger.shelter.rules import OpenWindows, RefundRule, RefundRuleTable

_FOR_EVER = date.max.toordinal()


class RuleInForce(NamedTuple):
    """A rule up to the day of the next, and the day on which a later one ends its running years.

    Days by number; the state's share in millionths. Before the first rule there is none.
    """

    rule: RefundRule | None
    share: int
    limit: int | None
    until: int
    years_end: int


class RulesByDay:
    """The rules of a table in their order, for many people."""

    def __init__(self, table: RefundRuleTable) -> None:
        days = [rule.valid_from.toordinal() for rule in table.rules]
        self.rules = [RuleInForce(None, 0, None, days[0], days[0])]
        for number, rule in enumerate(table.rules, start=1):
            until = days[number] if number < len(days) else _FOR_EVER
            years_end = _running_years_end(table.rules[number:])
            share, limit = millionths(rule.state_share), rule.nights_per_running_year
            self.rules.append(RuleInForce(rule, share, limit, until, years_end))


Course = list[tuple[int, int, int, Tariff, RuleInForce, bool, tuple[int, int] | None]]
"""A person's nights in order, all of an element refunded or none.

(first, end, net, tariff, rule, refunded, running year), days by number as in `PricedNights`.
"""


def refund(nights: Iterable[PricedNights], law: RulesByDay, until: date = date.max) -> Course:
    """Divide a person's history of nights, in order, into refunded and not refunded.

    What begins on `until` or later is left out: no night depends on later ones.
    """
    found: Course = []
    asked_until, rules = until.toordinal(), iter(law.rules)
    by = next(rules)
    rule, _, limit, rule_ends, _ = by
    year: tuple[int, int] | None = None
    year_ends = used = 0
    for start, end, net, tariff in nights:
        if start >= asked_until:
            break
        while start < end:
            while rule_ends <= start:
                by = next(rules)
                rule, _, limit, rule_ends, _ = by
            last = min(rule_ends, end)
            if limit is None:
                found.append((start, last, net, tariff, by, rule is not None, None))
                start = last  # noqa: PLW2901 - what is left of the nights
                continue
            if year_ends <= start:
                # Whatever running year is opened, a later rule may end it.
                year_ends, used = min(_a_year_after(start), by.years_end), 0
                year = (start, year_ends)
            last = min(last, year_ends)
            left = limit - used
            if left > 0:
                last = min(last, start + left)
                used += last - start
            found.append((start, last, net, tariff, by, left > 0, year))
            start = last  # noqa: PLW2901
    return found


@lru_cache(maxsize=10_000)
def _a_year_after(day: int) -> int:
    return add_years(date.fromordinal(day), 1).toordinal()


class RefundedNights(NamedTuple):
    """Consecutive nights at one tariff, under one rule, all refunded or none, as they are shown."""

    period: Period
    tariff: Tariff
    rule: RefundRule | None
    refunded: bool
    window: Period | None

    def cost(self, nights: int) -> int:
        """What so many of the nights cost the public, in minor units."""
        return self.tariff.net * nights

    def refund(self, nights: int) -> Fraction:
        """What the state refunds of so many of the nights, in exact minor units."""
        if self.rule is None or not self.refunded:
            return Fraction(0)
        return Fraction(self.rule.state_share) * self.cost(nights)


def told(course: Course) -> list[RefundedNights]:
    """A course with its days as dates."""
    return [
        RefundedNights(_period(first, end), tariff, by.rule, refunded, year and _period(*year))
        for first, end, _, tariff, by, refunded, year in course
    ]


def cost_and_refund(course: Course, period: Period) -> tuple[int, int]:
    """What the nights of a period cost, in minor units, and in millionths of these its refund."""
    start, end = period.start.toordinal(), period.end.toordinal()
    cost = refunded = 0
    for first, last, net, _, by, is_refunded, _ in course:
        if end <= first:
            break
        if start < last:
            of_these = net * (min(last, end) - max(first, start))
            cost += of_these
            if is_refunded:
                refunded += of_these * by.share
    return cost, refunded


def _period(first: int, end: int) -> Period:
    return Period(date.fromordinal(first), date.fromordinal(end))


def _running_years_end(later: Iterable[RefundRule]) -> int:
    """The day on which one of later rules ends the running years opened before it, if any does."""
    ends = (
        each.valid_from.toordinal()
        for each in later
        if each.open_windows is OpenWindows.RESTART or each.nights_per_running_year is None
    )
    return next(ends, _FOR_EVER)
