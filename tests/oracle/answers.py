"""What is said of one person, by the ledger and by the oracle, in one shape to be compared."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from ledger.dates import Period
from ledger.money import from_exact
from ledger.shelter.nights import NoTariffError
from ledger.shelter.savings import NO_RULE, Courses, Reckoning, saving
from ledger.working import Gain, History
from tests.oracle import shelter_rule as oracle
from tests.oracle.people import Person, as_counterfactual, as_stays, as_table, as_tariffs


class Disagreement(AssertionError):  # noqa: N818 - what it is, not what it does
    """The ledger and the oracle give one person different money."""


class Course(NamedTuple):
    """One course of events in one period."""

    nights: int
    cost: Fraction
    refund: Fraction
    lines: Counter[tuple[int, int, str, bool]]
    running_years: list[tuple[date, int, int, int, int]]


class Answer(NamedTuple):
    """All that is said of one person in one period."""

    state_gain: Fraction
    municipal_gain: Fraction
    counterfactual: Course
    actual: Course
    by_year_and_rule: dict[tuple[int, str], tuple[int, int, Fraction, Fraction]]


def _course_of_ledger(history: History) -> Course:
    lines: Counter[tuple[int, int, str, bool]] = Counter()
    for line in history.lines:
        lines[line.tariff.minor, line.own_payment.minor, line.rule, line.refunded] += line.nights
    return Course(
        history.nights,
        from_exact(history.cost),
        from_exact(history.refund),
        lines,
        [
            (year.start, year.nights_before, year.refunded_before, year.nights, year.refunded)
            for year in history.windows
        ],
    )


def _gains_of_ledger(
    gains: tuple[Gain, ...],
) -> dict[tuple[int, str], tuple[int, int, Fraction, Fraction]]:
    return {
        (gain.year, gain.rule): (
            gain.nights_counterfactual,
            gain.nights_actual,
            from_exact(gain.state_gain),
            from_exact(gain.municipal_gain),
        )
        for gain in gains
    }


def courses(person: Person, rules: list[oracle.Rule]) -> Courses:
    reckoning = Reckoning(
        as_tariffs(person.prices),
        as_counterfactual(person.nights_per_year, person.prices),
        as_table(rules),
    )
    nights = reckoning.nights(as_stays(person.stays), person.enrolled, person.until)
    return reckoning.courses(nights)


def answers_of_ledger(person: Person, rules: list[oracle.Rule]) -> list[Answer] | None:
    """What `ledger.policy` says of each period; None if a night has no price."""
    try:
        both = courses(person, rules)
    except NoTariffError:
        return None
    found = [saving(both, Period(start, end)) for start, end in person.periods]
    return [
        Answer(
            each.state_gain,
            each.municipal_gain,
            _course_of_ledger(each.counterfactual),
            _course_of_ledger(each.actual),
            _gains_of_ledger(each.gains),
        )
        for each in found
    ]


def _rule_name(night: oracle.Night) -> str:
    return night.rule.name if night.rule else NO_RULE


def _course_of_oracle(course: list[oracle.Night], start: date, end: date) -> Course:
    nights = oracle.within(course, start, end)
    running_years = []
    for year in sorted({night.running_year for night in nights if night.running_year}):
        before = [night for night in course if night.running_year == year and night.day < start]
        inside = [night for night in nights if night.running_year == year]
        running_years.append(
            (
                year,
                len(before),
                sum(night.refunded for night in before),
                len(inside),
                sum(night.refunded for night in inside),
            )
        )
    return Course(
        len(nights),
        oracle.cost(nights),
        oracle.refund(nights),
        Counter(
            (night.price.tariff, night.price.own_payment, _rule_name(night), night.refunded)
            for night in nights
        ),
        running_years,
    )


def _gains_of_oracle(
    counterfactual: list[oracle.Night], actual: list[oracle.Night]
) -> dict[tuple[int, str], tuple[int, int, Fraction, Fraction]]:
    found = {}
    for key in {(night.day.year, _rule_name(night)) for night in counterfactual + actual}:
        would, did = (
            [night for night in course if (night.day.year, _rule_name(night)) == key]
            for course in (counterfactual, actual)
        )
        state = oracle.refund(would) - oracle.refund(did)
        municipal = oracle.cost(would) - oracle.cost(did) - state
        found[key] = (len(would), len(did), state, municipal)
    return found


def answers_of_oracle(person: Person) -> list[Answer] | None:
    """What the oracle says of each period; None if a night has no price."""
    try:
        counterfactual, actual = person.histories()
    except oracle.NoPriceError:
        return None
    return [
        Answer(
            *oracle.saved(counterfactual, actual, start, end),
            _course_of_oracle(counterfactual, start, end),
            _course_of_oracle(actual, start, end),
            _gains_of_oracle(
                oracle.within(counterfactual, start, end), oracle.within(actual, start, end)
            ),
        )
        for start, end in person.periods
    ]


def compare(person: Person) -> None:
    """Ask both sides the same."""
    compare_by(person, person.rules)


def compare_by(person: Person, rules: list[oracle.Rule]) -> None:
    ledger = answers_of_ledger(person, rules)
    expected = answers_of_oracle(person)
    if ledger is None or expected is None:
        if ledger is not expected:
            message = f"one side finds no price: ledger {ledger}, oracle {expected}"
            raise Disagreement(message)
        return
    for period, answer, right in zip(person.periods, ledger, expected, strict=True):
        for name, said, should in zip(Answer._fields, answer, right, strict=True):
            if said != should:
                message = f"{name} of {period}: ledger {said}, oracle {should}"
                raise Disagreement(message)
