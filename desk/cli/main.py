"""`ofl`: the commands, the options they share, and what a refusal looks like."""

from __future__ import annotations

import json
import secrets
import sys
from importlib import metadata
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from desk.cli import (
    agreements,
    answers,
    audit,
    bank,
    bank_files,
    clawback,
    corrections,
    demo,
    forecast,
    fund,
    guarantee,
    imports,
    invest,
    jobs,
    payees,
    payments,
    people,
    periods,
    sampling,
    status,
    subjects,
    terms,
    whatif,
)
from desk.cli.session import Session, settings
from desk.cli.trouble import TROUBLE, Stopped
from desk.language import Language
from ledger import garbage
from ledger.commands.banking import NotTheSameFileError
from ledger.decide.refusal import FileRefused, Refusal
from ledger.store.checkpoint import CheckpointError
from ledger.store.location import located
from ledger.store.log import CommandConflictError
from ledger.store.personal_key import PersonalKeyError
from ledger.store.vault import VaultKeyError, VaultMissingError

app = typer.Typer(
    name="ofl",
    help="The ledger that outcome funds run on: every krone back to what was measured.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="The options above may stand anywhere on the line.",
)
app.add_typer(terms.app, name="terms")
app.add_typer(agreements.app, name="agreement")
app.add_typer(agreements.rules_app, name="rules")
app.add_typer(imports.app, name="import")
app.add_typer(corrections.app, name="correct")
app.add_typer(invest.app, name="invest")
bank_files.register(payments.app)
clawback.register(payments.app)
app.add_typer(payments.app, name="payments")
app.add_typer(sampling.app, name="sample")
app.add_typer(bank.app, name="bank")
app.add_typer(payees.app, name="payee")
app.add_typer(guarantee.app, name="guarantee")
app.add_typer(fund.app, name="fund")
app.add_typer(periods.app, name="period")
app.add_typer(subjects.app, name="subject")
app.add_typer(people.app, name="people")
app.add_typer(jobs.app, name="jobs")
app.add_typer(audit.export_app, name="export")
app.add_typer(whatif.app, name="whatif")
agreements.register(app)
corrections.register(agreements.app)
answers.register(app)
audit.register(app)
status.register(app)
demo.register(app)
forecast.register(app)

REFUSED = (
    Refusal,
    VaultKeyError,
    VaultMissingError,
    CheckpointError,
    NotTheSameFileError,
    PersonalKeyError,
)
"""What stops a command before anything is recorded, and says why."""

_SHARED_FLAGS = {"--json"}
_SHARED_VALUES = {
    "--ledger", "--as", "--key", "--lang", "--vault-key", "--checkpoint-key", "--checkpoints",
    "--command-id",
}  # fmt: skip


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ofl {metadata.version('outcome-fund-ledger')}")
        raise typer.Exit


@app.callback()
def shared(  # noqa: PLR0913, PLR0917 - each shared option is a parameter
    context: typer.Context,
    ledger: Annotated[
        str | None, typer.Option(help="The ledger's directory or PostgreSQL URL (env OFL_LEDGER).")
    ] = None,
    actor: Annotated[
        str | None, typer.Option("--as", help="The person who acts (env OFL_ACTOR).")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(help="Your personal key file, which signs (env OFL_KEY).")
    ] = None,
    lang: Annotated[
        Language | None, typer.Option(help="The language of answers (env OFL_LANG).")
    ] = None,
    vault_key: Annotated[
        Path | None, typer.Option(help="The vault's key file (env OFL_VAULT_KEY).")
    ] = None,
    checkpoint_key: Annotated[
        Path | None,
        typer.Option(help="The key file that signs checkpoints (env OFL_CHECKPOINT_KEY)."),
    ] = None,
    checkpoints: Annotated[
        Path | None,
        typer.Option(help="The directory of checkpoints (env OFL_CHECKPOINTS)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer with JSON.")] = False,
    command_id: Annotated[
        str | None,
        typer.Option(help="An id of your own: the same command with the same id is done once."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, help="Show the version and stop.")
    ] = False,
) -> None:
    """Read the options that every command shares."""
    del version
    found = settings()
    context.obj = Session(
        location=located(ledger or found.ledger),
        actor=actor or found.actor,
        key=key or found.key,
        key_passphrase=found.key_passphrase,
        lang=lang or found.lang,
        vault_key=vault_key or found.vault_key,
        checkpoint_key=checkpoint_key or found.checkpoint_key,
        checkpoints=checkpoints or found.checkpoints,
        timestamp_url=found.timestamp_url,
        timestamp_certificate=found.timestamp_certificate,
        bank_inbox=found.bank_inbox,
        json=as_json,
        command_id=command_id or secrets.token_hex(16),
    )


def hoisted(arguments: list[str]) -> list[str]:
    """The arguments with the shared options moved in front, so that they may stand anywhere."""
    shared_options: list[str] = []
    rest: list[str] = []
    ahead = iter(arguments)
    for argument in ahead:
        if argument == "--":
            rest += [argument, *ahead]
        elif argument in _SHARED_FLAGS or argument.partition("=")[0] in _SHARED_VALUES:
            shared_options.append(argument)
            if argument in _SHARED_VALUES:
                shared_options += [value for value in [next(ahead, None)] if value is not None]
        else:
            rest.append(argument)
    return shared_options + rest


def main() -> None:
    """Run `ofl`: exit 0 if done, 1 if refused or tampered with, 2 if the command line is wrong.

    `ofl verify` also exits 3: it could not be verified. 4 means broken off: part of it, or perhaps
    all of it, was recorded. `ofl checkpoint` exits 5 if it got no timestamp.
    `ofl jobs status` exits 6 if findings are open, and 7 if a job is late or failed.
    """
    arguments = hoisted(sys.argv[1:])
    garbage.look_seldom()
    try:
        app(arguments, prog_name="ofl")
    except CommandConflictError as conflict:
        _refuse([f"the command id {conflict} was used before for another command"], arguments)
    except FileRefused as refusal:
        _refuse(refusal.lines(), arguments, refusal)
    except REFUSED as refusal:
        _refuse([str(refusal)], arguments)
    except Stopped as stopped:
        _stop(stopped, arguments)
    except TROUBLE as trouble:
        _stop(Stopped(trouble, 0, getattr(trouble, "command_id", "")), arguments)


def _refuse(lines: list[str], arguments: list[str], file: FileRefused | None = None) -> NoReturn:
    if "--json" in arguments:
        findings = [
            {"row": each.row, "column": each.column, "message": each.message}
            for each in (file.findings if file else ())
        ]
        refused = {"refused": lines, "file": file.file if file else None, "findings": findings}
        sys.stdout.write(json.dumps(refused, ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stderr.write("Refused: nothing was recorded.\n")
        sys.stderr.writelines(f"  {line}\n" for line in lines)
    raise SystemExit(1)


def _stop(stopped: Stopped, arguments: list[str]) -> NoReturn:
    """Tell what stopped a command, and leave; as a refusal if nothing was recorded."""
    if stopped.certain and not stopped.recorded:
        _refuse(stopped.lines(), arguments)
    if "--json" in arguments:
        told = {"broken_off": stopped.lines(), "command_id": stopped.command_id}
        recorded = {"recorded": stopped.recorded if stopped.certain else None}
        sys.stdout.write(json.dumps(told | recorded, ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stderr.write(f"{stopped.first_line()}\n")
        sys.stderr.writelines(f"  {line}\n" for line in stopped.lines())
    raise SystemExit(4)
