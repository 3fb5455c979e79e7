"""The payment file: valid, exact, the same bytes every time, and read alike by others."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyiso20022.pain.pain_001_001_09 import Document  # type: ignore[import-untyped]
from xsdata.formats.dataclass.parsers import XmlParser

from desk.iso20022.pain001 import payment_chunks, payment_xml
from desk.iso20022.payment import CreditTransfer, Debtor, PaymentFile, UnfitForBank
from desk.iso20022.text import bank_text, check_identity
from ledger.bank_account import BankAccount
from ledger.money import Amount
from tests.desk.iso20022.schemas import errors

NAME = "pain.001.001.09"
STATE = Debtor(BankAccount.parse("0400-440116243"), "Statens resultatpulje")
COUNCIL = Debtor(BankAccount.parse("DK5000400440116243"), "Aarhus Kommune", "DABADKKK")
PAYEES = [BankAccount.parse(text) for text in ("1234-1", "DK2220005030014632", "5678-1234567890")]
MADE = datetime(2026, 11, 21, 14, 30, 15, 999_999, tzinfo=UTC)
SECONDS_MAX = 5.0


def transfer(number: int, **changes: object) -> CreditTransfer:
    made = CreditTransfer(
        end_to_end_id=f"OFL-{number:05d}",
        instruction_id=f"I-{number}",
        amount=Amount(100 + number),
        debtor=STATE,
        requested_on=date(2026, 11, 24),
        payee_name="Bøgely Æbleøen ApS",
        payee_account=PAYEES[number % 3],
        remittance=f"Resultat {number}",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def file(*transfers: CreditTransfer, **changes: object) -> PaymentFile:
    made = PaymentFile("OFL-7f3a9c", MADE, "Den Sociale Investeringsfond", "DKK", transfers)
    return replace(made, **changes)  # type: ignore[arg-type]


def problems(made: PaymentFile) -> list[str]:
    with pytest.raises(UnfitForBank) as caught:
        payment_chunks(made)
    return list(caught.value.problems)


def test_a_payment_as_the_bank_gets_it() -> None:
    content = payment_xml(file(transfer(1), customer_id="0012345678"))
    assert errors(NAME, content) == []
    assert content.decode() == (
        """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">
  <CstmrCdtTrfInitn>
    <GrpHdr>
      <MsgId>OFL-7f3a9c</MsgId>
      <CreDtTm>2026-11-21T14:30:15Z</CreDtTm>
      <NbOfTxs>1</NbOfTxs>
      <CtrlSum>1.01</CtrlSum>
      <InitgPty>
        <Nm>Den Sociale Investeringsfond</Nm>
        <Id>
          <OrgId>
            <Othr>
              <Id>0012345678</Id>
              <SchmeNm>
                <Cd>CUST</Cd>
              </SchmeNm>
            </Othr>
          </OrgId>
        </Id>
      </InitgPty>
    </GrpHdr>
    <PmtInf>
      <PmtInfId>OFL-7f3a9c-001</PmtInfId>
      <PmtMtd>TRF</PmtMtd>
      <BtchBookg>false</BtchBookg>
      <NbOfTxs>1</NbOfTxs>
      <CtrlSum>1.01</CtrlSum>
      <PmtTpInf>
        <SvcLvl>
          <Cd>NURG</Cd>
        </SvcLvl>
      </PmtTpInf>
      <ReqdExctnDt>
        <Dt>2026-11-24</Dt>
      </ReqdExctnDt>
      <Dbtr>
        <Nm>Statens resultatpulje</Nm>
      </Dbtr>
      <DbtrAcct>
        <Id>
          <Othr>
            <Id>04000440116243</Id>
            <SchmeNm>
              <Cd>BBAN</Cd>
            </SchmeNm>
          </Othr>
        </Id>
        <Ccy>DKK</Ccy>
      </DbtrAcct>
      <DbtrAgt>
        <FinInstnId>
          <ClrSysMmbId>
            <MmbId>0400</MmbId>
          </ClrSysMmbId>
        </FinInstnId>
      </DbtrAgt>
      <ChrgBr>SHAR</ChrgBr>
      <CdtTrfTxInf>
        <PmtId>
          <InstrId>I-1</InstrId>
          <EndToEndId>OFL-00001</EndToEndId>
        </PmtId>
        <Amt>
          <InstdAmt Ccy="DKK">1.01</InstdAmt>
        </Amt>
        <Cdtr>
          <Nm>Bøgely Æbleøen ApS</Nm>
        </Cdtr>
        <CdtrAcct>
          <Id>
            <IBAN>DK2220005030014632</IBAN>
          </Id>
        </CdtrAcct>
        <RmtInf>
          <Ustrd>Resultat 1</Ustrd>
        </RmtInf>
      </CdtTrfTxInf>
    </PmtInf>
  </CstmrCdtTrfInitn>
</Document>
"""
    )


# --- read by another program -------------------------------------------------------------------

Seen = tuple[str, str, str, Decimal, str, str, str, str, str]


def independently(content: bytes) -> list[Seen]:
    """Every transfer in the file, as pyiso20022 reads it."""
    body = XmlParser().from_bytes(content, Document).cstmr_cdt_trf_initn
    seen: list[Seen] = []
    for group in body.pmt_inf:
        own = [each.amt.instd_amt.value for each in group.cdt_trf_tx_inf]
        assert int(group.nb_of_txs) == len(own)
        assert group.ctrl_sum == sum(own)
        payer = group.dbtr_acct.id
        for each in group.cdt_trf_tx_inf:
            payee = each.cdtr_acct.id
            seen.append(
                (
                    each.pmt_id.end_to_end_id,
                    each.pmt_id.instr_id,
                    each.amt.instd_amt.ccy,
                    each.amt.instd_amt.value,
                    payer.iban or payer.othr.id,
                    str(group.reqd_exctn_dt.dt),
                    each.cdtr.nm,
                    payee.iban or payee.othr.id,
                    each.rmt_inf.ustrd[0],
                )
            )
    assert int(body.grp_hdr.nb_of_txs) == len(seen)
    assert body.grp_hdr.ctrl_sum == sum(each[3] for each in seen)
    identities = [group.pmt_inf_id for group in body.pmt_inf]
    assert len(set(identities)) == len(identities)
    return seen


def meant(made: PaymentFile) -> list[Seen]:
    return [
        (
            each.end_to_end_id,
            each.instruction_id,
            made.currency,
            Decimal(each.amount.minor) / 100,
            each.debtor.account.number,
            each.requested_on.isoformat(),
            bank_text(each.payee_name),
            each.payee_account.number,
            bank_text(each.remittance),
        )
        for each in made.transfers
    ]


identities = st.text(st.sampled_from("AZaz09-?:().,'+/ "), min_size=1, max_size=35).filter(
    lambda text: (
        text.strip(" /") == text and "//" not in text  # what check_identity asks for
    )
)
names = st.text(st.sampled_from("abcæøåÆØÅéüç& '()-,.–"), min_size=1, max_size=60).filter(
    lambda text: bool(text.strip(" \u00a0"))
)


@st.composite
def files(draw: st.DrawFn) -> PaymentFile:
    transfers = [
        transfer(
            number,
            end_to_end_id=identity,
            instruction_id=draw(identities),
            amount=Amount(draw(st.integers(1, 10**15))),
            debtor=draw(st.sampled_from([STATE, replace(COUNCIL, account=PAYEES[1])])),
            requested_on=date(2026, 11, 24) + timedelta(draw(st.integers(0, 2))),
            payee_name=draw(names),
            payee_account=draw(st.sampled_from([PAYEES[0], PAYEES[2]])),
            payee_bic=draw(st.sampled_from(["", "NDEADKKK", "NDEADKKKXXX"])),
            remittance=draw(names),
        )
        for number, identity in enumerate(
            draw(st.lists(identities, min_size=1, max_size=12, unique=True))
        )
    ]
    return file(*transfers)


@settings(max_examples=120)
@given(files(), st.randoms(use_true_random=False))
def test_valid_exact_and_the_same_in_any_order(made: PaymentFile, shuffle: random.Random) -> None:
    content = payment_xml(made)
    assert errors(NAME, content) == []
    assert sorted(independently(content)) == sorted(meant(made))
    transfers = list(made.transfers)
    shuffle.shuffle(transfers)
    assert payment_xml(replace(made, transfers=tuple(transfers))) == content


def test_a_group_for_each_paying_account_and_day() -> None:
    council = replace(COUNCIL, account=PAYEES[1])
    transfers = [
        transfer(
            n,
            debtor=[STATE, council][n % 2],
            requested_on=date(2026, 12, 1 + n % 3),
            payee_account=PAYEES[0],
        )
        for n in range(30)
    ]
    content = payment_xml(file(*transfers))
    groups = XmlParser().from_bytes(content, Document).cstmr_cdt_trf_initn.pmt_inf
    assert [each.pmt_inf_id for each in groups] == [f"OFL-7f3a9c-{n:03d}" for n in range(1, 7)]
    by_account = defaultdict(set)
    for group in groups:
        account = group.dbtr_acct.id
        by_account[account.iban or account.othr.id].add(str(group.reqd_exctn_dt.dt))
    assert by_account == {
        account.number: {"2026-12-01", "2026-12-02", "2026-12-03"}
        for account in (STATE.account, council.account)
    }


def test_the_time_is_written_in_utc_to_the_second() -> None:
    local = MADE.astimezone(timezone(timedelta(hours=1)))
    assert payment_xml(file(transfer(1), created_at=local)) == payment_xml(file(transfer(1)))


def test_euro_goes_by_sepa() -> None:
    made = file(transfer(1, debtor=COUNCIL), currency="EUR")
    content = payment_xml(made).decode()
    assert errors(NAME, content.encode()) == []
    assert "<Cd>SEPA</Cd>" in content
    assert "<ChrgBr>SLEV</ChrgBr>" in content


def test_ten_thousand_payments_in_a_moment() -> None:
    made = file(*(transfer(number) for number in range(10_000)))
    told: list[int] = []
    started = time.process_time()
    content = payment_xml(made, told.append)
    assert time.process_time() - started < SECONDS_MAX
    assert sum(told) == 10_000
    assert len(told) > 10
    assert content == payment_xml(replace(made, transfers=made.transfers[::-1]))
    assert errors(NAME, content) == []
    assert sorted(independently(content)) == sorted(meant(made))


# --- what a bank would refuse ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"end_to_end_id": "A" * 36}, "EndToEndId: an identity has at most 35"),
        ({"end_to_end_id": "Å-1"}, "EndToEndId: an identity"),
        ({"end_to_end_id": ""}, "EndToEndId: an identity"),
        ({"end_to_end_id": "/A"}, "EndToEndId: an identity"),
        ({"end_to_end_id": "A//B"}, "EndToEndId: an identity"),
        ({"end_to_end_id": "A\n"}, "EndToEndId: an identity"),
        ({"instruction_id": "A_B"}, "InstrId: an identity"),
        ({"amount": Amount(0)}, "the amount must be above zero"),
        ({"amount": Amount(-1)}, "the amount must be above zero"),
        ({"payee_name": ""}, "the payee's name: it holds no character"),
        ({"payee_name": "Иван"}, "the payee's name: it holds a character that banks do not take"),
        ({"payee_name": "a<b"}, "the payee's name: it holds a character"),
        ({"payee_name": "x" * 141}, "the payee's name: it may have at most 140"),
        ({"remittance": "x" * 141}, "the text to the payee: it may have at most 140"),
        ({"remittance": "a\nb"}, "the text to the payee: it holds a character"),
        ({"payee_bic": "DABA"}, "the payee's bank: a BIC has 8 or 11"),
        ({"payee_account": STATE.account}, "it would go to the account that it comes from"),
        (
            {"payee_account": BankAccount(STATE.account.iban)},
            "it would go to the account that it comes from",
        ),
        (
            {"debtor": Debtor(BankAccount.parse("NL91ABNA0417164300"), "X")},
            "an account that is not Danish needs its BIC",
        ),
    ],
)
def test_a_payment_that_a_bank_would_refuse(changes: dict[str, object], says: str) -> None:
    found = problems(file(transfer(1), transfer(2, **changes)))
    assert len(found) == 1
    assert says in found[0]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"message_id": "A" * 32}, "MsgId: at most 31 characters"),
        ({"message_id": "æ"}, "MsgId: an identity"),
        ({"transfers": ()}, "from 1 to 99999 transfers"),
        ({"currency": "XYZ"}, "the currency must be one of"),
        ({"created_at": MADE.replace(tzinfo=None)}, "without its time zone"),
        ({"sender": " "}, "the sender's name"),
        ({"customer_id": "no_number"}, "the sender's number"),
    ],
)
def test_a_file_that_a_bank_would_refuse(changes: dict[str, object], says: str) -> None:
    found = problems(file(transfer(1), **changes))
    assert len(found) == 1
    assert says in found[0]


def test_everything_is_said_at_once() -> None:
    found = problems(file(transfer(1, amount=Amount(0)), transfer(2, remittance=""), currency="X"))
    assert len(found) == 4, "the currency, a Danish number in it, the amount, the text"


def test_an_identity_is_used_once() -> None:
    assert problems(file(transfer(1), transfer(1))) == ["EndToEndId OFL-00001 is used 2 times"]


def test_a_paying_account_has_one_name_and_one_form() -> None:
    other = replace(STATE, account=BankAccount(STATE.account.iban))
    for changed in (replace(STATE, name="Another"), other):
        found = problems(file(transfer(1), transfer(2, debtor=changed)))
        assert found == ["the paying account …6243 is written in more than one way"]


def test_a_danish_number_takes_no_foreign_currency() -> None:
    found = problems(file(transfer(0, debtor=COUNCIL), currency="EUR"))
    assert "needs the payee's IBAN" in found[0]


# --- characters --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Æblegård & Søn", "Æblegård + Søn"),
        ("Müller – François", "Müller - Francois"),
        ("Ærø “Skole”", "Ærø 'Skole'"),
        ("A\u030arhus", "Århus"),
        ("Łódź straße", "Lodz strasse"),
        (" a ", "a"),
    ],
)
def test_what_stands_for_other_characters(text: str, written: str) -> None:
    assert bank_text(text) == written


@given(st.text(max_size=30))
def test_a_text_is_written_once_and_for_all_or_refused(text: str) -> None:
    try:
        written = bank_text(text)
    except ValueError:
        return
    assert bank_text(written) == written
    assert written.encode("iso-8859-1")


@given(identities)
def test_an_identity_of_these_is_carried(identity: str) -> None:
    check_identity(identity)
