"""What forecasts of funds and business cases say, in English and Danish."""

from __future__ import annotations

FORECAST_PHRASES: dict[str, tuple[str, str]] = {
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
}
"""Every phrase by its key: English, Danish."""
