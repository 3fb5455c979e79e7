"""Scheduled jobs: each run, and what runs find until it is gone or somebody has dealt with it."""

from __future__ import annotations

from enum import StrEnum

from ledger.events.base import Event
from ledger.model import Identifier, Model, Text


class Severity(StrEnum):
    """How much a finding matters."""

    WARNING = "warning"
    """Somebody should see to it."""
    SERIOUS = "serious"
    """Money or proof may be at stake: somebody must see to it now."""


class Figure(Model):
    """A count that a run tells of itself."""

    name: Text
    value: int


class Detail(Model):
    """A value in a finding's sentence: a name, an amount or a day; nothing personal."""

    name: Text
    text: str


class JobStarted(Event):
    """A process claimed the run of a job for one occurrence of its schedule; it is version 1.

    `covers` are the occurrences that the run stands for: those missed before, and its own as the
    last. A run that a person asked for stands for none.
    """

    topic = "JobStarted:1"
    job: Identifier
    occurrence: Text
    covers: tuple[Text, ...]
    process: Text


class JobTakenOver(Event):
    """The process that had claimed a run is gone, and another does it again from the beginning."""

    topic = "JobTakenOver:1"
    job: Identifier
    occurrence: Text
    attempt: int
    process: Text


class JobFinished(Event):
    """A run is done: how many findings it saw, and how many of them are new, or gone since."""

    topic = "JobFinished:1"
    job: Identifier
    occurrence: Text
    attempt: int
    figures: tuple[Figure, ...]
    seen: int
    raised: int
    gone: int


class JobFailed(Event):
    """A run ended without an answer, so nothing is known of its findings."""

    topic = "JobFailed:1"
    job: Identifier
    occurrence: Text
    attempt: int
    reason: str


class FindingRaised(Event):
    """A run saw something for the first time; it is open until it is gone or resolved."""

    topic = "FindingRaised:1"
    finding: Text
    job: Identifier
    occurrence: Text
    kind: Text
    about: str
    severity: Severity
    agreement: Identifier | None
    details: tuple[Detail, ...]


class FindingGone(Event):
    """A later run does not see the finding any more."""

    topic = "FindingGone:1"
    finding: Text
    job: Identifier
    occurrence: Text


class FindingResolved(Event):
    """A person has dealt with a finding, or accepts it; runs that see it still are silent."""

    topic = "FindingResolved:1"
    finding: Text
    reason: Text
