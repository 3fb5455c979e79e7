"""Make the invented register of docs/examples/housing-first: people, stays, tariffs, measurements.

    .venv/bin/python scripts/make_example.py [DIR]

The same files come out every time and on every supported Python: each person's course is drawn
from a generator seeded with the person's own number, so changing one person changes nobody else.
The terms (*.yaml) are written by hand and not touched. The bank statements are
those of a bank that does what the demo's story tells it to.
"""

from __future__ import annotations

import csv
import random
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto
from pathlib import Path

from desk.demo import Storyteller
from ledger.dates import add_months
from ledger.decide.state import AgreementState
from ledger.service import Ledger

DEFAULT = Path(__file__).parent.parent / "docs" / "examples" / "housing-first"
SEED = "aarhus-hf-example"
VALIDATOR = "Validator Example ApS"
MILESTONES = (12, 18, 24, 36, 48)

EXPORTS = {year: date(year + 1, 1, 1) for year in range(2021, 2026)} | {2026: date(2026, 10, 1)}
"""By folder, the day of the export: it holds what was known before that day began."""
END = EXPORTS[2026]

# Name, tariff in 2018 and its yearly rise, in kroner.
SHELTERS = (
    ("herberg-nord", 1100, 31),
    ("herberg-skovbrynet", 1124, 35),
    ("forsorgshjem-havnen", 1147, 45),
    ("forsorgshjem-bakken", 1162, 38),
    ("natherberg-aaen", 1118, 28),
)
OWN_PAYMENT = dict(zip(range(2018, 2027), (87, 89, 91, 91, 94, 97, 100, 102, 105), strict=True))


class Course(Enum):
    """What becomes of a person after enrolment."""

    SETTLES = auto()
    SLIPS = auto()
    RELAPSES = auto()
    LEAVES = auto()


@dataclass(frozen=True, slots=True)
class Deal:
    """Who is enrolled in one agreement, and when."""

    agreement: str
    numbers: range
    first: date
    last: date
    nights_mean: int
    """How long a stay before enrolment lasts on average."""
    slips: range
    """In how many days after enrolment those who slip do so."""
    relapses: range
    """In how many days after enrolment those who relapse first do so."""
    relapses_for: int
    """Over how many days they then come and go."""
    leaves: range
    """In how many days after enrolment those who leave do so."""


DEALS = (
    Deal(
        "aarhus-hf-1",
        range(1, 37),
        date(2021, 1, 4),
        date(2021, 12, 16),
        nights_mean=70,
        slips=range(60, 1160),
        relapses=range(120, 420),
        relapses_for=900,
        leaves=range(150, 850),
    ),
    Deal(
        "aarhus-hf-2",
        range(37, 82),
        date(2024, 6, 3),
        date(2025, 3, 14),
        nights_mean=68,
        slips=range(60, 540),
        relapses=range(260, 380),
        relapses_for=400,
        leaves=range(150, 570),
    ),
)

# Who does not simply settle: chosen by hand, so that the totals are about what the terms expect.
COURSES = (
    dict.fromkeys((3, 9, 14, 20, 30, 34, 42, 47, 52, 57, 63, 69, 74, 80), Course.SLIPS)
    | dict.fromkeys((6, 17, 19, 21, 28, 33), Course.RELAPSES)
    | dict.fromkeys((38, 39, 41, 46, 48, 50, 55, 58, 61, 66, 71, 73, 77), Course.RELAPSES)
    | dict.fromkeys((5, 12, 16, 23, 26, 31, 43, 53, 59, 65), Course.LEAVES)
)

# Stays on and across the days on which the refund rule changed: person, admission, nights. Those of
# 2023 are after enrolment in the first agreement and before it in the second.
ACROSS_RULES = (
    (2, date(2023, 8, 21), 64),
    (11, date(2023, 10, 1), 25),
    (25, date(2023, 9, 4), 150),
    (40, date(2023, 9, 12), 33),
    (60, date(2023, 9, 30), 2),
    (44, date(2025, 12, 10), 131),
    (49, date(2026, 3, 9), 38),
    (51, date(2026, 2, 16), 62),
    (64, date(2026, 3, 3), 45),
    (68, date(2026, 4, 1), 20),
    (75, date(2026, 9, 7), 60),
)

NEVER_DELIVERED = {(8, 24), (27, 48), (45, 12), (62, 18), (70, 18)}
"""Measurements, by person and milestone, that the validator never sent."""


@dataclass(frozen=True, slots=True, order=True)
class Stay:
    """One row of the register: the nights from admission up to, not including, discharge."""

    admitted: date
    person: int
    discharged: date
    shelter: str


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person with all that will be known of them."""

    number: int
    agreement: str
    enrolled: date
    left: date | None
    stays: tuple[Stay, ...]

    @property
    def name(self) -> str:
        """An id that nobody can take for a CPR number."""
        return f"EX-{self.number:04d}"

    def without_shelter(self, day: date) -> bool:
        """Still in the programme, and not one night at a shelter in the month up to the day."""
        if self.left is not None and self.left <= day:
            return False
        month_before = add_months(day, -1)
        return not any(
            stay.admitted <= day
            and month_before < stay.discharged
            and stay.admitted != stay.discharged
            for stay in self.stays
        )


def generator(*key: object) -> random.Random:
    """A generator of its own for one purpose; text seeds give the same draws everywhere."""
    return random.Random(":".join(map(str, (SEED, *key))))  # noqa: S311 - no secret is drawn


def working_day(day: date) -> date:
    """The day itself, or the Monday after a weekend: offices enrol and measure on weekdays."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)  # noqa: PLR2004


def spell(draw: random.Random, number: int, start: date, nights: int) -> Iterator[Stay]:
    """A time without a home: one stay, or two with a move, a double booking, or a short visit."""
    end = start + timedelta(days=nights)
    homes = [name for name, _, _ in SHELTERS]
    first = homes.pop(draw.randrange(len(homes)))
    second = draw.choice(homes)
    kind = draw.randrange(12)
    if kind < 3 and nights > 20:  # noqa: PLR2004 - a quarter move on the day of discharge
        moved = start + timedelta(days=nights // 3 + draw.randrange(nights // 3))
        yield Stay(start, number, moved, first)
        yield Stay(moved, number, end, second)
    elif kind == 3 and nights > 20:  # noqa: PLR2004 - the first home checks the person out late
        moved = start + timedelta(days=nights // 2)
        yield Stay(start, number, moved + timedelta(days=1 + draw.randrange(9)), first)
        yield Stay(moved, number, end, second)
    else:
        if kind == 4:  # noqa: PLR2004 - turned away from one home, taken in at another
            yield Stay(start, number, start, second)
        yield Stay(start, number, end, first)


def spells(
    draw: random.Random, number: int, between: tuple[date, date], nights: range, gaps: range
) -> Iterator[Stay]:
    """Spell after spell until the period ends; the last one may run past its end."""
    day, end = between
    while day < end:
        length = draw.choice(nights)
        yield from spell(draw, number, day, length)
        day += timedelta(days=length + draw.choice(gaps))


def before_enrolment(draw: random.Random, number: int, enrolled: date, mean: int) -> Iterator[Stay]:
    """Long and repeated stays, the last one until the flat is ready: up to two weeks later."""
    last = enrolled - timedelta(days=10 + draw.randrange(2 * mean))
    day = enrolled - timedelta(days=430 + draw.randrange(290))
    while True:
        length = mean // 4 + draw.randrange(mean + mean // 2)
        if day + timedelta(days=length) >= last:
            break
        yield from spell(draw, number, day, length)
        day += timedelta(days=length + 4 + draw.randrange(80))
    ready = enrolled + timedelta(days=max(0, draw.randrange(-10, 15)))
    yield from spell(draw, number, last, (ready - last).days)


def after_enrolment(
    draw: random.Random, number: int, enrolled: date, course: Course, deal: Deal
) -> tuple[date | None, list[Stay]]:
    """The day the person left the programme, if so, and the stays from then on."""
    if course is Course.SLIPS:
        start = enrolled + timedelta(days=draw.choice(deal.slips))
        return None, list(spell(draw, number, start, 10 + draw.randrange(50)))
    if course is Course.RELAPSES:
        start = enrolled + timedelta(days=draw.choice(deal.relapses))
        until = start + timedelta(days=deal.relapses_for)
        return None, list(spells(draw, number, (start, until), range(20, 90), range(70, 240)))
    if course is Course.LEAVES:
        start = enrolled + timedelta(days=draw.choice(deal.leaves))
        return start, list(spells(draw, number, (start, END), range(25, 140), range(5, 60)))
    return None, []


def intake(deal: Deal) -> Iterator[tuple[int, date]]:
    """People come one by one, evenly over the months in which the deal takes people in."""
    days = (deal.last - deal.first).days
    for i, number in enumerate(deal.numbers):
        yield number, working_day(deal.first + timedelta(days=i * days // (len(deal.numbers) - 1)))


def person(deal: Deal, number: int, enrolled: date) -> Person:
    """One person's whole course."""
    earlier = before_enrolment(generator("before", number), number, enrolled, deal.nights_mean)
    course = COURSES.get(number, Course.SETTLES)
    left, later = after_enrolment(generator("after", number), number, enrolled, course, deal)
    across = [
        stay
        for who, admitted, nights in ACROSS_RULES
        if who == number
        for stay in spell(generator("across", number), number, admitted, nights)
    ]
    stays = tuple(sorted([*earlier, *later, *across]))
    return Person(number, deal.agreement, enrolled, left, stays)


def everybody() -> list[Person]:
    """All people of all deals."""
    return [person(deal, *each) for deal in DEALS for each in intake(deal)]


Rows = Iterable[Sequence[str]]


def tariff_rows(known_in: int) -> Rows:
    """Each home's tariff and the resident's own payment, new each January.

    The first file also holds those of the years before it.
    """
    first = min(EXPORTS)
    return [
        (name, f"{year}-01-01", f"{tariff + (year - 2018) * rise}.00", f"{own_payment}.00")
        for name, tariff, rise in SHELTERS
        for year, own_payment in OWN_PAYMENT.items()
        if max(year, first) == known_in
    ]


def enrolment_rows(people: Iterable[Person], since: date, export: date) -> Rows:
    """Who was enrolled from one export to the next, in which agreement."""
    return [
        (each.agreement, each.name, str(each.enrolled))
        for each in people
        if since <= each.enrolled < export
    ]


def stay_rows(people: Iterable[Person], export: date) -> Rows:
    """The register as it stood on the day of the export, of the people enrolled by then.

    Ids number all stays in order of admission, so a stay has the same id in every export.
    """
    people = list(people)
    enrolled = {each.number for each in people if each.enrolled < export}
    stays = sorted(stay for each in people for stay in each.stays)
    for i, stay in enumerate(stays, start=1):
        if stay.person in enrolled and stay.admitted < export:
            discharged = str(stay.discharged) if stay.discharged < export else ""
            name = f"EX-{stay.person:04d}"
            yield f"ST-{i:05d}", name, stay.shelter, str(stay.admitted), discharged


def readings(each: Person, months: int, day: date) -> list[tuple[str, str]]:
    """What the validator finds at a milestone: people without a shelter mostly do better."""
    draw = generator("measured", each.number, months)
    without = each.without_shelter(day)
    mastery = draw.randrange(3, 7) + months // 16 if without else draw.randrange(1, 5)
    at_work = draw.randrange(100) < (15 + months if without else 8)
    return [
        ("no-shelter", "yes" if without else "no"),
        ("self-mastery", str(mastery)),
        ("work-or-education", "yes" if at_work else "no"),
    ]


def measurement_rows(people: Iterable[Person], since: date, export: date) -> Rows:
    """The measurements made from one export to the next, in order of date."""
    rows = []
    for each in people:
        for months in MILESTONES:
            milestone = add_months(each.enrolled, months)
            delay = generator("visit", each.number, months).randrange(12)
            measured = working_day(milestone + timedelta(days=delay))
            if (each.number, months) in NEVER_DELIVERED or not since <= measured < export:
                continue
            head = (each.agreement, each.name, str(months), str(measured))
            # The state of affairs on the milestone date is what counts, also when visited later.
            rows += [(*head, *found, VALIDATOR) for found in readings(each, months, milestone)]
    return sorted(rows, key=lambda row: (row[3], row[1], row[4]))


def write(path: Path, header: str, rows: Rows) -> None:
    """Write a CSV file: UTF-8, comma, line feed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def main(folder: Path) -> None:
    """Write every file of the register into a folder."""
    people = everybody()
    since = date.min
    for year, export in EXPORTS.items():
        columns = "shelter,valid_from,tariff,own_payment"
        write(folder / str(year) / "tariffs.csv", columns, tariff_rows(year))
        write(
            folder / str(year) / "stays.csv",
            "stay_id,person_id,shelter,admitted,discharged",
            stay_rows(people, export),
        )
        # A file with nothing but a header is not made.
        if enrolments := list(enrolment_rows(people, since, export)):
            header = "agreement,person_id,enrolled_on"
            write(folder / str(year) / "enrolments.csv", header, enrolments)
        if measurements := list(measurement_rows(people, since, export)):
            write(
                folder / str(year) / "measurements.csv",
                "agreement,person_id,milestone_months,measured_on,indicator,value,validator",
                measurements,
            )
        since = export
    write_statements(folder)


BANK_COLUMNS = "account,line_id,booked_on,amount,reference,text"
LATE = {("aarhus-hf-1-D03", "council-fund"): date(2023, 4, 3)}
"""Capital that came later than two bank days after it was called."""
UNEXPLAINED = {
    2022: ("state-fund", date(2022, 12, 30), "-75.00", "", "Account fee"),
    2024: ("aarhus", date(2024, 6, 28), "1250.50", "INV 4471", "Invoice 4471, not for us"),
}
"""Lines on the statements that have nothing to do with any agreement."""


def write_statements(folder: Path) -> None:
    """Tell the demo's story with the files made so far, writing each statement as it is needed.

    The bank does what it is told: each payment sent and each drawdown called is on the next
    statement, two bank days later.
    """
    for terms in DEFAULT.glob("*.yaml"):
        if not (folder / terms.name).exists():
            shutil.copy(terms, folder)
    with tempfile.TemporaryDirectory() as into:
        for _ in Storyteller(Path(into), folder).tell(write_statement):
            pass


def write_statement(ledger: Ledger, path: Path, until: date) -> None:
    """One statement: what the bank booked before `until` and no earlier statement shows."""
    lines = [line for state in ledger.agreements().values() for line in booked(state, ledger)]
    fee = UNEXPLAINED.get(int(path.parent.name))
    lines += [fee] if fee else []
    rows = [
        (account, f"{on.year}-{on.month:02d}-{number:03d}", str(on), *rest)
        for number, (account, on, *rest) in enumerate(
            sorted(line for line in lines if line[1] < until), start=1
        )
    ]
    write(path, BANK_COLUMNS, rows)


def booked(state: AgreementState, ledger: Ledger) -> Iterator[tuple[str, date, str, str, str]]:
    """What the bank books for one agreement: drawdowns received and payments made."""
    days = {
        each.position: each.effective_on for each in ledger.read(f"agreement/{state.agreement}")
    }
    for name, drawdown in state.drawdowns.items():
        for part in drawdown.called.parts:
            if part.investor not in drawdown.received:
                on = LATE.get((name, part.investor)) or bank_days_after(days[drawdown.called_at])
                reference = f"{name}/{part.investor}"
                yield drawdown.called.provider, on, str(part.amount), reference, "Capital"
    for name, payment in state.payments.items():
        if payment.instructed_at is not None and payment.settled_at is None:
            on = bank_days_after(days[payment.instructed_at])
            proposed = payment.proposed
            text = f"To {proposed.payee}"
            yield proposed.payer, on, str(-proposed.amount), name, text


def bank_days_after(day: date) -> date:
    """Two bank days later, weekends left out."""
    for _ in range(2):
        day = working_day(day + timedelta(days=1))
    return day


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT)
