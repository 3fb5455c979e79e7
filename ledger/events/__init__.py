"""Every event there is: the language of the ledger.

Facts come from outside; decisions are ours and name the positions of what they were based on.
An event never changes. Its topic carries a version; what is stored under a version stays readable.
Fields listed in `personal` are sealed with the data key of the event's subject before they are
stored; to a reader without the key they are `Sealed`.
"""

from __future__ import annotations

from ledger.events.base import Event, Recorded, Sealed
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
from ledger.events.jobs import (
    Detail,
    Figure,
    FindingGone,
    FindingRaised,
    FindingResolved,
    JobFailed,
    JobFinished,
    JobStarted,
    JobTakenOver,
    Severity,
)
from ledger.events.law import LedgerOpened, RefundRuleEnacted, TariffsRecorded
from ledger.events.outcomes import AssessmentMade, EntitlementCalculated, OutcomeDecided
from ledger.events.payments import (
    BankLineMatched,
    BankLineSeen,
    PaymentApproved,
    PaymentInstructed,
    PaymentItem,
    PaymentProposed,
    PaymentSettled,
)
from ledger.events.refunds import RefundStated

__all__ = [
    "EVENTS",
    "AgreementAmended",
    "AgreementSigned",
    "AppropriationGranted",
    "AssessmentMade",
    "BankLineMatched",
    "BankLineSeen",
    "CapitalReceived",
    "CohortMeasured",
    "CommitmentAnnulled",
    "CommitmentDrawn",
    "CommitmentGiven",
    "CommitmentReestimated",
    "Detail",
    "DrawdownCalled",
    "DrawdownPart",
    "EntitlementCalculated",
    "Event",
    "Figure",
    "FindingGone",
    "FindingRaised",
    "FindingResolved",
    "FundPolicySet",
    "GuaranteeCalled",
    "GuaranteeReturn",
    "GuaranteeReversed",
    "GuaranteedLoss",
    "JobFailed",
    "JobFinished",
    "JobStarted",
    "JobTakenOver",
    "LedgerOpened",
    "MeasurementRecorded",
    "OutcomeDecided",
    "PaymentApproved",
    "PaymentInstructed",
    "PaymentItem",
    "PaymentProposed",
    "PaymentSettled",
    "PersonEnrolled",
    "Recorded",
    "RefundRuleEnacted",
    "RefundStated",
    "RegisterCovered",
    "Sealed",
    "Severity",
    "SpellRecorded",
    "StayRecorded",
    "SubjectErased",
    "TariffsRecorded",
]

EVENTS: dict[str, type[Event]] = {event.topic: event for event in Event.__subclasses__()}
"""Every event by its topic."""
