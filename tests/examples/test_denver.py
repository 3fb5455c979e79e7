"""Denver: a price per day stably housed, and jail days avoided against a randomised control.

Both are published; neither price is, in the sources used here, so the sums are by hand.
"""

from __future__ import annotations

from datetime import date

import pytest

from tests.examples.agreement import Told, told


@pytest.fixture(scope="module")
def denver() -> Told:
    return told("denver", date(2023, 1, 1))


def test_each_day_of_stable_housing_is_paid_year_by_year(denver: Told) -> None:
    assert [
        f"{each.outcome.period.start}..{each.outcome.period.end} "
        + (each.outcome.steps[0].by if each.entitlement else "none")
        for each in denver.decided("days-housed")
    ] == [
        "2020-01-01..2021-01-01 366 x 15.00",  # a leap year
        "2020-03-01..2021-03-01 213 x 15.00",  # 183 from April to September, 30 in January
        "2020-07-01..2021-07-01 31 x 15.00",  # July; June was before the enrolment
        "2021-01-01..2022-01-01 365 x 15.00",
        "2021-03-01..2022-03-01 none",
        "2021-07-01..2022-07-01 none",
        "2022-01-01..2023-01-01 365 x 15.00",
        "2022-03-01..2023-01-01 none",  # the last year ends with the agreement
        "2022-07-01..2023-01-01 30 x 15.00",  # still open
    ]
    assert str(denver.paid("days-housed")) == "20550.00"  # 1,370 days


def test_jail_days_fewer_than_the_control_group_had_are_paid_year_by_year(denver: Told) -> None:
    """212 days in the first year; in the second they were 14 more, which costs nobody anything."""
    assert [
        (each.outcome.unit, str(each.entitlement.total) if each.entitlement else "none")
        for each in denver.decided("jail-days-avoided")
    ] == [("year-1", "12720.00"), ("year-2", "none"), ("year-3", "5850.00")]


def test_the_city_pays_it_all(denver: Told) -> None:
    assert str(denver.owes("city")) == "39120.00"
    assert denver.assessment.waiting == ()
