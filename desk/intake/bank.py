"""A bank's file, CSV or ISO 20022 XML -> its lines and statements, as the ledger takes them.

Account numbers pass through here and are kept nowhere: the ledger keeps fingerprints.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from desk.intake.files import read_bank
from desk.iso20022 import camt
from desk.iso20022.statement import (
    BankAmount,
    Detail,
    Entry,
    Oddity,
    Party,
    Statement,
    StatementFile,
)
from ledger.decide.refusal import FileRefused, Finding
from ledger.decide.rows import BankBatch, BankDetailRow, BankRow, Batch, Row, StatementRow
from ledger.money import Amount

_HEAD_BYTES = 1_000
_TEXT_MAX = 500
_REFERENCE_MAX = 140
_NAME_DIGITS = 12
_SHOWN = 4
_STATEMENT = "camt.053"


def read_bank_file(path: Path, currency: str) -> Batch[BankRow]:
    """Read a bank statement; whether it is CSV or XML is seen from how it begins.

    Raises:
        NotFound: if there is no file to read at the path.
        FileRefused: if it cannot be taken, with every reason found.
    """
    if not _is_xml(path):
        return read_bank(path)
    return taken(camt.read_statements(path, currency), currency)


def _is_xml(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return False
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") or b"\0" in head[:_SHOWN]


def taken(file: StatementFile, currency: str) -> BankBatch:
    """What the ledger takes of a file of the bank.

    Raises:
        FileRefused: if an account is not in the ledger's currency.
    """
    _require_currency(file, currency)
    rows: list[Row[BankRow]] = []
    statements = []
    for statement in file.statements:
        is_statement = file.message == _STATEMENT
        left: list[tuple[str, str]] = []
        for entry in statement.entries:
            row = _line(statement, entry, currency, noticed=not is_statement)
            if isinstance(row, str):
                left.append(("entry-not-booked", f"line {entry.line} of the file: {row}"))
            elif row is not None:
                rows.append(Row(entry.line, row))
        if is_statement:
            statements.append(Row(statement.line, _statement(statement, currency, left)))
    return BankBatch(file.file, file.sha256, tuple(rows), tuple(statements))


def _require_currency(file: StatementFile, currency: str) -> None:
    findings = []
    for each in file.statements:
        if each.currency and each.currency != currency:
            message = f"the account is in {each.currency}, and the ledger in {currency}"
            findings.append(Finding(each.line, "Acct", message))
    if findings:
        raise FileRefused(file.file, findings)


def _line(
    statement: Statement, entry: Entry, currency: str, *, noticed: bool
) -> BankRow | str | None:
    """A booked entry as a line; None if it is not booked, words if it cannot be taken."""
    if not entry.is_booked:
        return None
    booked_on = _booked_on(statement, entry)
    amount = _amount(entry.amount, currency)
    if booked_on is None:
        return "it has no day on which it was booked"
    if amount is None:
        return f"its amount is no whole number of {currency}'s smallest unit"
    single = entry.details[0] if len(entry.details) == 1 else None
    sign = -1 if amount.minor < 0 else 1
    return BankRow(
        account="",
        line=_name(statement, entry, booked_on),
        booked_on=booked_on,
        amount=amount,
        reference=_reference(single) if single else _cut(entry.reference, _REFERENCE_MAX),
        text=_cut(" ".join([entry.info, *(_texts(single) if single else [])]), _TEXT_MAX),
        number=statement.account.number,
        statement=_cut(statement.identifier, _REFERENCE_MAX),
        valued_on=entry.valued.day if entry.valued else None,
        counterparty=_other(single, sign) if single else "",
        reversal=entry.reversal,
        returned=_returned(entry),
        details=tuple(_detail(each, sign, currency) for each in entry.details),
        noticed=noticed,
    )


def _booked_on(statement: Statement, entry: Entry) -> date | None:
    for each in (entry.booked, entry.valued, statement.end):
        if each is not None:
            return each.day
    return None


def _name(statement: Statement, entry: Entry, booked_on: date) -> str:
    """A short name that tells where the line is: account, day, and what makes it this line."""
    digest, dash, number = entry.line_id.partition("-")
    shown = statement.account.number[-_SHOWN:]
    return f"{shown}-{booked_on:%Y%m%d}-{digest[:_NAME_DIGITS]}{dash}{number}"


def _amount(value: BankAmount, currency: str) -> Amount | None:
    return value.amount if value.currency == currency else None


def _cut(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


def _reference(detail: Detail) -> str:
    """The name that the payer gave, or else what the payee asked to be told."""
    asked = (each.reference for each in detail.structured if each.reference)
    return _cut(detail.references.end_to_end or next(asked, ""), _REFERENCE_MAX)


def _texts(detail: Detail) -> list[str]:
    return [
        *detail.remittance,
        *(more for each in detail.structured for more in (each.document, *each.more)),
        *(each.reference for each in detail.structured),
        detail.info,
        detail.references.instruction,
    ]


def _other(detail: Detail, sign: int) -> str:
    """The number of the account at the other end: who is paid, or who paid."""
    party: Party | None = detail.creditor if sign < 0 else detail.debtor
    return party.account.number if party is not None and party.account is not None else ""


def _returned(entry: Entry) -> str:
    codes = (each.returned.reason for each in entry.details if each.returned is not None)
    return _cut(next(codes, ""), _SHOWN)


def _detail(detail: Detail, sign: int, currency: str) -> BankDetailRow:
    return BankDetailRow(
        amount=_amount(detail.amount, currency) if detail.amount is not None else None,
        reference=_reference(detail),
        text=_cut(" ".join(_texts(detail)), _TEXT_MAX),
        counterparty=_other(detail, sign),
        returned=_cut(detail.returned.reason, _SHOWN) if detail.returned else "",
    )


_STATED = (Oddity.BALANCE, Oddity.COUNT, Oddity.DETAILS, Oddity.STATUS, Oddity.CURRENCY)
"""What is worth keeping of what is odd; a line that comes again is no oddity here."""


def _statement(statement: Statement, currency: str, left: list[tuple[str, str]]) -> StatementRow:
    check = statement.check
    figures = [
        _amount(each, currency) if each is not None else None
        for each in (check.opening, check.closing, check.booked, check.difference)
    ]
    findings = [
        (str(each.oddity), each.message)
        for each in statement.all_findings
        if each.oddity in _STATED
    ]
    return StatementRow(
        number=statement.account.number,
        statement=_cut(statement.identifier, _REFERENCE_MAX),
        sequence=_cut(statement.sequence, _SHOWN * _SHOWN),
        start=statement.start.day if statement.start else None,
        end=statement.end.day if statement.end else None,
        opening=figures[0],
        closing=figures[1],
        booked=figures[2],
        difference=figures[3],
        lines=len(statement.entries),
        findings=(*findings, *left),
    )
