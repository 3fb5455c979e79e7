"""Proof that nothing was altered: the chain, the views, and the decisions done over again."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import zip_longest
from pathlib import Path

from eventsourcing.persistence import PersistenceError

from ledger.decide.assessment import decide
from ledger.decide.decision import agreement_stream
from ledger.decide.payment import propose
from ledger.decide.state import AgreementState, LawState
from ledger.events import AssessmentMade, PaymentProposed, Recorded
from ledger.policy import VERSION
from ledger.policy.nights import NoTariffError
from ledger.service import Ledger
from ledger.store.chain import GENESIS, link
from ledger.store.envelope import Envelope, unseal
from ledger.store.log import EventLog, StoredRow
from projections.follow import Progress, Views, quiet
from projections.views import metadata


class Check(StrEnum):
    """What was checked."""

    CHAIN = "chain"
    COMMANDS = "commands"
    VIEWS = "views"
    DECISIONS = "decisions"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was recorded, and the position where it first shows, if any."""

    check: Check
    position: int | None
    message: str


@dataclass(slots=True)
class Verification:
    """What was verified and what was found."""

    events: int = 0
    chain: str = GENESIS.hex()
    assessments: int = 0
    tables: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether everything is as it was recorded."""
        return not self.faults


def verify(ledger: Ledger, views: Views, progress: Progress = quiet) -> Verification:
    """Check the chain, then the views against a rebuild, then every decision against its facts.

    A fault in the events ends the check: what rests on altered events proves nothing.
    """
    result = Verification()
    try:
        _verify_chain(ledger.log, result, progress)
    except (sqlite3.DatabaseError, PersistenceError) as error:
        position = result.events + 1
        result.faults.append(Fault(Check.CHAIN, position, f"the file cannot be read: {error}"))
    if result.sound:
        result.faults += _command_faults(ledger.log)
    if result.sound:
        _verify_views(ledger.log, views, result)
        _verify_decisions(ledger, result)
    return result


def _verify_chain(log: EventLog, result: Verification, progress: Progress) -> None:
    """Hash every event again and compare every column with what was hashed."""
    chain, last_time = GENESIS, ""
    versions: dict[str, int] = {}
    for batch in log.batches():
        for row in batch:
            expected = result.events + 1
            fault = _row_fault(row, expected, chain, last_time, versions)
            if fault is not None:
                result.faults.append(Fault(Check.CHAIN, expected, fault))
                return
            chain, last_time = row.chain, row.recorded_at
            versions[row.stream] = row.version
            result.events, result.chain = expected, chain.hex()
        progress(len(batch))


def _row_fault(  # noqa: PLR0911 - one return per way of being wrong
    row: StoredRow, expected: int, chain: bytes, last_time: str, versions: dict[str, int]
) -> str | None:
    """What is wrong with a stored row that should follow on what came before; None if nothing."""
    if row.position != expected:
        return f"position {expected} is missing; the next event is {row.position}"
    if link(row.position, chain, row.state) != row.chain:
        return f"the bytes of position {expected} are not those that were chained"
    try:
        envelope = unseal(row.state)
    except ValueError as error:
        return f"position {expected}: {error}"
    if _columns(envelope) != (row.position, row.stream, row.version, row.topic, row.recorded_at):
        return f"the columns of position {expected} differ from its bytes"
    if row.version != versions.get(row.stream, 0) + 1:
        return f"position {expected} is version {row.version} of {row.stream}, out of order"
    if row.recorded_at < last_time:
        return f"position {expected} was recorded before the event ahead of it"
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
    kept = log.commands()
    wrong = sorted(name for name in spans.keys() | kept.keys() if spans.get(name) != kept.get(name))
    return [
        Fault(
            Check.COMMANDS,
            spans[name][1] if name in spans else None,
            f"command {name} is not as recorded",
        )
        for name in wrong
    ]


def _verify_views(log: EventLog, views: Views, result: Verification) -> None:
    """Build the views anew elsewhere and compare every row of every table."""
    views.catch_up(log)
    with tempfile.TemporaryDirectory() as folder:
        fresh = Views(Path(folder) / "views.sqlite")
        fresh.rebuild(log)
        for table in metadata.sorted_tables:
            result.tables += 1
            for kept, made in zip_longest(views.rows(table), fresh.rows(table)):
                if kept != made:
                    first = (kept or made or ("?",))[0]
                    message = f"{table.name} differs from a rebuild at {first!r}; run `ofl rebuild`"
                    result.faults.append(Fault(Check.VIEWS, None, message))
                    break
        fresh.close()


def _verify_decisions(ledger: Ledger, result: Verification) -> None:
    """Run policy again on the facts each assessment had; it must decide what was recorded."""
    for name, state in ledger.agreements().items():
        if state.sealed:
            message = (
                f"{name}: {len(state.sealed)} people's facts cannot be opened, so its decisions "
                "cannot be repeated"
            )
            result.faults.append(Fault(Check.DECISIONS, None, message))
            continue
        for fault in _replay(ledger, name, result):
            result.faults.append(fault)
            break


def _replay(ledger: Ledger, name: str, result: Verification) -> Iterator[Fault]:
    events = list(ledger.read(agreement_stream(name)))
    laws = ledger.law_events()
    law, state, taken = LawState(), AgreementState(name), 0
    for index, recorded in enumerate(events):
        first_of_command = index == 0 or events[index - 1].command != recorded.command
        if isinstance(recorded.event, PaymentProposed) and first_of_command:
            message = _propose_again(state, recorded, events[index:])
            if message is not None:
                yield Fault(Check.DECISIONS, recorded.position, message)
        if isinstance(recorded.event, AssessmentMade):
            while taken < len(laws) and laws[taken].position <= recorded.event.facts_to:
                law.apply(laws[taken])
                taken += 1
            result.assessments += 1
            message = _repeat(law, state, recorded, recorded.event, events[index:])
            if message is not None:
                yield Fault(Check.DECISIONS, recorded.position, message)
        state.apply(recorded)


def _propose_again(
    state: AgreementState, recorded: Recorded, following: list[Recorded]
) -> str | None:
    """What differs when payments are proposed again from what was owed; None if nothing."""
    same_command = [each.event for each in following if each.command == recorded.command]
    again = [new.event for new in propose(state, recorded.effective_on)[0]]
    return None if again == same_command else "what was owed then gives other payments"


def _repeat(
    law: LawState,
    state: AgreementState,
    recorded: Recorded,
    made: AssessmentMade,
    following: list[Recorded],
) -> str | None:
    """What differs when an assessment is made again on the same facts; None if nothing."""
    if made.policy_version != VERSION:
        return (
            f"{made.assessment} was made by policy version {made.policy_version}, "
            f"this program has {VERSION}; verify it with the program of that version"
        )
    try:
        again = decide(law, state, made.until, made.facts_to)
    except NoTariffError as error:
        return f"{made.assessment} cannot be repeated: {error}"
    same_command = [each.event for each in following if each.command == recorded.command]
    if [new.event for new in again] != same_command:
        return f"{made.assessment}: policy on the recorded facts gives other decisions"
    return None
