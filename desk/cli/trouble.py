"""What a person is told when the machine fails: a full disk, a lost server, a damaged file."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator

from eventsourcing.persistence import PersistenceError
from sqlalchemy.exc import SQLAlchemyError

from ledger.commands.door import NotConfirmedError
from ledger.store.log import StoreDamagedError

TROUBLE = (
    sqlite3.Error,
    SQLAlchemyError,
    PersistenceError,
    OSError,
    StoreDamagedError,
    NotConfirmedError,
)
"""What is no refusal by the ledger, but the machine's failure."""

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_PRIMARY_CODE = 0xFF
_DISK_FULL_ON_A_SERVER = "53100"
_LOCKED_ON_A_SERVER = "55P03"
_CONNECTION_LOST = ("08", "57P", "25P03")
"""How the SQLSTATE begins when the server went away, or closed the connection."""


class Stopped(Exception):  # noqa: N818 - it names a state, as a refusal does
    """A command stopped by the machine: the trouble, what was recorded before, and its id."""

    def __init__(self, trouble: Exception, recorded: int, command_id: str) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble
        self.recorded = recorded
        self.command_id = command_id

    @property
    def certain(self) -> bool:
        """Whether it is known what was recorded."""
        return not isinstance(self.trouble, NotConfirmedError)

    def first_line(self) -> str:
        """What was recorded."""
        if not self.certain:
            return "Broken off: it is not known whether this was recorded."
        if self.recorded:
            return f"Broken off: {self.recorded} events were recorded, the rest was not."
        return "Refused: nothing was recorded."

    def lines(self) -> list[str]:
        """What went wrong, and what to do about it."""
        lines = explained(self.trouble)
        if self.recorded or not self.certain:
            again = f"give the same command again with --command-id {self.command_id}"
            lines.append(f"{again}: what was recorded is not done twice")
        return lines


def explained(trouble: BaseException) -> list[str]:
    """Trouble in the words of who has to do something about it."""
    causes = list(_causes(trouble))
    said = " ".join(str(causes[-1]).split())
    if any(map(_no_room, causes)):
        return [f"the disk is full ({said}); make room, and give the command again"]
    if any(map(_server_lost, causes)):
        return [f"the connection to the server was lost: {said}"]
    if any(map(_busy, causes)):
        return [f"others are writing to the ledger ({said}); give the command again later"]
    if any(map(_disk_fails, causes)):
        where = "look at the disk, the folder and the rights to it"
        return [f"the disk does not read or write ({said}); {where}"]
    damaged = f"the ledger cannot be read or written: {said}"
    return [damaged, "`ofl verify` says where; put back the last good copy"]


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what it was made of, to the first cause."""
    while error is not None:
        yield error
        error = getattr(error, "orig", None) or error.__cause__


def _state(error: BaseException) -> str | None:
    """The SQLSTATE that a server gave; None if it gave none."""
    state = getattr(error, "sqlstate", None)
    return state if isinstance(state, str) else None


def _sqlite_code(error: BaseException) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    return code & _PRIMARY_CODE if isinstance(code, int) else None


def _no_room(error: BaseException) -> bool:
    return (
        _sqlite_code(error) == sqlite3.SQLITE_FULL
        or (isinstance(error, OSError) and error.errno in _NO_ROOM)
        or _state(error) == _DISK_FULL_ON_A_SERVER
    )


def _server_lost(error: BaseException) -> bool:
    state = _state(error)
    if state is not None:
        return state.startswith(_CONNECTION_LOST)
    # What the driver finds out by itself has no SQLSTATE; it may not be installed here.
    return any(
        (each.__module__.partition(".")[0], each.__name__) == ("psycopg", "OperationalError")
        for each in type(error).__mro__
    )


def _busy(error: BaseException) -> bool:
    return _sqlite_code(error) == sqlite3.SQLITE_BUSY or _state(error) == _LOCKED_ON_A_SERVER


def _disk_fails(error: BaseException) -> bool:
    codes = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
    return _sqlite_code(error) in codes or isinstance(error, OSError)
