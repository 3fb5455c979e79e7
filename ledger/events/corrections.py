"""Facts that turned out to be wrong: corrected, voided; people who are one, or who moved.

A corrected fact is the same fact again, as it should have been, pointing at the event it replaces.
Both stay; decisions rest on the newest.
"""

from __future__ import annotations

from ledger.dates import Day
from ledger.events.base import Event
from ledger.events.facts import (
    CohortMeasured,
    MeasurementRecorded,
    PersonEnrolled,
    SpellRecorded,
    StayRecorded,
)
from ledger.facts import Source, Tariff
from ledger.model import Identifier, Position, SubjectRef, Text
from ledger.money import Amount
from ledger.working import Part


class EnrolmentCorrected(PersonEnrolled):
    """A person entered the programme on another day, or with other particulars."""

    topic = "EnrolmentCorrected:1"
    corrects: Position
    reason: Text


class StayCorrected(StayRecorded):
    """A stay was at another shelter, or on other days."""

    topic = "StayCorrected:1"
    corrects: Position
    reason: Text


class MeasurementCorrected(MeasurementRecorded):
    """An indicator showed something else for a person, or on another day."""

    topic = "MeasurementCorrected:1"
    corrects: Position
    reason: Text


class SpellCorrected(SpellRecorded):
    """Something held for a person at another time."""

    topic = "SpellCorrected:1"
    corrects: Position
    reason: Text


class CohortCorrected(CohortMeasured):
    """An indicator showed something else for a cohort, or on another day."""

    topic = "CohortCorrected:1"
    corrects: Position
    reason: Text


class FactVoided(Event):
    """A fact about a person or a cohort should never have been recorded; it counts no more."""

    topic = "FactVoided:1"
    fact: Text
    subject: SubjectRef | None = None
    cohort: Identifier | None = None
    corrects: Position
    reason: Text


class RegisterCorrected(Event):
    """The shelter register is known no further than up to, and not including, `until`."""

    topic = "RegisterCorrected:1"
    until: Day
    reason: Text


class TariffCorrected(Event):
    """A tariff of a shelter from the same day, with other amounts."""

    topic = "TariffCorrected:1"
    tariff: Tariff
    corrects: Position
    reason: Text
    source: Source


class PersonsMerged(Event):
    """Two people of an agreement are one: the facts of both count as those of one person."""

    topic = "PersonsMerged:1"
    subject: SubjectRef
    merged: SubjectRef
    reason: Text


class PersonsUnmerged(Event):
    """Two people that were taken for one are two again, each with the facts of its own."""

    topic = "PersonsUnmerged:1"
    subject: SubjectRef
    merged: SubjectRef
    corrects: Position
    reason: Text


class MunicipalityChanged(Event):
    """A person moved: from the event's effective day on, another municipality co-pays."""

    topic = "MunicipalityChanged:1"
    subject: SubjectRef
    before: Identifier
    municipality: Identifier
    reason: Text


class AdjustmentProposed(Event):
    """Somebody asks for an agreement to be adjusted, with no person or outcome behind it."""

    topic = "AdjustmentProposed:1"
    adjustment: Text
    parts: tuple[Part, ...]
    amount: Amount
    basis: Text
    reason: Text


class AdjustmentDecided(Event):
    """A second person decided it: the parts are owed, or owed back where they are below zero."""

    topic = "AdjustmentDecided:1"
    adjustment: Text
    proposed_at: Position
    parts: tuple[Part, ...]
    amount: Amount
    basis: Text
    reason: Text
