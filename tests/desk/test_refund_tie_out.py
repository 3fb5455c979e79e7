"""Register, rules and municipality: what each says of a quarter, on the nights in the quarter."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.cli.jobs import says
from desk.intake import files
from desk.jobs.job import Workplace
from desk.jobs.plan import named
from desk.jobs.runner import Runner
from desk.jobs.standing import findings
from desk.language import Language
from ledger.dates import Period
from ledger.decide.refunds import days_of, quarter_before
from ledger.decide.refusal import FileRefused
from ledger.facts import Stay, Tariff
from ledger.money import Amount, rounded
from ledger.shelter.statement import refunded_in
from ledger.terms.shipped import shelter_refund_rules
from tests.desk.good_input import STAYS, small_ledger
from tests.desk.test_cli import ofl
from tests.desk.workplace import SetClock, kinds_seen, place_of, seen_by
from tests.oracle import shelter_rule as oracle

HEAD = "municipality,agreement,quarter,nights,refunded_nights,refund\n"
RIGHT = "aarhus,youth-1,2021-Q2,87,87,44674.50\n"
"""87 nights from 5 April, at 1,118.00 less 91.00, half of it refunded."""
AFTER = date(2021, 7, 20)

DAYS = st.dates(date(2022, 1, 1), date(2027, 1, 1))
SPANS = st.lists(st.tuples(DAYS, st.integers(0, 200), st.sampled_from(("nord", "syd"))), max_size=6)
PRICES = [
    ("nord", "2021-01-01", 150700, 9100),
    ("nord", "2024-01-01", 160001, 9207),
    ("syd", "2021-01-01", 90, 87),
]


def stay(number: int, admitted: date, nights: int, shelter: str) -> Stay:
    discharged = date.fromordinal(admitted.toordinal() + nights)
    return Stay(stay=str(number), shelter=shelter, admitted=admitted, discharged=discharged)


@given(st.lists(SPANS, max_size=3), st.integers(2022, 2026), st.integers(1, 4))
def test_a_quarters_refund_is_that_of_its_nights_one_by_one(
    people: list[list[tuple[date, int, str]]], year: int, number: int
) -> None:
    period = days_of((year, number))
    table = shelter_refund_rules()
    tariffs: dict[str, tuple[Tariff, ...]] = {}
    for name, since, tariff, own in PRICES:
        one = Tariff(
            shelter=name,
            valid_from=date.fromisoformat(since),
            per_night=Amount(tariff),
            own_payment=Amount(own),
        )
        tariffs[name] = (*tariffs.get(name, ()), one)
    stays = [[stay(n, *span) for n, span in enumerate(spans)] for spans in people]
    rules = [
        oracle.Rule(
            rule.id,
            rule.valid_from,
            Fraction(rule.state_share),
            rule.nights_per_running_year,
            rule.open_windows.value == "restart",
        )
        for rule in table.rules
    ]
    prices = [oracle.Price(name, date.fromisoformat(since), *p) for name, since, *p in PRICES]
    nights = [
        night
        for each in stays
        for where in [
            oracle.actual_nights(
                [oracle.Stay(s.shelter, s.admitted, s.discharged) for s in each], period.end
            )
        ]
        for night in oracle.within(oracle.course(where, prices, rules), period.start, period.end)
    ]
    found = refunded_in(period, stays, tariffs, table)
    assert found.nights == len(nights)
    assert found.refunded_nights == sum(night.refunded for night in nights)
    assert found.refund == rounded(oracle.refund(nights))


def test_quarters_are_the_calendars() -> None:
    assert days_of((2024, 1)) == Period(date(2024, 1, 1), date(2024, 4, 1))
    assert days_of((2024, 4)) == Period(date(2024, 10, 1), date(2025, 1, 1))
    assert quarter_before(date(2024, 3, 31)) == (2023, 4)
    assert quarter_before(date(2024, 4, 1)) == (2024, 1)


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    small_ledger(tmp_path).close()
    made = place_of(tmp_path / "ledger", SetClock())
    later = tmp_path / "later.csv"
    later.write_text(STAYS, encoding="utf-8")
    with made.ledger("anna") as ledger:
        ledger.import_stays(files.read_stays(later), date(2021, 7, 1))
    return made


def state(place: Workplace, rows: str, name: str = "refunds.csv") -> int:
    """Import statements, and tell how many were new."""
    assert isinstance(place.location, Path)
    path = place.location.parent / name
    path.write_text(HEAD + rows, encoding="utf-8")
    with place.ledger("anna") as ledger:
        return len(ledger.import_refunds(files.read_refunds(path)).recorded)


def test_a_quarter_that_nobody_stated_is_missed(place: Workplace) -> None:
    assert kinds_seen(place, "refund-tie-out", AFTER) == {"refund_not_stated"}
    assert state(place, RIGHT) == 1
    found = seen_by(place, "refund-tie-out", AFTER)
    assert (found.seen, found.figures) == ([], {"compared": 1, "equal": 1})


@pytest.mark.parametrize(
    "row",
    [
        "aarhus,youth-1,2021-Q2,88,87,44674.50\n",
        "aarhus,youth-1,2021-Q2,87,86,44674.50\n",
        "aarhus,youth-1,2021-Q2,87,87,44675.51\n",
    ],
)
def test_each_difference_is_named_and_a_corrected_statement_ends_it(
    place: Workplace, row: str
) -> None:
    assert state(place, row) == 1
    (seen,) = seen_by(place, "refund-tie-out", AFTER).seen
    assert seen.kind == "refund_differs"
    assert (seen.details["nights_register"], seen.details["refund_ledger"]) == ("87", "44674.50")
    assert state(place, RIGHT, "corrected.csv") == 1
    assert state(place, RIGHT, "again.csv") == 0
    assert kinds_seen(place, "refund-tie-out", AFTER) == set()


def test_a_krone_is_rounding(place: Workplace) -> None:
    assert state(place, RIGHT.replace("44674.50", "44675.50")) == 1
    assert kinds_seen(place, "refund-tie-out", AFTER) == set()


def test_what_the_register_does_not_know_yet_is_not_compared(place: Workplace) -> None:
    assert state(place, RIGHT.replace("Q2", "Q3")) == 1
    (seen,) = seen_by(place, "refund-tie-out", date(2021, 10, 20)).seen
    assert (seen.kind, seen.details["until"]) == ("refund_not_comparable", "2021-07-01")


def test_a_wrong_statement_is_refused_whole(place: Workplace) -> None:
    with pytest.raises(FileRefused) as refused:
        state(
            place,
            RIGHT + "aarhus,youth-1,2021-Q2,1,1,1.00\nodense,youth-1,2021-Q1,0,0,0.00\n"
            "aarhus,youth-9,2021-Q1,0,0,0.00\naarhus,youth-1,2027-Q1,0,0,0.00\n",
        )
    assert refused.value.lines() == [
        "refunds.csv, row 3, column quarter: row 2 states the same agreement and quarter; keep one",
        (
            "refunds.csv, row 4, column municipality: youth-1 has no such party "
            "(parties: aarhus, bikuben, council-fund, dsi, state-fund)"
        ),
        (
            "refunds.csv, row 5, column agreement: there is no agreement of that name "
            "(agreements: youth-1)"
        ),
        (
            "refunds.csv, row 6, column quarter: the quarter is not over yet, so nothing can be "
            "claimed for it"
        ),
    ]
    with pytest.raises(FileRefused) as refused:
        state(place, "aarhus,youth-1,Q2 2021,8.5,-1,1\n")
    assert [each.column for each in refused.value.findings] == [
        "nights", "quarter", "refunded_nights",
    ]  # fmt: skip


def test_it_is_told_in_words_after_a_run(place: Workplace) -> None:
    state(place, RIGHT.replace(",87,87,", ",88,87,"))
    run = Runner(place, []).run_by_hand(named("refund-tie-out"))
    assert run.ended is not None
    with place.ledger("anna") as ledger:
        told = [
            says(Language.DA, each.finding)
            for each in findings(ledger.log, "refund-tie-out", place.clock())
        ]
    assert any("nætter 87 i registeret, 88 oplyst" in each for each in told)
    assert any("refusion 44.674,50 efter reglerne" in each for each in told)


def test_the_command_line_reads_a_statement(place: Workplace, tmp_path: Path) -> None:
    path = tmp_path / "claimed.csv"
    path.write_text(HEAD + RIGHT, encoding="utf-8")
    said = ofl("import", "refunds", str(path), ledger=tmp_path / "ledger")
    assert "1 rows, 1 new statements of refund" in said
    assert kinds_seen(place, "refund-tie-out", AFTER) == set()
