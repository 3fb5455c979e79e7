"""Every event there is: the language of the ledger.

Facts come from outside; decisions are ours and name the positions of what they were based on.
An event never changes. Its topic carries a version; what is stored under a version stays readable.
Fields listed in `personal` are sealed with the data key of the event's subject before they are
stored; to a reader without the key they are `Sealed`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.events.base import Event, Recorded, Sealed
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
from ledger.events.payments import (
    BankLineMatched,
    BankLineSeen,
    PaymentApproved,
    PaymentInstructed,
    PaymentItem,
    PaymentProposed,
    PaymentSettled,
)

__all__ = [
    "EVENTS",
    "AdjustmentDecided",
    "AdjustmentProposed",
    "AgreementAmended",
    "AgreementSigned",
    "AppropriationGranted",
    "AssessmentMade",
    "BankLineMatched",
    "BankLineSeen",
    "CapitalReceived",
    "CohortCorrected",
    "CohortMeasured",
    "CommitmentAnnulled",
    "CommitmentDrawn",
    "CommitmentGiven",
    "CommitmentReestimated",
    "DrawdownCalled",
    "DrawdownPart",
    "EnrolmentCorrected",
    "EntitlementCalculated",
    "Event",
    "FactVoided",
    "FundPolicySet",
    "GuaranteeCalled",
    "GuaranteeReturn",
    "GuaranteeReversed",
    "GuaranteedLoss",
    "LedgerOpened",
    "MeasurementCorrected",
    "MeasurementRecorded",
    "MunicipalityChanged",
    "OutcomeDecided",
    "PaymentApproved",
    "PaymentInstructed",
    "PaymentItem",
    "PaymentProposed",
    "PaymentSettled",
    "PersonEnrolled",
    "PersonsMerged",
    "PersonsUnmerged",
    "Recorded",
    "RefundRuleEnacted",
    "RegisterCorrected",
    "RegisterCovered",
    "Sealed",
    "SpellCorrected",
    "SpellRecorded",
    "StayCorrected",
    "StayRecorded",
    "SubjectErased",
    "TariffCorrected",
    "TariffsRecorded",
]


def _kinds(event: type[Event]) -> Iterator[type[Event]]:
    """Every kind of an event; a corrected fact is a kind of that fact."""
    for kind in event.__subclasses__():
        yield kind
        yield from _kinds(kind)


EVENTS: dict[str, type[Event]] = {event.topic: event for event in _kinds(Event)}
"""Every event by its topic."""
