"""The jobs: what each sees, what it does once, and how they stand when something goes wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import update

from desk.cli.jobs import says
from desk.intake import files
from desk.jobs import bank
from desk.jobs.job import Job, Report, Shift, Workplace
from desk.jobs.plan import PLAN, named
from desk.jobs.runner import Runner
from desk.jobs.schedule import Schedule
from desk.jobs.standing import Standing, findings, stand
from desk.language import Language
from desk.phrases import PHRASES
from ledger.dates import Period
from ledger.decide.decision import New, agreement_stream
from ledger.decide.jobs import Seen
from ledger.decide.people import Newcomer, SetUp
from ledger.decide.period import Books
from ledger.decide.refusal import NotFound, NotSignedIn
from ledger.decide.rows import MeasurementRow
from ledger.duties import Duty
from ledger.events import (
    JobFailed,
    JobFinished,
    MeasurementRecorded,
    PaymentApproved,
    PaymentInstructed,
    PaymentPolicySet,
    PaymentProposed,
    Severity,
)
from ledger.facts import Quality, Validation
from ledger.model import Position
from ledger.money import Amount
from ledger.parties import Recognition
from ledger.service import Ledger
from ledger.store.leader import leading
from ledger.store.location import Server
from ledger.store.personal_key import PersonalKey
from projections import views as v
from projections.follow import Views
from projections.verify import verify
from tests.command_line import PROCESS
from tests.desk.good_input import BANK, GOOD, STAYS, TERMS, small_ledger
from tests.desk.test_bank_files import IBAN, entry, file_of
from tests.desk.test_cli import ofl
from tests.desk.workplace import SetClock, at_work, events_of, kinds_seen, place_of, seen_by
from tests.test_books import PLAYED_BY_JOBS

NIGHTLY = Schedule(hours=(4,))
A_YEAR_ON = date(2022, 3, 1)


@pytest.fixture
def small(tmp_path: Path) -> Workplace:
    """A small ledger, and a clock that is set."""
    small_ledger(tmp_path).close()
    return place_of(tmp_path / "ledger", SetClock())


@pytest.fixture
def owing(small: Workplace, tmp_path: Path) -> Workplace:
    """The small ledger once an outcome was achieved, so that investors are owed money."""
    return come_to_owe(small, tmp_path)


def come_to_owe(place: Workplace, folder: Path) -> Workplace:
    later = folder / "later.csv"
    later.write_text(STAYS, encoding="utf-8")
    with place.ledger("anna") as ledger:
        ledger.import_stays(files.read_stays(later), A_YEAR_ON)
        ledger.call_drawdown("youth-1", Amount.parse("400000.00"), date(2021, 1, 10))
        for investor in ("dsi", "council-fund"):
            ledger.receive_capital("youth-1-D01", investor, date(2021, 1, 12))
        ledger.assess("youth-1", A_YEAR_ON)
    return place


def pay(place: Workplace, upto: str) -> list[str]:
    """Propose what is owed, and take the payments so far: proposed, approved or sent."""
    with place.ledger("bo") as ledger:
        done, _ = ledger.propose_payments("youth-1", date(2022, 3, 2))
    names = [e.event.payment for e in done.recorded if isinstance(e.event, PaymentProposed)]
    for name in names if upto != "proposed" else ():
        with place.ledger("carla") as ledger:
            ledger.approve_payment(name, date(2022, 3, 3))
        with place.ledger("dan") as ledger:
            if upto == "sent":
                ledger.send_payment(name, date(2022, 3, 4))
    return names


# --- the plan ---------------------------------------------------------------------------------


def test_every_job_and_kind_of_finding_has_words_in_both_languages() -> None:
    kinds = [kind for job in PLAN for kind in job.kinds]
    assert len(set(kinds)) == len(kinds)
    assert {f"finding_{kind}" for kind in kinds} <= PHRASES.keys()
    assert {key for key in PHRASES if key.startswith("finding_")} == {
        f"finding_{kind}" for kind in kinds
    }
    assert {f"job_{job.name}" for job in PLAN} <= PHRASES.keys()
    with pytest.raises(NotFound, match="checkpoint"):
        named("no-such-job")


def test_all_jobs_run_once_on_the_demo_and_then_nothing_is_due(demo: Path) -> None:
    clock = SetClock()
    runner = Runner(place_of(demo, clock), PLAN)
    done = runner.run_due()
    assert done is not None
    assert [run.job for run in done] == [job.name for job in PLAN]
    assert all(isinstance(run.ended, JobFinished) for run in done), done
    assert runner.run_due() == []
    with runner.place.ledger("tester") as ledger, closing(Views(runner.place.views)) as views:
        before = events_of(ledger)
        assert verify(ledger, views).sound
        for each in findings(ledger.log, "missing-evidence", clock()):
            assert says(Language.DA, each.finding) != says(Language.EN, each.finding)
    clock.go(days=1)
    again = runner.run_due()
    assert again is not None
    ended = [run.ended for run in again if isinstance(run.ended, JobFinished)]
    assert sum(each.raised for each in ended) == 0
    assert sum(each.seen for each in ended) > 0
    with runner.place.ledger("tester") as ledger:
        assert events_of(ledger) == before + 2 * len(again)


# --- what goes wrong --------------------------------------------------------------------------


def broken(_: Shift) -> Report:
    message = "EX-0001 Anna Andersen"
    raise KeyError(message)


def test_a_job_that_fails_stops_no_other_and_its_words_are_not_kept(small: Workplace) -> None:
    jobs = (Job("broken", NIGHTLY, (), broken), replace(named("headroom"), schedule=NIGHTLY))
    done = Runner(small, jobs).run_due()
    assert done is not None
    failed, fine = done
    assert isinstance(failed.ended, JobFailed)
    assert failed.ended.reason.startswith("KeyError at test_jobs.py:")
    assert isinstance(fine.ended, JobFinished)
    with small.ledger("anna") as ledger:
        standings = stand(ledger.log, jobs, small.clock())
    assert [each.standing for each in standings] == [Standing.FAILED, Standing.FINE]


def test_a_run_by_hand_mends_a_failed_one(small: Workplace) -> None:
    jobs = [Job("mended", NIGHTLY, (), broken)]
    Runner(small, jobs).run_due()
    mended = Job("mended", NIGHTLY, (), lambda _: Report())
    run = Runner(small, jobs).run_by_hand(mended)
    assert isinstance(run.ended, JobFinished)
    with small.ledger("anna") as ledger:
        assert stand(ledger.log, [mended], small.clock())[0].standing is Standing.FINE


def test_a_refusal_tells_why_a_job_failed(small: Workplace) -> None:
    (small.location / "checkpoint.key").unlink()  # type: ignore[operator] # it is a folder
    run = Runner(small, [named("checkpoint")]).run_by_hand(named("checkpoint"))
    assert isinstance(run.ended, JobFailed)
    assert "checkpoint.key" in run.ended.reason


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_one_at_a_time_has_the_lock(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    server: Server | None = None
    if engine == "postgresql":
        server = request.getfixturevalue("database")
    small_ledger(tmp_path, place=server).close()
    folder = tmp_path / "ledger"
    place = Workplace(
        server or folder,
        server or folder / "views.sqlite",
        vault_key=tmp_path / "vault.key" if server else None,
    )
    runner = Runner(place, [Job("quiet", NIGHTLY, (), lambda _: Report())])
    with leading(place.location) as leads:
        assert leads
        assert runner.run_due() is None
        with leading(place.location, 0.2) as second:
            assert not second
    done = runner.run_due()
    assert done is not None
    assert len(done) == 1


def test_over_missed_nights_it_runs_once_and_stands_as_late_before(small: Workplace) -> None:
    clock = small.clock
    assert isinstance(clock, SetClock)
    jobs = [Job("quiet", NIGHTLY, (), lambda _: Report())]
    runner = Runner(small, jobs)

    def standing() -> tuple[Standing, int]:
        with small.ledger("anna") as ledger:
            found = stand(ledger.log, jobs, clock())[0]
        return found.standing, found.late

    assert standing() == (Standing.NEVER, 0)
    runner.run_due()
    assert standing() == (Standing.FINE, 0)
    clock.go(days=5)
    assert standing() == (Standing.OVERDUE, 5)
    done = runner.run_due()
    assert done
    (run,) = done
    assert [name[-2:] for name in run.covers] == ["02", "03", "04", "05", "06"]
    assert standing() == (Standing.FINE, 0)
    clock.go(days=-40)
    assert standing() == (Standing.AHEAD, 0)
    assert runner.run_due() == []


def test_a_run_whose_process_is_gone_is_overdue_only_after_some_hours(small: Workplace) -> None:
    clock = small.clock
    assert isinstance(clock, SetClock)
    job = Job("left", NIGHTLY, (), lambda _: Report())

    with small.ledger(job.actor) as ledger:
        day = date(2027, 3, 1)
        ledger.claim_run(job.name, lambda _: [(str(day), day)], "gone")
        assert stand(ledger.log, [job], clock())[0].standing is Standing.RUNNING
        clock.go(hours=7)
        assert stand(ledger.log, [job], clock())[0].standing is Standing.OVERDUE
    done = Runner(small, [job]).run_due()
    assert done is not None
    assert [(run.occurrence, run.attempt) for run in done] == [(str(day), 2)]


def test_where_people_are_let_in_jobs_act_by_the_key_they_are_given(small: Workplace) -> None:
    keys = {name: PersonalKey.new() for name in ("anna", "bo", "job:nightly")}
    people = tuple(
        Newcomer(
            id=name,
            name=name,
            key=key.public,
            duties=() if name.startswith("job:") else (Duty.ADMINISTRATOR,),
        )
        for name, key in keys.items()
    )
    with small.ledger("anna") as ledger:
        ledger.set_up_people(SetUp(founder="anna", people=people))
    with pytest.raises(NotSignedIn, match="jobs need a key"):
        Runner(small, PLAN).run_due()
    place = replace(small, key=keys["job:nightly"])
    done = Runner(place, PLAN).run_due()
    assert done is not None
    assert {run.job for run in done if isinstance(run.ended, JobFinished)} == {
        job.name for job in PLAN
    }
    with place.ledger("reader") as ledger, closing(Views(place.views)) as views:
        views.catch_up(ledger.log)
        assert {each.actor for each in ledger.of_topic(JobFinished.topic)} == {"job:nightly"}
        assert verify(ledger, views).sound
    # A person who runs a job by hand acts as that person, with that person's duties.
    run = Runner(replace(small, key=keys["bo"]), PLAN).run_by_hand(named("assess"))
    assert isinstance(run.ended, JobFinished)
    with place.ledger("reader") as ledger:
        (found,) = (each.finding for each in findings(ledger.log, "assess", small.clock()))
    (reason,) = (each.text for each in found.details if each.name == "reason")
    assert "bo may not run 'assess'" in reason


# --- the bank's inbox -------------------------------------------------------------------------


def balance(kind: str, amount: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="DKK">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
        "<Dt><Dt>2021-01-11</Dt></Dt></Bal>"
    )


NEW_LINES = BANK.replace("2021-0", "2022-0")


@pytest.fixture
def inbox(small: Workplace, tmp_path: Path) -> tuple[Workplace, Path]:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return replace(small, bank_inbox=folder), folder


def test_a_statement_is_taken_whole_or_refused_with_the_reason(
    inbox: tuple[Workplace, Path],
) -> None:
    place, folder = inbox
    (folder / "good.csv").write_text(NEW_LINES, encoding="utf-8")
    (folder / "bad.csv").write_text(NEW_LINES.replace("250000.00", "lots"), encoding="utf-8")
    (folder / "growing.csv.part").write_text("account,", encoding="utf-8")
    found = seen_by(place, "bank", A_YEAR_ON)
    assert found.figures == {"files": 1, "refused": 1, "lines": 2, "settled": 0}
    assert [each.kind for each in found.seen] == ["file_refused", *["bank_difference"] * 4]
    assert len({each.key for each in found.seen}) == len(found.seen)
    assert {path.name for path in folder.iterdir()} == {"done", "refused", "growing.csv.part"}
    refused = next((folder / "refused").glob("*-bad.csv"))
    reason = refused.with_name(refused.name + bank.REASON).read_text(encoding="utf-8")
    assert "bad.csv, row 3, column amount: write the amount as 1507.00" in reason
    refused.unlink()
    again = seen_by(place, "bank", A_YEAR_ON).seen
    assert [each.key for each in again] == [each.key for each in found.seen[1:]]
    assert {each.details["what"] for each in again} == {"line-unknown"}


def test_a_run_broken_off_after_it_recorded_a_statement_records_it_no_more(
    inbox: tuple[Workplace, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, folder = inbox
    (folder / "good.csv").write_text(NEW_LINES, encoding="utf-8")

    def die(_: Path, __: str, ___: str) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, at_work(place, "bank", A_YEAR_ON) as shift:
        patched.setattr(bank, "_move", die)
        with pytest.raises(KeyboardInterrupt):
            bank.work(shift)
        before = events_of(shift.ledger)
    assert (folder / "good.csv").exists()
    found = seen_by(place, "bank", A_YEAR_ON)
    # The same run answers with what it had recorded before; nothing is recorded again.
    assert found.figures == {"files": 1, "refused": 0, "lines": 2, "settled": 0}
    with place.ledger("anna") as ledger:
        assert events_of(ledger) == before
    assert [path.name[13:] for path in (folder / "done").iterdir()] == ["good.csv"]


def test_an_iso_statement_is_taken_and_what_is_odd_in_it_is_seen_once_each(
    inbox: tuple[Workplace, Path],
) -> None:
    place, folder = inbox
    with place.ledger("anna") as ledger:
        ledger.name_account("aarhus", IBAN)
    entries = entry("75.00", "S1") + entry("80.00", "S2").replace(
        "<BookgDt><Dt>2021-01-11</Dt></BookgDt>", ""
    )
    balances = balance("OPBD", "10.00") + balance("CLBD", "99.00")
    text = file_of("camt.053", balances + entries + entries.replace(">S", ">R"))
    (folder / "day.xml").write_text(text, encoding="utf-8")
    found = seen_by(place, "bank", A_YEAR_ON)
    assert found.figures == {"files": 1, "refused": 0, "lines": 2, "settled": 0}
    odd = [each for each in found.seen if each.details["what"].startswith("statement-")]
    assert [each.details["what"] for each in odd] == [
        "statement-balance",
        *["statement-entry-not-booked"] * 2,
    ]
    assert len({each.key for each in found.seen}) == len(found.seen)
    assert [each.name[13:] for each in (folder / "done").iterdir()] == ["day.xml"]
    again = seen_by(place, "bank", A_YEAR_ON).seen
    assert [each.key for each in again] == [each.key for each in found.seen]


def test_a_line_is_matched_with_what_was_called_after_it_was_read(
    inbox: tuple[Workplace, Path],
) -> None:
    place, folder = inbox
    line = "aarhus,77,2021-02-02,50000.00,youth-1-D01/dsi,"
    text = BANK.splitlines()[0] + f"\n{line}\n"
    (folder / "early.csv").write_text(text, encoding="utf-8")
    early = seen_by(place, "bank", date(2021, 2, 3))
    assert "77" in {each.details["line"] for each in early.seen}
    with place.ledger("anna") as ledger:
        ledger.call_drawdown("youth-1", Amount.parse("100000.00"), date(2021, 2, 1))
    later = seen_by(place, "bank", date(2021, 2, 4))
    assert later.figures == {"files": 0, "refused": 0, "lines": 0, "settled": 1}
    assert "77" not in {each.details["line"] for each in later.seen}
    with place.ledger("anna") as ledger:
        assert ledger.reconciliation().unrecorded == 0


# --- what each job sees -----------------------------------------------------------------------


def test_deadlines_of_facts(small: Workplace) -> None:
    with small.ledger("anna") as ledger:
        ledger.call_drawdown("youth-1", Amount.parse("100.00"), date(2021, 1, 10))
    missing = {"register_old", "capital_not_received"}
    assert kinds_seen(small, "deadlines", date(2021, 2, 8)) == set()
    assert kinds_seen(small, "deadlines", date(2021, 2, 9)) == {"capital_not_received"}
    assert kinds_seen(small, "deadlines", date(2021, 8, 1)) == missing
    late = seen_by(small, "deadlines", date(2022, 4, 10)).seen
    assert {each.kind for each in late} == missing | {"measurement_missing"}
    (measure,) = (each for each in late if each.kind == "measurement_missing")
    assert measure.details["due"] == "2022-03-04"


def test_deadlines_of_decisions_and_payments(owing: Workplace) -> None:
    def late(day: date) -> set[str]:
        return kinds_seen(owing, "deadlines", day) - {"register_old", "measurement_missing"}

    # What is owed is known since it was recorded, on 1 March 2027.
    assert late(date(2027, 3, 30)) == set()
    assert late(date(2027, 3, 31)) == {"owed_not_proposed"}
    pay(owing, "proposed")
    assert late(date(2022, 3, 15)) == set()
    assert late(date(2022, 3, 16)) == {"payment_not_approved"}
    with owing.ledger("carla") as ledger:
        ledger.approve_payment("youth-1-P001", date(2022, 3, 3))
    assert late(date(2022, 3, 8)) == {"payment_not_sent"}
    with owing.ledger("dan") as ledger:
        ledger.send_payment("youth-1-P001", date(2022, 3, 4))
    assert late(date(2022, 3, 9)) == {"payment_not_settled"}


def test_deadlines_of_every_stage_that_a_payment_may_stand_at(owing: Workplace) -> None:
    def late(day: date) -> set[str]:
        seen = seen_by(owing, "deadlines", day).seen
        return {each.kind for each in seen if each.details.get("payment") == first}

    with owing.ledger("olga") as ledger:
        policy = PaymentPolicySet(
            two_approvals_from=Amount.parse("1.00"),
            cooling_off_days=0,
            recovery_minimum=Amount.parse("1.00"),
            accounts_required=False,
        )
        ledger.set_payment_policy(policy, date(2022, 3, 1))
    first, *_ = pay(owing, "approved")
    assert late(date(2022, 3, 15)) == set()
    assert late(date(2022, 3, 16)) == {"payment_not_approved"}
    with owing.ledger("eva") as ledger:
        ledger.approve_payment(first, date(2022, 3, 3))
    with owing.ledger("dan") as ledger:
        ledger.send_payment(first, date(2022, 3, 4))
        ledger.recall_payment(first, "the amount is wrong", date(2022, 3, 5))
    assert late(date(2022, 3, 25)) == set()
    assert late(date(2022, 3, 26)) == {"recall_not_answered"}
    with owing.ledger("dan") as ledger:
        ledger.answer_recall(first, date(2022, 3, 6), refused="it was made already")
    assert late(date(2022, 3, 9)) == {"payment_not_settled"}
    with owing.ledger("dan") as ledger:
        ledger.recall_payment(first, "the amount is wrong", date(2022, 3, 10))
    with owing.ledger("sofie") as ledger:
        ledger.answer_recall(first, date(2022, 3, 11))
    assert late(date(2023, 3, 9)) == set()


def test_what_came_to_nothing_is_late_from_then_on_and_paid_twice_by_nobody(
    owing: Workplace,
) -> None:
    names = pay(owing, "sent")
    owed = {"owed_not_proposed"}
    clock = owing.clock
    assert isinstance(clock, SetClock)
    clock.go(days=60)
    with owing.ledger("dan") as ledger:
        for name in names:
            ledger.recall_payment(name, "to another account", date(2022, 3, 10))
    with owing.ledger("sofie") as ledger:
        for name in names:
            ledger.answer_recall(name, date(2022, 3, 11))
    assert not owed & kinds_seen(owing, "deadlines", date(2027, 5, 29))
    assert owed <= kinds_seen(owing, "deadlines", date(2027, 5, 30))
    assert kinds_seen(owing, "missing-evidence", A_YEAR_ON) == set()
    again = pay(owing, "sent")
    assert len(again) == len(names)
    assert kinds_seen(owing, "double-payments", A_YEAR_ON) == set()
    assert kinds_seen(owing, "missing-evidence", A_YEAR_ON) == {"evidence_missing"}


def test_capital_that_came_in_part_is_missed_for_the_rest(small: Workplace, tmp_path: Path) -> None:
    path = tmp_path / "part.csv"
    head = BANK.splitlines()[0]
    path.write_text(f"{head}\naarhus,77,2021-02-02,400.00,youth-1-D01/dsi,\n", encoding="utf-8")
    with small.ledger("anna") as ledger:
        ledger.call_drawdown("youth-1", Amount.parse("1000.00"), date(2021, 2, 1))
        ledger.import_bank(files.read_bank(path))
    seen = seen_by(small, "deadlines", date(2021, 3, 10)).seen
    missed = {
        each.details["investor"]: each.details["amount"]
        for each in seen
        if each.kind == "capital_not_received"
    }
    assert missed == {"dsi": "100.00", "council-fund": "500.00"}


def test_deadlines_of_an_agreement_that_is_over(owing: Workplace) -> None:
    after = date(2029, 6, 1)
    with owing.ledger("anna") as ledger:
        ledger.set_fund_policy("state-fund", Recognition("2.2.11"), date(2021, 1, 1))
        ledger.appropriate(2021, Amount.parse("900000.00"), "FL21", date(2021, 1, 1))
        ledger.commit("youth-1", Amount.parse("800000.00"), date(2021, 1, 2))
    over = {"assessment_overdue", "commitment_left"}
    assert over <= kinds_seen(owing, "deadlines", after)
    with owing.ledger("anna") as ledger:
        ledger.assess("youth-1", date(2028, 12, 31))
    seen = kinds_seen(owing, "deadlines", after)
    assert {"guarantee_callable", "commitment_left"} <= seen
    assert "assessment_overdue" not in seen


def test_headroom_tells_the_highest_step_that_is_reached(owing: Workplace) -> None:
    with owing.ledger("anna") as ledger:
        ledger.set_fund_policy("state-fund", Recognition("2.2.11"), date(2022, 1, 1))
        ledger.appropriate(2022, Amount.parse("1000000.00"), "FL22", date(2022, 1, 1))
        ledger.commit("youth-1", Amount.parse("799999.99"), date(2022, 1, 2))
    assert kinds_seen(owing, "headroom", A_YEAR_ON) == set()
    for amount, percent in (("800000.00", "80"), ("899999.99", "80"), ("1000000.00", "100")):
        with owing.ledger("anna") as ledger:
            ledger.reestimate("youth-1", Amount.parse(amount), "known", date(2022, 1, 3))
        (found,) = seen_by(owing, "headroom", A_YEAR_ON).seen
        assert (found.kind, found.details["percent"]) == ("appropriation_used", percent)
    assert kinds_seen(owing, "headroom", date(2023, 1, 1)) == set()
    with owing.ledger("anna") as ledger:
        drawn = ledger.fund().commitments["youth-1"].drawn
        ledger.reestimate("youth-1", drawn, "no more", date(2022, 1, 4))
    (found,) = seen_by(owing, "headroom", A_YEAR_ON).seen
    assert (found.kind, found.details["percent"]) == ("commitment_used", "100")


@pytest.mark.parametrize(("limit", "percent"), [("10000.00", "100"), ("1200000.00", None)])
def test_a_ceiling_that_is_used_is_seen(tmp_path: Path, limit: str, percent: str | None) -> None:
    good = GOOD | {"terms": TERMS.replace("limit: 1200000.00", f"limit: {limit}")}
    small_ledger(tmp_path, good).close()
    place = come_to_owe(place_of(tmp_path / "ledger", SetClock()), tmp_path)
    found = [each.details["percent"] for each in seen_by(place, "headroom", A_YEAR_ON).seen]
    assert found == ([percent] if percent else [])


def test_a_payment_without_evidence_is_seen_and_a_proposal_is_not(owing: Workplace) -> None:
    assert kinds_seen(owing, "missing-evidence", A_YEAR_ON) == set()
    names = pay(owing, "sent")
    found = seen_by(owing, "missing-evidence", A_YEAR_ON).seen
    assert {(each.kind, each.details["payment"]) for each in found} == {
        ("evidence_missing", name) for name in names
    }


def correct(place: Workplace, payment: str, evidence: str | None, status: Validation) -> None:
    """Correct the evidence and status of every measurement that a payment rests on."""
    with place.ledger("vera") as ledger:
        state = ledger.agreement("youth-1")
        claims = {item.claim for item in state.payments[payment].proposed.items}
        at = {each for claim in claims for each in state.claims[claim].outcome.based_on}
        for position in sorted(at):
            if isinstance(ledger.at(position)[0].event, MeasurementRecorded):
                row = ledger.fact_at(position)
                assert isinstance(row, MeasurementRow)
                quality = Quality(status=status, evidence=evidence)
                ledger.correct_fact(position, replace(row, quality=quality), "looked into again")


def test_of_a_corrected_measurement_what_stands_counts(owing: Workplace) -> None:
    first, *_ = pay(owing, "sent")
    correct(owing, first, "letter 7", Validation.VALIDATED)
    assert kinds_seen(owing, "missing-evidence", A_YEAR_ON) == set()


def test_a_payment_by_a_measurement_that_is_rejected_since_is_serious(owing: Workplace) -> None:
    first, *_ = pay(owing, "sent")
    correct(owing, first, "letter 7", Validation.REJECTED)
    found = seen_by(owing, "missing-evidence", A_YEAR_ON).seen
    assert {each.kind for each in found} == {"measurement_not_valid"}
    assert {each.severity for each in found} == {Severity.SERIOUS}


def test_money_demanded_back_is_missed_when_due_and_what_was_repaid_is_no_second_payment(
    owing: Workplace, tmp_path: Path
) -> None:
    first, *others = pay(owing, "sent")
    correct(owing, first, None, Validation.REJECTED)
    with owing.ledger("bo") as ledger:
        for name in others:
            ledger.recall_payment(name, "not due", date(2022, 3, 5))
    with owing.ledger("sofie") as ledger:
        for name in others:
            ledger.answer_recall(name, date(2022, 3, 5))
        state = ledger.agreement("youth-1")
        paid = state.payments[first].proposed
        lines = [f"{paid.payer},81,2022-03-04,-{paid.amount},{first},"]
        take(ledger, tmp_path / "paid.csv", lines)
        ledger.assess("youth-1", A_YEAR_ON)
        payable = paid.payer, paid.role, paid.payee
        ledger.demand_clawback("youth-1", payable, date(2022, 3, 10), date(2022, 3, 6))
        demand = "youth-1-C001"

    def overdue(day: date) -> list[tuple[str, str]]:
        seen = seen_by(owing, "deadlines", day).seen
        late = [each.details for each in seen if each.kind == "demand_overdue"]
        return [(each["demand"], each["amount"]) for each in late]

    assert overdue(date(2022, 3, 10)) == []
    assert overdue(date(2022, 3, 11)) == [(demand, str(paid.amount))]
    with owing.ledger("bo") as ledger:
        take(ledger, tmp_path / "back.csv", [f"{paid.payer},82,2022-03-12,1000.00,{demand},"])
    left = paid.amount - Amount.parse("1000.00")
    assert overdue(date(2022, 3, 13)) == [(demand, str(left))]
    correct_again(owing, first)
    with owing.ledger("bo") as ledger:
        ledger.assess("youth-1", A_YEAR_ON)
        ledger.propose_payments("youth-1", date(2022, 3, 14))
    # It is paid again while it is owed back in part, and that is worth a look.
    assert kinds_seen(owing, "double-payments", A_YEAR_ON) == {"same_amount_twice"}
    with owing.ledger("bo") as ledger:
        take(ledger, tmp_path / "rest.csv", [f"{paid.payer},83,2022-03-15,{left},{demand},"])
    assert overdue(date(2022, 3, 16)) == []
    assert kinds_seen(owing, "double-payments", A_YEAR_ON) == set()


def take(ledger: Ledger, path: Path, lines: list[str]) -> None:
    path.write_text("\n".join([BANK.splitlines()[0], *lines]) + "\n", encoding="utf-8")
    ledger.import_bank(files.read_bank(path))


def correct_again(place: Workplace, payment: str) -> None:
    """Let the measurements that were rejected stand after all."""
    with place.ledger("vera") as ledger:
        state = ledger.agreement("youth-1")
        rejected = [at for at, each in state.readings.values() if not each.quality.pays]
        for position in rejected:
            row = ledger.fact_at(position)
            assert isinstance(row, MeasurementRow)
            ledger.correct_fact(position, replace(row, quality=Quality()), "it was right")


def test_what_the_ledger_would_refuse_is_seen_all_the_same(owing: Workplace) -> None:
    """Events that no command of today records: a fault of a program to come, or a forgery."""
    first, *_ = pay(owing, "sent")
    with owing.ledger("mallory") as ledger:
        state = ledger.agreement("youth-1")
        payment = state.payments[first]
        again = payment.proposed.model_copy(update={"payment": "youth-1-P900"})
        head = events_of(ledger)
        events = [
            again,
            PaymentApproved(
                payment="youth-1-P900", proposed_at=head + 1, content_hash=again.content_hash
            ),
            PaymentInstructed(payment="youth-1-P900", approved_at=head + 2, end_to_end_id=first),
        ]
        key = (again.payer, again.role, again.payee)
        state.unproposed[key] = []
        news = [
            New(agreement_stream("youth-1"), state.version + n, A_YEAR_ON, event)
            for n, event in enumerate(events, start=1)
        ]
        ledger._run(["propose"], lambda: news)  # noqa: SLF001 - no command does this
    found = {each.kind: each for each in seen_by(owing, "double-payments", A_YEAR_ON).seen}
    assert found.keys() == {"owed_once_paid_twice", "same_amount_twice", "end_to_end_id_twice"}
    assert found["owed_once_paid_twice"].details["payments"] == f"{first}, youth-1-P900"


def test_money_that_left_twice_by_the_bank_is_seen(small: Workplace, tmp_path: Path) -> None:
    assert kinds_seen(small, "double-payments", A_YEAR_ON) == set()
    path = tmp_path / "twice.csv"
    lines = ["account,line_id,booked_on,amount,reference,text"]
    lines += [f"dsi,9{n},2022-01-0{n},-75.00,REF-1," for n in (1, 2)]
    lines += ["dsi,93,2022-01-03,-75.01,REF-1,", "dsi,94,2022-01-03,75.00,REF-2,"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with small.ledger("anna") as ledger:
        ledger.import_bank(files.read_bank(path))
    (found,) = seen_by(small, "double-payments", A_YEAR_ON).seen
    assert (found.kind, found.details["lines"]) == ("bank_paid_twice", "91, 92")
    path.write_text(f"{lines[0]}\ndsi,95,2022-01-05,75.00,REF-1,\n", encoding="utf-8")
    with small.ledger("anna") as ledger:
        ledger.import_bank(files.read_bank(path))
    assert kinds_seen(small, "double-payments", A_YEAR_ON) == set()


def test_verify_sees_a_view_that_differs_from_a_rebuild(small: Workplace) -> None:
    assert kinds_seen(small, "verify", A_YEAR_ON) == set()
    with closing(Views(small.views)) as views, views.engine.begin() as connection:
        connection.execute(update(v.bank_line).values(amount=1))
    (found,) = seen_by(small, "verify", A_YEAR_ON).seen
    assert found.details["check"] == "views"
    assert "ofl rebuild" in found.details["message"]


def test_a_timestamp_that_cannot_be_had_is_seen(small: Workplace) -> None:
    nowhere = replace(small, timestamp_url="http://127.0.0.1:9/")
    assert kinds_seen(nowhere, "checkpoint", A_YEAR_ON) == {"no_timestamp"}
    assert kinds_seen(small, "checkpoint", A_YEAR_ON) == set()


def test_assess_decides_until_yesterday_and_tells_what_it_could_not(owing: Workplace) -> None:
    with owing.ledger("anna") as ledger:
        before = ledger.agreement("youth-1").assessments[-1][1].until
    assert before == A_YEAR_ON
    assert kinds_seen(owing, "assess", date(2022, 2, 1)) == set()
    report = seen_by(owing, "assess", date(2029, 1, 2))
    assert report.seen == []
    assert report.figures["events"] > 0
    with owing.ledger("anna") as ledger:
        assert ledger.agreement("youth-1").assessments[-1][1].until == date(2029, 1, 1)
    again = seen_by(owing, "assess", date(2029, 1, 2))
    assert again.figures["events"] == report.figures["events"]  # the same run, told again


def test_an_agreement_that_cannot_be_assessed_is_seen_and_the_others_go_on(
    small: Workplace, tmp_path: Path
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(TERMS.replace("agreement: youth-1", "agreement: youth-2"), encoding="utf-8")
    with small.ledger("anna") as ledger:
        ledger.sign(*files.read_terms(other))
        subject = next(iter(ledger.agreement("youth-1").enrolled))
        ledger.vault.erase(subject)  # a vault that was restored from before the enrolment
    report = seen_by(small, "assess", date(2029, 1, 2))
    (refused,) = report.seen
    assert (refused.kind, refused.agreement) == ("assessment_refused", "youth-1")
    assert "vault" in refused.details["reason"]
    assert "assessment_overdue" in kinds_seen(small, "deadlines", date(2029, 1, 10))
    assert report.figures["agreements"] == 2
    with small.ledger("anna") as ledger:
        assert ledger.agreement("youth-1").assessments == []
        assert len(ledger.agreement("youth-2").assessments) == 1


def test_a_closed_period_keeps_no_job_from_its_work(owing: Workplace) -> None:
    clock = owing.clock
    assert isinstance(clock, SetClock)
    clock.at = datetime(2029, 1, 2, 12, tzinfo=UTC)
    until = date(2023, 1, 1)
    with owing.ledger("anna") as ledger:
        for year in ("2021", "2022"):
            ledger.close_period(year, lambda: "sound", looked_at)
        assert ledger.periods().closed_until == until
    assert seen_by(owing, "assess", date(2022, 12, 1)).seen == []
    done = Runner(owing, PLAN).run_due()
    assert done is not None
    assert {run.job for run in done if isinstance(run.ended, JobFinished)} == {
        job.name for job in PLAN
    }
    with owing.ledger("anna") as ledger:
        assert ledger.agreement("youth-1").assessments[-1][1].until == date(2029, 1, 1)


def looked_at(days: Period, _: date | None, covers: Position) -> Books:
    """Books of a period in which all is as it should be."""
    return Books(covers, "0" * 64, Amount(1), days.start, ())


def test_the_other_verifier_knows_every_event_of_jobs(owing: Workplace, tmp_path: Path) -> None:
    clock, job = owing.clock, Job("look", NIGHTLY, (), lambda _: Report())
    assert isinstance(clock, SetClock)
    refunds = tmp_path / "refunds.csv"
    refunds.write_text(
        "municipality,agreement,quarter,nights,refunded_nights,refund\n"
        "aarhus,youth-1,2021-Q2,87,87,44674.50\n",
        encoding="utf-8",
    )
    days = [date(2022, 3, day) for day in (1, 2, 3)]
    with owing.ledger(job.actor) as ledger:
        ledger.actor = "anna"
        ledger.import_refunds(files.read_refunds(refunds))
        ledger.actor = job.actor
        for number, day in enumerate(days):
            due = partial(_only, day)
            ledger.claim_run(job.name, due, "gone")
            run = ledger.claim_run(job.name, due, "here")
            assert run is not None
            seen = [Seen("thing", name, Severity.WARNING) for name in ("a", "b")[number:]]
            ledger.finish_run(run, "here", seen, {"n": number})
        ledger.claim_run_by_hand(job.name, "here")
        ledger.give_up_run_by_hand(job.name)
        clock.go(minutes=1)
        run = ledger.claim_run_by_hand(job.name, "here")
        ledger.finish_run(run, "here", [Seen("thing", "c", Severity.WARNING)], {})
        ledger.actor = "anna"
        ledger.resolve_finding("look-3", "seen to")
        recorded = {type(each.event) for each in ledger.at(1, events_of(ledger))}
        assert recorded >= PLAYED_BY_JOBS
    folder = tmp_path / "bundle"
    ofl("checkpoint", ledger=tmp_path / "ledger")
    ofl("export", "audit", str(folder), ledger=tmp_path / "ledger")
    public = (tmp_path / "ledger" / "checkpoint.pub").read_text(encoding="utf-8").strip()
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "verify_ledger.py", ".", "--public-key", public],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _only(day: date, last: str | None) -> list[tuple[str, date]]:
    return [(str(day), day)] if str(day) > (last or "") else []


# --- the command line -------------------------------------------------------------------------


def test_monitoring_reads_the_exit_code(tmp_path: Path) -> None:
    small_ledger(tmp_path).close()
    ledger = tmp_path / "ledger"
    never = json.loads(ofl("jobs", "status", "--json", ledger=ledger, code=7))
    assert {each["standing"] for each in never["jobs"]} == {"never"}
    ran = json.loads(ofl("jobs", "run-once", "--json", ledger=ledger))
    assert {run["job"] for run in ran["runs"]} == {job.name for job in PLAN}
    assert "Nothing is due." in ofl("jobs", "run-once", ledger=ledger)
    ofl("jobs", "status", ledger=ledger, code=6)
    ofl("jobs", "status", "--older-than", "30", ledger=ledger)
    ofl("jobs", "status", "--severity", "serious", ledger=ledger)
    found = json.loads(ofl("jobs", "findings", "--json", ledger=ledger))["findings"]
    for each in found:
        name = each["finding"]["finding"]
        ofl("jobs", "resolve", name, "--reason", "seen to", ledger=ledger)
    ofl("jobs", "status", ledger=ledger)
    assert "No finding is open." in ofl("jobs", "findings", ledger=ledger)
    assert "seen to" in ofl("jobs", "findings", "--all", ledger=ledger)
    assert "kørslen checkpoint for" in ofl("history", "--lang", "da", ledger=ledger)
    assert "0 overdue" in ofl("status", ledger=ledger)
    ofl("jobs", "run-once", "--now", ledger=ledger, code=2)
    ofl("jobs", "run-once", "nonsense", ledger=ledger, code=1)
    (ledger / "checkpoint.key").unlink()
    ofl("jobs", "run-once", "checkpoint", "--now", ledger=ledger, code=7)
    ofl("jobs", "status", "--older-than", "30", ledger=ledger, code=7)


def test_a_scheduler_that_is_told_to_end_ends(tmp_path: Path) -> None:
    small_ledger(tmp_path).close()
    with subprocess.Popen(  # noqa: S603 - our own program
        [*PROCESS, "jobs", "run", "--json"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OFL_LEDGER": str(tmp_path / "ledger")},
    ) as process:
        assert process.stdout is not None
        ran = [json.loads(process.stdout.readline()) for _ in PLAN]
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert [run["job"] for run in ran] == [job.name for job in PLAN]


def test_a_finding_says_amounts_and_days_as_the_language_does(small: Workplace) -> None:
    def look(_: Shift) -> Report:
        told = {"payment": "youth-1-P001", "amount": "1507.00", "since": "2022-03-04"}
        return Report([Seen("payment_not_sent", "k", Severity.WARNING, told, "youth-1")])

    Runner(small, [Job("look", NIGHTLY, (), look)]).run_due()
    with small.ledger("anna") as ledger:
        (aged,) = findings(ledger.log, "look", datetime(2027, 3, 11, tzinfo=UTC))
    assert aged.days == 9
    assert says(Language.DA, aged.finding) == (
        "youth-1: youth-1-P001 på 1.507,00 er godkendt siden 04.03.2022 og ikke sendt"
    )
