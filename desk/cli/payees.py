"""`ofl payee …`: where money goes, set by one person and confirmed by another."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from desk.cli.session import Session
from desk.cli.values import day, today
from ledger.bank_account import BankAccount
from ledger.decide.payees import AccountWords
from projections import payees as view

app = typer.Typer(
    help="Keep the accounts of payees and payers: one person sets one, another confirms it.",
    no_args_is_help=True,
)
Party = Annotated[str, typer.Argument(help="The party, as the agreements call it.")]
Evidence = Annotated[str, typer.Option(help="How you know: the letter, the call back, the form.")]
On = Annotated[
    date | None, typer.Option("--on", parser=day, help="The day it counts; today if not given.")
]


def _account(text: str | BankAccount) -> BankAccount:
    try:
        return text if isinstance(text, BankAccount) else BankAccount.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


Account = Annotated[
    BankAccount,
    typer.Argument(
        parser=_account, metavar="ACCOUNT", help="An IBAN, or a Danish number as 0400-440116243."
    ),
]


@app.command("set")
def set_account(  # noqa: PLR0913, PLR0917 - each option is a parameter
    context: typer.Context,
    party: Party,
    account: Account,
    holder: Annotated[str, typer.Option(help="The account holder's name, as the bank knows it.")],
    evidence: Evidence,
    bic: Annotated[
        str, typer.Option(help="The bank's BIC; needed for an account outside Denmark.")
    ] = "",
    on: On = None,
) -> None:
    """Say which account is a party's. Nothing goes there before another person confirms it."""
    session: Session = context.obj
    words = AccountWords(holder, evidence, bic)
    with session.ledger() as ledger:
        done = ledger.set_payee_account(party, account, words, on or today())
    key = "told_account_set" if done.recorded else "told_account_known"
    session.done(done.recorded, session.lang.say(key, party=party, account=account.masked))


@app.command()
def confirm(
    context: typer.Context,
    party: Party,
    account: Account,
    evidence: Evidence,
    on: On = None,
) -> None:
    """Confirm, as another person, a party's account: give the number as you found it yourself."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.confirm_payee_account(party, account, evidence, on or today())
        from_day = ledger.payee(party).usable_from(ledger.payment_policy().policy)
    told = session.lang.say("told_account_confirmed", party=party, day=session.lang.day(from_day))
    session.done(done.recorded, told)


@app.command("list")
def list_accounts(context: typer.Context) -> None:
    """Show the accounts that are known, masked, and from when money may go there."""
    session: Session = context.obj
    with session.views() as (ledger, views):
        found = view.payees(views, ledger.payment_policy().policy.cooling_off_days)
        at = session.stamp(views)

    def show() -> None:
        table = session.table(
            "title_payees", "party", "account", "holder", "set_by", "confirmed_by", "usable_from"
        )
        for each in found:
            table.add_row(
                each.party,
                each.account,
                each.holder,
                each.set_by,
                each.confirmed_by or "–",
                session.lang.day(each.usable_from),
            )
        session.console.print(table)
        session.print_stamp(at)

    session.answer({"stamp": at, "payees": found}, show)
