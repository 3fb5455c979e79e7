"""What the ledger says of who works on it, in English and Danish."""

from __future__ import annotations

PEOPLE_PHRASES: dict[str, tuple[str, str]] = {
    # duties
    "duty_registrar": ("registrar", "registrator"),
    "duty_validator": ("validator", "validator"),
    "duty_terms_owner": ("terms owner", "vilkårsansvarlig"),
    "duty_payee_master": ("payee master data", "kontooplysninger"),
    "duty_approver": ("approver", "godkender"),
    "duty_payer": ("payer (release)", "udbetaler"),
    "duty_reconciler": ("reconciler", "afstemmer"),
    "duty_auditor": ("auditor", "revisor"),
    "duty_administrator": ("administrator", "administrator"),
    # what happened
    "PeopleSetUp:1": ("people set up", "medarbejdere oprettet"),
    "SetUpWitnessed:1": ("set-up witnessed", "oprettelse bevidnet"),
    "ColleagueAdded:1": ("colleague added", "medarbejder tilføjet"),
    "AccountLinked:1": ("account linked", "brugernavn knyttet til medarbejder"),
    "KeyProposed:1": ("key proposed", "nøgle foreslået"),
    "KeyAdded:1": ("key added", "nøgle tilføjet"),
    "KeyRevoked:1": ("key revoked", "nøgle tilbagekaldt"),
    "DutyProposed:1": ("duty proposed", "opgave foreslået"),
    "DutyGranted:1": ("duty granted", "opgave tildelt"),
    "DutyWithdrawn:1": ("duty withdrawn", "opgave frataget"),
    "ColleagueLeft:1": ("colleague left", "medarbejder fratrådt"),
    "GlassBroken:1": ("EMERGENCY: glass broken", "NØDSITUATION: glas brudt"),
    "GlassReviewed:1": ("emergency reviewed", "nødsituation gennemgået"),
    # tables
    "title_people": ("Who works on the ledger", "Hvem der arbejder med regnskabet"),
    "title_proposals": ("Waiting for a second person", "Venter på endnu en person"),
    "title_glasses": ("Emergencies", "Nødsituationer"),
    "colleague": ("Person", "Medarbejder"),
    "name": ("Name", "Navn"),
    "accounts": ("Accounts", "Brugernavne"),
    "duties": ("Duties", "Opgaver"),
    "keys": ("Keys", "Nøgler"),
    "proposer": ("Proposed by", "Foreslået af"),
    "proposed_what": ("What", "Hvad"),
    "duty": ("Duty", "Opgave"),
    "reason": ("Reason", "Begrundelse"),
    "since": ("Since", "Fra"),
    "until": ("Until", "Til"),
    "reviewer": ("Reviewed by", "Gennemgået af"),
    "at_position": ("Position", "Position"),
    "has_left": ("has left", "fratrådt"),
    "nobody_yet": ("NOBODY YET", "INGEN ENDNU"),
    # how the ledger stands
    "people_single": (
        "SINGLE-USER: no people are set up, so every command is one person's, whatever names are given, and nothing can be approved. `ofl people setup` lets people in.",
        "ÉN BRUGER: der er ikke oprettet medarbejdere, så alle kommandoer regnes for én persons, uanset navnene, og intet kan godkendes. `ofl people setup` lukker medarbejdere ind.",
    ),
    "people_trusting": (
        "A demo ledger without people: names are taken as they are given, and prove nothing.",
        "Et demoregnskab uden medarbejdere: navne tages som de gives og beviser intet.",
    ),
    "people_unwitnessed": (
        "SET UP BY ONE PERSON, {founder}: {missing} more must say with a key of their own that they are another person (`ofl people witness`). Until then nothing shows that the people are not all the same one.",
        "OPRETTET AF ÉN PERSON, {founder}: endnu {missing} skal med egen nøgle bekræfte at være en anden (`ofl people witness`). Indtil da viser intet, at de ikke alle er den samme.",
    ),
    "warn_single_user": (
        "SINGLE-USER: whatever names are given, every command is one person's, and nothing can be approved. Let people in with `ofl people setup`.",
        "ÉN BRUGER: uanset navnene er alle kommandoer én persons, og intet kan godkendes. Luk medarbejdere ind med `ofl people setup`.",
    ),
    "warn_set_up_by_one": (
        "The people were set up by one person, {founder}; {missing} more must witness it, each with a key of their own: `ofl people witness`.",
        "Medarbejderne er oprettet af én person, {founder}; endnu {missing} skal bevidne det, hver med egen nøgle: `ofl people witness`.",
    ),
    "warn_people_unreadable": (
        "Who works on the ledger cannot be read: {reason}",
        "Hvem der arbejder med regnskabet, kan ikke læses: {reason}",
    ),
    "warn_few_administrators": (
        "Only {count} people are administrators with a key, and it takes two to let anybody in.",
        "Kun {count} har opgaven som administrator og en nøgle, og det kræver to at lukke nogen ind.",
    ),
    "warn_glass_broken": (
        "EMERGENCY: {colleague} took the duty of {duty} until {until} (position {position}): {reason}",
        "NØDSITUATION: {colleague} tog opgaven {duty} til {until} (position {position}): {reason}",
    ),
    "warn_glass_unreviewed": (
        "What {colleague} did with the duty of {duty}, taken in an emergency (position {position}), is not reviewed: `ofl people review`.",
        "Det, {colleague} gjorde med opgaven {duty}, taget i en nødsituation (position {position}), er ikke gennemgået: `ofl people review`.",
    ),
    "why_glass": (
        "IN AN EMERGENCY: {actor} did #{position} while having taken the duty of {duty} (#{broken_at}: {reason}); {reviewed}",
        "I EN NØDSITUATION: {actor} gjorde #{position} efter at have taget opgaven {duty} (#{broken_at}: {reason}); {reviewed}",
    ),
    "why_glass_reviewed": ("reviewed by {by}: {remark}", "gennemgået af {by}: {remark}"),
    "why_glass_unreviewed": ("NOT REVIEWED", "IKKE GENNEMGÅET"),
    "why_set_up_by_one": (
        "The people of this ledger were set up by one person, {founder}; too few others have witnessed it.",
        "Dette regnskabs medarbejdere er oprettet af én person, {founder}; for få andre har bevidnet det.",
    ),
}
"""Each phrase by its key: English, Danish."""
