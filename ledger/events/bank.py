"""What the bank shows of a party's account, and what its lines were matched with."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ledger.dates import Day
from ledger.events.base import Event
from ledger.facts import Source
from ledger.model import Identifier, Model, Position, Text
from ledger.money import Amount
from ledger.parties import Role

Resolution = Literal["fee", "interest", "duplicate", "not-ours", "other"]
"""What a person says that a line is which no item explains."""


class BankAccountNamed(Event):
    """An account number is a party's. The number itself is not kept, but its fingerprint."""

    topic = "BankAccountNamed:1"
    party: Identifier
    number: Text


class StatementFinding(Model):
    """Something that is odd in a statement that could be read."""

    kind: Text
    message: str


class StatementRead(Event):
    """A statement of an account was read: its balances, and whether its entries prove them."""

    topic = "StatementRead:1"
    account: Identifier
    number: Text
    statement: Text
    sequence: str
    start: Day | None
    end: Day | None
    opening: Amount | None
    closing: Amount | None
    booked: Amount | None
    difference: Amount | None
    lines: Annotated[int, Field(ge=0)]
    findings: tuple[StatementFinding, ...]
    source: Source


class BankLineDetail(Model):
    """One of the transfers that a merged line is made of; `amount` is None if it is not told."""

    amount: Amount | None
    reference: str = ""
    text: str = ""
    counterparty: str = ""
    returned: str = ""


class BankLineSeen(Event):
    """A line of a bank statement; `matched` is what it settled when it was read, as was done once.

    `counterparty` is the fingerprint of the account at the other end. `returned` is the bank's code
    for why money came back.
    """

    topic = "BankLineSeen:1"
    line: Text
    account: Identifier
    booked_on: Day
    amount: Amount
    reference: str
    text: str
    matched: Text | None = None
    source: Source
    valued_on: Day | None = None
    statement: str = ""
    counterparty: str = ""
    reversal: bool = False
    returned: str = ""
    details: tuple[BankLineDetail, ...] = ()


class BankNoticeSeen(Event):
    """The bank told of a line before or beside its statement, with what the line is made of.

    A notice books nothing: the statement does.
    """

    topic = "BankNoticeSeen:1"
    line: Text
    account: Identifier
    booked_on: Day
    amount: Amount
    reference: str
    text: str
    counterparty: str = ""
    returned: str = ""
    details: tuple[BankLineDetail, ...]
    source: Source


class BankLineMatched(Event):
    """A line that matched nothing when it was seen settled something when it was read again."""

    topic = "BankLineMatched:1"
    line: Text
    account: Text
    matched: Text
    seen_at: Position


class MatchedLeg(Model):
    """A bank line, or one part of a merged one: parts count from 1, 0 is the whole line."""

    line: Text
    part: Annotated[int, Field(ge=0)]


class MatchedItem(Model):
    """An item and what it gets, signed as it stands on the account."""

    item: Text
    amount: Amount


class BankMatched(Event):
    """Bank lines are these items, by a rule or because a person says so.

    `difference` is what the lines are more than the items get: a fee is below zero.
    """

    topic = "BankMatched:1"
    match: Text
    account: Identifier
    rule: Text
    effect: Text
    legs: tuple[MatchedLeg, ...]
    items: tuple[MatchedItem, ...]
    difference: Amount
    reason: str


class BankUnmatched(Event):
    """A match was given up: by a person, or because all lines together say something else."""

    topic = "BankUnmatched:1"
    match: Text
    account: Identifier
    matched_at: Position
    by_hand: bool
    reason: Text


class BankLineResolved(Event):
    """A person says what a line is that no item explains, and why; it is no longer open."""

    topic = "BankLineResolved:1"
    line: Text
    account: Identifier
    seen_at: Position
    resolution: Resolution
    reason: Text


class BankLineReopened(Event):
    """A line that was resolved is open again."""

    topic = "BankLineReopened:1"
    line: Text
    account: Identifier
    resolved_at: Position
    reason: Text


class ReturnReversed(Event):
    """Money did not come back for good: the bank paid once more. What was owed again is not."""

    topic = "ReturnReversed:1"
    payment: Text
    payer: Identifier
    role: Role
    payee: Identifier
    amount: Amount
    settled_at: Position
    bank_line: Text
    reason: Text


class CapitalReversed(Event):
    """Capital was not paid in after all: the bank line meant something else."""

    topic = "CapitalReversed:1"
    drawdown: Text
    investor: Identifier
    provider: Identifier
    amount: Amount
    received_at: Position
    bank_line: Text
    reason: Text
