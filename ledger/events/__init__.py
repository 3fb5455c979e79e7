"""Every event there is: the language of the ledger.

Facts come from outside; decisions are ours and name the positions of what they were based on.
An event never changes. Its topic carries a version; what is stored under a version stays readable.
Fields listed in `personal` are sealed with the data key of the event's subject before they are
stored; to a reader without the key they are `Sealed`.
"""

from __future__ import annotations

from ledger.events.base import Event, Recorded, Sealed
from ledger.events.clawback import (
    ClawbackDemanded,
    ClawbackRepaid,
    ClawbackWithdrawn,
    RepaymentReversed,
    WriteOffProposed,
    WrittenOff,
)
from ledger.events.facts import (
    AgreementAmended,
    AgreementSigned,
    CapitalReceived,
    CohortMeasured,
    DrawdownCalled,
    DrawdownPart,
    MeasurementRecorded,
    PersonEnrolled,
    RegisterCovered,
    SpellRecorded,
    StayRecorded,
    SubjectErased,
)
from ledger.events.fund import (
    AppropriationGranted,
    CommitmentAnnulled,
    CommitmentDrawn,
    CommitmentGiven,
    CommitmentReestimated,
    FundPolicySet,
)
from ledger.events.guarantee import (
    GuaranteeCalled,
    GuaranteedLoss,
    GuaranteeReturn,
    GuaranteeReversed,
)
from ledger.events.law import LedgerOpened, RefundRuleEnacted, TariffsRecorded
from ledger.events.outcomes import AssessmentMade, EntitlementCalculated, OutcomeDecided
from ledger.events.payees import PayeeAccountConfirmed, PayeeAccountSet, PaymentPolicySet
from ledger.events.payments import (
    BankLineMatched,
    BankLineSeen,
    PaymentAcknowledged,
    PaymentApproved,
    PaymentCancelled,
    PaymentFailed,
    PaymentFileMade,
    PaymentInstructed,
    PaymentItem,
    PaymentProposed,
    PaymentRecalled,
    PaymentRecallRefused,
    PaymentRecallRequested,
    PaymentReturned,
    PaymentSettled,
    SettlementReversed,
)
from ledger.events.people import (
    AccountLinked,
    ColleagueAdded,
    ColleagueLeft,
    DutyGranted,
    DutyProposed,
    DutyWithdrawn,
    GlassBroken,
    GlassReviewed,
    KeyAdded,
    KeyProposed,
    KeyRevoked,
    PeopleSetUp,
    SetUpWitnessed,
)

__all__ = [
    "EVENTS",
    "AccountLinked",
    "AgreementAmended",
    "AgreementSigned",
    "AppropriationGranted",
    "AssessmentMade",
    "BankLineMatched",
    "BankLineSeen",
    "CapitalReceived",
    "ClawbackDemanded",
    "ClawbackRepaid",
    "ClawbackWithdrawn",
    "CohortMeasured",
    "ColleagueAdded",
    "ColleagueLeft",
    "CommitmentAnnulled",
    "CommitmentDrawn",
    "CommitmentGiven",
    "CommitmentReestimated",
    "DrawdownCalled",
    "DrawdownPart",
    "DutyGranted",
    "DutyProposed",
    "DutyWithdrawn",
    "EntitlementCalculated",
    "Event",
    "FundPolicySet",
    "GlassBroken",
    "GlassReviewed",
    "GuaranteeCalled",
    "GuaranteeReturn",
    "GuaranteeReversed",
    "GuaranteedLoss",
    "KeyAdded",
    "KeyProposed",
    "KeyRevoked",
    "LedgerOpened",
    "MeasurementRecorded",
    "OutcomeDecided",
    "PayeeAccountConfirmed",
    "PayeeAccountSet",
    "PaymentAcknowledged",
    "PaymentApproved",
    "PaymentCancelled",
    "PaymentFailed",
    "PaymentFileMade",
    "PaymentInstructed",
    "PaymentItem",
    "PaymentPolicySet",
    "PaymentProposed",
    "PaymentRecallRefused",
    "PaymentRecallRequested",
    "PaymentRecalled",
    "PaymentReturned",
    "PaymentSettled",
    "PeopleSetUp",
    "PersonEnrolled",
    "Recorded",
    "RefundRuleEnacted",
    "RegisterCovered",
    "RepaymentReversed",
    "Sealed",
    "SetUpWitnessed",
    "SettlementReversed",
    "SpellRecorded",
    "StayRecorded",
    "SubjectErased",
    "TariffsRecorded",
    "WriteOffProposed",
    "WrittenOff",
]

EVENTS: dict[str, type[Event]] = {event.topic: event for event in Event.__subclasses__()}
"""Every event by its topic."""
