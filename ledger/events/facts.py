"""Facts about one agreement: its terms, its capital, its people and what was seen of them."""

from __future__ import annotations

from ledger.dates import Day
from ledger.events.base import Event, Sealed
from ledger.facts import Birth, Quality, Reading, Source, Stay, TimeSpell
from ledger.model import Identifier, Model, Position, SubjectRef, Text
from ledger.money import Amount
from ledger.shelter.rules import RefundRuleTable
from ledger.terms.agreement import Terms


class AgreementSigned(Event):
    """The terms that every decision on the agreement refers to."""

    topic = "AgreementSigned:2"
    terms: Terms
    terms_version: int
    rules_at_signature: RefundRuleTable | None
    support_rules_at_signature: RefundRuleTable | None = None
    source: Source


class AgreementAmended(Event):
    """The terms are changed from the event's effective day on, which may have passed."""

    topic = "AgreementAmended:1"
    terms: Terms
    terms_version: int
    rules_at_amendment: RefundRuleTable | None
    support_rules_at_amendment: RefundRuleTable | None = None
    source: Source


class DrawdownPart(Model):
    """What one investor pays in of a drawdown."""

    investor: Identifier
    amount: Amount


class DrawdownCalled(Event):
    """The provider draws on the investors' commitments, pro rata to what each committed."""

    topic = "DrawdownCalled:1"
    drawdown: Text
    provider: Identifier
    parts: tuple[DrawdownPart, ...]


class CapitalReceived(Event):
    """An investor's part of a drawdown reached the provider: capital paid in."""

    topic = "CapitalReceived:1"
    drawdown: Text
    investor: Identifier
    provider: Identifier
    amount: Amount
    called_at: Position
    bank_line: Text | None


class PersonEnrolled(Event):
    """A person entered the programme, in one of the groups if the terms have any."""

    topic = "PersonEnrolled:1"
    personal = ("born",)
    subject: SubjectRef
    enrolled_on: Day
    group: Identifier | None = None
    referred_on: Day | None = None
    born: Birth | Sealed | None = None
    source: Source


class RegisterCovered(Event):
    """The shelter register is known up to, and not including, `until`."""

    topic = "RegisterCovered:1"
    until: Day
    source: Source


class StayRecorded(Event):
    """A stay as the register shows it, or the end of one recorded as open before."""

    topic = "StayRecorded:1"
    personal = ("stay",)
    subject: SubjectRef
    stay: Stay | Sealed
    closes: Position | None = None
    source: Source


class MeasurementRecorded(Event):
    """What one indicator showed for one person, at a milestone if the terms set any."""

    topic = "MeasurementRecorded:1"
    personal = ("reading",)
    subject: SubjectRef
    milestone_months: int | None
    measured_on: Day
    indicator: Identifier
    reading: Reading | Sealed
    validator: Text
    quality: Quality = Quality()
    source: Source


class SpellRecorded(Event):
    """A time in which something held for a person, or the end of one recorded as open before."""

    topic = "SpellRecorded:1"
    personal = ("spell",)
    subject: SubjectRef
    spell: TimeSpell | Sealed
    closes: Position | None = None
    source: Source


class CohortMeasured(Event):
    """What one indicator showed for a cohort, or for the agreement as a whole."""

    topic = "CohortMeasured:1"
    cohort: Identifier
    measured_on: Day
    indicator: Identifier
    reading: Reading
    validator: Text
    quality: Quality = Quality()
    source: Source


class SubjectErased(Event):
    """A person is to be forgotten: the key to what is sealed of the person is destroyed.

    Recorded before the key is destroyed, so that a vault that still has it shows what is missing.
    """

    topic = "SubjectErased:1"
    subject: SubjectRef
    reason: Text
