"""`ofl subject …`: who a person is here, who may be erased, and erasing."""

from __future__ import annotations

import sys
from datetime import date
from typing import Annotated

import typer

from desk.cli.session import Session
from desk.cli.values import day, today
from ledger.decide.refusal import NotFound
from ledger.events import PersonsMerged
from ledger.model import SubjectRef
from projections.retention import YEARS, retention

app = typer.Typer(help="Find people by their id, and erase them.", no_args_is_help=True)


@app.command()
def find(
    context: typer.Context,
    agreement: Annotated[str, typer.Option(help="The agreement the person is enrolled in.")],
) -> None:
    """Tell a person's pseudonym. The id is read from standard input, so that no shell keeps it."""
    session: Session = context.obj
    if sys.stdin.isatty():
        person_id = typer.prompt("Id", hide_input=True, err=True)
    else:
        person_id = sys.stdin.readline()
    if not person_id.strip():
        message = "no id came in; write it to standard input"
        raise NotFound(message)
    with session.ledger() as ledger:
        ref = ledger.find_subject(agreement, person_id.strip())
    value = {"subject": ref, "agreement": agreement}
    session.answer(value, lambda: session.console.print(ref, markup=False))


@app.command()
def erase(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="The person's pseudonym, as `subject find` tells it.")],
    reason: Annotated[
        str, typer.Option(help="Why; kept for ever, so nothing personal may be in it.")
    ],
    even_though_undecided: Annotated[
        bool,
        typer.Option(
            "--even-though-undecided",
            help="Also if outcomes of the person are not decided or paid.",
        ),
    ] = False,
) -> None:
    """Forget a person: destroy the key to all that is sealed. What was decided and paid stays."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.erase_subject(
            SubjectRef(ref), reason, even_though_undecided=even_though_undecided
        )
    message = f"{ref}: erased; backups of the vault keep the key for as long as they are kept"
    if not done.recorded or done.repeated:
        message = f"{ref}: erasing is complete; it had been recorded before, and the key was left"
    session.done(done.recorded, message, subject=ref)


Reason = Annotated[str, typer.Option(help="Why; kept for ever, so nothing personal may be in it.")]


@app.command()
def merge(
    context: typer.Context,
    one: Annotated[str, typer.Argument(help="A pseudonym.")],
    other: Annotated[str, typer.Argument(help="Another pseudonym of the same person.")],
    reason: Reason,
) -> None:
    """Let two pseudonyms count as one person, the one that was enrolled first."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.merge_subjects(SubjectRef(one), SubjectRef(other), reason)
    (event,) = (each.event for each in done.recorded)
    assert isinstance(event, PersonsMerged)
    message = session.lang.say("told_merged", merged=event.merged, subject=event.subject)
    session.done(done.recorded, message, subject=event.subject, merged=event.merged)


@app.command()
def unmerge(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="The pseudonym that was merged into another.")],
    reason: Reason,
) -> None:
    """Let somebody who was merged into another be a person of their own again."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.unmerge_subject(SubjectRef(ref), reason)
    message = session.lang.say("told_unmerged", subject=ref)
    session.done(done.recorded, message, subject=ref)


@app.command()
def move(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="The person's pseudonym.")],
    to: Annotated[str, typer.Option(help="The municipality that co-pays from then on.")],
    on: Annotated[date, typer.Option(parser=day, help="The first day in it.")],
    reason: Reason,
) -> None:
    """Record that a person moved: the split stays up to the day, then another co-pays."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.move_subject(SubjectRef(ref), to, on, reason)
    message = session.lang.say("told_moved", subject=ref, to=to, on=session.lang.day(on))
    session.done(done.recorded, message, subject=ref, municipality=to)


@app.command("retention")
def show_retention(
    context: typer.Context,
    years: Annotated[
        int, typer.Option(min=0, help="How many years books are kept, from the year's end.")
    ] = YEARS,
    on: Annotated[
        date | None,
        typer.Option(
            parser=day, metavar="DATE", help="The day to tell it for; today if not given."
        ),
    ] = None,
) -> None:
    """Show who may be erased: nothing on them counts in an accounting year that is still kept."""
    session: Session = context.obj
    asked = on or today()
    with session.views() as (ledger, views):
        at = session.stamp(views)
        everybody = retention(ledger.log, years)
    found = [each for each in everybody if each.erasable_from <= asked]

    def show() -> None:
        heads = ("person", "agreement", "last_year", "erasable_from")
        table = session.table("title_retention", *heads, right=("last_year",))
        for each in found:
            first = session.lang.day(each.erasable_from)
            table.add_row(each.subject, each.agreement, str(each.last_year), first)
        session.console.print(table)
        kept = session.lang.say(
            "retention_kept", erasable=len(found), kept=len(everybody) - len(found), years=years
        )
        session.console.print(kept, markup=False)
        session.print_stamp(at)

    value = {
        "stamp": at, "on": asked, "years": years, "erasable": found,
        "kept": len(everybody) - len(found),
    }  # fmt: skip
    session.answer(value, show)
