"""The refund rule is changed backwards in time, from 120 nights to 90: all stays run again.

Each of three people lives a year without the shelter at 1,507 kr. a night: Ada before the reform,
Bea from 1 October 2023, Cleo from 1 April 2026. What the state saves is paid by the fund in full.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ledger.terms.shipped import shelter_refund_rules
from tests.corrections.nights import NIGHTS, opened
from tests.corrections.story import owed

UNTIL = date(2028, 1, 1)
TERMS = NIGHTS.replace("per_night: 1000.00", "per_night: 1507.00").replace(
    "payer: aarhus, share: 0.50", "payer: aarhus, share: 0"
)


def test_from_120_nights_to_90_backwards_in_time(tmp_path: Path) -> None:
    story = opened(tmp_path, TERMS, "1507.00")
    story.enrol(ada=date(2021, 1, 1), bea=date(2023, 10, 1), cleo=date(2026, 4, 1))
    story.register_until(UNTIL)
    for who, year in (("ada", 2022), ("bea", 2024), ("cleo", 2027)):
        story.measured(who, 12, date(year, 10, 2))
    assert owed(story.door.assess("nights", UNTIL)[0].recorded) == [
        "2022-01-01 fund owes big 275027.50",
        "2024-10-01 fund owes big 90420.00",
        "2027-04-01 fund owes big 67815.00",
    ]
    assert story.pay(UNTIL) == ["fund pays big 433262.50"]

    law = shelter_refund_rules()
    before, reform, tighter = law.rules
    backdated = reform.model_copy(update={"nights_per_running_year": 90})
    table = law.model_copy(update={"rules": (before, backdated, tighter)})
    (enacted,) = story.door.enact(table).recorded
    assert str(enacted.effective_on) == "2023-10-01"
    assert story.assess(UNTIL) == [
        "2024-10-01 fund: outcome-expense big -22605.00",
        "2024-10-01 fund: payable big 22605.00",
        "2024-10-01 big: receivable fund -22605.00",
        "2024-10-01 big: outcome-income fund 22605.00",
    ]
    (change,) = story.changes()
    assert (str(change.before), str(change.after)) == ("90420.00", "67815.00")
    assert [each.position for each in change.because] == [enacted.position]
    assert story.pay(UNTIL) == []
    assert [line for line in story.balances() if line.startswith("fund")] == [
        "fund bank -433262.50",
        "fund outcome-expense big 410657.50",
        "fund payable big 22605.00",
    ]
    assert story.sound()
