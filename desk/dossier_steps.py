"""The steps of a payment in words: who did what and when, where it went, what replaced it."""

from __future__ import annotations

from collections.abc import Iterator

from desk.language import Language
from ledger import events as e
from ledger.bank_account import BankAccount
from projections.explain import Dossier

_STEPS: dict[type[e.Event], str] = {
    e.PaymentProposed: "proposed",
    e.PaymentApproved: "approved",
    e.PaymentCancelled: "cancelled",
    e.PaymentInstructed: "sent",
    e.PaymentAcknowledged: "received",
    e.PaymentRecallRequested: "recall_asked",
    e.PaymentRecallRefused: "recall_refused",
    e.PaymentRecalled: "recalled",
    e.PaymentFailed: "failed",
    e.PaymentSettled: "settled",
    e.SettlementReversed: "settlement_reversed",
    e.PaymentReturned: "returned",
}


def step_lines(dossier: Dossier, lang: Language) -> Iterator[str]:
    """A line per step, and then where the payment went."""
    for step in dossier.steps:
        when = step.recorded_at[:16].replace("T", " ")
        event = step.event
        state = lang.say(_STEPS[type(event)])
        line = f"{state:<20} {step.actor:<20} {when} UTC  (#{step.position})"
        match event:
            case e.PaymentSettled() | e.PaymentReturned() | e.SettlementReversed():
                line += f"  {lang.day(step.effective_on)}, {event.bank_line}"
            case e.PaymentAcknowledged(status=status):
                line += f"  {status}"
            case e.PaymentFailed(code=code, reason=reason):
                line += f"  {code} {reason}".rstrip()
            case e.PaymentCancelled(reason=reason) | e.PaymentRecallRequested(reason=reason):
                line += f"  {reason}"
        yield line
    yield from _where(dossier, lang)


def _where(dossier: Dossier, lang: Language) -> Iterator[str]:
    """The account and the file that it went by, what it replaces and what replaced it."""
    for recorded in dossier.account:
        match recorded.event:
            case e.PayeeAccountSet() as account:
                yield lang.say(
                    "why_account",
                    account=BankAccount(account.account).masked,
                    holder=account.holder,
                    actor=recorded.actor,
                    position=recorded.position,
                    evidence=account.evidence,
                )
            case e.PayeeAccountConfirmed(evidence=evidence):
                yield lang.say(
                    "why_account_confirmed",
                    actor=recorded.actor,
                    position=recorded.position,
                    evidence=evidence,
                )
    for step in dossier.steps:
        if isinstance(step.event, e.PaymentInstructed) and step.event.message is not None:
            sent = step.event
            yield lang.say("why_file", message=sent.message, end_to_end_id=sent.end_to_end_id)
    if dossier.payment.replaces:
        yield lang.say("why_replaces", payments=", ".join(dossier.payment.replaces))
    if dossier.replaced_by is not None:
        yield lang.say("why_replaced", payment=dossier.replaced_by)
    for item, recorded in dossier.remainders:
        yield lang.say(
            "why_remainder",
            amount=lang.amount(item.amount),
            claim=item.claim,
            position=recorded.position,
        )
