"""What is stored of an event: one JSON object in canonical bytes, holding every field.

The bytes are made once and never again: what is read back is what was hashed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Command:
    """Who asked for what. The same id with the same content is done once."""

    id: str
    sha256: str
    actor: str

    @classmethod
    def of(cls, command_id: str, actor: str, content: object) -> Command:
        """A command with the hash of its content, any JSON value."""
        return cls(command_id, hashlib.sha256(canonical(content)).hexdigest(), actor)


class Envelope(NamedTuple):
    """A stored event's fields, its data still as JSON values."""

    position: int
    recorded_at: str
    stream: str
    version: int
    topic: str
    effective_on: date
    actor: str
    command: str
    command_sha256: str
    data: dict[str, Any]
    signature: dict[str, str] | None = None
    """On the first event of a signed command: the public key, and what it signed it with."""


# Made once: json.dumps and json.loads would make one for every event.
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def canonical(value: object) -> bytes:
    """A JSON value as UTF-8 with sorted keys and no spaces; NaN and infinity are refused."""
    return _ENCODER.encode(value).encode()


def body(topic: str, effective_on: date, command: Command, data: dict[str, Any]) -> bytes:
    """The fields that are known before the store gives the event its place."""
    return canonical(
        {
            "topic": topic,
            "effective_on": effective_on.isoformat(),
            "actor": command.actor,
            "command": command.id,
            "command_sha256": command.sha256,
            "data": data,
        }
    )


_SIGNED = b"outcome-fund-ledger command 1\n"


def to_sign(ledger: str, command: Command, bodies: Sequence[tuple[str, int, bytes]]) -> bytes:
    """What who acts signs: the ledger, the command, and every event of it but for its place.

    `ledger` is the chain value of its first event; `bodies` are stream, version and body of each.
    """
    events = [
        [stream, version, hashlib.sha256(made).hexdigest()] for stream, version, made in bodies
    ]
    return _SIGNED + canonical(
        {
            "ledger": ledger,
            "command": command.id,
            "command_sha256": command.sha256,
            "actor": command.actor,
            "events": events,
        }
    )


def with_signature(made: bytes, key: str, signature: str) -> bytes:
    """A body with the signature of its command, which stands last and outside of what is signed."""
    return made[:-1] + _signature_field({"key": key, "signature": signature})


def _signature_field(signature: dict[str, str]) -> bytes:
    return b',"signature":' + canonical(signature) + b"}"


def signed_body(stored: bytes, envelope: Envelope) -> bytes:
    """The body in stored bytes as it was signed.

    Raises:
        ValueError: if the bytes are not as `seal` and `with_signature` write them.
    """
    place = {
        "position": envelope.position,
        "recorded_at": envelope.recorded_at,
        "stream": envelope.stream,
        "version": envelope.version,
    }
    head = canonical(place)[:-1] + b","
    tail = b"}" if envelope.signature is None else _signature_field(envelope.signature)
    if not (stored.startswith(head) and stored.endswith(tail)):
        message = "the fields do not stand as they are written"
        raise ValueError(message)
    return b"{" + stored[len(head) : -len(tail)] + b"}"


def seal(made: bytes, position: int, recorded_at: str, stream: str, version: int) -> bytes:
    """The stored bytes: the place and time in front of the body."""
    place = canonical(
        {
            "position": position,
            "recorded_at": recorded_at,
            "stream": stream,
            "version": version,
        }
    )
    return place[:-1] + b"," + made[1:]


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        message = "a stored event names a field twice"
        raise ValueError(message)
    return fields


_DECODER = json.JSONDecoder(object_pairs_hook=_no_duplicates)


def unseal(stored: bytes) -> Envelope:
    """Read stored bytes.

    Raises:
        ValueError: if they are not an event as `seal` writes it.
    """
    try:
        fields = _DECODER.decode(stored.decode())
        fields["effective_on"] = date.fromisoformat(fields["effective_on"])
        return Envelope(**fields)
    except (TypeError, KeyError, AttributeError, UnicodeDecodeError) as error:
        message = f"not a stored event: {error}"
        raise ValueError(message) from None


def timestamp(moment: datetime) -> str:
    """A moment as UTC text with microseconds, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
