"""Reads one entry (Ntry) of a statement and the transactions (TxDtls) that it is made of."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from desk.iso20022.document import Node
from desk.iso20022.statement import (
    BankAmount,
    BankFinding,
    Charge,
    Collected,
    Detail,
    Entry,
    Oddity,
    References,
    Return,
    Structured,
    TransactionCode,
    decimals_of,
)
from desk.iso20022.values import (
    Unreadable,
    amount,
    choice,
    count,
    direction,
    is_true,
    moment,
    party,
    with_sign,
)

STATUSES = ("BOOK", "PDNG", "INFO", "FUTR")
_NOT_GIVEN = "NOTPROVIDED"


def read_entry(node: Node) -> Entry:
    """Read an entry; its `line_id` is given when the whole statement is known.

    Raises:
        Unreadable: if its amount, direction, status or a day cannot be read.
    """
    sign = direction(node)
    value = with_sign(amount(node, "Amt"), sign)
    status = choice(node.get("Sts"))
    if not status:
        text = "the status is missing: nobody knows whether the money has moved"
        raise Unreadable(node, "Ntry/Sts", text)
    groups = node.all("NtryDtls")
    details = tuple(_detail(each, sign) for group in groups for each in group.all("TxDtls"))
    entry = Entry(
        line_id="",
        amount=value,
        reversal=is_true(node, "RvslInd"),
        status=status,
        booked=moment(node.get("BookgDt")),
        valued=moment(node.get("ValDt")),
        reference=_given(node.value("NtryRef")),
        servicer_reference=_given(node.value("AcctSvcrRef")),
        code=_code(node.get("BkTxCd")),
        info=node.value("AddtlNtryInf"),
        collected=_collected(groups),
        details=details,
        charges=_charges(node.get("Chrgs")),
        line=node.line,
        findings=(),
    )
    return _examined(entry)


def _given(reference: str) -> str:
    """A reference, or nothing where the bank says that there is none."""
    return "" if reference.upper() in (_NOT_GIVEN, "NONREF") else reference


def _detail(node: Node, sign: int) -> Detail:
    if node.get("CdtDbtInd") is not None:
        sign = direction(node)
    returned = node.get("RtrInf")
    return Detail(
        references=_references(node.get("Refs")),
        amount=_own_amount(node, sign),
        debtor=party(node, "Dbtr"),
        creditor=party(node, "Cdtr"),
        remittance=tuple(each.text for each in _remittance(node) if each.name == "Ustrd"),
        structured=tuple(_structured(each) for each in _remittance(node) if each.name == "Strd"),
        code=_code(node.get("BkTxCd")),
        returned=_return(returned) if returned else None,
        charges=_charges(node.get("Chrgs")),
        info=node.value("AddtlTxInf"),
        line=node.line,
    )


def _own_amount(node: Node, sign: int) -> BankAmount | None:
    """A transaction's amount in the account's currency, or else as instructed."""
    for path in (("Amt",), ("AmtDtls", "TxAmt", "Amt"), ("AmtDtls", "InstdAmt", "Amt")):
        if node.get(*path) is not None:
            return with_sign(amount(node, *path), sign)
    return None


def _references(node: Node | None) -> References:
    if node is None:
        return References()
    return References(
        message=node.value("MsgId"),
        payment_information=node.value("PmtInfId"),
        instruction=_given(node.value("InstrId")),
        end_to_end=_given(node.value("EndToEndId")),
        transaction=node.value("TxId"),
        uetr=node.value("UETR"),
        servicer=_given(node.value("AcctSvcrRef")),
        clearing=node.value("ClrSysRef"),
    )


def _remittance(node: Node) -> list[Node]:
    return [each for group in node.all("RmtInf") for each in group.children]


def _structured(node: Node) -> Structured:
    return Structured(
        reference=node.value("CdtrRefInf", "Ref"),
        scheme=choice(node.get("CdtrRefInf", "Tp")),
        document=node.value("RfrdDocInf", "Nb"),
        more=tuple(each.text for each in node.all("AddtlRmtInf")),
    )


def _return(node: Node) -> Return:
    return Return(
        choice(node.get("Rsn")), tuple(each.text for each in node.all("AddtlInf") if each.text)
    )


def _code(node: Node | None) -> TransactionCode:
    if node is None:
        return TransactionCode()
    domain = node.get("Domn")
    parts = (
        (domain.value("Cd"), domain.value("Fmly", "Cd"), domain.value("Fmly", "SubFmlyCd"))
        if domain
        else ()
    )
    return TransactionCode("/".join(each for each in parts if each), node.value("Prtry", "Cd"))


def _charges(node: Node | None) -> tuple[Charge, ...]:
    """Charges: in version 2 they stand in the element itself, from 3 on in records.

    One that does not say which way it goes is paid by the account's owner.
    """
    if node is None:
        return ()
    records = node.all("Rcrd") or ([node] if node.get("Amt") else [])
    return tuple(_charge(each) for each in records)


def _charge(node: Node) -> Charge:
    way = direction(node) if node.get("CdtDbtInd") else -1
    included = node.get("ChrgInclInd")
    return Charge(
        with_sign(amount(node, "Amt"), way),
        None if included is None else is_true(node, "ChrgInclInd"),
        choice(node.get("Tp")),
    )


def _collected(groups: list[Node]) -> Collected | None:
    """What a batched entry was sent as; of several batches the first names it."""
    batches = [each for group in groups for each in group.all("Btch")]
    if not batches:
        return None
    first = batches[0]
    total = None
    if first.get("TtlAmt") is not None:
        total = amount(first, "TtlAmt")
        if first.get("CdtDbtInd") is not None:
            total = with_sign(total, direction(first))
    return Collected(first.value("MsgId"), first.value("PmtInfId"), count(first, "NbOfTxs"), total)


def _examined(entry: Entry) -> Entry:
    """The entry with what is odd about it."""
    findings = [*decimals(entry.line, "Ntry/Amt", entry.amount), *_sum_of_details(entry)]
    for each in entry.details:
        findings += decimals(each.line, "TxDtls", each.amount)
    if entry.status not in STATUSES:
        text = f"the status is none of {', '.join(STATUSES)}; the line counts as not booked"
        findings.append(BankFinding(entry.line, "Ntry/Sts", Oddity.STATUS, text))
    if entry.is_booked and entry.booked is None:
        text = "the line is booked and has no booking day"
        findings.append(BankFinding(entry.line, "Ntry/BookgDt", Oddity.DATE, text))
    return replace(entry, findings=tuple(sorted(findings)))


def decimals(line: int, element: str, each: BankAmount | None) -> list[BankFinding]:
    """What to say of an amount that is written with more decimals than its currency has."""
    if each is None:
        return []
    exponent = each.value.as_tuple().exponent
    written = -exponent if isinstance(exponent, int) else 0
    allowed = decimals_of(each.currency)
    if written <= allowed:
        return []
    text = f"the amount has {written} decimals, and {each.currency} has {allowed}"
    if not each.fits:
        text += "; it is no whole number of the smallest unit and cannot be booked"
    return [BankFinding(line, element, Oddity.DECIMALS, text)]


def _sum_of_details(entry: Entry) -> list[BankFinding]:
    """Where an entry is not what its transactions sum to, or not as many as its batch had."""
    found = []
    batch = entry.collected
    if batch and batch.count is not None and entry.details and batch.count != len(entry.details):
        text = f"the batch had {batch.count} transactions, and {len(entry.details)} are listed"
        found.append(BankFinding(entry.line, "NtryDtls", Oddity.COUNT, text))
    amounts = [each.amount for each in entry.details]
    known = [each for each in amounts if each and each.currency == entry.amount.currency]
    if not amounts or len(known) != len(amounts):
        return found
    summed = BankAmount(sum((each.value for each in known), Decimal(0)), entry.amount.currency)
    if summed.value != entry.amount.value:
        text = f"the line is {entry.amount}, and its transactions sum to {summed}"
        found.append(BankFinding(entry.line, "NtryDtls", Oddity.DETAILS, text))
    return found
