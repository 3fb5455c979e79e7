"""`ofl status` tells how a ledger stands, on both engines, and also when something is broken."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import update

import projections.status
from desk.cli.session import VIEWS_FILE
from desk.language import Language
from desk.phrases import PHRASES
from ledger.commands.door import CHECKPOINT_KEY_FILE, CHECKPOINTS
from ledger.store.location import EVENTS_FILE, KEY_FILE, VAULT_FILE, Server
from projections import verified
from projections.follow import Views
from projections.status import UNCOVERED_MANY, VERIFIED_DAYS_MAX, Places, Status, status
from projections.verified import Verified
from projections.views import progress
from tests.conftest import Told
from tests.desk.test_cli import ofl
from tests.postgres import fresh_database

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
FOUND_SOUND = Verified("2026-11-20T09:00:00.000000Z", "auditor", "0.1.0", "sound", 2526, "00")

MOMENT = "SELECT recorded_at FROM stored_events WHERE position = {}"


def found(told: Told, at: datetime = NOW) -> Status:
    with closing(Views(told.views)) as views:
        return status(Places(told.location, vault_key=told.key_file), views, at)


def warned(of: Status) -> set[str]:
    return {each.name for each in of.warnings}


def asked(told: Told, table: str, query: str) -> Any:  # noqa: ANN401 - a value
    """The answer of the database itself, asked without any code of the ledger."""
    if isinstance(told.location, Server):
        with psycopg.connect(told.location.url) as connection:
            connection.execute(f"SET search_path TO {table}".encode())
            return connection.execute(query.encode()).fetchall()[0][0]
    with closing(sqlite3.connect(told.location / f"{table}.sqlite")) as file:
        return file.execute(query).fetchall()[0][0]


def test_what_is_told_is_what_the_databases_hold(any_demo: Told) -> None:
    of = found(any_demo)
    assert of.events is not None
    assert of.vault is not None
    assert of.views is not None
    assert of.checkpoints is not None
    count = asked(any_demo, "events", "SELECT count(*) FROM stored_events")
    assert (of.events.events, of.views.position, of.views.lag_events) == (count, count, 0)
    assert of.events.streams == asked(
        any_demo, "events", "SELECT count(DISTINCT originator_id) FROM stored_events"
    )
    assert of.events.recorded_at == asked(
        any_demo, "events", "SELECT max(recorded_at) FROM stored_events"
    )
    assert of.events.agreements == 2
    assert of.vault.subjects == asked(any_demo, "vault", "SELECT count(*) FROM subject")
    sealed = max(int(path.stem) for path in (any_demo.key_file.parent / CHECKPOINTS).iterdir())
    assert (of.checkpoints.size, of.checkpoints.uncovered) == (sealed, count - sealed)
    assert of.checkpoints.time == asked(any_demo, "events", MOMENT.format(sealed))
    assert min(of.events.size_bytes, of.vault.size_bytes, of.views.size_bytes) > 8_000
    beside = {"key_beside_events"} if isinstance(any_demo.location, Path) else {"not_durable"}
    assert warned(of) == {"never_verified"} | beside


def test_the_engine_is_told_as_it_is(any_demo: Told) -> None:
    events = found(any_demo).events
    assert events is not None
    engine = events.engine
    if isinstance(any_demo.location, Server):
        # Of what the tests' server was started with, the ledger puts one right for itself.
        on = {"fsync": "off", "synchronous_commit": "on", "full_page_writes": "on"}
        assert engine.settings == on
        assert engine.version == asked(any_demo, "events", "SHOW server_version")
        return
    journal = asked(any_demo, "events", "PRAGMA journal_mode")
    assert engine.settings["journal_mode"] == journal.upper()
    before = sqlite3.sqlite_version_info < (3, 51, 3)
    expected = ("DELETE", "EXTRA") if before else ("WAL", "FULL")
    assert tuple(engine.settings.values()) == expected


def test_lag_is_told_in_events_and_in_seconds(any_demo: Told) -> None:
    then = asked(any_demo, "events", MOMENT.format(1000))
    with closing(Views(any_demo.views)) as views, views.engine.begin() as connection:
        connection.execute(update(progress).values(position=1000, recorded_at=then))
    of = found(any_demo)
    assert of.views is not None
    assert of.events is not None
    assert of.views.lag_events == of.events.events - 1000
    later, earlier = (datetime.fromisoformat(m) for m in (of.events.recorded_at, then))
    assert later > earlier
    assert timedelta(seconds=of.views.lag_seconds) == later - earlier
    assert "views_behind" in warned(of)


def test_asking_changes_nothing(demo: Path) -> None:
    def content() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in demo.rglob("*") if path.is_file()}

    before = content()
    found(Told(demo, demo / VIEWS_FILE, demo / KEY_FILE))
    assert content() == before


# --- broken parts -----------------------------------------------------------------------------


def _scribble(path: Path) -> None:
    path.write_bytes(b"not a database at all, " * 1000)


BREAKS: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "no vault key": (lambda of: (of / KEY_FILE).unlink(), "vault_key_unreadable", ""),
    "another vault key": (
        lambda of: (of / KEY_FILE).write_text("00" * 32), "vault_key_unreadable", ""
    ),
    "no vault": (lambda of: (of / VAULT_FILE).unlink(), "vault_unreadable", "vault"),
    "vault damaged": (lambda of: _scribble(of / VAULT_FILE), "vault_unreadable", "vault"),
    "no views": (lambda of: (of / VIEWS_FILE).unlink(), "views_missing", "views"),
    "views damaged": (lambda of: _scribble(of / VIEWS_FILE), "views_unreadable", "views"),
    "events damaged": (lambda of: _scribble(of / EVENTS_FILE), "events_unreadable", "events"),
    "no checkpoints": (lambda of: shutil.rmtree(of / CHECKPOINTS), "no_checkpoint", ""),
    "no signing key": (
        lambda of: (of / CHECKPOINT_KEY_FILE).unlink(), "no_checkpoint_key", ""
    ),
    "no public key": (
        lambda of: (of / CHECKPOINT_KEY_FILE).with_suffix(".pub").unlink(),
        "checkpoints_unreadable",
        "",
    ),
    "forged checkpoint": (
        lambda of: (of / CHECKPOINTS / "000000009999.txt").write_text("9999\n"),
        "checkpoints_unreadable",
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("broken", BREAKS)
def test_what_is_broken_is_told_and_the_rest_as_well(demo: Path, broken: str) -> None:
    breaks, warning, gone = BREAKS[broken]
    told = Told(demo, demo / VIEWS_FILE, demo / KEY_FILE)
    assert warning not in warned(found(told))
    breaks(demo)
    of = found(told)
    assert warning in warned(of)
    for part in ("events", "vault", "views", "checkpoints"):
        assert (getattr(of, part) is None) == (part == gone), part


@pytest.mark.parametrize("schema", ["vault", "views"])
def test_a_schema_that_is_gone_from_a_server_is_told(
    postgres: str, told_on_postgres: tuple[str, Path], schema: str
) -> None:
    template, key_file = told_on_postgres
    with fresh_database(postgres, template) as copy:
        with psycopg.connect(copy.url) as connection:
            connection.execute(f"DROP SCHEMA {schema} CASCADE".encode())
        of = found(Told(copy, copy, key_file))
    assert {"vault": "vault_unreadable", "views": "views_missing"}[schema] in warned(of)
    assert (of.vault is None, of.views is None) == (schema == "vault", schema == "views")
    assert of.events is not None


def test_without_the_name_of_the_vaults_key_a_server_is_told_of(
    postgres: str, told_on_postgres: tuple[str, Path]
) -> None:
    with fresh_database(postgres, told_on_postgres[0]) as copy, closing(Views(copy)) as views:
        of = status(Places(copy), views, NOW)
    assert "vault_key_unreadable" in warned(of)
    assert "never_verified" not in warned(of)
    assert of.events is not None
    assert of.vault is not None


# --- what deserves a warning ------------------------------------------------------------------


def test_a_verification_is_remembered_and_grows_old(any_demo: Told) -> None:
    folder = any_demo.key_file.parent
    at = datetime.fromisoformat(FOUND_SOUND.at)
    assert verified.write(folder, FOUND_SOUND)
    last_day = found(any_demo, at + timedelta(days=VERIFIED_DAYS_MAX))
    assert last_day.verified == FOUND_SOUND
    about = {"never_verified", "verified_long_ago", "not_sound"}
    assert warned(last_day) & about == set()
    late = found(any_demo, at + timedelta(days=VERIFIED_DAYS_MAX + 1))
    assert warned(late) & about == {"verified_long_ago"}
    verified.write(folder, replace(FOUND_SOUND, outcome="tampered"))
    assert warned(found(any_demo, at)) & about == {"not_sound"}


def test_what_is_no_record_of_a_verification_is_none(tmp_path: Path) -> None:
    for text in ("", "[]", "{}", '{"at": 1}', "\x00"):
        (tmp_path / verified.FILE).write_text(text)
        assert verified.read(tmp_path) is None
    assert not verified.write(tmp_path / "not there", FOUND_SOUND)


def test_many_events_without_a_checkpoint_are_warned_of(demo: Path) -> None:
    told = Told(demo, demo / VIEWS_FILE, demo / KEY_FILE)
    *rest, last = sorted((demo / CHECKPOINTS).iterdir())
    assert "uncovered" not in warned(found(told))
    first = next(path for path in rest if 2526 - int(path.stem) >= UNCOVERED_MANY)
    for path in (*rest, last):
        if path != first:
            path.unlink()
    of = found(told)
    assert of.checkpoints is not None
    assert of.checkpoints.uncovered == 2526 - int(first.stem)
    assert "uncovered" in warned(of)


def test_events_that_were_cut_off_are_warned_of(demo: Path) -> None:
    with closing(sqlite3.connect(demo / EVENTS_FILE)) as file, file:
        file.execute("DROP TRIGGER stored_events_refuses_delete")
        file.execute("DELETE FROM stored_events WHERE position > 2000")
    of = found(Told(demo, demo / VIEWS_FILE, demo / KEY_FILE))
    assert {"events_missing", "views_ahead"} <= warned(of)


def test_every_warning_has_its_words_and_no_words_are_left_over() -> None:
    source = Path(projections.status.__file__).read_text(encoding="utf-8")
    named = set(re.findall(r'(?:warn\(|_told\(found, )"(\w+)"', source))
    worded = {key.removeprefix("warn_") for key in PHRASES if key.startswith("warn_")}
    assert named == worded


# --- the command ------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", Language)
def test_verify_leaves_its_outcome_for_status(demo: Path, lang: Language) -> None:
    never = lang.say("warn_never_verified")
    assert never in ofl("status", "--lang", lang, ledger=demo)
    ofl("verify", "--as", "auditor", ledger=demo)
    after = ofl("status", "--lang", lang, ledger=demo)
    assert never not in after
    assert "auditor" in after
    with closing(sqlite3.connect(demo / EVENTS_FILE)) as file, file:
        file.execute("DROP TRIGGER stored_events_refuses_update")
        file.execute("UPDATE stored_events SET topic = 'Other:1' WHERE position = 7")
    ofl("verify", ledger=demo, code=1)
    last = json.loads(ofl("status", "--json", ledger=demo))["status"]
    assert last["verified"]["outcome"] == "tampered"
    assert last["verified"]["events"] == 6
    assert "not_sound" in {each["name"] for each in last["warnings"]}


def test_without_a_ledger_status_is_refused(tmp_path: Path) -> None:
    assert "there is no ledger" in ofl("status", ledger=tmp_path, code=1)
