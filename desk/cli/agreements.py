"""`ofl init`, `ofl agreement …`, `ofl assess`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from desk.cli.clocks import EffectiveOn, KnownAt, asked
from desk.cli.corrections import change_lines
from desk.cli.session import Session
from desk.cli.values import day
from desk.intake.files import read_rules, read_terms
from desk.language import Language
from ledger.commands.door import Done
from ledger.events import EntitlementCalculated
from ledger.policy.assess import Assessment
from ledger.service import Ledger
from ledger.store.location import KEY_FILE
from ledger.terms.agreement import Terms
from projections import report
from projections.changes import Change, changes
from projections.moment import terms_at, versions

app = typer.Typer(help="Sign agreements and see where they stand.", no_args_is_help=True)
rules_app = typer.Typer(help="Put rules of law in force.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the commands that stand alone."""
    root.command()(init)
    root.command()(assess)


def init(
    context: typer.Context,
    fund: Annotated[str, typer.Option(help="The fund's name.")] = "Outcome fund",
    currency: Annotated[str, typer.Option(help="The fund's one currency.")] = "DKK",
    demo: Annotated[
        bool,
        typer.Option("--demo", help="For invented people: names are taken as they are given."),
    ] = False,
) -> None:
    """Make a new ledger: its events, its vault, and the keys of both."""
    session: Session = context.obj
    ledger = Ledger.create(
        session.location,
        fund,
        currency,
        "demo" if demo else "live",
        actor=session.actor,
        command_id=session.command_id,
        key_file=session.vault_key,
        checkpoint_key=session.checkpoint_key,
        checkpoints=session.checkpoints,
    )
    with ledger:
        head = ledger.log.head()[0]
    message = (
        f"{fund}: a ledger in {currency} in {session.location}.\n"
        f"Keep a copy of {session.vault_key or KEY_FILE} in another place: without it nobody can "
        "tell who is who.\n"
        "Move checkpoint.key to a place that others cannot read, and give checkpoint.pub to the "
        "auditor.\n" + session.lang.say("people_trusting" if demo else "people_single")
    )
    value = {"ledger": session.location, "fund": fund, "currency": currency, "events": head}
    session.answer(value, lambda: session.console.print(message, markup=False))


@app.command()
def sign(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The terms, as YAML.")],
) -> None:
    """Sign an agreement: record its terms."""
    session: Session = context.obj
    terms, source = read_terms(file)
    with session.ledger() as ledger:
        done = ledger.sign(terms, source)
    key = "told_signed" if done.recorded else "told_signed_before"
    message = session.lang.say(key, agreement=terms.agreement)
    session.done(done.recorded, message, agreement=terms.agreement)


@app.command()
def amend(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The whole terms as they shall be, as YAML.")],
    effective_on: Annotated[
        date, typer.Option(parser=day, help="The first day on which they are in force.")
    ],
) -> None:
    """Amend an agreement: its terms are others from a day on, which may have passed."""
    session: Session = context.obj
    terms, source = read_terms(file)
    with session.ledger() as ledger:
        done = ledger.amend(terms, effective_on, source)
    what = (
        f"amended from {effective_on}; the next `ofl assess` decides by the new terms"
        if done.recorded
        else "was amended to these terms before; nothing changed"
    )
    session.done(done.recorded, f"{terms.agreement}: {what}", agreement=terms.agreement)


@rules_app.command()
def enact(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The table of refund rules, as YAML.")],
    drop: Annotated[
        bool, typer.Option("--drop", help="Rules in force that the file leaves out fall away.")
    ] = False,
) -> None:
    """Enact a table of refund rules, in place of the one with its id."""
    session: Session = context.obj
    table = read_rules(file)
    with session.ledger() as ledger:
        done = ledger.enact(table, drop=drop)
    what = (
        f"in force from {done.recorded[0].effective_on}; the next `ofl assess` goes by them"
        if done.recorded
        else "are in force as they stand; nothing changed"
    )
    session.done(done.recorded, f"refund rules {table.id}: {what}", table=table.id)


@app.command("list")
def list_agreements(
    context: typer.Context, known_at: KnownAt = None, on: EffectiveOn = None
) -> None:
    """Show where every agreement stands."""
    session: Session = context.obj
    with asked(session, known_at, on) as then:
        found = report.agreements(then.then)
        by = versions(then.views, then.at)

    def show() -> None:
        show_agreements(session, found)
        session.print_stamp(then.at, by)

    session.answer({"stamp": then.at, "versions": by, "agreements": found}, show)


def show_agreements(session: Session, found: list[report.AgreementStatus]) -> None:
    """A table of agreements."""
    money = ("entitled", "cap", "guarantee")
    numbers = ("enrolled", "housed", "achieved", "missed", "waiting", *money)
    table = session.table("title_agreements", "agreement", *numbers, right=numbers)
    lang = session.lang
    for each in found:
        table.add_row(
            each.agreement,
            f"{each.enrolled}/{each.people}",
            *(lang.whole(n) for n in (each.housed, each.achieved, each.missed, each.waiting)),
            lang.amount(each.entitled),
            lang.amount(each.cap),
            lang.amount(each.guarantee),
        )
    session.console.print(table)
    for each in found:
        if each.erased_on is not None:
            last = lang.day(each.erased_on)
            told = lang.say("erased_people", agreement=each.agreement, count=each.erased, day=last)
            session.console.print(told, markup=False)


@app.command("show")
def show_agreement(
    context: typer.Context,
    agreement: Annotated[str, typer.Argument(help="The agreement.")],
    known_at: KnownAt = None,
    on: EffectiveOn = None,
) -> None:
    """Show who invests in one agreement, who is paid first, and who covers or continues it."""
    session: Session = context.obj
    with asked(session, known_at, on, agreement) as then:
        by = versions(then.views, then.at, agreement)
        terms = terms_at(then.ledger, by, agreement)
        (status,) = (each for each in report.agreements(then.then) if each.agreement == agreement)
        found = [each for each in report.investors(then.then) if each.agreement == agreement]

    def show() -> None:
        show_agreements(session, [status])
        for line in _money(session, status, found, terms):
            session.console.print(line, markup=False)
        session.print_stamp(then.at, by)

    value = {
        "stamp": then.at,
        "versions": by,
        "agreement": status,
        "investors": found,
        "waterfall": terms.waterfall,
    }
    session.answer(value, show)


def _money(
    session: Session,
    status: report.AgreementStatus,
    investors: list[report.Investor],
    terms: Terms,
) -> Iterator[str]:
    """Investments, order of payment, guarantee and continuation, a line each."""
    lang = session.lang
    for each in investors:
        amounts = {
            name: lang.amount(getattr(each, name)) for name in ("committed", "paid_in", "entitled")
        }
        words = {"investor": each.investor, "instrument": lang.say(each.instrument)}
        yield lang.say("show_investment", **words, **amounts)
    for number, tier in enumerate(terms.waterfall, start=1):
        kind = tier.up_to or "multiple"
        limit = lang.say(f"limit_{kind}", multiple=tier.multiple)
        yield lang.say("show_waterfall", number=number, to=", ".join(tier.to), limit=limit)
    if status.guarantee is not None:
        yield lang.say(
            "show_guarantee",
            guarantor=status.guarantor,
            amount=lang.amount(status.guarantee),
            called=lang.amount(status.guaranteed),
        )
    bound = status.continuation
    if bound is not None:
        key = {None: "open", True: "yes", False: "no"}[bound.met]
        yield lang.say(
            f"show_bound_{key}",
            party=bound.party,
            achieved=lang.whole(bound.achieved),
            decided=lang.whole(bound.decided),
        )


def assess(
    context: typer.Context,
    until: Annotated[date, typer.Option(parser=day, help="Decide what was due by this date.")],
    agreement: Annotated[
        str | None, typer.Option(help="One agreement; all of them if not given.")
    ] = None,
) -> None:
    """Decide outcomes and entitlements that are due, and correct those whose facts changed."""
    session: Session = context.obj
    with session.ledger() as ledger:
        names = [agreement] if agreement else list(ledger.agreements())
        results = []
        with session.progress(len(names), "assessing") as advance:
            for name in names:
                ledger.command_id = session.part_of_command(name)
                done, found = ledger.assess(name, until)
                results.append((name, done, found, moved(ledger, name, done)))
                advance(1)
        told_moves = {name: _told(session, ledger, found) for name, _, _, found in results}
    answer = [
        {
            "agreement": name,
            "recorded": len(done.recorded),
            "decided": len(found.decided),
            "waiting": waiting(found),
            "changes": changed,
        }
        for name, done, found, changed in results
    ]

    def show() -> None:
        for name, done, found, _ in results:
            message = session.lang.say(
                "told_assessed",
                agreement=name,
                decided=len(found.decided),
                until=session.lang.day(until),
                events=len(done.recorded),
                waiting=told(session.lang, waiting(found)),
            )
            session.console.print(message, markup=False)
            for line in told_moves[name]:
                session.console.print(f"  {line}", markup=False, soft_wrap=True)

    session.answer({"until": until, "agreements": answer}, show)


CHANGES_SHOWN = 3
"""How many changed entitlements an assessment tells one by one; the rest are only counted."""


def _told(session: Session, ledger: Ledger, found: list[Change]) -> list[str]:
    """The first changes in words, and how many more there are."""
    shown = found[:CHANGES_SHOWN]
    lines = [line for each in shown for line in change_lines(session, ledger, each)]
    more = len(found) - len(shown)
    return [*lines, *([session.lang.say("changes_more", count=more)] if more else [])]


def moved(ledger: Ledger, name: str, done: Done) -> list[Change]:
    """Whose entitlement an assessment changed; nobody's if it only decided what is new."""
    entitled = [each for each in done.recorded if isinstance(each.event, EntitlementCalculated)]
    if not any(each.event.corrects for each in entitled):  # type: ignore[attr-defined]
        return []
    first, last = done.recorded[0].position, entitled[-1].position
    return [each for each in changes(ledger, name, first - 1) if each.position <= last]


def told(lang: Language, waits: dict[str, int]) -> str:
    """What milestones wait for, in words."""
    if not waits:
        return lang.say("told_waits_none")
    return ", ".join(
        lang.say("told_waits", count=count, what=lang.say(f"waits_{what}"))
        for what, count in waits.items()
    )


def waiting(found: Assessment) -> dict[str, int]:
    """How many milestones wait, by what they wait for."""
    counts: dict[str, int] = {}
    for outcome in found.waiting:
        assert outcome.waiting is not None
        counts[outcome.waiting.value] = counts.get(outcome.waiting.value, 0) + 1
    return counts
