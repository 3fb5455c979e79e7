"""`ofl terms …`: read terms, say what they mean and may cost. No ledger is needed."""

from __future__ import annotations

import json
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from desk.cli.session import Session
from desk.intake.files import read_assumptions, read_terms
from desk.language import Language
from desk.plot import drawn
from desk.terms import doubt_told, told
from ledger.decide.refusal import AgainstTerms, NotFound
from ledger.metrics.kinds import KINDS
from ledger.money import Amount
from ledger.terms.agreement import Terms
from ledger.terms.doubts import doubts
from ledger.terms.exposure import Exposure, exposure
from ledger.terms.shipped import rules_named, schema_of, terms_schema
from projections.assumptions import Assumptions
from projections.simulate import Simulation, simulate

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
    assumptions: Annotated[
        bool, typer.Option("--assumptions", help="Of a file of assumptions.")
    ] = False,
) -> None:
    """Print the JSON Schema of a terms file."""
    session: Session = context.obj
    found = schema_of(Assumptions) if assumptions else terms_schema(rules=rules)
    session.console.out(json.dumps(found, indent=2), highlight=False)


@app.command("simulate")
def simulate_terms(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The terms, as YAML.")],
    assumptions: Annotated[Path, typer.Option(help="What is assumed, as YAML.")],
    plot: Annotated[
        Path | None, typer.Option(help="Draw capital and payments here, as SVG.")
    ] = None,
) -> None:
    """Show what would be paid, and come back to investors, under assumptions."""
    session: Session = context.obj
    terms, _ = read_terms(file)
    assumed = read_assumptions(assumptions, terms)
    law = terms.refund_law
    rules = rules_named(law.table) if law else None
    if law and rules is None:
        message = f"refund_law.table: {law.table!r} does not come with ofl, so nothing is simulated"
        raise NotFound(message)
    try:
        runs = simulate(terms, assumed, rules)
    except LookupError as missing:
        raise AgainstTerms(str(missing)) from None
    most = exposure(terms)
    if plot is not None:
        plot.write_text(drawn(terms, runs, session.lang), encoding="utf-8")

    def show() -> None:
        _say(session, "simulate_title", title=assumed.title, agreement=terms.agreement)
        for run in runs:
            _show_run(session, terms, run)
        _say(session, "simulate_most", most=bound(most.whole.after_caps, session.lang))
        if plot is not None:
            _say(session, "simulate_plot", file=plot)

    answer = {
        "agreement": terms.agreement,
        "title": assumed.title,
        "most": most.whole,
        "scenarios": [
            {
                **{f.name: getattr(run, f.name) for f in fields(run)},
                "multiple": _decimal(run.multiple, 4),
                "yearly_return": _decimal(run.yearly_return, 6),
            }
            for run in runs
        ],
    }
    session.answer(answer, show)


def _show_run(session: Session, terms: Terms, run: Simulation) -> None:
    """One scenario: year by year, then what it comes to."""
    lang = session.lang
    session.console.print()
    _say(
        session,
        f"scenario_{run.scenario.value}",
        people=lang.whole(run.people),
        achieved=lang.whole(run.achieved),
        missed=lang.whole(run.missed),
        waiting=lang.whole(run.waiting),
    )
    table = session.table("title_simulate", "year", "capital_in", right=("capital_in",))
    payers = [payer for payer, _ in terms.payers]
    for name in (*payers, lang.say("paid_in_all"), lang.say("net_so_far")):
        table.add_column(name, justify="right", overflow="fold")
    for each in run.years:
        parts = [each.paid[payer] for payer in payers]
        amounts = [each.capital_in, *parts, each.paid_in_all, each.net_so_far]
        table.add_row(str(each.year), *map(lang.amount, amounts))
    sums = [run.capital, *(run.payers[payer] for payer in payers), run.paid, run.paid - run.capital]
    table.add_row(lang.say("total"), *map(lang.amount, sums))
    session.console.print(table)
    for metric, amount in run.metrics.items():
        _say(session, "simulate_metric", metric=metric, amount=lang.amount(amount))
    _say(session, "simulate_return", **_returned(run, lang))
    for cap in run.caps:
        scope = lang.say(f"scope_{cap.scope}")
        limit = "" if cap.limit is None else f" {lang.amount(cap.limit)}"
        count, day = lang.whole(cap.outcomes), lang.day(cap.first_on)
        _say(session, "simulate_cap", cap=f"{scope}{limit}", day=day, count=count)
    if not run.caps:
        _say(session, "simulate_no_cap")


def _returned(run: Simulation, lang: Language) -> dict[str, str]:
    """The investors' multiple and yearly return, in words."""
    multiple, rate = run.multiple, run.yearly_return
    return {
        "multiple": "–" if multiple is None else lang.decimal(_decimal(multiple, 4) or "0"),
        "rate": "–" if rate is None else lang.percent(Decimal(_decimal(rate, 4) or "0")),
    }


def _decimal(value: Fraction | None, decimals: int) -> str | None:
    """A number with so many decimals, rounded half to even; no amount."""
    if value is None:
        return None
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal(1).scaleb(-decimals)))


def _say(session: Session, key: str, **values: object) -> None:
    session.console.print(session.lang.say(key, **values), markup=False, soft_wrap=True)


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
    if not most.payers:
        return
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
