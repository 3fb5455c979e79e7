"""The most that an agreement can cost: each payer, in all and in one year, before and after caps.

Bounds from the terms alone, so they hold whatever is measured and whatever the law becomes.
Rounding is not in them: it can add at most one øre per payer to each outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction

from ledger.dates import add_months
from ledger.metrics.base import Metric
from ledger.metrics.modifiers import DeadweightOn
from ledger.money import Amount
from ledger.parties import Role
from ledger.terms.agreement import Terms
from ledger.terms.caps import Cap

Bound = Fraction | None
"""The most, in exact minor units; None if nothing bounds it."""

_EXACT_ENOUGH = Context(prec=40, rounding=ROUND_CEILING)
_YEAR_DAYS = 365
_LONGER_MONTH_DAYS = 3
"""By how many days one month may be longer than another."""


@dataclass(frozen=True, slots=True)
class Most:
    """The most that somebody or something can cost; None where nothing bounds it."""

    before_caps: Amount | None
    after_caps: Amount | None


@dataclass(frozen=True, slots=True)
class PayerMost:
    """The most that one payer can owe: in all, and in outcomes of one calendar year."""

    payer: str
    role: Role
    whole: Most
    years: dict[int, Amount | None]


@dataclass(frozen=True, slots=True)
class Exposure:
    """The most that an agreement can cost.

    `years` is the most of one calendar year; all of it may fall in one, so years do not sum to the
    whole. `unbounded` are the metrics whose own cost nothing bounds, caps included.
    """

    whole: Most
    metrics: dict[str, Most]
    payers: tuple[PayerMost, ...]
    years: dict[int, Amount | None]
    unbounded: tuple[str, ...]


def exposure(terms: Terms) -> Exposure:
    """The most that the terms can cost."""
    all_of_it = _Reckoning(terms, terms.metrics)
    years = range(terms.starts_on.year, terms.ends_on.year + 1)
    by_year = {
        year: _Reckoning(terms, [m for m in terms.metrics if _may_fall_in(terms, m, year)], year)
        for year in years
    }
    payers = tuple(
        PayerMost(
            payer,
            role,
            Most(_up(all_of_it.owed_by(payer)), _up(all_of_it.paid_by(payer))),
            {year: _up(found.paid_by(payer)) for year, found in by_year.items()},
        )
        for payer, role in terms.payers
    )
    return Exposure(
        whole=Most(_up(all_of_it.owed()), _up(all_of_it.paid())),
        metrics={
            m.id: Most(_up(worth(terms, m)), _up(all_of_it.paid_for(m))) for m in terms.metrics
        },
        payers=payers,
        years={year: _up(found.paid()) for year, found in by_year.items()},
        unbounded=tuple(m.id for m in terms.metrics if all_of_it.paid_for(m) is None),
    )


def worth(terms: Terms, metric: Metric) -> Bound:
    """The most that a metric can cost before any cap, with all that its terms add to it."""
    return _modified(terms, metric, metric.most(terms.people))


def _modified(terms: Terms, metric: Metric, most: Bound) -> Bound:
    if metric.negative:
        return Fraction(0)
    if most is None:
        return None
    if metric.of_people():
        most *= max([Fraction(1), *(Fraction(each.factor) for each in metric.multipliers)])
    most *= _highest_index(terms, metric)
    if metric.deadweight is not None and metric.deadweight.on is DeadweightOn.PRICE:
        most *= 1 - Fraction(metric.deadweight.share)
    return most


def _highest_index(terms: Terms, metric: Metric) -> Fraction:
    """The highest factor that is in force on any day of the agreement."""
    lines = sorted(metric.indexation, key=lambda each: each.valid_from)
    before = [each for each in lines if each.valid_from <= terms.starts_on]
    later = [each for each in lines if terms.starts_on < each.valid_from <= terms.ends_on]
    first = Fraction(before[-1].factor) if before else Fraction(1)
    return max([first, *(Fraction(each.factor) for each in later)])


def _may_fall_in(terms: Terms, metric: Metric, year: int) -> bool:
    """Whether an outcome can be achieved in a year: nobody is enrolled before the start."""
    months = [each for each in metric.milestones() if each]
    first = add_months(terms.starts_on, min(months)) if months else terms.starts_on
    return first <= terms.ends_on and first.year <= year


@dataclass(frozen=True, slots=True)
class _Reckoning:
    """The most that some of the metrics can cost, in all or in one year.

    A cap counts what is paid less what negative outcomes brought back. Where there are any, what
    an earlier year or another payer brought back makes room under it: then it bounds the whole, but
    neither a year nor a payer.
    """

    terms: Terms
    metrics: Sequence[Metric]
    year: int | None = None

    @property
    def _makes_room(self) -> bool:
        return any(metric.negative for metric in self.terms.metrics)

    def owed(self) -> Bound:
        """All of it before caps."""
        return _sum(worth(self.terms, metric) for metric in self.metrics)

    def owed_by(self, payer: str) -> Bound:
        """A payer's part before caps."""
        return _sum(self._part(metric, payer) for metric in self.metrics)

    def paid_for(self, metric: Metric) -> Bound:
        """A metric after the caps that touch it alone, and those that bound everything."""
        alike = not self._makes_room
        bounds = [self._capped(metric), *self._of_all(alike=alike), *self._of_payers(alike=alike)]
        if alike and metric.of_people():
            bounds += self._of_persons()
        return _least(bounds)

    def paid(self) -> Bound:
        """All of it after caps."""
        alike = self.year is None or not self._makes_room
        people = [m for m in self.metrics if m.of_people()]
        others = [m for m in self.metrics if not m.of_people()]
        of_people = _sum(self._capped(metric) for metric in people)
        if alike and people:
            of_people = _least([of_people, *self._of_persons()])
        bound = _sum([of_people, *(self._capped(metric) for metric in others)])
        return _least([bound, *self._of_all(alike=alike), *self._of_payers(alike=alike)])

    def paid_by(self, payer: str) -> Bound:
        """A payer's part after caps."""
        alone = not any(cap.scope == "payer" for cap in self.terms.caps)
        parts, shares = [], [Fraction(0)]
        for metric in self.metrics:
            share = self._share(metric, payer)
            shares.append(share)
            limited = self._capped(metric)
            factor = share if alone else Fraction(bool(share))
            parts.append(
                _least([self._part(metric, payer), None if limited is None else limited * factor])
            )
        bounds = [_sum(parts)]
        if not self._makes_room:
            whole = self.paid()
            most = max(shares) if alone else Fraction(bool(max(shares)))
            bounds.append(None if whole is None else whole * most)
        if self.year is None or not self._makes_room:
            bounds += [_limit(cap) for cap in self.terms.caps if cap.payer == payer]
        return _least(bounds)

    def _part(self, metric: Metric, payer: str) -> Bound:
        if metric.by_gain:
            return _modified(self.terms, metric, metric.most_of(payer, self.terms.people))
        share, whole = self._share(metric, payer), worth(self.terms, metric)
        if not share:
            return Fraction(0)
        return None if whole is None else whole * share

    def _share(self, metric: Metric, payer: str) -> Fraction:
        """The payer's share of each outcome; of one that is paid by gain it may be all."""
        if metric.by_gain:
            return Fraction(payer in {each for each, _ in metric.payers()})
        return sum(
            (share for (_, each), share in self.terms.shares(metric) if each == payer), Fraction(0)
        )

    def _capped(self, metric: Metric) -> Bound:
        """A metric after its own cap: all its outcomes have one sign, so none makes room."""
        own = [_limit(cap) for cap in self.terms.caps if cap.metric == metric.id]
        return _least([worth(self.terms, metric), *own])

    def _of_persons(self) -> Iterator[Bound]:
        for cap in self.terms.caps:
            if cap.scope == "person":
                limit = _limit(cap)
                yield None if limit is None else self.terms.people * limit

    def _of_all(self, *, alike: bool) -> Iterator[Bound]:
        for cap in self.terms.caps:
            match cap.scope:
                case "agreement" if alike:
                    yield _limit(cap)
                case "return" if alike:
                    yield _returned(self.terms, cap)
                case "year" if self.year is not None:
                    yield _limit(cap)
                case "year" if alike:
                    years = self.terms.ends_on.year - self.terms.starts_on.year + 1
                    limit = _limit(cap)
                    yield None if limit is None else limit * years

    def _of_payers(self, *, alike: bool) -> Iterator[Bound]:
        """What the payers' own caps leave, where every payer has one."""
        limits = {cap.payer: _limit(cap) for cap in self.terms.caps if cap.payer is not None}
        if alike and {payer for payer, _ in self.terms.payers} <= set(limits):
            yield _sum(limits.values())


def _limit(cap: Cap) -> Bound:
    return None if cap.limit is None else Fraction(cap.limit.minor)


def _returned(terms: Terms, cap: Cap) -> Fraction:
    """The most that investors may get if they pay in all, at once, and are paid at the very end."""
    capital = sum(e.amount.minor for e in terms.investment if e.investor in terms.repaid)
    if cap.multiple is not None:
        return capital * Fraction(cap.multiple)
    assert cap.yearly_rate is not None
    days = (terms.ends_on - min(terms.signed_on, terms.starts_on)).days
    years = _EXACT_ENOUGH.divide(Decimal(days), Decimal(_YEAR_DAYS))
    growth = _EXACT_ENOUGH.power(1 + cap.yearly_rate, years)
    return Fraction(_EXACT_ENOUGH.multiply(Decimal(capital), growth))


def _sum(bounds: Iterable[Bound]) -> Bound:
    whole = Fraction(0)
    for bound in bounds:
        if bound is None:
            return None
        whole += bound
    return whole


def _least(bounds: Iterable[Bound]) -> Bound:
    return min((bound for bound in bounds if bound is not None), default=None)


def _up(bound: Bound) -> Amount | None:
    """In whole minor units, rounded up: a bound must not be too low."""
    return None if bound is None else Amount(-(-bound.numerator // bound.denominator))


def last_day(terms: Terms, months: int) -> date | None:
    """The last day on which somebody may be enrolled and still reach a milestone; None if none."""
    if add_months(terms.starts_on, months) > terms.ends_on:
        return None
    day = add_months(terms.ends_on, -months) + timedelta(days=_LONGER_MONTH_DAYS)
    while add_months(day, months) > terms.ends_on:
        day -= timedelta(days=1)
    return day
