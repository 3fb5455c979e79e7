"""`ofl verify`, `checkpoint`, `rebuild`, `export …`: proof, and books that others can check."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Annotated

import typer

from desk.cli.session import Session
from desk.cli.trouble import TROUBLE, Stopped, explained
from ledger.commands.door import folder_of, now, user_name
from ledger.decide.refusal import Refusal
from ledger.store import location
from ledger.store.checkpoint import public_file, read_public_key
from ledger.store.copying import copy_ledger
from ledger.store.envelope import timestamp
from ledger.store.location import located
from ledger.store.timestamp import TimestampError
from ledger.store.vault import VaultKeyError, VaultMissingError
from projections import verified
from projections.bundle import write_bundle
from projections.export import JournalFormat, write_journal
from projections.proof import prove_event, prove_growth
from projections.status import program_version
from projections.verification import Check, Fault, Kind, Outcome, Verification
from projections.verified import Verified
from projections.verify import verify as run_verify

_NOT_TIMESTAMPED = 5
_EXIT = {Outcome.TAMPERED: 1, Outcome.UNVERIFIABLE: 3}

export_app = typer.Typer(help="Write the books for other programs.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the commands that stand alone."""
    root.command()(verify)
    root.command("checkpoint")(seal)
    root.command()(prove)
    root.command()(rebuild)
    root.command()(copy)


def verify(
    context: typer.Context,
    against: Annotated[
        list[Path] | None,
        typer.Option(help="A checkpoint that somebody else has kept; may be given repeatedly."),
    ] = None,
    timestamp_certificate: Annotated[
        Path | None,
        typer.Option(help="The timestamp authority's PEM file (env OFL_TIMESTAMP_CERTIFICATE)."),
    ] = None,
) -> None:
    """Prove that nothing was altered: chain, checkpoints, views, and every decision done again.

    Exit 0 if sound, 1 if tampered with, 3 if it cannot be told.
    """
    session: Session = context.obj
    authority = timestamp_certificate or session.timestamp_certificate
    try:
        with session.ledger() as ledger:
            views = session.open_views()
            with session.progress(None, "hashing events") as advance:
                result = run_verify(ledger, views, advance, against or (), authority)
            views.close()
    except (Refusal, VaultKeyError, VaultMissingError) as error:
        fault = Fault(Check.CHAIN, Kind.UNVERIFIABLE, None, str(error))
        result = Verification(faults=[fault])
    except (Stopped, *TROUBLE) as error:
        trouble = error.trouble if isinstance(error, Stopped) else error
        fault = Fault(Check.CHAIN, Kind.UNVERIFIABLE, None, "; ".join(explained(trouble)))
        result = Verification(faults=[fault])
    _keep(session, result)
    value = {
        "sound": result.sound,
        "outcome": result.outcome.value,
        "uncovered": result.uncovered,
        "verification": result,
    }
    session.answer(value, lambda: _show(session, result))
    if not result.sound:
        raise typer.Exit(_EXIT[result.outcome])


def _keep(session: Session, result: Verification) -> None:
    """Leave the outcome for `ofl status`, where the ledger's folder is known and may be written."""
    try:
        folder = folder_of(
            session.location, location.key_file_of(session.location, session.vault_key)
        )
    except Refusal:
        return
    verified.write(
        folder,
        Verified(
            at=timestamp(now()),
            by=session.actor or user_name(),
            program=program_version(),
            outcome=result.outcome.value,
            events=result.events,
            chain=result.chain,
        ),
    )


def _show(session: Session, result: Verification) -> None:
    say = session.console.print
    if result.sound:
        say(f"Sound. {result.events} events, chain head {result.chain}.", markup=False)
        say(
            f"{result.assessments} assessments repeated with the same decisions, "
            f"{result.tables} tables equal to a rebuild.",
            markup=False,
        )
        if result.erased:
            say(f"{result.erased} erased: what was decided of them was taken as given.")
    else:
        tampered = result.outcome is Outcome.TAMPERED
        say("NOT SOUND." if tampered else "UNVERIFIABLE.", style="bold red")
        for fault in result.faults:
            where = f"position {fault.position}: " if fault.position else ""
            say(
                f"  {fault.check.value}: {fault.kind.value}: {where}{fault.message}",
                markup=False,
                soft_wrap=True,
            )
    _show_people(session, result)
    if not result.events:
        return
    if not result.checkpoints:
        say(f"No checkpoint: none of {result.events} events is covered; `ofl checkpoint` seals.")
    else:
        say(
            f"{result.checkpoints} checkpoints hold; they cover events 1 to {result.covered}, "
            f"and the {result.uncovered} after that are not covered."
        )
    if result.stamped:
        size, moment = max(result.stamped.items())
        held = f"{len(result.stamped)} timestamps hold"
        say(f"{held}; the first {size} events were there at {moment}.")
    if result.unlooked:
        say(f"{result.unlooked} timestamps not looked at: name OFL_TIMESTAMP_CERTIFICATE.")


def _show_people(session: Session, result: Verification) -> None:
    """Who is proved to have acted, and how far that can be relied on."""
    say = session.console.print
    if result.signed:
        say(f"{result.signed} commands are signed by who acted.")
    if result.unwitnessed:
        say(f"The people were set up by one person, and {result.unwitnessed} more must witness it.")
    for glass in result.emergencies:
        seen = f"reviewed by {glass.reviewed_by}" if glass.reviewed_by else "NOT REVIEWED"
        what = f"{glass.colleague} took the duty of {glass.duty.value}: {glass.reason}; {seen}"
        say(f"Emergency at position {glass.broken_at}: {what}", markup=False, soft_wrap=True)


def seal(
    context: typer.Context,
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Make a key, for a ledger that never had one.")
    ] = False,
    authority: Annotated[
        str | None,
        typer.Option(
            "--timestamp", help="Have an RFC 3161 authority say when (URL; env OFL_TIMESTAMP_URL)."
        ),
    ] = None,
) -> None:
    """Sign what all events up to now are, so that no later change can hide.

    Exit 4 if it is sealed but no timestamp could be had; the same command tries again.
    """
    session: Session = context.obj
    url = authority or session.timestamp_url
    stamp, failed = None, ""
    with session.ledger() as ledger:
        if new_key:
            ledger.make_checkpoint_key()
        sealed = ledger.seal()
        if url is not None:
            try:
                stamp = ledger.stamp(sealed, url)
            except TimestampError as error:
                failed = f"NO TIMESTAMP: {error}"
        public = read_public_key(public_file(ledger.checkpoint_key)).vkey()
    size = sealed.checkpoint.size
    done = f"{size} events sealed" if sealed.new else f"{size} events were sealed before"
    value = {
        "sealed": sealed.new,
        "size": size,
        "root": sealed.checkpoint.root.hex(),
        "chain": sealed.checkpoint.chain.hex(),
        "file": sealed.path,
        "public_key": public,
        "timestamp": stamp,
        "no_timestamp": failed or None,
    }
    lines = [f"{done}: {sealed.path}", *([f"Timestamp: {stamp}"] if stamp else [])]
    lines += [f"Public key: {public}", *([failed] if failed else [])]
    message = "\n".join(lines)
    session.answer(value, lambda: session.console.print(message, markup=False, soft_wrap=True))
    if failed:
        raise typer.Exit(_NOT_TIMESTAMPED)


def prove(
    context: typer.Context,
    position: Annotated[
        int | None, typer.Argument(min=1, help="The event to prove; or --from and --to.")
    ] = None,
    size: Annotated[
        int | None,
        typer.Option("--checkpoint", help="In the checkpoint of so many events; the first if not."),
    ] = None,
    first: Annotated[
        int | None, typer.Option("--from", help="Prove the checkpoint of so many events …")
    ] = None,
    second: Annotated[
        int | None, typer.Option("--to", help="… to be the beginning of this one.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="The file to write; standard output if not given.")
    ] = None,
) -> None:
    """Write a proof that one event is sealed, or that a checkpoint contains an earlier one.

    Who has the public key checks it without the ledger, by verify_ledger.py of the audit bundle.
    """
    session: Session = context.obj
    with session.ledger() as ledger:
        if position is not None and first is None and second is None:
            proof, size = prove_event(ledger, position, size)
            done = f"event {position} is one of the {size} events sealed"
        elif position is None and size is None and first is not None and second is not None:
            proof, size = prove_growth(ledger, first, second), second
            done = f"the {first} events sealed are the beginning of the {second} sealed"
        else:
            message = "name an event's position, or both --from and --to"
            raise typer.BadParameter(message)
    value: dict[str, object] = {"proved": done, "checkpoint": size, "file": output}
    if output is None:
        session.answer({**value, "proof": proof}, lambda: session.console.out(proof, end=""))
        return
    output.write_text(proof, encoding="utf-8", newline="")
    message = f"{output}: {done}"
    session.answer(value, lambda: session.console.print(message, markup=False, soft_wrap=True))


def rebuild(context: typer.Context) -> None:
    """Throw the views away and make them again from the events."""
    session: Session = context.obj
    with session.ledger() as ledger:
        views = session.open_views()
        with session.progress(ledger.log.head()[0], "rebuilding") as advance:
            taken = views.rebuild(ledger.log, advance)
        views.close()
    session.done((), f"views rebuilt from {taken} events", events=taken)


def copy(
    context: typer.Context,
    source: Annotated[str, typer.Option("--from", help="The ledger: a directory or a URL.")],
    target: Annotated[str, typer.Option("--to", help="Where there is no ledger yet.")],
) -> None:
    """Copy a ledger to another place or engine, byte for byte; its vault's key is not copied."""
    session: Session = context.obj
    to = located(target)
    with session.progress(None, "copying events") as advance:
        copied = copy_ledger(located(source), to, advance)
    message = (
        f"{to}: {copied.events} events and {copied.subjects} people; chain head {copied.chain}.\n"
        "The vault's key is not copied: name it with --vault-key or OFL_VAULT_KEY."
    )
    value = {"from": located(source), "to": to, "copied": copied}
    session.answer(value, lambda: session.console.print(message, markup=False))


@export_app.command()
def journal(
    context: typer.Context,
    form: Annotated[
        JournalFormat, typer.Option("--format", help="The program that is to read it.")
    ] = JournalFormat.HLEDGER,
    output: Annotated[
        Path | None, typer.Option(help="The file to write; standard output if not given.")
    ] = None,
) -> None:
    """Write the journal, every book of it, for hledger, beancount or a spreadsheet."""
    session: Session = context.obj
    with session.views() as (ledger, views):
        opened = ledger.law().opened
        currency = opened.currency if opened else "DKK"
        if output is None:
            write_journal(views, currency, form, sys.stdout)
            return
        with output.open("w", encoding="utf-8", newline="") as file:
            count = write_journal(views, currency, form, file)
    session.done((), f"{output}: {count} transactions", transactions=count, file=output)


@export_app.command("audit")
def audit_bundle(
    context: typer.Context,
    directory: Annotated[Path, typer.Argument(help="A new directory to write.")],
) -> None:
    """Write all an auditor needs to verify the ledger with a program that is not ours."""
    session: Session = context.obj
    with session.views() as (ledger, views):
        written = write_bundle(ledger, views, directory)
    message = (
        f"{directory}: {written.events} events, {written.checkpoints} checkpoints, "
        f"{written.transactions} transactions.\n"
        "Give the auditor the public key by another way than this directory:\n"
        f"  python verify_ledger.py . --public-key '{written.public_key or 'NONE YET'}'"
    )
    value = {"directory": directory, **dataclasses.asdict(written)}
    session.answer(value, lambda: session.console.print(message, markup=False, soft_wrap=True))
