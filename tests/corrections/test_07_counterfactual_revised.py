"""The counterfactual is revised from 24 to 30 %: of 16 points 10 are left, 37.5 % less.

180 citizens, 40 % in work, 300,000 kr. for each who would not have been: 28.8 of them, 8.64m kr.,
paid and gone to the investor. The terms say what the revision does: nothing (binding), to what
comes after it (prospective), or to all (true-up).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ledger.decide.rows import ResultRow
from tests.corrections.story import Story

TERMS = """
agreement: holbaek
title: IPS in Holbaek
currency: DKK
signed_on: 2024-12-01
starts_on: 2025-01-01
ends_on: 2031-01-01
people: 180
parties:
  - {id: fund, name: The fund, roles: [outcome_payer]}
  - {id: kommune, name: Holbaek, roles: [co_payer, provider]}
  - {id: big, name: Big, roles: [investor]}
investment:
  - {investor: big, amount: 200}
indicators:
  - {id: in-work, title: Share in work, kind: number}
  - {id: size, title: Citizens, kind: number}
  - {id: like-them, title: Share in work of those like them, kind: number}
metrics:
  - id: additional
    kind: cohort
    indicator: in-work
    counterfactual: {kind: matched, indicator: like-them, on_revision: true_up}
    direction: increase
    measure: points
    threshold: 0.05
    per: additional_outcome
    people: size
    price: 300000.00
split:
  - {payer: fund, share: 0.5}
  - {payer: kommune, share: 0.5}
rounding: {residual_payer: fund, residual_investor: big}
"""
FIRST, REVISED, SECOND = date(2026, 7, 1), date(2027, 1, 1), date(2027, 7, 1)


def paid_at_24_percent(folder: Path, clause: str) -> Story:
    story = Story(folder, TERMS.replace("true_up", clause), "200.00", date(2025, 1, 2))
    story.measured_cohort("first", "like-them", FIRST, "0.24")
    story.measured_cohort("first", "size", FIRST, "180")
    story.measured_cohort("first", "in-work", FIRST, "0.40")
    story.assess(FIRST)
    assert story.pay(FIRST) == ["fund pays big 4320000.00", "kommune pays big 4320000.00"]
    return story


def test_by_a_true_up_37_and_a_half_percent_comes_back(tmp_path: Path) -> None:
    story = paid_at_24_percent(tmp_path, "true_up")
    revised = story.measured_cohort("first", "like-them", REVISED, "0.30")
    assert story.assess(REVISED) == [
        "2026-07-01 fund: outcome-expense big -1620000.00",
        "2026-07-01 fund: payable big 1620000.00",
        "2026-07-01 big: receivable fund -1620000.00",
        "2026-07-01 big: outcome-income fund 1620000.00",
        "2026-07-01 kommune: outcome-expense big -1620000.00",
        "2026-07-01 kommune: payable big 1620000.00",
        "2026-07-01 big: receivable kommune -1620000.00",
        "2026-07-01 big: outcome-income kommune 1620000.00",
    ]
    (change,) = story.changes()
    assert change.after.minor * 1000 == change.before.minor * 625
    assert [each.position for each in change.because] == [revised]

    # The money is distributed already: it is a claim on the investor until it is set off.
    assert story.pay(REVISED) == []
    assert "big receivable fund -1620000.00" in story.balances()
    story.measured_cohort("second", "like-them", SECOND, "0.30")
    story.measured_cohort("second", "size", SECOND, "180")
    story.measured_cohort("second", "in-work", SECOND, "0.40")
    story.assess(SECOND)
    assert story.pay(SECOND) == ["fund pays big 1080000.00", "kommune pays big 1080000.00"]
    assert not any("receivable" in line or "payable" in line for line in story.balances())
    assert story.sound()


@pytest.mark.parametrize("clause", ["binding", "prospective"])
def test_by_other_clauses_what_is_paid_stays(tmp_path: Path, clause: str) -> None:
    story = paid_at_24_percent(tmp_path, clause)
    story.measured_cohort("first", "like-them", REVISED, "0.30")
    assert story.assess(REVISED) == []
    assert story.changes() == []
    assert story.sound()


def test_a_wrong_figure_is_corrected_whatever_the_clause_says(tmp_path: Path) -> None:
    """A revision is another figure for the same; that the first was misread is a correction."""
    story = paid_at_24_percent(tmp_path, "binding")
    wrong = next(
        position
        for position, event in story.door.agreement("holbaek").results.values()
        if event.indicator == "like-them"
    )
    row = story.door.fact_at(wrong)
    assert isinstance(row, ResultRow)
    story.door.correct_fact(wrong, replace(row, value="0.30"), "misread")
    assert [line for line in story.assess(REVISED) if "expense" in line] == [
        "2026-07-01 fund: outcome-expense big -1620000.00",
        "2026-07-01 kommune: outcome-expense big -1620000.00",
    ]
    assert story.sound()
