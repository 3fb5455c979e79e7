"""The door that all writing goes through: load, decide, append, and try again if overtaken."""

from __future__ import annotations

import getpass
import random
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from eventsourcing.persistence import (
    IntegrityError,
    OperationalError,
    PersistenceError,
    StoredEvent,
)
from pydantic import ValidationError

from ledger.commands.wording import refused_wording
from ledger.decide import duties
from ledger.decide.bank_state import BankState
from ledger.decide.decision import (
    FUND_STREAM,
    PEOPLE_STREAM,
    New,
    agreement_stream,
    bank_stream,
    sample_stream,
)
from ledger.decide.fund import FundState
from ledger.decide.people_state import PeopleState
from ledger.decide.period import PeriodState
from ledger.decide.refusal import NotSignedIn
from ledger.decide.sampling_state import SampleState
from ledger.decide.state import AgreementState, LawState
from ledger.events import Recorded
from ledger.store import codec, location, vault
from ledger.store.envelope import Command, body, to_sign, with_signature
from ledger.store.location import Location
from ledger.store.personal_key import PersonalKey

CHECKPOINT_KEY_FILE = "checkpoint.key"
CHECKPOINTS = "checkpoints"
TRIES = 12
TRIES_BEFORE_ALONE = 4
"""After so many tries, a command is decided while nobody else can write."""
_LAW_PREFIXES = ("ledger", "rule/", "tariffs")


@dataclass(frozen=True, slots=True)
class Done:
    """What a command did: the events it recorded; none if all was known before.

    `repeated` if the same command was done before: the events are those it recorded then.
    """

    recorded: tuple[Recorded, ...]
    repeated: bool = False


class NotConfirmedError(Exception):
    """A command was broken off, and it cannot be found out whether it was recorded.

    It may be given again with the same id: then it is recorded once.
    """

    def __init__(self, command_id: str) -> None:
        super().__init__(command_id)
        self.command_id = command_id


def now() -> datetime:
    """The machine's clock, in UTC."""
    return datetime.now(UTC)


def new_ref() -> str:
    """A random pseudonym that says nothing of the person."""
    return "s" + secrets.token_hex(8)


def user_name() -> str:
    """The name of the person at the keyboard, as the machine knows it."""
    return getpass.getuser()


def folder_of(place: Location, vault_key: Path) -> Path:
    """The ledger's folder; a server has none, so there the one of the vault's key."""
    return place if isinstance(place, Path) else vault_key.parent


class Door:
    """One ledger, open: its events, its vault, and how a command is recorded."""

    def __init__(  # noqa: PLR0913 - each may lie elsewhere
        self,
        place: Location,
        *,
        actor: str | None = None,
        command_id: str | None = None,
        key_file: Path | None = None,
        checkpoint_key: Path | None = None,
        checkpoints: Path | None = None,
        key: PersonalKey | None = None,
        clock: Callable[[], datetime] = now,
        refs: Callable[[], str] = new_ref,
    ) -> None:
        location.require_a_ledger(place)
        self.location = place
        self.key = key
        self.command_id = command_id
        self.clock = clock
        self.recorded = 0
        """How many events were recorded through this door."""
        vault_key = location.key_file_of(place, key_file)
        secret = vault.read_key_file(vault_key)
        self.log = location.open_log(place, clock)
        self.key_file = vault_key
        self.vault = vault.Vault(location.open_vault_database(place), secret, refs)
        folder = folder_of(place, vault_key)
        self.checkpoint_key = checkpoint_key or folder / CHECKPOINT_KEY_FILE
        self.checkpoints = checkpoints or folder / CHECKPOINTS
        self._law = LawState()
        self._states: dict[str, AgreementState | BankState | SampleState] = {}
        self._fund = FundState()
        self._periods = PeriodState()
        self._people = PeopleState()
        self._admitted_at = 0
        """The version of the people by which the command under way was allowed."""
        self.actor = actor or self.keys_account() or user_name()
        self._sealed_to = 0
        """Up to where this door has sealed, or seen sealed, all events."""

    def keys_account(self) -> str | None:
        """The account of whom the key is, if it is anybody's."""
        if self.key is None:
            return None
        people = self.people()
        owner = people.keys_seen.get(self.key.public) if people.staffed else None
        return people.colleagues[owner].accounts[0] if owner else None

    def close(self) -> None:
        """Close every connection."""
        self.log.close()
        self.vault.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def read(
        self, stream: str, after: int = 0, instead: Mapping[str, Any] = codec.NOTHING
    ) -> Iterator[Recorded]:
        """The events of a stream after a version, with what is personal opened.

        For fields that nobody asks for, something may be given instead: they are not opened then.
        """
        for stored in self.log.select_events(stream, gt=after):
            yield codec.decode(stored.state, self.vault, instead)

    def at(self, first: int, last: int | None = None) -> list[Recorded]:
        """The events from one position to another (or just one), with what is personal opened."""
        last = first if last is None else last
        stored = self.log.select_notifications(first, last - first + 1, last)
        return [codec.decode(each.state, self.vault) for each in stored]

    def of_topic(self, topic: str, first: int = 1) -> list[Recorded]:
        """The events of one topic from a position on, what is personal left shut."""
        stored = self.log.select_notifications(first, 2**62, topics=(topic,))
        return [codec.decode(each.state) for each in stored]

    def law_events(self, known: LawState | None = None) -> list[Recorded]:
        """The events of opening, rules and tariffs that a state does not know, by position."""
        versions = known.versions if known else {}
        fresh = [
            recorded
            for prefix in _LAW_PREFIXES
            for stream in self.log.streams(prefix)
            for recorded in self.read(stream, versions.get(stream, 0))
        ]
        return sorted(fresh, key=lambda each: each.position)

    def law(self) -> LawState:
        """The ledger's opening, rules and tariffs, as of now."""
        for recorded in self.law_events(self._law):
            self._law.apply(recorded)
        return self._law

    def agreement(self, name: str) -> AgreementState:
        """One agreement as of now; an unsigned one has no terms."""
        stream = agreement_stream(name)
        state = self._states.setdefault(stream, AgreementState(name))
        assert isinstance(state, AgreementState)
        for recorded in self.read(stream, state.version):
            state.apply(recorded)
        return state

    def agreements(self) -> dict[str, AgreementState]:
        """Every signed agreement as of now."""
        prefix = agreement_stream("")
        names = [stream.removeprefix(prefix) for stream in self.log.streams(prefix)]
        return {name: self.agreement(name) for name in names}

    def fund(self) -> FundState:
        """The fund's policy, appropriations and commitments, as of now."""
        for recorded in self.read(FUND_STREAM, self._fund.version):
            self._fund.apply(recorded)
        return self._fund

    def people(self) -> PeopleState:
        """Who works on the ledger, as of now."""
        opened = self._law.opened or self.law().opened
        self._people.demo = opened is not None and opened.purpose == "demo"
        for recorded in self.read(PEOPLE_STREAM, self._people.version):
            self._people.apply(recorded)
        return self._people

    def bank(self, account: str) -> BankState:
        """The lines seen on a party's account."""
        stream = bank_stream(account)
        state = self._states.setdefault(stream, BankState(account))
        assert isinstance(state, BankState)
        for recorded in self.read(stream, state.version):
            state.apply(recorded)
        return state

    def banks(self) -> dict[str, BankState]:
        """What the bank has shown of each party, as of now."""
        prefix = bank_stream("")
        names = [stream.removeprefix(prefix) for stream in self.log.streams(prefix)]
        return {name: self.bank(name) for name in names}

    def sample(self, name: str) -> SampleState:
        """One sample as of now; it may not be committed to."""
        stream = sample_stream(name)
        state = self._states.setdefault(stream, SampleState(name))
        assert isinstance(state, SampleState)
        for recorded in self.read(stream, state.version):
            state.apply(recorded)
        return state

    def samples(self) -> dict[str, SampleState]:
        """Every sample as of now."""
        prefix = sample_stream("")
        names = [stream.removeprefix(prefix) for stream in self.log.streams(prefix)]
        return {name: self.sample(name) for name in names}

    def _run(
        self,
        content: Sequence[object],
        decide: Callable[[], Sequence[New]],
        command_id: str | None = None,
        *,
        at_head: bool = False,
    ) -> Done:
        """Decide and append; decide again on fresh state if another writer came in between.

        Who is overtaken too often would be so for ever among busy writers, and so gets the lock
        first and decides then. Not from the beginning: a long decision would keep others waiting.

        Raises:
            NotConfirmedError: if it was broken off, and nothing more can be found out.
        """
        identity = self.command_id or command_id or secrets.token_hex(16)
        command = Command.of(identity, self.actor, content)
        done = self._before(command)
        if done is None:
            try:
                done = self._decided_and_appended(content, command, decide, at_head=at_head)
            except PersistenceError as error:
                done = self._found_out(command, error)
        self.recorded += len(done.recorded)
        return done

    def _found_out(self, command: Command, error: PersistenceError) -> Done:
        """What became of a command that was broken off; the error again if it was not recorded."""
        try:
            positions = self.log.outcome(command)
        except PersistenceError:
            raise NotConfirmedError(command.id) from error
        if positions is None:
            raise error
        return Done(tuple(self.at(positions[0], positions[-1])))

    def _decided_and_appended(
        self,
        content: Sequence[object],
        command: Command,
        decide: Callable[[], Sequence[New]],
        *,
        at_head: bool,
    ) -> Done:
        name = str(content[0])

        def decided() -> list[StoredEvent]:
            self.require_allowed(name)
            try:
                news = decide()
            except ValidationError as error:
                refusal = refused_wording(error, content)
                if refusal is None:
                    raise
                raise refusal from None
            return self._signed_by_key([self._stored(new, command) for new in news], command)

        for attempt in range(TRIES):
            if attempt and (before := self._before(command)) is not None:
                return before
            try:
                if attempt >= TRIES_BEFORE_ALONE:
                    positions = self.log.append_alone(decided, command)
                else:
                    head = self.log.head()[0] if at_head else None
                    events = decided()
                    # Who may do what must still be as it was when that was asked.
                    unmoved = (PEOPLE_STREAM, self._admitted_at)
                    positions = self.log.append(events, command, head, unmoved)
            except (IntegrityError, OperationalError):
                if attempt == TRIES - 1:
                    raise
                time.sleep(random.uniform(0, 0.002 * 2 ** min(attempt, 7)))  # noqa: S311 - jitter
                continue
            if positions is not None:
                return Done(tuple(self.at(positions[0], positions[-1])))
            # There was nothing to record, or somebody gave the same command a moment ago.
            return self._before(command) or Done(())
        raise AssertionError

    def _before(self, command: Command) -> Done | None:
        """What the same command did before; None if it is new."""
        positions = self.log.repeats(command)
        if positions is None:
            return None
        return Done(tuple(self.at(positions[0], positions[-1])), repeated=True)

    def _stored(self, new: New, command: Command) -> StoredEvent:
        data = codec.encode(new.event, new.stream, new.version, self.vault)
        made = body(new.event.topic, new.effective_on, command, data)
        return StoredEvent(new.stream, new.version, new.event.topic, made)

    def moment(self) -> datetime:
        """Now, but never before what is recorded already."""
        recorded_at = self.log.head()[1]
        return (
            max(self.clock(), datetime.fromisoformat(recorded_at)) if recorded_at else self.clock()
        )

    def require_allowed(self, command: str) -> None:
        """Refuse a command that who acts may not run, or did not sign in for.

        Raises:
            ledger.decide.refusal.NotAllowed: if their duties do not hold it.
            NotSignedIn: if people are set up, and the key at hand is not theirs.
        """
        people = self.people()
        self._admitted_at = people.version
        duties.admit(people, command, self.actor, self.moment())
        if not people.staffed:
            return
        if self.key is None:
            message = (
                f"sign in as {self.actor}: name your key's file with --key or in OFL_KEY; "
                "`ofl people key` makes one, and an administrator registers it"
            )
            raise NotSignedIn(message)
        colleague = people.colleague_of(self.actor)
        if colleague is None or self.key.public not in colleague.keys:
            message = (
                f"the key at hand is not one that counts for {people.named(self.actor)}; "
                "`ofl people list` shows whose it is, and whether it was revoked"
            )
            raise NotSignedIn(message)

    def _signed_by_key(self, events: list[StoredEvent], command: Command) -> list[StoredEvent]:
        """The events, the first with the signature of who acts, if people are set up."""
        if not events or self.key is None or not self._people.staffed:
            return events
        bodies = [(str(x.originator_id), x.originator_version, x.state) for x in events]
        text = to_sign(self.log.identity(), command, bodies)
        state = with_signature(events[0].state, self.key.public, self.key.sign(text))
        return [replace(events[0], state=state), *events[1:]]

    def _signed(self, name: str) -> AgreementState:
        state = self.agreement(name)
        state.require_signed()
        return state
