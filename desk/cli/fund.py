"""`ofl fund …`: appropriations, commitments, and where the fund stands."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from desk.cli.session import Session
from desk.cli.values import amount, day, today
from desk.intake.files import read_portfolio
from ledger.money import Amount
from ledger.parties import Recognition
from projections import fund as view
from projections import portfolio as published

app = typer.Typer(
    help="Appropriations, commitments to agreements, and what is drawn on them.",
    no_args_is_help=True,
)
On = Annotated[
    date | None, typer.Option("--on", parser=day, help="The day it counts; today if not given.")
]
Agreement = Annotated[str, typer.Argument(help="The agreement.")]
Sum = Annotated[Amount, typer.Argument(metavar="AMOUNT", parser=amount, help="Such as 6000000.00.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in a few words.")]


@app.command()
def policy(
    context: typer.Context,
    party: Annotated[str, typer.Argument(help="The party that the fund is in its agreements.")],
    recognition: Annotated[
        Recognition,
        typer.Option(help="2.2.11: commitments are expensed when given. 2.2.10: outcomes are."),
    ] = Recognition.COMMITMENT,
    on: On = None,
) -> None:
    """Say which party the fund is, and when it expenses what it pays."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.set_fund_policy(party, recognition, on or today())
    session.done(done.recorded, f"the fund is {party}, by Budgetvejledningen {recognition.value}")


@app.command()
def appropriate(
    context: typer.Context,
    year: Annotated[int, typer.Argument(help="The budget year.", min=1900, max=2100)],
    sum_granted: Sum,
    text: Annotated[str, typer.Option("--text", help="Where it is granted.")] = "appropriation",
    on: On = None,
) -> None:
    """Record an appropriation for a budget year; one below zero cuts it (after `--`)."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.appropriate(year, sum_granted, text, on or today())
        left = ledger.fund().available(year)
    told = f"{year}: {session.lang.amount(sum_granted)} appropriated"
    session.done(done.recorded, f"{told}, {session.lang.amount(left)} available", available=left)


@app.command()
def commit(context: typer.Context, agreement: Agreement, sum_committed: Sum, on: On = None) -> None:
    """Commit an amount to an agreement, within the year's appropriation."""
    session: Session = context.obj
    when = on or today()
    with session.ledger() as ledger:
        done = ledger.commit(agreement, sum_committed, when)
        left = ledger.fund().available(when.year)
    told = f"{agreement}: {session.lang.amount(sum_committed)} committed"
    message = f"{told}, {session.lang.amount(left)} available in {when.year}"
    session.done(done.recorded, message, available=left)


@app.command()
def reestimate(
    context: typer.Context,
    agreement: Agreement,
    expected: Sum,
    reason: Reason = "re-estimated",
    on: On = None,
) -> None:
    """Put a commitment at what it is now expected to come to."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.reestimate(agreement, expected, reason, on or today())
    session.done(done.recorded, f"{agreement}: now {session.lang.amount(expected)} committed")


@app.command()
def annul(
    context: typer.Context,
    agreement: Agreement,
    part: Annotated[
        Amount | None,
        typer.Option("--amount", parser=amount, help="All that is not drawn if not given."),
    ] = None,
    reason: Reason = "not needed",
    on: On = None,
) -> None:
    """Annul what is not drawn of a commitment: a negative expense in the year of annulment."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.annul(agreement, part, reason, on or today())
        left = ledger.fund().commitments[agreement].undrawn
    session.done(done.recorded, f"{agreement}: annulled; {session.lang.amount(left)} undrawn")


@app.command()
def portfolio(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The portfolio as published, as YAML.")],
) -> None:
    """Sum a published portfolio by source, and show where its figures disagree. Records nothing."""
    session: Session = context.obj
    found = read_portfolio(file)
    groups, checks = published.sums(found), published.compared(found)

    def show() -> None:
        session.console.print(found.title, style="bold", markup=False)
        _show_groups(session, groups)
        _show_checks(session, checks)

    conflicts = [each.what for each in checks if not each.agrees]
    value = {"portfolio": found, "sums": groups, "checks": checks, "conflicts": conflicts}
    session.answer(value, show)


def _show_groups(session: Session, groups: list[published.Sum]) -> None:
    numbers = ("rows", "amount", "share")
    table = session.table("title_portfolio", "source", "group", "instrument", *numbers,
                          right=numbers)  # fmt: skip
    lang = session.lang
    for each in groups:
        kinds = ", ".join(lang.say(kind) for kind in each.instruments)
        amounts = (
            lang.amount(amount) + (f" ({untold} {lang.say('untold')})" if untold else "")
            for amount, untold in (
                (each.total, each.total_untold),
                (each.share, each.share_untold),
            )
        )
        table.add_row(each.source, each.group, kinds, lang.whole(each.rows), *amounts)
    session.console.print(table)


def _show_checks(session: Session, checks: list[published.Compared]) -> None:
    numbers = ("adds_up_to", "published", "difference")
    table = session.table("title_checks", "what", *numbers, "agrees", right=numbers)
    say = session.lang.say
    for each in checks:
        said = say("yes" if each.agrees else "no")
        untold = f" ({each.untold} {say('untold')})" if each.untold else ""
        found, told, difference = (
            session.lang.decimal(text) if "." in text else session.lang.whole(int(text))
            for text in (each.found, each.published, each.difference)
        )
        table.add_row(each.what, found + untold, told, difference, said)
    session.console.print(table)


@app.command()
def status(context: typer.Context) -> None:
    """Show appropriations by year, and commitments by agreement."""
    session: Session = context.obj
    with session.views() as (ledger, views):
        found, at = view.status(ledger.fund(), views), session.stamp(views)

    def show() -> None:
        _show_years(session, found)
        _show_commitments(session, found)
        say, lang = session.lang.say, session.lang
        line = say("show_provision", party=found.party, amount=lang.amount(found.provision),
                   recognition=found.recognition)  # fmt: skip
        session.console.print(line, markup=False)
        session.print_stamp(at)

    session.answer({"stamp": at, "fund": found}, show)


def _show_years(session: Session, found: view.FundStatus) -> None:
    money = ("appropriated", "committed", "available", "expensed")
    table = session.table("title_years", "year", *money, right=money)
    for each in found.years:
        table.add_row(str(each.year), *(session.lang.amount(getattr(each, m)) for m in money))
    session.console.print(table)


def _show_commitments(session: Session, found: view.FundStatus) -> None:
    money = ("given", "reestimated", "annulled", "drawn", "undrawn", "beyond", "paid")
    table = session.table("title_commitments", "agreement", *money, right=money)
    for each in found.commitments:
        table.add_row(each.agreement, *(session.lang.amount(getattr(each, m)) for m in money))
    session.console.print(table)
