"""Commands on what municipalities claim of the state."""

from __future__ import annotations

from ledger.commands.door import Done, Door
from ledger.dates import danish_day
from ledger.decide import refunds
from ledger.decide.decision import New
from ledger.decide.refunds import RefundState, refund_stream
from ledger.decide.rows import Batch, RefundRow


class RefundCommands(Door):
    """Statements of refund, to be compared with the register and the rules."""

    def refunds(self, municipality: str) -> RefundState:
        """What a municipality has stated."""
        state = RefundState(municipality)
        for recorded in self.read(refund_stream(municipality)):
            state.apply(recorded)
        return state

    def all_refunds(self) -> list[RefundState]:
        """What every municipality has stated."""
        prefix = refund_stream("")
        return [self.refunds(name.removeprefix(prefix)) for name in self.log.streams(prefix)]

    def import_refunds(self, batch: Batch[RefundRow]) -> Done:
        """Record what municipalities claimed, by agreement and quarter."""

        def decide() -> list[New]:
            named = sorted({row.value.municipality for row in batch.rows})
            known = {name: self.refunds(name) for name in named}
            return refunds.record(self.agreements(), known, batch, danish_day(self.clock()))

        return self._run(["refunds", batch.sha256], decide)
