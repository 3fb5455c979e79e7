"""Reads a payment status report, pain.002 versions 3 to 15: what the bank says of a payment file.

A bank answers on the whole file, on a group of it (PmtInf) or on single transfers, and may send
several reports as things go on. `PaymentStatus` says what one report says of one transfer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from desk.iso20022.document import BankDocument, Node, open_document, understood
from desk.iso20022.statement import BankAmount, Moment
from desk.iso20022.values import Unreadable, amount, choice, count, moment
from ledger.decide.refusal import Finding

READ = {"pain.002": range(3, 16)}
_BODY = "CstmrPmtStsRpt"
_PARTLY = ("PART", "PATC")


class Meaning(StrEnum):
    """What a status means for the money."""

    RECEIVED = "received"
    SETTLED = "settled"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


MEANINGS = {
    "RCVD": Meaning.RECEIVED,
    "PDNG": Meaning.RECEIVED,
    "ACTC": Meaning.RECEIVED,
    "ACCP": Meaning.RECEIVED,
    "ACFC": Meaning.RECEIVED,
    "ACSP": Meaning.RECEIVED,
    "ACWC": Meaning.RECEIVED,
    "ACWP": Meaning.RECEIVED,
    "PRES": Meaning.RECEIVED,
    "ACSC": Meaning.SETTLED,
    "ACCC": Meaning.SETTLED,
    "RJCT": Meaning.REJECTED,
    "CANC": Meaning.REJECTED,
    "BLCK": Meaning.REJECTED,
}
"""Of PART and PATC only the single transfers tell. ACWP: settled without posting to the payee."""


def meaning(code: str) -> Meaning:
    """What a status code means; unknown for one that is not in the list."""
    return MEANINGS.get(code, Meaning.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: the code (AC01, AM04, ...) or the bank's own, and its words."""

    code: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentStatus:
    """A status; empty if the bank gives none at this level."""

    code: str
    reasons: tuple[Reason, ...] = ()

    @property
    def meaning(self) -> Meaning:
        """What it means for the money."""
        return meaning(self.code)


@dataclass(frozen=True, slots=True)
class TransferStatus:
    """What the bank says of one transfer."""

    end_to_end_id: str
    instruction_id: str
    status: PaymentStatus
    servicer_reference: str
    amount: BankAmount | None
    line: int


@dataclass(frozen=True, slots=True)
class GroupStatus:
    """What the bank says of one group (PmtInf) and of transfers in it."""

    payment_information_id: str
    status: PaymentStatus
    transfers: tuple[TransferStatus, ...]
    line: int


@dataclass(frozen=True, slots=True)
class StatusReport:
    """A whole report: its base name, the hash of its bytes, and what it says of which file."""

    file: str
    sha256: str
    version: int
    identifier: str
    created: Moment | None
    original_message_id: str
    original_message: str
    original_count: int | None
    status: PaymentStatus
    groups: tuple[GroupStatus, ...]

    def of(self, payment_information_id: str, end_to_end_id: str) -> PaymentStatus | None:
        """What the report says of one transfer: itself, else its group, else the whole file.

        "Partly accepted" says nothing of a transfer that is not listed: then there is no answer.
        """
        said: list[PaymentStatus] = []
        for group in self.groups:
            if group.payment_information_id == payment_information_id:
                said += [
                    each.status for each in group.transfers if each.end_to_end_id == end_to_end_id
                ]
        said += [
            each.status
            for each in self.groups
            if each.payment_information_id == payment_information_id
        ]
        for status in (*said, self.status):
            if status.code and status.code not in _PARTLY:
                return status
        return None


def read_status_report(path: Path) -> StatusReport:
    """Read what a bank answers on a payment file.

    Raises:
        NotFound: if there is no file to read at the path.
        BankFileRefused: if it cannot be taken, with every reason found.
    """
    return _read(open_document(path, READ))


def status_report_in(name: str, content: bytes) -> StatusReport:
    """As `read_status_report`, of bytes.

    Raises:
        BankFileRefused: if they cannot be taken.
    """
    return _read(understood(name, content, READ))


def _read(document: BankDocument) -> StatusReport:
    found = list(document.parts((_BODY,)))
    if not found:
        text = f"the namespace says pain.002, but there is no {_BODY} in it; ask the bank"
        raise document.refused([Finding(1, "Document", text)])
    body = found[0]
    header = body.get("GrpHdr") or body
    original = body.get("OrgnlGrpInfAndSts")
    if original is None or not original.value("OrgnlMsgId"):
        text = "the report does not say which payment file it answers (OrgnlMsgId)"
        raise document.refused([Finding(body.line, _BODY, text)])
    groups: list[GroupStatus] = []
    problems: list[Finding] = []
    for node in body.all("OrgnlPmtInfAndSts"):
        try:
            groups.append(_group(node))
        except Unreadable as unreadable:
            problems.append(unreadable.finding)
    if problems:
        raise document.refused(problems)
    try:
        created = moment(header.get("CreDtTm"))
    except Unreadable as unreadable:
        raise document.refused([unreadable.finding]) from None
    return StatusReport(
        document.name,
        document.sha256,
        document.version,
        header.value("MsgId"),
        created,
        original.value("OrgnlMsgId"),
        original.value("OrgnlMsgNmId"),
        count(original, "OrgnlNbOfTxs"),
        _status(original, "GrpSts"),
        tuple(groups),
    )


def _group(node: Node) -> GroupStatus:
    if not node.value("OrgnlPmtInfId"):
        raise Unreadable(node, "OrgnlPmtInfAndSts/OrgnlPmtInfId", "the group has no identity")
    return GroupStatus(
        node.value("OrgnlPmtInfId"),
        _status(node, "PmtInfSts"),
        tuple(_transfer(each) for each in node.all("TxInfAndSts")),
        node.line,
    )


def _transfer(node: Node) -> TransferStatus:
    if not node.value("OrgnlEndToEndId") and not node.value("OrgnlInstrId"):
        text = "the transfer has neither OrgnlEndToEndId nor OrgnlInstrId"
        raise Unreadable(node, "TxInfAndSts", text)
    reference = node.get("OrgnlTxRef", "Amt")
    instructed = reference and reference.get("InstdAmt")
    return TransferStatus(
        node.value("OrgnlEndToEndId"),
        node.value("OrgnlInstrId"),
        _status(node, "TxSts"),
        node.value("AcctSvcrRef"),
        amount(reference, "InstdAmt") if reference and instructed else None,
        node.line,
    )


def _status(node: Node, name: str) -> PaymentStatus:
    reasons = tuple(
        Reason(choice(each.get("Rsn")), tuple(one.text for one in each.all("AddtlInf") if one.text))
        for each in node.all("StsRsnInf")
    )
    return PaymentStatus(node.value(name), reasons)
