"""`ofl demo`: the whole main job in one command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desk.cli.agreements import show_agreements
from desk.cli.answers import show_paid, show_saved
from desk.cli.bank import show_differences
from desk.cli.invest import show_investors
from desk.cli.session import Session
from desk.cli.values import today
from desk.demo import FIRST_YEAR, LAST_YEAR, Step, Storyteller, clear, example_folder
from desk.dossier import dossier_lines, item_lines
from projections import payments, reconciliation, report
from projections.explain import explain
from projections.follow import Views
from projections.verification import Verification
from projections.verify import verify

EXPLAINED, EXPLAINED_ITEM = "aarhus-hf-2-P005", 24
"""What the demo explains: a payment by the state, and an outcome under both limits on nights."""
ITEMS_SHOWN = 5
_STEPS_A_YEAR = 9


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command()(demo)


def demo(
    context: typer.Context,
    into: Annotated[
        Path, typer.Option(help="Where the demo ledger is made, over an earlier demo.")
    ] = Path("demo-ledger"),
) -> None:
    """Tell the Aarhus story: two agreements, from signature to the last reconciled krone."""
    session: Session = context.obj
    # The demo has its own keys and checkpoints, whatever the environment says of another ledger.
    session.location = into
    session.vault_key = session.checkpoint_key = session.checkpoints = None
    clear(into)
    steps: list[Step] = []
    with session.progress((LAST_YEAR - FIRST_YEAR + 1) * _STEPS_A_YEAR, "telling") as advance:
        for step in Storyteller(into, example_folder()).tell(lambda *_: None):
            steps.append(step)
            advance(1)
    with session.views() as (ledger, views):
        checked = verify(ledger, views)
        _answer(session, into, steps, views, checked)
        if not session.json:
            _explain(session)
            _where_next(session, into)
    if not checked.sound:
        raise typer.Exit(1)


def _answer(
    session: Session, into: Path, steps: list[Step], views: Views, checked: Verification
) -> None:
    with session.ledger() as ledger:
        (table,) = [table for _, table in ledger.law().rules.values()]
        stands, banks = ledger.reconciliation(), ledger.banks()
        open_still = reconciliation.differences(stands.found, stands.items, banks, today())
    value = {
        "ledger": into,
        "steps": steps,
        "agreements": report.agreements(views),
        "investors": report.investors(views),
        "saved": report.saved(views, table),
        "paid": report.paid(views, table),
        "open_payments": payments.payments(views, open_only=True),
        "differences": open_still,
        "sound": checked.sound,
        "events": checked.events,
        "chain": checked.chain,
    }

    def show() -> None:
        say = session.console.print
        say("Housing First in Aarhus, 2021-2026. All people and stays are invented.", style="bold")
        say(f"{len(steps)} steps by 5 people gave {checked.events} events.\n", markup=False)
        show_investors(session, report.investors(views))
        show_agreements(session, report.agreements(views))
        show_saved(session, report.saved(views, table))
        show_paid(session, report.paid(views, table))
        open_payments = payments.payments(views, open_only=True)
        say(f"Payments not yet settled: {len(open_payments)}", markup=False)
        show_differences(session, open_still)
        sound = "sound" if checked.sound else "NOT SOUND"
        say(
            f"Verified: {sound}. {checked.assessments} assessments repeated with the same "
            f"decisions; chain head {checked.chain[:16]}.\n",
            markup=False,
        )

    session.answer(value, show)


def _explain(session: Session) -> None:
    """One payment, explained, with the working of its first outcome."""
    with session.ledger() as ledger:
        dossier = explain(ledger, EXPLAINED)
    lines = dossier_lines(dossier, session.lang, items=ITEMS_SHOWN)
    lines += ["", *item_lines(dossier, EXPLAINED_ITEM, session.lang)]
    for line in lines:
        session.console.print(line, markup=False, soft_wrap=True)


def _where_next(session: Session, into: Path) -> None:
    lines = (
        "",
        "Where to look next:",
        f"  ofl --ledger {into} balances               what every party has and owes",
        f"  ofl --ledger {into} payments list          every payment and who approved it",
        f"  ofl --ledger {into} explain {EXPLAINED} --all --lang da",
        f"  ofl --ledger {into} history --last 20      what happened, who did it, when",
        f"  ofl --ledger {into} export journal         the books, for hledger",
        f"  ofl --ledger {into} verify                 prove that nothing was altered",
    )
    for line in lines:
        session.console.print(line, markup=False, soft_wrap=True)
