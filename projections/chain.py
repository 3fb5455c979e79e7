"""The chain, hashed again: every stored event, the checkpoints it must meet, and its commands."""

from __future__ import annotations

from ledger.store.chain import GENESIS, link_leaf
from ledger.store.checkpoint import Checkpoint
from ledger.store.envelope import Envelope, unseal
from ledger.store.log import EventLog, StoredRow
from ledger.store.merkle import Tree, leaf_hash
from projections.follow import Progress
from projections.signatures import Signatures
from projections.verification import Check, Fault, Kind, Verification

Known = dict[int, set[Checkpoint]]
"""Checkpoints by size: those of the ledger, and what others have kept, which may say otherwise."""

Span = tuple[str, int, int]
"""A command's content hash, its first and its last position."""


def verify_chain(
    log: EventLog, known: Known, result: Verification, progress: Progress
) -> list[Fault]:
    """Hash every event again, compare every column with what was hashed, and meet checkpoints."""
    chain, last_time, tree = GENESIS, "", Tree()
    versions: dict[str, int] = {}
    spans: dict[str, Span] = {}
    signatures = Signatures()
    unsigned: list[tuple[int, str]] = []
    for batch in log.batches():
        for row in batch:
            expected, leaf = result.events + 1, leaf_hash(row.state)
            try:
                event = _read(row, expected, link_leaf(expected, chain, leaf))
                _in_order(row, last_time, versions)
            except _WrongError as wrong:
                return [Fault(Check.CHAIN, wrong.kind, expected, str(wrong))]
            unsigned += signatures.see(row, event)
            chain, last_time = row.chain, row.recorded_at
            versions[row.stream] = row.version
            _, first, _ = spans.get(event.command, ("", expected, 0))
            spans[event.command] = (event.command_sha256, first, expected)
            tree.add(leaf)
            for said in known.get(expected, ()):
                seen = Checkpoint(said.origin, expected, tree.root(), chain, last_time)
                if seen != said:
                    return [_rewritten(result.covered, expected)]
                result.checkpoints, result.covered = result.checkpoints + 1, expected
            result.events, result.chain = expected, chain.hex()
        progress(len(batch))
    last = max(known, default=0)
    if result.events < last:
        return [_cut_off(log, result.events, last)]
    unsigned += signatures.finish()
    people = signatures.people
    result.signed, result.emergencies = signatures.signed, people.glasses
    result.unwitnessed = people.unwitnessed
    return [
        *(Fault(Check.SIGNATURES, Kind.NOT_SIGNED, at, message) for at, message in unsigned),
        *_command_faults(log.commands(), spans, result.events),
    ]


def _rewritten(covered: int, size: int) -> Fault:
    since = f"those up to {covered} are as sealed" if covered else "no earlier checkpoint says more"
    message = (
        f"the chain fits, but the first {size} events are not those that were sealed; {since}: "
        "events were changed and chained anew, or an older backup was written on"
    )
    return Fault(Check.CHECKPOINTS, Kind.REWRITTEN, covered + 1, message)


def _cut_off(log: EventLog, events: int, sealed: int) -> Fault:
    """The events end before a checkpoint."""
    message = f"{sealed} events were sealed, but only {events} are here: "
    if any(last > events for _, _, last in log.commands().values()):
        kind, why = Kind.TRUNCATED, "the newest were deleted, as the index of commands still shows"
    else:
        kind, why = Kind.OLDER_BACKUP, "this is an older backup, or the newest were deleted neatly"
    return Fault(Check.CHECKPOINTS, kind, events + 1, message + why)


class _WrongError(Exception):
    """A stored row is not as it was recorded."""

    def __init__(self, message: str, kind: Kind = Kind.ALTERED) -> None:
        super().__init__(message)
        self.kind = kind


def _read(row: StoredRow, expected: int, chained: bytes) -> Envelope:
    """The event in a row that should be at a position and have a chain value.

    Raises:
        _WrongError: if the row is not as it was recorded.
    """
    if row.position > expected:
        message = f"position {expected} is missing; the next event is {row.position}"
        raise _WrongError(message, Kind.MISSING)
    if row.position < expected:
        message = f"there is an event at position {row.position}"
        raise _WrongError(message)
    if row.chain != chained:
        message = f"the bytes of position {expected} are not those that were chained"
        raise _WrongError(message)
    try:
        envelope = unseal(row.state)
    except ValueError as error:
        message = f"position {expected}: {error}"
        raise _WrongError(message) from None
    if _columns(envelope) != (row.position, row.stream, row.version, row.topic, row.recorded_at):
        message = f"the columns of position {expected} differ from its bytes"
        raise _WrongError(message)
    return envelope


def _in_order(row: StoredRow, last_time: str, versions: dict[str, int]) -> None:
    """Refuse a row that does not follow on its stream, or comes before the time of the last one.

    Raises:
        _WrongError: if so.
    """
    if row.version != versions.get(row.stream, 0) + 1:
        message = f"position {row.position} is version {row.version} of {row.stream}, out of order"
        raise _WrongError(message)
    if row.recorded_at < last_time:
        message = f"position {row.position} was recorded before the event ahead of it"
        raise _WrongError(message)


def _columns(envelope: Envelope) -> tuple[int, str, int, str, str]:
    return (
        envelope.position,
        envelope.stream,
        envelope.version,
        envelope.topic,
        envelope.recorded_at,
    )


def _command_faults(kept: dict[str, Span], spans: dict[str, Span], head: int) -> list[Fault]:
    """The index of commands must say what the events say."""
    wrong = sorted(name for name in spans.keys() | kept.keys() if spans.get(name) != kept.get(name))
    return [
        Fault(
            Check.COMMANDS,
            Kind.TRUNCATED if name in kept and kept[name][2] > head else Kind.ALTERED,
            spans[name][1] if name in spans else None,
            f"command {name} is not as recorded",
        )
        for name in wrong
    ]
