"""What a job is: a name, a schedule, and a function from the ledger to what it sees there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from desk.jobs.schedule import Schedule
from ledger.commands.door import now
from ledger.decide.jobs import ACTOR, Run, Seen
from ledger.service import Ledger
from ledger.store.location import Location, Server
from ledger.store.personal_key import PersonalKey
from projections.follow import Views


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where the ledger and all that jobs need of the machine is, and which clock they go by."""

    location: Location
    views: Path | Server
    vault_key: Path | None = None
    checkpoint_key: Path | None = None
    checkpoints: Path | None = None
    timestamp_url: str | None = None
    timestamp_certificate: Path | None = None
    bank_inbox: Path | None = None
    clock: Callable[[], datetime] = now
    key: PersonalKey | None = None
    """What signs the runs once people are set up: the key of a job, or of who runs one by hand."""

    def ledger(self, actor: str | None) -> Ledger:
        """The ledger, opened by an actor; by whose the key is if none is named."""
        return Ledger(
            self.location,
            actor=actor,
            key_file=self.vault_key,
            checkpoint_key=self.checkpoint_key,
            checkpoints=self.checkpoints,
            clock=self.clock,
            key=self.key,
        )


@dataclass(frozen=True, slots=True)
class Shift:
    """One run at work: the ledger, the views brought up to date, and the day that it counts for."""

    ledger: Ledger
    views: Views
    place: Workplace
    run: Run

    @property
    def day(self) -> date:
        """The day of the occurrence, also where it runs later: the same again gives the same."""
        return self.run.on

    def once(self, name: str) -> None:
        """Name the next command after the run, so that a run taken over does not do it again."""
        self.ledger.command_id = f"{self.run.stream}:{name}"


@dataclass(slots=True)
class Report:
    """What a run saw, and what it counted."""

    seen: list[Seen] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """A job. `kinds` are the kinds of finding it can see."""

    name: str
    schedule: Schedule
    kinds: tuple[str, ...]
    work: Callable[[Shift], Report]

    @property
    def actor(self) -> str:
        """Who acts in its runs, unless a key says who; it is no person and never approves."""
        return ACTOR + self.name


Jobs = Mapping[str, Job]
