"""What every event is, and where it stands once it is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ledger.model import Model, Position


class Sealed(Model):
    """A personal value that this reader cannot open."""

    sealed: str


class Event(Model):
    """Something that happened, to be stored under `topic`."""

    topic: ClassVar[str]
    personal: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its place, its times and who acted."""

    position: Position
    stream: str
    version: int
    recorded_at: str
    effective_on: date
    actor: str
    command: str
    event: Event
