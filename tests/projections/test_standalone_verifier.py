"""The auditor's verifier, which shares no code with us, finds what was altered in a bundle.

Every check of it is needed: with any one of them taken out, an attack would not be told.
"""

from __future__ import annotations

import ast
import base64
import csv
import hashlib
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from desk.cli.session import VIEWS_FILE
from ledger.commands.door import CHECKPOINT_KEY_FILE
from ledger.decide.refusal import NotFound
from ledger.service import Ledger
from ledger.store.checkpoint import Checkpoint, NotTheSameLogError, SigningKey, read_signing_key
from projections.bundle import CHECKPOINTS, EVENTS, JOURNAL, STANDALONE, write_bundle
from projections.follow import Views
from projections.proof import prove_event, prove_growth
from tests.attacks import (
    ON_EVENTS,
    Scene,
    changed,
    copied,
    into_bundle,
    into_ledger,
    rechained,
    set_scene,
)
from tests.desk.test_cli import ofl

VERIFIER = STANDALONE / "verify_ledger.py"
SOURCE = VERIFIER.read_text(encoding="utf-8")
TRIALS = [20, pytest.param(100, marks=pytest.mark.long)]


@dataclass(frozen=True)
class Office:
    """An auditor's office: the scene, its bundle, and the key that came by another way."""

    scene: Scene
    bundle: Path
    key: SigningKey

    @property
    def vkey(self) -> str:
        return self.key.public.vkey()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    scene = set_scene(tmp_path_factory.mktemp("scene") / "ledger")
    bundle = scene.ledger.parent / "bundle"
    with Ledger(scene.ledger, actor="auditor") as ledger:
        views = Views(scene.ledger / VIEWS_FILE)
        write_bundle(ledger, views, bundle)
        views.close()
    return Office(scene, bundle, read_signing_key(scene.ledger / CHECKPOINT_KEY_FILE))


def verifier(source: str = SOURCE) -> ModuleType:
    """The verifier, as it is or with its source edited."""
    module = ModuleType("verify_ledger_under_test")
    sys.modules[module.__name__] = module  # dataclasses look their module up
    exec(compile(source, str(VERIFIER), "exec"), module.__dict__)  # noqa: S102 - our own file
    return module


def run(bundle: Path, vkey: str, module: ModuleType) -> int:
    code: int = module.main([str(bundle), "--public-key", vkey])
    return code


# --- the bundle as it is ------------------------------------------------------------------------


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


# --- eight attacks ------------------------------------------------------------------------------


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


def journal(bundle: Path) -> list[list[str]]:
    with (bundle / JOURNAL).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_rows(rows: list[list[str]], bundle: Path) -> None:
    with (bundle / JOURNAL).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


# --- every check is needed ----------------------------------------------------------------------


def with_tail(office: Office, bundle: Path, at: int, **fields: object) -> None:
    """An event after the last checkpoint says something else, and the chain is made to fit."""
    rows = list(office.scene.rows)
    rows[at] = changed(rows[at], **fields)
    into_bundle(rechained(rows), bundle)


def a_hole_in_the_tail(office: Office, bundle: Path) -> None:
    rows = office.scene.rows
    # Nothing else shows it: the last event of all is moved up by one, in its bytes too.
    moved = changed(rows[-1], position=rows[-1].position + 1)
    into_bundle(rechained([*rows[:-1], moved]), bundle)


def another_place_in_the_bytes(office: Office, bundle: Path) -> None:
    rows = list(office.scene.rows)
    rows[-1] = replace(changed(rows[-1], position=7), position=rows[-1].position)
    into_bundle(rechained(rows), bundle)


def an_edited_tail(office: Office, bundle: Path) -> None:
    rows = list(office.scene.rows)
    rows[-1] = changed(rows[-1], actor="somebody.else")
    into_bundle(rows, bundle)


def a_field_twice(office: Office, bundle: Path) -> None:
    rows = list(office.scene.rows)
    state = rows[-1].state.replace(b'"actor":', b'"actor":"somebody.else","actor":', 1)
    rows[-1] = replace(rows[-1], state=state)
    into_bundle(rechained(rows), bundle)


def a_version_left_out(office: Office, bundle: Path) -> None:
    with_tail(office, bundle, -1, version=office.scene.rows[-1].version + 1)


def an_earlier_time(office: Office, bundle: Path) -> None:
    with_tail(office, bundle, -1, recorded_at="2001-01-01T00:00:00.000000Z")


def books_closed_on_a_lie(office: Office, bundle: Path) -> None:
    """A period is closed in the tail, with the hash of another trial balance."""
    last = office.scene.rows[-1]
    data = {
        "period": "2021", "start": "2021-01-01", "until": "2022-01-01", "covers": last.position,
        "trial_balance": "0" * 64,
    }  # fmt: skip
    place = {"position": last.position + 1, "stream": "periods", "version": 1}
    closed = changed(last, **place, topic="PeriodClosed:1", data=data)
    into_bundle(rechained([*office.scene.rows, closed]), bundle)


def a_cut_off_end(office: Office, bundle: Path) -> None:
    cut = office.scene.covered - 1
    into_bundle(office.scene.rows[:cut], bundle)
    write_rows([row for row in journal(bundle) if not row[0].isdigit() or int(row[0]) <= cut],
               bundle)  # fmt: skip


def last_checkpoint(bundle: Path) -> Path:
    return max((bundle / CHECKPOINTS).iterdir())


def signed_anew(office: Office, bundle: Path, old: str, new: str) -> None:
    """The last checkpoint says something else, signed by the real key."""
    path = last_checkpoint(bundle)
    text = path.read_text().rpartition("\n\n")[0] + "\n"
    assert old in text
    path.write_text(office.key.sign(text.replace(old, new, 1)))


def a_forged_checkpoint(office: Office, bundle: Path) -> None:
    path = last_checkpoint(bundle)
    text = path.read_text().rpartition("\n\n")[0] + "\n"
    blob = base64.b64decode(SigningKey(office.key.name, bytes(32)).sign(text).split(" ")[-1])
    key_id = bytes.fromhex(office.vkey.split("+")[1])
    signature = base64.b64encode(key_id + blob[4:]).decode()
    path.write_text(f"{text}\n— {office.key.name} {signature}\n")


def a_deleted_checkpoint(office: Office, bundle: Path) -> None:
    last_checkpoint(bundle).unlink()


def another_ledgers_checkpoint(office: Office, bundle: Path) -> None:
    signed_anew(office, bundle, office.key.name, "another-ledger")


def line_of(bundle: Path, number: int) -> str:
    return last_checkpoint(bundle).read_text().split("\n")[number]


def another_root(office: Office, bundle: Path) -> None:
    signed_anew(office, bundle, line_of(bundle, 2), "A" * 43 + "=")


def another_chain(office: Office, bundle: Path) -> None:
    signed_anew(office, bundle, line_of(bundle, 3), "chain " + "0" * 64)


def another_time(office: Office, bundle: Path) -> None:
    signed_anew(office, bundle, line_of(bundle, 4), "position-time 2001-01-01T00:00:00.000000Z")


def edited_amounts(bundle: Path, lines: int, ending: str = "1.00") -> None:
    """The end of the first drawdown's amount is another in so many of its four lines."""
    rows = journal(bundle)
    for row in rows[1 : 1 + lines]:
        column = 9 if row[9] else 10
        row[column] = row[column][: -len(ending)] + ending
    write_rows(rows, bundle)


def a_lopsided_book(office: Office, bundle: Path) -> None:
    edited_amounts(bundle, 1)


def a_book_at_odds_with_its_mirror(office: Office, bundle: Path) -> None:
    edited_amounts(bundle, 2)


def both_books_changed_alike(office: Office, bundle: Path) -> None:
    edited_amounts(bundle, 4)


def an_ore_more(office: Office, bundle: Path) -> None:
    edited_amounts(bundle, 4, "1")


@dataclass(frozen=True)
class Mutation:
    """A check taken out of the verifier, and the attack that then is not told.

    `alone`: no other check finds the attack, so that the verifier would say it is sound.
    """

    check: str
    old: str
    new: str
    attack: Callable[[Office, Path], None]
    alone: bool = True
    code: int = 1


MUTATIONS = [
    Mutation("gap", "if position != expected:", "if False:", a_hole_in_the_tail),
    Mutation("place", 'if event["position"] != position:', "if False:",
             another_place_in_the_bytes),
    Mutation("chain", "if chain.hex() != said_chain:", "if False:", an_edited_tail),
    Mutation("journal", "int(found[2]) * 100 + int(found[3])", "int(found[2]) * 100",
             an_ore_more),
    Mutation("json", "if len(fields) != len(pairs):", "if False:", a_field_twice),
    Mutation("version", 'if event["version"] != versions.get(event["stream"], 0) + 1:', "if False:",
             a_version_left_out),
    Mutation("time", 'if event["recorded_at"] < last_time:', "if False:", an_earlier_time),
    Mutation("period", 'if hashed != data["trial_balance"]:', "if False:",
             books_closed_on_a_lie),
    Mutation("truncated", "if last > found.events:", "if False:", a_cut_off_end),
    Mutation("signature", "if not is_signed(text, signatures, name, key_id, raw):", "if False:",
             a_forged_checkpoint),
    Mutation("signature", "from_public_bytes(raw).verify(blob[4:], text.encode())",
             "from_public_bytes(raw)", a_forged_checkpoint),
    Mutation("origin", "if said[1] != name:", "if False:", another_ledgers_checkpoint),
    Mutation("root", "if said.root != root:", "if False:", another_root),
    Mutation("checkpoint-chain", "if said.chain != chain:", "if False:", another_chain),
    Mutation("checkpoint-time", "if said.position_time != time:", "if False:", another_time),
    Mutation("unsealed", "if approved_at > found.covered:", "if False:", a_deleted_checkpoint,
             code=3),
    Mutation("journal", "if lines != expected:", "if False:", both_books_changed_alike),
    Mutation("balance", "if wrong is not None:", "if False:", a_lopsided_book, alone=False),
    Mutation("mirror", "if amount != -mirrored:", "if False:", a_book_at_odds_with_its_mirror,
             alone=False),
]  # fmt: skip


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: f"{each.check}: {each.old[:40]}")
def test_without_a_check_an_attack_is_not_told(
    office: Office, tmp_path: Path, mutation: Mutation, capsys: pytest.CaptureFixture[str]
) -> None:
    assert SOURCE.count(mutation.old) == 1
    bundle = copied(office.bundle, tmp_path / "bundle")
    mutation.attack(office, bundle)
    assert run(bundle, office.vkey, verifier()) == mutation.code
    assert f"[{mutation.check}]" in capsys.readouterr().out
    weakened = verifier(SOURCE.replace(mutation.old, mutation.new))
    code = run(bundle, office.vkey, weakened)
    assert f"[{mutation.check}]" not in capsys.readouterr().out
    assert code == (0 if mutation.alone else mutation.code)


def test_the_tables_hold_every_check() -> None:
    raised = {
        node.args[0].value
        for node in ast.walk(ast.parse(SOURCE))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Altered"
        and isinstance(node.args[0], ast.Constant)
    }
    assert raised | {"journal", "balance", "mirror", "unsealed"} == (
        {each.check for each in MUTATIONS} | {check for check, *_ in ON_PROOFS} | {"format"}
    )


# --- proofs -------------------------------------------------------------------------------------

Proofs = tuple[str, str]
"""Of the first event that the last checkpoint alone covers, and of the two checkpoints."""


@pytest.fixture(scope="module")
def proofs(office: Office) -> Proofs:
    with Ledger(office.scene.ledger, actor="auditor") as ledger:
        first, last = office.scene.sealed
        return prove_event(ledger, first + 1)[0], prove_growth(ledger, first, last)


def other_bytes(office: Office, proofs: Proofs) -> str:
    proved = changed(office.scene.rows[office.scene.sealed[0]], actor="somebody.else")
    extra = base64.b64encode(proved.state).decode()
    return re.sub(r"extra .*", f"extra {extra}", proofs[0])


def a_hash_too_many(office: Office, proofs: Proofs) -> str:
    return re.sub(r"(index \d+\n)", r"\1" + "A" * 43 + "=\n", proofs[0])


def a_hash_too_many_in_the_second(office: Office, proofs: Proofs) -> str:
    return proofs[1].replace("consistency@v1\n", "consistency@v1\n" + "A" * 43 + "=\n")


def a_forged_note(office: Office, proofs: Proofs) -> str:
    head, text, _ = proofs[0].split("\n\n")
    blob = base64.b64decode(SigningKey(office.key.name, bytes(32)).sign("x\n").split(" ")[-1])
    key_id = bytes.fromhex(office.vkey.split("+")[1])
    forged = base64.b64encode(key_id + blob[4:]).decode()
    return f"{head}\n\n{text}\n\n— {office.key.name} {forged}\n"


def a_sealed_lie(office: Office, proofs: Proofs) -> str:
    """An event that says another position than the place it was sealed at."""
    stored = changed(office.scene.rows[0], position=7).state
    leaf = hashlib.sha256(b"\x00" + stored).digest()
    note = office.key.sign(Checkpoint(office.key.name, 1, leaf, bytes(32), "t").text())
    head = f"c2sp.org/tlog-proof@v1\nextra {base64.b64encode(stored).decode()}\nindex 0"
    return f"{head}\n\n{note}"


def resigned(office: Office, proofs: Proofs, which: int) -> str:
    """The first or second checkpoint has another root, signed by the real key."""
    parts = proofs[1].rstrip("\n").split("\n\n")
    lines = parts[1 + 2 * which].split("\n")
    lines[2] = "A" * 43 + "="
    signed = office.key.sign("\n".join(lines) + "\n").rstrip("\n")
    parts[1 + 2 * which : 3 + 2 * which] = signed.split("\n\n")
    return "\n\n".join(parts) + "\n"


def another_beginning(office: Office, proofs: Proofs) -> str:
    return resigned(office, proofs, 0)


def another_end(office: Office, proofs: Proofs) -> str:
    return resigned(office, proofs, 1)


class OnProof(NamedTuple):
    """A check of proofs taken out of the verifier, and the false proof that then is believed."""

    check: str
    old: str
    new: str
    attack: Callable[[Office, Proofs], str]


ROOT, ROOTS = "hashes) != said.root or hashes:", "if after != newer.root or hashes:"
ON_PROOFS = [
    OnProof("inclusion", ROOT, "hashes) != said.root and False:", other_bytes),
    OnProof("inclusion", ROOT, "hashes) != said.root:", a_hash_too_many),
    OnProof("signature", "if not is_signed(text, signatures, name, key_id, raw):", "if False:",
            a_forged_note),
    OnProof("own-place", 'if event["position"] != index + 1:', "if False:", a_sealed_lie),
    OnProof("older-root", "if before != older.root:", "if False:", another_beginning),
    OnProof("consistency", ROOTS, "if hashes:", another_end),
    OnProof("consistency", ROOTS, "if after != newer.root:", a_hash_too_many_in_the_second),
]  # fmt: skip


def checked(proof: str, office: Office, tmp_path: Path, source: str = SOURCE) -> int:
    path = tmp_path / "proof"
    path.write_text(proof, encoding="utf-8")
    return run(path, office.vkey, verifier(source))


@pytest.mark.parametrize("mutation", ON_PROOFS, ids=lambda each: f"{each.check}: {each.new}")
def test_without_a_check_a_false_proof_would_be_believed(
    office: Office,
    proofs: Proofs,
    tmp_path: Path,
    mutation: OnProof,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert SOURCE.count(mutation.old) == 1
    false = mutation.attack(office, proofs)
    assert checked(false, office, tmp_path) == 1
    assert f"[{mutation.check}]" in capsys.readouterr().out
    weakened = SOURCE.replace(mutation.old, mutation.new)
    assert checked(false, office, tmp_path, weakened) == 0


def test_a_proof_of_another_place_is_told(
    office: Office, proofs: Proofs, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for moved in (-1, 1, 10**6):
        away = re.sub(r"index (\d+)", lambda found: f"index {int(found[1]) + moved}", proofs[0])  # noqa: B023
        assert checked(away, office, tmp_path) == 1
        assert "ALTERED" in capsys.readouterr().out


def test_no_flipped_bit_of_a_proof_goes_untold(
    office: Office, proofs: Proofs, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module, path = verifier(), tmp_path / "proof"
    draw = random.Random("flips in proofs")  # noqa: S311 - a test repeats itself
    for proof in proofs:
        whole = proof.encode()
        path.write_bytes(whole)
        assert run(path, office.vkey, module) == 0
        said = capsys.readouterr().out
        for _ in range(200):
            altered = bytearray(whole)
            altered[draw.randrange(len(altered))] ^= 1 << draw.randrange(8)
            path.write_bytes(altered)
            # The last bits of base64 may mean nothing: then the same is proved.
            assert run(path, office.vkey, module) == 1 or capsys.readouterr().out == said
            capsys.readouterr()


def test_any_event_and_any_two_checkpoints_can_be_proved(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, (first, last) = office.scene.rows, office.scene.sealed
    with Ledger(office.scene.ledger, actor="auditor") as ledger:
        for position in (1, 2, first - 1, first, first + 1, last - 1, last):
            for size in (size for size in (first, last) if size >= position):
                proof, _ = prove_event(ledger, position, size)
                assert checked(proof, office, tmp_path) == 0
                assert rows[position - 1].state.decode() in capsys.readouterr().out
        for pair in ((first, last), (first, first), (last, last)):
            assert checked(prove_growth(ledger, *pair), office, tmp_path) == 0
        with pytest.raises(NotFound, match="does not contain"):
            prove_growth(ledger, last, first)
        with pytest.raises(NotFound, match="no checkpoint of 5 events"):
            prove_growth(ledger, 5, last)
        for position, of in ((last + 1, None), (first + 1, first), (0, None)):
            with pytest.raises(NotFound, match="ofl checkpoint"):
                prove_event(ledger, position, of)


@pytest.mark.parametrize("attack", ON_EVENTS)
def test_nothing_is_proved_of_events_that_were_attacked(
    office: Office, tmp_path: Path, attack: str
) -> None:
    made = ON_EVENTS[attack](office.scene, random.Random("prove"))  # noqa: S311 - repeats itself
    path = copied(office.scene.ledger, tmp_path / "ledger")
    into_ledger(made.rows, path, office.scene, commands=True)
    with Ledger(path) as ledger, pytest.raises(NotTheSameLogError, match="verify"):
        prove_event(ledger, 1, office.scene.covered)


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
