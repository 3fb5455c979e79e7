"""Eight attacks, many times each at random places: `ofl verify` finds every one of them."""

from __future__ import annotations

import json
import random
import sqlite3
from pathlib import Path

import pytest

from desk.cli.session import VIEWS_FILE
from ledger.service import CHECKPOINT_KEY_FILE, CHECKPOINTS, Ledger
from ledger.store.checkpoint import ForgedCheckpointError, NotTheSameLogError, public_file
from ledger.store.location import EVENTS_FILE
from projections.follow import Views
from projections.verify import Check, Kind, Outcome, Verification, verify
from tests.attacks import (
    ON_EVENTS,
    Scene,
    changed,
    copied,
    into_ledger,
    rechained,
    set_scene,
)
from tests.desk.test_cli import ofl

TRIALS = [20, pytest.param(100, marks=pytest.mark.long)]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return set_scene(tmp_path_factory.mktemp("scene") / "ledger")


@pytest.fixture
def ledger(scene: Scene, tmp_path: Path) -> Path:
    return copied(scene.ledger, tmp_path / "ledger")


def verified(path: Path) -> Verification:
    with Ledger(path, actor="auditor") as ledger:
        views = Views(path / VIEWS_FILE)
        try:
            return verify(ledger, views)
        finally:
            views.close()


def test_what_nobody_touched_is_sound_and_says_what_no_checkpoint_covers(scene: Scene) -> None:
    found = verified(scene.ledger)
    assert found.outcome is Outcome.SOUND
    assert found.checkpoints == len(scene.sealed) == 2
    assert found.covered == scene.covered
    assert found.uncovered == len(scene.rows) - scene.covered > 0


@pytest.mark.parametrize("trials", TRIALS)
@pytest.mark.parametrize("attack", ON_EVENTS)
def test_an_attack_on_events_is_found_where_it_begins(
    scene: Scene, tmp_path: Path, attack: str, trials: int
) -> None:
    for trial in range(trials):
        draw = random.Random(f"{attack} {trial}")  # noqa: S311 - a test repeats itself
        made = ON_EVENTS[attack](scene, draw)
        path = copied(scene.ledger, tmp_path / "ledger")
        into_ledger(made.rows, path, commands=draw.random() < 0.5 or "backup" in attack)
        found = verified(path)
        assert found.outcome is Outcome.TAMPERED, trial
        first = found.faults[0]
        assert (first.kind.value in made.kinds, first.position) == (True, made.position), (
            trial,
            first,
        )


@pytest.mark.parametrize("trials", TRIALS)
def test_an_edited_view_is_found(scene: Scene, tmp_path: Path, trials: int) -> None:
    path = copied(scene.ledger, tmp_path / "ledger")
    for trial in range(trials):
        draw = random.Random(f"view {trial}")  # noqa: S311 - a test repeats itself
        views = path / VIEWS_FILE
        views.write_bytes((scene.ledger / VIEWS_FILE).read_bytes())
        with sqlite3.connect(views) as file:
            filled = [
                (table, rows)
                for (table,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                if (rows := file.execute(f"SELECT rowid, * FROM {table}").fetchall())  # noqa: S608
            ]
            table, rows = draw.choice(filled)
            info = file.execute(f"PRAGMA table_info({table})").fetchall()
            numbers = [each[1] for each in info if "INT" in each[2] and not each[5]]
            texts = [each[1] for each in info if each[2] == "VARCHAR" and not each[5]]
            column = draw.choice(numbers or texts)
            value = f"coalesce({column}, 0) + 1" if numbers else f"{column} || 'x'"
            change = f"UPDATE {table} SET {column} = {value} WHERE rowid = ?"  # noqa: S608
            file.execute(change, (draw.choice(rows)[0],))
        file.close()
        with Ledger(path, actor="auditor") as ledger:
            ours = Views(views)
            found = verify(ledger, ours)
            ours.close()
        if (table, column) == ("progress", "position"):
            assert found.sound  # views that are ahead of the events are thrown away
            continue
        assert found.outcome is Outcome.TAMPERED, (trial, table, column)
        assert found.faults[0].check is Check.VIEWS


def test_after_the_last_checkpoint_a_rewritten_chain_is_not_found_but_not_vouched_for(
    scene: Scene, ledger: Path
) -> None:
    rows = [
        changed(row, actor="somebody.else") if row.position > scene.covered else row
        for row in scene.rows
    ]
    into_ledger(rechained(rows), ledger, commands=False)
    (ledger / VIEWS_FILE).unlink()  # views that were there before would bear witness
    found = verified(ledger)
    assert found.outcome is Outcome.SOUND
    assert found.uncovered == len(rows) - scene.covered
    ledger = copied(scene.ledger, ledger)
    into_ledger(scene.rows[: scene.covered], ledger, commands=True)
    assert (verified(ledger).outcome, verified(ledger).uncovered) == (Outcome.SOUND, 0)


def test_a_ledger_from_before_keys_is_sound_and_wholly_uncovered(
    scene: Scene, ledger: Path
) -> None:
    for path in (ledger / CHECKPOINTS).iterdir():
        path.unlink()
    (ledger / CHECKPOINT_KEY_FILE).unlink()
    public_file(ledger / CHECKPOINT_KEY_FILE).unlink()
    found = verified(ledger)
    assert (found.outcome, found.checkpoints) == (Outcome.SOUND, 0)
    assert found.uncovered == len(scene.rows)
    assert "none of" in ofl("verify", ledger=ledger)
    assert "--new-key" in ofl("checkpoint", ledger=ledger, code=1)
    sealed = json.loads(ofl("checkpoint", "--new-key", "--json", ledger=ledger))
    assert (sealed["sealed"], sealed["size"]) == (True, len(scene.rows))
    assert verified(ledger).uncovered == 0
    assert "has a checkpoint key" in ofl("checkpoint", "--new-key", ledger=ledger, code=1)


def test_sealing_twice_makes_one_checkpoint(ledger: Path) -> None:
    assert json.loads(ofl("checkpoint", "--json", ledger=ledger))["sealed"] is True
    before = sorted((ledger / CHECKPOINTS).iterdir())
    assert json.loads(ofl("checkpoint", "--json", ledger=ledger))["sealed"] is False
    assert sorted((ledger / CHECKPOINTS).iterdir()) == before


@pytest.mark.parametrize("attack", ON_EVENTS)
def test_nothing_is_sealed_over_an_attack(scene: Scene, ledger: Path, attack: str) -> None:
    made = ON_EVENTS[attack](scene, random.Random("seal"))  # noqa: S311 - a test repeats itself
    into_ledger(made.rows, ledger, commands=True)
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
    monkeypatch.setattr("projections.verify.VERSION", 999)
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
    into_ledger(scene.rows[:400], ledger, commands=True)
    assert "older backup: position 401" in ofl("verify", ledger=ledger, code=1)
