"""The vault: who a pseudonym is, and the keys to what is personal.

A file of its own. A citizen's id is kept only as a keyed HMAC, per agreement; each subject has a
data key, wrapped by a key that lies outside the database. Destroying a data key erases what was
sealed with it, while every event stays as it was.
"""

from __future__ import annotations

import base64
import os
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap,
    aes_key_wrap,
)

from ledger.model import SubjectRef

KEY_BYTES = 32
_NONCE_BYTES = 12


class VaultKeyError(Exception):
    """The vault's key is missing or is not the one it was made with."""


class VaultMissingError(Exception):
    """The vault itself is missing: without it nobody is known and everybody would be new."""


def make_key_file(path: Path) -> None:
    """Write a new random key, readable by its owner only; never over an existing file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(os.urandom(KEY_BYTES).hex() + "\n")


def read_key_file(path: Path) -> bytes:
    """Read the key.

    Raises:
        VaultKeyError: if the file is missing or does not hold a key.
    """
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        message = f"the vault's key {path} is missing; put it back, or name it in OFL_VAULT_KEY"
        raise VaultKeyError(message) from None
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        message = f"{path} does not hold a vault key ({KEY_BYTES} bytes as hexadecimal)"
        raise VaultKeyError(message)
    return key


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=purpose).derive(key)


def normalised(person_id: str) -> str:
    """A citizen's id without spaces and hyphens, so that 010190-1234 is 0101901234."""
    return person_id.replace(" ", "").replace("-", "").upper()


class Vault:
    """Pseudonyms and data keys in one SQLite file."""

    def __init__(
        self, path: Path, key: bytes, new_ref: Callable[[], str], *, create: bool = False
    ) -> None:
        if not create and not path.is_file():
            message = f"the vault {path} is missing; put it back from its copy"
            raise VaultMissingError(message)
        self._digest_key = _derived(key, b"ofl vault: person digest")
        self._wrapping_key = _derived(key, b"ofl vault: data key wrapping")
        self._new_ref = new_ref
        self._keys: dict[str, AESGCM | None] = {}
        self._database = sqlite3.connect(path, isolation_level=None, timeout=30)
        self._database.execute("PRAGMA synchronous=EXTRA")
        # Overwrite what is deleted: an erased key must not linger in free pages.
        self._database.execute("PRAGMA secure_delete=ON")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS subject ("
            "digest BLOB PRIMARY KEY, ref TEXT NOT NULL UNIQUE, wrapped_key BLOB NOT NULL)"
        )
        self._database.execute("CREATE TABLE IF NOT EXISTS key_check (digest BLOB PRIMARY KEY)")
        self._check_key()

    def _check_key(self) -> None:
        """Refuse another key than the vault was made with: it would find nobody.

        Raises:
            VaultKeyError: if the key is another one.
        """
        expected = self._digest("", "key check")
        self._database.execute(
            "INSERT INTO key_check SELECT ? WHERE NOT EXISTS (SELECT 1 FROM key_check)", (expected,)
        )
        if self._database.execute("SELECT digest FROM key_check").fetchall() != [(expected,)]:
            self.close()
            message = "this is not the key that the vault was made with; name the right key file"
            raise VaultKeyError(message)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _digest(self, agreement: str, person_id: str) -> bytes:
        mac = hmac.HMAC(self._digest_key, hashes.SHA256())
        mac.update(f"{agreement}\x00{normalised(person_id)}".encode())
        return mac.finalize()

    def find(self, agreement: str, person_id: str) -> SubjectRef | None:
        """The pseudonym of a person in an agreement; None if the person is not known there."""
        row = self._database.execute(
            "SELECT ref FROM subject WHERE digest = ?", (self._digest(agreement, person_id),)
        ).fetchone()
        return SubjectRef(row[0]) if row else None

    def admit(self, agreement: str, person_ids: Iterable[str]) -> dict[str, SubjectRef]:
        """The pseudonyms of persons in an agreement, new ones made where there are none."""
        refs = {}
        self._database.execute("BEGIN IMMEDIATE")
        try:
            for person_id in person_ids:
                ref = self.find(agreement, person_id) or SubjectRef(self._new_ref())
                wrapped = aes_key_wrap(self._wrapping_key, os.urandom(KEY_BYTES))
                self._database.execute(
                    "INSERT INTO subject VALUES (?,?,?) ON CONFLICT (digest) DO NOTHING",
                    (self._digest(agreement, person_id), ref, wrapped),
                )
                refs[person_id] = ref
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")
        return refs

    def _key(self, ref: str) -> AESGCM | None:
        if ref not in self._keys:
            row = self._database.execute(
                "SELECT wrapped_key FROM subject WHERE ref = ?", (ref,)
            ).fetchone()
            try:
                self._keys[ref] = row and AESGCM(aes_key_unwrap(self._wrapping_key, row[0]))
            except InvalidUnwrap:
                message = "this is not the key that the vault was made with"
                raise VaultKeyError(message) from None
        return self._keys[ref]

    def seal(self, ref: str, plain: bytes, bound_to: str) -> str:
        """Encrypt a personal value for one place only, as base64.

        Raises:
            LookupError: if the subject's key is gone.
        """
        key = self._key(ref)
        if key is None:
            raise LookupError(ref)
        nonce = os.urandom(_NONCE_BYTES)
        return base64.b64encode(nonce + key.encrypt(nonce, plain, bound_to.encode())).decode()

    def open(self, ref: str, sealed: str, bound_to: str) -> bytes | None:
        """Decrypt a personal value; None if the subject's key is gone.

        Raises:
            ValueError: if the value was altered, or moved from another place.
        """
        key = self._key(ref)
        if key is None:
            return None
        box = base64.b64decode(sealed)
        try:
            return key.decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], bound_to.encode())
        except InvalidTag:
            message = f"a sealed value of subject {ref} does not open"
            raise ValueError(message) from None
