"""Payments: proposed from entitlements, approved and sent by different people.

Who approves may not have acted anywhere in the payment's lineage: not imported a stay or a
measurement it rests on, not recorded a tariff, signed the terms, made the assessment or proposed
it. Who sends may not be who approved. Persons are compared, not accounts (`four_eyes`). There is no
way around it for anyone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date

from ledger import events as e
from ledger.decide.decision import New, agreement_stream, numbered
from ledger.decide.four_eyes import another_person
from ledger.decide.people_state import PeopleState
from ledger.decide.refusal import AlreadyDone, NotFound, OutOfOrder
from ledger.decide.state import AgreementState, LawState, Payable, Payment
from ledger.model import Position
from ledger.money import ZERO, Amount, total
from ledger.parties import Role


def content_hash(
    payment: str,
    payer: str,
    role: Role,
    payee: str,
    amount: Amount,
    items: Sequence[e.PaymentItem],
) -> str:
    """The hash that an approval binds: any other content has another."""
    content = [payment, payer, role.value, payee, str(amount)]
    content += [f"{item.entitlement_at}|{item.claim}|{item.amount}" for item in items]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def propose(state: AgreementState, on: date) -> tuple[list[New], dict[Payable, Amount]]:
    """One payment per payer and payee of all that is owed and not yet proposed.

    A payer whose corrections outweigh what it owes pays nothing; the rest is carried forward and
    set off against what it will owe. Returns the events, and what was carried forward.
    """
    events: list[tuple[date, e.Event]] = []
    carried: dict[Payable, Amount] = {}
    for (payer, role, payee), items in state.unproposed.items():
        amount = total(item.amount for item in items)
        if amount <= ZERO:
            carried[payer, role, payee] = amount
            continue
        payment = f"{state.agreement}-P{len(state.payments) + len(events) + 1:03d}"
        proposed = e.PaymentProposed(
            payment=payment,
            payer=payer,
            role=role,
            payee=payee,
            amount=amount,
            items=tuple(items),
            content_hash=content_hash(payment, payer, role, payee, amount, items),
        )
        events.append((on, proposed))
    return numbered(agreement_stream(state.agreement), state.version, events), carried


def lineage(state: AgreementState, position: Position) -> set[Position]:
    """Every position that an event rests on, directly or through others, itself included."""
    found: set[Position] = set()
    ahead = [position]
    while ahead:
        here = ahead.pop()
        if here not in found:
            found.add(here)
            ahead += state.lineage.get(here, ())
    return found


def approve(
    law: LawState,
    state: AgreementState,
    people: PeopleState,
    payment_id: str,
    actor: str,
    on: date,
) -> list[New]:
    """Approve a proposed payment's exact content."""
    payment = _payment(state, payment_id)
    if payment.approved_at is not None:
        message = f"{payment_id} is approved already"
        raise AlreadyDone(message)
    acted = {
        position: state.actors.get(position) or law.actors[position]
        for position in lineage(state, payment.proposed_at)
    }
    another_person(people, actor, acted, f"took part in what {payment_id} rests on", "approve it")
    approved = e.PaymentApproved(
        payment=payment_id,
        proposed_at=payment.proposed_at,
        content_hash=payment.proposed.content_hash,
    )
    return numbered(agreement_stream(state.agreement), state.version, [(on, approved)])


def instruct(
    state: AgreementState, people: PeopleState, payment_id: str, actor: str, on: date
) -> list[New]:
    """Record that the bank was told to pay an approved payment."""
    payment = _payment(state, payment_id)
    if payment.approved_at is None:
        message = f"{payment_id} is not approved; another person runs `ofl payments approve` first"
        raise OutOfOrder(message)
    if payment.instructed_at is not None:
        message = f"{payment_id} was sent to the bank already"
        raise AlreadyDone(message)
    acted = {payment.approved_at: state.actors[payment.approved_at]}
    another_person(people, actor, acted, f"approved {payment_id}", "send it")
    instructed = e.PaymentInstructed(
        payment=payment_id, approved_at=payment.approved_at, end_to_end_id=payment_id
    )
    return numbered(agreement_stream(state.agreement), state.version, [(on, instructed)])


def _payment(state: AgreementState, payment_id: str) -> Payment:
    payment = state.payments.get(payment_id)
    if payment is None:
        message = f"there is no payment {payment_id!r}; `ofl payments list` names them"
        raise NotFound(message)
    return payment
