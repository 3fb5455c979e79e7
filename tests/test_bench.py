"""The benchmarks: every figure can be measured, and a ratio is what it says it is."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from scripts.benchmarks import measure as measuring
from scripts.benchmarks.figures import FIGURES
from scripts.benchmarks.measure import Figure, Side, Work, measure
from tests.docs_support import DOCS, ROOT, Page, first_cells


class Clock:
    """A clock that only work moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def perf_counter(self) -> float:
        return self.seconds

    def side(self, name: str, *seconds: float) -> Side:
        """Ten units, which take another time in every round; preparing takes long."""
        rounds = iter(seconds)

        def prepare() -> Work:
            self.seconds += 1_000
            takes = next(rounds)

            def work() -> int:
                self.seconds += takes
                return 10

            return work

        return Side(name, prepare)


def test_a_ratio_is_the_median_over_rounds_and_preparing_is_not_timed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    monkeypatch.setattr(measuring, "time", clock)
    figure = Figure("f", "units/s", clock.side("ours", 2, 4, 8), (clock.side("other", 1, 1, 6),))
    found = measure(figure, "sqlite", 3)
    (ratio,) = found.ratios
    assert (found.rate, ratio.rate) == (2.5, 10)
    assert (ratio.ratio, ratio.ratio_min, ratio.ratio_max) == (0.5, 0.25, 0.75)


def test_every_figure_can_be_measured() -> None:
    command = [sys.executable, "-m", "scripts.benchmarks", "--json", "--engine", "sqlite"]
    done = subprocess.run(  # noqa: S603 - our own program
        [*command, "--quick", "--events", "2000", "--rounds", "1"],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    assert [each["figure"] for each in answer["figures"]] == list(FIGURES)
    for figure in answer["figures"]:
        assert figure["rate"] > 0
        assert figure["ratios"]
        for ratio in figure["ratios"]:
            assert ratio["ratio"] == pytest.approx(figure["rate"] / ratio["rate"])


def test_every_figure_is_explained() -> None:
    assert first_cells(Page(DOCS / "reference" / "bench.md").section("Figures")) == list(FIGURES)
