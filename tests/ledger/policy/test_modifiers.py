"""What terms add to a metric: guards, claims, factors, deadweight, exclusion, negative outcomes."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.dates import years_old
from ledger.metrics.base import Metric
from ledger.metrics.facts import Measured, Person
from ledger.model import SubjectRef
from ledger.policy.modifiers import MODIFIERS, working_days_after
from ledger.terms.reader import UnreadableTermsError
from tests.ledger.metrics.plain import assessed, at, day, lines, person, refused, shuffled, terms

JOB = "id: job, kind: per_person, price: 1000, achieved_when: {indicator: works, equals: yes}, "
AT_12 = JOB + "measured_at_months: [12], "


def works(name: str, enrolled: str = "2024-01-01", months: int = 12, **known: Any) -> Person:  # noqa: ANN401 - any of their facts
    """Somebody who is in work at a milestone, seen years later at the latest."""
    reading = Measured("works", "yes", day(enrolled), months)
    return person(name, enrolled, **(known | {"measured": (reading,)}))


def told(metric: str, *people: Person, until: str = "2030-01-01", groups: str = "[]") -> list[str]:
    """The last word of each line: what was paid, or why not."""
    return [
        line.split()[-1] for line in lines(assessed(terms(metric, groups=groups), people, until))
    ]


# --- guards -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "enrolled", "on", "answer"),
    [
        ("2006-01-01", "2024-01-01", "enrolment", "1000.00"),  # 18 on the day of enrolment
        ("2006-01-02", "2024-01-01", "enrolment", "age"),  # a day too young
        ("2006-01-02", "2024-01-01", "achievement", "1000.00"),  # 18 by then
        ("1999-01-02", "2024-01-01", "enrolment", "1000.00"),  # 24 to the last day
        ("1999-01-01", "2024-01-01", "enrolment", "age"),  # 25 that day
        ("2000-01-02", "2024-01-01", "achievement", "1000.00"),  # 25 the day after
        ("2000-01-02", "2024-01-02", "achievement", "age"),  # 25 that day
        ("2024-06-01", "2024-01-01", "enrolment", "age"),  # not born yet
    ],
)
def test_age_is_counted_on_the_day_that_the_terms_say(
    born: str, enrolled: str, on: str, answer: str
) -> None:
    metric = AT_12 + f"guards: {{age_from: 18, age_below: 25, age_on: {on}}}"
    assert told(metric, works("ann", enrolled, born_on=day(born))) == [answer]


@pytest.mark.parametrize(
    ("enrolled", "answer"),
    [("2026-02-27", "age"), ("2026-02-28", "1000.00"), ("2026-03-01", "1000.00")],
)
def test_who_was_born_on_29_february_comes_of_age_on_the_28th(enrolled: str, answer: str) -> None:
    ann = works("ann", enrolled, born_on=day("2008-02-29"))
    assert told(AT_12 + "guards: {age_from: 18}", ann) == [answer]


def test_somebody_whose_birth_is_not_known_is_of_no_age() -> None:
    assert told(AT_12 + "guards: {age_from: 0}", works("ann")) == ["age"]
    assert told(AT_12 + "guards: {age_below: 120}", works("ann")) == ["age"]
    assert told(AT_12 + "guards: {enrolled_from: 2024-01-01}", works("ann")) == ["1000.00"]


@given(born=st.dates(date(1920, 1, 1), date(2030, 1, 1)), days=st.integers(0, 40_000))
def test_an_age_is_the_number_of_birthdays(born: date, days: int) -> None:
    on = born + timedelta(days=days)
    birthdays = 0
    for year in range(born.year + 1, on.year + 1):
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        in_year = 28 if (born.month, born.day) == (2, 29) and not leap else born.day
        birthdays += (year, born.month, in_year) <= (on.year, on.month, on.day)
    assert years_old(born, on) == birthdays


@pytest.mark.parametrize("what", ["enrolled", "referred", "achieved"])
@pytest.mark.parametrize(
    ("on", "fits"),
    [
        ("2024-02-29", False),
        ("2024-03-01", True),
        ("2024-03-31", True),
        ("2024-04-01", False),
    ],
)
def test_the_first_day_is_within_and_the_day_before_which_is_not(
    what: str, on: str, *, fits: bool
) -> None:
    guards = f"guards: {{{what}_from: 2024-03-01, {what}_before: 2024-04-01}}"
    if what == "achieved":
        once = JOB + guards
        ann = person("ann", measured=(Measured("works", "yes", day(on)),))
        assert told(once, ann) == ["1000.00" if fits else "achieved-outside"]
    else:
        enrolled = on if what == "enrolled" else "2024-05-01"
        ann = works("ann", enrolled, referred_on=day(on))
        assert told(AT_12 + guards, ann) == ["1000.00" if fits else f"{what}-outside"]


def test_a_referral_that_is_not_known_lies_in_no_time() -> None:
    assert told(AT_12 + "guards: {referred_from: 2020-01-01}", works("ann")) == ["referred-outside"]


def test_only_the_groups_that_are_named_are_paid_for() -> None:
    people = [works("ann", group="young"), works("bo", group="old")]
    guarded = AT_12 + "guards: {groups: [young]}"
    assert told(guarded, *people, groups="[young, old]") == ["1000.00", "group"]


# --- the claim --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "answer"), [(0, "1000.00"), (30, "1000.00"), (31, "claimed-late")]
)
def test_what_is_measured_too_late_is_not_paid(days: int, answer: str) -> None:
    late = Measured("works", "yes", day("2025-01-01") + timedelta(days=days), 12)
    assert told(AT_12 + "claim: {latest_days: 30}", person("ann", measured=(late,))) == [answer]


def test_a_deadline_beyond_the_calendar_is_none() -> None:
    assert told(AT_12 + "claim: {latest_days: 999999999}", works("ann")) == ["1000.00"]
    assert "at most 1000" in refused(AT_12 + "claim: {earliest_working_days: 999999999}")


@pytest.mark.parametrize(
    ("achieved", "days", "claimable"),
    [
        ("2024-03-01", 1, "2024-03-04"),  # Friday to Monday
        ("2024-03-02", 1, "2024-03-04"),  # Saturday to Monday
        ("2024-03-03", 1, "2024-03-04"),  # Sunday to Monday
        ("2024-03-04", 1, "2024-03-05"),  # Monday to Tuesday
        ("2024-03-01", 15, "2024-03-22"),  # three weeks
    ],
)
def test_working_days_go_over_the_weekend(achieved: str, days: int, claimable: str) -> None:
    claim = JOB + f"claim: {{earliest_working_days: {days}}}"
    ann = person("ann", measured=(Measured("works", "yes", day(achieved)),))
    before = (day(claimable) - timedelta(days=1)).isoformat()
    assert told(claim, ann, until=before) == ["claim"]
    assert told(claim, ann, until=claimable) == ["1000.00"]


def test_what_was_not_achieved_is_decided_at_once() -> None:
    ann = person("ann", measured=at("works", m12="no"))
    claim = AT_12 + "claim: {earliest_working_days: 15}"
    assert told(claim, ann, until="2025-01-01") == ["no"]


@given(start=st.dates(date(2020, 1, 1), date(2030, 1, 1)), count=st.integers(0, 60))
def test_working_days_are_those_of_a_calendar_with_the_weekends_crossed_out(
    start: date, count: int
) -> None:
    after = [start + timedelta(days=n) for n in range(1, 100)]
    working = [each for each in after if each.strftime("%a") not in ("Sat", "Sun")]
    assert working_days_after(start, count) == ([start, *working])[count]


# --- factors ----------------------------------------------------------------------------------


def test_the_last_index_in_force_counts_from_the_price_as_written() -> None:
    people = [works("ann"), works("bo", "2024-01-02"), works("cai", "2025-06-01")]
    indexed = AT_12 + (
        "indexation: [{valid_from: 2026-01-01, factor: 1.21}, "
        "{valid_from: 2025-01-02, factor: 1.1}]"
    )
    assert told(indexed, *people) == ["1000.00", "1100.00", "1210.00"]


def test_everything_is_added_in_one_order_and_shown() -> None:
    metric = AT_12 + (
        "multipliers: [{group: young, factor: 1.5}], negative: true, "
        "indexation: [{valid_from: 2024-01-01, factor: 1.1}], deadweight: {share: 0.2, on: price}"
    )
    people = [works("ann", group="young"), works("bo", group="old")]
    found = assessed(terms(metric, groups="[young, old]"), people)
    assert [line.split()[-1] for line in lines(found)] == ["-1320.00", "-880.00"]
    assert [(s.step, s.by, s.result) for s in found.decided[0].outcome.steps] == [
        ("price", "1 x 1000.00", "1000.00"),
        ("group", "young 1.5", "1500.00"),
        ("indexation", "1.1", "1650.00"),
        ("deadweight-price", "0.2", "1320.00"),
        ("negative", "-1", "-1320.00"),
    ]
    entitlement = found.decided[0].entitlement
    assert entitlement is not None
    assert [str(part.amount) for part in entitlement.parts] == ["-1320.00"]


# --- deadweight on the count ------------------------------------------------------------------

COUNTED = AT_12 + "deadweight: {share: 0.24, on: count}, "


def test_holbaek_pays_for_sixteen_points_of_a_hundred() -> None:
    """Holbæk's case: 180 citizens, 40 % in work, of whom 24 points would have been anyway."""
    people = [works(f"p{n:03}") for n in range(72)] + [person(f"q{n:03}") for n in range(108)]
    found = [each for each in told(COUNTED, *people) if each != "measurement"]
    assert found == ["0.00"] * 43 + ["800.00"] + ["1000.00"] * 28
    assert sum(Fraction(each) for each in found) == 1000 * 180 * (Fraction(40) - 24) / 100


def test_at_each_milestone_as_many_would_have_achieved_it_anyway() -> None:
    metric = JOB + "measured_at_months: [12, 24], deadweight: {share: 0.5, on: count}"
    people = [person(f"p{n}", measured=at("works", m12="yes", m24="yes")) for n in range(4)]
    assert told(metric, *people) == ["0.00", "0.00", "1000.00", "1000.00"] * 2


def test_only_people_whom_the_guards_let_in_are_counted() -> None:
    guarded = AT_12 + "deadweight: {share: 0.5, on: count}, guards: {age_below: 25}"
    people = [works("ann", born_on=day("2000-01-01")), works("bo", born_on=day("2000-01-01"))]
    older = [works(f"older-{n}", born_on=day("1980-01-01")) for n in range(8)]
    assert told(guarded, *people, *older) == ["0.00", "1000.00"] + ["age"] * 8


def test_no_outcome_is_paid_more_than_its_price_when_the_people_become_fewer() -> None:
    guarded = AT_12 + (
        "deadweight: {share: 0.5, on: count}, guards: {age_below: 25, age_on: achievement}"
    )
    aged = [works(f"aged-{n}", born_on=day("2000-06-01")) for n in range(2)]
    others = [person(f"other-{n}", born_on=day("2000-06-01")) for n in range(5)]
    last = works("last", "2024-07-01", born_on=day("2005-01-01"))
    paid = [each for each in told(guarded, *aged, *others, last) if each != "measurement"]
    assert paid == ["0.00", "0.00", "1000.00"]  # of 8 people, of 8, and of the one still young


@st.composite
def intake(draw: st.DrawFn) -> list[Person]:
    """People enrolled on some days of two years, some of whom are in work after a year."""
    found = []
    for number in range(draw(st.integers(0, 12))):
        enrolled = date(2024, 1, 1) + timedelta(
            days=draw(st.sampled_from((0, 1, 30, 366, 367, 500)))
        )
        value = draw(st.sampled_from(("yes", "no", "")))
        known = (Measured("works", value, enrolled, 12),) if value else ()
        found.append(person(f"p{number:02}", enrolled.isoformat(), measured=known))
    return found


@given(
    people=intake(),
    percent=st.sampled_from((0, 10, 24, 50, 100)),
    seed=st.randoms(use_true_random=False),
)
def test_the_count_pays_the_most_that_was_ever_beyond_deadweight(
    people: list[Person], percent: int, seed: random.Random
) -> None:
    agreement = terms(AT_12 + f"deadweight: {{share: {percent / 100:.2f}, on: count}}")
    found = assessed(agreement, people)
    assert lines(found) == lines(assessed(agreement, shuffled(people, seed)))
    achieved = [each.outcome.achieved_on for each in found.decided if each.outcome.achieved]
    most = Fraction(0)
    for number, on in enumerate(achieved, start=1):
        enrolled = sum(each.enrolled_on <= on for each in people)
        most = max(most, number - Fraction(percent * enrolled, 100))
    paid = [each.outcome.amount for each in found.decided if each.outcome.achieved]
    assert sum(paid, Fraction(0)) == 100_000 * most
    assert all(0 <= each <= 100_000 for each in paid)


@given(people=intake(), later=intake())
def test_who_is_enrolled_later_takes_nothing_from_what_was_paid(
    people: list[Person], later: list[Person]
) -> None:
    asked = date(2025, 6, 1)
    new = [
        replace(each, subject=SubjectRef(f"new-{n}"), enrolled_on=asked + timedelta(days=n + 1))
        for n, each in enumerate(later)
    ]
    agreement, until = terms(COUNTED), asked.isoformat()
    assert assessed(agreement, people, until) == assessed(agreement, [*new, *people], until)


# --- exclusion --------------------------------------------------------------------------------


PRICES = {6: 1000, 12: 4000, 24: 3000, 36: 3500}


def part_and_full(keep: str) -> list[str]:
    """Four prices for work, of which one person's exclude each other."""
    exclusive = f"exclusive: {{among: work, keep: {keep}}}"
    return [
        f"id: job-{months}, kind: per_person, price: {price}, measured_at_months: [{months}], "
        f"achieved_when: {{indicator: works, equals: yes}}, {exclusive}"
        for months, price in PRICES.items()
    ]


@pytest.mark.parametrize(
    ("keep", "paid"),
    [
        ("first", ["1000.00", "0.00", "0.00", "0.00"]),
        ("best", ["1000.00", "3000.00", "0.00", "0.00"]),
    ],
)
def test_of_what_excludes_each_other_the_first_or_the_best_is_paid(
    keep: str, paid: list[str]
) -> None:
    ann = person("ann", measured=at("works", m6="yes", m12="yes", m24="yes", m36="yes"))
    found = assessed(terms(*part_and_full(keep)), [ann])
    assert [line.split()[-1] for line in lines(found)] == paid
    assert found.decided[1].outcome.steps[-1].step == f"exclusive-{keep}"


def test_the_most_comes_back_of_negative_outcomes_that_exclude_each_other() -> None:
    ann = person("ann", measured=at("works", m6="yes", m12="yes", m24="yes", m36="yes"))
    negative = [f"{metric}, negative: true" for metric in part_and_full("best")]
    found = lines(assessed(terms(*negative), [ann]))
    assert [line.split()[-1] for line in found] == ["-1000.00", "-3000.00", "0.00", "0.00"]


def test_what_is_owed_and_what_comes_back_do_not_exclude_each_other() -> None:
    ann = person("ann", measured=at("works", m6="yes", m12="yes"))
    part, full, *_ = part_and_full("best")
    found = lines(assessed(terms(part, f"{full}, negative: true"), [ann]))
    assert [line.split()[-1] for line in found] == ["1000.00", "-4000.00"]


def test_metrics_that_exclude_each_other_agree_on_which_is_kept() -> None:
    (first, *_), (_, best, *_) = part_and_full("first"), part_and_full("best")
    with pytest.raises(UnreadableTermsError, match="the metrics among 'work' keep different ones"):
        terms(first, best)
    elsewhere = best.replace("among: work", "among: study")
    assert len(terms(first, elsewhere).metrics) == 2


def test_what_was_not_achieved_excludes_nothing_and_nobody_excludes_another() -> None:
    people = [
        person("ann", measured=at("works", m6="no", m12="yes", m24="yes")),
        person("bo", measured=at("works", m6="no", m12="no", m24="yes")),
    ]
    found = lines(assessed(terms(*part_and_full("first")), people))
    assert [line for line in found if line.endswith("00")] == [
        "ann 12m 2025-01-01 4000.00",
        "ann 24m 2026-01-01 0.00",
        "bo 24m 2026-01-01 3000.00",
    ]


MILESTONES = st.sets(st.sampled_from(tuple(PRICES)))


@given(
    keep=st.sampled_from(("first", "best")),
    achieved=st.lists(MILESTONES, max_size=4),
    seed=st.randoms(use_true_random=False),
)
def test_one_person_is_paid_the_first_or_the_dearest_in_all(
    keep: str, achieved: list[set[int]], seed: random.Random
) -> None:
    people = [
        person(
            f"p{n}",
            measured=tuple(
                Measured("works", "yes" if months in theirs else "no", day("2027-01-01"), months)
                for months in PRICES
            ),
        )
        for n, theirs in enumerate(achieved)
    ]
    found = assessed(terms(*part_and_full(keep)), shuffled(people, seed))
    paid = {f"p{n}": 0 for n in range(len(achieved))}
    for each in found.decided:
        if each.entitlement:
            paid[str(each.outcome.subject)] += each.entitlement.total.minor
    assert paid == {f"p{n}": 100 * _kept(keep, theirs) for n, theirs in enumerate(achieved)}


def _kept(keep: str, achieved: set[int]) -> int:
    """What one person should be paid in all, in kroner."""
    if not achieved:
        return 0
    return PRICES[min(achieved)] if keep == "first" else max(PRICES[each] for each in achieved)


def test_all_that_terms_may_add_to_a_metric_is_asked_for_before_it_is_passed_over() -> None:
    """A modifier that is not among them would be left out without a word."""
    assert {*Metric.model_fields} - {"kind", "id", "title", "split"} == {*MODIFIERS}
