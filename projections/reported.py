"""Trial balances of periods: as reported when they were closed, and as restated since.

**As reported** is what was booked in a period, of the events that its close covers. **As restated**
is what counts in the period by its value date, of all events known. Each line in which they differ
came in late, and is told with the event that it came by.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select

from ledger import events as e
from ledger.dates import Period
from ledger.decide.decision import PERIODS_STREAM
from ledger.decide.period import period_of
from ledger.decide.refusal import OutOfOrder, Refusal
from ledger.events import Recorded
from ledger.model import Position
from ledger.money import Amount
from ledger.service import Ledger
from projections import views as v
from projections.balances import WORDS
from projections.follow import Views
from projections.moment import Stamp, stamp

_TITLE = "outcome-fund-ledger trial balance v1"
_COLUMNS = (
    "book", "role", "agreement", "account", "counterparty", "opening", "debit", "credit", "closing",
)  # fmt: skip


class NotAsClosed(Refusal):
    """The books of a closed period are no longer those that were closed."""


@dataclass(frozen=True, slots=True)
class Row:
    """One account in a trial balance; debit above zero, credit below."""

    book: str
    role: str
    agreement: str
    account: str
    counterparty: str
    opening: Amount
    debit: Amount
    credit: Amount

    @property
    def closing(self) -> Amount:
        """What it ends with."""
        return self.opening + self.debit - self.credit

    @property
    def words(self) -> tuple[str, ...]:
        """What names the account."""
        return self.book, self.role, self.agreement, self.account, self.counterparty


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Every account that holds something at a period's beginning or moves in it."""

    period: str
    days: Period
    covers: int
    currency: str
    rows: tuple[Row, ...]

    @property
    def turnover(self) -> Amount:
        """All debits; the credits come to the same."""
        return Amount(sum(row.debit.minor for row in self.rows))

    def text(self) -> str:
        """The form that is hashed: UTF-8, a line each, tabs between, amounts as 90420.00."""
        lines = [
            _TITLE,
            f"period\t{self.period}",
            f"from\t{self.days.start}",
            f"until\t{self.days.end}",
            f"covers\t{self.covers}",
            f"currency\t{self.currency}",
            "\t".join(_COLUMNS),
        ]
        for row in self.rows:
            amounts = (row.opening, row.debit, row.credit, row.closing)
            lines.append("\t".join([*row.words, *map(str, amounts)]))
        lines.append(f"turnover\t{self.turnover}")
        return "".join(f"{line}\n" for line in lines)

    def sha256(self) -> str:
        """The hash of the text, as the period's close carries it."""
        return hashlib.sha256(self.text().encode()).hexdigest()


def trial_balance(
    views: Views, name: str, days: Period, covers: int, currency: str, *, restated: bool = False
) -> TrialBalance:
    """What was booked in a period by the events up to a position; or what counts in it."""
    line = v.line.c
    day = line.value_date if restated else line.booked_on
    within = day >= days.start
    query = (
        select(
            *WORDS,
            func.sum(case((within, 0), else_=line.amount)),
            func.sum(case((and_(within, line.amount > 0), line.amount), else_=0)),
            func.sum(case((and_(within, line.amount < 0), -line.amount), else_=0)),
        )
        .join_from(v.account, v.line, line.account_id == v.account.c.id)
        .where(line.position <= covers, day < days.end)
        .group_by(*WORDS)
        .order_by(*WORDS)
    )
    with views.engine.connect() as connection:
        found = [
            Row(*row[:5], *(Amount(int(minor)) for minor in row[5:]))
            for row in connection.execute(query)
        ]
    rows = tuple(row for row in found if row.opening or row.debit or row.credit)
    return TrialBalance(name, days, covers, currency, rows)


def currency_of(ledger: Ledger) -> str:
    """The ledger's one currency."""
    opened = ledger.law().opened
    return opened.currency if opened else ""


@dataclass(frozen=True, slots=True)
class Closed:
    """A period's close, and where it was opened again, as known at some position."""

    closed: Recorded
    event: e.PeriodClosed
    requested: Recorded | None
    reopened: Recorded | None

    @property
    def state(self) -> Literal["closed", "reopened"]:
        """Whether it is closed still."""
        return "closed" if self.reopened is None else "reopened"


@dataclass(frozen=True, slots=True)
class Cause:
    """The event by which a line came in: what it is about, who acted, and what it corrects."""

    position: int
    topic: str
    recorded_at: str
    actor: str
    about: str | None
    assessment: str | None
    corrects: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A line that counts in the period and was not reported in it (+); or the other way round (−).

    `amount` is what it adds to what was reported.
    """

    words: tuple[str, ...]
    value_date: date
    booked_on: date
    amount: Amount
    cause: Cause


@dataclass(frozen=True, slots=True)
class Restated:
    """A trial balance as restated, and each line that makes it another than was reported."""

    balance: TrialBalance
    differences: tuple[Difference, ...]


def closings(ledger: Ledger, position: int) -> list[Closed]:
    """Every close known at a position, in order."""
    found: dict[int, Closed] = {}
    asked: Recorded | None = None
    for recorded in ledger.read(PERIODS_STREAM):
        if recorded.position > position:
            break
        match recorded.event:
            case e.PeriodClosed() as event:
                found[recorded.position] = Closed(recorded, event, None, None)
            case e.PeriodReopenRequested(closed_at=at):
                asked = recorded
                known = found[at]
                found[at] = Closed(known.closed, known.event, asked, None)
            case e.PeriodReopened(closed_at=at):
                known = found[at]
                found[at] = Closed(known.closed, known.event, known.requested, recorded)
    return list(found.values())


def closing(ledger: Ledger, name: str, position: int) -> Closed:
    """The last close of a period that is known at a position, whether opened again since or not.

    Raises:
        NotFound: if it is no period.
        OutOfOrder: if it was not closed by then.
    """
    period_of(name)
    found = [each for each in closings(ledger, position) if each.event.period == name]
    if not found:
        message = f"{name} is not closed; `ofl period close {name}` closes it"
        raise OutOfOrder(message)
    return found[-1]


def as_reported(ledger: Ledger, views: Views, closed: Closed) -> tuple[TrialBalance, Stamp]:
    """The trial balance of a close, and the stamp of the last event that it covers.

    Raises:
        NotAsClosed: if it is no longer what was hashed when it was closed.
    """
    event = closed.event
    days = Period(event.start, event.until)
    balance = trial_balance(views, event.period, days, event.covers, currency_of(ledger))
    if balance.sha256() != event.trial_balance:
        message = (
            f"the books of {event.period} are no longer those that were closed; run `ofl rebuild`, "
            "and `ofl verify`"
        )
        raise NotAsClosed(message)
    place = ledger.log.place(event.covers)
    assert place is not None
    return balance, Stamp(place[0], place[1], place[2].hex())


def as_restated(ledger: Ledger, views: Views, closed: Closed, at: Stamp) -> Restated:
    """What counts in a closed period by all that is known at a moment, and why it differs."""
    event = closed.event
    days = Period(event.start, event.until)
    currency = currency_of(ledger)
    balance = trial_balance(views, event.period, days, at.position, currency, restated=True)
    line = v.line.c
    reported = and_(line.position <= event.covers, _within(line.booked_on, days))
    counts = and_(line.position <= at.position, _within(line.value_date, days))
    query = (
        select(v.line, reported.label("reported"))
        .where(or_(and_(reported, not_(counts)), and_(counts, not_(reported))))
        .order_by(line.position, line.number)
    )
    causes: dict[int, Cause] = {}
    differences = []
    with views.engine.connect() as connection:
        for row in connection.execute(query):
            if row.position not in causes:
                causes[row.position] = _cause(ledger, row.position)
            differences.append(
                Difference(
                    (row.book, row.role, row.agreement, row.account, row.counterparty),
                    row.value_date,
                    row.booked_on,
                    Amount(-row.amount if row.reported else row.amount),
                    causes[row.position],
                )
            )
    return Restated(balance, tuple(differences))


def _within(day: ColumnElement[date], days: Period) -> ColumnElement[bool]:
    return and_(day >= days.start, day < days.end)


def _cause(ledger: Ledger, position: int) -> Cause:
    (recorded,) = ledger.at(position)
    event = recorded.event
    about = next(
        (value for name in ("claim", "payment", "drawdown", "call", "agreement")
         if isinstance(value := getattr(event, name, None), str)),
        None,
    )  # fmt: skip
    assessed_at = getattr(event, "assessed_at", None)
    made = ledger.at(assessed_at)[0].event if assessed_at else None
    return Cause(
        recorded.position,
        event.topic,
        recorded.recorded_at,
        recorded.actor,
        about,
        made.assessment if isinstance(made, e.AssessmentMade) else None,
        getattr(event, "corrects", None),
    )


def broken(ledger: Ledger, views: Views) -> list[tuple[Position, str]]:
    """The closes whose books are no longer what was hashed: their positions and periods."""
    found = []
    for each in closings(ledger, stamp(views).position):
        event = each.event
        days = Period(event.start, event.until)
        balance = trial_balance(views, event.period, days, event.covers, currency_of(ledger))
        if balance.sha256() != event.trial_balance:
            found.append((each.closed.position, event.period))
    return found
