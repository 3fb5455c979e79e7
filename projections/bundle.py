"""The auditor's bundle: the exact bytes, the checkpoints, the journal, and a verifier not ours.

`standalone/verify_ledger.py` is copied into it: one file that shares no code with this program.
"""

from __future__ import annotations

import base64
import shutil
from dataclasses import dataclass
from pathlib import Path

from ledger.decide.refusal import Refusal
from ledger.service import Ledger
from ledger.store import checkpoint
from ledger.store.log import EventLog
from projections.export import JournalFormat, write_journal
from projections.follow import Views

STANDALONE = Path(__file__).parent / "standalone"
EVENTS, JOURNAL, CHECKPOINTS = "events.txt", "journal.csv", "checkpoints"


class NotEmpty(Refusal):
    """The directory for a bundle holds something."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was written, and the key to verify it with; it is not in the bundle."""

    events: int
    checkpoints: int
    transactions: int
    public_key: str | None


def write_bundle(ledger: Ledger, views: Views, directory: Path) -> Bundle:
    """Write the bundle of the ledger as it stands.

    Raises:
        NotEmpty: if the directory holds something.
    """
    if directory.exists() and any(directory.iterdir()):
        message = f"{directory} is not empty; name a new directory"
        raise NotEmpty(message)
    (directory / CHECKPOINTS).mkdir(parents=True, exist_ok=True)
    # Checkpoints first: one that is made meanwhile must not speak of events that are not here.
    sealed = checkpoint.files(ledger.checkpoints)
    for path in sealed:
        shutil.copyfile(path, directory / CHECKPOINTS / path.name)
    for path in checkpoint.timestamps(ledger.checkpoints):
        shutil.copyfile(path, directory / CHECKPOINTS / path.name)
    head = ledger.log.head()[0]
    _write_events(ledger.log, head, directory / EVENTS)
    views.catch_up(ledger.log)
    opened = ledger.law().opened
    with (directory / JOURNAL).open("w", encoding="utf-8", newline="") as file:
        currency = opened.currency if opened else ""
        count = write_journal(views, currency, JournalFormat.CSV, file, head)
    for name in ("verify_ledger.py", "README.txt"):
        shutil.copyfile(STANDALONE / name, directory / name)
    public = checkpoint.public_file(ledger.checkpoint_key)
    key = checkpoint.read_public_key(public).vkey() if public.exists() else None
    return Bundle(head, len(sealed), count, key)


def _write_events(log: EventLog, last: int, path: Path) -> None:
    """A line per event: position, chain value, and the stored bytes, byte for byte."""
    with path.open("w", encoding="ascii", newline="\n") as file:
        for batch in log.batches():
            for row in batch:
                if row.position > last:
                    return
                stored = base64.b64encode(row.state).decode()
                file.write(f"{row.position} {row.chain.hex()} {stored}\n")
