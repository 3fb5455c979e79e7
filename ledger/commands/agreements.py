"""Commands on agreements: terms, law, drawdowns, assessments and the guarantee."""

from __future__ import annotations

from datetime import date

from ledger.commands.door import Done, Door
from ledger.dates import danish_day
from ledger.decide import (
    agreement,
    amendment,
    assessment,
    fund,
    guarantee,
    investment,
)
from ledger.decide.decision import New
from ledger.decide.refusal import NotFound
from ledger.decide.state import AgreementState
from ledger.facts import Source
from ledger.model import Position
from ledger.money import Amount
from ledger.policy.assess import Assessment
from ledger.shelter.rules import RefundRuleTable
from ledger.terms.agreement import Terms
from ledger.terms.shipped import support_refund_rules


class AgreementCommands(Door):
    """Signing and changing terms and law, drawing on commitments, assessing."""

    def sign(self, terms: Terms, source: Source) -> Done:
        """Sign an agreement's terms."""
        return self._run(
            ["sign", terms.model_dump(mode="json")],
            lambda: agreement.sign(
                self.law(), self.agreement(terms.agreement), terms, source, support_refund_rules()
            ),
        )

    def amend(self, terms: Terms, on: date, source: Source) -> Done:
        """Change an agreement's terms from a day on."""
        return self._run(
            ["amend", terms.model_dump(mode="json"), str(on)],
            lambda: amendment.amend(
                self.law(),
                self._signed(terms.agreement),
                terms,
                on,
                source,
                support_refund_rules(),
            ),
        )

    def enact(self, table: RefundRuleTable, *, drop: bool = False) -> Done:
        """Put a table of refund rules in force, in place of the one with its id."""
        today = danish_day(self.clock())
        return self._run(
            ["enact", table.model_dump(mode="json"), drop],
            lambda: agreement.enact(self.law(), table, today, drop=drop),
        )

    def call_drawdown(self, name: str, amount: Amount, on: date) -> Done:
        """Draw on the investors' commitments."""
        return self._run(
            ["drawdown", name, str(amount), str(on)],
            lambda: investment.call(self._signed(name), amount, on),
        )

    def receive_capital(self, drawdown: str, investor: str, on: date) -> Done:
        """Record capital paid in that no imported bank statement shows."""
        return self._run(
            ["received", drawdown, investor, str(on)],
            lambda: investment.receive(self._drawing(drawdown), drawdown, investor, on, None),
        )

    def assess(self, name: str, until: date) -> tuple[Done, Assessment]:
        """Decide outcomes and entitlements due by a date."""

        def decide() -> list[New]:
            head = Position(self.log.head()[0])
            state = self._signed(name)
            news = assessment.decide(self.law(), state, until, head)
            return [*news, *fund.draw(self.fund(), state, news, Position(head + 1))]

        done = self._run(["assess", name, str(until)], decide, at_head=True)
        return done, assessment.run(self.law(), self._signed(name), until)

    def call_guarantee(self, name: str, on: date) -> Done:
        """Call an agreement's first-loss guarantee."""
        return self._run(
            ["guarantee", name, str(on)], lambda: guarantee.call(self._signed(name), on)
        )

    def _drawing(self, drawdown: str) -> AgreementState:
        """The agreement that a drawdown was called in.

        Raises:
            NotFound: if no agreement has it.
        """
        states = self.agreements().values()
        for state in states:
            if drawdown in state.drawdowns:
                return state
        known = ", ".join(name for state in states for name in state.drawdowns)
        message = f"there is no drawdown {drawdown!r} (known: {known or 'none is called yet'})"
        raise NotFound(message)
