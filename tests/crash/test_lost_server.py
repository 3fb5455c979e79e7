"""A server is killed, or the line to it is cut: what was told is there once; people are told."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Literal

import psycopg
import pytest

from ledger.service import Ledger
from ledger.store.leader import leading
from ledger.store.location import Server, ServerLock
from tests.command_line import PROCESS
from tests.crash.conftest import Scene, make_scene
from tests.crash.processes import follow_on, give, running, write_on, write_one
from tests.crash.test_killed_followers import look
from tests.postgres import PostgresServer, name_of, own_server

LONG = [pytest.mark.long, pytest.mark.timeout(3_600)]
SECONDS_TO_GO_ON = 60
SOCKET = ".s.PGSQL.5432"
GOODBYE = b"X\0\0\0\x04"


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A server of the test's own, to be killed."""
    with own_server() as found:
        yield found


def cut_connections(server: PostgresServer, database: str) -> None:
    """Close every connection from the server's side, in the midst of what it does."""
    with psycopg.connect(server.url.format("postgres")) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s "
            "AND pid <> pg_backend_pid()",
            (database,),
        )


def kill_backends(server: PostgresServer, database: str) -> None:
    """Kill who works for a connection; the postmaster then ends all others, and repairs."""
    with psycopg.connect(server.url.format("postgres")) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s AND state <> 'idle'", (database,)
        ).fetchall()
    for (process,) in rows:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def somebody_writes(server: PostgresServer) -> bool:
    """Whether somebody has the write lock of the events."""
    with psycopg.connect(server.url.format("postgres")) as connection:
        rows = connection.execute(
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = %s",
            (ServerLock.EVENTS,),
        ).fetchall()
    return bool(rows)


def kill_server(server: PostgresServer, database: str) -> None:
    """Kill the postmaster, and start another on what it left."""
    del database
    server.kill()
    server.start()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("crashes", [24, pytest.param(501, marks=LONG)])
def test_a_server_that_crashes_keeps_what_was_told(
    server: PostgresServer, tmp_path: Path, crashes: int
) -> None:
    random = Random(crashes)  # noqa: S311 - only moments
    in_the_midst = 0
    database = Server(server.url.format("postgres"))
    scene = make_scene(database, tmp_path)
    with (
        running(write_on, scene.place, scene.key_file, scene.told) as writer,
        running(follow_on, scene.place, scene.views) as follower,
    ):
        for number in range(10 * crashes):
            # Some more are needed now and then, until enough were in the midst of something.
            if number >= crashes and in_the_midst > crashes // 8:
                break
            wait_for_more(scene)
            time.sleep(random.uniform(0, 0.03))
            crash = (cut_connections, kill_backends, kill_server)[number % 3]
            in_the_midst += somebody_writes(server)
            with suppress(psycopg.OperationalError):  # who kills others is hit as well
                crash(server, name_of(database))
        wait_for_more(scene)
        assert writer.is_alive()
        assert follower.is_alive()
    look(scene)
    write_one(scene.place, scene.key_file, scene.told)
    oracle = scene.check()
    told = f"{in_the_midst} in the midst, {oracle.lost} lost, {oracle.repeated} not told"
    assert in_the_midst > crashes // 8, told


def wait_for_more(scene: Scene) -> None:
    """Wait until two more commands are done."""
    wanted = scene.oracle().next + 2
    until = time.monotonic() + SECONDS_TO_GO_ON
    while scene.oracle().next < wanted:
        assert time.monotonic() < until
        time.sleep(0.01)


class Line:
    """A line to a server that can be cut around a commit, by whom nobody is told of."""

    def __init__(self, server: Path, here: Path) -> None:
        self.cut: Literal["before", "after"] | None = None
        """Whether the next commit still reaches the server; None if nothing is to be cut."""
        self.mended = True
        """Whether there is a line again once it was cut."""
        self.cuts = 0
        self.late = 0.0
        """How many seconds later the server hears that whoever was connected has gone."""
        self._server = str(server / SOCKET)
        self._closed = False
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(here / SOCKET))
        self._door.listen()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def dead(self) -> bool:
        """Whether nothing goes through any more."""
        return self._closed or (self.cuts > 0 and not self.mended)

    def close(self) -> None:
        """Let nobody in, and everybody go."""
        self._closed = True
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with self._door as door:
            while not self._closed:
                if not select.select([door], [], [], 0.05)[0]:
                    continue
                client, _ = door.accept()
                self._threads.append(threading.Thread(target=self._carry, args=(client,)))
                self._threads[-1].start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server, suppress(OSError):
            server.connect(self._server)
            inserted = False
            while not self.dead:
                for source in select.select([client, server], [], [], 0.05)[0]:
                    said = source.recv(2**16)
                    if source is client and said in (b"", GOODBYE):
                        time.sleep(self.late)
                    inserted |= b"INSERT INTO stored_events" in said
                    if not said or (inserted and self._cuts_here(said, server)):
                        return
                    (server if source is client else client).sendall(said)

    def _cuts_here(self, said: bytes, server: socket.socket) -> bool:
        if self.cut is None or b"COMMIT" not in said:
            return False
        if self.cut == "after":
            server.sendall(said)
            server.recv(2**16)  # it is done, and nobody hears of it
        self.cuts, self.cut = self.cuts + 1, None
        return True


@pytest.fixture
def scene(database: Server, tmp_path: Path) -> Scene:
    """A small ledger on a server."""
    return make_scene(database, tmp_path)


@pytest.fixture
def line(postgres: str) -> Iterator[tuple[Line, str]]:
    """A line to the server, and the pattern of URLs that use it."""
    found = re.search("host=([^&]+)", postgres)
    assert found
    # The name of a socket may not be long.
    with TemporaryDirectory(prefix="ofl-line-") as here:
        made = Line(Path(found[1]), Path(here))
        yield made, postgres.replace(found[1], here)
        made.close()


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_answer_that_was_lost_is_found_out(
    scene: Scene, line: tuple[Line, str], when: Literal["before", "after"]
) -> None:
    cable, url = line
    assert isinstance(scene.place, Server)
    with Ledger(Server(url.format(name_of(scene.place))), key_file=scene.key_file) as ledger:
        cable.cut = when
        done = give(ledger, 1)
        assert cable.cuts == 1
        positions = [each.position for each in done.recorded]
        assert positions == [scene.starts_at + 1]
        assert ledger.log.head()[0] == scene.starts_at + 1


def test_the_jobs_are_free_before_the_server_hears_that_the_last_has_gone(
    database: Server, line: tuple[Line, str]
) -> None:
    cable, url = line
    cable.late = 1
    with leading(Server(url.format(name_of(database)))) as first:
        assert first
    with leading(database) as second:
        assert second


@pytest.mark.parametrize("when", ["before", "after"])
def test_who_cannot_be_told_is_told_what_to_do(
    scene: Scene, line: tuple[Line, str], when: Literal["before", "after"]
) -> None:
    cable, url = line
    assert isinstance(scene.place, Server)
    draw = ("invest", "draw", "youth-1", "100.00", "--on", "2021-05-03")
    cable.cut, cable.mended = when, False
    broken = ofl(scene, url.format(name_of(scene.place)), *draw)
    assert cable.cuts == 1
    assert broken.returncode == 4, broken
    assert broken.stdout == ""
    first, why, what_to_do = broken.stderr.splitlines()
    assert first == "Broken off: it is not known whether this was recorded."
    assert why.startswith("  the connection to the server was lost: ")
    found = re.fullmatch(
        r"  give the same command again with (--command-id [0-9a-f]{32}): "
        "what was recorded is not done twice",
        what_to_do,
    )
    assert found
    for _ in range(2):
        again = ofl(scene, scene.place.url, *draw, *found[1].split())
        assert again.returncode == 0, again
        with scene.ledger() as ledger:
            assert ledger.log.head()[0] == scene.starts_at + 1
    broken = ofl(scene, url.format(name_of(scene.place)), *draw, "--json")
    assert broken.returncode == 1
    assert "Traceback" not in broken.stdout + broken.stderr
    assert json.loads(broken.stdout)["refused"]


def ofl(scene: Scene, place: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `ofl` as a process of its own."""
    return subprocess.run(  # noqa: S603 - our own program
        [*PROCESS, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"OFL_LEDGER": place, "OFL_VAULT_KEY": str(scene.key_file), "OFL_ACTOR": "tester"},
    )
