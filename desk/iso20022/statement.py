"""What a bank says of an account: statements, balances, entries and what each entry is made of.

Values only. Amounts are exact as the bank wrote them; what is odd but readable is a `BankFinding`
on the statement or the entry, never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from ledger.bank_account import DANISH_DIGITS, BankAccount
from ledger.money import CURRENCIES, Amount

_OTHER_DECIMALS = {
    "BHD": 3, "CLP": 0, "ISK": 0, "JOD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "OMR": 3, "TND": 3,
    "UGX": 0, "VND": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip
"""Currencies whose minor unit is not a hundredth (ISO 4217)."""


def decimals_of(currency: str) -> int:
    """How many decimals amounts in a currency have."""
    return _OTHER_DECIMALS.get(currency, 2)


class Oddity(StrEnum):
    """What a finding is about."""

    BALANCE = "balance"
    COUNT = "count"
    CURRENCY = "currency"
    DATE = "date"
    DECIMALS = "decimals"
    DETAILS = "details"
    REPEATED = "repeated"
    STATUS = "status"


@dataclass(frozen=True, slots=True, order=True)
class BankFinding:
    """Something that is odd in a file that could be read: the line, the element, what it is."""

    line: int
    element: str
    oddity: Oddity
    message: str


@dataclass(frozen=True, slots=True)
class BankAmount:
    """An amount as the bank wrote it, with its sign: below zero is money out of the account."""

    value: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.value:f} {self.currency}"

    @property
    def fits(self) -> bool:
        """Whether it is a whole number of the currency's minor units."""
        scaled = self.value.scaleb(decimals_of(self.currency))
        return scaled == scaled.to_integral_value()

    @property
    def amount(self) -> Amount | None:
        """It in whole minor units; None if it does not fit or no ledger can hold the currency."""
        if self.currency not in CURRENCIES or not self.fits:
            return None
        return Amount(int(self.value.scaleb(2)))


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, and the time of day if the bank gave one."""

    day: date
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StatedAccount:
    """An account as a bank writes it: an IBAN, or another number and what kind it is."""

    iban: str = ""
    other: str = ""
    scheme: str = ""
    currency: str = ""

    @property
    def number(self) -> str:
        """The IBAN, or else the other number."""
        return self.iban or self.other

    @property
    def key(self) -> str:
        """The same for the same account: its IBAN, also of a Danish number of 14 digits."""
        if self.iban or len(self.other) != DANISH_DIGITS:
            return self.number
        try:
            return BankAccount(self.other).iban
        except ValueError:
            return self.number


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance of a kind (OPBD, CLBD, PRCD, ITBD, CLAV, ...; or the bank's own) on a day."""

    kind: str
    amount: BankAmount
    on: Moment | None
    line: int


@dataclass(frozen=True, slots=True)
class TransactionCode:
    """What kind of movement it is: the ISO code as PMNT/ICDT/DMCT, and the bank's own."""

    iso: str = ""
    own: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge, with its sign as for amounts, and whether the entry's amount includes it."""

    amount: BankAmount
    included: bool | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Structured:
    """Structured remittance: a creditor's reference, such as that of a Danish payment slip (FIK).

    `scheme` is SCOR, or the bank's own word; `document` an invoice's number; `more` free text.
    """

    reference: str = ""
    scheme: str = ""
    document: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody at the other end: name, number (a CVR number, ...), account, bank."""

    name: str = ""
    identifier: str = ""
    account: StatedAccount | None = None
    bank: str = ""


@dataclass(frozen=True, slots=True)
class Return:
    """Why money came back: the reason's code (AC01, ...) or the bank's own, and its words."""

    reason: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class References:
    """What names a transaction; empty where the bank gives none."""

    message: str = ""
    payment_information: str = ""
    instruction: str = ""
    end_to_end: str = ""
    transaction: str = ""
    uetr: str = ""
    servicer: str = ""
    clearing: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """One transaction of an entry. `amount` is None where only the entry has one."""

    references: References
    amount: BankAmount | None
    debtor: Party | None
    creditor: Party | None
    remittance: tuple[str, ...]
    structured: tuple[Structured, ...]
    code: TransactionCode
    returned: Return | None
    charges: tuple[Charge, ...]
    info: str
    line: int


@dataclass(frozen=True, slots=True)
class Collected:
    """The batch that an entry stands for: what it was sent as, how many, how much."""

    message: str = ""
    payment_information: str = ""
    count: int | None = None
    total: BankAmount | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the account.

    `line_id` names it within its account and is the same each time the bank sends the line.
    `status` is BOOK, PDNG or INFO, or another word of the bank's. A reversal's amount has the sign
    of what it did to the account.
    """

    line_id: str
    amount: BankAmount
    reversal: bool
    status: str
    booked: Moment | None
    valued: Moment | None
    reference: str
    servicer_reference: str
    code: TransactionCode
    info: str
    collected: Collected | None
    details: tuple[Detail, ...]
    charges: tuple[Charge, ...]
    line: int
    findings: tuple[BankFinding, ...]

    @property
    def is_booked(self) -> bool:
        """Whether the money has moved; pending and informational lines have not."""
        return self.status == "BOOK"


class Proof(StrEnum):
    """How a statement's balances stand to its entries."""

    PROVEN = "proven"
    DIFFERENT = "different"
    NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class BalanceCheck:
    """Opening balance + booked entries = closing balance, or what is missing of it.

    Figures are None where they are not stated, or not in one currency.
    """

    proof: Proof
    opening: BankAmount | None = None
    booked: BankAmount | None = None
    closing: BankAmount | None = None
    difference: BankAmount | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What the bank sent of one account: its entries in the order of the file."""

    identifier: str
    account: StatedAccount
    currency: str
    sequence: str
    created: Moment | None
    start: Moment | None
    end: Moment | None
    duplicate: bool
    balances: tuple[Balance, ...]
    entries: tuple[Entry, ...]
    check: BalanceCheck
    line: int
    findings: tuple[BankFinding, ...]

    @property
    def all_findings(self) -> tuple[BankFinding, ...]:
        """The statement's own findings and its entries', in order of line."""
        return tuple(sorted([*self.findings, *(f for e in self.entries for f in e.findings)]))


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A whole file: its base name, the hash of its bytes, which message, its statements."""

    file: str
    sha256: str
    message: str
    version: int
    identifier: str
    statements: tuple[Statement, ...]
