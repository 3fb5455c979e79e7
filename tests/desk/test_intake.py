"""What intake accepts, and that nothing else than a refusal ever comes of a bad file."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from desk.intake import files
from ledger.decide.refusal import NotFound, Refusal
from ledger.decide.rows import BankRow, Batch
from ledger.events import StayRecorded
from ledger.service import Ledger
from ledger.terms.agreement import Terms
from ledger.terms.reader import UnreadableTermsError, read_model
from tests.desk.good_input import BANK, GOOD, TERMS, bring, file_name, small_ledger
from tests.desk.test_bad_input import SECRET

READ: dict[str, Callable[[Path], Batch[Any]]] = {
    "tariffs": files.read_tariffs,
    "enrolments": files.read_enrolments,
    "stays": files.read_stays,
    "measurements": files.read_measurements,
    "bank": files.read_bank,
}
each_kind = pytest.mark.parametrize("kind", READ)


def written(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding))
    return path


def with_semicolons(text: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows(csv.reader(io.StringIO(text)))
    return out.getvalue()


def columns_reversed(text: str) -> str:
    out = io.StringIO()
    rows = csv.reader(io.StringIO(text))
    csv.writer(out, lineterminator="\n").writerows(row[::-1] for row in rows)
    return out.getvalue()


def every_cell_quoted(text: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows(csv.reader(io.StringIO(text)))
    return out.getvalue()


@each_kind
@pytest.mark.parametrize(
    ("change", "encoding"),
    [
        pytest.param(with_semicolons, "utf-8", id="semicolons"),
        pytest.param(with_semicolons, "utf-8-sig", id="semicolons after a byte order mark"),
        pytest.param(lambda text: text, "utf-8-sig", id="a byte order mark"),
        pytest.param(lambda text: text.replace("\n", "\r\n"), "utf-8", id="lines ended by CR LF"),
        pytest.param(lambda text: text + "\n\r\n", "utf-8", id="blank lines at the end"),
        pytest.param(columns_reversed, "utf-8", id="columns in another order"),
        pytest.param(every_cell_quoted, "utf-8", id="every cell in quotation marks"),
    ],
)
def test_the_same_table_in_another_dress_reads_the_same(
    kind: str, change: Callable[[str], str], encoding: str, tmp_path: Path
) -> None:
    plain = READ[kind](written(tmp_path / "plain.csv", GOOD[kind]))
    dressed = READ[kind](written(tmp_path / "dressed.csv", change(GOOD[kind]), encoding))
    assert dressed.rows == plain.rows
    assert len(plain.rows) == GOOD[kind].count("\n") - 1
    assert dressed.sha256 != plain.sha256


@each_kind
def test_a_batch_is_named_by_its_file_and_hashed_by_its_bytes(kind: str, tmp_path: Path) -> None:
    batch = READ[kind](written(tmp_path / "june.csv", GOOD[kind], "utf-8-sig"))
    assert batch.file == "june.csv"
    assert batch.sha256 == hashlib.sha256((tmp_path / "june.csv").read_bytes()).hexdigest()
    assert [row.number for row in batch.rows] == list(range(2, 2 + len(batch.rows)))


def test_terms_name_their_file_and_its_hash(tmp_path: Path) -> None:
    path = written(tmp_path / "youth.yaml", TERMS, "utf-8-sig")
    terms, source = files.read_terms(path)
    assert terms == read_model(TERMS, Terms)
    assert (source.file, source.row) == ("youth.yaml", None)
    assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_text_may_look_like_a_formula_and_hold_commas_and_quotation_marks(
    tmp_path: Path,
) -> None:
    text = "=HYPERLINK(\"http://x\"), @ 'a', +1"
    quoted = text.replace('"', '""')
    path = written(tmp_path / "bank.csv", BANK + f'dsi,2021-009,2021-03-01,-0.01,-,"{quoted}"\n')
    line = files.read_bank(path).rows[-1].value
    assert isinstance(line, BankRow)
    assert (line.reference, line.text) == ("-", text)


@pytest.mark.parametrize("name", ["a" * 201 + ".csv", "a\nb.csv", os.fsdecode(b"\xff.csv")])
def test_a_file_whose_name_cannot_be_kept_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="plain name"):
        files.read_stays(tmp_path / name)


def test_what_is_not_a_plain_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(NotFound, match="there is no file"):
        files.read_stays(tmp_path / "pipe.csv")


def test_a_table_of_aliases_is_refused_before_it_unfolds() -> None:
    rows = [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in pairwise("abcdefghij")]
    with pytest.raises(UnreadableTermsError, match="write the value out"):
        read_model("\n".join(["a: &a [x]", *rows]), Terms)


@pytest.mark.parametrize("text", ["[" * 5000, "a: &a [*a]\n", "? [a]\n: b\n", "--- \n...\n--- \n"])
def test_strange_yaml_is_refused(text: str) -> None:
    with pytest.raises(UnreadableTermsError):
        read_model(text, Terms)


# --- importing twice, and importing anything --------------------------------------------------


class Bench:
    """A ledger to import into; renewed when something was imported."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0
        small_ledger(folder).close()
        self.ledger = self._copy()

    def _copy(self) -> Ledger:
        self._made += 1
        copy = self._folder / f"copy-{self._made}"
        shutil.copytree(self._folder / "ledger", copy)
        return Ledger(copy, actor="bo")

    def bring(self, kind: str, content: bytes) -> Refusal | None:
        """Import a file; the refusal if it was refused."""
        path = self._folder / file_name(kind)
        path.write_bytes(content)
        head = self.ledger.log.head()
        try:
            bring(self.ledger, kind, path)
        except Refusal as refused:
            assert self.ledger.log.head() == head
            return refused
        if self.ledger.log.head() != head:
            self.ledger.close()
            self.ledger = self._copy()
        return None


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = Bench(tmp_path_factory.mktemp("intake"))
    yield made
    made.ledger.close()


@pytest.mark.parametrize("kind", GOOD)
def test_importing_a_file_again_changes_nothing(kind: str, tmp_path: Path) -> None:
    with small_ledger(tmp_path) as ledger:
        head = ledger.log.head()
        assert bring(ledger, kind, tmp_path / file_name(kind)).recorded == ()
        renamed = written(tmp_path / "again.csv", GOOD[kind], "utf-8-sig")
        assert bring(ledger, kind, renamed).recorded == ()
        assert ledger.log.head() == head


def test_what_half_a_file_left_out_is_added_by_the_whole_one(tmp_path: Path) -> None:
    """A file cut off exactly at a line's end looks whole; nothing is lost by that."""
    whole = GOOD["stays"]
    half = whole[: whole.index("ST-502")]
    with small_ledger(tmp_path, GOOD | {"stays": half}) as ledger:
        done = bring(ledger, "stays", written(tmp_path / "stays.csv", whole))
    assert sum(isinstance(each.event, StayRecorded) for each in done.recorded) == 1


SNIPPETS = (
    *(b'"', b",", b";", b"\n", b"\r\n", b"\r", b" ", b"\t", b"\0", b"\xff", b"\xef\xbb\xbf"),
    *(b"-", b"=", b"'", b"1e3", b"NaN", b"1_0", b"9999-12-31", b"0001-01-01", b"0", b"99999999"),
    *("٧ ９ \u200b \u2028 \u00a0 å a\u030a".encode().split()),  # noqa: RUF001 - digits of others
    *(b"&a ", b"*a", b"!!int ", b": ", b"- ", b"[", b"{", b"? ", b"|\n", b"#", b"<<: "),
)


@st.composite
def spoiled(draw: st.DrawFn, good: bytes) -> bytes:
    """A good file with pieces cut out, doubled, or replaced by what does not belong there."""
    content = good
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 12)))
        piece = draw(
            st.sampled_from(SNIPPETS) | st.binary(max_size=6) | st.just(content[start:end] * 2)
        )
        content = content[:start] + piece + content[end:]
    return content


EDGES = (
    *("", "0", "-1.00", "0.01", "999999999999999.99", "no", "10", "24", "aarhus", "bikuben"),
    *("QX-7001", "qx 7001", "QX7002", "QX-7009", "ST-501", "ST-502", "ST-503", "youth-2", "=1+1"),
    *("1900-01-01", "2020-02-29", "2021-02-03", "2022-02-28", "2028-12-31", "2099-12-31"),
)


@st.composite
def shuffled(draw: st.DrawFn, good: str) -> bytes:
    """A well-formed table whose cells are mostly plausible."""
    header, *rows = csv.reader(io.StringIO(good))
    plausible = [st.sampled_from(column) for column in zip(*rows, strict=True)]
    mostly = [cells | cells | cells | st.sampled_from(EDGES) for cells in plausible]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(draw(st.lists(st.tuples(*mostly), min_size=1, max_size=4)))
    return out.getvalue().encode()


def anything(kind: str) -> st.SearchStrategy[bytes]:
    good = GOOD[kind].encode()
    cut_off = st.integers(0, len(good)).map(lambda end: good[:end])
    bad = spoiled(good) | cut_off | st.binary(max_size=200)
    return bad if kind == "terms" else bad | shuffled(GOOD[kind])


@pytest.mark.parametrize("kind", GOOD)
def test_whatever_the_bytes_a_file_is_imported_or_refused(kind: str, bench: Bench) -> None:
    """Any other exception fails; so does a refusal that repeats what is personal."""
    secret = [] if kind in {"tariffs", "terms"} else SECRET.findall(GOOD[kind])
    ends = Counter[bool]()

    @given(anything(kind))
    @settings(max_examples=500, deadline=None)
    @example(GOOD[kind].encode())
    @example(b"")
    def try_it(content: bytes) -> None:
        refused = bench.bring(kind, content)
        ends[refused is None] += 1
        if refused is not None:
            assert str(refused)
            assert not [each for each in secret if each in str(refused)]

    try_it()
    assert ends[False] > ends[True] > 0
