"""What the ledger says of payments, accounts and what is owed back, in English and Danish."""

from __future__ import annotations

PAYMENT_PHRASES: dict[str, tuple[str, str]] = {
    # events
    "PayeeAccountSet:1": ("{party}: account set", "{party}: konto sat"),
    "PayeeAccountConfirmed:1": ("{party}: account confirmed", "{party}: konto bekræftet"),
    "PaymentPolicySet:1": ("payment policy set", "betalingspolitik fastsat"),
    "PaymentFileMade:1": ("{message}: payment file made", "{message}: betalingsfil dannet"),
    "PaymentAcknowledged:1": (
        "{payment} received by the bank",
        "{payment} modtaget af banken",
    ),
    "PaymentFailed:1": ("{payment} failed", "{payment} mislykket"),
    "PaymentReturned:1": ("{payment} returned", "{payment} kommet retur"),
    "PaymentCancelled:1": ("{payment} cancelled", "{payment} annulleret"),
    "PaymentRecallRequested:1": (
        "{payment}: recall asked for",
        "{payment}: tilbagekaldelse ønsket",
    ),
    "PaymentRecalled:1": ("{payment} recalled", "{payment} tilbagekaldt"),
    "PaymentRecallRefused:1": ("{payment}: recall refused", "{payment}: tilbagekaldelse afvist"),
    "SettlementReversed:1": ("{payment}: settlement reversed", "{payment}: betalt tilbageført"),
    "ClawbackDemanded:1": ("{demand}: repayment demanded", "{demand}: tilbagebetaling krævet"),
    "ClawbackRepaid:1": ("{demand}: demand repaid", "{demand}: krav tilbagebetalt"),
    "ClawbackWithdrawn:1": ("{demand}: demand withdrawn", "{demand}: krav trukket tilbage"),
    "RepaymentReversed:1": (
        "{demand}: repayment reversed",
        "{demand}: tilbagebetaling tilbageført",
    ),
    "WriteOffProposed:1": ("{write_off}: write-off proposed", "{write_off}: afskrivning foreslået"),
    "WrittenOff:1": ("{write_off}: demand written off", "{write_off}: krav afskrevet"),
    # stages and accounts
    "approved_once": ("approved by one of two", "godkendt af én af to"),
    "received": ("received by the bank", "modtaget af banken"),
    "recall_asked": ("recall requested", "tilbagekaldelse ønsket"),
    "cancelled": ("cancelled", "annulleret"),
    "failed": ("not completed by the bank", "ikke gennemført af banken"),
    "recalled": ("recalled", "tilbagekaldt"),
    "returned": ("returned by the bank", "kommet retur fra banken"),
    "recall_refused": ("recall refused", "tilbagekaldelse afvist"),
    "settlement_reversed": ("settlement reversed", "afregning tilbageført"),
    "clawback-receivable": ("clawback receivable", "tilbagebetalingskrav"),
    "clawback-payable": ("clawback payable", "skyldig tilbagebetaling"),
    "write-off-expense": ("written off", "afskrevet"),
    "write-off-income": ("debt waived", "eftergivet gæld"),
    # column heads
    "replaced_by": ("Replaced by", "Erstattet af"),
    "holder": ("Holder", "Kontohaver"),
    "set_by": ("Set by", "Oprettet af"),
    "confirmed_by": ("Confirmed by", "Bekræftet af"),
    "usable_from": ("Usable from", "Må bruges fra"),
    "message": ("File", "Fil"),
    "execute_on": ("Execution day", "Udføres den"),
    "payments": ("Payments", "Betalinger"),
    "demand": ("Demand", "Krav"),
    "outstanding": ("Outstanding", "Udestående"),
    "due_on": ("Due", "Forfalder"),
    "write_off": ("Write-off", "Afskrivning"),
    "reason": ("Reason", "Begrundelse"),
    "agreed_by": ("Agreed by", "Tiltrådt af"),
    # titles
    "title_payees": ("Accounts of payers and payees", "Betaleres og modtageres konti"),
    "title_files": ("Payment files", "Betalingsfiler"),
    "title_demands": ("Demands for money back", "Tilbagebetalingskrav"),
    "title_owed_back": ("Owed back, set off against what comes", "Skyldigt, modregnes i det næste"),
    "title_write_offs": ("Write-offs", "Afskrivninger"),
    # what was done
    "told_account_set": (
        "The account of {party} is {account}. Another person must confirm it.",
        "Kontoen for {party} er {account}. En anden person skal bekræfte den.",
    ),
    "told_account_confirmed": (
        "The account of {party} is confirmed; money may go there from {day}.",
        "Kontoen for {party} er bekræftet; der må betales til den fra {day}.",
    ),
    "told_account_known": (
        "The account of {party} is that one already.",
        "Kontoen for {party} er allerede den.",
    ),
    "told_cancelled": (
        "{payment} is cancelled; what it was to pay is owed as before.",
        "{payment} er annulleret; det, den skulle betale, skyldes som før.",
    ),
    "told_file": (
        (
            "{message}: {count} payments of {payer}, {amount} in all, to be paid on {day}.\n"
            "Sealed before it: events 1 to {size}. In {path}\nSHA-256 {hash}"
        ),
        (
            "{message}: {count} betalinger fra {payer}, {amount} i alt, til betaling {day}.\n"
            "Forseglet før den: hændelse 1 til {size}. I {path}\nSHA-256 {hash}"
        ),
    ),
    "told_answers": (
        "{received} payments received by the bank, {failed} not completed, {silent} not answered.",
        "{received} betalinger modtaget af banken, {failed} ikke gennemført, {silent} ubesvarede.",
    ),
    "told_recall": (
        "{payment}: the bank was asked to stop it.",
        "{payment}: banken er bedt om at stoppe den.",
    ),
    "told_recalled": (
        "{payment} is recalled; what it was to pay is owed as before.",
        "{payment} er tilbagekaldt; det, den skulle betale, skyldes som før.",
    ),
    "told_recall_refused": (
        "{payment} stands: the bank did not stop it.",
        "{payment} står ved magt: banken stoppede den ikke.",
    ),
    "told_demand": (
        "{demand}: {payee} is to pay back {amount} by {day}.",
        "{demand}: {payee} skal betale {amount} tilbage senest {day}.",
    ),
    "told_withdrawn": (
        "{demand} is withdrawn; what was open of it is set off.",
        "{demand} er trukket tilbage; det udestående modregnes.",
    ),
    "told_write_off_proposed": (
        "{write_off}: it is proposed to give up {amount}. Another person must agree.",
        "{write_off}: det er foreslået at eftergive {amount}. En anden person skal tiltræde.",
    ),
    "told_written_off": (
        "{write_off} is written off.",
        "{write_off} er afskrevet.",
    ),
    "policy_two": (
        "Two approve payments from {amount}.",
        "To godkender betalinger fra {amount}.",
    ),
    "policy_one": ("One person approves a payment.", "Én person godkender en betaling."),
    "policy_cooling_off": (
        "A new account is used {days} days after it was confirmed.",
        "En ny konto bruges {days} dage efter, at den er bekræftet.",
    ),
    "policy_minimum": (
        "Money is demanded back from {amount}.",
        "Der kræves tilbagebetaling fra {amount}.",
    ),
    "policy_accounts": (
        "Nothing is approved for a payee without a confirmed account.",
        "Intet godkendes til en modtager uden en bekræftet konto.",
    ),
    "policy_no_accounts": (
        "Payments may be approved for payees without an account; files need one.",
        "Betalinger kan godkendes til modtagere uden konto; filer kræver en.",
    ),
    # the dossier
    "why_account": (
        "Paid to {account}, {holder}; set by {actor} (event {position}): {evidence}.",
        "Betalt til {account}, {holder}; oprettet af {actor} (hændelse {position}): {evidence}.",
    ),
    "why_account_confirmed": (
        "Confirmed by {actor} (event {position}): {evidence}.",
        "Bekræftet af {actor} (hændelse {position}): {evidence}.",
    ),
    "why_file": (
        "Sent in the file {message} as {end_to_end_id}.",
        "Sendt i filen {message} som {end_to_end_id}.",
    ),
    "why_replaces": (
        "It takes the place of {payments}, which came to nothing.",
        "Den træder i stedet for {payments}, som ikke blev til noget.",
    ),
    "why_replaced": (
        "It came to nothing; {payment} took its place.",
        "Den blev ikke til noget; {payment} trådte i stedet.",
    ),
    "why_remainder": (
        "{amount} is left over from {claim} (event {position}).",
        "{amount} er tilbage fra {claim} (hændelse {position}).",
    ),
}
"""Every phrase by its key: English, Danish."""
