"""Payees' accounts, and the rules by which money leaves: who set them takes no part in paying.

Nothing is paid to an account before another person than who set it has confirmed it, and the days
of cooling off after that have passed. The days are those of the clock, not the days that people say
something counts on. An account that is set anew starts over.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ledger import events as e
from ledger.bank_account import BankAccount
from ledger.dates import danish_day
from ledger.decide.decision import PAYMENT_POLICY_STREAM as POLICY_STREAM
from ledger.decide.decision import New, numbered, payee_stream
from ledger.decide.four_eyes import another_person
from ledger.decide.people_state import PeopleState
from ledger.decide.refusal import AgainstTerms, AlreadyDone, NotFound, OutOfOrder
from ledger.decide.sampling_state import Validations
from ledger.events import Recorded
from ledger.model import Position
from ledger.money import ZERO, Amount

DEFAULT_POLICY = e.PaymentPolicySet(
    two_approvals_from=None, cooling_off_days=3, recovery_minimum=ZERO, accounts_required=True
)
"""What holds while no policy is set."""

DEMO_POLICY = DEFAULT_POLICY.model_copy(update={"accounts_required": False})
"""The same in a demo: its payments go nowhere, so it may do without accounts."""


@dataclass(slots=True)
class PolicyState:
    """The payment policy in force, and who has ever set one."""

    version: int = 0
    policy: e.PaymentPolicySet = DEFAULT_POLICY
    actors: dict[Position, str] = field(default_factory=dict)
    """Everybody, for what somebody loosened may hold after another changed something else."""

    def apply(self, recorded: Recorded) -> None:
        """Take in the next event of the policy's stream."""
        self.version = recorded.version
        if isinstance(recorded.event, e.PaymentPolicySet):
            self.policy = recorded.event
            self.actors[recorded.position] = recorded.actor

    def approvals_needed(self, amount: Amount) -> int:
        """How many persons must approve a payment of an amount."""
        limit = self.policy.two_approvals_from
        return 2 if limit is not None and amount >= limit else 1


@dataclass(slots=True)
class PayeeState:
    """A party's account as it stands: set, confirmed, or neither."""

    party: str
    version: int = 0
    accounts: dict[Position, e.PayeeAccountSet] = field(default_factory=dict)
    """Every account that was ever set, by where."""
    account: e.PayeeAccountSet | None = None
    set_at: Position | None = None
    confirmed_at: Position | None = None
    confirmed_on: date | None = None
    """The day of the clock on which it was confirmed."""
    actors: dict[Position, str] = field(default_factory=dict)
    """Who set and who confirmed the account as it stands."""

    def apply(self, recorded: Recorded) -> None:
        """Take in the next event of the party's stream."""
        self.version = recorded.version
        match recorded.event:
            case e.PayeeAccountSet() as account:
                self.account, self.set_at = account, recorded.position
                self.accounts[recorded.position] = account
                self.confirmed_at = self.confirmed_on = None
                self.actors = {recorded.position: recorded.actor}
            case e.PayeeAccountConfirmed():
                self.confirmed_at = recorded.position
                self.confirmed_on = danish_day(datetime.fromisoformat(recorded.recorded_at))
                self.actors[recorded.position] = recorded.actor

    def usable_from(self, policy: e.PaymentPolicySet) -> date | None:
        """The day from which money may go there; None while nobody has confirmed it."""
        if self.confirmed_on is None:
            return None
        return self.confirmed_on + timedelta(days=policy.cooling_off_days)


@dataclass(frozen=True, slots=True)
class Safeguards:
    """What guards a payment besides its own history: people, policy, accounts, clock, samples."""

    people: PeopleState
    policy: PolicyState
    payees: Mapping[str, PayeeState]
    today: date
    sampled: Validations = field(default_factory=Validations)

    def account_of(self, party: str, *, required: bool = False) -> PayeeState | None:
        """A party's account, if money may go there; None if none is known and none is required.

        Raises:
            OutOfOrder: if it is not confirmed or is cooling off, or is missing and required.
        """
        known = self.payees.get(party)
        policy = self.policy.policy
        if known is None or known.account is None:
            if required or policy.accounts_required:
                message = (
                    f"no account of {party} is known; `ofl payee set {party}` sets it, and another "
                    "person confirms it"
                )
                raise OutOfOrder(message)
            return None
        usable_from = known.usable_from(policy)
        if usable_from is None:
            message = (
                f"nobody has confirmed the account of {party} (event {known.set_at}); another "
                f"person than who set it runs `ofl payee confirm {party}`"
            )
            raise OutOfOrder(message)
        if self.today < usable_from:
            message = (
                f"the account of {party} is new: it was confirmed on {known.confirmed_on}, and "
                f"nothing goes there before {usable_from}"
            )
            raise OutOfOrder(message)
        return known

    def actors_of(self, *parties: str) -> dict[Position, str]:
        """Who set the policy, and who set or confirmed the accounts of parties."""
        found = dict(self.policy.actors)
        for party in parties:
            if party in self.payees:
                found |= self.payees[party].actors
        return found


@dataclass(frozen=True, slots=True)
class AccountWords:
    """What is said of an account: whose it is, where that was read, and its bank's BIC, if any."""

    holder: str
    evidence: str
    bic: str = ""


def set_account(
    state: PayeeState,
    parties: Collection[str],
    account: BankAccount,
    words: AccountWords,
    on: date,
) -> list[New]:
    """A party's account is this one, until another is set; the same one changes nothing.

    Raises:
        NotFound: if it is none of the parties of the agreements.
    """
    if state.party not in parties:
        message = f"no agreement has a party {state.party!r}; `ofl agreement list` names them"
        raise NotFound(message)
    event = e.PayeeAccountSet(
        party=state.party,
        account=account.number,
        holder=words.holder,
        evidence=words.evidence,
        bic=words.bic,
    )
    if state.account == event:
        return []
    return numbered(payee_stream(state.party), state.version, [(on, event)])


def confirm_account(
    state: PayeeState,
    people: PeopleState,
    account: BankAccount,
    evidence: str,
    actor: str,
    on: date,
) -> list[New]:
    """Another person has found, by itself, that this is the party's account.

    The confirmer gives the number again: who only looks at a screen confirms what is on it.
    """
    if state.account is None or state.set_at is None:
        message = f"no account of {state.party} is set; `ofl payee set {state.party}` sets it"
        raise NotFound(message)
    if state.confirmed_at is not None:
        message = f"the account of {state.party} is confirmed already (event {state.confirmed_at})"
        raise AlreadyDone(message)
    did, step = f"set the account of {state.party}", "confirm it"
    another_person(people, actor, state.actors, did, step)
    if BankAccount(state.account.account).iban != account.iban:
        message = (
            f"this is not the account that was set for {state.party} "
            f"({BankAccount(state.account.account).masked}); find out which one is right, and "
            "have it set anew if it was set wrong"
        )
        raise AgainstTerms(message)
    event = e.PayeeAccountConfirmed(party=state.party, set_at=state.set_at, evidence=evidence)
    return numbered(payee_stream(state.party), state.version, [(on, event)])


def set_policy(state: PolicyState, policy: e.PaymentPolicySet, on: date) -> list[New]:
    """How careful payments are from now on; the same policy changes nothing."""
    if state.actors and state.policy == policy:
        return []
    if policy.recovery_minimum < ZERO or (policy.two_approvals_from or ZERO) < ZERO:
        message = "the amounts of a payment policy are not below zero"
        raise AgainstTerms(message)
    return numbered(POLICY_STREAM, state.version, [(on, policy)])
