"""Every check of the auditor's verifier is needed: with one taken out, an attack is not told."""

from __future__ import annotations

import ast
import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ledger.store.checkpoint import SigningKey
from projections.bundle import CHECKPOINTS
from tests.attacks import changed, copied, into_bundle, rechained
from tests.projections.office import SOURCE, Office, journal, run, verifier, write_rows
from tests.projections.test_standalone_proofs import ON_PROOFS


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
