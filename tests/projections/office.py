"""An auditor's office: a bundle, the key that came by another way, and the standalone verifier."""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from ledger.store.checkpoint import SigningKey
from projections.bundle import JOURNAL, STANDALONE
from tests.attacks import Scene

VERIFIER = STANDALONE / "verify_ledger.py"
SOURCE = VERIFIER.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Office:
    """An auditor's office: the scene, its bundle, and the key that came by another way."""

    scene: Scene
    bundle: Path
    key: SigningKey

    @property
    def vkey(self) -> str:
        return self.key.public.vkey()


def verifier(source: str = SOURCE) -> ModuleType:
    """The verifier, as it is or with its source edited."""
    module = ModuleType("verify_ledger_under_test")
    sys.modules[module.__name__] = module  # dataclasses look their module up
    exec(compile(source, str(VERIFIER), "exec"), module.__dict__)  # noqa: S102 - our own file
    return module


def run(bundle: Path, vkey: str, module: ModuleType) -> int:
    code: int = module.main([str(bundle), "--public-key", vkey])
    return code


def journal(bundle: Path) -> list[list[str]]:
    with (bundle / JOURNAL).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_rows(rows: list[list[str]], bundle: Path) -> None:
    with (bundle / JOURNAL).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
