"""The runner: what is run once, what is run again, and how jobs stand when something goes wrong."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update

from desk.jobs.job import Job, Report, Shift, Workplace
from desk.jobs.plan import PLAN, named
from desk.jobs.runner import Runner
from desk.jobs.standing import Standing, findings, stand
from ledger.decide.people import Newcomer, SetUp
from ledger.decide.refusal import NotSignedIn
from ledger.duties import Duty
from ledger.events import JobFailed, JobFinished
from ledger.store.leader import leading
from ledger.store.location import Server
from ledger.store.personal_key import PersonalKey
from projections.follow import Views
from projections.verify import verify
from projections.views import progress
from tests.desk.good_input import small_ledger
from tests.desk.workplace import NIGHTLY, SetClock


def broken(_: Shift) -> Report:
    message = "EX-0001 Anna Andersen"
    raise KeyError(message)


def test_a_job_that_fails_stops_no_other_and_its_words_are_not_kept(small: Workplace) -> None:
    jobs = (Job("broken", NIGHTLY, (), broken), replace(named("headroom"), schedule=NIGHTLY))
    done = Runner(small, jobs).run_due()
    assert done is not None
    failed, fine = done
    assert isinstance(failed.ended, JobFailed)
    assert failed.ended.reason.startswith("KeyError at test_runner.py:")
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


@pytest.fixture(params=["sqlite", "postgresql"])
def any_place(request: pytest.FixtureRequest, tmp_path: Path) -> Workplace:
    """A small ledger on each engine in turn."""
    server: Server | None = None
    if request.param == "postgresql":
        server = request.getfixturevalue("database")
    small_ledger(tmp_path, place=server).close()
    folder = tmp_path / "ledger"
    return Workplace(
        server or folder,
        server or folder / "views.sqlite",
        vault_key=tmp_path / "vault.key" if server else None,
    )


def test_one_at_a_time_has_the_lock(any_place: Workplace) -> None:
    runner = Runner(any_place, [Job("quiet", NIGHTLY, (), lambda _: Report())])
    with leading(any_place.location) as leads:
        assert leads
        assert runner.run_due() is None
        with leading(any_place.location, 0.2) as second:
            assert not second
    done = runner.run_due()
    assert done is not None
    assert len(done) == 1


def test_a_job_that_finds_views_of_another_version_makes_them_anew(any_place: Workplace) -> None:
    with any_place.ledger("anna") as ledger, closing(Views(any_place.views)) as views:
        views.catch_up(ledger.log)
        with views.engine.begin() as connection:
            connection.execute(update(progress).values(schema_version=0))
    done = Runner(any_place, [Job("quiet", NIGHTLY, (), lambda _: Report())]).run_due()
    assert done is not None
    assert isinstance(done[0].ended, JobFinished)


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
