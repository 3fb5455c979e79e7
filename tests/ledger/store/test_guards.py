"""What keeps the events append-only is looked at too: whatever was done to it is told."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from ledger.commands.door import now
from ledger.store.location import EVENTS_FILE, Location, Server, create, open_log

BREAK_INS: dict[str, tuple[str, str]] = {
    "a trigger is gone": (
        "DROP TRIGGER stored_events_refuses_update",
        "DROP TRIGGER stored_events_is_append_only ON events.stored_events",
    ),
    "a trigger does nothing": (
        (
            "DROP TRIGGER commands_refuses_delete;"
            "CREATE TRIGGER commands_refuses_delete BEFORE DELETE ON commands BEGIN SELECT 1; END"
        ),
        (
            "CREATE OR REPLACE FUNCTION events.refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN RETURN NULL$ END'"
        ),
    ),
    "a trigger is for less than it was": (
        (
            "DROP TRIGGER stored_events_refuses_replace;"
            "CREATE TRIGGER stored_events_refuses_replace BEFORE INSERT ON stored_events "
            "WHEN EXISTS (SELECT 1 FROM stored_events WHERE position = NEW.position) "
            "BEGIN SELECT RAISE(ABORT, 'stored_events: that place is taken'); END"
        ),
        (
            "CREATE OR REPLACE TRIGGER commands_is_append_only BEFORE UPDATE OR DELETE "
            "ON events.commands FOR EACH STATEMENT EXECUTE FUNCTION events.refuse();"
            "ALTER TABLE events.commands ENABLE ALWAYS TRIGGER commands_is_append_only"
        ),
    ),
    "a trigger is switched off": (
        "DROP TRIGGER stored_events_refuses_delete",
        "ALTER TABLE events.stored_events DISABLE TRIGGER stored_events_is_append_only",
    ),
    "a trigger is switched off for replication": (
        "DROP TRIGGER commands_refuses_update",
        "ALTER TABLE events.commands ENABLE TRIGGER commands_is_append_only",
    ),
    "another trigger is there": (
        "CREATE TRIGGER more AFTER INSERT ON commands BEGIN SELECT 1; END",
        (
            "CREATE TRIGGER more AFTER INSERT ON events.commands "
            "FOR EACH STATEMENT EXECUTE FUNCTION events.refuse()"
        ),
    ),
    "a rule turns inserts into nothing": (
        "CREATE VIEW more AS SELECT 1",
        "CREATE RULE more AS ON INSERT TO events.commands DO INSTEAD NOTHING",
    ),
    "the key of a stream is gone": (
        "CREATE INDEX more ON stored_events (topic)",
        (
            "ALTER TABLE events.stored_events "
            "DROP CONSTRAINT stored_events_originator_id_originator_version_key"
        ),
    ),
}


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Location:
    """An empty ledger on each engine in turn."""
    here: Location = tmp_path
    if request.param == "postgresql":
        here = request.getfixturevalue("database")
    create(here, now)
    return here


def changed_guards(place: Location) -> list[str]:
    with closing(open_log(place, now)) as log:
        return log.changed_guards()


@pytest.mark.parametrize("break_in", BREAK_INS)
def test_a_guard_that_does_not_stand_is_told(place: Location, break_in: str) -> None:
    assert changed_guards(place) == []
    on_file, on_server = BREAK_INS[break_in]
    if isinstance(place, Server):
        with psycopg.connect(place.url) as connection:
            for statement in on_server.split(";"):
                connection.execute(statement.replace("$", ";").encode())
    else:
        with closing(sqlite3.connect(place / EVENTS_FILE)) as file:
            file.executescript(on_file)
    assert changed_guards(place)
