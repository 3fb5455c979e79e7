"""What verifications and `ofl status` say of the ledger itself, in English and Danish."""

from __future__ import annotations

STATUS_PHRASES: dict[str, tuple[str, str]] = {
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
}
"""Every phrase by its key: English, Danish."""
