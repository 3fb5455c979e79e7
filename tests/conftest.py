"""Fixtures that more than one room's tests use."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from desk.cli.session import VIEWS_FILE
from desk.demo import Storyteller, example_folder
from ledger import garbage
from ledger.duties import Duty
from ledger.service import Ledger
from ledger.store.location import KEY_FILE, Location, Server
from projections.follow import Views
from tests.postgres import fresh_database, name_of, running_server
from tests.staff import World, worlds

# No test is timed: a busy machine is no defect. With CI=true Hypothesis draws the same examples
# each time, so whoever asks it twice asks with other seeds.
settings.register_profile("ledger", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ledger")


def pytest_collection_finish() -> None:
    """As `ofl` does when all of it is imported."""
    garbage.look_seldom()


@dataclasses.dataclass(frozen=True)
class Told:
    """Where a told demo is, on either engine."""

    location: Location
    views: Path | Server
    key_file: Path


@pytest.fixture(scope="session")
def told_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's ledger with its views, told once a worker; copy it before changing it."""
    into = tmp_path_factory.mktemp("demo") / "ledger"
    for _ in Storyteller(into, example_folder()).tell(lambda *_: None):
        pass
    with Ledger(into, actor="tester") as ledger:
        views = Views(into / VIEWS_FILE)
        views.catch_up(ledger.log)
        views.close()
    return into


@pytest.fixture
def demo(told_demo: Path, tmp_path: Path) -> Path:
    """A copy of the demo's ledger, to do anything with."""
    return shutil.copytree(told_demo, tmp_path / "ledger")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[Duty, World]:
    """A staffed ledger for each duty, made once a worker; copy one before changing it."""
    return worlds(tmp_path_factory.mktemp("worlds"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server, started once a worker; the pattern of its databases' URLs."""
    with running_server() as url:
        yield url


@pytest.fixture
def database(postgres: str) -> Iterator[Server]:
    """A fresh database on it."""
    with fresh_database(postgres) as found:
        yield found


@pytest.fixture(scope="session")
def told_on_postgres(
    postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """The name of a database in which the demo was told, once a worker, and its vault's key."""
    key_file = tmp_path_factory.mktemp("demo-on-postgres") / KEY_FILE
    with fresh_database(postgres) as into:
        for _ in Storyteller(into, example_folder(), key_file).tell(lambda *_: None):
            pass
        with Ledger(into, actor="tester", key_file=key_file) as ledger:
            views = Views(into)
            views.catch_up(ledger.log)
            views.close()
        yield name_of(into), key_file


@pytest.fixture(params=["sqlite", "postgresql"])
def any_demo(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Told]:
    """A copy of the demo's ledger on each engine in turn, to do anything with."""
    if request.param == "sqlite":
        path: Path = request.getfixturevalue("demo")
        yield Told(path, path / VIEWS_FILE, path / KEY_FILE)
        return
    template, key_file = request.getfixturevalue("told_on_postgres")
    keys = shutil.copytree(key_file.parent, tmp_path / "keys")
    with fresh_database(request.getfixturevalue("postgres"), template) as copy:
        yield Told(copy, copy, keys / KEY_FILE)
