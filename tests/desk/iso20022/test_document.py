"""Hostile, broken and mistaken files are refused: quickly, in words, with file and line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.iso20022 import document
from desk.iso20022.camt import read_statements, statements_in
from desk.iso20022.document import BYTES_MAX, BankFileRefused
from desk.iso20022.pain002 import status_report_in
from ledger.decide.refusal import NotFound
from tests.desk.iso20022.bank import Day, Line, Transfer, message

V8 = "camt.053.001.08"
GOOD = message(V8, Day((Line(100, text="Bøgely", transfers=(Transfer(100, text="Ærø"),)),)))
SECONDS_MAX = 1.0


def refusal(content: bytes) -> str:
    started = time.process_time()
    with pytest.raises(BankFileRefused) as caught:
        statements_in("bank.xml", content)
    assert time.process_time() - started < SECONDS_MAX
    text = str(caught.value)
    assert text.startswith("bank.xml, line ")
    return text


def with_doctype(doctype: str) -> bytes:
    head, rest = GOOD.split(b"\n", 1)
    return head + b"\n" + doctype.encode() + rest


BILLION_LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 11)
)
QUADRATIC = f"<!DOCTYPE x [<!ENTITY a '{'x' * 1_000_000}'>]>"


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE Document>",
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;]>',
        BILLION_LAUGHS + "]>",
        QUADRATIC,
        "\n\n<!-- c --><!DOCTYPE Document>",
    ],
)
def test_a_doctype_is_not_read_any_further(doctype: str) -> None:
    line = 2 + doctype.partition("<!DOCTYPE")[0].count("\n")
    assert refusal(with_doctype(doctype)).startswith(
        f"bank.xml, line {line}: the file declares a DOCTYPE"
    )


def test_an_entity_without_a_doctype_is_not_read() -> None:
    assert "line 3: there is an & with a name that XML" in refusal(
        GOOD.replace("Bøgely".encode(), b"&e;", 1)
    )


def test_a_large_file_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.xml"
    with path.open("wb") as file:
        file.write(GOOD)
        file.truncate(200_000_000)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    started = time.process_time()
    with pytest.raises(BankFileRefused, match="the file has 200 MB, and 64 are the most"):
        read_statements(path)
    assert time.process_time() - started < SECONDS_MAX


def test_bytes_beyond_the_limit_are_refused() -> None:
    assert "larger than 64 MB" in refusal(b"<" + b" " * BYTES_MAX)


@pytest.mark.parametrize(
    "content",
    [
        b"<a>" * 3_900_000,
        GOOD.replace(b"<Ntry>", b"<Ntry>" + b"<a>" * 1_000_000),
        b"<a/>" * 3_900_000,
        b'<?xml version="1.0"?><a ' + b" ".join(b"a%d=''" % n for n in range(200_000)),
        GOOD.replace("Bøgely".encode(), b"x" * 30_000_000, 1),
        GOOD.replace(b"<MsgId>", b"<MsgId>" + b"x" * 30_000_000),
    ],
)
def test_deep_wide_and_long_files_end_soon(content: bytes) -> None:
    refusal(content)


def test_far_too_many_elements_are_refused() -> None:
    assert "far more elements" in refusal(b"<a/>" * 4_000_001)
    within = GOOD.replace(b"<Ntry>", b"<Ntry>" + b"<a/>" * 1_000_000)
    with pytest.raises(BankFileRefused, match="line 3: the file holds far more elements"):
        statements_in("bank.xml", within)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "line 1: the file is empty"),
        (b"\xef\xbb\xbf \n", "line 1: the file is empty"),
        (b"account;amount\n1;2\n", "line 1: this is not XML"),
        (b"%PDF-1.7", "line 1: this is not XML"),
        (b"PK\x03\x04", "line 1: this is not XML"),
        (b":20:STARTUMS\n:25:1234", "line 1: this is not XML"),
        (b"<html><body>Log in</body></html>", "its first element is html, not Document"),
        (b"<a><b></a>", "line 1: the XML is broken"),
        (GOOD.decode().encode("utf-16"), "this is UTF-16"),
        (GOOD.decode().encode("utf-16-le"), "this is UTF-16"),
        (GOOD.decode().encode("utf-32"), "this is UTF-16 or UTF-32"),
        (GOOD.decode().encode("cp037"), "this is not XML"),
        (GOOD.replace(b"UTF-8", b"UTF-16", 1), "declares an encoding that is not read (UTF-16)"),
        (GOOD.replace(b"UTF-8", b"UTF-7", 1), "declares an encoding that is not read (UTF-7)"),
        (GOOD.replace(b"UTF-8", b"KLINGON", 1), "not read (KLINGON)"),
        (GOOD.replace(b"UTF-8", b"\xc3\xa6", 1), "that the first line declares is not understood"),
        (GOOD.decode().encode("iso-8859-1"), "line 3: the file declares UTF-8, and this line"),
        (GOOD.replace(b"UTF-8", b"ISO-8859-1", 1), "declares ISO-8859-1 and is in UTF-8"),
        (GOOD.replace("Bøgely".encode(), b"\x01"), "line 3: there is a character"),
    ],
)
def test_what_is_not_the_xml_it_says_it_is(content: bytes, says: str) -> None:
    assert says in refusal(content)


def test_latin_1_that_is_declared_is_read() -> None:
    text = GOOD.decode().replace("UTF-8", "ISO-8859-1")
    assert (
        statements_in("b", text.encode("iso-8859-1")).statements
        == statements_in("b", GOOD).statements
    )


def test_a_byte_order_mark_is_read() -> None:
    assert (
        statements_in("b", b"\xef\xbb\xbf" + GOOD).statements == statements_in("b", GOOD).statements
    )


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_file_that_was_cut_off(share: float) -> None:
    assert refusal(GOOD[: int(len(GOOD) * share)].rstrip(b"\n"))


def test_a_cut_between_two_lines_is_called_a_cut() -> None:
    cut = GOOD[: GOOD.index(b"</Ntry>") + len(b"</Ntry>")]
    assert "the file was cut off" in refusal(cut)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("pain.001.001.09", "this is a payment file (pain.001); wanted is an account report"),
        ("pain.002.001.10", "this is a payment status report (pain.002)"),
        ("pacs.008.001.08", "this is a credit transfer between banks (pacs.008)"),
        ("camt.060.001.05", "this is a message of the kind camt.060"),
        ("camt.053.001.01", "not read here: 1. Ask the bank for one of 2 to 14"),
        ("camt.053.001.15", "not read here: 15."),
        ("camt.053.001.99", "not read here: 99."),
        ("camt.053", "names no ISO 20022 message"),
        ("", "names no ISO 20022 message"),
    ],
)
def test_another_message_is_called_by_its_name(name: str, says: str) -> None:
    content = GOOD.replace(V8.encode(), name.encode())
    assert says in refusal(content)
    assert "line 2, Document: " in refusal(content)


def test_a_statement_is_no_status_report() -> None:
    with pytest.raises(BankFileRefused, match=r"this is an account statement \(camt.053\)"):
        status_report_in("bank.xml", GOOD)


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.xml", tmp_path / "bad\nname.xml"):
        with pytest.raises(NotFound):
            read_statements(path)


def test_a_name_in_the_root_is_not_repeated() -> None:
    assert "something else" in refusal("<Jørgen_Hansen/>".encode())


@settings(max_examples=300)
@given(st.data())
def test_damage_refuses_or_reads_and_never_crashes(data: st.DataObject) -> None:
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        width = data.draw(st.integers(0, 6))
        content[at : at + width] = data.draw(st.binary(max_size=6))
    lines = [1]
    try:
        statements_in("bank.xml", bytes(content))
    except BankFileRefused as refused:
        lines = [each.row for each in refused.findings]
    assert lines
    assert min(lines) >= 1


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused(content: bytes) -> None:
    refusal(content)


def test_the_parser_expands_and_fetches_nothing(tmp_path: Path) -> None:
    """Behind the refusal of DOCTYPE, the parser itself is set so that none would do harm."""
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    hostile = f'<!DOCTYPE d [<!ENTITY e SYSTEM "{secret.as_uri()}">]><d><m>&e;</m></d>'.encode()
    found = document.BankDocument("bank.xml", "", "camt.053", 8, hostile)
    try:
        texts = [node.text for node in found.parts(("m",))]
    except BankFileRefused:
        texts = []
    assert "hidden" not in "".join(texts)
