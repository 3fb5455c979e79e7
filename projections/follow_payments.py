"""The tables of payments, accounts and what is owed back, brought up to date with one event."""

from __future__ import annotations

from typing import Any, get_args

from sqlalchemy import bindparam, case, update

from ledger import events as e
from ledger.bank_account import BankAccount
from ledger.dates import parse_date
from ledger.decide.owing import Stage
from ledger.events import Recorded
from projections import views as v
from projections.writing import Writer

_Deciding = e.PaymentProposed | e.PaymentApproved | e.PaymentCancelled
_Sent = (
    e.PaymentInstructed
    | e.PaymentAcknowledged
    | e.PaymentRecallRequested
    | e.PaymentRecallRefused
    | e.PaymentSettled
    | e.SettlementReversed
    | e.ReturnReversed
)
_Over = e.PaymentCancelled | e.PaymentFailed | e.PaymentRecalled | e.PaymentReturned
_Payee = e.PayeeAccountSet | e.PayeeAccountConfirmed
_Demand = e.ClawbackDemanded | e.ClawbackRepaid | e.RepaymentReversed | e.ClawbackWithdrawn
_WriteOff = e.WriteOffProposed | e.WrittenOff
FOLLOWED = get_args(_Deciding | _Sent | _Over | _Payee | _Demand | _WriteOff)
"""The events that are followed here."""

_STAGES: dict[type[e.Event], Stage] = {
    e.PaymentCancelled: Stage.CANCELLED,
    e.PaymentFailed: Stage.FAILED,
    e.PaymentRecalled: Stage.RECALLED,
    e.PaymentReturned: Stage.RETURNED,
}


def apply(writer: Writer, agreement: str, recorded: Recorded) -> None:
    """Take in one of the events followed here."""
    event = recorded.event
    if isinstance(event, get_args(_Sent)):
        _apply_sent(writer, recorded)
    elif isinstance(event, get_args(_Over)):
        _apply_over(writer, recorded)
    elif isinstance(event, get_args(_Payee)):
        _apply_payee(writer, recorded)
    elif isinstance(event, get_args(_Demand)):
        _apply_demand(writer, agreement, recorded)
    elif isinstance(event, get_args(_WriteOff)):
        _apply_write_off(writer, agreement, recorded)
    else:
        _apply_deciding(writer, agreement, recorded)


def _apply_deciding(writer: Writer, agreement: str, recorded: Recorded) -> None:
    position, actor = recorded.position, recorded.actor
    match recorded.event:
        case e.PaymentProposed() as event:
            row = {
                "payment": event.payment,
                "agreement": agreement,
                "payer": event.payer,
                "role": event.role.value,
                "payee": event.payee,
                "amount": event.amount.minor,
                "items": len(event.items),
                "state": Stage.PROPOSED.value,
                "proposed_at": position,
                "proposed_by": actor,
                "settled": 0,
            }
            writer.put(v.payment, [row])
            items = [
                {
                    "payment": event.payment,
                    "entitlement_at": item.entitlement_at,
                    "claim": item.claim,
                    "amount": item.amount.minor,
                }
                for item in event.items
            ]
            writer.put(v.payment_item, items)
            for earlier in event.replaces:
                writer.change(v.payment, earlier, {"replaced_by": event.payment})
        case e.PaymentApproved() as event:
            enough = event.approval >= event.needed
            first = event.approval == 1
            stage = Stage.APPROVED if enough else Stage.HALF_APPROVED
            step = {
                "state": stage.value,
                "approved_at": position if enough else None,
                "approved_by": actor if first else v.payment.c.approved_by + f", {actor}",
            }
            writer.change(v.payment, event.payment, step)


_TABLE = v.payment.c
_LIVE = case(
    (_TABLE.settled_at.is_not(None), Stage.SETTLED.value),
    (_TABLE.recall_at.is_not(None), Stage.RECALL_ASKED.value),
    (_TABLE.bank_status.is_not(None), Stage.RECEIVED.value),
    else_=Stage.SENT.value,
)
"""How far a payment that was sent and stands has come."""
_STATE_ANEW = update(v.payment).where(_TABLE.payment == bindparam("seen")).values(state=_LIVE)
"""Of a payment of which something more has become known."""


def _apply_sent(writer: Writer, recorded: Recorded) -> None:
    position, on = recorded.position, recorded.effective_on
    event = recorded.event
    assert isinstance(event, get_args(_Sent))
    step: dict[str, Any] = {}
    match event:
        case e.PaymentInstructed():
            step = {
                "sent_at": position,
                "sent_by": recorded.actor,
                "sent_on": on,
                "end_to_end_id": event.end_to_end_id,
                "message": event.message,
            }
        case e.PaymentAcknowledged(status=status):
            step = {"bank_status": status}
        case e.PaymentRecallRequested():
            step = {"recall_at": position}
        case e.PaymentRecallRefused():
            step = {"recall_at": None}
        case e.PaymentSettled(amount=amount):
            paid = _TABLE.settled + amount.minor
            whole = paid == _TABLE.amount
            step = {
                "settled": paid,
                "settled_at": case((whole, position), else_=None),
                "settled_on": case((whole, on), else_=None),
            }
        case e.ReturnReversed():
            step = {"over_at": None, "over_on": None, "reason": None}
        case e.SettlementReversed(amount=amount):
            step = {
                "settled": _TABLE.settled - amount.minor,
                "settled_at": None,
                "settled_on": None,
            }
    writer.change(v.payment, event.payment, step)
    writer.keep_back(_STATE_ANEW, {"seen": event.payment})


def _apply_over(writer: Writer, recorded: Recorded) -> None:
    event = recorded.event
    assert isinstance(event, get_args(_Over))
    reason = getattr(event, "reason", "")
    if isinstance(event, e.PaymentFailed):
        reason = f"{event.code} {event.reason}".strip()
    step = {
        "state": _STAGES[type(event)].value,
        "recall_at": None,
        "over_at": recorded.position,
        "over_on": recorded.effective_on,
        "reason": reason or None,
    }
    writer.change(v.payment, event.payment, step)


def _apply_payee(writer: Writer, recorded: Recorded) -> None:
    clock_day = parse_date(recorded.recorded_at[:10])
    match recorded.event:
        case e.PayeeAccountSet() as event:
            row = {
                "party": event.party,
                "account": BankAccount(event.account).masked,
                "holder": event.holder,
                "set_at": recorded.position,
                "set_by": recorded.actor,
                "set_on": clock_day,
                "confirmed_at": None,
                "confirmed_by": None,
                "confirmed_on": None,
            }
            writer.put(v.payee, [row])
            # What was approved to another account, or to none, is not approved any more.
            stages = (Stage.HALF_APPROVED.value, Stage.APPROVED.value)
            touched = (v.payment.c.payee == event.party) & v.payment.c.state.in_(stages)
            void = {"state": Stage.PROPOSED.value, "approved_at": None, "approved_by": None}
            writer.execute(update(v.payment).where(touched).values(void))
        case e.PayeeAccountConfirmed() as event:
            step = {
                "confirmed_at": recorded.position,
                "confirmed_by": recorded.actor,
                "confirmed_on": clock_day,
            }
            writer.change(v.payee, event.party, step)


def _apply_demand(writer: Writer, agreement: str, recorded: Recorded) -> None:
    outstanding = v.demand.c.outstanding
    match recorded.event:
        case e.ClawbackDemanded() as event:
            row = {
                "demand": event.demand,
                "agreement": agreement,
                "payer": event.payer,
                "role": event.role.value,
                "payee": event.payee,
                "amount": event.amount.minor,
                "outstanding": event.amount.minor,
                "demanded_at": recorded.position,
                "demanded_on": recorded.effective_on,
                "due_on": event.due_on,
            }
            writer.put(v.demand, [row])
        case e.ClawbackRepaid() | e.ClawbackWithdrawn() as event:
            step = {"outstanding": outstanding - event.amount.minor}
            writer.change(v.demand, event.demand, step)
        case e.RepaymentReversed() as event:
            step = {"outstanding": outstanding + event.amount.minor}
            writer.change(v.demand, event.demand, step)


def _apply_write_off(writer: Writer, agreement: str, recorded: Recorded) -> None:
    match recorded.event:
        case e.WriteOffProposed() as event:
            row = {
                "write_off": event.write_off,
                "agreement": agreement,
                "demand": event.demand,
                "payer": event.payer,
                "role": event.role.value,
                "payee": event.payee,
                "amount": event.amount.minor,
                "reason": event.reason,
                "proposed_at": recorded.position,
                "proposed_by": recorded.actor,
            }
            writer.put(v.write_off, [row])
        case e.WrittenOff() as event:
            agreed = {"written_off_at": recorded.position, "written_off_by": recorded.actor}
            writer.change(v.write_off, event.write_off, agreed)
            if event.demand is not None:
                left = v.demand.c.outstanding - event.amount.minor
                writer.change(v.demand, event.demand, {"outstanding": left})
