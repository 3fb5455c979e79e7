"""The job `remember`: after it, scenarios read no events, and say what they would have said."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from desk.jobs.job import Workplace
from desk.jobs.plan import PLAN, named
from desk.jobs.runner import Runner
from ledger.decide.decision import agreement_stream
from ledger.decide.jobs import Run
from ledger.decide.state import AgreementState
from ledger.events import JobFinished, JobStarted
from ledger.model import Position
from ledger.service import Ledger
from ledger.store.location import Server
from projections.whatif.fund import Known
from projections.whatif.remembered import FOLDED_FILE
from tests.conftest import Told
from tests.desk.test_cli import ofl
from tests.desk.workplace import SetClock, at_work, events_of, place_of

DAY = date(2026, 11, 3)
AGREEMENTS = ["aarhus-hf-1", "aarhus-hf-2"]
NINETY = """\
name: ninety-nights
text: The refund limit was 90 nights from 2023-10-01, not 120.
changes:
  - kind: rule
    rule: 2023-10-01
    nights_per_running_year: 90
"""
NIGHT = (named("assess"), named("remember"))


@pytest.fixture
def place(demo: Path) -> Workplace:
    """The demo, on the day after it was told."""
    return place_of(demo, SetClock(datetime(2026, 11, 3, 12, tzinfo=UTC)))


@pytest.fixture(name="read")
def streams_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The streams of agreements of which an event was decoded from now on, in this process."""
    streams: list[str] = []
    read = Ledger.read

    def noted(ledger: Ledger, stream: str, *rest: Any, **more: Any) -> Iterator[Any]:  # noqa: ANN401 - as asked
        for each in read(ledger, stream, *rest, **more):
            if stream.startswith(agreement_stream("")) and stream not in streams:
                streams.append(stream)
            yield each

    monkeypatch.setattr(Ledger, "read", noted)
    return streams


def remembered(place: Workplace) -> dict[str, int]:
    """What the job counts; it sees nothing."""
    with at_work(place, "remember", DAY) as shift:
        before = events_of(shift.ledger)
        report = named("remember").work(shift)
        assert events_of(shift.ledger) == before
    assert report.seen == []
    return report.figures


def counted(run: Run) -> dict[str, int]:
    """What a run that is done counted."""
    assert isinstance(run.ended, JobFinished), run
    assert run.ended.seen == 0
    return {each.name: each.value for each in run.ended.figures}


def counts(agreements: int, **others: int) -> dict[str, int]:
    return {"agreements": agreements, "remembered": 0, "known": 0, "skipped": 0, **others}


def now(ledger: Ledger) -> Known:
    return Known.at(ledger, Position(ledger.log.head()[0]))


def rows(folder: Path) -> dict[str, tuple[Any, ...]]:
    """What lies in the file, by agreement: the place, the people, and what is sealed."""
    with closing(sqlite3.connect(folder / FOLDED_FILE)) as file:
        return {row[0]: row[1:] for row in file.execute("SELECT * FROM folded")}


# --- that the first scenario is quick -----------------------------------------------------------


def test_after_the_night_the_first_scenario_reads_no_event_and_says_the_same(
    any_demo: Told, tmp_path: Path, read: list[str]
) -> None:
    """To the byte, on both engines; where the night wrote in every agreement."""
    clock = SetClock(datetime(2026, 11, 3, 12, tzinfo=UTC))
    place = Workplace(any_demo.location, any_demo.views, any_demo.key_file, clock=clock)
    first = Runner(place, NIGHT).run_due()
    assert first is not None
    assert counted(first[1]) == counts(2, remembered=2)
    # At its end, that an agreement is assessed until then is recorded whatever it changes.
    clock.at = datetime(2040, 1, 2, 12, tzinfo=UTC)
    second = Runner(place, NIGHT).run_due()
    assert second is not None
    assert counted(second[0])["events"] >= 2
    assert counted(second[1]) == counts(2, remembered=2)

    scenario = tmp_path / "90.yaml"
    scenario.write_text(NINETY, encoding="utf-8")
    at = any_demo.location
    ledger = at.url if isinstance(at, Server) else at
    key = str(any_demo.key_file)

    def asked() -> str:
        read.clear()
        command = ("whatif", str(scenario), "--json", "--jobs", "1")
        return ofl(*command, ledger=ledger, OFL_VAULT_KEY=key)

    quick = asked()
    assert read == []
    assert '"changed"' in quick
    (any_demo.key_file.parent / FOLDED_FILE).unlink()
    assert asked() == quick
    assert read == [agreement_stream(name) for name in AGREEMENTS]


def test_it_is_last_in_the_night() -> None:
    """So all that the night records is before it, and nothing waits for it."""
    nightly = [(min(job.schedule.hours), job.schedule.minute, job.name) for job in PLAN[1:]]
    assert max(nightly)[2] == PLAN[-1].name == "remember"


def test_run_twice_it_changes_nothing_and_reads_no_event(place: Workplace, read: list[str]) -> None:
    assert isinstance(place.location, Path)
    assert remembered(place) == counts(2, remembered=2)
    assert read == [agreement_stream(name) for name in AGREEMENTS]
    read.clear()
    file = (place.location / FOLDED_FILE).read_bytes()
    assert remembered(place) == counts(2, known=2)
    assert (place.location / FOLDED_FILE).read_bytes() == file
    assert read == []


def test_only_what_was_recorded_in_since_is_read(place: Workplace, read: list[str]) -> None:
    remembered(place)
    with place.ledger("erik") as ledger:
        person = next(iter(ledger.agreement(AGREEMENTS[0]).stays))
        ledger.erase_subject(person, "time is up", even_though_undecided=True)
    read.clear()
    assert remembered(place) == counts(2, remembered=1, known=1)
    assert read == [agreement_stream(AGREEMENTS[0])]


def test_a_run_that_was_broken_off_goes_on_where_it_was(place: Workplace, read: list[str]) -> None:
    job = named("remember")
    with place.ledger(job.actor) as ledger, closing(now(ledger)) as half:
        ledger.claim_run(job.name, lambda _: [(str(DAY), DAY)], "gone")
        assert half.agreement(AGREEMENTS[0]) is not None
    read.clear()
    done = Runner(place, [job]).run_due()
    assert done is not None
    (run,) = done
    assert (run.occurrence, run.attempt) == (str(DAY), 2)
    assert counted(run) == counts(2, remembered=1, known=1)
    assert read == [agreement_stream(AGREEMENTS[1])]
    with place.ledger("erik") as ledger:
        events = [each.event for each in ledger.read(run.stream)]
        assert [type(each) for each in (events[0], events[-1])] == [JobStarted, JobFinished]
        assert len(events) == 3


def test_one_agreement_is_held_at_a_time(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []
    state = Known.state

    def alive() -> int:
        gc.collect()
        return sum(isinstance(each, AgreementState) for each in gc.get_objects())

    def noted(here: Known, name: str) -> AgreementState:
        held.append(alive() - others)
        return state(here, name)

    monkeypatch.setattr(Known, "state", noted)
    others = alive()
    assert remembered(place) == counts(2, remembered=2)
    assert held == [0, 0]


# --- what cannot be remembered ------------------------------------------------------------------


def test_an_agreement_whose_facts_cannot_be_opened_is_counted_and_no_finding(
    place: Workplace,
) -> None:
    assert isinstance(place.location, Path)
    with place.ledger("erik") as ledger:
        person = next(iter(ledger.agreement(AGREEMENTS[0]).stays))
    with closing(sqlite3.connect(place.location / "vault.sqlite", isolation_level=None)) as vault:
        assert vault.execute("DELETE FROM subject WHERE ref = ?", (person,)).rowcount == 1
    assert remembered(place) == counts(2, remembered=1, skipped=1)
    assert remembered(place) == counts(2, known=1, skipped=1)
    assert list(rows(place.location)) == [AGREEMENTS[1]]


def test_an_agreement_that_was_altered_keeps_no_other_from_being_remembered(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another person's key opens nothing; what became of the agreement is for `verify` to say."""
    assert isinstance(place.location, Path)
    with place.ledger("erik") as ledger:
        one, two = list(ledger.agreement(AGREEMENTS[0]).stays)[:2]
    with closing(sqlite3.connect(place.location / "vault.sqlite", isolation_level=None)) as vault:
        key = vault.execute("SELECT wrapped_key FROM subject WHERE ref = ?", (two,)).fetchone()
        vault.execute("UPDATE subject SET wrapped_key = ? WHERE ref = ?", (key[0], one))
    assert remembered(place) == counts(2, remembered=1, skipped=1)
    with closing(sqlite3.connect(place.location / "vault.sqlite", isolation_level=None)) as vault:
        vault.execute("UPDATE subject SET wrapped_key = ? WHERE ref = ?", (bytes(40), one))
    assert remembered(place) == counts(2, known=1, skipped=1)


@pytest.mark.parametrize("what", ["a folder", "no database"])
def test_where_nothing_can_be_kept_nothing_is_read(
    place: Workplace, read: list[str], what: str
) -> None:
    assert isinstance(place.location, Path)
    file = place.location / FOLDED_FILE
    if what == "a folder":
        file.mkdir()
    else:
        file.write_bytes(b"no database at all" * 100)
    assert remembered(place) == counts(2, skipped=2)
    assert read == []


# --- what is left behind ------------------------------------------------------------------------


def test_nothing_stays_of_agreements_that_are_not_there(place: Workplace) -> None:
    """As when a backup was put back that is older than an agreement."""
    assert isinstance(place.location, Path)
    remembered(place)
    with closing(sqlite3.connect(place.location / FOLDED_FILE, isolation_level=None)) as file:
        file.execute(
            "INSERT INTO folded SELECT 'gone-1', bound_to, people, sealed FROM folded LIMIT 1"
        )
    assert remembered(place) == counts(2, known=2)
    assert sorted(rows(place.location)) == AGREEMENTS


def test_what_was_remembered_of_who_is_erased_since_is_replaced(place: Workplace) -> None:
    assert isinstance(place.location, Path)
    remembered(place)
    before = rows(place.location)
    with place.ledger("erik") as ledger:
        person = next(iter(ledger.agreement(AGREEMENTS[0]).stays))
        ledger.erase_subject(person, "time is up", even_though_undecided=True)
    assert person in before[AGREEMENTS[0]][1].split()
    remembered(place)
    after = rows(place.location)
    assert sorted(after) == AGREEMENTS
    assert person not in after[AGREEMENTS[0]][1].split()
    assert before[AGREEMENTS[0]][2] != after[AGREEMENTS[0]][2]
    assert after[AGREEMENTS[1]] == before[AGREEMENTS[1]]


def test_a_person_erased_while_the_jobs_are_at_work_is_not_remembered(place: Workplace) -> None:
    """Jobs of a night share an open ledger, which has seen the person's key."""
    assert isinstance(place.location, Path)
    with at_work(place, "remember", DAY) as shift:
        person = next(iter(shift.ledger.agreement(AGREEMENTS[0]).stays))
        with place.ledger("erik") as another:
            another.erase_subject(person, "time is up", even_though_undecided=True)
        assert named("remember").work(shift).figures == counts(2, remembered=2)
    with place.ledger("erik") as ledger, closing(now(ledger)) as known:
        found = known.agreement(AGREEMENTS[0])
        assert found is not None
        (place.location / FOLDED_FILE).unlink()
    with place.ledger("erik") as ledger, closing(now(ledger)) as known:
        assert known.agreement(AGREEMENTS[0]) == found
