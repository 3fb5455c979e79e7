"""The open differences between the books and the bank, by name, on both sides.

They are reckoned from what is recorded, all of it at once, so that nothing depends on the order in
which files were read. Every kind has a code that stays; docs/reference/matching.md tells them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from ledger import events as e
from ledger.decide.bank import shown
from ledger.decide.bank_state import BankState
from ledger.decide.expected import Expected, PaymentItem, place
from ledger.decide.matching import CANDIDATES_MAX, Found, OpenLeg
from ledger.money import ZERO, Amount

PAYMENT_DAYS = 7
"""After so many days a payment that was sent should stand on the statement."""
ASKED_DAYS = 30
"""After so many days capital that was called, or money demanded back, should have come."""
NOTICE_DAYS = 7
"""After so many days a line that the bank told of should stand in a statement."""

OVERDUE, PART = "item-overdue", "item-part"
GAP, CONTINUITY, NOTICE = "statement-gap", "statement-continuity", "notice-alone"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something on which the books and the bank do not agree.

    `name` is the line, item or statement, as commands take it; `text` what the bank or the finding
    says; `candidates` what a line might be. `amount` is signed as on the account, nothing if there
    is none.
    """

    kind: str
    account: str
    name: str
    on: date | None
    amount: Amount | None
    text: str
    candidates: tuple[str, ...]


def differences(
    found: Mapping[str, Found],
    items: Mapping[str, Mapping[str, Expected]],
    banks: Mapping[str, BankState],
    today: date,
) -> list[Difference]:
    """All of them, by account, day and name."""
    every = [
        each
        for party, bank in banks.items()
        for each in (
            *_lines(party, found[party].open, bank),
            *_items(party, items[party].values(), found[party].paid, today),
            *_statements(party, bank.statements.values()),
            *_notices(bank, today),
        )
    ]
    return sorted(every, key=lambda each: (each.account, each.on or date.min, each.kind, each.name))


def _lines(party: str, legs: Iterable[OpenLeg], bank: BankState) -> Iterator[Difference]:
    for each in legs:
        leg = each.leg
        text = bank.lines[leg.key[0]].text
        reference = f"{leg.reference} " if leg.reference else ""
        yield Difference(
            each.why.value,
            party,
            place(leg.key),
            leg.booked_on,
            leg.amount,
            (reference + text).strip(),
            each.candidates[:CANDIDATES_MAX],
        )


def _items(
    party: str, items: Iterable[Expected], paid: Mapping[str, Amount], today: date
) -> Iterator[Difference]:
    for each in items:
        item = each.item
        rest = item.amount - paid.get(item.name, ZERO)
        if item.closed or not rest or item.came_back:
            continue
        days = PAYMENT_DAYS if isinstance(each, PaymentItem) else ASKED_DAYS
        if item.since + timedelta(days) <= today:
            kind = PART if rest != item.amount else OVERDUE
            yield Difference(kind, party, item.name, item.since, rest, "", ())


def _statements(party: str, statements: Iterable[e.StatementRead]) -> Iterator[Difference]:
    by_number: dict[str, list[e.StatementRead]] = defaultdict(list)
    for each in statements:
        by_number[each.number].append(each)
        for finding in each.findings:
            amount = each.difference if finding.kind == "balance" else None
            kind = f"statement-{finding.kind}"
            yield Difference(kind, party, each.statement, each.end, amount, finding.message, ())
    for chain in by_number.values():
        for earlier, later in pairwise(sorted(chain, key=_order)):
            yield from _between(party, earlier, later)


def _order(statement: e.StatementRead) -> tuple[date, int, str]:
    on = statement.end or statement.start or date.min
    return on, _sequence(statement) or 0, statement.statement


def _sequence(statement: e.StatementRead) -> int | None:
    text = statement.sequence
    return int(text) if text.isascii() and text.isdigit() else None


def _between(party: str, earlier: e.StatementRead, later: e.StatementRead) -> Iterator[Difference]:
    """What lies between two statements of an account that should follow on each other."""
    if earlier.statement == later.statement:
        return
    jump = None
    if earlier.closing is not None and later.opening is not None:
        jump = later.opening - earlier.closing
    first, second = _sequence(earlier), _sequence(later)
    numbered = first is not None and second is not None and second > first
    text = f"{shown(later.number)}: {earlier.statement} .. {later.statement}"
    if numbered and second != (first or 0) + 1:
        yield Difference(GAP, party, later.statement, later.start or later.end, jump, text, ())
    elif jump:
        on = later.start or later.end
        yield Difference(CONTINUITY, party, later.statement, on, jump, text, ())


def _notices(bank: BankState, today: date) -> Iterator[Difference]:
    for name, each in bank.notices.items():
        if name not in bank.lines and each.booked_on + timedelta(NOTICE_DAYS) <= today:
            text = f"{each.reference} {each.text}".strip()
            yield Difference(NOTICE, bank.account, name, each.booked_on, each.amount, text, ())
