"""Checkpoints: signed statements of what the first n events are, kept outside the database.

The chain shows where something was altered; whoever rewrites it all, or cuts off its end, leaves a
chain that fits. A checkpoint is a C2SP tlog-checkpoint in a signed note:

    outcome-fund-ledger/5f0c…              origin: which ledger, also the name of its key
    2492                                   size: the number of events
    c0ff…=                                 Merkle root over their leaves, base64
    chain 9d3a…                            the chain value of the last of them
    position-time 2026-11-02T09:00:01…Z    when the last of them was recorded

    — outcome-fund-ledger/5f0c… AbCd…      Ed25519 over the text, after four bytes naming the key
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.store.files import write_new

_ED25519 = b"\x01"
_KEY_ID_BYTES = 4
_FILE = re.compile(r"[0-9]{12,}\.txt", re.ASCII)
_TIMESTAMP = re.compile(r"[0-9]{12,}\.tsr", re.ASCII)
_NAME = re.compile(r"[^\s+]+")
_TEXT = re.compile(
    r"([^\n]+)\n(0|[1-9][0-9]*)\n([A-Za-z0-9+/]{43}=)\nchain ([0-9a-f]{64})\n"
    r"position-time ([^\n]+)\n",
    re.ASCII,
)


class CheckpointError(Exception):
    """A checkpoint cannot be made, or cannot be believed."""


class CheckpointKeyError(CheckpointError):
    """The checkpoint key is missing, or its file does not hold one."""


class ForgedCheckpointError(CheckpointError):
    """A checkpoint is not as its key signed it."""


class NotTheSameLogError(CheckpointError):
    """The events are no longer those of a checkpoint."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the first events of a ledger are."""

    origin: str
    size: int
    root: bytes
    chain: bytes
    position_time: str

    def text(self) -> str:
        """The text that is signed."""
        root = base64.b64encode(self.root).decode()
        return (
            f"{self.origin}\n{self.size}\n{root}\n"
            f"chain {self.chain.hex()}\nposition-time {self.position_time}\n"
        )


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:_KEY_ID_BYTES]


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What checkpoints are verified with: `name+key id+base64`, as C2SP writes a vkey."""

    name: str
    raw: bytes

    @classmethod
    def parse(cls, vkey: str) -> PublicKey:
        """Read a vkey.

        Raises:
            CheckpointKeyError: if it is not one, or was damaged in copying.
        """
        text = vkey.strip()
        name, _, rest = text.partition("+")
        try:
            blob = base64.b64decode(rest.partition("+")[2], validate=True)
            Ed25519PublicKey.from_public_bytes(blob[1:])
        except ValueError:
            blob = b""
        key = cls(name, blob[1:])
        if not blob.startswith(_ED25519) or key.vkey() != text:
            message = f"{text!r} is not a public checkpoint key; copy it again, whole"
            raise CheckpointKeyError(message)
        return key

    def vkey(self) -> str:
        """The key as text."""
        blob = base64.b64encode(_ED25519 + self.raw).decode()
        return f"{self.name}+{_key_id(self.name, self.raw).hex()}+{blob}"

    def verify(self, note: str) -> str:
        """The text of a note that this key signed.

        Raises:
            ForgedCheckpointError: if it did not.
        """
        text, found, signatures = note.rpartition("\n\n")
        text += "\n"
        for line in signatures.split("\n") if found else ():
            dash, _, rest = line.partition(" ")
            name, _, encoded = rest.partition(" ")
            try:
                blob = base64.b64decode(encoded, validate=True)
            except ValueError:
                continue
            ours = _key_id(self.name, self.raw)
            if (dash, name, blob[:_KEY_ID_BYTES]) != ("—", self.name, ours):
                continue
            try:
                key = Ed25519PublicKey.from_public_bytes(self.raw)
                key.verify(blob[_KEY_ID_BYTES:], text.encode())
            except InvalidSignature:
                continue
            return text
        message = f"it is not signed by {self.name}+{_key_id(self.name, self.raw).hex()}"
        raise ForgedCheckpointError(message)

    def open(self, note: str) -> Checkpoint:
        """The checkpoint in a note that this key signed.

        Raises:
            ForgedCheckpointError: if it did not, or the text is no checkpoint of its ledger.
        """
        found = _TEXT.fullmatch(self.verify(note))
        if found is None or found[1] != self.name:
            message = f"what is signed is not a checkpoint of {self.name}"
            raise ForgedCheckpointError(message)
        origin, size, root, chain, moment = found.groups()
        return Checkpoint(origin, int(size), base64.b64decode(root), bytes.fromhex(chain), moment)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What checkpoints are signed with; whoever has it can sign for the ledger."""

    name: str
    seed: bytes

    @property
    def public(self) -> PublicKey:
        """The half that may be known."""
        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        return PublicKey(self.name, key.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """A text as a signed note."""
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        blob = base64.b64encode(_key_id(self.name, self.public.raw) + signature).decode()
        return f"{text}\n— {self.name} {blob}\n"


def public_file(key_file: Path) -> Path:
    """Where the public half of a key file lies."""
    return key_file.with_suffix(".pub")


def make_key_files(path: Path) -> None:
    """Write a new key, readable by its owner only, and its public half beside it.

    Raises:
        FileExistsError: if there is a file at the path; it is never overwritten.
    """
    key = SigningKey(f"outcome-fund-ledger/{secrets.token_hex(8)}", secrets.token_bytes(32))
    blob = base64.b64encode(_ED25519 + key.seed).decode()
    key_id = _key_id(key.name, key.public.raw).hex()
    if path.exists():
        raise FileExistsError(path)
    # The key comes last: where it is, its public half is, whenever this was broken off.
    public_file(path).unlink(missing_ok=True)
    write_new(public_file(path), f"{key.public.vkey()}\n".encode(), 0o644)
    write_new(path, f"PRIVATE+KEY+{key.name}+{key_id}+{blob}\n".encode(), 0o600)


def read_signing_key(path: Path) -> SigningKey:
    """Read the key.

    Raises:
        CheckpointKeyError: if the file is missing or does not hold a key.
    """
    try:
        words = path.read_text(encoding="utf-8").strip().split("+", 4)
    except FileNotFoundError:
        message = (
            f"the checkpoint key {path} is missing; put it back, name it in OFL_CHECKPOINT_KEY, "
            "or, for a ledger that never had one, run `ofl checkpoint --new-key`"
        )
        raise CheckpointKeyError(message) from None
    try:
        private, _, name, key_id, blob = words
        key = SigningKey(name, base64.b64decode(blob, validate=True)[1:])
        whole = private == "PRIVATE" and _key_id(name, key.public.raw).hex() == key_id
    except ValueError:
        whole, key = False, None
    if key is None or not whole or not _NAME.fullmatch(key.name):
        message = f"{path} does not hold a checkpoint key; take it from your copy"
        raise CheckpointKeyError(message)
    return key


def read_public_key(path: Path) -> PublicKey:
    """Read the public half of a key.

    Raises:
        CheckpointKeyError: if the file is missing or does not hold one.
    """
    try:
        return PublicKey.parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        message = (
            f"the public checkpoint key {path} is missing, so no checkpoint can be verified; "
            "put it back from your copy, beside the key that OFL_CHECKPOINT_KEY names"
        )
        raise CheckpointKeyError(message) from None


def files(directory: Path) -> list[Path]:
    """The files of all checkpoints in a directory, smallest first; none if there is none."""
    if not directory.is_dir():
        return []
    return sorted(path for path in directory.iterdir() if _FILE.fullmatch(path.name))


def read_file(path: Path, key: PublicKey) -> Checkpoint:
    """The checkpoint in a file, whatever its name.

    Raises:
        ForgedCheckpointError: if it is not as the key signed it.
    """
    try:
        return key.open(path.read_bytes().decode())
    except (ForgedCheckpointError, UnicodeDecodeError) as error:
        message = f"the checkpoint {path} cannot be believed: {error}"
        raise ForgedCheckpointError(message) from None


def timestamps(directory: Path) -> list[Path]:
    """The files of all timestamps in a directory, smallest checkpoint first."""
    if not directory.is_dir():
        return []
    return sorted(path for path in directory.iterdir() if _TIMESTAMP.fullmatch(path.name))


def note(directory: Path, size: int) -> str:
    """The signed note of the checkpoint of a size, as it lies in a directory."""
    return (directory / _name(size)).read_bytes().decode()


def read(directory: Path, key: PublicKey) -> Iterator[Checkpoint]:
    """Every checkpoint in a directory, smallest first.

    Raises:
        ForgedCheckpointError: if one is not as the key signed it.
    """
    for path in files(directory):
        checkpoint = read_file(path, key)
        if path.name != _name(checkpoint.size):
            message = f"the checkpoint {path} is of {checkpoint.size} events; it was renamed"
            raise ForgedCheckpointError(message)
        yield checkpoint


def _name(size: int) -> str:
    return f"{size:012d}.txt"


def write(directory: Path, checkpoint: Checkpoint, key: SigningKey) -> Path:
    """Sign a checkpoint and store it: whole or not at all, and never over another.

    Raises:
        FileExistsError: if there is a checkpoint of that size.
    """
    path = directory / _name(checkpoint.size)
    write_new(path, key.sign(checkpoint.text()).encode(), 0o644)
    return path
