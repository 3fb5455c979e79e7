"""Stays -> nights with a price: a night counts once however many stays cover it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from ledger.dates import Period, add_years
from ledger.facts import Stayed, Tariff

REFERENCE = "reference"
"""The name under which counterfactual nights look up their tariff."""


class PricedNights(NamedTuple):
    """Consecutive nights at one tariff: those from `start` up to, and not including, `end`."""

    start: date
    end: date
    tariff: Tariff

    @property
    def period(self) -> Period:
        """The nights as a period; one by one they are made of days alone, as there are so many."""
        return Period(self.start, self.end)


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
        self._in_order: dict[str, tuple[list[date], list[Tariff]]] = {}

    def of(self, start: date, end: date, shelter: str) -> list[PricedNights]:
        """The nights from one day to another, cut where the tariff changes.

        Raises:
            NoTariffError: if the first of them has no price.
        """
        if shelter not in self._in_order:
            # Of two from one day, the first is the one that counts.
            first = {each.valid_from: each for each in reversed(self._tariffs.get(shelter, ()))}
            days = sorted(first)
            self._in_order[shelter] = days, [first[day] for day in days]
        days, tariffs = self._in_order[shelter]
        number = bisect_right(days, start)
        if not number and start < end:
            raise NoTariffError(shelter, start)
        nights: list[PricedNights] = []
        while start < end:
            until = end if number == len(days) or end <= days[number] else days[number]
            nights.append(PricedNights(start, until, tariffs[number - 1]))
            start, number = until, number + 1
        return nights


def price(stays: Iterable[Stayed], prices: Prices, until: date) -> list[PricedNights]:
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
    nights: list[PricedNights] = []
    for overlapping in _overlapping(span for span in spans if span[0] < span[2]):
        if len(overlapping) == 1:
            start, shelter, end = overlapping[0]
            nights += prices.of(start, end, shelter)
            continue
        edges = sorted({edge for span in overlapping for edge in (span[0], span[2])})
        for start, end in pairwise(edges):
            shelters = [span[1] for span in overlapping if span[0] <= start and end <= span[2]]
            nights += prices.of(start, end, shelters[-1])
    return nights


_Span = tuple[date, str, date]
"""Admission, shelter, and the day up to which it lasts."""


def _overlapping(spans: Iterable[_Span]) -> Iterator[list[_Span]]:
    """Spans in order, those together that overlap, so that each night lies in one group."""
    group: list[_Span] = []
    last = date.min
    for span in spans:
        if group and last <= span[0]:
            yield group
            group = []
        group.append(span)
        last = max(last, span[2])
    if group:
        yield group


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
    nights = [
        PricedNights(start, min(end, enrolled), tariff)
        for start, end, tariff in actual
        if start < enrolled
    ]
    start, year = enrolled, 0
    while start < until:
        year += 1
        next_year = add_years(enrolled, year)
        end = min(date.fromordinal(start.toordinal() + nights_per_year), next_year, until)
        nights += reference.of(start, end, REFERENCE)
        start = next_year
    return nights
