"""The Fair Chance Fund: sustained homes and work, a ceiling per person, referrals in one year.

Published: 3, 6, 12 and 18 months in accommodation, 6 to 26 weeks of work, about 15,000 pounds a
person at most, referrals in 2015 only, aged 24 or younger at referral (sources in terms.yaml).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

import pytest

from ledger.money import ZERO, Amount
from tests.examples.agreement import Told, told


@pytest.fixture(scope="module")
def all_told() -> Told:
    return told("fair-chance-fund", date(2018, 1, 1))


def by_person(all_told: Told) -> dict[str, Amount]:
    found: dict[str, Amount] = defaultdict(lambda: ZERO)
    for each in all_told.assessment.decided:
        found[each.outcome.unit] += each.entitlement.total if each.entitlement else ZERO
    return found


def test_nobody_brings_more_than_the_ceiling(all_told: Told) -> None:
    """Who achieves all of it would bring 17,550: the ceiling cuts the last steps of work."""
    richest = max(by_person(all_told).items(), key=lambda each: each[1])
    assert richest[1] == Amount.parse("15000")
    worth = [each.outcome.amount for each in all_told.assessment.decided if each.entitlement]
    assert sum(worth) / 100 == 15000 + 2550 + 4200 + 2200 + 2200
    cut = [
        (each.outcome.key, str(each.entitlement.total))
        for each in all_told.assessment.decided
        if each.entitlement and each.entitlement.working.caps[0].cut
    ]
    assert cut == [("13w", "950.00"), ("26w", "0.00")]


def test_a_home_pays_at_each_published_length(all_told: Told) -> None:
    found = [
        (each.outcome.key, each.outcome.achieved_on)
        for each in all_told.decided("home")
        if each.entitlement and each.outcome.period.start == date(2015, 3, 2)
    ]
    assert found == [
        ("3m", date(2015, 6, 2)),
        ("6m", date(2015, 9, 2)),
        ("12m", date(2016, 3, 2)),
        ("18m", date(2016, 9, 2)),
    ]


def test_a_year_in_a_home_comes_to_what_was_published() -> None:
    """700 for moving in and a further 6,000 for a year."""
    terms = told("fair-chance-fund", date(2015, 1, 2)).terms
    home = terms.metric("home")
    year = [prices[0].amount.minor for prices in home.price_lists()][:3]
    assert sum(year) == 600000


def test_referrals_close_after_the_first_year_and_age_is_that_at_referral(all_told: Told) -> None:
    """Referred on 31 December, enrolled in January: paid. Referred in January: not."""
    refused = Counter(
        each.outcome.refused for each in all_told.assessment.decided if each.outcome.refused
    )
    assert refused == {"referred-outside": 5, "age": 5}
    assert sorted(str(each) for each in by_person(all_told).values()) == [
        "0.00",
        "0.00",
        "15000.00",
        "2200.00",
        "2200.00",
        "4200.00",
    ]


def test_a_move_between_homes_is_let_pass_and_not_counted(all_told: Told) -> None:
    """Ten days without a home put six months off by ten days: to 11 October."""
    found = [each.outcome for each in all_told.decided("home") if each.outcome.key == "6m"]
    assert date(2015, 10, 11) in {each.achieved_on for each in found}
