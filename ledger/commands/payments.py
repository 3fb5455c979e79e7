"""Commands on payments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from ledger.commands.door import Done
from ledger.commands.payees import PayeeCommands
from ledger.commands.sealing import SealingCommands
from ledger.decide import payment
from ledger.decide.decision import New
from ledger.decide.many import Refused, agreement_of, for_each
from ledger.decide.owing import Payable, Stage
from ledger.decide.payees import Safeguards
from ledger.decide.refusal import NotFound
from ledger.decide.state import AgreementState
from ledger.money import Amount

States = Mapping[str, AgreementState]
"""The agreements that payments belong to, by name."""


class PaymentCommands(PayeeCommands, SealingCommands):
    """Proposing, approving and sending payments."""

    def propose_payments(self, name: str, on: date) -> tuple[Done, dict[Payable, Amount]]:
        """Propose payment of all that is owed in an agreement."""
        carried: dict[Payable, Amount] = {}

        def decide() -> list[New]:
            news, left = payment.propose(self._signed(name), on)
            carried.clear()
            carried.update(left)
            return news

        return self._run(["propose", name, str(on)], decide), carried

    def approve_payment(self, payment_id: str, on: date) -> Done:
        """Approve a payment as the acting person."""

        def decide() -> list[New]:
            state = self._paying(payment_id)
            return self._approver([state], on).approve(state, payment_id)

        return self._run(["approve", payment_id], decide)

    def approve_payments(self, payments: Sequence[str] | None, on: date) -> tuple[Done, Refused]:
        """Approve those of many payments, or of all, that the acting person may approve."""

        def decide(states: States, names: Sequence[str]) -> tuple[list[New], Refused]:
            return for_each(states, names, self._approver(states.values(), on).approve)

        return self._run_for_each(
            "approve", payments, decide, (Stage.PROPOSED, Stage.HALF_APPROVED)
        )

    def _approver(self, states: Iterable[AgreementState], on: date) -> payment.Approver:
        return payment.Approver(self.actor, on, self.law(), self.guarding(states))

    def send_payment(self, payment_id: str, on: date) -> Done:
        """Record that the bank was told to pay; what that rests on is sealed first.

        Raises:
            NotTheSameLogError: as `seal` does; then nothing is sent.
            ledger.store.checkpoint.CheckpointError: likewise.
        """
        self.require_allowed("send")
        self._seal_for(self._paying(payment_id), payment_id)

        def decide() -> list[New]:
            state = self._paying(payment_id)
            return payment.instruct(state, self.guarding([state]), payment_id, self.actor, on)

        return self._run(["send", payment_id], decide)

    def send_payments(self, payments: Sequence[str] | None, on: date) -> tuple[Done, Refused]:
        """Record that the bank was told to make those of many payments that may be sent.

        Raises:
            NotTheSameLogError: as `seal` does; then nothing is sent.
            ledger.store.checkpoint.CheckpointError: likewise.
        """
        self.require_allowed("send")

        def decide(states: States, names: Sequence[str]) -> tuple[list[New], Refused]:
            guards = self.guarding(states.values())
            for name in names:
                if agreement_of(name) in states:
                    self._seal_for(states[agreement_of(name)], name)
            return for_each(
                states,
                names,
                lambda state, name: payment.instruct(state, guards, name, self.actor, on),
            )

        return self._run_for_each("send", payments, decide, (Stage.APPROVED,))

    def _seal_for(self, state: AgreementState, payment_id: str) -> None:
        """Seal what a payment's approval rests on, if it is not sealed."""
        known = state.payments.get(payment_id)
        approved_at = known.approved_at if known else None
        if approved_at is not None and approved_at > self._sealed_to:
            self.seal_before()

    def cancel_payment(self, payment_id: str, reason: str, on: date) -> Done:
        """Give up a payment that was not sent; what it was to pay is owed as before."""
        return self._run(
            ["cancel", payment_id, reason],
            lambda: payment.cancel(self._paying(payment_id), payment_id, reason, on),
        )

    def _run_for_each(
        self,
        command: str,
        payments: Sequence[str] | None,
        decide: Callable[[States, Sequence[str]], tuple[list[New], Refused]],
        stages: tuple[Stage, ...],
    ) -> tuple[Done, Refused]:
        """Decide on many payments at once, or on all at some stages; tell which were refused."""
        refused: Refused = {}

        def decided() -> list[New]:
            if payments is None:
                states = self.agreements()
                names = [
                    name
                    for state in states.values()
                    for name, each in state.payments.items()
                    if each.stage in stages
                ]
            else:
                states, names = self._states_of(payments), [*payments]
            news, left = decide(states, names)
            refused.clear()
            refused.update(left)
            return news

        content = ["--all"] if payments is None else payments
        return self._run([command, *content], decided), refused

    def guarding(self, states: Iterable[AgreementState]) -> Safeguards:
        """What guards the payments of agreements besides their own history."""
        proposed = [each.proposed for state in states for each in state.payments.values()]
        return self.safeguards({p for each in proposed for p in (each.payer, each.payee)})

    def _states_of(self, payments: Iterable[str]) -> dict[str, AgreementState]:
        """The signed agreements that payments belong to."""
        names = dict.fromkeys(agreement_of(each) for each in payments)
        states = {name: self.agreement(name) for name in names}
        return {name: state for name, state in states.items() if state.signed is not None}

    def _paying(self, payment_id: str) -> AgreementState:
        """The agreement that a payment belongs to.

        Raises:
            NotFound: if no agreement has it.
        """
        state = self.agreement(agreement_of(payment_id))
        if payment_id in state.payments:
            return state
        message = f"there is no payment {payment_id!r}; `ofl payments list` names them"
        raise NotFound(message)
