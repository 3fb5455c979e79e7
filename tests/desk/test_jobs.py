"""The jobs: the plan of them, their words, their events, and the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from desk.cli.jobs import says
from desk.intake import files
from desk.jobs.job import Job, Report, Shift, Workplace
from desk.jobs.plan import PLAN, named
from desk.jobs.runner import Runner
from desk.jobs.standing import findings
from desk.language import Language
from desk.phrases import PHRASES
from ledger.dates import Period
from ledger.decide.jobs import Seen
from ledger.decide.period import Books
from ledger.decide.refusal import NotFound
from ledger.events import JobFinished, Severity
from ledger.model import Position
from ledger.money import Amount
from projections.follow import Views
from projections.verify import verify
from tests.command_line import PROCESS
from tests.desk.good_input import small_ledger
from tests.desk.test_cli import ofl
from tests.desk.workplace import NIGHTLY, SetClock, events_of, place_of, seen_by
from tests.test_books import PLAYED_BY_JOBS


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
