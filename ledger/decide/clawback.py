"""What a payee owes back: set off, demanded, repaid, or written off by two persons.

Corrections that take back more than is owed leave a payee in debt. That is set off against what it
is owed next, unless it is demanded: when nothing more is to come, or on request. Below the minimum
for recovery nothing is demanded. What cannot be got back is written off: one person proposes it
and another, outside what it rests on, agrees to exactly that.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date

from ledger import events as e
from ledger.decide.decision import New, agreement_stream, numbered
from ledger.decide.four_eyes import another_person
from ledger.decide.owing import Demand, Payable
from ledger.decide.payees import Safeguards
from ledger.decide.payment import acted_in
from ledger.decide.refusal import AgainstTerms, AlreadyDone, NotFound, OutOfOrder
from ledger.decide.state import AgreementState, LawState
from ledger.events import PaymentItem
from ledger.money import ZERO, Amount, total


def debts(state: AgreementState) -> dict[Payable, Amount]:
    """What each payee owes back to a payer, that was not demanded; all above zero."""
    sums = {
        payable: total(item.amount for item in items) for payable, items in state.unproposed.items()
    }
    return {payable: -amount for payable, amount in sums.items() if amount < ZERO}


def demand(
    state: AgreementState, guards: Safeguards, payable: Payable, due_on: date, on: date
) -> list[New]:
    """Ask a payee to pay back what it owes, instead of setting it off.

    Raises:
        NotFound: if the payee owes the payer nothing.
        AgainstTerms: if it is below the policy's minimum for recovery, or due before it is asked.
    """
    amount = _debt(state, payable)
    minimum = guards.policy.policy.recovery_minimum
    payer, role, payee = payable
    if amount < minimum:
        message = (
            f"{payee} owes {payer} {amount}, which is below the {minimum} from which money is "
            "recovered; it is set off against later payments, or `ofl payments write-off` gives it "
            "up"
        )
        raise AgainstTerms(message)
    if due_on < on:
        message = f"a demand of {on} cannot be due on {due_on}, before it is made"
        raise AgainstTerms(message)
    demanded = e.ClawbackDemanded(
        demand=f"{state.agreement}-C{len(state.demands) + 1:03d}",
        payer=payer,
        role=role,
        payee=payee,
        amount=amount,
        items=tuple(state.unproposed[payable]),
        due_on=due_on,
    )
    return _one(state, on, demanded)


def repay(
    state: AgreementState, demand_id: str, on: date, bank_line: str, amount: Amount
) -> list[New]:
    """A bank line of the payer shows that a payee paid back what was demanded, or part of it.

    Raises:
        NotFound: if there is no such demand.
        AlreadyDone: if that line repays it already.
        AgainstTerms: if it is more than what is open of it, or nothing.
    """
    known = demand_of(state, demand_id)
    if bank_line in known.repayments:
        message = f"{bank_line} repays {demand_id} already"
        raise AlreadyDone(message)
    if not ZERO < amount <= known.outstanding:
        message = f"{amount} is not within the {known.outstanding} that is open of {demand_id}"
        raise AgainstTerms(message)
    repaid = e.ClawbackRepaid(
        demand=demand_id,
        payer=known.demanded.payer,
        role=known.demanded.role,
        payee=known.demanded.payee,
        amount=amount,
        demanded_at=known.demanded_at,
        bank_line=bank_line,
    )
    return _one(state, on, repaid)


def unrepay(
    state: AgreementState, demand_id: str, on: date, bank_line: str, reason: str
) -> list[New]:
    """A bank line that repaid a demand meant something else; that much is open again.

    Raises:
        NotFound: if there is no such demand, or the line repays none of it.
    """
    known = demand_of(state, demand_id)
    if bank_line not in known.repayments:
        message = f"{bank_line} repays nothing of {demand_id}"
        raise NotFound(message)
    at, amount = known.repayments[bank_line]
    undone = e.RepaymentReversed(
        demand=demand_id,
        payer=known.demanded.payer,
        role=known.demanded.role,
        payee=known.demanded.payee,
        amount=amount,
        repaid_at=at,
        bank_line=bank_line,
        reason=reason,
    )
    return _one(state, on, undone)


def withdraw(state: AgreementState, demand_id: str, reason: str, on: date) -> list[New]:
    """Set what is open of a demand off against the payee's next payments after all.

    Raises:
        NotFound: if there is no such demand.
        OutOfOrder: if nothing of it is open.
    """
    known = demand_of(state, demand_id)
    _require_open(demand_id, known)
    withdrawn = e.ClawbackWithdrawn(
        demand=demand_id,
        payer=known.demanded.payer,
        role=known.demanded.role,
        payee=known.demanded.payee,
        amount=known.outstanding,
        demanded_at=known.demanded_at,
        reason=reason,
    )
    return _one(state, on, withdrawn)


def propose_write_off(
    state: AgreementState, what: Payable | str, reason: str, on: date
) -> list[New]:
    """Propose to give up what is open of a demand, or a debt that was not demanded.

    Raises:
        NotFound: if there is no such demand, or no debt.
        OutOfOrder: if nothing of it is open.
    """
    items: tuple[PaymentItem, ...] = ()
    if isinstance(what, str):
        known = demand_of(state, what)
        _require_open(what, known)
        name, amount = what, known.outstanding
        payable = known.demanded.payer, known.demanded.role, known.demanded.payee
    else:
        name, payable, amount = None, what, _debt(state, what)
        items = tuple(state.unproposed[what])
    write_off = f"{state.agreement}-W{len(state.write_offs) + 1:03d}"
    payer, role, payee = payable
    proposed = e.WriteOffProposed(
        write_off=write_off,
        demand=name,
        payer=payer,
        role=role,
        payee=payee,
        amount=amount,
        items=items,
        reason=reason,
        content_hash=_hash(write_off, name, payable, amount, items, reason),
    )
    return _one(state, on, proposed)


def is_as_proposed(state: AgreementState, proposed: e.WriteOffProposed) -> bool:
    """Whether what was to be given up is still owed exactly as it was when that was proposed."""
    if proposed.demand is not None:
        return state.demands[proposed.demand].outstanding == proposed.amount
    payable = proposed.payer, proposed.role, proposed.payee
    return tuple(state.unproposed.get(payable, ())) == proposed.items


def write_off(
    law: LawState, state: AgreementState, guards: Safeguards, name: str, actor: str, on: date
) -> list[New]:
    """Agree to give up exactly what was proposed.

    Raises:
        NotFound: if nothing of that name was proposed.
        AlreadyDone: if it is written off.
        FourEyes: if the person took part in what it rests on.
        OutOfOrder: if what is owed is no longer what was proposed.
    """
    known = state.write_offs.get(name)
    if known is None:
        message = f"no write-off {name!r} is proposed; `ofl payments write-off` proposes one"
        raise NotFound(message)
    if known.written_off_at is not None:
        message = f"{name} is written off already"
        raise AlreadyDone(message)
    proposed = known.proposed
    acted = acted_in(law, state, known.proposed_at) | guards.actors_of(proposed.payee)
    did, step = f"took part in what {name} rests on", f"agree to {name}"
    another_person(guards.people, actor, acted, did, step)
    if not is_as_proposed(state, proposed):
        message = f"what {name} was to give up has changed since; propose another write-off"
        raise OutOfOrder(message)
    given_up = e.WrittenOff(
        write_off=name,
        demand=proposed.demand,
        payer=proposed.payer,
        role=proposed.role,
        payee=proposed.payee,
        amount=proposed.amount,
        proposed_at=known.proposed_at,
        content_hash=proposed.content_hash,
    )
    return _one(state, on, given_up)


def demand_of(state: AgreementState, demand_id: str) -> Demand:
    """A demand of an agreement.

    Raises:
        NotFound: if there is none of that name.
    """
    known = state.demands.get(demand_id)
    if known is None:
        message = f"there is no demand {demand_id!r}; `ofl payments demands` names them"
        raise NotFound(message)
    return known


def _debt(state: AgreementState, payable: Payable) -> Amount:
    amount = debts(state).get(payable)
    if amount is None:
        payer, _, payee = payable
        message = (
            f"{payee} owes {payer} nothing back in {state.agreement} that was not demanded; "
            "`ofl payments demands` shows what is owed back"
        )
        raise NotFound(message)
    return amount


def _require_open(demand_id: str, known: Demand) -> None:
    if not known.outstanding:
        message = f"nothing is open of {demand_id}"
        raise OutOfOrder(message)


def _hash(
    name: str,
    demand_id: str | None,
    payable: Payable,
    amount: Amount,
    items: tuple[PaymentItem, ...],
    reason: str,
) -> str:
    payer, role, payee = payable
    content = [name, demand_id or "", payer, role.value, payee, str(amount), reason]
    content += [f"{item.entitlement_at}|{item.claim}|{item.amount}" for item in items]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _one(state: AgreementState, on: date, event: e.Event) -> list[New]:
    return numbered(agreement_stream(state.agreement), state.version, [(on, event)])
