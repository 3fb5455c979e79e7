"""Every event there is: the language of the ledger.

Facts come from outside; decisions are ours and name the positions of what they were based on.
An event never changes. Its topic carries a version; what is stored under a version stays readable.
Fields listed in `personal` are sealed with the data key of the event's subject before they are
stored; to a reader without the key they are `Sealed`.
"""

from __future__ import annotations

from collections.abc import Iterator

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
from ledger.events.corrections import (
    AdjustmentDecided,
    AdjustmentProposed,
    CohortCorrected,
    EnrolmentCorrected,
    FactVoided,
    MeasurementCorrected,
    MunicipalityChanged,
    PersonsMerged,
    PersonsUnmerged,
    RegisterCorrected,
    SpellCorrected,
    StayCorrected,
    TariffCorrected,
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
from ledger.events.sampling import (
    SampleClosed,
    SampleCommitted,
    SampledItem,
    SampleDrawn,
    SampleItemExamined,
    SampleWitnessed,
)

__all__ = [
    "EVENTS",
    "AccountLinked",
    "AdjustmentDecided",
    "AdjustmentProposed",
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
    "CohortCorrected",
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
    "EnrolmentCorrected",
    "EntitlementCalculated",
    "Event",
    "FactVoided",
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
    "MatchedItem",
    "MatchedLeg",
    "MeasurementCorrected",
    "MeasurementRecorded",
    "MunicipalityChanged",
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
    "PersonsMerged",
    "PersonsUnmerged",
    "Recorded",
    "RefundRuleEnacted",
    "RegisterCorrected",
    "RegisterCovered",
    "RepaymentReversed",
    "Resolution",
    "ReturnReversed",
    "SampleClosed",
    "SampleCommitted",
    "SampleDrawn",
    "SampleItemExamined",
    "SampleWitnessed",
    "SampledItem",
    "Sealed",
    "SetUpWitnessed",
    "SettlementReversed",
    "SpellCorrected",
    "SpellRecorded",
    "StatementFinding",
    "StatementRead",
    "StayCorrected",
    "StayRecorded",
    "SubjectErased",
    "TariffCorrected",
    "TariffsRecorded",
    "WriteOffProposed",
    "WrittenOff",
]


def _kinds(event: type[Event]) -> Iterator[type[Event]]:
    """Every kind of an event; a corrected fact is a kind of that fact."""
    for kind in event.__subclasses__():
        yield kind
        yield from _kinds(kind)


EVENTS: dict[str, type[Event]] = {event.topic: event for event in _kinds(Event)}
"""Every event by its topic."""
