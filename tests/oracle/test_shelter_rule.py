"""`ledger.policy` against the oracle: the same person, told twice, night by night."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import Phase, given, settings

from ledger.dates import Period
from ledger.shelter.savings import saving
from tests.oracle import shelter_rule as oracle
from tests.oracle.answers import Disagreement, answers_of_oracle, compare, compare_by, courses
from tests.oracle.people import Person, people
from tests.oracle.situations import EVERY_FEATURE, OFTEN, features
from tests.trials import parts

EXAMPLES = 5_000
WORKERS = 4
"""In so many tests the examples are drawn."""


@pytest.mark.parametrize("worker", parts(1, WORKERS))
@settings(max_examples=EXAMPLES // WORKERS, deadline=None, database=None)
@given(person=people())
def test_the_ledger_and_the_oracle_agree_on_every_person(worker: int, person: Person) -> None:
    del worker
    compare(person)


@settings(max_examples=300, deadline=None, database=None)
@given(person=people())
def test_a_running_year_is_shown_with_the_day_on_which_it_ended(person: Person) -> None:
    """A year after it began, or the day of a rule that restarted or lifted the limit before."""
    if answers_of_oracle(person) is None:
        return
    both = courses(person, person.rules)
    for start, end in person.periods:
        found = saving(both, Period(start, end))
        for year in (*found.counterfactual.windows, *found.actual.windows):
            ending = [
                rule.valid_from
                for rule in person.rules
                if rule.valid_from > year.start and (rule.restart or rule.limit is None)
            ]
            assert year.end == min([oracle.anniversary(year.start, 1), *ending])


def _draw(check: Callable[[Person], None], examples: int) -> None:
    """Run a check over the same persons each time, without searching for the smallest."""
    run = given(people())(check)
    settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )(run)()


class _Enough(Exception):  # noqa: N818 - no error: the sample holds what it must
    """Every situation has been drawn."""


def test_the_sample_holds_every_situation_that_the_rule_must_settle() -> None:
    seen: Counter[str] = Counter()
    drawn = 0

    def rare() -> set[str]:
        often = 3 * drawn // 100
        return {name for name in EVERY_FEATURE if seen[name] < (often if name in OFTEN else 3)}

    def look(person: Person) -> None:
        nonlocal drawn
        drawn += 1
        seen.update(features(person))
        if drawn >= 1_000 and not rare():
            raise _Enough

    with suppress(_Enough):
        _draw(look, 6_000)
    assert not rare()
    assert set(seen) == EVERY_FEATURE


def _one_night_less(rule: oracle.Rule) -> oracle.Rule:
    return rule._replace(limit=rule.limit - 1) if rule.limit else rule


def _other_open_windows(rule: oracle.Rule) -> oracle.Rule:
    return rule._replace(restart=not rule.restart)


@pytest.mark.parametrize("misread", [_one_night_less, _other_open_windows])
def test_a_table_read_wrongly_by_one_side_is_found(
    misread: Callable[[oracle.Rule], oracle.Rule],
) -> None:
    with pytest.raises(Disagreement):
        _draw(lambda person: compare_by(person, [misread(rule) for rule in person.rules]), 200)


_ACTUAL = oracle.actual_nights
_COUNTERFACTUAL = oracle.counterfactual_nights
_ANNIVERSARY = oracle.anniversary
_COURSE = oracle.course
_SAVED = oracle.saved


def _with_the_day_of_discharge(stays: list[oracle.Stay], until: date) -> dict[date, str]:
    longer = [
        stay._replace(discharged=stay.discharged and stay.discharged + timedelta(days=1))
        for stay in stays
    ]
    return _ACTUAL(longer, until)


def _the_earlier_admission(stays: list[oracle.Stay], until: date) -> dict[date, str]:
    where: dict[date, str] = {}
    for stay in sorted(stays, key=lambda stay: (stay.admitted, stay.shelter)):
        where = _ACTUAL([stay], until) | where
    return where


def _the_first_name(stays: list[oracle.Stay], until: date) -> dict[date, str]:
    where: dict[date, str] = {}
    by_name = sorted(stays, key=lambda stay: stay.shelter, reverse=True)
    for stay in sorted(by_name, key=lambda stay: stay.admitted):
        where |= _ACTUAL([stay], until)
    return where


def _first_of_march(day: date, years: int) -> date:
    found = _ANNIVERSARY(day, years)
    return found + timedelta(days=1) if found.day != day.day else found


def _always_365_days(day: date, years: int) -> date:
    return day + timedelta(days=365 * years)


def _nothing_before_enrolment(
    actual: dict[date, str], enrolled: date, nights_per_year: int, until: date
) -> dict[date, str]:
    del actual
    return _COUNTERFACTUAL({}, enrolled, nights_per_year, until)


def _year_upon_year(
    actual: dict[date, str], enrolled: date, nights_per_year: int, until: date
) -> dict[date, str]:
    """Anniversaries of anniversaries: once 28 February, always 28 February."""
    where = {day: shelter for day, shelter in actual.items() if day < enrolled}
    while enrolled < until:
        next_year = _ANNIVERSARY(enrolled, 1)
        nights = oracle.days(enrolled, min(next_year, until))[:nights_per_year]
        where |= dict.fromkeys(nights, oracle.REFERENCE)
        enrolled = next_year
    return where


def _without_floors(
    counterfactual: list[oracle.Night], actual: list[oracle.Night], start: date, end: date
) -> oracle.Saved:
    would, did = oracle.within(counterfactual, start, end), oracle.within(actual, start, end)
    state = oracle.refund(would) - oracle.refund(did)
    return oracle.Saved(state, oracle.cost(would) - oracle.cost(did) - state)


def _floor_of_the_state_comes_last(
    counterfactual: list[oracle.Night], actual: list[oracle.Night], start: date, end: date
) -> oracle.Saved:
    state, municipal = _without_floors(counterfactual, actual, start, end)
    return oracle.Saved(max(Fraction(0), state), max(Fraction(0), municipal))


def _rules_without_a_night_go_unnoticed(
    where: dict[date, str], prices: list[oracle.Price], rules: list[oracle.Rule]
) -> list[oracle.Night]:
    noticed = {oracle.rule_on(rules, day) for day in where}
    return _COURSE(where, prices, [rule for rule in rules if rule in noticed])


def _running_years_by_period(
    counterfactual: list[oracle.Night], actual: list[oracle.Night], start: date, end: date
) -> oracle.Saved:
    """As if each period knew nothing of nights refunded before it."""

    def afresh(course: list[oracle.Night]) -> list[oracle.Night]:
        nights = oracle.within(course, start, end)
        rules = sorted({night.rule for night in nights if night.rule}, key=lambda r: r.valid_from)
        prices = {night.price for night in nights}
        return oracle.course({n.day: n.price.shelter for n in nights}, list(prices), rules)

    return _SAVED(afresh(counterfactual), afresh(actual), start, end)


@pytest.mark.parametrize(
    ("target", "name", "misreading"),
    [
        (oracle, "actual_nights", _with_the_day_of_discharge),
        (oracle, "actual_nights", _the_earlier_admission),
        (oracle, "actual_nights", _the_first_name),
        (oracle, "anniversary", _first_of_march),
        (oracle, "anniversary", _always_365_days),
        (oracle, "counterfactual_nights", _nothing_before_enrolment),
        (oracle, "counterfactual_nights", _year_upon_year),
        (oracle, "course", _rules_without_a_night_go_unnoticed),
        (oracle, "saved", _without_floors),
        (oracle, "saved", _floor_of_the_state_comes_last),
        (oracle, "saved", _running_years_by_period),
        (oracle.Night, "cost", property(lambda night: night.price.tariff)),
        (
            oracle.Night,
            "cost",
            property(lambda night: night.price.tariff - night.price.own_payment),
        ),
    ],
)
def test_a_rule_misread_by_the_oracle_is_found(
    target: object, name: str, misreading: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target, name, misreading)
    # It stops at the first disagreement. Which persons are drawn depends on constants anywhere in
    # the code, so what is rare may come late.
    with pytest.raises(Disagreement):
        _draw(compare, 20_000)
