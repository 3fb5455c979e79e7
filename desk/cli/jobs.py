"""`ofl jobs …`: what runs by the clock, how it went, and what it found."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated

import typer

from desk.cli.session import VIEWS_FILE, Session, plain
from desk.cli.trouble import TROUBLE, explained
from desk.jobs.job import Job, Workplace
from desk.jobs.plan import PLAN, named
from desk.jobs.runner import Runner
from desk.jobs.schedule import DENMARK
from desk.jobs.standing import ILL, AgedFinding, JobStanding, counts, stand
from desk.jobs.standing import findings as find
from desk.jobs.waking import keep_awake
from desk.language import Language
from desk.phrases import PHRASES
from ledger.commands.door import now
from ledger.dates import parse_date
from ledger.decide.jobs import Finding, Run
from ledger.decide.refusal import Refusal
from ledger.events import JobFinished, Severity
from ledger.store import location
from ledger.store.location import Server

app = typer.Typer(help="Run the jobs of the night, and see what they found.", no_args_is_help=True)

_OPEN_FINDINGS, _ILL = 6, 7
_AMOUNTS = {"amount", "used", "limit", "refund_ledger", "refund_stated"}
_DAYS = {"until", "due", "since", "day", "ended"}


def _workplace(session: Session) -> Workplace:
    here = session.location
    return Workplace(
        location=here,
        views=here if isinstance(here, Server) else here / VIEWS_FILE,
        vault_key=session.vault_key,
        checkpoint_key=session.checkpoint_key,
        checkpoints=session.checkpoints,
        timestamp_url=session.timestamp_url,
        timestamp_certificate=session.timestamp_certificate,
        bank_inbox=session.bank_inbox,
        key=session.personal_key(),
    )


@app.command()
def run(context: typer.Context) -> None:
    """Stay awake and do every job when it is due, until told to end (SIGTERM).

    Several processes may do so: one at a time is at work, and no run is done twice.
    """
    session: Session = context.obj
    location.require_a_ledger(session.location)
    runner = Runner(_workplace(session), PLAN, lambda each: _tell(session, each))

    def look() -> None:
        try:
            runner.run_due()
        except (*TROUBLE, Refusal) as error:
            # The run stays claimed, and is taken over at the next look.
            sys.stderr.write("".join(f"{line}\n" for line in explained(error)))

    keep_awake(PLAN, look)


@app.command("run-once")
def run_once(
    context: typer.Context,
    job: Annotated[str | None, typer.Argument(help="One job; all of them if not given.")] = None,
    at_once: Annotated[
        bool, typer.Option("--now", help="Do the named job now, whatever its schedule says.")
    ] = False,
) -> None:
    """Do what is due, and stop: for a timer or a cron table, or by hand.

    Exit 7 if a run failed.
    """
    session: Session = context.obj
    jobs = (named(job),) if job else PLAN
    if at_once and job is None:
        message = "name the job to do now"
        raise typer.BadParameter(message)
    location.require_a_ledger(session.location)
    runner = Runner(_workplace(session), jobs)
    found = [runner.run_by_hand(jobs[0])] if at_once else runner.run_due()

    def show() -> None:
        for each in found or ():
            session.console.print(_line(session.lang, each), markup=False, soft_wrap=True)
        if not found:
            nothing = "jobs_elsewhere" if found is None else "jobs_nothing_due"
            session.console.print(session.lang.say(nothing))

    session.answer({"elsewhere": found is None, "runs": found or []}, show)
    if any(each.failed for each in found or ()):
        raise typer.Exit(_ILL)


def _tell(session: Session, each: Run) -> None:
    """A line when a run has ended; with --json an object on a line of its own."""
    if each.ended is None:
        return
    if session.json:
        session.console.out(json.dumps(plain(each), ensure_ascii=False), highlight=False)
    else:
        session.console.print(_line(session.lang, each), markup=False, soft_wrap=True)


def _line(lang: Language, each: Run) -> str:
    told = {"job": each.job, "occurrence": each.occurrence}
    if isinstance(each.ended, JobFinished):
        counts_ = {name: getattr(each.ended, name) for name in ("seen", "raised", "gone")}
        return lang.say("jobs_finished", **told, **counts_)
    if each.ended is not None:
        return lang.say("jobs_failed", **told, reason=each.ended.reason)
    return lang.say("jobs_taken_over", **told)


@app.command("list")
def list_jobs(context: typer.Context) -> None:
    """Show every job, what it does, and when it runs."""
    session: Session = context.obj
    at = now()

    def show() -> None:
        table = session.table("title_jobs", "job", "what", "next_run")
        for job in PLAN:
            moment = job.schedule.next(at).moment
            table.add_row(job.name, session.lang.say(f"job_{job.name}"), _moment(moment))
        session.console.print(table)

    value = [
        {
            "job": job.name,
            "what": session.lang.say(f"job_{job.name}"),
            "schedule": job.schedule,
            "next": job.schedule.next(at).moment.isoformat(),
            "finds": job.kinds,
        }
        for job in PLAN
    ]
    session.answer({"jobs": value}, show)


def _moment(moment: datetime | str | None) -> str:
    """A moment by the Danish clock."""
    if moment is None:
        return "–"
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return f"{moment.astimezone(DENMARK):%Y-%m-%d %H:%M}"


@app.command()
def status(
    context: typer.Context,
    severity: Annotated[
        Severity, typer.Option(help="The least that makes it exit 6.")
    ] = Severity.WARNING,
    older_than: Annotated[
        int, typer.Option("--older-than", min=0, help="So many days a finding may be open first.")
    ] = 0,
) -> None:
    """Show how the jobs stand; for monitoring, by its exit code.

    Exit 0 if all is well, 6 if findings are open, 7 if a job is overdue, has failed or never ran.
    """
    session: Session = context.obj
    location.require_a_ledger(session.location)
    at = now()
    with closing(location.open_log(session.location, now)) as log:
        standings = stand(log, PLAN, at)
        aged = [each for job in PLAN for each in find(log, job.name, at)]
    counted = [each for each in aged if counts(each, severity, older_than)]
    value = {"jobs": standings, "counted": len(counted), "findings": aged}
    session.answer(value, lambda: _show_status(session, standings, len(counted)))
    if any(each.standing in ILL for each in standings):
        raise typer.Exit(_ILL)
    if counted:
        raise typer.Exit(_OPEN_FINDINGS)


def _show_status(session: Session, standings: list[JobStanding], counted: int) -> None:
    numbers = ("late", "open_findings", "oldest_days")
    heads = ("job", "state", "last_run", "ended", "next_run")
    table = session.table("title_jobs", *heads, *numbers, right=numbers)
    lang = session.lang
    for each in standings:
        last = each.last
        table.add_row(
            each.job,
            lang.say(f"standing_{each.standing.value}"),
            last.occurrence if last else "–",
            _moment(last.ended_at if last else None),
            _moment(each.next),
            *(lang.whole(n) for n in (each.late, each.open, each.oldest_days)),
        )
    session.console.print(table)
    if counted:
        session.console.print(lang.say("jobs_see_findings", count=counted), markup=False)


@app.command()
def findings(
    context: typer.Context,
    job: Annotated[str | None, typer.Option(help="Of one job.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Also those that somebody has resolved.")
    ] = False,
) -> None:
    """Show what the jobs found that is open, the oldest first in each job."""
    session: Session = context.obj
    location.require_a_ledger(session.location)
    jobs: tuple[Job, ...] = (named(job),) if job else PLAN
    with closing(location.open_log(session.location, now)) as log:
        aged = [each for one in jobs for each in find(log, one.name, datetime.now(UTC))]
    shown = [each for each in aged if every or each.finding.open]
    answer = [
        {"days": each.days, "says": says(session.lang, each.finding), "finding": each.finding}
        for each in shown
    ]
    session.answer({"findings": answer}, lambda: _show_findings(session, shown))


def _show_findings(session: Session, shown: list[AgedFinding]) -> None:
    lang = session.lang
    if not shown:
        session.console.print(lang.say("jobs_no_findings"))
        return
    table = session.table("title_findings", "finding", "severity", "days", "what", right=("days",))
    for each in shown:
        found = each.finding
        text = says(lang, found)
        if not found.open:
            text += " " + lang.say("jobs_resolved", by=found.resolved_by, reason=found.reason)
        severity = lang.say(f"severity_{found.severity.value}")
        table.add_row(found.finding, severity, lang.whole(each.days), text)
    session.console.print(table)


def says(lang: Language, found: Finding) -> str:
    """What a finding says, with amounts and days as the language writes them."""
    told = {each.name: _detail(lang, each.name, each.text) for each in found.details}
    where = f"{found.agreement}: " if found.agreement else ""
    words = f"finding_{found.kind}"
    if words not in PHRASES:  # a kind that jobs saw once, and that is still open
        return where + ", ".join([found.kind, *(f"{name} {text}" for name, text in told.items())])
    return where + lang.say(words, **told)


def _detail(lang: Language, name: str, text: str) -> str:
    if name == "what":
        return lang.say(text) if text in PHRASES else text
    if name in _AMOUNTS and text != "–":
        return lang.decimal(text)
    if name in _DAYS and text != "–":
        return lang.day(parse_date(text))
    return text


@app.command()
def resolve(
    context: typer.Context,
    finding: Annotated[str, typer.Argument(help="The finding, such as deadlines-12.")],
    reason: Annotated[
        str, typer.Option(help="What was done about it, or why it is accepted; name nobody.")
    ],
) -> None:
    """Say what was done about a finding; it is silent from then on, for as long as it is seen."""
    session: Session = context.obj
    with session.ledger() as ledger:
        resolved = ledger.resolve_finding(finding, reason)
    message = f"{finding}: resolved by {resolved.resolved_by}"
    value = {"finding": resolved, "message": message}
    session.answer(value, lambda: session.console.print(message, markup=False))
