"""The state's refund of shelter nights, by the rule in force on each night.

Under a rule with a limit, a person's running year starts on the first night on or after the date
the limit was introduced and lasts one year; the next starts with the first night after that. A
night is refunded if fewer nights of the running year than the limit in force on that night have
been refunded before it. (Serviceloven § 110; orders on state refund.)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from ledger.dates import Period, add_years
from ledger.facts import Tariff
from ledger.shelter.nights import PricedNights
from ledger.shelter.rules import OpenWindows, RefundRule, RefundRuleTable


@dataclass(frozen=True, slots=True)
class RefundedNights:
    """Consecutive nights at one tariff, under one rule, all refunded or none."""

    period: Period
    tariff: Tariff
    rule: RefundRule | None = None
    refunded: bool = False
    window: Period | None = None

    def cost(self, nights: int) -> int:
        """What so many of the nights cost the public, in minor units."""
        return self.tariff.net * nights

    def refund(self, nights: int) -> Fraction:
        """What the state refunds of so many of the nights, in exact minor units."""
        if self.rule is None or not self.refunded:
            return Fraction(0)
        return Fraction(self.rule.state_share) * self.cost(nights)


@dataclass(slots=True)
class _RunningYear:
    """The running year while walking through a person's nights."""

    window: Period | None = None
    refunded: int = 0
    nights: list[RefundedNights] = field(default_factory=list)

    def add(self, period: Period, tariff: Tariff, rule: RefundRule, ends: date) -> None:
        """Take nights under one rule, opening and closing running years on the way.

        Whatever running year is opened, it has ended by `ends`.
        """
        if rule.nights_per_running_year is None:
            self.nights.append(RefundedNights(period, tariff, rule, refunded=True))
            return
        while period.days:
            if self.window is None or self.window.end <= period.start:
                self.window = Period(period.start, min(add_years(period.start, 1), ends))
                self.refunded = 0
            within = period.overlap(self.window)
            left = max(0, rule.nights_per_running_year - self.refunded)
            cut = min(within.end, within.start + timedelta(days=left))
            self.refunded += (cut - within.start).days
            for part, refunded in (
                (Period(within.start, cut), True),
                (Period(cut, within.end), False),
            ):
                if part.days:
                    self.nights.append(RefundedNights(part, tariff, rule, refunded, self.window))
            period = Period(within.end, period.end)


def refund(nights: Iterable[PricedNights], table: RefundRuleTable) -> list[RefundedNights]:
    """Divide a person's whole history of nights, in order, into refunded and not refunded."""
    year = _RunningYear()
    bounds = [rule.valid_from for rule in table.rules]
    years_end = [_running_years_end(table, rule) for rule in table.rules]
    ruled = list(zip(table.rules, bounds, [*bounds[1:], date.max], years_end, strict=True))
    for priced in nights:
        first, last = priced.period.start, priced.period.end
        if first < bounds[0] and first < last:
            before_any = Period(first, min(last, bounds[0]))
            year.nights.append(RefundedNights(before_any, priced.tariff))
        for rule, start, end, ends in ruled:
            if first < end and start < last and first < last:
                under = Period(max(first, start), min(last, end))
                year.add(under, priced.tariff, rule, ends)
    return year.nights


def _running_years_end(table: RefundRuleTable, rule: RefundRule) -> date:
    """The day on which a later rule ends the running years opened under this one, if any does."""
    later = table.rules[table.rules.index(rule) + 1 :]
    ends = (
        each.valid_from
        for each in later
        if each.open_windows is OpenWindows.RESTART or each.nights_per_running_year is None
    )
    return next(ends, date.max)
