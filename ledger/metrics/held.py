"""When a condition has been held long enough: days are counted, breaks are judged."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ledger.dates import Period
from ledger.metrics.facts import Person, Spell
from ledger.model import Position

WEEK = 7

Needed = Callable[[date], int]
"""How many days are needed, given the first day that counts."""


class Continuity(StrEnum):
    """What a break does to the days held before it."""

    CONTINUOUS = "continuous"
    """They count no more, if the break is longer than the terms let pass."""
    CUMULATIVE = "cumulative"
    """They go on counting."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How days are counted together: which breaks are let pass, and how near they must lie.

    `gap_days_max` is None where no break matters; `within_days` None where it may take any time.
    """

    gap_days_max: int | None = None
    within_days: int | None = None


def weeks(count: int) -> Needed:
    """So many weeks of seven days."""
    return lambda _: count * WEEK


def held(person: Person, indicator: str, until: date) -> list[Period]:
    """The days from enrolment on, before `until`, on which it held; overlaps count once."""
    merged: list[Period] = []
    known = Period(person.enrolled_on, until)
    days = (spell.until(until).overlap(known) for spell in person.spells if _is(spell, indicator))
    for each in sorted(period for period in days if period.days):
        if merged and each.start <= merged[-1].end:
            merged[-1] = Period(merged[-1].start, max(merged[-1].end, each.end))
        else:
            merged.append(each)
    return merged


def behind(person: Person, indicator: str, period: Period) -> tuple[Position, ...]:
    """Where the spells that touch a period were recorded, by their first day."""
    found = [
        (spell.started, spell.at)
        for spell in person.spells
        if _is(spell, indicator) and spell.until(period.end).overlap(period).days
    ]
    return tuple(at for _, at in sorted(found))


def _is(spell: Spell, indicator: str) -> bool:
    return spell.indicator == indicator


def since(periods: Iterable[Period], first: date) -> list[Period]:
    """What of the periods lies on a day or after it."""
    return [Period(max(each.start, first), each.end) for each in periods if each.end > first]


def complete(periods: Iterable[Period], needed: Needed, rule: Rule) -> Period | None:
    """The first time in which enough days were held, ending when the last of them is over.

    The days of a break never count as held. None if there are too few days.
    """
    run: list[Period] = []
    for each in periods:
        gap = rule.gap_days_max
        if run and gap is not None and (each.start - run[-1].end).days > gap:
            run = []
        run.append(each)
        found = _within(run, needed(run[0].start), rule.within_days)
        if found is not None:
            return found
    return None


def _within(run: list[Period], days: int, within: int | None) -> Period | None:
    """The time that ends in the last period of a run by which it holds `days`; None if none does.

    Each day more in the last period adds a day, and drops at most one at the far end: what is held
    never shrinks, so the first day that is enough can be searched for.
    """
    last = run[-1]

    def window(number: int) -> list[Period]:
        end = last.start + timedelta(days=number)
        first = run[0].start if within is None else max(run[0].start, end - timedelta(days=within))
        seen = Period(first, end)
        return [part for part in (each.overlap(seen) for each in run) if part.days]

    def count(number: int) -> int:
        return sum(each.days for each in window(number))

    if count(last.days) < days:
        return None
    number = bisect_left(range(last.days + 1), days, key=count)
    return Period(window(number)[0].start, last.start + timedelta(days=number))
