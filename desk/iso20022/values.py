"""What stands in an element -> amounts, days, parties; or an `Unreadable` with line and element."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal

from desk.iso20022.document import Node
from desk.iso20022.statement import BankAmount, Moment, Party, StatedAccount
from ledger.dates import danish_day
from ledger.decide.refusal import Finding

_AMOUNT = re.compile(r"\+?(?:[0-9]{1,18}(?:\.[0-9]{0,10})?|\.[0-9]{1,10})", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_ZONE = r"(?:Z|[+-][0-9]{2}:[0-9]{2})"
_DAY = re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}){_ZONE}?", re.ASCII)
_TIME = re.compile(
    rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})T([0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}})(\.[0-9]{{1,12}})?"
    rf"({_ZONE})?",
    re.ASCII,
)
_MICROSECONDS = 7
"""A point and six digits: what Python keeps of a second's fraction."""


class Unreadable(Exception):  # noqa: N818 - carries a finding to whoever collects them
    """An element does not hold what it must."""

    def __init__(self, node: Node, path: str, message: str) -> None:
        self.finding = Finding(node.line, path, message)
        super().__init__(message)


def amount(node: Node, *path: str) -> BankAmount:
    """The amount down a path, above or equal to zero, without a sign.

    Raises:
        Unreadable: if it is missing, not a plain number, or without its currency.
    """
    name = f"{node.name}/{'/'.join(path)}"
    found = node.get(*path)
    if found is None:
        raise Unreadable(node, name, "the amount is missing")
    if not _AMOUNT.fullmatch(found.text):
        text = "this is no amount: it must be digits with a point before the decimals, and no sign"
        raise Unreadable(found, name, text)
    if not _CURRENCY.fullmatch(found.currency):
        raise Unreadable(found, name, "the amount does not say its currency (Ccy)")
    return BankAmount(Decimal(found.text), found.currency)


def signed(node: Node, *path: str) -> BankAmount:
    """The amount down a path with the sign that the element's own CdtDbtInd gives it.

    Raises:
        Unreadable: as `amount`, or if the indicator is missing or unknown.
    """
    return with_sign(amount(node, *path), direction(node))


def direction(node: Node) -> int:
    """1 for money in, -1 for money out.

    Raises:
        Unreadable: if the indicator is missing or is neither CRDT nor DBIT.
    """
    found = node.value("CdtDbtInd")
    if found not in ("CRDT", "DBIT"):
        text = "CdtDbtInd must be CRDT or DBIT: without it nobody knows which way the money went"
        raise Unreadable(node, f"{node.name}/CdtDbtInd", text)
    return 1 if found == "CRDT" else -1


def with_sign(value: BankAmount, sign: int) -> BankAmount:
    """An amount in or out of the account; zero has no sign."""
    if sign > 0 or not value.value:
        return value
    return BankAmount(value.value.copy_negate(), value.currency)


def moment(node: Node | None) -> Moment | None:
    """A choice of Dt and DtTm (or a plain text of either); None if there is none.

    A time with its zone lies on that moment's day in Denmark; one without, on the day it says.

    Raises:
        Unreadable: if there is something else, or a day that does not exist.
    """
    if node is None:
        return None
    found = node.get("Dt") or node.get("DtTm") or node
    if not found.text:
        return None
    try:
        return _moment(found.text)
    except ValueError:
        text = "this is no day or time; it must be written as 2026-03-31 or 2026-03-31T12:00:00"
        raise Unreadable(found, node.name, text) from None


def _moment(text: str) -> Moment:
    if day := _DAY.fullmatch(text):
        return Moment(date.fromisoformat(day[1]))
    found = _TIME.fullmatch(text)
    if found is None:
        message = "neither a day nor a time"
        raise ValueError(message)
    day_text, clock, fraction, zone = found.groups()
    if clock == "24:00:00":  # allowed by XML: the end of the day
        return Moment(date.fromisoformat(day_text))
    at = datetime.combine(date.fromisoformat(day_text), time.fromisoformat(clock))
    if fraction or zone:
        whole = f"{at.isoformat()}{(fraction or '')[:_MICROSECONDS]}{zone or ''}"
        at = datetime.fromisoformat(_six_digits(whole))
    return Moment(danish_day(at) if at.tzinfo else at.date(), at)


def _six_digits(text: str) -> str:
    """The text with a fraction of exactly six digits, which every Python reads."""
    return re.sub(r"\.([0-9]+)", lambda found: "." + found[1].ljust(6, "0"), text)


def is_true(node: Node, *path: str) -> bool:
    """A yes-or-no element; no if it is missing.

    Raises:
        Unreadable: if it holds something else.
    """
    text = node.value(*path)
    if text not in ("", "true", "false", "1", "0"):
        raise Unreadable(node, f"{node.name}/{'/'.join(path)}", "this must be true or false")
    return text in ("true", "1")


def count(node: Node, *path: str) -> int | None:
    """A whole number; None if it is missing or not one."""
    text = node.value(*path)
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text, re.ASCII) else None


def account(node: Node | None) -> StatedAccount | None:
    """An account; None if there is none."""
    if node is None:
        return None
    other = node.get("Id", "Othr")
    return StatedAccount(
        iban=node.value("Id", "IBAN").replace(" ", ""),
        other=other.value("Id") if other else "",
        scheme=choice(other.get("SchmeNm")) if other else "",
        currency=node.value("Ccy"),
    )


def choice(node: Node | None) -> str:
    """The code of a choice between Cd and Prtry, or the text itself where there is no choice."""
    if node is None:
        return ""
    if inner := node.get("CdOrPrtry"):
        return choice(inner)
    return node.value("Cd") or node.value("Prtry") or node.value("Prtry", "Id") or node.text


def party(node: Node, role: str) -> Party | None:
    """Debtor (Dbtr) or creditor (Cdtr) of a transaction; None if nothing is said of them.

    From version 7 on, a party's particulars stand one level further in.
    """
    parties = node.get("RltdPties")
    who = parties.get(role) if parties else None
    inner = who.get("Pty") or who.get("Agt", "FinInstnId") or who if who else None
    result = Party(
        name=inner.value("Nm") if inner else "",
        identifier=_identifier(inner.get("Id")) if inner else "",
        account=account(parties.get(f"{role}Acct")) if parties else None,
        bank=_bank(node.get("RltdAgts", f"{role}Agt", "FinInstnId")),
    )
    return result if result != Party() else None


def _identifier(node: Node | None) -> str:
    """An organisation's or a person's number."""
    if node is None:
        return ""
    for kind in ("OrgId", "PrvtId"):
        for name in ("AnyBIC", "BICOrBEI"):
            if found := node.value(kind, name):
                return found
        if found := node.value(kind, "Othr", "Id"):
            return found
    return ""


def _bank(node: Node | None) -> str:
    """A bank's BIC, or else the number that a clearing knows it by."""
    if node is None:
        return ""
    return node.value("BICFI") or node.value("BIC") or node.value("ClrSysMmbId", "MmbId")
