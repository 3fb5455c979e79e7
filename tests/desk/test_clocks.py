"""Both clocks and closed periods on the command line: what is asked again is answered the same."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from desk.cli.session import VIEWS_FILE
from desk.demo import example_folder
from desk.intake import files
from ledger.money import Amount
from ledger.service import Ledger
from projections.follow import Views
from projections.moment import head
from projections.verify import verify
from tests.desk.test_cli import ofl

LATER = 10_000
THEN = 1_200
"""A position in the middle of the demo."""

ASKED = [
    ("balances",),
    ("balances", "--agreement", "aarhus-hf-1", "--on", "2022-12-31"),
    ("balances", "--on", "2022-06-30", "--json"),
    ("report",),
    ("report", "--on", "2022-12-31", "--json"),
    ("history", "--agreement", "aarhus-hf-1", "--json"),
    ("history", "--on", "2021-06-30"),
    ("agreement", "list", "--json"),
    ("agreement", "show", "aarhus-hf-1"),
    ("agreement", "show", "aarhus-hf-1", "--on", "2022-12-31", "--json"),
    ("explain", "aarhus-hf-1-P001", "--json"),
    ("explain", "aarhus-hf-1-P001", "--on", "2030-01-01"),
]


@pytest.fixture(scope="module")
def demo_at_two_ages(
    told_demo: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """The demo when only some events were recorded, as files of that day; and the whole demo."""
    folder = tmp_path_factory.mktemp("ages")
    whole = shutil.copytree(told_demo, folder / "whole")
    young = shutil.copytree(told_demo, folder / "young")
    (young / VIEWS_FILE).unlink()
    with Ledger(young) as ledger:
        guards = _triggers(ledger)
        with ledger.log.database.writing() as c:
            for name in guards:
                c.execute(f"DROP TRIGGER {name}")
            c.execute("DELETE FROM stored_events WHERE position > ?", (THEN,))
            c.execute("DELETE FROM commands WHERE last > ?", (THEN,))
    return young, whole


def _triggers(ledger: Ledger) -> list[str]:
    with ledger.log.database.reading() as c:
        c.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return [row[0] for row in c.fetchall()]


@pytest.mark.parametrize("question", ASKED, ids=" ".join)
def test_what_was_answered_then_is_answered_now(
    demo_at_two_ages: tuple[Path, Path], question: tuple[str, ...]
) -> None:
    """A younger copy of the ledger, which knows no more, gives the very same bytes."""
    young, whole = demo_at_two_ages
    answered = ofl(*question, ledger=young)
    assert str(THEN) in answered
    assert ofl(*question, "--known-at", str(THEN), ledger=young) == answered
    assert ofl(*question, "--known-at", str(THEN), ledger=whole) == answered
    assert ofl(*question, ledger=whole) != answered


def test_a_time_means_the_last_event_by_then(demo: Path) -> None:
    with Ledger(demo) as ledger:
        place, after = ledger.log.place(THEN), ledger.log.place(THEN + 1)
    assert place is not None
    assert after is not None
    asked = json.loads(ofl("balances", "--known-at", place[1], "--json", ledger=demo))
    assert asked["stamp"]["recorded_at"] == place[1]
    assert asked["stamp"]["position"] >= THEN
    with Ledger(demo) as ledger:
        later = ledger.log.place(asked["stamp"]["position"] + 1)
    assert later is not None
    assert later[1] > place[1]
    day = json.loads(ofl("balances", "--known-at", place[1][:10], "--json", ledger=demo))
    assert day["stamp"]["position"] >= asked["stamp"]["position"]


@pytest.mark.parametrize(
    ("known_at", "told"),
    [
        ("0", "there is no event 0"),
        ("999999", "there is no event 999999; the last event, {last}"),
        ("2030-01-01T00:00:00Z", "say --known-at {last}"),
        ("2030-01-01", "say --known-at {last}"),
        ("2019-12-31", "before the ledger was opened"),
        ("2024-01-01T12:00:00", "add its zone"),
        ("yesterday", "no position or time"),
        ("2024-02-30", "no position or time"),
        ("-5", "no position or time"),
    ],
)
def test_a_moment_that_is_none_is_refused(demo: Path, known_at: str, told: str) -> None:
    with Ledger(demo) as ledger:
        last = ledger.log.head()[0]
    assert told.format(last=last) in ofl("balances", f"--known-at={known_at}", ledger=demo, code=1)


def test_what_was_not_there_yet_is_not_found(demo: Path) -> None:
    for question in (
        ("explain", "aarhus-hf-1-P001", "--known-at", "10"),
        ("explain", "aarhus-hf-1-P001", "--on", "2021-01-01"),
        ("agreement", "show", "aarhus-hf-1", "--known-at", "1"),
        ("agreement", "show", "aarhus-hf-1", "--on", "2020-01-01"),
    ):
        assert "at that moment" in ofl(*question, ledger=demo, code=1)


# --- periods ------------------------------------------------------------------------------------


def reports(ledger: Path, period: str) -> list[str]:
    forms: tuple[list[str], ...] = ([], ["--json"], ["--canonical"], ["--lang", "da"])
    return [ofl("period", "report", period, *form, ledger=ledger) for form in forms]


def test_a_months_report_is_the_same_after_ten_thousand_later_events(tmp_path: Path) -> None:
    place = tmp_path / "ledger"
    with Ledger.create(place, "Fund", "DKK", actor="anna") as ledger:
        ledger.sign(*files.read_terms(example_folder() / "aarhus-hf-1.yaml"))
        ledger.call_drawdown("aarhus-hf-1", Amount(100_000_01), date(2021, 3, 31))
        ledger.receive_capital("aarhus-hf-1-D01", "dsi", date(2021, 3, 31))
        ledger.call_drawdown("aarhus-hf-1", Amount(77), date(2021, 4, 1))
    ofl("period", "close", "2021-03", ledger=place)
    before = reports(place, "2021-03")
    with Ledger(place, actor="anna") as ledger:
        statement = tmp_path / "statement.csv"
        with statement.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(("account", "line_id", "booked_on", "amount", "reference", "text"))
            for number in range(LATER):
                rows.writerow(("aarhus", f"L{number}", "2021-03-15", "-1.00", f"x{number}", "rent"))
        ledger.import_bank(files.read_bank(statement))
        # Money that counts in the closed month, on its last day and its first.
        ledger.receive_capital("aarhus-hf-1-D01", "council-fund", date(2021, 3, 31))
        ledger.call_drawdown("aarhus-hf-1", Amount(5_00), date(2021, 3, 1))
        assert ledger.log.head()[0] > LATER
    assert reports(place, "2021-03") == before
    answer = json.loads(before[1])
    assert hashlib.sha256(before[2].encode()).hexdigest() == answer["sha256"]
    restated: dict[str, Any] = json.loads(
        ofl("period", "report", "2021-03", "--restated", "--json", ledger=place)
    )
    assert restated["reported"] == answer["reported"]
    late = restated["differences"]
    assert {each["booked_on"] for each in late} == {"2021-04-01"}
    assert {(each["value_date"], each["cause"]["topic"]) for each in late} == {
        ("2021-03-31", "CapitalReceived:1"),
        ("2021-03-01", "DrawdownCalled:1"),
    }
    assert {each["cause"]["actor"] for each in late} == {"anna"}
    assert "CapitalReceived" in ofl("period", "report", "2021-03", "--restated", ledger=place)
    # And what was late is in the next month's books, where it still can be.
    ofl("period", "close", "2021-04", "--even-though-unreconciled", "rent", ledger=place)
    april = ofl("period", "report", "2021-04", "--canonical", ledger=place)
    assert "council-fund\tinvestor\taarhus-hf-1\tbank\t\t0.00\t0.00\t50000.0" in april
    assert json.loads(ofl("verify", "--json", ledger=place))["outcome"] == "sound"


def test_the_demos_years_close_and_one_is_opened_again_by_two_people(demo: Path) -> None:
    with Ledger(demo) as ledger:
        told_before = head(ledger.log).position
    assert "not over" in ofl("period", "close", "2099", ledger=demo, code=1)
    assert "2021-01-04" in ofl("period", "close", "2022", ledger=demo, code=1)
    closed = json.loads(ofl("period", "close", "2021", "--json", ledger=demo))
    assert closed["period"]["verification"] == "sound"
    assert "2022-12-003 of state-fund" in ofl("period", "close", "2022", ledger=demo, code=1)
    why = ("--even-though-unreconciled", "the landlord's")
    ofl("period", "close", "2022", *why, ledger=demo)
    shown = ofl("period", "show", "2022", ledger=demo)
    assert "the landlord's" in shown
    assert "closed" in ofl("period", "list", ledger=demo)
    before = reports(demo, "2022")
    assert "2022 was closed after" in ofl(
        "period", "reopen", "2021", "--reason", "x", ledger=demo, code=1
    )
    ofl("period", "reopen", "2022", "--reason", "a bill was forgotten", ledger=demo)
    assert "another person" in ofl("period", "reopen", "2022", ledger=demo, code=1)
    told = json.loads(ofl("period", "reopen", "2022", "--as", "carla", "--json", ledger=demo))
    assert told["opened"]
    assert "opened again" in ofl("period", "show", "2022", ledger=demo)
    assert reports(demo, "2022") == before
    with Ledger(demo, actor="auditor") as ledger:
        views = Views(demo / VIEWS_FILE)
        assert verify(ledger, views).sound
        assert head(ledger.log).position == told_before + 4, "two closes, a request, an opening"
        views.close()


def test_books_that_are_not_those_that_were_closed_are_told(demo: Path) -> None:
    ofl("period", "close", "2021", ledger=demo)
    views = Views(demo / VIEWS_FILE)
    with views.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE line SET amount = amount + 1 WHERE number = 1 AND booked_on < '2022-01-01'"
        )
    views.close()
    assert "no longer those that were closed" in ofl(
        "period", "report", "2021", ledger=demo, code=1
    )
    assert "not sound" in ofl("period", "close", "2022", ledger=demo, code=1)
    ofl("rebuild", ledger=demo)
    ofl("period", "report", "2021", ledger=demo)
