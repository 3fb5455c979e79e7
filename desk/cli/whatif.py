"""`ofl whatif …`: what would be paid if facts, terms or the law were otherwise."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from textwrap import shorten
from typing import Annotated

import typer
from typer.core import TyperGroup

from desk.adoption import Adoption
from desk.cli.session import Session
from desk.cli.whatif_tables import (
    LINES,
    print_hash,
    say,
    show_adoption,
    show_compared,
    show_sides,
)
from desk.intake.files import read_scenario
from desk.whatif import both_workings
from ledger.decide.refusal import NotFound
from ledger.model import TEXT_MAX
from ledger.money import total
from ledger.service import Ledger
from ledger.terms.shipped import schema_of
from projections.moment import Stamp, head
from projections.whatif import kept
from projections.whatif.adopt import plan
from projections.whatif.compare import Change, Compared
from projections.whatif.fund import NOTHING, Question, show, touched, whatif
from projections.whatif.scenario import Scenario


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
    typer.Option(
        min=1, help="Reckon in so many processes; in a large fund one for each core if not given."
    ),
]
_WORTH_A_PROCESS = 50
"""So many agreements: one takes 10 to 100 ms, and a process a second to start."""


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
        at = head(ledger.log)
        if show_claim is not None:
            _show_claim(session, ledger, found, show_claim, at)
            return
        question = Question(NOTHING, found, _kept_lines(session, limit))
        (compared,) = _ask(session, ledger, [question], at, jobs)
    answer = {"stamp": at, "scenario": _named(found), **_as_json(compared)}

    def tell() -> None:
        lang, out = session.lang, session.console
        out.print(lang.say("whatif_title", name=found.name), style="bold", markup=False)
        say(session, found.text, "")
        show_compared(session, compared, lang.say("whatif_against"), limit)
        print_hash(session, found)
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
        at = head(ledger.log)
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
        show_sides(session, [first, second], answers)
        text = session.lang.say("whatif_against_other", one=first.name, two=second.name)
        show_compared(session, answers[2], text, limit)
        print_hash(session, first)
        print_hash(session, second)
        session.print_stamp(at)

    session.answer(answer, tell)


@app.command()
def adopt(
    context: typer.Context,
    scenario: _Which,
    into: Annotated[
        Path | None,
        typer.Option(help="A new folder for what the commands read; adopt-NAME if not given."),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option(help="Why, as corrections will say; the scenario's text if not given."),
    ] = None,
    jobs: _Jobs = None,
) -> None:
    """Write the commands that make a scenario what is recorded, each for who has the duty."""
    session: Session = context.obj
    with session.ledger() as ledger:
        found = _scenario(ledger, scenario)
        at = head(ledger.log)
        (compared,) = _ask(session, ledger, [Question(NOTHING, found, 0)], at, jobs)
        why = _reason(reason or shorten(found.text, TEXT_MAX, placeholder=" …"))
        with session.progress(None, "rehearsing commands") as told:
            rehearsed = plan(ledger, found, at, compared.agreements, why, told)
    adoption = Adoption(into or Path(f"adopt-{found.name}"), why)
    for step in rehearsed.steps:
        adoption.add(step)
    if adoption.lines:
        adoption.write()
    answer = {
        "stamp": at,
        "scenario": _named(found),
        "folder": str(adoption.folder),
        "commands": [
            {"duties": each.duties, "command": each.typed, "fill_in": each.blanks}
            for each in adoption.lines
        ],
        "changed": compared.changed,
        "to_pay": total(each.to_pay for each in compared.owed),
        "to_claw_back": total(each.to_claw_back for each in compared.owed),
        "otherwise": rehearsed.otherwise,
    }

    def tell() -> None:
        show_adoption(session, found, adoption, compared, rehearsed.otherwise)
        print_hash(session, found)
        session.print_stamp(at)

    session.answer(answer, tell)


def _reason(text: str) -> str:
    if len(text) > TEXT_MAX:
        message = f"at most {TEXT_MAX} characters; the scenario says the rest"
        raise typer.BadParameter(message, param_hint="'--reason'")
    return text


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


def _kept_lines(session: Session, limit: int | None) -> int | None:
    return LINES if limit is None and not session.json else limit


def _ask(
    session: Session,
    ledger: Ledger,
    questions: Sequence[Question],
    at: Stamp,
    jobs: int | None,
) -> list[Compared]:
    count = len(touched(ledger, questions))
    wanted = jobs or min(os.cpu_count() or 1, -(-count // _WORTH_A_PROCESS))
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
        print_hash(session, scenario)
        session.print_stamp(at)

    answer = {
        "stamp": at,
        "scenario": _named(scenario),
        "claim": claim,
        "before": before.told() if before else None,
        "after": after.told() if after else None,
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
