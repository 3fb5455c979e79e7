"""How a good file is spoiled, and what a case of that says: the words that the cases share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from desk.intake.files import TermsRefused
from desk.intake.table import BYTES_MAX
from ledger.decide.refusal import FileRefused, Finding
from tests.desk.good_input import file_name

Put = Callable[[Path, bytes], object]
"""Puts a spoiled file at a path, made of the good one's bytes."""


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that is wrong in a file, what is said to it and what to do about it."""

    kind: str
    wrong: str
    put: Put
    says: str | tuple[Finding, ...]
    todo: str
    covers_until: date | None = None

    @property
    def lines(self) -> list[str]:
        """What `ofl` prints."""
        if isinstance(self.says, str):
            return [self.says]
        refused = TermsRefused if self.kind == "terms" else FileRefused
        return refused(file_name(self.kind), self.says).lines()


def at(row: int, column: str, message: str) -> tuple[Finding, ...]:
    return (Finding(row, column, message),)


def two_lines(line: str) -> str:
    return (
        f"{line} stands for two different lines, here and above or in an earlier file; "
        "give each line of an account a number of its own"
    )


# --- how a good file is spoiled ---------------------------------------------------------------


def swap(*changes: tuple[str, str]) -> Put:
    """Replace the first place where each text stands."""

    def put(path: Path, good: bytes) -> None:
        text = good.decode()
        for old, new in changes:
            assert old in text, f"the good file does not hold {old!r}"
            text = text.replace(old, new, 1)
        path.write_bytes(text.encode())

    return put


def more(rows: str) -> Put:
    """Add rows at the end."""
    return lambda path, good: path.write_bytes(good + rows.encode())


def whole(content: bytes | str) -> Put:
    """Write something else altogether."""
    made = content.encode() if isinstance(content, str) else content
    return lambda path, _: path.write_bytes(made)


def nothing(path: Path, good: bytes) -> None:
    """Leave the path empty."""


def folder(path: Path, good: bytes) -> None:
    path.mkdir()


def huge(path: Path, good: bytes) -> None:
    with path.open("wb") as file:
        file.truncate(BYTES_MAX + 1)


def semicolons(text: str) -> str:
    """As a Danish Excel would save it."""
    return text.replace(",", ";").replace("\n", "\r\n")


WORK = """\
  - id: work
    kind: per_person
    achieved_when: {indicator: job, equals: yes}
    price: 1000.00
    split: [{payer: state-fund, share: 0.6}, {payer: aarhus, share: 0.4}]
"""
"""A metric with a price, for the cases of what may stand in one."""


def paid(*changes: tuple[str, str]) -> Put:
    """Put that metric, two groups and what it reads into the terms; then replace as `swap` does."""
    job = "  - {id: job, title: In work, kind: yes_no}\n"
    return swap(("metrics:\n", f"{job}groups: [young, old]\nmetrics:\n{WORK}"), *changes)


# --- the words of messages that several cases share -------------------------------------------

AMOUNT = (
    "write the amount as 1507.00: two decimals after a point, "
    "nothing between the thousands, no currency"
)
DAY = "write a day that exists, as 2024-02-29: year, month, day"
YEAR = "the year must be from 1900 to 2099"
NAME = "write the short name: a-z, 0-9 and hyphens, from a letter"
ID = (
    "an id starts with a letter or a digit; after that also spaces and . _ : / # ( ) + - "
    "may stand, at most 200 characters in all"
)
EMPTY = "the cell is empty; fill it in"
QUOTES = "the quotation marks do not pair up; a cell must also not hold a line break"
EMPTY_ROW = "the row is empty; delete it"
SPACE = "the cell starts or ends with a space; delete the space"
CUT_OFF = (
    "the last line does not end with a line break, so the file may be cut off; "
    "export it again, or add the line break if the line is whole"
)
HEADER_OF_STAYS = (
    "the first row must name the columns: stay_id,person_id,shelter,admitted,discharged"
)
NOT_ENROLLED = (
    "this person is not enrolled in any agreement; import the enrolment first, or leave the row out"
)
OTHER_STAY = (
    "this stay was recorded before with another person, shelter or date; "
    "an import only adds stays and ends open ones; ofl correct stays does more"
)
OTHER_READING = (
    "this milestone was recorded before with another reading or day; "
    "a reading is not changed by import; ofl correct measurements does that"
)
ONE_LINE = "write it on one line, with no spaces around it and nothing unseen in it"


def cells(number: int, columns: int) -> str:
    return (
        f"cells in this row: {number}, in the header: {columns}; put a cell that holds "
        "the separator in quotation marks, and write amounts as 1507.00"
    )


AS_TEXT = "In Excel, format the column as text and type the amounts with a point."
AS_ISO = "In Excel, format the column as yyyy-mm-dd, or as text."
AGAIN = "Export the file again."
SAVE_AS = 'In Excel: Save as, and choose "CSV UTF-8 (comma delimited)".'
