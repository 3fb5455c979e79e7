"""A payment file as values, and everything in it that a bank would refuse."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from desk.iso20022.text import IDENTITY_MAX, bank_text, check_identity
from ledger.bank_account import BankAccount
from ledger.decide.refusal import LISTED_MAX, Refusal
from ledger.money import CURRENCIES, ZERO, Amount

TRANSFERS_MAX = 99_999
NAME_MAX = 140
REMITTANCE_MAX = 140
GROUPS_MAX = 999
_GROUP_DIGITS = 3
MESSAGE_ID_MAX = IDENTITY_MAX - _GROUP_DIGITS - 1
"""A group's PmtInfId is the MsgId, a hyphen and the group's number."""
_BIC_LENGTHS = (8, 11)


class UnfitForBank(Refusal):
    """Payments cannot be written as a bank would take them; each problem in a line."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        shown = list(self.problems[:LISTED_MAX])
        if len(self.problems) > LISTED_MAX:
            shown.append(f"{len(self.problems) - LISTED_MAX} more problems from there on")
        super().__init__("\n".join(shown))


@dataclass(frozen=True, slots=True, order=True)
class Debtor:
    """Who pays: name, account, and the bank's BIC (empty for a Danish account without one)."""

    account: BankAccount
    name: str
    bic: str = ""


@dataclass(frozen=True, slots=True)
class CreditTransfer:
    """One payment. `end_to_end_id` is what the statement will show, and is unique for ever."""

    end_to_end_id: str
    instruction_id: str
    amount: Amount
    debtor: Debtor
    requested_on: date
    payee_name: str
    payee_account: BankAccount
    remittance: str
    payee_bic: str = ""


@dataclass(frozen=True, slots=True)
class PaymentFile:
    """What one file holds. `customer_id` is the number that the bank knows the sender by."""

    message_id: str
    created_at: datetime
    sender: str
    currency: str
    transfers: tuple[CreditTransfer, ...]
    customer_id: str = ""


def check(file: PaymentFile) -> None:
    """Look for everything that a bank would refuse.

    Raises:
        UnfitForBank: with all of it.
    """
    problems = [*_unfit_file(file), *_unfit_transfers(file)]
    if problems:
        raise UnfitForBank(problems)


def _unfit_file(file: PaymentFile) -> list[str]:
    problems = [
        *_unfit_identity("MsgId", file.message_id),
        *_unfit_text("the sender's name", file.sender, NAME_MAX),
    ]
    if len(file.message_id) > MESSAGE_ID_MAX:
        problems.append(f"MsgId: at most {MESSAGE_ID_MAX} characters, for PmtInfId is made from it")
    if file.customer_id:
        problems += _unfit_identity("the sender's number at the bank", file.customer_id)
    if file.created_at.tzinfo is None:
        problems.append("the time of creation is without its time zone")
    if file.currency not in CURRENCIES:
        problems.append(f"the currency must be one of {', '.join(CURRENCIES)}")
    if not 0 < len(file.transfers) <= TRANSFERS_MAX:
        problems.append(f"a file holds from 1 to {TRANSFERS_MAX} transfers")
    days = {(each.debtor, each.requested_on) for each in file.transfers}
    if len(days) > GROUPS_MAX:
        problems.append(f"a file holds at most {GROUPS_MAX} paying accounts and days; split it")
    names = defaultdict(set)
    for each in file.transfers:
        names[each.debtor.account.iban].add(each.debtor)
    for same in names.values():
        if len(same) > 1:
            account = min(same).account.masked
            problems.append(f"the paying account {account} is written in more than one way")
    return problems


def _unfit_transfers(file: PaymentFile) -> list[str]:
    times = Counter(each.end_to_end_id for each in file.transfers)
    problems = [
        f"EndToEndId {identity} is used {count} times"
        for identity, count in sorted(times.items())
        if count > 1
    ]
    debtors = {each.debtor for each in file.transfers}
    problems += [problem for each in sorted(debtors) for problem in _unfit_debtor(each)]
    for each in sorted(file.transfers, key=lambda transfer: transfer.end_to_end_id):
        problems += [
            f"payment {each.end_to_end_id[:IDENTITY_MAX]!r}: {problem}"
            for problem in _unfit_transfer(each, file.currency)
        ]
    return problems


def _unfit_debtor(debtor: Debtor) -> list[str]:
    problems = _unfit_text("the payer's name", debtor.name, NAME_MAX)
    if debtor.bic:
        problems += _unfit_bic("the payer's bank", debtor.bic)
    elif debtor.account.danish is None:
        problems.append("the payer's bank: an account that is not Danish needs its BIC")
    return problems


def _unfit_transfer(each: CreditTransfer, currency: str) -> list[str]:
    problems = [
        *_unfit_identity("EndToEndId", each.end_to_end_id),
        *_unfit_identity("InstrId", each.instruction_id),
        *_unfit_text("the payee's name", each.payee_name, NAME_MAX),
        *_unfit_text("the text to the payee", each.remittance, REMITTANCE_MAX),
    ]
    if each.payee_bic:
        problems += _unfit_bic("the payee's bank", each.payee_bic)
    if each.amount <= ZERO:
        problems.append("the amount must be above zero")
    if each.payee_account.iban == each.debtor.account.iban:
        problems.append("it would go to the account that it comes from")
    if currency != "DKK" and not each.payee_account.is_iban:
        problems.append(f"a payment in {currency} needs the payee's IBAN")
    return problems


def _unfit_identity(what: str, identity: str) -> list[str]:
    return _unfit(what, lambda: check_identity(identity))


def _unfit_text(what: str, text: str, length_max: int) -> list[str]:
    def check() -> None:
        if len(bank_text(text)) > length_max:
            message = f"it may have at most {length_max} characters; shorten it"
            raise ValueError(message)

    return _unfit(what, check)


def _unfit_bic(what: str, bic: str) -> list[str]:
    well = bic.isascii() and bic.isalnum() and bic == bic.upper() and bic[:6].isalpha()
    if well and len(bic) in _BIC_LENGTHS:
        return []
    return [f"{what}: a BIC has 8 or 11 letters and digits, as DABADKKK"]


def _unfit(what: str, check: Callable[[], None]) -> list[str]:
    try:
        check()
    except ValueError as error:
        return [f"{what}: {error}"]
    return []
