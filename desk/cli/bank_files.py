"""`ofl payments file`, `files`, `status`, `recall`, `recall-answer`: to the bank and back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from desk import bank_files
from desk.cli.session import Session
from desk.cli.values import day, today
from desk.iso20022.pain002 import read_status_report
from ledger.commands.banking import FileMade
from ledger.decide.payment_file import file_of
from ledger.decide.refusal import OutOfOrder
from ledger.events import PaymentAcknowledged, PaymentFailed
from ledger.facts import Source
from ledger.store.files import write_new

On = Annotated[
    date | None, typer.Option("--on", parser=day, help="The day it counts; today if not given.")
]
Out = Annotated[Path | None, typer.Option(help="Where to write it; MESSAGE.xml here if not given.")]
Payment = Annotated[str, typer.Argument(help="The payment.")]
_MODE = 0o600
"""Account numbers are in it: only who made the file may read it."""


def file(
    context: typer.Context,
    payer: Annotated[str | None, typer.Option(help="Whose approved payments to send.")] = None,
    execute_on: Annotated[
        date | None, typer.Option(parser=day, help="When the bank is to pay; today if not given.")
    ] = None,
    out: Out = None,
    again: Annotated[
        str | None, typer.Option(metavar="MESSAGE", help="Make a file again, byte for byte.")
    ] = None,
    on: On = None,
) -> None:
    """Seal a checkpoint and send a payer's approved payments in a pain.001 file.

    Not by who approved them, nor by who keeps the accounts. The payments count as sent when the
    file is made. What makes the file is recorded, so `--again` makes the same bytes at any time.
    """
    session: Session = context.obj
    if (payer is None) == (again is None):
        message = "give --payer to make a file, or --again to make one once more"
        raise typer.BadParameter(message)
    if out is not None and out.exists():
        message = f"{out} is there already; a payment file is never written over"
        raise OutOfOrder(message)
    render = bank_files.renderer(session.progress)
    refused: dict[str, str] = {}
    with session.ledger() as ledger:
        if payer is not None:
            when = on or today()
            done, made, refused = ledger.make_payment_file(payer, execute_on or when, when, render)
            recorded = done.recorded
        else:
            recorded, made = (), ledger.payment_file_again(again or "", render)
        path = _written(made, out)
    told = session.lang.say(
        "told_file",
        message=made.made.message,
        count=session.lang.whole(len(made.made.payments)),
        payer=made.made.payer,
        amount=session.lang.amount(made.made.amount),
        day=session.lang.day(made.made.execute_on),
        size=made.made.size,
        path=path,
        hash=made.made.sha256,
    )
    lines = [told, *(f"  {each}" for each in refused.values())]
    session.done(
        recorded,
        "\n".join(lines),
        file={"message": made.made.message, "path": str(path), "sha256": made.made.sha256},
        refused=list(refused.values()),
    )
    if refused:
        raise typer.Exit(1)


def _written(made: FileMade, out: Path | None) -> Path:
    """Where the file is now.

    Raises:
        OutOfOrder: if another file is there; `--again` writes it elsewhere.
    """
    path = out or Path(f"{made.made.message}.xml")
    if path.exists() and path.read_bytes() == made.content:
        return path
    try:
        write_new(path, made.content, _MODE)
    except FileExistsError:
        message = (
            f"{path} is another file; `ofl payments file --again {made.made.message} --out …` "
            "writes it elsewhere"
        )
        raise OutOfOrder(message) from None
    return path


def files(context: typer.Context) -> None:
    """Show the payment files that were made."""
    session: Session = context.obj
    with session.ledger() as ledger:
        found = list(ledger.payment_files().values())

    def show() -> None:
        table = session.table(
            "title_files", "message", "payer", "execute_on", "payments", "amount",
            right=("payments", "amount"),
        )  # fmt: skip
        for each in found:
            table.add_row(
                each.message,
                each.payer,
                session.lang.day(each.execute_on),
                session.lang.whole(len(each.payments)),
                session.lang.amount(each.amount),
            )
        session.console.print(table)

    session.answer({"files": found}, show)


def status(
    context: typer.Context,
    report: Annotated[Path, typer.Argument(help="The bank's answer: a pain.002 file.")],
    on: On = None,
) -> None:
    """Take in what the bank answers on a payment file: what it has, and what it did not complete.

    What was not completed is owed as before, and is proposed anew. Only a statement settles.
    """
    session: Session = context.obj
    read = read_status_report(report)
    with session.ledger() as ledger:
        made = file_of(ledger.payment_files(), read.original_message_id)
        answers = bank_files.answers(read, made)
        source = Source(file=read.file, sha256=read.sha256)
        done, refused = ledger.take_answers(made.message, answers, source, on or today())
    events = [each.event for each in done.recorded]
    told = session.lang.say(
        "told_answers",
        received=sum(isinstance(each, PaymentAcknowledged) for each in events),
        failed=sum(isinstance(each, PaymentFailed) for each in events),
        silent=len(made.payments) - len(answers),
    )
    lines = [told, *(f"  {each}" for each in refused.values())]
    session.done(done.recorded, "\n".join(lines), refused=list(refused.values()))
    if refused:
        raise typer.Exit(1)


def recall(
    context: typer.Context,
    payment: Payment,
    reason: Annotated[str, typer.Option(help="Why.")],
    on: On = None,
) -> None:
    """Record that the bank was asked to stop a payment."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.recall_payment(payment, reason, on or today())
    session.done(done.recorded, session.lang.say("told_recall", payment=payment))


def recall_answer(
    context: typer.Context,
    payment: Payment,
    refused: Annotated[
        str | None, typer.Option(help="Why the bank did not stop it; it did if not given.")
    ] = None,
    on: On = None,
) -> None:
    """Record the bank's answer to a recall. What it stopped is owed as before."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.answer_recall(payment, on or today(), refused)
    key = "told_recalled" if refused is None else "told_recall_refused"
    session.done(done.recorded, session.lang.say(key, payment=payment))


def register(payments: typer.Typer) -> None:
    """Put these commands under `ofl payments`."""
    for command in (file, files, status, recall):
        payments.command()(command)
    payments.command("recall-answer")(recall_answer)
