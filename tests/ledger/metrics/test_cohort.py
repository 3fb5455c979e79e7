"""A cohort against its counterfactual: thresholds, the fallback, prices, revisions."""

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

PETERBOROUGH = """id: reconvictions
kind: cohort
indicator: rate
counterfactual: {kind: matched, indicator: control}
direction: reduction
measure: relative
threshold: 0.10
cohorts: [one, two]
fallback: {threshold: 0.075, over: all_cohorts}
per: additional_outcome
people: size
price: 1000.00
"""
PETERBOROUGH_READS = "rate control size"

FIRST = """one 2024-08-07 rate 1.42
one 2024-08-07 control 1.55
one 2024-08-07 size 1000
"""
"""142 against 155 reconvictions per 100 people is 8.4 % fewer."""

HOLBAEK = """id: in-work
kind: cohort
indicator: rate
counterfactual: {kind: fixed, value: [{value: 0.24}, REVISED], on_revision: binding}
direction: increase
measure: points
threshold: 0.05
per: additional_outcome
people: size
price: 100.00
""".replace("REVISED", "{value: 0.30, valid_from: 2023-01-01}")
HOLBAEK_ROWS = """spring 2022-06-01 rate 0.40
spring 2022-06-01 size 100
autumn 2023-06-01 rate 0.40
autumn 2023-06-01 size 100
"""


# --- the threshold and the fallback -----------------------------------------------------------


def test_8_4_percent_pays_nothing_yet_and_waits_for_the_other_cohort() -> None:
    agreed = terms(PETERBOROUGH, PETERBOROUGH_READS)
    assert told(assessed(agreed, FIRST)) == [
        "one own 2024-08-07 no",
        "one together 2024-08-07 waits",
    ]


def test_both_cohorts_together_pay_for_what_neither_is_paid_for_alone() -> None:
    second = """two 2027-07-01 rate 1.41
    two 2027-07-01 control 1.55
    two 2027-07-01 size 500"""
    agreed = terms(PETERBOROUGH, PETERBOROUGH_READS)
    # 1000 x 0.13 + 500 x 0.14 = 200 fewer, of 2325 that there would have been: 8.6 %
    assert told(assessed(agreed, FIRST + second)) == [
        "one own 2024-08-07 no",
        "one together 2027-07-01 133333.33",
        "two own 2027-07-01 no",
        "two together 2027-07-01 66666.67",
    ]


def test_ten_percent_pays_at_once_and_is_not_paid_again() -> None:
    first = FIRST.replace("1.42", "1.395")  # exactly 10 %
    second = """two 2027-07-01 rate 1.45
    two 2027-07-01 control 1.55
    two 2027-07-01 size 1000"""
    agreed = terms(PETERBOROUGH, PETERBOROUGH_READS)
    assert told(assessed(agreed, first)) == ["one own 2024-08-07 155000.00"]
    # together 0.255 / 3.10 = 8.2 %; the second is paid for its own 0.10 x 1000
    assert told(assessed(agreed, first + second)) == [
        "one own 2024-08-07 155000.00",
        "one together 2027-07-01 paid-on-its-own",
        "two own 2027-07-01 no",
        "two together 2027-07-01 100000.00",
    ]


def test_where_every_cohort_was_paid_nothing_is_left_for_all_together() -> None:
    table = FIRST.replace("1.42", "1.30") + FIRST.replace("1.42", "1.30").replace("one", "two")
    lines = told(assessed(terms(PETERBOROUGH, PETERBOROUGH_READS), table))
    assert [line.split()[-1] for line in lines] == ["250000.00", "paid-on-its-own"] * 2


def test_together_is_weighted_by_people_not_by_cohorts() -> None:
    second = """two 2027-07-01 rate 1.55
    two 2027-07-01 control 1.55
    two 2027-07-01 size {}"""
    agreed = terms(PETERBOROUGH, PETERBOROUGH_READS)
    few = told(assessed(agreed, FIRST + second.format(100)))  # 130 / 1705 = 7.6 %
    many = told(assessed(agreed, FIRST + second.format(200)))  # 130 / 1860 = 7.0 %
    assert few == [
        "one own 2024-08-07 no",
        "one together 2027-07-01 118181.82",
        "two own 2027-07-01 no",
        "two together 2027-07-01 11818.18",
    ]
    assert [line.split()[-1] for line in many] == ["no"] * 4


def test_a_lump_sum_pays_each_cohort_and_a_person_each_person() -> None:
    second = "two 2027-07-01 rate 1.40\ntwo 2027-07-01 control 1.55\ntwo 2027-07-01 size 500"
    for per, paid in (("cohort", ("1000.00", "1000.00")), ("person", ("1000000.00", "500000.00"))):
        text = PETERBOROUGH.replace("additional_outcome", per)
        lines = told(assessed(terms(text, PETERBOROUGH_READS), FIRST + second))
        assert [line.split()[-1] for line in lines if " together " in line] == list(paid)


def test_no_effect_pays_nothing_even_without_a_threshold() -> None:
    agreed = terms(HOLBAEK.replace("0.05", "0"), "rate size")
    table = "spring 2022-06-01 rate {}\nspring 2022-06-01 size 100"
    assert told(assessed(agreed, table.format("0.24"))) == ["spring own 2022-06-01 no"]
    assert told(assessed(agreed, table.format("0.241"))) == ["spring own 2022-06-01 10.00"]


def test_what_is_missing_is_waited_for_and_counts_when_it_comes() -> None:
    agreed = terms(
        PETERBOROUGH.replace("0.10\n", "0.05\n").replace("0.075", "0.05"), PETERBOROUGH_READS
    )
    rate, control, size = FIRST.strip().splitlines()
    late = size.replace("2024-08-07", "2024-09-01")
    for known in (rate, f"{rate}\n{control}", f"{rate}\n{late}"):
        lines = told(assessed(agreed, known, "2024-08-31"))
        assert lines == ["one own 2024-08-07 waits", "one together 2024-08-07 waits"]
    lines = told(assessed(agreed, f"{rate}\n{control}\n{late}", "2024-09-01"))
    assert lines[0] == "one own 2024-09-01 130000.00"


def test_what_comes_after_the_agreements_end_decides_nothing() -> None:
    rate, control, size = FIRST.strip().splitlines()
    late = control.replace("2024-08-07", "2030-01-02")
    agreed = terms(PETERBOROUGH, PETERBOROUGH_READS)
    lines = told(assessed(agreed, f"{rate}\n{late}\n{size}", "2031-01-01"))
    assert lines == ["one own 2024-08-07 waits", "one together 2024-08-07 waits"]


def test_a_rate_from_before_the_agreement_is_not_its_result() -> None:
    before = "spring 2019-12-31 rate 0.90\n"
    assert told(assessed(terms(HOLBAEK, "rate size"), before + HOLBAEK_ROWS)) == [
        "spring own 2022-06-01 1600.00",
        "autumn own 2023-06-01 1600.00",
    ]


def test_caps_are_spent_in_order_of_achievement() -> None:
    agreed = terms(HOLBAEK, "rate size", "[{scope: agreement, limit: 2000.00}]")
    assert told(assessed(agreed, HOLBAEK_ROWS)) == [
        "spring own 2022-06-01 1600.00",
        "autumn own 2023-06-01 400.00",
    ]


def test_enrolled_people_are_counted_where_no_indicator_counts_them() -> None:
    agreed = terms(HOLBAEK.replace("people: size\n", ""), "rate")
    agreed = agreed.model_copy(update={"groups": ("spring",)})
    enrolled = [("spring", "2022-01-01")] * 10 + [
        ("autumn", "2022-01-01"),
        ("spring", "2022-06-02"),
    ]
    lines = told(assessed(agreed, "spring 2022-06-01 rate 0.40", enrolled=enrolled))
    assert lines == ["spring own 2022-06-01 160.00"]
    everybody = told(assessed(agreed, "all 2022-06-02 rate 0.40", enrolled=enrolled))
    assert everybody == ["all own 2022-06-02 192.00"]


def test_a_percentage_point_is_a_hundredth_of_the_effect() -> None:
    text = HOLBAEK.replace("additional_outcome", "point").replace("people: size\n", "")
    assert told(assessed(terms(text, "rate"), "spring 2022-06-01 rate 0.40")) == [
        "spring own 2022-06-01 1600.00"  # 16 points at 100.00
    ]


# --- revisions --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "spring", "autumn"),
    [
        ("binding", "1600.00", "1600.00"),
        ("prospective", "1600.00", "1000.00"),
        ("true_up", "1000.00", "1000.00"),  # 16 to 10 points: -37.5 %
        ("true_up, collar: 0.02", "1400.00", "1400.00"),
    ],
)
def test_24_to_30_percent(rule: str, spring: str, autumn: str) -> None:
    agreed = terms(HOLBAEK.replace("binding", rule), "rate size")
    assert told(assessed(agreed, HOLBAEK_ROWS)) == [
        f"spring own 2022-06-01 {spring}",
        f"autumn own 2023-06-01 {autumn}",
    ]
    # Before the revision nobody knows of it.
    assert told(assessed(agreed, HOLBAEK_ROWS, "2022-12-31")) == ["spring own 2022-06-01 1600.00"]


def test_a_control_measured_again_is_a_revision() -> None:
    again = FIRST + "one 2025-01-01 control 1.60\n"
    for rule, line in (("binding", "no"), ("prospective", "no"), ("true_up", "180000.00")):
        text = PETERBOROUGH.replace("control}", f"control, on_revision: {rule}}}")
        lines = told(assessed(terms(text, PETERBOROUGH_READS), again))
        assert lines[0] == f"one own 2024-08-07 {line}"  # 0.18 of 1.60 is 11 %


# --- what published schemes say ---------------------------------------------------------------


def test_denver_jail_days_avoided_against_a_randomised_control() -> None:
    agreed = terms(
        """id: jail-days
        kind: cohort
        indicator: jail-days
        counterfactual: {kind: randomised, indicator: jail-days-control}
        direction: reduction
        measure: relative
        threshold: 0.20
        per: additional_outcome
        people: participants
        price: 50.00
        """,
        "jail-days jail-days-control participants",
    )
    table = """all 2024-06-01 jail-days 30
    all 2024-06-01 jail-days-control 40
    all 2024-06-01 participants 250"""
    assert told(assessed(agreed, table)) == ["all own 2024-06-01 125000.00"]  # 10 x 250 x 50
    assert told(assessed(agreed, table.replace("days 30", "days 33"))) == ["all own 2024-06-01 no"]


def test_london_reduction_against_a_historic_baseline_quarter_by_quarter() -> None:
    agreed = terms(
        """id: seen-rough-sleeping
        kind: cohort
        indicator: share-seen
        counterfactual: {kind: historic, indicator: share-before}
        direction: reduction
        measure: points
        threshold: 0
        per: additional_outcome
        people: cohort-size
        price: 400.00
        """,
        "share-seen share-before cohort-size",
    )
    table = """q1 2023-03-31 share-seen 0.60
    q1 2023-03-31 share-before 0.70
    q1 2023-03-31 cohort-size 415
    q2 2023-06-30 share-seen 0.58
    q2 2023-06-30 share-before 0.55
    q2 2023-06-30 cohort-size 415"""
    assert told(assessed(agreed, table)) == [
        "q1 own 2023-03-31 16600.00",  # 41.5 people fewer
        "q2 own 2023-06-30 no",
    ]


def test_vejle_fewer_placements_than_otherwise_expected() -> None:
    agreed = terms(
        """id: placements
        kind: cohort
        indicator: placed
        counterfactual: {kind: fixed, value: 0.30}
        direction: reduction
        measure: points
        threshold: 0
        per: additional_outcome
        people: children
        price: 250000.00
        """,
        "placed children",
    )
    table = "all 2024-12-31 placed 0.25\nall 2024-12-31 children 40"
    assert told(assessed(agreed, table)) == ["all own 2024-12-31 500000.00"]  # 2 placements fewer


# --- contradictory terms ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("cohorts: [one, two]\n", "", "name at least two cohorts"),
        ("0.075", "0.2", "the fallback would never pay"),
        ("indicator: control}", "indicator: rate}", "compared with itself"),
        ("kind: matched, indicator: control", "kind: matched, value: 1", "write indicator"),
        ("kind: matched", "kind: fixed", "write value, not indicator"),
        ("kind: matched, indicator: control", "kind: historic", "either value or indicator"),
        ("matched, indicator: control", "fixed, value: 0", "must be above zero"),
        (
            "matched, indicator: control",
            "fixed, value: [{value: 1, valid_from: 2021-01-01}]",
            "none is in force on 2020-01-01",
        ),
        ("[one, two]", "[one, one]", "one stands twice"),
        ("people: size", "guards: {age_from: 18}", "a cohort has no group, age"),
        ("people: size", "deadweight: {share: 0.1, on: count}", "counterfactual takes it off"),
        ("people: size", "exclusive: {among: work, keep: best}", "outcomes of one person"),
        ("people: size", "people: heads", "names no indicator: 'heads'"),
    ],
)
def test_terms_that_contradict_themselves_are_refused(old: str, new: str, says: str) -> None:
    assert old in PETERBOROUGH
    with pytest.raises(UnreadableTermsError, match=says):
        terms(PETERBOROUGH.replace(old, new), PETERBOROUGH_READS)


def test_it_is_told_in_a_sentence() -> None:
    metric = terms(PETERBOROUGH, PETERBOROUGH_READS).metrics[0]
    assert metric.told("en") == (
        "1000.00 per additional outcome if rate is at least 10 % lower than the counterfactual "
        "(matched), or all cohorts together at least 7.5 %."
    )
    assert "mindst 10 % lavere" in metric.told("da")


# --- properties -------------------------------------------------------------------------------

COHORTS = ("one", "two", "three")
hundredths = st.integers(1, 200)


@st.composite
def tables(draw: st.DrawFn) -> list[tuple[str, str, str, str]]:
    """Cohorts measured on some days, some with the control measured again."""
    table = []
    for cohort in COHORTS:
        day = date(2021, 1, draw(st.integers(1, 28)))
        values = {"rate": hundredths, "control": hundredths, "size": st.integers(1, 50)}
        for name, numbers in values.items():
            number = draw(numbers)
            value = str(number) if name == "size" else f"{number // 100}.{number % 100:02d}"
            table.append((cohort, day.isoformat(), name, value))
        if draw(st.booleans()):
            number = draw(hundredths)
            again = date(2021, 2, draw(st.integers(1, 28))).isoformat()
            table.append((cohort, again, "control", f"{number // 100}.{number % 100:02d}"))
    return table


THREE = PETERBOROUGH.replace("[one, two]", "[one, two, three]")


def naive(table: list[tuple[str, str, str, str]], measure: str) -> dict[tuple[str, str], Fraction]:
    """What each cohort is owed in minor units, recomputed from plain numbers; binding revisions."""
    first: dict[tuple[str, str], Fraction] = {}
    for cohort, _, name, value in sorted(table, key=lambda row: row[1]):
        first.setdefault((cohort, name), Fraction(value))

    def effect(of: list[str]) -> tuple[Fraction, Fraction]:
        people = sum((first[c, "size"] for c in of), Fraction(0))
        fewer = sum(
            (first[c, "size"] * (first[c, "control"] - first[c, "rate"]) for c in of), Fraction(0)
        )
        expected = sum((first[c, "size"] * first[c, "control"] for c in of), Fraction(0))
        return fewer / (expected if measure == "relative" else people), fewer / people

    owed: dict[tuple[str, str], Fraction] = {}
    for cohort in COHORTS:
        share, fewer = effect([cohort])
        if share > 0 and share >= Fraction(1, 10):
            owed[cohort, "own"] = fewer * first[cohort, "size"] * 100000
    rest = [cohort for cohort in COHORTS if (cohort, "own") not in owed]
    if rest and effect(list(COHORTS))[0] >= Fraction(75, 1000):
        for cohort in rest:
            owed[cohort, "together"] = (
                max(Fraction(0), effect(rest)[1]) * first[cohort, "size"] * 100000
            )
    return owed


@given(tables(), st.sampled_from(["relative", "points"]))
def test_it_agrees_with_plain_numbers(table: list[tuple[str, str, str, str]], measure: str) -> None:
    agreed = terms(THREE.replace("relative", measure), PETERBOROUGH_READS)
    decided = assess(facts(agreed, table), date(2030, 1, 1)).decided
    assert len(decided) == 2 * len(COHORTS)
    found = {
        (d.outcome.unit, d.outcome.key): d.outcome.amount for d in decided if d.outcome.achieved
    }
    assert found == naive(table, measure)


@settings(max_examples=50)
@given(tables(), st.randoms(), st.sampled_from(["binding", "prospective", "true_up"]))
def test_the_order_of_recording_is_nothing(
    table: list[tuple[str, str, str, str]], random: Random, rule: str
) -> None:
    text = THREE.replace("control}", f"control, on_revision: {rule}}}")
    agreed = terms(text, PETERBOROUGH_READS)
    shuffled = facts(agreed, table, shuffle=random)
    until = date(2021, 2, random.randint(1, 28))
    assert assess(shuffled, until) == assess(facts(agreed, table), until)


@settings(max_examples=50)
@given(
    tables(),
    st.sampled_from(["binding", "prospective"]),
    st.dates(date(2021, 1, 1), date(2021, 3, 1)),
)
def test_a_later_fact_changes_nothing_that_was_decided(
    table: list[tuple[str, str, str, str]], rule: str, day: date
) -> None:
    agreed = terms(THREE.replace("control}", f"control, on_revision: {rule}}}"), PETERBOROUGH_READS)
    known = [row for row in table if row[1] <= day.isoformat()]
    before = assess(facts(agreed, known), day).decided
    after = assess(facts(agreed, table), date(2030, 1, 1)).decided
    assert [d.outcome.amount for d in before] == [
        d.outcome.amount for d in after if d.outcome.achieved_on <= day
    ]
