"""`ofl payments …`: propose, approve, send, and see what is open."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from desk.cli.sampling import stage_words
from desk.cli.session import Session
from desk.cli.values import day, today
from ledger.commands.door import Done
from ledger.decide.many import Refused
from ledger.decide.sampling_state import SampleState
from ledger.events import PaymentProposed, Recorded
from projections import payments as view
from projections.samples import by_payment

app = typer.Typer(
    help="Propose, approve and send payments, follow them at the bank, and claim money back.",
    no_args_is_help=True,
)
On = Annotated[
    date | None, typer.Option("--on", parser=day, help="The day it counts; today if not given.")
]
Payments = Annotated[list[str] | None, typer.Argument(help="Payments, such as aarhus-hf-1-P001.")]


@app.command()
def propose(
    context: typer.Context,
    agreement: Annotated[
        str | None, typer.Option(help="One agreement; all of them if not given.")
    ] = None,
    on: On = None,
) -> None:
    """Propose payment of all that is owed: one payment per payer and investor."""
    session: Session = context.obj
    recorded: list[Recorded] = []
    lines: list[str] = []
    lang = session.lang
    with session.ledger() as ledger:
        for name in [agreement] if agreement else list(ledger.agreements()):
            ledger.command_id = session.part_of_command(name)
            done, carried = ledger.propose_payments(name, on or today())
            recorded += done.recorded
            lines += [_proposed(session, each) for each in done.recorded]
            lines += [
                lang.say(
                    "told_carried",
                    agreement=name,
                    payer=payer,
                    payee=payee,
                    amount=lang.amount(amount),
                )
                for (payer, _, payee), amount in carried.items()
            ]
    session.done(tuple(recorded), "\n".join(lines) or lang.say("told_nothing_owed"))


def _proposed(session: Session, recorded: Recorded) -> str:
    event = recorded.event
    assert isinstance(event, PaymentProposed)
    told = {"payment": event.payment, "payer": event.payer, "payee": event.payee}
    return session.lang.say("told_proposed", **told, amount=session.lang.amount(event.amount))


@app.command()
def approve(
    context: typer.Context,
    payments: Payments = None,
    every: Annotated[bool, typer.Option("--all", help="Every proposed payment.")] = False,
    on: On = None,
) -> None:
    """Approve payments. Who took part in what a payment rests on cannot approve it."""
    session: Session = context.obj
    named = _named(payments, every=every)
    with session.ledger() as ledger:
        done, refused = ledger.approve_payments(named, on or today())
    _tell(session, done, refused)


@app.command()
def send(
    context: typer.Context,
    payments: Payments = None,
    every: Annotated[bool, typer.Option("--all", help="Every approved payment.")] = False,
    on: On = None,
) -> None:
    """Seal a checkpoint, and record that the bank was told to pay. Not by who approved it."""
    session: Session = context.obj
    named = _named(payments, every=every)
    with session.ledger() as ledger:
        done, refused = ledger.send_payments(named, on or today())
    _tell(session, done, refused)


@app.command()
def cancel(
    context: typer.Context,
    payment: Annotated[str, typer.Argument(help="The payment; it must not be sent.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    on: On = None,
) -> None:
    """Give up a payment that was not sent. What it was to pay is owed as before."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.cancel_payment(payment, reason, on or today())
    session.done(done.recorded, session.lang.say("told_cancelled", payment=payment))


def _named(payments: list[str] | None, *, every: bool) -> list[str] | None:
    """The payments that are named; None for all of them."""
    if bool(payments) == every:
        message = "name the payments, or give --all"
        raise typer.BadParameter(message)
    return None if every else payments


def _tell(session: Session, done: Done, refused: Refused) -> None:
    """What a step did for which payments; leaves with 1 if some were refused."""
    recorded, reasons = done.recorded, list(refused.values())
    counts = {"done": len(recorded), "count": len(recorded) + len(refused)}
    lines = [session.lang.say("told_payments_done", **counts)]
    if refused:
        lines = ["Refused in part." if recorded else "Refused: nothing was recorded.", *lines]
        lines += [f"  {each}" for each in reasons]
    session.done(recorded, "\n".join(lines), refused=reasons)
    if refused:
        raise typer.Exit(1)


@app.command("list")
def list_payments(
    context: typer.Context,
    agreement: Annotated[str | None, typer.Option(help="Of one agreement.")] = None,
    only_open: Annotated[bool, typer.Option("--open", help="Neither settled nor over.")] = False,
) -> None:
    """Show payments and how far each has come."""
    session: Session = context.obj
    with session.views() as (ledger, views):
        found = view.payments(views, agreement=agreement, open_only=only_open)
        at = session.stamp(views)
        samples = by_payment(ledger)
    sampled = {each.payment: samples.get(each.payment, []) for each in found}
    # Few payments are sampled or replaced, so there is no column for it unless it says something.
    more = {
        "sampled": {name: _sampled(session, states) for name, states in sampled.items() if states},
        "replaced_by": {each.payment: each.replaced_by for each in found if each.replaced_by},
    }
    columns = [name for name, told in more.items() if told]

    def show() -> None:
        table = session.table(
            "title_payments",
            *("payment", "payer", "payee", "amount", "entitlements", "state", "approver"),
            *("settled_on", *columns),
            right=("amount", "entitlements"),
        )
        for each in found:
            table.add_row(
                each.payment,
                each.payer,
                each.payee,
                session.lang.amount(each.amount),
                session.lang.whole(each.items),
                session.lang.say(each.state),
                each.approved_by or "–",
                session.lang.day(each.settled_on),
                *(more[name].get(each.payment, "–") for name in columns),
            )
        session.console.print(table)
        session.print_stamp(at)

    told = {
        payment: {state.sample: state.stage for state in states}
        for payment, states in sampled.items()
        if states
    }
    session.answer({"stamp": at, "payments": found, "samples": told}, show)


def _sampled(session: Session, states: list[SampleState]) -> str:
    """The samples that a payment is in, and how far each has come."""
    return ", ".join(f"{each.sample}: {stage_words(session, each)}" for each in states)
