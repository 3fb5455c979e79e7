"""`ofl correct …`: facts that were wrong; and adjustments and changes of an agreement."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from desk.cli.sentence import sentence
from desk.cli.session import Session
from desk.cli.values import day, today
from desk.intake import files
from desk.intake.single import changed
from ledger.commands.door import Done
from ledger.events import AdjustmentProposed
from ledger.model import Position
from ledger.money import Amount, total
from ledger.service import Ledger
from projections.changes import Change, changes

app = typer.Typer(
    help="Correct facts that were wrong: what was recorded stays, and what is right counts.",
    no_args_is_help=True,
)

File = Annotated[Path, typer.Argument(help="The CSV file, with the columns of its import.")]
Reason = Annotated[str, typer.Option(help="Why; kept for ever, so nothing personal may be in it.")]
At = Annotated[
    int, typer.Argument(min=1, help="The event that recorded it, as `ofl explain` tells.")
]


def register(agreement_app: typer.Typer) -> None:
    """Add the commands on an agreement as a whole."""
    agreement_app.command()(adjust)
    agreement_app.command("decide")(decide_adjustment)
    agreement_app.command("changes")(show_changes)


def _report(session: Session, done: Done, file: Path, rows: int) -> None:
    count = len(done.recorded)
    key = "told_corrected_file" if count else "told_corrected_file_before"
    message = session.lang.say(key, file=file.name, rows=rows, count=count)
    session.done(done.recorded, message, file=file.name, rows=rows, corrected=count)


@app.command()
def enrolments(context: typer.Context, file: File, reason: Reason) -> None:
    """Enrolments: on another day, or with other particulars."""
    session: Session = context.obj
    batch = files.read_enrolments(file)
    with session.ledger() as ledger:
        _report(session, ledger.correct_facts(batch, reason), file, len(batch.rows))


@app.command()
def stays(context: typer.Context, file: File, reason: Reason) -> None:
    """Stays, found by their stay_id: at another shelter, or on other days."""
    session: Session = context.obj
    batch = files.read_stays(file)
    with session.ledger() as ledger:
        _report(session, ledger.correct_facts(batch, reason), file, len(batch.rows))


@app.command()
def measurements(context: typer.Context, file: File, reason: Reason) -> None:
    """Measurements of people, found by person, indicator and milestone (or else the day)."""
    session: Session = context.obj
    batch = files.read_measurements(file)
    with session.ledger() as ledger:
        _report(session, ledger.correct_facts(batch, reason), file, len(batch.rows))


@app.command()
def spells(context: typer.Context, file: File, reason: Reason) -> None:
    """Spells, found by their spell_id."""
    session: Session = context.obj
    batch = files.read_spells(file)
    with session.ledger() as ledger:
        _report(session, ledger.correct_facts(batch, reason), file, len(batch.rows))


@app.command()
def results(context: typer.Context, file: File, reason: Reason) -> None:
    """Measurements of cohorts, found by cohort, indicator and day."""
    session: Session = context.obj
    batch = files.read_results(file)
    with session.ledger() as ledger:
        _report(session, ledger.correct_facts(batch, reason), file, len(batch.rows))


@app.command()
def tariffs(context: typer.Context, file: File, reason: Reason) -> None:
    """Tariffs, found by shelter and first day."""
    session: Session = context.obj
    batch = files.read_tariffs(file)
    with session.ledger() as ledger:
        _report(session, ledger.correct_tariffs(batch, reason), file, len(batch.rows))


@app.command()
def fact(
    context: typer.Context,
    position: At,
    set_: Annotated[
        list[str], typer.Option("--set", help="A column of its import with the right value: x=y.")
    ],
    reason: Reason,
) -> None:
    """Correct one fact about a person or a cohort, by the event that recorded it."""
    session: Session = context.obj
    wanted = dict(_pair(each) for each in set_)
    with session.ledger() as ledger:
        row = changed(f"event {position}", ledger.fact_at(Position(position)), wanted)
        done = ledger.correct_fact(Position(position), row, reason)
    key = "told_corrected" if done.recorded else "told_corrected_before"
    message = session.lang.say(key, position=position)
    session.done(done.recorded, message, corrects=position)


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        message = "write a column and its value, as value=no"
        raise typer.BadParameter(message)
    return name, value


@app.command()
def void(context: typer.Context, position: At, reason: Reason) -> None:
    """Let one fact count no more, such as one about somebody else."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.void_fact(Position(position), reason)
    message = session.lang.say("told_void", position=position)
    session.done(done.recorded, message, corrects=position)


@app.command("register")
def correct_register(
    context: typer.Context,
    agreement: Annotated[str, typer.Argument(help="The agreement.")],
    until: Annotated[
        date,
        typer.Option(parser=day, help="The register is known up to, not including, this day."),
    ],
    reason: Reason,
) -> None:
    """Say that the shelter register reaches less far than was said."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.correct_register(agreement, until, reason)
    told = {"agreement": agreement, "until": session.lang.day(until)}
    message = session.lang.say("told_register_corrected", **told)
    session.done(done.recorded, message, agreement=agreement)


# --- on an agreement as a whole -----------------------------------------------------------------


def adjust(
    context: typer.Context,
    agreement: Annotated[str, typer.Argument(help="The agreement.")],
    part: Annotated[
        list[str],
        typer.Option(help="PAYER:PAYEE:AMOUNT, below zero for what comes back; may be repeated."),
    ],
    basis: Annotated[str, typer.Option(help="What it rests on, such as the sample's reference.")],
    reason: Reason,
    on: Annotated[
        date | None, typer.Option("--on", parser=day, help="The day it counts; today if not given.")
    ] = None,
) -> None:
    """Propose to adjust an agreement with no outcome behind it; another person decides it."""
    session: Session = context.obj
    with session.ledger() as ledger:
        asked = [_part(each) for each in part]
        done = ledger.propose_adjustment(agreement, asked, basis, reason, on or today())
    (event,) = (each.event for each in done.recorded)
    assert isinstance(event, AdjustmentProposed)
    amount = session.lang.amount(event.amount)
    told = {"adjustment": event.adjustment, "amount": amount}
    message = session.lang.say("sample_said_adjusted", **told)
    session.done(done.recorded, message, adjustment=event.adjustment, amount=event.amount)


def _part(text: str) -> tuple[str, str, str]:
    payer, _, rest = text.partition(":")
    payee, _, amount = rest.partition(":")
    try:
        Amount.parse(amount)
    except ValueError as error:
        message = f"write PAYER:PAYEE:AMOUNT, as fund:dsi:-150.00: {error}"
        raise typer.BadParameter(message) from None
    return payer, payee, amount


def decide_adjustment(
    context: typer.Context,
    adjustment: Annotated[str, typer.Argument(help="The adjustment, as hf-J01.")],
    on: Annotated[
        date | None, typer.Option("--on", parser=day, help="The day it counts; today if not given.")
    ] = None,
) -> None:
    """Decide an adjustment that somebody else proposed; then it is owed, or owed back."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.decide_adjustment(adjustment, on or today())
    message = session.lang.say("told_adjustment_decided", adjustment=adjustment)
    session.done(done.recorded, message, adjustment=adjustment)


def show_changes(
    context: typer.Context,
    agreement: Annotated[str, typer.Argument(help="The agreement.")],
    since: Annotated[int, typer.Option(min=0, help="Only what changed after this event.")] = 0,
) -> None:
    """Show whose entitlement changed, by how much, and because of what."""
    session: Session = context.obj
    with session.views() as (ledger, views):
        found = changes(ledger, agreement, since)
        lines = [line for each in found for line in change_lines(session, ledger, each)]
        at = session.stamp(views)

    def show() -> None:
        for line in lines or [session.lang.say("changes_none", agreement=agreement)]:
            session.console.print(line, markup=False, soft_wrap=True)
        session.print_stamp(at)

    session.answer({"stamp": at, "agreement": agreement, "changes": found}, show)


def change_lines(session: Session, ledger: Ledger, change: Change) -> list[str]:
    """A changed entitlement in words: what it was and is, who owes what more, and why."""
    lang = session.lang
    lines = [
        lang.say(
            "change",
            claim=change.claim,
            before=lang.amount(change.before),
            after=lang.amount(change.after),
            difference=lang.amount(total(part.amount for part in change.difference)),
        )
    ]
    lines += [
        "    " + lang.say("change_part", payer=part.payer, payee=part.payee,
                          amount=lang.amount(part.amount))
        for part in change.difference
    ]  # fmt: skip
    for cause in change.because:
        (recorded,) = ledger.at(cause.position)
        what = sentence(session, recorded)
        words = {"position": cause.position, "actor": cause.actor, "what": what}
        lines.append("    " + lang.say("change_because", **words))
    if not change.because:
        claims = ", ".join(change.knock_on_of) or lang.say("change_others")
        lines.append("    " + lang.say("change_knock_on", claims=claims))
    return lines
