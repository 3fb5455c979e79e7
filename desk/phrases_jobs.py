"""What is said of jobs, their runs and what they found, in English and Danish."""

from __future__ import annotations

JOBS_PHRASES: dict[str, tuple[str, str]] = {
    # what each job does
    "job_bank": (
        "read bank statements from the inbox, and name where books and bank differ",
        "læs kontoudtog fra indbakken, og nævn, hvor bøgerne og banken er uenige",
    ),
    "job_assess": (
        "decide what was due until yesterday",
        "afgør, hvad der forfaldt til og med i går",
    ),
    "job_double-payments": (
        "look for what is paid twice",
        "led efter det, der er betalt to gange",
    ),
    "job_missing-evidence": (
        "look for payments that rest on too little",
        "led efter betalinger, der hviler på for lidt",
    ),
    "job_headroom": (
        "tell what is nearly used: appropriations, commitments, ceilings",
        "fortæl, hvad der næsten er brugt: bevillinger, tilsagn, lofter",
    ),
    "job_deadlines": ("tell what is late", "fortæl, hvad der er forsinket"),
    "job_refund-tie-out": (
        "compare register, rules and the municipalities' claims of refund, by the quarter",
        "sammenhold register, regler og kommunernes refusionskrav, kvartal for kvartal",
    ),
    "job_verify": (
        "prove that nothing was altered, and compare the views with a rebuild",
        "bevis, at intet er ændret, og sammenlign oversigterne med nybyggede",
    ),
    "job_checkpoint": ("sign all events up to now", "forsegl alle hændelser til nu"),
    "job_remember": (
        "read every agreement ahead, so that the first scenario of the morning is quick",
        "læs alle aftaler i forvejen, så morgenens første scenarie er hurtigt",
    ),
    # how jobs stand
    "standing_fine": ("fine", "i orden"),
    "standing_running": ("running", "i gang"),
    "standing_never": ("never ran", "aldrig kørt"),
    "standing_overdue": ("OVERDUE", "FORSINKET"),
    "standing_failed": ("FAILED", "FEJLET"),
    "standing_ahead": (
        "ran for a day to come: look at the clock",
        "kørt for en dag, der kommer: se på uret",
    ),
    "severity_warning": ("warning", "advarsel"),
    "severity_serious": ("SERIOUS", "ALVORLIGT"),
    "title_jobs": ("Jobs", "Kørsler"),
    "title_findings": ("Findings", "Fund"),
    "job": ("Job", "Kørsel"),
    "next_run": ("Next run", "Næste gang"),
    "last_run": ("Last run", "Seneste gang"),
    "ended": ("Ended", "Slut"),
    "late": ("Late", "Mangler"),
    "open_findings": ("Open", "Åbne fund"),
    "oldest_days": ("Oldest, days", "Ældste, dage"),
    "finding": ("Finding", "Fund"),
    "severity": ("Severity", "Alvor"),
    "days": ("Days", "Dage"),
    "jobs_elsewhere": (
        "Another process is at work on the jobs.",
        "En anden proces er i gang med kørslerne.",
    ),
    "jobs_nothing_due": ("Nothing is due.", "Intet skal køres nu."),
    "jobs_finished": (
        "{job} for {occurrence}: done; {seen} findings, {raised} new, {gone} gone",
        "{job} for {occurrence}: færdig; {seen} fund, {raised} nye, {gone} væk",
    ),
    "jobs_failed": (
        "{job} for {occurrence}: FAILED: {reason}",
        "{job} for {occurrence}: FEJLET: {reason}",
    ),
    "jobs_taken_over": (
        "{job} for {occurrence}: taken over by another process",
        "{job} for {occurrence}: overtaget af en anden proces",
    ),
    "jobs_no_findings": ("No finding is open.", "Intet fund er åbent."),
    "jobs_see_findings": (
        "{count} findings to see to: `ofl jobs findings`.",
        "{count} fund at tage hånd om: `ofl jobs findings`.",
    ),
    "jobs_resolved": ("(resolved by {by}: {reason})", "(afsluttet af {by}: {reason})"),
    "status_jobs": ("Jobs", "Kørsler"),
    "status_jobs_told": (
        "{jobs} jobs, {ill} overdue, failed or never run; {open} open findings",
        "{jobs} kørsler, {ill} forsinket, fejlet eller aldrig kørt; {open} åbne fund",
    ),
    # findings, by kind
    "finding_not_as_recorded": (
        "{check}, {fault}, position {position}: {message}",
        "{check}, {fault}, position {position}: {message}",
    ),
    "finding_assessment_refused": (
        "it could not be assessed until {until}: {reason}",
        "den kunne ikke opgøres til {until}: {reason}",
    ),
    "finding_no_timestamp": (
        "no timestamp could be had: {reason}",
        "der kunne ikke fås et tidsstempel: {reason}",
    ),
    "finding_file_refused": (
        "{file} was refused, {more} problems, the first: {reason}",
        "{file} blev afvist, {more} fejl, den første: {reason}",
    ),
    "finding_bank_difference": (
        "{what} ({account}/{line}, {day}, {amount})",
        "{what} ({account}/{line}, {day}, {amount})",
    ),
    "finding_assessment_overdue": (
        "what was due by {until} is not decided ({reason}); run `ofl assess`",
        "hvad der forfaldt til {until}, er ikke afgjort ({reason}); kør `ofl assess`",
    ),
    "finding_measurement_missing": (
        "{who} was to be measured by {due} for {metric}, and is not",
        "{who} skulle være målt senest {due} til {metric} og er det ikke",
    ),
    "finding_register_old": (
        "the register is known up to {until} only; import a newer export",
        "registeret er kun kendt til {until}; indlæs et nyere udtræk",
    ),
    "finding_capital_not_received": (
        "{investor} has not paid in {amount} of drawdown {drawdown}",
        "{investor} har ikke indbetalt {amount} af træk {drawdown}",
    ),
    "finding_owed_not_proposed": (
        "{payer} owes {payee} {amount}, and no payment is proposed",
        "{payer} skylder {payee} {amount}, og ingen betaling er foreslået",
    ),
    "finding_payment_not_approved": (
        "{payment} of {amount} is proposed since {since} and not approved",
        "{payment} på {amount} er foreslået siden {since} og ikke godkendt",
    ),
    "finding_payment_not_sent": (
        "{payment} of {amount} is approved since {since} and not sent",
        "{payment} på {amount} er godkendt siden {since} og ikke sendt",
    ),
    "finding_payment_not_settled": (
        "{payment} of {amount} is sent since {since} and not settled",
        "{payment} på {amount} er sendt siden {since} og ikke afregnet",
    ),
    "finding_recall_not_answered": (
        "the bank was asked on {since} to stop {payment} of {amount}, and has not answered",
        "banken blev {since} bedt om at standse {payment} på {amount} og har ikke svaret",
    ),
    "finding_demand_overdue": (
        "{payee} was to pay back {amount} by {due} ({demand}), and has not",
        "{payee} skulle betale {amount} tilbage senest {due} ({demand}) og har ikke gjort det",
    ),
    "finding_commitment_left": (
        "it ended on {ended}, and {amount} of its commitment is undrawn: draw or annul it",
        "den sluttede {ended}, og {amount} af tilsagnet er ikke trukket: træk eller annullér det",
    ),
    "finding_guarantee_callable": (
        "it ended on {ended} with a loss: the guarantee can be called",
        "den sluttede {ended} med et tab: underskudsgarantien kan trækkes",
    ),
    "finding_adjustment_not_decided": (
        "adjustment {adjustment} of {amount} is proposed since {since}, and nobody else has decided it",
        "berigtigelse {adjustment} på {amount} er foreslået siden {since}, og ingen anden har afgjort den",
    ),
    "finding_write_off_not_agreed": (
        "write-off {write_off} of {amount} owed by {payee} is proposed since {since}, and nobody else has agreed",
        "afskrivning {write_off} af {amount}, som {payee} skylder, er foreslået siden {since}, og ingen anden har tiltrådt den",
    ),
    "finding_account_not_confirmed": (
        "the account of {party} is set since {since}, and nobody else has confirmed it; nothing is paid to it",
        "kontoen for {party} er angivet siden {since}, og ingen anden har bekræftet den; intet udbetales til den",
    ),
    "finding_reopening_not_agreed": (
        "the reopening of {period} is asked for since {since}, and nobody else has agreed",
        "genåbning af {period} er ønsket siden {since}, og ingen anden har tiltrådt den",
    ),
    "finding_glass_not_reviewed": (
        "a duty was taken in an emergency on {since} (position {position}), and nobody has reviewed it: `ofl people review`",
        "en opgave blev taget i en nødsituation {since} (position {position}) og er ikke gennemgået: `ofl people review`",
    ),
    "finding_owed_once_paid_twice": (
        "{claim}, owed once at position {position}, is in {payments}",
        "{claim}, skyldig én gang ved position {position}, er i {payments}",
    ),
    "finding_same_amount_twice": (
        "{first} and {second} pay {payee} the same, {amount}, within a month",
        "{first} og {second} betaler {payee} det samme, {amount}, inden for en måned",
    ),
    "finding_end_to_end_id_twice": (
        "the end-to-end id {id} was given to {payments}",
        "end-to-end-id {id} er givet til {payments}",
    ),
    "finding_bank_paid_twice": (
        "{amount} left {account} more than once with one reference: lines {lines}",
        "{amount} gik fra {account} mere end én gang med samme reference: linje {lines}",
    ),
    "finding_evidence_missing": (
        "{payment}: {outcomes} outcomes rest on a measurement without evidence",
        "{payment}: {outcomes} resultater hviler på en måling uden dokumentation",
    ),
    "finding_measurement_not_valid": (
        "{payment}: {outcomes} outcomes rest on a measurement that is provisional, rejected or void now",
        "{payment}: {outcomes} resultater hviler på en måling, der nu er foreløbig, forkastet eller ugyldig",
    ),
    "finding_appropriation_used": (
        "{percent} % or more of the appropriation of {year} is committed: {used} of {limit}",
        "{percent} % eller mere af bevillingen for {year} er disponeret: {used} af {limit}",
    ),
    "finding_commitment_used": (
        "{percent} % or more of the commitment is drawn: {used} of {limit}",
        "{percent} % eller mere af tilsagnet er trukket: {used} af {limit}",
    ),
    "finding_cap_used": (
        "{percent} % or more of the ceiling by {scope} ({of}) is used: {used} of {limit}",
        "{percent} % eller mere af loftet efter {scope} ({of}) er brugt: {used} af {limit}",
    ),
    "finding_refund_not_stated": (
        "no municipality has stated what it claimed for {quarter}",
        "ingen kommune har oplyst, hvad den har krævet for {quarter}",
    ),
    "finding_refund_not_comparable": (
        "{municipality}'s claim for {quarter} cannot be compared; the register is known up to {until} ({reason})",
        "{municipality}s krav for {quarter} kan ikke sammenholdes; registeret er kendt til {until} ({reason})",
    ),
    "finding_refund_differs": (
        "{municipality}, {quarter}: nights {nights_register} in the register, {nights_stated} stated; refunded nights {refunded_ledger} by the rules, {refunded_stated} stated; refund {refund_ledger} by the rules, {refund_stated} stated; {erased} people erased",
        "{municipality}, {quarter}: nætter {nights_register} i registeret, {nights_stated} oplyst; refunderede nætter {refunded_ledger} efter reglerne, {refunded_stated} oplyst; refusion {refund_ledger} efter reglerne, {refund_stated} oplyst; {erased} personer slettet",
    ),
    # events
    "RefundStated:1": (
        "{municipality} claimed {refund} for {agreement} in quarter {quarter} of {year}",
        "{municipality} har krævet {refund} for {agreement} i {quarter}. kvartal {year}",
    ),
    "JobStarted:1": (
        "job {job} for {occurrence} started",
        "kørslen {job} for {occurrence} begyndt",
    ),
    "JobTakenOver:1": (
        "job {job} for {occurrence} taken over, attempt {attempt}",
        "kørslen {job} for {occurrence} overtaget, forsøg {attempt}",
    ),
    "JobFinished:1": (
        "job {job} for {occurrence} done: {seen} findings, {raised} new, {gone} gone",
        "kørslen {job} for {occurrence} færdig: {seen} fund, {raised} nye, {gone} væk",
    ),
    "JobFailed:1": (
        "job {job} for {occurrence} failed: {reason}",
        "kørslen {job} for {occurrence} fejlede: {reason}",
    ),
    "FindingRaised:1": ("finding {finding}: {kind}, {about}", "fund {finding}: {kind}, {about}"),
    "FindingGone:1": ("finding {finding} gone", "fund {finding} væk"),
    "FindingResolved:1": (
        "finding {finding} resolved: {reason}",
        "fund {finding} afsluttet: {reason}",
    ),
}
"""Every phrase by its key: English, Danish."""
