"""`ofl people …`: who works on the ledger, with which keys and duties, and emergencies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desk.cli.session import Session
from desk.intake.files import read_set_up
from ledger.commands.door import Done, now
from ledger.decide.people_state import Colleague, PeopleState
from ledger.decide.refusal import AlreadyDone, NotFound
from ledger.duties import Duty
from ledger.events import GlassBroken
from ledger.model import Position
from ledger.store.personal_key import PersonalKey

app = typer.Typer(
    help="Let people in and out: keys, duties, emergencies. What gives a right takes two.",
    no_args_is_help=True,
)
Who = Annotated[str, typer.Argument(help="The person's id, or a job's: job:NAME.")]
Key = Annotated[str, typer.Argument(help="The public key, as `ofl people key` prints it.")]
ADuty = Annotated[Duty, typer.Argument(help="The duty.")]
Why = Annotated[str, typer.Argument(help="Why; kept for ever.")]


@app.command()
def key(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A new file, that nobody else can read.")],
) -> None:
    """Make a personal key, and print the public half, to be given to an administrator.

    A passphrase is taken from OFL_KEY_PASSPHRASE, or asked for at a terminal.
    """
    session: Session = context.obj
    made = PersonalKey.new()
    try:
        made.write(file, session.passphrase(new=True))
    except FileExistsError:
        message = f"{file} is there already, and is not overwritten"
        raise AlreadyDone(message) from None
    value = {"key": made.public, "file": file}
    session.answer(value, lambda: session.console.print(made.public, markup=False, soft_wrap=True))


@app.command()
def setup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Who is let in first, as YAML.")],
) -> None:
    """Let the first people in, at least two administrators; after that every command is signed."""
    session: Session = context.obj
    first = read_set_up(file)
    with session.ledger() as ledger:
        done = ledger.set_up_people(first)
        people = ledger.people()
    lines = [session.lang.say("told_let_in", count=len(first.people)), *_loud(session, people)]
    session.done(done.recorded, "\n".join(lines), people=[each.id for each in first.people])


@app.command()
def witness(context: typer.Context) -> None:
    """Say, by signing, that the set-up names you as a person of your own. Not by the founder."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.witness_set_up()
        people = ledger.people()
    lines = [session.lang.say("told_witnessed"), *_loud(session, people)]
    session.done(done.recorded, "\n".join(lines), missing=people.unwitnessed)


@app.command()
def add(
    context: typer.Context,
    who: Who,
    name: Annotated[str, typer.Argument(help="The person's name, for others to read.")],
    account: Annotated[
        list[str] | None,
        typer.Option(help="A name that the person acts under; the id if none. Repeatedly."),
    ] = None,
) -> None:
    """Make a person, or a job, known. Key and duties are proposed and confirmed after that."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.add_colleague(who, name, tuple(account or ()))
    _done(session, done, session.lang.say("told_added", who=who))


@app.command()
def link(
    context: typer.Context,
    who: Who,
    account: Annotated[str, typer.Argument(help="One more name that the person acts under.")],
) -> None:
    """Link one more account to a person; it is the same person under every name."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.link_account(who, account)
    _done(session, done, session.lang.say("told_linked", account=account, who=who))


@app.command("propose-key")
def propose_key(context: typer.Context, who: Who, public_key: Key) -> None:
    """Propose a person's key: your own, or as an administrator anybody's."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.propose_key(who, public_key)
    _done(session, done, session.lang.say("told_key_proposed", who=who))


@app.command("confirm-key")
def confirm_key(context: typer.Context, who: Who, public_key: Key) -> None:
    """Let a key count that somebody else proposed, and that is not your own."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.confirm_key(who, public_key)
    _done(session, done, session.lang.say("told_key_confirmed", who=who))


@app.command("revoke-key")
def revoke_key(context: typer.Context, who: Who, public_key: Key, reason: Why) -> None:
    """Let a key count no more, at once: lost, stolen or replaced. One person is enough."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.revoke_key(who, public_key, reason)
    _done(session, done, session.lang.say("told_key_revoked", who=who))


@app.command("propose-duty")
def propose_duty(context: typer.Context, who: Who, duty: ADuty) -> None:
    """Propose that somebody else should have a duty."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.propose_duty(who, duty)
    told = {"who": who, "duty": _duty(session, duty)}
    _done(session, done, session.lang.say("told_duty_proposed", **told))


@app.command("confirm-duty")
def confirm_duty(context: typer.Context, who: Who, duty: ADuty) -> None:
    """Grant a duty that another administrator proposed for a third person."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.confirm_duty(who, duty)
    told = {"who": who, "duty": _duty(session, duty)}
    _done(session, done, session.lang.say("told_duty_confirmed", **told))


@app.command()
def withdraw(context: typer.Context, who: Who, duty: ADuty, reason: Why) -> None:
    """Take a duty away, at once. One administrator is enough."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.withdraw_duty(who, duty, reason)
    told = {"who": who, "duty": _duty(session, duty)}
    _done(session, done, session.lang.say("told_duty_withdrawn", **told))


@app.command()
def left(context: typer.Context, who: Who, reason: Why) -> None:
    """Take all duties and keys of a person away, at once. One administrator is enough."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.record_leaving(who, reason)
    _done(session, done, session.lang.say("told_left", who=who))


@app.command("break-glass")
def break_glass(context: typer.Context, duty: ADuty, reason: Why) -> None:
    """Take a duty for four hours, in an emergency. It is told everywhere, and must be reviewed."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.break_glass(duty, reason)
    (broken,) = done.recorded
    assert isinstance(broken.event, GlassBroken)
    text = session.lang.say(
        "warn_glass_broken",
        colleague=broken.event.colleague,
        duty=_duty(session, duty),
        until=f"{broken.event.until:%Y-%m-%d %H:%M} UTC",
        position=broken.position,
        reason=reason,
    )
    _done(session, done, text)


@app.command()
def review(
    context: typer.Context,
    position: Annotated[int, typer.Argument(help="Where the glass was broken.")],
    remark: Annotated[str, typer.Argument(help="What you found; kept for ever.")],
) -> None:
    """Say what you found about what somebody else did in an emergency."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.review_glass(Position(position), remark)
    _done(session, done, session.lang.say("told_reviewed", position=position))


@app.command("list")
def list_people(context: typer.Context) -> None:
    """Show who works on the ledger, what waits for a second person, and emergencies."""
    session: Session = context.obj
    with session.ledger() as ledger:
        people = ledger.people()
    value = {
        "standing": _standing(people),
        "founder": people.founder or None,
        "witnesses": people.witnesses,
        "unwitnessed": people.unwitnessed,
        "people": list(people.colleagues.values()),
        "proposed": list(people.proposals.values()),
        "emergencies": people.glasses,
    }

    def show() -> None:
        for line in _loud(session, people):
            session.console.print(line, markup=False, soft_wrap=True, style="yellow")
        _show_people(session, list(people.colleagues.values()))
        _show_proposals(session, people)
        _show_glasses(session, people)

    session.answer(value, show)


@app.command()
def show(context: typer.Context, who: Who) -> None:
    """Show one person: accounts, duties, and keys in full."""
    session: Session = context.obj
    with session.ledger() as ledger:
        people = ledger.people()
    found = people.colleagues.get(who)
    if found is None:
        message = f"there is no colleague {who!r}; `ofl people list` names them"
        raise NotFound(message)
    may = sorted(people.duties_of(who, now()))

    def told() -> None:
        _show_people(session, [found])
        for each in found.keys:
            session.console.print(each, markup=False, soft_wrap=True)

    session.answer({"person": found, "may_now": may}, told)


def _done(session: Session, done: Done, message: str) -> None:
    session.done(done.recorded, message)


def _duty(session: Session, duty: Duty) -> str:
    return session.lang.say(f"duty_{duty.value}")


def _standing(people: PeopleState) -> str:
    if people.staffed:
        return "staffed"
    return "single-user" if people.single else "trusting"


def _loud(session: Session, people: PeopleState) -> list[str]:
    """What everybody should know of how far names can be relied on."""
    say = session.lang.say
    if people.single:
        return [say("people_single")]
    if not people.staffed:
        return [say("people_trusting")]
    if people.unwitnessed:
        values = {"founder": people.founder, "missing": people.unwitnessed}
        return [say("people_unwitnessed", **values)]
    return []


def _show_people(session: Session, found: list[Colleague]) -> None:
    table = session.table(
        "title_people", "colleague", "name", "accounts", "duties", "keys", right=("keys",)
    )
    for each in found:
        duties = ", ".join(_duty(session, duty) for duty in each.duties)
        told = session.lang.say("has_left") if each.left else duties or "–"
        keys = session.lang.whole(len(each.keys))
        table.add_row(each.id, each.name, ", ".join(each.accounts), told, keys)
    session.console.print(table)


def _show_proposals(session: Session, people: PeopleState) -> None:
    if not people.proposals:
        return
    heads = ("at_position", "colleague", "proposed_what", "proposer")
    table = session.table("title_proposals", *heads,
                          right=("at_position",))  # fmt: skip
    for each in people.proposals.values():
        what = _duty(session, each.what) if isinstance(each.what, Duty) else each.what
        table.add_row(str(each.position), each.colleague, what, each.actor)
    session.console.print(table)


def _show_glasses(session: Session, people: PeopleState) -> None:
    if not people.glasses:
        return
    table = session.table("title_glasses", "at_position", "colleague", "duty", "since", "until",
                          "reason", "reviewer", right=("at_position",))  # fmt: skip
    for each in people.glasses:
        table.add_row(
            str(each.broken_at),
            each.colleague,
            _duty(session, each.duty),
            f"{each.since:%Y-%m-%d %H:%M}",
            f"{each.until:%Y-%m-%d %H:%M}",
            each.reason,
            f"{each.reviewed_by}: {each.remark}" if each.reviewed_by
            else session.lang.say("nobody_yet"),
        )  # fmt: skip
    session.console.print(table)
