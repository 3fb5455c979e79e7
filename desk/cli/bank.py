"""`ofl bank …`: what the bank shows, what of it is matched with what, and what is open."""

from __future__ import annotations

from typing import Annotated, get_args

import typer

from desk.cli.session import Session
from desk.cli.values import today
from ledger.commands.door import Done
from ledger.commands.reconciling import Matched
from ledger.decide.bank_state import BankState, Made
from ledger.decide.expected import place
from ledger.events import BankLineSeen, BankMatched, BankUnmatched, Resolution
from projections import reconciliation as view

app = typer.Typer(
    help="Match what the bank shows with payments, drawdowns and demands.", no_args_is_help=True
)
Reason = Annotated[str, typer.Option("--reason", help="Why; it stays in the ledger.")]
Line = Annotated[str, typer.Argument(help="A bank line, as `ofl bank open` names it.")]
_RESOLUTIONS = get_args(Resolution)


@app.command("open")
def show_open(
    context: typer.Context,
    account: Annotated[str | None, typer.Option(help="Of one party; of all if not given.")] = None,
) -> None:
    """List every open difference: lines without item, items without line, gaps, wrong balances."""
    session: Session = context.obj
    with session.ledger() as ledger:
        stands, banks = ledger.reconciliation(), ledger.banks()
        found = view.differences(stands.found, stands.items, banks, today())
    chosen = [each for each in found if account in (None, each.account)]

    def show() -> None:
        show_differences(session, chosen)
        if stands.unrecorded:
            text = session.lang.say("not_recorded", count=stands.unrecorded)
            session.console.print(text, style="dim", markup=False)

    session.answer({"differences": chosen, "unrecorded": stands.unrecorded}, show)


def show_differences(session: Session, found: list[view.Difference]) -> None:
    """A table of open differences."""
    if not found:
        session.console.print(session.lang.say("no_differences"), markup=False)
        return
    table = session.table(
        "title_open", "difference", "account", "name", "date", "amount", "text", "candidates",
        right=("amount",),
    )  # fmt: skip
    for each in found:
        table.add_row(
            session.lang.say(each.kind),
            each.account,
            each.name,
            session.lang.day(each.on),
            "–" if each.amount is None else session.lang.amount(each.amount),
            each.text,
            ", ".join(each.candidates),
        )
    session.console.print(table)


@app.command()
def matches(
    context: typer.Context,
    account: Annotated[str | None, typer.Option(help="Of one party; of all if not given.")] = None,
) -> None:
    """Show which lines are matched with what, by which rule or whom."""
    session: Session = context.obj
    with session.ledger() as ledger:
        banks = ledger.banks().values()
    made = [
        (bank, each)
        for bank in banks
        if account in (None, bank.account)
        for each in bank.matches.values()
    ]

    def show() -> None:
        table = session.table(
            "title_matches", "match", "date", "lines", "items", "amount", "match_difference", "how",
            right=("amount", "match_difference"),
        )  # fmt: skip
        for bank, each in made:
            table.add_row(*_match_cells(session, bank, each))
        session.console.print(table)

    session.answer({"matches": [_plain(bank, each) for bank, each in made]}, show)


def _match_cells(session: Session, bank: BankState, each: Made) -> list[str]:
    lang, found = session.lang, each.match
    said = {"amount": "by-amount", "text": "by-text", "person": "by-person"}
    how = f"{lang.say(said.get(found.rule, found.rule))}, {lang.say(found.effect)}"
    if each.reason:
        how += f" ({each.actor}: {each.reason})"
    return [
        each.name,
        lang.day(max(bank.lines[line].booked_on for line, _ in found.legs)),
        ", ".join(place(leg) for leg in found.legs),
        ", ".join(name for name, _ in found.items),
        lang.amount(found.got),
        lang.amount(found.difference) if found.difference else "",
        how,
    ]


def _plain(bank: BankState, each: Made) -> dict[str, object]:
    return {
        "match": each.name,
        "account": bank.account,
        "rule": each.match.rule.value,
        "effect": each.match.effect.value,
        "lines": [place(leg) for leg in each.match.legs],
        "items": dict(each.match.items),
        "difference": each.match.difference,
        "actor": each.actor,
        "reason": each.reason,
    }


@app.command()
def reconcile(context: typer.Context) -> None:
    """Match all lines and items that are known. Importing a statement does that too."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done, matched = ledger.reconcile()
    report(session, done, matched, session.lang.say("told_bank_all"))


@app.command("match")
def match_by_hand(
    context: typer.Context,
    names: Annotated[
        list[str], typer.Argument(help="Lines and items, such as 2024-17 aarhus-hf-1-P001.")
    ],
    reason: Reason,
) -> None:
    """Say that lines are items: one or several of either, or one line that is part of an item."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done, matched = ledger.match_lines(names, reason)
    report(session, done, matched, " ".join(names))


@app.command()
def unmatch(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A match, as `ofl bank matches` names it.")],
    reason: Reason,
) -> None:
    """Take a match apart. What it settled is reversed, and no rule makes it again."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done, matched = ledger.unmatch(name, reason)
    report(session, done, matched, name)


@app.command()
def resolve(
    context: typer.Context,
    line: Line,
    resolution: Annotated[
        str, typer.Option("--is", help=f"What it is: {', '.join(_RESOLUTIONS)}.")
    ],
    reason: Reason,
) -> None:
    """Say what a line is that no item explains: then it is no longer open."""
    session: Session = context.obj
    known = next((each for each in _RESOLUTIONS if each == resolution), None)
    if known is None:
        message = f"say what it is: {', '.join(_RESOLUTIONS)}"
        raise typer.BadParameter(message)
    with session.ledger() as ledger:
        done, matched = ledger.resolve(line, known, reason)
    report(session, done, matched, line)


@app.command()
def reopen(context: typer.Context, line: Line, reason: Reason) -> None:
    """Say that a line that was resolved is open after all."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done, matched = ledger.reopen(line, reason)
    report(session, done, matched, line)


@app.command()
def account(
    context: typer.Context,
    party: Annotated[str, typer.Argument(help="A party of an agreement.")],
    number: Annotated[str, typer.Argument(help="An IBAN, or 0040-0440116243.")],
) -> None:
    """Say whose an account number is, so that its statements are read and its transfers known."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.name_account(party, number)
    shown = number[-4:].rjust(5, "…")
    message = session.lang.say("told_account_of", account=shown, party=party)
    session.done(done.recorded, message)


def report(
    session: Session, done: Done, matched: Matched, what: str, *, read: bool = False
) -> None:
    """Say what a command that matches has done; with `read`, also how many lines were new."""
    events = [each.event for each in done.recorded]
    lines = sum(isinstance(each, BankLineSeen) for each in events)
    made = sum(isinstance(each, BankMatched) for each in events)
    undone = sum(isinstance(each, BankUnmatched) for each in events)
    say = session.lang.say
    key = "told_bank_read" if read else "told_bank_matched"
    message = say(key, what=what, lines=lines, made=made, open=len(matched.open))
    if undone:
        message += say("told_bank_undone", undone=undone)
    if not done.recorded:
        message = say("told_bank_before", what=what)
    if matched.open:
        message += f"\n{say('told_bank_see')}"
    session.done(
        done.recorded, message, lines=lines, matched=made, unmatched=undone, open=matched.open
    )
