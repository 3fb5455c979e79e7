"""How the jobs stand: what ran last and when, what is late, and what was found and is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from desk.jobs.job import Job
from ledger.dates import danish_day
from ledger.decide.jobs import Finding, FindingsState, Run, findings_stream, fold, run_prefix
from ledger.events import Recorded, Severity
from ledger.store import codec
from ledger.store.log import EventLog

LATE_AFTER = timedelta(minutes=15)
"""So long after its moment a run that nobody has begun is overdue."""
RUN_MAX = timedelta(hours=6)
"""So long a run may be at work before somebody should look."""
AHEAD_MAX = timedelta(days=1)


class Standing(StrEnum):
    """How a job stands."""

    FINE = "fine"
    RUNNING = "running"
    NEVER = "never"
    """It has never run."""
    OVERDUE = "overdue"
    FAILED = "failed"
    AHEAD = "ahead"
    """It ran for a day that is not yet: the clock was wrong, and nothing is due until then."""


ILL = (Standing.NEVER, Standing.OVERDUE, Standing.FAILED, Standing.AHEAD)


@dataclass(frozen=True, slots=True)
class JobStanding:
    """One job. `late` are the occurrences that nobody has begun, `open` its open findings."""

    job: str
    standing: Standing
    last: Run | None
    by_hand: Run | None
    late: int
    late_seconds: int
    next: datetime
    open: int
    oldest_days: int


@dataclass(frozen=True, slots=True)
class AgedFinding:
    """A finding that is not gone, and since how many days."""

    finding: Finding
    days: int


def stand(log: EventLog, jobs: Sequence[Job], now: datetime) -> list[JobStanding]:
    """How each job stands at a moment."""
    return [_stand(log, job, now) for job in jobs]


def _stand(log: EventLog, job: Job, now: datetime) -> JobStanding:
    last, by_hand = (_last_run(log, job.name, by_hand=each) for each in (False, True))
    due = job.schedule.due(last.occurrence, now) if last else []
    late = [each for each in due if each.moment + LATE_AFTER <= now]
    ages = [each.days for each in findings(log, job.name, now) if each.finding.open]
    return JobStanding(
        job=job.name,
        standing=_standing(last, by_hand, now, late=bool(late)),
        last=last,
        by_hand=by_hand,
        late=len(late),
        late_seconds=int((now - late[0].moment).total_seconds()) if late else 0,
        next=job.schedule.next(now).moment,
        open=len(ages),
        oldest_days=max(ages, default=0),
    )


def _standing(last: Run | None, by_hand: Run | None, now: datetime, *, late: bool) -> Standing:
    if last is None:
        return Standing.NEVER
    if last.on > danish_day(now + AHEAD_MAX):
        return Standing.AHEAD
    if late:
        return Standing.OVERDUE
    if last.ended is None:
        begun = datetime.fromisoformat(last.started_at).astimezone(UTC)
        return Standing.RUNNING if begun + RUN_MAX > now else Standing.OVERDUE
    ended = [run for run in (last, by_hand) if run and run.ended]
    newest = max(ended, key=lambda run: run.position)
    return Standing.FAILED if newest.failed else Standing.FINE


def findings(log: EventLog, job: str, now: datetime) -> list[AgedFinding]:
    """What a job has found that is not gone, open or resolved, the oldest first."""
    state = FindingsState(job)
    for recorded in _events(log, findings_stream(job)):
        state.apply(recorded)
    return [
        AgedFinding(each, (now - datetime.fromisoformat(each.raised_at)).days)
        for each in sorted(state.findings.values(), key=lambda each: each.raised_at)
    ]


def counts(found: AgedFinding, least: Severity, days: int) -> bool:
    """Whether a finding is open, grave enough, and so old."""
    order = list(Severity)
    grave = order.index(found.finding.severity) >= order.index(least)
    return found.finding.open and grave and found.days >= days


def _last_run(log: EventLog, job: str, *, by_hand: bool) -> Run | None:
    stream = log.last_stream(run_prefix(job, by_hand=by_hand))
    return fold(_events(log, stream)) if stream else None


def _events(log: EventLog, stream: str) -> list[Recorded]:
    return [codec.decode(stored.state) for stored in log.select_events(stream)]
