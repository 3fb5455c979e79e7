"""What a verification looks at, and what it finds: faults, and the outcome in a word."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ledger.decide.people_state import Glass
from ledger.store.chain import GENESIS


class Check(StrEnum):
    """What was checked."""

    STORE = "store"
    CHAIN = "chain"
    CHECKPOINTS = "checkpoints"
    TIMESTAMPS = "timestamps"
    COMMANDS = "commands"
    SIGNATURES = "signatures"
    VIEWS = "views"
    PERIODS = "periods"
    DECISIONS = "decisions"
    ERASURES = "erasures"


class Kind(StrEnum):
    """In which way something is wrong."""

    ALTERED = "altered"
    MISSING = "missing"
    TRUNCATED = "truncated"
    """The newest events are gone, and something in the file still tells of them."""
    OLDER_BACKUP = "older backup"
    """The file is whole, but ends before a checkpoint: an older copy, or one neatly cut off."""
    NOT_SIGNED = "not signed"
    """People are set up, and a command does not carry a good signature of who acted."""
    REWRITTEN = "rewritten"
    """The chain fits, but not the checkpoint: events were changed and chained anew."""
    FORGED_CHECKPOINT = "forged checkpoint"
    FORGED_TIMESTAMP = "forged timestamp"
    DAMAGED = "damaged"
    """What the database keeps beside the events, indexes and triggers, is not as it was made."""
    MISSING_CHECKPOINT = "missing checkpoint"
    """A payment was sent, which seals what it rests on, and no checkpoint here covers that."""
    NOT_ERASED = "not erased"
    """A person was to be forgotten, and the vault still knows the person."""
    UNVERIFIABLE = "unverifiable"
    """What is needed to tell is not at hand."""


_CANNOT_TELL = {Kind.MISSING_CHECKPOINT, Kind.NOT_ERASED, Kind.UNVERIFIABLE}


class Outcome(StrEnum):
    """What a verification says in one word."""

    SOUND = "sound"
    TAMPERED = "tampered"
    UNVERIFIABLE = "unverifiable"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was recorded, and the position where it first shows, if any."""

    check: Check
    kind: Kind
    position: int | None
    message: str


@dataclass(slots=True)
class Verification:
    """What was verified and what was found."""

    events: int = 0
    chain: str = GENESIS.hex()
    checkpoints: int = 0
    covered: int = 0
    """How many events, from the first, the largest checkpoint that holds stands for."""
    stamped: dict[int, str] = field(default_factory=dict)
    """When an authority saw the checkpoint of a size, in UTC, as far as that was looked at."""
    unlooked: int = 0
    """How many timestamps were not looked at, for want of the authority's certificates."""
    assessments: int = 0
    tables: int = 0
    erased: int = 0
    """How many people are erased; their decisions were taken as given, all else was repeated."""
    signed: int = 0
    """How many commands carry a good signature of who acted: all, since people are set up."""
    emergencies: list[Glass] = field(default_factory=list)
    """The duties that were taken in an emergency, reviewed or not."""
    unwitnessed: int = 0
    """How many more people must witness that the set-up names different persons."""
    faults: list[Fault] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """Tampered goes before unverifiable: what is proved wrong is not in doubt."""
        if any(fault.kind not in _CANNOT_TELL for fault in self.faults):
            return Outcome.TAMPERED
        return Outcome.UNVERIFIABLE if self.faults else Outcome.SOUND

    @property
    def sound(self) -> bool:
        """Whether everything is as it was recorded."""
        return self.outcome is Outcome.SOUND

    @property
    def uncovered(self) -> int:
        """How many events, the newest ones, no checkpoint stands for yet."""
        return self.events - self.covered
