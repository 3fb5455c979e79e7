"""Refusals: a class per reason, whose text tells a finance person what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LISTED_MAX = 50
"""How many problems of a file are listed one by one; the rest are only counted."""


class Refusal(Exception):  # noqa: N818 - an answer, not an error of the program
    """The command was refused and nothing was recorded."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing wrong in a file: row (from 1, the header is row 1), column, what to do."""

    row: int
    column: str
    message: str


class FileRefused(Refusal):
    """A file holds errors, so nothing of it was taken."""

    def __init__(self, file: str, findings: Sequence[Finding]) -> None:
        self.file = file
        self.findings = tuple(sorted(findings))
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """A line per finding, the first of them: file, row, column, message."""
        lines = [
            f"{self.file}, row {each.row}"
            + (f", column {each.column}" if each.column else "")
            + f": {each.message}"
            for each in self.findings[:LISTED_MAX]
        ]
        if len(self.findings) > LISTED_MAX:
            more = len(self.findings) - LISTED_MAX
            lines.append(f"{self.file}: {more} more problems from there on")
        return lines


class NotFound(Refusal):
    """Nothing has that name."""


class AlreadyDone(Refusal):
    """The step was taken before."""


class OutOfOrder(Refusal):
    """Another step must come first."""


class FourEyes(Refusal):
    """The same person may not take both steps."""


class SingleUser(FourEyes):
    """It takes a second person, and the ledger knows of one only."""


class NotAllowed(Refusal):
    """The duties of who acts do not hold this step."""


class NotSignedIn(Refusal):
    """Who acts did not show the key of a colleague."""


class BeyondAppropriation(Refusal):
    """The year's appropriation does not hold so much."""


class AgainstTerms(Refusal):
    """The agreement's terms do not allow it."""


class WordingRefused(Refusal):
    """A reason or name is too long, empty, or not written as names are."""
