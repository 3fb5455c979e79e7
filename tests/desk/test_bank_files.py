"""Bank files as they reach the ledger: which lines, under which names, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from desk.intake.bank import read_bank_file, taken
from desk.iso20022 import camt
from desk.iso20022.document import BankFileRefused
from ledger.decide.refusal import FileRefused, NotFound
from ledger.decide.rows import BankBatch
from ledger.money import Amount
from tests.desk.good_input import small_ledger

IBAN = "DK5000400440116243"
PAYER = "aarhus"
SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "bank"


def file_of(kind: str, entries: str, currency: str = "DKK") -> str:
    body, unit = {
        "camt.053": ("BkToCstmrStmt", "Stmt"),
        "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
        "camt.052": ("BkToCstmrAcctRpt", "Rpt"),
    }[kind]
    return (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{kind}.001.08"><{body}>'
        f"<GrpHdr><MsgId>M</MsgId></GrpHdr><{unit}><Id>S-{kind}</Id><Acct><Id><IBAN>{IBAN}</IBAN>"
        f"</Id><Ccy>{currency}</Ccy></Acct>{entries}</{unit}></{body}></Document>\n"
    )


def entry(amount: str, servicer: str, details: str = "", status: str = "BOOK") -> str:
    return (
        f'<Ntry><Amt Ccy="DKK">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
        f"<Sts><Cd>{status}</Cd></Sts><BookgDt><Dt>2021-01-11</Dt></BookgDt>"
        f"<AcctSvcrRef>{servicer}</AcctSvcrRef>{details}</Ntry>"
    )


def detail(amount: str, name: str) -> str:
    return (
        f"<TxDtls><Refs><EndToEndId>{name}</EndToEndId></Refs>"
        f'<Amt Ccy="DKK">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>'
    )


TOLD = "<NtryDtls>{}{}</NtryDtls>".format(
    detail("150000.00", "youth-1-D01/dsi"), detail("150000.00", "youth-1-D01/council-fund")
)


@pytest.mark.parametrize("notice", ["camt.054", "camt.052"])
@pytest.mark.parametrize("first", ["notice", "statement"])
def test_a_notice_tells_what_a_merged_line_is_made_of_and_doubles_nothing(
    tmp_path: Path, notice: str, first: str
) -> None:
    files = {
        "notice": file_of(notice, entry("300000.00", "B-1", TOLD)),
        "statement": file_of("camt.053", entry("300000.00", "B-1")),
    }
    with small_ledger(tmp_path) as ledger:
        ledger.name_account(PAYER, IBAN)
        ledger.call_drawdown(
            "youth-1", Amount(300_000_00), ledger.clock().date().replace(2021, 1, 4)
        )
        for name in sorted(files, key=lambda each: each != first):
            path = tmp_path / f"{name}.xml"
            path.write_text(files[name], encoding="utf-8")
            ledger.import_bank(read_bank_file(path, "DKK"))
        bank = ledger.bank(PAYER)
        drawdown = ledger.agreement("youth-1").drawdowns["youth-1-D01"]
    assert [each.amount for each in bank.lines.values()][1:] == [Amount(300_000_00)]
    assert {each: drawdown.paid(each) for each in ("dsi", "council-fund")} == {
        "dsi": Amount(150_000_00),
        "council-fund": Amount(150_000_00),
    }


def test_a_line_that_is_pending_is_not_read() -> None:
    text = file_of("camt.053", entry("5.00", "B-1", status="PDNG") + entry("6.00", "B-2"))
    batch = taken(camt.statements_in("f.xml", text.encode(), "DKK"), "DKK")
    assert [row.value.amount for row in batch.rows] == [Amount(6_00)]


def test_an_account_in_another_currency_is_refused() -> None:
    text = file_of("camt.053", entry("5.00", "B-1"), currency="EUR")
    with pytest.raises(FileRefused, match="in EUR, and the ledger in DKK"):
        taken(camt.statements_in("f.xml", text.encode(), "DKK"), "DKK")


def test_what_is_no_whole_number_of_oere_is_told_and_not_booked() -> None:
    text = file_of("camt.053", entry("5.123", "B-1"))
    batch = taken(camt.statements_in("f.xml", text.encode(), "DKK"), "DKK")
    assert not batch.rows
    (statement,) = batch.statements
    assert "entry-not-booked" in dict(statement.value.findings)


def test_a_file_is_known_by_how_it_begins(tmp_path: Path) -> None:
    csv = tmp_path / "a.xml"
    csv.write_text("account,line_id,booked_on,amount,reference,text\naarhus,1,2021-01-11,5.00,,\n")
    assert [row.value.line for row in read_bank_file(csv, "DKK").rows] == ["1"]
    xml = tmp_path / "b.csv"
    xml.write_text("\ufeff\n" + file_of("camt.053", entry("5.00", "B-1")), encoding="utf-8")
    assert isinstance(read_bank_file(xml, "DKK"), BankBatch)


def test_a_hostile_file_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "evil.xml"
    path.write_text('<!DOCTYPE a [<!ENTITY b "c">]>' + file_of("camt.053", ""), encoding="utf-8")
    with pytest.raises(BankFileRefused, match="DOCTYPE"):
        read_bank_file(path, "DKK")
    path.write_bytes(file_of("camt.053", "").encode("utf-16"))
    with pytest.raises(BankFileRefused, match="UTF-16"):
        read_bank_file(path, "DKK")
    with pytest.raises(NotFound, match="no file"):
        read_bank_file(tmp_path / "none.xml", "DKK")


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples of others are not here")
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xml")), ids=lambda each: each.name)
def test_of_others_statements_every_booked_entry_is_a_line_or_told_of(path: Path) -> None:
    try:
        read = camt.read_statements(path)
    except BankFileRefused:
        return
    currencies = {each.currency for each in read.statements}
    if len(currencies) > 1:
        with pytest.raises(FileRefused, match="and the ledger in"):
            taken(read, currencies.pop())
        return
    batch = taken(read, currencies.pop())
    booked = [x for each in read.statements for x in each.entries if x.is_booked]
    left = [kind for row in batch.statements for kind, _ in row.value.findings]
    assert len(batch.rows) + left.count("entry-not-booked") == len(booked)
