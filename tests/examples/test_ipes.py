"""Intensive Personalised Employment Support: a service fee of 30 % and an outcome in two stages.

Published: the 30 %, of which at most 15 points in the first year, monthly in arrears, and the two
stages (source in terms.yaml). The value of the contract, thresholds and prices are invented.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from ledger.money import Amount, total
from tests.examples.agreement import Told, told

VALUE = Amount.parse("250000")


@pytest.fixture(scope="module")
def all_told() -> Told:
    return told("ipes", date(2024, 1, 1))


def test_the_service_fee_is_thirty_percent_of_the_contract(all_told: Told) -> None:
    assert all_told.paid("service-fee").minor * 10 == VALUE.minor * 3


def test_the_first_year_brings_fifteen_percent_and_its_part_of_the_rest(all_told: Told) -> None:
    fees = [each.entitlement.total for each in all_told.decided("service-fee") if each.entitlement]
    assert len(fees) == 48
    assert total(fees[:12]).minor == VALUE.minor * 15 // 100 + VALUE.minor * 15 // 400
    assert set(fees[12:]) == {Amount.parse("781.25")}
    assert [each.outcome.achieved_on.day for each in all_told.decided("service-fee")] == [1] * 48


def test_fees_are_due_whether_or_not_anybody_finds_work() -> None:
    first = told("ipes", date(2020, 1, 1))
    assert [
        str(each.entitlement.total) for each in first.assessment.decided if each.entitlement
    ] == ["3906.25"]


def test_each_threshold_pays_once_a_person_on_the_first_day_it_is_seen(all_told: Told) -> None:
    """One passes them one by one, one both at once, one none."""
    lower = [each.outcome.achieved_on for each in all_told.decided("lower-threshold")]
    higher = [each.outcome.achieved_on for each in all_told.decided("higher-threshold")]
    assert lower == [date(2020, 7, 31), date(2020, 9, 30)]
    assert higher == [date(2020, 9, 30), date(2020, 10, 31)]
    paid = Counter(each.outcome.unit for each in all_told.assessment.decided)
    assert sorted(paid.values()) == [2, 2, 48]
