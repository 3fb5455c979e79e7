"""Commands on who works on the ledger."""

from __future__ import annotations

from ledger.commands.door import Done, Door
from ledger.dates import danish_day
from ledger.decide import people as decide
from ledger.decide.people import SetUp
from ledger.duties import Duty
from ledger.model import Position


class PeopleCommands(Door):
    """Letting people in and out, and emergencies."""

    def set_up_people(self, first: SetUp) -> Done:
        """Let the first people in; after that nobody acts without a key and a duty."""
        return self._run(
            ["people-setup", first.model_dump(mode="json")],
            lambda: decide.set_up(self.people(), self.actor, first, danish_day(self.moment())),
        )

    def witness_set_up(self) -> Done:
        """Say as a person of one's own that one was rightly let in at the set-up."""
        return self._run(
            ["people-witness"],
            lambda: decide.witness(self.people(), self.actor, danish_day(self.moment())),
        )

    def add_colleague(self, colleague: str, name: str, accounts: tuple[str, ...] = ()) -> Done:
        """Make a person or a job known, without any right."""
        return self._run(
            ["people-add", colleague, name, *accounts],
            lambda: decide.add(self.people(), colleague, name, accounts, danish_day(self.moment())),
        )

    def link_account(self, colleague: str, account: str) -> Done:
        """Make an account known as a colleague's."""
        return self._run(
            ["people-link", colleague, account],
            lambda: decide.link(self.people(), colleague, account, danish_day(self.moment())),
        )

    def propose_key(self, colleague: str, key: str) -> Done:
        """Propose that a key should count as a colleague's."""
        return self._run(
            ["people-propose-key", colleague, key],
            lambda: decide.propose_key(
                self.people(), self.actor, colleague, key, now := self.moment(), danish_day(now)
            ),
        )

    def confirm_key(self, colleague: str, key: str) -> Done:
        """Let a key count that somebody else proposed."""
        return self._run(
            ["people-confirm-key", colleague, key],
            lambda: decide.confirm_key(
                self.people(), self.actor, colleague, key, danish_day(self.moment())
            ),
        )

    def revoke_key(self, colleague: str, key: str, reason: str) -> Done:
        """Let a key count no more."""
        return self._run(
            ["people-revoke-key", colleague, key, reason],
            lambda: decide.revoke_key(
                self.people(),
                self.actor,
                colleague,
                key,
                reason,
                now := self.moment(),
                danish_day(now),
            ),
        )

    def propose_duty(self, colleague: str, duty: Duty) -> Done:
        """Propose that a colleague should have a duty."""
        return self._run(
            ["people-propose-duty", colleague, duty.value],
            lambda: decide.propose_duty(
                self.people(), self.actor, colleague, duty, danish_day(self.moment())
            ),
        )

    def confirm_duty(self, colleague: str, duty: Duty) -> Done:
        """Grant a duty that another administrator proposed."""
        return self._run(
            ["people-confirm-duty", colleague, duty.value],
            lambda: decide.confirm_duty(
                self.people(), self.actor, colleague, duty, danish_day(self.moment())
            ),
        )

    def withdraw_duty(self, colleague: str, duty: Duty, reason: str) -> Done:
        """Take a duty away at once."""
        return self._run(
            ["people-withdraw", colleague, duty.value, reason],
            lambda: decide.withdraw(
                self.people(), colleague, duty, reason, now := self.moment(), danish_day(now)
            ),
        )

    def record_leaving(self, colleague: str, reason: str) -> Done:
        """Take all duties and keys of a colleague away at once."""
        return self._run(
            ["people-left", colleague, reason],
            lambda: decide.left(self.people(), colleague, reason, danish_day(self.moment())),
        )

    def break_glass(self, duty: Duty, reason: str) -> Done:
        """Take a duty for some hours, in an emergency."""
        return self._run(
            ["people-break-glass", duty.value, reason],
            lambda: decide.break_glass(
                self.people(), self.actor, duty, reason, now := self.moment(), danish_day(now)
            ),
        )

    def review_glass(self, broken_at: Position, remark: str) -> Done:
        """Say what was found about an emergency."""
        return self._run(
            ["people-review", broken_at, remark],
            lambda: decide.review(
                self.people(), self.actor, broken_at, remark, now := self.moment(), danish_day(now)
            ),
        )
