"""What `ofl explain` says of a payment and of what it rests on, in English and Danish."""

from __future__ import annotations

EXPLAIN_PHRASES: dict[str, tuple[str, str]] = {
    "why_title": ("Why was {payment} paid?", "Hvorfor blev {payment} betalt?"),
    "why_amount": (
        "{payer} ({role}) pays {payee} {amount} for {count} outcomes.",
        "{payer} ({role}) betaler {payee} {amount} for {count} resultater.",
    ),
    "why_amount_guarantee": (
        "{payer} ({role}) pays {payee} {amount} of a guarantee.",
        "{payer} ({role}) betaler {payee} {amount} af en underskudsgaranti.",
    ),
    "show_investment": (
        "{investor} ({instrument}): committed {committed}, paid in {paid_in}, entitled to {entitled}",
        "{investor} ({instrument}): tilsagn {committed}, indbetalt {paid_in}, har ret til {entitled}",
    ),
    "show_waterfall": (
        "Order of payment {number}: {to}, up to {limit}",
        "Betalingsrækkefølge {number}: {to}, op til {limit}",
    ),
    "limit_principal": ("the principal", "hovedstolen"),
    "limit_all": ("all that is left", "alt hvad der er tilbage"),
    "limit_multiple": ("{multiple} x the capital", "{multiple} x kapitalen"),
    "show_guarantee": (
        "Guarantee: {guarantor} covers {amount}; called {called}",
        "Underskudsgaranti: {guarantor} dækker {amount}; trukket {called}",
    ),
    "show_bound_yes": (
        "The goals are met ({achieved} of {decided}): {party} is bound to continue the programme",
        "Målene er nået ({achieved} af {decided}): {party} er bundet til at fortsætte indsatsen",
    ),
    "show_bound_no": (
        "The goals are not met ({achieved} of {decided}): {party} is not bound to continue",
        "Målene er ikke nået ({achieved} af {decided}): {party} er ikke bundet til at fortsætte",
    ),
    "show_bound_open": (
        "If the goals are met, {party} is bound to continue; not decided yet ({achieved} of {decided})",
        "Nås målene, er {party} bundet til at fortsætte; ikke afgjort endnu ({achieved} af {decided})",
    ),
    "why_steps": ("Who did what, and when", "Hvem gjorde hvad, og hvornår"),
    "why_terms": (
        "Terms: {title}, version {version}, signed {day} (event {position}, recorded by {actor}).",
        (
            "Vilkår: {title}, version {version}, underskrevet {day} (hændelse {position}, "
            "registreret af {actor})."
        ),
    ),
    "why_law": (
        "Law and tariffs: events {positions}. Refund rules: {rules}.",
        "Lov og takster: hændelse {positions}. Refusionsregler: {rules}.",
    ),
    "why_people": (
        "People who acted in what the payment rests on: {people}. None of them approved it.",
        "Personer, der har handlet i betalingens grundlag: {people}. Ingen af dem godkendte den.",
    ),
    "why_people_unapproved": (
        "People who acted in what the payment rests on: {people}. None of them may approve it.",
        "Personer, der har handlet i betalingens grundlag: {people}. Ingen af dem må godkende den.",
    ),
    "why_items": ("The outcomes it pays for", "Resultaterne, der betales for"),
    "why_items_more": ("… and {count} more", "… og {count} til"),
    "why_item_title": (
        "Outcome {number}: {subject}, {which}, {amount} of this payment",
        "Resultat {number}: {subject}, {which}, {amount} af denne betaling",
    ),
    "why_months": ("{months} months", "{months} måneder"),
    "why_period": (
        "Enrolled {enrolled} (event {position}). The period is {start} up to, not including, {end}.",
        "Visiteret {enrolled} (hændelse {position}). Perioden er {start} til, ikke med, {end}.",
    ),
    "why_measurement": (
        "Measured {day}: {indicator} = {value}, by {validator} (event {position}, recorded by {actor}).",
        (
            "Målt {day}: {indicator} = {value}, af {validator} (hændelse {position}, registreret af "
            "{actor})."
        ),
    ),
    "why_no_stays": (
        "The register shows no stays.",
        "Registret viser ingen ophold.",
    ),
    "why_stay": (
        "Stay at {shelter}, {admitted} up to {discharged} (event {position}, {file} row {row}).",
        "Ophold på {shelter}, {admitted} til {discharged} (hændelse {position}, {file} række {row}).",
    ),
    "why_stays_before": (
        "{count} earlier stays count where a running year reaches into the period (events {positions}).",
        "{count} tidligere ophold tæller, hvor et refusionsår når ind i perioden (hændelse {positions}).",
    ),
    "still_open": ("still open", "ikke afsluttet"),
    "title_retention": ("People who may be erased", "Personer der må slettes"),
    "last_year": ("last year", "sidste år"),
    "erasable_from": ("may be erased from", "må slettes fra"),
    "retention_kept": (
        "{erasable} may be erased, {kept} must be kept for {years} years after the last year.",
        "{erasable} må slettes, {kept} skal gemmes i {years} år efter det sidste år.",
    ),
    "erased_on": ("Erased on {day}", "Slettet {day}"),
    "erased_people": (
        "{agreement}: {count} erased, last on {day}",
        "{agreement}: {count} slettet, senest {day}",
    ),
    "erased": ("(erased or locked)", "(slettet eller låst)"),
    "why_course_counterfactual": (
        "Without the programme: {nights} nights",
        "Uden indsatsen: {nights} nætter",
    ),
    "why_course_actual": ("As it was: {nights} nights", "Som det gik: {nights} nætter"),
    "why_night_line": (
        "{nights} nights × ({tariff} − {own}) = {cost}; × {share} = {refund} refunded ({rule})",
        "{nights} nætter × ({tariff} − {own}) = {cost}; × {share} = {refund} refunderet ({rule})",
    ),
    "why_night_line_none": (
        "{nights} nights × ({tariff} − {own}) = {cost}; beyond the limit, none refunded ({rule})",
        "{nights} nætter × ({tariff} − {own}) = {cost}; over loftet, intet refunderet ({rule})",
    ),
    "why_window": (
        (
            "running year {start} up to {end}: {before} nights before the period, {refunded_before} of "
            "them refunded; {nights} in it, {refunded} refunded"
        ),
        (
            "refusionsår {start} til {end}: {before} nætter før perioden, heraf {refunded_before} "
            "refunderet; {nights} i perioden, {refunded} refunderet"
        ),
    ),
    "why_course_sum": (
        "cost {cost}, of which the state refunds {refund}",
        "udgift {cost}, hvoraf staten refunderer {refund}",
    ),
    "why_state": (
        "State-side gain = {counterfactual} − {actual} = {gain}; {payer} pays {share} = {amount}",
        "Statens gevinst = {counterfactual} − {actual} = {gain}; {payer} betaler {share} = {amount}",
    ),
    "why_state_support": (
        (
            "State-side gain = {counterfactual} − {actual} − {state} refunded of support = {gain}; "
            "{payer} pays {share} = {amount}"
        ),
        (
            "Statens gevinst = {counterfactual} − {actual} − {state} refunderet af støtten = {gain}; "
            "{payer} betaler {share} = {amount}"
        ),
    ),
    "why_municipality": (
        (
            "Municipal gain = {counterfactual} − {actual} − {state} = {gain}; {payer} pays {share} = "
            "{amount}"
        ),
        (
            "Kommunens gevinst = {counterfactual} − {actual} − {state} = {gain}; {payer} betaler "
            "{share} = {amount}"
        ),
    ),
    "why_floor": ("(never below zero)", "(aldrig under nul)"),
    "why_before_caps": ("Together before caps: {amount}", "Sammen før lofter: {amount}"),
    "why_cap_person": (
        "Cap per person {limit}, {left} left{cut}",
        "Loft pr. person {limit}, heraf {left} tilbage{cut}",
    ),
    "why_cap_agreement": (
        "Cap of the agreement {limit}, {left} left{cut}",
        "Aftalens loft {limit}, heraf {left} tilbage{cut}",
    ),
    "why_cap_metric": (
        "Cap of the metric {limit}, {left} left{cut}",
        "Betalingsmålets loft {limit}, heraf {left} tilbage{cut}",
    ),
    "why_cap_year": (
        "Cap of the year {limit}, {left} left{cut}",
        "Årets loft {limit}, heraf {left} tilbage{cut}",
    ),
    "why_cap_payer": (
        "Cap of the payer {limit}, {left} left{cut}",
        "Betalerens loft {limit}, heraf {left} tilbage{cut}",
    ),
    "why_cap_return": (
        "Cap on the return {limit}, {left} left{cut}",
        "Loft over afkastet {limit}, heraf {left} tilbage{cut}",
    ),
    "why_step": ("{what} ({by}): {result}", "{what} ({by}): {result}"),
    "step_price": ("Units x price", "Enheder x pris"),
    "step_group": ("Factor of the group", "Målgruppens faktor"),
    "step_indexation": ("Indexation", "Indeksregulering"),
    "step_deadweight-price": ("Less deadweight", "Fradrag for dødvægt"),
    "step_deadweight-count": (
        "Beyond what would have come anyway (share x people)",
        "Ud over hvad der ville være sket alligevel (andel x personer)",
    ),
    "step_municipality": (
        "Paid by where the person lived: days",
        "Betales efter bopæl: dage",
    ),
    "step_negative": ("Outcome that costs money", "Resultat, der koster penge"),
    "step_exclusive-first": (
        "Only the first of these is paid",
        "Kun det første af disse betales",
    ),
    "step_exclusive-best": (
        "Of these the dearest is paid; what it adds",
        "Af disse betales det dyreste; hvad det lægger til",
    ),
    "why_spell": (
        "{indicator}: {started} – {ended} (event {position}; {file}, row {row})",
        "{indicator}: {started} – {ended} (hændelse {position}; {file}, række {row})",
    ),
    "why_amended": (
        "Amended terms: version {version}, in force from {day} (event {position}, recorded by {actor}).",
        "Ændrede vilkår: version {version}, gælder fra {day} (hændelse {position}, registreret af {actor}).",
    ),
    "why_version": (
        "Judged by version {version} of the terms, in force from {day}.",
        "Afgjort efter version {version} af vilkårene, som gælder fra {day}.",
    ),
    "why_cut": (": it cuts the amount", ": det begrænser beløbet"),
    "why_total": (
        "Entitlement, rounded to whole øre: {total}",
        "Ret til betaling, afrundet til hele øre: {total}",
    ),
    "why_part": (
        "{payer} owes {payee} {amount}",
        "{payer} skylder {payee} {amount}",
    ),
    "why_corrects": (
        "This corrects event {position}; only the difference was posted: {difference}",
        "Dette berigtiger hændelse {position}; kun forskellen er bogført: {difference}",
    ),
    "why_capital": (
        "Capital paid in by then: {shares}.",
        "Kapital indbetalt til da: {shares}.",
    ),
    "why_more": (
        "The working of each outcome: ofl explain {payment} --item NUMBER, or --all",
        "Beregningen af hvert resultat: ofl explain {payment} --item NUMMER, eller --all",
    ),
}
"""Every phrase by its key: English, Danish."""
