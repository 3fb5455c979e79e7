"""A price is amended back in time: by the day of achievement, unless the clause says enrolment.

Ada and Bea were in work at six and at twelve months, at 1,000 kr. each time. From 1 December 2024
on an outcome costs 1,500 kr.; the amendment is signed when all is paid.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ledger.terms.agreement import Terms
from ledger.terms.reader import read_model
from tests.corrections.story import FILE, Story
from tests.ledger.policy.test_versions import BY_ENROLMENT, DEARER, PRICED

UNTIL = date(2025, 12, 31)
AMENDED_ON = date(2024, 12, 1)


@pytest.mark.parametrize(
    ("clause", "posted", "paid"),
    [
        (
            "",  # by achievement
            [
                "2025-02-01 fund: outcome-expense big 500.00",
                "2025-06-01 fund: outcome-expense big 500.00",
            ],
            ["fund pays big 1000.00"],
        ),
        (BY_ENROLMENT, [], []),
    ],
)
def test_only_outcomes_that_the_amendment_touches_are_paid_more(
    tmp_path: Path, clause: str, posted: list[str], paid: list[str]
) -> None:
    story = Story(tmp_path, PRICED + clause, "200.00", date(2024, 1, 2))
    story.enrol(ada=date(2024, 2, 1), bea=date(2024, 6, 1))
    for who, months, on in (
        ("ada", 6, date(2024, 8, 1)),
        ("ada", 12, date(2025, 2, 1)),
        ("bea", 6, date(2024, 12, 1).replace(month=12)),
        ("bea", 12, date(2025, 6, 1)),
    ):
        story.measured(who, months, on)
    story.assess(UNTIL)
    assert story.pay(UNTIL) == ["fund pays big 4000.00"]
    (amended,) = story.door.amend(read_model(DEARER + clause, Terms), AMENDED_ON, FILE).recorded
    lines = [line for line in story.assess(UNTIL) if "expense" in line]
    bea = ["2024-12-01 fund: outcome-expense big 500.00"] if posted else []
    assert lines == [*bea, *posted]
    assert all([cause.position for cause in each.because] == [amended.position]
               for each in story.changes())  # fmt: skip
    assert story.pay(UNTIL) == (["fund pays big 1500.00"] if paid else [])
    owed = "5500.00" if paid else "4000.00"
    assert [line for line in story.balances() if line.startswith("fund")] == [
        f"fund bank -{owed}",
        f"fund outcome-expense big {owed}",
    ]
    assert story.sound()
