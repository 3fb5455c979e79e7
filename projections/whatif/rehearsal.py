"""Commands tried on what is known: what would be refused is refused before anybody tries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from ledger.decide import agreement, amendment, corrections, intake, subjects
from ledger.decide.corrections import FactRow
from ledger.decide.decision import New
from ledger.decide.refusal import AgainstTerms, FileRefused, Refusal
from ledger.decide.rows import (
    Batch,
    EnrolmentRow,
    MeasurementRow,
    R_co,
    ResultRow,
    Row,
    SpellRow,
    StayRow,
)
from ledger.decide.state import AgreementState, LawState
from ledger.events import Recorded
from ledger.facts import Source, Tariff
from ledger.model import Position, SubjectRef
from ledger.shelter.rules import RefundRuleTable
from ledger.terms.agreement import Terms
from ledger.terms.shipped import support_refund_rules
from projections.whatif.unfit import Unfit

_NOWHERE = "0" * 64
_SOMEBODY = "whoever measured"
"""Stands for the validator of a measurement that is still to be told of."""


@dataclass(slots=True)
class Rehearsal:
    """The law as it would be, and how far the events would reach; states are changed in place."""

    law: LawState
    position: int
    today: date
    reason: str

    def tariffs(self, tariffs: Sequence[Tariff], *, fresh: bool) -> None:
        """Tell tariffs, or correct them.

        Raises:
            AgainstTerms: if one is refused.
        """
        batch = _batch(enumerate(tariffs, start=1))
        with _refusing(_of("the tariffs")):
            news = (
                intake.record_tariffs(self.law, batch)
                if fresh
                else corrections.correct_tariffs(self.law, batch, self.reason)
            )
        self._take(news, None)

    def enact(self, table: RefundRuleTable, *, drop: bool) -> None:
        """Put a table of rules in force.

        Raises:
            AgainstTerms: if it cannot be.
        """
        with _refusing(_of(table.id)):
            news = agreement.enact(self.law, table, self.today, drop=drop)
        self._take(news, None)

    def amend(self, state: AgreementState, terms: Terms, on: date) -> None:
        """Amend an agreement.

        Raises:
            AgainstTerms: if its terms cannot be so.
        """
        source = Source(file="scenario", sha256=_NOWHERE)
        with _refusing(_of(state.agreement)):
            shipped = support_refund_rules()
            news = amendment.amend(self.law, state, terms, on, source, shipped)
        self._take(news, state)

    def row_of(self, number: int, state: AgreementState, recorded: Recorded) -> FactRow:
        """A fact that stands, as a row.

        Raises:
            Unfit: if it stands no more.
        """
        with _refusing(partial(Unfit, number)):
            return corrections.as_row(state.agreement, corrections.standing(state, recorded))

    def correct(
        self, number: int, state: AgreementState, recorded: Recorded, after: FactRow
    ) -> None:
        """Correct a fact.

        Raises:
            Unfit: if it cannot be so.
        """
        with _refusing(partial(Unfit, number)):
            news = corrections.correct(self.law, state, recorded, after, self.reason, self.today)
        self._take(news, state)

    def void(self, number: int, state: AgreementState, recorded: Recorded) -> None:
        """Void a fact.

        Raises:
            Unfit: if it cannot be voided.
        """
        with _refusing(partial(Unfit, number)):
            news = corrections.void(state, recorded, self.reason, self.today)
        self._take(news, state)

    def move(
        self, number: int, state: AgreementState, subject: SubjectRef, municipality: str, on: date
    ) -> None:
        """Tell that somebody moved.

        Raises:
            Unfit: if it cannot be so.
        """
        with _refusing(partial(Unfit, number)):
            news = subjects.move(state, subject, municipality, on, self.reason)
        self._take(news, state)

    def tell(self, number: int, state: AgreementState, row: FactRow) -> None:
        """Tell a fact that was never told.

        Raises:
            Unfit: if it cannot be so.
        """
        states = {state.agreement: state}
        person = getattr(row, "person_id", "")
        refs = {(state.agreement, person): SubjectRef(person)}
        with _refusing(partial(Unfit, number)):
            news = self._news(states, refs, number, row)
        self._take(news, state)

    def _news(
        self,
        states: Mapping[str, AgreementState],
        refs: Mapping[tuple[str, str], SubjectRef],
        number: int,
        row: FactRow,
    ) -> list[New]:
        match row:
            case EnrolmentRow():
                people = _batch([(number, row)])
                intake.check_enrolments(states, people, {})
                return intake.enrol(states, people, refs)
            case StayRow():
                stays = _batch([(number, row)])
                known = (states, stays, refs, None, self.today)
                return intake.record_stays(self.law, *known)
            case SpellRow():
                return intake.record_spells(states, _batch([(number, row)]), refs, self.today)
            case MeasurementRow():
                measured = replace(row, validator=_SOMEBODY)
                return intake.record_measurements(states, _batch([(number, measured)]), refs)
            case ResultRow():
                result = replace(row, validator=_SOMEBODY)
                return intake.record_results(states, _batch([(number, result)]))

    def law_with(self, rules: Mapping[str, tuple[Position, RefundRuleTable]]) -> LawState:
        """The law with tables of rules in place of those with their ids."""
        return replace(self.law, rules={**self.law.rules, **rules})

    def _take(self, news: Iterable[New], state: AgreementState | None) -> None:
        """Take in what would be recorded."""
        for new in news:
            self.position += 1
            position = Position(self.position)
            recorded = Recorded(
                position, new.stream, new.version, "", new.effective_on, "", "", new.event
            )
            own = state is not None and new.stream.endswith(f"/{state.agreement}")
            if state is not None and own:
                state.apply(recorded)
            else:
                self.law.apply(recorded)


def _batch(rows: Iterable[tuple[int, R_co]]) -> Batch[R_co]:
    return Batch("scenario", _NOWHERE, tuple(Row(number, row) for number, row in rows))


@contextmanager
def _refusing(said: Callable[[str], Refusal]) -> Iterator[None]:
    """Say of a refusal what it is of."""
    try:
        yield
    except FileRefused as refused:
        raise said("; ".join(each.message for each in refused.findings)) from None
    except Refusal as refused:
        raise said(str(refused)) from None


def _of(what: str) -> Callable[[str], Refusal]:
    return lambda message: AgainstTerms(f"{what}: {message}")
