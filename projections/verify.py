"""Proof that nothing was altered: chain, checkpoints, views, and the decisions done over again."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date
from enum import StrEnum
from itertools import islice, zip_longest
from pathlib import Path

from eventsourcing.persistence import PersistenceError
from sqlalchemy import Table
from sqlalchemy.exc import SQLAlchemyError

from ledger.decide.assessment import decide
from ledger.decide.decision import FUND_STREAM, agreement_stream
from ledger.decide.fund import FundState
from ledger.decide.guarantee import call
from ledger.decide.payment import propose
from ledger.decide.people_state import Glass
from ledger.decide.refusal import Refusal
from ledger.decide.state import AgreementState, LawState, as_recorded
from ledger.events import (
    AdjustmentDecided,
    AssessmentMade,
    EntitlementCalculated,
    Event,
    GuaranteeCalled,
    OutcomeDecided,
    PaymentInstructed,
    PaymentProposed,
    Recorded,
    SubjectErased,
)
from ledger.metrics.base import NoPriceError
from ledger.model import SubjectRef
from ledger.money import ZERO
from ledger.policy import VERSION
from ledger.policy.entitlement import divided_again
from ledger.policy.given import Given, OutcomeKey
from ledger.service import Ledger
from ledger.shelter.nights import NoTariffError
from ledger.store import checkpoint, timestamp
from ledger.store.chain import GENESIS, link_leaf
from ledger.store.checkpoint import Checkpoint
from ledger.store.codec import UnknownTopicError
from ledger.store.database import Database
from ledger.store.envelope import Envelope, unseal
from ledger.store.log import EventLog, StoredRow
from ledger.store.merkle import Tree, leaf_hash
from ledger.store.vault import VaultKeyError
from projections.follow import Progress, Views, quiet
from projections.repeat import adjust_again, by_claim
from projections.reported import broken
from projections.signatures import Signatures
from projections.views import metadata

_CANNOT_FOLLOW = (ValueError, LookupError, TypeError, AssertionError, ArithmeticError)
"""What events that no command recorded may make of the program that reads them."""

Span = tuple[str, int, int]
"""A command's content hash, its first and its last position."""


_CANNOT_READ = (sqlite3.Error, PersistenceError)


class Check(StrEnum):
    """What was checked."""

    STORE = "store"
    CHAIN = "chain"
    CHECKPOINTS = "checkpoints"
    TIMESTAMPS = "timestamps"
    COMMANDS = "commands"
    SIGNATURES = "signatures"
    VIEWS = "views"
    PERIODS = "periods"
    DECISIONS = "decisions"
    ERASURES = "erasures"


class Kind(StrEnum):
    """In which way something is wrong."""

    ALTERED = "altered"
    MISSING = "missing"
    TRUNCATED = "truncated"
    """The newest events are gone, and something in the file still tells of them."""
    OLDER_BACKUP = "older backup"
    """The file is whole, but ends before a checkpoint: an older copy, or one neatly cut off."""
    NOT_SIGNED = "not signed"
    """People are set up, and a command does not carry a good signature of who acted."""
    REWRITTEN = "rewritten"
    """The chain fits, but not the checkpoint: events were changed and chained anew."""
    FORGED_CHECKPOINT = "forged checkpoint"
    FORGED_TIMESTAMP = "forged timestamp"
    DAMAGED = "damaged"
    """What the database keeps beside the events, indexes and triggers, is not as it was made."""
    MISSING_CHECKPOINT = "missing checkpoint"
    """A payment was sent, which seals what it rests on, and no checkpoint here covers that."""
    NOT_ERASED = "not erased"
    """A person was to be forgotten, and the vault still knows the person."""
    UNVERIFIABLE = "unverifiable"
    """What is needed to tell is not at hand."""


_CANNOT_TELL = {Kind.MISSING_CHECKPOINT, Kind.NOT_ERASED, Kind.UNVERIFIABLE}


class Outcome(StrEnum):
    """What a verification says in one word."""

    SOUND = "sound"
    TAMPERED = "tampered"
    UNVERIFIABLE = "unverifiable"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was recorded, and the position where it first shows, if any."""

    check: Check
    kind: Kind
    position: int | None
    message: str


@dataclass(slots=True)
class Verification:
    """What was verified and what was found."""

    events: int = 0
    chain: str = GENESIS.hex()
    checkpoints: int = 0
    covered: int = 0
    """How many events, from the first, the largest checkpoint that holds stands for."""
    stamped: dict[int, str] = field(default_factory=dict)
    """When an authority saw the checkpoint of a size, in UTC, as far as that was looked at."""
    unlooked: int = 0
    """How many timestamps were not looked at, for want of the authority's certificates."""
    assessments: int = 0
    tables: int = 0
    erased: int = 0
    """How many people are erased; their decisions were taken as given, all else was repeated."""
    signed: int = 0
    """How many commands carry a good signature of who acted: all, since people are set up."""
    emergencies: list[Glass] = field(default_factory=list)
    """The duties that were taken in an emergency, reviewed or not."""
    unwitnessed: int = 0
    """How many more people must witness that the set-up names different persons."""
    faults: list[Fault] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """Tampered goes before unverifiable: what is proved wrong is not in doubt."""
        if any(fault.kind not in _CANNOT_TELL for fault in self.faults):
            return Outcome.TAMPERED
        return Outcome.UNVERIFIABLE if self.faults else Outcome.SOUND

    @property
    def sound(self) -> bool:
        """Whether everything is as it was recorded."""
        return self.outcome is Outcome.SOUND

    @property
    def uncovered(self) -> int:
        """How many events, the newest ones, no checkpoint stands for yet."""
        return self.events - self.covered


def verify(
    ledger: Ledger,
    views: Views,
    progress: Progress = quiet,
    against: Sequence[Path] = (),
    authority: Path | None = None,
) -> Verification:
    """Check the chain and checkpoints, the views against a rebuild, and every decision's facts.

    `against` are files of checkpoints that somebody else has kept; the events must fit them too.
    `authority` is the file of the timestamp authority's certificates; without it, timestamps are
    counted only.
    A fault in the events ends the check: what rests on altered events proves nothing.
    """
    result = Verification()
    known = _read_checkpoints(ledger, against, result)
    _verify_timestamps(ledger, authority, result)
    try:
        faults = verify_chain(ledger.log, known, result, progress)
    except _CANNOT_FOLLOW as error:
        message = f"what lies here is no event: {error}"
        faults = [Fault(Check.CHAIN, Kind.ALTERED, result.events + 1, message)]
    except _CANNOT_READ as error:
        message = f"the events cannot be read from here on: {error}; take a backup or a copy"
        faults = [Fault(Check.CHAIN, Kind.UNVERIFIABLE, result.events + 1, message)]
    result.faults += faults
    broken = _verify_store(ledger, result)
    if not faults and not broken:
        _verify_seals(ledger, result)
        _verify_views(ledger.log, views, result)
        if not result.faults:
            result.faults += _not_as_closed(ledger, views)
        _verify_decisions(ledger, result)
    return result


def _verify_seals(ledger: Ledger, result: Verification) -> None:
    """Nothing is sent before what it rests on is sealed, so a checkpoint must cover it still."""
    if any(fault.check is Check.CHECKPOINTS for fault in result.faults):
        return  # what is wrong with them is told already
    uncovered = [
        (event.position, sent.payment)
        for event in ledger.of_topic(PaymentInstructed.topic, result.covered + 1)
        if isinstance(sent := event.event, PaymentInstructed) and sent.approved_at > result.covered
    ]
    if uncovered:
        position, payment = uncovered[0]
        message = (
            f"{payment} was sent, so what it rests on was sealed, but no checkpoint in "
            f"{ledger.checkpoints} covers it: put back what is missing, or name the folder in "
            "OFL_CHECKPOINTS; `ofl checkpoint --new-key` is for a ledger that never had a key"
        )
        fault = Fault(Check.CHECKPOINTS, Kind.MISSING_CHECKPOINT, position, message)
        result.faults.append(fault)


def _verify_store(ledger: Ledger, result: Verification) -> bool:
    """Ask the engine about its files, and look whether the guards stand.

    Returns whether tables or indexes are damaged, so that no query can be relied on.
    """
    damaged = _damage("events", ledger.log.database) + _damage("vault", ledger.vault.database)
    result.faults += damaged
    if not damaged:
        for guard in ledger.log.changed_guards():
            message = (
                f"{guard}, so events could be changed past the program; "
                "`ofl copy` to a new place makes the guards again"
            )
            result.faults.append(Fault(Check.STORE, Kind.DAMAGED, None, message))
    return bool(damaged)


def _damage(room: str, database: Database) -> list[Fault]:
    advice = "take a backup or a copy"
    try:
        return [
            Fault(Check.STORE, Kind.DAMAGED, None, f"{room}: {said}; {advice}")
            for said in database.damage()
        ]
    except _CANNOT_READ as error:
        message = f"{room}: the database cannot be read: {error}; {advice}"
        return [Fault(Check.STORE, Kind.UNVERIFIABLE, None, message)]


_Known = dict[int, set[Checkpoint]]
"""Checkpoints by size: those of the ledger, and what others have kept, which may say otherwise."""


def _read_checkpoints(ledger: Ledger, against: Sequence[Path], result: Verification) -> _Known:
    """The checkpoints that can be believed."""
    known: _Known = {}
    kind, message = Kind.UNVERIFIABLE, ""
    try:
        if against or checkpoint.files(ledger.checkpoints):
            key = checkpoint.read_public_key(checkpoint.public_file(ledger.checkpoint_key))
            for path in against:
                kept = checkpoint.read_file(path, key)
                known.setdefault(kept.size, set()).add(kept)
            for each in checkpoint.read(ledger.checkpoints, key):
                known.setdefault(each.size, set()).add(each)
    except checkpoint.ForgedCheckpointError as error:
        kind, message = Kind.FORGED_CHECKPOINT, str(error)
    except (checkpoint.CheckpointKeyError, OSError) as error:
        message = str(error)
    if message:
        result.faults.append(Fault(Check.CHECKPOINTS, kind, None, message))
    return known


def _verify_timestamps(ledger: Ledger, authority: Path | None, result: Verification) -> None:
    """Each timestamp must be the authority's, over the checkpoint that it lies beside."""
    for path in checkpoint.timestamps(ledger.checkpoints):
        kind, message = Kind.UNVERIFIABLE, ""
        try:
            sealed = path.with_suffix(".txt").read_bytes()
            if authority is None:
                result.unlooked += 1
                continue
            trusted = timestamp.read_certificates(authority)
            moment = timestamp.check(path.read_bytes(), sealed, trusted)
            result.stamped[int(path.stem)] = moment.astimezone(UTC).isoformat()
        except FileNotFoundError:
            kind = Kind.MISSING_CHECKPOINT
            message = f"{path} is the timestamp of a checkpoint that is gone; put it back"
        except timestamp.ForgedTimestampError as error:
            kind = Kind.FORGED_TIMESTAMP
            message = f"the timestamp {path} cannot be believed: {error}"
        except (timestamp.TimestampError, OSError) as error:
            message = f"the timestamp {path} cannot be looked at: {error}"
        if message:
            result.faults.append(Fault(Check.TIMESTAMPS, kind, None, message))


def verify_chain(
    log: EventLog, known: _Known, result: Verification, progress: Progress
) -> list[Fault]:
    """Hash every event again, compare every column with what was hashed, and meet checkpoints."""
    chain, last_time, tree = GENESIS, "", Tree()
    versions: dict[str, int] = {}
    spans: dict[str, Span] = {}
    signatures = Signatures()
    unsigned: list[tuple[int, str]] = []
    for batch in log.batches():
        for row in batch:
            expected, leaf = result.events + 1, leaf_hash(row.state)
            try:
                event = _read(row, expected, link_leaf(expected, chain, leaf))
                _in_order(row, last_time, versions)
            except _WrongError as wrong:
                return [Fault(Check.CHAIN, wrong.kind, expected, str(wrong))]
            unsigned += signatures.see(row, event)
            chain, last_time = row.chain, row.recorded_at
            versions[row.stream] = row.version
            _, first, _ = spans.get(event.command, ("", expected, 0))
            spans[event.command] = (event.command_sha256, first, expected)
            tree.add(leaf)
            for said in known.get(expected, ()):
                seen = Checkpoint(said.origin, expected, tree.root(), chain, last_time)
                if seen != said:
                    return [_rewritten(result.covered, expected)]
                result.checkpoints, result.covered = result.checkpoints + 1, expected
            result.events, result.chain = expected, chain.hex()
        progress(len(batch))
    last = max(known, default=0)
    if result.events < last:
        return [_cut_off(log, result.events, last)]
    unsigned += signatures.finish()
    people = signatures.people
    result.signed, result.emergencies = signatures.signed, people.glasses
    result.unwitnessed = people.unwitnessed
    return [
        *(Fault(Check.SIGNATURES, Kind.NOT_SIGNED, at, message) for at, message in unsigned),
        *_command_faults(log.commands(), spans, result.events),
    ]


def _rewritten(covered: int, size: int) -> Fault:
    since = f"those up to {covered} are as sealed" if covered else "no earlier checkpoint says more"
    message = (
        f"the chain fits, but the first {size} events are not those that were sealed; {since}: "
        "events were changed and chained anew, or an older backup was written on"
    )
    return Fault(Check.CHECKPOINTS, Kind.REWRITTEN, covered + 1, message)


def _cut_off(log: EventLog, events: int, sealed: int) -> Fault:
    """The events end before a checkpoint."""
    message = f"{sealed} events were sealed, but only {events} are here: "
    if any(last > events for _, _, last in log.commands().values()):
        kind, why = Kind.TRUNCATED, "the newest were deleted, as the index of commands still shows"
    else:
        kind, why = Kind.OLDER_BACKUP, "this is an older backup, or the newest were deleted neatly"
    return Fault(Check.CHECKPOINTS, kind, events + 1, message + why)


class _WrongError(Exception):
    """A stored row is not as it was recorded."""

    def __init__(self, message: str, kind: Kind = Kind.ALTERED) -> None:
        super().__init__(message)
        self.kind = kind


def _read(row: StoredRow, expected: int, chained: bytes) -> Envelope:
    """The event in a row that should be at a position and have a chain value.

    Raises:
        _WrongError: if the row is not as it was recorded.
    """
    if row.position > expected:
        message = f"position {expected} is missing; the next event is {row.position}"
        raise _WrongError(message, Kind.MISSING)
    if row.position < expected:
        message = f"there is an event at position {row.position}"
        raise _WrongError(message)
    if row.chain != chained:
        message = f"the bytes of position {expected} are not those that were chained"
        raise _WrongError(message)
    try:
        envelope = unseal(row.state)
    except ValueError as error:
        message = f"position {expected}: {error}"
        raise _WrongError(message) from None
    if _columns(envelope) != (row.position, row.stream, row.version, row.topic, row.recorded_at):
        message = f"the columns of position {expected} differ from its bytes"
        raise _WrongError(message)
    return envelope


def _in_order(row: StoredRow, last_time: str, versions: dict[str, int]) -> None:
    """Refuse a row that does not follow on its stream, or comes before the time of the last one.

    Raises:
        _WrongError: if so.
    """
    if row.version != versions.get(row.stream, 0) + 1:
        message = f"position {row.position} is version {row.version} of {row.stream}, out of order"
        raise _WrongError(message)
    if row.recorded_at < last_time:
        message = f"position {row.position} was recorded before the event ahead of it"
        raise _WrongError(message)


def _columns(envelope: Envelope) -> tuple[int, str, int, str, str]:
    return (
        envelope.position,
        envelope.stream,
        envelope.version,
        envelope.topic,
        envelope.recorded_at,
    )


def _command_faults(kept: dict[str, Span], spans: dict[str, Span], head: int) -> list[Fault]:
    """The index of commands must say what the events say."""
    wrong = sorted(name for name in spans.keys() | kept.keys() if spans.get(name) != kept.get(name))
    return [
        Fault(
            Check.COMMANDS,
            Kind.TRUNCATED if name in kept and kept[name][2] > head else Kind.ALTERED,
            spans[name][1] if name in spans else None,
            f"command {name} is not as recorded",
        )
        for name in wrong
    ]


def _verify_views(log: EventLog, views: Views, result: Verification) -> None:
    """Build the views anew elsewhere and compare every row of every table."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Views(Path(folder) / "views.sqlite")
        try:
            fresh.rebuild(log)
        except UnknownTopicError as error:
            result.faults.append(Fault(Check.VIEWS, Kind.UNVERIFIABLE, None, str(error)))
            return
        except _CANNOT_FOLLOW as error:
            message = f"the events cannot be followed: {error}"
            result.faults.append(Fault(Check.VIEWS, Kind.ALTERED, None, message))
            return
        try:
            seen, here = views.position() or 0, log.head()[0]
            if seen > here:
                message = (
                    f"the views were made of {seen} events, but only {here} are here: an older "
                    "copy of the events was put back, or the newest were deleted; if you restored "
                    "them yourself, run `ofl rebuild`"
                )
                result.faults.append(Fault(Check.VIEWS, Kind.TRUNCATED, here + 1, message))
                return
            views.catch_up(log)
            for table in metadata.sorted_tables:
                _compare(views, fresh, table, result)
        except SQLAlchemyError as error:
            message = f"the views cannot be read; run `ofl rebuild`: {error}"
            result.faults.append(Fault(Check.VIEWS, Kind.ALTERED, None, message))
        fresh.close()


def _compare(views: Views, fresh: Views, table: Table, result: Verification) -> None:
    result.tables += 1
    for kept, made in zip_longest(views.rows(table), fresh.rows(table)):
        if kept != made:
            first = (kept or made or ("?",))[0]
            message = f"{table.name} differs from a rebuild at {first!r}; run `ofl rebuild`"
            result.faults.append(Fault(Check.VIEWS, Kind.ALTERED, None, message))
            return


def _not_as_closed(ledger: Ledger, views: Views) -> Iterator[Fault]:
    """Each closed period's trial balance must still have the hash that its close carries."""
    try:
        for position, name in broken(ledger, views):
            message = f"the trial balance of {name} is not the one that was closed"
            yield Fault(Check.PERIODS, Kind.ALTERED, position, message)
    except _CANNOT_FOLLOW as error:
        message = f"the closes of periods cannot be followed: {error}"
        yield Fault(Check.PERIODS, Kind.ALTERED, None, message)


def _verify_decisions(ledger: Ledger, result: Verification) -> None:
    """Run policy again on the facts each assessment had; it must decide what was recorded."""
    try:
        for name, state in ledger.agreements().items():
            result.erased += len(state.erased)
            result.faults += _not_erased(ledger, state)
            if state.sealed:
                message = (
                    f"{name}: {len(state.sealed)} people's facts cannot be opened, so its "
                    "decisions cannot be repeated"
                )
                result.faults.append(Fault(Check.DECISIONS, Kind.UNVERIFIABLE, None, message))
                continue
            result.faults += islice(_replay(ledger, name, state.erased, result), 1)
        result.faults += _fund_fault(ledger)
    except VaultKeyError as error:
        result.faults.append(Fault(Check.DECISIONS, Kind.UNVERIFIABLE, None, str(error)))
    except _CANNOT_FOLLOW as error:
        message = f"the events cannot be followed: {error}"
        result.faults.append(Fault(Check.DECISIONS, Kind.ALTERED, None, message))


def _fund_fault(ledger: Ledger) -> Iterator[Fault]:
    """The first event that commits beyond an appropriation or draws beyond a commitment."""
    state = FundState()
    for recorded in ledger.read(FUND_STREAM):
        state.apply(recorded)
        years = {*state.appropriated, *state.committed}
        beyond = any(state.available(year) < ZERO for year in years)
        drawn = any(min(each.drawn, each.undrawn) < ZERO for each in state.commitments.values())
        if beyond or drawn:
            message = "the fund's commitments do not fit its appropriations or its draws"
            yield Fault(Check.DECISIONS, Kind.ALTERED, recorded.position, message)
            return


def _not_erased(ledger: Ledger, state: AgreementState) -> Iterator[Fault]:
    """Erasing that was broken off before the key was destroyed, or undone by an older vault."""
    for ref in sorted(ledger.vault.known(state.erased)) if state.erased else []:
        message = (
            f"{ref} is erased, but the vault still knows the person: run ofl subject erase again"
        )
        yield Fault(Check.ERASURES, Kind.NOT_ERASED, None, message)


def _replay(
    ledger: Ledger, name: str, erased: Mapping[SubjectRef, date], result: Verification
) -> Iterator[Fault]:
    """Every assessment and proposal of an agreement, made again.

    Those who are erased now were so for this reader all the time; `readable_then` are those of them
    who were not erased yet when an assessment was made.
    """
    events = list(ledger.read(agreement_stream(name)))
    laws = ledger.law_events()
    law, state, taken = LawState(), AgreementState(name, erased=dict(erased)), 0
    readable_then = set(erased)
    assessed: set[str] = set()
    for index, recorded in enumerate(events):
        first_of_command = index == 0 or events[index - 1].command != recorded.command
        message = _decide_again(state, recorded, events[index:]) if first_of_command else None
        if message is None and isinstance(recorded.event, GuaranteeCalled):
            message = _call_again(state, recorded)
        if message is not None:
            yield Fault(Check.DECISIONS, Kind.ALTERED, recorded.position, message)
        if isinstance(recorded.event, AssessmentMade):
            while taken < len(laws) and laws[taken].position <= recorded.event.facts_to:
                law.apply(laws[taken])
                taken += 1
            result.assessments += 1
            assessed.add(recorded.command)
            again = _Again(law, state, readable_then & state.pseudonyms)
            found = again.repeat(recorded, recorded.event, events[index:])
            if found is not None:
                yield Fault(Check.DECISIONS, found[0], recorded.position, found[1])
        yield from _decided_alone(recorded, assessed)
        if isinstance(recorded.event, SubjectErased):
            readable_then.discard(recorded.event.subject)
        state.apply(recorded)


def _decide_again(
    state: AgreementState, recorded: Recorded, following: list[Recorded]
) -> str | None:
    """What differs when payments or an adjustment are decided again; None if nothing."""
    if isinstance(recorded.event, PaymentProposed):
        return _propose_again(state, recorded, following)
    if isinstance(recorded.event, AdjustmentDecided):
        return adjust_again(state, recorded, following)
    return None


def _decided_alone(recorded: Recorded, assessed: set[str]) -> Iterator[Fault]:
    """A decision that is in none of the commands that assessed: nothing else would repeat it."""
    event = recorded.event
    if not isinstance(event, OutcomeDecided | EntitlementCalculated):
        return
    if recorded.command not in assessed:
        message = f"{event.claim} was decided by no assessment"
        yield Fault(Check.DECISIONS, Kind.ALTERED, recorded.position, message)


def _propose_again(
    state: AgreementState, recorded: Recorded, following: list[Recorded]
) -> str | None:
    """What differs when payments are proposed again from what was owed; None if nothing."""
    same_command = [each.event for each in following if each.command == recorded.command]
    again = [new.event for new in propose(state, recorded.effective_on)[0]]
    return None if again == same_command else "what was owed then gives other payments"


def _call_again(state: AgreementState, recorded: Recorded) -> str | None:
    """What differs when a guarantee is called again on the losses of then; None if nothing."""
    try:
        again = [new.event for new in call(state, recorded.effective_on)]
    except Refusal as refusal:
        return f"the guarantee could not be called: {refusal}"
    return None if again[-1] == recorded.event else "the losses of then give another call"


@dataclass(frozen=True, slots=True)
class _Again:
    """The facts that an assessment had, but for those of people who were erased since.

    What was decided of these is taken from the events: which outcomes, and what each payer owes.
    Everything that follows from it is repeated: order, sums, division among investors, differences.
    """

    law: LawState
    state: AgreementState
    erased_since: set[SubjectRef]

    def repeat(
        self, recorded: Recorded, made: AssessmentMade, following: list[Recorded]
    ) -> tuple[Kind, str] | None:
        """What differs when an assessment is made again on the same facts; None if nothing."""
        if made.policy_version != VERSION:
            return Kind.UNVERIFIABLE, (
                f"{made.assessment} was made by policy version {made.policy_version}, "
                f"this program has {VERSION}; verify it with the program of that version"
            )
        same_command = [each.event for each in following if each.command == recorded.command]
        taken = self._taken(same_command)
        try:
            news = decide(self.law, self.state, made.until, made.facts_to, taken)
        except (NoTariffError, NoPriceError) as error:
            return Kind.ALTERED, f"{made.assessment} cannot be repeated: {error}"
        again = [self._comparable(new.event, made) for new in news]
        recorded_then = [self._comparable(event, made) for event in same_command]
        if self.erased_since:
            # What was withdrawn came last; of the erased nobody can tell any more that it was.
            again, recorded_then = by_claim(again), by_claim(recorded_then)
        if again != recorded_then:
            message = f"{made.assessment}: policy on the recorded facts gives other decisions"
            return Kind.ALTERED, message
        judged_by = {
            each.claim: each.terms_version
            for each in same_command
            if isinstance(each, OutcomeDecided)
        }
        if any(self._over_a_cap(event, judged_by) for event in same_command):
            message = f"{made.assessment}: what is owed for an erased person is above a cap"
            return Kind.ALTERED, message
        return None

    def _over_a_cap(self, event: Event, versions: Mapping[str, int]) -> bool:
        """Whether an entitlement that was taken as it is leaves more spent than a cap allows."""
        if not isinstance(event, EntitlementCalculated) or event.subject not in self.erased_since:
            return False
        spent = {"person": event.person_total, "agreement": event.agreement_total}
        return event.total > ZERO and any(
            cap.limit is not None and spent.get(cap.scope, ZERO) > cap.limit
            for cap in self.state.all_terms[versions[event.claim] - 1].caps
        )

    def _taken(self, events: list[Event]) -> dict[OutcomeKey, Given]:
        """What was decided of people who were erased since, by the events of one command."""
        entitled = {
            event.claim: event for event in events if isinstance(event, EntitlementCalculated)
        }
        return {
            found.outcome.identity: found
            for event in events
            if isinstance(event, OutcomeDecided) and event.subject in self.erased_since
            for found in [self._given(event, entitled.get(event.claim))]
        }

    def _given(self, outcome: OutcomeDecided, entitled: EntitlementCalculated | None) -> Given:
        if entitled is None:
            return as_recorded(outcome, ())
        capital = {position for position, _ in self.state.capital}
        facts = tuple(position for position in entitled.based_on if position not in capital)
        found = as_recorded(outcome, entitled.parts, entitled.gains, facts)
        paid_in = [paid for _, paid in self.state.capital]
        terms = self.state.all_terms[outcome.terms_version - 1]
        return replace(found, parts=divided_again(terms, found, paid_in))

    def _comparable(self, event: Event, made: AssessmentMade) -> Event:
        """An event without what nobody can know any more once people are erased."""
        if not self.erased_since:
            return event
        match event:
            case EntitlementCalculated(subject=subject) if subject in self.erased_since:
                return event.model_copy(update={"working": None})
            case AssessmentMade(waiting=waiting) if waiting <= made.waiting:
                # How many outcomes of theirs were waiting then.
                return event.model_copy(update={"waiting": made.waiting})
            case _:
                return event
