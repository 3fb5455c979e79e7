"""Views that are made anew: one at a time, and who waits for another goes on waiting."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

from ledger.store import postgres
from ledger.store.location import Server
from projections.follow import Views
from tests.desk.good_input import small_ledger

SECONDS_WAITED = 1


def test_who_waits_for_a_long_rebuild_does_not_give_up(
    database: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rebuild may take longer than what any other lock is waited for."""
    monkeypatch.setattr(postgres, "LOCK_TIMEOUT_SECONDS", SECONDS_WAITED)
    with (
        small_ledger(tmp_path, place=database) as ledger,
        closing(Views(database)) as first,
        closing(Views(database)) as second,
    ):
        first.catch_up(ledger.log)
        waits = Thread(target=second.rebuild, args=(ledger.log,))
        with first.home.beside() as beside, closing(Views(beside)) as empty:
            empty.create()
            waits.start()
            waits.join(2 * SECONDS_WAITED)
            assert waits.is_alive()
        waits.join()
        assert first.position() == ledger.log.head()[0]
