"""Personal keys: what a colleague signs commands with, so that nobody else can act as them.

The file holds an Ed25519 key as PKCS #8 in PEM, as OpenSSL writes it, under a passphrase if one was
given. The public half is registered in the ledger.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.store.files import write_new

_PREFIX = "ed25519:"


class PersonalKeyError(Exception):
    """A personal key is missing, or cannot be opened."""


class PersonalKey:
    """A personal key that is at hand; the file is read when the key is first needed."""

    def __init__(self, read: Callable[[], Ed25519PrivateKey]) -> None:
        self._read = read

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        return self._read()

    @classmethod
    def new(cls) -> PersonalKey:
        """A key of its own, in no file."""
        private = Ed25519PrivateKey.generate()
        return cls(lambda: private)

    @classmethod
    def at(cls, path: Path, passphrase: Callable[[], str]) -> PersonalKey:
        """The key in a file; the passphrase is asked for only if the file has one."""
        return cls(lambda: _open(path, passphrase))

    def write(self, path: Path, passphrase: str) -> None:
        """Write the key, readable by its owner only; sealed if the passphrase is not empty.

        Raises:
            FileExistsError: if there is a file at the path; it is never overwritten.
        """
        if path.exists():
            raise FileExistsError(path)
        form: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if passphrase:
            form = serialization.BestAvailableEncryption(passphrase.encode())
        pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        write_new(path, self._private.private_bytes(pem, pkcs8, form), 0o600)

    @cached_property
    def public(self) -> str:
        """The half that the ledger knows: `ed25519:` and base64."""
        raw = self._private.public_key().public_bytes_raw()
        return _PREFIX + base64.b64encode(raw).decode()

    def sign(self, text: bytes) -> str:
        """The signature over a text, base64."""
        return base64.b64encode(self._private.sign(text)).decode()


def _open(path: Path, passphrase: Callable[[], str]) -> Ed25519PrivateKey:
    try:
        pem = path.read_bytes()
    except OSError as error:
        message = f"the personal key {path} cannot be read ({error.strerror}); name it with --key"
        raise PersonalKeyError(message) from None
    try:
        try:
            key = serialization.load_pem_private_key(pem, None)
        except TypeError:  # it has a passphrase
            key = serialization.load_pem_private_key(pem, passphrase().encode())
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        message = f"{path} holds no personal key, or the passphrase is another"
        raise PersonalKeyError(message)
    return key


def is_good(key: str, text: bytes, signature: str) -> bool:
    """Whether a signature over a text was made with the key of this public half."""
    try:
        raw = base64.b64decode(key.removeprefix(_PREFIX), validate=True)
        made = base64.b64decode(signature, validate=True)
        Ed25519PublicKey.from_public_bytes(raw).verify(made, text)
    except (ValueError, InvalidSignature):
        return False
    return key.startswith(_PREFIX)
