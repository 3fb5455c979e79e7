"""`ledger.policy` against the oracle: the same person, told twice, night by night."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import Phase, given, settings

from ledger.dates import Period
from ledger.money import from_exact
from ledger.shelter.nights import NoTariffError
from ledger.shelter.savings import NO_RULE, Courses, Reckoning, saving
from tests.oracle import shelter_rule as oracle
from tests.oracle.people import (
    CLOCKS_BACK,
    CLOCKS_FORWARD,
    LEAP_DAY,
    LIMIT_90,
    LIMIT_120,
    Person,
    as_counterfactual,
    as_stays,
    as_table,
    as_tariffs,
    law,
    people,
)
from tests.trials import parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger.working import Gain, History

EXAMPLES = 5_000
WORKERS = 4
"""In so many tests the examples are drawn."""


class Disagreement(AssertionError):  # noqa: N818 - what it is, not what it does
    """The ledger and the oracle give one person different money."""


# --- one answer, from both sides in one shape ---------------------------------------------------


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


def _courses(person: Person, rules: list[oracle.Rule]) -> Courses:
    reckoning = Reckoning(
        as_tariffs(person.prices),
        as_counterfactual(person.nights_per_year, person.prices),
        as_table(rules),
    )
    return reckoning.courses(as_stays(person.stays), person.enrolled, person.until)


def answers_of_ledger(person: Person, rules: list[oracle.Rule]) -> list[Answer] | None:
    """What `ledger.policy` says of each period; None if a night has no price."""
    try:
        both = _courses(person, rules)
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
    _compare(person, person.rules)


def _compare(person: Person, rules: list[oracle.Rule]) -> None:
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


@pytest.mark.parametrize("worker", parts(2, WORKERS))
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
    both = _courses(person, person.rules)
    for start, end in person.periods:
        found = saving(both, Period(start, end))
        for year in (*found.counterfactual.windows, *found.actual.windows):
            ending = [
                rule.valid_from
                for rule in person.rules
                if rule.valid_from > year.start and (rule.restart or rule.limit is None)
            ]
            assert year.end == min([oracle.anniversary(year.start, 1), *ending])


# --- the sample holds what it should ------------------------------------------------------------


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


def _last(stay: oracle.Stay, until: date) -> date:
    """The day on which a stay's nights end, as far as the register is known."""
    return min(stay.discharged or until, until)


def _features_of_stays(person: Person) -> dict[str, bool]:
    stays = [stay for stay in person.stays if stay.admitted < _last(stay, person.until)]
    pairs = [(one, other) for one in stays for other in stays if one is not other]
    spans = [(stay.admitted, _last(stay, person.until)) for stay in stays]

    def across(turn: date) -> bool:
        return any(admitted < turn < last for admitted, last in spans)

    def slept_on(day: date) -> bool:
        return any(admitted <= day < last for admitted, last in spans)

    return {
        "overlapping stays": any(
            one.admitted < other.admitted < _last(one, person.until) for one, other in pairs
        ),
        "a move between shelters on one day": any(
            one.discharged == other.admitted and one.shelter != other.shelter
            for one, other in pairs
        ),
        "two admissions on one day": any(
            one.admitted == other.admitted and one.shelter != other.shelter for one, other in pairs
        ),
        "discharged on the day of admission": any(
            stay.admitted == stay.discharged for stay in person.stays
        ),
        "an open stay": any(stay.discharged is None for stay in stays),
        "a stay of more than a year": any((last - first).days > 366 for first, last in spans),
        "a stay across 2023-10-01": across(LIMIT_120),
        "a stay across 2026-04-01": across(LIMIT_90),
        "a stay across 29 February": across(LEAP_DAY),
        "the night when clocks go forward": slept_on(CLOCKS_FORWARD),
        "the night when clocks go back": slept_on(CLOCKS_BACK),
        "stays recorded out of order": person.stays != sorted(person.stays, key=lambda s: s[1]),
        "no stay": not stays,
    }


def _features_of_terms(person: Person) -> dict[str, bool]:
    names = [rule.name for rule in person.rules]
    legal = names == [rule.name for rule in law()]
    leap = (person.enrolled.month, person.enrolled.day) == (2, 29)
    return {
        "enrolled on 29 February": leap,
        "29 February comes round again": leap
        and oracle.anniversary(person.enrolled, 4) < person.until,
        "a table other than the law": not legal,
        "the law, going on in 2026": legal and not person.rules[2].restart,
        "the law, restarting in 2026": legal and person.rules[2].restart,
        "a period after the register's end": person.cuts[-1] > person.until,
        "enrolled after the register's end": person.enrolled > person.until,
        **{f"{n} nights a year": person.nights_per_year == n for n in (0, 90, 120, 250, 365)},
    }


def _features_of_courses(person: Person) -> dict[str, bool]:
    counterfactual, actual = person.histories()
    both = counterfactual + actual
    pairs = [*pairwise(counterfactual), *pairwise(actual)]
    in_a_row = [(a, b) for a, b in pairs if b.day - a.day == timedelta(days=1)]
    limited = [night for night in both if night.rule and night.running_year]
    open_in_2026 = [
        night.running_year < LIMIT_90 < oracle.anniversary(night.running_year, 1)
        for night in limited
        if night.running_year and night.day >= LIMIT_90
    ]
    return {
        "the tariff changes during a stay": any(
            a.price.shelter == b.price.shelter and a.price != b.price for a, b in in_a_row
        ),
        "own payment above the tariff": any(
            night.price.own_payment > night.price.tariff for night in both
        ),
        "a night before the first rule": any(night.rule is None for night in both),
        "the limit is reached": any(not night.refunded for night in limited),
        "a running year opens during a stay": any(
            a.running_year and b.running_year and a.running_year != b.running_year
            for a, b in in_a_row
        ),
        "a running year from 29 February": any(
            night.running_year and (night.running_year.month, night.running_year.day) == (2, 29)
            for night in limited
        ),
        "a running year goes on across 2026-04-01": any(open_in_2026),
        "a limit is lifted": any(
            a.running_year and b.rule and b.rule.limit is None for a, b in pairs
        ),
        "a rule that ends running years passes without a night": any(
            (rule.limit is None or rule.restart)
            and a.rule.valid_from < rule.valid_from
            and rule.valid_from < b.rule.valid_from
            for a, b in pairs
            for rule in person.rules
            if a.running_year and a.rule and b.rule and b.running_year
            if b.day < oracle.anniversary(a.running_year, 1)
        ),
        "a night before enrolment in a running year": any(
            night.running_year and night.running_year < person.enrolled <= night.day
            for night in counterfactual
        ),
    }


def _features_of_answers(answers: list[Answer]) -> dict[str, bool]:
    refunds = [(each.counterfactual.refund, each.actual.refund) for each in answers]
    return {
        "both sides gain": any(each.state_gain and each.municipal_gain for each in answers),
        "the state would lose": any(would < did for would, did in refunds),
        "the state would lose but the municipality gains": any(
            each.municipal_gain and each.counterfactual.refund < each.actual.refund
            for each in answers
        ),
        "the municipality would lose": any(
            each.counterfactual.cost - each.actual.cost < each.state_gain for each in answers
        ),
    }


def features(person: Person) -> set[str]:
    """Which of the situations the rule must settle this person is in."""
    answers = answers_of_oracle(person)
    found = _features_of_stays(person) | _features_of_terms(person)
    found["a night without a price"] = answers is None
    if answers is not None:
        found |= _features_of_courses(person) | _features_of_answers(answers)
    return {name for name, present in found.items() if present}


EVERY_FEATURE = frozenset(
    """\
0 nights a year
120 nights a year
250 nights a year
29 February comes round again
365 nights a year
90 nights a year
a limit is lifted
a move between shelters on one day
a night before enrolment in a running year
a night before the first rule
a night without a price
a period after the register's end
a rule that ends running years passes without a night
a running year from 29 February
a running year goes on across 2026-04-01
a running year opens during a stay
a stay across 2023-10-01
a stay across 2026-04-01
a stay across 29 February
a stay of more than a year
a table other than the law
an open stay
both sides gain
discharged on the day of admission
enrolled after the register's end
enrolled on 29 February
no stay
overlapping stays
own payment above the tariff
stays recorded out of order
the law, going on in 2026
the law, restarting in 2026
the limit is reached
the municipality would lose
the night when clocks go back
the night when clocks go forward
the state would lose
the state would lose but the municipality gains
the tariff changes during a stay
two admissions on one day""".splitlines()
)


OFTEN = frozenset(
    """\
a move between shelters on one day
a running year opens during a stay
a stay across 2023-10-01
a stay across 2026-04-01
a stay across 29 February
a stay of more than a year
a table other than the law
an open stay
enrolled on 29 February
overlapping stays
own payment above the tariff
the law, going on in 2026
the law, restarting in 2026
the limit is reached
the night when clocks go back
the night when clocks go forward
the tariff changes during a stay
two admissions on one day""".splitlines()
)
"""What at least three persons in a hundred are in."""


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


# --- a test that cannot fail proves nothing ------------------------------------------------------


def _one_night_less(rule: oracle.Rule) -> oracle.Rule:
    return rule._replace(limit=rule.limit - 1) if rule.limit else rule


def _other_open_windows(rule: oracle.Rule) -> oracle.Rule:
    return rule._replace(restart=not rule.restart)


@pytest.mark.parametrize("misread", [_one_night_less, _other_open_windows])
def test_a_table_read_wrongly_by_one_side_is_found(
    misread: Callable[[oracle.Rule], oracle.Rule],
) -> None:
    with pytest.raises(Disagreement):
        _draw(lambda person: _compare(person, [misread(rule) for rule in person.rules]), 200)


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
