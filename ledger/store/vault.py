"""The vault: who a pseudonym is, and the keys to what is personal.

A file or a schema of its own. A citizen's id is kept only as a keyed HMAC, per agreement; each
subject has a data key, wrapped by a key that lies outside the database. Destroying a data key
erases what was sealed with it, while every event stays as it was.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterable, Sequence
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
from ledger.store.database import Cursor, Database
from ledger.store.files import write_new

KEY_BYTES = 32
_NONCE_BYTES = 12
_ASKED_AT_ONCE = 500


class VaultKeyError(Exception):
    """The vault's key is missing or is not the one it was made with."""


class VaultMissingError(Exception):
    """The vault itself is missing: without it nobody is known and everybody would be new."""


def make_key_file(path: Path) -> None:
    """Write a new random key, readable by its owner only; never over an existing file."""
    write_new(path, f"{os.urandom(KEY_BYTES).hex()}\n".encode(), 0o600)


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


TABLES = (
    (
        "CREATE TABLE IF NOT EXISTS subject (digest {binary} PRIMARY KEY, "
        "ref TEXT NOT NULL UNIQUE, wrapped_key {binary} NOT NULL)"
    ),
    "CREATE TABLE IF NOT EXISTS key_check (digest {binary} PRIMARY KEY)",
)
"""The vault's tables; engines have different names for bytes."""


def make_tables(database: Database, binary: str) -> None:
    """Make the vault's tables where they are missing."""
    with database.writing() as c:
        for table in TABLES:
            c.execute(table.format(binary=binary))


def _key_checks(c: Cursor) -> list[bytes]:
    c.execute("SELECT digest FROM key_check")
    return [row[0] for row in c.fetchall()]


class Vault:
    """Pseudonyms and data keys."""

    def __init__(self, database: Database, key: bytes, new_ref: Callable[[], str]) -> None:
        self._digest_key = _derived(key, b"ofl vault: person digest")
        self._wrapping_key = _derived(key, b"ofl vault: data key wrapping")
        self._together_key = _derived(key, b"ofl vault: people together")
        self._new_ref = new_ref
        self._keys: dict[str, AESGCM | None] = {}
        self.database = database
        self._check_key()

    def _check_key(self) -> None:
        """Refuse another key than the vault was made with: it would find nobody.

        Raises:
            VaultKeyError: if the key is another one.
        """
        expected = self._digest("", "key check")
        with self.database.reading() as c:
            known = _key_checks(c)
        if not known:
            with self.database.writing() as c:
                c.execute(
                    "INSERT INTO key_check SELECT ? WHERE NOT EXISTS (SELECT 1 FROM key_check)",
                    (expected,),
                )
                known = _key_checks(c)
        if known != [expected]:
            self.close()
            message = "this is not the key that the vault was made with; name the right key file"
            raise VaultKeyError(message)

    def close(self) -> None:
        """Close every connection."""
        self.database.close()

    def _digest(self, agreement: str, person_id: str) -> bytes:
        mac = hmac.HMAC(self._digest_key, hashes.SHA256())
        mac.update(f"{agreement}\x00{normalised(person_id)}".encode())
        return mac.finalize()

    def fingerprint(self, number: str) -> str:
        """An account number as the ledger keeps it: its last digits, and a digest of it all.

        The digest is keyed, as there are few enough numbers to try them all.
        """
        compact = normalised(number)
        return f"{compact[-4:]}-{self._digest('bank account', compact).hex()[:16]}"

    def find(self, agreement: str, person_id: str) -> SubjectRef | None:
        """The pseudonym of a person in an agreement; None if the person is not known there."""
        with self.database.reading() as c:
            return self._find(c, agreement, person_id)

    def _find(self, c: Cursor, agreement: str, person_id: str) -> SubjectRef | None:
        digest = self._digest(agreement, person_id)
        c.execute("SELECT ref FROM subject WHERE digest = ?", (digest,))
        row = c.fetchone()
        return SubjectRef(row[0]) if row else None

    def admit(self, agreement: str, person_ids: Iterable[str]) -> dict[str, SubjectRef]:
        """The pseudonyms of persons in an agreement, new ones made where there are none."""
        refs = {}
        with self.database.writing() as c:
            for person_id in person_ids:
                ref = self._find(c, agreement, person_id)
                if ref is None:
                    ref = SubjectRef(self._new_ref())
                    wrapped = aes_key_wrap(self._wrapping_key, os.urandom(KEY_BYTES))
                    c.execute(
                        "INSERT INTO subject (digest, ref, wrapped_key) VALUES (?,?,?)",
                        (self._digest(agreement, person_id), ref, wrapped),
                    )
                refs[person_id] = ref
        return refs

    def known(self, refs: Iterable[str]) -> set[str]:
        """Those of some pseudonyms whose person the vault still knows."""
        wanted = set(refs)
        with self.database.reading() as c:
            c.execute("SELECT ref FROM subject")
            return wanted & {row[0] for row in c.fetchall()}

    def erase(self, ref: str) -> None:
        """Destroy what is known of a person: the fingerprint of the id and the data key.

        The room is then written anew, so that no page keeps a trace; done again, it is so again.
        """
        with self.database.writing() as c:
            c.execute("DELETE FROM subject WHERE ref = ?", (ref,))
        self._keys[ref] = None
        self.database.rewrite("subject")

    def _key(self, ref: str) -> AESGCM | None:
        if ref not in self._keys:
            with self.database.reading() as c:
                c.execute("SELECT wrapped_key FROM subject WHERE ref = ?", (ref,))
                row = c.fetchone()
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

    # --- what is of several people ------------------------------------------------------------

    def seal_under_all(self, refs: Sequence[str], plain: bytes, bound_to: str) -> bytes | None:
        """Encrypt what is of several people together; None if the key of one of them is gone.

        It opens only as long as all their keys are there: erasing one erases it.
        """
        key = self._together(refs)
        if key is None:
            return None
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + key.encrypt(nonce, plain, bound_to.encode())

    def open_under_all(self, refs: Sequence[str], sealed: bytes, bound_to: str) -> bytes | None:
        """Decrypt what was sealed under all of these; None if one is gone, or it does not open."""
        key = self._together(refs)
        if key is None:
            return None
        try:
            return key.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to.encode())
        except InvalidTag:
            return None

    def _together(self, refs: Sequence[str]) -> AESGCM | None:
        """A key made of the keys of all, as they lie here; None if one is missing."""
        found: dict[str, bytes] = {}
        with self.database.reading() as c:
            for first in range(0, len(refs), _ASKED_AT_ONCE):
                some = refs[first : first + _ASKED_AT_ONCE]
                marks = ",".join("?" * len(some))
                c.execute(f"SELECT ref, wrapped_key FROM subject WHERE ref IN ({marks})", some)  # noqa: S608
                found |= {row[0]: bytes(row[1]) for row in c.fetchall()}
        if len(found) != len(set(refs)):
            return None
        mac = hmac.HMAC(self._together_key, hashes.SHA256())
        mac.update(b"".join(ref.encode() + b"\x00" + found[ref] for ref in sorted(found)))
        return AESGCM(mac.finalize())
