"""Commands on the periods of the books."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from ledger.commands.door import Done
from ledger.commands.sealing import SealingCommands
from ledger.dates import Period, danish_day
from ledger.decide import period
from ledger.decide.decision import PERIODS_STREAM, New
from ledger.decide.period import Books, PeriodState, Proof, Reasons, Verified
from ledger.model import Position

_NO_REASONS = Reasons()


class PeriodCommands(SealingCommands):
    """Closing the books of a period, and opening them again."""

    def periods(self) -> PeriodState:
        """Which periods are closed, as of now."""
        for recorded in self.read(PERIODS_STREAM, self._periods.version):
            self._periods.apply(recorded)
        return self._periods

    def close_period(
        self,
        name: str,
        verify: Callable[[], Verified],
        books: Callable[[Period, date | None, Position], Books],
        reasons: Reasons = _NO_REASONS,
    ) -> Done:
        """Close a period's books, as they are when nobody records anything meanwhile.

        The ledger is verified and sealed once, before; the event names that checkpoint, and is
        sealed itself afterwards. `books` looks at the period's days, at what was closed before, and
        at all events up to a position.
        """
        today = danish_day(self.clock())
        proof: list[Proof] = []

        def decide() -> list[New]:
            head, state = Position(self.log.head()[0]), self.periods()
            days = period.check_closable(state, name, today)
            if not proof:
                verification, sealed = verify(), self.seal_before().checkpoint
                proof.append(Proof(verification, sealed.size, sealed.root.hex()))
            found = books(days, state.closed_until, head)
            return period.close(state, name, today, found, proof[0], reasons)

        content = ["close-period", name, reasons.unreconciled, reasons.unverifiable]
        done = self._run(content, decide, at_head=True)
        self.seal_before()
        return done

    def reopen_period(self, name: str, reason: str | None) -> Done:
        """Ask for the period closed last to be opened again, or agree with who asked."""
        today = danish_day(self.clock())
        return self._run(
            ["reopen-period", name, reason],
            lambda: period.reopen(self.periods(), name, self.people(), self.actor, reason, today),
        )
