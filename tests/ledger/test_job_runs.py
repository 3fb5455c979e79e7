"""Runs and findings as events: claimed once, ended once, and findings that age until resolved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.decide.jobs import ATTEMPTS_MAX, Due, Run, Seen, findings_stream, resolve
from ledger.decide.refusal import AlreadyDone, FourEyes, NotAllowed, NotFound, OutOfOrder
from ledger.events import FindingGone, FindingRaised, JobFailed, JobFinished, Severity
from ledger.service import Ledger

JOB = "look"
DAYS = [date(2026, 3, 27) + timedelta(days=n) for n in range(400)]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.create(tmp_path / "ledger", "Fund", "DKK", actor="anna") as made:
        made.actor = "job:look"
        yield made


def due_until(last_day: date) -> Due:
    """Every day since the last that ran, up to one."""

    def due(last: str | None) -> list[tuple[str, date]]:
        return [(str(day), day) for day in DAYS if str(day) > (last or "") and day <= last_day]

    return due


def claim(ledger: Ledger, until: date, process: str) -> Run | None:
    return ledger.claim_run(JOB, due_until(until), process)


def see(*keys: str) -> list[Seen]:
    return [Seen("thing", key, Severity.WARNING, {"what": key}) for key in keys]


def test_an_occurrence_is_claimed_once_and_ended_once(ledger: Ledger) -> None:
    run = claim(ledger, DAYS[0], "p1")
    assert run is not None
    assert (run.occurrence, run.covers, run.attempt) == ("2026-03-27", ("2026-03-27",), 1)
    assert run.stream == "run/look/2026-03-27"
    ended = ledger.finish_run(run, "p1", see("a"), {"n": 3})
    assert isinstance(ended.ended, JobFinished)
    assert claim(ledger, DAYS[0], "p2") is None
    with pytest.raises(OutOfOrder, match="ended"):
        ledger.finish_run(run, "p1", see("a"), {})
    with pytest.raises(OutOfOrder, match="ended"):
        ledger.fail_run(run, "p1", "no")


def test_what_was_missed_is_one_run_that_says_what_it_stands_for(ledger: Ledger) -> None:
    first = claim(ledger, DAYS[0], "p1")
    assert first is not None
    ledger.finish_run(first, "p1", [], {})
    late = claim(ledger, DAYS[4], "p1")
    assert late is not None
    assert late.covers == tuple(str(day) for day in DAYS[1:5])
    assert late.occurrence == str(DAYS[4])
    # A clock that is put back finds nothing to do.
    ledger.finish_run(late, "p1", [], {})
    assert claim(ledger, DAYS[2], "p1") is None


def test_a_run_left_behind_is_taken_over_and_its_first_owner_cannot_end_it(ledger: Ledger) -> None:
    run = claim(ledger, DAYS[0], "p1")
    again = claim(ledger, DAYS[3], "p2")
    assert run is not None
    assert again is not None
    assert (again.occurrence, again.attempt, again.process) == (run.occurrence, 2, "p2")
    with pytest.raises(OutOfOrder, match="taken over"):
        ledger.finish_run(run, "p1", see("a"), {})
    ledger.finish_run(again, "p2", see("a"), {})
    following = claim(ledger, DAYS[3], "p2")
    assert following is not None
    assert following.covers == tuple(str(day) for day in DAYS[1:4])


def test_a_run_that_ends_every_process_is_given_up(ledger: Ledger) -> None:
    runs = [claim(ledger, DAYS[0], f"p{n}") for n in range(ATTEMPTS_MAX + 1)]
    assert [run.attempt for run in runs if run] == [1, 2, 3, 4, 5, 5]
    last = runs[-1]
    assert last is not None
    assert isinstance(last.ended, JobFailed)
    assert last.ended.reason == "broken off 5 times"
    following = claim(ledger, DAYS[1], "p9")
    assert following is not None
    assert following.covers == (str(DAYS[1]),)


def test_a_run_by_hand_stands_for_no_occurrence(ledger: Ledger) -> None:
    by_hand = ledger.claim_run_by_hand(JOB, "p1")
    assert by_hand.covers == ()
    assert ledger.last_run(JOB) is None
    given_up = ledger.give_up_run_by_hand(JOB)
    assert given_up is not None
    assert given_up.failed
    assert ledger.give_up_run_by_hand(JOB) is None
    run = claim(ledger, DAYS[0], "p1")
    assert run is not None
    assert run.covers == (str(DAYS[0]),)


def test_only_a_person_resolves(ledger: Ledger) -> None:
    run = claim(ledger, DAYS[0], "p1")
    assert run is not None
    ledger.finish_run(run, "p1", see("a"), {})
    with pytest.raises(NotAllowed, match="a person has to"):
        ledger.resolve_finding("look-1", "fine")
    with pytest.raises(FourEyes, match="only a person"):
        resolve(ledger.findings(JOB), "look-1", "fine", "job:look", DAYS[0])
    ledger.actor = "anna"
    with pytest.raises(NotFound, match="look-2"):
        ledger.resolve_finding("look-2", "fine")
    resolved = ledger.resolve_finding("look-1", "the bank was asked")
    assert (resolved.resolved_by, resolved.reason) == ("anna", "the bank was asked")
    with pytest.raises(AlreadyDone, match="resolved by anna"):
        ledger.resolve_finding("look-1", "again")


@dataclass
class Model:
    """What should be open, resolved and told, by the plainest reckoning there is."""

    open: dict[str, int] = field(default_factory=dict)
    resolved: set[str] = field(default_factory=set)
    raised: int = 0
    gone: int = 0

    def night(self, keys: set[str], number: int) -> None:
        for key in (self.open.keys() | self.resolved) - keys:
            self.open.pop(key, None)
            self.resolved.discard(key)
            self.gone += 1
        for key in keys - self.open.keys() - self.resolved:
            self.open[key] = number
            self.raised += 1

    def resolve(self, key: str) -> None:
        if self.open.pop(key, None) is not None:
            self.resolved.add(key)


KEYS = st.sets(st.sampled_from("abcd"))


@settings(max_examples=25)
@given(st.lists(st.tuples(KEYS, KEYS), min_size=1, max_size=8))
def test_findings_age_until_they_are_gone_or_resolved(
    nights: list[tuple[set[str], set[str]]],
) -> None:
    model = Model()
    with new_ledger() as ledger:
        for number, (keys, resolving) in enumerate(nights):
            ledger.actor = "job:look"
            run = claim(ledger, DAYS[number], "p")
            assert run is not None
            ledger.finish_run(run, "p", see(*sorted(keys)), {})
            model.night(keys, number)
            ledger.actor = "anna"
            found = ledger.findings(JOB).findings
            for key in sorted(resolving & model.open.keys()):
                ledger.resolve_finding(found[key].finding, "seen to")
                model.resolve(key)
            found = ledger.findings(JOB).findings
            assert {
                key: DAYS.index(each.raised_on) for key, each in found.items() if each.open
            } == (model.open)
            assert {key for key, each in found.items() if not each.open} == model.resolved
        events = [each.event for each in ledger.read(findings_stream(JOB))]
        raised = [each for each in events if isinstance(each, FindingRaised)]
        assert len(raised) == model.raised == len({each.finding for each in raised})
        assert sum(isinstance(each, FindingGone) for each in events) == model.gone


@contextmanager
def new_ledger() -> Iterator[Ledger]:
    with (
        TemporaryDirectory() as folder,
        Ledger.create(Path(folder) / "ledger", "Fund", "DKK", actor="anna") as made,
    ):
        yield made


def test_the_newest_stream_is_found_among_names_that_begin_alike(ledger: Ledger) -> None:
    for name in ("look", "look-2"):
        for day in DAYS[:3]:
            run = ledger.claim_run(name, due_until(day), "p")
            assert run is not None
            ledger.finish_run(run, "p", [], {})
    assert ledger.log.last_stream("run/look/") == f"run/look/{DAYS[2]}"
    assert ledger.log.last_stream("run/loo/") is None


def test_a_run_is_recorded_on_the_day_it_counts_for(tmp_path: Path) -> None:
    late = datetime(2026, 4, 20, 1, tzinfo=UTC)
    with Ledger.create(tmp_path / "l", "Fund", "DKK", actor="anna", clock=lambda: late) as made:
        made.actor = "job:look"
        run = claim(made, DAYS[0], "p")
        assert run is not None
        assert (run.on, run.started_at[:10]) == (DAYS[0], "2026-04-20")
