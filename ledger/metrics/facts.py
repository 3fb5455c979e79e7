"""What is known, as metrics see it: people and cohorts, what was measured, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from ledger.dates import Period
from ledger.facts import Stayed, Tariff
from ledger.model import Position, SubjectRef
from ledger.shelter.nights import Nights
from ledger.shelter.rules import RefundRuleTable

if TYPE_CHECKING:
    from ledger.metrics.base import Metric, Waiting

NOWHERE = Position(0)


class Measured(NamedTuple):
    """What one indicator showed on a day, at a milestone if the terms set any.

    `months` counts from enrolment; 0 is the baseline. Only measurements that were validated and are
    meant to be paid by are here.
    """

    indicator: str
    value: str
    measured_on: date
    months: int | None = None
    at: Position = NOWHERE


class Spell(NamedTuple):
    """An unbroken time in which something held, such as a job; open while `ended` is None."""

    indicator: str
    started: date
    ended: date | None = None
    at: Position = NOWHERE

    def until(self, day: date) -> Period:
        """The days of the spell before a day; empty if there are none."""
        return Period(self.started, max(self.started, min(self.ended or day, day)))


class Move(NamedTuple):
    """From a day on, a person lives in another municipality than before."""

    on: date
    before: str
    after: str
    at: Position = NOWHERE


def moves_in_order(moves: Iterable[Move]) -> tuple[Move, ...]:
    """Moves by day, whichever pseudonym of the person each was recorded under."""
    return tuple(sorted(moves, key=lambda move: (move.on, move.at)))


@dataclass(frozen=True, slots=True)
class Person:
    """One person: enrolment, stays, spells, measurements.

    Stays are known to be complete up to, not including, `register_until`.
    """

    subject: SubjectRef
    enrolled_on: date
    register_until: date
    stays: Sequence[Stayed] = ()
    measured: Sequence[Measured] = ()
    spells: tuple[Spell, ...] = ()
    group: str | None = None
    referred_on: date | None = None
    born_on: date | None = None
    at: Position = NOWHERE
    stays_at: Sequence[Position] = ()
    moves: tuple[Move, ...] = ()
    touched_at: tuple[Position, ...] = ()
    """Where facts were taken away, or two people made one or two again."""

    def reading(self, indicator: str, months: int) -> Measured | None:
        """What an indicator showed at a milestone; None if it was not measured."""
        for each in self.measured:
            if each.months == months and each.indicator == indicator:
                return each
        return None

    def readings(self, indicator: str) -> list[Measured]:
        """All that an indicator showed, in order of day."""
        return in_order(m for m in self.measured if m.indicator == indicator)


def merged(one: Person, other: Person) -> Person:
    """Two records of the same person as one, under the pseudonym that was enrolled first.

    Enrolled once, the first time; known as far as both are; what stands in both counts once.
    """
    first, second = sorted((one, other), key=lambda each: (each.enrolled_on, each.subject))
    return Person(
        subject=first.subject,
        enrolled_on=first.enrolled_on,
        register_until=min(one.register_until, other.register_until),
        stays=tuple({stay.stay: stay for stay in (*second.stays, *first.stays)}.values()),
        measured=_earliest((*first.measured, *second.measured)),
        spells=tuple({_time(spell): spell for spell in (*second.spells, *first.spells)}.values()),
        group=first.group,
        referred_on=first.referred_on or second.referred_on,
        born_on=first.born_on or second.born_on,
        at=first.at,
        stays_at=(*first.stays_at, *second.stays_at),
        moves=moves_in_order({(m.on, m.after): m for m in (*second.moves, *first.moves)}.values()),
        touched_at=tuple(sorted({*first.touched_at, *second.touched_at})),
    )


def _time(spell: Spell) -> tuple[str, date, date | None]:
    return spell.indicator, spell.started, spell.ended


def _earliest(measured: tuple[Measured, ...]) -> tuple[Measured, ...]:
    """One reading of each indicator at each milestone, or else on each day: the earliest."""
    found: dict[tuple[str, int | date], Measured] = {}
    for each in in_order(iter(measured)):
        key = each.indicator, each.measured_on if each.months is None else each.months
        found.setdefault(key, each)
    return tuple(found.values())


def in_order(measured: Iterator[Measured]) -> list[Measured]:
    """Measurements by day, then milestone, then value: never by when they were recorded."""
    return sorted(measured, key=lambda m: (m.measured_on, m.months or 0, m.value))


class Due(NamedTuple):
    """A milestone of one person that is due, and what is known of it before anything is reckoned.

    `claimed_on` is the day of the measurement that tells it, `read_at` where that stands.
    """

    months: int
    period: Period
    claimed_on: date | None
    read_at: tuple[Position, ...]
    waiting: Waiting | None
    achieved: bool


class Half(NamedTuple):
    """What a metric found of one person before it looked at any law, and what it looked at then.

    To ask again of the very same gives the same, so it may be kept.
    """

    metric: Metric
    person: Person
    tariffs: Mapping[str, tuple[Tariff, ...]]
    last: date
    until: date
    due: tuple[Due, ...]
    nights: Nights | None
    """None if no milestone was achieved: then none need a price."""

    def of_these(self, metric: Metric, person: Person, facts: Facts, frame: Frame) -> bool:
        """Whether it was found of these very objects, in this time."""
        same = self.metric is metric and self.person is person and self.tariffs is facts.tariffs
        return same and self.until == frame.until and self.last == frame.last


Halves = Mapping[tuple[str, SubjectRef], Half]
"""By metric and person."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a metric may look at."""

    people: Mapping[SubjectRef, Person] = field(default_factory=dict)
    cohorts: Mapping[str, tuple[Measured, ...]] = field(default_factory=dict)
    tariffs: Mapping[str, tuple[Tariff, ...]] = field(default_factory=dict)
    rules: RefundRuleTable | None = None
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The levels of each indicator that has some, from the lowest to the highest."""
    support_rules: RefundRuleTable | None = None
    halves: Halves = field(default_factory=dict)
    """What was found before and kept; what is missing, or was found of others, is found anew."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The time within which a metric is asked: the agreement's term, and the day of asking.

    An outcome must be achieved by `ends_on`; what lies after `until` is not known yet. Where
    nothing is `shown`, a kind may leave out how it reckoned.
    """

    starts_on: date
    ends_on: date
    until: date
    shown: bool = True

    @property
    def last(self) -> date:
        """The last day on which an outcome can be achieved that is asked for."""
        return min(self.ends_on, self.until)
