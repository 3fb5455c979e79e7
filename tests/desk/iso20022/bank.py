"""A bank for tests: it knows what moved, and writes it as any version of a camt message.

It shares no code with the reader. Amounts are whole øre; money out is below zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from xml.sax.saxutils import escape

BODIES = {
    "camt.052": ("BkToCstmrAcctRpt", "Rpt"),
    "camt.053": ("BkToCstmrStmt", "Stmt"),
    "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}
MESSAGES = [f"{kind}.001.{version:02d}" for kind in BODIES for version in range(2, 15)]
FIRST_WITH_AMOUNT_OF_ITS_OWN = 3
FIRST_WITH_STATUS_AS_ELEMENT = 7
"""And with a party's particulars one level further in."""
Maker = Callable[..., str]


@dataclass(frozen=True)
class Transfer:
    """One transaction; `slip` is the number of a Danish payment slip (FIK)."""

    amount: int
    end_to_end: str = ""
    group: str = ""
    instruction: str = ""
    text: str = ""
    slip: str = ""
    payer: str = ""
    payee: str = ""
    payee_account: str = ""
    returned: str = ""
    charge: int = 0


@dataclass(frozen=True)
class Line:
    """A line of the account."""

    amount: int
    booked: date = date(2026, 3, 2)
    status: str = "BOOK"
    number: str = ""
    reference: str = ""
    text: str = ""
    reversal: bool = False
    transfers: tuple[Transfer, ...] = ()


@dataclass(frozen=True)
class Day:
    """One statement; the closing balance is what follows unless `off` is added to it."""

    lines: tuple[Line, ...] = ()
    identifier: str = "2026-03-02"
    account: str = "DK5000400440116243"
    opening: int = 0
    currency: str = "DKK"
    off: int = 0
    on: date = date(2026, 3, 2)
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def closing(self) -> int:
        """What the account holds in the end, as stated."""
        booked = sum(line.amount for line in self.lines if line.status == "BOOK")
        return self.opening + booked + self.off


def kroner(ore: int) -> str:
    """Two decimals after a point, without a sign."""
    return f"{abs(ore) // 100}.{abs(ore) % 100:02d}"


def tag(name: str, *inside: str) -> str:
    """An element; none at all if there is nothing in it."""
    content = "".join(inside)
    return f"<{name}>{content}</{name}>" if content else ""


def money(name: str, ore: int, currency: str) -> str:
    """An amount with its currency."""
    return f'<{name} Ccy="{currency}">{kroner(ore)}</{name}>'


def way(ore: int) -> str:
    """Which way money went."""
    return tag("CdtDbtInd", "DBIT" if ore < 0 else "CRDT")


def message(name: str, *days: Day) -> bytes:
    """A whole file of a message such as camt.053.001.08."""
    kind, version = name[:8], int(name[-2:])
    body, unit = BODIES[kind]
    header = tag("GrpHdr", tag("MsgId", "BANK-1"), tag("CreDtTm", "2026-03-03T04:00:00"))
    units = "".join(tag(unit, _statement(day, kind, version)) for day in days)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{name}">\n'
        f"{tag(body, header, units)}\n</Document>\n"
    ).encode()


def account(number: str) -> str:
    """An account: an IBAN, or a Danish number."""
    if not number[:1].isdigit():
        return tag("Id", tag("IBAN", number))
    scheme = tag("SchmeNm", tag("Cd", "BBAN"))
    return tag("Id", tag("Othr", tag("Id", number), scheme))


def _statement(day: Day, kind: str, version: int) -> str:
    balances = "" if kind == "camt.054" else _balance("OPBD", day, day.opening)
    balances += "" if kind == "camt.054" else _balance("CLBD", day, day.closing)
    return (
        tag("Id", day.identifier)
        + tag("CreDtTm", "2026-03-03T04:00:00+01:00")
        + tag("Acct", account(day.account), tag("Ccy", day.currency))
        + day.extra.get("balances", balances)
        + "".join(_line(line, day.currency, version) for line in day.lines)
        + day.extra.get("lines", "")
    )


def _balance(kind: str, day: Day, ore: int) -> str:
    return tag(
        "Bal",
        tag("Tp", tag("CdOrPrtry", tag("Cd", kind))),
        money("Amt", ore, day.currency),
        way(ore),
        tag("Dt", tag("Dt", day.on.isoformat())),
    )


def _line(line: Line, currency: str, version: int) -> str:
    status = line.status
    if version >= FIRST_WITH_STATUS_AS_ELEMENT:
        status = tag("Cd", status)
    return tag(
        "Ntry",
        tag("NtryRef", escape(line.number)),
        money("Amt", line.amount, currency),
        way(line.amount),
        tag("RvslInd", "true") if line.reversal else "",
        tag("Sts", status),
        tag("BookgDt", tag("Dt", line.booked.isoformat())),
        tag("ValDt", tag("Dt", line.booked.isoformat())),
        tag("AcctSvcrRef", escape(line.reference)),
        tag("BkTxCd", tag("Prtry", tag("Cd", "TRF"))),
        tag("NtryDtls", *(_transfer(each, currency, version) for each in line.transfers)),
        tag("AddtlNtryInf", escape(line.text)),
    )


def _transfer(each: Transfer, currency: str, version: int) -> str:
    if version >= FIRST_WITH_AMOUNT_OF_ITS_OWN:
        amount = money("Amt", each.amount, currency) + way(each.amount)
    else:
        amount = tag("AmtDtls", tag("TxAmt", money("Amt", each.amount, currency)))
    slip = tag(
        "Strd",
        tag(
            "CdtrRefInf",
            tag("Tp", tag("CdOrPrtry", tag("Cd", "SCOR"))),
            tag("Ref", each.slip),
        ),
    )
    return tag(
        "TxDtls",
        tag(
            "Refs",
            tag("PmtInfId", escape(each.group)),
            tag("InstrId", escape(each.instruction)),
            tag("EndToEndId", escape(each.end_to_end)),
        ),
        amount,
        _charge(each.charge, currency, version) if each.charge else "",
        tag(
            "RltdPties",
            _party("Dbtr", each.payer, version),
            _party("Cdtr", each.payee, version),
            tag("CdtrAcct", account(each.payee_account)) if each.payee_account else "",
        ),
        tag("RmtInf", tag("Ustrd", escape(each.text)), slip if each.slip else ""),
        tag("RtrInf", tag("Rsn", tag("Cd", each.returned))) if each.returned else "",
    )


def _party(role: str, name: str, version: int) -> str:
    if not name:
        return ""
    inner = tag("Nm", escape(name))
    return tag(role, tag("Pty", inner) if version >= FIRST_WITH_STATUS_AS_ELEMENT else inner)


def _charge(ore: int, currency: str, version: int) -> str:
    inner = money("Amt", ore, currency) + tag("CdtDbtInd", "DBIT")
    return tag("Chrgs", tag("Rcrd", inner) if version >= FIRST_WITH_AMOUNT_OF_ITS_OWN else inner)
