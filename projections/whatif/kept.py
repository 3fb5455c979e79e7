"""Scenarios that are kept: files beside the ledger. They move no money, so they are no events."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ledger.commands.door import folder_of
from ledger.decide.refusal import AlreadyDone, NotFound
from ledger.service import Ledger
from ledger.terms.reader import meant, read_model
from projections.whatif.scenario import Scenario

FOLDER = "scenarios"
_SUFFIX = ".json"


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept scenario and when its file was written, in UTC."""

    scenario: Scenario
    at: str


def folder(ledger: Ledger) -> Path:
    """Where a ledger's scenarios are; one on a server has them beside the vault's key."""
    return folder_of(ledger.location, ledger.key_file) / FOLDER


def keep(place: Path, scenario: Scenario, *, replace: bool = False) -> bool:
    """Keep a scenario under its name; False if it is kept already.

    Raises:
        AlreadyDone: if another one has the name, unless that is to be replaced.
    """
    path = place / f"{scenario.name}{_SUFFIX}"
    if path.exists():
        if _read(path).sha256 == scenario.sha256:
            return False
        if not replace:
            message = (
                f"another scenario is kept as {scenario.name!r}; give this one another name, or "
                "say --replace"
            )
            raise AlreadyDone(message)
    place.mkdir(parents=True, exist_ok=True)
    written = json.dumps(json.loads(scenario.content), ensure_ascii=False, indent=2)
    fresh = path.with_suffix(".writing")
    fresh.write_text(f"{written}\n", encoding="utf-8")
    fresh.replace(path)
    return True


def kept(place: Path) -> list[Kept]:
    """Every kept scenario, in order of name."""
    return [Kept(_read(path), _written(path)) for path in sorted(place.glob(f"*{_SUFFIX}"))]


def named(place: Path, name: str) -> Scenario:
    """The scenario kept under a name.

    Raises:
        NotFound: if there is none.
    """
    names = [path.stem for path in sorted(place.glob(f"*{_SUFFIX}"))]
    if name not in names:
        known = meant(name, names) if names else "none is kept yet; `ofl whatif keep` keeps one"
        message = f"there is no scenario {name!r}; {known}"
        raise NotFound(message)
    return _read(place / f"{name}{_SUFFIX}")


def _read(path: Path) -> Scenario:
    # JSON is YAML too, and is read as strictly.
    return read_model(path.read_text(encoding="utf-8"), Scenario)


def _written(path: Path) -> str:
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
