"""`ofl verify`, `ofl rebuild`, `ofl export …`: proof, and books that others can check."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from desk.cli.session import Session
from ledger.store.copying import copy_ledger
from ledger.store.location import located
from projections.export import JournalFormat, write_journal
from projections.verify import verify as run_verify

export_app = typer.Typer(help="Write the books for other programs.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the commands that stand alone."""
    root.command()(verify)
    root.command()(rebuild)
    root.command()(copy)


def verify(context: typer.Context) -> None:
    """Prove that nothing was altered: the chain, the views, and every decision done again."""
    session: Session = context.obj
    with session.ledger() as ledger:
        views = session.open_views()
        with session.progress(None, "hashing events") as advance:
            result = run_verify(ledger, views, advance)
        views.close()

    def show() -> None:
        say = session.console.print
        if result.sound:
            say(f"Sound. {result.events} events, chain head {result.chain}.", markup=False)
            say(
                f"{result.assessments} assessments repeated with the same decisions, "
                f"{result.tables} tables equal to a rebuild.",
                markup=False,
            )
        else:
            say("NOT SOUND.", style="bold red")
            for fault in result.faults:
                where = f"position {fault.position}: " if fault.position else ""
                say(f"  {fault.check.value}: {where}{fault.message}", markup=False)

    session.answer({"sound": result.sound, "verification": result}, show)
    if not result.sound:
        raise typer.Exit(1)


def rebuild(context: typer.Context) -> None:
    """Throw the views away and make them again from the events."""
    session: Session = context.obj
    with session.ledger() as ledger:
        views = session.open_views()
        with session.progress(ledger.log.head()[0], "rebuilding") as advance:
            taken = views.rebuild(ledger.log, advance)
        views.close()
    session.done((), f"views rebuilt from {taken} events", events=taken)


def copy(
    context: typer.Context,
    source: Annotated[str, typer.Option("--from", help="The ledger: a directory or a URL.")],
    target: Annotated[str, typer.Option("--to", help="Where there is no ledger yet.")],
) -> None:
    """Copy a ledger to another place or engine, byte for byte; its vault's key is not copied."""
    session: Session = context.obj
    to = located(target)
    with session.progress(None, "copying events") as advance:
        copied = copy_ledger(located(source), to, advance)
    message = (
        f"{to}: {copied.events} events and {copied.subjects} people; chain head {copied.chain}.\n"
        "The vault's key is not copied: name it with --vault-key or OFL_VAULT_KEY."
    )
    value = {"from": located(source), "to": to, "copied": copied}
    session.answer(value, lambda: session.console.print(message, markup=False))


@export_app.command()
def journal(
    context: typer.Context,
    form: Annotated[
        JournalFormat, typer.Option("--format", help="The program that is to read it.")
    ] = JournalFormat.HLEDGER,
    output: Annotated[
        Path | None, typer.Option(help="The file to write; standard output if not given.")
    ] = None,
) -> None:
    """Write the journal, every book of it, for hledger, beancount or a spreadsheet."""
    session: Session = context.obj
    with session.views() as (ledger, views):
        opened = ledger.law().opened
        currency = opened.currency if opened else "DKK"
        if output is None:
            write_journal(views, currency, form, sys.stdout)
            return
        with output.open("w", encoding="utf-8", newline="") as file:
            count = write_journal(views, currency, form, file)
    session.done((), f"{output}: {count} transactions", transactions=count, file=output)
