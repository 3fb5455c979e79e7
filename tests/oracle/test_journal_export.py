"""The exported journal, read by hledger, by beancount and as CSV: the same balances everywhere.

Expected balances are computed by SQL from the journal view, names aside.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import account as beancount_names
from beancount.core.data import Open, Transaction
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update

from desk.cli.session import VIEWS_FILE
from ledger.model import Position
from ledger.money import Amount
from ledger.parties import Role
from projections import export
from projections import views as v
from projections.export import (
    CSV_COLUMNS,
    JournalFormat,
    beancount_account,
    harmless,
    hledger_account,
    write_journal,
)
from projections.follow import Views
from projections.posting import Account, Line
from tests.drawn_terms import CURRENCY
from tests.histories import play, scratch
from tests.oracle import hledger
from tests.trials import parts

HISTORIES = 200
BEANCOUNT_HISTORIES = 40
WORKERS = 8
"""In so many tests the histories are played."""
STEPS = 20

Words = tuple[str, Role, str, Account, str]
"""Book, role, agreement, account, counterparty."""


# --- both sides ---------------------------------------------------------------------------------


@contextmanager
def views_of(seed: int) -> Iterator[Views]:
    """The views of a seed's history."""
    with scratch() as folder:
        history = play(Path(folder), seed, STEPS)
        views = Views(Path(folder) / "views.sqlite")
        views.catch_up(history.ledger().log)
        try:
            yield views
        finally:
            views.close()
            history.close()


@contextmanager
def views_with(lines: Iterable[Line]) -> Iterator[Views]:
    """Views whose journal holds just these lines."""
    rows = [
        {
            "position": line.position,
            "number": line.number,
            "agreement": line.agreement,
            "book": line.book,
            "role": line.role.value,
            "account": line.account.value,
            "counterparty": line.counterparty,
            "value_date": line.value_date,
            "amount": line.amount.minor,
            "booked_on": line.value_date,
            "account_id": 0,
        }
        for line in lines
    ]
    with scratch() as folder:
        views = Views(Path(folder) / "views.sqlite")
        views.create()
        with views.engine.begin() as connection:
            connection.execute(insert(v.line), rows)
            last = max(row["position"] for row in rows)
            connection.execute(update(v.progress).values(position=last))
        try:
            yield views
        finally:
            views.close()


def balances(views: Views, before: date | None = None) -> dict[Words, int]:
    """Minor units by account, by SQL; of lines before a value date if one is given."""
    line = v.line.c
    words = (line.book, line.role, line.agreement, line.account, line.counterparty)
    query = select(*words, func.sum(line.amount)).group_by(*words)
    if before is not None:
        query = query.where(line.value_date < before)
    with views.engine.connect() as connection:
        return {
            (book, Role(role), agreement, Account(account), counterparty): amount
            for book, role, agreement, account, counterparty, amount in connection.execute(query)
        }


def exported(views: Views, form: JournalFormat) -> str:
    """The journal as one text; the number of transactions must be right."""
    out = io.StringIO()
    written = write_journal(views, CURRENCY, form, out)
    assert written == len({(row[0], row[3]) for row in views.rows(v.line)})
    return out.getvalue()


def compare_with_hledger(views: Views) -> None:
    """It finds the journal in order, and every balance as SQL does, now and at a day."""
    with scratch() as folder:
        _compare_with_hledger(views, Path(folder) / "books.journal")


def _compare_with_hledger(views: Views, journal: Path) -> None:
    journal.write_text(exported(views, JournalFormat.HLEDGER), encoding="ascii")
    hledger.check(journal)
    assert hledger.balances(journal, CURRENCY) == {
        hledger_account(*words): amount for words, amount in balances(views).items()
    }
    days = sorted(row[7] for row in views.rows(v.line))
    middle = days[len(days) // 2]
    assert hledger.balances(journal, CURRENCY, middle) == {
        hledger_account(*words): amount for words, amount in balances(views, middle).items()
    }


def compare_with_beancount(views: Views) -> None:
    """It loads the journal without errors, and finds every balance as SQL does."""
    entries, errors, _ = loader.load_string(exported(views, JournalFormat.BEANCOUNT))
    assert not errors, errors
    opened = [entry.account for entry in entries if isinstance(entry, Open)]
    found: Counter[str] = Counter(dict.fromkeys(opened, 0))
    positions = set()
    for entry in entries:
        if isinstance(entry, Transaction):
            positions.add(int(entry.meta["position"]))
            for posting in entry.postings:
                assert posting.units is not None
                assert posting.units.currency == CURRENCY
                found[posting.account] += Amount.parse(str(posting.units.number)).minor
    assert dict(found) == {
        beancount_account(*words): amount for words, amount in balances(views).items()
    }
    assert positions == {row[0] for row in views.rows(v.line)}


def compare_with_csv(views: Views) -> None:
    """The CSV sums to the same balances; every row is a debit or a credit."""
    found: Counter[Words] = Counter(dict.fromkeys(balances(views), 0))
    for row in csv.DictReader(io.StringIO(exported(views, JournalFormat.CSV))):
        assert tuple(row) == CSV_COLUMNS
        words = (
            row["book"],
            Role(row["role"]),
            row["agreement"],
            Account(row["account"]),
            row["counterparty"],
        )
        (side,) = [side for side in ("debit", "credit") if row[side]]
        assert re.fullmatch(r"[0-9]+\.[0-9]{2}", row[side])
        amount = Amount.parse(row[side])
        found[words] += (amount if side == "debit" else -amount).minor
    assert found == balances(views)


# --- random histories ---------------------------------------------------------------------------


@pytest.mark.parametrize("worker", parts(2, WORKERS))
def test_hledger_finds_every_balance(worker: int) -> None:
    hledger.program()
    for number in range(worker, HISTORIES, WORKERS):
        with views_of(number) as views:
            compare_with_hledger(views)


@pytest.mark.parametrize(
    "compare", [compare_with_hledger, compare_with_beancount, compare_with_csv]
)
def test_every_balance_of_the_demo_is_found(demo: Path, compare: Callable[[Views], None]) -> None:
    views = Views(demo / VIEWS_FILE)
    compare(views)
    views.close()


def test_beancount_finds_every_balance() -> None:
    for number in range(BEANCOUNT_HISTORIES):
        with views_of(number) as views:
            compare_with_beancount(views)
            compare_with_csv(views)


@pytest.mark.parametrize(
    "compare", [compare_with_hledger, compare_with_beancount, compare_with_csv]
)
def test_a_wrong_amount_is_caught(
    compare: Callable[[Views], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rounded to whole kroner, every book still balances: only the comparison can tell."""
    hledger.program()
    with views_of(0) as views:
        compare(views)
        monkeypatch.setattr(Amount, "__str__", _rounded_to_kroner)
        with pytest.raises(AssertionError, match=r"^assert .*\{"):
            compare(views)


def _rounded_to_kroner(amount: Amount) -> str:
    sign = "-" if amount.minor < 0 else ""
    return f"{sign}{abs(amount.minor) // 100}.00"


# --- odd journals -------------------------------------------------------------------------------

IDENTIFIERS = st.from_regex(r"[a-z][a-z0-9-]{1,39}", fullmatch=True)
WORDS = st.tuples(
    IDENTIFIERS,
    st.sampled_from(Role),
    IDENTIFIERS,
    st.sampled_from(Account),
    st.just("") | IDENTIFIERS,
)
ODD_NAMES = (
    *("assets", "income", "account", "include", "comment", "end", "p-1", "y2024", "open", "option"),
    *("a-", "a--", "a-b", "ab", "a-b-c", "x2024-01-01", "inf", "nan", "true", "null", "dkk"),
    "a" * 40,
    "z" + "-" * 39,
)
"""Identifiers that another program may take for something else, and ones that look alike."""


@given(WORDS)
def test_an_account_can_be_read_back_from_its_name_in_hledger(words: Words) -> None:
    book, role, agreement, account, *counterparty = hledger_account(*words).split(":")
    assert words == (book, Role(role), agreement, Account(account), "".join(counterparty))


@given(WORDS)
def test_an_account_can_be_read_back_from_its_name_in_beancount(words: Words) -> None:
    name = beancount_account(*words)
    assert beancount_names.is_valid(name)
    _, *capitals = name.split(":")
    book, role, agreement, account, *counterparty = [
        word[0].lower() + word[1:] for word in capitals
    ]
    role = role.replace("-", "_")
    assert words == (book, Role(role), agreement, Account(account), "".join(counterparty))


def _odd_lines() -> Iterator[Line]:
    """Every account of every role under every odd name, and amounts up to the largest there is."""
    largest = 10**17 - 1
    names = itertools.cycle(ODD_NAMES)
    pairs = itertools.product(ODD_NAMES, zip(Role, itertools.cycle(Account), strict=False))
    for position, (book, (role, account)) in enumerate(pairs, start=1):
        amount = Amount(largest if position % 7 == 0 else position)
        day = date(2024, 2, 29) if position % 2 else date(1999, 12, 31)
        for number, (each, sign) in enumerate(((account, 1), (Account.BANK, -1)), start=1):
            yield Line(
                Position(position),
                number,
                next(names),
                book,
                role,
                each,
                next(names),
                day,
                amount if sign == 1 else -amount,
            )


@pytest.mark.parametrize(
    "compare", [compare_with_hledger, compare_with_beancount, compare_with_csv]
)
def test_odd_names_and_large_amounts_are_read_alike(compare: Callable[[Views], None]) -> None:
    with views_with(_odd_lines()) as views:
        compare(views)


def test_the_same_journal_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether views followed the events or were made at once, and in pages of any size."""
    with views_of(0) as views:
        first = [exported(views, form) for form in JournalFormat]
        lines = [_line(row) for row in views.rows(v.line)]
    monkeypatch.setattr(export, "_PAGE", 3)
    with views_with(reversed(lines)) as others:
        assert [exported(others, form) for form in JournalFormat] == first


def _line(row: tuple[Any, ...]) -> Line:
    position, number, agreement, book, role, account, counterparty, value_date, amount = row[:9]
    return Line(
        Position(position),
        number,
        agreement,
        book,
        Role(role),
        Account(account),
        counterparty,
        value_date,
        Amount(amount),
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_spreadsheet_takes_a_cell_for_a_formula(start: str) -> None:
    assert harmless(f"{start}1+1") == f"'{start}1+1"
    line = _line((1, 1, f"{start}1+1", "dsi", "investor", "bank", "", date(2024, 1, 1), 1))
    with views_with([line]) as views:
        (row,) = csv.DictReader(io.StringIO(exported(views, JournalFormat.CSV), newline=""))
    assert row["agreement"] == f"'{start}1+1"


# --- one journal, to be read --------------------------------------------------------------------

A_DRAWDOWN = [
    _line((7, 1, "hf-1", "dsi", "investor", "investment", "aarhus", date(2024, 1, 2), 100_001)),
    _line((7, 2, "hf-1", "dsi", "investor", "payable", "aarhus", date(2024, 1, 2), -100_001)),
    _line((7, 3, "hf-1", "aarhus", "provider", "receivable", "dsi", date(2024, 1, 2), 100_001)),
    _line((7, 4, "hf-1", "aarhus", "provider", "funding", "dsi", date(2024, 1, 2), -100_001)),
]
AS_WRITTEN = {
    JournalFormat.HLEDGER: """\
commodity 1000.00 DKK

account aarhus:provider:hf-1:funding:dsi  ; type:R
account aarhus:provider:hf-1:receivable:dsi  ; type:A
account dsi:investor:hf-1:investment:aarhus  ; type:A
account dsi:investor:hf-1:payable:aarhus  ; type:L

2024-01-02 (7) hf-1 drawdown  ; position:7
    dsi:investor:hf-1:investment:aarhus                                       1000.01 DKK
    dsi:investor:hf-1:payable:aarhus                                         -1000.01 DKK

2024-01-02 (7) hf-1 drawdown  ; position:7
    aarhus:provider:hf-1:receivable:dsi                                       1000.01 DKK
    aarhus:provider:hf-1:funding:dsi                                         -1000.01 DKK
""",
    JournalFormat.BEANCOUNT: """\
option "operating_currency" "DKK"

2024-01-02 open Income:Aarhus:Provider:Hf-1:Funding:Dsi DKK
2024-01-02 open Assets:Aarhus:Provider:Hf-1:Receivable:Dsi DKK
2024-01-02 open Assets:Dsi:Investor:Hf-1:Investment:Aarhus DKK
2024-01-02 open Liabilities:Dsi:Investor:Hf-1:Payable:Aarhus DKK

2024-01-02 * "hf-1 drawdown"
  position: 7
  Assets:Dsi:Investor:Hf-1:Investment:Aarhus                                            1000.01 DKK
  Liabilities:Dsi:Investor:Hf-1:Payable:Aarhus                                         -1000.01 DKK

2024-01-02 * "hf-1 drawdown"
  position: 7
  Assets:Aarhus:Provider:Hf-1:Receivable:Dsi                                            1000.01 DKK
  Income:Aarhus:Provider:Hf-1:Funding:Dsi                                              -1000.01 DKK
""",
    JournalFormat.CSV: """\
position,line,agreement,book,role,account,counterparty,value_date,booked_on,debit,credit
7,1,hf-1,dsi,investor,investment,aarhus,2024-01-02,2024-01-02,1000.01,
7,2,hf-1,dsi,investor,payable,aarhus,2024-01-02,2024-01-02,,1000.01
7,3,hf-1,aarhus,provider,receivable,dsi,2024-01-02,2024-01-02,1000.01,
7,4,hf-1,aarhus,provider,funding,dsi,2024-01-02,2024-01-02,,1000.01
""",
}


@pytest.mark.parametrize("form", JournalFormat)
def test_a_drawdown_as_it_is_written(form: JournalFormat) -> None:
    with views_with(A_DRAWDOWN) as views:
        assert exported(views, form) == AS_WRITTEN[form]


@pytest.mark.parametrize(
    ("written", "tampered"),
    [
        ("-1000.01 DKK", "-1000.02 DKK"),
        ("account dsi:investor:hf-1:payable:aarhus  ; type:L\n", ""),
        ("commodity 1000.00 DKK\n", ""),
    ],
    ids=["an øre", "an account", "the currency"],
)
def test_hledger_refuses_a_journal_that_was_tampered_with(
    tmp_path: Path, written: str, tampered: str
) -> None:
    journal = tmp_path / "books.journal"
    text = AS_WRITTEN[JournalFormat.HLEDGER]
    journal.write_text(text, encoding="ascii")
    hledger.check(journal)
    journal.write_text(text.replace(written, tampered, 1), encoding="ascii")
    with pytest.raises(AssertionError, match="hledger check"):
        hledger.check(journal)
