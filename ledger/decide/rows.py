"""What is read from files, row by row, before anything is decided on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from ledger.facts import Quality, Source, Stay, Tariff, TimeSpell
from ledger.money import Amount

_AS_IT_STANDS = Quality()

R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Row(Generic[R_co]):
    """A value and the row it was read from."""

    number: int
    value: R_co


@dataclass(frozen=True, slots=True)
class Batch(Generic[R_co]):
    """A whole file: its base name, the hash of its bytes, its rows in order."""

    file: str
    sha256: str
    rows: tuple[Row[R_co], ...]

    def source(self, row: int | None = None) -> Source:
        """Where a fact was read."""
        return Source(file=self.file, sha256=self.sha256, row=row)


@dataclass(frozen=True, slots=True)
class EnrolmentRow:
    """A person entered an agreement's programme."""

    agreement: str
    person_id: str
    enrolled_on: date
    group: str | None = None
    referred_on: date | None = None
    born_on: date | None = None


@dataclass(frozen=True, slots=True)
class StayRow:
    """A stay of a person, as the register shows it."""

    person_id: str
    stay: Stay


@dataclass(frozen=True, slots=True)
class MeasurementRow:
    """A reading of one indicator for one person, at a milestone if the terms set any."""

    agreement: str
    person_id: str
    milestone_months: int | None
    measured_on: date
    indicator: str
    value: str
    validator: str
    quality: Quality = _AS_IT_STANDS


@dataclass(frozen=True, slots=True)
class SpellRow:
    """A time in which something held for a person."""

    agreement: str
    person_id: str
    spell: TimeSpell


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A reading of one indicator for a cohort, or for the whole agreement."""

    agreement: str
    cohort: str
    measured_on: date
    indicator: str
    value: str
    validator: str
    quality: Quality = _AS_IT_STANDS


@dataclass(frozen=True, slots=True)
class BankDetailRow:
    """One of the transfers that a merged line is made of; `amount` is None if it is not told."""

    amount: Amount | None
    reference: str = ""
    text: str = ""
    counterparty: str = ""
    returned: str = ""


@dataclass(frozen=True, slots=True)
class BankRow:
    """A line of a bank statement; money out is below zero.

    `account` is the party whose account it is, empty where the file gives only its `number`.
    `counterparty` is the number of the account at the other end. A line that is `noticed` was told
    of outside a statement.
    """

    account: str
    line: str
    booked_on: date
    amount: Amount
    reference: str
    text: str
    number: str = ""
    statement: str = ""
    valued_on: date | None = None
    counterparty: str = ""
    reversal: bool = False
    returned: str = ""
    details: tuple[BankDetailRow, ...] = ()
    noticed: bool = False


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement of an account, by its number: its balances, and what is odd about it.

    `findings` are pairs of a kind and what is to be said.
    """

    number: str
    statement: str
    sequence: str
    start: date | None
    end: date | None
    opening: Amount | None
    closing: Amount | None
    booked: Amount | None
    difference: Amount | None
    lines: int
    findings: tuple[tuple[str, str], ...]
    account: str = ""


@dataclass(frozen=True, slots=True)
class BankBatch(Batch[BankRow]):
    """A bank's file: its lines, and the statements that they stand in."""

    statements: tuple[Row[StatementRow], ...] = ()


@dataclass(frozen=True, slots=True)
class RefundRow:
    """What a municipality claimed of the state in a quarter, given as year and number."""

    municipality: str
    agreement: str
    quarter: tuple[int, int]
    nights: int
    refunded_nights: int
    refund: Amount


TariffRow = Tariff
"""A tariff row is the tariff itself."""
