"""Who acted is proved: every command is signed once people are set up, and no other would do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk.cli.session import VIEWS_FILE
from ledger.duties import Duty
from ledger.service import Ledger
from ledger.store.envelope import canonical, unseal
from ledger.store.log import StoredRow
from projections.follow import Views
from projections.signatures import Signatures
from projections.verification import Check, Kind
from projections.verify import verify
from tests.staff import STEPS, World


@pytest.fixture(scope="session")
def approving(made: dict[Duty, World], tmp_path_factory: pytest.TempPathFactory) -> World:
    """A ledger in which `other` has approved a payment."""
    world = made[Duty.APPROVER].copied(tmp_path_factory.mktemp("approving") / "world")
    with world.as_("other") as ledger:
        STEPS["approve"](ledger, world, "other")
    return world


def rows(world: World) -> list[StoredRow]:
    with Ledger(world.path, actor="reader") as ledger:
        return [row for batch in ledger.log.batches() for row in batch]


def wrong(read: list[StoredRow]) -> list[str]:
    """What is wrong with the signatures of stored rows, whatever their chain says."""
    checked, found = Signatures(), []
    for row in read:
        found += [message for _, message in checked.see(row, unseal(row.state))]
    return found + [message for _, message in checked.finish()]


def changed(row: StoredRow, change: Callable[[dict[str, Any]], None]) -> StoredRow:
    """A row whose fields somebody changed, written as the store would."""
    fields = json.loads(row.state)
    place = {key: fields.pop(key) for key in ("position", "recorded_at", "stream", "version")}
    change(fields)
    signature = fields.pop("signature", None)
    state = canonical(place)[:-1] + b"," + canonical(fields)[1:]
    if signature is not None:
        state = state[:-1] + b',"signature":' + canonical(signature) + b"}"
    return row._replace(state=state)


def test_a_sound_ledger_tells_how_many_commands_are_signed(approving: World) -> None:
    with Ledger(approving.path, actor="reader") as ledger:
        views = Views(approving.path / VIEWS_FILE)
        found = verify(ledger, views)
        views.close()
    assert found.sound, found.faults
    assert found.signed == len({row.state.split(b'"command":')[1][:40] for row in rows(approving)
                                if b'"signature":' in row.state})  # fmt: skip
    assert found.signed > 4
    assert found.unwitnessed == 2
    assert [glass.reviewed_by for glass in found.emergencies] == [None]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: x.pop("signature"), "is not signed"),
        (lambda x: x.update(actor="lineage"), "did not count for lineage"),
        (lambda x: x["data"].update(payment="hf-P001"), "not over what stands here"),
        (lambda x: x.update(effective_on="2022-06-02"), "not over what stands here"),
        (lambda x: x.update(command="another"), "not over what stands here"),
        (lambda x: x["signature"].update(signature="AAAA"), "not over what stands here"),
    ],
)
def test_a_changed_command_is_not_what_was_signed(
    approving: World, change: Callable[[dict[str, Any]], None], message: str
) -> None:
    read = rows(approving)
    assert wrong(read) == []
    assert changed(read[-1], lambda _: None) == read[-1]
    (found,) = wrong([*read[:-1], changed(read[-1], change)])
    assert message in found


def test_the_signature_of_one_ledger_is_no_good_in_another(approving: World) -> None:
    read = rows(approving)
    other = read[0]._replace(chain=bytes(32))
    assert all("not over what stands here" in each for each in wrong([other, *read[1:]]))
    assert wrong([other, *read[1:]])


def test_a_command_recorded_without_a_signature_is_found(
    approving: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if somebody wrote with a program of their own, and chained it rightly."""
    monkeypatch.setattr(Ledger, "_signed_by_key", lambda _, events, __: events)
    copy = approving.copied(tmp_path / "copy")
    with Ledger(copy.path, actor="eva", key=copy.keys["eva"]) as ledger:
        ledger.link_account("newbie", "nb")
    with Ledger(copy.path, actor="reader") as ledger:
        views = Views(copy.path / VIEWS_FILE)
        found = verify(ledger, views)
        views.close()
    (fault,) = [each for each in found.faults if each.check is Check.SIGNATURES]
    assert fault.kind is Kind.NOT_SIGNED
    assert "the command of eva is not signed" in fault.message
    assert not found.sound
