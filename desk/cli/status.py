"""`ofl status`: how the ledger stands, and what somebody should see to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import typer

from desk.cli.session import Session
from desk.cli.trouble import TROUBLE
from desk.jobs.plan import PLAN
from desk.jobs.standing import ILL, stand
from ledger.commands.door import now
from ledger.decide.refusal import Refusal
from ledger.store.location import open_log
from projections.status import Places, Status
from projections.status import status as find_status


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command()(status)


def status(context: typer.Context) -> None:
    """Show how the ledger stands: engine, sizes, head, lag, checkpoints, last verification.

    It changes nothing, and works also when something is broken: then it says what.
    """
    session: Session = context.obj
    places = Places(
        session.location, session.vault_key, session.checkpoint_key, session.checkpoints
    )
    views = session.open_views()
    try:
        found = find_status(places, views, now())
    finally:
        views.close()
    jobs = _jobs(session)
    session.answer({"status": found, "jobs": jobs}, lambda: _show(session, found, jobs))


def _jobs(session: Session) -> dict[str, int] | None:
    """How many jobs there are, how many are ill, and open findings; None if it cannot be read."""
    try:
        with closing(open_log(session.location, now)) as log:
            standings = stand(log, PLAN, now())
    except (*TROUBLE, Refusal, ValueError):
        return None  # the events cannot be read, which is told already
    ill = sum(each.standing in ILL for each in standings)
    return {"jobs": len(standings), "ill": ill, "open": sum(each.open for each in standings)}


def _show(session: Session, found: Status, jobs: dict[str, int] | None) -> None:
    say, out = session.lang.say, session.console.print
    lines = list(_lines(session, found))
    if jobs is not None:
        lines.append(("status_jobs", say("status_jobs_told", **jobs)))
    width = max(len(say(name)) for name, _ in lines)
    for name, text in lines:
        out(f"{say(name).ljust(width)}  {text}", markup=False, soft_wrap=True)
    for warned in found.warnings:
        text = say(f"warn_{warned.name}", **warned.values)
        out(f"! {text}", style="yellow", markup=False, soft_wrap=True)
    if not found.warnings:
        out(say("status_no_warnings"))


def _lines(session: Session, found: Status) -> Iterator[tuple[str, str]]:
    """What is told of each part, by the phrase that names it."""
    say, whole = session.lang.say, session.lang.whole
    yield "status_ledger", found.ledger
    yield (
        "status_program",
        say(
            "status_versions",
            program=found.program,
            python=found.python,
            policy=found.policy_version,
            views=found.views_schema_version,
        ),
    )
    if (events := found.events) is not None:
        engine = events.engine
        settings = ", ".join(f"{name} {value}" for name, value in engine.settings.items())
        yield "status_engine", f"{engine.name} {engine.version}: {settings}"
        yield "status_why", say(f"why_{engine.settings.get('journal_mode', 'server').lower()}")
        yield (
            "status_events",
            say(
                "status_events_told",
                events=whole(events.events),
                streams=whole(events.streams),
                agreements=whole(events.agreements),
                size=whole(events.size_bytes),
            ),
        )
        yield (
            "status_head",
            say(
                "status_head_told",
                position=events.events,
                recorded_at=events.recorded_at or "–",
                chain=events.chain[:16],
            ),
        )
    if (kept := found.vault) is not None:
        size, subjects = whole(kept.size_bytes), whole(kept.subjects)
        yield "status_vault", say("status_vault_told", subjects=subjects, size=size)
    if (views := found.views) is not None:
        yield (
            "status_views",
            say(
                "status_views_told",
                position=views.position,
                lag=whole(views.lag_events),
                seconds=whole(round(views.lag_seconds)),
                size=whole(views.size_bytes),
            ),
        )
    if (sealed := found.checkpoints) is not None:
        yield (
            "status_checkpoints",
            say(
                "status_checkpoints_told",
                count=whole(sealed.count),
                size=whole(sealed.size),
                time=sealed.time or "–",
                uncovered=whole(sealed.uncovered),
            ),
        )
    if (last := found.verified) is not None:
        yield (
            "status_verified",
            say(
                "status_verified_told",
                at=last.at,
                by=last.by,
                outcome=say(last.outcome),
                events=whole(last.events),
            ),
        )
