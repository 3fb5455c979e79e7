"""A CSV file -> validated rows, or every problem in it with its row and column.

What the columns are and what a cell may hold is said by a model, one field for each column. Nothing
is repaired in silence, and no message repeats what stands in a cell: it may be about a person.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from ledger.decide.refusal import FileRefused, Finding, NotFound
from ledger.decide.rows import Batch, Row
from ledger.model import Model

L = TypeVar("L", bound=Model)
R = TypeVar("R")

BYTES_MAX = 200_000_000
_FILE_NAME_MAX = 200
_WORKBOOK = 'this is an Excel workbook; save it as "CSV UTF-8"'
_UTF_16 = 'this is UTF-16; save it as UTF-8 (in Excel: "CSV UTF-8")'
_OTHER_FILES = {
    b"PK\x03\x04": _WORKBOOK,
    b"\xd0\xcf\x11\xe0": _WORKBOOK,
    b"\xff\xfe": _UTF_16,
    b"\xfe\xff": _UTF_16,
}
"""What to say of a file by its first bytes."""

_WORDED = {
    "missing": "the cell is empty; fill it in",
    "string_pattern_mismatch": "write the short name: a-z, 0-9 and hyphens, from a letter",
    "string_too_long": "the cell is longer than {max_length} characters; shorten it",
}
"""What pydantic's own kinds of error are called here; ours come with their message."""


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file: its base name, the hash of its bytes, its text without a byte order mark."""

    name: str
    sha256: str
    text: str


def read_text(path: Path, bytes_max: int = BYTES_MAX) -> TextFile:
    """Read a whole file as UTF-8.

    Raises:
        NotFound: if there is no file to read at the path.
        FileRefused: if it is empty, too large, cut off, or not text in UTF-8.
    """
    content = _content(path, bytes_max)
    finding = _not_text(content)
    if finding is not None:
        raise FileRefused(path.name, [finding])
    text = content.decode("utf-8-sig")
    if not text.endswith("\n"):
        message = (
            "the last line does not end with a line break, so the file may be cut off; "
            "export it again, or add the line break if the line is whole"
        )
        raise FileRefused(path.name, [Finding(text.count("\n") + 1, "", message)])
    return TextFile(path.name, hashlib.sha256(content).hexdigest(), text)


def _content(path: Path, bytes_max: int) -> bytes:
    if not path.name.isprintable() or len(path.name) > _FILE_NAME_MAX:
        message = f"give the file a plain name of at most {_FILE_NAME_MAX} characters first"
        raise NotFound(message)
    try:
        if path.is_dir():
            message = f"{path} is a folder; name a file in it"
            raise NotFound(message)
        if not path.is_file():
            message = f"there is no file {path}"
            raise NotFound(message)
        if path.stat().st_size > bytes_max:
            message = (
                f"the file is larger than {bytes_max // 1_000_000} MB; "
                "check that it is the right one, or split it"
            )
            raise FileRefused(path.name, [Finding(1, "", message)])
        return path.read_bytes()
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise NotFound(message) from None


def _not_text(content: bytes) -> Finding | None:
    """Why bytes are not text in UTF-8; None if they are."""
    if not content.removeprefix(b"\xef\xbb\xbf"):
        return Finding(1, "", "the file is empty; export it again")
    for first, message in _OTHER_FILES.items():
        if content.startswith(first):
            return Finding(1, "", message)
    nul = content.find(b"\0")
    if nul >= 0:
        message = "the file holds a NUL byte, so it is damaged or not a text; export it again"
        return Finding(content.count(b"\n", 0, nul) + 1, "", message)
    if b"\r" in content and b"\n" not in content:
        return Finding(1, "", 'the lines end as on an old Mac; save it as "CSV UTF-8"')
    try:
        content.decode()
    except UnicodeDecodeError as error:
        message = 'this line is not in UTF-8; save the file as UTF-8 (in Excel: "CSV UTF-8")'
        return Finding(content.count(b"\n", 0, error.start) + 1, "", message)
    return None


MAY_BE_LEFT_OUT = "a column that files may be without"
"""Stands in the annotation of such a column; the others must be there, if only with empty cells."""


def read_table(path: Path, line: type[L], make: Callable[[L], R]) -> Batch[R]:
    """Read a file whose columns are the fields of `line`, and make a value of each row.

    Raises:
        NotFound: if there is no file to read at the path.
        FileRefused: with every problem found, in order of row.
    """
    file = read_text(path)
    lines = file.text.split("\n")
    lines.pop()  # what follows the last line break: nothing
    while len(lines) > 1 and lines[-1] in ("", "\r"):
        lines.pop()
    separator = ";" if ";" in lines[0] else ","
    optional = {name for name, f in line.model_fields.items() if MAY_BE_LEFT_OUT in f.metadata}
    columns, findings = _header(_cells(lines[0], separator), list(line.model_fields), optional)
    if not findings and len(lines) == 1:
        findings = [Finding(1, "", "no rows follow the header; export the file again")]
    if findings:
        raise FileRefused(file.name, findings)
    problems: list[Finding] = []
    rows = tuple(
        Row(number, make(value))
        for number, value in _rows(lines, separator, columns, line, problems)
    )
    if problems:
        raise FileRefused(file.name, problems)
    return Batch(file.name, file.sha256, rows)


def _cells(line: str, separator: str) -> list[str] | None:
    """The cells of one line; None if its quotation marks do not pair up."""
    line = line.removesuffix("\r")
    if '"' not in line:
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator, strict=True))
    except csv.Error:
        return None


def _header(
    names: Sequence[str] | None, known: Sequence[str], optional: Collection[str]
) -> tuple[list[str], list[Finding]]:
    """The columns in the file's order, and what is wrong with their names."""
    listed = ",".join(known)
    if names is None or not set(names) & set(known):
        message = f"the first row must name the columns: {listed}"
        return [], [Finding(1, "", message)]
    missing = [name for name in known if name not in names]
    findings = []
    for number, name in enumerate(names, start=1):
        if name in known:
            continue
        close = difflib.get_close_matches(name.strip().lower(), missing, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"the columns are {listed}"
        findings.append(Finding(1, "", f"the name of column {number} is not known here; {hint}"))
        missing = [name for name in missing if name not in close]
    wanted = (name for name in missing if name not in optional)
    findings += [Finding(1, name, "this column is missing") for name in wanted]
    doubled = [name for name in known if names.count(name) > 1]
    findings += [Finding(1, name, "two columns have this name; keep one") for name in doubled]
    return list(names), findings


def _rows(
    lines: Sequence[str], separator: str, columns: list[str], line: type[L], problems: list[Finding]
) -> Iterator[tuple[int, L]]:
    """The rows that are right, each with its number; the problems of the others are noted."""
    first: dict[tuple[str, ...], int] = {}
    for number, text in enumerate(lines[1:], start=2):
        cells = _cells(text, separator)
        if cells is None or len(cells) != len(columns) or not any(cells):
            problems.append(Finding(number, "", _misshapen(cells, len(columns))))
            continue
        earlier = first.setdefault(tuple(cells), number)
        if earlier != number:
            message = f"this row repeats row {earlier}; delete one of them"
            problems.append(Finding(number, "", message))
            continue
        named = dict(zip(columns, cells, strict=True))
        unclean = [(name, flaw) for name, cell in named.items() if (flaw := _flaw(cell))]
        try:
            value = line.model_validate({name: cell for name, cell in named.items() if cell})
        except ValidationError as error:
            unclean += wrong(error, dict(unclean))
        else:
            if not unclean:
                yield number, value
        problems += [Finding(number, name, message) for name, message in unclean]


def _misshapen(cells: Sequence[str] | None, columns: int) -> str:
    """Why a line is not a row of the table."""
    if cells is None:
        return "the quotation marks do not pair up; a cell must also not hold a line break"
    if not any(cell.strip() for cell in cells):
        return "the row is empty; delete it"
    return (
        f"cells in this row: {len(cells)}, in the header: {columns}; put a cell that holds "
        "the separator in quotation marks, and write amounts as 1507.00"
    )


def _flaw(cell: str) -> str | None:
    """What no cell of any column may hold; None if it is clean."""
    if cell != cell.strip():
        return "the cell starts or ends with a space; delete the space"
    if cell.isprintable():
        return None
    unseen = next(sign for sign in cell if not sign.isprintable())
    return f"the cell holds a character that cannot be seen, U+{ord(unseen):04X}; delete it"


def wrong(error: ValidationError, named: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The columns a model finds wrong, and why, except those named before."""
    for each in error.errors(include_url=False, include_input=False):
        column = str(each["loc"][0])
        if column not in named:
            worded = _WORDED.get(each["type"])
            message = each["msg"].removeprefix("Value error, ")
            yield column, worded.format(**each.get("ctx", {})) if worded else message
