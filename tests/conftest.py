"""Fixtures that more than one room's tests use."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from desk.cli.session import VIEWS_FILE
from desk.demo import Storyteller, example_folder
from ledger.service import Ledger
from projections.follow import Views


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
