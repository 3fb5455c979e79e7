"""Random histories in which the books of periods are closed, and opened again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from ledger.commands.door import Done
from ledger.decide.clawback import debts
from ledger.decide.owing import Payable
from ledger.decide.period import Reasons
from ledger.events import (
    AdjustmentProposed,
    ClawbackDemanded,
    Event,
    PeriodClosed,
    WriteOffProposed,
)
from ledger.money import Amount
from projections.follow import Views
from projections.periods import look_at
from projections.reported import as_reported, closings
from tests.cast import APPROVER, KEEPER, SENDER
from tests.histories import RandomHistory

_WHY = "counted twice"
PRETEND = Reasons(unreconciled="the bank is slow")


@dataclass
class ClosingHistory(RandomHistory):
    """A history whose keeper closes periods; what was reported then is kept."""

    reports: dict[int, str] = field(default_factory=dict)
    """The text of the trial balance of each close, by its position."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.views = Views(self.path / "views.sqlite")

    def close(self) -> None:
        """Close everybody's files."""
        self.views.close()
        super().close()

    def close_a_period(self) -> None:
        """The next month, quarter or year; or one that is closed, not over, or too far on."""
        start = self.ledger().periods().closed_until or date(2021, 10, 1)
        if self._rarely():
            start = self._earlier(500)
        names = [f"{start.year}-{start.month:02d}"]
        if start.month % 3 == 1 or self._rarely(5):
            names.append(f"{start.year}-Q{(start.month + 2) // 3}")
        if start.month == 1 or self._rarely(5):
            names.append(str(start.year))
        name = self.random.choice(names)
        if self._rarely(8):
            name = self.random.choice(("2021", "2022-Q5"))
        reasons = Reasons() if self._rarely(3) else PRETEND
        done = self.attempt(
            KEEPER,
            f"closes {name}",
            lambda ledger: ledger.close_period(
                name, lambda: "sound", look_at(ledger, self.views, name), reasons
            ),
        )
        if isinstance(done, Done) and done.recorded:
            assert isinstance(done.recorded[-1].event, PeriodClosed)
            last = closings(self.ledger(), done.recorded[-1].position)[-1]
            self.views.catch_up(self.ledger().log)
            self.reports[last.closed.position] = as_reported(self.ledger(), self.views, last)[
                0
            ].text()

    def hear_late(self) -> None:
        """Capital was called, or paid in, on a day in the books that were closed last."""
        closed = self.ledger().periods().closed
        if not closed:
            return
        last = closed[-1].event
        days = (last.until - last.start).days
        on = last.start + timedelta(
            days=self.random.choice((0, days - 1, self.random.randrange(days)))
        )
        agreement, amount = self._agreement(), Amount(self.random.randint(1, 99))
        self.attempt(
            KEEPER,
            f"draws {amount} on {agreement} on {on}",
            lambda ledger: ledger.call_drawdown(agreement, amount, on),
        )
        for name, drawdown in self._drawdowns()[-2:]:
            if drawdown.called_on <= on:
                self._receive(name, drawdown.called.parts[0].investor, on)

    def claw_back(self) -> None:
        """A payee was paid too much: it is demanded back, or given up without."""
        name = self.random.choice(tuple(self._terms))
        terms = self.ledger().agreement(name).terms
        parties = (terms.payers[0][0], self.random.choice(terms.repaid))
        too_much = [(*parties, f"-{self.random.randint(20_000, 90_000)}.07")]
        on = self._earlier(60)
        proposed = _first(
            self.attempt(
                KEEPER,
                f"proposes {too_much} in {name}",
                lambda ledger: ledger.propose_adjustment(name, too_much, "a sample", _WHY, on),
            )
        )
        if isinstance(proposed, AdjustmentProposed):
            adjustment = proposed.adjustment
            self.attempt(
                APPROVER,
                f"decides {adjustment}",
                lambda ledger: ledger.decide_adjustment(adjustment, on),
            )
        for payable in debts(self.ledger().agreement(name)):
            if self._rarely(4):
                self.give_up(name, payable)
            else:
                self.demand_back(name, payable, on)

    def demand_back(self, name: str, payable: Payable, on: date) -> None:
        """A debt is demanded; then it is repaid, or set off or given up after all."""
        demanded = _first(
            self.attempt(
                KEEPER,
                f"demands from {payable}",
                lambda ledger: ledger.demand_clawback(name, payable, on + timedelta(days=30), on),
            )
        )
        if not isinstance(demanded, ClawbackDemanded):
            return
        demand = demanded.demand
        ends = self.random.sample(("repaid", "set off", "given up", "stands"), 2)
        if "repaid" in ends:
            self.repay(demanded)
        if "set off" in ends:
            self.attempt(
                KEEPER,
                f"sets {demand} off",
                lambda ledger: ledger.withdraw_demand(demand, _WHY, on),
            )
        elif "given up" in ends:
            self.give_up(name, demand)

    def repay(self, demanded: ClawbackDemanded) -> None:
        """The bank shows all or half of what was demanded; now and then that is taken apart."""
        part = Amount(demanded.amount.minor // self.random.choice((1, 1, 2)))
        rows = self._batch([self._bank_row(demanded.payer, part, demanded.demand)])
        self.attempt(KEEPER, f"reads {rows}", lambda ledger: ledger.import_bank(rows))
        matches = [*self.ledger().bank(demanded.payer).matches]
        if matches and self._rarely(3):
            self.attempt(
                KEEPER, f"unmatches {matches[-1]}", lambda ledger: ledger.unmatch(matches[-1], _WHY)
            )

    def give_up(self, name: str, what: Payable | str) -> None:
        """One person proposes to write a debt off, and another agrees."""
        on = self.today
        proposed = _first(
            self.attempt(
                KEEPER,
                f"gives up {what}",
                lambda ledger: ledger.propose_write_off(name, what, _WHY, on),
            )
        )
        if isinstance(proposed, WriteOffProposed):
            write_off = proposed.write_off
            self.attempt(
                self.random.choice((APPROVER, SENDER, SENDER)),
                f"agrees to {write_off}",
                lambda ledger: ledger.write_off(write_off, on),
            )

    def reopen_a_period(self) -> None:
        """Somebody asks, and somebody else, or the same person, agrees."""
        closed = self.ledger().periods().closed
        name = self.random.choice(closed).event.period if closed else "2022-Q1"
        for actor in (KEEPER, self.random.choice((KEEPER, APPROVER, APPROVER))):
            self.attempt(
                actor,
                f"opens {name} again",
                lambda ledger: ledger.reopen_period(name, "a bill was forgotten"),
            )


def _first(done: Done | None) -> Event | None:
    """The first event of a command; None if it was refused."""
    return done.recorded[0].event if done and done.recorded else None


def play_with_closes(path: Path, seed: int, steps: int) -> ClosingHistory:
    """The history of a seed, with closes in between."""
    history = ClosingHistory(path, Random(seed))  # noqa: S311 - a tale, not a secret
    history.open_for_business()
    for _ in range(steps):
        history.step()
        for _ in range(history.random.choice((0, 0, 1, 3))):
            history.close_a_period()
        if history.random.randrange(6) == 0:
            history.hear_late()
        if history.random.randrange(12) == 0:
            history.claw_back()
        if history.random.randrange(10) == 0:
            history.reopen_a_period()
    return history
