"""The bank's inbox: each file is taken whole, or refused with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from desk.jobs import bank
from desk.jobs.job import Workplace
from ledger.money import Amount
from tests.desk.debts import A_YEAR_ON
from tests.desk.good_input import BANK
from tests.desk.test_bank_files import IBAN, entry, file_of
from tests.desk.workplace import at_work, events_of, seen_by


def balance(kind: str, amount: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="DKK">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
        "<Dt><Dt>2021-01-11</Dt></Dt></Bal>"
    )


NEW_LINES = BANK.replace("2021-0", "2022-0")


@pytest.fixture
def inbox(small: Workplace, tmp_path: Path) -> tuple[Workplace, Path]:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return replace(small, bank_inbox=folder), folder


def test_a_statement_is_taken_whole_or_refused_with_the_reason(
    inbox: tuple[Workplace, Path],
) -> None:
    place, folder = inbox
    (folder / "good.csv").write_text(NEW_LINES, encoding="utf-8")
    (folder / "bad.csv").write_text(NEW_LINES.replace("250000.00", "lots"), encoding="utf-8")
    (folder / "growing.csv.part").write_text("account,", encoding="utf-8")
    found = seen_by(place, "bank", A_YEAR_ON)
    assert found.figures == {"files": 1, "refused": 1, "lines": 2, "settled": 0}
    assert [each.kind for each in found.seen] == ["file_refused", *["bank_difference"] * 4]
    assert len({each.key for each in found.seen}) == len(found.seen)
    assert {path.name for path in folder.iterdir()} == {"done", "refused", "growing.csv.part"}
    refused = next((folder / "refused").glob("*-bad.csv"))
    reason = refused.with_name(refused.name + bank.REASON).read_text(encoding="utf-8")
    assert "bad.csv, row 3, column amount: write the amount as 1507.00" in reason
    refused.unlink()
    again = seen_by(place, "bank", A_YEAR_ON).seen
    assert [each.key for each in again] == [each.key for each in found.seen[1:]]
    assert {each.details["what"] for each in again} == {"line-unknown"}


def test_a_run_broken_off_after_it_recorded_a_statement_records_it_no_more(
    inbox: tuple[Workplace, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, folder = inbox
    (folder / "good.csv").write_text(NEW_LINES, encoding="utf-8")

    def die(_: Path, __: str, ___: str) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, at_work(place, "bank", A_YEAR_ON) as shift:
        patched.setattr(bank, "_move", die)
        with pytest.raises(KeyboardInterrupt):
            bank.work(shift)
        before = events_of(shift.ledger)
    assert (folder / "good.csv").exists()
    found = seen_by(place, "bank", A_YEAR_ON)
    # The same run answers with what it had recorded before; nothing is recorded again.
    assert found.figures == {"files": 1, "refused": 0, "lines": 2, "settled": 0}
    with place.ledger("anna") as ledger:
        assert events_of(ledger) == before
    assert [path.name[13:] for path in (folder / "done").iterdir()] == ["good.csv"]


def test_an_iso_statement_is_taken_and_what_is_odd_in_it_is_seen_once_each(
    inbox: tuple[Workplace, Path],
) -> None:
    place, folder = inbox
    with place.ledger("anna") as ledger:
        ledger.name_account("aarhus", IBAN)
    entries = entry("75.00", "S1") + entry("80.00", "S2").replace(
        "<BookgDt><Dt>2021-01-11</Dt></BookgDt>", ""
    )
    balances = balance("OPBD", "10.00") + balance("CLBD", "99.00")
    text = file_of("camt.053", balances + entries + entries.replace(">S", ">R"))
    (folder / "day.xml").write_text(text, encoding="utf-8")
    found = seen_by(place, "bank", A_YEAR_ON)
    assert found.figures == {"files": 1, "refused": 0, "lines": 2, "settled": 0}
    odd = [each for each in found.seen if each.details["what"].startswith("statement-")]
    assert [each.details["what"] for each in odd] == [
        "statement-balance",
        *["statement-entry-not-booked"] * 2,
    ]
    assert len({each.key for each in found.seen}) == len(found.seen)
    assert [each.name[13:] for each in (folder / "done").iterdir()] == ["day.xml"]
    again = seen_by(place, "bank", A_YEAR_ON).seen
    assert [each.key for each in again] == [each.key for each in found.seen]


def test_a_line_is_matched_with_what_was_called_after_it_was_read(
    inbox: tuple[Workplace, Path],
) -> None:
    place, folder = inbox
    line = "aarhus,77,2021-02-02,50000.00,youth-1-D01/dsi,"
    text = BANK.splitlines()[0] + f"\n{line}\n"
    (folder / "early.csv").write_text(text, encoding="utf-8")
    early = seen_by(place, "bank", date(2021, 2, 3))
    assert "77" in {each.details["line"] for each in early.seen}
    with place.ledger("anna") as ledger:
        ledger.call_drawdown("youth-1", Amount.parse("100000.00"), date(2021, 2, 1))
    later = seen_by(place, "bank", date(2021, 2, 4))
    assert later.figures == {"files": 0, "refused": 0, "lines": 0, "settled": 1}
    assert "77" not in {each.details["line"] for each in later.seen}
    with place.ledger("anna") as ledger:
        assert ledger.reconciliation().unrecorded == 0
