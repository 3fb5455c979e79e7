"""Proof that nothing was altered: chain, checkpoints, views, and the decisions done over again."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
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
from ledger.decide.refusal import Refusal
from ledger.decide.state import AgreementState, LawState
from ledger.events import AssessmentMade, GuaranteeCalled, PaymentProposed, Recorded
from ledger.money import ZERO
from ledger.policy import VERSION
from ledger.service import Ledger
from ledger.shelter.nights import NoTariffError
from ledger.store import checkpoint
from ledger.store.chain import GENESIS, link
from ledger.store.checkpoint import Checkpoint
from ledger.store.codec import UnknownTopicError
from ledger.store.envelope import Envelope, unseal
from ledger.store.log import EventLog, StoredRow
from ledger.store.merkle import Tree, leaf_hash
from ledger.store.vault import VaultKeyError
from projections.follow import Progress, Views, quiet
from projections.views import metadata

_CANNOT_FOLLOW = (ValueError, LookupError, TypeError, AssertionError, ArithmeticError)
"""What events that no command recorded may make of the program that reads them."""


class Check(StrEnum):
    """What was checked."""

    CHAIN = "chain"
    CHECKPOINTS = "checkpoints"
    COMMANDS = "commands"
    VIEWS = "views"
    DECISIONS = "decisions"


class Kind(StrEnum):
    """In which way something is wrong."""

    ALTERED = "altered"
    MISSING = "missing"
    TRUNCATED = "truncated"
    """The newest events are gone, and something in the file still tells of them."""
    OLDER_BACKUP = "older backup"
    """The file is whole, but ends before a checkpoint: an older copy, or one neatly cut off."""
    REWRITTEN = "rewritten"
    """The chain fits, but not the checkpoint: events were changed and chained anew."""
    FORGED_CHECKPOINT = "forged checkpoint"
    UNVERIFIABLE = "unverifiable"
    """What is needed to tell is not at hand."""


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
    assessments: int = 0
    tables: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """Tampered goes before unverifiable: what is proved wrong is not in doubt."""
        if any(fault.kind is not Kind.UNVERIFIABLE for fault in self.faults):
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


def verify(ledger: Ledger, views: Views, progress: Progress = quiet) -> Verification:
    """Check the chain and checkpoints, the views against a rebuild, and every decision's facts.

    A fault in the events ends the check: what rests on altered events proves nothing.
    """
    result = Verification()
    known = _read_checkpoints(ledger, result)
    try:
        fault = _verify_chain(ledger.log, known, result, progress)
        faults = [fault] if fault else _command_faults(ledger.log)
    except (sqlite3.Error, PersistenceError) as error:
        message = f"the events cannot be read from here on: {error}; take a backup or a copy"
        faults = [Fault(Check.CHAIN, Kind.UNVERIFIABLE, result.events + 1, message)]
    result.faults += faults
    if not faults:
        _verify_views(ledger.log, views, result)
        _verify_decisions(ledger, result)
    return result


def _read_checkpoints(ledger: Ledger, result: Verification) -> dict[int, Checkpoint]:
    """The checkpoints that can be believed, by size."""
    known: dict[int, Checkpoint] = {}
    kind, message = Kind.UNVERIFIABLE, ""
    try:
        if checkpoint.files(ledger.checkpoints):
            key = checkpoint.read_public_key(checkpoint.public_file(ledger.checkpoint_key))
            for each in checkpoint.read(ledger.checkpoints, key):
                known[each.size] = each
    except checkpoint.ForgedCheckpointError as error:
        kind, message = Kind.FORGED_CHECKPOINT, str(error)
    except (checkpoint.CheckpointKeyError, OSError) as error:
        message = str(error)
    if message:
        result.faults.append(Fault(Check.CHECKPOINTS, kind, None, message))
    return known


def _verify_chain(
    log: EventLog, known: dict[int, Checkpoint], result: Verification, progress: Progress
) -> Fault | None:
    """Hash every event again, compare every column with what was hashed, and meet checkpoints."""
    chain, last_time, tree = GENESIS, "", Tree()
    versions: dict[str, int] = {}
    for batch in log.batches():
        for row in batch:
            expected = result.events + 1
            found = _row_fault(row, expected, chain, last_time, versions)
            if found is not None:
                return Fault(Check.CHAIN, found[0], expected, found[1])
            chain, last_time = row.chain, row.recorded_at
            versions[row.stream] = row.version
            tree.add(leaf_hash(row.state))
            if (said := known.get(expected)) is not None:
                seen = Checkpoint(said.origin, expected, tree.root(), chain, last_time)
                if seen != said:
                    return _rewritten(result.covered, expected)
                result.checkpoints, result.covered = result.checkpoints + 1, expected
            result.events, result.chain = expected, chain.hex()
        progress(len(batch))
    last = max(known, default=0)
    return _cut_off(log, result.events, last) if result.events < last else None


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


def _row_fault(  # noqa: PLR0911 - one return per way of being wrong
    row: StoredRow, expected: int, chain: bytes, last_time: str, versions: dict[str, int]
) -> tuple[Kind, str] | None:
    """What is wrong with a stored row that should follow on what came before; None if nothing."""
    if row.position > expected:
        return Kind.MISSING, f"position {expected} is missing; the next event is {row.position}"
    if row.position < expected:
        return Kind.ALTERED, f"there is an event at position {row.position}"
    if link(row.position, chain, row.state) != row.chain:
        return Kind.ALTERED, f"the bytes of position {expected} are not those that were chained"
    try:
        envelope = unseal(row.state)
    except ValueError as error:
        return Kind.ALTERED, f"position {expected}: {error}"
    if _columns(envelope) != (row.position, row.stream, row.version, row.topic, row.recorded_at):
        return Kind.ALTERED, f"the columns of position {expected} differ from its bytes"
    if row.version != versions.get(row.stream, 0) + 1:
        where = f"version {row.version} of {row.stream}, out of order"
        return Kind.ALTERED, f"position {expected} is {where}"
    if row.recorded_at < last_time:
        return Kind.ALTERED, f"position {expected} was recorded before the event ahead of it"
    return None


def _columns(envelope: Envelope) -> tuple[int, str, int, str, str]:
    return (
        envelope.position,
        envelope.stream,
        envelope.version,
        envelope.topic,
        envelope.recorded_at,
    )


def _command_faults(log: EventLog) -> list[Fault]:
    """The index of commands must say what the events say."""
    spans: dict[str, tuple[str, int, int]] = {}
    for batch in log.batches():
        for row in batch:
            event = unseal(row.state)
            _, first, _ = spans.get(event.command, ("", row.position, 0))
            spans[event.command] = (event.command_sha256, first, row.position)
    kept, head = log.commands(), log.head()[0]
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


def _verify_decisions(ledger: Ledger, result: Verification) -> None:
    """Run policy again on the facts each assessment had; it must decide what was recorded."""
    try:
        for name, state in ledger.agreements().items():
            if state.sealed:
                message = (
                    f"{name}: {len(state.sealed)} people's facts cannot be opened, so its "
                    "decisions cannot be repeated"
                )
                result.faults.append(Fault(Check.DECISIONS, Kind.UNVERIFIABLE, None, message))
                continue
            result.faults += islice(_replay(ledger, name, result), 1)
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


def _replay(ledger: Ledger, name: str, result: Verification) -> Iterator[Fault]:
    events = list(ledger.read(agreement_stream(name)))
    laws = ledger.law_events()
    law, state, taken = LawState(), AgreementState(name), 0
    for index, recorded in enumerate(events):
        first_of_command = index == 0 or events[index - 1].command != recorded.command
        if isinstance(recorded.event, PaymentProposed) and first_of_command:
            message = _propose_again(state, recorded, events[index:])
            if message is not None:
                yield Fault(Check.DECISIONS, Kind.ALTERED, recorded.position, message)
        if isinstance(recorded.event, GuaranteeCalled):
            message = _call_again(state, recorded)
            if message is not None:
                yield Fault(Check.DECISIONS, Kind.ALTERED, recorded.position, message)
        if isinstance(recorded.event, AssessmentMade):
            while taken < len(laws) and laws[taken].position <= recorded.event.facts_to:
                law.apply(laws[taken])
                taken += 1
            result.assessments += 1
            found = _repeat(law, state, recorded, recorded.event, events[index:])
            if found is not None:
                yield Fault(Check.DECISIONS, found[0], recorded.position, found[1])
        state.apply(recorded)


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


def _repeat(
    law: LawState,
    state: AgreementState,
    recorded: Recorded,
    made: AssessmentMade,
    following: list[Recorded],
) -> tuple[Kind, str] | None:
    """What differs when an assessment is made again on the same facts; None if nothing."""
    if made.policy_version != VERSION:
        return Kind.UNVERIFIABLE, (
            f"{made.assessment} was made by policy version {made.policy_version}, "
            f"this program has {VERSION}; verify it with the program of that version"
        )
    try:
        again = decide(law, state, made.until, made.facts_to)
    except NoTariffError as error:
        return Kind.ALTERED, f"{made.assessment} cannot be repeated: {error}"
    same_command = [each.event for each in following if each.command == recorded.command]
    if [new.event for new in again] != same_command:
        message = f"{made.assessment}: policy on the recorded facts gives other decisions"
        return Kind.ALTERED, message
    return None
