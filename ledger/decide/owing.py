"""What is owed in an agreement and how it is being paid: the state that payments change.

Every krone that is owed is in one place: not proposed yet, in a payment that is under way, settled,
demanded back, or written off. A payment that comes to nothing puts what it was to pay back among
what is not proposed; it is then proposed anew, as another payment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ledger import events as e
from ledger.events import PaymentItem, Recorded
from ledger.model import Position
from ledger.money import ZERO, Amount
from ledger.parties import Role

Payable = tuple[str, Role, str]
"""Payer, the role it pays in, payee."""


class Stage(StrEnum):
    """How far a payment has come; the words of the views and of the commands."""

    PROPOSED = "proposed"
    HALF_APPROVED = "approved_once"
    """Approved by one where two must."""
    APPROVED = "approved"
    SENT = "sent"
    RECEIVED = "received"
    """The bank says that it has the instruction."""
    RECALL_ASKED = "recall_asked"
    """The bank was asked to stop it, and has not answered."""
    SETTLED = "settled"
    CANCELLED = "cancelled"
    FAILED = "failed"
    RECALLED = "recalled"
    RETURNED = "returned"
    """It was settled, and the money, or some of it, came back."""


OVER = (Stage.CANCELLED, Stage.FAILED, Stage.RECALLED, Stage.RETURNED)
"""What a payment comes to that does not stand: what it was to pay is owed again."""


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's approval of exactly one content."""

    at: Position
    actor: str
    content_hash: str


@dataclass(slots=True)
class Payment:
    """A payment and the steps it has been through."""

    proposed_at: Position
    proposed: e.PaymentProposed
    approvals: list[Approval] = field(default_factory=list)
    """Those of the newest content that was approved."""
    approved_at: Position | None = None
    """The approval that made them enough."""
    instructed_at: Position | None = None
    sent_on: date | None = None
    end_to_end_id: str | None = None
    message: str | None = None
    """The payment file that it was sent in."""
    account_at: Position | None = None
    """Where the account was set that it was sent to."""
    acknowledged: str | None = None
    """The bank's last word on the instruction, before it settled or failed."""
    recall_at: Position | None = None
    """The request to stop it that the bank has not answered."""
    settled_at: Position | None = None
    """The line of the bank that made it settled in full."""
    settlements: dict[str, tuple[Position, Amount]] = field(default_factory=dict)
    """The bank lines that settle it, or part of it: where that was recorded, and how much."""
    returned: Amount = ZERO
    over: Stage | None = None
    """What it came to, if it does not stand."""

    @property
    def settled(self) -> Amount:
        """What the bank lines settle of it, returned or not."""
        return Amount(sum(amount.minor for _, amount in self.settlements.values()))

    @property
    def outstanding(self) -> Amount:
        """What the bank was told to pay and is not known to have paid."""
        if self.instructed_at is None or self.over is not None:
            return ZERO
        return self.proposed.amount - self.settled

    @property
    def stage(self) -> Stage:
        """How far it has come."""
        if self.over is not None:
            return self.over
        if self.settled_at is not None:
            return Stage.SETTLED
        if self.recall_at is not None:
            return Stage.RECALL_ASKED
        if self.instructed_at is not None:
            return Stage.RECEIVED if self.acknowledged else Stage.SENT
        if self.approved_at is not None:
            return Stage.APPROVED
        return Stage.HALF_APPROVED if self.approvals else Stage.PROPOSED

    @property
    def payable(self) -> Payable:
        """Whose debt to whom it pays."""
        return self.proposed.payer, self.proposed.role, self.proposed.payee


@dataclass(slots=True)
class Demand:
    """What a payee was asked to pay back, and what came of it."""

    demanded_at: Position
    demanded: e.ClawbackDemanded
    demanded_on: date
    repayments: dict[str, tuple[Position, Amount]] = field(default_factory=dict)
    """The bank lines that repay it: where that was recorded, and how much."""
    written_off: Amount = ZERO
    withdrawn: Amount = ZERO

    @property
    def repaid(self) -> Amount:
        """What the payee has paid back."""
        return Amount(sum(amount.minor for _, amount in self.repayments.values()))

    @property
    def outstanding(self) -> Amount:
        """What the payee still owes of it."""
        return self.demanded.amount - self.repaid - self.written_off - self.withdrawn


@dataclass(slots=True)
class WriteOff:
    """Something that is to be given up, and whether another person agreed."""

    proposed_at: Position
    proposed: e.WriteOffProposed
    written_off_at: Position | None = None


@dataclass(kw_only=True)
class Owing:
    """What is owed and what is being paid: the part of an agreement's state that is about money."""

    unproposed: dict[Payable, list[PaymentItem]] = field(default_factory=lambda: defaultdict(list))
    reopened: dict[Payable, list[tuple[str, Position]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Payments that came to nothing and are not proposed anew yet, and where that was recorded."""
    payments: dict[str, Payment] = field(default_factory=dict)
    instructions: dict[str, str] = field(default_factory=dict)
    """The payment of each end-to-end id that a bank was given."""
    demands: dict[str, Demand] = field(default_factory=dict)
    write_offs: dict[str, WriteOff] = field(default_factory=dict)
    lineage: dict[Position, tuple[Position, ...]] = field(default_factory=dict)
    """What each event that is somebody's decision rests on."""

    def is_owed_anew(self, payment: Payment) -> bool:
        """Whether all that a payment was to pay is owed as before, and nothing pays it yet."""
        left = self.unproposed.get(payment.payable, [])
        return all(item in left for item in payment.proposed.items)

    def owe(self, payable: Payable, position: Position, claim: str, amount: Amount) -> None:
        """What a payer comes to owe a payee by an event, to be proposed for payment."""
        if amount:
            item = PaymentItem(entitlement_at=position, claim=claim, amount=amount)
            self.unproposed[payable].append(item)

    def claims_of(self, item: PaymentItem) -> set[str]:
        """The claims that an item is for: its own; or of a remainder, all that it is left over of.

        Which of several claims a remainder belongs to cannot be said.
        """
        whole: tuple[PaymentItem, ...] = ()
        if item.claim in self.payments:
            whole = self.payments[item.claim].proposed.items
        elif item.claim in self.demands:
            whole = self.demands[item.claim].demanded.items
        if not whole:
            return {item.claim}
        return {claim for each in whole for claim in self.claims_of(each)}

    def apply_money(self, recorded: Recorded) -> None:
        """Take in the next event on payments, demands and what is written off."""
        match recorded.event:
            case e.PaymentProposed() | e.PaymentApproved() | e.PaymentCancelled():
                self._apply_deciding(recorded)
            case (
                e.PaymentInstructed()
                | e.PaymentAcknowledged()
                | e.PaymentRecallRequested()
                | e.PaymentRecallRefused()
                | e.PaymentFailed()
                | e.PaymentRecalled()
            ):
                self._apply_sent(recorded)
            case (
                e.PaymentSettled()
                | e.SettlementReversed()
                | e.PaymentReturned()
                | e.ReturnReversed()
            ):
                self._apply_bank(recorded)
            case _:
                self._apply_clawback(recorded)

    def _apply_deciding(self, recorded: Recorded) -> None:
        position = recorded.position
        match recorded.event:
            case e.PaymentProposed() as proposed:
                payable = proposed.payer, proposed.role, proposed.payee
                self.payments[proposed.payment] = Payment(position, proposed)
                rests_on = [item.entitlement_at for item in proposed.items]
                # Who had an earlier payment come to nothing took part in what replaces it.
                rests_on += [at for _, at in self.reopened.pop(payable, [])]
                self.lineage[position] = tuple(rests_on)
                del self.unproposed[payable]
            case e.PaymentApproved() as approved:
                payment = self.payments[approved.payment]
                if any(each.content_hash != approved.content_hash for each in payment.approvals):
                    payment.approvals.clear()
                approval = Approval(position, recorded.actor, approved.content_hash)
                payment.approvals.append(approval)
                enough = approved.approval >= approved.needed
                payment.approved_at = position if enough else None
            case e.PaymentCancelled() as cancelled:
                payment = self.payments[cancelled.payment]
                self._reopen(payment, Stage.CANCELLED, payment.proposed.amount, position)

    def _apply_sent(self, recorded: Recorded) -> None:
        position = recorded.position
        match recorded.event:
            case e.PaymentInstructed() as sent:
                payment = self.payments[sent.payment]
                payment.instructed_at, payment.message = position, sent.message
                payment.sent_on = recorded.effective_on
                payment.end_to_end_id, payment.account_at = sent.end_to_end_id, sent.account_at
                self.instructions[sent.end_to_end_id] = sent.payment
            case e.PaymentAcknowledged() as seen:
                self.payments[seen.payment].acknowledged = seen.status
            case e.PaymentRecallRequested() as asked:
                self.payments[asked.payment].recall_at = position
            case e.PaymentRecallRefused() as refused:
                self.payments[refused.payment].recall_at = None
            case e.PaymentFailed() as failed:
                self._reopen(self.payments[failed.payment], Stage.FAILED, failed.amount, position)
            case e.PaymentRecalled() as recalled:
                payment = self.payments[recalled.payment]
                payment.recall_at = None
                self.lineage[position] = (recalled.requested_at,)
                self._reopen(payment, Stage.RECALLED, recalled.amount, position)

    def _apply_bank(self, recorded: Recorded) -> None:
        position = recorded.position
        match recorded.event:
            case e.PaymentSettled() as settled:
                payment = self.payments[settled.payment]
                payment.settlements[settled.bank_line] = position, settled.amount
                if payment.settled == payment.proposed.amount:
                    payment.settled_at = position
            case e.SettlementReversed() as back:
                payment = self.payments[back.payment]
                del payment.settlements[back.bank_line]
                payment.settled_at = None
            case e.PaymentReturned() as returned:
                payment = self.payments[returned.payment]
                payment.returned += returned.amount
                self._reopen(payment, Stage.RETURNED, returned.amount, position)
            case e.ReturnReversed() as kept:
                payment = self.payments[kept.payment]
                payment.returned, payment.over = ZERO, None
                left = self.unproposed[payment.payable]
                for item in payment.proposed.items:
                    left.remove(item)
                if not left:
                    del self.unproposed[payment.payable]
                reopened = self.reopened[payment.payable]
                reopened[:] = [each for each in reopened if each[0] != kept.payment]

    def _apply_clawback(self, recorded: Recorded) -> None:
        position = recorded.position
        match recorded.event:
            case e.ClawbackDemanded() as demanded:
                self.demands[demanded.demand] = Demand(position, demanded, recorded.effective_on)
                self._take_out(demanded, demanded.items, position)
            case e.ClawbackRepaid() as repaid:
                repayments = self.demands[repaid.demand].repayments
                repayments[repaid.bank_line] = position, repaid.amount
            case e.RepaymentReversed() as back:
                del self.demands[back.demand].repayments[back.bank_line]
            case e.ClawbackWithdrawn() as withdrawn:
                self.demands[withdrawn.demand].withdrawn += withdrawn.amount
                self.lineage[position] = (withdrawn.demanded_at,)
                payable = withdrawn.payer, withdrawn.role, withdrawn.payee
                self.owe(payable, position, withdrawn.demand, -withdrawn.amount)
            case e.WriteOffProposed() as proposed:
                self.write_offs[proposed.write_off] = WriteOff(position, proposed)
                rests_on = [item.entitlement_at for item in proposed.items]
                if proposed.demand is not None:
                    rests_on.append(self.demands[proposed.demand].demanded_at)
                self.lineage[position] = tuple(rests_on)
            case e.WrittenOff() as given_up:
                known = self.write_offs[given_up.write_off]
                known.written_off_at = position
                if given_up.demand is None:
                    self._take_out(given_up, known.proposed.items, position)
                else:
                    self.demands[given_up.demand].written_off += given_up.amount

    def _take_out(
        self,
        event: e.ClawbackDemanded | e.WrittenOff,
        items: Sequence[PaymentItem],
        position: Position,
    ) -> None:
        """What is demanded or given up is no longer set off."""
        payable = event.payer, event.role, event.payee
        rests_on = [item.entitlement_at for item in items]
        rests_on += [at for _, at in self.reopened.pop(payable, [])]
        self.lineage[position] = tuple(rests_on)
        del self.unproposed[payable]

    def _reopen(self, payment: Payment, over: Stage, amount: Amount, position: Position) -> None:
        """Owe again what a payment did not pay: its own items, or a remainder as one."""
        payment.over = over
        known = self.lineage.get(position, ())
        self.lineage[position] = (*known, payment.proposed_at)
        self.reopened[payment.payable].append((payment.proposed.payment, position))
        if amount == payment.proposed.amount:
            self.unproposed[payment.payable] += payment.proposed.items
        else:
            self.owe(payment.payable, position, payment.proposed.payment, amount)
