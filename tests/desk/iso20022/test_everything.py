"""A Danish statement in which every element that is read stands once, against its schema."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from desk.iso20022.camt import statements_in
from desk.iso20022.statement import (
    BankAmount,
    Charge,
    Collected,
    Moment,
    Party,
    References,
    Return,
    StatedAccount,
    Structured,
    TransactionCode,
)
from tests.desk.iso20022.schemas import errors

NAME = "camt.053.001.08"
WRITTEN = f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{NAME}"><BkToCstmrStmt>
<GrpHdr><MsgId>BANK-7</MsgId><CreDtTm>2026-03-03T04:00:00Z</CreDtTm></GrpHdr>
<Stmt>
  <Id>S-1</Id><ElctrncSeqNb>41</ElctrncSeqNb><CreDtTm>2026-03-03T04:00:00+01:00</CreDtTm>
  <FrToDt><FrDtTm>2026-03-02T00:00:00</FrDtTm><ToDtTm>2026-03-02T23:59:59</ToDtTm></FrToDt>
  <CpyDplctInd>DUPL</CpyDplctInd>
  <Acct>
    <Id><Othr><Id>04000440116243</Id><SchmeNm><Cd>BBAN</Cd></SchmeNm></Othr></Id><Ccy>DKK</Ccy>
  </Acct>
  <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="DKK">10.00</Amt>
    <CdtDbtInd>DBIT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>
  <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="DKK">5190.00</Amt>
    <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>
  <Bal><Tp><CdOrPrtry><Prtry>KASSE</Prtry></CdOrPrtry></Tp><Amt Ccy="DKK">1.00</Amt>
    <CdtDbtInd>CRDT</CdtDbtInd><Dt><DtTm>2026-03-02T16:00:00Z</DtTm></Dt></Bal>
  <TxsSummry><TtlNtries><NbOfNtries>1</NbOfNtries><Sum>5200</Sum></TtlNtries></TxsSummry>
  <Ntry>
    <NtryRef>1</NtryRef><Amt Ccy="DKK">5200.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
    <RvslInd>true</RvslInd><Sts><Cd>BOOK</Cd></Sts>
    <BookgDt><DtTm>2026-03-02T08:00:00+01:00</DtTm></BookgDt><ValDt><Dt>2026-03-01</Dt></ValDt>
    <AcctSvcrRef>NK-1</AcctSvcrRef>
    <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>RRTN</SubFmlyCd></Fmly></Domn>
      <Prtry><Cd>NKS</Cd></Prtry></BkTxCd>
    <Chrgs><Rcrd><Amt Ccy="DKK">2.50</Amt><ChrgInclInd>false</ChrgInclInd>
      <Tp><Prtry><Id>GEBYR</Id></Prtry></Tp></Rcrd></Chrgs>
    <NtryDtls>
      <Btch><MsgId>OFL-M</MsgId><PmtInfId>OFL-M-001</PmtInfId><NbOfTxs>1</NbOfTxs>
        <TtlAmt Ccy="DKK">5200.00</TtlAmt><CdtDbtInd>CRDT</CdtDbtInd></Btch>
      <TxDtls>
        <Refs><MsgId>OFL-M</MsgId><AcctSvcrRef>NK-1a</AcctSvcrRef><PmtInfId>OFL-M-001</PmtInfId>
          <InstrId>I-1</InstrId><EndToEndId>OFL-1</EndToEndId>
          <UETR>eb6305c9-1f7f-49de-aed0-16487c27b42d</UETR><TxId>T-1</TxId>
          <ClrSysRef>C-1</ClrSysRef></Refs>
        <Amt Ccy="DKK">5200.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
        <BkTxCd><Prtry><Cd>NKS-R</Cd></Prtry></BkTxCd>
        <RltdPties>
          <Dbtr><Pty><Nm>NemKonto</Nm><Id><OrgId><Othr><Id>10213231</Id></Othr></OrgId></Id></Pty>
          </Dbtr>
          <DbtrAcct><Id><IBAN>DK5000400440116243</IBAN></Id></DbtrAcct>
          <Cdtr><Agt><FinInstnId><Nm>Statens resultatpulje</Nm></FinInstnId></Agt></Cdtr>
        </RltdPties>
        <RltdAgts>
          <DbtrAgt><FinInstnId><BICFI>DABADKKK</BICFI></FinInstnId></DbtrAgt>
          <CdtrAgt><FinInstnId><ClrSysMmbId><MmbId>0400</MmbId></ClrSysMmbId></FinInstnId></CdtrAgt>
        </RltdAgts>
        <RmtInf><Ustrd>Retur</Ustrd><Ustrd>af udbetaling</Ustrd>
          <Strd><RfrdDocInf><Nb>F-12</Nb></RfrdDocInf>
            <CdtrRefInf><Tp><CdOrPrtry><Prtry>FIK 71</Prtry></CdOrPrtry></Tp>
              <Ref>710000000000018</Ref></CdtrRefInf>
            <AddtlRmtInf>marts</AddtlRmtInf></Strd></RmtInf>
        <RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Konto ophævet</AddtlInf></RtrInf>
        <AddtlTxInf>Se brev</AddtlTxInf>
      </TxDtls>
    </NtryDtls>
    <AddtlNtryInf>Returneret</AddtlNtryInf>
  </Ntry>
</Stmt></BkToCstmrStmt></Document>
""".encode()


def kr(text: str) -> BankAmount:
    return BankAmount(Decimal(text), "DKK")


def test_the_statement() -> None:
    assert errors(NAME, WRITTEN) == []
    file = statements_in("bank.xml", WRITTEN, "DKK")
    statement = file.statements[0]
    assert (file.identifier, file.file, statement.identifier) == ("BANK-7", "bank.xml", "S-1")
    assert (statement.sequence, statement.duplicate) == ("41", True)
    assert statement.account == StatedAccount("", "04000440116243", "BBAN", "DKK")
    assert statement.start == Moment(date(2026, 3, 2), datetime(2026, 3, 2))  # noqa: DTZ001 - as written
    assert statement.end is not None
    assert statement.end.day == date(2026, 3, 2)
    assert [(each.kind, each.amount) for each in statement.balances] == [
        ("OPBD", kr("-10.00")),
        ("CLBD", kr("5190.00")),
        ("KASSE", kr("1.00")),
    ]
    assert statement.balances[2].on == Moment(
        date(2026, 3, 2), datetime(2026, 3, 2, 16, tzinfo=UTC)
    )
    assert statement.all_findings == ()


def test_the_entry() -> None:
    entry = statements_in("bank.xml", WRITTEN).statements[0].entries[0]
    assert entry.amount == kr("5200.00")
    assert (entry.reversal, entry.status) == (True, "BOOK")
    assert (entry.reference, entry.servicer_reference) == ("1", "NK-1")
    assert entry.booked is not None
    assert entry.booked.at is not None
    assert entry.valued == Moment(date(2026, 3, 1))
    assert entry.code == TransactionCode("PMNT/ICDT/RRTN", "NKS")
    assert entry.charges == (Charge(kr("-2.50"), included=False, kind="GEBYR"),)
    assert entry.collected == Collected("OFL-M", "OFL-M-001", 1, kr("5200.00"))
    assert entry.info == "Returneret"


def test_the_transaction() -> None:
    detail = statements_in("bank.xml", WRITTEN).statements[0].entries[0].details[0]
    assert detail.references == References(
        message="OFL-M",
        payment_information="OFL-M-001",
        instruction="I-1",
        end_to_end="OFL-1",
        transaction="T-1",
        uetr="eb6305c9-1f7f-49de-aed0-16487c27b42d",
        servicer="NK-1a",
        clearing="C-1",
    )
    assert detail.debtor == Party(
        "NemKonto", "10213231", StatedAccount(iban="DK5000400440116243"), "DABADKKK"
    )
    assert detail.creditor == Party("Statens resultatpulje", "", None, "0400")
    assert detail.remittance == ("Retur", "af udbetaling")
    assert detail.structured == (Structured("710000000000018", "FIK 71", "F-12", ("marts",)),)
    assert detail.returned == Return("AC04", ("Konto ophævet",))
    assert (detail.code, detail.info) == (TransactionCode("", "NKS-R"), "Se brev")
