"""The auditor's verifier, which shares no code with us, finds what was altered in a bundle."""

from __future__ import annotations

import ast
import json
import random
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from projections.bundle import CHECKPOINTS, EVENTS, JOURNAL
from tests.attacks import ON_EVENTS, changed, copied, into_bundle, rechained
from tests.desk.test_cli import ofl
from tests.projections.office import SOURCE, Office, journal, run, verifier, write_rows

TRIALS = [20, pytest.param(100, marks=pytest.mark.long)]


def test_as_an_auditor_runs_it(office: Office, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    told = ofl("export", "audit", str(bundle), ledger=office.scene.ledger)
    assert office.vkey in told
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-I", "verify_ledger.py", ".", "--public-key", office.vkey],
        cwd=bundle,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows, covered = len(office.scene.rows), office.scene.covered
    assert f"{rows} events, chain head {office.scene.rows[-1].chain.hex()}" in done.stdout
    assert f"cover events 1 to {covered}, and the {rows - covered} after" in done.stdout
    assert "not empty" in ofl("export", "audit", str(bundle), ledger=office.scene.ledger, code=1)


def test_it_imports_nothing_of_ours() -> None:
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(SOURCE))
        for name in (
            [each.name for each in node.names] if isinstance(node, ast.Import)
            else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        )
    }  # fmt: skip
    assert imported - sys.stdlib_module_names == {"cryptography"}


def test_it_exits_three_when_it_cannot_tell(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module = verifier()
    assert run(tmp_path / "nowhere", office.vkey, module) == 3
    assert run(office.bundle, office.vkey[:-3], module) == 3
    for name in (EVENTS, JOURNAL):
        bundle = copied(office.bundle, tmp_path / "bundle")
        (bundle / name).unlink()
        assert run(bundle, office.vkey, module) == 3
    bundle = copied(office.bundle, tmp_path / "bundle")
    rows = [*office.scene.rows]
    rows[-1] = changed(rows[-1], topic="SomethingNew:1")
    into_bundle(rechained(rows), bundle)
    assert run(bundle, office.vkey, module) == 3
    assert "does not know SomethingNew:1" in capsys.readouterr().out


def test_a_checkpoint_that_the_auditor_kept_is_checked_beside_those_in_the_bundle(
    office: Office, tmp_path: Path
) -> None:
    bundle = copied(office.bundle, tmp_path / "bundle")
    kept = min((bundle / CHECKPOINTS).iterdir()).read_bytes()
    for path in (bundle / CHECKPOINTS).iterdir():
        path.unlink()
    rows = [changed(row, actor="somebody.else") for row in office.scene.rows]
    into_bundle(rechained(rows), bundle)
    # Without any checkpoint only the payments that were sent tell that there must have been some.
    assert run(bundle, office.vkey, verifier()) == 3
    (bundle / CHECKPOINTS / "kept-since-2022.txt").write_bytes(kept)
    assert run(bundle, office.vkey, verifier()) == 1


@pytest.mark.parametrize("trials", TRIALS)
@pytest.mark.parametrize("attack", ON_EVENTS)
def test_an_attack_on_events_is_found_where_it_begins(
    office: Office, tmp_path: Path, attack: str, trials: int, capsys: pytest.CaptureFixture[str]
) -> None:
    module = verifier()
    bundle = copied(office.bundle, tmp_path / "bundle")
    for trial in range(trials):
        draw = random.Random(f"{attack} {trial}")  # noqa: S311 - a test repeats itself
        made = ON_EVENTS[attack](office.scene, draw)
        into_bundle(made.rows, bundle)
        assert run(bundle, office.vkey, module) == 1, trial
        assert f"] position {made.position}: " in capsys.readouterr().out, trial


@pytest.mark.parametrize("trials", TRIALS)
def test_an_edited_journal_is_found(office: Office, tmp_path: Path, trials: int) -> None:
    module = verifier()
    bundle = copied(office.bundle, tmp_path / "bundle")
    rows = journal(office.bundle)
    for trial in range(trials):
        draw = random.Random(f"journal {trial}")  # noqa: S311 - a test repeats itself
        edited = [list(row) for row in rows]
        how = draw.choice(("cell", "drop", "double", "amount"))
        at = draw.randrange(1, len(rows))
        if how == "cell":
            column = draw.randrange(9)
            edited[at][column] += "1"
        elif how == "amount":
            column = 9 if edited[at][9] else 10
            edited[at][column] = f"{draw.randrange(10**6)}.{draw.randrange(100):02d}"
        elif how == "drop":
            del edited[at]
        else:
            edited.insert(at, edited[at])
        write_rows(edited, bundle)
        assert run(bundle, office.vkey, module) == 1, (trial, how)


@pytest.mark.parametrize(
    "flips", [60, pytest.param(2_000, marks=[pytest.mark.long, pytest.mark.timeout(3_600)])]
)
def test_no_flipped_bit_of_a_bundle_goes_untold(office: Office, tmp_path: Path, flips: int) -> None:
    """Some bits mean nothing: the last ones of base64, where the text has more than the bytes."""
    module = verifier()
    bundle = copied(office.bundle, tmp_path / "bundle")
    files = [bundle / EVENTS, bundle / JOURNAL, *sorted((bundle / CHECKPOINTS).iterdir())]
    before = all_that_is_read(bundle, office, module)
    told = 0
    for flip in range(flips):
        draw = random.Random(f"flip {flip}")  # noqa: S311 - a test repeats itself
        path = draw.choice(files)
        whole = path.read_bytes()
        altered = bytearray(whole)
        altered[draw.randrange(len(altered))] ^= 1 << draw.randrange(8)
        path.write_bytes(altered)
        if run(bundle, office.vkey, module) == 0:
            assert all_that_is_read(bundle, office, module) == before, (flip, path.name)
        else:
            told += 1
        path.write_bytes(whole)
    assert told > 0.9 * flips


def all_that_is_read(bundle: Path, office: Office, module: ModuleType) -> object:
    """What the verifier makes of the files before it checks anything."""
    return (
        list(module.read_lines(bundle / EVENTS)),
        module.read_checkpoints(bundle / CHECKPOINTS, office.vkey),
        module.read_journal(bundle / JOURNAL),
    )


BOOKINGS = {
    "the wrong side": ("entries.append((*debit, by))", "entries.append((*debit, -by))"),
    "the whole, not the difference": (
        'data["difference" if topic.startswith("Ent") else "parts"]',
        'data["parts"]',
    ),
    "drawdowns unposted": ('if topic == "DrawdownCalled:1":', 'if topic == "-":'),
    "capital unposted": (
        'elif topic in {"CapitalReceived:1", "CapitalReversed:1"}:',
        "elif not topic:",
    ),
    "entitlements unposted": (
        'elif topic in {"EntitlementCalculated:1", "AdjustmentDecided:1"}:',
        'elif topic == "AdjustmentDecided:1":',
    ),
    "payments unposted": ("elif topic in {*SETTLED, *CLAWBACK}:", "elif not topic:"),
}


@pytest.mark.parametrize("wrong", BOOKINGS)
def test_with_a_wrong_booking_a_true_journal_would_not_be_found_true(
    office: Office, tmp_path: Path, wrong: str
) -> None:
    old, new = BOOKINGS[wrong]
    assert SOURCE.count(old) == 1
    bundle = copied(office.bundle, tmp_path / "bundle")
    # An entitlement that changes nothing: all parts stay as they were, and nothing is booked.
    rows = office.scene.rows
    (*_, last) = (row for row in rows if row.topic == "EntitlementCalculated:1")
    data = json.loads(last.state)["data"] | {"difference": []}
    version = max(row.version for row in rows if row.stream == last.stream) + 1
    same = changed(last, data=data, position=len(rows) + 1, version=version,
                   recorded_at=rows[-1].recorded_at)  # fmt: skip
    into_bundle(rechained([*rows, same]), bundle)
    assert run(bundle, office.vkey, verifier()) == 0
    assert run(bundle, office.vkey, verifier(SOURCE.replace(old, new))) in {1, 3}
