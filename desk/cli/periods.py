"""`ofl period …`: closing the books, and what a closed period was reported as and is now."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Annotated, Any

import typer

from desk.cli.clocks import KnownAt
from desk.cli.session import Session
from ledger.decide.period import Reasons
from ledger.events import PeriodReopened
from ledger.money import Amount, total
from projections import periods, reported
from projections.moment import Stamp, moment
from projections.reported import Closed, Difference, Restated, TrialBalance

app = typer.Typer(help="Close the books of a period, and report on it.", no_args_is_help=True)

Named = Annotated[str, typer.Argument(help="A month 2025-10, a quarter 2025-Q4 or a year 2025.")]


@app.command()
def close(
    context: typer.Context,
    period: Named,
    unreconciled: Annotated[
        str | None,
        typer.Option(
            "--even-though-unreconciled", help="Why, if the bank and the books do not agree yet."
        ),
    ] = None,
    unverifiable: Annotated[
        str | None,
        typer.Option("--even-though-unverifiable", help="Why, if it cannot all be verified."),
    ] = None,
) -> None:
    """Close a period: verify and seal everything, and keep the period's trial balance for ever.

    What is recorded later keeps the day on which it counts, and is booked in the open period.
    """
    session: Session = context.obj
    reasons = Reasons(unreconciled, unverifiable)
    with session.views() as (ledger, views):
        with session.progress(None, "hashing events") as advance:
            done = periods.close(ledger, views, period, reasons, advance)
        closed = reported.closing(ledger, period, done.recorded[-1].position)
        _, at = reported.as_reported(ledger, views, closed)
    event = closed.event
    message = session.lang.say(
        "period_closed",
        period=period,
        until=session.lang.day(event.until - timedelta(days=1)),
        covers=event.covers,
        turnover=session.lang.amount(event.turnover),
        hash=event.trial_balance,
    )
    session.done(done.recorded, message, stamp=at, period=event)


@app.command("list")
def list_periods(context: typer.Context, known_at: KnownAt = None) -> None:
    """Show every close of a period, and what was opened again."""
    session: Session = context.obj
    with session.views() as (ledger, views):
        at = moment(ledger.log, views, known_at, None)
        found = reported.closings(ledger, at.position)

    def show() -> None:
        heads = ("period", "from_day", "to_day", "state", "position", "who", "debit")
        table = session.table("title_periods", *heads, right=("position", "debit"))
        lang = session.lang
        for each in found:
            table.add_row(
                each.event.period,
                lang.day(each.event.start),
                lang.day(each.event.until - timedelta(days=1)),
                lang.say(each.state),
                str(each.closed.position),
                each.closed.actor,
                lang.amount(each.event.turnover),
            )
        session.console.print(table)
        session.print_stamp(at)

    session.answer({"stamp": at, "periods": [_told(each) for each in found]}, show)


@app.command("show")
def show_period(context: typer.Context, period: Named, known_at: KnownAt = None) -> None:
    """Show how a period was closed: by whom, on what proof, and whether it was opened again."""
    session: Session = context.obj
    with session.views() as (ledger, views):
        at = moment(ledger.log, views, known_at, None)
        found = reported.closing(ledger, period, at.position)
        reported.as_reported(ledger, views, found)

    def show() -> None:
        lang, event, closed = session.lang, found.event, found.closed
        lines = [
            lang.say(
                "period_shown",
                period=period,
                start=lang.day(event.start),
                end=lang.day(event.until - timedelta(days=1)),
                state=lang.say(found.state),
            ),
            lang.say(
                "period_by", who=closed.actor, when=closed.recorded_at, position=closed.position
            ),
            lang.say("period_hash", covers=event.covers, hash=event.trial_balance),
            lang.say(
                "period_proof",
                outcome=lang.say(event.verification),
                size=event.checkpoint_size,
                root=event.checkpoint_root,
            ),
        ]
        reasons = (
            ("period_unverifiable", event.even_though_unverifiable),
            ("period_unreconciled", event.even_though_unreconciled),
        )
        for key, reason in reasons:
            if reason is not None:
                lines.append(lang.say(key, count=event.unreconciled, reason=reason))
        for key, step in (("period_asked", found.requested), ("period_again", found.reopened)):
            if step is not None:
                lines.append(
                    lang.say(key, who=step.actor, when=step.recorded_at, position=step.position)
                )
        for line in lines:
            session.console.print(line, markup=False, soft_wrap=True)
        session.print_stamp(at)

    session.answer({"stamp": at, **_told(found)}, show)


def _told(each: Closed) -> dict[str, Any]:
    """A close as it is told to a program."""
    return {
        "state": each.state,
        "closed": each.closed,
        "requested": each.requested,
        "reopened": each.reopened,
    }


@app.command()
def report(
    context: typer.Context,
    period: Named,
    restated: Annotated[
        bool, typer.Option("--restated", help="Beside it what counts in the period as known now.")
    ] = False,
    canonical: Annotated[
        bool, typer.Option("--canonical", help="The bytes whose SHA-256 the close carries.")
    ] = False,
    known_at: KnownAt = None,
) -> None:
    """Show a closed period's trial balance as reported, the same for ever; or as restated too."""
    if restated and canonical:
        message = "the canonical form is of what was reported; leave out --restated"
        raise typer.BadParameter(message)
    session: Session = context.obj
    with session.views() as (ledger, views):
        known = moment(ledger.log, views, known_at, None)
        closed = reported.closing(ledger, period, known.position)
        balance, covered = reported.as_reported(ledger, views, closed)
        again = reported.as_restated(ledger, views, closed, known) if restated else None
    if canonical:
        sys.stdout.write(balance.text())
        return
    hashed = balance.sha256()
    value: dict[str, Any] = {"stamp": covered, "sha256": hashed, "reported": balance}
    if again is not None:
        value |= {"restated_stamp": known, "restated": again.balance}
        value["differences"] = again.differences

    def show() -> None:
        if again is None:
            _show_reported(session, balance)
        else:
            _show_restated(session, balance, again, known)
        session.console.print(session.lang.say("period_hashed", hash=hashed), soft_wrap=True)
        session.print_stamp(covered)

    session.answer(value, show)


def _show_reported(session: Session, balance: TrialBalance) -> None:
    numbers = ("opening", "debit", "credit", "closing")
    heads = ("party", "role", "agreement", "account", "counterparty")
    table = session.table("title_reported", *heads, *numbers, right=numbers)
    lang = session.lang
    for row in balance.rows:
        amounts = (row.opening, row.debit, row.credit, row.closing)
        table.add_row(*_words(session, row.words), *map(lang.amount, amounts))
    table.add_section()
    credit = total(row.credit for row in balance.rows)
    table.add_row(
        lang.say("total"), "", "", "", "", "", lang.amount(balance.turnover),
        lang.amount(credit), "",
    )  # fmt: skip
    session.console.print(table)


def _show_restated(session: Session, balance: TrialBalance, again: Restated, known: Stamp) -> None:
    """What each account moved in the period, both ways, and the lines between them."""
    numbers = ("reported", "restated", "difference")
    heads = ("party", "role", "agreement", "account", "counterparty")
    table = session.table("title_restated", *heads, *numbers, right=numbers)
    lang = session.lang
    was = {row.words: row.debit - row.credit for row in balance.rows}
    now = {row.words: row.debit - row.credit for row in again.balance.rows}
    for words in sorted(was.keys() | now.keys()):
        before, after = was.get(words, Amount(0)), now.get(words, Amount(0))
        amounts = (before, after, after - before)
        table.add_row(*_words(session, words), *map(lang.amount, amounts))
    session.console.print(table)
    _show_differences(session, again.differences)
    session.print_stamp(known)


def _show_differences(session: Session, differences: tuple[Difference, ...]) -> None:
    heads = ("position", "counts_on", "booked_on", "account", "difference", "who", "what")
    table = session.table("title_differences", *heads, right=("position", "difference"))
    lang = session.lang
    for each in differences:
        cause = each.cause
        why = lang.say("because", topic=cause.topic.partition(":")[0], about=cause.about or "–")
        if cause.assessment is not None:
            why += lang.say("because_assessed", assessment=cause.assessment)
        if cause.corrects is not None:
            why += lang.say("because_corrects", position=cause.corrects)
        book, _, _, account, other = each.words
        named = f"{book} {lang.say(account)} {other}".rstrip()
        table.add_row(
            str(cause.position), lang.day(each.value_date), lang.day(each.booked_on), named,
            lang.amount(each.amount), f"{cause.actor} {cause.recorded_at[:10]}", why,
        )  # fmt: skip
    session.console.print(table)


def _words(session: Session, words: tuple[str, ...]) -> tuple[str, ...]:
    book, role, agreement, account, counterparty = words
    return book, session.lang.say(role), agreement, session.lang.say(account), counterparty


@app.command()
def reopen(
    context: typer.Context,
    period: Named,
    reason: Annotated[
        str | None, typer.Option(help="Why; given by the person who asks for it.")
    ] = None,
) -> None:
    """Ask for the period closed last to be opened again; or agree, if another person asked."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.reopen_period(period, reason)
    opened = any(isinstance(each.event, PeriodReopened) for each in done.recorded)
    key = "period_reopened" if opened else "period_reopen_asked"
    session.done(done.recorded, session.lang.say(key, period=period), opened=opened)
