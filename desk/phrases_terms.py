"""What is said of terms and of what they may cost, in English and Danish."""

from __future__ import annotations

TERMS_PHRASES: dict[str, tuple[str, str]] = {
    "terms_valid": ("The terms are valid.", "Vilkårene er gyldige."),
    "terms_dates": (
        "Signed {signed}; from {starts} to {ends}; {people} people; {currency}.",
        "Underskrevet {signed}; fra {starts} til {ends}; {people} personer; {currency}.",
    ),
    "terms_parties": ("Who takes part", "Hvem deltager"),
    "terms_party": ("{name} ({id}): {roles}", "{name} ({id}): {roles}"),
    "terms_invests": (
        "{investor} commits {amount} ({instrument}).",
        "{investor} giver tilsagn om {amount} ({instrument}).",
    ),
    "terms_guarantee": (
        "{guarantor} guarantees the first {amount} of a loss.",
        "{guarantor} garanterer de første {amount} af et tab.",
    ),
    "terms_continues": (
        "{party} is bound to continue the programme if at least {share} of {what} is achieved.",
        "{party} er bundet til at fortsætte indsatsen, hvis mindst {share} af {what} er opnået.",
    ),
    "word_all_metrics": ("all metrics", "alle betalingsmål"),
    "terms_metrics": ("What is paid for", "Hvad der betales for"),
    "terms_metric": ("{id}: {told}", "{id}: {told}"),
    "terms_price_dated": (
        "{amount} from {day}",
        "{amount} fra {day}",
    ),
    "terms_guard_groups": ("Only for the groups {groups}.", "Kun for grupperne {groups}."),
    "terms_guard_age_from": (
        "Only from the age of {age}, counted at {on}.",
        "Kun fra alderen {age} år, regnet ved {on}.",
    ),
    "terms_guard_age_below": (
        "Only below the age of {age}, counted at {on}.",
        "Kun under alderen {age} år, regnet ved {on}.",
    ),
    "terms_guard_from": (
        "Only if {what} on {day} or later.",
        "Kun hvis {what} den {day} eller senere.",
    ),
    "terms_guard_before": ("Only if {what} before {day}.", "Kun hvis {what} før {day}."),
    "word_enrolment": ("enrolment", "visitationen"),
    "word_referral": ("referral", "henvisningen"),
    "word_achievement": ("achievement", "resultatet"),
    "word_enrolled": ("enrolled", "visiteret"),
    "word_referred": ("referred", "henvist"),
    "word_achieved": ("achieved", "opnået"),
    "terms_claim_earliest": (
        "Claimable {days} working days after it was achieved.",
        "Kan opgøres {days} arbejdsdage efter at det er opnået.",
    ),
    "terms_claim_latest": (
        "Not paid if it is measured more than {days} days after it was achieved.",
        "Betales ikke, hvis det måles mere end {days} dage efter at det er opnået.",
    ),
    "terms_multiplier": ("Group {group}: × {factor}.", "Gruppen {group}: × {factor}."),
    "terms_index": ("Achieved from {day}: × {factor}.", "Opnået fra {day}: × {factor}."),
    "terms_deadweight_price": (
        "{share} of each outcome is taken off: it would have come anyway.",
        "{share} af hvert resultat trækkes fra: det ville være kommet alligevel.",
    ),
    "terms_deadweight_count": (
        "Outcomes are paid only beyond {share} of the people: those would have come anyway.",
        "Der betales kun for resultater ud over {share} af personerne: de ville være kommet alligevel.",
    ),
    "terms_negative": (
        "It costs the investors: it is taken off what they get.",
        "Det koster investorerne: det trækkes fra det, de får.",
    ),
    "terms_exclusive_first": (
        "Of a person's outcomes among {among!r}, only the first is paid.",
        "Af en persons resultater inden for {among!r} betales kun det første.",
    ),
    "terms_exclusive_best": (
        "Of a person's outcomes among {among!r}, only the dearest is paid.",
        "Af en persons resultater inden for {among!r} betales kun det dyreste.",
    ),
    "terms_split_own": ("Paid by {shares}.", "Betales af {shares}."),
    "terms_split": ("The split: {shares}.", "Fordelingen: {shares}."),
    "terms_payment": ("How it is paid", "Hvordan der betales"),
    "terms_caps": ("The caps, in this order", "Lofterne, i denne rækkefølge"),
    "terms_caps_none": ("There are no caps.", "Der er ingen lofter."),
    "terms_cap_person": ("{limit} for one person", "{limit} for én person"),
    "terms_cap_metric": ("{limit} for {metric}", "{limit} for {metric}"),
    "terms_cap_year": ("{limit} for one calendar year", "{limit} for ét kalenderår"),
    "terms_cap_payer": ("{limit} by {payer}, alone", "{limit} fra {payer} alene"),
    "terms_cap_agreement": ("{limit} for everything", "{limit} for det hele"),
    "terms_cap_multiple": (
        "to the investors, {multiple} times the capital paid in",
        "til investorerne, {multiple} gange den indbetalte kapital",
    ),
    "terms_cap_rate": (
        "to the investors, a return of {rate} a year",
        "til investorerne, et afkast på {rate} om året",
    ),
    "terms_rounding": (
        "Rounded to øre once an outcome; what is left of an øre falls to {payer}, and among investors to {investor}.",
        "Afrundes til øre én gang pr. resultat; den sidste øre falder på {payer}, og blandt investorerne på {investor}.",
    ),
    "terms_law_freeze": (
        "Shelter nights are refunded by {table} as it stood when it was signed.",
        "Herbergsnætter refunderes efter {table}, som den var ved underskriften.",
    ),
    "terms_law_follow": (
        "Shelter nights are refunded by {table}, and follow it when it changes.",
        "Herbergsnætter refunderes efter {table}, også når den ændres.",
    ),
    "terms_enrol_by": (
        "To reach the milestone of {months} months, a person must be enrolled by {day}.",
        "For at nå milepælen på {months} måneder skal en person være visiteret senest {day}.",
    ),
    "title_exposure": ("The most that it can cost", "Det meste det kan koste"),
    "title_exposure_years": (
        "The most in outcomes of one year, after caps",
        "Det meste for resultater i ét år, efter lofter",
    ),
    "before_caps": ("Before caps", "Før lofter"),
    "after_caps": ("After caps", "Efter lofter"),
    "metric": ("Metric", "Betalingsmål"),
    "not_bounded": ("not bounded", "uden grænse"),
    "exposure_note": (
        "Payers' parts may sum to more than the whole. All of it may fall in one year unless a cap by year stops it. Rounding can add at most one øre per payer to each outcome.",
        "Betalernes dele kan tilsammen være mere end det hele. Det kan alt sammen falde i ét år, hvis ikke et årligt loft forhindrer det. Afrunding kan føje højst én øre pr. betaler til hvert resultat.",
    ),
    "terms_warnings": ("Talk about this before you sign", "Tal om dette, før I underskriver"),
    "terms_no_warnings": (
        "Nothing to warn of was found.",
        "Der blev ikke fundet noget at advare om.",
    ),
    "doubt_payer-pays-nothing": (
        "{about} has the role of a payer, but no metric lets it pay anything.",
        "{about} har rollen som betaler, men intet betalingsmål lader den betale noget.",
    ),
    "doubt_share-zero": (
        "{about}: {payer} pays a share of 0. Leave it out, or correct the share.",
        "{about}: {payer} betaler andelen 0. Udelad den, eller ret andelen.",
    ),
    "doubt_guarantee-covers-all": (
        "The guarantee of {about} covers all that the investors put in: they risk nothing.",
        "Garantien fra {about} dækker alt, hvad investorerne indskyder: de risikerer intet.",
    ),
    "doubt_residual-holder-capped": (
        "{about} takes the last øre, but has a cap of its own: at its cap, that øre is owed by nobody.",
        "{about} bærer den sidste øre, men har sit eget loft: når loftet er nået, skyldes øren af ingen.",
    ),
    "doubt_law-frozen": (
        "{about} is frozen at signature, but the rule {rule} takes effect on {day}: from then the state's gain is paid by a law that no longer holds.",
        "{about} er fastfrosset ved underskriften, men reglen {rule} træder i kraft {day}: derefter betales statens gevinst efter en lov, der ikke længere gælder.",
    ),
    "doubt_law-followed": (
        "{about} is followed, and the rule {rule} takes effect on {day}: what is saved is worth another amount to each side from then on.",
        "{about} følges, og reglen {rule} træder i kraft {day}: derefter er det sparede et andet beløb værd for hver side.",
    ),
    "doubt_law-unknown": (
        "The rule table {about} does not come with the program, so changes in that law were not looked at.",
        "Regeltabellen {about} følger ikke med programmet, så ændringer i loven er ikke undersøgt.",
    ),
    "doubt_milestone-out-of-reach": (
        "{about}: nobody can reach {months} months: they end after the agreement.",
        "{about}: ingen kan nå {months} måneder: de slutter efter aftalen.",
    ),
    "doubt_time-out-of-reach": (
        "{about}: nobody can reach {time} ({days} days): the agreement lasts {most} days.",
        "{about}: ingen kan nå {time} ({days} dage): aftalen varer {most} dage.",
    ),
    "doubt_price-not-dated": (
        "{about}: the price is the same for all {years} years. Say so to each other, or write dated prices or an indexation.",
        "{about}: prisen er den samme i alle {years} år. Vær enige om det, eller skriv daterede priser eller en regulering.",
    ),
    "doubt_guard-needs-birth": (
        "{about}: the guard on age needs each person's day of birth; whoever's is not known is not paid for.",
        "{about}: kravet om alder kræver hver persons fødselsdag; er den ukendt, betales der ikke.",
    ),
    "doubt_guard-needs-referral": (
        "{about}: the guard on referral needs each person's day of referral; whoever's is not known is not paid for.",
        "{about}: kravet om henvisning kræver hver persons henvisningsdag; er den ukendt, betales der ikke.",
    ),
    "doubt_guard-leaves-nobody": (
        "{about}: the guard on {guard} lets in no day of the agreement, so nothing is ever paid.",
        "{about}: kravet til {guard} rummer ingen dag i aftalen, så der betales aldrig noget.",
    ),
    "doubt_exclusive-alone": (
        "{about}: no other metric is among {among!r}, so it excludes only its own further outcomes.",
        "{about}: intet andet betalingsmål er inden for {among!r}, så det udelukker kun sine egne øvrige resultater.",
    ),
    "doubt_deadweight-without-people": (
        "{about}: deadweight on the count of people has no meaning where outcomes are not of people.",
        "{about}: dødvægt på antal personer giver ingen mening, hvor resultaterne ikke er personers.",
    ),
    "doubt_no-nights-to-save": (
        "{about}: with {nights} nights a year, all from the beginning of each year, the months {start}–{end} hold none: nothing can be saved in them.",
        "{about}: med {nights} nætter om året, alle fra årets begyndelse, har månederne {start}–{end} ingen: der kan intet spares i dem.",
    ),
    "doubt_tariff-stands-still": (
        "{about}: the last reference tariff is from {day} and holds until {end}. Agree on one for each year.",
        "{about}: den seneste referencetakst er fra {day} og gælder til {end}. Aftal en for hvert år.",
    ),
    "doubt_no-agreement-cap": (
        "No cap bounds the whole agreement, or every payer: prices and the number of people alone do.",
        "Intet loft begrænser hele aftalen eller hver betaler: det gør kun priser og antallet af personer.",
    ),
    "doubt_no-year-cap": (
        "No cap by year: all of it may fall due in one budget year.",
        "Intet årligt loft: det hele kan forfalde i ét budgetår.",
    ),
    "doubt_unbounded": (
        "{about}: nothing bounds what this can cost.",
        "{about}: intet begrænser, hvad dette kan koste.",
    ),
    "doubt_person-cap-without-people": (
        "{about}: its outcomes are not of single people, so the cap by person does not touch them.",
        "{about}: resultaterne er ikke enkelte personers, så loftet pr. person gælder dem ikke.",
    ),
    "doubt_return-to-itself": (
        "{about} both pays and invests, and the return is capped: what it pays itself counts as return.",
        "{about} både betaler og investerer, og afkastet har et loft: det, den betaler sig selv, tæller som afkast.",
    ),
    "doubt_return-with-internal": (
        "{about} is internal and gets no return, but the cap on the return counts its capital: the others may together get more than the cap says.",
        "{about} er intern og får intet afkast, men loftet på afkastet regner dens kapital med: de andre kan tilsammen få mere, end loftet siger.",
    ),
    "doubt_cap-out-of-reach": (
        "The cap of {limit} on {about} can never be reached: at most {most} is owed. A slip of the pen?",
        "Loftet på {limit} for {about} kan aldrig nås: der skyldes højst {most}. En skrivefejl?",
    ),
    "simulate_title": (
        "{title} ({agreement}): what the terms would pay under assumptions, not money of a ledger.",
        "{title} ({agreement}): hvad vilkårene ville betale under antagelser, ikke et regnskabs penge.",
    ),
    "scenario_low": (
        "Low: {people} people; {achieved} outcomes achieved, {missed} not, {waiting} not decided.",
        "Lavt: {people} personer; {achieved} resultater opnået, {missed} ikke, {waiting} ikke afgjort.",
    ),
    "scenario_expected": (
        "Expected: {people} people; {achieved} outcomes achieved, {missed} not, {waiting} not decided.",
        "Forventet: {people} personer; {achieved} resultater opnået, {missed} ikke, {waiting} ikke afgjort.",
    ),
    "scenario_high": (
        "High: {people} people; {achieved} outcomes achieved, {missed} not, {waiting} not decided.",
        "Højt: {people} personer; {achieved} resultater opnået, {missed} ikke, {waiting} ikke afgjort.",
    ),
    "title_simulate": (
        "Capital in and payments out, by year",
        "Kapital ind og betalinger ud, efter år",
    ),
    "capital_in": ("Capital in", "Kapital ind"),
    "paid_in_all": ("Paid in all", "Betalt i alt"),
    "net_so_far": ("Investors, net so far", "Investorer, netto hidtil"),
    "simulate_metric": ("{metric} comes to {amount}.", "{metric} bliver til {amount}."),
    "simulate_return": (
        "The investors get {multiple} for each 1.00 paid in, a return of {rate} a year.",
        "Investorerne får {multiple} for hver 1,00 indbetalt, et afkast på {rate} om året.",
    ),
    "simulate_cap": (
        "The cap {cap} binds, first on {day}: it cuts {count} outcomes.",
        "Loftet {cap} er nået, første gang {day}: det skærer i {count} resultater.",
    ),
    "simulate_no_cap": ("No cap binds.", "Intet loft er nået."),
    "simulate_most": (
        "At most, whatever happens, the terms can cost {most}.",
        "Højst, hvad der end sker, kan vilkårene koste {most}.",
    ),
    "simulate_plot": ("Drawn in {file}.", "Tegnet i {file}."),
    "scope_person": ("by person", "pr. person"),
    "scope_metric": ("by metric", "pr. betalingsmål"),
    "scope_year": ("by year", "pr. år"),
    "scope_payer": ("by payer", "pr. betaler"),
    "scope_agreement": ("by agreement", "for aftalen"),
    "scope_return": ("on the return", "på afkastet"),
    "plot_title": (
        "{agreement}: capital in and payments out, all years so far",
        "{agreement}: kapital ind og betalinger ud, alle år hidtil",
    ),
    "plot_about": (
        "By the end of {year}: {capital} paid in. Paid out: {paid}.",
        "Ved udgangen af {year}: {capital} indbetalt. Betalt ud: {paid}.",
    ),
    "plot_years": ("End of year", "Årets udgang"),
    "plot_amounts": ("Amount so far, {currency}", "Beløb hidtil, {currency}"),
    "plot_capital": ("Capital in", "Kapital ind"),
    "plot_low": ("Payments, low", "Betalinger, lavt"),
    "plot_expected": ("Payments, expected", "Betalinger, forventet"),
    "plot_high": ("Payments, high", "Betalinger, højt"),
    "title_kinds": ("What can be paid for", "Hvad der kan betales for"),
    "kind": ("Kind", "Type"),
}
"""Every phrase by its key: English, Danish."""
