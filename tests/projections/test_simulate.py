"""Simulated payments are the ledger's own on assumed facts, and the same each time."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.intake.files import read_assumptions, read_terms
from desk.language import Language
from desk.plot import drawn
from ledger.money import Amount, total
from ledger.policy.assess import assess
from ledger.terms.agreement import Terms
from ledger.terms.exposure import exposure
from ledger.terms.reader import UnreadableTermsError, read_model
from ledger.terms.shipped import rules_named
from projections.assumptions import (
    Assumptions,
    Scenario,
    facts,
    last_look,
    quotas,
    spread,
    unfit,
)
from projections.simulate import Simulation, simulate, yearly_return
from tests.ledger.metrics import plain

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
HOUSING = ("housing-first/aarhus-hf-2.yaml", "assumptions-housing-first.yaml")
CHANCES = ("life-chances/terms.yaml", "assumptions-life-chances.yaml")

JOB = (
    "id: job, kind: per_person, measured_at_months: [12], price: 100.00, "
    "achieved_when: {indicator: works, equals: yes}"
)
PLAIN = """
title: Plain
enrolments: [{first_on: 2024-02-01, months: 5, people_a_month: 2}]
drawdowns: [{on: 2024-01-01, share: 1}]
readings:
  [{indicator: works, after_months: [12], otherwise: no, values: [{value: yes, share: SHARE}]}]
"""


def assumed(text: str) -> Assumptions:
    return read_model(text, Assumptions)


def example(names: tuple[str, str]) -> tuple[Terms, Assumptions]:
    terms, _ = read_terms(EXAMPLES / names[0])
    return terms, read_assumptions(EXAMPLES / names[1], terms)


def run(text: str, *metrics: str) -> list[Simulation]:
    return list(simulate(plain.terms(*metrics), assumed(text), None))


# --- the same rules ---------------------------------------------------------------------------


@pytest.mark.parametrize("names", [HOUSING, CHANCES])
def test_totals_are_those_of_an_assessment_of_the_same_facts(names: tuple[str, str]) -> None:
    terms, assumptions = example(names)
    rules = rules_named(terms.refund_law.table) if terms.refund_law else None
    for found in simulate(terms, assumptions, rules):
        known = facts(terms, assumptions, found.scenario, rules)
        decided = assess(known, last_look(terms)).decided
        owed = [each.entitlement for each in decided if each.entitlement]
        parts = [part for each in owed for part in each.parts]
        assert found.paid == total(each.total for each in owed) > Amount(0)
        assert found.achieved == len(owed)
        assert found.paid == total(found.metrics.values()) == total(found.payers.values())
        assert found.paid == total(year.paid_in_all for year in found.years)
        for payer, amount in found.payers.items():
            assert amount == total(part.amount for part in parts if part.payer == payer)
            assert amount == total(year.paid[payer] for year in found.years)
        assert found.capital == total(year.capital_in for year in found.years)
        assert found.years[-1].net_so_far == found.paid - found.capital
        most = exposure(terms).whole.after_caps
        assert most is not None
        assert found.paid <= most
    assert simulate(terms, assumptions, rules) == simulate(terms, assumptions, rules)


def test_the_caps_that_bind_are_told_from_the_day_on_which_they_do() -> None:
    terms, assumptions = example(HOUSING)
    assert terms.refund_law is not None
    low, _, high = simulate(terms, assumptions, rules_named(terms.refund_law.table))
    assert [each.scope for each in low.caps] == ["person"]
    assert [(each.scope, str(each.limit)) for each in high.caps] == [
        ("person", "212000.00"),
        ("agreement", "7900000.00"),
    ]
    assert str(high.paid) == "7900000.00"


def test_a_plain_agreement_can_be_reckoned_by_hand() -> None:
    # Ten people, two a month; six in work a year later: 600 for a capital of 100.
    (found,) = run(PLAIN.replace("SHARE", "0.6"), JOB)
    assert (found.people, found.achieved, found.missed, found.waiting) == (10, 6, 4, 0)
    assert (str(found.paid), str(found.multiple)) == ("600.00", "6")
    assert [(y.year, str(y.capital_in), str(y.paid_in_all), str(y.net_so_far))
            for y in found.years] == [(2024, "100.00", "0.00", "-100.00"),
                                      (2025, "0.00", "600.00", "500.00")]  # fmt: skip


def test_scenarios_are_told_where_they_differ() -> None:
    three = run(PLAIN.replace("SHARE", "{low: 0.2, expected: 0.6, high: 1}"), JOB)
    assert [(each.scenario.value, str(each.paid)) for each in three] == [
        ("low", "200.00"), ("expected", "600.00"), ("high", "1000.00")]  # fmt: skip
    assert len(run(PLAIN.replace("SHARE", "0.6"), JOB)) == 1


@pytest.mark.parametrize(
    ("metric", "more", "paid"),
    [
        (("id: home, kind: sustained, indicator: housed, continuity: continuous, "
         "steps: [{weeks: 13, price: 100.00}, {weeks: 26, price: 10.00}]"),
         ("spells: [{indicator: housed, after_months: 1, lengths: "
         "[{weeks: 26, share: 0.3}, {weeks: 13, share: 0.5}]}]"), "830.00"),
        (("id: better, kind: improvement, indicator: score, direction: up, "
         "measured_at_months: [24], price: 10.00"),
         "", "40.00"),
        ("id: units, kind: units, indicator: count, of: cohorts, price: 2.00",
         "results: [{indicator: count, on: 2026-03-01, value: 21.5}]", "43.00"),
    ],
)  # fmt: skip
def test_spells_scores_and_results_can_be_assumed(metric: str, more: str, paid: str) -> None:
    text = PLAIN.replace("SHARE", "0.6") + more
    if "score" in metric:
        text = text.replace("readings:\n  [", "readings:\n  [{indicator: score, after_months: [0], "
                            "values: [{value: 4, share: 1}]}, {indicator: score, after_months: "
                            "[24], values: [{value: 6, share: 0.4}], otherwise: 4}, ")  # fmt: skip
    (found,) = run(text, metric)
    assert str(found.paid) == paid


# --- people without chance --------------------------------------------------------------------


@given(st.integers(0, 200), st.lists(st.fractions(0, 1, max_denominator=1000), max_size=5))
def test_quotas_are_whole_people_and_nearly_the_shares(
    people: int, weights: list[Fraction]
) -> None:
    whole = max(Fraction(1), sum(weights, Fraction(0)))
    shares = [each / whole for each in weights]
    found = quotas(people, shares)
    assert all(abs(n - share * people) < 1 for n, share in zip(found, shares, strict=True))
    assert sum(found) <= people
    if people and sum(shares) == 1:
        assert sum(found) == people


@given(st.integers(0, 500))
def test_who_achieves_is_spread_over_everybody(count: int) -> None:
    order = spread(count)
    assert sorted(order) == list(range(count))
    half = order[: count // 2]
    early = sum(number < count // 2 for number in half)
    assert abs(early - len(half) / 2) <= count.bit_length()


def test_a_larger_share_adds_people_to_a_smaller_one() -> None:
    terms = plain.terms(JOB)
    text = PLAIN.replace("SHARE", "{low: 0.2, expected: 0.5, high: 0.9}")
    who = [
        {s for s, p in facts(terms, assumed(text), each, None).people.items()
         if p.measured[0].value == "yes"}
        for each in Scenario
    ]  # fmt: skip
    assert who[0] < who[1] < who[2]
    assert [len(each) for each in who] == [2, 5, 9]


# --- the return -------------------------------------------------------------------------------


@given(
    st.integers(1, 10**9),
    st.integers(-900_000, 5_000_000),
    st.integers(1, 10),
)
def test_the_return_is_the_rate_that_grows_the_capital(paid_in: int, rate: int, years: int) -> None:
    start = date(2024, 1, 1)
    grown = paid_in * (1 + Fraction(rate, 10**6)) ** years
    back = Amount(int(grown) + 1)
    found = yearly_return([(start, Amount(paid_in))], [(start + timedelta(days=365 * years), back)])
    assert found is None or found >= Fraction(rate - 1, 10**6)
    if found is not None:
        growth = 1 + found + Fraction(1, 10**6)
        assert paid_in * growth**years > back.minor * (1 - Fraction(1, 10**20))


def test_known_returns() -> None:
    start, later = date(2024, 1, 1), date(2025, 12, 31)  # 730 days
    hundred = [(start, Amount(100_00))]
    assert yearly_return(hundred, [(later, Amount(121_00))]) == Fraction(1, 10)
    assert yearly_return(hundred, [(later, Amount(100_00))]) == 0
    assert yearly_return(hundred, []) is None


# --- what does not fit ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("people_a_month: 2", "people_a_month: 200", "1000 people, but the terms are for 400"),
        ("first_on: 2024-02-01", "first_on: 2028-12-01", "is not within"),
        ("on: 2024-01-01", "on: 2030-01-01", "drawdowns.1: 2030-01-01 is outside"),
        ("share: 1}", "share: 1}, {on: 2024-02-01, share: 0.1}", "come to more than 1"),
        ("indicator: works", "indicator: wrks", "the terms have no indicator 'wrks'"),
        ("value: yes", "value: maybe", "'maybe' is no reading of works; write yes or no"),
        ("share: 0.6}", "share: 0.6}, {value: no, share: 0.5}", "readings.1: the shares come"),
        ("people_a_month: 2", "people_a_month: 2, group: young", "no group 'young'"),
        ("title: Plain", "title: Plain\nnights: [{after_months: 1, nights: 2, share: 1}]",
         "pay for no shelter nights"),
        ("title: Plain", ("title: Plain\nspells: [{indicator: works, lengths: "
         "[{weeks: 2, share: 1}]}]"), "count no spells of 'works'"),
        ("title: Plain", "title: Plain\nresults: [{indicator: works, on: 2025-01-01, value: 1}]",
         "'1' is no reading of works"),
    ],
)  # fmt: skip
def test_assumptions_that_do_not_fit_are_told(old: str, new: str, says: str) -> None:
    text = PLAIN.replace("SHARE", "0.6")
    assert unfit(plain.terms(JOB), assumed(text)) == []
    assert old in text
    (problem,) = unfit(plain.terms(JOB), assumed(text.replace(old, new, 1)))
    assert says in problem


def test_a_range_is_written_whole() -> None:
    with pytest.raises(UnreadableTermsError, match="'high' is missing"):
        assumed(PLAIN.replace("SHARE", "{low: 0.2, expected: 0.6}"))


# --- the plot ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", Language)
def test_the_plot_is_told_to_who_cannot_see_it(lang: Language) -> None:
    terms, assumptions = example(CHANCES)
    runs = simulate(terms, assumptions, None)
    whole = ET.fromstring(drawn(terms, runs, lang))  # noqa: S314 - our own
    space = "{http://www.w3.org/2000/svg}"
    ids = {each.get("id"): each.text or "" for each in whole if each.get("id")}
    assert whole.get("role") == "img"
    assert whole.get("lang") == lang.value
    assert set((whole.get("aria-labelledby") or "").split()) == set(ids)
    for each in runs:
        assert lang.amount(each.paid) in ids["about"]
    words = {each.text for each in whole.iter(f"{space}text")}
    assert {lang.say("plot_years"), lang.say("plot_amounts", currency="GBP")} <= words
    lines = whole.findall(f"{space}polyline")
    assert len(lines) == 1 + len(runs)
    assert len({each.get("stroke-dasharray") for each in lines}) == len(lines)
    for line in lines:
        heights = [int(point.partition(",")[2]) for point in (line.get("points") or "").split()]
        assert heights == sorted(heights, reverse=True)
        assert all(60 <= each <= 420 for each in heights)
