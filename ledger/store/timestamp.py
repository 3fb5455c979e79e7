"""Timestamps of RFC 3161: an authority's word that a checkpoint was there at a time.

The clock of the machine that keeps the ledger is its keeper's; the authority's is not. A token is
over the bytes of the checkpoint's signed note and lies beside it: 000000002492.txt, …92.tsr.
"""

from __future__ import annotations

import http.client
import importlib.util
import urllib.error
import urllib.request
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

from cryptography import x509

from ledger.store.checkpoint import CheckpointError

SECONDS_TO_ANSWER = 30
LARGEST_ANSWER = 1_000_000
"""Bytes; a token is a few thousand."""


class TimestampError(CheckpointError):
    """No timestamp could be had, or looked at."""


class ForgedTimestampError(TimestampError):
    """A timestamp is not what the authority gave for this checkpoint."""


def _rfc3161() -> ModuleType:
    """The library, which is installed only where it is wanted.

    Raises:
        TimestampError: if it is not.
    """
    if importlib.util.find_spec("rfc3161_client") is None:
        message = "for timestamps, install the extra: pip install 'outcome-fund-ledger[timestamp]'"
        raise TimestampError(message)
    import rfc3161_client  # noqa: PLC0415 - only where it is installed

    return rfc3161_client


def read_certificates(path: Path) -> list[x509.Certificate]:
    """The authority's certificates, from a PEM file.

    Raises:
        TimestampError: if the file is missing or holds none.
    """
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        message = f"{path} does not hold the timestamp authority's certificates (PEM): {error}"
        raise TimestampError(message) from None


def ask(url: str, note: bytes) -> bytes:
    """Ask an authority for a timestamp of a note; its answer, as it is stored.

    Raises:
        TimestampError: if it cannot be reached, or does not give one for this note.
    """
    library = _rfc3161()
    if urlsplit(url).scheme not in {"http", "https"}:
        message = f"{url!r} is not the address of a timestamp authority: http://… or https://…"
        raise TimestampError(message)
    asked = (
        library.TimestampRequestBuilder(data=note)
        .hash_algorithm(library.HashAlgorithm.SHA256)
        .build()
    )
    request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
        url, asked.as_bytes(), {"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS_TO_ANSWER) as answer:  # noqa: S310
            token: bytes = answer.read(LARGEST_ANSWER)
        found = library.decode_timestamp_response(token)
        granted = library.PKIStatus(found.status) is library.PKIStatus.GRANTED
        info = found.tst_info if granted else None
    except (OSError, http.client.HTTPException, ValueError) as error:
        message = f"the timestamp authority {url} gave no timestamp: {error}"
        raise TimestampError(message) from None
    if info is None or info.message_imprint.message != asked.message_imprint.message:
        message = f"the timestamp authority {url} refused"
        raise TimestampError(message)
    if info.nonce != asked.nonce:
        message = f"the timestamp authority {url} answered something else than was asked"
        raise TimestampError(message)
    return token


def check(token: bytes, note: bytes, trusted: Iterable[x509.Certificate]) -> datetime:
    """The time at which an authority that is trusted saw a note.

    Raises:
        ForgedTimestampError: if the token is not over this note, or not by that authority.
        TimestampError: if it cannot be told.
    """
    library = _rfc3161()
    builder = library.VerifierBuilder()
    for certificate in trusted:
        if certificate.issuer == certificate.subject:
            builder = builder.add_root_certificate(certificate)
        else:
            builder = builder.add_intermediate_certificate(certificate)
    try:
        verifier = builder.build()
    except ValueError as error:
        message = f"the certificates of the timestamp authority will not do: {error}"
        raise TimestampError(message) from None
    try:
        found = library.decode_timestamp_response(token)
        verifier.verify_message(found, note)
        moment: datetime = found.tst_info.gen_time
    except (library.VerificationError, ValueError) as error:
        raise ForgedTimestampError(str(error)) from None
    return moment
