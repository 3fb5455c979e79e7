"""Commands on the fund: its policy, its appropriations and its commitments."""

from __future__ import annotations

from datetime import date

from ledger.commands.door import Done, Door
from ledger.decide import fund
from ledger.money import Amount
from ledger.parties import Recognition


class FundCommands(Door):
    """Money of the public purse, before outcomes are achieved."""

    def set_fund_policy(self, party: str, recognition: Recognition, on: date) -> Done:
        """Say which party the fund is, and when it expenses what it pays."""
        return self._run(
            ["fund-policy", party, recognition.value],
            lambda: fund.set_policy(self.fund(), party, recognition, on),
        )

    def appropriate(self, year: int, amount: Amount, text: str, on: date) -> Done:
        """Record an appropriation for a budget year."""
        return self._run(
            ["appropriate", year, str(amount), text, str(on)],
            lambda: fund.appropriate(self.fund(), year, amount, text, on),
        )

    def commit(self, name: str, amount: Amount, on: date) -> Done:
        """Commit an amount to an agreement."""
        return self._run(
            ["commit", name, str(amount), str(on)],
            lambda: fund.commit(self.fund(), self._signed(name), amount, on),
            at_head=True,
        )

    def reestimate(self, name: str, amount: Amount, reason: str, on: date) -> Done:
        """Put a commitment at what it is now expected to come to."""
        return self._run(
            ["reestimate", name, str(amount), reason, str(on)],
            lambda: fund.reestimate(self.fund(), self._signed(name), amount, reason, on),
            at_head=True,
        )

    def annul(self, name: str, amount: Amount | None, reason: str, on: date) -> Done:
        """Annul what is not drawn of a commitment, or part of it."""
        return self._run(
            ["annul", name, str(amount), reason, str(on)],
            lambda: fund.annul(self.fund(), name, amount, reason, on),
        )
