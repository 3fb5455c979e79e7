"""The journal written for other people's tools: hledger, beancount, or a spreadsheet.

One transaction per event and book, in order of position: every book balances on its own, so it
can be read on its own. A transaction counts on its value date and names its ledger position, as
code and tag `position` in hledger, as metadata `position` in beancount, as a column in CSV. One
that counts in a period that was closed before it names the day on which it is booked, as tag or
metadata `booked`; CSV has a column `booked_on` for all.
Debit is above zero. Nothing but the journal view is read, and the same journal gives the same
bytes.

An account of a book becomes, in hledger,

    BOOK:ROLE:AGREEMENT:ACCOUNT[:COUNTERPARTY]    state-fund:outcome_payer:hf-1:payable:dsi

and declares its type, so that `hledger balancesheet` and `incomestatement` know it. In beancount
it stands under a root, each word with a capital, and `-` for the role's `_`:

    ROOT:Book:Role:Agreement:Account[:Counterparty]

    Assets         bank, receivable, investment    Assets:Dsi:Investor:Hf-1:Receivable:State-fund
    Liabilities    payable, provision
    Income         funding, outcome-income, guarantee-income, write-off-income
    Expenses       outcome-expense, guarantee-expense, commitment-expense

Two accounts never get one name: an identifier begins with a lower-case letter and holds no
capital, colon or underscore; no role holds a hyphen; and the root follows from the account.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import TextIO

from sqlalchemy import Connection, func, select

from ledger.model import Position
from ledger.money import Amount
from ledger.parties import Role
from projections import views as v
from projections.follow import Views
from projections.posting import Account, Line

CSV_COLUMNS = (
    "position", "line", "agreement", "book", "role", "account", "counterparty", "value_date",
    "booked_on", "debit", "credit",
)  # fmt: skip

_PAGE = 2_000
"""Positions read at a time."""

_HLEDGER_TYPES = {
    Account.BANK: "C",
    Account.RECEIVABLE: "A",
    Account.INVESTMENT: "A",
    Account.PAYABLE: "L",
    Account.FUNDING: "R",
    Account.OUTCOME_INCOME: "R",
    Account.OUTCOME_EXPENSE: "X",
    Account.GUARANTEE_INCOME: "R",
    Account.GUARANTEE_EXPENSE: "X",
    Account.COMMITMENT_EXPENSE: "X",
    Account.PROVISION: "L",
    Account.CLAWBACK_RECEIVABLE: "A",
    Account.CLAWBACK_PAYABLE: "L",
    Account.WRITE_OFF_EXPENSE: "X",
    Account.WRITE_OFF_INCOME: "R",
}
_BEANCOUNT_ROOTS = {
    Account.BANK: "Assets",
    Account.RECEIVABLE: "Assets",
    Account.INVESTMENT: "Assets",
    Account.PAYABLE: "Liabilities",
    Account.FUNDING: "Income",
    Account.OUTCOME_INCOME: "Income",
    Account.OUTCOME_EXPENSE: "Expenses",
    Account.GUARANTEE_INCOME: "Income",
    Account.GUARANTEE_EXPENSE: "Expenses",
    Account.COMMITMENT_EXPENSE: "Expenses",
    Account.PROVISION: "Liabilities",
    Account.CLAWBACK_RECEIVABLE: "Assets",
    Account.CLAWBACK_PAYABLE: "Liabilities",
    Account.WRITE_OFF_EXPENSE: "Expenses",
    Account.WRITE_OFF_INCOME: "Income",
}
_MEANINGS = {
    Account.INVESTMENT: "drawdown",
    Account.FUNDING: "drawdown",
    Account.OUTCOME_EXPENSE: "entitlement",
    Account.OUTCOME_INCOME: "entitlement",
    Account.GUARANTEE_EXPENSE: "guarantee",
    Account.GUARANTEE_INCOME: "guarantee",
    Account.COMMITMENT_EXPENSE: "commitment",
    Account.BANK: "payment",
    Account.WRITE_OFF_EXPENSE: "write-off",
    Account.WRITE_OFF_INCOME: "write-off",
    Account.CLAWBACK_RECEIVABLE: "clawback",
    Account.CLAWBACK_PAYABLE: "clawback",
}
"""What a transaction is about, told by the one of these accounts that it touches."""

# A spreadsheet takes a cell that begins with one of these for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class JournalFormat(StrEnum):
    """How the journal is written."""

    HLEDGER = "hledger"
    BEANCOUNT = "beancount"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class _Opened:
    """An account of a book, and the first value date on it."""

    book: str
    role: Role
    agreement: str
    account: Account
    counterparty: str
    first: date


@dataclass(frozen=True, slots=True)
class _Transaction:
    """The lines of one event in one book; they sum to zero."""

    lines: tuple[Line, ...]
    booked_on: date

    @property
    def booked_late(self) -> bool:
        """Whether it is booked on another day than it counts on."""
        return self.booked_on != self.value_date

    @property
    def position(self) -> Position:
        return self.lines[0].position

    @property
    def value_date(self) -> date:
        return self.lines[0].value_date

    @property
    def description(self) -> str:
        meanings = [_MEANINGS[line.account] for line in self.lines if line.account in _MEANINGS]
        return f"{self.lines[0].agreement} {meanings[0]}"


def hledger_account(
    book: str, role: Role, agreement: str, account: Account, counterparty: str
) -> str:
    """The account's name in hledger; no counterparty is written as nothing."""
    name = f"{book}:{role}:{agreement}:{account}"
    return f"{name}:{counterparty}" if counterparty else name


def beancount_account(
    book: str, role: Role, agreement: str, account: Account, counterparty: str
) -> str:
    """The account's name in beancount; no counterparty is written as nothing."""
    words = [book, role.replace("_", "-"), agreement, account, counterparty]
    return ":".join(
        [_BEANCOUNT_ROOTS[account], *(word[0].upper() + word[1:] for word in words if word)]
    )


def write_journal(
    views: Views, currency: str, form: JournalFormat, out: TextIO, last: int | None = None
) -> int:
    """Write the journal, as it stands or up to a position, to a text file opened with newline="".

    No lock is held while writing, however slowly `out` is read: pages up to the position at
    which the writing began. Returns the number of transactions.
    """
    with views.engine.connect() as connection:
        if last is None:
            last = connection.execute(select(v.progress.c.position)).scalar_one()
        opened = _opened(connection, last)
    head, entry = _WRITERS[form]
    out.writelines(head(currency, opened))
    written = 0
    for transaction in _transactions(views, last):
        out.writelines(entry(currency, transaction))
        written += 1
    return written


def _opened(connection: Connection, last: int) -> list[_Opened]:
    """Every account with a line up to a position, in order of its words."""
    line = v.line.c
    words = (line.book, line.role, line.agreement, line.account, line.counterparty)
    query = (
        select(*words, func.min(line.value_date))
        .where(line.position <= last)
        .group_by(*words)
        .order_by(*words)
    )
    return [
        _Opened(book, Role(role), agreement, Account(account), counterparty, first)
        for book, role, agreement, account, counterparty, first in connection.execute(query)
    ]


def _transactions(views: Views, last: int) -> Iterator[_Transaction]:
    """The journal up to a position; of one event, the books in the order of their first lines."""
    for start in range(1, last + 1, _PAGE):
        for _, event in groupby(
            _lines(views, start, min(start + _PAGE - 1, last)), key=lambda row: row[0].position
        ):
            books: dict[tuple[str, date], list[Line]] = {}
            for line, booked_on in event:
                books.setdefault((line.book, booked_on), []).append(line)
            yield from (
                _Transaction(tuple(lines), booked_on) for (_, booked_on), lines in books.items()
            )


def _lines(views: Views, first: int, last: int) -> list[tuple[Line, date]]:
    """The lines from one position to another, each with the day on which it is booked."""
    query = (
        select(v.line)
        .where(v.line.c.position.between(first, last))
        .order_by(v.line.c.position, v.line.c.number)
    )
    with views.engine.connect() as connection:
        return [
            (
                Line(
                    Position(row.position),
                    row.number,
                    row.agreement,
                    row.book,
                    Role(row.role),
                    Account(row.account),
                    row.counterparty,
                    row.value_date,
                    Amount(row.amount),
                ),
                row.booked_on,
            )
            for row in connection.execute(query)
        ]


def _words(of: _Opened | Line) -> tuple[str, Role, str, Account, str]:
    return of.book, of.role, of.agreement, of.account, of.counterparty


def _hledger_head(currency: str, opened: list[_Opened]) -> Iterator[str]:
    yield f"commodity 1000.00 {currency}\n\n"
    for each in opened:
        name = hledger_account(*_words(each))
        yield f"account {name}  ; type:{_HLEDGER_TYPES[each.account]}\n"


def _hledger_entry(currency: str, transaction: _Transaction) -> Iterator[str]:
    position = transaction.position
    booked = f", booked:{transaction.booked_on}" if transaction.booked_late else ""
    yield (
        f"\n{transaction.value_date} ({position}) {transaction.description}"
        f"  ; position:{position}{booked}\n"
    )
    for each in transaction.lines:
        name = hledger_account(*_words(each))
        yield f"    {name:<64}  {each.amount!s:>15} {currency}\n"


def _beancount_head(currency: str, opened: list[_Opened]) -> Iterator[str]:
    yield f'option "operating_currency" "{currency}"\n\n'
    for each in opened:
        name = beancount_account(*_words(each))
        yield f"{each.first} open {name} {currency}\n"


def _beancount_entry(currency: str, transaction: _Transaction) -> Iterator[str]:
    yield f'\n{transaction.value_date} * "{transaction.description}"\n'
    yield f"  position: {transaction.position}\n"
    if transaction.booked_late:
        yield f"  booked: {transaction.booked_on}\n"
    for each in transaction.lines:
        name = beancount_account(*_words(each))
        yield f"  {name:<76}  {each.amount!s:>15} {currency}\n"


def _csv_head(_: str, __: list[_Opened]) -> Iterator[str]:
    yield _csv_row(CSV_COLUMNS)


def _csv_entry(_: str, transaction: _Transaction) -> Iterator[str]:
    for each in transaction.lines:
        words = (each.agreement, each.book, each.role, each.account, each.counterparty)
        debit, credit = (each.amount, "") if each.amount.minor > 0 else ("", -each.amount)
        yield _csv_row(
            (
                str(each.position),
                str(each.number),
                *map(harmless, words),
                each.value_date.isoformat(),
                transaction.booked_on.isoformat(),
                str(debit),
                str(credit),
            )
        )


def _csv_row(cells: tuple[str, ...]) -> str:
    row = io.StringIO()
    # The writer quotes only the line ends that it writes itself, so it must write both of them.
    csv.writer(row, lineterminator="\r\n").writerow(cells)
    return row.getvalue().removesuffix("\r\n") + "\n"


def harmless(text: str) -> str:
    """A text cell that no spreadsheet takes for a formula: one that might be gets a quote."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


_Head = Callable[[str, list[_Opened]], Iterator[str]]
_Entry = Callable[[str, _Transaction], Iterator[str]]
_WRITERS: dict[JournalFormat, tuple[_Head, _Entry]] = {
    JournalFormat.HLEDGER: (_hledger_head, _hledger_entry),
    JournalFormat.BEANCOUNT: (_beancount_head, _beancount_entry),
    JournalFormat.CSV: (_csv_head, _csv_entry),
}
