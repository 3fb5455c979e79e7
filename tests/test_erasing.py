"""Erasing people: the books stay, verification holds, and nothing of the person is left."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from desk.cli.session import VIEWS_FILE
from ledger.commands.door import new_ref
from ledger.decide.refusal import AgainstTerms, AlreadyDone, FileRefused, NotFound, OutOfOrder
from ledger.decide.rows import Batch, EnrolmentRow, Row
from ledger.events import OutcomeDecided, Sealed, StayRecorded, SubjectErased
from ledger.facts import Stay
from ledger.model import SubjectRef
from ledger.store.checkpoint import public_file, read_public_key
from ledger.store.location import KEY_FILE, VAULT_FILE, open_vault_database
from ledger.store.vault import Vault, read_key_file
from projections.balances import balances
from projections.bundle import write_bundle
from projections.follow import Views
from projections.verification import Check, Kind
from projections.verify import verify
from projections.views import metadata
from tests.histories import RandomHistory, play, scratch

SEEDS = range(12)
STEPS = 40


def enrolled(history: RandomHistory) -> list[SubjectRef]:
    states = history.ledger().agreements().values()
    return sorted(ref for state in states for ref in state.enrolled)


def one_person(history: RandomHistory, ref: SubjectRef) -> set[SubjectRef]:
    """Every pseudonym of the person behind one: who was merged is erased under all of them."""
    states = history.ledger().agreements().values()
    return {each for state in states if ref in state.enrolled for each in state.same_as(ref)}


def erase(history: RandomHistory, ref: SubjectRef) -> None:
    ledger = history.ledger("erik")
    ledger.command_id = f"erase-{ref}"
    ledger.erase_subject(ref, "time is up", even_though_undecided=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_erasing_anybody_leaves_the_books_as_they_are(seed: int) -> None:
    with scratch() as folder:
        path = Path(folder) / "ledger"
        with (
            closing(play(path, seed, STEPS)) as history,
            closing(Views(path / VIEWS_FILE)) as views,
        ):
            ledger = history.ledger()
            views.catch_up(ledger.log)
            before = repr(balances(views))
            people = enrolled(history)
            random = Random(seed)  # noqa: S311 - the same people each time
            gone: set[SubjectRef] = set()
            for ref in random.sample(people, random.randint(1, len(people))):
                if ref not in gone:
                    gone |= one_person(history, ref)
                    erase(history, ref)
            assert repr(balances(views)) == before
            ledger.seal()
            found = verify(history.ledger("auditor"), views)
            assert found.sound, found.faults
            views.catch_up(ledger.log)
            assert repr(balances(views)) == before
            kept = [views.rows(table) for table in metadata.sorted_tables]
            views.rebuild(ledger.log)
            assert [views.rows(table) for table in metadata.sorted_tables] == kept


@pytest.mark.parametrize("seed", SEEDS)
def test_work_goes_on_after_erasing_and_stays_sound(seed: int) -> None:
    with scratch() as folder:
        path = Path(folder) / "ledger"
        random = Random(f"erasing {seed}")  # noqa: S311 - the same people each time
        with closing(play(path, seed, 15)) as history, closing(Views(path / VIEWS_FILE)) as views:
            gone: set[SubjectRef] = set()
            for _ in range(25):
                history.step()
                left = sorted(set(enrolled(history)) - gone)
                if left and not random.randrange(4):
                    ref = random.choice(left)
                    gone |= one_person(history, ref)
                    erase(history, ref)
            decided_after = [
                recorded
                for recorded in history.events()
                if isinstance(recorded.event, OutcomeDecided) and recorded.event.subject in gone
                if recorded.position > erased_at(history, recorded.event.subject)
            ]
            assert not decided_after
            history.ledger().seal()
            found = verify(history.ledger("auditor"), views)
            assert found.sound, found.faults
            assert found.erased == len(gone)


def broken_off(*_: object) -> None:
    raise KeyboardInterrupt


def erased_at(history: RandomHistory, ref: SubjectRef | None) -> int:
    return next(
        recorded.position
        for recorded in history.events()
        if isinstance(recorded.event, SubjectErased) and recorded.event.subject == ref
    )


def what_is_personal(history: RandomHistory, refs: set[SubjectRef]) -> list[bytes]:
    """The ids, fingerprints, wrapped keys and register numbers of some people, as they are kept."""
    found = [
        person_id.encode()
        for name, person_id in history.enrolled
        if history.ledger().vault.find(name, person_id) in refs
    ]
    with history.ledger().vault.database.reading() as c:
        c.execute("SELECT ref, digest, wrapped_key FROM subject")
        for ref, digest, wrapped in c.fetchall():
            if ref in refs:
                found += [bytes(digest), bytes(wrapped)]
    for recorded in history.events():
        event = recorded.event
        if isinstance(event, StayRecorded) and event.subject in refs:
            assert isinstance(event.stay, Stay)
            found.append(f'"stay":"{event.stay.stay}"'.encode())
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_no_file_holds_anything_of_who_is_erased(seed: int) -> None:
    with scratch() as folder:
        path = Path(folder) / "ledger"
        with (
            closing(play(path, seed, STEPS)) as history,
            closing(Views(path / VIEWS_FILE)) as views,
        ):
            people = enrolled(history)
            asked = people[::2]
            gone = {each for ref in asked for each in one_person(history, ref)}
            personal = what_is_personal(history, gone)
            assert any(each in (path / VAULT_FILE).read_bytes() for each in personal)
            for ref in {min(one_person(history, ref)) for ref in asked}:
                erase(history, ref)
            views.catch_up(history.ledger().log)
            history.ledger().seal()
            write_bundle(history.ledger(), views, Path(folder) / "bundle")
            key = read_public_key(public_file(history.ledger().checkpoint_key)).vkey()
            done = subprocess.run(  # noqa: S603 - our own program
                [sys.executable, "-I", "verify_ledger.py", ".", "--public-key", key],
                cwd=Path(folder) / "bundle",
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            for file in Path(folder).rglob("*"):
                content = file.read_bytes() if file.is_file() else b""
                assert not [each for each in personal if each in content], file
            vault = Vault(open_vault_database(path), read_key_file(path / KEY_FILE), new_ref)
            with closing(vault):
                assert vault.known(people) == set(people) - gone
            head = history.ledger().log.head()[0]
            for event in (each.event for each in history.ledger("stranger").at(1, head)):
                if getattr(event, "subject", None) in gone:
                    opened = [getattr(event, name) for name in event.personal]
                    assert all(each is None or isinstance(each, Sealed) for each in opened)


@pytest.mark.parametrize("seed", [1, 7, 10])
def test_broken_off_before_the_key_is_destroyed(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The event is there and the key too: verify says so, and the same command completes it."""
    with scratch() as folder:
        path = Path(folder) / "ledger"
        with (
            closing(play(path, seed, STEPS)) as history,
            closing(Views(path / VIEWS_FILE)) as views,
        ):
            ref = enrolled(history)[0]
            with monkeypatch.context() as power:
                power.setattr(Vault, "erase", broken_off)
                with pytest.raises(KeyboardInterrupt):
                    erase(history, ref)
            history.ledger().seal()
            found = verify(history.ledger("auditor"), views)
            assert [(fault.check, fault.kind) for fault in found.faults] == [
                (Check.ERASURES, Kind.NOT_ERASED)
            ] * len(one_person(history, ref))
            assert "run ofl subject erase again" in found.faults[0].message
            head = history.ledger().log.head()
            erase(history, ref)
            assert history.ledger().log.head() == head
            assert verify(history.ledger("auditor 2"), views).sound
            with pytest.raises(AlreadyDone):
                history.ledger("late").erase_subject(ref, "once more")


def test_who_comes_back_after_erasing_was_broken_off_is_somebody_new(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with scratch() as folder, closing(play(Path(folder) / "ledger", 1, 0)) as history:
        (agreement, person_id), *_ = history.enrolled
        ledger = history.ledger()
        ref = ledger.find_subject(agreement, person_id)
        with monkeypatch.context() as power:
            power.setattr(Vault, "erase", lambda *_: None)
            erase(history, ref)
        with pytest.raises(NotFound):
            ledger.find_subject(agreement, person_id)
        row = EnrolmentRow(agreement, person_id, history.today)
        ledger.command_id = "back again"
        try:
            ledger.import_enrolments(Batch("back.csv", "0" * 64, (Row(2, row),)))
        except FileRefused:
            return  # the agreement has no place left
        assert ledger.find_subject(agreement, person_id) != ref


def test_what_is_undecided_must_be_accepted() -> None:
    with scratch() as folder, closing(play(Path(folder) / "ledger", 1, 0)) as history:
        ref = enrolled(history)[0]
        ledger = history.ledger()
        ledger.command_id = None
        head = ledger.log.head()
        with pytest.raises(OutOfOrder, match=r"undecided: .*--even-though-undecided"):
            ledger.erase_subject(ref, "time is up")
        with pytest.raises(NotFound):
            ledger.erase_subject(SubjectRef("s0"), "time is up")
        person_id = next(
            person_id
            for agreement, person_id in history.enrolled
            if ledger.vault.find(agreement, person_id) == ref
        )
        with pytest.raises(AgainstTerms, match="the id"):
            ledger.erase_subject(ref, f"asked by {person_id}", even_though_undecided=True)
        assert ledger.log.head() == head
