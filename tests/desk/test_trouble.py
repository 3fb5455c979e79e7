"""What a person is told when the machine fails between the parts of a command, or others write."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from eventsourcing.persistence import OperationalError

from desk.cli.trouble import Stopped, explained
from ledger.commands.door import NotConfirmedError


def test_what_was_recorded_before_is_told_with_the_id_to_go_on_with() -> None:
    stopped = Stopped(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), 12, "payday")
    assert stopped.first_line() == "Broken off: 12 events were recorded, the rest was not."
    assert "the disk is full" in stopped.lines()[0]
    assert "--command-id payday" in stopped.lines()[1]


def test_what_was_not_recorded_needs_no_id() -> None:
    stopped = Stopped(OSError(errno.EACCES, "no right"), 0, "payday")
    assert stopped.first_line() == "Refused: nothing was recorded."
    assert len(stopped.lines()) == 1


def test_what_is_not_known_is_never_called_nothing() -> None:
    stopped = Stopped(NotConfirmedError("payday:P001"), 0, "payday")
    assert "not known" in stopped.first_line()
    assert "--command-id payday:" in stopped.lines()[-1]


def test_who_waits_for_others_is_not_sent_for_a_backup(tmp_path: Path) -> None:
    path = tmp_path / "busy.sqlite"
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as one,
        closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as other,
    ):
        one.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError) as busy:
            other.execute("BEGIN IMMEDIATE")
    wrapped = OperationalError(busy.value)
    wrapped.__cause__ = busy.value
    assert explained(wrapped) == [
        "others are writing to the ledger (database is locked); give the command again later"
    ]
