"""Commands on samples of payments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ledger.commands.door import Done
from ledger.commands.subjects import SubjectCommands
from ledger.decide import sampling, sampling_adjustment
from ledger.decide.decision import New
from ledger.decide.rows import Batch
from ledger.decide.sampling import Acting, Examination, Examiner
from ledger.decide.sampling_population import Rule
from ledger.model import Position


class SamplingCommands(SubjectCommands):
    """Committing to samples, drawing and examining them, and what they come to."""

    def commit_sample(self, rule: Rule, on: date) -> Done:
        """Fix a sample's population and interval, and the hash of its nonce."""
        return self._run(
            ["sample-commit", repr(rule)],
            lambda: sampling.commit(self.agreements(), self.samples(), rule, self._acting(), on),
            at_head=True,
        )

    def witness_sample(self, name: str, on: date) -> Done:
        """Witness that a sample is committed to: this makes the other half of its seed."""
        return self._run(
            ["sample-witness", name],
            lambda: sampling.witness(self.sample(name), self._acting(), on),
        )

    def draw_sample(self, name: str, nonce: str, on: date) -> Done:
        """Show the nonce that was committed to, and draw."""

        def decide() -> list[New]:
            state = self.sample(name)
            at = state.witnessed_at
            chain = self._chain_at(at) if at is not None else b""
            return sampling.draw(state, self.agreements(), nonce, chain, self._acting(), on)

        return self._run(["sample-draw", name, nonce], decide)

    def examine_sample(self, name: str, found: Examination, on: date) -> Done:
        """Record what should have been paid for a claim that was drawn."""

        def decide() -> list[New]:
            return self._examiner([found]).examine(self.sample(name), [found], on)

        return self._run(["sample-examine", name, repr(found)], decide)

    def examine_sample_file(self, name: str, batch: Batch[Examination], on: date) -> Done:
        """Record what should have been paid for the claims in a file: all of them, or none."""

        def decide() -> list[New]:
            examiner = self._examiner([row.value for row in batch.rows])
            return examiner.examine_file(self.sample(name), batch, on)

        return self._run(["sample-examine", name, batch.sha256], decide)

    def _examiner(self, found: Sequence[Examination]) -> Examiner:
        states = self.agreements()
        for each in found:
            self._impersonal(states.values(), f"{each.remark} {each.evidence}")
        return Examiner(self._acting(), self.law(), states)

    def close_sample(self, name: str, on: date) -> Done:
        """Say what a sample that is examined says of all it was drawn from."""
        return self._run(
            ["sample-close", name],
            lambda: sampling.close(self.sample(name), self._acting(), on),
        )

    def adjust_by_sample(
        self, name: str, reason: str, on: date, *, less_found: bool = False
    ) -> Done:
        """Propose adjustments of the agreements that an audit sample was drawn from."""

        def decide() -> list[New]:
            states = self.agreements()
            self._impersonal(states.values(), reason)
            return sampling_adjustment.adjust(
                self.sample(name), states, reason, on, less_found=less_found
            )

        return self._run(["sample-adjust", name, reason, less_found], decide)

    def _acting(self) -> Acting:
        return Acting(self.actor, self.people(), self.moment())

    def _chain_at(self, position: Position) -> bytes:
        """The chain value of an event."""
        return next(self.log.batches(position - 1))[0].chain
