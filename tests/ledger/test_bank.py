"""What people say of bank lines, and what was recorded of them in earlier days."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ledger import events as e
from ledger.decide.bank_state import BankState
from ledger.decide.matching import Effect, Rule
from ledger.decide.refusal import AgainstTerms, AlreadyDone, FileRefused, NotFound, OutOfOrder
from ledger.decide.rows import BankBatch, BankRow, Batch, Row, StatementRow
from ledger.events import Recorded
from ledger.facts import Source
from ledger.model import Position
from ledger.money import ZERO, Amount
from ledger.service import Ledger
from projections.posting import Account, post
from projections.reconciliation import differences
from tests.desk.good_input import small_ledger

ON = date(2022, 1, 5)
DRAWN = Amount(300_000_00)
PART = Amount(150_000_00)
IBAN = "DK5000400440116243"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A small ledger in which two investors are asked for 150,000.00 each."""
    door = small_ledger(tmp_path)
    door.call_drawdown("youth-1", DRAWN, date(2022, 1, 3))
    return door


def lines(*rows: BankRow) -> Batch[BankRow]:
    numbered = tuple(Row(number, row) for number, row in enumerate(rows, start=2))
    return Batch("bank.csv", f"{abs(hash(numbered)):064x}"[:64], numbered)


def row(line: str, minor: int, reference: str = "", text: str = "") -> BankRow:
    return BankRow("aarhus", line, ON, Amount(minor), reference, text)


def in_bank(ledger: Ledger) -> int:
    """What has reached the provider's account by the books."""
    booked = (
        line.amount.minor
        for recorded in ledger.read("agreement/youth-1")
        for line in post(recorded)
        if (line.book, line.account) == ("aarhus", Account.BANK)
    )
    return sum(booked)


def kinds(ledger: Ledger, today: date = ON) -> dict[str, str]:
    stands = ledger.reconciliation()
    found = differences(stands.found, stands.items, ledger.banks(), today)
    return {each.name: each.kind for each in found if each.account == "aarhus"}


def test_a_person_matches_a_line_that_no_rule_can_and_takes_it_apart_again(ledger: Ledger) -> None:
    ledger.import_bank(lines(row("L-1", PART.minor)))
    assert kinds(ledger)["L-1"] == "line-uncertain"
    done, _ = ledger.match_lines(["L-1", "youth-1-D01/dsi"], "seen on the transfer")
    assert in_bank(ledger) == PART.minor
    assert "L-1" not in kinds(ledger)
    (made,) = [each.event for each in done.recorded if isinstance(each.event, e.BankMatched)]
    assert (made.rule, made.reason) == (Rule.PERSON, "seen on the transfer")
    ledger.unmatch(made.match, "it was the council's")
    assert in_bank(ledger) == 0
    assert kinds(ledger)["L-1"] == "line-uncertain"
    with pytest.raises(NotFound, match="no match"):
        ledger.unmatch(made.match, "again")
    ledger.match_lines(["aarhus/L-1", "youth-1-D01/council-fund"], "the council's")
    assert in_bank(ledger) == PART.minor


def test_what_a_person_took_apart_no_rule_puts_together_again(ledger: Ledger) -> None:
    named = row("L-1", PART.minor, "youth-1-D01/dsi")
    done, _ = ledger.import_bank(lines(named))
    (made,) = [each.event for each in done.recorded if isinstance(each.event, e.BankMatched)]
    assert made.rule == Rule.END_TO_END
    ledger.unmatch(made.match, "it is something else")
    assert ledger.reconcile()[0].recorded == ()
    assert kinds(ledger)["L-1"] == "line-amount"
    ledger.match_lines(["L-1", "youth-1-D01/dsi"], "it is that after all")
    assert in_bank(ledger) == PART.minor


def test_a_persons_match_stands_and_a_rules_gives_way_to_it(ledger: Ledger) -> None:
    ledger.import_bank(lines(row("L-1", PART.minor, "youth-1-D01/dsi"), row("L-2", PART.minor)))
    done, _ = ledger.match_lines(["L-2", "youth-1-D01/dsi"], "the other was a test")
    undone = [each.event for each in done.recorded if isinstance(each.event, e.BankUnmatched)]
    assert [each.by_hand for each in undone] == [False]
    assert in_bank(ledger) == PART.minor
    assert kinds(ledger)["L-1"] == "line-again"
    with pytest.raises(OutOfOrder, match="says what that line is"):
        ledger.match_lines(["L-2", "youth-1-D01/council-fund"], "no")


def test_several_lines_are_one_item_and_one_line_is_several(ledger: Ledger) -> None:
    ledger.import_bank(lines(row("L-1", 100_000_00), row("L-2", 50_000_00)))
    ledger.match_lines(["L-1", "L-2", "youth-1-D01/dsi"], "in two")
    assert in_bank(ledger) == PART.minor
    ledger.call_drawdown("youth-1", DRAWN, ON)
    ledger.import_bank(lines(row("L-3", DRAWN.minor)))
    ledger.match_lines(["L-3", "youth-1-D02/dsi", "youth-1-D02/council-fund"], "in one")
    assert in_bank(ledger) == PART.minor + DRAWN.minor


def test_a_part_is_a_part_and_more_than_a_fee_is_no_fee(ledger: Ledger) -> None:
    ledger.import_bank(lines(row("L-1", 1_00), row("L-2", PART.minor + 1)))
    ledger.match_lines(["L-1", "youth-1-D01/dsi"], "a first krone")
    assert kinds(ledger, date(2022, 3, 1))["youth-1-D01/dsi"] == "item-part"
    with pytest.raises(AgainstTerms, match=r"150000\.01"):
        ledger.match_lines(["L-2", "youth-1-D01/council-fund"], "nearly")
    with pytest.raises(NotFound, match="neither a line"):
        ledger.match_lines(["L-2", "youth-1-D09/dsi"], "no")
    with pytest.raises(NotFound, match="none of these"):
        ledger.match_lines(["L-9", "youth-1-D01/dsi"], "no")
    with pytest.raises(AgainstTerms, match="at least one"):
        ledger.match_lines(["L-2"], "no")


def test_a_line_that_is_resolved_is_no_longer_open_until_it_is_reopened(ledger: Ledger) -> None:
    ledger.import_bank(lines(row("L-1", -75, text="Gebyr")))
    done, matched = ledger.resolve("L-1", "fee", "the bank's yearly fee")
    assert [type(each.event) for each in done.recorded] == [e.BankLineResolved]
    assert "aarhus/L-1" not in matched.open
    with pytest.raises(AlreadyDone, match="fee"):
        ledger.resolve("L-1", "other", "no")
    with pytest.raises(OutOfOrder, match="reopen"):
        ledger.match_lines(["L-1", "youth-1-D01/dsi"], "no")
    ledger.reopen("L-1", "it was no fee")
    assert kinds(ledger)["L-1"] == "line-unknown"
    with pytest.raises(NotFound, match="not resolved"):
        ledger.reopen("L-1", "again")


def test_a_matched_line_is_not_resolved(ledger: Ledger) -> None:
    ledger.import_bank(lines(row("L-1", PART.minor, "youth-1-D01/dsi")))
    with pytest.raises(OutOfOrder, match="aarhus-M00001"):
        ledger.resolve("L-1", "other", "no")


def test_capital_that_goes_back_is_expected_again(ledger: Ledger) -> None:
    name = "youth-1-D01/dsi"
    ledger.import_bank(lines(row("L-1", PART.minor, name)))
    ledger.import_bank(lines(row("L-2", -PART.minor, name)))
    assert in_bank(ledger) == 0
    ledger.import_bank(lines(row("L-3", PART.minor, name)))
    assert in_bank(ledger) == PART.minor
    assert not {"L-1", "L-2", "L-3"} & kinds(ledger).keys()


def statement(number: str, opening: int, closing: int, *rows: BankRow) -> BankBatch:
    made = StatementRow(
        IBAN, number, number, ON, ON, Amount(opening), Amount(closing),
        Amount(sum(each.amount.minor for each in rows)), ZERO, len(rows), (),
    )  # fmt: skip
    numbered = tuple(Row(at, each) for at, each in enumerate(rows, start=2))
    digest = f"{abs(hash((made, numbered))):064x}"[:64]
    return BankBatch("st.xml", digest, numbered, (Row(1, made),))


def on_account(line: str, minor: int, *, noticed: bool = False) -> BankRow:
    return BankRow("", line, ON, Amount(minor), "", "", number=IBAN, noticed=noticed)


def test_an_account_that_is_nobodys_is_refused_without_its_number(ledger: Ledger) -> None:
    with pytest.raises(FileRefused) as refused:
        ledger.import_bank(statement("1", 0, 5, on_account("A", 5)))
    assert "…6243" in str(refused.value)
    assert IBAN not in str(refused.value)
    ledger.name_account("aarhus", "0040-0440116243")
    ledger.import_bank(statement("1", 0, 5, on_account("A", 5)))
    assert kinds(ledger)["A"] == "line-unknown"
    with pytest.raises(AlreadyDone, match="aarhus"):
        ledger.name_account("dsi", IBAN)
    with pytest.raises(NotFound, match=r"no agreement has a party 'nobody' \(parties: aarhus, "):
        ledger.name_account("nobody", "0040-0440116244")
    with pytest.raises(AgainstTerms, match="no account"):
        ledger.name_account("dsi", "12")


def test_no_account_number_lies_in_the_events(ledger: Ledger, tmp_path: Path) -> None:
    ledger.name_account("aarhus", IBAN)
    ledger.import_bank(statement("1", 0, 5, on_account("A", 5)))
    ledger.close()
    for path in (tmp_path / "ledger").glob("*.sqlite*"):
        assert b"0440116243" not in path.read_bytes(), path


def test_statements_must_follow_on_each_other(ledger: Ledger) -> None:
    ledger.name_account("aarhus", IBAN)
    ledger.import_bank(statement("1", 0, 5), statement("2", 5, 9), statement("3", 10, 12))
    assert kinds(ledger)["3"] == "statement-continuity"
    ledger.import_bank(statement("5", 14, 15))
    assert kinds(ledger)["5"] == "statement-gap"
    ledger.import_bank(statement("4", 12, 14))
    assert "5" not in kinds(ledger)


def test_a_notice_books_nothing_and_is_missed_if_no_statement_has_it(ledger: Ledger) -> None:
    ledger.name_account("aarhus", IBAN)
    ledger.import_bank(statement("0", 0, 0, on_account("A", 5, noticed=True)))
    assert "A" not in ledger.bank("aarhus").lines
    assert kinds(ledger, date(2022, 2, 1))["A"] == "notice-alone"
    ledger.import_bank(statement("1", 0, 5, on_account("A", 5)))
    assert kinds(ledger, date(2022, 2, 1))["A"] == "line-unknown"


def test_what_was_matched_as_it_was_read_still_is() -> None:
    """Ledgers from before: the match stood in the line, or followed when it was read again."""
    source = Source(file="bank.csv", sha256="0" * 64, row=2)
    bank = BankState("aarhus")
    events = [
        e.BankLineSeen(line="1", account="aarhus", booked_on=ON, amount=PART, text="",
                       reference="D01/dsi", matched="D01/dsi", source=source),
        e.BankLineSeen(line="2", account="aarhus", booked_on=ON, amount=-PART, text="",
                       reference="P001", matched=None, source=source),
        e.BankLineMatched(line="2", account="aarhus", matched="P001", seen_at=Position(2)),
    ]  # fmt: skip
    for number, event in enumerate(events, start=1):
        bank.apply(Recorded(Position(number), "bank/aarhus", number, "", ON, "anna", "", event))
    matches = [each.match for each in bank.matches.values()]
    assert [(each.rule, each.effect, each.legs, each.items) for each in matches] == [
        (Rule.EARLIER, Effect.SETTLES, (("1", 0),), (("D01/dsi", PART),)),
        (Rule.EARLIER, Effect.SETTLES, (("2", 0),), (("P001", -PART),)),
    ]
