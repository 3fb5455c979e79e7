"""An outcome that later facts undo is taken back, however its kind finds outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from desk.intake import files
from ledger import events as e
from ledger.money import Amount
from ledger.service import Ledger
from tests.ledger.metrics.spells import TERMS

WORK = """
  - id: work
    kind: sustained
    indicator: job
    continuity: continuous
    steps: [{weeks: 13, price: 600}, {weeks: 26, price: 600}]
caps: [{scope: agreement, limit: 1000}]
"""
UNTIL = date(2013, 1, 1)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Anna and Berit, both in work since 2012 as far as anybody knows."""
    (tmp_path / "terms.yaml").write_text(TERMS + WORK, encoding="utf-8")
    terms, source = files.read_terms(tmp_path / "terms.yaml")
    (tmp_path / "people.csv").write_text(
        "agreement,person_id,enrolled_on,group\n"
        "small,P-0001,2012-01-01,young\nsmall,P-0002,2012-01-02,young\n",
        encoding="utf-8",
    )
    door = Ledger.create(
        tmp_path / "ledger",
        "A fund",
        "GBP",
        actor="anna",
        clock=lambda: datetime(2040, 1, 1, tzinfo=UTC),
    )
    with door:
        door.sign(terms, source)
        door.call_drawdown("small", Amount.parse("1000"), terms.starts_on)
        (drawdown,) = door.agreement("small").drawdowns
        door.receive_capital(drawdown, "works", terms.starts_on)
        door.import_enrolments(files.read_enrolments(tmp_path / "people.csv"))
        jobs(door, tmp_path, "J1,P-0001,job,2012-01-01,", "J2,P-0002,job,2012-02-01,2012-06-01")
        yield door


def jobs(door: Ledger, folder: Path, *rows: str) -> None:
    """Import spells in work."""
    lines = ["agreement,spell_id,person_id,indicator,started,ended", *(f"small,{r}" for r in rows)]
    (folder / "jobs.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    door.import_spells(files.read_spells(folder / "jobs.csv"))


def entitled(door: Ledger) -> list[tuple[str, str, str]]:
    """What an assessment decides anew: which, how much now, and what that adds."""
    done, _ = door.assess("small", UNTIL)
    found = [each.event for each in done.recorded]
    return [
        (
            event.claim.rpartition("/")[2],
            str(event.total),
            ", ".join(str(part.amount) for part in event.difference),
        )
        for event in found
        if isinstance(event, e.EntitlementCalculated)
    ]


def test_a_job_that_had_ended_before_it_paid_is_taken_back(ledger: Ledger, tmp_path: Path) -> None:
    """Neither of Anna's steps stands, and the ceiling now leaves Berit her whole step."""
    assert entitled(ledger) == [
        ("13w", "600.00", "600.00"),
        ("13w", "400.00", "400.00"),
        ("26w", "0.00", ""),
    ]
    jobs(ledger, tmp_path, "J1,P-0001,job,2012-01-01,2012-03-01")
    assert entitled(ledger) == [("13w", "600.00", "200.00"), ("13w", "0.00", "-600.00")]
    claims = ledger.agreement("small").claims.values()
    assert [claim.achieved for claim in claims] == [False, True, False]


def test_what_is_taken_back_is_taken_back_once(ledger: Ledger, tmp_path: Path) -> None:
    entitled(ledger)
    jobs(ledger, tmp_path, "J1,P-0001,job,2012-01-01,2012-03-01")
    entitled(ledger)
    assert entitled(ledger) == []


def test_what_is_achieved_after_all_is_paid_again(ledger: Ledger, tmp_path: Path) -> None:
    entitled(ledger)
    jobs(ledger, tmp_path, "J1,P-0001,job,2012-01-01,2012-03-01")
    entitled(ledger)
    jobs(ledger, tmp_path, "J3,P-0001,job,2012-02-28,2012-07-01")
    assert ("13w", "600.00", "600.00") in entitled(ledger)


def test_what_was_decided_of_an_erased_person_is_not_taken_back_by_an_amendment(
    ledger: Ledger, tmp_path: Path
) -> None:
    """The metric is left out of the terms from the beginning: Berit's outcomes go, Anna's stand."""
    entitled(ledger)
    state = ledger.agreement("small")
    anna, berit = state.enrolled
    ledger.erase_subject(anna, "asked for it", even_though_undecided=True)
    other = WORK.replace("id: work", "id: other").replace("weeks: 13", "weeks: 12")
    (tmp_path / "amended.yaml").write_text(TERMS + other, encoding="utf-8")
    terms, source = files.read_terms(tmp_path / "amended.yaml")
    ledger.amend(terms, terms.starts_on, source)
    ledger.assess("small", UNTIL)
    claims = [
        claim
        for claim in ledger.agreement("small").claims.values()
        if claim.outcome.metric == "work"
    ]
    assert {claim.outcome.subject for claim in claims} == {anna, berit}
    assert all(claim.achieved == (claim.outcome.subject == anna) for claim in claims)
