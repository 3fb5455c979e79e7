"""Views with the books of a large fund, made up: 1,000 agreements over five years.

Most money is outcomes, measured and assessed one to four months after the day on which they count;
some facts come a year late. Payments are booked within days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from random import Random

from sqlalchemy import insert, update

from projections import views as v
from projections.follow import Views
from projections.home import WRITING, marked
from projections.journal import keep_totals

AGREEMENTS = 1_000
FIRST, DAYS = date(2021, 1, 4), 5 * 365
_AT_ONCE = 20_000
_WORD_COLUMNS = ("book", "role", "agreement", "account", "counterparty")
_INVESTORS, _PAYERS = ("dsi", "council-fund"), ("state-fund", "town")
_ROLES = {"state-fund": "outcome_payer", "town": "co_payer"}
_NEVER_PAID = 10
"""One payment in so many is not settled."""
_A_YEAR_LATE = 50
"""One outcome in so many is heard of a year after."""

Entry = tuple[str, str, str, str, str, int]
"""The words of an account, and minor units."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What one event books, and when: recorded on one day, counting on another."""

    recorded_on: date
    value_date: date
    entries: tuple[Entry, ...]


def _owed(agreement: str, payer: str, payee: str, minor: int) -> Iterator[Entry]:
    role = _ROLES[payer]
    yield payer, role, agreement, "outcome-expense", payee, minor
    yield payer, role, agreement, "payable", payee, -minor
    yield payee, "investor", agreement, "receivable", payer, minor
    yield payee, "investor", agreement, "outcome-income", payer, -minor


def _paid(agreement: str, payer: str, payee: str, minor: int) -> Iterator[Entry]:
    role = _ROLES[payer]
    yield payer, role, agreement, "payable", payee, minor
    yield payer, role, agreement, "bank", "", -minor
    yield payee, "investor", agreement, "bank", "", minor
    yield payee, "investor", agreement, "receivable", payer, -minor


def _events(random: Random, lines: int) -> list[Posted]:
    """Outcomes of random agreements, shared by both payers; and their payments."""
    made: list[Posted] = []
    count = 0
    while count < lines:
        agreement = f"agreement-{random.randrange(AGREEMENTS):04d}"
        counts_on = FIRST + timedelta(days=random.randrange(DAYS))
        days = (20, 120) if random.randrange(_A_YEAR_LATE) else (300, 400)
        late = random.randint(*days)
        recorded_on = counts_on + timedelta(days=late)
        minor = random.randint(1, 10_000_000)
        parts = [(payer, payee) for payer in _PAYERS for payee in _INVESTORS]
        owed = tuple(e for part in parts for e in _owed(agreement, *part, minor))
        made.append(Posted(recorded_on, counts_on, owed))
        count += len(owed)
        for part in parts:
            if random.randrange(_NEVER_PAID):
                paid_on = recorded_on + timedelta(days=random.randint(5, 30))
                seen_on = paid_on + timedelta(days=random.randint(0, 4))
                paid = tuple(_paid(agreement, *part, minor))
                made.append(Posted(seen_on, paid_on, paid))
                count += len(paid)
    return sorted(made, key=lambda each: each.recorded_on)


def fill(views: Views, lines: int, seed: int = 1) -> int:
    """Fill empty views with about so many lines; how many there are."""
    events = _events(Random(seed), lines)  # noqa: S311 - figures of nobody
    words = sorted({entry[:5] for each in events for entry in each.entries})
    ids = {account: number for number, account in enumerate(words, start=1)}
    columns = ("id", *_WORD_COLUMNS)
    rows = (
        (position, number, entry[2], entry[0], entry[1], entry[3], entry[4],
         each.value_date.isoformat(), entry[5], each.value_date.isoformat(), ids[entry[:5]])
        for position, each in enumerate(events, start=1)
        for number, entry in enumerate(each.entries, start=1)
    )  # fmt: skip
    filled = 0
    with views.engine.execution_options(ofl_use=WRITING).begin() as connection:
        named = [dict(zip(columns, (ids[each], *each), strict=True)) for each in words]
        connection.execute(insert(v.account), named)
        values = ",".join("?" * len(v.line.columns))
        statement = marked(connection, f"INSERT INTO line VALUES ({values})")  # noqa: S608
        while chunk := list(islice(rows, _AT_ONCE)):
            connection.exec_driver_sql(statement, chunk)
            filled += len(chunk)
        at = [position for position, each in enumerate(events, start=1) for _ in each.entries]
        keep_totals(connection, at)
        last = {
            "position": len(events),
            "recorded_at": f"{events[-1].recorded_on}T12:00:00.000000Z",
        }
        connection.execute(update(v.progress).values(**last))
    return filled
