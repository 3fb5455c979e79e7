"""A ratio: two sides that do the same amount of work, timed in turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

Work = Callable[[], int]
"""Does what is timed; how many units it did."""


@dataclass(frozen=True, slots=True)
class Side:
    """One way of doing the work."""

    name: str
    prepare: Callable[[], Work]
    """Does what is not timed, and returns what is."""
    wanted: float | None = None
    """What ours should reach of this side's rate, if anything was promised."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Our way first, then those it is compared with."""

    name: str
    unit: str
    ours: Side
    others: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Our rate over another's: the median of all rounds, and the extremes."""

    other: str
    rate: float
    ratio: float
    ratio_min: float
    ratio_max: float
    wanted: float | None


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure with its numbers; rates are units per second."""

    figure: str
    engine: str
    unit: str
    ours: str
    rate: float
    ratios: tuple[Ratio, ...]


def measure(figure: Figure, engine: str, rounds: int) -> Measured:
    """Time all sides in every round, so that whatever else the machine does meets them alike."""
    sides = (figure.ours, *figure.others)
    rates: dict[str, list[float]] = {side.name: [] for side in sides}
    for number in range(rounds):
        for side in sides if number % 2 else reversed(sides):
            work = side.prepare()
            started = time.perf_counter()
            units = work()
            rates[side.name].append(units / (time.perf_counter() - started))
    ours = rates[figure.ours.name]
    return Measured(
        figure.name,
        engine,
        figure.unit,
        figure.ours.name,
        median(ours),
        tuple(_ratio(side, ours, rates[side.name]) for side in figure.others),
    )


def _ratio(side: Side, ours: list[float], theirs: list[float]) -> Ratio:
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    return Ratio(side.name, median(theirs), median(ratios), min(ratios), max(ratios), side.wanted)
