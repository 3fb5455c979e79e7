"""Payments on the payer's side: proposed from entitlements, approved and sent by different people.

Who approves may not have acted anywhere in the payment's lineage: not imported a stay or a
measurement it rests on, not recorded a tariff, signed the terms, made the assessment or proposed
it, set or confirmed the payee's account, or set the policy of payments. Who sends may not be who
approved. Persons are compared, not accounts (`four_eyes`). There is no way around it for anyone.
What the bank does then is in `settling`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

from ledger import events as e
from ledger.decide.decision import New, agreement_stream, numbered
from ledger.decide.four_eyes import another_person
from ledger.decide.owing import Approval, Payable, Payment, Stage
from ledger.decide.payees import PayeeState, Safeguards
from ledger.decide.refusal import AlreadyDone, NotFound, OutOfOrder
from ledger.decide.state import AgreementState, LawState
from ledger.model import Position
from ledger.money import ZERO, Amount, total
from ledger.parties import Role

END_TO_END_MAX = 35
"""So many characters a bank carries from payer to payee."""
_CARRIED = re.compile(r"[A-Za-z0-9-]{1,35}", re.ASCII)
_START = 18


def content_hash(
    payment: str,
    payer: str,
    role: Role,
    payee: str,
    amount: Amount,
    items: Sequence[e.PaymentItem],
) -> str:
    """The hash of what a payment pays: any other content has another."""
    content = [payment, payer, role.value, payee, str(amount)]
    content += [f"{item.entitlement_at}|{item.claim}|{item.amount}" for item in items]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def approved_hash(proposed: e.PaymentProposed, payee: PayeeState | None) -> str:
    """The hash that an approval binds: of what is paid, and of the account that it goes to."""
    if payee is None or payee.account is None:
        return proposed.content_hash
    account = payee.account
    content = [proposed.content_hash, str(payee.set_at), account.account, account.holder]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def end_to_end_id(proposed: e.PaymentProposed) -> str:
    """The name that a payment has at the banks: its own, or if that is too long, one made of it.

    A payment is sent once. One that failed is proposed anew, as another payment with another name.
    """
    if _CARRIED.fullmatch(proposed.payment):
        return proposed.payment
    made = hashlib.sha256(proposed.payment.encode()).hexdigest()
    start = re.sub(r"[^A-Za-z0-9-]", "-", proposed.payment)[:_START]
    return f"{start}-{made}"[:END_TO_END_MAX]


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
        reopened = state.reopened.get((payer, role, payee), [])
        proposed = e.PaymentProposed(
            payment=payment,
            payer=payer,
            role=role,
            payee=payee,
            amount=amount,
            items=tuple(items),
            content_hash=content_hash(payment, payer, role, payee, amount, items),
            replaces=tuple(dict.fromkeys(earlier for earlier, _ in reopened)),
        )
        events.append((on, proposed))
    return numbered(agreement_stream(state.agreement), state.version, events), carried


def lineage(
    state: AgreementState, position: Position, known: AbstractSet[Position] = frozenset()
) -> set[Position]:
    """Every position that an event rests on, directly or through others, itself included.

    Those that are `known`, and what they rest on, are left out.
    """
    found: set[Position] = set()
    ahead = [position]
    while ahead:
        here = ahead.pop()
        if here not in found and here not in known:
            found.add(here)
            ahead += state.lineage.get(here, ())
    return found


def acted_in(
    law: LawState,
    state: AgreementState,
    position: Position,
    known: AbstractSet[Position] = frozenset(),
) -> dict[Position, str]:
    """Who acted at each position that an event rests on, but for those that are `known`."""
    return {
        at: state.actors.get(at) or law.actors[at] for at in sorted(lineage(state, position, known))
    }


@dataclass(slots=True)
class Approver:
    """Who approves payments, on a day; several of them in one go."""

    actor: str
    on: date
    law: LawState
    guards: Safeguards
    _others: set[Position] = field(default_factory=set)
    """Where others are known to have acted: looked at once for all payments that rest on it."""

    def approve(self, state: AgreementState, payment_id: str) -> list[New]:
        """Approve a proposed payment's exact content, and the account that it goes to.

        Raises:
            AlreadyDone: if it is approved by as many as must approve it, or was sent.
            FourEyes: if the person took part in what it rests on, or approved it before.
            OutOfOrder: if it is over, a validation sample holds it back, or no money may go to
                the payee's account.
        """
        payment = payment_of(state, payment_id)
        _require_not_over(payment)
        if payment.instructed_at is not None:
            message = f"{payment_id} was sent to the bank already"
            raise AlreadyDone(message)
        # First whether the person may: a lone user learns that before any account is asked for.
        self._require_outside(state, payment)
        self.guards.sampled.require(state.payments, payment_id)
        payee = self.guards.account_of(payment.proposed.payee)
        content = approved_hash(payment.proposed, payee)
        before = [each for each in payment.approvals if each.content_hash == content]
        needed = self.guards.policy.approvals_needed(payment.proposed.amount)
        if len(before) >= needed:
            message = f"{payment_id} is approved already"
            raise AlreadyDone(message)
        others = {each.at: each.actor for each in before}
        did, step = f"approved {payment_id}", "approve it too"
        another_person(self.guards.people, self.actor, others, did, step)
        approved = e.PaymentApproved(
            payment=payment_id,
            proposed_at=payment.proposed_at,
            content_hash=content,
            account_at=payee.set_at if payee else None,
            approval=len(before) + 1,
            needed=needed,
        )
        return numbered(agreement_stream(state.agreement), state.version, [(self.on, approved)])

    def _require_outside(self, state: AgreementState, payment: Payment) -> None:
        """The person took no part in what a payment rests on, nor in saying where it goes."""
        name = payment.proposed.payment
        rests_on = acted_in(self.law, state, payment.proposed_at, self._others)
        acted = rests_on | self.guards.actors_of(payment.proposed.payee)
        did = f"took part in what {name} rests on"
        another_person(self.guards.people, self.actor, acted, did, "approve it")
        self._others |= rests_on.keys()


def instruct(
    state: AgreementState,
    guards: Safeguards,
    payment_id: str,
    actor: str,
    on: date,
    message_id: str | None = None,
) -> list[New]:
    """Record that the bank was told to pay an approved payment, in a file if one is named.

    Raises:
        OutOfOrder: if it is not approved, or not for the account that is the payee's now; if a
            validation sample holds it back; or if it goes in a file and no account is known.
        AlreadyDone: if it was sent.
        FourEyes: if the person approved it, or set or confirmed where it goes.
    """
    payment = payment_of(state, payment_id)
    _require_not_over(payment)
    if not payment.approvals:
        message = f"{payment_id} is not approved; another person runs `ofl payments approve` first"
        raise OutOfOrder(message)
    if payment.instructed_at is not None:
        message = f"{payment_id} was sent to the bank already"
        raise AlreadyDone(message)
    guards.sampled.require(state.payments, payment_id)
    payee = guards.account_of(payment.proposed.payee, required=message_id is not None)
    approvals = _valid(payment, payee, guards)
    approved = {each.at: each.actor for each in approvals}
    another_person(guards.people, actor, approved, f"approved {payment_id}", "send it")
    another_person(
        guards.people,
        actor,
        guards.actors_of(payment.proposed.payee, payment.proposed.payer),
        f"set or confirmed where {payment_id} goes, or how carefully",
        "send it",
    )
    instructed = e.PaymentInstructed(
        payment=payment_id,
        approved_at=approvals[-1].at,
        end_to_end_id=end_to_end_id(payment.proposed),
        message=message_id,
        account_at=payee.set_at if payee else None,
    )
    return numbered(agreement_stream(state.agreement), state.version, [(on, instructed)])


def _valid(payment: Payment, payee: PayeeState | None, guards: Safeguards) -> list[Approval]:
    """The approvals of a payment to the account that is the payee's now, if they are enough."""
    content = approved_hash(payment.proposed, payee)
    approvals = [each for each in payment.approvals if each.content_hash == content]
    name = payment.proposed.payment
    if not approvals:
        message = (
            f"the account of {payment.proposed.payee} was changed after {name} was approved, which "
            "voids the approval; it must be approved anew"
        )
        raise OutOfOrder(message)
    if len(approvals) < guards.policy.approvals_needed(payment.proposed.amount):
        message = (
            f"{name} is approved by one person and needs two: another runs `ofl payments approve`"
        )
        raise OutOfOrder(message)
    return approvals


def cancel(state: AgreementState, payment_id: str, reason: str, on: date) -> list[New]:
    """A payment that was not sent will not be; what it was to pay is owed as before.

    Raises:
        OutOfOrder: if it was sent; or is over.
    """
    payment = payment_of(state, payment_id)
    _require_not_over(payment)
    if payment.instructed_at is not None:
        message = (
            f"{payment_id} was sent to the bank; `ofl payments recall` asks the bank to stop it"
        )
        raise OutOfOrder(message)
    cancelled = e.PaymentCancelled(
        payment=payment_id, proposed_at=payment.proposed_at, reason=reason
    )
    return numbered(agreement_stream(state.agreement), state.version, [(on, cancelled)])


def _require_not_over(payment: Payment) -> None:
    if payment.over is None:
        return
    message = (
        f"{payment.proposed.payment} is {payment.over.value}; what it was to pay is owed anew, "
    )
    if payment.over is Stage.RETURNED:
        message = f"{payment.proposed.payment} was paid and came back; what it paid is owed anew, "
    raise OutOfOrder(message + "in another payment: `ofl payments propose`")


def payment_of(state: AgreementState, payment_id: str) -> Payment:
    """A payment of an agreement.

    Raises:
        NotFound: if there is none of that name.
    """
    payment = state.payments.get(payment_id)
    if payment is None:
        message = f"there is no payment {payment_id!r}; `ofl payments list` names them"
        raise NotFound(message)
    return payment
