"""Every event there is: the language of the ledger, on one page.

Facts come from outside; decisions are ours and name the positions of what they were based on.
An event never changes. Its topic carries a version; what is stored under a version stays readable.
Fields listed in `personal` are sealed with the data key of the event's subject before they are
stored; to a reader without the key they are `Sealed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from ledger.dates import Day
from ledger.facts import Birth, Quality, Reading, Source, Stay, Tariff, TimeSpell
from ledger.model import Identifier, Model, Position, SubjectRef, Text
from ledger.money import Amount
from ledger.parties import Recognition, Role
from ledger.shelter.rules import RefundRuleTable
from ledger.terms.agreement import Terms
from ledger.working import Gain, Part, Working


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


# --- decisions on outcomes and money ----------------------------------------------------------


class AssessmentMade(Event):
    """Policy was run over all facts up to a position for outcomes due by a date."""

    topic = "AssessmentMade:1"
    assessment: Text
    until: Day
    facts_to: Position
    terms_version: int
    policy_version: int
    rule_table: Identifier | None
    rules: tuple[Identifier, ...]
    based_on: tuple[Position, ...]
    decided: int
    waiting: int


class OutcomeDecided(Event):
    """Whether the outcome of one person or cohort and period was achieved, by its measurement.

    `refused` names the guard by which an outcome that was measured is not paid. `terms_version` is
    the version of the terms that it was judged by.
    """

    topic = "OutcomeDecided:2"
    claim: Text
    assessed_at: Position
    subject: SubjectRef | None
    cohort: Identifier | None = None
    metric: Identifier
    key: Text
    period_start: Day
    period_end: Day
    milestone_months: int | None
    achieved: bool
    refused: Identifier | None = None
    terms_version: int = 1
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
    subject: SubjectRef | None
    cohort: Identifier | None = None
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


# --- the first-loss guarantee -----------------------------------------------------------------


class GuaranteedLoss(Model):
    """What one investor has lost, and what of it the guarantor comes to owe it."""

    investor: Identifier
    paid_in: Amount
    entitled: Amount
    loss: Amount
    amount: Amount


class GuaranteeCalled(Event):
    """The agreement is over and the investors have lost: the guarantor takes the first loss.

    `amount` is what this call adds to what was called before.
    """

    topic = "GuaranteeCalled:1"
    call: Text
    guarantor: Identifier
    guarantee: Amount
    amount: Amount
    parts: tuple[GuaranteedLoss, ...]
    based_on: tuple[Position, ...]


class GuaranteeReturn(Model):
    """What an investor's call is reversed by: against what is not proposed yet, and beyond it."""

    investor: Identifier
    set_off: Amount
    owed_back: Amount


class GuaranteeReversed(Event):
    """Outcomes came after the call, so that it covers what is no loss any more."""

    topic = "GuaranteeReversed:1"
    call: Text
    guarantor: Identifier
    amount: Amount
    parts: tuple[GuaranteeReturn, ...]
    based_on: tuple[Position, ...]


# --- the fund: appropriations and commitments -------------------------------------------------


class FundPolicySet(Event):
    """Which party the fund is in its agreements, and when it expenses what it pays."""

    topic = "FundPolicySet:1"
    party: Identifier
    recognition: Recognition


class AppropriationGranted(Event):
    """Money was appropriated for a budget year; below zero if it was cut."""

    topic = "AppropriationGranted:1"
    year: int
    amount: Amount
    text: Text


class CommitmentGiven(Event):
    """The fund committed itself to an agreement, within the year's appropriation."""

    topic = "CommitmentGiven:1"
    agreement: Identifier
    fund: Identifier
    recognition: Recognition
    amount: Amount


class CommitmentReestimated(Event):
    """A commitment of uncertain size is now expected to come to another amount."""

    topic = "CommitmentReestimated:1"
    agreement: Identifier
    fund: Identifier
    recognition: Recognition
    before: Amount
    amount: Amount
    reason: Text


class CommitmentAnnulled(Event):
    """Part of a commitment, or all that is not drawn, will not be needed."""

    topic = "CommitmentAnnulled:1"
    agreement: Identifier
    fund: Identifier
    recognition: Recognition
    amount: Amount
    reason: Text


class CommitmentDrawn(Event):
    """What the fund came to owe was drawn on its commitment; below zero if it was corrected.

    `entitlement_at` is the entitlement that drew; none where the commitment came after it.
    """

    topic = "CommitmentDrawn:1"
    agreement: Identifier
    fund: Identifier
    recognition: Recognition
    amount: Amount
    drawn: Amount
    entitlement_at: Position | None


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


# --- periods of the books ---------------------------------------------------------------------


class PeriodClosed(Event):
    """A period's books are closed: what counts in it from now on is booked after its end.

    `until` is the first day after it. The trial balance is over all events up to `covers`; its
    hash, and the checkpoint that was sealed before, are what the period's report is held against.
    """

    topic = "PeriodClosed:1"
    period: Text
    start: Day
    until: Day
    covers: Position
    trial_balance: Text
    turnover: Amount
    checkpoint_size: int
    checkpoint_root: Text
    verification: Literal["sound", "unverifiable"]
    even_though_unverifiable: Text | None = None
    unreconciled: int
    even_though_unreconciled: Text | None = None


class PeriodReopenRequested(Event):
    """A person asks for the period that was closed last to be opened again."""

    topic = "PeriodReopenRequested:1"
    period: Text
    closed_at: Position
    reason: Text


class PeriodReopened(Event):
    """Another person agreed: what counts in the period is booked in it again, from here on."""

    topic = "PeriodReopened:1"
    period: Text
    closed_at: Position
    requested_at: Position


EVENTS: dict[str, type[Event]] = {event.topic: event for event in Event.__subclasses__()}
"""Every event by its topic."""
