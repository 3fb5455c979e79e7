"""A scenario over a whole fund: agreement by agreement, in one process or in several.

Of an agreement, its events are folded, both ways of standing are reckoned and compared, and all but
what differs is let go: so no more than one agreement per process is held at a time. What is found
does not depend on the number of processes.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from ledger import garbage
from ledger.decide.decision import agreement_stream
from ledger.decide.refusal import NotFound
from ledger.decide.state import AgreementState, LawState
from ledger.model import Position
from ledger.service import Ledger
from ledger.store.location import Location
from ledger.terms.reader import meant
from projections.moment import Stamp
from projections.whatif.compare import Compared, compare
from projections.whatif.folded import Folded, fold
from projections.whatif.overlay import alike, supposed, supposed_law
from projections.whatif.remembered import Remembered
from projections.whatif.replay import as_decided, replay
from projections.whatif.scenario import CapChange, Scenario, WholeTerms
from projections.whatif.sharing import shared
from projections.whatif.standing import Standing, Standings
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
    remembered: Remembered

    @classmethod
    def at(cls, ledger: Ledger, position: Position) -> Known:
        """What the ledger knew when so many events were recorded."""
        law = LawState()
        for each in ledger.law_events():
            if each.position <= position:
                law.apply(each)
        return cls(ledger, position, law, Remembered.of(ledger))

    def close(self) -> None:
        """Close what is remembered; the ledger stays open."""
        self.remembered.close()

    def agreement(self, name: str) -> Folded | None:
        """One agreement as it is looked at; None if it was not signed by then."""
        last = self.ledger.log.last_of(agreement_stream(name), self.position)
        if last is None:
            return None
        folded = self.remembered.get(name, last, self.law)
        if folded is None:
            state = self.state(name)
            if state.signed is None:
                return None
            folded = fold(state, self.law)
            self.remembered.put(folded, last, self.law)
        return folded

    def state(self, name: str) -> AgreementState:
        """One agreement as it was known, without how it was reckoned."""
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
    names: dict[int, str] = field(default_factory=dict)
    """The hash of each scenario, which takes a while to make."""

    def __post_init__(self) -> None:
        for question in self.questions:
            for scenario in (question.before, question.after):
                name = self.names[id(scenario)] = scenario.sha256
                self.laws[name] = supposed_law(scenario, self.law)

    def of(self, folded: Folded | None) -> list[Compared]:
        """What changes in one agreement, an answer for each question."""
        if folded is None or folded.assessed is None:
            return [Compared() for _ in self.questions]
        known: dict[str, Stands] = {}
        return [self._answer(folded, question, known) for question in self.questions]

    def _answer(self, folded: Folded, question: Question, known: dict[str, Stands]) -> Compared:
        for scenario, name in (
            (question.before, self.names[id(question.before)]),
            (question.after, self.names[id(question.after)]),
        ):
            if name not in known:
                known[name] = stands(scenario, self.law, self.laws[name], folded)
        before, after = (known[self.names[id(each)]] for each in (question.before, question.after))
        found = compare(folded, before.outcomes, after.outcomes, question.limit)
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
    folded: Folded,
    *,
    working: bool = False,
) -> Stands:
    """How an agreement stands under a scenario; it must be assessed.

    Where all that is known was assessed, what stands with nothing supposed is what is recorded, as
    `ofl verify` proves; only elsewhere, or for its working, is it reckoned again.

    Raises:
        ledger.decide.refusal.Refusal: if a change does not fit, or facts cannot be read.
    """
    until, decided = folded.assessed, folded.decided
    assert until is not None
    found: Standings | None = None
    if working or not folded.all_assessed(law):
        found = replay(folded, folded.facts(law), until, working=working).standings
    without = decided if found is None else as_decided(folded, found)
    unassessed = 0
    if found is not None:
        unassessed = sum(not each.same(decided.get(name)) for name, each in without.items())
    if not scenario.changes:
        return Stands(without, unassessed=unassessed)
    over = supposed(scenario, law_supposed, folded)
    if not working and alike(folded.facts(law), over.facts):
        return Stands(without, over.fitted, unassessed)
    after = replay(folded, over.facts, until, working=working).standings
    if found is None and any(each.waits for each in after.values()):
        found = replay(folded, folded.facts(law), until).standings
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
    names = touched(ledger, questions)
    found = [Compared() for _ in questions]

    def add(answers: Sequence[Compared]) -> None:
        for whole, question, answer in zip(found, questions, answers, strict=True):
            whole.add(answer, question.limit)
        told(1)

    position = Position(at.position)
    with closing(Known.at(ledger, position)) as known:
        asked = Asked(questions, known.law)
        if jobs == 1 or len(names) <= 1:
            for name in names:
                add(asked.of(known.agreement(name)))
        else:
            for answers in _in_processes(_Worker(known, asked), questions, names, jobs):
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
    with closing(Known.at(ledger, Position(at.position))) as known:
        folded, law = known.agreement(name), known.law
    if folded is None or folded.assessed is None:
        return None, None
    before = stands(NOTHING, law, law, folded, working=True)
    after = stands(scenario, law, supposed_law(scenario, law), folded, working=True)
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

    def answers(self, names: Sequence[str]) -> list[list[Compared]]:
        """What changes in each of some agreements."""
        return [self.asked.of(self.known.agreement(name)) for name in names]


_worker: list[_Worker] = []


def _in_processes(
    here: _Worker, questions: Sequence[Question], names: Sequence[str], jobs: int
) -> Iterator[list[Compared]]:
    """Answers of several processes, this one among them; the others read the ledger themselves."""
    ledger, position = here.known.ledger, here.known.position
    size = max(1, min(_CHUNK, len(names) // jobs))
    with ProcessPoolExecutor(
        min(jobs, len(names)) - 1,
        # A new interpreter, which inherits no connection.
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start,
        initargs=(ledger.location, ledger.key_file, position, questions),
    ) as pool:
        yield from shared(pool, _answers, here.answers, names, size)


def _start(
    location: Location, key_file: Path, position: Position, questions: Sequence[Question]
) -> None:
    garbage.look_seldom()
    known = Known.at(Ledger(location, key_file=key_file), position)
    _worker.append(_Worker(known, Asked(questions, known.law)))


def _answers(names: Sequence[str]) -> list[list[Compared]]:
    (worker,) = _worker
    return worker.answers(names)
