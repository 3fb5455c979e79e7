"""Stays -> nights with a price: a night counts once however many stays cover it.

Here days are numbers (`date.toordinal`) and nights plain tuples: a fund has a million of them, and
this takes half of the time that dates take. They become dates again where they are shown.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise

from ledger.dates import add_years
from ledger.facts import Stayed, Tariff

REFERENCE = "reference"
"""The name under which counterfactual nights look up their tariff."""

PricedNights = tuple[int, int, int, Tariff]
"""(first, end, net, tariff): nights from `first` up to, and not including, `end`, by day number.

Each costs the public `net` minor units, by one tariff.
"""

Nights = tuple[list[PricedNights], list[PricedNights]]
"""A person's nights as they would have been without the programme, and as they were."""


class NoTariffError(LookupError):
    """A shelter has no tariff on a night, so the night has no price."""

    def __init__(self, shelter: str, night: date) -> None:
        super().__init__(f"shelter {shelter!r} has no tariff on {night}")
        self.shelter = shelter
        self.night = night


class Prices:
    """What nights cost: each shelter's tariffs in the order of their days, for many people."""

    def __init__(self, tariffs: Mapping[str, tuple[Tariff, ...]]) -> None:
        self._tariffs = tariffs
        self._in_order: dict[str, tuple[list[int], list[tuple[int, Tariff]]]] = {}

    def of(self, start: int, end: int, shelter: str) -> list[PricedNights]:
        """The nights from one day to another, cut where the tariff changes.

        Raises:
            NoTariffError: if the first of them has no price.
        """
        days, tariffs = self._in_order.get(shelter) or self._put_in_order(shelter)
        number = bisect_right(days, start)
        if not number and start < end:
            raise NoTariffError(shelter, date.fromordinal(start))
        nights: list[PricedNights] = []
        while start < end:
            until = end if number == len(days) or end <= days[number] else days[number]
            nights.append((start, until, *tariffs[number - 1]))
            start, number = until, number + 1
        return nights

    def _put_in_order(self, shelter: str) -> tuple[list[int], list[tuple[int, Tariff]]]:
        # Of two from one day, the first is the one that counts.
        found = {
            each.valid_from.toordinal(): (each.net, each)
            for each in reversed(self._tariffs.get(shelter, ()))
        }
        days = sorted(found)
        self._in_order[shelter] = in_order = days, [found[day] for day in days]
        return in_order


def price(stays: Iterable[Stayed], prices: Prices, until: date) -> list[PricedNights]:
    """The nights of a person's stays before `until`, in order, each once.

    Where stays overlap, the later admission's tariff applies (of two admissions on one day, the
    shelter whose name sorts last, so that the order of recording never matters). A stay without
    a discharge goes on until `until`.

    Raises:
        NoTariffError: if a night has no price.
    """
    last = until.toordinal()
    spans: list[tuple[int, str, int]] = []
    for stay in stays:
        start, shelter, discharged = stay.span
        end = last if discharged is None else min(discharged, last)
        if start < end:
            spans.append((start, shelter, end))
    spans.sort()
    nights: list[PricedNights] = []
    number, count = 0, len(spans)
    while number < count:
        start, shelter, end = spans[number]
        first, number = number, number + 1
        while number < count and spans[number][0] < end:
            end = max(end, spans[number][2])
            number += 1
        if number == first + 1:
            nights += prices.of(start, end, shelter)
        else:
            nights += _each_once(spans[first:number], prices)
    return nights


def _each_once(spans: list[tuple[int, str, int]], prices: Prices) -> Iterator[PricedNights]:
    """The nights of spans in order, (admission, shelter, end), that overlap."""
    edges = sorted({edge for span in spans for edge in (span[0], span[2])})
    for start, end in pairwise(edges):
        shelters = [span[1] for span in spans if span[0] <= start and end <= span[2]]
        yield from prices.of(start, end, shelters[-1])


def counterfactual(
    actual: Iterable[PricedNights],
    enrolled: date,
    nights_per_year: int,
    reference: Prices,
    until: date,
) -> list[PricedNights]:
    """The nights there would have been: actual ones before enrolment, then N in each year.

    The N nights of a year follow on each other from the enrolment date and its anniversaries.

    Raises:
        NoTariffError: if a night has no price.
    """
    year_starts, ends = enrolled.toordinal(), until.toordinal()
    nights = [
        (start, min(end, year_starts), net, tariff)
        for start, end, net, tariff in actual
        if start < year_starts
    ]
    year = 0
    while year_starts < ends:
        year += 1
        next_year = add_years(enrolled, year).toordinal()
        end = min(year_starts + nights_per_year, next_year, ends)
        nights += reference.of(year_starts, end, REFERENCE)
        year_starts = next_year
    return nights
