"""`ofl forecast`: what a fund or a business case would come to, from a file of assumptions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from desk.cli.session import Session
from desk.intake.files import read_forecast
from desk.language import Language
from ledger.money import Amount
from projections.forecast import BusinessCase, RevolvingFund, case, revolve


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command()(forecast)


def forecast(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The assumptions, as YAML.")],
) -> None:
    """Show what a revolving fund or a business case would come to. No ledger is needed."""
    session: Session = context.obj
    assumed = read_forecast(file)
    if assumed.revolving_fund is not None:
        _fund(session, assumed.revolving_fund)
    if assumed.business_case is not None:
        _case(session, assumed.business_case)


def _fund(session: Session, fund: RevolvingFund) -> None:
    found = revolve(fund)
    lang = session.lang

    def show() -> None:
        numbers = ("invested", "invested_in_all", "people_in_all")
        table = session.table("title_forecast_fund", "year", *numbers, right=numbers)
        for each in found.years:
            table.add_row(
                str(each.year),
                lang.amount(each.invested),
                lang.amount(each.invested_in_all),
                lang.whole(each.people_in_all),
            )
        _say(session, "forecast_title", title=fund.title)
        session.console.print(table)
        _say(
            session,
            "forecast_fund",
            capital=lang.amount(fund.capital),
            invested=lang.amount(found.invested),
            people=lang.whole(found.people),
            municipalities=lang.whole(found.municipalities),
        )
        _say(session, "forecast_return", rate=_percent(session, found.yearly_return, 1))
        _say(
            session,
            "forecast_achieving",
            achieved=_percent(session, Fraction(fund.achieved), 1),
            people=lang.whole(found.people),
            count=lang.whole(found.people_achieving),
        )
        if fund.published is not None:
            theirs = fund.published.people_achieving
            _say(
                session,
                "forecast_published",
                theirs=lang.whole(theirs),
                difference=lang.whole(found.people_achieving - theirs),
                percent=_percent(session, Fraction(found.people_achieving - theirs, theirs), 1),
                because=fund.published.because,
            )

    answer = {
        "title": fund.title,
        "years": found.years,
        "invested": found.invested,
        "people": found.people,
        "people_achieving": found.people_achieving,
        "municipalities": found.municipalities,
        "yearly_return": _decimal(found.yearly_return, 6),
        "published": fund.published,
    }
    session.answer(answer, show)


def _case(session: Session, assumed: BusinessCase) -> None:
    found = case(assumed)
    lang = session.lang
    names = [each.authority for each in assumed.gains]

    def show() -> None:
        table = session.table("title_forecast_case", "year", right=())
        for name in (*names, lang.say("total")):
            table.add_column(name[0].upper() + name[1:], justify="right", overflow="fold")
        for each in found.years:
            nets: list[Amount] = [each.net[name] for name in names]
            table.add_row(str(each.year), *map(lang.amount, [*nets, each.net_in_all]))
        _say(session, "forecast_title", title=assumed.title)
        session.console.print(table)
        _say(
            session,
            "forecast_case",
            people=lang.whole(assumed.people),
            completing=lang.decimal(_decimal(found.completing, 2)),
            points=_percent(session, found.additional_share, 2),
            additional=lang.decimal(_decimal(found.additional, 2)),
        )
        year = found.breaks_even
        key = "forecast_never_even" if year is None else "forecast_even"
        _say(session, key, authority=assumed.paid_by, year=year, years=assumed.years)
        net = lang.amount(found.net)
        _say(session, "forecast_net", years=assumed.years, net=net)

    answer = {
        "title": assumed.title,
        "completing": _decimal(found.completing, 6),
        "additional_share": _decimal(found.additional_share, 6),
        "additional": _decimal(found.additional, 6),
        "years": found.years,
        "breaks_even": found.breaks_even,
        "net": found.net,
    }
    session.answer(answer, show)


def _say(session: Session, key: str, **values: object) -> None:
    session.console.print(session.lang.say(key, **values), markup=False, soft_wrap=True)


def _decimal(value: Fraction, decimals: int) -> str:
    """A number with so many decimals, rounded half to even; these are no amounts."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal(1).scaleb(-decimals)))


def _percent(session: Session, share: Fraction, decimals: int) -> str:
    """A share in percent, with so many decimals at most."""
    text = _decimal(share * 100, decimals).removesuffix("." + "0" * decimals)
    return text if session.lang is Language.EN else text.replace(".", ",")
