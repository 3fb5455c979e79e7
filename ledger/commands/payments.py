"""Commands on payments."""

from __future__ import annotations

from datetime import date

from ledger.commands.door import Done
from ledger.commands.payees import PayeeCommands
from ledger.commands.sealing import SealingCommands
from ledger.decide import payment
from ledger.decide.decision import New
from ledger.decide.owing import Payable
from ledger.decide.payees import Safeguards
from ledger.decide.refusal import NotFound
from ledger.decide.state import AgreementState
from ledger.money import Amount


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
        return self._run(
            ["approve", payment_id],
            lambda: self._approved(self._paying(payment_id), payment_id, on),
        )

    def _approved(self, state: AgreementState, payment_id: str, on: date) -> list[New]:
        guards = self._guarding(state, payment_id)
        return payment.approve(self.law(), state, guards, payment_id, self.actor, on)

    def send_payment(self, payment_id: str, on: date) -> Done:
        """Record that the bank was told to pay; what that rests on is sealed first.

        Raises:
            NotTheSameLogError: as `seal` does; then nothing is sent.
            ledger.store.checkpoint.CheckpointError: likewise.
        """
        approved_at = self._paying(payment_id).payments[payment_id].approved_at
        if approved_at is not None and approved_at > self._sealed_to:
            self.seal()
        return self._run(
            ["send", payment_id],
            lambda: self._instructed(self._paying(payment_id), payment_id, on),
        )

    def _instructed(self, state: AgreementState, payment_id: str, on: date) -> list[New]:
        guards = self._guarding(state, payment_id)
        return payment.instruct(state, guards, payment_id, self.actor, on)

    def _guarding(self, state: AgreementState, payment_id: str) -> Safeguards:
        """What guards a payment besides its own history."""
        proposed = payment.payment_of(state, payment_id).proposed
        return self.safeguards((proposed.payer, proposed.payee))

    def _paying(self, payment_id: str) -> AgreementState:
        """The agreement that a payment belongs to.

        Raises:
            NotFound: if no agreement has it.
        """
        name, _, _ = payment_id.rpartition("-P")
        state = self.agreement(name)
        if payment_id in state.payments:
            return state
        message = f"there is no payment {payment_id!r}; `ofl payments list` names them"
        raise NotFound(message)
