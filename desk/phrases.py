"""What the ledger says to finance people, in English and Danish."""

from __future__ import annotations

from desk.phrases_bank import BANK_PHRASES
from desk.phrases_done import DONE_PHRASES
from desk.phrases_jobs import JOBS_PHRASES
from desk.phrases_payments import PAYMENT_PHRASES
from desk.phrases_people import PEOPLE_PHRASES
from desk.phrases_sampling import SAMPLING_PHRASES
from desk.phrases_terms import TERMS_PHRASES
from desk.phrases_whatif import WHATIF_PHRASES
from ledger.metrics.kinds import KINDS

PHRASES: dict[str, tuple[str, str]] = {
    # roles, states, accounts
    "outcome_payer": ("outcome payer", "resultatbetaler"),
    "co_payer": ("co-payer", "medbetaler"),
    "investor": ("investor", "investor"),
    "provider": ("provider", "leverandør"),
    "guarantor": ("guarantor", "garant"),
    "proposed": ("proposed", "foreslået"),
    "approved": ("approved", "godkendt"),
    "sent": ("sent to the bank", "sendt til banken"),
    "settled": ("settled", "afregnet"),
    "bank": ("bank", "bank"),
    "receivable": ("receivable", "tilgodehavende"),
    "payable": ("payable", "skyldig"),
    "investment": ("investment", "investering"),
    "funding": ("funding", "modtaget kapital"),
    "outcome-expense": ("outcome expense", "resultatudgift"),
    "outcome-income": ("outcome income", "resultatindtægt"),
    "guarantee-expense": ("guarantee expense", "garantiudgift"),
    "guarantee-income": ("guarantee income", "garantiindtægt"),
    "commitment-expense": ("commitment expense", "tilsagnsudgift"),
    "provision": ("provision", "hensættelse"),
    # instruments
    "external": ("external investment", "ekstern investering"),
    "internal": ("internal investment", "intern investering"),
    "loan": ("loan", "lån"),
    "grant": ("grant", "tilskud"),
    "bridge": ("bridge financing", "brofinansiering"),
    # refund rules
    "half-no-limit": ("50 %, no limit", "50 %, uden loft"),
    "half-120-nights": ("50 %, 120 nights a year", "50 %, 120 nætter om året"),
    "half-90-nights": ("50 %, 90 nights a year", "50 %, 90 nætter om året"),
    "half-support-two-years": (
        "50 % of support, 2 years after discharge",
        "50 % af støtten, 2 år efter udskrivning",
    ),
    "no-refund": ("no refund", "ingen refusion"),
    # column heads
    "year": ("Year", "År"),
    "rule": ("Refund rule", "Refusionsregel"),
    "agreement": ("Agreement", "Aftale"),
    "party": ("Party", "Part"),
    "role": ("Role", "Rolle"),
    "account": ("Account", "Konto"),
    "counterparty": ("Counterparty", "Modpart"),
    "debit": ("Debit", "Debet"),
    "credit": ("Credit", "Kredit"),
    "balance": ("Balance", "Saldo"),
    "amount": ("Amount", "Beløb"),
    "payment": ("Payment", "Betaling"),
    "payer": ("Payer", "Betaler"),
    "payee": ("Payee", "Modtager"),
    "state": ("State", "Status"),
    "approver": ("Approved by", "Godkendt af"),
    "settled_on": ("Settled on", "Afregnet den"),
    "entitlements": ("Outcomes", "Resultater"),
    "would_be": ("Would be", "Ville være"),
    "were": ("Were", "Blev"),
    "nights_saved": ("Nights saved", "Sparede nætter"),
    "state_gain": ("State-side gain", "Statens gevinst"),
    "municipal_gain": ("Municipal gain", "Kommunens gevinst"),
    "outcomes": ("Outcomes", "Resultater"),
    "state_entitled": ("State owes", "Staten skylder"),
    "state_paid": ("State paid", "Staten har betalt"),
    "municipal_entitled": ("Municipality owes", "Kommunen skylder"),
    "municipal_paid": ("Municipality paid", "Kommunen har betalt"),
    "committed": ("Committed", "Tilsagn"),
    "paid_in": ("Paid in", "Indbetalt"),
    "entitled": ("Entitled to", "Har ret til"),
    "paid_back": ("Received", "Modtaget"),
    "source": ("Source", "Kilde"),
    "group": ("Group", "Gruppe"),
    "rows": ("Rows", "Rækker"),
    "share": ("Own share", "Egen andel"),
    "untold": ("not told", "ikke oplyst"),
    "adds_up_to": ("Adds up to", "Giver i alt"),
    "published": ("Published", "Offentliggjort"),
    "difference": ("Difference", "Forskel"),
    "agrees": ("Agrees", "Stemmer"),
    "yes": ("yes", "ja"),
    "no": ("no", "nej"),
    "appropriated": ("Appropriation", "Bevilling"),
    "available": ("Available", "Disponibelt"),
    "expensed": ("Expensed", "Udgiftsført"),
    "given": ("Committed", "Tilsagn"),
    "reestimated": ("Re-estimated", "Omvurderet"),
    "annulled": ("Annulled", "Annulleret"),
    "drawn": ("Drawn", "Træk"),
    "undrawn": ("Undrawn", "Resttilsagn"),
    "beyond": ("Beyond it", "Ud over tilsagn"),
    "paid": ("Paid", "Betalt"),
    "guaranteed": ("Guaranteed", "Dækket af garanti"),
    "instrument": ("Instrument", "Instrument"),
    "outstanding": ("Outstanding", "Udestående"),
    "enrolled": ("Enrolled", "Visiteret"),
    "housed": ("Housed now", "I bolig nu"),
    "achieved": ("Achieved", "Opnået"),
    "missed": ("Not achieved", "Ikke opnået"),
    "waiting": ("Waiting", "Afventer"),
    "cap": ("Cap", "Loft"),
    "guarantee": ("Guarantee", "Underskudsgaranti"),
    "total": ("Total", "I alt"),
    "date": ("Date", "Dato"),
    "line": ("Line", "Linje"),
    "text": ("Text", "Tekst"),
    "reference": ("Reference", "Reference"),
    "position": ("Position", "Position"),
    "who": ("Who", "Hvem"),
    "what": ("What", "Hvad"),
    "counts_on": ("Counts on", "Gælder den"),
    "drawdown": ("Drawdown", "Træk"),
    "milestone": ("Milestone", "Milepæl"),
    "person": ("Person", "Person"),
    "period": ("Period", "Periode"),
    "from_day": ("From", "Fra"),
    "to_day": ("To and with", "Til og med"),
    "booked_on": ("Booked on", "Bogført den"),
    "opening": ("Opening", "Primo"),
    "closing": ("Closing", "Ultimo"),
    "reported": ("As reported", "Som rapporteret"),
    "restated": ("As restated", "Som omberegnet"),
    # periods
    "closed": ("closed", "lukket"),
    "reopened": ("opened again", "genåbnet"),
    "period_closed": (
        "{period} is closed up to and including {until}, over events 1 to {covers}. Turnover {turnover}.\nTrial balance SHA-256 {hash}",
        "{period} er lukket til og med {until}, over hændelse 1 til {covers}. Omsætning {turnover}.\nSaldobalancens SHA-256 {hash}",
    ),
    "period_reopen_asked": (
        "{period}: asked for; another person opens it with the same command",
        "{period}: der er bedt om genåbning; en anden person åbner med samme kommando",
    ),
    "period_reopened": (
        "{period} is open again: what counts in it is booked in it from here on",
        "{period} er åben igen: hvad der gælder i den, bogføres i den herfra",
    ),
    "period_shown": ("{period}, {start} to {end}: {state}", "{period}, {start} til {end}: {state}"),
    "period_by": (
        "Closed by {who}, {when} (event {position})",
        "Lukket af {who}, {when} (hændelse {position})",
    ),
    "period_hash": (
        "Trial balance over events 1 to {covers}: SHA-256 {hash}; made again now, it is the same",
        "Saldobalance over hændelse 1 til {covers}: SHA-256 {hash}; dannet igen nu er den uændret",
    ),
    "period_proof": (
        "Verified: {outcome}. Sealed: {size} events, root {root}",
        "Efterprøvet: {outcome}. Forseglet: {size} hændelser, rod {root}",
    ),
    "period_unverifiable": (
        "Closed although not all of it could be verified: {reason}",
        "Lukket selv om ikke alt kunne efterprøves: {reason}",
    ),
    "period_unreconciled": (
        "Closed with {count} bank lines and payments not reconciled: {reason}",
        "Lukket med {count} banklinjer og betalinger, der ikke var afstemt: {reason}",
    ),
    "period_asked": (
        "{who} asked for it to be opened again, {when} (event {position})",
        "{who} bad om genåbning, {when} (hændelse {position})",
    ),
    "period_again": (
        "{who} agreed, {when} (event {position})",
        "{who} godkendte genåbningen, {when} (hændelse {position})",
    ),
    "period_hashed": ("Trial balance SHA-256 {hash}", "Saldobalancens SHA-256 {hash}"),
    "because": ("{topic} {about}", "{topic} {about}"),
    "because_assessed": (", in {assessment}", ", i {assessment}"),
    "because_corrects": (", corrects event {position}", ", retter hændelse {position}"),
    "PeriodClosed:1": ("books of {period} closed", "bøgerne for {period} lukket"),
    "PeriodReopenRequested:1": (
        "asked for {period} to be opened again: {reason}",
        "bad om genåbning af {period}: {reason}",
    ),
    "PeriodReopened:1": ("{period} opened again", "{period} genåbnet"),
    # titles
    "title_periods": ("Closes of periods", "Periodelukninger"),
    "title_reported": ("Trial balance as reported", "Saldobalance som rapporteret"),
    "title_restated": (
        "Moved in the period, debit less credit",
        "Bevægelse i perioden, debet minus kredit",
    ),
    "title_differences": ("Why they differ, line by line", "Hvorfor de afviger, linje for linje"),
    "title_agreements": ("Agreements and people", "Aftaler og borgere"),
    "title_investors": ("Investors", "Investorer"),
    "title_saved": (
        "Saved, by the year and refund rule of the nights",
        "Sparet, efter nætternes år og refusionsregel",
    ),
    "title_paid": (
        "Paid, by the year the outcome was achieved and the refund rule of that day",
        "Betalt, efter året for resultatet og dagens refusionsregel",
    ),
    "title_balances": ("Balances", "Saldi"),
    "title_payments": ("Payments", "Betalinger"),
    "title_portfolio": ("By source", "Efter kilde"),
    "title_checks": (
        "What the published figures say of each other",
        "Hvad de offentliggjorte tal siger om hinanden",
    ),
    "title_years": ("Appropriations by budget year", "Bevillinger efter finansår"),
    "title_commitments": ("Commitments by agreement", "Tilsagn efter aftale"),
    "show_provision": (
        "Provision in the book of {party}: {amount} (Budgetvejledningen {recognition})",
        "Hensættelse i {party}s bog: {amount} (Budgetvejledningen {recognition})",
    ),
    "title_history": ("History", "Historik"),
    "stamp": (
        "Known up to event {position}, recorded {recorded_at}, chain {chain}",
        "Kendt til og med hændelse {position}, registreret {recorded_at}, kæde {chain}",
    ),
    "stamp_on": ("; effective by {on}", "; gældende til og med {on}"),
    "stamp_by": ("By {versions}", "Efter {versions}"),
    "stamp_terms": (
        "terms of {name}, version {number} (event {position})",
        "vilkår for {name}, version {number} (hændelse {position})",
    ),
    "stamp_rules": (
        "rules {name}, version {number} (event {position})",
        "regler {name}, version {number} (hændelse {position})",
    ),
    # explain
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
    # forecasts
    "title_forecast_fund": ("The fund year by year", "Fonden år for år"),
    "title_forecast_case": (
        "Gains less cost, all years so far",
        "Gevinst fratrukket udgift, alle år indtil da",
    ),
    "invested": ("Invested", "Investeret"),
    "invested_in_all": ("In all", "I alt"),
    "people_in_all": ("People in all", "Personer i alt"),
    "forecast_title": (
        "{title}: a forecast from stated assumptions, not money of a ledger.",
        "{title}: en fremskrivning ud fra angivne antagelser, ikke penge i et regnskab.",
    ),
    "forecast_fund": (
        "{capital} becomes {invested} invested: {people} people, {municipalities} municipalities.",
        "{capital} bliver til {invested} investeret: {people} personer, {municipalities} kommuner.",
    ),
    "forecast_return": (
        "What is invested returns {rate} % a year.",
        "Det investerede forrentes med {rate} % om året.",
    ),
    "forecast_achieving": (
        "{achieved} % of {people} people is {count} who achieve it.",
        "{achieved} % af {people} personer er {count}, der når målet.",
    ),
    "forecast_published": (
        "Published is about {theirs}: a difference of {difference}, or {percent} %. {because}",
        "Offentliggjort er omkring {theirs}: en forskel på {difference} eller {percent} %. {because}",
    ),
    "forecast_case": (
        "Of {people} people {completing} complete. {points} points or {additional} are additional.",
        "Af {people} personer gennemfører {completing}. {points} point eller {additional} er mereffekt.",
    ),
    "forecast_even": (
        "{authority} breaks even after {year} years.",
        "{authority} har tjent sin udgift ind efter {year} år.",
    ),
    "forecast_never_even": (
        "{authority} does not break even within {years} years.",
        "{authority} tjener ikke sin udgift ind på {years} år.",
    ),
    "forecast_net": (
        "After {years} years the net gain is {net}.",
        "Efter {years} år er nettogevinsten {net}.",
    ),
    "change": (
        "{claim}: {before} before, {after} now ({difference})",
        "{claim}: {before} før, {after} nu ({difference})",
    ),
    "change_part": ("{payer} to {payee}: {amount}", "{payer} til {payee}: {amount}"),
    "change_because": (
        "because of event {position} by {actor}: {what}",
        "på grund af hændelse {position} af {actor}: {what}",
    ),
    "change_knock_on": (
        "because of what is left under the caps after {claims}",
        "på grund af det, lofterne levner efter {claims}",
    ),
    "change_others": ("others", "andre"),
    "changes_more": (
        "{count} more entitlements changed; `ofl agreement changes` tells of all",
        "{count} andre resultatopgørelser er ændret; `ofl agreement changes` fortæller om alle",
    ),
    "changes_none": (
        "{agreement}: no entitlement has changed",
        "{agreement}: ingen resultatopgørelse er ændret",
    ),
    "why_was": (
        "Event {was} said: {told}. Corrected by {actor} (event {position}): {reason}",
        "Hændelse {was} sagde: {told}. Rettet af {actor} (hændelse {position}): {reason}",
    ),
    "why_rearranged": (
        "{what} (event {position}, {actor})",
        "{what} (hændelse {position}, {actor})",
    ),
    "was_stay": (
        "stay at {shelter}, {admitted} up to {discharged}",
        "ophold på {shelter}, {admitted} til {discharged}",
    ),
    "was_spell": ("{indicator}, {started} up to {ended}", "{indicator}, {started} til {ended}"),
    "was_measured": ("{indicator} = {value}, {day}", "{indicator} = {value}, {day}"),
    "was_enrolled": ("enrolled {day}", "visiteret {day}"),
    "why_adjusted": (
        "The agreement was adjusted ({adjustment}, event {position}): {amount}. {reason} ({basis})",
        "Aftalen blev berigtiget ({adjustment}, hændelse {position}): {amount}. {reason} ({basis})",
    ),
    "why_called": (
        "The guarantee was called ({call}, event {position}): {amount} in all.",
        "Underskudsgarantien blev trukket ({call}, hændelse {position}): {amount} i alt.",
    ),
    "why_reversed": (
        "Of {call}, {amount} was reversed by outcomes that came later (event {position}).",
        "Af {call} blev {amount} tilbageført ved senere resultater (hændelse {position}).",
    ),
    "why_loss": (
        "{investor} paid in {paid_in} and is entitled to {entitled}: lost {loss}, covered {amount}",
        "{investor} indbetalte {paid_in} og har ret til {entitled}: tab {loss}, dækket {amount}",
    ),
    # history
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
    # status
    "sound": ("sound", "uændret"),
    "tampered": ("tampered", "ændret"),
    "unverifiable": ("unverifiable", "kan ikke efterprøves"),
    "status_ledger": ("Ledger", "Regnskab"),
    "status_program": ("Program", "Program"),
    "status_engine": ("Engine", "Database"),
    "status_why": ("", ""),
    "status_events": ("Events", "Hændelser"),
    "status_head": ("Head", "Seneste"),
    "status_vault": ("Vault", "Boks"),
    "status_views": ("Views", "Oversigter"),
    "status_checkpoints": ("Checkpoints", "Segl"),
    "status_verified": ("Verified", "Efterprøvet"),
    "status_versions": (
        "ofl {program}, Python {python}, rules of money {policy}, views {views}",
        "ofl {program}, Python {python}, beregningsregler {policy}, oversigter {views}",
    ),
    "why_delete": (
        "A write is synced to disk with its folder; before SQLite 3.51.3 a write-ahead log is not safe with several programs.",
        "En skrivning sikres på disken med sin mappe; før SQLite 3.51.3 er en write-ahead-log ikke sikker med flere programmer.",
    ),
    "why_wal": (
        "A write is synced to disk in the write-ahead log, which is safe from SQLite 3.51.3 on.",
        "En skrivning sikres på disken i write-ahead-loggen, som er sikker fra SQLite 3.51.3.",
    ),
    "why_server": (
        "A write is on the server's disk when it is answered, if all three are on.",
        "En skrivning er på serverens disk, når der svares, hvis alle tre er on.",
    ),
    "status_events_told": (
        "{events} events in {streams} streams, {agreements} agreements, {size} bytes",
        "{events} hændelser i {streams} strømme, {agreements} aftaler, {size} byte",
    ),
    "status_head_told": (
        "event {position}, recorded {recorded_at}, chain {chain}",
        "hændelse {position}, registreret {recorded_at}, kæde {chain}",
    ),
    "status_vault_told": ("{subjects} people, {size} bytes", "{subjects} personer, {size} byte"),
    "status_views_told": (
        "up to event {position}; behind by {lag} events, {seconds} seconds; {size} bytes",
        "til og med hændelse {position}; {lag} hændelser og {seconds} sekunder bagud; {size} byte",
    ),
    "status_checkpoints_told": (
        "{count}; the last covers {size} events up to {time}; {uncovered} are not covered",
        "{count}; det seneste dækker {size} hændelser til {time}; {uncovered} er ikke dækket",
    ),
    "status_verified_told": (
        "{at} by {by}: {outcome}, {events} events",
        "{at} af {by}: {outcome}, {events} hændelser",
    ),
    "status_no_warnings": ("Nothing to see to.", "Intet at tage hånd om."),
    "warn_events_unreadable": (
        "The events cannot be read: {reason}. Run `ofl verify`, and put back the last good copy.",
        "Hændelserne kan ikke læses: {reason}. Kør `ofl verify`, og læg den seneste gode kopi tilbage.",
    ),
    "warn_views_unreadable": (
        "The views cannot be read: {reason}. Run `ofl rebuild`.",
        "Oversigterne kan ikke læses: {reason}. Kør `ofl rebuild`.",
    ),
    "warn_vault_unreadable": (
        "The vault cannot be read: {reason}.",
        "Boksen kan ikke læses: {reason}.",
    ),
    "warn_vault_key_unreadable": (
        "The vault cannot be opened: {reason}.",
        "Boksen kan ikke åbnes: {reason}.",
    ),
    "warn_last_verification_unknown": (
        "The last verification cannot be read: {reason}. Run `ofl verify`.",
        "Den seneste efterprøvning kan ikke læses: {reason}. Kør `ofl verify`.",
    ),
    "warn_checkpoints_unreadable": (
        "The checkpoints cannot be read: {reason}.",
        "Seglene kan ikke læses: {reason}.",
    ),
    "warn_not_durable": (
        "The server has {setting} off: what is answered as recorded can be lost in a power cut.",
        "Serveren har {setting} slået fra: det, der er meldt registreret, kan gå tabt ved strømsvigt.",
    ),
    "warn_views_missing": (
        "There are no views; the next answer makes them, or `ofl rebuild`.",
        "Der er ingen oversigter; det næste svar laver dem, eller `ofl rebuild`.",
    ),
    "warn_views_of_other_version": (
        "The views are of another version; the next answer makes them anew.",
        "Oversigterne er fra en anden version; det næste svar laver dem på ny.",
    ),
    "warn_views_ahead": (
        "The views know {count} events that are not there: the newest events are missing. Run `ofl verify`.",
        "Oversigterne kender {count} hændelser, som ikke findes: de nyeste mangler. Kør `ofl verify`.",
    ),
    "warn_views_behind": (
        "The views are {count} events behind; the next answer brings them up to date.",
        "Oversigterne er {count} hændelser bagud; det næste svar bringer dem ajour.",
    ),
    "warn_key_beside_events": (
        "{file} lies in the ledger's folder: who can take the events can take the key. Move it.",
        "{file} ligger i regnskabets mappe: den, der kan tage hændelserne, kan tage nøglen. Flyt den.",
    ),
    "warn_no_checkpoint_key": (
        "The key that signs checkpoints is not at {file}: nothing can be sealed from here.",
        "Nøglen, der underskriver segl, er ikke i {file}: herfra kan intet forsegles.",
    ),
    "warn_no_checkpoint": (
        "There is no checkpoint: a cut-off end would not be found. Run `ofl checkpoint`.",
        "Der er intet segl: en afskåret ende ville ikke blive fundet. Kør `ofl checkpoint`.",
    ),
    "warn_events_missing": (
        "{sealed} events were sealed, but only {events} are here. Run `ofl verify`.",
        "{sealed} hændelser er forseglet, men kun {events} er her. Kør `ofl verify`.",
    ),
    "warn_uncovered": (
        "{count} events are in no checkpoint. Run `ofl checkpoint`.",
        "{count} hændelser er ikke i noget segl. Kør `ofl checkpoint`.",
    ),
    "warn_never_verified": (
        "No verification is known. Run `ofl verify`.",
        "Ingen efterprøvning er kendt. Kør `ofl verify`.",
    ),
    "warn_not_sound": (
        "The last verification, {at}, said: {outcome}. Run `ofl verify`.",
        "Den seneste efterprøvning, {at}, sagde: {outcome}. Kør `ofl verify`.",
    ),
    "warn_verified_long_ago": (
        "The last verification is {days} days old. Run `ofl verify`.",
        "Den seneste efterprøvning er {days} dage gammel. Kør `ofl verify`.",
    ),
    **TERMS_PHRASES,
    **BANK_PHRASES,
    **DONE_PHRASES,
    **PEOPLE_PHRASES,
    **WHATIF_PHRASES,
    **JOBS_PHRASES,
    **PAYMENT_PHRASES,
    **SAMPLING_PHRASES,
} | {f"step_{name}": words for kind in KINDS.values() for name, words in kind.words.items()}
"""Every phrase by its key: English, Danish. Metric kinds bring those of their own steps."""
