"""Vejle: the four published outcomes; every price is invented, so sums are by hand.

Published: treatment completed (milestone), average level of intervention lowered (step-down),
school absence reduced (improvement), fewer placements than expected (cohort).
"""

from __future__ import annotations

from datetime import date

import pytest

from tests.examples.agreement import Told, told


@pytest.fixture(scope="module")
def vejle() -> Told:
    return told("vejle", date(2026, 3, 15))


def paid(vejle: Told, metric: str) -> list[str]:
    """Each decision: which, when, how much."""
    return [
        f"{each.outcome.key} {each.outcome.achieved_on} "
        + (str(each.entitlement.total) if each.entitlement else "no")
        for each in vejle.decided(metric)
    ]


def test_a_completed_treatment_is_paid_once_on_the_day_it_is_seen(vejle: Told) -> None:
    assert paid(vejle, "treatment-completed") == [
        "once 2024-09-10 15000.00",
        "once 2024-11-15 15000.00",
        "once 2025-03-01 15000.00",
    ]


def test_each_level_lowered_since_the_baseline_is_paid_until_the_cap(vejle: Told) -> None:
    assert paid(vejle, "level-lowered") == [
        "12m 2025-01-15 80000.00",  # from institution to support at home: two levels
        "12m 2025-02-01 no",  # one level up
        "12m 2025-02-28 no",  # as before; enrolled on 29 February
        "24m 2026-01-15 47000.00",  # four levels, 160,000; but 103,000 of 150,000 is spent
        "24m 2026-02-01 40000.00",  # from support at home to advice
    ]


def test_absence_must_fall_by_five_points(vejle: Told) -> None:
    assert paid(vejle, "school-absence") == [
        "12m 2025-01-15 8000.00",  # by 19.5
        "12m 2025-02-01 no",  # by 4.9
        "12m 2025-02-28 8000.00",  # by exactly 5
    ]


def test_who_was_never_measured_waits(vejle: Told) -> None:
    waits = {(each.metric, each.key) for each in vejle.assessment.waiting}
    assert waits == {
        ("level-lowered", "12m"),
        ("level-lowered", "24m"),
        ("school-absence", "12m"),
    }


def test_placements_fewer_than_expected_are_paid_and_as_many_as_expected_are_not(
    vejle: Told,
) -> None:
    """Expected were two of four; one was placed in the first year, two in the second."""
    assert paid(vejle, "fewer-placements") == ["own 2025-01-31 60000.00", "own 2026-01-31 no"]


def test_the_state_pays_two_fifths(vejle: Told) -> None:
    assert str(vejle.paid()) == "288000.00"
    assert (str(vejle.owes("state-fund")), str(vejle.owes("vejle"))) == ("115200.00", "172800.00")
