"""Measure, and print the table."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from ledger.store.location import Location
from scripts.benchmarks.figures import FIGURES, Bench, Scale
from scripts.benchmarks.measure import Measured, measure
from tests.postgres import binaries, fresh_database, running_server

FULL = Scale(commits=200, events=100_000, lines=2_000_000, agreements=50)
QUICK = Scale(commits=50, events=10_000, lines=50_000, agreements=3)
ENGINES = ("sqlite", "postgresql")


def main() -> None:
    """Measure what is asked for."""
    asked = _arguments().parse_args()
    scale = QUICK if asked.quick else FULL
    if asked.events:
        scale = dataclasses.replace(scale, events=asked.events)
    if asked.lines:
        scale = dataclasses.replace(scale, lines=asked.lines)
    if asked.agreements:
        scale = dataclasses.replace(scale, agreements=asked.agreements)
    rounds = asked.rounds or (3 if asked.quick else 5)
    measured = []
    for engine in ENGINES if asked.engine is None else (asked.engine,):
        for each in _measured(engine, asked.figure or list(FIGURES), scale, rounds):
            measured.append(each)
            if not asked.json:
                _show(each)
    if asked.json:
        rows = [dataclasses.asdict(each) for each in measured]
        print(json.dumps({"machine": _machine(), "figures": rows}, indent=2))
    else:
        print(", ".join(f"{name} {value}" for name, value in _machine().items()))


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("figure", nargs="*", choices=[*FIGURES, []], help="all of them if none")
    parser.add_argument("--quick", action="store_true", help="on less, for a glance")
    parser.add_argument("--json", action="store_true", help="answer with JSON")
    parser.add_argument("--engine", choices=ENGINES, help="both if not given")
    parser.add_argument("--events", type=int, help="so many events to read through")
    parser.add_argument("--lines", type=int, help="so many lines to sum for balances")
    parser.add_argument("--agreements", type=int, help="so many agreements to ask what if")
    parser.add_argument("--rounds", type=int, help="time every side so often")
    return parser


def _measured(engine: str, figures: list[str], scale: Scale, rounds: int) -> Iterator[Measured]:
    """Each figure on an engine, all of them in places that are gone afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ofl-bench-")))
        numbers = count(1)
        url = ""
        if engine == "postgresql":
            if binaries() is None:
                print("postgresql: left out, there is none on this machine", file=sys.stderr)
                return
            url = stack.enter_context(running_server(("listen_addresses=",)))

        def place() -> Location:
            if url:
                return stack.enter_context(fresh_database(url))
            made = folder / f"ledger-{next(numbers)}"
            made.mkdir()
            return made

        # Closed before the databases are dropped.
        with ExitStack() as open_ones:
            bench = Bench(place, folder, scale, open_ones)
            for name in figures:
                yield measure(FIGURES[name](bench), engine, rounds)


def _show(each: Measured) -> None:
    """A figure, and a line for each it is compared with."""
    print(f"{each.figure}, {each.engine}: {each.ours} {each.rate:,.0f} {each.unit}")
    for ratio in each.ratios:
        wanted = f", wanted {ratio.wanted:.2f}" if ratio.wanted else ""
        print(
            f"    {ratio.ratio:6.2f} of {ratio.other} ({ratio.rate:,.0f} {each.unit}; "
            f"{ratio.ratio_min:.2f} to {ratio.ratio_max:.2f}{wanted})",
            flush=True,
        )


def _machine() -> dict[str, str]:
    return {
        "cores": str(os.cpu_count()),
        "load": f"{os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }


if __name__ == "__main__":
    main()
