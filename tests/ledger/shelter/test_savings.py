"""What a person saves: the nights there would have been less those there were."""

from __future__ import annotations

import pytest

from ledger.money import exact
from tests.ledger.shelter.examples import saved


@pytest.mark.parametrize(
    ("year", "state", "municipality"),
    [
        ("2021-01-01..2022-01-01", "275027.50", "275027.50"),
        ("2023-10-01..2024-10-01", "90420.00", "459635.00"),
        ("2026-04-01..2027-04-01", "67815.00", "482240.00"),
    ],
    ids=["no limit", "120 nights", "90 nights"],
)
def test_a_year_without_the_shelter_at_1507_kroner_a_night(
    year: str, state: str, municipality: str
) -> None:
    found = saved(year, enrolled=year[:10])
    assert found.counterfactual.nights == 365
    assert found.actual.nights == 0
    assert exact(found.state_gain) == state
    assert exact(found.municipal_gain) == municipality


def test_own_payment_is_deducted_before_the_refund() -> None:
    found = saved("2024-01-01..2025-01-01", enrolled="2024-01-01", own_payment="91.00")
    assert exact(found.state_gain) == "84960.00"  # 120 nights at 1,416 kr., half of it
    assert exact(found.municipal_gain) == "431880.00"


def test_own_payment_above_the_tariff_leaves_a_night_that_costs_nothing() -> None:
    found = saved("2024-01-01..2025-01-01", enrolled="2024-01-01", own_payment="1507.01")
    assert found.counterfactual.nights == 365
    assert (found.counterfactual.cost, found.counterfactual.refund) == ("0.00", "0.00")


def test_the_running_year_is_counted_over_the_whole_history() -> None:
    """100 nights before enrolment leave 20 refunded ones of the running year."""
    found = saved("2024-01-09..2025-01-09", "nord 2023-10-01..2024-01-09", enrolled="2024-01-09")
    first = found.counterfactual.windows[0]
    assert (first.nights_before, first.refunded_before, first.refunded) == (100, 100, 20)
    assert found.counterfactual.nights == 365


def test_more_refund_than_there_would_have_been_is_no_negative_gain() -> None:
    found = saved(
        "2024-01-01..2025-01-01",
        "syd 2024-01-01..2024-06-01",
        enrolled="2024-01-01",
        per_night="1000.00",
    )
    assert found.counterfactual.refund == "60000.00"
    assert found.actual.refund == "90000.00"
    assert found.state_gain == 0
    assert exact(found.municipal_gain) == "137000.00"
    assert found.counterfactual.cost == "365000.00"
    assert found.actual.cost == "228000.00"


def test_more_nights_than_there_would_have_been_save_nothing() -> None:
    found = saved(
        "2024-01-01..2025-01-01",
        "syd 2024-01-01..2024-12-01",
        enrolled="2024-01-01",
        nights_per_year=90,
    )
    assert found.state_gain == 0
    assert found.municipal_gain == 0


def test_a_stay_across_2023_10_01_is_refunded_by_the_rule_of_each_night() -> None:
    found = saved("2023-09-01..2024-03-01", "nord 2023-09-01..2024-03-01", enrolled="2023-09-01")
    assert [(line.rule, line.refunded, line.nights) for line in found.actual.lines] == [
        ("half-no-limit", True, 30),
        ("half-120-nights", True, 120),
        ("half-120-nights", False, 32),
    ]
    assert found.actual.refund == "75000.00"


def test_gains_are_shown_by_calendar_year_and_rule() -> None:
    found = saved("2023-07-01..2024-07-01", enrolled="2023-07-01", per_night="1000.00")
    assert [
        (gain.year, gain.rule, gain.nights_counterfactual, gain.state_gain, gain.municipal_gain)
        for gain in sorted(found.gains, key=lambda gain: (gain.year, gain.rule))
    ] == [
        (2023, "half-120-nights", 92, "46000.00", "46000.00"),
        (2023, "half-no-limit", 92, "46000.00", "46000.00"),
        (2024, "half-120-nights", 181, "14000.00", "167000.00"),
    ]
