"""The disk is full, or fails: nothing is half, people are told, and it works again afterwards."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path

import pytest
from eventsourcing.persistence import OperationalError
from sqlalchemy.exc import OperationalError as ViewsError

from ledger.service import Ledger
from ledger.store.location import EVENTS_FILE, VAULT_FILE
from projections.follow import Views
from projections.verify import verify
from tests.crash.conftest import Scene, make_scene
from tests.crash.processes import give
from tests.crash.test_killed_followers import look

PEOPLE = [f"QX-{number}" for number in range(8001, 8401)]
BLOCK_BYTES = 512


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes, where we may make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if not mount or os.getuid() or subprocess.run([mount, *options], check=False).returncode:  # noqa: S603 - found above
        pytest.skip("only root can mount a small disk; the limit on files is tested everywhere")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)  # noqa: S603, S607


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """While another file takes all the room on a disk."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(1024))
    assert shutil.disk_usage(disk).free == 0
    yield
    filler.unlink()


@contextmanager
def no_longer_files(size: int) -> Iterator[None]:
    """While no file may become longer: an error of the disk, but not that it is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def stopped(ledger: Ledger) -> int:
    """The number of the first command that fails for want of room; the others are done."""
    for number in count():
        before = ledger.log.head()
        try:
            give(ledger, number)
        except OperationalError:
            assert ledger.log.head() == before
            return number
    raise AssertionError


def works_again(scene: Scene, number: int) -> None:
    """The failed command can be given again; nothing was half, and the views are whole."""
    with scene.ledger() as ledger, closing(Views(scene.views)) as views:
        head = ledger.log.head()[0]
        done = give(ledger, number)
        assert not done.repeated
        assert done.recorded[0].position == head + 1
        views.catch_up(ledger.log)
        verified = verify(ledger, views)
        assert verified.sound, verified.faults
        assert verified.events == done.recorded[-1].position


def test_a_full_disk_stops_a_command_whole(small_disk: Path) -> None:
    scene = make_scene(small_disk / "ledger", small_disk)
    with full(small_disk), scene.ledger() as ledger:
        number = stopped(ledger)
        with pytest.raises(OperationalError, match="full") as told:
            give(ledger, number)
        assert isinstance(told.value.__cause__, sqlite3.OperationalError)
        look(scene)
    works_again(scene, number)


def test_a_disk_that_does_not_write_stops_a_command_whole(tmp_path: Path) -> None:
    scene = make_scene(tmp_path / "ledger", tmp_path)
    size = (tmp_path / "ledger" / EVENTS_FILE).stat().st_size
    with scene.ledger() as ledger, no_longer_files(size):
        number = stopped(ledger)
        with pytest.raises(OperationalError, match="disk I/O error"):
            give(ledger, number)
    works_again(scene, number)


def test_a_folder_that_went_away_stops_a_command_whole(tmp_path: Path) -> None:
    scene = make_scene(tmp_path / "ledger", tmp_path)
    with scene.ledger() as ledger:
        (tmp_path / "ledger").rename(tmp_path / "away")
        with pytest.raises(OperationalError):
            give(ledger, 0)
        (tmp_path / "away").rename(tmp_path / "ledger")
    works_again(scene, 0)


def test_no_room_for_the_vault_enrols_nobody(small_disk: Path) -> None:
    scene = make_scene(small_disk / "ledger", small_disk)
    vault = small_disk / "ledger" / VAULT_FILE
    before = vault.read_bytes()
    with scene.ledger() as ledger:
        with full(small_disk), pytest.raises(OperationalError, match="full"):
            ledger.vault.admit("youth-1", PEOPLE)
        assert vault.read_bytes() == before
        assert all(ledger.vault.find("youth-1", person) is None for person in PEOPLE)
        assert set(ledger.vault.admit("youth-1", PEOPLE)) == set(PEOPLE)


def test_no_room_for_the_views_leaves_the_old_ones(small_disk: Path) -> None:
    scene = make_scene(small_disk / "ledger", small_disk)
    with scene.ledger() as ledger, closing(Views(scene.views)) as views:
        known = look(scene)
        give(ledger, 0)
        with full(small_disk):
            for work in (views.rebuild, views.catch_up):
                with pytest.raises(ViewsError, match="full"):
                    work(ledger.log)
            assert not list((small_disk / "ledger").glob("*.rebuilding*"))
        with views.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT position FROM progress").scalar() == known
    works_again(scene, 1)


def test_a_person_is_told_that_the_disk_is_full(small_disk: Path) -> None:
    scene = make_scene(small_disk / "ledger", small_disk)
    bank = small_disk / "statement.csv"
    rows = "".join(f"aarhus,L-{n},2021-02-12,-{n}.00,,text {n}\n" for n in range(1, 2_001))
    bank.write_text(f"account,line_id,booked_on,amount,reference,text\n{rows}")
    with full(small_disk):
        done = ofl(scene, "import", "bank", str(bank))
    assert done.returncode == 1, done
    assert done.stderr.splitlines() == [
        "Refused: nothing was recorded.",
        "  the disk is full (database or disk is full); make room, and give the command again",
    ]
    works_again(scene, 0)


def test_a_person_is_told_that_the_disk_does_not_write(tmp_path: Path) -> None:
    scene = make_scene(tmp_path / "ledger", tmp_path)
    bank = tmp_path / "statement.csv"
    rows = "".join(f"aarhus,L-{n},2021-02-12,-{n}.00,,text {n}\n" for n in range(1, 2_001))
    bank.write_text(f"account,line_id,booked_on,amount,reference,text\n{rows}")
    size = (tmp_path / "ledger" / EVENTS_FILE).stat().st_size
    limited = ["/bin/sh", "-c", f'ulimit -f {size // BLOCK_BYTES}; exec "$@"', "sh"]
    done = ofl(scene, "import", "bank", str(bank), before=limited)
    assert done.returncode == 1, done
    assert done.stderr.startswith("Refused: nothing was recorded.\n  the disk does not read or ")
    assert "Traceback" not in done.stderr
    done = ofl(scene, "import", "bank", str(bank))
    assert done.returncode == 0, done


def ofl(
    scene: Scene, *arguments: str, before: list[str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `ofl` as a process of its own."""
    program = [sys.executable, "-c", "from desk.start import main; main()"]
    return subprocess.run(  # noqa: S603 - our own program
        [*(before or []), *program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={
            "OFL_LEDGER": str(scene.place),
            "OFL_VAULT_KEY": str(scene.key_file),
            "OFL_ACTOR": "tester",
        },
    )
