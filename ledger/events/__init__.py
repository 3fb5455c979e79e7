"""Every event there is: the language of the ledger.

Facts come from outside; decisions are ours and name the positions of what they were based on.
An event never changes. Its topic carries a version; what is stored under a version stays readable.
Fields listed in `personal` are sealed with the data key of the event's subject before they are
stored; to a reader without the key they are `Sealed`.
"""

from __future__ import annotations

from ledger.events.bank import (
    BankAccountNamed,
    BankLineDetail,
    BankLineMatched,
    BankLineReopened,
    BankLineResolved,
    BankLineSeen,
    BankMatched,
    BankNoticeSeen,
    BankUnmatched,
    CapitalReversed,
    MatchedItem,
    MatchedLeg,
    Resolution,
    ReturnReversed,
    StatementFinding,
    StatementRead,
)
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

__all__ = [
    "EVENTS",
    "AgreementAmended",
    "AgreementSigned",
    "AppropriationGranted",
    "AssessmentMade",
    "BankAccountNamed",
    "BankLineDetail",
    "BankLineMatched",
    "BankLineReopened",
    "BankLineResolved",
    "BankLineSeen",
    "BankMatched",
    "BankNoticeSeen",
    "BankUnmatched",
    "CapitalReceived",
    "CapitalReversed",
    "ClawbackDemanded",
    "ClawbackRepaid",
    "ClawbackWithdrawn",
    "CohortMeasured",
    "CommitmentAnnulled",
    "CommitmentDrawn",
    "CommitmentGiven",
    "CommitmentReestimated",
    "DrawdownCalled",
    "DrawdownPart",
    "EntitlementCalculated",
    "Event",
    "FundPolicySet",
    "GuaranteeCalled",
    "GuaranteeReturn",
    "GuaranteeReversed",
    "GuaranteedLoss",
    "LedgerOpened",
    "MatchedItem",
    "MatchedLeg",
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
    "PersonEnrolled",
    "Recorded",
    "RefundRuleEnacted",
    "RegisterCovered",
    "RepaymentReversed",
    "Resolution",
    "ReturnReversed",
    "Sealed",
    "SettlementReversed",
    "SpellRecorded",
    "StatementFinding",
    "StatementRead",
    "StayRecorded",
    "SubjectErased",
    "TariffsRecorded",
    "WriteOffProposed",
    "WrittenOff",
]

EVENTS: dict[str, type[Event]] = {event.topic: event for event in Event.__subclasses__()}
"""Every event by its topic."""
