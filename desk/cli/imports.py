"""`ofl import …`: facts from files, the whole file or nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from desk.cli.bank import report
from desk.cli.session import Session
from desk.cli.values import day
from desk.intake import files
from desk.intake.bank import read_bank_file
from ledger.commands.door import Done
from ledger.events import Event, Recorded, RegisterCovered

app = typer.Typer(
    help="Read facts from CSV files: the whole file is taken, or nothing.", no_args_is_help=True
)
File = Annotated[Path, typer.Argument(help="The CSV file.")]


def _count(recorded: tuple[Recorded, ...], *leave_out: type[Event]) -> int:
    return sum(not isinstance(each.event, leave_out) for each in recorded)


def _report(  # noqa: PLR0913, PLR0917 - it is told of one import
    session: Session, file: Path, done: Done, rows: int, new: int, kind: str, more: str = ""
) -> None:
    """Say how much of a file was new, and what more is known by it."""
    told = {"file": file.name, "rows": rows}
    message = session.lang.say("told_imported_before", **told)
    if done.recorded:
        what = session.lang.say(f"imported_{kind}")
        message = session.lang.say("told_imported", **told, new=new, what=what) + more
    session.done(done.recorded, message, file=file.name, rows=rows, new=new)


@app.command()
def tariffs(context: typer.Context, file: File) -> None:
    """Tariffs and own payment per night, by shelter and date."""
    session: Session = context.obj
    batch = files.read_tariffs(file)
    with session.ledger() as ledger:
        done = ledger.import_tariffs(batch)
    _report(session, file, done, len(batch.rows), len(done.recorded), "tariffs")


@app.command()
def enrolments(context: typer.Context, file: File) -> None:
    """People who entered an agreement's programme."""
    session: Session = context.obj
    batch = files.read_enrolments(file)
    with session.ledger() as ledger:
        done = ledger.import_enrolments(batch)
    _report(session, file, done, len(batch.rows), len(done.recorded), "enrolments")


@app.command()
def stays(
    context: typer.Context,
    file: File,
    covers_until: Annotated[
        date | None,
        typer.Option(
            parser=day,
            help="The register is complete up to, not including, this date; "
            "the newest date in the file if not given.",
        ),
    ] = None,
) -> None:
    """A shelter register's export: new stays, and the ends of open ones."""
    session: Session = context.obj
    batch = files.read_stays(file)
    with session.ledger() as ledger:
        done = ledger.import_stays(batch, covers_until)
    new = _count(done.recorded, RegisterCovered)
    reaches = {e.until for each in done.recorded if isinstance(e := each.event, RegisterCovered)}
    lang = session.lang
    known = [lang.say("told_register_until", until=lang.day(until)) for until in reaches]
    _report(session, file, done, len(batch.rows), new, "stays", "".join(known))


@app.command()
def measurements(context: typer.Context, file: File) -> None:
    """What indicators showed for people at milestones."""
    session: Session = context.obj
    batch = files.read_measurements(file)
    with session.ledger() as ledger:
        done = ledger.import_measurements(batch)
    _report(session, file, done, len(batch.rows), len(done.recorded), "measurements")


@app.command()
def spells(context: typer.Context, file: File) -> None:
    """Times in which something held for people, such as a job: new ones, and ends of open ones."""
    session: Session = context.obj
    batch = files.read_spells(file)
    with session.ledger() as ledger:
        done = ledger.import_spells(batch)
    _report(session, file, done, len(batch.rows), len(done.recorded), "spells")


@app.command()
def results(context: typer.Context, file: File) -> None:
    """What indicators showed for cohorts, or for an agreement as a whole."""
    session: Session = context.obj
    batch = files.read_results(file)
    with session.ledger() as ledger:
        done = ledger.import_results(batch)
    _report(session, file, done, len(batch.rows), len(done.recorded), "results")


@app.command()
def bank(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(help="CSV files, or camt.052, camt.053 and camt.054 files, in any order."),
    ],
) -> None:
    """Bank statements: every line is kept, and all that is known is matched."""
    session: Session = context.obj
    with session.ledger() as ledger:
        opened = ledger.law().opened
        assert opened is not None
        with session.progress(len(files), "files") as advance:
            batches = []
            for file in files:
                batches.append(read_bank_file(file, opened.currency))
                advance(1)
        done, matched = ledger.import_bank(*batches)
    report(
        session,
        done,
        matched,
        files[0].name if len(files) == 1 else session.lang.say("told_bank_files", count=len(files)),
        read=True,
    )


@app.command()
def refunds(context: typer.Context, file: File) -> None:
    """What municipalities claimed of the state, by agreement and quarter."""
    session: Session = context.obj
    batch = files.read_refunds(file)
    with session.ledger() as ledger:
        done = ledger.import_refunds(batch)
    _report(session, file, done, len(batch.rows), len(done.recorded), "refunds")
