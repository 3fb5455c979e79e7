"""Every event there is: the language of the ledger, on one page.

Facts come from outside; decisions are ours and name the positions of what they were based on.
An event never changes. Its topic carries a version; what is stored under a version stays readable.
Fields listed in `personal` are sealed with the data key of the event's subject before they are
stored; to a reader without the key they are `Sealed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ledger.dates import Day
from ledger.facts import Reading, Source, Stay, Tariff
from ledger.model import Identifier, Model, Position, SubjectRef, Text
from ledger.money import Amount, Share
from ledger.terms.agreement import Role, Terms
from ledger.terms.refund_rule import RefundRuleTable


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


# --- facts about the ledger, the law and the tariffs ------------------------------------------


class LedgerOpened(Event):
    """The ledger of one fund, in one currency. A demo ledger holds invented people only."""

    topic = "LedgerOpened:1"
    fund: Text
    currency: Text
    purpose: Literal["live", "demo"]


class RefundRuleEnacted(Event):
    """A table of dated refund rules, replacing the table of the same id."""

    topic = "RefundRuleEnacted:1"
    table: RefundRuleTable


class TariffsRecorded(Event):
    """Tariffs per shelter and date that were not known before."""

    topic = "TariffsRecorded:1"
    tariffs: tuple[Tariff, ...]
    source: Source


# --- facts about one agreement ----------------------------------------------------------------


class AgreementSigned(Event):
    """The terms that every decision on the agreement refers to."""

    topic = "AgreementSigned:1"
    terms: Terms
    terms_version: int
    rules_at_signature: RefundRuleTable
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
    """A person entered the programme."""

    topic = "PersonEnrolled:1"
    subject: SubjectRef
    enrolled_on: Day
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
    """What one indicator showed for one person at a milestone."""

    topic = "MeasurementRecorded:1"
    personal = ("reading",)
    subject: SubjectRef
    milestone_months: int
    measured_on: Day
    indicator: Identifier
    reading: Reading | Sealed
    validator: Text
    source: Source


# --- decisions on outcomes and money ----------------------------------------------------------


class NightLine(Model):
    """Nights of one price under one rule: nights × (tariff - own payment) × state share."""

    nights: int
    tariff: Amount
    own_payment: Amount
    rule: Identifier
    state_share: Share
    refunded: bool
    cost: Annotated[str, Field(description="unrounded, in major units")]
    refund: Annotated[str, Field(description="unrounded, in major units")]


class Window(Model):
    """A running year that touches the period: nights in it and how many were refunded."""

    start: Day
    end: Day
    nights_before: int
    refunded_before: int
    nights: int
    refunded: int


class History(Model):
    """One course of events within the period: the counterfactual one or the actual one."""

    lines: tuple[NightLine, ...]
    windows: tuple[Window, ...]
    nights: int
    cost: str
    refund: str


class Side(Model):
    """One payer's side: its gain, the share of it that the terms say it pays, both unrounded."""

    payer: Identifier
    gain: str
    share: Share
    amount: str


class Cap(Model):
    """A ceiling, what it had left before this entitlement, and whether it cut."""

    scope: Literal["person", "agreement"]
    limit: Amount
    left: Amount
    cut: bool


class Working(Model):
    """How an entitlement was reached, enough to redo it with a pocket calculator."""

    counterfactual: History
    actual: History
    state: Side
    municipality: Side
    before_caps: str
    caps: tuple[Cap, ...]


class Gain(Model):
    """Nights and gains of one calendar year under one rule; gains unrounded, may be negative."""

    year: int
    rule: Identifier
    nights_counterfactual: int
    nights_actual: int
    state_gain: str
    municipal_gain: str


class Part(Model):
    """What one payer owes one investor."""

    payer: Identifier
    role: Role
    payee: Identifier
    amount: Amount


class AssessmentMade(Event):
    """Policy was run over all facts up to a position for outcomes due by a date."""

    topic = "AssessmentMade:1"
    assessment: Text
    until: Day
    facts_to: Position
    terms_version: int
    policy_version: int
    rule_table: Identifier
    rules: tuple[Identifier, ...]
    based_on: tuple[Position, ...]
    decided: int
    waiting: int


class OutcomeDecided(Event):
    """Whether the outcome of one person and period was achieved, by its measurement."""

    topic = "OutcomeDecided:1"
    claim: Text
    assessed_at: Position
    subject: SubjectRef
    metric: Identifier
    period_start: Day
    period_end: Day
    milestone_months: int
    achieved: bool
    based_on: tuple[Position, ...]
    corrects: Position | None = None


class EntitlementCalculated(Event):
    """What the payers owe the investors for one outcome.

    `parts` is the whole entitlement; `difference` is what this event adds to what was decided
    before for the same claim, and is all that is posted.
    """

    topic = "EntitlementCalculated:1"
    personal = ("working",)
    claim: Text
    outcome_at: Position
    assessed_at: Position
    subject: SubjectRef
    metric: Identifier
    achieved_on: Day
    total: Amount
    parts: tuple[Part, ...]
    difference: tuple[Part, ...]
    gains: tuple[Gain, ...]
    person_total: Amount
    agreement_total: Amount
    working: Working | Sealed | None
    based_on: tuple[Position, ...]
    corrects: Position | None = None


# --- payments and the bank --------------------------------------------------------------------


class PaymentItem(Model):
    """One entitlement's part in a payment."""

    entitlement_at: Position
    claim: Text
    amount: Amount


class PaymentProposed(Event):
    """A payer should pay a payee what these entitlements add up to."""

    topic = "PaymentProposed:1"
    payment: Text
    payer: Identifier
    role: Role
    payee: Identifier
    amount: Amount
    items: tuple[PaymentItem, ...]
    content_hash: Text


class PaymentApproved(Event):
    """A person outside the payment's lineage approved exactly this content."""

    topic = "PaymentApproved:1"
    payment: Text
    proposed_at: Position
    content_hash: Text


class PaymentInstructed(Event):
    """The payer's bank was told to pay."""

    topic = "PaymentInstructed:1"
    payment: Text
    approved_at: Position
    end_to_end_id: Text


class PaymentSettled(Event):
    """The bank statement shows that the payment was made."""

    topic = "PaymentSettled:1"
    payment: Text
    payer: Identifier
    role: Role
    payee: Identifier
    amount: Amount
    instructed_at: Position
    bank_line: Text


class BankLineSeen(Event):
    """A line of a bank statement, and what it was matched with, if anything."""

    topic = "BankLineSeen:1"
    line: Text
    account: Text
    booked_on: Day
    amount: Amount
    reference: str
    text: str
    matched: Text | None
    source: Source


class BankLineMatched(Event):
    """A line that matched nothing when it was seen turned out to settle something."""

    topic = "BankLineMatched:1"
    line: Text
    account: Text
    matched: Text
    seen_at: Position


EVENTS: dict[str, type[Event]] = {event.topic: event for event in Event.__subclasses__()}
"""Every event by its topic."""
