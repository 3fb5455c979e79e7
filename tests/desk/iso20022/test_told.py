"""The page on bank files names every element, status and finding there is."""

from __future__ import annotations

import inspect
import re
from datetime import UTC, date, datetime
from pathlib import Path

from lxml import etree

from desk.iso20022 import entry, values
from desk.iso20022.pain001 import payment_xml
from desk.iso20022.pain002 import MEANINGS, READ
from desk.iso20022.payment import CreditTransfer, Debtor, PaymentFile
from desk.iso20022.statement import Oddity
from ledger.bank_account import BankAccount
from ledger.money import Amount
from tests.docs_support import DOCS

PAGE = (DOCS / "reference" / "bank-files.md").read_text(encoding="utf-8")
CODE = set(re.findall(r"[A-Za-z0-9]+", " ".join(re.findall(r"`([^`]*)`", PAGE))))
OBVIOUS = {"Document", "CstmrCdtTrfInitn", "GrpHdr", "Cd", "Prtry", "Dt", "DtTm"}
INNER = {  # what a choice between two forms, or a party, holds
    "AnyBIC", "BIC", "BICOrBEI", "CdOrPrtry", "Domn", "Fmly", "SubFmlyCd", "OrgId", "PrvtId",
    "Agt", "Ccy", "CRDT", "DBIT", "ChrgInclInd", "AddtlRmtInf", "Rcrd", "Tp",
}  # fmt: skip


def written(account: BankAccount, bic: str) -> set[str]:
    """The names of all elements in a payment file."""
    transfer = CreditTransfer(
        "E", "I", Amount(1), Debtor(account, "A", bic), date(2026, 1, 2),
        "B", BankAccount.parse("1234-1"), "C", bic,
    )  # fmt: skip
    file = PaymentFile("M", datetime(2026, 1, 1, tzinfo=UTC), "S", "DKK", (transfer,), "1")
    root = etree.fromstring(payment_xml(file))
    return {str(each.tag).rpartition("}")[2] for each in root.iter()}


def test_every_element_that_is_written_is_told() -> None:
    danish = BankAccount.parse("0400-440116243")
    names = written(danish, "") | written(BankAccount(danish.iban), "DABADKKK")
    assert len(names) > 30
    assert names - OBVIOUS <= CODE


def test_every_element_that_is_read_is_told() -> None:
    source = Path(inspect.getfile(entry)).read_text() + Path(inspect.getfile(values)).read_text()
    names = set(re.findall(r'"([A-Z][A-Za-z]*[a-z][A-Za-z]*|UETR)"', source))
    assert len(names) > 40
    assert names - OBVIOUS - INNER - {"Finding"} <= CODE


def test_every_status_and_finding_is_told() -> None:
    for code, means in MEANINGS.items():
        assert re.search(rf"\| [A-Z, ]*\b{code}\b[A-Z, ]* \| {means}", PAGE), code
    for oddity in Oddity:
        assert f"| `{oddity}` |" in PAGE
    versions = READ["pain.002"]
    assert f"pain.002 | {versions.start} to {versions.stop - 1}, read" in PAGE


def test_the_messages_that_are_shown_are_the_ones_that_are_said() -> None:
    folder = Path(inspect.getfile(entry)).parent
    source = re.sub(r'"\s*\n\s*f?"', "", "".join(p.read_text() for p in folder.glob("*.py")))
    shown = re.findall(r"^\| [^|`]+ \| `([^`]+)` \|$", PAGE, re.MULTILINE)
    assert len(shown) >= 10
    for message in shown:
        longest = max(re.split(r"\d+|UTF-8|…|\(|camt|Stmt|is a |an? ", message), key=len).strip()
        assert longest in source, message
