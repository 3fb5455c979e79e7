"""Writes a payment file, pain.001.001.09: credit transfers from a fund's accounts.

The same payments give the same bytes, in whatever order they come: transfers are grouped by the
account that pays and the day (PmtInf), groups are in that order and transfers in the order of
their EndToEndId; the time of creation is given, not read from a clock. A file is written whole or
not at all: everything that a bank would refuse is looked for first.

What Danish banks take, and what this relies on:

- A Danish account number stands in Othr/Id as 14 digits (registration number, then account number
  filled up with zeros to ten) with SchmeNm/Cd BBAN, as in the Nordic banks' guides for the common
  (CGI) use of pain.001. An account given as an IBAN stands in IBAN.
- SvcLvl/Cd is NURG, an ordinary transfer; in euro to an IBAN it is SEPA.
- A payer's bank is named by its BIC. Without one, the registration number stands in
  ClrSysMmbId/MmbId, with no ClrSysId: there is no code for it that we could verify.
- BtchBookg is false: each transfer becomes a line of its own on the statement, so that it can be
  matched by its EndToEndId.

Payments to a NemKonto by CPR or CVR number, payment slips (FIK, GIK) and structured references are
not written: their elements differ from bank to bank.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date
from xml.sax.saxutils import escape

from desk.iso20022.payment import CreditTransfer, Debtor, PaymentFile, check
from desk.iso20022.text import bank_text
from ledger.bank_account import BankAccount
from ledger.money import total
from projections.follow import Progress, quiet

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_CHUNK = 500


def payment_xml(file: PaymentFile, progress: Progress = quiet) -> bytes:
    """The file's bytes; `progress` is called with the number of transfers just written.

    Raises:
        UnfitForBank: with everything that a bank would refuse.
    """
    return b"".join(payment_chunks(file, progress))


def payment_chunks(file: PaymentFile, progress: Progress = quiet) -> Iterator[bytes]:
    """As `payment_xml`, in pieces for a large file.

    Raises:
        UnfitForBank: with everything that a bank would refuse, before the first piece.
    """
    check(file)
    return _chunks(file, progress)


def _chunks(file: PaymentFile, progress: Progress) -> Iterator[bytes]:
    yield _head(file).encode()
    for number, (debtor, day, transfers) in enumerate(_groups(file.transfers), start=1):
        yield _group_head(file, f"{file.message_id}-{number:03d}", debtor, day, transfers).encode()
        for start in range(0, len(transfers), _CHUNK):
            some = transfers[start : start + _CHUNK]
            yield "".join(_transfer(each, file.currency) for each in some).encode()
            progress(len(some))
        yield b"    </PmtInf>\n"
    yield b"  </CstmrCdtTrfInitn>\n</Document>\n"


def _groups(
    transfers: Sequence[CreditTransfer],
) -> list[tuple[Debtor, date, list[CreditTransfer]]]:
    groups: dict[tuple[Debtor, date], list[CreditTransfer]] = defaultdict(list)
    for each in sorted(transfers, key=lambda transfer: transfer.end_to_end_id):
        groups[each.debtor, each.requested_on].append(each)
    return [(*key, groups[key]) for key in sorted(groups)]


def _head(file: PaymentFile) -> str:
    created = file.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    customer = (
        f"        <Id>\n          <OrgId>\n            <Othr>\n"
        f"              <Id>{escape(file.customer_id)}</Id>\n"
        f"              <SchmeNm>\n                <Cd>CUST</Cd>\n              </SchmeNm>\n"
        f"            </Othr>\n          </OrgId>\n        </Id>\n"
        if file.customer_id
        else ""
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="{NAMESPACE}">\n'
        "  <CstmrCdtTrfInitn>\n"
        "    <GrpHdr>\n"
        f"      <MsgId>{escape(file.message_id)}</MsgId>\n"
        f"      <CreDtTm>{created}</CreDtTm>\n"
        f"{_totals(file.transfers)}"
        "      <InitgPty>\n"
        f"        <Nm>{escape(bank_text(file.sender))}</Nm>\n"
        f"{customer}"
        "      </InitgPty>\n"
        "    </GrpHdr>\n"
    )


def _totals(transfers: Sequence[CreditTransfer]) -> str:
    return (
        f"      <NbOfTxs>{len(transfers)}</NbOfTxs>\n"
        f"      <CtrlSum>{total(each.amount for each in transfers)}</CtrlSum>\n"
    )


def _group_head(
    file: PaymentFile, identity: str, debtor: Debtor, day: date, transfers: list[CreditTransfer]
) -> str:
    sepa = file.currency == "EUR"
    return (
        "    <PmtInf>\n"
        f"      <PmtInfId>{escape(identity)}</PmtInfId>\n"
        "      <PmtMtd>TRF</PmtMtd>\n"
        "      <BtchBookg>false</BtchBookg>\n"
        f"{_totals(transfers)}"
        "      <PmtTpInf>\n"
        "        <SvcLvl>\n"
        f"          <Cd>{'SEPA' if sepa else 'NURG'}</Cd>\n"
        "        </SvcLvl>\n"
        "      </PmtTpInf>\n"
        "      <ReqdExctnDt>\n"
        f"        <Dt>{day.isoformat()}</Dt>\n"
        "      </ReqdExctnDt>\n"
        "      <Dbtr>\n"
        f"        <Nm>{escape(bank_text(debtor.name))}</Nm>\n"
        "      </Dbtr>\n"
        "      <DbtrAcct>\n"
        f"{_account(debtor.account, 8)}"
        f"        <Ccy>{file.currency}</Ccy>\n"
        "      </DbtrAcct>\n"
        "      <DbtrAgt>\n"
        f"{_agent(debtor.bic, debtor.account, 8)}"
        "      </DbtrAgt>\n"
        f"      <ChrgBr>{'SLEV' if sepa else 'SHAR'}</ChrgBr>\n"
    )


def _transfer(each: CreditTransfer, currency: str) -> str:
    agent = (
        f"        <CdtrAgt>\n{_agent(each.payee_bic, each.payee_account, 10)}        </CdtrAgt>\n"
        if each.payee_bic
        else ""
    )
    return (
        "      <CdtTrfTxInf>\n"
        "        <PmtId>\n"
        f"          <InstrId>{escape(each.instruction_id)}</InstrId>\n"
        f"          <EndToEndId>{escape(each.end_to_end_id)}</EndToEndId>\n"
        "        </PmtId>\n"
        "        <Amt>\n"
        f'          <InstdAmt Ccy="{currency}">{each.amount}</InstdAmt>\n'
        "        </Amt>\n"
        f"{agent}"
        "        <Cdtr>\n"
        f"          <Nm>{escape(bank_text(each.payee_name))}</Nm>\n"
        "        </Cdtr>\n"
        "        <CdtrAcct>\n"
        f"{_account(each.payee_account, 10)}"
        "        </CdtrAcct>\n"
        "        <RmtInf>\n"
        f"          <Ustrd>{escape(bank_text(each.remittance))}</Ustrd>\n"
        "        </RmtInf>\n"
        "      </CdtTrfTxInf>\n"
    )


def _account(account: BankAccount, indent: int) -> str:
    lines = (
        [f"  <IBAN>{account.number}</IBAN>"]
        if account.is_iban
        else [
            "  <Othr>",
            f"    <Id>{account.number}</Id>",
            "    <SchmeNm>",
            "      <Cd>BBAN</Cd>",
            "    </SchmeNm>",
            "  </Othr>",
        ]
    )
    return _lines(["<Id>", *lines, "</Id>"], indent)


def _agent(bic: str, account: BankAccount, indent: int) -> str:
    registration = (account.danish or "")[:4]
    lines = (
        [f"  <BICFI>{bic}</BICFI>"]
        if bic
        else [
            "  <ClrSysMmbId>",
            f"    <MmbId>{registration}</MmbId>",
            "  </ClrSysMmbId>",
        ]
    )
    return _lines(["<FinInstnId>", *lines, "</FinInstnId>"], indent)


def _lines(lines: list[str], indent: int) -> str:
    return "".join(f"{' ' * indent}{each}\n" for each in lines)
