"""Commands on payments and the bank."""

from __future__ import annotations

from datetime import date

from ledger.commands.door import Done
from ledger.commands.sealing import SealingCommands
from ledger.decide import (
    bank,
    payment,
)
from ledger.decide.decision import New
from ledger.decide.refusal import NotFound
from ledger.decide.rows import (
    BankRow,
    Batch,
)
from ledger.decide.state import AgreementState, Payable
from ledger.money import Amount


class PaymentCommands(SealingCommands):
    """Proposing, approving and sending payments, and reading what the bank saw."""

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
            lambda: payment.approve(
                self.law(), self._paying(payment_id), self.people(), payment_id, self.actor, on
            ),
        )

    def send_payment(self, payment_id: str, on: date) -> Done:
        """Record that the bank was told to pay; what that rests on is sealed first.

        Raises:
            NotTheSameLogError: as `seal` does; then nothing is sent.
            ledger.store.checkpoint.CheckpointError: likewise.
        """
        self.require_allowed("send")
        approved_at = self._paying(payment_id).payments[payment_id].approved_at
        if approved_at is not None and approved_at > self._sealed_to:
            self.seal_before()
        return self._run(
            ["send", payment_id],
            lambda: payment.instruct(
                self._paying(payment_id), self.people(), payment_id, self.actor, on
            ),
        )

    def import_bank(self, batch: Batch[BankRow]) -> tuple[Done, list[BankRow]]:
        """Read a bank statement and settle what it shows."""
        unmatched: list[BankRow] = []

        def decide() -> list[New]:
            accounts = {row.value.account for row in batch.rows}
            banks = {account: self.bank(account) for account in accounts}
            news, left = bank.record_statement(self.agreements(), banks, batch)
            unmatched[:] = left
            return news

        return self._run(["bank", batch.sha256], decide), unmatched

    def _paying(self, payment_id: str) -> AgreementState:
        """The agreement that a payment belongs to.

        Raises:
            NotFound: if no agreement has it.
        """
        for state in self.agreements().values():
            if payment_id in state.payments:
                return state
        message = f"there is no payment {payment_id!r}; `ofl payments list` names them"
        raise NotFound(message)
