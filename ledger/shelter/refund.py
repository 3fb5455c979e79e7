"""The state's refund of shelter nights, by the rule in force on each night.

Under a rule with a limit, a person's running year starts on the first night on or after the date
the limit was introduced and lasts one year; the next starts with the first night after that. A
night is refunded if fewer nights of the running year than the limit in force on that night have
been refunded before it. (Serviceloven § 110; orders on state refund.)
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from ledger.dates import Period, add_years
from ledger.facts import Tariff
from ledger.shelter.nights import PricedNights
from ledger.shelter.rules import OpenWindows, RefundRule, RefundRuleTable


class RefundedNights(NamedTuple):
    """Consecutive nights at one tariff, under one rule, all refunded or none."""

    start: date
    end: date
    tariff: Tariff
    rule: RefundRule | None = None
    refunded: bool = False
    window: Period | None = None

    @property
    def period(self) -> Period:
        """The nights from `start` up to, and not including, `end`."""
        return Period(self.start, self.end)

    def cost(self, nights: int) -> int:
        """What so many of the nights cost the public, in minor units."""
        return self.tariff.net * nights

    def refund(self, nights: int) -> Fraction:
        """What the state refunds of so many of the nights, in exact minor units."""
        if self.rule is None or not self.refunded:
            return Fraction(0)
        return Fraction(self.rule.state_share) * self.cost(nights)


class RuleInForce(NamedTuple):
    """A rule up to the day of the next, and the day on which a later one ends its running years."""

    rule: RefundRule
    limit: int | None
    until: date
    years_end: date


class RulesByDay:
    """The rules of a table with the days on which they are in force, for many people."""

    def __init__(self, table: RefundRuleTable) -> None:
        self.days = [rule.valid_from for rule in table.rules]
        self.rules = [
            RuleInForce(rule, rule.nights_per_running_year, until, _running_years_end(later))
            for number, (rule, until) in enumerate(
                zip(table.rules, [*self.days[1:], date.max], strict=True), start=1
            )
            for later in [table.rules[number:]]
        ]


def refund(
    nights: Iterable[PricedNights], law: RulesByDay, until: date = date.max
) -> list[RefundedNights]:
    """Divide a person's history of nights, in order, into refunded and not refunded.

    What begins on `until` or after it is left out: no night depends on later ones.
    """
    found: list[RefundedNights] = []
    year = _RunningYear(found)
    for start, end, tariff in nights:
        if start >= until:
            break
        number = bisect_right(law.days, start) - 1
        if number < 0:
            before_any = min(end, law.days[0])
            found.append(RefundedNights(start, before_any, tariff))
            start, number = before_any, 0  # noqa: PLW2901 - what is left of the nights
        while start < end:
            by = law.rules[number]
            last = min(end, by.until)
            year.add(start, last, tariff, by)
            start, number = last, number + 1  # noqa: PLW2901
    return found


@dataclass(slots=True)
class _RunningYear:
    """The running year while walking through a person's nights."""

    nights: list[RefundedNights]
    window: Period | None = None
    refunded: int = 0

    def add(self, start: date, end: date, tariff: Tariff, by: RuleInForce) -> None:
        """Take nights under one rule, opening and closing running years on the way."""
        rule, limit, _, years_end = by
        if limit is None:
            self.nights.append(RefundedNights(start, end, tariff, rule, refunded=True))
            return
        while start < end:
            window = self.window
            if window is None or window.end <= start:
                # Whatever running year is opened, a later rule may end it.
                window = self.window = Period(start, min(add_years(start, 1), years_end))
                self.refunded = 0
            within = min(end, window.end)
            days, left = (within - start).days, max(0, limit - self.refunded)
            cut = within if days <= left else start + timedelta(days=left)
            if start < cut:
                self.refunded += min(days, left)
                self.nights.append(RefundedNights(start, cut, tariff, rule, True, window))  # noqa: FBT003 - by name it takes twice as long
            if cut < within:
                self.nights.append(RefundedNights(cut, within, tariff, rule, False, window))  # noqa: FBT003
            start = within


def _running_years_end(later: Iterable[RefundRule]) -> date:
    """The day on which one of later rules ends the running years opened before it, if any does."""
    ends = (
        each.valid_from
        for each in later
        if each.open_windows is OpenWindows.RESTART or each.nights_per_running_year is None
    )
    return next(ends, date.max)
