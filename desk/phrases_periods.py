"""What is said of periods, their closes and reopenings, in English and Danish."""

from __future__ import annotations

PERIOD_PHRASES: dict[str, tuple[str, str]] = {
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
}
"""Every phrase by its key: English, Danish."""
