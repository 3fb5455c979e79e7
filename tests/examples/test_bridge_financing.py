"""Bridge financing (Norway's social brofinansiering): nothing is repaid; success binds to continue.

The instrument is published; every figure of the example is invented and says so in its terms.
"""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from desk.cli.main import app
from ledger.money import ZERO
from tests.examples.agreement import EXAMPLES, told

FOLDER = EXAMPLES / "bridge-financing"


def test_outcomes_are_decided_and_nobody_owes_anybody_anything() -> None:
    bridge = told("bridge-financing", date(2025, 1, 1))
    assert [each.outcome.achieved for each in bridge.decided("in-work")] == [
        True, False, True, True, False,
    ]  # fmt: skip
    assert bridge.paid() == ZERO
    assert bridge.terms.repaid == ()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "files")
    _run(tmp_path, "init", "--currency", "NOK")
    _run(tmp_path, "agreement", "sign", str(tmp_path / "files" / "terms.yaml"))
    _run(tmp_path, "import", "enrolments", str(tmp_path / "files" / "enrolments.csv"))
    return tmp_path


def _run(folder: Path, *arguments: str) -> str:
    result = CliRunner().invoke(app, ["--ledger", str(folder / "ledger"), *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def _met(folder: Path, until: str) -> bool | None:
    _run(folder, "assess", "--until", until)
    shown = json.loads(_run(folder, "--json", "agreement", "show", "bridge-1"))
    met: bool | None = shown["agreement"]["continuation"]["met"]
    return met


def test_the_town_is_bound_when_the_agreement_is_over_and_the_goals_are_met(folder: Path) -> None:
    """Three of five are in work: 60 %, exactly what was agreed."""
    _run(folder, "import", "measurements", str(folder / "files" / "measurements.csv"))
    assert _met(folder, "2024-06-01") is None
    assert _met(folder, "2025-01-01") is True
    shown = _run(folder, "--lang", "da", "agreement", "show", "bridge-1")
    assert "town er bundet til at fortsætte" in shown
    assert "brofinansiering" in shown


def test_one_less_and_it_is_not(folder: Path) -> None:
    file = folder / "files" / "measurements.csv"
    file.write_text(
        file.read_text().replace("EX-1,12,2024-01-01,works,yes", "EX-1,12,2024-01-01,works,no")
    )
    _run(folder, "import", "measurements", str(file))
    assert _met(folder, "2025-01-01") is False
