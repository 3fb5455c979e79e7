"""What a scenario remembers of agreements is what it would read, is sealed, and dies with a key."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ledger.decide.decision import agreement_stream
from ledger.decide.refusal import AlreadyDone
from ledger.facts import Source
from ledger.metrics.facts import Half, Person
from ledger.metrics.shelter_nights_saved import ShelterNightsSaved
from ledger.model import Position, SubjectRef
from ledger.service import Ledger
from ledger.store.copying import copy_ledger
from ledger.store.location import KEY_FILE, Server
from ledger.store.log import Place
from projections.moment import head
from projections.whatif import remembered
from projections.whatif.compare import Compared
from projections.whatif.folded import Folded, fold
from projections.whatif.fund import NOTHING, Known, Question, whatif
from projections.whatif.packed import pack, unpack
from projections.whatif.remembered import FOLDED_FILE
from projections.whatif.scenario import Scenario
from tests.histories import play, scratch

SEEDS = [*range(4), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(4, 40))]
AGREEMENT = "aarhus-hf-1"
NINETY = Scenario.model_validate(
    {
        "name": "ninety-nights",
        "text": "The refund limit was 90 nights from 2023-10-01, not 120.",
        "changes": [{"kind": "rule", "rule": "2023-10-01", "nights_per_running_year": "90"}],
    }
)
ASKED = [Question(NOTHING, NINETY, 20), Question(NINETY, NOTHING)]


def known(ledger: Ledger, position: int | None = None) -> Known:
    return Known.at(ledger, Position(ledger.log.head()[0] if position is None else position))


def answers(ledger: Ledger) -> list[Compared]:
    return whatif(ledger, ASKED, head(ledger.log))


def last(ledger: Ledger, agreement: str = AGREEMENT) -> Place:
    found = ledger.log.last_of(agreement_stream(agreement), ledger.log.head()[0])
    assert found is not None
    return found


def kept(ledger: Ledger) -> Folded | None:
    """What is remembered of the first agreement, if it counts and opens."""
    with closing(known(ledger)) as here:
        return here.remembered.get(AGREEMENT, last(ledger), here.law)


@pytest.fixture(name="aarhus")
def aarhus_ledger(demo: Path) -> Iterator[Ledger]:
    """The demo, and both its agreements remembered."""
    with Ledger(demo, actor="erik") as ledger:
        answers(ledger)
        assert kept(ledger) is not None
        yield ledger


@pytest.fixture(name="read")
def agreements_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The agreements whose events are read from now on."""
    read: list[str] = []
    state = Known.state

    def noted(here: Known, name: str) -> object:
        read.append(name)
        return state(here, name)

    monkeypatch.setattr(Known, "state", noted)
    return read


# --- the same -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_packed_is_what_was_folded(seed: int) -> None:
    """Corrections, merged and erased people, payments and cohorts among it."""
    with scratch() as folder, closing(play(Path(folder) / "ledger", seed, steps=60)) as history:
        ledger, random = history.ledger("erik"), Random(seed)  # noqa: S311 - a tale
        states = ledger.agreements()
        refs = sorted(ref for state in states.values() for ref in state.enrolled)
        for ref in random.sample(refs, min(2, len(refs))):
            ledger.command_id = f"erase-{ref}"
            with suppress(AlreadyDone):  # under the other pseudonym of one who was found twice
                ledger.erase_subject(ref, "time is up", even_though_undecided=True)
        signed = [name for name, state in ledger.agreements().items() if state.signed]
        assert signed
        with closing(known(ledger)) as here:
            for name in signed:
                folded = fold(here.state(name), here.law)
                assert unpack(pack(folded, here.law), here.law) == folded
                read, remembered_then = here.agreement(name), here.agreement(name)
                assert read == remembered_then == folded


def test_the_second_answer_reads_no_events_and_is_the_first(
    aarhus: Ledger, read: list[str]
) -> None:
    first = answers(aarhus)
    assert read == []
    (aarhus.location / FOLDED_FILE).unlink()  # type: ignore[operator] # a folder
    assert answers(aarhus) == first
    assert read == ["aarhus-hf-1", "aarhus-hf-2"]
    assert any(each.changed for each in first)


def test_another_law_leaves_alone_what_can_be_told_without_it(
    aarhus: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Periods, measurements and priced nights: found anew for other tariffs, not for other law."""
    made: list[SubjectRef] = []
    find = ShelterNightsSaved._half  # noqa: SLF001 - nothing else tells whether it was found anew

    def found(self: ShelterNightsSaved, person: Person, *others: Any) -> Half:  # noqa: ANN401
        made.append(person.subject)
        return find(self, person, *others)

    monkeypatch.setattr(ShelterNightsSaved, "_half", found)
    answers(aarhus)
    assert made == []
    tariff = aarhus.law().tariffs["herberg-nord"][0]
    dearer = {
        "kind": "tariff", "do": "replace", "shelter": tariff.shelter,
        "valid_from": str(tariff.valid_from), "per_night": "2000.00",
    }  # fmt: skip
    other = Scenario.model_validate({"name": "dearer", "text": "Dearer.", "changes": [dearer]})
    whatif(aarhus, [Question(NOTHING, other)], head(aarhus.log))
    assert set(made) >= aarhus.agreement(AGREEMENT).enrolled.keys()


def test_what_was_recorded_since_is_read(aarhus: Ledger, read: list[str]) -> None:
    then = last(aarhus)
    before = aarhus.log.head()[0]
    aarhus.assess(AGREEMENT, date(2026, 9, 30))
    terms = aarhus.agreement(AGREEMENT).terms.model_copy(update={"title": "Other"})
    aarhus.amend(terms, date(2026, 9, 1), Source(file="other.yaml", sha256="1" * 64))
    assert last(aarhus) != then
    answers(aarhus)
    assert read == [AGREEMENT]
    # As it was known before, it is not what is remembered now.
    read.clear()
    with closing(known(aarhus, before)) as here:
        found = here.agreement(AGREEMENT)
        assert found is not None
        assert found.own.amendments == ()
    assert read == [AGREEMENT]


# --- what does not count ------------------------------------------------------------------------


def test_another_chain_or_program_is_another_agreement(
    aarhus: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = known(aarhus)
    there = last(aarhus)
    assert here.remembered.get(AGREEMENT, there, here.law) is not None
    for other in (
        there._replace(chain=bytes(32)),
        there._replace(version=there.version - 1),
        there._replace(position=there.position - 1),
    ):
        assert here.remembered.get(AGREEMENT, other, here.law) is None
    monkeypatch.setattr(remembered, "program", lambda: "another")
    assert here.remembered.get(AGREEMENT, there, here.law) is None
    here.close()


@pytest.mark.parametrize("what", ["a byte", "the bound", "the people", "text", "another's"])
def test_what_was_tampered_with_is_read_anew(aarhus: Ledger, what: str, read: list[str]) -> None:
    first = answers(aarhus)
    assert isinstance(aarhus.location, Path)
    with closing(sqlite3.connect(aarhus.location / FOLDED_FILE, isolation_level=None)) as file:
        rows = {row[0]: row[1:] for row in file.execute("SELECT * FROM folded")}
        bound_to, people, sealed = rows[AGREEMENT]
        if what == "a byte":
            sealed = bytes([*sealed[:100], sealed[100] ^ 1, *sealed[101:]])
        elif what == "the people":
            people = people.partition(" ")[2]
        elif what == "text":
            sealed = "sealed"
        elif what == "the bound":
            bound_to += " "
        else:
            _, people, sealed = rows["aarhus-hf-2"]
        file.execute(
            "INSERT OR REPLACE INTO folded VALUES (?,?,?,?)", (AGREEMENT, bound_to, people, sealed)
        )
    assert kept(aarhus) is None
    assert answers(aarhus) == first
    assert read == [AGREEMENT]


@pytest.mark.parametrize("what", ["no file", "no folder"])
def test_a_file_that_cannot_be_used_changes_no_answer(
    aarhus: Ledger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, what: str
) -> None:
    first = answers(aarhus)
    here = tmp_path / "somewhere"
    if what == "no file":
        (here / FOLDED_FILE).mkdir(parents=True)
    monkeypatch.setattr(remembered, "folder_of", lambda *_: here)
    assert answers(aarhus) == first
    assert not (here / FOLDED_FILE).is_file()


def test_a_file_that_is_no_database_changes_no_answer(aarhus: Ledger) -> None:
    first = answers(aarhus)
    assert isinstance(aarhus.location, Path)
    (aarhus.location / FOLDED_FILE).write_bytes(b"no database at all" * 100)
    assert answers(aarhus) == first


# --- what is personal ---------------------------------------------------------------------------


def person(ledger: Ledger) -> SubjectRef:
    """Somebody who slept at a shelter."""
    return next(ref for ref, stays in ledger.agreement(AGREEMENT).stays.items() if stays)


def test_nothing_in_it_can_be_read(aarhus: Ledger) -> None:
    assert isinstance(aarhus.location, Path)
    content = (aarhus.location / FOLDED_FILE).read_bytes()
    stays = aarhus.agreement(AGREEMENT).stays[person(aarhus)]
    assert stays
    for name, (_, stay) in stays.items():
        for word in (name, stay.shelter, str(stay.admitted), str(stay.admitted.toordinal())):
            assert word.encode() not in content
    assert (aarhus.location / FOLDED_FILE).stat().st_mode & 0o077 == 0


def test_erasing_one_person_destroys_what_is_remembered_of_the_agreement(
    aarhus: Ledger, tmp_path: Path
) -> None:
    """Also in a copy of the file that was made before."""
    assert isinstance(aarhus.location, Path)
    there, copy = last(aarhus), tmp_path / "copy.sqlite"
    shutil.copy(aarhus.location / FOLDED_FILE, copy)
    aarhus.erase_subject(person(aarhus), "time is up", even_though_undecided=True)
    law = known(aarhus).law
    with closing(remembered.Remembered(copy, aarhus.vault)) as old:
        assert old.get(AGREEMENT, there, law) is None
        second = last(aarhus, "aarhus-hf-2")
        assert old.get("aarhus-hf-2", second, law) is not None  # of other people
    # What the agreement is without the person is remembered again.
    answers(aarhus)
    found = kept(aarhus)
    assert found is not None
    assert found.own.erased


# --- on a server --------------------------------------------------------------------------------


def test_a_server_answers_as_a_file_does(demo: Path, database: Server, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    key_file = Path(shutil.copy(demo / KEY_FILE, keys / KEY_FILE))
    copy_ledger(demo, database, lambda _: None)
    with (
        Ledger(demo, actor="erik") as one,
        Ledger(database, actor="erik", key_file=key_file) as two,
    ):
        first = answers(one)
        assert any(each.changed for each in first)
        assert answers(two) == first
        assert answers(two) == first  # from what is remembered
        assert whatif(two, ASKED, head(two.log), jobs=2) == first
    assert (keys / FOLDED_FILE).is_file()
