"""Commands on payees' accounts and on the policy of payments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from ledger.bank_account import BankAccount
from ledger.commands.door import Done, Door
from ledger.dates import danish_day
from ledger.decide import payees
from ledger.decide.decision import PAYMENT_POLICY_STREAM, payee_stream
from ledger.decide.payees import AccountWords, PayeeState, PolicyState, Safeguards
from ledger.decide.sampling_state import validations
from ledger.events import PaymentPolicySet


class PayeeCommands(Door):
    """Where money may go, and how carefully."""

    def payee(self, party: str) -> PayeeState:
        """A party's account as it stands; there may be none."""
        state = PayeeState(party)
        for recorded in self.read(payee_stream(party)):
            state.apply(recorded)
        return state

    def payees(self) -> dict[str, PayeeState]:
        """Every account that was ever set, by party."""
        prefix = payee_stream("")
        names = [stream.removeprefix(prefix) for stream in self.log.streams(prefix)]
        return {name: self.payee(name) for name in names}

    def payment_policy(self) -> PolicyState:
        """The policy of payments in force, and who set it."""
        opened = self.law().opened
        demo = opened is not None and opened.purpose == "demo"
        state = PolicyState(policy=payees.DEMO_POLICY if demo else payees.DEFAULT_POLICY)
        for recorded in self.read(PAYMENT_POLICY_STREAM):
            state.apply(recorded)
        return state

    def safeguards(self, parties: Iterable[str]) -> Safeguards:
        """What guards payments between parties today, by the clock."""
        known = {party: self.payee(party) for party in set(parties)}
        today = danish_day(self.clock())
        sampled = validations(self.samples().values())
        return Safeguards(self.people(), self.payment_policy(), known, today, sampled)

    def set_payee_account(
        self, party: str, account: BankAccount, words: AccountWords, on: date
    ) -> Done:
        """Say which account is a party's; another person must confirm it."""

        def parties() -> set[str]:
            states = self.agreements().values()
            return {
                each.id for state in states for terms in state.all_terms for each in terms.parties
            }

        return self._run(
            ["payee-set", party, account.iban, words.holder, words.evidence, words.bic],
            lambda: payees.set_account(self.payee(party), parties(), account, words, on),
        )

    def confirm_payee_account(
        self, party: str, account: BankAccount, evidence: str, on: date
    ) -> Done:
        """Confirm, as another person, the account that was set."""
        return self._run(
            ["payee-confirm", party, account.iban, evidence],
            lambda: payees.confirm_account(
                self.payee(party), self.people(), account, evidence, self.actor, on
            ),
        )

    def set_payment_policy(self, policy: PaymentPolicySet, on: date) -> Done:
        """Say how careful payments are from now on."""
        content: Sequence[object] = [
            "payment-policy",
            str(policy.two_approvals_from),
            policy.cooling_off_days,
            str(policy.recovery_minimum),
            policy.accounts_required,
        ]
        return self._run(content, lambda: payees.set_policy(self.payment_policy(), policy, on))
