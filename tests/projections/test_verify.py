"""Whatever is altered in a ledger's files or tables, `verify` says so, and where."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent
from sqlalchemy import select, update

from desk.cli.session import VIEWS_FILE
from ledger.commands.door import CHECKPOINTS, now
from ledger.decide.decision import agreement_stream
from ledger.events import EntitlementCalculated
from ledger.service import Ledger
from ledger.store import codec
from ledger.store.chain import GENESIS, link
from ledger.store.envelope import Command, body
from ledger.store.location import EVENTS_FILE, KEY_FILE, VAULT_FILE, Server, open_log
from projections.follow import Views
from projections.verification import Check, Kind, Verification
from projections.verify import verify
from projections.views import line, metadata
from tests.conftest import Told


def verified(told: Told) -> Verification:
    with (
        Ledger(told.location, actor="auditor", key_file=told.key_file) as ledger,
        closing(Views(told.views)) as views,
    ):
        return verify(ledger, views)


class Burglar:
    """Somebody with the events in hand, who takes the triggers off first."""

    def __init__(self, told: Told) -> None:
        self._connection: Any
        self._place = told.location
        if isinstance(told.location, Server):
            self._connection = psycopg.connect(told.location.url, autocommit=True)
            self.run("SET search_path TO events")
            for table in ("stored_events", "commands"):
                self.run(f"DROP TRIGGER {table}_is_append_only ON {table}")
        else:
            events = told.location / EVENTS_FILE
            self._connection = sqlite3.connect(events, isolation_level=None)
            for table in ("stored_events", "commands"):
                for action in ("update", "delete", "replace"):
                    self.run(f"DROP TRIGGER IF EXISTS {table}_refuses_{action}")

    def run(self, statement: str, *values: object) -> Any:  # noqa: ANN401 - either driver's cursor
        if isinstance(self._connection, psycopg.Connection):
            return self._connection.execute(statement.replace("?", "%s").encode(), values)
        return self._connection.execute(statement, values)

    def one(self, query: str, *values: object) -> Any:  # noqa: ANN401 - a value
        return self.run(query, *values).fetchone()[0]

    def go(self) -> None:
        self._connection.close()

    def close(self) -> None:
        """Go, with the triggers where they were."""
        self.go()
        with closing(open_log(self._place, now)) as log:
            log.create_table()


@contextmanager
def burglar(told: Told) -> Iterator[Burglar]:
    with closing(Burglar(told)) as found:
        yield found


def test_what_nobody_touched_is_sound(any_demo: Told) -> None:
    found = verified(any_demo)
    assert found.sound
    assert found.events > 2_000
    assert found.assessments >= 6
    assert found.tables == len(metadata.sorted_tables)


def test_one_byte_in_any_event_is_found_at_its_position(any_demo: Told) -> None:
    draw = random.Random("one byte")  # noqa: S311 - the same bytes each time
    with burglar(any_demo) as at_work:
        events = at_work.one("SELECT max(position) FROM stored_events")
        for _ in range(40):
            position = draw.randrange(1, events + 1)
            state = at_work.one("SELECT state FROM stored_events WHERE position = ?", position)
            byte = draw.randrange(len(state))
            altered = bytearray(state)
            altered[byte] ^= 1 << draw.randrange(8)
            change = "UPDATE stored_events SET state = ? WHERE position = ?"
            at_work.run(change, bytes(altered), position)
            found = verified(any_demo)
            at_work.run(change, state, position)
            found.faults = [fault for fault in found.faults if fault.check is not Check.STORE]
            assert [(fault.check, fault.position) for fault in found.faults] == [
                (Check.CHAIN, position)
            ], f"byte {byte} of event {position}"
    assert verified(any_demo).sound


ATTACKS: dict[str, tuple[str, Check, int | None]] = {
    "an event in the middle is deleted": (
        "DELETE FROM stored_events WHERE position = 100", Check.CHAIN, 100,
    ),
    "two events change places": (
        ("UPDATE stored_events SET position = CASE position WHEN 50 THEN -51 ELSE -50 END "
        "WHERE position IN (50, 51);"
        "UPDATE stored_events SET position = -position WHERE position < 0"), Check.CHAIN, 50,
    ),
    "a time is changed beside the bytes": (
        ("UPDATE stored_events SET recorded_at = '2020-01-01T00:00:00.000000Z' "
        "WHERE position = 200"), Check.CHAIN, 200,
    ),
    "a stream is renamed beside the bytes": (
        "UPDATE stored_events SET originator_id = 'agreement/other' WHERE position = 60",
        Check.CHAIN, 60,
    ),
    "an event is added with no link": (
        ("INSERT INTO stored_events SELECT position + 1, originator_id, originator_version + 900, "
        "topic, state, recorded_at, chain FROM stored_events ORDER BY position DESC LIMIT 1"),
        Check.CHAIN, None,
    ),
    "a command's hash is changed": (
        "UPDATE commands SET sha256 = 'x' WHERE first = 3", Check.COMMANDS, 3,
    ),
    "a command is forgotten": ("DELETE FROM commands WHERE first = 3", Check.COMMANDS, 3),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_on_the_events_is_found(any_demo: Told, attack: str) -> None:
    script, check, position = ATTACKS[attack]
    with burglar(any_demo) as at_work:
        for statement in script.split(";"):
            at_work.run(statement)
        last = at_work.one("SELECT max(position) FROM stored_events")
    faults = verified(any_demo).faults
    assert (faults[0].check, faults[0].position) == (check, position or last)


def rechained(at_work: Burglar, forge: Callable[[bytes], bytes]) -> int:
    """Change events, and then the whole chain after them so that it fits; the first changed."""
    first, chain = 0, GENESIS
    rows = at_work.run("SELECT position, state FROM stored_events ORDER BY position").fetchall()
    for position, state in rows:
        forged = forge(state)
        first = first or (position if forged != state else 0)
        chain = link(position, chain, forged)
        at_work.run(
            "UPDATE stored_events SET state = ?, chain = ? WHERE position = ?",
            forged,
            chain,
            position,
        )
    return first


def test_a_forged_entitlement_in_a_wholly_new_chain_is_not_what_policy_decides(
    any_demo: Told,
) -> None:
    shutil.rmtree(any_demo.key_file.with_name(CHECKPOINTS))
    with burglar(any_demo) as at_work:
        state = at_work.one(
            "SELECT state FROM stored_events WHERE topic = 'EntitlementCalculated:1' LIMIT 1"
        )
        total = json.loads(state)["data"]["total"]
        forged = f'"total":"9{total}"'.encode()
        rechained(at_work, lambda state: state.replace(f'"total":"{total}"'.encode(), forged))
    found = verified(any_demo)
    assert {fault.check for fault in found.faults} >= {Check.DECISIONS}


def test_a_changed_view_is_named(any_demo: Told) -> None:
    views = Views(any_demo.views)
    with views.engine.begin() as connection:
        seventh = select(line.c.position).order_by(line.c.position).limit(1).offset(6)
        changed = update(line).where(
            line.c.position == seventh.scalar_subquery(), line.c.number == 1
        )
        assert connection.execute(changed.values(amount=line.c.amount + 1)).rowcount == 1
    views.close()
    (fault,) = verified(any_demo).faults
    assert fault.check is Check.VIEWS
    assert "line differs from a rebuild" in fault.message


def test_a_file_that_is_no_database_any_more_is_not_sound(demo: Path) -> None:
    events = demo / EVENTS_FILE
    content = bytearray(events.read_bytes())
    content[200_000:204_096] = bytes(4096)
    events.write_bytes(content)
    assert not verified(Told(demo, demo / VIEWS_FILE, demo / KEY_FILE)).sound


def test_a_guard_that_does_not_stand_is_told(any_demo: Told) -> None:
    Burglar(any_demo).go()
    faults = verified(any_demo).faults
    assert {(fault.check, fault.kind) for fault in faults} == {(Check.STORE, Kind.DAMAGED)}
    assert all("ofl copy" in fault.message for fault in faults)


def test_an_index_that_says_other_than_its_table_is_told(demo: Path) -> None:
    events = demo / EVENTS_FILE
    content = bytearray(events.read_bytes())
    at = content.index(b"agreement/aarhus-hf-1\x00\xc8")  # version 200, as an index ends a cell
    content[at : at + 9] = b"agreemend"
    events.write_bytes(content)
    by_index = "SELECT originator_id FROM stored_events ORDER BY originator_id, originator_version"
    with closing(sqlite3.connect(events)) as file:
        assert ("agreemend/aarhus-hf-1",) in file.execute(by_index).fetchall()
    faults = verified(Told(demo, demo / VIEWS_FILE, demo / KEY_FILE)).faults
    assert {(each.check, each.kind) for each in faults} == {(Check.STORE, Kind.DAMAGED)}


def test_a_damaged_vault_is_told(demo: Path) -> None:
    vault = demo / VAULT_FILE
    content = bytearray(vault.read_bytes())
    content[-4096:-3096] = bytes(1000)
    vault.write_bytes(content)
    faults = verified(Told(demo, demo / VIEWS_FILE, demo / KEY_FILE)).faults
    assert faults[0].check is Check.STORE
    assert faults[0].message.startswith("vault: ")


def test_a_decision_that_no_assessment_made_is_found(any_demo: Told) -> None:
    """Well chained and in its place, so that only policy can tell: nobody had decided so."""
    stream = agreement_stream("aarhus-hf-1")
    with Ledger(any_demo.location, actor="mallory", key_file=any_demo.key_file) as ledger:
        state = ledger.agreement("aarhus-hf-1")
        claim = next(each for each in state.claims.values() if each.parts)
        more = tuple(
            part.model_copy(update={"amount": part.amount + part.amount}) for part in claim.parts
        )
        true = ledger.at(claim.entitlement_at or 0)[0].event
        assert isinstance(true, EntitlementCalculated)
        forged = true.model_copy(update={"parts": more, "difference": claim.parts})
        command = Command.of("one-more", "mallory", ["forged"])
        data = codec.encode(forged, stream, state.version + 1, ledger.vault)
        made = body(forged.topic, date(2026, 11, 3), command, data)
        stored = StoredEvent(stream, state.version + 1, forged.topic, made)
        positions = ledger.log.append([stored], command)
        assert positions is not None
        proposed, _ = ledger.propose_payments("aarhus-hf-1", date(2026, 11, 4))
        assert proposed.recorded
    found = verified(any_demo)
    assert [(each.check, each.kind, each.position) for each in found.faults] == [
        (Check.DECISIONS, Kind.ALTERED, positions[0])
    ]
    assert found.faults[0].message == f"{claim.outcome.claim} was decided by no assessment"
