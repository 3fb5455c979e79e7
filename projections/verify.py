"""Proof that nothing was altered: chain, checkpoints, views, and the decisions done over again."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC
from itertools import islice, zip_longest
from pathlib import Path

from eventsourcing.persistence import PersistenceError
from sqlalchemy import Table
from sqlalchemy.exc import SQLAlchemyError

from ledger.decide.decision import FUND_STREAM
from ledger.decide.fund import FundState
from ledger.decide.state import AgreementState
from ledger.events import PaymentInstructed
from ledger.money import ZERO
from ledger.service import Ledger
from ledger.store import checkpoint, timestamp
from ledger.store.codec import UnknownTopicError
from ledger.store.database import Database
from ledger.store.log import EventLog
from ledger.store.vault import VaultKeyError
from projections.chain import Known, verify_chain
from projections.follow import Progress, Views, quiet
from projections.repeat import not_as_decided
from projections.reported import broken
from projections.verification import Check, Fault, Kind, Verification
from projections.views import metadata

_CANNOT_FOLLOW = (ValueError, LookupError, TypeError, AssertionError, ArithmeticError)
"""What events that no command recorded may make of the program that reads them."""

_CANNOT_READ = (sqlite3.Error, PersistenceError)


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


def _read_checkpoints(ledger: Ledger, against: Sequence[Path], result: Verification) -> Known:
    """The checkpoints that can be believed."""
    known: Known = {}
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
            result.faults += islice(not_as_decided(ledger, name, state.erased, result), 1)
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
