"""Holbæk IPS: 16 points additional, and what raising the counterfactual to 30 % does to payments.

Published (the Holbæk IPS case): 180 citizens, 6.9m kr., 10 % dropout, 40 % in work,
24 % anyway. 24 to 30 % is 16 to 10 points, -37.5 %. The price and the dates are invented.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from desk.intake import files
from ledger.events import EntitlementCalculated
from ledger.money import Amount, total
from ledger.service import Ledger
from tests.examples import agreement
from tests.examples.agreement import Told, told

PRICE = 300_000
HALF = 81
"""Half of the 162 citizens that are left of 180 after 10 % have dropped out."""


def as_agreed(rule: str, until: date, place: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    """The example with another rule on revision."""
    folder = place / "holbaek"
    folder.mkdir()
    for file in ("terms.yaml", "results.csv"):
        text = (agreement.EXAMPLES / "holbaek" / file).read_text(encoding="utf-8")
        (folder / file).write_text(text.replace("on_revision: true_up", rule), encoding="utf-8")
    monkeypatch.setattr(agreement, "EXAMPLES", place)
    return told("holbaek", until)


def kroner(amount: Amount) -> Fraction:
    return Fraction(amount.minor, 100)


def test_sixteen_points_of_those_who_stay_are_additional() -> None:
    example = told("holbaek", date(2026, 12, 31))
    assert 180 * Fraction(9, 10) == 2 * HALF
    assert str(total(each.amount for each in example.terms.investment)) == "6900000.00"
    assert kroner(example.paid()) == Fraction(16, 100) * HALF * PRICE


@pytest.mark.parametrize(
    ("rule", "points"),
    [
        ("on_revision: binding", (16, 16)),
        ("on_revision: prospective", (16, 10)),
        ("on_revision: true_up", (10, 10)),
        ("on_revision: true_up\n      collar: 0.03", (13, 13)),
    ],
)
def test_24_to_30_percent(
    rule: str, points: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = as_agreed(rule, date(2027, 12, 31), tmp_path, monkeypatch)
    paid = [kroner(each.entitlement.total) for each in example.decided("additional-in-work")
            if each.entitlement]  # fmt: skip
    assert paid == [Fraction(each, 100) * HALF * PRICE for each in points]


def test_the_true_up_takes_37_5_percent_of_what_was_paid() -> None:
    before = told("holbaek", date(2026, 12, 31)).decided("additional-in-work")[0].entitlement
    after = told("holbaek", date(2027, 12, 31)).decided("additional-in-work")[0].entitlement
    assert before is not None
    assert after is not None
    assert kroner(after.total) / kroner(before.total) - 1 == Fraction(-375, 1000)


def test_money_that_was_decided_comes_down_by_the_difference_alone(tmp_path: Path) -> None:
    folder = agreement.EXAMPLES / "holbaek"
    terms, source = files.read_terms(folder / "terms.yaml")
    now = datetime(2040, 1, 1, tzinfo=UTC)
    with Ledger.create(tmp_path / "ledger", "Fund", "DKK", actor="t", clock=lambda: now) as ledger:
        ledger.sign(terms, source)
        ledger.call_drawdown(terms.agreement, Amount(690_000_000), terms.starts_on)
        (drawdown,) = ledger.agreement(terms.agreement).drawdowns
        ledger.receive_capital(drawdown, "dsi", terms.starts_on)
        ledger.import_results(files.read_results(folder / "results.csv"))
        ledger.assess(terms.agreement, date(2026, 12, 31))
        done, _ = ledger.assess(terms.agreement, date(2027, 1, 1))
    (entitled,) = (r.event for r in done.recorded if isinstance(r.event, EntitlementCalculated))
    assert entitled.corrects is not None
    assert kroner(total(part.amount for part in entitled.difference)) == -6 * HALF * PRICE // 100
