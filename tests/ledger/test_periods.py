"""Closing and opening periods: their names, their order, who may, and what must be in order."""

from __future__ import annotations

from datetime import date

import pytest

from ledger import events as e
from ledger.dates import Period
from ledger.decide.decision import New
from ledger.decide.people_state import PeopleState
from ledger.decide.period import (
    Books,
    PeriodState,
    Proof,
    Reasons,
    Unreconciled,
    close,
    period_of,
    reopen,
)
from ledger.decide.refusal import AlreadyDone, FourEyes, NotFound, OutOfOrder
from ledger.events import Recorded
from ledger.model import Position
from ledger.money import Amount

TODAY = date(2026, 2, 1)
IN_ORDER = Books(Position(7), "ab" * 32, Amount(100), date(2025, 10, 3), ())
PROOF = Proof("sound", 7, "cd" * 32)
NONE = Reasons()
DEMO = PeopleState(demo=True)


def after(state: PeriodState, news: list[New], actor: str = "anna") -> PeriodState:
    """The state once the events are recorded."""
    for new in news:
        position = Position(10 * new.version)
        state.apply(
            Recorded(position, new.stream, new.version, "", new.effective_on, actor, "c", new.event)
        )
    return state


def closed(*names: str) -> PeriodState:
    state = PeriodState()
    for name in names:
        books = Books(Position(7), "ab" * 32, Amount(0), None, ())
        after(state, close(state, name, TODAY, books, PROOF, NONE))
    return state


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("2025", date(2025, 1, 1), date(2026, 1, 1)),
        ("2025-Q1", date(2025, 1, 1), date(2025, 4, 1)),
        ("2025-Q4", date(2025, 10, 1), date(2026, 1, 1)),
        ("2024-02", date(2024, 2, 1), date(2024, 3, 1)),
        ("2025-12", date(2025, 12, 1), date(2026, 1, 1)),
    ],
)
def test_a_period_is_a_month_a_quarter_or_a_year(name: str, start: date, end: date) -> None:
    assert period_of(name) == Period(start, end)


@pytest.mark.parametrize(
    "name",
    ["", "25", "2025-Q0", "2025-Q5", "2025-00", "2025-13", "2025-1", "2025-q4", "٢٠٢٥", "9999"],
)
def test_nothing_else_is(name: str) -> None:
    with pytest.raises(NotFound, match="is not a period"):
        period_of(name)


def test_a_close_says_what_it_rests_on() -> None:
    (new,) = close(PeriodState(), "2025-Q4", TODAY, IN_ORDER, PROOF, NONE)
    assert new.event == e.PeriodClosed(
        period="2025-Q4",
        start=date(2025, 10, 1),
        until=date(2026, 1, 1),
        covers=Position(7),
        trial_balance="ab" * 32,
        turnover=Amount(100),
        checkpoint_size=7,
        checkpoint_root="cd" * 32,
        verification="sound",
        unreconciled=0,
    )


def test_a_period_is_closed_when_it_is_over_and_not_a_day_before() -> None:
    with pytest.raises(OutOfOrder, match="from 2026-01-01 on"):
        close(PeriodState(), "2025-Q4", date(2025, 12, 31), IN_ORDER, PROOF, NONE)
    assert close(PeriodState(), "2025-Q4", date(2026, 1, 1), IN_ORDER, PROOF, NONE)


def test_periods_close_in_order_and_no_day_twice() -> None:
    early = Books(Position(7), "", Amount(0), date(2025, 9, 30), ())
    with pytest.raises(OutOfOrder, match="2025-09-30"):
        close(PeriodState(), "2025-Q4", TODAY, early, PROOF, NONE)
    for name in ("2025-Q4", "2025-10", "2025", "2025-12"):
        with pytest.raises(AlreadyDone, match="2026-01-01"):
            close(closed("2025-Q4"), name, TODAY, IN_ORDER, PROOF, NONE)
    assert close(closed("2025-Q3"), "2025-10", TODAY, IN_ORDER, PROOF, NONE)
    # Months in which nothing happened need not be closed one by one.
    assert close(closed("2025-Q1"), "2025-Q4", TODAY, IN_ORDER, PROOF, NONE)


def test_what_is_not_reconciled_needs_a_reason_which_is_kept() -> None:
    loose = Books(Position(7), "ef" * 32, Amount(0), None, tuple(f"line {n}" for n in range(12)))
    with pytest.raises(Unreconciled, match=r"line 9; 2 more\. .* Settle"):
        close(PeriodState(), "2025", TODAY, loose, PROOF, NONE)
    reasons = Reasons(unreconciled="the bank is slow", unverifiable="an old version")
    (new,) = close(PeriodState(), "2025", TODAY, loose, PROOF, reasons)
    assert isinstance(new.event, e.PeriodClosed)
    assert (new.event.unreconciled, new.event.even_though_unreconciled) == (12, "the bank is slow")
    # A reason for what was not the case is not kept.
    assert new.event.even_though_unverifiable is None
    unsure = Proof("unverifiable", 7, "cd" * 32)
    (new,) = close(PeriodState(), "2025", TODAY, IN_ORDER, unsure, reasons)
    assert isinstance(new.event, e.PeriodClosed)
    assert new.event.even_though_unverifiable == "an old version"
    assert new.event.even_though_unreconciled is None


def test_only_the_last_close_is_undone_and_by_two_people() -> None:
    state = closed("2025-Q3", "2025-Q4")
    with pytest.raises(NotFound, match="2025-10 is not closed"):
        reopen(state, "2025-10", DEMO, "anna", "why", TODAY)
    with pytest.raises(OutOfOrder, match="2025-Q4 was closed after"):
        reopen(state, "2025-Q3", DEMO, "anna", "why", TODAY)
    with pytest.raises(OutOfOrder, match="nobody has asked"):
        reopen(state, "2025-Q4", DEMO, "anna", None, TODAY)
    after(state, reopen(state, "2025-Q4", DEMO, "anna", "a bill was forgotten", TODAY))
    assert state.closed_until == date(2026, 1, 1), "asking alone opens nothing"
    with pytest.raises(FourEyes, match="another person must agree"):
        reopen(state, "2025-Q4", DEMO, "anna", None, TODAY)
    (opened,) = reopen(state, "2025-Q4", DEMO, "carla", None, TODAY)
    assert opened.event == e.PeriodReopened(
        period="2025-Q4", closed_at=Position(20), requested_at=Position(30)
    )
    after(state, [opened])
    assert state.closed_until == date(2025, 10, 1)
    assert state.requested is None
    assert close(state, "2025-Q4", TODAY, IN_ORDER, PROOF, NONE), "it can be closed again"


def test_a_request_dies_with_the_next_close() -> None:
    state = closed("2025-Q3")
    after(state, reopen(state, "2025-Q3", DEMO, "anna", "a bill was forgotten", TODAY))
    after(state, close(state, "2025-Q4", TODAY, IN_ORDER, PROOF, NONE))
    with pytest.raises(OutOfOrder, match="nobody has asked"):
        reopen(state, "2025-Q4", DEMO, "carla", None, TODAY)
