"""Opening a ledger, enacting rules of law, signing agreements."""

from __future__ import annotations

from datetime import date
from typing import Literal

from ledger import events as e
from ledger.decide.decision import (
    LEDGER_STREAM,
    New,
    agreement_stream,
    numbered,
    rule_stream,
)
from ledger.decide.refusal import AgainstTerms, AlreadyDone, OutOfOrder
from ledger.decide.state import AgreementState, LawState
from ledger.facts import Source
from ledger.money import CURRENCIES
from ledger.policy.versions import Law
from ledger.shelter.rules import RefundRule, RefundRuleTable
from ledger.terms.agreement import Terms


def open_ledger(
    law: LawState,
    fund: str,
    currency: str,
    purpose: Literal["live", "demo"],
    table: RefundRuleTable,
    on: date,
) -> list[New]:
    """The opening of an empty ledger, with the refund rules in force."""
    if law.opened is not None:
        message = f"this ledger was opened before, for {law.opened.fund!r}"
        raise AlreadyDone(message)
    if currency not in CURRENCIES:
        message = f"{currency!r} is not a currency of this ledger; use {', '.join(CURRENCIES)}"
        raise AgainstTerms(message)
    opened = e.LedgerOpened(fund=fund, currency=currency, purpose=purpose)
    enacted = e.RefundRuleEnacted(table=table)
    return [
        *numbered(LEDGER_STREAM, 0, [(on, opened)]),
        *numbered(rule_stream(table.id), 0, [(table.rules[0].valid_from, enacted)]),
    ]


def enact(law: LawState, table: RefundRuleTable, today: date, *, drop: bool) -> list[New]:
    """A table of refund rules in force, in place of the one with its id; the same changes nothing.

    It counts from the first day on which the law is another than before, which may have passed.

    Raises:
        OutOfOrder: if the ledger has not been opened.
        AgainstTerms: if a rule that is in force is not in the table, unless it is to be dropped.
    """
    if law.opened is None:
        message = "this ledger has not been opened; run `ofl init` first"
        raise OutOfOrder(message)
    before = law.rules[table.id][1] if table.id in law.rules else None
    if before == table:
        return []
    gone = struck_out(before, table, today) if before else []
    if gone and not drop:
        named = ", ".join(f"{rule.id!r} (since {rule.valid_from})" for rule in gone)
        message = (
            f"rules: {named} in force and not in the file; add them, or say --drop "
            "if they were struck out of the law"
        )
        raise AgainstTerms(message)
    changed = before.parts_from(table) if before else None
    stream = rule_stream(table.id)
    effective_on = changed or table.rules[0].valid_from
    enacted = e.RefundRuleEnacted(table=table)
    return numbered(stream, law.versions.get(stream, 0), [(effective_on, enacted)])


def struck_out(before: RefundRuleTable, table: RefundRuleTable, today: date) -> list[RefundRule]:
    """The rules in force that are not in the table which takes the place of theirs."""
    kept = {rule.id for rule in table.rules}
    return [rule for rule in before.rules if rule.id not in kept and rule.valid_from <= today]


def law_of(law: LawState, terms: Terms, shipped: RefundRuleTable) -> tuple[Law, list[New]]:
    """The law that terms refer to; the table of support that is shipped is enacted when needed.

    Raises:
        AgainstTerms: if there is no such table, or one of another law.
    """
    tables = {name: table for name, (_, table) in law.rules.items()}
    enacted: list[New] = []
    nights, support = terms.tables
    if support == shipped.id and support not in tables:
        tables[support] = shipped
        event = e.RefundRuleEnacted(table=shipped)
        enacted = numbered(rule_stream(support), 0, [(shipped.rules[0].valid_from, event)])
    for where, name in (("refund_law.table", nights), ("support.table", support)):
        if name is not None and name not in tables:
            message = f"{where}: there is no rule table {name!r} ({', '.join(sorted(tables))})"
            raise AgainstTerms(message)
        if name and tables[name].of_support != (where == "support.table"):
            message = f"{where}: {name!r} is a table of another law"
            raise AgainstTerms(message)
    found = Law(*(tables[name] if name else None for name in (nights, support)))
    return found, enacted


def sign(
    law: LawState, state: AgreementState, terms: Terms, source: Source, shipped: RefundRuleTable
) -> list[New]:
    """The signing of an agreement's terms. Signing the same terms again changes nothing."""
    if law.opened is None:
        message = "this ledger has not been opened; run `ofl init` first"
        raise OutOfOrder(message)
    if state.signed is not None:
        if state.signed.terms == terms:
            return []
        message = (
            f"agreement {terms.agreement!r} is signed with other terms; signed terms are not edited"
        )
        raise AlreadyDone(message)
    if terms.currency != law.opened.currency:
        message = f"the ledger is in {law.opened.currency}, the terms are in {terms.currency}"
        raise AgainstTerms(message)
    known, enacted = law_of(law, terms, shipped)
    signed = e.AgreementSigned(
        terms=terms,
        terms_version=1,
        rules_at_signature=known.nights,
        support_rules_at_signature=known.support,
        source=source,
    )
    stream = agreement_stream(terms.agreement)
    return [*enacted, *numbered(stream, 0, [(terms.signed_on, signed)])]
