"""One process at a time does the ledger's jobs: whoever has the lock, until it lets go or dies.

Beside SQLite it is a lock on a file, on PostgreSQL one that the server holds for a connection. Both
are let go of by the system when a process is killed. A connection can also be lost by a process
that lives on; so what must happen once is guarded by the events, and the lock only keeps processes
from doing the same work side by side.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

from ledger.store.location import Location, Server, ServerLock, postgres

LOCK_FILE = "jobs.lock"
_ASK_AGAIN_SECONDS = 0.1


@contextmanager
def leading(place: Location, wait_seconds: float = 0) -> Iterator[bool]:
    """Have the lock while in the context; False if another has it, also after waiting so long.

    Raises:
        NoServer: if the server cannot be used.
    """
    if isinstance(place, Server):
        engine = postgres()
        with closing(engine.connect(place)) as connection:
            connection.autocommit = True
            try:
                yield _got(lambda: _ask_server(connection), wait_seconds)
            finally:
                # The server hears late of a connection that is only closed, and would refuse the
                # next. If the connection was lost, it let go then.
                with suppress(engine.psycopg.Error):
                    connection.execute("SELECT pg_advisory_unlock_all()")
        return
    handle = os.open(place / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        yield _got(lambda: _ask_file(handle), wait_seconds)
    finally:
        os.close(handle)


def _got(ask: Callable[[], bool], wait_seconds: float) -> bool:
    """Ask for the lock until it is had, or the time is up."""
    give_up = time.monotonic() + wait_seconds
    while not (got := ask()) and time.monotonic() < give_up:
        time.sleep(_ASK_AGAIN_SECONDS)
    return got


def _ask_file(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _ask_server(connection: Any) -> bool:  # noqa: ANN401 - the driver may not be installed
    return bool(
        connection.execute("SELECT pg_try_advisory_lock(%s)", (ServerLock.JOBS,)).fetchone()[0]
    )
