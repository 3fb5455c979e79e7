"""What is said of scenarios, in English and Danish."""

from __future__ import annotations

WHATIF_PHRASES: dict[str, tuple[str, str]] = {
    "whatif_title": ("What if: {name}", "Hvad nu hvis: {name}"),
    "whatif_changes": (
        "{changed} of {outcomes} outcomes change, in {touched} of {agreements} agreements looked at. Nothing was recorded.",
        "{changed} af {outcomes} resultater ændres, i {touched} af {agreements} undersøgte aftaler. Intet er registreret.",
    ),
    "whatif_nothing": (
        "Nothing changes: {outcomes} outcomes of {agreements} agreements stand as they do now.",
        "Intet ændres: {outcomes} resultater i {agreements} aftaler står, som de gør nu.",
    ),
    "whatif_against": (
        "Compared with what is recorded, each agreement as far as it is assessed.",
        "Sammenlignet med det registrerede, hver aftale til den dag, den sidst er opgjort til.",
    ),
    "whatif_against_other": (
        "Before: {one}. After: {two}. Each agreement until the day it was last assessed until.",
        "Før: {one}. Efter: {two}. Hver aftale til den dag, den sidst er opgjort til.",
    ),
    "whatif_undecided": (
        "{count} outcomes that are decided would wait instead; {amount} is owed for them now.",
        "{count} resultater, der er afgjort, ville i stedet afvente; for dem skyldes nu {amount}.",
    ),
    "whatif_unassessed": (
        "Facts recorded since the last assessment decide {count} outcomes otherwise. Both sides count them; run `ofl assess`.",
        "Oplysninger fra efter den seneste opgørelse afgør {count} resultater anderledes. Begge sider tæller dem med; kør `ofl assess`.",
    ),
    "whatif_hash": (
        "Scenario {name}, sha256 {sha256}.",
        "Scenarie {name}, sha256 {sha256}.",
    ),
    "whatif_more": ("… and {count} more", "… og {count} til"),
    "whatif_show": (
        "`--show CLAIM` gives both workings of one of them.",
        "`--show RESULTAT` giver begge udregninger af et af dem.",
    ),
    "title_whatif_years": (
        "By agreement and year of achievement, where something changes",
        "Efter aftale og det år, hvor resultatet er opnået, hvor noget ændres",
    ),
    "title_whatif_owed": ("What each payer owes each investor", "Hvad hver betaler skylder hver investor"),
    "title_whatif_returns": ("What comes back to investors", "Hvad investorerne får igen"),
    "title_whatif_payments": ("Payments of outcomes that change", "Betalinger af resultater, der ændres"),
    "title_whatif_changes": ("Outcomes that change, the largest first", "Resultater, der ændres, de største først"),
    "title_whatif_kept": ("Scenarios", "Scenarier"),
    "title_whatif_sides": ("The scenarios beside what is recorded", "Scenarierne ved siden af det registrerede"),
    "whatif_before": ("Before", "Før"),
    "whatif_after": ("After", "Efter"),
    "whatif_recorded": ("Recorded", "Registreret"),
    "whatif_changed": ("Changed", "Ændret"),
    "whatif_paid": ("Paid or sent", "Betalt eller sendt"),
    "whatif_to_pay": ("Still to pay", "Mangler at betales"),
    "whatif_to_claw_back": ("To claw back", "Kræves tilbage"),
    "whatif_claim": ("Claim", "Resultat"),
    "whatif_achieved_on": ("Achieved", "Opnået"),
    "whatif_multiple_before": ("Of paid in", "Af indbetalt"),
    "whatif_multiple_after": ("Then", "Så"),
    "whatif_name": ("Name", "Navn"),
    "whatif_text": ("What is supposed", "Hvad der antages"),
    "whatif_kept_at": ("Kept", "Gemt"),
    "unproposed": ("not proposed", "ikke foreslået"),
    "whatif_missed": ("not achieved", "ikke opnået"),
    "whatif_unknown": ("there is no such outcome", "der er ikke et sådant resultat"),
    "whatif_waits_measurement": ("waits for a measurement", "afventer en måling"),
    "whatif_waits_register": ("waits for the register", "afventer registeret"),
    "whatif_waits_capital": ("waits for capital", "afventer kapital"),
    "whatif_waits_claim": ("waits until it may be claimed", "afventer, at det kan opgøres"),
    "whatif_waits_renegotiation": ("waits for new terms", "afventer nye vilkår"),
    "whatif_erased": (
        "the person is erased; what was decided stands",
        "personen er slettet; det afgjorte står ved magt",
    ),
    "whatif_working": ("{claim}: both workings", "{claim}: begge udregninger"),
    "whatif_kept_now": ("{name} is kept.", "{name} er gemt."),
    "whatif_kept_before": ("{name} was kept before.", "{name} var gemt i forvejen."),
    "adopt_title": (
        "To adopt {name}: these commands, in this order. Nothing is recorded yet.",
        "For at indføre {name}: disse kommandoer, i denne rækkefølge. Intet er registreret endnu.",
    ),
    "adopt_nothing": (
        "Everything is recorded as {name} supposes it; there is nothing to adopt.",
        "Alt er registreret, som {name} antager det; der er intet at indføre.",
    ),
    "adopt_who": ("{number}. {duties}", "{number}. {duties}"),
    "adopt_or": (" or ", " eller "),
    "adopt_blank": (
        "first fill in {file}, row {row}: {column}",
        "udfyld først {file}, række {row}: {column}",
    ),
    "adopt_blank_of": (
        "first fill in {file}, row {row}: {column} of {subject}",
        "udfyld først {file}, række {row}: {column} for {subject}",
    ),
    "adopt_folder": (
        "The commands are in {folder}/{file}, and beside it the files that they read.",
        "Kommandoerne står i {folder}/{file}, og ved siden af ligger de filer, de læser.",
    ),
    "adopt_then": (
        "Then {changed} outcomes stand otherwise: {to_pay} to pay, in payments that are proposed and approved as ever, and {to_claw_back} to claw back, by setting it off or demanding it.",
        "Derefter står {changed} resultater anderledes: {to_pay} skal betales, i betalinger, der foreslås og godkendes som altid, og {to_claw_back} kræves tilbage, ved modregning eller påkrav.",
    ),
    "adopt_otherwise": (
        "{count} outcomes would not stand as in the scenario: what is recorded now is not the same as what had been so.",
        "{count} resultater ville ikke stå som i scenariet: det, der registreres nu, er ikke det samme, som hvis det havde været sådan.",
    ),
    "whatif_none_kept": ("No scenario is kept.", "Intet scenarie er gemt."),
}  # fmt: skip
