"""What is wrong in what a register exports: tariffs, enrolments, stays."""

from __future__ import annotations

from datetime import date

from ledger.decide.refusal import Finding
from tests.desk.spoiling import (
    AGAIN,
    AMOUNT,
    AS_ISO,
    AS_TEXT,
    DAY,
    ID,
    NAME,
    NOT_ENROLLED,
    OTHER_STAY,
    YEAR,
    Case,
    at,
    more,
    swap,
    whole,
)

TARIFFS = [
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
        whole("shelter;valid_from;tariff;own_payment\r\nherberg-nord;2022-01-01;1162,00;93\r\n"),
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
]

ENROLMENTS = [
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
]

STAYS = [
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
        at(4, "shelter", "no tariff is known for shelter 'kollegiet'; import its tariffs first"),
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
]
