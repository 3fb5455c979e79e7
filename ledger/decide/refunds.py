"""Statements of refund: what a municipality claimed for an agreement's people, by the quarter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ledger import events as e
from ledger.dates import Period, add_months
from ledger.decide.decision import New, numbered
from ledger.decide.refusal import FileRefused, Finding
from ledger.decide.rows import Batch, RefundRow
from ledger.decide.state import AgreementState
from ledger.events import Recorded

Quarter = tuple[int, int]
"""A year and one of its quarters, from 1."""
Stated = tuple[str, Quarter]
"""What is stated once: agreement and quarter."""


def refund_stream(municipality: str) -> str:
    """The stream of what a municipality has stated."""
    return f"refund/{municipality}"


def days_of(quarter: Quarter) -> Period:
    """The days of a quarter."""
    year, number = quarter
    start = date(year, 3 * number - 2, 1)
    return Period(start, add_months(start, 3))


def quarter_before(day: date) -> Quarter:
    """The last quarter that was over on a day."""
    number = (day.month - 1) // 3
    return (day.year, number) if number else (day.year - 1, 4)


@dataclass(slots=True)
class RefundState:
    """What one municipality has stated, the newest of each."""

    municipality: str
    version: int = 0
    stated: dict[Stated, e.RefundStated] = field(default_factory=dict)

    def apply(self, recorded: Recorded) -> None:
        """Take in the next event of the municipality's stream."""
        self.version = recorded.version
        if isinstance(event := recorded.event, e.RefundStated):
            self.stated[event.agreement, (event.year, event.quarter)] = event


def record(
    states: Mapping[str, AgreementState],
    known: Mapping[str, RefundState],
    batch: Batch[RefundRow],
    on: date,
) -> list[New]:
    """The statements that are new, or differ from what was stated before."""
    _check(states, batch, on)
    news: list[New] = []
    for municipality, state in known.items():
        fresh = [
            _stated(row.value, batch, row.number)
            for row in batch.rows
            if row.value.municipality == municipality
        ]
        changed = [
            (days_of((each.year, each.quarter)).end, each)
            for each in fresh
            if _said(state.stated.get((each.agreement, (each.year, each.quarter)))) != _said(each)
        ]
        news += numbered(refund_stream(municipality), state.version, changed)
    return news


def _stated(row: RefundRow, batch: Batch[RefundRow], number: int) -> e.RefundStated:
    year, quarter = row.quarter
    return e.RefundStated(
        municipality=row.municipality,
        agreement=row.agreement,
        year=year,
        quarter=quarter,
        nights=row.nights,
        refunded_nights=row.refunded_nights,
        refund=row.refund,
        source=batch.source(number),
    )


def _said(event: e.RefundStated | None) -> tuple[object, ...]:
    return (event.nights, event.refunded_nights, event.refund) if event else ()


def _check(states: Mapping[str, AgreementState], batch: Batch[RefundRow], on: date) -> None:
    """Refuse unknown agreements and parties, quarters to come, and two lines for one quarter."""
    findings, first = [], dict[object, int]()
    for row in batch.rows:
        value = row.value
        state = states.get(value.agreement)
        if state is None:
            message = f"there is no agreement of that name (agreements: {', '.join(states)})"
            findings.append(Finding(row.number, "agreement", message))
            continue
        parties = sorted(party.id for party in state.terms.parties)
        if value.municipality not in parties:
            message = f"{value.agreement} has no such party (parties: {', '.join(parties)})"
            findings.append(Finding(row.number, "municipality", message))
        if days_of(value.quarter).end > on:
            message = "the quarter is not over yet, so nothing can be claimed for it"
            findings.append(Finding(row.number, "quarter", message))
        key = (value.municipality, value.agreement, value.quarter)
        if first.setdefault(key, row.number) != row.number:
            message = f"row {first[key]} states the same agreement and quarter; keep one"
            findings.append(Finding(row.number, "quarter", message))
    if findings:
        raise FileRefused(batch.file, findings)
