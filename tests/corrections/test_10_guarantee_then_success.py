"""The guarantee is called, then success is told: the call is reversed before any return is paid.

The investor paid in 2,000 kr. and nothing was achieved, so the guarantor covered 500. Then it
turns out that a measurement was misread: an outcome of 1,800 kr. leaves a loss of 200.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from ledger.decide.rows import MeasurementRow
from tests.corrections.story import Story
from tests.ledger.policy.test_versions import PRICED

TERMS = (
    PRICED.replace("[6, 12]", "[6]")
    .replace("1000.00", "1800.00")
    .replace("amount: 200}", "amount: 2000.00}")
    .replace(
        "rounding:", "guarantee: {guarantor: rock, kind: first_loss, amount: 500.00}\nrounding:"
    )
    .replace("  - {id: big,", "  - {id: rock, name: Rock, roles: [guarantor]}\n  - {id: big,")
)
END = date(2029, 1, 1)


def test_what_is_no_loss_any_more_goes_back_before_anything_is_paid(tmp_path: Path) -> None:
    story = Story(tmp_path, TERMS, "2000.00", date(2024, 1, 2))
    story.enrol(ada=date(2024, 2, 1))
    wrong = story.measured("ada", 6, date(2024, 8, 2), "no")
    story.assess(END)
    story.door.call_guarantee("small", END)
    assert story.pay(END) == ["rock pays big 500.00"]

    row = story.door.fact_at(wrong)
    assert isinstance(row, MeasurementRow)
    story.door.actor = "bo"
    story.door.correct_fact(wrong, replace(row, value="yes"), "misread")
    story.door.actor = "anna"
    assert story.assess(END) == [
        "2024-08-01 fund: outcome-expense big 1800.00",
        "2024-08-01 fund: payable big -1800.00",
        "2024-08-01 big: receivable fund 1800.00",
        "2024-08-01 big: outcome-income fund -1800.00",
        "2029-01-01 big: guarantee-income rock 300.00",
        "2029-01-01 big: payable rock -300.00",
        "2029-01-01 rock: receivable big 300.00",
        "2029-01-01 rock: guarantee-expense big -300.00",
    ]
    assert story.pay(END) == ["fund pays big 1800.00", "big pays rock 300.00"]
    assert story.balances() == [
        "big guarantee-income rock -200.00",
        "big investment home 2000.00",
        "big outcome-income fund -1800.00",
        "fund bank -1800.00",
        "fund outcome-expense big 1800.00",
        "home bank 2000.00",
        "home funding big -2000.00",
        "rock bank -200.00",
        "rock guarantee-expense big 200.00",
    ]
    assert story.sound()
