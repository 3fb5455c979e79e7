"""What a bank answers on a payment file, at each level and in each version."""

from __future__ import annotations

from pathlib import Path

import pytest

from desk.iso20022.document import BankFileRefused
from desk.iso20022.pain002 import (
    READ,
    Meaning,
    Reason,
    meaning,
    read_status_report,
    status_report_in,
)
from ledger.money import Amount
from tests.desk.iso20022.bank import tag
from tests.desk.iso20022.schemas import errors

VERSIONS = READ["pain.002"]
WITH_SCHEMA = (3, 12, 14, 15)


def report(*inside: str, status: str = "PART", version: int = 10) -> bytes:
    original = tag(
        "OrgnlGrpInfAndSts",
        tag("OrgnlMsgId", "OFL-7f3a9c"),
        tag("OrgnlMsgNmId", "pain.001.001.09"),
        tag("OrgnlNbOfTxs", "3"),
        tag("GrpSts", status),
    )
    header = tag("GrpHdr", tag("MsgId", "BANK-9"), tag("CreDtTm", "2026-11-21T15:00:00"))
    body = tag("CstmrPmtStsRpt", header, original, *inside)
    namespace = f"urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version:02d}"
    return f'<?xml version="1.0"?>\n<Document xmlns="{namespace}">{body}</Document>'.encode()


def reason(code: str, *words: str, own: bool = False) -> str:
    return tag(
        "StsRsnInf",
        tag("Rsn", tag("Prtry" if own else "Cd", code)),
        *(tag("AddtlInf", each) for each in words),
    )


def transfer(end_to_end: str, status: str, *more: str) -> str:
    inside = tag("OrgnlEndToEndId", end_to_end), tag("TxSts", status)
    reference = tag("OrgnlTxRef", tag("Amt", '<InstdAmt Ccy="DKK">12.50</InstdAmt>'))
    return tag("TxInfAndSts", *inside, *more, reference)


def group(identity: str, status: str, *inside: str) -> str:
    return tag(
        "OrgnlPmtInfAndSts", tag("OrgnlPmtInfId", identity), tag("PmtInfSts", status), *inside
    )


MIXED = (
    group(
        "OFL-7f3a9c-001",
        "PART",
        transfer("OFL-1", "ACSP"),
        transfer("OFL-2", "RJCT", reason("AC01", "Konto findes ikke", "Ring til banken")),
    )
    + group("OFL-7f3a9c-002", "ACSC")
    + group("OFL-7f3a9c-003", "RJCT", reason("DK07", own=True))
)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_is_read_alike(version: int) -> None:
    content = report(MIXED, version=version)
    if version in WITH_SCHEMA:
        assert errors(f"pain.002.001.{version:02d}", content) == []
    found = status_report_in("status.xml", content)
    assert (found.identifier, found.original_message_id) == ("BANK-9", "OFL-7f3a9c")
    assert (found.original_message, found.original_count) == ("pain.001.001.09", 3)
    assert found.status.code == "PART"
    first, second, third = found.groups
    assert [each.status.code for each in (first, second, third)] == ["PART", "ACSC", "RJCT"]
    accepted, rejected = first.transfers
    assert accepted.end_to_end_id == "OFL-1"
    assert accepted.amount is not None
    assert accepted.amount.amount == Amount(1250)
    assert rejected.status.reasons == (Reason("AC01", ("Konto findes ikke", "Ring til banken")),)
    assert third.status.reasons == (Reason("DK07"),)


@pytest.mark.parametrize(
    ("group_id", "transfer_id", "code", "means"),
    [
        ("OFL-7f3a9c-001", "OFL-1", "ACSP", Meaning.RECEIVED),
        ("OFL-7f3a9c-001", "OFL-2", "RJCT", Meaning.REJECTED),
        ("OFL-7f3a9c-001", "OFL-3", None, None),
        ("OFL-7f3a9c-002", "OFL-4", "ACSC", Meaning.SETTLED),
        ("OFL-7f3a9c-003", "OFL-5", "RJCT", Meaning.REJECTED),
        ("another", "OFL-1", None, None),
    ],
)
def test_what_it_says_of_one_transfer(
    group_id: str, transfer_id: str, code: str | None, means: Meaning | None
) -> None:
    status = status_report_in("status.xml", report(MIXED)).of(group_id, transfer_id)
    assert (status.code if status else None) == code
    assert (status.meaning if status else None) == means


@pytest.mark.parametrize("status", ["RJCT", "ACCP", "ACTC", "PDNG"])
def test_an_answer_on_the_whole_file(status: str) -> None:
    found = status_report_in("status.xml", report(status=status))
    answer = found.of("any", "any")
    assert answer is not None
    assert answer.code == status


def test_what_statuses_mean() -> None:
    received = ("ACCP", "ACSP", "ACTC", "ACWC", "PDNG", "RCVD")
    assert {meaning(each) for each in received} == {Meaning.RECEIVED}
    assert meaning("ACSC") is Meaning.SETTLED
    assert meaning("RJCT") is Meaning.REJECTED
    assert meaning("XXXX") is Meaning.UNKNOWN
    assert meaning("PART") is Meaning.UNKNOWN


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (report().replace(b"OrgnlMsgId", b"Other"), "which payment file it answers"),
        (report(group("", "RJCT")), "the group has no identity"),
        (report(group("G", "PART", transfer("", "RJCT"))), "neither OrgnlEndToEndId nor"),
        (report().replace(b"CstmrPmtStsRpt", b"CstmrPmtRpt"), "there is no CstmrPmtStsRpt"),
        (report().replace(b"2026-11-21T", b"21.11.2026 "), "no day or time"),
        (report(MIXED).replace(b"12.50", b"12,50"), "this is no amount"),
        (report(version=2), "not read here: 2. Ask the bank for one of 3 to 15"),
    ],
)
def test_what_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(BankFileRefused, match=says):
        status_report_in("status.xml", content)


def test_it_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "status.xml"
    path.write_bytes(report(MIXED))
    assert read_status_report(path).groups == status_report_in("status.xml", report(MIXED)).groups
