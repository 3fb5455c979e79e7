"""Sealing: a signed checkpoint of all events up to now, and its timestamp."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ledger.commands.door import Door
from ledger.decide.refusal import AlreadyDone
from ledger.store import checkpoint, timestamp
from ledger.store.chain import GENESIS, link_leaf
from ledger.store.checkpoint import Checkpoint, NotTheSameLogError
from ledger.store.files import write_new
from ledger.store.merkle import Tree, leaf_hash


@dataclass(frozen=True, slots=True)
class Sealed:
    """A checkpoint of the whole ledger, where it lies, and whether it was made just now."""

    checkpoint: Checkpoint
    path: Path
    new: bool


class SealingCommands(Door):
    """Signing what the events are, so that no later change can hide."""

    def make_checkpoint_key(self) -> None:
        """Make the key of a ledger that was made before ledgers had one.

        Raises:
            AlreadyDone: if the ledger has a key or a checkpoint.
        """
        self.require_allowed("new-checkpoint-key")
        if checkpoint.files(self.checkpoints) or self.checkpoint_key.exists():
            message = f"the ledger has a checkpoint key; it belongs in {self.checkpoint_key}"
            raise AlreadyDone(message)
        checkpoint.make_key_files(self.checkpoint_key)

    def seal(self) -> Sealed:
        """Sign what all events up to now are; nothing is made if the last checkpoint says it.

        Raises what `seal_before` does; and `NotAllowed` or `NotSignedIn` to whom may not seal.
        """
        self.require_allowed("checkpoint")
        return self.seal_before()

    def seal_before(self) -> Sealed:
        """Seal as part of a command that needs it.

        Raises:
            NotTheSameLogError: if the chain is broken, or the events of the last checkpoint are no
                longer there: to sign would be to cover it up.
            ledger.store.checkpoint.CheckpointError: if the key is missing, or a checkpoint forged.
        """
        key = checkpoint.read_signing_key(self.checkpoint_key)
        known = list(checkpoint.read(self.checkpoints, key.public))
        last = known[-1] if known else None
        then, sealed = self._measure(key.name, last.size if last else 0)
        if then != last:
            message = (
                f"the events are no longer those of the checkpoint of {last and last.size} events; "
                "nothing was sealed; run `ofl verify`"
            )
            raise NotTheSameLogError(message)
        new = last is None or last.size < sealed.size
        if new:
            path = checkpoint.write(self.checkpoints, sealed, key)
        else:
            path = checkpoint.files(self.checkpoints)[-1]
        self._sealed_to = sealed.size
        return Sealed(sealed, path, new)

    def stamp(self, sealed: Sealed, url: str) -> Path:
        """Have a checkpoint timestamped by an authority, unless it is already.

        Raises:
            ledger.store.timestamp.TimestampError: if that could not be done; the checkpoint stays.
        """
        path = sealed.path.with_suffix(".tsr")
        if not path.exists():
            write_new(path, timestamp.ask(url, sealed.path.read_bytes()), 0o644)
        return path

    def _measure(self, origin: str, earlier: int) -> tuple[Checkpoint | None, Checkpoint]:
        """What a checkpoint of an earlier size must say, and one of all events up to now."""
        head, tree, chain, then = self.log.head()[0], Tree(), GENESIS, None
        now = Checkpoint(origin, 0, tree.root(), chain, "")
        for row in (row for batch in self.log.batches() for row in batch):
            leaf = leaf_hash(row.state)
            chain = link_leaf(row.position, chain, leaf)
            if (row.position, row.chain) != (tree.size + 1, chain):
                message = f"the events are altered at position {tree.size + 1}; run `ofl verify`"
                raise NotTheSameLogError(message)
            tree.add(leaf)
            if tree.size in {earlier, head}:
                now = Checkpoint(origin, tree.size, tree.root(), chain, row.recorded_at)
                then = now if tree.size == earlier else then
            if tree.size == head:
                break
        return then, now
