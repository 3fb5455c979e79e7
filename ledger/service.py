"""The one door for writing: load, decide, append, and try again if somebody was faster."""

from __future__ import annotations

import getpass
import random
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, Self

from eventsourcing.persistence import (
    IntegrityError,
    OperationalError,
    PersistenceError,
    StoredEvent,
)

from ledger.dates import danish_day
from ledger.decide import (
    agreement,
    amendment,
    assessment,
    bank,
    erasure,
    fund,
    guarantee,
    intake,
    investment,
    payment,
)
from ledger.decide.decision import FUND_STREAM, New, agreement_stream, bank_stream
from ledger.decide.fund import FundState
from ledger.decide.refusal import AgainstTerms, AlreadyDone, NotFound
from ledger.decide.rows import (
    BankRow,
    Batch,
    EnrolmentRow,
    MeasurementRow,
    ResultRow,
    SpellRow,
    StayRow,
)
from ledger.decide.state import AgreementState, BankState, LawState, Payable
from ledger.events import Recorded
from ledger.facts import Source, Tariff
from ledger.model import Position, SubjectRef
from ledger.money import Amount
from ledger.parties import Recognition
from ledger.policy.assess import Assessment
from ledger.shelter.rules import RefundRuleTable
from ledger.store import checkpoint, codec, location, timestamp, vault
from ledger.store.chain import GENESIS, link_leaf
from ledger.store.checkpoint import Checkpoint, NotTheSameLogError
from ledger.store.envelope import Command, body
from ledger.store.files import write_new
from ledger.store.location import Location
from ledger.store.merkle import Tree, leaf_hash
from ledger.terms.agreement import Terms
from ledger.terms.shipped import shelter_refund_rules, support_refund_rules

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


@dataclass(frozen=True, slots=True)
class Sealed:
    """A checkpoint of the whole ledger, where it lies, and whether it was made just now."""

    checkpoint: Checkpoint
    path: Path
    new: bool


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


class Ledger:
    """One ledger: its events, its vault, and every command on it."""

    def __init__(  # noqa: PLR0913 - each may lie elsewhere
        self,
        place: Location,
        *,
        actor: str | None = None,
        command_id: str | None = None,
        key_file: Path | None = None,
        checkpoint_key: Path | None = None,
        checkpoints: Path | None = None,
        clock: Callable[[], datetime] = now,
        refs: Callable[[], str] = new_ref,
    ) -> None:
        location.require_a_ledger(place)
        self.location = place
        self.actor = actor or user_name()
        self.command_id = command_id
        self.clock = clock
        self.recorded = 0
        """How many events were recorded through this door."""
        vault_key = location.key_file_of(place, key_file)
        key = vault.read_key_file(vault_key)
        self.log = location.open_log(place, clock)
        self.key_file = vault_key
        self.vault = vault.Vault(location.open_vault_database(place), key, refs)
        folder = folder_of(place, vault_key)
        self.checkpoint_key = checkpoint_key or folder / CHECKPOINT_KEY_FILE
        self.checkpoints = checkpoints or folder / CHECKPOINTS
        self._law = LawState()
        self._states: dict[str, AgreementState | BankState] = {}
        self._fund = FundState()
        self._sealed_to = 0
        """Up to where this door has sealed, or seen sealed, all events."""

    @classmethod
    def create(
        cls,
        place: Location,
        fund: str,
        currency: str,
        purpose: Literal["live", "demo"] = "live",
        **options: Any,  # noqa: ANN401 - what the constructor takes
    ) -> Self:
        """Make what a new ledger needs and record its opening."""
        # What would be refused is refused before there are any files.
        today = danish_day(options.get("clock", now)())
        rules = shelter_refund_rules()
        agreement.open_ledger(LawState(), fund, currency, purpose, rules, today)
        if not location.holds_a_ledger(place):
            key_file = location.key_file_of(place, options.get("key_file"))
            if not key_file.exists():
                vault.make_key_file(key_file)
            folder = folder_of(place, key_file)
            checkpoint_key = options.get("checkpoint_key") or folder / CHECKPOINT_KEY_FILE
            if not checkpoint_key.exists():
                checkpoint.make_key_files(checkpoint_key)
            location.create(place, options.get("clock", now))
        ledger = cls(place, **options)
        ledger._run(
            ["init", fund, currency, purpose],
            lambda: agreement.open_ledger(ledger.law(), fund, currency, purpose, rules, today),
        )
        return ledger

    def close(self) -> None:
        """Close every connection."""
        self.log.close()
        self.vault.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    # --- reading ------------------------------------------------------------------------------

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

    def bank(self, account: str) -> BankState:
        """The lines seen on a party's account."""
        stream = bank_stream(account)
        state = self._states.setdefault(stream, BankState(account))
        assert isinstance(state, BankState)
        for recorded in self.read(stream, state.version):
            state.apply(recorded)
        return state

    # --- writing ------------------------------------------------------------------------------

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
                done = self._decided_and_appended(command, decide, at_head=at_head)
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
        self, command: Command, decide: Callable[[], Sequence[New]], *, at_head: bool
    ) -> Done:
        def decided() -> list[StoredEvent]:
            return [self._stored(new, command) for new in decide()]

        for attempt in range(TRIES):
            if attempt and (before := self._before(command)) is not None:
                return before
            try:
                if attempt >= TRIES_BEFORE_ALONE:
                    positions = self.log.append_alone(decided, command)
                else:
                    head = self.log.head()[0] if at_head else None
                    positions = self.log.append(decided(), command, head)
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

    def import_tariffs(self, batch: Batch[Tariff]) -> Done:
        """Record tariffs per shelter and date."""
        return self._run(
            ["tariffs", batch.sha256], lambda: intake.record_tariffs(self.law(), batch)
        )

    def import_enrolments(self, batch: Batch[EnrolmentRow]) -> Done:
        """Enrol people; each gets a pseudonym in the vault."""

        def decide() -> list[New]:
            states = self.agreements()
            self._finish_erasing(states)
            people = (row.value.person_id for row in batch.rows)
            intake.check_enrolments(states, batch, self._subjects(states, people))
            subjects: dict[tuple[str, str], SubjectRef] = {}
            for name in states:
                ids = [r.value.person_id for r in batch.rows if r.value.agreement == name]
                for person_id, ref in self.vault.admit(name, ids).items():
                    subjects[name, person_id] = ref
            return intake.enrol(states, batch, subjects)

        return self._run(["enrolments", batch.sha256], decide)

    def _subjects(
        self, states: Mapping[str, AgreementState], person_ids: Iterable[str]
    ) -> dict[tuple[str, str], SubjectRef]:
        found = {
            (name, person_id): self.vault.find(name, person_id)
            for person_id in set(person_ids)
            for name in states
        }
        return {
            (name, person_id): ref
            for (name, person_id), ref in found.items()
            if ref is not None and ref not in states[name].erased
        }

    def _finish_erasing(self, states: Mapping[str, AgreementState]) -> None:
        """Destroy the keys that are left where erasing was broken off.

        An erased person who comes back is a new one, who must not get the old pseudonym.
        """
        erased = [ref for state in states.values() for ref in state.erased]
        for ref in sorted(self.vault.known(erased)) if erased else []:
            self.vault.erase(ref)

    def erase_subject(
        self, ref: SubjectRef, reason: str, *, even_though_undecided: bool = False
    ) -> Done:
        """Erase a person: record that it is done, then destroy the key. Given again, it is done.

        Nothing is recorded if only the key was left to destroy.

        Raises:
            NotFound: if nobody has that pseudonym.
            AlreadyDone: if the person is erased, and the key is gone.
            OutOfOrder: if outcomes of the person are undecided or unpaid, unless that is accepted.
            AgainstTerms: if the reason names the person.
        """
        name = self._agreement_of(ref)

        def decide() -> list[New]:
            state = self.agreement(name)
            if ref in state.erased:
                return []
            if any(self.vault.find(name, word) == ref for word in reason.split()):
                message = "the reason holds the person's id, and would keep it; leave the id out"
                raise AgainstTerms(message)
            return erasure.erase(
                self.law(),
                state,
                ref,
                reason,
                danish_day(self.clock()),
                even_though_undecided=even_though_undecided,
            )

        content = ["erase", ref, reason, even_though_undecided]
        done = self._run(content, decide)
        had_key = bool(self.vault.known([ref]))
        self.vault.erase(ref)
        if not done.recorded and not had_key:
            message = f"{ref} is erased already; nothing of the person is in the vault"
            raise AlreadyDone(message)
        return done

    def find_subject(self, name: str, person_id: str) -> SubjectRef:
        """The pseudonym of a person in an agreement.

        Raises:
            NotFound: if the person is not enrolled there, or is erased.
        """
        state = self._signed(name)
        ref = self.vault.find(name, person_id)
        if ref is None or ref not in state.enrolled or ref in state.erased:
            message = f"nobody with that id is enrolled in {name}, or the person is erased"
            raise NotFound(message)
        return ref

    def _agreement_of(self, ref: SubjectRef) -> str:
        """The agreement that a pseudonym is of.

        Raises:
            NotFound: if nobody has it.
        """
        for name, state in self.agreements().items():
            if ref in state.enrolled:
                return name
        message = f"nobody is enrolled as {ref!r}; `ofl subject find` tells a person's pseudonym"
        raise NotFound(message)

    def import_stays(self, batch: Batch[StayRow], covers_until: date | None = None) -> Done:
        """Record a shelter register's stays, known up to `covers_until`."""

        def decide() -> list[New]:
            states = self.agreements()
            subjects = self._subjects(states, (row.value.person_id for row in batch.rows))
            today = danish_day(self.clock())
            return intake.record_stays(self.law(), states, batch, subjects, covers_until, today)

        return self._run(["stays", batch.sha256, str(covers_until)], decide)

    def import_measurements(self, batch: Batch[MeasurementRow]) -> Done:
        """Record what indicators showed at milestones."""

        def decide() -> list[New]:
            states = self.agreements()
            subjects = self._subjects(states, (row.value.person_id for row in batch.rows))
            return intake.record_measurements(states, batch, subjects)

        return self._run(["measurements", batch.sha256], decide)

    def import_spells(self, batch: Batch[SpellRow]) -> Done:
        """Record times in which something held for people."""

        def decide() -> list[New]:
            states = self.agreements()
            subjects = self._subjects(states, (row.value.person_id for row in batch.rows))
            return intake.record_spells(states, batch, subjects, danish_day(self.clock()))

        return self._run(["spells", batch.sha256], decide)

    def import_results(self, batch: Batch[ResultRow]) -> Done:
        """Record what indicators showed for cohorts."""
        return self._run(
            ["results", batch.sha256], lambda: intake.record_results(self.agreements(), batch)
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

    def call_guarantee(self, name: str, on: date) -> Done:
        """Call an agreement's first-loss guarantee."""
        return self._run(
            ["guarantee", name, str(on)], lambda: guarantee.call(self._signed(name), on)
        )

    def propose_payments(self, name: str, on: date) -> tuple[Done, dict[Payable, Amount]]:
        """Propose payment of all that is owed in an agreement."""
        carried: dict[Payable, Amount] = {}

        def decide() -> list[New]:
            news, left = payment.propose(self._signed(name), on)
            carried.clear()
            carried.update(left)
            return news

        return self._run(["propose", name, str(on)], decide), carried

    def approve_payment(self, payment_id: str, on: date) -> Done:
        """Approve a payment as the acting person."""
        return self._run(
            ["approve", payment_id],
            lambda: payment.approve(
                self.law(), self._paying(payment_id), payment_id, self.actor, on
            ),
        )

    def send_payment(self, payment_id: str, on: date) -> Done:
        """Record that the bank was told to pay; what that rests on is sealed first.

        Raises:
            NotTheSameLogError: as `seal` does; then nothing is sent.
            ledger.store.checkpoint.CheckpointError: likewise.
        """
        approved_at = self._paying(payment_id).payments[payment_id].approved_at
        if approved_at is not None and approved_at > self._sealed_to:
            self.seal()
        return self._run(
            ["send", payment_id],
            lambda: payment.instruct(self._paying(payment_id), payment_id, self.actor, on),
        )

    def import_bank(self, batch: Batch[BankRow]) -> tuple[Done, list[BankRow]]:
        """Read a bank statement and settle what it shows."""
        unmatched: list[BankRow] = []

        def decide() -> list[New]:
            accounts = {row.value.account for row in batch.rows}
            banks = {account: self.bank(account) for account in accounts}
            news, left = bank.record_statement(self.agreements(), banks, batch)
            unmatched[:] = left
            return news

        return self._run(["bank", batch.sha256], decide), unmatched

    # --- sealing ------------------------------------------------------------------------------

    def make_checkpoint_key(self) -> None:
        """Make the key of a ledger that was made before ledgers had one.

        Raises:
            AlreadyDone: if the ledger has a key or a checkpoint.
        """
        if checkpoint.files(self.checkpoints) or self.checkpoint_key.exists():
            message = f"the ledger has a checkpoint key; it belongs in {self.checkpoint_key}"
            raise AlreadyDone(message)
        checkpoint.make_key_files(self.checkpoint_key)

    def seal(self) -> Sealed:
        """Sign what all events up to now are; nothing is made if the last checkpoint says it.

        Raises:
            NotTheSameLogError: if the chain is broken, or the events of the last checkpoint are no
                longer there: to sign would be to cover it up.
            ledger.store.checkpoint.CheckpointError: if the key is missing, or a checkpoint forged.
        """
        key = checkpoint.read_signing_key(self.checkpoint_key)
        known = list(checkpoint.read(self.checkpoints, key.public))
        last = known[-1] if known else None
        then, sealed = self._measure(key.name, last.size if last else 0)
        if then != last:
            message = (
                f"the events are no longer those of the checkpoint of {last and last.size} events; "
                "nothing was sealed; run `ofl verify`"
            )
            raise NotTheSameLogError(message)
        new = last is None or last.size < sealed.size
        if new:
            path = checkpoint.write(self.checkpoints, sealed, key)
        else:
            path = checkpoint.files(self.checkpoints)[-1]
        self._sealed_to = sealed.size
        return Sealed(sealed, path, new)

    def stamp(self, sealed: Sealed, url: str) -> Path:
        """Have a checkpoint timestamped by an authority, unless it is already.

        Raises:
            ledger.store.timestamp.TimestampError: if that could not be done; the checkpoint stays.
        """
        path = sealed.path.with_suffix(".tsr")
        if not path.exists():
            write_new(path, timestamp.ask(url, sealed.path.read_bytes()), 0o644)
        return path

    def _measure(self, origin: str, earlier: int) -> tuple[Checkpoint | None, Checkpoint]:
        """What a checkpoint of an earlier size must say, and one of all events up to now."""
        head, tree, chain, then = self.log.head()[0], Tree(), GENESIS, None
        now = Checkpoint(origin, 0, tree.root(), chain, "")
        for row in (row for batch in self.log.batches() for row in batch):
            leaf = leaf_hash(row.state)
            chain = link_leaf(row.position, chain, leaf)
            if (row.position, row.chain) != (tree.size + 1, chain):
                message = f"the events are altered at position {tree.size + 1}; run `ofl verify`"
                raise NotTheSameLogError(message)
            tree.add(leaf)
            if tree.size in {earlier, head}:
                now = Checkpoint(origin, tree.size, tree.root(), chain, row.recorded_at)
                then = now if tree.size == earlier else then
            if tree.size == head:
                break
        return then, now

    def _signed(self, name: str) -> AgreementState:
        state = self.agreement(name)
        state.require_signed()
        return state

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

    def _paying(self, payment_id: str) -> AgreementState:
        """The agreement that a payment belongs to.

        Raises:
            NotFound: if no agreement has it.
        """
        for state in self.agreements().values():
            if payment_id in state.payments:
                return state
        message = f"there is no payment {payment_id!r}; `ofl payments list` names them"
        raise NotFound(message)
