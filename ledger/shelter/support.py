"""The state's new refund of housing support after a shelter: part of what it saves, given back.

Support is refunded day by day, by the rule in force on that day, from the discharge for as many
years as the rule says, if it was decided on before the discharge. (Serviceloven § 85 a; orders on
state refund.)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from ledger.dates import Day, Period, add_years
from ledger.facts import Stayed
from ledger.model import Identifier, Model
from ledger.money import Amount
from ledger.shelter.rules import RefundRule, RefundRuleTable

Spells = Iterable[tuple[date, date | None]]
"""From a day up to, not including, another; open while that is None."""


class DailyCost(Model):
    """What a day of support costs from a date on."""

    valid_from: Day
    amount: Amount


class Support(Model):
    """Housing support that the state refunds in part, and that so makes its saving smaller.

    `indicator` are spells of support given. `decided` are spells of a decision on support, from the
    day of the decision on; without it, `indicator` holds only what was decided on in time.
    """

    indicator: Identifier
    decided: Identifier | None = None
    cost_per_day: Annotated[tuple[DailyCost, ...], Field(min_length=1)]
    table: Identifier


@dataclass(frozen=True, slots=True)
class SupportDays:
    """Consecutive days of support at one cost that the state refunds under one rule."""

    period: Period
    cost_per_day: Amount
    rule: RefundRule

    def refund(self, days: int) -> Fraction:
        """What the state refunds of so many of the days, in exact minor units."""
        return Fraction(self.rule.state_share) * self.cost_per_day.minor * days

    def told(self, days: int) -> str:
        """So many of the days, in figures: days x cost x share."""
        share: Decimal = self.rule.state_share
        return f"{days} x {self.cost_per_day} x {share}"


def refunded(
    given: Spells,
    decisions: Spells | None,
    stays: Iterable[Stayed],
    terms: Support,
    table: RefundRuleTable | None,
    until: date,
) -> list[SupportDays]:
    """The days of support before `until` that the state refunds, in order, each once.

    A spell of support belongs to one discharge: of the stay during which it begins, or else the
    last one up to its first day. Its days count from that discharge on. Without `decisions`, every
    spell was decided on in time; else a decision must have begun before the day of discharge, and
    have lasted up to it. Without a table nothing is refunded.
    """
    known, decided = list(stays), None if decisions is None else list(decisions)
    spans: list[tuple[date, Period]] = []
    for start, end in given:
        discharged = _discharge(start, known)
        if discharged is None or not (decided is None or _in_time(discharged, decided)):
            continue
        first, last = max(start, discharged), min(end or until, until)
        if first < last:
            spans.append((discharged, Period(first, last)))
    return list(_cut(spans, terms, table)) if table else []


def _discharge(start: date, stays: Iterable[Stayed]) -> date | None:
    """The discharge that support from a day on follows on; None if there is none yet."""
    days = []
    for stay in stays:
        if stay.admitted <= start and (stay.discharged is None or start < stay.discharged):
            days.append(stay.discharged or date.max)
        elif stay.discharged is not None and stay.discharged <= start:
            days.append(stay.discharged)
    last = max(days, default=date.max)
    return None if last == date.max else last


def _in_time(discharged: date, decisions: Spells) -> bool:
    return any(
        start < discharged and (end is None or discharged <= end) for start, end in decisions
    )


def _cut(
    spans: list[tuple[date, Period]], terms: Support, table: RefundRuleTable
) -> Iterable[SupportDays]:
    """The spans where anything changes, without the days that no rule refunds."""
    edges = {day for _, period in spans for day in (period.start, period.end)}
    edges |= {rule.valid_from for rule in table.rules}
    edges |= {cost.valid_from for cost in terms.cost_per_day}
    for each in table.rules:
        edges |= {add_years(discharged, each.years_after_discharge or 0) for discharged, _ in spans}
    for start, end in pairwise(sorted(edges)):
        rule = next((r for r in reversed(table.rules) if r.valid_from <= start), None)
        costs = [cost for cost in terms.cost_per_day if cost.valid_from <= start]
        if rule is None or rule.years_after_discharge is None or not costs:
            continue
        years = rule.years_after_discharge
        if any(
            period.start <= start and end <= period.end and end <= add_years(discharged, years)
            for discharged, period in spans
        ):
            amount = max(costs, key=lambda cost: cost.valid_from).amount
            yield SupportDays(Period(start, end), amount, rule)
