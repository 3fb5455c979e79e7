"""What the last verification found: one small file, so that `ofl status` can tell.

It lies in the ledger's folder and is no proof: who can write there can write it. It is not an
event, for verifying must not change what is verified; and not in the views, which may be thrown
away.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "verified.json"


@dataclass(frozen=True, slots=True)
class Verified:
    """A verification: when, by whom, with what outcome, and of how many events."""

    at: str
    by: str
    program: str
    outcome: str
    events: int
    chain: str


def write(folder: Path, verified: Verified) -> bool:
    """Keep it in place of the one before; False if the folder may not be written to."""
    text = json.dumps(asdict(verified), ensure_ascii=False, indent=2) + "\n"
    try:
        handle, beside = tempfile.mkstemp(prefix=".verified-", dir=folder)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(beside).chmod(0o644)
        Path(beside).replace(folder / FILE)
    except OSError:
        return False
    return True


def read(folder: Path) -> Verified | None:
    """The last verification; None if none is known, or its file is not one."""
    try:
        found = Verified(**json.loads((folder / FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return found if type(found.events) is int and isinstance(found.at, str) else None
