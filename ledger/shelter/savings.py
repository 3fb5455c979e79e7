"""What was saved: the counterfactual course of events compared with the actual one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from ledger.dates import Period
from ledger.facts import Stay, Tariff
from ledger.money import Amount, exact, written
from ledger.shelter.counterfactual import Counterfactual
from ledger.shelter.nights import counterfactual, price
from ledger.shelter.refund import RefundedNights, refund
from ledger.shelter.rules import RefundRuleTable
from ledger.shelter.support import SupportDays
from ledger.working import Gain, History, NightLine, Step, Window

SUPPORT_STEP = "support-refund"
"""The name of the steps that show what the state refunds of support."""
NO_RULE = "no-refund"
"""The name shown for nights before the first rule."""
NOT_SHOWN = History(lines=(), windows=(), nights=0, cost="0.00", refund="0.00")
"""A course of events that nobody asked to see."""


@dataclass(frozen=True, slots=True)
class Courses:
    """A person's whole history of nights, as it would have been and as it was."""

    counterfactual: list[RefundedNights]
    actual: list[RefundedNights]
    support: tuple[SupportDays, ...] = ()
    """Days of support that the state refunds, and would not have without the programme."""


@dataclass(frozen=True, slots=True)
class Saving:
    """What one person saved in one period, in exact minor units, neither below zero."""

    state_gain: Fraction
    municipal_gain: Fraction
    counterfactual: History
    actual: History
    gains: tuple[Gain, ...]
    steps: tuple[Step, ...]


def courses(  # noqa: PLR0913, PLR0917 - two courses need all of it
    stays: Iterable[Stay],
    enrolled: date,
    tariffs: Mapping[str, tuple[Tariff, ...]],
    terms: Counterfactual,
    table: RefundRuleTable,
    until: date,
    support: tuple[SupportDays, ...] = (),
) -> Courses:
    """Both histories up to `until`, with running years counted over the whole of each.

    Raises:
        NoTariffError: if a night has no price.
    """
    actual = price(stays, tariffs, until)
    otherwise = counterfactual(actual, enrolled, terms, until)
    return Courses(refund(otherwise, table), refund(actual, table), support)


def saving(both: Courses, period: Period, *, shown: bool = True) -> Saving:
    """The saving of a period; unless it is to be shown, without how it was reached.

    State-side gain: refund of the counterfactual nights less refund of the actual nights, and less
    the refund newly given on support, never below zero. Municipal gain: what the avoided nights
    cost less the state-side gain, never below zero; so what the state refunds of support is the
    municipality's.
    """
    would_be, were = _sum(both.counterfactual, period), _sum(both.actual, period)
    cost, refunded = would_be[0] - were[0], would_be[1] - were[1]
    steps, given = _support(both, period) if both.support else ((), Fraction(0))
    state_gain = max(Fraction(0), refunded - given)
    return Saving(
        state_gain=state_gain,
        municipal_gain=max(Fraction(0), cost - state_gain),
        counterfactual=_history(both.counterfactual, period, would_be) if shown else NOT_SHOWN,
        actual=_history(both.actual, period, were) if shown else NOT_SHOWN,
        gains=_gains(both, period) if shown else (),
        steps=steps,
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


_Sums = tuple[Fraction, Fraction]
"""Cost and refund, in exact minor units."""


def _sum(course: list[RefundedNights], period: Period) -> _Sums:
    """Cost and refund of a course's nights in the period."""
    cost, start, end = 0, period.start, period.end
    refunded: dict[Decimal, int] = defaultdict(int)
    # In whole minor units, share by share: most nights lie outside, and fractions are slow.
    for nights in course:
        first, last = nights.period.start, nights.period.end
        if last <= start or end <= first:
            continue
        of_these = nights.cost((min(last, end) - max(first, start)).days)
        cost += of_these
        if nights.rule is not None and nights.refunded:
            refunded[nights.rule.state_share] += of_these
    refund = sum((Fraction(share) * of for share, of in refunded.items()), Fraction(0))
    return Fraction(cost), refund


def _rule_name(nights: RefundedNights) -> str:
    return nights.rule.id if nights.rule else NO_RULE


def _history(course: list[RefundedNights], period: Period, sums: _Sums) -> History:
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
        cost=exact(cost),
        refund=exact(refunded),
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


def _gains(both: Courses, period: Period) -> tuple[Gain, ...]:
    """The comparison by calendar year and rule of the nights."""
    rows: dict[tuple[int, str], list[Fraction]] = defaultdict(lambda: [Fraction(0)] * 4)
    for course, sign in ((both.counterfactual, 1), (both.actual, -1)):
        for nights in course:
            within = nights.period.overlap(period)
            for year, days in _by_year(within):
                row = rows[year, _rule_name(nights)]
                row[0 if sign == 1 else 1] += days
                row[2] += sign * nights.refund(days)
                row[3] += sign * (nights.cost(days) - nights.refund(days))
    for support in both.support:
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
