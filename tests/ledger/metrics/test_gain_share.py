"""A share of a gain in money against a control: people, years, revisions, never below zero."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.policy.assess import assess
from ledger.terms.reader import UnreadableTermsError
from tests.ledger.metrics.results import assessed, facts, terms, told

READS = "benefits benefits-control tax tax-control people-in y1 y2 y3"

BOTH = """id: gain
kind: gain_share
counterfactual: {kind: randomised}
gains: [BENEFITS, {indicator: tax, control: tax-control}]
counted: per_person
people: people-in
years: 3
share: 0.5
""".replace("BENEFITS", "{indicator: benefits, control: benefits-control, direction: reduction}")

ROWS = """all 2023-01-01 benefits 9000
all 2023-01-01 benefits-control 10340
all 2023-01-01 tax 5330
all 2023-01-01 tax-control 4000
all 2023-01-01 people-in 2636
"""

YEARLY = """id: gain
kind: gain_share
counterfactual: {kind: matched}
gains: [{indicator: y1, year: 1}, {indicator: y2, year: 2}, {indicator: y3, year: 3}]
counted: total
years: 3
share: 0.5
settled: each_year
"""


def test_half_of_what_benefits_and_tax_came_to_against_the_control() -> None:
    # (1340 + 1330) x 2636 x 0.5
    assert told(assessed(terms(BOTH, READS), ROWS)) == ["all year-3 2023-01-01 3519060.00"]


def test_a_loss_is_not_paid_and_not_claimed() -> None:
    worse = ROWS.replace("benefits 9000", "benefits 20000")
    assert told(assessed(terms(BOTH, READS), worse)) == ["all year-3 2023-01-01 no"]


def test_nothing_is_decided_before_everything_is_measured() -> None:
    lines = ROWS.strip().splitlines()
    for missing in range(len(lines)):
        known = "\n".join(lines[:missing] + lines[missing + 1 :])
        late = lines[missing].replace("2023-01-01", "2023-02-01")
        agreed = terms(BOTH, READS)
        assert told(assessed(agreed, known)) == ["all year-3 2023-01-01 waits"]
        assert told(assessed(agreed, f"{known}\n{late}")) == ["all year-3 2023-02-01 3519060.00"]


def test_every_year_what_lies_above_the_highest_before_is_shared() -> None:
    table = "all 2021-06-01 y1 100\nall 2022-06-01 y2 -30\nall 2023-06-01 y3 50"
    assert told(assessed(terms(YEARLY, READS), table)) == [
        "all year-1 2021-06-01 50.00",
        "all year-2 2022-06-01 no",
        "all year-3 2023-06-01 10.00",
    ]


def test_a_year_waits_for_those_before_it() -> None:
    table = "all 2022-06-01 y2 30\nall 2023-06-01 y1 100"
    assert told(assessed(terms(YEARLY, READS), table, "2022-12-31")) == [
        "all year-2 2022-06-01 waits"
    ]
    assert told(assessed(terms(YEARLY, READS), table)) == [
        "all year-1 2023-06-01 50.00",
        "all year-2 2023-06-01 15.00",
    ]


def test_enrolled_people_are_counted_where_no_indicator_counts_them() -> None:
    agreed = terms(BOTH.replace("people: people-in\n", ""), READS)
    table = ROWS.replace("all 2023-01-01 people-in 2636\n", "")
    enrolled = [("all", "2022-01-01")] * 3 + [("all", "2023-01-02")]
    assert told(assessed(agreed, table, enrolled=enrolled)) == ["all year-3 2023-01-01 4005.00"]


@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [
        ("matched", "50.00", "50.00"),
        ("matched, on_revision: prospective", "50.00", "50.00"),
        ("matched, on_revision: true_up", "20.00", "50.00"),
        ("matched, on_revision: true_up, collar: 10", "45.00", "50.00"),
    ],
)
def test_a_gain_measured_again_is_a_revision_of_what_it_was_measured_against(
    rule: str, first: str, second: str
) -> None:
    table = "all 2021-06-01 y1 100\nall 2022-03-01 y1 40\nall 2022-06-01 y2 100"
    agreed = terms(YEARLY.replace("matched", rule), READS)
    assert told(assessed(agreed, table)) == [
        f"all year-1 2021-06-01 {first}",
        f"all year-2 2022-06-01 {second}",
    ]


def test_a_gain_from_before_the_agreement_is_not_its_gain() -> None:
    table = "all 2019-12-31 y1 900\nall 2021-06-01 y1 100"
    assert told(assessed(terms(YEARLY, READS), table)) == ["all year-1 2021-06-01 50.00"]


def test_each_cohort_is_paid_for_itself() -> None:
    agreed = terms(YEARLY.replace("settled: each_year\n", ""), READS)
    years, cohorts = ("y1", "y2", "y3"), (("bb", 9), ("aa", -9))
    table = "\n".join(f"{c} 2023-06-01 {y} {v}" for c, v in cohorts for y in years)
    assert told(assessed(agreed, table)) == [
        "aa year-3 2023-06-01 no",
        "bb year-3 2023-06-01 13.50",
    ]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("kind: randomised", "kind: fixed", "matched or randomised control"),
        ("control: tax-control", "control: tax", "compared with itself"),
        ("control: tax-control", "direction: reduction", "the indicator is the gain itself"),
        ("control: tax-control", "year: 4", "is 4, and the gain is measured for 3"),
        ("indicator: tax", "indicator: benefits", "stands twice"),
        ("per_person", "total", "totals are not multiplied by people"),
        ("years: 3", "years: 3\nmultipliers: [{group: young, factor: 2}]", "no group"),
        ("indicator: tax", "indicator: unheard", "names no indicator"),
    ],
)
def test_terms_that_contradict_themselves_are_refused(old: str, new: str, says: str) -> None:
    assert old in BOTH
    with pytest.raises(UnreadableTermsError, match=says):
        terms(BOTH.replace(old, new), READS)


def test_it_is_told_in_a_sentence() -> None:
    metric = terms(BOTH, READS).metrics[0]
    assert metric.told("en") == (
        "50 % of the measured gain (benefits, tax) over 3 years against a control (randomised)."
    )
    assert metric.told("da").startswith("50 % af den målte gevinst")


# --- properties -------------------------------------------------------------------------------

money = st.integers(-1000, 1000)


@given(st.lists(money, min_size=3, max_size=3), st.booleans())
def test_yearly_and_at_the_end_agree_with_plain_numbers(gains: list[int], yearly: bool) -> None:  # noqa: FBT001
    text = YEARLY if yearly else YEARLY.replace("settled: each_year\n", "")
    table = [("all", f"{2021 + n}-06-01", f"y{n + 1}", str(gain)) for n, gain in enumerate(gains)]
    decided = assess(facts(terms(text, READS), table), date(2030, 1, 1)).decided
    sums = [sum(gains[: n + 1]) for n in range(3)]
    shared = max(0, *sums) if yearly else max(0, sums[-1])
    assert sum(each.outcome.amount for each in decided) == Fraction(shared) * 50
    assert all(each.outcome.amount >= 0 for each in decided)


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(st.dates(date(2021, 1, 1), date(2021, 12, 31)), st.sampled_from("123"), money),
        max_size=8,
        unique_by=lambda each: each[:2],
    ),
    st.randoms(),
    st.sampled_from(["binding", "prospective", "true_up"]),
)
def test_neither_order_nor_later_facts_change_what_was_decided(
    readings: list[tuple[date, str, int]], random: Random, rule: str
) -> None:
    agreed = terms(YEARLY.replace("matched", f"matched, on_revision: {rule}"), READS)
    table = [("all", day.isoformat(), f"y{year}", str(value)) for day, year, value in readings]
    end, today = date(2030, 1, 1), date(2021, 6, 30)
    whole = assess(facts(agreed, table), end)
    assert assess(facts(agreed, table, shuffle=random), end) == whole
    known = [row for row in table if row[1] <= today.isoformat()]
    before = assess(facts(agreed, known), today).decided
    if rule != "true_up":
        later = [each for each in whole.decided if each.outcome.achieved_on <= today]
        assert [each.outcome.amount for each in before] == [each.outcome.amount for each in later]
