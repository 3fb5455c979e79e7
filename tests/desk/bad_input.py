"""Every way we know in which a file can be wrong, and the page that lists them.

    .venv/bin/python -m tests.desk.bad_input

writes the cases into docs/reference/bad-input.md. Each case spoils one of the good files; all of
those have been imported into the ledger that the spoiled one is then brought to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from desk.intake.files import TermsRefused
from desk.intake.table import BYTES_MAX
from ledger.decide.refusal import LISTED_MAX, FileRefused, Finding
from ledger.metrics.kinds import KINDS
from tests.desk.good_input import BANK, STAYS, TERMS, file_name

PAGE = Path(__file__).parent.parent.parent / "docs" / "reference" / "bad-input.md"
BEGIN = "<!-- cases: made by `.venv/bin/python -m tests.desk.bad_input` -->\n"
END = "<!-- end of cases -->\n"

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

CASES = {
    "Any CSV file": [
        Case(
            "stays",
            "There is no such file",
            nothing,
            "there is no file stays.csv",
            "Check the path.",
        ),
        Case(
            "stays",
            "A folder instead of a file",
            folder,
            "stays.csv is a folder; name a file in it",
            "Name the file.",
        ),
        Case(
            "stays",
            "Larger than 200 MB",
            huge,
            at(
                1, "", "the file is larger than 200 MB; check that it is the right one, or split it"
            ),
            "Split it by year, or by shelter.",
        ),
        Case(
            "stays",
            "An empty file",
            whole(""),
            at(1, "", "the file is empty; export it again"),
            AGAIN,
        ),
        Case(
            "tariffs",
            "An Excel workbook",
            whole(b"PK\x03\x04\x14\x00\x06\x00"),
            at(1, "", 'this is an Excel workbook; save it as "CSV UTF-8"'),
            SAVE_AS,
        ),
        Case(
            "stays",
            "UTF-16 (Excel's “Unicode text”)",
            whole(STAYS.encode("utf-16")),
            at(1, "", 'this is UTF-16; save it as UTF-8 (in Excel: "CSV UTF-8")'),
            SAVE_AS,
        ),
        Case(
            "bank",
            "Latin-1 (Excel's plain “CSV”) with æ, ø or å in it",
            whole(BANK.encode("latin-1")),
            at(2, "", 'this line is not in UTF-8; save the file as UTF-8 (in Excel: "CSV UTF-8")'),
            SAVE_AS,
        ),
        Case(
            "stays",
            "The line ends of an old Mac",
            whole(STAYS.replace("\n", "\r")),
            at(1, "", 'the lines end as on an old Mac; save it as "CSV UTF-8"'),
            SAVE_AS,
        ),
        Case(
            "stays",
            "NUL bytes",
            swap(("herberg-nord", "herberg\0nord")),
            at(2, "", "the file holds a NUL byte, so it is damaged or not a text; export it again"),
            AGAIN,
        ),
        Case(
            "stays",
            "Half a file: cut off in the middle of a row",
            whole(STAYS[: STAYS.index("aaen")]),
            at(3, "", CUT_OFF),
            "Export it again. If you typed the file by hand, press Enter after the last row.",
        ),
        Case(
            "stays",
            "A header and no rows",
            whole(STAYS.partition("\n")[0] + "\n"),
            at(1, "", "no rows follow the header; export the file again"),
            "Export it again; if nothing happened in the period, import nothing.",
        ),
        Case(
            "stays",
            "No header",
            whole(STAYS.partition("\n")[2]),
            at(1, "", HEADER_OF_STAYS),
            "Put the header in front.",
        ),
        Case(
            "stays",
            "Excel's line `sep=;` in front of the header",
            whole("sep=;\r\n" + semicolons(STAYS)),
            at(1, "", HEADER_OF_STAYS),
            "Delete the first line; `;` is recognised without it.",
        ),
        Case(
            "stays",
            "Cells separated by tabs",
            whole(STAYS.replace(",", "\t")),
            at(1, "", HEADER_OF_STAYS),
            SAVE_AS,
        ),
        Case(
            "stays",
            "A column's name is misspelt",
            swap(("admitted", "admited")),
            at(1, "", "the name of column 4 is not known here; did you mean 'admitted'?"),
            "Correct the name in the header.",
        ),
        Case(
            "stays",
            "A column's name has a capital letter or a space",
            swap(("shelter", "Shelter ")),
            at(1, "", "the name of column 3 is not known here; did you mean 'shelter'?"),
            "Correct the name in the header.",
        ),
        Case(
            "tariffs",
            "A column is missing",
            whole("shelter,valid_from,tariff\nherberg-nord,2020-01-01,1100.00\n"),
            at(1, "own_payment", "this column is missing"),
            "Add the column.",
        ),
        Case(
            "enrolments",
            "A column too many",
            whole("agreement,person_id,enrolled_on,name\nyouth-1,QX-7001,2021-02-03,hemmelig\n"),
            at(
                1,
                "",
                "the name of column 4 is not known here; "
                "the columns are agreement,person_id,enrolled_on,group,referred_on,born_on",
            ),
            "Delete the column: nothing more than is needed may come in, least of all names.",
        ),
        Case(
            "stays",
            "Two columns of one name",
            swap(("discharged", "admitted")),
            (
                Finding(1, "admitted", "two columns have this name; keep one"),
                Finding(1, "discharged", "this column is missing"),
            ),
            "Give each column its own name.",
        ),
        Case(
            "stays",
            "A row has too few cells",
            swap(("herberg-nord,", "")),
            at(2, "", cells(4, 5)),
            "Complete the row.",
        ),
        Case(
            "tariffs",
            "A row has too many cells",
            swap(("1100.00", "1.100,00")),
            at(2, "", cells(5, 4)),
            "Write amounts with a point; put a text that holds a comma in quotation marks.",
        ),
        Case(
            "stays",
            "A quotation mark is not closed",
            swap(("QX-7001", '"QX-7001')),
            at(2, "", QUOTES),
            "Close the mark, or delete it.",
        ),
        Case(
            "bank",
            "A cell holds a line break",
            swap(("træk", "\ntræk")),
            (Finding(2, "", QUOTES), Finding(3, "", cells(1, 6))),
            "Write the text on one line.",
        ),
        Case(
            "stays",
            "A blank line between rows",
            swap(("\nST-502", "\n\nST-502")),
            at(3, "", EMPTY_ROW),
            "Delete the line, and check that no row is lost there.",
        ),
        Case(
            "stays",
            "A row of empty cells, as Excel writes below a table",
            more(",,,,\n"),
            at(4, "", EMPTY_ROW),
            "Delete the row in Excel (the row, not only what stands in it).",
        ),
        Case(
            "stays",
            "A required cell is empty",
            swap((",QX-7001,", ",,")),
            at(2, "person_id", EMPTY),
            "Fill it in. Only `discharged`, `reference` and `text` may be empty.",
        ),
        Case(
            "enrolments",
            "A space before or after what stands in a cell",
            swap(("QX-7001", "QX-7001 ")),
            at(2, "person_id", SPACE),
            "Delete the space: what looks alike must be the same.",
        ),
        Case(
            "enrolments",
            "A character that cannot be seen",
            swap(("QX-7001", "QX\u200b-7001")),
            at(2, "person_id", "the cell holds a character that cannot be seen, U+200B; delete it"),
            "Type the cell anew.",
        ),
        Case(
            "stays",
            "The same row twice",
            more("ST-501,QX-7001,herberg-nord,2020-05-06,2020-06-07\n"),
            at(4, "", "this row repeats row 2; delete one of them"),
            "Delete one; if both are real, they need different ids.",
        ),
        Case(
            "stays",
            f"More than {LISTED_MAX} problems",
            more("ST-503,QX-7001\n" * (LISTED_MAX + 7)),
            tuple(Finding(4 + n, "", cells(2, 5)) for n in range(LISTED_MAX + 7)),
            "Correct what is listed and import again to see the rest.",
        ),
    ],
    "Tariffs": [
        Case(
            "tariffs",
            "A Danish amount, 1.100,00",
            swap(("1100.00", '"1.100,00"')),
            at(2, "tariff", AMOUNT),
            AS_TEXT,
        ),
        Case(
            "tariffs",
            "A decimal comma, as a Danish Excel writes with `;` between the cells",
            whole(
                "shelter;valid_from;tariff;own_payment\r\nherberg-nord;2022-01-01;1162,00;93\r\n"
            ),
            at(2, "tariff", AMOUNT),
            AS_TEXT,
        ),
        Case(
            "tariffs",
            "A comma between the thousands",
            swap(("1100.00", '"1,100.00"')),
            at(2, "tariff", AMOUNT),
            AS_TEXT,
        ),
        Case(
            "tariffs",
            "One decimal, or three",
            swap(("1100.00", "1100.5"), ("91.00", "91.125")),
            (Finding(2, "own_payment", AMOUNT), Finding(2, "tariff", AMOUNT)),
            "Write whole øre: 1100.50.",
        ),
        Case(
            "tariffs",
            "A currency in the cell",
            swap(("1100.00", "1100.00 kr")),
            at(2, "tariff", AMOUNT),
            "Write the number alone.",
        ),
        Case(
            "tariffs",
            "1e3, 1_100, NaN or Infinity",
            swap(("1100.00", "1e3"), ("91.00", "9_1"), ("1131.00", "NaN"), ("92.00", "Infinity")),
            (
                Finding(2, "own_payment", AMOUNT),
                Finding(2, "tariff", AMOUNT),
                Finding(3, "own_payment", AMOUNT),
                Finding(3, "tariff", AMOUNT),
            ),
            "Write the amount in digits. A program made this file: have it corrected there.",
        ),
        Case(
            "tariffs",
            "Arabic or full-width digits",
            swap(("1100.00", "١١٠٠.٠٠"), ("91.00", "９１.００")),  # noqa: RUF001 - the point of it
            (Finding(2, "own_payment", AMOUNT), Finding(2, "tariff", AMOUNT)),
            "Write the digits 0 to 9.",
        ),
        Case(
            "tariffs",
            "A tariff or an own payment below zero",
            swap(("91.00", "-91.00")),
            at(2, "own_payment", "a tariff must not be below zero"),
            "Write the own payment above zero; it is deducted here.",
        ),
        Case(
            "tariffs",
            "A Danish date, 01-01-2020 or 1.1.2020",
            swap(("2020-01-01", "01-01-2020"), ("2021-01-01", "1.1.2021")),
            (Finding(2, "valid_from", DAY), Finding(3, "valid_from", DAY)),
            AS_ISO,
        ),
        Case(
            "tariffs",
            "A date without its zeros, 2020-1-1",
            swap(("2020-01-01", "2020-1-1")),
            at(2, "valid_from", DAY),
            AS_ISO,
        ),
        Case(
            "tariffs",
            "Excel's number for a date, 43831",
            swap(("2020-01-01", "43831")),
            at(2, "valid_from", DAY),
            AS_ISO,
        ),
        Case(
            "tariffs",
            "A day that does not exist",
            swap(("2020-01-01", "2021-02-29")),
            at(2, "valid_from", DAY),
            "Correct the day.",
        ),
        Case(
            "tariffs",
            "A year that cannot be meant",
            swap(("2020-01-01", "2202-01-01")),
            at(2, "valid_from", YEAR),
            "Correct the year.",
        ),
        Case(
            "tariffs",
            "A shelter's full name instead of its short one",
            swap(("herberg-nord", "Herberg Nord")),
            at(2, "shelter", NAME),
            "Use one short name for the shelter in all files.",
        ),
        Case(
            "tariffs",
            "A known tariff with another amount",
            swap(("1131.00", "1132.00")),
            at(
                3,
                "tariff",
                "herberg-nord already has the tariff 1131.00 less 92.00 from 2021-01-01; "
                "a tariff is not changed by import; ofl correct tariffs does that",
            ),
            "Check which is right. Entitlements may have been calculated with the known one.",
        ),
        Case(
            "tariffs",
            "Two tariffs of one shelter from one day",
            more("herberg-nord,2022-01-01,1162.00,93.00\nherberg-nord,2022-01-01,1163.00,93.00\n"),
            at(
                6,
                "tariff",
                "herberg-nord already has the tariff 1162.00 less 93.00 from 2022-01-01; "
                "a tariff is not changed by import; ofl correct tariffs does that",
            ),
            "Delete the one that is wrong.",
        ),
    ],
    "Enrolments": [
        Case(
            "enrolments",
            "An agreement that is not signed",
            swap(("youth-1", "youth-3")),
            at(2, "agreement", "there is no agreement 'youth-3' (known: youth-1)"),
            "Correct the name, or sign the agreement first.",
        ),
        Case(
            "enrolments",
            "An agreement's title instead of its short name",
            swap(("youth-1", "Youth 1")),
            at(2, "agreement", NAME),
            "Use the name that the terms begin with.",
        ),
        Case(
            "enrolments",
            "A day outside the agreement's term",
            swap(("2021-02-03", "2020-12-30")),
            at(
                2,
                "enrolled_on",
                "this day is outside the agreement's term, from 2021-01-01 up to 2028-12-31; "
                "correct the day or the agreement",
            ),
            "Correct the day. The last day of the term is the day before `ends_on`.",
        ),
        Case(
            "enrolments",
            "A person who is enrolled already, from another day",
            swap(("2021-02-03", "2021-02-04")),
            at(
                2,
                "enrolled_on",
                "this person is enrolled in youth-1 from another day; "
                "an enrolment is not changed by import; ofl correct enrolments does that",
            ),
            "Check the day. Milestones and counterfactual nights count from it.",
        ),
        Case(
            "enrolments",
            "More people than the terms allow",
            more("youth-1,QX-7003,2021-05-06\n"),
            at(
                4,
                "agreement",
                "youth-1 is for 2 people; this is one more, "
                "so leave the row out or move it to another agreement",
            ),
            "Count unique people: is one in the file under two ids?",
        ),
        Case(
            "enrolments",
            "An id that a spreadsheet would run as a formula",
            swap(("QX-7001", "=QX7001")),
            at(2, "person_id", ID),
            "Remove the sign in front.",
        ),
        Case(
            "enrolments",
            "An id that Excel has turned into a number, 1,01E+09",
            swap(("QX-7001", '"1,01E+09"')),
            at(2, "person_id", ID),
            "Format the column as text before pasting ids; also check that no first 0 is lost.",
        ),
        Case(
            "enrolments",
            "Digits of an id in another script",
            swap(("QX-7001", "QX-٧٠٠١")),  # noqa: RUF001 - the point of it
            at(2, "person_id", ID),
            "Type the id anew: it would be another person.",
        ),
        Case(
            "enrolments",
            "An id longer than 200 characters",
            swap(("QX-7001", "QX-" + "7" * 198)),
            at(2, "person_id", ID),
            "Are two columns run together? " + AGAIN,
        ),
    ],
    "Stays": [
        Case(
            "stays",
            "A person who is not enrolled",
            more("ST-503,QX-7009,herberg-nord,2021-08-09,2021-08-10\n"),
            at(4, "person_id", NOT_ENROLLED),
            "Import the enrolment, leave the row out, or correct the id: did Excel lose a first 0?",
        ),
        Case(
            "stays",
            "A shelter that is misspelt",
            more("ST-503,QX-7001,herberg-nrod,2021-08-09,2021-08-10\n"),
            at(
                4,
                "shelter",
                "no tariff is known for shelter 'herberg-nrod'; "
                "did you mean 'herberg-nord'? If not, import its tariffs first",
            ),
            "Correct the name.",
        ),
        Case(
            "stays",
            "A shelter without tariffs",
            more("ST-503,QX-7001,kollegiet,2021-08-09,2021-08-10\n"),
            at(
                4, "shelter", "no tariff is known for shelter 'kollegiet'; import its tariffs first"
            ),
            "Import its tariffs.",
        ),
        Case(
            "stays",
            "A stay from before the shelter's first tariff",
            more("ST-503,QX-7001,herberg-nord,2019-08-09,2019-08-10\n"),
            at(
                4,
                "admitted",
                "herberg-nord has no tariff before 2020-01-01; import the tariff of that day first",
            ),
            "Import the earlier tariff.",
        ),
        Case(
            "stays",
            "A discharge before the admission",
            swap(("2020-06-07", "2020-04-07")),
            at(
                2,
                "discharged",
                "the stay ends before it begins; correct the day here or under admitted",
            ),
            "Correct the day. A stay without a night has the same day twice.",
        ),
        Case(
            "stays",
            "9999-12-31 for a stay that still lasts",
            swap(("2021-04-05,", "2021-04-05,9999-12-31")),
            at(3, "discharged", YEAR),
            "Leave `discharged` empty.",
        ),
        Case(
            "stays",
            "A day after the one up to which the export reaches",
            more("ST-503,QX-7002,herberg-nord,2021-09-08,\n"),
            at(4, "admitted", "this is after 2021-07-01, the day the export reaches to"),
            "Correct the day in the file, or the day given for the export.",
            date(2021, 7, 1),
        ),
        Case(
            "stays",
            "A known stay with another shelter, person or admission",
            swap(("herberg-nord", "natherberg-aaen"), ("QX-7002", "QX-7001")),
            (Finding(2, "stay_id", OTHER_STAY), Finding(3, "stay_id", OTHER_STAY)),
            "Ask the register what is right; a correction is not an import.",
        ),
        Case(
            "stays",
            "A known stay that ended, open again",
            swap(("2020-06-07", "")),
            at(2, "stay_id", OTHER_STAY),
            "Is this an older export? Otherwise ask the register what is right.",
        ),
        Case(
            "stays",
            "A known stay that ended, with another end",
            swap(("2020-06-07", "2020-06-08")),
            at(2, "stay_id", OTHER_STAY),
            "Ask the register what is right; a correction is not an import.",
        ),
        Case(
            "stays",
            "One stay id for two stays",
            more(
                "ST-503,QX-7001,herberg-nord,2021-08-09,2021-08-10\n"
                "ST-503,QX-7001,herberg-nord,2021-09-08,2021-09-10\n"
            ),
            at(5, "stay_id", "this stay stands in the file twice with different content; keep one"),
            "Delete the row that is wrong; a new stay has an id of its own.",
        ),
        Case(
            "stays",
            "Several things at once",
            swap(("QX-7001", "@QX"), ("herberg-nord", "Nord"), ("2020-05-06", "06/05/20")),
            (
                Finding(2, "admitted", DAY),
                Finding(2, "person_id", ID),
                Finding(2, "shelter", NAME),
            ),
            "Correct all of them: each is named.",
        ),
    ],
    "Measurements": [
        Case(
            "measurements",
            "An agreement that is not signed",
            swap(("youth-1", "youth-3")),
            at(2, "agreement", "there is no agreement 'youth-3' (known: youth-1)"),
            "Correct the name, or sign the agreement first.",
        ),
        Case(
            "measurements",
            "A person who is not enrolled in the agreement",
            swap(("QX-7001", "QX-7009")),
            at(
                2,
                "person_id",
                "this person is not enrolled in youth-1; import the enrolment first",
            ),
            "Import the enrolment, or correct the id.",
        ),
        Case(
            "measurements",
            "A milestone that the terms do not have",
            swap((",12,", ",18,")),
            at(2, "milestone_months", "the terms measure at 12, 24 months, not at 18"),
            "Correct the milestone.",
        ),
        Case(
            "measurements",
            "A milestone that is not in whole months",
            swap((",12,", ",12.0,"), (",12,", ",1 year,")),
            (
                Finding(2, "milestone_months", "write whole months, such as 12"),
                Finding(3, "milestone_months", "write whole months, such as 12"),
            ),
            "Write 12, 24 and so on.",
        ),
        Case(
            "measurements",
            "Measured before the milestone is reached",
            swap(("2022-02-09", "2022-02-02")),
            at(
                2,
                "measured_on",
                "this is before the milestone, 12 months after enrolment; "
                "correct the day or the milestone",
            ),
            "Correct the day, or ask for a measurement after the milestone.",
        ),
        Case(
            "measurements",
            "An indicator that the terms do not have",
            swap(("no-shelter", "no-shelters")),
            at(
                2,
                "indicator",
                "the terms have no indicator 'no-shelters' (they have no-shelter, self-mastery)",
            ),
            "Correct the name.",
        ),
        Case(
            "measurements",
            "Yes or no written in another way",
            swap((",yes,", ",hemmelig ja,")),
            at(2, "value", "write yes or no"),
            "Write yes or no, in small letters.",
        ),
        Case(
            "measurements",
            "A score that is not from 0 to 10",
            swap((",7,", ",hemmelig 11,")),
            at(3, "value", "write a whole number from 0 to 10"),
            "Correct the score; it has no decimals.",
        ),
        Case(
            "measurements",
            "A reading without a validator",
            swap(("yes,Validator Example ApS", "yes,")),
            at(2, "validator", EMPTY),
            "Write who measured: a reading that nobody answers for pays nothing.",
        ),
        Case(
            "measurements",
            "A known reading with another value or day",
            swap((",yes,", ",no,"), ("2022-02-09,self", "2022-02-10,self")),
            (Finding(2, "value", OTHER_READING), Finding(3, "value", OTHER_READING)),
            "Ask the validator what is right; a correction is not an import.",
        ),
        Case(
            "measurements",
            "Two readings of one indicator at one milestone",
            more(
                "youth-1,QX-7002,12,2022-03-08,no-shelter,yes,Validator Example ApS\n"
                "youth-1,QX-7002,12,2022-03-08,no-shelter,no,Validator Example ApS\n"
            ),
            at(
                5,
                "value",
                "this milestone stands in the file twice with different content; keep one",
            ),
            "Ask the validator which is right.",
        ),
    ],
    "Bank statements": [
        Case(
            "bank",
            "An account of nobody",
            swap(("dsi,2021-001", "dsi-2,2021-001")),
            at(
                2,
                "account",
                "no agreement has a party 'dsi-2' "
                "(parties: aarhus, bikuben, council-fund, dsi, state-fund)",
            ),
            "Write the party's short name, not its account number.",
        ),
        Case(
            "bank",
            "A known line with another amount, day or text",
            swap(("-500000.00", "-500001.00"), (",250000.00,,", ",250000.00,,hemmelig")),
            (
                Finding(2, "line_id", two_lines("line 2021-001 of dsi")),
                Finding(3, "line_id", two_lines("line 2021-002 of aarhus")),
            ),
            "Ask the bank. If it is another line, give it a number of its own.",
        ),
        Case(
            "bank",
            "One line number for two lines",
            more("aarhus,2021-003,2021-02-01,1.00,,\naarhus,2021-003,2021-02-01,2.00,,\n"),
            at(5, "line_id", two_lines("line 2021-003 of aarhus")),
            "Number the lines of an account so that no number comes twice.",
        ),
        Case(
            "bank",
            "A sign that is not a plain minus in front, or brackets",
            swap(("-500000.00", "−500000.00"), ("250000.00", "(250000.00)")),
            (Finding(2, "amount", AMOUNT), Finding(3, "amount", AMOUNT)),
            "Write money out as -500000.00 and money in without a sign.",
        ),
        Case(
            "bank",
            "No amount",
            swap(("250000.00", "")),
            at(3, "amount", EMPTY),
            "Write the amount; if debit and credit are two columns, make them one.",
        ),
        Case(
            "bank",
            "A text longer than 500 characters",
            swap(("hemmelig", "hemmelig " * 60)),
            at(2, "text", "the cell is longer than 500 characters; shorten it"),
            "Shorten it.",
        ),
    ],
    "Terms (YAML)": [
        Case(
            "terms",
            "An empty file",
            whole("# terms follow\n"),
            at(1, "", "the file is empty"),
            "Write the terms, or name the right file.",
        ),
        Case(
            "terms",
            "Half a file",
            whole(TERMS[: TERMS.index("0.00}\n  - {scope: agreement")]),
            at(47, "", CUT_OFF),
            "Get the whole file: what is cut off may be a cap, or the end of an amount.",
        ),
        Case(
            "terms",
            "A tab",
            swap(("    indicator: no", "\tindicator: no")),
            at(34, "", "this is not YAML: a tab stands here; indent with spaces"),
            "Replace the tab with spaces.",
        ),
        Case(
            "terms",
            "Not YAML",
            swap(("title: Housing First for", "title: Housing First: for")),
            at(2, "", "this is not YAML: mapping values are not allowed here"),
            "Put a text that holds a colon in quotation marks.",
        ),
        Case(
            "terms",
            "Something other than terms",
            whole("Dear all,\n"),
            at(1, "", "the file must be a group of keys and values"),
            "Name the right file.",
        ),
        Case(
            "terms",
            "A misspelt key",
            swap(("scope: agreement, limit:", "scope: agreement, limt:")),
            at(
                48,
                "caps.1.limt",
                "'limt' is not known here; did you mean 'limit'?",
            ),
            "Correct the key. A cap under a wrong key would cap nothing.",
        ),
        Case(
            "terms",
            "A key that is not known",
            swap(("  kind: first_loss", "  kind: first_loss\n  fee: 1.00")),
            at(22, "guarantee.fee", "'fee' is not known here; known are amount, guarantor, kind"),
            "Leave it out: what the ledger does not know, it would not do.",
        ),
        Case(
            "terms",
            "A key is missing",
            swap(("people: 2\n", "")),
            at(1, "people", "'people' is missing"),
            "Add the key.",
        ),
        Case(
            "terms",
            "A key without a value",
            swap(("people: 2", "people:")),
            at(7, "people", "people has no value"),
            "Write the value.",
        ),
        Case(
            "terms",
            "A key that stands twice",
            swap(("people: 2", "people: 2\npeople: 20")),
            at(8, "people", "'people' stands twice; keep one"),
            "Keep one.",
        ),
        Case(
            "terms",
            "A Danish date",
            swap(("starts_on: 2021-01-01", "starts_on: 01-01-2021")),
            at(5, "starts_on", "starts_on: '01-01-2021' is not a date; write it as 2024-02-29"),
            "Write year, month, day.",
        ),
        Case(
            "terms",
            "A day that does not exist",
            swap(("ends_on: 2028-12-31", "ends_on: 2028-11-31")),
            at(6, "ends_on", "ends_on: '2028-11-31' is not a day in the calendar"),
            "Correct the day.",
        ),
        Case(
            "terms",
            "An amount as 15.9m",
            swap(("500000.00", "0.5m")),
            at(
                16,
                "investment.0.amount",
                "amount: '0.5m' is not an amount; write it as 90420.00",
            ),
            "Write all the digits.",
        ),
        Case(
            "terms",
            "An amount with three decimals",
            swap(("1180.00", "1180.125")),
            at(
                39,
                "metrics.0.counterfactual.reference_tariffs.0.per_night",
                "per_night: '1180.125' is not an amount; write it as 90420.00",
            ),
            "Write whole øre.",
        ),
        Case(
            "terms",
            "A share in per cent",
            swap(("share: 0.27", "share: 27 %")),
            at(
                45,
                "metrics.0.municipal_side.share",
                "share: '27 %' is not a share; write a number from 0 to 1, such as 0.50",
            ),
            "Write 0.27.",
        ),
        Case(
            "terms",
            "A number that is not whole",
            swap(("people: 2", "people: 2.0")),
            at(7, "people", "people: '2.0' is not a whole number"),
            "Write 2.",
        ),
        Case(
            "terms",
            "Nobody to serve",
            swap(("people: 2", "people: 0")),
            at(7, "people", "people must be at least 1"),
            "Write how many people the agreement is for.",
        ),
        Case(
            "terms",
            "A currency that is not known",
            swap(("currency: DKK", "currency: kr")),
            at(3, "currency", "currency must be 'DKK', 'EUR', 'GBP', 'NOK', 'SEK' or 'USD'"),
            "Write the ISO code.",
        ),
        Case(
            "terms",
            "A role that is not known",
            swap(("roles: [outcome_payer]", "roles: [payer]")),
            at(
                9,
                "parties.0.roles.0",
                "item 1 of roles must be "
                "'outcome_payer', 'co_payer', 'investor', 'provider' or 'guarantor'",
            ),
            "Use one of the roles.",
        ),
        Case(
            "terms",
            "A payer without the role of one",
            swap(("roles: [co_payer, provider]", "roles: [provider]")),
            at(8, "", "parties: 'aarhus' needs the role 'co_payer'"),
            "Give the party the role, or correct who pays.",
        ),
        Case(
            "terms",
            "A guarantor who is not a party",
            swap(("guarantor: bikuben", "guarantor: bikubenfonden")),
            at(
                8,
                "",
                "parties: there is no party 'bikubenfonden' "
                "(aarhus, bikuben, council-fund, dsi, state-fund)",
            ),
            "Correct the name, or add the party.",
        ),
        Case(
            "terms",
            "No provider",
            swap(("roles: [co_payer, provider]", "roles: [co_payer]")),
            at(8, "", "parties: exactly one must have the role 'provider'"),
            "Say who provides: drawdowns are paid to it.",
        ),
        Case(
            "terms",
            "A party's name that is not a short name",
            swap(("id: state-fund", "id: State Fund")),
            (
                Finding(
                    9,
                    "parties.0.id",
                    "'State Fund' is not a short name: use a-z, 0-9 and hyphens, from a letter",
                ),
            ),
            "Write a short name here and the full one under `name`.",
        ),
        Case(
            "terms",
            "An investor listed twice",
            swap(("investor: council-fund", "investor: dsi"), ("residual_investor: dsi",) * 2),
            at(14, "", "investment: 'dsi' stands 2 times"),
            "Make one commitment of the two, or correct the name.",
        ),
        Case(
            "terms",
            "A commitment of nothing",
            swap(("500000.00", "0.00")),
            at(14, "", "investment of dsi must be above zero"),
            "Write what is committed, or leave the investor out.",
        ),
        Case(
            "terms",
            "The residual payer pays nothing",
            swap(("residual_payer: state-fund", "residual_payer: dsi")),
            at(50, "", "rounding.residual_payer must be one of the payers"),
            "Name the payer of the state's or of the municipality's side.",
        ),
        Case(
            "terms",
            "The residual investor invests nothing",
            swap(("residual_investor: dsi", "residual_investor: bikuben")),
            at(51, "", "rounding.residual_investor must be one of the investors"),
            "Name an investor.",
        ),
        Case(
            "terms",
            "Milestones out of order",
            swap(("[12, 24]", "[24, 12]")),
            at(
                30,
                "metrics.0",
                "item 1 of metrics: measured_at_months must be whole months above zero "
                "in rising order",
            ),
            "Write them in rising order, each once.",
        ),
        Case(
            "terms",
            "The condition names an indicator that is not measured",
            swap(("indicator: no-shelter", "indicator: no-home")),
            at(34, "", "metrics.1.achieved_when.indicator names no indicator: 'no-home'"),
            "Correct the name, or add the indicator.",
        ),
        Case(
            "terms",
            "The condition asks for a value that the indicator cannot have",
            swap(("equals: yes", "equals: true")),
            at(35, "", "metrics.1.achieved_when.equals: write yes or no"),
            "Write yes or no.",
        ),
        Case(
            "terms",
            "The end is before the start",
            swap(("ends_on: 2028-12-31", "ends_on: 2020-12-31")),
            at(6, "", "ends_on 2020-12-31 must be after starts_on 2021-01-01"),
            "Correct one of the days.",
        ),
        Case(
            "terms",
            "Signed after the start",
            swap(("signed_on: 2020-12-15", "signed_on: 2021-12-15")),
            at(4, "", "signed_on 2021-12-15 must not be after 2021-01-01"),
            "Correct one of the days.",
        ),
        Case(
            "terms",
            "No price of a counterfactual night at the start",
            swap(("valid_from: 2021-01-01", "valid_from: 2022-01-01")),
            at(
                38, "", "metrics.1.counterfactual.reference_tariffs has none in force on 2021-01-01"
            ),
            "Add the tariff in force at the start.",
        ),
        Case(
            "terms",
            "More counterfactual nights than a year has",
            swap(("nights_per_year: 240", "nights_per_year: 400")),
            at(
                37,
                "metrics.0.counterfactual.nights_per_year",
                "nights_per_year must be at most 365",
            ),
            "Correct the number.",
        ),
        Case(
            "terms",
            "A metric's key that is misspelt",
            paid(("price: 1000.00", "prise: 1000.00")),
            (
                Finding(32, "metrics.0.price", "'price' is missing"),
                Finding(35, "metrics.0.prise", "'prise' is not known here; did you mean 'price'?"),
            ),
            "Correct the key: a price under a wrong key would not be paid.",
        ),
        Case(
            "terms",
            "A key that belongs to another kind of metric",
            paid(("price: 1000.00", "price: 1000.00\n    paid_per: point")),
            at(
                36,
                "metrics.0.paid_per",
                "'paid_per' is not known here; known are achieved_when, claim, deadweight, exclusive, guards, id, indexation, kind, measured_at_months, multipliers, negative, price, split, title",
            ),
            "Leave it out, or choose the kind that it belongs to.",
        ),
        Case(
            "terms",
            "A kind of metric that is misspelt",
            paid(("kind: per_person", "kind: per_persom")),
            at(33, "metrics.0.kind", "there is no kind 'per_persom'; did you mean 'per_person'?"),
            "Correct the kind.",
        ),
        Case(
            "terms",
            "A kind of metric that does not exist",
            paid(("kind: per_person", "kind: bonus")),
            at(
                33,
                "metrics.0.kind",
                f"there is no kind 'bonus'; known are {', '.join(KINDS)}",
            ),
            "Choose one of the kinds; `ofl terms kinds` says what each pays for.",
        ),
        Case(
            "terms",
            "A metric without a kind",
            paid(("    kind: per_person\n", "")),
            at(
                32,
                "metrics.0.kind",
                "'kind' is missing: what kind of metric is it? See `ofl terms kinds`",
            ),
            "Write the kind.",
        ),
        Case(
            "terms",
            "Shares that do not sum to 1",
            paid(("share: 0.6", "share: 0.5")),
            at(36, "", "metrics.1.split: the shares must sum to 1; these sum to 0.9"),
            "Correct the shares: every krone must be somebody's.",
        ),
        Case(
            "terms",
            "A payer in the split who is no party",
            paid(("payer: aarhus, share", "payer: arhus, share")),
            at(
                36,
                "",
                "metrics.1.split: there is no party 'arhus' (aarhus, bikuben, council-fund, dsi, state-fund)",
            ),
            "Correct the name, or add the party.",
        ),
        Case(
            "terms",
            "A payer in the split without the role of one",
            paid(("payer: aarhus, share", "payer: dsi, share")),
            at(36, "", "metrics.1.split: 'dsi' needs the role 'outcome_payer' or 'co_payer'"),
            "Give the party the role, or correct who pays.",
        ),
        Case(
            "terms",
            "A payer twice in one split",
            paid(("payer: aarhus, share", "payer: state-fund, share")),
            at(36, "", "metrics.1.split: a payer stands twice; add its shares up"),
            "Add the shares up.",
        ),
        Case(
            "terms",
            "Nobody pays for a metric",
            paid(
                ("    split: [{payer: state-fund, share: 0.6}, {payer: aarhus, share: 0.4}]\n", "")
            ),
            at(32, "", "metrics.1.split: nobody pays; write split here or for the whole agreement"),
            "Write a split in the metric, or one for the agreement.",
        ),
        Case(
            "terms",
            "A price for a group that does not exist",
            paid(("price: 1000.00", "price: [{amount: 1000.00}, {amount: 900.00, group: yung}]")),
            at(35, "", "metrics.1.price: there is no group 'yung' (old, young)"),
            "Correct the group, or add it to `groups`.",
        ),
        Case(
            "terms",
            "A group without a price",
            paid(("price: 1000.00", "price: [{amount: 1000.00, group: young}]")),
            at(35, "", "metrics.1.price: none is in force on 2021-01-01 for group old"),
            "Write a price for each group, or one without a group.",
        ),
        Case(
            "terms",
            "A price below zero",
            paid(("price: 1000.00", "price: -1000.00")),
            at(
                35,
                "",
                "metrics.1.price must not be below zero; for what costs money write negative: true",
            ),
            "Write the amount above zero, and `negative: true`.",
        ),
        Case(
            "terms",
            "Two prices from the same day",
            paid(("price: 1000.00", "price: [{amount: 1000.00}, {amount: 2000.00}]")),
            at(
                35,
                "",
                "metrics.1.price: two prices hold from the same day for the same group; keep one",
            ),
            "Keep one, or date the second.",
        ),
        Case(
            "terms",
            "No price at the start",
            paid(("price: 1000.00", "price: [{amount: 1000.00, valid_from: 2022-01-01}]")),
            at(35, "", "metrics.1.price: none is in force on 2021-01-01 for group old, young"),
            "Add the price in force at the start.",
        ),
        Case(
            "terms",
            "Guards on age that leave nobody",
            paid(("price: 1000.00", "price: 1000.00\n    guards: {age_from: 25, age_below: 18}")),
            at(36, "", "metrics.1.guards: age_from must be below age_below, or nobody is left"),
            "Swap the ages, or correct one.",
        ),
        Case(
            "terms",
            "Guards on days that leave nobody",
            paid(
                (
                    "price: 1000.00",
                    "price: 1000.00\n    guards: {enrolled_from: 2022-01-01, enrolled_before: 2021-06-01}",
                )
            ),
            at(
                36,
                "",
                "metrics.1.guards: enrolled_from must be before enrolled_before, or nobody is left",
            ),
            "Swap the days, or correct one.",
        ),
        Case(
            "terms",
            "A guard on a group that does not exist",
            paid(("price: 1000.00", "price: 1000.00\n    guards: {groups: [middle]}")),
            at(36, "", "metrics.1.guards.groups: there is no group 'middle' (old, young)"),
            "Correct the group, or add it to `groups`.",
        ),
        Case(
            "terms",
            "A group with two multipliers",
            paid(
                (
                    "price: 1000.00",
                    "price: 1000.00\n    multipliers: [{group: young, factor: 1.1}, {group: young, factor: 1.2}]",
                )
            ),
            at(36, "", "metrics.1.multipliers: a group stands twice; keep one factor"),
            "Keep one factor.",
        ),
        Case(
            "terms",
            "Two index factors from one day",
            paid(
                (
                    "price: 1000.00",
                    "price: 1000.00\n    indexation: [{valid_from: 2022-01-01, factor: 1.1}, {valid_from: 2022-01-01, factor: 1.2}]",
                )
            ),
            at(36, "", "metrics.1.indexation: each factor needs a valid_from of its own"),
            "Keep one, or date the second.",
        ),
        Case(
            "terms",
            "Metrics that exclude each other in two ways",
            paid(
                ("price: 1000.00", "price: 1000.00\n    exclusive: {among: work, keep: best}"),
                (
                    "  - id: shelter-nights-saved\n",
                    "  - id: again\n    kind: per_person\n    achieved_when: {indicator: job, equals: yes}\n    price: 5.00\n    exclusive: {among: work, keep: first}\n    split: [{payer: state-fund, share: 1}]\n  - id: shelter-nights-saved\n",
                ),
            ),
            (
                Finding(
                    36,
                    "",
                    "metrics.1.exclusive: the metrics among 'work' keep different ones; write one keep",
                ),
                Finding(
                    42,
                    "",
                    "metrics.2.exclusive: the metrics among 'work' keep different ones; write one keep",
                ),
            ),
            "Agree on one `keep` for all of them.",
        ),
        Case(
            "terms",
            "A word where yes or no is asked",
            paid(("price: 1000.00", "price: 1000.00\n    negative: maybe")),
            at(36, "metrics.0.negative", "negative must be true or false"),
            "Write true or false.",
        ),
        Case(
            "terms",
            "A cap on a metric that does not exist",
            paid(
                (
                    "{scope: agreement",
                    "{scope: metric, metric: wrk, limit: 5.00}\n  - {scope: agreement",
                )
            ),
            at(55, "", "caps.2.metric: there is no metric 'wrk' (shelter-nights-saved, work)"),
            "Correct the name: the cap would cap nothing.",
        ),
        Case(
            "terms",
            "A cap on a payer who pays nothing",
            paid(
                (
                    "{scope: agreement",
                    "{scope: payer, payer: dsi, limit: 5.00}\n  - {scope: agreement",
                )
            ),
            at(55, "", "caps.2.payer: 'dsi' pays nothing here (aarhus, state-fund)"),
            "Name a payer, or leave the cap out.",
        ),
        Case(
            "terms",
            "A cap that stands twice",
            paid(("{scope: agreement", "{scope: person, limit: 5.00}\n  - {scope: agreement")),
            at(53, "", "caps: the cap by person stands 2 times; keep one"),
            "Keep the one that you mean.",
        ),
        Case(
            "terms",
            "A cap without a limit",
            paid(("scope: agreement, limit: 1200000.00", "scope: agreement")),
            at(
                55,
                "caps.1",
                "item 2 of caps: a cap by agreement needs a limit, and neither multiple nor yearly_rate",
            ),
            "Write the limit.",
        ),
        Case(
            "terms",
            "A cap on the return as an amount",
            paid(("scope: agreement, limit", "scope: return, limit")),
            at(
                55,
                "caps.1",
                "item 2 of caps: a cap on the return needs either multiple or yearly_rate, and no limit",
            ),
            "Write a multiple of the capital or a yearly rate, or choose another scope.",
        ),
        Case(
            "terms",
            "A cap by metric that names none",
            paid(("scope: agreement, limit", "scope: metric, limit")),
            at(
                55,
                "caps.1",
                "item 2 of caps: metric is named where, and only where, the scope is metric",
            ),
            "Name the metric.",
        ),
        Case(
            "terms",
            "A bound on a yes or no",
            paid(("{indicator: job, equals: yes}", "{indicator: job, at_least: 1}")),
            at(
                34,
                "",
                "metrics.1.achieved_when.at_least and at_most are for numbers; job is of kind yes_no",
            ),
            "Write `equals: yes`.",
        ),
        Case(
            "terms",
            "A condition that says two things",
            paid(("{indicator: job, equals: yes}", "{indicator: job, equals: yes, at_least: 1}")),
            at(
                34,
                "metrics.0.achieved_when",
                "achieved_when: write either equals, or at_least and/or at_most",
            ),
            "Keep one of them.",
        ),
        Case(
            "terms",
            "Levels of something that has none",
            paid(("In work, kind: yes_no", "In work, kind: yes_no, levels: [a, b]")),
            at(
                29,
                "indicators.2",
                "item 3 of indicators: levels are for the kind 'level' only; leave them out",
            ),
            "Leave the levels out, or make it of kind `level`.",
        ),
        Case(
            "terms",
            "A kind of metric on the wrong kind of indicator",
            paid(
                (
                    WORK,
                    "  - id: work\n    kind: improvement\n    indicator: job\n    direction: up\n    measured_at_months: [12]\n    price: 5.00\n    split: [{payer: state-fund, share: 1}]\n",
                )
            ),
            at(
                34,
                "",
                "metrics.1.indicator: 'job' is of kind yes_no; it must be number, score_0_10",
            ),
            "Measure it as a score or a number, or choose another kind of metric.",
        ),
        Case(
            "terms",
            "Two metrics of one name",
            paid(("id: work\n", "id: shelter-nights-saved\n")),
            at(
                37,
                "",
                "metrics.2.id: 'shelter-nights-saved' stands twice; give each metric an id of its own",
            ),
            "Give each its own.",
        ),
        Case(
            "terms",
            "Shelter nights without a refund law",
            paid(("refund_law:\n  table: dk-shelter-refund\n  on_change: follow\n", "")),
            at(34, "", "metrics.2: shelter nights are refunded by law; write refund_law"),
            "Write which law refunds them, and whether it is followed.",
        ),
        Case(
            "terms",
            "Tiers out of order",
            paid(
                (
                    WORK,
                    "  - id: work\n    kind: tier\n    indicator: self-mastery\n    measured_at_months: [12]\n    tiers: [{at_least: 5, price: 5.00}, {at_least: 3, price: 7.00}]\n    split: [{payer: state-fund, share: 1}]\n",
                )
            ),
            at(36, "", "metrics.1.tiers: each must begin above the one before"),
            "Write them from the lowest to the highest.",
        ),
        Case(
            "terms",
            "Anchors and aliases",
            swap(("share: 1.00", "share: &all 1.00"), ("share: 0.27", "share: *all")),
            (
                Finding(42, "", "'&' and '*' are not used in terms; write the value out"),
                Finding(45, "", "'&' and '*' are not used in terms; write the value out"),
            ),
            "Write each value where it belongs, so that everybody can read it there.",
        ),
        Case(
            "terms",
            "A text over several lines, or with a character that cannot be seen",
            swap(
                ("title: Housing First for", "title: |\n  Housing First\n  for"),
                ("name: Bikubenfonden", 'name: "Bikuben\\u200bfonden"'),
            ),
            (
                Finding(2, "title", f"title: {ONE_LINE}"),
                Finding(15, "parties.4.name", f"name: {ONE_LINE}"),
            ),
            "Type it anew.",
        ),
        Case(
            "terms",
            "Two agreements in one file",
            whole(TERMS + "---\n" + TERMS),
            at(52, "", "this is not YAML: but found another document"),
            "Write a file for each agreement.",
        ),
        Case(
            "terms",
            "Signed terms with something changed",
            swap(("people: 2", "people: 3")),
            "agreement 'youth-1' is signed with other terms; signed terms are not edited",
            "Sign a new agreement under another name.",
        ),
        Case(
            "terms",
            "Another currency than the ledger's",
            swap(("youth-1", "youth-2"), ("DKK", "EUR")),
            "the ledger is in DKK, the terms are in EUR",
            "Keep a ledger for each currency.",
        ),
        Case(
            "terms",
            "A table of refund rules that is not in the ledger",
            swap(("youth-1", "youth-2"), ("dk-shelter-refund", "dk-refund")),
            "refund_law.table: there is no rule table 'dk-refund' (dk-shelter-refund)",
            "Correct the name.",
        ),
    ],
}


def table() -> str:
    """The cases as they stand in the page."""
    parts = [BEGIN]
    for title, cases in CASES.items():
        parts.append(
            f"\n## {title}\n\n| what is wrong | what `ofl` says | what to do |\n|---|---|---|\n"
        )
        parts += [f"| {case.wrong} | {_shown(case.lines)} | {case.todo} |\n" for case in cases]
    return "".join([*parts, "\n", END])


def _shown(lines: list[str]) -> str:
    if len(lines) > 5:
        lines = [lines[0], "…", lines[-1]]
    return "<br>".join(f"`{line}`" for line in lines)


def page() -> str:
    """The page with today's cases in it."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    return before + table() + after


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
