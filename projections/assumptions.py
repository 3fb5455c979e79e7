"""Assumptions about an agreement, and the facts that they amount to. Pure, and without chance.

Shares become whole people by largest remainder, so the same file always gives the same people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, Field

from ledger.dates import Day, add_months, add_years
from ledger.facts import CapitalPaidIn, Stay
from ledger.indicator import Indicator, IndicatorKind, Number
from ledger.metrics.base import ALL
from ledger.metrics.facts import Measured, Person, Spell
from ledger.metrics.modifiers import Counting, Whole
from ledger.metrics.shelter_nights_saved import ShelterNightsSaved
from ledger.model import Identifier, Model, SubjectRef, Text
from ledger.money import Share, rounded
from ledger.policy.assess import AgreementFacts
from ledger.shelter.rules import RefundRuleTable
from ledger.terms.agreement import Terms

SHELTER = "assumed"
"""The shelter of assumed nights; a night there costs what the terms' own tariff says."""

_T = TypeVar("_T")


class Scenario(StrEnum):
    """How well it goes."""

    LOW = "low"
    EXPECTED = "expected"
    HIGH = "high"


class ShareRange(Model):
    """A share of the people in each scenario; one number stands for all three."""

    low: Share
    expected: Share
    high: Share


class NumberRange(Model):
    """A measured number in each scenario; one number stands for all three."""

    low: Number
    expected: Number
    high: Number


def _alike(value: object) -> object:
    """One value in all scenarios."""
    if value is None or isinstance(value, dict | Model):
        return value
    return {each.value: value for each in Scenario}


Shares = Annotated[ShareRange, BeforeValidator(_alike)]
Numbers = Annotated[NumberRange, BeforeValidator(_alike)]


class EnrolmentPlan(Model):
    """So many people a month, all on the same day of the month, for so many months."""

    first_on: Day
    months: Annotated[Counting, Field(le=600)]
    people_a_month: Counting
    group: Identifier | None = None
    age: Annotated[Whole | None, Field(le=150)] = None
    referred_days_before: Whole | None = None


class DrawdownPlan(Model):
    """Capital that all investors pay in on a day, as a share of what they committed."""

    on: Day
    share: Share


class AssumedValue(Model):
    """A value, and the share of the people who show it."""

    value: Text
    share: Shares


class ReadingPlan(Model):
    """What an indicator shows after some months; who is not in a share shows `otherwise`."""

    indicator: Identifier
    after_months: Annotated[tuple[Whole, ...], Field(min_length=1)]
    values: Annotated[tuple[AssumedValue, ...], Field(min_length=1)]
    otherwise: Text | None = None
    group: Identifier | None = None


class AssumedLength(Model):
    """How long it lasts, and for which share of the people."""

    weeks: Counting
    share: Shares


class SpellPlan(Model):
    """A time in which something holds; who is not in a share has none."""

    indicator: Identifier
    after_months: Whole = 0
    lengths: Annotated[tuple[AssumedLength, ...], Field(min_length=1)]
    group: Identifier | None = None


class NightsPlan(Model):
    """A stay at a shelter of so many nights, and the share of the people who have it."""

    after_months: Whole
    nights: Counting
    share: Shares
    group: Identifier | None = None


class ResultPlan(Model):
    """What is measured of a cohort as a whole."""

    cohort: Identifier = ALL
    indicator: Identifier
    on: Day
    value: Numbers


class Assumptions(Model):
    """What is assumed of an agreement: people, capital and what will be measured."""

    title: Text
    enrolments: tuple[EnrolmentPlan, ...] = ()
    drawdowns: Annotated[tuple[DrawdownPlan, ...], Field(min_length=1)]
    readings: tuple[ReadingPlan, ...] = ()
    spells: tuple[SpellPlan, ...] = ()
    nights: tuple[NightsPlan, ...] = ()
    results: tuple[ResultPlan, ...] = ()
    paid_after_days: Whole = 0

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios that differ: the expected one alone if nothing is said of others."""
        ranges: list[ShareRange | NumberRange] = [each.value for each in self.results]
        ranges += [value.share for each in self.readings for value in each.values]
        ranges += [length.share for each in self.spells for length in each.lengths]
        ranges += [each.share for each in self.nights]
        if any(each.low != each.expected or each.high != each.expected for each in ranges):
            return tuple(Scenario)
        return (Scenario.EXPECTED,)


def unfit(terms: Terms, assumed: Assumptions) -> list[str]:
    """What in assumptions does not fit the terms, in plain words."""
    return [
        *_unfit_people(terms, assumed),
        *_unfit_measurements(terms, assumed),
        *_unfit_shares(assumed),
    ]


def _unfit_people(terms: Terms, assumed: Assumptions) -> Iterator[str]:
    people = sum(each.months * each.people_a_month for each in assumed.enrolments)
    if people > terms.people:
        yield f"enrolments: {people} people, but the terms are for {terms.people}"
    for number, each in enumerate(assumed.enrolments, start=1):
        last = add_months(each.first_on, each.months - 1)
        if each.first_on < terms.starts_on or last >= terms.ends_on:
            yield (
                f"enrolments.{number}: from {each.first_on} to {last} is not within "
                f"{terms.starts_on} and {terms.ends_on}"
            )
    for number, drawdown in enumerate(assumed.drawdowns, start=1):
        if not terms.signed_on <= drawdown.on < terms.ends_on:
            yield f"drawdowns.{number}: {drawdown.on} is outside the agreement"
    named = {each.group for each in assumed.enrolments} | {each.group for each in assumed.readings}
    named |= {each.group for each in assumed.spells} | {each.group for each in assumed.nights}
    for name in sorted({each for each in named if each} - set(terms.groups)):
        yield f"group: the terms have no group {name!r}"


def _unfit_measurements(terms: Terms, assumed: Assumptions) -> Iterator[str]:
    for number, reading in enumerate(assumed.readings, start=1):
        where = f"readings.{number}"
        indicator = terms.indicator(reading.indicator)
        texts = [each.value for each in reading.values]
        texts += [reading.otherwise] if reading.otherwise is not None else []
        yield from _unfit_values(where, reading.indicator, indicator, texts)
    for number, spell in enumerate(assumed.spells, start=1):
        indicator = terms.indicator(spell.indicator)
        if indicator is None or indicator.kind is not IndicatorKind.SPELL:
            yield f"spells.{number}: the terms count no spells of {spell.indicator!r}"
    for number, result in enumerate(assumed.results, start=1):
        where, indicator = f"results.{number}", terms.indicator(result.indicator)
        values = [str(getattr(result.value, each.value)) for each in Scenario]
        yield from _unfit_values(where, result.indicator, indicator, values)
    if assumed.nights and _of_nights(terms) is None:
        yield "nights: the terms pay for no shelter nights; leave it out"


def _unfit_values(
    where: str, name: str, indicator: Indicator | None, values: list[str]
) -> Iterator[str]:
    if indicator is None:
        yield f"{where}.indicator: the terms have no indicator {name!r}"
        return
    for value in dict.fromkeys(values):
        if (wrong := indicator.problem(value)) is not None:
            yield f"{where}: {value!r} is no reading of {name}; {wrong}"


def _unfit_shares(assumed: Assumptions) -> Iterator[str]:
    """Shares that together are more than everybody."""
    if sum(each.share for each in assumed.drawdowns) > 1:
        yield "drawdowns: the shares come to more than 1"
    for what, plans in (
        ("readings", [[each.share for each in plan.values] for plan in assumed.readings]),
        ("spells", [[each.share for each in plan.lengths] for plan in assumed.spells]),
    ):
        for number, shares in enumerate(plans, start=1):
            if any(sum(of(each, s) for each in shares) > 1 for s in Scenario):
                yield f"{what}.{number}: the shares come to more than 1"


def of(share: ShareRange, scenario: Scenario) -> Fraction:
    """A share in one scenario."""
    return Fraction(getattr(share, scenario.value))


def facts(
    terms: Terms, assumed: Assumptions, scenario: Scenario, rules: RefundRuleTable | None
) -> AgreementFacts:
    """The facts that the assumptions amount to in a scenario; they must fit the terms."""
    people = list(_enrolled(terms, assumed))
    for reading in assumed.readings:
        _read(people, terms, reading, scenario)
    for spell in assumed.spells:
        _hold(people, spell, scenario)
    for number, nights in enumerate(assumed.nights):
        _stay(people, nights, number, scenario)
    metric = _of_nights(terms)
    return AgreementFacts(
        terms=terms,
        rules_at_signature=rules,
        rules_today=rules,
        tariffs={} if metric is None else {SHELTER: metric.counterfactual.tariffs(SHELTER)},
        people={each.subject: each for each in people},
        capital=tuple(_capital(terms, assumed)),
        cohorts=_cohorts(assumed, scenario),
    )


def _enrolled(terms: Terms, assumed: Assumptions) -> Iterator[Person]:
    """Everybody in order of enrolment."""
    plans = sorted(
        (add_months(plan.first_on, month), number, person)
        for number, plan in enumerate(assumed.enrolments)
        for month in range(plan.months)
        for person in range(plan.people_a_month)
    )
    for place, (day, number, _) in enumerate(plans, start=1):
        plan = assumed.enrolments[number]
        before = plan.referred_days_before
        yield Person(
            SubjectRef(f"assumed-{place}"),
            day,
            terms.ends_on,
            group=plan.group,
            born_on=None if plan.age is None else add_years(day, -plan.age),
            referred_on=None if before is None else day - timedelta(days=before),
        )


def _read(people: list[Person], terms: Terms, plan: ReadingPlan, scenario: Scenario) -> None:
    """Add the readings of a plan to the people who show them."""
    shares = [of(each.share, scenario) for each in plan.values]
    values = [each.value for each in plan.values]
    shown = _given(people, plan.group, values, shares)
    for place, person in enumerate(people):
        value = shown[place]
        if value is None and plan.group in {None, person.group}:
            value = plan.otherwise
        if value is not None:
            readings = tuple(
                Measured(
                    plan.indicator,
                    value,
                    add_months(person.enrolled_on, months),
                    months if months in terms.milestones else None,
                )
                for months in plan.after_months
            )
            people[place] = replace(person, measured=(*person.measured, *readings))


def _hold(people: list[Person], plan: SpellPlan, scenario: Scenario) -> None:
    """Add the spells of a plan to the people who have them."""
    shares = [of(each.share, scenario) for each in plan.lengths]
    given = _given(people, plan.group, [each.weeks for each in plan.lengths], shares)
    for place, weeks in enumerate(given):
        if weeks is not None:
            person = people[place]
            started = add_months(person.enrolled_on, plan.after_months)
            spell = Spell(plan.indicator, started, started + timedelta(weeks=weeks))
            people[place] = replace(person, spells=(*person.spells, spell))


def _stay(people: list[Person], plan: NightsPlan, number: int, scenario: Scenario) -> None:
    """Add the stay of a plan to the people who have it."""
    given = _given(people, plan.group, [plan.nights], [of(plan.share, scenario)])
    for place, nights in enumerate(given):
        if nights is not None:
            person = people[place]
            admitted = add_months(person.enrolled_on, plan.after_months)
            stay = Stay(
                stay=f"{person.subject}-{number}",
                shelter=SHELTER,
                admitted=admitted,
                discharged=admitted + timedelta(days=nights),
            )
            people[place] = replace(person, stays=(*person.stays, stay))


def _given(
    people: list[Person], group: str | None, values: list[_T], shares: list[Fraction]
) -> list[_T | None]:
    """To each person one of the values or none, in quotas, spread over time."""
    asked = [n for n, person in enumerate(people) if group in {None, person.group}]
    found: list[_T | None] = [None] * len(people)
    ahead = iter(spread(len(asked)))
    for value, count in zip(values, quotas(len(asked), shares), strict=True):
        for _ in range(count):
            found[asked[next(ahead)]] = value
    return found


def quotas(people: int, shares: list[Fraction]) -> list[int]:
    """Shares of people as whole numbers, by largest remainder; the rest of them get nothing."""
    parts = [share * people for share in (*shares, 1 - sum(shares, Fraction(0)))]
    whole = [int(part) for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda n: whole[n] - parts[n])
    for n in by_remainder[: people - sum(whole)]:
        whole[n] += 1
    return whole[:-1]


def spread(count: int) -> list[int]:
    """The numbers below `count` in an order whose every beginning is spread over all of them.

    By their bits read backwards: 0, 4, 2, 6, 1, 5, 3, 7. A larger share so adds people to a
    smaller one, and those who are first are not all enrolled first.
    """
    bits = max(1, (count - 1).bit_length())
    return sorted(range(count), key=lambda number: int(f"{number:0{bits}b}"[::-1], 2))


def _of_nights(terms: Terms) -> ShelterNightsSaved | None:
    return next((each for each in terms.metrics if isinstance(each, ShelterNightsSaved)), None)


def _capital(terms: Terms, assumed: Assumptions) -> Iterator[CapitalPaidIn]:
    """Each drawdown by each investor; together never more than was committed."""
    for each in terms.investment:
        share, paid = Fraction(0), rounded(Fraction(0))
        for drawdown in sorted(assumed.drawdowns, key=lambda plan: plan.on):
            share += Fraction(drawdown.share)
            due = rounded(each.amount.minor * share)
            yield CapitalPaidIn(investor=each.investor, paid_on=drawdown.on, amount=due - paid)
            paid = due


def _cohorts(assumed: Assumptions, scenario: Scenario) -> dict[str, tuple[Measured, ...]]:
    found: dict[str, tuple[Measured, ...]] = {}
    for each in assumed.results:
        value = str(getattr(each.value, scenario.value))
        found[each.cohort] = (
            *found.get(each.cohort, ()),
            Measured(each.indicator, value, each.on),
        )
    return found


def last_look(terms: Terms) -> date:
    """The day on which everything that is achieved can be claimed: a year after the end."""
    return add_years(terms.ends_on, 1)
