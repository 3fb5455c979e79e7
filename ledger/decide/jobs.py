"""Runs of jobs and their findings: a run is claimed once, ends once, and findings age in between.

A stream `run/JOB/OCCURRENCE` can have its version 1 only once, so an occurrence is claimed once
whatever the processes do. Who claimed it ends it, unless another has taken the run over since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from ledger import events as e
from ledger.decide.decision import New, numbered
from ledger.decide.refusal import AlreadyDone, FourEyes, NotFound, OutOfOrder
from ledger.events import Detail, Figure, Recorded, Severity
from ledger.model import Position

ATTEMPTS_MAX = 5
"""So often a run is begun; one that ends its process each time must not keep others waiting."""
ACTOR = "job:"
"""How the name of an actor begins that is no person."""


def run_prefix(job: str, *, by_hand: bool = False) -> str:
    """How the streams of a job's runs begin; those a person asked for stand apart."""
    return f"{'run-by-hand' if by_hand else 'run'}/{job}/"


def findings_stream(job: str) -> str:
    """The stream of everything a job has found."""
    return f"findings/{job}"


@dataclass(frozen=True, slots=True)
class Run:
    """One run as far as it has come. The process is the one that has it now."""

    stream: str
    version: int
    job: str
    occurrence: str
    covers: tuple[str, ...]
    on: date
    started_at: str
    process: str
    position: Position
    """Of its newest event."""
    attempt: int = 1
    ended: e.JobFinished | e.JobFailed | None = None
    ended_at: str | None = None

    @property
    def failed(self) -> bool:
        """Whether it ended without an answer."""
        return isinstance(self.ended, e.JobFailed)


def fold(events: Iterable[Recorded]) -> Run | None:
    """The run that a stream tells of; None if there is none."""
    run: Run | None = None
    for recorded in events:
        event = recorded.event
        if isinstance(event, e.JobStarted):
            run = Run(
                stream=recorded.stream,
                version=recorded.version,
                job=event.job,
                occurrence=event.occurrence,
                covers=event.covers,
                on=recorded.effective_on,
                started_at=recorded.recorded_at,
                process=event.process,
                position=recorded.position,
            )
            continue
        assert run is not None
        run = replace(run, version=recorded.version, position=recorded.position)
        if isinstance(event, e.JobTakenOver):
            run = replace(run, process=event.process, attempt=event.attempt)
        elif isinstance(event, e.JobFinished | e.JobFailed):
            run = replace(run, ended=event, ended_at=recorded.recorded_at)
    return run


Due = Callable[[str | None], Sequence[tuple[str, date]]]
"""From the last occurrence that a run stands for, to those due since then with their days."""


def start(job: str, last: Run | None, due: Due, process: str) -> list[New]:
    """Claim what is to be done now: the run that was left behind, or else what is due.

    All that is due is one run: the newest occurrence, which stands for those missed before it.
    To be asked only where nobody else can be at work on the run that is left.
    """
    if last is not None and last.ended is None:
        return [take_over(last, process)]
    missed = due(last.occurrence if last else None)
    if not missed:
        return []
    newest, on = missed[-1]
    started = e.JobStarted(
        job=job, occurrence=newest, covers=tuple(each for each, _ in missed), process=process
    )
    return [New(run_prefix(job) + newest, 1, on, started)]


def start_by_hand(job: str, moment: str, on: date, process: str) -> list[New]:
    """Claim a run that a person asked for at a moment."""
    started = e.JobStarted(job=job, occurrence=moment, covers=(), process=process)
    return [New(run_prefix(job, by_hand=True) + moment, 1, on, started)]


def take_over(run: Run, process: str) -> New:
    """Go on with a run that was left behind, or give it up if that was tried often enough."""
    if run.attempt >= ATTEMPTS_MAX:
        reason = f"broken off {run.attempt} times"
        return New(run.stream, run.version + 1, run.on, _failed(run, reason))
    taken = e.JobTakenOver(
        job=run.job, occurrence=run.occurrence, attempt=run.attempt + 1, process=process
    )
    return New(run.stream, run.version + 1, run.on, taken)


def give_up(run: Run | None) -> list[New]:
    """End a run by hand that was left behind: who asked for it can ask again."""
    if run is None or run.ended is not None:
        return []
    return [New(run.stream, run.version + 1, run.on, _failed(run, "broken off"))]


def fail(run: Run, process: str, reason: str) -> list[New]:
    """End a run without an answer.

    Raises:
        OutOfOrder: if the run is not the process's own any more.
    """
    _require_own(run, process)
    return [New(run.stream, run.version + 1, run.on, _failed(run, reason))]


def _failed(run: Run, reason: str) -> e.JobFailed:
    return e.JobFailed(job=run.job, occurrence=run.occurrence, attempt=run.attempt, reason=reason)


def _require_own(run: Run, process: str) -> None:
    if run.ended is not None or run.process != process:
        message = f"the run of {run.job} for {run.occurrence} was taken over, or is ended"
        raise OutOfOrder(message)


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that a run sees. The key is the same for as long as it is the same thing."""

    kind: str
    key: str
    severity: Severity
    details: Mapping[str, str] = field(default_factory=dict)
    agreement: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding that is not gone, and who dealt with it, if anybody has."""

    finding: str
    job: str
    kind: str
    key: str
    severity: Severity
    agreement: str | None
    details: tuple[Detail, ...]
    raised_at: str
    raised_on: date
    resolved_by: str | None = None
    reason: str | None = None

    @property
    def open(self) -> bool:
        """Whether nobody has dealt with it."""
        return self.resolved_by is None


@dataclass(slots=True)
class FindingsState:
    """What a job has found that is not gone, by key."""

    job: str
    version: int = 0
    raised: int = 0
    findings: dict[str, Finding] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)

    def apply(self, recorded: Recorded) -> None:
        """Take in the next event of the job's findings."""
        self.version = recorded.version
        match recorded.event:
            case e.FindingRaised() as event:
                self.raised += 1
                self._keys[event.finding] = event.about
                self.findings[event.about] = Finding(
                    finding=event.finding,
                    job=event.job,
                    kind=event.kind,
                    key=event.about,
                    severity=event.severity,
                    agreement=event.agreement,
                    details=event.details,
                    raised_at=recorded.recorded_at,
                    raised_on=recorded.effective_on,
                )
            case e.FindingGone(finding=finding):
                del self.findings[self._keys.pop(finding)]
            case e.FindingResolved(finding=finding, reason=reason):
                key = self._keys[finding]
                resolved = replace(self.findings[key], resolved_by=recorded.actor, reason=reason)
                self.findings[key] = resolved

    def named(self, finding: str) -> Finding:
        """The finding with a name.

        Raises:
            NotFound: if it is gone, or never was.
        """
        if finding not in self._keys:
            message = f"there is no finding {finding!r} now; `ofl jobs findings` names them"
            raise NotFound(message)
        return self.findings[self._keys[finding]]


def finish(
    run: Run,
    found: FindingsState,
    process: str,
    seen: Sequence[Seen],
    figures: Mapping[str, int],
) -> list[New]:
    """End a run with what it saw: what is new is raised, what is not seen any more is gone.

    Raises:
        OutOfOrder: if the run is not the process's own any more.
    """
    _require_own(run, process)
    now = {each.key: each for each in seen}
    gone = [each for key, each in found.findings.items() if key not in now]
    new = [each for key, each in now.items() if key not in found.findings]
    changes: list[tuple[date, e.Event]] = [
        (run.on, e.FindingGone(finding=each.finding, job=run.job, occurrence=run.occurrence))
        for each in gone
    ]
    changes += [
        (run.on, _raised(run, f"{run.job}-{number}", each))
        for number, each in enumerate(new, start=found.raised + 1)
    ]
    finished = e.JobFinished(
        job=run.job,
        occurrence=run.occurrence,
        attempt=run.attempt,
        figures=tuple(Figure(name=name, value=value) for name, value in figures.items()),
        seen=len(now),
        raised=len(new),
        gone=len(gone),
    )
    return [
        New(run.stream, run.version + 1, run.on, finished),
        *numbered(findings_stream(run.job), found.version, changes),
    ]


def _raised(run: Run, name: str, seen: Seen) -> e.FindingRaised:
    return e.FindingRaised(
        finding=name,
        job=run.job,
        occurrence=run.occurrence,
        kind=seen.kind,
        about=seen.key,
        severity=seen.severity,
        agreement=seen.agreement,
        details=tuple(Detail(name=name, text=text) for name, text in seen.details.items()),
    )


def resolve(found: FindingsState, finding: str, reason: str, actor: str, on: date) -> list[New]:
    """A person says what was done about a finding, or why it is accepted.

    Raises:
        FourEyes: if a job would do it.
        NotFound: if there is no such finding now.
        AlreadyDone: if somebody has resolved it.
    """
    if actor.startswith(ACTOR):
        message = "a job finds; only a person resolves what is found"
        raise FourEyes(message)
    known = found.named(finding)
    if not known.open:
        message = f"{finding} was resolved by {known.resolved_by}: {known.reason}"
        raise AlreadyDone(message)
    resolved = e.FindingResolved(finding=finding, reason=reason)
    return numbered(findings_stream(found.job), found.version, [(on, resolved)])
