"""Proofs to hand out: that one event is sealed, or that a checkpoint contains an earlier one.

Who holds the public key checks such a file without the ledger: `standalone/verify_ledger.py FILE`.
An event's proof is a C2SP tlog-proof with the event's bytes as its extra data. What is personal in
them stays sealed.
"""

from __future__ import annotations

import base64
from itertools import islice

from ledger.decide.refusal import NotFound
from ledger.service import Ledger
from ledger.store import checkpoint
from ledger.store.checkpoint import Checkpoint, NotTheSameLogError
from ledger.store.merkle import consistency_proof, inclusion_proof, leaf_hash, root

INCLUSION, CONSISTENCY = "c2sp.org/tlog-proof@v1", "outcome-fund-ledger/consistency@v1"


def prove_event(ledger: Ledger, position: int, size: int | None = None) -> tuple[str, int]:
    """The proof of one event in the checkpoint of a size, or the smallest that covers it.

    Returns the text of the proof, and the size.

    Raises:
        NotFound: if no checkpoint, or not the one of that size, covers the event.
        ledger.store.checkpoint.CheckpointError: if the checkpoints cannot be believed, or the
            events are no longer theirs.
    """
    sealed = _checkpoints(ledger)
    covering = [each for each in sealed if each >= position > 0 and size in {None, each}]
    if not covering:
        message = (
            f"no checkpoint{f' of {size} events' if size else ''} covers event {position} "
            f"(known: {_listed(sealed)}); `ofl checkpoint` seals what is there"
        )
        raise NotFound(message)
    said = sealed[min(covering)]
    leaves = _leaves(ledger, said)
    ((stored,),) = (
        [row.state for row in islice(batch, 1)]
        for batch in islice(ledger.log.batches(position - 1), 1)
    )
    hashes = inclusion_proof(leaves, position - 1)
    head = [INCLUSION, f"extra {base64.b64encode(stored).decode()}", f"index {position - 1}"]
    return _text(head, hashes, [checkpoint.note(ledger.checkpoints, said.size)]), said.size


def prove_growth(ledger: Ledger, first: int, second: int) -> str:
    """The proof that the checkpoint of one size is the beginning of that of another.

    Raises:
        NotFound: if there is no checkpoint of one of the sizes, or the first is the larger.
        ledger.store.checkpoint.CheckpointError: as above.
    """
    sealed = _checkpoints(ledger)
    for size in (first, second):
        if size not in sealed:
            message = f"there is no checkpoint of {size} events (known: {_listed(sealed)})"
            raise NotFound(message)
    if not 0 < first <= second:
        message = f"a checkpoint of {second} events does not contain one of {first}"
        raise NotFound(message)
    leaves = _leaves(ledger, sealed[second])
    if root(leaves[:first]) != sealed[first].root:
        raise _not_the_same(sealed[first])
    notes = [checkpoint.note(ledger.checkpoints, size) for size in (first, second)]
    return _text([CONSISTENCY], consistency_proof(leaves, first), notes)


def _text(head: list[str], hashes: list[bytes], notes: list[str]) -> str:
    lines = [*head, *(base64.b64encode(each).decode() for each in hashes)]
    return "\n\n".join(["\n".join(lines), *(note.rstrip("\n") for note in notes)]) + "\n"


def _listed(sealed: dict[int, Checkpoint]) -> str:
    return ", ".join(map(str, sealed)) or "none yet"


def _checkpoints(ledger: Ledger) -> dict[int, Checkpoint]:
    """The checkpoints by size; none if nothing was ever sealed."""
    if not checkpoint.files(ledger.checkpoints):
        return {}
    key = checkpoint.read_public_key(checkpoint.public_file(ledger.checkpoint_key))
    return {each.size: each for each in checkpoint.read(ledger.checkpoints, key)}


def _leaves(ledger: Ledger, said: Checkpoint) -> list[bytes]:
    """The leaves of the events that a checkpoint was made of."""
    rows = (row for batch in ledger.log.batches() for row in batch)
    leaves = [leaf_hash(row.state) for row in islice(rows, said.size)]
    if len(leaves) != said.size or root(leaves) != said.root:
        raise _not_the_same(said)
    return leaves


def _not_the_same(said: Checkpoint) -> NotTheSameLogError:
    message = (
        f"the events are no longer those of the checkpoint of {said.size} events; run `ofl verify`"
    )
    return NotTheSameLogError(message)
