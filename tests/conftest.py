"""Fixtures that more than one room's tests use."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.cli.session import VIEWS_FILE
from desk.demo import Storyteller, example_folder
from ledger.service import Ledger
from ledger.store.location import Server
from projections.follow import Views
from tests.postgres import fresh_database, running_server


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
def postgres() -> Iterator[str]:
    """A PostgreSQL server, started once a worker; the pattern of its databases' URLs."""
    with running_server() as url:
        yield url


@pytest.fixture
def database(postgres: str) -> Iterator[Server]:
    """A fresh database on it."""
    with fresh_database(postgres) as found:
        yield found
