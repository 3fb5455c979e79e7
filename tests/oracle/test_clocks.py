"""Balances on both clocks, and closed periods, against a naive oracle on random histories."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from ledger.dates import Period
from projections import journal
from projections.balances import balance, balances
from projections.follow import Views
from projections.moment import Stamp
from projections.reported import as_reported, as_restated, closings
from tests.cast import AGREEMENTS
from tests.closings import ClosingHistory, play_with_closes
from tests.histories import scratch
from tests.oracle import clocks
from tests.postgres import fresh_database

OFTEN = {
    "DrawdownCalled:1", "CapitalReceived:1", "EntitlementCalculated:1", "AdjustmentDecided:1",
    "ClawbackDemanded:1", "ClawbackRepaid:1", "PaymentSettled:1", "GuaranteeCalled:1",
    "CommitmentGiven:1", "CommitmentAnnulled:1",
}  # fmt: skip
"""Events that move money and are in many histories."""
EVERY = OFTEN | {
    "CapitalReversed:1", "PaymentReturned:1", "SettlementReversed:1", "ClawbackWithdrawn:1",
    "RepaymentReversed:1", "WrittenOff:1", "GuaranteeReversed:1", "CommitmentReestimated:1",
    "CommitmentDrawn:1",
}  # fmt: skip
"""With those that are in few."""

WORKERS = 4
STEPS = 18
MOMENTS = 12
HISTORIES = [
    (12, 4, OFTEN),
    pytest.param(500, 1, EVERY, marks=[pytest.mark.long, pytest.mark.timeout(7_200)]),
]
"""So many histories a worker, every how manieth on PostgreSQL too, and what must be in them."""


@contextmanager
def told(seed: int) -> Iterator[tuple[ClosingHistory, list[bytes]]]:
    """A history, and its events as they are stored."""
    with scratch() as folder:
        history = play_with_closes(Path(folder), seed, STEPS)
        history.views.catch_up(history.ledger().log)
        rows = (row for batch in history.ledger().log.batches() for row in batch)
        try:
            yield history, [row.state for row in rows]
        finally:
            history.close()


@pytest.fixture(autouse=True)
def many_totals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Running totals every few lines, so that small histories have some."""
    monkeypatch.setattr(journal, "LINES_PER_TOTAL", 5)


@pytest.mark.parametrize("worker", range(WORKERS))
@pytest.mark.parametrize(("histories", "every", "expected"), HISTORIES)
def test_both_engines_agree_with_the_oracle_at_any_moment(
    worker: int, histories: int, every: int, expected: set[str], postgres: str
) -> None:
    met: Counter[str] = Counter()
    with fresh_database(postgres) as server:
        on_server = Views(server)
        for number in range(histories):
            seed = worker * histories + number
            with told(seed) as (history, stored):
                engines = [history.views]
                if number % every == 0:
                    on_server.rebuild(history.ledger().log)
                    engines.append(on_server)
                random = Random(seed)  # noqa: S311 - a test repeats itself
                for views in engines:
                    check_balances(views, stored, random, met)
                    check_periods(history, views, stored, met)
        on_server.close()
    assert met["moments"] == MOMENTS * (histories + len(range(0, histories, every)))
    assert expected <= met.keys(), expected - met.keys()
    assert min(met["late"], met["reopened"]) > 3, met
    assert min(met["closed"], met["differences"]) > 50, met


def check_balances(views: Views, stored: list[bytes], random: Random, met: Counter[str]) -> None:
    """All balances at random moments, and those of one agreement and of one book."""
    days = sorted({move.counts_on for move in clocks.moves(stored, len(stored))})
    for _ in range(MOMENTS):
        position = random.randint(1, len(stored))
        day = date.fromisoformat(random.choice(days)) + timedelta(days=random.choice((-1, 0, 0, 1)))
        on = random.choice((day, day, None))
        at = Stamp(position, "", "", on)
        expected = clocks.balances(stored, position, on.isoformat() if on else None)
        found = {each[:5]: (each.debit_minor, each.credit_minor) for each in balances(views, at)}
        assert found == expected, (position, on)
        assert list(found) == sorted(found)
        name = random.choice(AGREEMENTS)
        for which, some in (
            (0, balances(views, at, book="state-fund")),
            (2, balances(views, at, agreement=name)),
        ):
            wanted = ("state-fund", "", name)[which]
            assert {each[:5]: (each.debit_minor, each.credit_minor) for each in some} == {
                words: sums for words, sums in expected.items() if words[which] == wanted
            }
        words = random.choice(list(expected or [("state-fund", "outcome_payer", "hf", "bank", "")]))
        one = balance(views, at, words)
        assert (one and (one.debit_minor, one.credit_minor)) == expected.get(words)
        met["moments"] += 1


def check_periods(
    history: ClosingHistory, views: Views, stored: list[bytes], met: Counter[str]
) -> None:
    """Each close is reported as it was, and restated as all that is known now has it."""
    head = len(stored)
    met.update({json.loads(each)["topic"] for each in stored} & EVERY)
    met["late"] += any(move.booked_on != move.counts_on for move in clocks.moves(stored, head))
    known = closings(history.ledger(), head)
    assert [each.closed.position for each in known] == list(history.reports)
    for each in known:
        met["closed"] += 1
        met["reopened"] += each.reopened is not None
        event = each.event
        start, until = event.start.isoformat(), event.until.isoformat()
        reported, _ = as_reported(history.ledger(), views, each)
        assert reported.text() == history.reports[each.closed.position]
        sums = {row.words: tuple(x.minor for x in (row.opening, row.debit, row.credit))
                for row in reported.rows}  # fmt: skip
        assert sums == clocks.trial_balance(stored, event.covers, start, until)
        restated = as_restated(history.ledger(), views, each, Stamp(head, "", ""))
        again = {row.words: tuple(x.minor for x in (row.opening, row.debit, row.credit))
                 for row in restated.balance.rows}  # fmt: skip
        assert again == clocks.trial_balance(stored, head, start, until, restated=True)
        moved: Counter[tuple[str, ...]] = Counter()
        for sign, rows in ((-1, reported.rows), (1, restated.balance.rows)):
            for row in rows:
                moved[row.words] += sign * (row.debit - row.credit).minor
        for difference in restated.differences:
            moved[difference.words] -= difference.amount.minor
            met["differences"] += 1
            within = Period(event.start, event.until)
            assert (within.start <= difference.value_date < within.end) != (
                within.start <= difference.booked_on < within.end
                and difference.cause.position <= event.covers
            )
        assert not any(moved.values()), "the lines do not explain the difference"
