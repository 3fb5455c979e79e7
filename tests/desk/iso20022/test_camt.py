"""Statements are read as the bank meant them, in every version; what is odd is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.iso20022.camt import statements_in
from desk.iso20022.document import BankFileRefused
from desk.iso20022.statement import Entry, Oddity, Proof, Statement, StatementFile
from ledger.money import Amount
from tests.desk.iso20022.bank import MESSAGES, Day, Line, Transfer, message, money, tag, way
from tests.desk.iso20022.schemas import errors

V8 = "camt.053.001.08"
WAGES = Line(
    -300_000,
    reference="DB-77",
    text="Overførsler",
    transfers=(
        Transfer(-100_000, "OFL-1", "OFL-M-001", "I-1", "Resultat marts", payee="Bøgely ApS"),
        Transfer(-200_000, "OFL-2", "OFL-M-001", "I-2", payee_account="04000440116243"),
    ),
)
SLIP = Line(45_050, transfers=(Transfer(45_050, slip="710000000000018", payer="Ærø Kommune"),))
RETURNED = Line(
    100_000, reversal=True, transfers=(Transfer(100_000, "OFL-1", returned="AC04", charge=2_500),)
)
DANISH = Day((WAGES, SLIP, RETURNED), opening=1_000_000)


def read(*days: Day, name: str = V8, currency: str | None = None) -> StatementFile:
    return statements_in("bank.xml", message(name, *days), currency)


def only(*lines: Line) -> tuple[Entry, ...]:
    return read(Day(lines)).statements[0].entries


def oddities(statement: Statement) -> set[Oddity]:
    return {each.oddity for each in statement.all_findings}


@pytest.mark.parametrize("name", MESSAGES)
def test_every_version_is_read_alike(name: str) -> None:
    content = message(name, DANISH)
    assert errors(name, content) == []

    found = statements_in("bank.xml", content)
    statement = found.statements[0]
    wages, slip, returned = statement.entries
    paid, other = wages.details

    assert (found.message, found.version) == (name[:8], int(name[-2:]))
    assert (statement.account.iban, statement.currency) == ("DK5000400440116243", "DKK")
    assert wages.amount.amount == Amount(-300_000)
    assert (wages.status, wages.is_booked, wages.reversal) == ("BOOK", True, False)
    assert wages.booked is not None
    assert wages.booked.day == date(2026, 3, 2)
    assert (wages.servicer_reference, wages.info, wages.code.own) == ("DB-77", "Overførsler", "TRF")
    assert paid.references.end_to_end == "OFL-1"
    assert paid.references.payment_information == "OFL-M-001"
    assert paid.references.instruction == "I-1"
    assert paid.remittance == ("Resultat marts",)
    assert [each.amount and each.amount.amount for each in wages.details] == [
        Amount(-100_000),
        Amount(-200_000),
    ]
    assert paid.creditor is not None
    assert paid.creditor.name == "Bøgely ApS"
    assert other.creditor is not None
    assert other.creditor.account is not None
    assert other.creditor.account.number == "04000440116243"
    assert other.creditor.account.scheme == "BBAN"
    assert slip.details[0].structured[0].reference == "710000000000018"
    assert slip.details[0].structured[0].scheme == "SCOR"
    assert slip.details[0].debtor is not None
    assert slip.details[0].debtor.name == "Ærø Kommune"
    assert returned.reversal
    assert returned.details[0].returned is not None
    assert returned.details[0].returned.reason == "AC04"
    assert [each.amount.amount for each in returned.details[0].charges] == [Amount(-2_500)]
    assert statement.all_findings == ()
    expected = Proof.NOT_STATED if name.startswith("camt.054") else Proof.PROVEN
    assert statement.check.proof is expected


def test_a_line_has_one_name_in_every_version_and_message() -> None:
    names = {
        tuple(entry.line_id for entry in read(DANISH, name=name).statements[0].entries)
        for name in MESSAGES
    }
    assert len(names) == 1


def test_prefixes_and_envelopes_make_no_difference() -> None:
    plain = message(V8, DANISH).decode()
    prefixed = plain.replace("<", "<n:").replace("<n:/", "</n:").replace("<n:?", "<?")
    prefixed = prefixed.replace("xmlns=", "xmlns:n=")
    declaration, rest = prefixed.split("\n", 1)
    enveloped = f"{declaration}\n<Xchg><AppHdr><Fr>X</Fr></AppHdr>{rest}</Xchg>"
    for written in (prefixed, enveloped):
        found = statements_in("bank.xml", written.encode())
        assert found.statements == read(DANISH).statements


# --- anything a bank can say -------------------------------------------------------------------

words = st.text(st.sampled_from("abcæøåÉ<>&'\" 0123/-"), max_size=20).map(
    lambda text: " ".join(text.split())
)
identities = st.text(st.sampled_from("AB12-/"), max_size=12).filter(lambda text: text.strip())
ore = st.integers(-(10**12), 10**12)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    parts = draw(st.lists(ore.filter(bool), max_size=4))
    sign = draw(st.sampled_from([1, -1]))
    transfers = tuple(
        Transfer(
            sign * abs(each),
            draw(identities),
            text=draw(words),
            slip=draw(st.sampled_from(["", "710000000000018"])),
            payee=draw(words),
            payee_account=draw(st.sampled_from(["", "DK5000400440116243", "04000440116243"])),
        )
        for each in parts
    )
    return Line(
        sum(each.amount for each in transfers) if transfers else draw(ore),
        date(2026, 1, 1) + timedelta(draw(st.integers(0, 400))),
        draw(st.sampled_from(["BOOK", "BOOK", "BOOK", "PDNG", "INFO"])),
        draw(st.sampled_from(["", "1", "2"])),
        draw(st.one_of(st.just(""), identities)),
        draw(words),
        draw(st.booleans()),
        transfers,
    )


days = st.builds(
    Day,
    st.lists(lines(), max_size=8).map(tuple),
    opening=ore,
    account=st.sampled_from(["DK5000400440116243", "04000440116243"]),
)


@settings(max_examples=150)
@given(days, st.sampled_from(MESSAGES))
def test_every_line_comes_back(day: Day, name: str) -> None:
    content = message(name, day)
    assert errors(name, content) == []
    statement = statements_in("bank.xml", content).statements[0]

    assert [
        Line(
            -1 if (amount := entry.amount.amount) is None else amount.minor,
            entry.booked.day if entry.booked else date.min,
            entry.status,
            entry.reference,
            entry.servicer_reference,
            entry.info,
            entry.reversal,
            tuple(
                Transfer(
                    detail.amount.amount.minor if detail.amount and detail.amount.amount else 0,
                    detail.references.end_to_end,
                    text=" ".join(detail.remittance),
                    slip=" ".join(each.reference for each in detail.structured),
                    payee=detail.creditor.name if detail.creditor else "",
                    payee_account=(
                        detail.creditor.account.number
                        if detail.creditor and detail.creditor.account
                        else ""
                    ),
                )
                for detail in entry.details
            ),
        )
        for entry in statement.entries
    ] == list(day.lines)
    assert len({entry.line_id for entry in statement.entries}) == len(day.lines)
    assert statement.all_findings == ()


@settings(max_examples=60)
@given(days, st.integers(-(10**9), 10**9))
def test_the_balance_is_proven_or_the_difference_is_said(day: Day, off: int) -> None:
    statement = read(replace(day, off=off)).statements[0]
    assert statement.check.difference is not None
    assert statement.check.difference.amount == Amount(off)
    assert (statement.check.proof is Proof.PROVEN) == (off == 0)
    assert (Oddity.BALANCE in oddities(statement)) == (off != 0)
    if off:
        figure = f"the difference is {Amount(off)} DKK"
        assert any(each.message.endswith(figure) for each in statement.findings)


@settings(max_examples=60)
@given(days, days)
def test_a_line_keeps_its_name_when_it_comes_again(day: Day, more: Day) -> None:
    """In another file, after the same lines and before others, with another opening balance."""
    first = [entry.line_id for entry in read(day).statements[0].entries]
    longer = replace(day, lines=day.lines + more.lines, identifier="again", opening=17)
    again = [entry.line_id for entry in read(longer).statements[0].entries]
    assert again[: len(first)] == first


# --- names of lines ----------------------------------------------------------------------------


def test_lines_that_are_the_same_are_numbered() -> None:
    fee = Line(-500, text="Gebyr")
    first, second, third = only(fee, fee, replace(fee, text="Porto"))
    assert second.line_id == f"{first.line_id}-2"
    assert third.line_id not in (first.line_id, second.line_id)


def test_banks_that_number_the_lines_of_each_day_from_one() -> None:
    monday = Line(-500, date(2026, 3, 2), number="1")
    tuesday = Line(-500, date(2026, 3, 3), number="1")
    assert only(monday)[0].line_id != only(tuesday)[0].line_id


def test_banks_that_repeat_a_reference() -> None:
    a, b = only(Line(-500, reference="REF"), Line(-700, reference="REF"))
    assert a.line_id != b.line_id


def test_a_reference_holds_though_the_words_change() -> None:
    a = only(Line(-500, reference="REF", text="Gebyr", number="1"))[0]
    b = only(Line(-500, reference="REF", text="Gebyr, marts", number="7"))[0]
    assert a.line_id == b.line_id


def test_notprovided_is_no_reference() -> None:
    a, b = only(
        Line(-500, reference="NOTPROVIDED", text="a"), Line(-500, reference="NONREF", text="b")
    )
    assert (a.servicer_reference, b.servicer_reference) == ("", "")
    assert a.line_id != b.line_id


@pytest.mark.parametrize(
    "other",
    [
        Line(-500, reference="R", status="PDNG"),
        Line(-500, reference="R", reversal=True),
        Line(500, reference="R"),
        Line(-501, reference="R"),
        Line(-500, date(2026, 3, 3), reference="R"),
        Line(-500, reference="S"),
    ],
)
def test_what_makes_it_another_line(other: Line) -> None:
    """Each in a file of its own, where nothing numbers them."""
    assert only(Line(-500, reference="R"))[0].line_id != only(other)[0].line_id


def test_zeros_at_the_end_make_no_other_line() -> None:
    names = {with_lines(ntry(kr(text))).entries[0].line_id for text in ("50", "50.0", "50.00")}
    assert len(names) == 1


def test_a_batch_may_hold_money_both_ways() -> None:
    line = Line(10_000, transfers=(Transfer(15_000, "A"), Transfer(-5_000, "B")))
    entry = only(line)[0]
    assert [each.amount and each.amount.amount for each in entry.details] == [
        Amount(15_000),
        Amount(-5_000),
    ]
    assert entry.findings == ()


def test_a_line_that_two_statements_of_one_file_hold_is_said() -> None:
    day = Day((Line(-500, reference="R"),))
    first, second = read(day, replace(day, identifier="page 2")).statements
    assert Oddity.REPEATED not in oddities(first)
    assert Oddity.REPEATED in oddities(second)
    other = replace(day, account="DK2220005030014632")
    assert Oddity.REPEATED not in oddities(read(day, other).statements[1])


def test_an_account_is_known_in_either_form() -> None:
    day = Day((Line(-500, reference="R"),), account="DK5000400440116243")
    danish = replace(day, account="00400440116243")
    first, second = read(day, danish).statements
    assert first.account.number != second.account.number
    assert first.account.key == second.account.key == "DK5000400440116243"
    assert Oddity.REPEATED in oddities(second)
    for abroad in ("9 1234", "1234567890123", "1234567890123456"):
        assert read(replace(day, account=abroad)).statements[0].account.key == abroad


# --- oddities ----------------------------------------------------------------------------------


def ntry(amount: str, *more: str, status: str = "<Cd>BOOK</Cd>") -> str:
    code = tag("BkTxCd", tag("Prtry", tag("Cd", "TRF")))
    booked = tag("BookgDt", tag("Dt", "2026-03-02"))
    return tag("Ntry", amount, way(1), tag("Sts", status), booked, code, *more)


def with_lines(*written: str) -> Statement:
    return read(Day(extra={"lines": "".join(written)})).statements[0]


def kr(text: str, currency: str = "DKK") -> str:
    return f'<Amt Ccy="{currency}">{text}</Amt>'


@pytest.mark.parametrize(
    ("written", "currency", "amount", "odd"),
    [
        ("1.5", "DKK", Amount(150), False),
        ("7", "DKK", Amount(700), False),
        (" +7. ", "DKK", Amount(700), False),
        (".5", "DKK", Amount(50), False),
        ("8.850", "DKK", Amount(885), True),
        ("8.85000", "DKK", Amount(885), True),
        ("8.855", "DKK", None, True),
        ("27.5", "JPY", None, True),
        ("2700", "JPY", None, False),
        ("1.234", "KWD", None, False),
        ("999999999999999999.99", "DKK", Amount(99999999999999999999), False),
    ],
)
def test_amounts_are_exact(
    written: str, currency: str, amount: Amount | None, *, odd: bool
) -> None:
    entry = with_lines(ntry(kr(written, currency))).entries[0]
    assert entry.amount.value == Decimal(written.strip())
    assert entry.amount.amount == amount
    assert (Oddity.DECIMALS in {each.oddity for each in entry.findings}) == odd


def test_another_currency_is_said_and_the_balance_not_added_up() -> None:
    statement = with_lines(ntry(kr("1.00", "EUR")))
    assert Oddity.CURRENCY in oddities(statement)
    assert (statement.check.proof, statement.check.booked) == (Proof.DIFFERENT, None)
    assert Oddity.CURRENCY not in oddities(read(DANISH, currency="DKK").statements[0])
    assert Oddity.CURRENCY in oddities(read(DANISH, currency="EUR").statements[0])


def test_details_that_do_not_sum_to_the_line_are_said() -> None:
    line = replace(WAGES, amount=-299_999)
    finding = only(line)[0].findings[0]
    assert finding.oddity is Oddity.DETAILS
    assert finding.message == ("the line is -2999.99 DKK, and its transactions sum to -3000.00 DKK")


def test_a_batch_of_another_size_is_said() -> None:
    batch = tag("Btch", tag("NbOfTxs", "3"), money("TtlAmt", 300, "DKK"))
    detail = tag("TxDtls", kr("1.00"), way(1))
    details = tag("NtryDtls", batch, detail)
    entry = with_lines(ntry(kr("1.00"), details)).entries[0]
    assert [each.oddity for each in entry.findings] == [Oddity.COUNT]
    assert entry.collected is not None
    assert (entry.collected.count, entry.collected.total and entry.collected.total.amount) == (
        3,
        Amount(300),
    )


def test_a_summary_that_does_not_agree_is_said() -> None:
    def summary(count: int, total: str) -> Statement:
        text = tag("TxsSummry", tag("TtlNtries", tag("NbOfNtries", str(count)), tag("Sum", total)))
        return with_lines(text, ntry(kr("1.00")), ntry(kr("2.00")))

    assert Oddity.COUNT not in oddities(summary(2, "3"))
    assert Oddity.COUNT in oddities(summary(3, "3"))
    assert Oddity.COUNT in oddities(summary(2, "3.01"))


def test_a_status_of_the_banks_own_does_not_count_as_booked() -> None:
    entry = with_lines(ntry(kr("1.00"), status="<Prtry>MAYBE</Prtry>")).entries[0]
    assert not entry.is_booked
    assert [each.oddity for each in entry.findings] == [Oddity.STATUS]


def test_a_booked_line_without_a_day_is_said() -> None:
    line = ntry(kr("1.00")).replace(tag("BookgDt", tag("Dt", "2026-03-02")), "")
    assert [each.oddity for each in with_lines(line).entries[0].findings] == [Oddity.DATE]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("<Dt>2026-03-02</Dt>", date(2026, 3, 2)),
        ("<Dt>2026-03-02+01:00</Dt>", date(2026, 3, 2)),
        ("<DtTm>2026-03-02T23:59:59</DtTm>", date(2026, 3, 2)),
        ("<DtTm>2026-03-02T23:30:00Z</DtTm>", date(2026, 3, 3)),
        ("<DtTm>2026-03-02T23:30:00.123456789+01:00</DtTm>", date(2026, 3, 2)),
        ("<DtTm>2026-06-30T22:00:00.5Z</DtTm>", date(2026, 7, 1)),
        ("<DtTm>2026-03-02T24:00:00</DtTm>", date(2026, 3, 2)),
    ],
)
def test_a_moment_lies_on_a_danish_day(written: str, day: date) -> None:
    line = ntry(kr("1.00")).replace("<Dt>2026-03-02</Dt>", written)
    booked = with_lines(line).entries[0].booked
    assert booked is not None
    assert booked.day == day


BALANCE = '<Bal><Tp><CdOrPrtry><Cd>{}</Cd></CdOrPrtry></Tp><Amt Ccy="DKK">{}</Amt>'
BALANCE += "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>"


@pytest.mark.parametrize(
    ("kinds", "proof"),
    [
        (["OPBD", "CLBD"], Proof.PROVEN),
        (["PRCD", "CLBD"], Proof.PROVEN),
        (["OPBD", "ITBD"], Proof.PROVEN),
        (["ITBD", "ITBD"], Proof.PROVEN),
        (["ITBD", "CLBD"], Proof.PROVEN),
        (["OPBD"], Proof.NOT_STATED),
        (["CLBD"], Proof.NOT_STATED),
        (["OPAV", "CLAV"], Proof.NOT_STATED),
    ],
)
def test_which_balances_open_and_close(kinds: list[str], proof: Proof) -> None:
    written = "".join(
        BALANCE.format(kind, amount) for kind, amount in zip(kinds, ("1.00", "3.50"), strict=False)
    )
    day = Day((Line(250),), extra={"balances": written})
    statement = read(day).statements[0]
    assert statement.check.proof is proof
    assert (Oddity.BALANCE in oddities(statement)) == (proof is not Proof.PROVEN)
    assert [each.kind for each in statement.balances] == kinds
    report = read(day, name="camt.052.001.08").statements[0]
    assert report.findings == (), "a report need not state its balances"


# --- refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "element", "says"),
    [
        (ntry(kr("1,00")), "Ntry/Amt", "digits with a point"),
        (ntry(kr("-1.00")), "Ntry/Amt", "no sign"),
        (ntry(kr("NaN")), "Ntry/Amt", "no amount"),
        (ntry(kr("1_000")), "Ntry/Amt", "no amount"),
        (ntry(kr("٣")), "Ntry/Amt", "no amount"),
        (ntry("<Amt>1.00</Amt>"), "Ntry/Amt", "does not say its currency"),
        (ntry(""), "Ntry/Amt", "missing"),
        (ntry(kr("1")).replace("CRDT", "KREDIT"), "Ntry/CdtDbtInd", "CRDT or DBIT"),
        (ntry(kr("1"), status=""), "Ntry/Sts", "status is missing"),
        (ntry(kr("1")).replace("2026-03-02", "2026-02-30"), "BookgDt", "no day"),
        (ntry(kr("1")).replace("2026-03-02", "02.03.2026"), "BookgDt", "no day"),
        (ntry(kr("1"), tag("RvslInd", "ja")), "Ntry/RvslInd", "true or false"),
    ],
)
def test_what_cannot_be_read_refuses_the_file(line: str, element: str, says: str) -> None:
    with pytest.raises(BankFileRefused) as caught:
        with_lines(ntry(kr("1.00")), "\n\n", line)
    finding = caught.value.findings[0]
    assert (finding.row, finding.column) == (5, element)
    assert says in finding.message


def test_every_line_that_cannot_be_read_is_named() -> None:
    with pytest.raises(BankFileRefused) as caught:
        with_lines(*(ntry(kr(text)) + "\n" for text in ("1,0", "1.0", "x", "2.0")))
    assert [each.row for each in caught.value.findings] == [3, 5]
    assert str(caught.value).startswith("bank.xml, line 3, Ntry/Amt: this is no amount")


def test_what_a_statement_must_say() -> None:
    content = message(V8, DANISH)
    for left_out, says in [
        (b"<Id>2026-03-02</Id>", "own Id is missing"),
        (b"<IBAN>DK5000400440116243</IBAN>", "account's number is missing"),
        (b"<Cd>OPBD</Cd>", "which kind"),
    ]:
        assert left_out in content
        with pytest.raises(BankFileRefused, match=says):
            statements_in("bank.xml", content.replace(left_out, b"", 1))


def test_a_file_without_statements_is_refused() -> None:
    with pytest.raises(BankFileRefused, match="there is no Stmt"):
        statements_in("bank.xml", message(V8))
    other = message(V8, DANISH).replace(b"BkToCstmrStmt", b"BkToCstmrAcctRpt")
    with pytest.raises(BankFileRefused, match="no BkToCstmrStmt"):
        statements_in("bank.xml", other)


def test_a_refusal_repeats_nothing_personal() -> None:
    content = message(V8, DANISH).replace(b"1000.00", "1000,00 til Jørgen".encode())
    with pytest.raises(BankFileRefused) as caught:
        statements_in("bank.xml", content)
    for personal in ("Jørgen", "1000", "Bøgely", "DK50"):
        assert personal not in str(caught.value)
