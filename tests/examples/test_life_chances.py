"""Life Chances Fund: a central top-up of about 20 %, local commissioners the rest (published).

The contract itself, its outcomes and its prices are invented.
"""

from __future__ import annotations

from datetime import date

from ledger.money import total
from tests.examples.agreement import told

OUTCOMES = 7
"""Each may leave one øre, or penny, more with another payer."""


def test_the_top_up_is_twenty_percent_of_every_outcome() -> None:
    example = told("life-chances", date(2021, 1, 1))
    # five times at home, twice in school
    assert str(example.paid()) == "39166.67"
    central = example.owes("life-chances-fund")
    assert abs(5 * central.minor - example.paid().minor) <= 5 * OUTCOMES
    rest = [example.owes(payer) for payer in ("council", "health")]
    assert total([central, *rest]) == example.paid()


def test_the_residual_of_each_outcome_is_the_councils() -> None:
    for each in told("life-chances", date(2021, 1, 1)).assessment.decided:
        if each.entitlement:
            owed = {part.payer: part.amount.minor for part in each.entitlement.parts}
            whole = each.entitlement.total.minor
            assert owed["life-chances-fund"] == whole * 20 // 100
            assert owed["health"] == whole * 25 // 100
            assert owed["council"] == whole - owed["life-chances-fund"] - owed["health"]
