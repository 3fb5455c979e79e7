"""Peterborough: 8.4 % pays nothing yet; then both cohorts together pay.

Published (Ministry of Justice and Social Finance, 2014 and 2017): 10 % at once, else 7.5 %
together; 142 against 155 reconvictions per 100 people; 9 % overall. The price and the second
cohort's own rate are invented.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.examples.agreement import told


def test_8_4_percent_pays_nothing_yet() -> None:
    example = told("peterborough", date(2014, 12, 31))
    assert example.terms.currency == "GBP"
    (first,) = example.decided("fewer-reconvictions")
    assert (first.outcome.cohort, first.outcome.key) == ("first", "own")
    assert first.entitlement is None
    assert round(100 * Decimal(155 - 142) / 155, 1) == Decimal("8.4")
    (waiting,) = example.assessment.waiting
    assert (waiting.cohort, waiting.key) == ("first", "together")


def test_both_cohorts_together_are_over_7_5_percent_and_pay() -> None:
    example = told("peterborough", date(2017, 12, 31))
    decided = example.decided("fewer-reconvictions")
    paid = {each.outcome.cohort: each for each in decided if each.entitlement}
    assert set(paid) == {"first", "second"}
    assert {each.outcome.key for each in paid.values()} == {"together"}
    entitlement = paid["first"].entitlement
    assert entitlement is not None
    steps = {step.step: step.result for step in entitlement.working.steps}
    effect = 1 - Decimal("2.82") / Decimal("3.10")
    assert steps["cohort-effect"] == "14/155"
    assert round(effect, 2) == Decimal("0.09")
    # (130 + 150) reconvictions fewer at 20,000 pounds
    assert str(example.paid()) == "5600000.00"
    assert str(example.owes("lottery")) == "2800000.00"
