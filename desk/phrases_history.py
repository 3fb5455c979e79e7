"""What each event is called in a history, in English and Danish."""

from __future__ import annotations

HISTORY_PHRASES: dict[str, tuple[str, str]] = {
    "FundPolicySet:1": (
        "the fund is {party}, by {recognition}",
        "fonden er {party}, efter {recognition}",
    ),
    "AppropriationGranted:1": (
        "{amount} appropriated for {year}",
        "bevilling for {year}: {amount}",
    ),
    "CommitmentGiven:1": ("{amount} committed to {agreement}", "tilsagn til {agreement}: {amount}"),
    "CommitmentReestimated:1": (
        "commitment to {agreement} re-estimated: {before} to {amount}, {reason}",
        "tilsagn til {agreement} omvurderet: {before} til {amount}, {reason}",
    ),
    "CommitmentAnnulled:1": (
        "{amount} of the commitment to {agreement} annulled: {reason}",
        "{amount} af tilsagnet til {agreement} annulleret: {reason}",
    ),
    "CommitmentDrawn:1": (
        "{amount} drawn on the commitment to {agreement}",
        "træk på tilsagnet til {agreement}: {amount}",
    ),
    "GuaranteeCalled:1": (
        "guarantee {call} called: {guarantor} owes {amount}",
        "underskudsgaranti {call} trukket: {guarantor} skylder {amount}",
    ),
    "GuaranteeReversed:1": (
        "guarantee {call} reversed: {amount}",
        "underskudsgaranti {call} tilbageført: {amount}",
    ),
    "LedgerOpened:1": ("ledger opened for {fund}", "regnskab åbnet for {fund}"),
    "RefundRuleEnacted:1": (
        "refund rules {table.id} in force",
        "refusionsregler {table.id} gælder",
    ),
    "TariffsRecorded:1": ("tariffs from {source.file}", "takster fra {source.file}"),
    "AgreementSigned:2": (
        "agreement {terms.agreement} signed",
        "aftale {terms.agreement} underskrevet",
    ),
    "AgreementAmended:1": (
        "agreement {terms.agreement} amended: version {terms_version}",
        "aftale {terms.agreement} ændret: version {terms_version}",
    ),
    "DrawdownCalled:1": ("drawdown {drawdown} called", "træk {drawdown} rejst"),
    "CapitalReceived:1": (
        "{investor} paid in {amount} ({drawdown})",
        "{investor} indbetalte {amount} ({drawdown})",
    ),
    "PersonEnrolled:1": ("{subject} enrolled", "{subject} visiteret"),
    "RegisterCovered:1": ("register known up to {until}", "register kendt til {until}"),
    "StayRecorded:1": ("stay of {subject} recorded", "ophold for {subject} registreret"),
    "MeasurementRecorded:1": (
        "{subject} measured: {indicator}",
        "{subject} målt: {indicator}",
    ),
    "SpellRecorded:1": ("spell of {subject} recorded", "forløb for {subject} registreret"),
    "CohortMeasured:1": ("{cohort} measured: {indicator}", "{cohort} målt: {indicator}"),
    "SubjectErased:1": ("{subject} erased: {reason}", "{subject} slettet: {reason}"),
    "EnrolmentCorrected:1": (
        "enrolment of {subject} corrected: {reason}",
        "visitation af {subject} rettet: {reason}",
    ),
    "StayCorrected:1": (
        "stay of {subject} corrected: {reason}",
        "ophold for {subject} rettet: {reason}",
    ),
    "MeasurementCorrected:1": (
        "measurement of {subject} corrected: {reason}",
        "måling af {subject} rettet: {reason}",
    ),
    "SpellCorrected:1": (
        "spell of {subject} corrected: {reason}",
        "forløb for {subject} rettet: {reason}",
    ),
    "CohortCorrected:1": (
        "measurement of {cohort} corrected: {reason}",
        "måling af {cohort} rettet: {reason}",
    ),
    "FactVoided:1": ("event {corrects} voided: {reason}", "hændelse {corrects} ophævet: {reason}"),
    "RegisterCorrected:1": (
        "register known up to {until} only: {reason}",
        "register kun kendt til {until}: {reason}",
    ),
    "TariffCorrected:1": (
        "tariff of {tariff.shelter} corrected: {reason}",
        "takst for {tariff.shelter} rettet: {reason}",
    ),
    "PersonsMerged:1": (
        "{merged} is the same person as {subject}: {reason}",
        "{merged} er samme person som {subject}: {reason}",
    ),
    "PersonsUnmerged:1": (
        "{merged} is not {subject} after all: {reason}",
        "{merged} er alligevel ikke {subject}: {reason}",
    ),
    "MunicipalityChanged:1": (
        "{subject} moved from {before} to {municipality}: {reason}",
        "{subject} flyttet fra {before} til {municipality}: {reason}",
    ),
    "AdjustmentProposed:1": (
        "{adjustment} proposed: {amount}, {reason}",
        "{adjustment} foreslået: {amount}, {reason}",
    ),
    "AdjustmentDecided:1": (
        "{adjustment} decided: {amount}, {reason}",
        "{adjustment} besluttet: {amount}, {reason}",
    ),
    "AssessmentMade:1": (
        "{assessment}: assessed until {until}, {decided} decided, {waiting} waiting",
        "{assessment}: opgjort til {until}, {decided} afgjort, {waiting} afventer",
    ),
    "OutcomeDecided:2": (
        "outcome {claim} decided",
        "resultat {claim} afgjort",
    ),
    "EntitlementCalculated:1": (
        "entitlement {claim}: {total}",
        "ret til betaling {claim}: {total}",
    ),
    "PaymentProposed:1": (
        "{payment} proposed: {payer} to {payee}, {amount}",
        "{payment} foreslået: {payer} til {payee}, {amount}",
    ),
    "PaymentApproved:1": ("{payment} approved", "{payment} godkendt"),
    "PaymentInstructed:1": ("{payment} sent to the bank", "{payment} sendt til banken"),
    "PaymentSettled:1": (
        "{payment} settled by bank line {bank_line}",
        "{payment} afregnet ved banklinje {bank_line}",
    ),
    "BankLineMatched:1": (
        "bank line {account}/{line} matched with {matched}",
        "banklinje {account}/{line} afstemt med {matched}",
    ),
    "BankLineSeen:1": (
        "bank line {account}/{line}: {amount}",
        "banklinje {account}/{line}: {amount}",
    ),
}
"""Every phrase by its key: English, Danish."""
