"""Events <-> stored data: personal fields sealed on the way in, opened on the way out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ledger.events import EVENTS, Event, Recorded
from ledger.model import Position
from ledger.store.envelope import canonical, unseal
from ledger.store.vault import Vault
from ledger.upcasts import upcast

NOTHING: Mapping[str, Any] = MappingProxyType({})


class UnknownTopicError(Exception):
    """The store holds an event that this version of the program does not know."""


def _place(stream: str, version: int, field: str) -> str:
    return f"{stream}|{version}|{field}"


def encode(event: Event, stream: str, version: int, vault: Vault) -> dict[str, Any]:
    """The event as JSON values, its personal fields sealed for its subject and this place."""
    data = event.model_dump(mode="json")
    for field in event.personal:
        if data[field] is not None and (ref := data["subject"]) is not None:
            sealed = vault.seal(ref, canonical(data[field]), _place(stream, version, field))
            data[field] = {"sealed": sealed}
    return data


def decode(
    stored: bytes, vault: Vault | None = None, instead: Mapping[str, Any] = NOTHING
) -> Recorded:
    """The event in stored bytes; without a vault, or the subject's key, personal fields stay shut.

    What `instead` gives of a field is taken in place of what is stored, which is not opened then.

    Raises:
        UnknownTopicError: if the topic is not known.
        ValueError: if the bytes are not an event, or a sealed value was altered.
    """
    envelope = unseal(stored)
    topic, data = upcast(envelope.topic, envelope.data)
    kind = EVENTS.get(topic)
    if kind is None:
        message = f"position {envelope.position}: this program does not know {envelope.topic!r}"
        raise UnknownTopicError(message)
    if instead:
        data = {**data, **{name: value for name, value in instead.items() if name in data}}
    if vault is not None and data.get("subject") is not None:
        for field in kind.personal:
            if data.get(field) is not None:
                place = _place(envelope.stream, envelope.version, field)
                plain = vault.open(data["subject"], data[field]["sealed"], place)
                if plain is not None:
                    data[field] = json.loads(plain)
    return Recorded(
        position=Position(envelope.position),
        stream=envelope.stream,
        version=envelope.version,
        recorded_at=envelope.recorded_at,
        effective_on=envelope.effective_on,
        actor=envelope.actor,
        command=envelope.command,
        event=kind.model_validate(data),
    )
