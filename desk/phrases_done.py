"""What a command says it has done, where no other page of phrases has it: English and Danish."""

from __future__ import annotations

DONE_PHRASES: dict[str, tuple[str, str]] = {
    # agreements and capital
    "told_signed": ("{agreement}: signed", "{agreement}: underskrevet"),
    "told_signed_before": (
        "{agreement}: was signed with these terms before; nothing changed",
        "{agreement}: er underskrevet med disse vilkår før; intet er ændret",
    ),
    "told_drawn": (
        "{drawdown}: the investors pay {provider}, with reference",
        "{drawdown}: investorerne betaler {provider} med reference",
    ),
    "told_drawn_before": (
        "this drawdown was called before",
        "dette træk er rejst før",
    ),
    "told_paid_in": (
        "{investor} has paid its part of {drawdown}",
        "{investor} har betalt sin del af {drawdown}",
    ),
    # files that are read
    "told_imported": (
        "{file}: {rows} rows, {new} new {what}",
        "{file}: {rows} rækker, nyt: {new} {what}",
    ),
    "told_imported_before": (
        "{file}: {rows} rows, all known before; nothing changed",
        "{file}: {rows} rækker, alle kendt i forvejen; intet er ændret",
    ),
    "told_register_until": (
        "; the register is known up to {until}",
        "; registeret er kendt til {until}",
    ),
    "imported_tariffs": ("table of tariffs", "takstliste"),
    "imported_enrolments": ("people enrolled", "visiterede"),
    "imported_stays": ("stays or ends of stays", "ophold eller slutdatoer for ophold"),
    "imported_measurements": ("measurements", "målinger"),
    "imported_spells": ("spells or ends of spells", "forløb eller slutdatoer for forløb"),
    "imported_results": ("results", "kohorteresultater"),
    "imported_refunds": ("statements of refund", "refusionsopgørelser"),
    # the bank
    "told_bank_files": ("{count} files", "{count} filer"),
    "told_bank_all": ("all accounts", "alle konti"),
    "told_bank_read": (
        "{what}: {lines} new lines, {made} matched, {open} open",
        "{what}: {lines} nye linjer, {made} matchet, {open} åbne",
    ),
    "told_bank_matched": (
        "{what}: {made} matched, {open} open",
        "{what}: {made} matchet, {open} åbne",
    ),
    "told_bank_undone": (
        "; {undone} earlier matches given up",
        "; {undone} tidligere match opgivet",
    ),
    "told_bank_before": (
        "{what}: all known before; nothing changed",
        "{what}: alt er kendt i forvejen; intet er ændret",
    ),
    "told_bank_see": (
        "`ofl bank open` lists all that is open",
        "`ofl bank open` viser alt, der er åbent",
    ),
    "told_account_of": ("the account {account} is {party}'s", "kontoen {account} tilhører {party}"),
    # outcomes and payments
    "told_assessed": (
        "{agreement}: {decided} outcomes decided until {until}, {events} new events; {waiting}",
        "{agreement}: {decided} resultater afgjort til {until}, {events} nye hændelser; {waiting}",
    ),
    "told_waits_none": ("nothing waits", "intet afventer"),
    "told_waits": ("{count} wait for {what}", "{count} afventer {what}"),
    "waits_measurement": ("a measurement", "en måling"),
    "waits_register": (
        "a later export of the shelter register",
        "et senere udtræk af herbergsregisteret",
    ),
    "waits_capital": ("capital to be paid in", "at kapital indbetales"),
    "waits_claim": (
        "the day from which they may be claimed",
        "den dag, de kan opgøres fra",
    ),
    "waits_renegotiation": (
        "new terms after a change of law",
        "nye vilkår efter en lovændring",
    ),
    "told_proposed": (
        "{payment}  {payer} to {payee}  {amount}",
        "{payment}  {payer} til {payee}  {amount}",
    ),
    "told_carried": (
        "{agreement}: {payer} owes {payee} {amount} after corrections; carried forward",
        "{agreement}: {payer} skylder {payee} {amount} efter berigtigelser; overført til næste gang",
    ),
    "told_nothing_owed": (
        "nothing is owed that is not proposed",
        "der skyldes intet, som ikke er foreslået",
    ),
    "told_payments_done": (
        "{done} of {count} payments done",
        "{done} af {count} betalinger gennemført",
    ),
    # corrections
    "told_corrected_file": (
        "{file}: {rows} rows, {count} corrected; the next `ofl assess` goes by them",
        "{file}: {rows} rækker, {count} rettet; den næste `ofl assess` går efter dem",
    ),
    "told_corrected_file_before": (
        "{file}: {rows} rows, all as they are known; nothing changed",
        "{file}: {rows} rækker, alle som de er kendt; intet er ændret",
    ),
    "told_corrected": (
        "event {position}: corrected; the next `ofl assess` goes by it",
        "hændelse {position}: rettet; den næste `ofl assess` går efter det",
    ),
    "told_corrected_before": (
        "event {position}: says just that; nothing changed",
        "hændelse {position}: siger netop det; intet er ændret",
    ),
    "told_void": (
        "event {position}: counts no more; the next `ofl assess` goes without it",
        "hændelse {position}: tæller ikke mere; den næste `ofl assess` går uden den",
    ),
    "told_register_corrected": (
        "{agreement}: the register is known up to {until}; what lies after waits again",
        "{agreement}: registeret er kendt til {until}; det, der ligger efter, afventer igen",
    ),
    "told_adjustment_decided": (
        "{adjustment}: decided; `ofl payments propose` pays it or sets it off",
        "{adjustment}: afgjort; `ofl payments propose` betaler eller modregner den",
    ),
    "told_merged": (
        "{merged} counts as {subject}; the next `ofl assess` goes by it",
        "{merged} tæller som {subject}; den næste `ofl assess` går efter det",
    ),
    "told_unmerged": (
        "{subject}: a person of its own again; the next `ofl assess` goes by it",
        "{subject}: igen en person for sig; den næste `ofl assess` går efter det",
    ),
    "told_moved": (
        "{subject}: {to} co-pays from {on}; the next `ofl assess` goes by it",
        "{subject}: {to} er medbetaler fra {on}; den næste `ofl assess` går efter det",
    ),
    # people
    "told_added": (
        "{who}: added, without any key or duty yet",
        "{who}: oprettet, endnu uden nøgle og opgaver",
    ),
    "told_linked": ("{account}: is {who}'s from now on", "{account}: tilhører {who} fra nu af"),
    "told_key_proposed": (
        "{who}: key proposed; an administrator who is neither confirms it",
        "{who}: nøgle foreslået; en administrator, som er ingen af de to, bekræfter den",
    ),
    "told_key_confirmed": (
        "{who}: the key counts from now on",
        "{who}: nøglen gælder fra nu af",
    ),
    "told_key_revoked": ("{who}: the key counts no more", "{who}: nøglen gælder ikke mere"),
    "told_duty_proposed": (
        "{who}: {duty} proposed; another administrator confirms",
        "{who}: {duty} foreslået; en anden administrator bekræfter",
    ),
    "told_duty_confirmed": (
        "{who}: has the duty of {duty} from now on",
        "{who}: har opgaven {duty} fra nu af",
    ),
    "told_duty_withdrawn": (
        "{who}: has the duty of {duty} no more",
        "{who}: har ikke opgaven {duty} mere",
    ),
    "told_left": (
        "{who}: has neither duties nor keys any more",
        "{who}: har hverken opgaver eller nøgler mere",
    ),
    "told_reviewed": ("#{position}: reviewed", "#{position}: gennemgået"),
    "told_let_in": ("{count} let in.", "{count} er lukket ind."),
    "told_witnessed": ("witnessed", "bevidnet"),
}
"""By name: English and Danish."""
