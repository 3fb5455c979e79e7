"""What is said of the bank and of what does not agree with it, in English and Danish."""

from __future__ import annotations

BANK_PHRASES: dict[str, tuple[str, str]] = {
    "title_open": (
        "Open differences between the books and the bank",
        "Åbne differencer mellem bøgerne og banken",
    ),
    "title_matches": ("Matches that stand", "Afstemninger som gælder"),
    "no_differences": (
        "No open differences: the books and the bank agree.",
        "Ingen åbne differencer: bøgerne og banken stemmer.",
    ),
    "not_recorded": (
        "{count} events would be recorded by `ofl bank reconcile`; this is how it would stand then.",
        "{count} hændelser ville blive registreret af `ofl bank reconcile`; sådan ville det stå da.",
    ),
    "name": ("Name", "Navn"),
    "candidates": ("Could be", "Kan være"),
    "match": ("Match", "Afstemning"),
    "lines": ("Lines", "Linjer"),
    "items": ("Items", "Poster"),
    "how": ("How", "Hvordan"),
    "match_difference": ("Difference", "Difference"),
    "line-unknown": ("line: unknown", "linje: ukendt"),
    "line-uncertain": ("line: not certain", "linje: usikker"),
    "line-again": (
        "line: settled already, paid twice?",
        "linje: allerede afregnet, betalt to gange?",
    ),
    "line-amount": ("line: the amount does not fit", "linje: beløbet passer ikke"),
    "line-closed": (
        "line: of a payment that came to nothing",
        "linje: af en betaling, der ikke blev til noget",
    ),
    "line-return": (
        "line: back, but no line shows so much paid",
        "linje: retur, men ingen linje viser så meget betalt",
    ),
    "item-overdue": ("item: no line yet", "post: ingen linje endnu"),
    "item-part": ("item: only part of it", "post: kun en del"),
    "statement-balance": (
        "statement: opening and entries are not closing",
        "kontoudtog: primosaldo og posteringer er ikke ultimosaldo",
    ),
    "statement-continuity": (
        "statement: does not open as the last one closed",
        "kontoudtog: begynder ikke, hvor det forrige sluttede",
    ),
    "statement-gap": ("statement: one is missing before it", "kontoudtog: der mangler et før det"),
    "statement-count": ("statement: a count is wrong", "kontoudtog: et antal er forkert"),
    "statement-currency": ("statement: another currency", "kontoudtog: en anden valuta"),
    "statement-details": (
        "statement: a line is not the sum of its transfers",
        "kontoudtog: en linje er ikke summen af sine overførsler",
    ),
    "statement-status": ("statement: an unknown status", "kontoudtog: en ukendt status"),
    "statement-entry-not-booked": (
        "statement: a line that could not be taken",
        "kontoudtog: en linje, der ikke kunne læses ind",
    ),
    "notice-alone": (
        "told by the bank, and in no statement",
        "meddelt af banken, men i intet kontoudtog",
    ),
    "end-to-end": ("by its reference", "ved reference"),
    "batch": ("by the sum of a file", "ved en fils sum"),
    "by-amount": ("by amount and account", "ved beløb og konto"),
    "by-text": ("by its text", "ved tekst"),
    "by-person": ("by a person", "af en person"),
    "earlier": ("when it was read", "da den blev læst"),
    "settles": ("settles", "afregner"),
    "returns": ("comes back", "kommer retur"),
    "cancels": ("cancel each other", "udligner hinanden"),
    # events
    "BankAccountNamed:1": (
        "a bank account of {party} is known",
        "en bankkonto hos {party} er kendt",
    ),
    "StatementRead:1": (
        "statement {statement} of {account}: {lines} lines",
        "kontoudtog {statement} for {account}: {lines} linjer",
    ),
    "BankNoticeSeen:1": (
        "the bank tells of line {account}/{line}: {amount}",
        "banken meddeler linje {account}/{line}: {amount}",
    ),
    "BankMatched:1": (
        "{match}: bank lines of {account} matched",
        "{match}: banklinjer hos {account} afstemt",
    ),
    "BankUnmatched:1": ("{match} given up: {reason}", "{match} opgivet: {reason}"),
    "BankLineResolved:1": (
        "bank line {account}/{line} is resolved as {resolution}: {reason}",
        "banklinje {account}/{line} er afklaret som {resolution}: {reason}",
    ),
    "BankLineReopened:1": (
        "bank line {account}/{line} is open again: {reason}",
        "banklinje {account}/{line} er åben igen: {reason}",
    ),
    "ReturnReversed:1": (
        "{payment} was paid after all: {reason}",
        "{payment} blev alligevel betalt: {reason}",
    ),
    "CapitalReversed:1": (
        "{investor}'s part of {drawdown} was not paid in: {reason}",
        "{investor}s del af {drawdown} blev ikke indbetalt: {reason}",
    ),
}
"""By name: English and Danish."""
