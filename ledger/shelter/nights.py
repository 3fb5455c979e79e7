"""Stays -> nights with a price: a night counts once however many stays cover it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from ledger.dates import Period, add_years
from ledger.facts import Stay, Tariff, tariff_on
from ledger.shelter.counterfactual import Counterfactual

REFERENCE = "reference"
"""The name under which counterfactual nights look up their tariff."""


@dataclass(frozen=True, slots=True)
class PricedNights:
    """Consecutive nights at one tariff."""

    period: Period
    tariff: Tariff


class NoTariffError(LookupError):
    """A shelter has no tariff on a night, so the night has no price."""

    def __init__(self, shelter: str, night: date) -> None:
        super().__init__(f"shelter {shelter!r} has no tariff on {night}")
        self.shelter = shelter
        self.night = night


def price(
    stays: Iterable[Stay], tariffs: Mapping[str, tuple[Tariff, ...]], until: date
) -> list[PricedNights]:
    """The nights of a person's stays before `until`, in order, each once.

    Where stays overlap, the later admission's tariff applies (of two admissions on one day, the
    shelter whose name sorts last, so that the order of recording never matters). A stay without
    a discharge goes on until `until`.

    Raises:
        NoTariffError: if a night has no price.
    """
    spans = sorted(
        (stay.admitted, stay.shelter, min(stay.discharged or until, until)) for stay in stays
    )
    spans = [span for span in spans if span[0] < span[2]]
    edges = sorted({edge for span in spans for edge in (span[0], span[2])})
    nights: list[PricedNights] = []
    for start, end in pairwise(edges):
        covering = [span for span in spans if span[0] <= start and end <= span[2]]
        if covering:
            shelter = covering[-1][1]
            nights += _priced(Period(start, end), shelter, tariffs.get(shelter, ()))
    return nights


def counterfactual(
    actual: Iterable[PricedNights], enrolled: date, terms: Counterfactual, until: date
) -> list[PricedNights]:
    """The nights there would have been: actual ones before enrolment, then N in each year.

    The N nights of a year follow on each other from the enrolment date and its anniversaries.
    """
    before = Period(date.min, enrolled)
    nights = [
        PricedNights(overlap, each.tariff)
        for each in actual
        if (overlap := each.period.overlap(before)).days
    ]
    tariffs = terms.tariffs(REFERENCE)
    year = 0
    while (start := add_years(enrolled, year)) < until:
        year += 1
        end = min(
            date.fromordinal(start.toordinal() + terms.nights_per_year),
            add_years(enrolled, year),
            until,
        )
        nights += _priced(Period(start, end), REFERENCE, tariffs)
    return nights


def _priced(period: Period, shelter: str, tariffs: tuple[Tariff, ...]) -> list[PricedNights]:
    """The period cut where the tariff changes."""
    if not period.days:
        return []
    changes = [t.valid_from for t in tariffs if period.start < t.valid_from < period.end]
    edges = [period.start, *sorted(changes), period.end]
    nights = []
    for start, end in pairwise(edges):
        tariff = tariff_on(tariffs, start)
        if tariff is None:
            raise NoTariffError(shelter, start)
        nights.append(PricedNights(Period(start, end), tariff))
    return nights
