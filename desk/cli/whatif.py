"""`ofl whatif …`: what would be paid if facts, terms or the law were otherwise."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from typer.core import TyperGroup

from desk.cli.session import Session
from desk.intake.files import read_scenario
from desk.whatif import both_workings
from ledger.decide.refusal import NotFound
from ledger.money import ZERO, Amount, total
from ledger.parties import Role
from ledger.service import Ledger
from ledger.terms.shipped import schema_of
from projections.moment import Stamp
from projections.whatif import kept
from projections.whatif.compare import Change, Compared, Owed
from projections.whatif.fund import NOTHING, Question, show, touched, whatif
from projections.whatif.scenario import Scenario

_LINES = 20
"""How many outcomes, and payments, are listed if nothing else is said."""


class _RunIfNothingElse(TyperGroup):
    """`ofl whatif FILE` is `ofl whatif run FILE`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Read the words after `whatif`."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["run", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_RunIfNothingElse,
    help="Ask what would be paid if facts, terms or the law were otherwise. It records nothing.",
    no_args_is_help=True,
)

_Which = Annotated[str, typer.Argument(help="A scenario: a YAML file, or the name of a kept one.")]
_Limit = Annotated[
    int | None,
    typer.Option(min=0, help="List so many outcomes and payments; 20 if not given, all in JSON."),
]
_Jobs = Annotated[
    int | None,
    typer.Option(min=1, help="Reckon in so many processes; one for each core if not given."),
]


@app.command()
def run(
    context: typer.Context,
    scenario: _Which,
    show_claim: Annotated[
        str | None,
        typer.Option("--show", metavar="CLAIM", help="Both workings of one outcome instead."),
    ] = None,
    limit: _Limit = None,
    jobs: _Jobs = None,
) -> None:
    """Show what would be owed, paid and claimed back under a scenario. `run` may be left out."""
    session: Session = context.obj
    with session.ledger() as ledger:
        found = _scenario(ledger, scenario)
        at = _head(ledger)
        if show_claim is not None:
            _show_claim(session, ledger, found, show_claim, at)
            return
        question = Question(NOTHING, found, _kept_lines(session, limit))
        (compared,) = _ask(session, ledger, [question], at, jobs)
    answer = {"stamp": at, "scenario": _named(found), **_as_json(compared)}

    def tell() -> None:
        lang, out = session.lang, session.console
        out.print(lang.say("whatif_title", name=found.name), style="bold", markup=False)
        _say(session, *_text_of(found))
        _tell(session, compared, lang.say("whatif_against"), limit)
        _print_hash(session, found)
        session.print_stamp(at)

    session.answer(answer, tell)


@app.command()
def compare(
    context: typer.Context,
    one: _Which,
    two: Annotated[str, typer.Argument(help="Another scenario.")],
    limit: _Limit = None,
    jobs: _Jobs = None,
) -> None:
    """Show two scenarios beside what is recorded, and what differs between them."""
    session: Session = context.obj
    with session.ledger() as ledger:
        first, second = _scenario(ledger, one), _scenario(ledger, two)
        at = _head(ledger)
        lines = _kept_lines(session, limit)
        questions = [Question(NOTHING, first, 0), Question(NOTHING, second, 0)]
        questions.append(Question(first, second, lines))
        answers = _ask(session, ledger, questions, at, jobs)
    answer = {
        "stamp": at,
        "scenarios": [_named(first), _named(second)],
        "against_recorded": [_as_json(each) for each in answers[:2]],
        "between": _as_json(answers[2]),
    }

    def tell() -> None:
        _show_sides(session, [first, second], answers)
        text = session.lang.say("whatif_against_other", one=first.name, two=second.name)
        _tell(session, answers[2], text, limit)
        _print_hash(session, first)
        _print_hash(session, second)
        session.print_stamp(at)

    session.answer(answer, tell)


@app.command()
def keep(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The scenario, as YAML.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="In place of another one of that name.")
    ] = False,
) -> None:
    """Keep a scenario under its name, with the files that it names, to run it again later."""
    session: Session = context.obj
    scenario = read_scenario(file)
    with session.ledger() as ledger:
        new = kept.keep(kept.folder(ledger), scenario, replace=replace)
    message = session.lang.say(
        "whatif_kept_now" if new else "whatif_kept_before", name=scenario.name
    )
    answer = {"scenario": _named(scenario), "new": new}
    session.answer(answer, lambda: session.console.print(message, markup=False))


@app.command("list")
def list_kept(context: typer.Context) -> None:
    """List the scenarios that are kept."""
    session: Session = context.obj
    with session.ledger() as ledger:
        found = kept.kept(kept.folder(ledger))

    def tell() -> None:
        if not found:
            session.console.print(session.lang.say("whatif_none_kept"))
            return
        heads = ("whatif_name", "whatif_text", "whatif_kept_at")
        table = session.table("title_whatif_kept", *heads)
        for each in found:
            day = each.at[:16].replace("T", " ")
            table.add_row(each.scenario.name, each.scenario.text, f"{day} UTC")
        session.console.print(table)

    answer = [{**_named(each.scenario), "kept_at": each.at} for each in found]
    session.answer({"scenarios": answer}, tell)


@app.command()
def schema(context: typer.Context) -> None:
    """Print the JSON Schema of a scenario file."""
    session: Session = context.obj
    session.console.out(json.dumps(schema_of(Scenario), indent=2), highlight=False)


# --- asking -----------------------------------------------------------------------------------


def _scenario(ledger: Ledger, which: str) -> Scenario:
    """The scenario in a file, or kept under a name."""
    path = Path(which)
    if path.suffix or path.is_file():
        return read_scenario(path)
    return kept.named(kept.folder(ledger), which)


def _head(ledger: Ledger) -> Stamp:
    position, recorded_at, chain = ledger.log.head()
    return Stamp(position, recorded_at, chain.hex())


def _kept_lines(session: Session, limit: int | None) -> int | None:
    return _LINES if limit is None and not session.json else limit


def _ask(
    session: Session,
    ledger: Ledger,
    questions: Sequence[Question],
    at: Stamp,
    jobs: int | None,
) -> list[Compared]:
    count = len(touched(ledger, questions))
    # A process takes a second to start, and an agreement about as long to read.
    wanted = jobs or min(os.cpu_count() or 1, -(-count // 4))
    with session.progress(count, "replaying agreements") as told:
        return whatif(ledger, questions, at, jobs=max(1, wanted), told=told)


def _show_claim(
    session: Session, ledger: Ledger, scenario: Scenario, claim: str, at: Stamp
) -> None:
    before, after = show(ledger, scenario, claim, at)
    if before is None and after is None:
        message = f"there is no outcome {claim!r}; `ofl whatif` lists those that change"
        raise NotFound(message)

    def tell() -> None:
        title = session.lang.say("whatif_working", claim=claim)
        session.console.print(title, style="bold", markup=False)
        table = session.table("whatif_claim", "whatif_before", "whatif_after")
        table.title = None
        width = session.console.width // 2 - 2
        for pair in both_workings(before, after, session.lang, width):
            table.add_row(*pair)
        session.console.print(table)
        _print_hash(session, scenario)
        session.print_stamp(at)

    answer = {
        "stamp": at,
        "scenario": _named(scenario),
        "claim": claim,
        "before": before,
        "after": after,
    }
    session.answer(answer, tell)


def _named(scenario: Scenario) -> dict[str, str]:
    return {"name": scenario.name, "text": scenario.text, "sha256": scenario.sha256}


def _as_json(found: Compared) -> dict[str, object]:
    """What was found, for machines: the same figures, with what is reckoned from them."""
    return {
        "looked_at": found.looked_at,
        "agreements": found.agreements,
        "outcomes": found.outcomes,
        "changed": found.changed,
        "before": found.before,
        "after": found.after,
        "undecided": found.undecided,
        "undecided_before": found.undecided_before,
        "unassessed": found.unassessed,
        "years": found.years,
        "owed": [
            {
                "agreement": each.agreement,
                "payer": each.payer,
                "role": each.role,
                "payee": each.payee,
                "before": each.before,
                "after": each.after,
                "difference": each.difference,
                "paid": each.paid,
                "to_pay": each.to_pay,
                "to_claw_back": each.to_claw_back,
            }
            for each in found.owed
        ],
        "returns": found.returns,
        "payments": found.payments,
        "changes": [_change(each) for each in found.first],
    }


def _change(change: Change) -> dict[str, object]:
    return {
        "claim": change.claim,
        "agreement": change.agreement,
        "unit": change.unit,
        "metric": change.metric,
        "key": change.key,
        "period": change.period,
        "achieved_before": change.achieved_before,
        "achieved_after": change.achieved_after,
        "waits": change.waits,
        "before": change.before,
        "after": change.after,
        "by_payer": [
            {"payer": payer, "role": role, "before": before, "after": after}
            for (payer, role), (before, after) in change.by_payer.items()
        ],
        "payments": change.payments,
    }


# --- showing ----------------------------------------------------------------------------------


def _say(session: Session, *lines: str) -> None:
    for line in lines:
        session.console.print(line, markup=False, soft_wrap=True)


def _text_of(scenario: Scenario) -> list[str]:
    return [scenario.text, ""]


def _print_hash(session: Session, scenario: Scenario) -> None:
    text = session.lang.say("whatif_hash", name=scenario.name, sha256=scenario.sha256)
    session.console.print(text, style="dim", markup=False, soft_wrap=True)


def _tell(session: Session, found: Compared, against: str, limit: int | None) -> None:
    """Everything that was found, in tables; what is left out is counted."""
    lang, lines = session.lang, _LINES if limit is None else limit
    counts = {
        "changed": lang.whole(found.changed),
        "outcomes": lang.whole(found.outcomes),
        "touched": lang.whole(len(found.agreements)),
        "agreements": lang.whole(found.looked_at),
    }
    _say(session, lang.say("whatif_changes" if found.changed else "whatif_nothing", **counts))
    _say(session, against)
    if found.unassessed:
        _say(session, lang.say("whatif_unassessed", count=lang.whole(found.unassessed)))
    if found.undecided:
        amount = lang.amount(found.undecided_before)
        count = lang.whole(found.undecided)
        _say(session, lang.say("whatif_undecided", count=count, amount=amount))
    if found.changed:
        _say(session, "")
        for table in (_years, _owed, _returns):
            session.console.print(table(session, found))
        session.console.print(_payments(session, found, lines))
        _more(session, len(found.payments) - lines)
        session.console.print(_changes(session, found))
        _more(session, found.changed - len(found.first))
        _say(session, lang.say("whatif_show"))


def _more(session: Session, count: int) -> None:
    if count > 0:
        _say(session, session.lang.say("whatif_more", count=session.lang.whole(count)))


def _totals(session: Session, table: Table, before: int, *amounts: Amount) -> None:
    """A last row with totals, after so many columns."""
    names = [session.lang.say("total"), *[""] * (before - 1)]
    table.add_section()
    table.add_row(*names, *map(session.lang.amount, amounts))


def _years(session: Session, found: Compared) -> Table:
    numbers = ("whatif_changed", "whatif_before", "whatif_after", "difference")
    table = session.table("title_whatif_years", "agreement", "year", *numbers, right=numbers)
    lang = session.lang
    for each in found.years:
        table.add_row(
            each.agreement,
            str(each.year),
            lang.whole(each.changed),
            lang.amount(each.before),
            lang.amount(each.after),
            lang.amount(each.after - each.before),
        )
    before, after = (total(getattr(e, side) for e in found.years) for side in ("before", "after"))
    table.add_section()
    sums = map(lang.amount, (before, after, after - before))
    table.add_row(lang.say("total"), "", lang.whole(found.changed), *sums)
    return table


def _owed(session: Session, found: Compared) -> Table:
    numbers = (
        "whatif_before", "whatif_after", "difference", "whatif_to_pay", "whatif_to_claw_back",
    )  # fmt: skip
    heads = ("agreement", "payer", "payee")
    table = session.table("title_whatif_owed", *heads, *numbers, right=numbers)
    lang = session.lang
    for each in found.owed:
        amounts = (each.before, each.after, each.difference, each.to_pay, each.to_claw_back)
        table.add_row(each.agreement, each.payer, each.payee, *map(lang.amount, amounts))
    names = ("before", "after", "difference", "to_pay", "to_claw_back")
    sums = (total(getattr(each, name) for each in found.owed) for name in names)
    _totals(session, table, len(heads), *sums)
    return table


def _returns(session: Session, found: Compared) -> Table:
    numbers = (
        "paid_in", "whatif_before", "whatif_multiple_before", "whatif_after",
        "whatif_multiple_after",
    )  # fmt: skip
    heads = ("agreement", "investor")
    table = session.table("title_whatif_returns", *heads, *numbers, right=numbers)
    lang = session.lang
    for each in found.returns:
        table.add_row(
            each.agreement,
            each.investor,
            lang.amount(each.paid_in),
            lang.amount(each.before),
            _multiple(session, each.before, each.paid_in),
            lang.amount(each.after),
            _multiple(session, each.after, each.paid_in),
        )
    return table


def _multiple(session: Session, entitled: Amount, paid_in: Amount) -> str:
    """What comes back of each krone paid in, in percent with one decimal."""
    if paid_in == ZERO:
        return "–"
    share = Decimal(entitled.minor) / Decimal(paid_in.minor)
    return session.lang.percent(share.quantize(Decimal("0.001")))


def _payments(session: Session, found: Compared, lines: int) -> Table:
    heads = ("agreement", "payment", "state", "payer", "payee")
    numbers = ("outcomes", "amount", "difference")
    table = session.table("title_whatif_payments", *heads, *numbers, right=numbers)
    lang = session.lang
    for each in found.payments[:lines]:
        table.add_row(
            each.agreement,
            each.payment or "–",
            lang.say(each.state),
            each.payer,
            each.payee,
            lang.whole(each.outcomes),
            lang.amount(each.amount) if each.payment else "–",
            lang.amount(each.difference),
        )
    table.add_section()
    blank = [""] * (len(heads) + 1)
    whole = lang.amount(total(each.difference for each in found.payments))
    table.add_row(lang.say("total"), *blank, whole)
    return table


def _changes(session: Session, found: Compared) -> Table:
    """A line for every payer of every outcome that is listed."""
    heads = ("whatif_claim", "whatif_achieved_on", "payer")
    numbers = ("whatif_before", "whatif_after", "difference")
    table = session.table("title_whatif_changes", *heads, *numbers, right=numbers)
    lang = session.lang
    for each in found.first:
        first = (each.claim, lang.day(each.period.end))
        for (payer, _), (before, after) in each.by_payer.items():
            amounts = map(lang.amount, (before, after, after - before))
            table.add_row(*first, payer, *amounts)
            first = ("", "")
        said = f"whatif_waits_{each.waits.value}" if each.waits else "whatif_missed"
        if each.waits or not each.achieved_after:
            table.add_row(*first, "", "", lang.say(said), "")
    return table


_Key = tuple[str, str, Role, str]


def _side_row(key: _Key, one: Mapping[_Key, Owed], two: Mapping[_Key, Owed]) -> list[Amount]:
    """What is recorded, and under each scenario; one that does not touch it leaves it as it is."""
    either = one.get(key) or two[key]
    return [
        either.before,
        *(side[key].after if key in side else either.before for side in (one, two)),
    ]


def _show_sides(
    session: Session, scenarios: Sequence[Scenario], answers: Sequence[Compared]
) -> None:
    """What is owed as recorded and under each scenario, by payer and investor."""
    lang = session.lang
    one, two = (
        {(e.agreement, e.payer, e.role, e.payee): e for e in each.owed} for each in answers[:2]
    )
    table = session.table("title_whatif_sides", "agreement", "payer", "payee")
    for name in (lang.say("whatif_recorded"), *(each.name for each in scenarios)):
        table.add_column(name, justify="right", overflow="fold")
    sums = [ZERO, ZERO, ZERO]
    for key in sorted({*one, *two}):
        row = _side_row(key, one, two)
        sums = [whole + each for whole, each in zip(sums, row, strict=True)]
        agreement, payer, _, payee = key
        table.add_row(agreement, payer, payee, *map(lang.amount, row))
    _totals(session, table, 3, *sums)
    session.console.print(table)
