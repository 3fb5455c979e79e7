"""Reads camt.052, camt.053 and camt.054, versions 2 to 14, into `StatementFile`.

Elements are known by their local names, and where versions differ by what is there: a status is a
word up to version 6 and an element from 7 on, a transaction's own amount is missing in version 2,
charges and parties moved. A file is taken whole or refused whole: what cannot be read (an amount
with a comma, no sign, a day that does not exist) refuses it with every such line; what can be read
and is odd is a finding.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from desk.iso20022 import balance
from desk.iso20022.document import BankDocument, Node, open_document, understood
from desk.iso20022.entry import decimals, read_entry
from desk.iso20022.line_id import named
from desk.iso20022.statement import (
    Balance,
    BalanceCheck,
    BankFinding,
    Entry,
    Oddity,
    Proof,
    StatedAccount,
    Statement,
    StatementFile,
)
from desk.iso20022.values import Unreadable, account, choice, count, moment, signed
from ledger.decide.refusal import Finding
from projections.follow import Progress, quiet

VERSIONS = range(2, 15)
READ = dict.fromkeys(("camt.052", "camt.053", "camt.054"), VERSIONS)
_BODIES = {
    "camt.052": ("BkToCstmrAcctRpt", "Rpt"),
    "camt.053": ("BkToCstmrStmt", "Stmt"),
    "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}
"""Of each message, the element that holds everything and the one that holds an account."""


def read_statements(
    path: Path, expected_currency: str | None = None, progress: Progress = quiet
) -> StatementFile:
    """Read a statement, report or notification from a bank.

    Amounts in another currency than `expected_currency`, if it is given, become findings.
    `progress` is called with the number of entries just read.

    Raises:
        NotFound: if there is no file to read at the path.
        BankFileRefused: if it cannot be taken, with every reason found.
    """
    return _read(open_document(path, READ), expected_currency, progress)


def statements_in(
    name: str, content: bytes, expected_currency: str | None = None, progress: Progress = quiet
) -> StatementFile:
    """As `read_statements`, of bytes.

    Raises:
        BankFileRefused: if they cannot be taken.
    """
    return _read(understood(name, content, READ), expected_currency, progress)


def _read(document: BankDocument, expected: str | None, progress: Progress) -> StatementFile:
    body, unit = _BODIES[document.message]
    header: Node | None = None
    bodies = 0
    statements: list[Statement] = []
    entries: list[Entry] = []
    problems: list[Finding] = []
    for node in document.parts(("Ntry", unit, "GrpHdr", body)):
        try:
            if node.name == "Ntry":
                entries.append(read_entry(node))
                progress(1)
            elif node.name == unit:
                statements.append(_statement(node, document.message, entries, expected))
                entries = []
            elif node.name == "GrpHdr":
                header = header or node
            else:
                bodies += 1
        except Unreadable as unreadable:
            problems.append(unreadable.finding)
    if not problems:
        problems = _missing(document.message, bodies, header, statements)
    if problems:
        raise document.refused(problems)
    return StatementFile(
        document.name,
        document.sha256,
        document.message,
        document.version,
        header.value("MsgId") if header else "",
        _once(statements),
    )


def _missing(
    message: str, bodies: int, header: Node | None, statements: list[Statement]
) -> list[Finding]:
    """What a message must hold and this one does not."""
    body, unit = _BODIES[message]
    if not bodies:
        text = f"the namespace says {message}, but there is no {body} in it; ask the bank"
        return [Finding(1, "Document", text)]
    if not statements:
        line = header.line if header else 1
        text = f"the file holds no account: there is no {unit}; ask the bank, or leave it out"
        return [Finding(line, body, text)]
    return []


def _statement(node: Node, message: str, entries: list[Entry], expected: str | None) -> Statement:
    stated = account(node.get("Acct"))
    if stated is None or not stated.number:
        raise Unreadable(node, f"{node.name}/Acct", "the account's number is missing")
    if not node.value("Id"):
        raise Unreadable(node, f"{node.name}/Id", "the statement's own Id is missing")
    balances = tuple(_balance(each) for each in node.all("Bal"))
    lines = named(entries)
    check = balance.prove(balances, lines)
    currency = _currency(stated, balances, lines)
    findings = [
        *_balance_findings(check, message, node.line),
        *_currency_findings(node, currency, expected, balances, lines),
        *_count_findings(node, lines),
        *(odd for each in balances for odd in decimals(each.line, "Bal/Amt", each.amount)),
    ]
    return Statement(
        identifier=node.value("Id"),
        account=stated,
        currency=currency,
        sequence=node.value("ElctrncSeqNb") or node.value("LglSeqNb"),
        created=moment(node.get("CreDtTm")),
        start=moment(node.get("FrToDt", "FrDtTm") or node.get("FrToDt", "FrDt")),
        end=moment(node.get("FrToDt", "ToDtTm") or node.get("FrToDt", "ToDt")),
        duplicate=node.value("CpyDplctInd") in ("DUPL", "CODU"),
        balances=balances,
        entries=lines,
        check=check,
        line=node.line,
        findings=tuple(sorted(findings)),
    )


def _balance(node: Node) -> Balance:
    kind = choice(node.get("Tp"))
    if not kind:
        raise Unreadable(node, "Bal/Tp", "the balance does not say which kind it is")
    return Balance(kind, signed(node, "Amt"), moment(node.get("Dt")), node.line)


def _currency(
    stated: StatedAccount, balances: tuple[Balance, ...], entries: tuple[Entry, ...]
) -> str:
    """The account's currency: as stated, or else of its first amount."""
    if stated.currency:
        return stated.currency
    amounts = [each.amount for each in balances] + [each.amount for each in entries]
    return amounts[0].currency if amounts else ""


def _balance_findings(check: BalanceCheck, message: str, line: int) -> list[BankFinding]:
    """Only a statement (camt.053) must state its balances."""
    if check.proof is Proof.NOT_STATED and message != "camt.053":
        return []
    found = balance.finding(check, line)
    return [] if found is None else [found]


def _currency_findings(
    node: Node,
    currency: str,
    expected: str | None,
    balances: tuple[Balance, ...],
    entries: tuple[Entry, ...],
) -> list[BankFinding]:
    found: list[BankFinding] = []
    if expected and currency != expected:
        text = f"the account is in {currency or 'no currency'}, and {expected} was expected"
        found.append(BankFinding(node.line, "Acct", Oddity.CURRENCY, text))
    for element, each in [("Bal", b) for b in balances] + [("Ntry", e) for e in entries]:
        if each.amount.currency != currency:
            text = f"the amount is in {each.amount.currency}, and the account in {currency}"
            found.append(BankFinding(each.line, element, Oddity.CURRENCY, text))
    return found


def _count_findings(node: Node, entries: tuple[Entry, ...]) -> list[BankFinding]:
    """Where the file's own summary does not agree with its entries."""
    total = node.get("TxsSummry", "TtlNtries")
    if total is None:
        return []
    found = []
    stated = count(total, "NbOfNtries")
    if stated is not None and stated != len(entries):
        text = f"the summary says {stated} entries, and there are {len(entries)}"
        found.append(BankFinding(total.line, "TtlNtries", Oddity.COUNT, text))
    summed = sum((abs(each.amount.value) for each in entries), Decimal(0))
    one_currency = len({each.amount.currency for each in entries}) <= 1
    text = total.value("Sum")
    if text and one_currency and _number(total, text) != summed:
        message = f"the summary says that the entries sum to {text}; they sum to {summed:f}"
        found.append(BankFinding(total.line, "TtlNtries", Oddity.COUNT, message))
    return found


def _number(node: Node, text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        raise Unreadable(node, "TtlNtries/Sum", "this is no number") from None


def _once(statements: list[Statement]) -> tuple[Statement, ...]:
    """The statements, with a finding on each line that an earlier one of the account holds too."""
    seen: Counter[tuple[str, str]] = Counter()
    result = []
    for statement in statements:
        repeated = [
            BankFinding(each.line, "Ntry", Oddity.REPEATED, "an earlier statement has this line")
            for each in statement.entries
            if seen[statement.account.key, each.line_id]
        ]
        seen.update((statement.account.key, each.line_id) for each in statement.entries)
        findings = tuple(sorted([*statement.findings, *repeated]))
        result.append(replace(statement, findings=findings))
    return tuple(result)
