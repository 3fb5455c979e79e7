"""What is wrong in what others measured: readings of a validator, lines of a bank."""

from __future__ import annotations

from ledger.decide.refusal import Finding
from tests.desk.spoiling import AMOUNT, EMPTY, OTHER_READING, Case, at, more, swap, two_lines

MEASUREMENTS = [
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
]

BANK = [
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
]
