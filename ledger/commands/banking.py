"""Commands on what goes to the bank and what it answers: files, answers, recalls."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ledger.commands.door import Done
from ledger.commands.payments import PaymentCommands
from ledger.decide import payment_file, settling
from ledger.decide.decision import New, file_stream
from ledger.decide.many import Refused, agreement_of, for_each
from ledger.decide.payment_file import Making, Render
from ledger.decide.refusal import OutOfOrder
from ledger.decide.state import AgreementState
from ledger.events import PaymentFileMade
from ledger.facts import Source


class NotTheSameFileError(Exception):
    """A payment file that is made again is not the one that was made."""


@dataclass(frozen=True, slots=True)
class FileMade:
    """A payment file: what the events say of it, and its bytes."""

    made: PaymentFileMade
    content: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """The bank's answer on one payment: its code and words, and whether it will not be made."""

    code: str
    rejected: bool
    reason: str = ""


class BankingCommands(PaymentCommands):
    """Sending payments in files, and taking in what the bank answers."""

    def payment_files(self) -> dict[str, PaymentFileMade]:
        """Every payment file that was made, by its message id, the oldest first."""
        files = [each.event for each in self.of_topic(PaymentFileMade.topic)]
        return {each.message: each for each in files if isinstance(each, PaymentFileMade)}

    def make_payment_file(
        self, payer: str, execute_on: date, on: date, render: Render
    ) -> tuple[Done, FileMade, Refused]:
        """Send all approved payments of a payer in one file; a checkpoint is sealed first.

        The file's bytes are not kept: they can be made again of the events.

        Raises:
            Refusal: if nothing may be sent.
            NotTheSameLogError: as `seal` does; then nothing is sent.
            ledger.store.checkpoint.CheckpointError: likewise.
        """
        refused: Refused = {}

        def decide() -> list[New]:
            states = self.agreements()
            if not payment_file.payments_for(states, payer, self.log.head()[0]):
                message = f"no payment of {payer} is approved and not sent"
                raise OutOfOrder(message)
            sealed = self.seal_before().checkpoint
            opened = self.law().opened
            assert opened is not None
            stream = file_stream(payer)
            making = Making(
                payer=payer,
                execute_on=execute_on,
                created_at=self.clock().replace(microsecond=0),
                currency=opened.currency,
                size=sealed.size,
                tree=sealed.root.hex(),
                render=render,
                version=sum(1 for _ in self.read(stream)),
            )
            guards = self.guarding(states.values())
            news, left = payment_file.make(states, guards, making, self.actor, on)
            refused.clear()
            refused.update(left)
            return news

        done = self._run(["payment-file", payer, str(execute_on)], decide)
        (made,) = (each.event for each in done.recorded if isinstance(each.event, PaymentFileMade))
        return done, self.payment_file_again(made.message, render), refused

    def payment_file_again(self, message: str, render: Render) -> FileMade:
        """The file of a message id, made again of the events.

        Raises:
            ledger.decide.refusal.NotFound: if none was made.
            NotTheSameFileError: if its hash is another than that of the file that was made.
        """
        made = payment_file.file_of(self.payment_files(), message)
        states = self._states_of(made.payments)
        parties = {made.payer}
        for each in made.payments:
            parties.add(states[agreement_of(each)].payments[each].proposed.payee)
        payees = {party: self.payee(party) for party in parties}
        content = render(payment_file.again(made, states, payees))
        if hashlib.sha256(content).hexdigest() != made.sha256:
            text = (
                f"the file {message} comes out other than when it was made (SHA-256 {made.sha256});"
                " run `ofl verify`, and make it with the version of the program that made it"
            )
            raise NotTheSameFileError(text)
        return FileMade(made, content)

    def take_answers(
        self, message: str, answers: Mapping[str, Answer], source: Source, on: date
    ) -> tuple[Done, Refused]:
        """Take in what the bank answers on the payments of a file, by payment.

        An answer that does not fit what is known of a payment is told of, and not recorded.
        """
        refused: Refused = {}

        def one(state: AgreementState, name: str) -> list[New]:
            answer = answers[name]
            if answer.rejected:
                return settling.fail(state, name, answer.code, answer.reason, on, source)
            return settling.acknowledge(state, name, answer.code, on, source)

        def decide() -> list[New]:
            made = payment_file.file_of(self.payment_files(), message)
            told = [name for name in made.payments if name in answers]
            news, left = for_each(self._states_of(told), told, one)
            refused.clear()
            refused.update(left)
            return news

        return self._run(["bank-answers", message, source.sha256], decide), refused

    def recall_payment(self, payment_id: str, reason: str, on: date) -> Done:
        """Record that the bank was asked to stop a payment."""
        return self._run(
            ["recall", payment_id, reason],
            lambda: settling.request_recall(self._paying(payment_id), payment_id, reason, on),
        )

    def answer_recall(self, payment_id: str, on: date, refused: str | None = None) -> Done:
        """Record that the bank stopped a payment, or why it did not."""

        def decide() -> list[New]:
            state = self._paying(payment_id)
            news = settling.answer_recall(state, payment_id, on, refused)
            if refused is None:
                settling.require_another_person(state, self.people(), payment_id, self.actor)
            return news

        return self._run(["recall-answer", payment_id, refused or ""], decide)
