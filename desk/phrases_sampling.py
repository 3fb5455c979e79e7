"""What is said of samples of payments, in English and Danish."""

from __future__ import annotations

SAMPLING_PHRASES: dict[str, tuple[str, str]] = {
    "title_samples": ("Samples", "Stikprøver"),
    "title_sampled": ("What is looked at", "Hvad der ses efter"),
    "sample": ("Sample", "Stikprøve"),
    "purpose": ("Purpose", "Formål"),
    "validation": ("validation, before payment", "validering, før betaling"),
    "audit": ("audit, after payment", "revision, efter betaling"),
    "stage_committed": ("committed to", "anmeldt"),
    "stage_witnessed": ("witnessed", "bevidnet"),
    "stage_drawn": ("drawn", "udtrukket"),
    "stage_within": ("within tolerance", "inden for tolerancen"),
    "stage_beyond": ("beyond tolerance", "uden for tolerancen"),
    "sample_population": ("Population", "Population"),
    "sample_claims": ("Claims", "Krav"),
    "sample_drawn": ("Drawn", "Udtrukket"),
    "sample_examined": ("Examined", "Efterset"),
    "sample_claim": ("Claim", "Krav"),
    "sample_booked": ("Booked", "Bogført"),
    "sample_audited": ("Should be", "Skal være"),
    "sample_top": ("Top", "Top"),
    "sample_evidence": ("Evidence", "Bilag"),
    "sample_remark": ("Remark", "Bemærkning"),
    "yes_top": ("yes", "ja"),
    "sample_head": (
        "{sample}: {purpose}, {stage}",
        "{sample}: {purpose}, {stage}",
    ),
    "sample_of": (
        "{claims} claims of {population} in {payments} payments; {tolerable} is tolerated at a confidence of {confidence}; interval {interval}",
        "{claims} krav på {population} i {payments} betalinger; {tolerable} tåles ved en sikkerhed på {confidence}; interval {interval}",
    ),
    "sample_committed_by": (
        "Committed to by {actor} (event {position}), hash of the nonce {nonce_sha256}",
        "Anmeldt af {actor} (hændelse {position}), nøgletallets hash {nonce_sha256}",
    ),
    "sample_witnessed_by": (
        "Witnessed by {actor} (event {position})",
        "Bevidnet af {actor} (hændelse {position})",
    ),
    "sample_drawn_by": (
        "Drawn by {actor} (event {position}): nonce {nonce}, chain {chain}, start {start}",
        "Udtrukket af {actor} (hændelse {position}): nøgletal {nonce}, kæde {chain}, start {start}",
    ),
    "sample_closed_by": (
        "Closed by {actor} (event {position}): found {found}, projected {projected}, upper limit {upper_limit}, adjustment {adjustment}",
        "Afsluttet af {actor} (hændelse {position}): fundet {found}, opregnet {projected}, øvre grænse {upper_limit}, berigtigelse {adjustment}",
    ),
    "sample_said_committed": (
        "{sample}: {claims} claims of {population}; now another person runs `ofl sample witness {sample}`",
        "{sample}: {claims} krav på {population}; nu kører en anden person `ofl sample witness {sample}`",
    ),
    "sample_said_witnessed": (
        "{sample}: witnessed; who has the nonce runs `ofl sample draw {sample}`",
        "{sample}: bevidnet; den, der har nøgletallet, kører `ofl sample draw {sample}`",
    ),
    "sample_said_drawn": (
        "{sample}: {count} claims are drawn; `ofl sample show {sample}` lists them",
        "{sample}: {count} krav er udtrukket; `ofl sample show {sample}` viser dem",
    ),
    "sample_said_examined": (
        "{sample}: {count} recorded, {left} of {drawn} claims are left to examine",
        "{sample}: {count} registreret, {left} af {drawn} krav mangler at blive efterset",
    ),
    "sample_said_within": (
        "{sample}: at most {upper_limit} is wrong, and {tolerable} is tolerated",
        "{sample}: højst {upper_limit} er forkert, og {tolerable} tåles",
    ),
    "sample_said_beyond": (
        "{sample}: as much as {upper_limit} may be wrong, and only {tolerable} is tolerated",
        "{sample}: så meget som {upper_limit} kan være forkert, og kun {tolerable} tåles",
    ),
    "sample_said_adjusted": (
        "{adjustment}: {amount} proposed; another person runs `ofl agreement decide {adjustment}`",
        "{adjustment}: {amount} foreslået; en anden person kører `ofl agreement decide {adjustment}`",
    ),
    "sampled": ("Sample", "Stikprøve"),
    "why_sampled": (
        "In the sample {sample} ({purpose}), {stage}.",
        "I stikprøven {sample} ({purpose}), {stage}.",
    ),
    # events
    "SampleCommitted:1": (
        "sample {sample} of {claims} claims, {population}, committed to",
        "stikprøve {sample} af {claims} krav, {population}, anmeldt",
    ),
    "SampleWitnessed:1": ("sample {sample} witnessed", "stikprøve {sample} bevidnet"),
    "SampleDrawn:1": ("sample {sample} drawn", "stikprøve {sample} udtrukket"),
    "SampleItemExamined:1": (
        "sample {sample}: {claim} is booked at {booked} and should be {audited}",
        "stikprøve {sample}: {claim} er bogført med {booked} og skal være {audited}",
    ),
    "SampleClosed:1": (
        "sample {sample} closed: found {found}, adjustment {adjustment}",
        "stikprøve {sample} afsluttet: fundet {found}, berigtigelse {adjustment}",
    ),
}
"""By name: English and Danish."""
