"""`ofl balances`, `ofl history`, `ofl explain`, `ofl report`: the questions finance people ask."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from desk.cli.agreements import show_agreements
from desk.cli.clocks import EffectiveOn, KnownAt, asked
from desk.cli.invest import show_investors
from desk.cli.sentence import sentence
from desk.cli.session import Session
from desk.dossier import dossier_lines, item_lines
from ledger.decide.refusal import NotFound
from ledger.money import total
from projections import balances as balance_view
from projections import explain as explain_view
from projections import report
from projections.history import history as read_history
from projections.moment import law_at, moment, versions


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.command()(balances)
    root.command()(history)
    root.command()(explain)
    root.command("report")(show_report)


def balances(
    context: typer.Context,
    book: Annotated[str | None, typer.Option(help="Of one party's book.")] = None,
    agreement: Annotated[str | None, typer.Option(help="Of one agreement.")] = None,
    known_at: KnownAt = None,
    on: EffectiveOn = None,
) -> None:
    """Show what every party has and owes, by role, agreement and account. Debit is positive."""
    session: Session = context.obj
    with session.views() as (ledger, views):
        at = moment(ledger.log, views, known_at, on)
        found = balance_view.balances(views, at, book=book, agreement=agreement)
        by = versions(views, at, agreement) if agreement else None

    def show() -> None:
        numbers = ("debit", "credit", "balance")
        heads = ("party", "role", "agreement", "account", "counterparty")
        table = session.table("title_balances", *heads, *numbers, right=numbers)
        say, amount = session.lang.say, session.lang.amount
        for each in found:
            table.add_row(
                each.book,
                say(each.role),
                each.agreement,
                say(each.account),
                each.counterparty,
                amount(each.debit),
                amount(each.credit),
                amount(each.balance),
            )
        session.console.print(table)
        session.print_stamp(at, by)

    session.answer({"stamp": at, "versions": by, "balances": found}, show)


def history(  # noqa: PLR0913, PLR0917 - each option is a parameter
    context: typer.Context,
    agreement: Annotated[str | None, typer.Option(help="Of one agreement.")] = None,
    payment: Annotated[str | None, typer.Option(help="Of one payment.")] = None,
    by: Annotated[str | None, typer.Option(help="Of what one person did.")] = None,
    last: Annotated[int | None, typer.Option(min=1, help="Only the newest so many.")] = None,
    known_at: KnownAt = None,
    on: EffectiveOn = None,
) -> None:
    """Show what happened, in order: who did what, when it was recorded, and when it counts."""
    session: Session = context.obj
    with session.views() as (ledger, views):
        at = moment(ledger.log, views, known_at, on)
        found = list(read_history(ledger.log, at, agreement=agreement, payment=payment, actor=by))
    found = found[-last:] if last else found

    def show() -> None:
        heads = ("position", "date", "counts_on", "who", "what")
        table = session.table("title_history", *heads, right=("position",))
        for each in found:
            table.add_row(
                str(each.position),
                each.recorded_at[:16].replace("T", " "),
                session.lang.day(each.effective_on),
                each.actor,
                sentence(session, each),
            )
        session.console.print(table)
        session.print_stamp(at)

    session.answer({"stamp": at, "history": found}, show)


def explain(
    context: typer.Context,
    payment: Annotated[str, typer.Argument(help="The payment, such as aarhus-hf-1-P001.")],
    item: Annotated[
        int | None, typer.Option(min=1, help="Show the working of the outcome with this number.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show every outcome's working.")] = False,
    known_at: KnownAt = None,
    on: EffectiveOn = None,
) -> None:
    """Tell why a payment is paid: who approved it, on what measurement, under which terms."""
    session: Session = context.obj
    with session.views() as (ledger, views):
        at = moment(ledger.log, views, known_at, on)
        dossier = explain_view.explain(ledger, payment, at)
        by = versions(views, at, dossier.terms.agreement)
    if item is not None and item > len(dossier.items):
        message = f"{payment} pays for {len(dossier.items)} outcomes; there is no number {item}"
        raise NotFound(message)
    numbers = range(1, len(dossier.items) + 1)
    chosen = numbers if every else [item or 1] if numbers else []

    def show() -> None:
        lines = dossier_lines(dossier, session.lang)
        for number in chosen:
            lines += ["", *item_lines(dossier, number, session.lang)]
        for line in lines:
            session.console.print(line, markup=False, soft_wrap=True)
        session.print_stamp(at, by)

    session.answer({"stamp": at, "versions": by, "explanation": dossier}, show)


def show_report(context: typer.Context, known_at: KnownAt = None, on: EffectiveOn = None) -> None:
    """Show the fund at a glance: people, nights saved, gains, payments and investors."""
    session: Session = context.obj
    with asked(session, known_at, on) as by:
        law = law_at(by.ledger, by.at)
        tables = [table for _, table in law.rules.values() if not table.of_support]
        value: dict[str, Any] = {
            "stamp": by.at,
            "versions": versions(by.views, by.at),
            "agreements": report.agreements(by.then),
            "saved": report.saved(by.then, tables[0]),
            "paid": report.paid(by.then, tables[0]),
            "investors": report.investors(by.then),
        }

    def show() -> None:
        show_agreements(session, value["agreements"])
        show_saved(session, value["saved"])
        show_paid(session, value["paid"])
        show_investors(session, value["investors"])
        session.print_stamp(value["stamp"], value["versions"])

    session.answer(value, show)


def show_saved(session: Session, rows: list[report.Saved]) -> None:
    """A table of nights and gains."""
    numbers = ("would_be", "were", "nights_saved", "state_gain", "municipal_gain")
    table = session.table("title_saved", "year", "rule", *numbers, right=numbers)
    lang = session.lang
    for each in rows:
        table.add_row(
            str(each.year),
            lang.called(each.rule),
            lang.whole(each.nights_counterfactual),
            lang.whole(each.nights_actual),
            lang.whole(each.nights_saved),
            lang.amount(each.state_gain),
            lang.amount(each.municipal_gain),
        )
    table.add_section()
    table.add_row(
        lang.say("total"),
        "",
        lang.whole(sum(each.nights_counterfactual for each in rows)),
        lang.whole(sum(each.nights_actual for each in rows)),
        lang.whole(sum(each.nights_saved for each in rows)),
        lang.amount(total(each.state_gain for each in rows)),
        lang.amount(total(each.municipal_gain for each in rows)),
    )
    session.console.print(table)


def show_paid(session: Session, rows: list[report.Paid]) -> None:
    """A table of entitlements and payments."""
    money = ("state_entitled", "state_paid", "municipal_entitled", "municipal_paid")
    table = session.table(
        "title_paid", "year", "rule", "outcomes", *money, right=("outcomes", *money)
    )
    lang = session.lang
    for each in rows:
        amounts = (getattr(each, name) for name in money)
        table.add_row(
            str(each.year), lang.called(each.rule), lang.whole(each.outcomes),
            *(lang.amount(amount) for amount in amounts),
        )  # fmt: skip
    table.add_section()
    sums = (total(getattr(each, name) for each in rows) for name in money)
    table.add_row(
        lang.say("total"), "", lang.whole(sum(each.outcomes for each in rows)),
        *(lang.amount(amount) for amount in sums),
    )  # fmt: skip
    session.console.print(table)
