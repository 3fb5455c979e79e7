"""What was saved: the counterfactual course of events compared with the actual one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from ledger.dates import Period
from ledger.facts import Stayed, Tariff
from ledger.money import MILLION, Amount, exact, millionths, written
from ledger.shelter.counterfactual import Counterfactual
from ledger.shelter.nights import REFERENCE, Nights, Prices, counterfactual, price
from ledger.shelter.refund import (
    Course,
    RefundedNights,
    RulesByDay,
    cost_and_refund,
    refund,
    told,
)
from ledger.shelter.rules import RefundRuleTable
from ledger.shelter.support import SupportDays
from ledger.working import Gain, History, NightLine, Step, Window

SUPPORT_STEP = "support-refund"
"""The name of the steps that show what the state refunds of support."""
NO_RULE = "no-refund"
"""The name shown for nights before the first rule."""
NOT_SHOWN = History(lines=(), windows=(), nights=0, cost="0.00", refund="0.00")
"""A course of events that nobody asked to see."""


class Courses(NamedTuple):
    """A person's whole history of nights, as it would have been and as it was."""

    counterfactual: Course
    actual: Course
    support: tuple[SupportDays, ...] = ()
    """Days of support that the state refunds, and would not have without the programme."""


class Saving(NamedTuple):
    """What one person saved in one period, in millionths of minor units, neither below zero."""

    state: int
    municipal: int
    counterfactual: History
    actual: History
    gains: tuple[Gain, ...]
    steps: tuple[Step, ...]

    @property
    def state_gain(self) -> Fraction:
        """What the state saved, in exact minor units."""
        return Fraction(self.state, MILLION)

    @property
    def municipal_gain(self) -> Fraction:
        """What the municipality saved, in exact minor units."""
        return Fraction(self.municipal, MILLION)


class Reckoning:
    """How the nights of many people are reckoned: by which prices, terms and law."""

    def __init__(
        self,
        tariffs: Mapping[str, tuple[Tariff, ...]],
        terms: Counterfactual,
        table: RefundRuleTable,
    ) -> None:
        self._prices = Prices(tariffs)
        self._nights_per_year = terms.nights_per_year
        self._reference = Prices({REFERENCE: terms.tariffs(REFERENCE)})
        self._law = RulesByDay(table)

    def nights(
        self, stays: Iterable[Stayed], enrolled: date, until: date, asked_until: date = date.max
    ) -> Nights:
        """Both histories up to `until`, whatever the law.

        All nights must have a price; those from `asked_until` on may be left out of what is found.

        Raises:
            NoTariffError: if a night has no price.
        """
        actual = price(stays, self._prices, until)
        asked = min(until, asked_until)  # once there is a reference tariff, there always is
        otherwise = counterfactual(actual, enrolled, self._nights_per_year, self._reference, asked)
        return otherwise, actual

    def courses(
        self,
        nights: Nights,
        support: tuple[SupportDays, ...] = (),
        asked_until: date = date.max,
    ) -> Courses:
        """Both histories under the law, with running years counted over the whole of each."""
        otherwise, actual = nights
        return Courses(
            refund(otherwise, self._law, asked_until),
            refund(actual, self._law, asked_until),
            support,
        )


def saving(both: Courses, period: Period, *, shown: bool = True) -> Saving:
    """The saving of a period; unless it is to be shown, without how it was reached.

    State-side gain: refund of the counterfactual nights less refund of the actual nights, and less
    the refund newly given on support, never below zero. Municipal gain: what the avoided nights
    cost less the state-side gain, never below zero; so what the state refunds of support is the
    municipality's.
    """
    would_be = cost_and_refund(both.counterfactual, period)
    were = cost_and_refund(both.actual, period)
    cost, refunded = would_be[0] - were[0], would_be[1] - were[1]
    steps: tuple[Step, ...] = ()
    if both.support:
        steps, given = _support(both, period)
        refunded -= millionths(given)
    state = max(0, refunded)
    municipal = max(0, cost * MILLION - state)
    if not shown:
        return Saving(state, municipal, NOT_SHOWN, NOT_SHOWN, (), steps)
    otherwise, actual = told(both.counterfactual), told(both.actual)
    return Saving(
        state,
        municipal,
        _history(otherwise, period, would_be),
        _history(actual, period, were),
        _gains(otherwise, actual, both.support, period),
        steps,
    )


def _support(both: Courses, period: Period) -> tuple[tuple[Step, ...], Fraction]:
    """What the state refunds of support in a period, line by line and in all."""
    lines = [(each, each.period.overlap(period).days) for each in both.support]
    steps = tuple(
        Step(step=SUPPORT_STEP, by=each.told(days), result=written(each.refund(days)))
        for each, days in lines
        if days
    )
    return steps, sum((each.refund(days) for each, days in lines), Fraction(0))


def _rule_name(nights: RefundedNights) -> str:
    return nights.rule.id if nights.rule else NO_RULE


def _history(course: list[RefundedNights], period: Period, sums: tuple[int, int]) -> History:
    cost, refunded = sums
    counts: dict[tuple[int, int, str, Decimal, bool], int] = defaultdict(int)
    for nights in course:
        if days := nights.period.overlap(period).days:
            share = nights.rule.state_share if nights.rule else Decimal(0)
            tariff = nights.tariff
            key = (tariff.per_night.minor, tariff.own_payment.minor)
            counts[*key, _rule_name(nights), share, nights.refunded] += days
    lines = []
    for (per_night, own_payment, rule, share, is_refunded), days in counts.items():
        line_cost = Fraction(max(0, per_night - own_payment) * days)
        lines.append(
            NightLine(
                nights=days,
                tariff=Amount(per_night),
                own_payment=Amount(own_payment),
                rule=rule,
                state_share=share,
                refunded=is_refunded,
                cost=exact(line_cost),
                refund=exact(line_cost * Fraction(share) if is_refunded else Fraction(0)),
            )
        )
    return History(
        lines=tuple(lines),
        windows=_windows(course, period),
        nights=sum(counts.values()),
        cost=exact(Fraction(cost)),
        refund=exact(Fraction(refunded, MILLION)),
    )


def _windows(course: list[RefundedNights], period: Period) -> tuple[Window, ...]:
    """The running years that have nights in the period."""
    by_window: dict[Period, list[RefundedNights]] = defaultdict(list)
    for nights in course:
        if nights.window is not None:
            by_window[nights.window].append(nights)
    windows = []
    for window, all_nights in by_window.items():
        before = Period(date.min, period.start)
        inside = [(n, n.period.overlap(period).days) for n in all_nights]
        earlier = [(n, n.period.overlap(before).days) for n in all_nights]
        if sum(days for _, days in inside):
            windows.append(
                Window(
                    start=window.start,
                    end=window.end,
                    nights_before=sum(days for _, days in earlier),
                    refunded_before=sum(days for n, days in earlier if n.refunded),
                    nights=sum(days for _, days in inside),
                    refunded=sum(days for n, days in inside if n.refunded),
                )
            )
    return tuple(windows)


def _gains(
    otherwise: list[RefundedNights],
    actual: list[RefundedNights],
    supports: Iterable[SupportDays],
    period: Period,
) -> tuple[Gain, ...]:
    """The comparison by calendar year and rule of the nights."""
    rows: dict[tuple[int, str], list[Fraction]] = defaultdict(lambda: [Fraction(0)] * 4)
    for course, sign in ((otherwise, 1), (actual, -1)):
        for nights in course:
            within = nights.period.overlap(period)
            for year, days in _by_year(within):
                row = rows[year, _rule_name(nights)]
                row[0 if sign == 1 else 1] += days
                row[2] += sign * nights.refund(days)
                row[3] += sign * (nights.cost(days) - nights.refund(days))
    for support in supports:
        for year, days in _by_year(support.period.overlap(period)):
            refund_given = support.refund(days)
            row = rows[year, support.rule.id]
            row[2] -= refund_given
            row[3] += refund_given
    return tuple(
        Gain(
            year=year,
            rule=rule,
            nights_counterfactual=int(row[0]),
            nights_actual=int(row[1]),
            state_gain=exact(row[2]),
            municipal_gain=exact(row[3]),
        )
        for (year, rule), row in sorted(rows.items())
    )


def _by_year(period: Period) -> Iterator[tuple[int, int]]:
    """The calendar years of a period, each with how many of its days."""
    for year in range(period.start.year, period.end.year + 1):
        days = period.overlap(Period(date(year, 1, 1), date(year + 1, 1, 1))).days
        if days:
            yield year, days
