"""A scenario over a whole fund: agreement by agreement, in one process or in several.

Of an agreement, its events are folded, both ways of standing are reckoned and compared, and all but
what differs is let go: so no more than one agreement per process is held at a time. What is found
does not depend on the number of processes.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ledger.decide.decision import agreement_stream
from ledger.decide.refusal import NotFound
from ledger.decide.state import AgreementState, LawState
from ledger.model import Position
from ledger.service import Ledger
from ledger.store.location import Location
from ledger.terms.reader import meant
from projections.moment import Stamp
from projections.whatif.compare import Compared, compare
from projections.whatif.overlay import alike, supposed, supposed_law
from projections.whatif.replay import (
    Standing,
    Standings,
    all_assessed,
    as_decided,
    assessed_until,
    recorded,
    replay,
)
from projections.whatif.scenario import CapChange, Scenario, WholeTerms
from projections.whatif.unfit import Unfit

Told = Callable[[int], None]
"""Called with the number of agreements that were looked at since it was called last."""

NOTHING = Scenario(name="nothing", text="Everything is as it is recorded.")
"""The scenario in which nothing is otherwise."""


_NOT_COMPARED = {"working": None, "gains": ()}
"""How what is recorded was reached, which makes up most of a decision's bytes."""


@dataclass(slots=True)
class Known:
    """What a ledger knew at a position: its law, and its agreements one at a time."""

    ledger: Ledger
    position: Position
    law: LawState

    @classmethod
    def at(cls, ledger: Ledger, position: Position) -> Known:
        """What the ledger knew when so many events were recorded."""
        law = LawState()
        for each in ledger.law_events():
            if each.position <= position:
                law.apply(each)
        return cls(ledger, position, law)

    def agreement(self, name: str) -> AgreementState:
        """One agreement as it was known."""
        state = AgreementState(name)
        for each in self.ledger.read(agreement_stream(name), instead=_NOT_COMPARED):
            if each.position > self.position:
                break
            state.apply(each)
        return state


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every agreement: how it would stand under `after` instead of `before`."""

    before: Scenario
    after: Scenario
    limit: int | None = None
    """How many changes are told one by one."""


@dataclass(slots=True)
class Asked:
    """Questions of the same agreements, with the law that each of their scenarios supposes."""

    questions: Sequence[Question]
    law: LawState
    laws: dict[str, LawState] = field(default_factory=dict)
    """The supposed law by the hash of the scenario."""

    def __post_init__(self) -> None:
        for question in self.questions:
            for scenario in (question.before, question.after):
                self.laws[scenario.sha256] = supposed_law(scenario, self.law)

    def of(self, state: AgreementState) -> list[Compared]:
        """What changes in one agreement, an answer for each question."""
        if state.signed is None or assessed_until(state) is None:
            return [Compared() for _ in self.questions]
        known: dict[str, Stands] = {}
        return [self._answer(state, question, known) for question in self.questions]

    def _answer(
        self, state: AgreementState, question: Question, known: dict[str, Stands]
    ) -> Compared:
        for scenario in (question.before, question.after):
            name = scenario.sha256
            if name not in known:
                known[name] = stands(scenario, self.law, self.laws[name], state)
        before, after = known[question.before.sha256], known[question.after.sha256]
        found = compare(state, before.outcomes, after.outcomes, question.limit)
        found.fitted, found.unassessed = set(after.fitted), after.unassessed
        return found


@dataclass(frozen=True, slots=True)
class Stands:
    """How an assessed agreement stands under a scenario, until the day it is assessed until."""

    outcomes: Standings
    fitted: frozenset[int] = frozenset()
    """The numbers of the changes of terms that fitted it."""
    unassessed: int = 0
    """Outcomes that facts recorded since the last assessment decide otherwise, whatever else."""


def stands(
    scenario: Scenario,
    law: LawState,
    law_supposed: LawState,
    state: AgreementState,
    *,
    working: bool = False,
) -> Stands:
    """How an agreement stands under a scenario; it must be assessed.

    Where all that is known was assessed, what stands with nothing supposed is what is recorded, as
    `ofl verify` proves; only elsewhere, or for its working, is it reckoned again.

    Raises:
        ledger.decide.refusal.Refusal: if a change does not fit, or facts cannot be read.
    """
    until = assessed_until(state)
    assert until is not None
    decided = recorded(state)
    found: Standings | None = None
    if working or not all_assessed(law, state):
        found = replay(state, state.facts(law), until, working=working).standings
    without = decided if found is None else as_decided(state, found)
    unassessed = sum(not each.same(decided.get(name)) for name, each in without.items())
    if not scenario.changes:
        return Stands(without, unassessed=unassessed)
    over = supposed(scenario, law_supposed, state)
    if not working and alike(state.facts(law), over.facts):
        return Stands(without, over.fitted, unassessed)
    after = replay(state, over.facts, until, working=working).standings
    if found is None and any(each.waits for each in after.values()):
        found = replay(state, state.facts(law), until).standings
    # What waits also with nothing supposed stays as it was decided.
    kept = {
        name: decided[name]
        for name, each in (found or {}).items()
        if each.waits and name in after and after[name].waits
    }
    return Stands({**after, **kept}, over.fitted, unassessed)


def whatif(
    ledger: Ledger,
    questions: Sequence[Question],
    at: Stamp,
    *,
    jobs: int = 1,
    told: Told = lambda _: None,
) -> list[Compared]:
    """What changes in a whole fund, as it was known at a position; an answer for each question.

    Raises:
        ledger.decide.refusal.Refusal: if a scenario does not fit what is recorded.
    """
    known = Known.at(ledger, Position(at.position))
    names = touched(ledger, questions)
    asked = Asked(questions, known.law)
    found = [Compared() for _ in questions]

    def add(answers: Sequence[Compared]) -> None:
        for whole, question, answer in zip(found, questions, answers, strict=True):
            whole.add(answer, question.limit)
        told(1)

    if jobs == 1 or len(names) <= 1:
        for name in names:
            add(asked.of(known.agreement(name)))
    else:
        with _processes(ledger, known.position, questions, min(jobs, len(names))) as answered:
            for answers in answered(names):
                add(answers)
    for question, whole in zip(questions, found, strict=True):
        _all_fitted(question, whole)
        whole.ordered()
    return found


def show(
    ledger: Ledger, scenario: Scenario, claim: str, at: Stamp
) -> tuple[Standing | None, Standing | None]:
    """How one outcome stands and how it would under a scenario, each with its working.

    Raises:
        ledger.decide.refusal.Refusal: if the scenario does not fit what is recorded.
    """
    name = claim.partition("/")[0]
    asked = Question(NOTHING, scenario)
    touched(ledger, [asked])
    known = Known.at(ledger, Position(at.position))
    state = known.agreement(name)
    if state.signed is None or assessed_until(state) is None:
        return None, None
    law = supposed_law(scenario, known.law)
    before = stands(NOTHING, known.law, known.law, state, working=True)
    after = stands(scenario, known.law, law, state, working=True)
    return before.outcomes.get(claim), after.outcomes.get(claim)


def touched(ledger: Ledger, questions: Sequence[Question]) -> list[str]:
    """The agreements that may be touched.

    Raises:
        NotFound: if one that is named is not there.
    """
    prefix = agreement_stream("")
    names = [stream.removeprefix(prefix) for stream in ledger.log.streams(prefix)]
    scenarios = [each for q in questions for each in (q.before, q.after)]
    for scenario in scenarios:
        for name in sorted(scenario.named - set(names)):
            message = f"{scenario.name}: there is no agreement {name!r}; {meant(name, names)}"
            raise NotFound(message)
    wanted = {name for each in scenarios for name in each.named}
    if any(each.of_any for each in scenarios):
        return names
    # Where nothing at all is supposed, everything is looked at.
    return [name for name in names if name in wanted or not wanted]


def _all_fitted(question: Question, found: Compared) -> None:
    """Refuse a change of terms that touched nothing: its name is a slip.

    Raises:
        Unfit: if there is one.
    """
    for number, change in question.after.terms:
        if number not in found.fitted and not isinstance(change, WholeTerms):
            what = change.scope if isinstance(change, CapChange) else change.metric
            message = f"no agreement that is assessed has what is changed ({what})"
            raise Unfit(number, message)


# --- in several processes ---------------------------------------------------------------------

_CHUNK = 4
"""How many agreements a process takes at a time: few, for one may be as large as a hundred."""


@dataclass(slots=True)
class _Worker:
    """What one process has open."""

    known: Known
    asked: Asked


_worker: list[_Worker] = []


@contextmanager
def _processes(
    ledger: Ledger, position: Position, questions: Sequence[Question], jobs: int
) -> Iterator[Callable[[Sequence[str]], Iterator[list[Compared]]]]:
    """Processes that each read the ledger for themselves; answers come in the order asked for."""
    with ProcessPoolExecutor(
        jobs,
        # A new interpreter, which inherits no connection.
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start,
        initargs=(ledger.location, ledger.key_file, position, questions),
    ) as pool:
        yield lambda names: pool.map(_answer, names, chunksize=_CHUNK)


def _start(
    location: Location, key_file: Path, position: Position, questions: Sequence[Question]
) -> None:
    known = Known.at(Ledger(location, key_file=key_file), position)
    _worker.append(_Worker(known, Asked(questions, known.law)))


def _answer(name: str) -> list[Compared]:
    (worker,) = _worker
    return worker.asked.of(worker.known.agreement(name))
