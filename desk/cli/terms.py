"""`ofl terms …`: read terms, say what they mean and may cost. No ledger is needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from desk.cli.session import Session
from desk.intake.files import read_terms
from desk.language import Language
from desk.terms import doubt_told, told
from ledger.metrics.kinds import KINDS
from ledger.money import Amount
from ledger.terms.doubts import doubts
from ledger.terms.exposure import Exposure, exposure
from ledger.terms.shipped import rules_named, terms_schema

app = typer.Typer(help="Look at terms before they are signed.", no_args_is_help=True)


@app.command()
def check(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The terms, as YAML.")],
) -> None:
    """Say in plain words what terms mean, what they can cost, and what to talk about first."""
    session: Session = context.obj
    terms, _ = read_terms(file)
    law = terms.refund_law
    found = doubts(terms, rules_named(law.table) if law else None)
    most = exposure(terms)
    lang = session.lang

    def show() -> None:
        _print(session, *told(terms, lang), "")
        _show_exposure(session, most)
        _print(session, lang.say("exposure_note"), "")
        if found:
            _print(session, f"{lang.say('terms_warnings')} ({len(found)})")
            _print(session, *(f"- {doubt_told(each, lang)}" for each in found))
        else:
            _print(session, lang.say("terms_no_warnings"))

    warnings = [
        {
            "code": each.code,
            "about": each.about,
            "values": each.values,
            "words": {other.value: doubt_told(each, other) for other in Language},
        }
        for each in found
    ]
    answer = {
        "agreement": terms.agreement,
        "title": terms.title,
        "told": told(terms, lang),
        "exposure": most,
        "warnings": warnings,
    }
    session.answer(answer, show)


@app.command()
def kinds(context: typer.Context) -> None:
    """List what can be paid for: every kind of metric."""
    session: Session = context.obj
    danish = session.lang is Language.DA

    def show() -> None:
        table = session.table("title_kinds", "kind", "what")
        for name, kind in KINDS.items():
            table.add_row(name, kind.about[danish])
        session.console.print(table)

    answer = [
        {"kind": name, "about": dict(zip(("en", "da"), kind.about, strict=True))}
        for name, kind in KINDS.items()
    ]
    session.answer({"kinds": answer}, show)


@app.command()
def schema(
    context: typer.Context,
    rules: Annotated[bool, typer.Option("--rules", help="Of a refund rule table.")] = False,
) -> None:
    """Print the JSON Schema of a terms file."""
    session: Session = context.obj
    session.console.out(json.dumps(terms_schema(rules=rules), indent=2), highlight=False)


def _show_exposure(session: Session, most: Exposure) -> None:
    """The most that it can cost: by metric, by payer, in all; then by year."""
    lang = session.lang
    numbers = ("before_caps", "after_caps")
    table = session.table("title_exposure", "what", *numbers, right=numbers)
    for metric, each in most.metrics.items():
        table.add_row(metric, bound(each.before_caps, lang), bound(each.after_caps, lang))
    for payer in most.payers:
        whole = payer.whole
        name = f"{payer.payer} ({lang.say(payer.role.value)})"
        table.add_row(name, bound(whole.before_caps, lang), bound(whole.after_caps, lang))
    total = lang.say("total")
    table.add_row(total, bound(most.whole.before_caps, lang), bound(most.whole.after_caps, lang))
    session.console.print(table)
    table = session.table("title_exposure_years", "year")
    for name in (*(payer.payer for payer in most.payers), total):
        table.add_column(name, justify="right", overflow="fold")
    for year, whole_year in most.years.items():
        parts = [bound(payer.years[year], lang) for payer in most.payers]
        table.add_row(str(year), *parts, bound(whole_year, lang))
    session.console.print(table)


def bound(amount: Amount | None, lang: Language) -> str:
    """An amount, or that there is no bound."""
    return lang.say("not_bounded") if amount is None else lang.amount(amount)


def _print(session: Session, *lines: str) -> None:
    for line in lines:
        session.console.print(line, markup=False, soft_wrap=True)
