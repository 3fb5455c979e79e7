"""People with spells, small terms around one metric, and a day-by-day count of days held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from hypothesis import strategies as st

from ledger.dates import parse_date
from ledger.metrics.base import Metric, Outcome
from ledger.metrics.facts import Facts, Frame, Person, Spell
from ledger.model import Position, SubjectRef
from ledger.terms.agreement import Terms
from ledger.terms.reader import UnreadableTermsError, read_model

TERMS = """
agreement: small
title: A small agreement
currency: GBP
signed_on: 2012-01-01
starts_on: 2012-01-01
ends_on: 2020-01-01
people: 10
groups: [young, old]
parties:
  - {id: fund, name: The fund, roles: [outcome_payer]}
  - {id: works, name: The works, roles: [provider, investor]}
investment:
  - {investor: works, amount: 1000.00}
indicators:
  - {id: job, title: In work, kind: spell}
  - {id: home, title: Has a home, kind: spell}
  - {id: done, title: Completed, kind: yes_no}
  - {id: passed, title: Passed the exam, kind: yes_no}
  - {id: score, title: A score, kind: score_0_10}
split: [{payer: fund, share: 1}]
rounding: {residual_payer: fund, residual_investor: works}
metrics:
"""
START = date(2012, 1, 1)
ENDS = date(2020, 1, 1)
Bounds = tuple[date, date | None]


def terms(metric: str) -> Terms:
    """The terms with one metric, given as YAML indented by two."""
    return read_model(TERMS + metric, Terms)


@cache
def metric_of(metric: str) -> Metric:
    """That metric; read once, however many examples a property is tried on."""
    return terms(metric).metrics[0]


def problems(metric: str) -> list[str]:
    """What is wrong with the terms of a metric, in words."""
    try:
        terms(metric)
    except UnreadableTermsError as error:
        return [each.message for each in error.problems]
    return []


def days(text: str) -> Bounds:
    """The days 2012-01-01..2012-03-01, from the first up to and not including the last."""
    start, _, end = text.partition("..")
    return parse_date(start), parse_date(end) if end else None


def person(
    *spells: str | Bounds,
    enrolled: date = START,
    indicator: str = "job",
    group: str | None = None,
    name: str = "anna",
) -> Person:
    """A person with spells, each recorded at a position of its own."""
    bounds = [days(each) if isinstance(each, str) else each for each in spells]
    return Person(
        SubjectRef(name),
        enrolled,
        enrolled,
        group=group,
        at=Position(1),
        spells=tuple(
            Spell(indicator, start, end, Position(number))
            for number, (start, end) in enumerate(bounds, start=2)
        ),
    )


def found(metric: Metric, *people: Person, until: date = ENDS) -> list[Outcome]:
    """The outcomes of people, by person and day."""
    facts = Facts(people={each.subject: each for each in people})
    outcomes = metric.outcomes(facts, Frame(START, ENDS, until))
    return sorted(outcomes, key=lambda each: (each.unit, each.achieved_on, each.key))


def told(outcomes: Iterable[Outcome]) -> list[str]:
    """Outcomes as text: which, achieved when, for how much in major units."""
    return [
        f"{each.key} {each.achieved_on} {each.amount / 100}" for each in outcomes if each.achieved
    ]


def naive_days(who: Person, until: date, indicator: str = "job") -> list[bool]:
    """For each day from enrolment, whether it was held: looked up in every spell."""
    return [
        any(
            spell.indicator == indicator
            and spell.started <= day
            and (spell.ended is None or day < spell.ended)
            for spell in who.spells
        )
        for day in (
            who.enrolled_on + timedelta(days=number)
            for number in range((until - who.enrolled_on).days)
        )
    ]


def shuffled(who: Person, order: list[int]) -> Person:
    """The same person with the spells in another order."""
    return replace(who, spells=tuple(who.spells[number] for number in order))


@st.composite
def workers(draw: st.DrawFn) -> Person:
    """Somebody with up to six spells around the first weeks, some overlapping, some open."""
    bounds = draw(
        st.lists(st.tuples(st.integers(-20, 150), st.none() | st.integers(0, 70)), max_size=6)
    )
    return person(
        *(
            (
                START + timedelta(days=first),
                None if length is None else START + timedelta(days=first + length),
            )
            for first, length in bounds
        ),
        enrolled=START + timedelta(days=draw(st.integers(0, 30))),
    )
