"""Both clocks: what an answer may know, and by which day it counts.

An answer as known at a position and effective by a day is the answer of a ledger that holds only
the events up to that position that count on that day or before. So it is the same whenever it is
asked for, whatever was recorded since.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from ledger.dates import danish_midnight, parse_date
from ledger.decide.decision import agreement_stream
from ledger.decide.refusal import NotFound, Refusal
from ledger.decide.state import LawState
from ledger.events import AgreementAmended, AgreementSigned, Recorded
from ledger.model import Position
from ledger.service import Ledger
from ledger.store import codec
from ledger.store.envelope import timestamp
from ledger.store.log import EventLog
from ledger.terms.agreement import Terms
from projections import views as v
from projections.follow import Views, apply_events
from projections.home import WRITING

_POSITION = re.compile(r"[0-9]{1,15}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_FOLDED_AT_ONCE = 2_000


class NoSuchMoment(Refusal):
    """What was known then cannot be told: it is no moment of this ledger, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Up to where an answer knows: the last event's position, time and chain value.

    `on` is the day by which what it tells counts; None if any day does.
    """

    position: int
    recorded_at: str
    chain: str
    on: date | None = None

    def holds(self, recorded: Recorded) -> bool:
        """Whether an event is known, and counts."""
        return recorded.position <= self.position and (
            self.on is None or recorded.effective_on <= self.on
        )


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an agreement's terms or of a table of rules, and the event that made it."""

    name: str
    number: int
    position: int
    counts_from: date


@dataclass(frozen=True, slots=True)
class Versions:
    """The terms and the rules that an answer goes by, the newest of each."""

    terms: tuple[Version, ...]
    rules: tuple[Version, ...]


def stamp(views: Views) -> Stamp:
    """Where the views stand."""
    with views.engine.connect() as connection:
        row = connection.execute(select(v.progress)).one()
        return Stamp(row.position, row.recorded_at, row.chain)


def head(log: EventLog) -> Stamp:
    """Where the events stand."""
    position, recorded_at, chain = log.head()
    return Stamp(position, recorded_at, chain.hex())


def moment(log: EventLog, views: Views, known_at: str | None, on: date | None) -> Stamp:
    """The stamp of an answer as known at a position or time, effective by a day.

    `known_at` is a position, a time with its zone, or a day, which means the end of it in Denmark.
    If it is not given, all that the views have taken in is known.

    Raises:
        NoSuchMoment: if it cannot be read, or is before the ledger or beyond what it knows.
    """
    newest = stamp(views)
    if known_at is None:
        return replace(newest, on=on)
    position = _position(log, known_at, newest)
    place = log.place(position)
    assert place is not None
    return Stamp(place[0], place[1], place[2].hex(), on)


def _position(log: EventLog, known_at: str, newest: Stamp) -> int:
    here = f"the last event, {newest.position}, was recorded {newest.recorded_at}"
    if _POSITION.fullmatch(known_at):
        position = int(known_at)
        if not 1 <= position <= newest.position:
            message = f"there is no event {position}; {here}"
            raise NoSuchMoment(message)
        return position
    until = _time(known_at)
    if until > newest.recorded_at:
        message = (
            f"{known_at} is beyond what is recorded, and what was known then may still grow; "
            f"{here}: say --known-at {newest.position}"
        )
        raise NoSuchMoment(message)
    position = log.known_by(until)
    if not position:
        first = log.place(1)
        message = f"{known_at} is before the ledger was opened, at {first[1] if first else '?'}"
        raise NoSuchMoment(message)
    return position


def _time(known_at: str) -> str:
    """The last time that is meant, as events carry it."""
    try:
        if _DAY.fullmatch(known_at):
            # Up to the last microsecond of the day, however long the day is.
            end = danish_midnight(parse_date(known_at) + timedelta(days=1))
            return timestamp(end - timedelta(microseconds=1))
        found = datetime.fromisoformat(known_at)
        if found.tzinfo is None:
            message = f"{known_at} is at no certain time; add its zone, as in {known_at}Z or +01:00"
            raise NoSuchMoment(message)
        return timestamp(found)
    except (ValueError, OverflowError):
        message = (
            f"{known_at!r} is no position or time; write it as 2492, 2026-03-31 or "
            "2026-03-31T12:00:00Z"
        )
        raise NoSuchMoment(message) from None


def versions(views: Views, at: Stamp, agreement: str | None = None) -> Versions:
    """The newest versions that are known and count: of one agreement's terms or all, of rules."""
    table = v.version.c
    number = func.max(table.number).label("number")
    newest = select(table.kind, table.name, number).where(table.position <= at.position)
    if at.on is not None:
        newest = newest.where(table.counts_from <= at.on)
    if agreement is not None:
        newest = newest.where((table.kind == "rules") | (table.name == agreement))
    chosen = newest.group_by(table.kind, table.name).subquery()
    same = (
        (table.kind == chosen.c.kind)
        & (table.name == chosen.c.name)
        & (table.number == chosen.c.number)
    )
    query = select(v.version).join(chosen, same).order_by(table.kind, table.name)
    found: dict[str, list[Version]] = {"terms": [], "rules": []}
    with views.engine.connect() as connection:
        for row in connection.execute(query):
            version = Version(row.name, row.number, row.position, row.counts_from)
            found[row.kind].append(version)
    return Versions(tuple(found["terms"]), tuple(found["rules"]))


def terms_at(ledger: Ledger, by: Versions, agreement: str) -> Terms:
    """The terms of an agreement in a version.

    Raises:
        NotFound: if it was not signed by then.
    """
    for each in by.terms:
        (made,) = ledger.at(Position(each.position))
        assert isinstance(made.event, AgreementSigned | AgreementAmended)
        return made.event.terms
    message = f"there is no agreement {agreement!r} at that moment; `ofl agreement list` names them"
    raise NotFound(message)


def law_at(ledger: Ledger, at: Stamp) -> LawState:
    """The opening, rules and tariffs that were known; each rule and tariff has days of its own."""
    law = LawState()
    for recorded in ledger.law_events():
        if recorded.position <= at.position:
            law.apply(recorded)
    return law


@contextmanager
def views_at(
    ledger: Ledger, views: Views, at: Stamp, agreement: str | None = None
) -> Iterator[Views]:
    """The views as they are of a moment, but for the journal; of one agreement if it is given.

    The views themselves where they are at that moment; or else made of the events that it holds.
    """
    if at == stamp(views):
        yield views
        return
    with tempfile.TemporaryDirectory() as folder:
        made = Views(Path(folder) / "views.sqlite")
        made.create()
        for batch in _held(ledger.log, at, agreement):
            with made.engine.execution_options(ofl_use=WRITING).begin() as connection:
                apply_events(connection, batch)
        try:
            yield made
        finally:
            made.close()


def _held(log: EventLog, at: Stamp, agreement: str | None) -> Iterator[list[Recorded]]:
    """The events of a moment, some at a time."""
    batch: list[Recorded] = []
    for recorded in events_at(log, at, agreement):
        batch.append(recorded)
        if len(batch) >= _FOLDED_AT_ONCE:
            yield batch
            batch = []
    yield batch


def events_at(log: EventLog, at: Stamp, agreement: str | None = None) -> Iterator[Recorded]:
    """The events of a moment by position, of one agreement or all, what is personal left shut."""
    if agreement is not None:
        stored = log.select_events(agreement_stream(agreement))
        yield from filter(at.holds, (codec.decode(each.state) for each in stored))
        return
    for batch in log.batches():
        for row in batch:
            if row.position > at.position:
                return
            recorded = codec.decode(row.state)
            if at.holds(recorded):
                yield recorded
