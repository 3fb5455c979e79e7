"""Capital came and went back, and somebody then tells that it came after all."""

from __future__ import annotations

import hashlib
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from ledger import events as e
from ledger.decide.decision import New
from ledger.decide.matching import Effect, Rule
from ledger.decide.refusal import AgainstTerms
from ledger.decide.rows import BankRow, Batch, Row
from ledger.money import ZERO, Amount
from ledger.service import Ledger
from projections.follow import Views
from projections.reconciliation import differences
from projections.verification import Fault
from projections.verify import verify
from tests.bank_books import differing
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


def received(ledger: Ledger, investor: str = "dsi") -> list[str]:
    return list(ledger.agreement(NAME).drawdowns[called(ledger)].received.get(investor, {}))


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


def test_no_line_gives_back_what_was_told_by_hand(ledger: Ledger) -> None:
    """It would count as told, and nothing would be booked: it stays open, and says why."""
    item = f"{called(ledger)}/council-fund"
    (brought,) = (name for name, each in made(ledger).items() if each[0] == ("IN1",))
    ledger.unmatch(brought, "somebody else's")
    ledger.receive_capital(called(ledger), "council-fund", ON)
    share = shares(ledger, called(ledger))["council-fund"]
    read(ledger, "OUT1", -share, item)
    assert ("OUT1",) not in matched(ledger)
    assert opened(ledger)["OUT1"] == ("line-return", -share, (item,))
    assert received(ledger, "council-fund") == [""]
    with pytest.raises(AgainstTerms, match=f"{share} of {item} was settled without a line"):
        ledger.match_lines(["OUT1", item], "seen on the transfer")
    assert differing(ledger) == []
    ledger.resolve("OUT1", "other", "it went back; the council pays again on Monday")
    assert "OUT1" not in opened(ledger)


def test_nor_what_was_told_by_hand_in_part(ledger: Ledger) -> None:
    item = f"{called(ledger)}/council-fund"
    (brought,) = (name for name, each in made(ledger).items() if each[0] == ("IN1",))
    ledger.unmatch(brought, "somebody else's")
    read(ledger, "IN2", Amount(100_00), item)
    ledger.receive_capital(called(ledger), "council-fund", ON)
    read(ledger, "OUT1", -shares(ledger, called(ledger))["council-fund"], item)
    assert opened(ledger)["OUT1"][0] == "line-return"
    assert received(ledger, "council-fund") == ["aarhus/IN2", ""]
    assert differing(ledger) == []


@pytest.mark.parametrize("rule", [Rule.END_TO_END, Rule.PERSON])
def test_a_return_that_booked_nothing_once_is_valid_and_given_up_when_next_reconciled(
    tmp_path: Path, ledger: Ledger, rule: Rule
) -> None:
    """Ledgers from before: such a match is read and verified as ever, and then the line is open."""
    other = call(ledger)
    item, share = f"{other}/dsi", shares(ledger, other)["dsi"]
    ledger.receive_capital(other, "dsi", ON)
    read(ledger, "OUT9", -share, item)
    head = ledger.log.head()
    booked_nothing = e.BankMatched(
        match=ledger.bank("aarhus").next_match,
        account="aarhus",
        rule=rule.value,
        effect=Effect.RETURNS.value,
        legs=(e.MatchedLeg(line="OUT9", part=0),),
        items=(e.MatchedItem(item=item, amount=-share),),
        difference=ZERO,
        reason="",
    )
    version = ledger.bank("aarhus").version + 1
    new = New("bank/aarhus", version, ON, booked_nothing)
    ledger._run(["match"], lambda: [new])  # noqa: SLF001 - no command records this any more
    assert differing(ledger) != []
    again = Ledger(tmp_path / "ledger", actor="anna")
    assert matched(again)["OUT9",] == Effect.RETURNS
    assert faults(again, tmp_path) == []
    done, _ = again.reconcile()
    assert [type(each.event) for each in done.recorded] == [e.BankUnmatched]
    assert differing(again) == []
    assert opened(again)["OUT9"] == ("line-return", -share, (item,))
    assert list(again.agreement(NAME).drawdowns[other].received["dsi"]) == [""]
    assert again.reconciliation().unrecorded == 0
    assert faults(again, tmp_path) == []
    assert ledger.log.head() > head


def faults(ledger: Ledger, folder: Path) -> list[Fault]:
    with closing(Views(folder / "views.sqlite")) as views:
        views.catch_up(ledger.log)
        return verify(ledger, views).faults


def call(ledger: Ledger) -> str:
    ledger.call_drawdown(NAME, Amount(500_00), ON)
    return called(ledger)


def opened(ledger: Ledger) -> dict[str, tuple[str, Amount | None, tuple[str, ...]]]:
    """What of the provider's account the books and the bank do not agree on."""
    stands = ledger.reconciliation()
    found = differences(stands.found, stands.items, ledger.banks(), ON)
    return {each.name: (each.kind, each.amount, each.candidates) for each in found}


def made(ledger: Ledger) -> dict[str, tuple[tuple[str, ...], Effect]]:
    """What is made of the lines, by the names of the matches."""
    return {
        name: (tuple(line for line, _ in each.match.legs), each.match.effect)
        for name, each in ledger.bank("aarhus").matches.items()
    }


def matched(ledger: Ledger) -> dict[tuple[str, ...], Effect]:
    """What is made of the lines."""
    return dict(made(ledger).values())
