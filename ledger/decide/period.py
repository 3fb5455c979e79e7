"""Closing the books of a period, and opening the last one again.

Periods are calendar months, quarters and years. They close in order and without a gap, so that the
days that are closed are always one stretch, up to and not including `PeriodState.closed_until`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from ledger import events as e
from ledger.dates import Period, add_months
from ledger.decide.decision import PERIODS_STREAM, New, numbered
from ledger.decide.four_eyes import another_person
from ledger.decide.people_state import PeopleState
from ledger.decide.refusal import AlreadyDone, NotFound, OutOfOrder, Refusal
from ledger.events import Recorded
from ledger.model import Position
from ledger.money import Amount

_NAME = re.compile(r"([0-9]{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)
_LISTED_MAX = 10


class Unreconciled(Refusal):
    """The bank and the books do not agree on the period yet."""


def period_of(name: str) -> Period:
    """The days of 2025, 2025-Q4 or 2025-10.

    Raises:
        NotFound: for any other text.
    """
    found = _NAME.fullmatch(name)
    if found is None or found[1] < "1900" or found[1] > "9000":
        message = f"{name!r} is not a period; write 2025, 2025-Q4 or 2025-10"
        raise NotFound(message)
    year, quarter, month = found.groups()
    first = int(month) if month else 3 * int(quarter or 1) - 2
    months = 1 if month else 3 if quarter else 12
    start = date(int(year), first, 1)
    return Period(start, add_months(start, months))


@dataclass(frozen=True, slots=True)
class Books:
    """What was found out about a period's books, over all events up to `covers`.

    `days` are those that would be closed, with any before the period that no close has taken in.
    """

    covers: Position
    trial_balance: str
    turnover: Amount
    first_line: date | None
    """The first day that money counts on and that is not closed; None if there is none."""
    unreconciled: tuple[str, ...]
    """On what the bank and the books do not agree, of the days that would be closed."""


Verified = Literal["sound", "unverifiable"]
"""What a verification may say for a period to be closed; what was tampered with is not closed."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The verification and the checkpoint that were made before a period is closed."""

    verification: Verified
    checkpoint_size: int
    checkpoint_root: str


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a period is closed although something is not as it should be; recorded with it."""

    unreconciled: str | None = None
    unverifiable: str | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """A close that has not been undone."""

    position: Position
    event: e.PeriodClosed


@dataclass(slots=True)
class PeriodState:
    """Which periods are closed, and who asked for one to be opened again."""

    version: int = 0
    closed: list[Closing] = field(default_factory=list)
    """In the order in which they were closed, which is that of their days."""
    requested: tuple[Position, str, e.PeriodReopenRequested] | None = None
    """The request on the period closed last: its position, who made it, and what it says."""

    @property
    def closed_until(self) -> date | None:
        """The first day that is open again; None if nothing is closed."""
        return self.closed[-1].event.until if self.closed else None

    def apply(self, recorded: Recorded) -> None:
        """Take in the next event of the stream."""
        self.version = recorded.version
        match recorded.event:
            case e.PeriodClosed() as closed:
                self.closed.append(Closing(recorded.position, closed))
                self.requested = None
            case e.PeriodReopenRequested() as asked:
                self.requested = (recorded.position, recorded.actor, asked)
            case e.PeriodReopened():
                self.closed.pop()
                self.requested = None


def check_closable(state: PeriodState, name: str, today: date) -> Period:
    """The days of a period that is over and can be closed next, as far as the closed ones say.

    Raises:
        NotFound: if it is no period.
        AlreadyDone: if it, or part of it, is closed.
        OutOfOrder: if it is not over.
    """
    days = period_of(name)
    until = state.closed_until
    if until is not None and days.start < until:
        last = state.closed[-1].event.period
        message = f"the books are closed up to {until} (by {last}), so {name} cannot be closed"
        raise AlreadyDone(message)
    if today < days.end:
        message = f"{name} is not over; it can be closed from {days.end} on"
        raise OutOfOrder(message)
    return days


def close(
    state: PeriodState, name: str, today: date, books: Books, proof: Proof, reasons: Reasons
) -> list[New]:
    """The close of a period whose books were looked at.

    Raises:
        NotFound: if it is no period.
        AlreadyDone: if it, or part of it, is closed.
        OutOfOrder: if it is not over, or money counts on days before it that are not closed.
        Unreconciled: if the bank and the books do not agree, and no reason is given.
    """
    days = check_closable(state, name, today)
    if books.first_line is not None and books.first_line < days.start:
        message = (
            f"money counts on {books.first_line}, which is before {name} and not closed; close the "
            "periods before it first"
        )
        raise OutOfOrder(message)
    if books.unreconciled and reasons.unreconciled is None:
        more = len(books.unreconciled) - _LISTED_MAX
        told = "; ".join(books.unreconciled[:_LISTED_MAX]) + (f"; {more} more" if more > 0 else "")
        message = (
            f"{name} is not reconciled: {told}. `ofl bank open` tells more. Settle them, or close "
            "it with --even-though-unreconciled and the reason, which is recorded"
        )
        raise Unreconciled(message)
    closed = e.PeriodClosed(
        period=name,
        start=days.start,
        until=days.end,
        covers=books.covers,
        trial_balance=books.trial_balance,
        turnover=books.turnover,
        checkpoint_size=proof.checkpoint_size,
        checkpoint_root=proof.checkpoint_root,
        verification=proof.verification,
        even_though_unverifiable=(
            reasons.unverifiable if proof.verification == "unverifiable" else None
        ),
        unreconciled=len(books.unreconciled),
        even_though_unreconciled=reasons.unreconciled if books.unreconciled else None,
    )
    return numbered(PERIODS_STREAM, state.version, [(today, closed)])


def reopen(
    state: PeriodState,
    name: str,
    people: PeopleState,
    actor: str,
    reason: str | None,
    today: date,
) -> list[New]:
    """A request to open the period closed last again; or its opening, if another person asked.

    Raises:
        NotFound: if the period is not closed.
        OutOfOrder: if a later one is closed, or nobody has given a reason yet.
        FourEyes: if the person asked already; another one must agree.
        NotAllowed, SingleUser: as `another_person` does.
    """
    last = state.closed[-1] if state.closed else None
    if name not in {each.event.period for each in state.closed}:
        message = f"{name} is not closed; `ofl period list` tells what is"
        raise NotFound(message)
    assert last is not None
    if last.event.period != name:
        message = f"{last.event.period} was closed after {name}, and must be opened again first"
        raise OutOfOrder(message)
    if state.requested is None:
        if reason is None:
            message = f"nobody has asked for {name} to be opened again; ask with --reason"
            raise OutOfOrder(message)
        asked = e.PeriodReopenRequested(period=name, closed_at=last.position, reason=reason)
        return numbered(PERIODS_STREAM, state.version, [(today, asked)])
    position, who, _ = state.requested
    did = f"asked for {name} to be opened again"
    another_person(people, actor, {position: who}, did, "agree")
    opened = e.PeriodReopened(period=name, closed_at=last.position, requested_at=position)
    return numbered(PERIODS_STREAM, state.version, [(today, opened)])
