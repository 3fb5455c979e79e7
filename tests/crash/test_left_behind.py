"""Tests that are killed leave no server and no folder behind."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

HOLD_A_SERVER = """
import time
from tests.postgres import own_server
with own_server() as server:
    print(server.folder, flush=True)
    time.sleep(600)
"""
SECONDS = 30


def test_a_server_ends_with_the_tests_that_started_it(postgres: str) -> None:
    tests = subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", HOLD_A_SERVER],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert tests.stdout is not None
    with tests.stdout:
        folder = Path(tests.stdout.readline().strip())
    server = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    assert _runs(server, folder)
    tests.kill()
    tests.wait()
    until = time.monotonic() + SECONDS
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not folder.exists()
    assert not _runs(server, folder)


def _runs(process: int, folder: Path) -> bool:
    """Whether a process that works in a folder is there, where the system tells."""
    try:
        return str(folder).encode() in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False
