"""A measurement was wrong, and a ceiling makes somebody else's payment move.

The agreement pays 1,000 for each of three people in work at six months, 2,500 at most. Ada, Bea
and Cleo achieved it in that order, so Cleo's outcome was cut to 500. Then it turns out that Ada
was not in work: hers is taken back, and Cleo's is made whole.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ledger.decide.refusal import AlreadyDone, FourEyes
from ledger.decide.rows import MeasurementRow
from tests.corrections.story import Story, batch
from tests.ledger.policy.test_versions import PRICED

TERMS = PRICED.replace("[6, 12]", "[6]").replace(
    "rounding:", "caps:\n  - {scope: agreement, limit: 2500.00}\nrounding:"
)
UNTIL = date(2025, 12, 31)
METRIC = "work"
REASON = "the employer's list was of another year"


@pytest.fixture
def story(tmp_path: Path) -> Story:
    told = Story(tmp_path, TERMS, "200.00", date(2024, 1, 2))
    told.enrol(ada=date(2024, 2, 1), bea=date(2024, 3, 1), cleo=date(2024, 4, 1))
    return told


def test_a_corrected_measurement_moves_the_payment_of_another(story: Story) -> None:
    wrong = story.measured("ada", 6, date(2024, 8, 2))
    story.measured("bea", 6, date(2024, 9, 2))
    story.measured("cleo", 6, date(2024, 10, 2))
    story.assess(UNTIL)
    assert story.pay(UNTIL) == ["fund pays big 2500.00"]
    ada, bea, cleo = (f"small/{story.ref(who)}/{METRIC}/6m" for who in ("ada", "bea", "cleo"))
    assert story.claims() == {ada: "1000.00", bea: "1000.00", cleo: "500.00"}

    row = MeasurementRow("small", "ada", 6, date(2024, 8, 2), "works", "no", "Validator")
    story.door.actor = "bo"
    (corrected,) = story.door.correct_facts(batch([row]), REASON).recorded
    story.door.actor = "anna"
    assert story.assess(UNTIL) == [
        "2024-08-01 fund: outcome-expense big -1000.00",
        "2024-08-01 fund: payable big 1000.00",
        "2024-08-01 big: receivable fund -1000.00",
        "2024-08-01 big: outcome-income fund 1000.00",
        "2024-10-01 fund: outcome-expense big 500.00",
        "2024-10-01 fund: payable big -500.00",
        "2024-10-01 big: receivable fund 500.00",
        "2024-10-01 big: outcome-income fund -500.00",
    ]
    assert story.claims() == {bea: "1000.00", cleo: "1000.00"}

    of_ada, of_cleo = story.changes()
    assert (of_ada.claim, str(of_ada.before), str(of_ada.after)) == (ada, "1000.00", "0.00")
    (cause,) = of_ada.because
    assert (cause.position, cause.actor, cause.reason) == (corrected.position, "bo", REASON)
    assert (of_cleo.claim, str(of_cleo.before), str(of_cleo.after)) == (cleo, "500.00", "1000.00")
    assert (of_cleo.because, of_cleo.knock_on_of) == ((), (ada,))

    # 500 too much was paid: nothing is proposed until new outcomes outweigh it.
    assert story.pay(UNTIL) == []
    assert story.balances() == [
        "big bank 2300.00",
        "big investment home 200.00",
        "big outcome-income fund -2000.00",
        "big receivable fund -500.00",
        "fund bank -2500.00",
        "fund outcome-expense big 2000.00",
        "fund payable big 500.00",
        "home bank 200.00",
        "home funding big -200.00",
    ]
    assert story.door.agreement("small").replaced[wrong] == corrected.position
    assert story.sound()


def test_a_late_measurement_takes_its_place_in_the_order_of_achievement(story: Story) -> None:
    story.measured("bea", 6, date(2024, 9, 2))
    story.measured("cleo", 6, date(2024, 10, 2))
    story.assess(UNTIL)
    assert story.pay(UNTIL) == ["fund pays big 2000.00"]
    late = story.measured("ada", 6, date(2025, 1, 15))
    lines = story.assess(UNTIL)
    assert [line for line in lines if "expense" in line] == [
        "2024-08-01 fund: outcome-expense big 1000.00",
        "2024-10-01 fund: outcome-expense big -500.00",
    ]
    (of_cleo,) = story.changes()
    assert of_cleo.because == ()
    assert str(of_cleo.after) == "500.00"
    assert late < of_cleo.position
    assert story.pay(UNTIL) == ["fund pays big 500.00"]
    assert story.sound()


def test_a_voided_measurement_is_as_if_it_had_never_been(story: Story) -> None:
    wrong = story.measured("ada", 6, date(2024, 8, 2))
    story.assess(UNTIL)
    story.door.actor = "bo"
    (voided,) = story.door.void_fact(wrong, "of somebody else").recorded
    story.door.actor = "anna"
    assert story.assess(UNTIL)[0] == "2024-08-01 fund: outcome-expense big -1000.00"
    assert story.claims() == {}
    (change,) = story.changes()
    assert [each.position for each in change.because] == [voided.position]
    assert story.measured("ada", 6, date(2024, 8, 3)) > voided.position
    assert story.assess(UNTIL)[0] == "2024-08-01 fund: outcome-expense big 1000.00"
    assert story.sound()


def test_who_corrected_a_fact_cannot_approve_what_is_paid_by_it(story: Story) -> None:
    wrong = story.measured("ada", 6, date(2024, 8, 2), "no")
    row = MeasurementRow("small", "", 6, date(2024, 8, 2), "works", "yes", "Validator")
    story.door.actor = "carla"
    story.door.correct_fact(wrong, row, REASON)
    story.door.actor = "bo"
    story.assess(UNTIL)
    story.door.propose_payments("small", UNTIL)
    for who in ("anna", "carla"):  # who recorded it first has a part in it as well
        story.door.actor = who
        with pytest.raises(FourEyes, match=who):
            story.door.approve_payment("small-P001", UNTIL)


def test_what_stands_no_more_is_not_corrected_again(story: Story) -> None:
    wrong = story.measured("ada", 6, date(2024, 8, 2), "no")
    row = MeasurementRow("small", "", 6, date(2024, 8, 2), "works", "yes", "Validator")
    story.door.correct_fact(wrong, row, REASON)
    with pytest.raises(AlreadyDone, match="took its place"):
        story.door.correct_fact(wrong, row, REASON + " indeed")
    with pytest.raises(AlreadyDone, match="took its place"):
        story.door.void_fact(wrong, REASON)
