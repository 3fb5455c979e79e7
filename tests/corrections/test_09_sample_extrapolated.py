"""An audit sample finds errors, which are extrapolated: an adjustment with no person behind it.

Three outcomes at 1,000 kr. are paid. The auditor looked at a sample and reckons that 5 % of all
was paid in error: 150 kr. comes back, from nobody's outcome.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ledger import events as e
from ledger.decide.refusal import AgainstTerms, AlreadyDone, FourEyes, NotFound
from projections.explain import explain
from tests.corrections.story import Story, told
from tests.ledger.policy.test_versions import PRICED

UNTIL, LATER = date(2025, 12, 31), date(2026, 3, 1)
TERMS = PRICED.replace("[6, 12]", "[6]")


def three_paid(folder: Path) -> Story:
    story = Story(folder, TERMS, "200.00", date(2024, 1, 2))
    story.enrol(ada=date(2024, 2, 1), bea=date(2024, 3, 1), cleo=date(2024, 4, 1))
    for who in ("ada", "bea", "cleo"):
        story.measured(who, 6, date(2024, 12, 1))
    story.assess(UNTIL)
    assert story.pay(UNTIL) == ["fund pays big 3000.00"]
    return story


def test_an_adjustment_is_proposed_by_one_and_decided_by_another(tmp_path: Path) -> None:
    story = three_paid(tmp_path)
    claims, door = story.claims(), story.door
    asked = [("fund", "big", "-150.00")]
    (proposed,) = door.propose_adjustment(
        "small", asked, "sample 2025-1: 3 of 60", "errors extrapolated", LATER
    ).recorded
    assert told([proposed]) == []
    with pytest.raises(FourEyes, match="anna"):
        door.decide_adjustment("small-J01", LATER)
    door.actor = "bo"
    decided = door.decide_adjustment("small-J01", LATER).recorded
    door.actor = "anna"
    assert told(decided) == [
        "2026-03-01 fund: outcome-expense big -150.00",
        "2026-03-01 fund: payable big 150.00",
        "2026-03-01 big: receivable fund -150.00",
        "2026-03-01 big: outcome-income fund 150.00",
    ]
    assert story.claims() == claims
    (event,) = (each.event for each in decided)
    assert isinstance(event, e.AdjustmentDecided)
    assert "subject" not in type(event).model_fields
    assert story.assess(LATER) == []  # no outcome changes
    assert story.pay(LATER) == []  # 150 too much is with the investor

    story.enrol(dora=date(2025, 7, 1))
    story.measured("dora", 6, date(2026, 1, 1))
    story.assess(LATER)
    assert story.pay(LATER) == ["fund pays big 850.00"]
    assert story.sound()
    (why,) = explain(door, "small-P002").adjustments
    assert why.position == decided[0].position
    with pytest.raises(AlreadyDone):
        door.decide_adjustment("small-J01", LATER)


def test_who_asked_for_an_adjustment_cannot_approve_what_is_paid_by_it(tmp_path: Path) -> None:
    story = three_paid(tmp_path)
    door = story.door
    door.actor = "carla"
    door.propose_adjustment("small", [("fund", "big", "75.00")], "sample", "too little", LATER)
    door.actor = "bo"
    door.decide_adjustment("small-J01", LATER)
    door.propose_payments("small", LATER)
    for who in ("bo", "carla"):
        door.actor = who
        with pytest.raises(FourEyes, match=who):
            door.approve_payment("small-P002", LATER)


@pytest.mark.parametrize(
    "amounts",
    [
        [],
        [("fund", "big", "0.00")],
        [("home", "big", "1.00")],
        [("fund", "home", "1.00")],
        [("fund", "big", "1.00"), ("fund", "big", "2.00")],
    ],
)
def test_an_adjustment_is_between_those_who_owe_each_other(
    tmp_path: Path, amounts: list[tuple[str, str, str]]
) -> None:
    story = three_paid(tmp_path)
    with pytest.raises(AgainstTerms):
        story.door.propose_adjustment("small", amounts, "sample", "errors", LATER)
    with pytest.raises(NotFound):
        story.door.decide_adjustment("small-J01", LATER)
