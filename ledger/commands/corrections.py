"""Commands on facts that were wrong, people who are one or who moved, and adjustments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from ledger.commands.door import Done
from ledger.commands.subjects import SubjectCommands
from ledger.dates import danish_day
from ledger.decide import adjustment, corrections, fund, subjects
from ledger.decide.corrections import FactRow
from ledger.decide.decision import New, agreement_stream
from ledger.decide.refusal import NotFound
from ledger.decide.rows import (
    Batch,
    EnrolmentRow,
    MeasurementRow,
    ResultRow,
    SpellRow,
    StayRow,
)
from ledger.decide.state import AgreementState
from ledger.events import Recorded
from ledger.facts import Tariff
from ledger.model import Position, SubjectRef
from ledger.parties import Role
from ledger.working import Part

_R = TypeVar("_R", EnrolmentRow, StayRow, MeasurementRow, SpellRow, ResultRow)


class CorrectionCommands(SubjectCommands):
    """Correcting what was recorded, by events that point at it."""

    def fact_at(self, position: Position) -> FactRow:
        """What the fact at a position says, without the person's id.

        Raises:
            NotFound: if there is no such event in an agreement.
            AgainstTerms: if it is no fact that can be corrected.
            AlreadyDone: if it stands no more.
        """
        state, recorded = self._fact(position)
        return corrections.as_row(state.agreement, corrections.standing(state, recorded))

    def correct_fact(self, position: Position, row: FactRow, reason: str) -> Done:
        """Record a fact as it should have been, in place of the one at a position."""

        def decide() -> list[New]:
            state, recorded = self._fact(position)
            self._impersonal([state], reason)
            return corrections.correct(self.law(), state, recorded, row, reason, self._today())

        return self._run(["correct", position, repr(row), reason], decide)

    def void_fact(self, position: Position, reason: str) -> Done:
        """Let the fact at a position count no more."""

        def decide() -> list[New]:
            state, recorded = self._fact(position)
            self._impersonal([state], reason)
            return corrections.void(state, recorded, reason, self._today())

        return self._run(["void", position, reason], decide)

    def correct_facts(self, batch: Batch[_R], reason: str) -> Done:
        """Record a file of facts as they should have been, in place of what is known of them."""
        ids = [getattr(row.value, "person_id", "") for row in batch.rows]

        def decide() -> list[New]:
            states = self.agreements()
            self._impersonal(states.values(), reason)
            return corrections.correct_file(
                self.law(), states, batch, self._subjects(states, ids), reason, self._today()
            )

        return self._run(["correct-file", batch.sha256, reason], decide)

    def correct_tariffs(self, batch: Batch[Tariff], reason: str) -> Done:
        """Record tariffs with the amounts that they should have had."""
        return self._run(
            ["correct-tariffs", batch.sha256, reason],
            lambda: corrections.correct_tariffs(self.law(), batch, reason),
        )

    def correct_register(self, name: str, until: date, reason: str) -> Done:
        """Record that the register of an agreement is known up to an earlier day only."""
        return self._run(
            ["correct-register", name, str(until), reason],
            lambda: corrections.correct_register(self._signed(name), until, reason),
        )

    def merge_subjects(self, one: SubjectRef, other: SubjectRef, reason: str) -> Done:
        """Let two pseudonyms of one agreement count as one person."""

        def decide() -> list[New]:
            state = self.agreement(self._agreement_of(one))
            self._impersonal([state], reason)
            return subjects.merge(state, one, other, reason, self._today())

        return self._run(["merge", *sorted((one, other)), reason], decide)

    def unmerge_subject(self, ref: SubjectRef, reason: str) -> Done:
        """Let a pseudonym that was merged into another be a person of its own again."""

        def decide() -> list[New]:
            state = self.agreement(self._agreement_of(ref))
            self._impersonal([state], reason)
            return subjects.unmerge(state, ref, reason, self._today())

        return self._run(["unmerge", ref, reason], decide)

    def move_subject(self, ref: SubjectRef, municipality: str, on: date, reason: str) -> Done:
        """Record that a person lives in another municipality from a day on."""

        def decide() -> list[New]:
            state = self.agreement(self._agreement_of(ref))
            self._impersonal([state], reason)
            return subjects.move(state, ref, municipality, on, reason)

        return self._run(["move", ref, municipality, str(on), reason], decide)

    def propose_adjustment(
        self, name: str, amounts: Sequence[tuple[str, str, str]], basis: str, reason: str, on: date
    ) -> Done:
        """Ask for an adjustment; each amount is payer, payee and decimal text."""

        def decide() -> list[New]:
            state = self._signed(name)
            roles = dict(state.terms.payers)
            parts = [
                Part.model_validate(
                    {
                        "payer": payer,
                        "role": roles.get(payer, Role.CO_PAYER),
                        "payee": payee,
                        "amount": amount,
                    }
                )
                for payer, payee, amount in amounts
            ]
            return adjustment.propose(state, parts, basis, reason, on)

        return self._run(["adjust", name, amounts, basis, reason, str(on)], decide)

    def decide_adjustment(self, adjustment_id: str, on: date) -> Done:
        """Decide an adjustment that somebody else proposed."""

        def decide() -> list[New]:
            first = Position(self.log.head()[0] + 1)
            state = self._adjusting(adjustment_id)
            news = adjustment.decide(state, adjustment_id, self.actor, on, first)
            adjustment.require_another_person(state, self.people(), adjustment_id, self.actor)
            return [*news, *fund.draw(self.fund(), state, news, first)]

        return self._run(["decide-adjustment", adjustment_id, str(on)], decide, at_head=True)

    def _fact(self, position: Position) -> tuple[AgreementState, Recorded]:
        """The agreement and the event at a position.

        Raises:
            NotFound: if there is no event of an agreement.
        """
        for recorded in self.at(position):
            prefix = agreement_stream("")
            if recorded.stream.startswith(prefix):
                return self.agreement(recorded.stream.removeprefix(prefix)), recorded
        message = f"no agreement has an event {position}; `ofl history` tells the positions"
        raise NotFound(message)

    def _adjusting(self, adjustment_id: str) -> AgreementState:
        for state in self.agreements().values():
            if adjustment_id in state.adjustments:
                return state
        message = f"there is no adjustment {adjustment_id!r}; `ofl history` names them"
        raise NotFound(message)

    def _today(self) -> date:
        return danish_day(self.clock())
