"""Jobs in a ledger with people: they sign with a key of their own, and approve nothing."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from desk.jobs.job import Workplace
from desk.jobs.plan import PLAN, named
from desk.jobs.runner import Runner
from ledger.decide.refusal import NotAllowed, NotSignedIn
from ledger.duties import Duty
from ledger.events import JobFailed, JobFinished, PaymentApproved, PaymentInstructed
from ledger.store.personal_key import PersonalKey
from projections.follow import Views
from projections.verify import verify
from tests.desk.workplace import SetClock, place_of
from tests.staff import NIGHTLY, RELATIONS, World, base, staffed


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world") / "office"
    base(folder)
    who = (*RELATIONS, "passer-by", "adam", "eva", NIGHTLY, "newbie", "lineage-2", "fresh")
    world = World(folder, {each: PersonalKey.new() for each in who})
    return staffed(world, Duty.VALIDATOR)


@pytest.fixture
def office(made: World, tmp_path: Path) -> World:
    return made.copied(tmp_path / "office")


def place(world: World, who: str | None) -> Workplace:
    """The workplace of the ledger, with somebody's key at hand."""
    inbox = world.folder / "statements"
    inbox.mkdir(exist_ok=True)
    shutil.copyfile(world.folder / "bank.csv", inbox / "bank.csv")
    there = place_of(world.path, SetClock())
    return replace(there, bank_inbox=inbox, key=world.keys[who] if who else None)


def head(world: World) -> int:
    with world.as_("own") as ledger:
        return ledger.log.head()[0]


def test_every_job_runs_signed_and_approves_nothing(office: World) -> None:
    before = head(office)
    runs = Runner(place(office, NIGHTLY), PLAN).run_due()
    assert runs is not None
    left, *runs = runs
    assert isinstance(left.ended, JobFailed)
    assert [run.job for run in runs] == [job.name for job in PLAN]
    assert all(isinstance(run.ended, JobFinished) for run in runs), runs
    with office.as_("own") as ledger, closing(Views(office.path / "views.sqlite")) as views:
        done = ledger.at(before + 1, ledger.log.head()[0])
        views.catch_up(ledger.log)
        found = verify(ledger, views)
    assert {each.actor for each in done} == {NIGHTLY}
    assert {"BankLineSeen:1", "AssessmentMade:1"} <= {each.event.topic for each in done}
    assert not [x for x in done if isinstance(x.event, PaymentApproved | PaymentInstructed)]
    assert found.sound, found.faults
    assert found.signed >= 2 * len(PLAN)


def test_without_a_key_no_job_runs_and_the_message_says_what_to_do(office: World) -> None:
    before = head(office)
    with pytest.raises(NotSignedIn, match="ofl people add job:nightly"):
        Runner(place(office, None), PLAN).run_due()
    assert head(office) == before


def test_what_is_due_is_not_run_by_a_person(office: World) -> None:
    with pytest.raises(NotAllowed, match="only a job may"):
        Runner(place(office, "own"), (named("headroom"),)).run_due()


def test_a_run_by_hand_is_the_act_of_who_has_the_key_within_their_duties(office: World) -> None:
    before = head(office)
    run = Runner(place(office, "own"), PLAN).run_by_hand(named("assess"))
    assert isinstance(run.ended, JobFinished)
    with office.as_("own") as ledger:
        done = ledger.at(before + 1, ledger.log.head()[0])
    assert {each.actor for each in done} == {"own"}
    run = Runner(place(office, "own"), PLAN).run_by_hand(named("checkpoint"))
    assert not isinstance(run.ended, JobFinished)
    assert "may not run 'checkpoint'" in str(run.ended)


def test_a_jobs_key_that_was_revoked_runs_nothing(office: World) -> None:
    with office.as_("adam") as ledger:
        ledger.revoke_key(NIGHTLY, office.keys[NIGHTLY].public, "copied")
    before = head(office)
    with pytest.raises(NotSignedIn, match="not one that counts"):
        Runner(place(office, NIGHTLY), (named("headroom"),)).run_due()
    assert head(office) == before
