"""The lock of the jobs: nobody has it beside another, and who lets go of it has let go."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from ledger.store.leader import leading
from ledger.store.location import Location, Server


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Location:
    """Where a ledger may be, on each engine in turn."""
    if request.param == "sqlite":
        return tmp_path
    found: Location = request.getfixturevalue("database")
    return found


def test_nobody_has_it_beside_another_nor_lets_go_for_it(place: Location) -> None:
    with leading(place) as first:
        for _ in range(3):
            with leading(place) as other:
                assert first
                assert not other


def test_work_done_over_a_lost_connection_is_not_spoilt(database: Server) -> None:
    """The server let go when it was lost; what the work did stands in the events."""
    with leading(database) as leads:
        assert leads
        with closing(psycopg.connect(database.url, autocommit=True)) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    with leading(database, 5) as again:
        assert again


def test_an_error_in_the_work_is_told_and_the_lock_let_go_of(place: Location) -> None:
    message = "the work went wrong"
    with pytest.raises(KeyError, match=message), leading(place):
        raise KeyError(message)
    with leading(place) as again:
        assert again
