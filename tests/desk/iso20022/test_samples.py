"""Statements that others made, some of them wrong on purpose: every entry, or the reason why not.

The files are not ours and are not in the repository; where they are missing, this says so.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from desk.iso20022.camt import read_statements
from desk.iso20022.document import BankFileRefused
from desk.iso20022.statement import Oddity, Proof

FOLDER = Path(__file__).parents[4] / "shared" / "samples" / "bank"
READ = {
    "camt052.v4.xml": ("camt.052", 4, [(1, "CHF", Proof.NOT_STATED)], {Oddity.CURRENCY}),
    "camt053.v2.all-balance-types.xml": (
        "camt.053",
        2,
        [(1, "EUR", Proof.DIFFERENT)],
        {Oddity.BALANCE, Oddity.DECIMALS},
    ),
    "camt053.v2.five.decimals.xml": (
        "camt.053",
        2,
        [(1, "EUR", Proof.DIFFERENT)],
        {Oddity.BALANCE, Oddity.DECIMALS},
    ),
    "camt053.v2.minimal.xml": (
        "camt.053",
        2,
        [(1, "EUR", Proof.DIFFERENT)],
        {Oddity.BALANCE, Oddity.CURRENCY},
    ),
    "camt053.v2.multi.statement.xml": (
        "camt.053",
        2,
        [(1, "EUR", Proof.PROVEN), (1, "EUR", Proof.PROVEN)],
        set(),
    ),
    "camt053.v3.xml": (
        "camt.053",
        3,
        [(1, "EUR", Proof.DIFFERENT)],
        {Oddity.BALANCE, Oddity.CURRENCY, Oddity.DECIMALS, Oddity.DETAILS},
    ),
    "camt053.v8.xml": (
        "camt.053",
        8,
        [(1, "EUR", Proof.DIFFERENT)],
        {Oddity.BALANCE, Oddity.CURRENCY},
    ),
    "camt054.v2.xml": ("camt.054", 2, [(1, "SEK", Proof.NOT_STATED)], set()),
    "camt054.v8.xml": ("camt.054", 8, [(1, "SEK", Proof.NOT_STATED)], {Oddity.COUNT}),
}
REFUSED = {"camt053.v2.wrong.xml": "there is no Stmt"}

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the sample statements of others are not beside the repository"
)


def test_no_sample_is_left_out() -> None:
    assert {path.name for path in FOLDER.iterdir()} == READ.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", READ)
def test_a_sample_is_read_with_every_entry(name: str) -> None:
    message, version, statements, oddities = READ[name]
    path = FOLDER / name
    found = read_statements(path)
    assert (found.message, found.version) == (message, version)
    assert [
        (len(each.entries), each.currency, each.check.proof) for each in found.statements
    ] == statements
    assert {
        each.oddity for statement in found.statements for each in statement.all_findings
    } == oddities
    content = path.read_text()
    assert sum(len(each.entries) for each in found.statements) == content.count("<Ntry>")
    details = [d for each in found.statements for e in each.entries for d in e.details]
    assert len(details) == content.count("<TxDtls>")
    assert [each for d in details for each in d.remittance if each] == [
        line.partition("</Ustrd>")[0] for line in content.split("<Ustrd>")[1:]
    ]
    assert [d.references.end_to_end for d in details if d.references.end_to_end] == [
        line.partition("</EndToEndId>")[0] for line in content.split("<EndToEndId>")[1:]
    ]
    assert [each.reference for d in details for each in d.structured] == [
        line.partition("</Ref>")[0]
        for line in content.split("</CdtrRefInf>")
        for line in line.partition("<CdtrRefInf>")[2].split("<Ref>")[1:]
    ]


@pytest.mark.parametrize("name", REFUSED)
def test_a_sample_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(BankFileRefused, match=REFUSED[name]):
        read_statements(FOLDER / name)


def test_the_difference_is_said_with_its_figures() -> None:
    """Five decimals: 18.15 and 8.85 are 27.00, and the bank says 27.05."""
    statement = read_statements(FOLDER / "camt053.v2.five.decimals.xml").statements[0]
    assert statement.findings[0].message == (
        "opening 18.150 EUR + booked entries 8.850 EUR is not closing 27.050 EUR; "
        "the difference is 0.050 EUR"
    )


def test_a_notification_in_full() -> None:
    entry = read_statements(FOLDER / "camt054.v8.xml").statements[0].entries[0]
    assert entry.amount.value == -200_000
    assert entry.code.iso == "PMNT/ICDT/DMCT"
    assert entry.code.own == "Z24"
    assert entry.collected is not None
    assert entry.collected.payment_information == "UXC06170000006PI00001"
    last = entry.details[-1]
    assert last.creditor is not None
    assert last.creditor.name == "Example Creditor 3 - V3"
    assert last.creditor.account is not None
    assert last.creditor.account.iban == "CH7212345003232323232"
    assert last.creditor.bank == "BANKCHBE"
    assert [each.scheme for each in last.structured] == ["SCOR", "SCOR"]
