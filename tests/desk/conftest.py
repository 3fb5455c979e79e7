"""Fixtures of what jobs work on: a small ledger, before and after money comes to be owed."""

from __future__ import annotations

from pathlib import Path

import pytest

from desk.jobs.job import Workplace
from tests.desk.debts import come_to_owe
from tests.desk.good_input import small_ledger
from tests.desk.workplace import SetClock, place_of


@pytest.fixture
def small(tmp_path: Path) -> Workplace:
    """A small ledger, and a clock that is set."""
    small_ledger(tmp_path).close()
    return place_of(tmp_path / "ledger", SetClock())


@pytest.fixture
def owing(small: Workplace, tmp_path: Path) -> Workplace:
    """The small ledger once an outcome was achieved, so that investors are owed money."""
    return come_to_owe(small, tmp_path)
