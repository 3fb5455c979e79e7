"""The boligsocial payment model: what is published of life satisfaction comes out of its terms.

Published: 0-10, residents over 17, about 340 people, baseline and end, DKK 2,000 for each resident
whose score rises, ceiling DKK 680,000. The other four metrics have no published price.
"""

from __future__ import annotations

from datetime import date

import pytest

from ledger.metrics.base import Waiting
from ledger.money import Amount
from ledger.terms.agreement import Terms
from tests.examples.agreement import Told, told
from tests.ledger.metrics.plain import assessed, measured, person

END = date(2025, 7, 1)


@pytest.fixture(scope="module")
def estate() -> Told:
    return told("boligsocial", END)


def test_two_thousand_for_each_adult_whose_score_rises(estate: Told) -> None:
    found = estate.decided("life-satisfaction")
    assert sorted(str(each.entitlement.total) for each in found if each.entitlement) == [
        "2000.00",  # from 5 to 6
        "2000.00",  # from 0 to 10, who turned 18 on the first day
    ]
    assert sorted(each.outcome.refused or "no rise" for each in found if not each.entitlement) == [
        "age",  # who turns 18 on the second day
        "no rise",  # 7 as before
        "no rise",  # from 8 to 4
    ]
    waits = [each for each in estate.assessment.waiting if each.metric == "life-satisfaction"]
    assert {each.waiting for each in waits} == {Waiting.MEASUREMENT}
    assert len(waits) == 3  # one without a baseline, two children who were never asked


@pytest.mark.parametrize(
    ("metric", "paid"),
    [
        ("employment", "50000.00"),  # two in work
        ("social-measures", "20000.00"),  # from 3 to 1
        ("school-absence", "5000.00"),  # by 5 points; by 4.5 is not enough
        ("action-plans", "2000.00"),  # two plans
    ],
)
def test_the_other_four_are_paid_at_invented_prices(estate: Told, metric: str, paid: str) -> None:
    assert str(estate.paid(metric)) == paid


def test_both_payers_pay_half(estate: Told) -> None:
    assert estate.paid() == Amount(8_100_000)
    assert estate.owes("state-fund") == estate.owes("municipality") == Amount(4_050_000)


def everybody_rises(terms: Terms, adults: int, children: int) -> Amount:
    """What life satisfaction costs if every resident's score rises by one."""
    readings = (
        measured("satisfaction", "4", "2022-01-01", 0),
        measured("satisfaction", "5", "2025-01-01", 36),
    )
    people = [
        person(f"p{n:03}", "2022-01-01", measured=readings, born_on=date(year, 6, 1))
        for year, first, count in ((1980, 0, adults), (2010, adults, children))
        for n in range(first, first + count)
    ]
    decided = assessed(terms, people, END.isoformat()).decided
    return Amount(
        sum(
            each.entitlement.total.minor
            for each in decided
            if each.entitlement and each.outcome.metric == "life-satisfaction"
        )
    )


def test_the_published_ceiling_is_340_people(estate: Told) -> None:
    uncapped = estate.terms.model_copy(update={"caps": ()})
    assert str(everybody_rises(uncapped, 340, 60)) == "680000.00"
    assert uncapped.metric("life-satisfaction").most(340) == 680_000_00


def test_the_ceiling_holds_for_more_people_than_there_should_be(estate: Told) -> None:
    uncapped = estate.terms.model_copy(update={"caps": ()})
    assert str(everybody_rises(uncapped, 345, 0)) == "690000.00"
    assert str(everybody_rises(estate.terms, 345, 0)) == "680000.00"
