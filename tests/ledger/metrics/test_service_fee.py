"""Service fees: fixed amounts on fixed days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.metrics.service_fee import RegularFee
from ledger.money import Amount
from tests.ledger.metrics.spells import ENDS, found, metric_of, person, problems, told

DATED = """
  - id: fee
    kind: service_fee
    dated:
      - {on: 2012-01-01, amount: 1000}
      - {on: 2013-01-01, amount: 500.50}
"""
QUARTERLY = """
  - id: fee
    kind: service_fee
    regular:
      - {first_on: 2012-01-31, every_months: 3, before: 2012-11-01, amount: 250}
"""
SHARE = """
  - id: fee
    kind: service_fee
    regular:
      - first_on: 2012-02-01
        every_months: 1
        before: 2012-05-01
        contract_value: 1000.00
        share_of_contract: 0.10
"""


def test_fees_are_due_on_their_days_whatever_the_outcomes() -> None:
    fees = ["2012-01-01 1000", "2013-01-01 1001/2"]
    assert [f"{each.key} {each.amount / 100}" for each in found(metric_of(DATED))] == fees
    assert found(metric_of(DATED)) == found(metric_of(DATED), person("2012-01-01.."))
    assert told(found(metric_of(DATED), until=date(2012, 12, 31))) == ["2012-01-01 2012-01-01 1000"]


def test_regular_fees_are_counted_from_the_first_and_stop_before_the_last_day() -> None:
    assert [each.key for each in found(metric_of(QUARTERLY))] == [
        "2012-01-31",
        "2012-04-30",
        "2012-07-31",
        "2012-10-31",
    ]
    shorter = QUARTERLY.replace("2012-11-01", "2012-10-31")
    assert len(found(metric_of(shorter))) == 3


def test_a_share_of_the_contract_is_spread_evenly_to_the_penny() -> None:
    """A third of 100.00 is 33.33; the penny falls into the second fee, and no money is lost."""
    assert [each.amount for each in found(metric_of(SHARE))] == [3333, 3334, 3333]
    (first, *_) = found(metric_of(SHARE))
    assert [(each.step, each.by, each.result) for each in first.steps] == [
        ("service-fee", "1000.00 x 0.10, 1 / 3", "33.33")
    ]


def test_fees_of_the_same_day_are_one_fee_that_shows_both() -> None:
    both = SHARE + "    dated: [{on: 2012-02-01, amount: 10}]\n"
    first = found(metric_of(both))[0]
    assert first.key == "2012-02-01"
    assert first.amount == 4333
    assert [each.result for each in first.steps] == ["10.00", "33.33"]


def test_no_fee_is_due_after_the_agreement_has_ended() -> None:
    late = QUARTERLY.replace("2012-01-31", "2019-10-01").replace("2012-11-01", "2021-01-01")
    fees = found(metric_of(late), until=ENDS + timedelta(days=900))
    assert [each.key for each in fees] == ["2019-10-01", "2020-01-01"]


def test_the_most_it_can_cost_is_all_its_fees() -> None:
    assert metric_of(DATED).most(10) == 150050
    assert metric_of(SHARE).most(10) == 10000


def test_it_is_told_in_both_languages() -> None:
    assert metric_of(DATED).told("en") == (
        "1500.50 in service fees whatever the outcomes, from 2012-01-01 to 2013-01-01."
    )
    assert metric_of(SHARE).told("da").startswith("100.00 i fast honorar")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("\n  - {id: fee, kind: service_fee}\n", "there is no fee"),
        (DATED.replace("2012-01-01", "2011-12-31"), "before the agreement begins on 2012-01-01"),
        (DATED.replace("2013-01-01", "2012-01-01"), "add them up"),
        (DATED.replace("500.50", "0"), "must be above zero"),
        (DATED.replace("500.50", "-1"), "must be above zero"),
        (QUARTERLY.replace("amount: 250", "amount: -250"), "must be above zero"),
        (QUARTERLY.replace(", amount: 250", ""), "write either amount"),
        (QUARTERLY.replace("amount: 250", "amount: 250, contract_value: 9"), "write either amount"),
        (SHARE.replace("        share_of_contract: 0.10\n", ""), "write either amount"),
        (QUARTERLY.replace("2012-11-01", "2012-01-31"), "no fee is ever paid"),
    ],
)
def test_terms_that_contradict_themselves_are_refused(wrong: str, message: str) -> None:
    assert any(message in each for each in problems(wrong)), problems(wrong)


@given(
    value=st.integers(1, 10**10),
    share=st.integers(0, 10**6),
    months=st.integers(1, 80),
    every=st.integers(1, 13),
)
def test_the_fees_of_a_share_sum_to_it_and_are_alike_to_the_penny(
    value: int, share: int, months: int, every: int
) -> None:
    series = RegularFee(
        first_on=date(2012, 1, 1),
        every_months=every,
        before=date(2012 + months // 12, months % 12 + 1, 1) + timedelta(days=1),
        contract_value=Amount(value),
        share_of_contract=Decimal(share).scaleb(-6),
    )
    fees = [fee for _, (fee, _) in series.fees()]
    assert len(fees) == months // every + 1
    assert all(fee.denominator == 1 for fee in fees)
    assert max(fees) - min(fees) <= 1
    assert abs(sum(fees) - Fraction(value * share, 10**6)) <= Fraction(1, 2)
