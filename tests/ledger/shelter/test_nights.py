"""A night counts once, at the tariff of the shelter that admitted the person last."""

from __future__ import annotations

from itertools import permutations

import pytest

from ledger.facts import Tariff
from ledger.shelter.nights import REFERENCE, NoTariffError, Prices, counterfactual, price
from tests.ledger.shelter.examples import (
    THOUSAND,
    TODAY,
    day,
    nights_of,
    period,
    stay,
    tariffs,
    terms,
)

BY_TERMS = Prices({REFERENCE: terms(90).tariffs(REFERENCE)})


def spent(
    *stays: str, prices: dict[str, tuple[Tariff, ...]] = THOUSAND, until: str = "2030-01-01"
) -> list[str]:
    """The nights of stays as text, consecutive nights at one tariff on a line."""
    found = price([stay(text) for text in stays], Prices(prices), day(until))
    lines: list[tuple[Tariff, str, str]] = []
    for nights in found:
        start, end = map(str, nights_of(nights))
        _, _, net, tariff = nights
        assert net == tariff.net
        if lines and lines[-1][0] == tariff and lines[-1][2] == start:
            start = lines.pop()[1]
        lines.append((tariff, start, end))
    return [
        f"{tariff.shelter} {start}..{end} at {tariff.per_night}" for tariff, start, end in lines
    ]


def test_the_day_of_discharge_is_not_a_night() -> None:
    assert spent("nord 2024-01-01..2024-01-03") == ["nord 2024-01-01..2024-01-03 at 1000.00"]
    assert spent("nord 2024-01-01..2024-01-01") == []


def test_on_a_day_of_moving_the_night_is_spent_at_the_new_shelter() -> None:
    assert spent("nord 2024-01-01..2024-01-10", "syd 2024-01-10..2024-01-12") == [
        "nord 2024-01-01..2024-01-10 at 1000.00",
        "syd 2024-01-10..2024-01-12 at 1500.00",
    ]


def test_where_stays_overlap_the_later_admission_counts() -> None:
    expected = [
        "nord 2024-01-01..2024-01-10 at 1000.00",
        "syd 2024-01-10..2024-01-20 at 1500.00",
        "nord 2024-01-20..2024-01-31 at 1000.00",
    ]
    for stays in permutations(("nord 2024-01-01..2024-01-31", "syd 2024-01-10..2024-01-20")):
        assert spent(*stays) == expected


def test_of_two_admissions_on_one_day_the_shelter_whose_name_sorts_last_counts() -> None:
    expected = [
        "syd 2024-01-01..2024-01-10 at 1500.00",
        "nord 2024-01-10..2024-01-20 at 1000.00",
    ]
    for stays in permutations(("syd 2024-01-01..2024-01-10", "nord 2024-01-01..2024-01-20")):
        assert spent(*stays) == expected


def test_the_same_stay_recorded_twice_counts_once() -> None:
    once = spent("nord 2024-01-01..2024-01-10")
    assert spent("nord 2024-01-01..2024-01-10", "nord 2024-01-01..2024-01-10") == once


def test_an_open_stay_goes_on_until_the_register_ends() -> None:
    assert spent("nord 2024-01-01..", until="2024-02-29") == [
        "nord 2024-01-01..2024-02-29 at 1000.00"
    ]
    assert spent("nord 2024-01-01..", until="2023-12-31") == []


def test_nights_when_the_clocks_change_are_nights_like_others() -> None:
    assert spent("nord 2023-10-29..2023-10-30") == ["nord 2023-10-29..2023-10-30 at 1000.00"]
    assert spent("nord 2024-03-31..2024-04-01") == ["nord 2024-03-31..2024-04-01 at 1000.00"]


def test_a_tariff_changes_during_a_stay() -> None:
    prices = tariffs("nord 2024-01-01 1100.00 less 90.00", "nord 2023-01-01 1000.00 less 90.00")
    assert spent("nord 2023-12-30..2024-01-02", prices=prices) == [
        "nord 2023-12-30..2024-01-01 at 1000.00",
        "nord 2024-01-01..2024-01-02 at 1100.00",
    ]


def test_a_night_before_the_first_tariff_has_no_price() -> None:
    prices = tariffs("nord 2024-01-01 1100.00 less 90.00")
    with pytest.raises(NoTariffError, match=r"nord.*2023-12-31"):
        spent("nord 2023-12-31..2024-01-02", prices=prices)
    with pytest.raises(NoTariffError, match=r"vest.*2024-01-01"):
        spent("vest 2024-01-01..2024-01-02", prices=prices)


def test_without_the_programme_the_nights_follow_on_enrolment_and_its_anniversaries() -> None:
    found = counterfactual([], day("2024-02-29"), 90, BY_TERMS, day("2028-03-02"))
    assert [nights_of(nights) for nights in found] == [
        period("2024-02-29..2024-05-29"),
        period("2025-02-28..2025-05-29"),
        period("2026-02-28..2026-05-29"),
        period("2027-02-28..2027-05-29"),
        period("2028-02-29..2028-03-02"),
    ]


def test_without_the_programme_the_nights_before_enrolment_are_the_actual_ones() -> None:
    actual = price([stay("nord 2023-12-01..2024-02-01")], Prices(THOUSAND), TODAY)
    found = counterfactual(actual, day("2024-01-01"), 10, BY_TERMS, day("2024-06-01"))
    assert [(nights_of(nights), nights[-1].shelter) for nights in found] == [
        (period("2023-12-01..2024-01-01"), "nord"),
        (period("2024-01-01..2024-01-11"), "reference"),
    ]


def test_three_hundred_and_sixty_five_nights_leave_one_free_in_a_leap_year() -> None:
    found = counterfactual([], day("2023-10-01"), 365, BY_TERMS, day("2024-10-03"))
    nights = [nights_of(nights) for nights in found]
    assert nights == [period("2023-10-01..2024-09-30"), period("2024-10-01..2024-10-03")]
