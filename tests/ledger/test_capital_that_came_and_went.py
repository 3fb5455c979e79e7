"""Capital came and went back, and somebody then tells that it came after all."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from ledger.decide.matching import Effect
from ledger.decide.rows import BankRow, Batch, Row
from ledger.money import Amount
from ledger.service import Ledger
from tests.desk.good_input import small_ledger

NAME, CALLED = "youth-1", Amount(1_000_00)
ON = date(2022, 1, 6)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Capital is called; the bank shows that both investors paid, and that one got it back."""
    door = small_ledger(tmp_path)
    door.call_drawdown(NAME, CALLED, date(2022, 1, 3))
    drawdown = called(door)
    for number, (investor, share) in enumerate(shares(door, drawdown).items()):
        read(door, f"IN{number}", share, f"{drawdown}/{investor}")
    read(door, "OUT0", -shares(door, drawdown)["dsi"], f"{drawdown}/dsi")
    return door


def called(ledger: Ledger) -> str:
    return list(ledger.agreement(NAME).drawdowns)[-1]


def shares(ledger: Ledger, drawdown: str) -> dict[str, Amount]:
    parts = ledger.agreement(NAME).drawdowns[drawdown].called.parts
    return {part.investor: part.amount for part in parts}


def read(ledger: Ledger, line: str, amount: Amount, reference: str) -> None:
    row = BankRow("aarhus", line, ON, amount, reference, "")
    sha256 = hashlib.sha256(repr(row).encode()).hexdigest()
    ledger.import_bank(Batch("bank.csv", sha256, (Row(2, row),)))


def received(ledger: Ledger) -> list[str]:
    return list(ledger.agreement(NAME).drawdowns[called(ledger)].received.get("dsi", {}))


def test_the_two_lines_cancel_and_nothing_is_there_twice(ledger: Ledger) -> None:
    assert received(ledger) == []
    assert set(matched(ledger)) == {("IN0",), ("IN1",), ("OUT0",)}
    ledger.receive_capital(called(ledger), "dsi", ON)
    ledger.reconcile()
    assert received(ledger) == [""]  # by nobody's line
    assert matched(ledger) == {("IN1",): Effect.SETTLES, ("IN0", "OUT0"): Effect.CANCELS}
    assert ledger.reconciliation().unrecorded == 0


def test_what_a_person_matched_stays_with_its_return(ledger: Ledger) -> None:
    item = f"{called(ledger)}/dsi"
    for line in ("OUT0", "IN0"):
        found = ledger.bank("aarhus").matches.values()
        (made,) = (each.name for each in found if each.match.legs[0][0] == line)
        ledger.unmatch(made, "to be looked at")
    ledger.match_lines(["IN0", item], "seen on the transfer")
    read(ledger, "OUT1", -shares(ledger, called(ledger))["dsi"], item)
    assert received(ledger) == []
    ledger.receive_capital(called(ledger), "dsi", ON)
    ledger.reconcile()
    assert received(ledger) == [""]
    assert matched(ledger) == {
        ("IN1",): Effect.SETTLES,
        ("IN0",): Effect.SETTLES,
        ("OUT1",): Effect.RETURNS,
    }
    assert ledger.reconciliation().unrecorded == 0


def matched(ledger: Ledger) -> dict[tuple[str, ...], Effect]:
    """What is made of the lines."""
    made = (each.match for each in ledger.bank("aarhus").matches.values())
    return {tuple(line for line, _ in each.legs): each.effect for each in made}
