"""What turns out wrong in a random history, and how people set it right; `histories` plays it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ledger import events as e
from ledger.decide.corrections import FactRow
from ledger.decide.refusal import Refusal
from ledger.decide.rows import MeasurementRow, ResultRow, StayRow
from ledger.model import Position
from ledger.money import Amount
from tests.cast import Cast
from tests.corrections.story import batch

WHY = "it was wrong"
_FIRST, _SECOND = "anna", "bo"
_FACTS = (
    e.StayRecorded,
    e.SpellRecorded,
    e.MeasurementRecorded,
    e.CohortMeasured,
    e.MunicipalityChanged,
)


class Wrongs(Cast):
    """The part of a history in which something was wrong before."""

    register: dict[str, StayRow]

    def go_over_the_facts(self) -> None:
        """One fact is corrected or voided; now and then it stands no more, or is none."""
        events = self.events()
        facts = [each for each in events if isinstance(each.event, _FACTS)]
        chosen = self.random.choice(facts if facts and self.random.randrange(20) else events)
        at, row = chosen.position, self._as_it_was(chosen.position)
        if row is None or not self.random.randrange(3):
            self.attempt(_SECOND, f"voids {at}", lambda ledger: ledger.void_fact(at, WHY))
            return
        done = self.attempt(
            _SECOND, f"corrects {at}: {row}", lambda ledger: ledger.correct_fact(at, row, WHY)
        )
        if done and isinstance(row, StayRow) and row.stay.stay in self.register:
            known = self.register[row.stay.stay]
            self.register[row.stay.stay] = StayRow(known.person_id, row.stay)

    def _as_it_was(self, at: Position) -> FactRow | None:
        """A fact as it should have been; None if it cannot be corrected."""
        try:
            row = self.ledger(_SECOND).fact_at(at)
        except Refusal:
            return None
        match row:
            case StayRow(stay=stay):
                ended = stay.model_copy(update={"discharged": stay.admitted + timedelta(days=7)})
                return StayRow("", ended)
            case ResultRow():
                return replace(row, value="0.37")
            case MeasurementRow():
                # Only who measured: the same person reads the same each time in these histories.
                return replace(row, validator="somebody else")
            case _:
                return None

    def go_over_the_people(self) -> None:
        """Two are one, or two again after all; or somebody has moved."""
        states = [s for s in self.ledger().agreements().values() if len(s.enrolled) > 1]
        if not states:
            return
        state, random = self.random.choice(states), self.random
        one, other = random.sample(sorted(state.enrolled), 2)
        if not random.randrange(3):
            on = self.today - timedelta(days=random.choice((0, 30, 300)))
            self.attempt(
                _SECOND,
                f"{one} moves on {on}",
                lambda ledger: ledger.move_subject(one, "odense", on, WHY),
            )
            return
        self.attempt(
            _SECOND,
            f"{one} and {other}: one",
            lambda ledger: ledger.merge_subjects(one, other, WHY),
        )
        if random.randrange(2):
            ref = random.choice((one, other))
            self.attempt(_SECOND, f"{ref}: two", lambda ledger: ledger.unmerge_subject(ref, WHY))

    def go_over_the_rest(self) -> None:
        """A tariff was wrong, a register reaches less far, or an agreement is adjusted."""
        what = self.random.randrange(4)
        names = [*self.ledger().agreements()]
        if what == 0 or not names:
            tariffs = [each for known in self.ledger().law().tariffs.values() for each in known]
            if tariffs:
                chosen = self.random.choice(tariffs)
                dearer = chosen.model_copy(update={"per_night": chosen.per_night + Amount(1_01)})
                self.attempt(
                    _FIRST,
                    f"corrects {dearer}",
                    lambda ledger: ledger.correct_tariffs(batch([dearer]), WHY),
                )
        elif what == 1:
            name, on = self.random.choice(names), self.today - timedelta(days=400)
            self.attempt(
                _FIRST,
                f"the register of {name} reaches to {on}",
                lambda ledger: ledger.correct_register(name, on, WHY),
            )
        else:
            self.adjust(self.random.choice(names))

    def adjust(self, name: str) -> None:
        """Somebody proposes an adjustment or decides it; now and then one and the same."""
        state, on = self.ledger().agreement(name), self.today
        open_ = [key for key, each in state.adjustments.items() if each.decided_at is None]
        actor = self.random.choice((_FIRST, _SECOND, _SECOND))
        if open_ and self.random.randrange(4):
            self.attempt(
                actor, f"decides {open_[0]}", lambda ledger: ledger.decide_adjustment(open_[0], on)
            )
            return
        payer, payee = state.terms.payers[0][0], self.random.choice(state.terms.repaid)
        amount = self.random.choice(("-100.01", "0.03", "0.00"))
        self.attempt(
            _FIRST,
            f"proposes {amount} in {name}",
            lambda ledger: ledger.propose_adjustment(
                name, [(payer, payee, amount)], "a sample", WHY, on
            ),
        )
