"""Commands on what payees owe back."""

from __future__ import annotations

from datetime import date

from ledger.commands.door import Done
from ledger.commands.payees import PayeeCommands
from ledger.decide import clawback
from ledger.decide.many import agreement_of
from ledger.decide.owing import Payable


class ClawbackCommands(PayeeCommands):
    """Demanding back what was paid too much, and giving it up."""

    def demand_clawback(self, name: str, payable: Payable, due_on: date, on: date) -> Done:
        """Demand back what a payee owes a payer in an agreement, instead of setting it off."""
        payer, role, payee = payable
        return self._run(
            ["demand", name, payer, role.value, payee, str(due_on)],
            lambda: clawback.demand(self._signed(name), self.safeguards(()), payable, due_on, on),
        )

    def withdraw_demand(self, demand_id: str, reason: str, on: date) -> Done:
        """Set what is open of a demand off against the payee's next payments after all."""
        return self._run(
            ["withdraw-demand", demand_id, reason],
            lambda: clawback.withdraw(self._signed(agreement_of(demand_id)), demand_id, reason, on),
        )

    def propose_write_off(self, name: str, what: Payable | str, reason: str, on: date) -> Done:
        """Propose to give up what is open of a demand, or a debt that was not demanded."""
        said = [what] if isinstance(what, str) else [what[0], what[1].value, what[2]]
        return self._run(
            ["propose-write-off", name, *said, reason],
            lambda: clawback.propose_write_off(self._signed(name), what, reason, on),
        )

    def write_off(self, write_off: str, on: date) -> Done:
        """Agree, as another person, to give up what was proposed."""

        def parties(name: str) -> set[str]:
            known = self._signed(name).write_offs.get(write_off)
            return {known.proposed.payee} if known else set()

        name = agreement_of(write_off)
        return self._run(
            ["write-off", write_off],
            lambda: clawback.write_off(
                self.law(),
                self._signed(name),
                self.safeguards(parties(name)),
                write_off,
                self.actor,
                on,
            ),
        )
