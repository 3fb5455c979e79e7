"""The job `bank`: read the statements that lie in the inbox, and see on what books and bank differ.

A file is taken whole and moved to `done`, or refused and moved to `refused` with the reason beside
it. It is moved after it is recorded: a run that is broken off in between reads it again, and then
every line of it is known. Names that begin with a dot or end in .part or .tmp are left alone, so
that a file can be written under such a name and renamed when it is whole.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from desk.intake.bank import read_bank_file
from desk.jobs.job import Report, Shift
from ledger.commands.door import Done
from ledger.decide.jobs import Seen
from ledger.decide.refusal import FileRefused, Refusal
from ledger.events import (
    BankLineSeen,
    CapitalReceived,
    ClawbackRepaid,
    PaymentSettled,
    Severity,
)
from projections.reconciliation import Difference, differences

KINDS = ("file_refused", "bank_difference")
DONE, REFUSED = "done", "refused"
REASON = ".reason.txt"
_UNFINISHED = (".part", ".tmp")
_SETTLING = (PaymentSettled, CapitalReceived, ClawbackRepaid)
_DIGITS = 12


def work(shift: Shift) -> Report:
    """Read what is there, and see refused files that lie there yet, and all differences."""
    figures = {"files": 0, "refused": 0, "lines": 0, "settled": 0}
    inbox = shift.place.bank_inbox
    seen: list[Seen] = []
    for path in waiting(inbox) if inbox else ():
        seen += _take(shift, path, figures)
    # What was called, sent or demanded since its line was read is matched now.
    shift.once("reconcile")
    _count(shift.ledger.reconcile()[0], figures)
    seen += _refused(inbox) if inbox else ()
    seen += _differences(shift)
    return Report(seen, figures)


def _differences(shift: Shift) -> Iterator[Seen]:
    """Everything on which the books and the bank do not agree."""
    stands, banks = shift.ledger.reconciliation(), shift.ledger.banks()
    times: Counter[str] = Counter()
    for each in differences(stands.found, stands.items, banks, shift.day):
        details = {
            "what": each.kind,
            "account": each.account,
            "line": each.name,
            "day": str(each.on or "–"),
            "amount": str(each.amount or "–"),
        }
        key = _key(each)
        times[key] += 1
        key += f"/{times[key]}" if times[key] > 1 else ""
        yield Seen("bank_difference", key, Severity.WARNING, details)


def _key(each: Difference) -> str:
    """What makes a difference that one, from run to run.

    A line or an item differs in one way at a time. A statement may be odd in the same way twice, so
    what is odd in it, which stays as it was read, tells one from the other; those alike in all are
    counted.
    """
    key = f"{each.kind}/{each.account}/{each.name}"
    if not each.kind.startswith("statement-"):
        return key
    said = f"{each.on}/{each.amount}/{each.text}"
    return f"{key}/{hashlib.sha256(said.encode()).hexdigest()[:_DIGITS]}"


def waiting(inbox: Path) -> list[Path]:
    """The files in an inbox that are whole, in order of their names."""
    there = inbox.iterdir() if inbox.is_dir() else ()
    return sorted(
        path
        for path in there
        if path.is_file() and not path.name.startswith(".") and path.suffix not in _UNFINISHED
    )


def _take(shift: Shift, path: Path, figures: dict[str, int]) -> Iterator[Seen]:
    """Record a file and move it away; one that the machine cannot read stays, and is seen."""
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return  # somebody has taken it away meanwhile
    except OSError as error:
        details = {"file": path.name, "reason": str(error.strerror), "more": "1"}
        yield Seen("file_refused", f"unread/{path.name}", Severity.SERIOUS, details)
        return
    shift.once(digest)
    try:
        done = take_file(shift, path)
    except Refusal as refusal:
        told = refusal.lines() if isinstance(refusal, FileRefused) else [str(refusal)]
        moved = _move(path, REFUSED, digest)
        moved.with_name(moved.name + REASON).write_text("\n".join(told) + "\n", encoding="utf-8")
        figures["refused"] += 1
        return
    figures["files"] += 1
    _count(done, figures)
    _move(path, DONE, digest)


def take_file(shift: Shift, path: Path) -> Done:
    """Record a statement, CSV or XML, and what its lines settle."""
    opened = shift.ledger.law().opened
    assert opened is not None
    return shift.ledger.import_bank(read_bank_file(path, opened.currency))[0]


def _count(done: Done, figures: dict[str, int]) -> None:
    """Count what was recorded, now or by an earlier attempt: new lines, and what was settled."""
    events = [each.event for each in done.recorded]
    figures["lines"] += sum(isinstance(each, BankLineSeen) for each in events)
    figures["settled"] += sum(isinstance(each, _SETTLING) for each in events)


def _move(path: Path, folder: str, digest: str) -> Path:
    """Move a file to a folder beside it, under a name that no other content has."""
    into = path.parent / folder
    into.mkdir(exist_ok=True)
    return path.rename(into / f"{digest[:12]}-{path.name}")


def _refused(inbox: Path) -> Iterator[Seen]:
    """The refused files that nobody has taken away yet."""
    for path in waiting(inbox / REFUSED):
        reason = path.with_name(path.name + REASON)
        if path.name.endswith(REASON):
            continue
        told = reason.read_text(encoding="utf-8").splitlines() if reason.is_file() else []
        details = {"file": path.name, "reason": told[0] if told else "–", "more": str(len(told))}
        yield Seen("file_refused", path.name, Severity.SERIOUS, details)
