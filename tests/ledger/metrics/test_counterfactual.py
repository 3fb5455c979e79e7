"""A revised counterfactual: binding, prospective or true-up, and never further than the collar."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.metrics.counterfactual import OnRevision, Revised, Version, in_force
from ledger.model import Position

DAY = date(2025, 1, 1)
UNTIL = date(2026, 1, 1)


def version(days: int, value: str) -> Version:
    return Version(DAY + timedelta(days=days), Fraction(value), Position(days + 1))


HOLBAEK = [version(0, "0.24"), version(100, "0.30")]
"""24 % in work anyway; 100 days later it is held to be 30 %."""


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [("binding", "0.24", "0.24"), ("prospective", "0.24", "0.30"), ("true_up", "0.30", "0.30")],
)
def test_what_a_revision_does_to_outcomes_before_and_after_it(
    rule: str, before: str, after: str
) -> None:
    terms = Revised.model_validate({"kind": "fixed", "on_revision": rule})
    for days, value in ((99, before), (100, after)):
        found = in_force(HOLBAEK, terms, DAY + timedelta(days=days), UNTIL)
        assert found is not None
        assert found.value == Fraction(value)


def test_a_revision_after_the_day_of_asking_is_not_known() -> None:
    terms = Revised.model_validate({"kind": "fixed", "on_revision": "true_up"})
    found = in_force(HOLBAEK, terms, DAY, DAY + timedelta(days=99))
    assert found == HOLBAEK[0]


def test_there_is_none_before_the_first() -> None:
    terms = Revised.model_validate({"kind": "matched", "on_revision": "true_up"})
    assert in_force(HOLBAEK, terms, DAY - timedelta(days=1), UNTIL) is None
    assert in_force([], terms, DAY, UNTIL) is None


@pytest.mark.parametrize(
    ("revised", "held"), [("0.30", "0.26"), ("0.10", "0.22"), ("0.25", "0.25")]
)
def test_the_collar_holds_both_ways(revised: str, held: str) -> None:
    terms = Revised.model_validate({"kind": "fixed", "on_revision": "true_up", "collar": "0.02"})
    found = in_force([version(0, "0.24"), version(100, revised)], terms, DAY, UNTIL)
    assert found is not None
    assert found.value == Fraction(held)


def test_the_collar_counts_from_the_first_however_many_revisions_there_are() -> None:
    terms = Revised.model_validate({"kind": "fixed", "on_revision": "true_up", "collar": "0.02"})
    steps = [version(0, "0.24"), version(1, "0.26"), version(2, "0.28"), version(3, "0.30")]
    found = in_force(steps, terms, DAY, UNTIL)
    assert found is not None
    assert found.value == Fraction("0.26")


def naive(
    days: list[tuple[int, int]], rule: str, collar: int | None, on: int, until: int
) -> int | None:
    """The value in force, by going through a calendar day by day; shares no code."""
    first = before = latest = None
    for today in range(until + 1):
        for day, value in days:
            if day == today:
                first = value if first is None else first
                latest = value
                if day <= on:
                    before = value
    if first is None or before is None:
        return None
    found = {"binding": first, "prospective": before, "true_up": latest}[rule]
    assert found is not None
    if collar is not None and found > first + collar:
        return first + collar
    if collar is not None and found < first - collar:
        return first - collar
    return found


@given(
    days=st.dictionaries(st.integers(0, 30), st.integers(0, 50), max_size=5),
    rule=st.sampled_from([each.value for each in OnRevision]),
    collar=st.none() | st.integers(0, 20),
    on=st.integers(0, 30),
    later=st.integers(0, 10),
)
def test_it_agrees_with_a_calendar(
    days: dict[int, int], rule: str, collar: int | None, on: int, later: int
) -> None:
    terms = Revised.model_validate(
        {"kind": "matched", "on_revision": rule, "collar": None if collar is None else str(collar)}
    )
    versions = [version(day, str(value)) for day, value in days.items()]
    found = in_force(versions, terms, DAY + timedelta(days=on), DAY + timedelta(days=on + later))
    expected = naive(sorted(days.items()), rule, collar, on, on + later)
    assert (found.value if found else None) == expected


@given(st.lists(st.integers(-100, 100), min_size=1, max_size=6), st.integers(0, 50))
def test_no_revision_moves_it_further_than_the_collar(values: list[int], collar: int) -> None:
    terms = Revised.model_validate(
        {"kind": "fixed", "on_revision": "true_up", "collar": str(collar)}
    )
    versions = [version(day, str(value)) for day, value in enumerate(values)]
    held = [
        found.value
        for day in range(len(values))
        if (found := in_force(versions, terms, DAY, DAY + timedelta(days=day)))
    ]
    assert all(abs(value - held[0]) <= collar for value in held)
    assert all(abs(b - a) <= 2 * collar for a, b in pairwise(held))
