"""`ofl guarantee …`: calling the first-loss guarantee of an agreement that is over."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from desk.cli.session import Session
from desk.cli.values import day, today
from ledger.events import GuaranteeCalled

app = typer.Typer(
    help="Call the first-loss guarantee of an agreement that is over.", no_args_is_help=True
)


@app.command()
def call(
    context: typer.Context,
    agreement: Annotated[str, typer.Argument(help="The agreement.")],
    on: Annotated[
        date | None, typer.Option("--on", parser=day, help="The day it counts; today if not given.")
    ] = None,
) -> None:
    """Let the guarantor owe the investors their loss; pay it like any payment."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.call_guarantee(agreement, on or today())
    lines = []
    for event in (recorded.event for recorded in done.recorded):
        if isinstance(event, GuaranteeCalled):
            amount = session.lang.amount
            lines.append(f"{event.call}: {event.guarantor} owes {amount(event.amount)}")
            lines += [
                f"  {part.investor} lost {amount(part.loss)}, covered {amount(part.amount)}"
                for part in event.parts
            ]
    session.done(done.recorded, "\n".join(lines))
