"""A file with anything wrong in it is refused as a whole, by name, and tells nothing of anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.decide.refusal import Refusal
from ledger.service import Ledger
from tests.desk import bad_input
from tests.desk.bad_input import CASES
from tests.desk.good_input import GOOD, bring, file_name, small_ledger
from tests.desk.spoiling import Case

ALL = [case for cases in CASES.values() for case in cases]
SECRET = re.compile(r"QX.?\d+|ST-\d+|\d{4}-\d\d-\d\d|\d\d[-/]\d\d[-/]\d\d|hemmelig\w*|Example ApS")
"""How the good files, and what spoils them, write what is personal."""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with small_ledger(tmp_path_factory.mktemp("bad-input")) as ledger:
        yield ledger


def refusal(case: Case, ledger: Ledger, path: Path) -> Refusal:
    case.put(path, GOOD[case.kind].encode())
    with pytest.raises(Refusal) as refused:
        bring(ledger, case.kind, path, case.covers_until)
    return refused.value


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.kind}: {case.wrong}")
def test_it_is_refused_in_these_words_and_nothing_is_imported(
    case: Case, ledger: Ledger, tmp_path: Path
) -> None:
    head = ledger.log.head()
    refused = refusal(case, ledger, tmp_path / file_name(case.kind))
    assert str(refused).replace(f"{tmp_path}/", "").splitlines() == case.lines
    assert getattr(refused, "findings", case.says) == case.says
    assert ledger.log.head() == head


@pytest.mark.parametrize(
    "case",
    [case for case in ALL if case.kind not in {"tariffs", "terms"}],
    ids=lambda case: f"{case.kind}: {case.wrong}",
)
def test_it_repeats_nothing_personal(case: Case, ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / file_name(case.kind)
    said = str(refusal(case, ledger, path))
    personal = set(SECRET.findall(GOOD[case.kind]))
    if path.is_file() and path.stat().st_size < 1_000_000:
        personal |= set(SECRET.findall(path.read_bytes().decode(errors="ignore")))
    assert personal
    assert not [each for each in personal if each in said]


def test_no_two_cases_are_the_same() -> None:
    assert len({(case.kind, case.wrong) for case in ALL}) == len(ALL) >= 45
    assert {case.kind for case in ALL} == set(GOOD)


def test_the_page_lists_exactly_these_cases() -> None:
    written = bad_input.PAGE.read_text(encoding="utf-8")
    assert written == bad_input.page(), "run .venv/bin/python -m tests.desk.bad_input"
