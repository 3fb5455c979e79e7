"""Random histories in which the books of periods are closed, and opened again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

from ledger.commands.door import Done
from ledger.decide.period import Reasons
from ledger.events import PeriodClosed
from projections.follow import Views
from projections.periods import look_at
from projections.reported import as_reported, closings
from tests.histories import APPROVER, KEEPER, RandomHistory

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


def play_with_closes(path: Path, seed: int, steps: int) -> ClosingHistory:
    """The history of a seed, with closes in between."""
    history = ClosingHistory(path, Random(seed))  # noqa: S311 - a tale, not a secret
    history.open_for_business()
    for _ in range(steps):
        history.step()
        for _ in range(history.random.choice((0, 0, 1, 3))):
            history.close_a_period()
        if history.random.randrange(15) == 0:
            history.reopen_a_period()
    return history
