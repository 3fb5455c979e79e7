"""Eight attacks, many times each at random places: `ofl verify` finds every one of them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Table, and_, delete, insert, select, update

from desk.cli.session import VIEWS_FILE
from ledger.commands.door import CHECKPOINT_KEY_FILE, CHECKPOINTS, now
from ledger.service import Ledger
from ledger.store.checkpoint import ForgedCheckpointError, NotTheSameLogError, public_file
from ledger.store.copying import copy_ledger
from ledger.store.location import EVENTS_FILE, KEY_FILE, open_log
from projections.follow import Views
from projections.proof import prove_event, prove_growth
from projections.verification import Check, Kind, Outcome, Verification
from projections.verify import verify
from projections.views import metadata, progress
from tests.attacks import (
    ON_EVENTS,
    Scene,
    changed,
    copied,
    into_ledger,
    rechained,
    set_scene,
)
from tests.conftest import Told
from tests.desk.test_cli import ofl
from tests.postgres import fresh_database

TRIALS = [8, pytest.param(100, marks=[pytest.mark.long, pytest.mark.timeout(3_600)])]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return set_scene(tmp_path_factory.mktemp("scene") / "ledger")


@pytest.fixture
def ledger(scene: Scene, tmp_path: Path) -> Path:
    return copied(scene.ledger, tmp_path / "ledger")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, scene: Scene, tmp_path: Path) -> Iterator[Told]:
    """The scene's ledger on each engine in turn, to do anything with."""
    if request.param == "sqlite":
        yield told(copied(scene.ledger, tmp_path / "ledger"))
        return
    keys = copied(scene.ledger, tmp_path / "keys")
    with fresh_database(request.getfixturevalue("postgres")) as server:
        copy_ledger(scene.ledger, server, lambda _: None)
        with closing(open_log(server, now)) as log, closing(Views(server)) as views:
            views.catch_up(log)
        yield Told(server, server, keys / KEY_FILE)


def told(path: Path) -> Told:
    return Told(path, path / VIEWS_FILE, path / KEY_FILE)


def verified(at: Path | Told, against: Sequence[Path] = ()) -> Verification:
    at = told(at) if isinstance(at, Path) else at
    with (
        Ledger(at.location, actor="auditor", key_file=at.key_file) as ledger,
        closing(Views(at.views)) as views,
    ):
        return verify(ledger, views, against=against)


def test_what_nobody_touched_is_sound_and_says_what_no_checkpoint_covers(scene: Scene) -> None:
    found = verified(scene.ledger)
    assert found.outcome is Outcome.SOUND
    assert found.checkpoints == len(scene.sealed) == 2
    assert found.covered == scene.covered
    assert found.uncovered == len(scene.rows) - scene.covered > 0


@pytest.mark.parametrize("trials", TRIALS)
@pytest.mark.parametrize("attack", ON_EVENTS)
def test_an_attack_on_events_is_found_where_it_begins(
    scene: Scene, place: Told, attack: str, trials: int
) -> None:
    for trial in range(trials):
        draw = random.Random(f"{attack} {trial}")  # noqa: S311 - a test repeats itself
        made = ON_EVENTS[attack](scene, draw)
        neatly = draw.random() < 0.5 or "backup" in attack
        into_ledger(made.rows, place.location, scene, commands=neatly)
        found = verified(place)
        assert found.outcome is Outcome.TAMPERED, trial
        first = found.faults[0]
        assert (first.kind.value in made.kinds, first.position) == (True, made.position), (
            trial,
            first,
        )
    into_ledger(scene.rows, place.location, scene, commands=False)
    assert verified(place).sound  # it was the attack that was found, not the break-in


at_position = progress.c.position
CHANGED: dict[type, Callable[[Any], Any]] = {
    int: lambda value: value + 1,
    str: lambda value: value + "x",
    bool: lambda value: not value,
    date: lambda value: value + timedelta(days=1),
    type(None): lambda _: None,
}


def edit_a_row(
    connection: Connection, table: Table, draw: random.Random
) -> Callable[[Connection], None]:
    """Change a cell of a random row, or drop the row; gives back what puts it right again."""
    keys = list(table.primary_key.columns)
    row = draw.choice(connection.execute(select(table).order_by(*keys)).all())._asdict()
    here = and_(*(key == row[key.name] for key in keys))
    if table is not progress and draw.random() < 0.3:
        assert connection.execute(delete(table).where(here)).rowcount == 1
    else:
        free = [
            column.name for column in table.columns
            if column not in keys and row[column.name] is not None and column is not at_position
        ]  # fmt: skip
        cell = draw.choice(free)
        changed = CHANGED[type(row[cell])](row[cell])
        assert connection.execute(update(table).where(here).values({cell: changed})).rowcount == 1

    def undo(connection: Connection) -> None:
        connection.execute(delete(table).where(here))
        connection.execute(insert(table).values(row))

    return undo


@pytest.mark.parametrize("trials", TRIALS)
def test_an_edited_row_of_every_view_is_found(place: Told, trials: int) -> None:
    with closing(Views(place.views)) as views:
        tables = [table for table in metadata.sorted_tables if views.rows(table)]
        assert len(tables) > 10
        for trial in range(trials):
            draw = random.Random(f"view {trial}")  # noqa: S311 - a test repeats itself
            with views.engine.begin() as connection:
                undo = [edit_a_row(connection, table, draw) for table in tables]
            found = verified(place)
            assert found.outcome is Outcome.TAMPERED, trial
            told_of = [fault.message.split()[0] for fault in found.faults]
            assert told_of == [table.name for table in tables], trial
            assert {fault.check for fault in found.faults} == {Check.VIEWS}
            with views.engine.begin() as connection:
                for put_back in undo:
                    put_back(connection)
    assert verified(place).sound


@pytest.mark.parametrize("moved", [-1, 1])
def test_views_that_were_moved_along_the_events_are_put_right_or_found(
    place: Told, moved: int
) -> None:
    with closing(Views(place.views)) as views, views.engine.begin() as connection:
        connection.execute(update(progress).values(position=at_position + moved))
    found = verified(place)
    # What is behind takes an event twice, which either changes nothing or shows.
    assert found.sound or {fault.check for fault in found.faults} == {Check.VIEWS}
    if moved > 0:
        assert [fault.kind for fault in found.faults] == [Kind.TRUNCATED]


def test_after_the_last_checkpoint_a_rewritten_chain_is_not_found_but_not_vouched_for(
    scene: Scene, place: Told
) -> None:
    rows = [
        changed(row, actor="somebody.else") if row.position > scene.covered else row
        for row in scene.rows
    ]
    into_ledger(rechained(rows), place.location, scene, commands=False)
    throw_views_away(place)  # views that were there before would bear witness
    found = verified(place)
    assert found.outcome is Outcome.SOUND
    assert found.uncovered == len(rows) - scene.covered
    into_ledger(scene.rows[: scene.covered], place.location, scene, commands=True)
    assert [fault.kind for fault in verified(place).faults] == [Kind.TRUNCATED]  # views tell
    throw_views_away(place)
    assert (verified(place).outcome, verified(place).uncovered) == (Outcome.SOUND, 0)


def throw_views_away(place: Told) -> None:
    with (
        closing(open_log(place.location, now)) as log,
        closing(Views(place.views)) as views,
    ):
        views.rebuild(log)


@pytest.mark.parametrize("left", [0, 1])
def test_a_deleted_checkpoint_that_a_sent_payment_needed_is_told(place: Told, left: int) -> None:
    folder = place.key_file.with_name(CHECKPOINTS)
    for path in sorted(folder.iterdir())[left:]:
        path.unlink()
    found = verified(place)
    assert found.outcome is Outcome.UNVERIFIABLE
    (fault,) = found.faults
    assert (fault.check, fault.kind) == (Check.CHECKPOINTS, Kind.MISSING_CHECKPOINT)
    assert str(folder) in fault.message
    assert "PaymentInstructed" in found_at(place, fault.position)


def found_at(place: Told, position: int | None) -> str:
    assert position is not None
    with Ledger(place.location, key_file=place.key_file) as ledger:
        (recorded,) = ledger.at(position)
    return type(recorded.event).__name__


def test_a_ledger_from_before_keys_is_wholly_uncovered_until_it_is_sealed(
    scene: Scene, ledger: Path
) -> None:
    for path in (ledger / CHECKPOINTS).iterdir():
        path.unlink()
    (ledger / CHECKPOINT_KEY_FILE).unlink()
    public_file(ledger / CHECKPOINT_KEY_FILE).unlink()
    found = verified(ledger)
    assert (found.outcome, found.checkpoints) == (Outcome.UNVERIFIABLE, 0)
    assert found.uncovered == len(scene.rows)
    assert "none of" in ofl("verify", ledger=ledger, code=3)
    assert "--new-key" in ofl("checkpoint", ledger=ledger, code=1)
    sealed = json.loads(ofl("checkpoint", "--new-key", "--json", ledger=ledger))
    assert (sealed["sealed"], sealed["size"]) == (True, len(scene.rows))
    assert verified(ledger).uncovered == 0
    assert "has a checkpoint key" in ofl("checkpoint", "--new-key", ledger=ledger, code=1)


def test_a_proof_is_the_same_on_every_engine(scene: Scene, place: Told) -> None:
    first, last = scene.sealed
    with (
        Ledger(place.location, key_file=place.key_file) as here,
        Ledger(scene.ledger) as there,
    ):
        assert prove_event(here, first + 1) == prove_event(there, first + 1)
        assert prove_growth(here, first, last) == prove_growth(there, first, last)


def test_a_checkpoint_that_somebody_else_kept_is_checked_against(
    scene: Scene, place: Told, tmp_path: Path
) -> None:
    """Even an older copy of everything, checkpoints included, is found out by it."""
    folder = place.key_file.with_name(CHECKPOINTS)
    first, last = sorted(folder.iterdir())
    kept = tmp_path / "kept.txt"
    kept.write_bytes(last.read_bytes())
    assert verified(place, [kept]).checkpoints == len(scene.sealed)
    last.unlink()
    left = scene.sealed[0]
    into_ledger(scene.rows[:left], place.location, scene, commands=True)
    throw_views_away(place)
    assert verified(place).sound
    (fault,) = verified(place, [kept]).faults
    assert (fault.kind, fault.position) == (Kind.OLDER_BACKUP, left + 1)
    rows = [*scene.rows[:left], *(changed(row, actor="x") for row in scene.rows[left:])]
    into_ledger(rechained(rows), place.location, scene, commands=True)
    (fault,) = verified(place, [kept]).faults
    assert (fault.kind, fault.position) == (Kind.REWRITTEN, left + 1)
    kept.write_text(kept.read_text().replace("chain ", "chain 0"))
    assert Kind.FORGED_CHECKPOINT in {fault.kind for fault in verified(place, [kept]).faults}
    assert first.is_file()


def test_sealing_twice_makes_one_checkpoint(ledger: Path) -> None:
    assert json.loads(ofl("checkpoint", "--json", ledger=ledger))["sealed"] is True
    before = sorted((ledger / CHECKPOINTS).iterdir())
    assert json.loads(ofl("checkpoint", "--json", ledger=ledger))["sealed"] is False
    assert sorted((ledger / CHECKPOINTS).iterdir()) == before


@pytest.mark.parametrize("attack", ON_EVENTS)
def test_nothing_is_sealed_over_an_attack(scene: Scene, ledger: Path, attack: str) -> None:
    made = ON_EVENTS[attack](scene, random.Random("seal"))  # noqa: S311 - a test repeats itself
    into_ledger(made.rows, ledger, scene, commands=True)
    before = sorted((ledger / CHECKPOINTS).iterdir())
    with Ledger(ledger, actor="tester") as door, pytest.raises(NotTheSameLogError, match="verify"):
        door.seal()
    assert sorted((ledger / CHECKPOINTS).iterdir()) == before


def test_payments_are_sent_only_after_sealing(scene: Scene, ledger: Path) -> None:
    (ledger / CHECKPOINT_KEY_FILE).rename(ledger / "elsewhere.key")
    told = ofl("payments", "send", "aarhus-hf-1-P001", ledger=ledger, code=1)
    assert "OFL_CHECKPOINT_KEY" in told
    public_file(ledger / CHECKPOINT_KEY_FILE).rename(ledger / "elsewhere.pub")
    key = {"OFL_CHECKPOINT_KEY": str(ledger / "elsewhere.key")}
    sent = ofl("payments", "send", "aarhus-hf-1-P001", ledger=ledger, code=1, **key)
    assert "sent" in sent  # it was sent before, which is refused, but only after sealing
    assert (ledger / CHECKPOINTS / f"{len(scene.rows):012d}.txt").is_file()


def test_a_changed_or_foreign_checkpoint_is_tampering(ledger: Path) -> None:
    first, last = sorted((ledger / CHECKPOINTS).iterdir())
    last.write_text(last.read_text().replace("position-time 2", "position-time 1"))
    found = verified(ledger)
    assert [fault.kind for fault in found.faults] == [Kind.FORGED_CHECKPOINT]
    assert (found.checkpoints, found.outcome) == (1, Outcome.TAMPERED)
    assert str(last) in found.faults[0].message
    with Ledger(ledger, actor="tester") as door, pytest.raises(ForgedCheckpointError):
        door.seal()
    assert first.is_file()


def exit_code(ledger: Path, code: int) -> dict[str, str]:
    answer: dict[str, str] = json.loads(ofl("verify", "--json", ledger=ledger, code=code))
    return answer


def test_verify_exits_three_when_it_cannot_tell(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert exit_code(tmp_path / "nowhere", 3)["outcome"] == "unverifiable"
    monkeypatch.setattr("projections.repeat.VERSION", 999)
    found = verified(ledger)
    assert found.outcome is Outcome.UNVERIFIABLE
    assert "policy version" in found.faults[0].message
    public = public_file(ledger / CHECKPOINT_KEY_FILE)
    kept = public.read_bytes()
    public.unlink()
    assert "checkpoint.pub" in ofl("verify", ledger=ledger, code=3)
    public.write_bytes(kept)
    (ledger / EVENTS_FILE).write_bytes(b"not a database at all, but long enough" * 99)
    assert "cannot be read" in ofl("verify", ledger=ledger, code=3)


def test_verify_exits_one_when_tampered_with(scene: Scene, ledger: Path) -> None:
    into_ledger(scene.rows[:400], ledger, scene, commands=True)
    assert "older backup: position 401" in ofl("verify", ledger=ledger, code=1)
