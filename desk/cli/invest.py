"""`ofl invest …`: drawdowns on the investors' commitments, and capital paid in."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from desk.cli.session import Session
from desk.cli.values import amount, day, today
from ledger.events import DrawdownCalled
from ledger.money import Amount
from projections import report

app = typer.Typer(help="Draw on commitments and record capital paid in.", no_args_is_help=True)
On = Annotated[
    date | None, typer.Option("--on", parser=day, help="The day it counts; today if not given.")
]


@app.command()
def draw(
    context: typer.Context,
    agreement: Annotated[str, typer.Argument(help="The agreement.")],
    sum_drawn: Annotated[
        Amount, typer.Argument(metavar="AMOUNT", parser=amount, help="Such as 6000000.00.")
    ],
    on: On = None,
) -> None:
    """Draw an amount on the commitments, pro rata to what each investor committed."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.call_drawdown(agreement, sum_drawn, on or today())
    lines = []
    for recorded in done.recorded:
        if isinstance(recorded.event, DrawdownCalled):
            called = recorded.event
            names = {"drawdown": called.drawdown, "provider": called.provider}
            lines.append(session.lang.say("told_drawn", **names))
            lines += [
                f"  {called.drawdown}/{part.investor}  {session.lang.amount(part.amount)}"
                for part in called.parts
            ]
    session.done(done.recorded, "\n".join(lines) or session.lang.say("told_drawn_before"))


@app.command()
def received(
    context: typer.Context,
    drawdown: Annotated[str, typer.Argument(help="The drawdown, such as aarhus-hf-1-D01.")],
    investor: Annotated[str, typer.Argument(help="The investor that paid.")],
    on: On = None,
) -> None:
    """Record capital paid in that no imported bank statement shows."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.receive_capital(drawdown, investor, on or today())
    message = session.lang.say("told_paid_in", investor=investor, drawdown=drawdown)
    session.done(done.recorded, message)


@app.command("list")
def list_investors(context: typer.Context) -> None:
    """Show how every investor stands."""
    session: Session = context.obj
    with session.views() as (_, views):
        found, at = report.investors(views), session.stamp(views)

    def show() -> None:
        show_investors(session, found)
        session.print_stamp(at)

    session.answer({"stamp": at, "investors": found}, show)


def show_investors(session: Session, found: list[report.Investor]) -> None:
    """A table of investors."""
    numbers = ("committed", "paid_in", "entitled", "paid_back", "outstanding", "guaranteed")
    table = session.table("title_investors", "agreement", "investor", *numbers, right=numbers)
    for each in found:
        values = (
            each.committed,
            each.paid_in,
            each.entitled,
            each.received,
            each.outstanding,
            each.guaranteed,
        )
        table.add_row(each.agreement, each.investor, *(session.lang.amount(v) for v in values))
    session.console.print(table)
