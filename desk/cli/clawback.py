"""`ofl payments policy`, `demand`, `demands`, `withdraw`, `write-off`: rules, and money back."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from desk.cli.session import Session
from desk.cli.values import amount, day, today
from ledger.decide import clawback
from ledger.decide.many import agreement_of
from ledger.decide.owing import Payable
from ledger.decide.refusal import OutOfOrder
from ledger.events import ClawbackDemanded, PaymentPolicySet, WriteOffProposed
from ledger.money import Amount
from ledger.parties import Role
from projections import payees as view

On = Annotated[
    date | None, typer.Option("--on", parser=day, help="The day it counts; today if not given.")
]
Reason = Annotated[str, typer.Option(help="Why.")]
Payer = Annotated[str, typer.Option(help="Whom it is owed back to.")]
Payee = Annotated[str, typer.Option(help="Who owes it back.")]
Paying = Annotated[
    Role | None, typer.Option("--role", help="The payer's role, if it pays the payee in several.")
]


def policy(
    context: typer.Context,
    two_from: Annotated[
        Amount | None,
        typer.Option(parser=amount, metavar="AMOUNT", help="From which amount two approve."),
    ] = None,
    cooling_off: Annotated[
        int | None, typer.Option(min=0, max=365, help="Days before a new account is used.")
    ] = None,
    minimum: Annotated[
        Amount | None,
        typer.Option(parser=amount, metavar="AMOUNT", help="From which amount to demand back."),
    ] = None,
    accounts: Annotated[
        bool | None,
        typer.Option(
            "--accounts/--no-accounts", help="Whether a payee must have a confirmed account."
        ),
    ] = None,
    on: On = None,
) -> None:
    """Show how careful payments are, or change it. Who changes it neither approves nor sends."""
    session: Session = context.obj
    options = {
        "two_approvals_from": two_from,
        "cooling_off_days": cooling_off,
        "recovery_minimum": minimum,
        "accounts_required": accounts,
    }
    changes = {name: value for name, value in options.items() if value is not None}
    with session.ledger() as ledger:
        known = ledger.payment_policy().policy
        if not changes:
            session.answer({"policy": known}, lambda: _show_policy(session, known))
            return
        fresh = PaymentPolicySet.model_validate({**known.model_dump(), **changes})
        done = ledger.set_payment_policy(fresh, on or today())
    session.done(done.recorded, "\n".join(_policy_lines(session, fresh)), policy=fresh)


def _show_policy(session: Session, known: PaymentPolicySet) -> None:
    for line in _policy_lines(session, known):
        session.console.print(line, markup=False)


def _policy_lines(session: Session, known: PaymentPolicySet) -> list[str]:
    lang, two = session.lang, known.two_approvals_from
    return [
        lang.say("policy_one") if two is None else lang.say("policy_two", amount=lang.amount(two)),
        lang.say("policy_cooling_off", days=known.cooling_off_days),
        lang.say("policy_minimum", amount=lang.amount(known.recovery_minimum)),
        lang.say("policy_accounts" if known.accounts_required else "policy_no_accounts"),
    ]


def _owed_back(owed: dict[Payable, Amount], payer: str, payee: str, role: Role | None) -> Payable:
    """Which debt is meant.

    Raises:
        OutOfOrder: if there are several, and no role says which.
    """
    found = [each for each in owed if (each[0], each[2]) == (payer, payee)]
    named = [each for each in found if role in {None, each[1]}]
    if len(named) > 1:
        roles = ", ".join(each[1].value for each in named)
        message = f"{payee} owes {payer} back in several roles ({roles}); say which with --role"
        raise OutOfOrder(message)
    return named[0] if named else (payer, role or Role.OUTCOME_PAYER, payee)


def demand(  # noqa: PLR0913, PLR0917 - each option is a parameter
    context: typer.Context,
    agreement: Annotated[str, typer.Argument(help="The agreement.")],
    payer: Payer,
    payee: Payee,
    due: Annotated[date, typer.Option(parser=day, help="When it is to be paid back.")],
    role: Paying = None,
    on: On = None,
) -> None:
    """Demand back what a payee was paid too much, instead of setting it off against what comes."""
    session: Session = context.obj
    with session.ledger() as ledger:
        payable = _owed_back(clawback.debts(ledger.agreement(agreement)), payer, payee, role)
        done = ledger.demand_clawback(agreement, payable, due, on or today())
    (event,) = (x.event for x in done.recorded if isinstance(x.event, ClawbackDemanded))
    told = session.lang.say(
        "told_demand",
        demand=event.demand,
        payee=payee,
        amount=session.lang.amount(event.amount),
        day=session.lang.day(event.due_on),
    )
    session.done(done.recorded, told)


def demands(
    context: typer.Context,
    only_open: Annotated[bool, typer.Option("--open", help="Not paid back in full.")] = False,
) -> None:
    """Show what payees owe back: demanded, set off against what comes, and written off."""
    session: Session = context.obj
    with session.views() as (ledger, views):
        found, given_up = view.demands(views, open_only=only_open), view.write_offs(views)
        set_off = [
            {"agreement": name, "payer": payer, "payee": payee, "amount": owed}
            for name, state in ledger.agreements().items()
            for (payer, _, payee), owed in clawback.debts(state).items()
        ]
        at = session.stamp(views)

    def show() -> None:
        _show_demands(session, found)
        table = session.table(
            "title_owed_back", "agreement", "payer", "payee", "amount", right=("amount",)
        )
        for each in set_off:
            owed = each["amount"]
            assert isinstance(owed, Amount)
            names = (str(each["agreement"]), str(each["payer"]), str(each["payee"]))
            table.add_row(*names, session.lang.amount(owed))
        session.console.print(table)
        _show_write_offs(session, given_up)
        session.print_stamp(at)

    answer = {"stamp": at, "demands": found, "set_off": set_off, "write_offs": given_up}
    session.answer(answer, show)


def _show_demands(session: Session, found: list[view.DemandRow]) -> None:
    table = session.table(
        "title_demands", "demand", "payer", "payee", "amount", "outstanding", "due_on",
        right=("amount", "outstanding"),
    )  # fmt: skip
    for each in found:
        table.add_row(
            each.demand,
            each.payer,
            each.payee,
            session.lang.amount(each.amount),
            session.lang.amount(each.outstanding),
            session.lang.day(each.due_on),
        )
    session.console.print(table)


def _show_write_offs(session: Session, found: list[view.WriteOffRow]) -> None:
    table = session.table(
        "title_write_offs", "write_off", "demand", "payee", "amount", "reason", "agreed_by",
        right=("amount",),
    )  # fmt: skip
    for each in found:
        table.add_row(
            each.write_off,
            each.demand or "–",
            each.payee,
            session.lang.amount(each.amount),
            each.reason,
            each.agreed_by or "–",
        )
    session.console.print(table)


def withdraw(
    context: typer.Context,
    demanded: Annotated[str, typer.Argument(metavar="DEMAND", help="The demand.")],
    reason: Reason,
    on: On = None,
) -> None:
    """Withdraw a demand: what is open of it is set off against what comes after all."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.withdraw_demand(demanded, reason, on or today())
    session.done(done.recorded, session.lang.say("told_withdrawn", demand=demanded))


def write_off(  # noqa: PLR0913, PLR0917 - each option is a parameter
    context: typer.Context,
    what: Annotated[
        str,
        typer.Argument(
            help="A demand or an agreement, to propose it; a proposed write-off, to agree to it."
        ),
    ],
    reason: Annotated[str | None, typer.Option(help="Why; when it is proposed.")] = None,
    payer: Annotated[str | None, typer.Option(help="Of an agreement: whom it is owed to.")] = None,
    payee: Annotated[str | None, typer.Option(help="Of an agreement: who owes it.")] = None,
    role: Paying = None,
    on: On = None,
) -> None:
    """Give up what a payee owes back: one person proposes it, and another agrees."""
    session: Session = context.obj
    lang, when = session.lang, on or today()
    with session.ledger() as ledger:
        if reason is None:
            done = ledger.write_off(what, when)
            session.done(done.recorded, lang.say("told_written_off", write_off=what))
            return
        owed: Payable | str = what
        name = agreement_of(what)
        if payer is not None and payee is not None:
            name = what
            owed = _owed_back(clawback.debts(ledger.agreement(what)), payer, payee, role)
        done = ledger.propose_write_off(name, owed, reason, when)
    (event,) = (x.event for x in done.recorded if isinstance(x.event, WriteOffProposed))
    told = lang.say(
        "told_write_off_proposed", write_off=event.write_off, amount=lang.amount(event.amount)
    )
    session.done(done.recorded, told)


def register(payments: typer.Typer) -> None:
    """Put these commands under `ofl payments`."""
    for command in (policy, demand, demands, withdraw):
        payments.command()(command)
    payments.command("write-off")(write_off)
