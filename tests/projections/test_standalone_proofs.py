"""Proofs of an event and of growth: the auditor's verifier believes true ones, and no false one."""

from __future__ import annotations

import base64
import hashlib
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from ledger.decide.refusal import NotFound
from ledger.service import Ledger
from ledger.store.checkpoint import Checkpoint, NotTheSameLogError, SigningKey
from projections.proof import prove_event, prove_growth
from tests.attacks import ON_EVENTS, changed, copied, into_ledger
from tests.projections.office import SOURCE, Office, run, verifier

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
