"""Forecasts: what a fund or a business case would come to, from stated assumptions. Pure.

Nothing here is money of the ledger: no event is read and none is written. Everything is
reckoned exactly and rounded only where it is answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from pydantic import Field, model_validator

from ledger.metrics.modifiers import Counting, Factor
from ledger.model import WHOLE, Model, Text
from ledger.money import ZERO, Amount, Share, rounded, total

_RATE_STEPS = 10**6
"""A yearly rate is found to this part of one."""


class Published(Model):
    """A figure that somebody else printed for the same, and why it differs."""

    people_achieving: Annotated[int, Field(ge=1), WHOLE]
    because: Text


class RevolvingFund(Model):
    """A fund that invests all that comes back.

    `repaid` is what each unit invested brings back in all, in equal parts, one a year, over
    `repaid_over_years`, the first a year after it was invested.
    """

    title: Text
    capital: Amount
    first_year: Annotated[int, Field(ge=1900, le=2100), WHOLE]
    years: Annotated[int, Field(ge=1, le=100), WHOLE]
    repaid: Factor
    repaid_over_years: Counting
    cost_per_person: Amount
    cost_per_municipality: Amount
    achieved: Share
    published: Published | None = None

    @model_validator(mode="after")
    def _can_be_reckoned(self) -> RevolvingFund:
        if min(self.capital, self.cost_per_person, self.cost_per_municipality) <= ZERO:
            message = "capital, cost_per_person and cost_per_municipality must be above zero"
            raise ValueError(message)
        if not self.repaid:
            message = "repaid must be above zero"
            raise ValueError(message)
        return self


class AuthorityGain(Model):
    """What one authority gains a year from each person who achieves it additionally."""

    authority: Text
    per_person_and_year: Amount


class BusinessCase(Model):
    """What an investment in people brings to public authorities, from stated assumptions."""

    title: Text
    people: Counting
    cost: Amount
    paid_by: Text
    dropout: Share
    achieved: Share
    anyway: Share
    years: Annotated[int, Field(ge=1, le=100), WHOLE]
    gains: Annotated[tuple[AuthorityGain, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _hangs_together(self) -> BusinessCase:
        names = [each.authority for each in self.gains]
        if len(set(names)) != len(names):
            message = "gains: an authority stands twice; add its gains up"
            raise ValueError(message)
        if self.paid_by not in names:
            message = "paid_by must be one of the authorities that gain"
            raise ValueError(message)
        return self


class Forecast(Model):
    """A file of assumptions: for a fund that invests what comes back, or for a business case."""

    revolving_fund: RevolvingFund | None = None
    business_case: BusinessCase | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Forecast:
        if (self.revolving_fund is None) == (self.business_case is None):
            message = "write either revolving_fund or business_case"
            raise ValueError(message)
        return self


@dataclass(frozen=True, slots=True)
class FundYear:
    """One year of a fund: what it invests, and what all years so far come to."""

    year: int
    invested: Amount
    invested_in_all: Amount
    people_in_all: int


@dataclass(frozen=True, slots=True)
class FundForecast:
    """What a fund would come to. `yearly_return` is the internal rate of return of its capital."""

    years: tuple[FundYear, ...]
    invested: Amount
    people: int
    people_achieving: int
    municipalities: int
    yearly_return: Fraction


@dataclass(frozen=True, slots=True)
class CaseYear:
    """One year of a business case: each authority's gains less its cost, all years so far."""

    year: int
    net: dict[str, Amount]
    net_in_all: Amount


@dataclass(frozen=True, slots=True)
class CaseForecast:
    """What a business case would come to.

    `additional` are the people who achieve it and would not have anyway. The authority that pays
    breaks even in the first year by whose end its gains have covered its cost; None if never.
    """

    completing: Fraction
    additional_share: Fraction
    additional: Fraction
    years: tuple[CaseYear, ...]
    breaks_even: int | None
    net: Amount


def revolve(fund: RevolvingFund) -> FundForecast:
    """Invest the capital, and each year after that all that comes back."""
    part = Fraction(fund.repaid) / fund.repaid_over_years
    invested: list[Fraction] = [Fraction(fund.capital.minor)]
    while len(invested) < fund.years:
        invested.append(part * sum(invested[-fund.repaid_over_years :]))
    sums = [sum(invested[: n + 1], Fraction(0)) for n in range(fund.years)]
    people = [each / fund.cost_per_person.minor for each in sums]
    years = tuple(
        FundYear(fund.first_year + n, rounded(invested[n]), rounded(sums[n]), _nearest(people[n]))
        for n in range(fund.years)
    )
    return FundForecast(
        years=years,
        invested=rounded(sums[-1]),
        people=_nearest(people[-1]),
        people_achieving=_nearest(people[-1] * Fraction(fund.achieved)),
        municipalities=_nearest(sums[-1] / fund.cost_per_municipality.minor),
        yearly_return=internal_rate(part, fund.repaid_over_years),
    )


def internal_rate(part: Fraction, years: int) -> Fraction:
    """The yearly rate at which `part` a year, first after one, is worth one today; to a millionth.

    The highest such rate that is not above it, between -99 % and 1,000 % a year.
    """
    low, high = -99 * _RATE_STEPS // 100, 10 * _RATE_STEPS
    while high - low > 1:
        middle = (low + high) // 2
        growth = 1 + Fraction(middle, _RATE_STEPS)
        worth = sum(part / growth**year for year in range(1, years + 1))
        low, high = (middle, high) if worth >= 1 else (low, middle)
    return Fraction(low, _RATE_STEPS)


def case(assumed: BusinessCase) -> CaseForecast:
    """Each authority's net by year, and when it breaks even."""
    completing = assumed.people * (1 - Fraction(assumed.dropout))
    share = Fraction(assumed.achieved) - Fraction(assumed.anyway)
    additional = completing * share
    years = tuple(_case_year(assumed, additional, year) for year in range(1, assumed.years + 1))
    even = next((each.year for each in years if each.net[assumed.paid_by] >= ZERO), None)
    return CaseForecast(completing, share, additional, years, even, years[-1].net_in_all)


def _case_year(assumed: BusinessCase, additional: Fraction, year: int) -> CaseYear:
    """What each authority has gained by the end of a year, less what it paid."""
    net = {}
    for each in assumed.gains:
        gained = rounded(year * additional * each.per_person_and_year.minor)
        net[each.authority] = gained - (assumed.cost if each.authority == assumed.paid_by else ZERO)
    return CaseYear(year, net, total(net.values()))


def _nearest(value: Fraction) -> int:
    """The nearest whole number, halves up."""
    return int(value + Fraction(1, 2))
