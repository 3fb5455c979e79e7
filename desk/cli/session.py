"""What every command shares: where the ledger is, who acts, and how answers are shown."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from desk.cli.sheet import Sheet
from desk.cli.trouble import TROUBLE, Stopped
from desk.language import Language
from ledger.dates import Period
from ledger.events import Recorded
from ledger.money import Amount
from ledger.service import Ledger
from ledger.store.envelope import timestamp
from ledger.store.location import Location, Server
from ledger.store.personal_key import PersonalKey
from projections.balances import Balance
from projections.follow import Views
from projections.moment import Stamp, Versions, stamp

VIEWS_FILE = "views.sqlite"


class Settings(BaseSettings):
    """Settings from the environment; an option on the command line goes before them."""

    model_config = SettingsConfigDict(env_prefix="OFL_")

    ledger: str = "outcome-ledger"
    """The ledger's directory, or the URL of its PostgreSQL database."""
    actor: str | None = None
    """Who acts; the name the machine knows the user by if not given."""
    key: Path | None = None
    """Your personal key file, which signs what you do once people are set up."""
    key_passphrase: SecretStr | None = None
    """Its passphrase, if it has one; asked for at a terminal if not given."""
    lang: Language = Language.EN
    """The language of answers: en or da."""
    vault_key: Path | None = None
    """The vault's key file; `vault.key` in the ledger's directory if not given.

    A ledger on a server has no directory, so there it must be given.
    """
    checkpoint_key: Path | None = None
    """The key that signs checkpoints; `checkpoint.key` in the ledger's folder if not given."""
    checkpoints: Path | None = None
    """Where checkpoints are kept; `checkpoints` in the ledger's folder if not given."""
    timestamp_url: str | None = None
    """The RFC 3161 authority that timestamps checkpoints; none does if not given."""
    timestamp_certificate: Path | None = None
    """That authority's certificates (PEM); without them timestamps are counted only."""
    bank_inbox: Path | None = None
    """The folder whose bank statements the job `bank` reads; none is read if not given."""


WIDTH_WHEN_PIPED = 120


class _Whole(Console):
    """A console that cuts nothing off: what is wider than it goes on in the next line."""

    def print(self, *objects: Any, **options: Any) -> None:  # noqa: ANN401 - as rich has it
        """Print as rich does."""
        super().print(*objects, **{"crop": False, **options})


def _console() -> Console:
    """Standard output; as wide as the terminal, or a fixed width where there is none."""
    return _Whole(highlight=False, width=None if sys.stdout.isatty() else WIDTH_WHEN_PIPED)


def plain(value: object) -> object:  # noqa: PLR0911 - one return per kind of value
    """A value as JSON: amounts and dates as text, dataclasses and models as objects."""
    if isinstance(value, Recorded):
        fields = {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {**fields, "topic": value.event.topic}
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, Amount | date | Path | Server):
        return str(value)
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, Balance):
        return plain(value.told())
    if isinstance(value, Period):
        return {"start": str(value.start), "end": str(value.end)}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


@dataclasses.dataclass
class Session:
    """One run of `ofl`."""

    location: Location
    actor: str | None
    key: Path | None
    key_passphrase: SecretStr | None
    lang: Language
    vault_key: Path | None
    checkpoint_key: Path | None
    checkpoints: Path | None
    timestamp_url: str | None
    timestamp_certificate: Path | None
    bank_inbox: Path | None
    json: bool
    command_id: str
    """The command's id, made up if the person gave none."""
    console: Console = dataclasses.field(default_factory=_console)

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """The ledger, open for the run of a command.

        Raises:
            Stopped: if the machine fails.
        """
        with Ledger(
            self.location,
            actor=self.actor,
            command_id=self.command_id,
            key_file=self.vault_key,
            checkpoint_key=self.checkpoint_key,
            checkpoints=self.checkpoints,
            key=self.personal_key(),
        ) as ledger:
            try:
                yield ledger
            except TROUBLE as trouble:
                raise Stopped(trouble, ledger.recorded, self.command_id) from trouble

    def personal_key(self) -> PersonalKey | None:
        """The personal key that was named, if one was."""
        return PersonalKey.at(self.key, self.passphrase) if self.key else None

    def passphrase(self, *, new: bool = False) -> str:
        """The passphrase of the personal key: as set, or as typed in; empty if neither can be."""
        if self.key_passphrase is not None:
            return self.key_passphrase.get_secret_value()
        if not sys.stdin.isatty():
            return ""
        asked = "Passphrase (none if empty)" if new else "Passphrase"
        typed: str = typer.prompt(
            asked, default="", show_default=False, hide_input=True, confirmation_prompt=new,
            err=True,
        )  # fmt: skip
        return typed

    def part_of_command(self, name: str) -> str:
        """The id of one part of a command that does several things."""
        return f"{self.command_id}:{name}"

    def open_views(self) -> Views:
        """The views as they stand."""
        here = self.location
        return Views(here if isinstance(here, Server) else here / VIEWS_FILE)

    @contextmanager
    def views(self) -> Iterator[tuple[Ledger, Views]]:
        """The ledger and its views, brought up to date first."""
        with self.ledger() as ledger:
            views = self.open_views()
            try:
                with self.progress(ledger.log.head()[0], "reading events") as advance:
                    views.catch_up(ledger.log, advance)
                yield ledger, views
            finally:
                views.close()

    @contextmanager
    def progress(self, total: int | None, what: str) -> Iterator[Callable[[int], None]]:
        """A progress bar on standard error, where a person looks at it."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        bar = Progress(
            *columns,
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=self.json or not sys.stderr.isatty(),
        )
        with bar:
            task = bar.add_task(what, total=total)
            yield lambda count: bar.advance(task, count)

    def answer(self, value: Mapping[str, object], show: Callable[[], None]) -> None:
        """Print the value as JSON, or show it to a person."""
        if self.json:
            text = json.dumps(plain(value), ensure_ascii=False, indent=2)
            self.console.out(text, highlight=False)
        else:
            show()

    def done(self, recorded: tuple[Recorded, ...], message: str, **more: object) -> None:
        """Answer a command that records: what it did, and the positions it was given."""
        positions = [each.position for each in recorded]
        value = {"recorded": len(positions), "positions": positions, "message": message, **more}
        self.answer(value, lambda: self.console.print(message, markup=False))

    def stamp(self, views: Views) -> Stamp:
        """Up to where the answer knows."""
        return stamp(views)

    def print_stamp(self, at: Stamp, by: Versions | None = None) -> None:
        """The lines under an answer that say what it goes by, and up to where it knows."""
        lines = []
        if by is not None:
            versions = "; ".join(
                self.lang.say(kind, name=each.name, number=each.number, position=each.position)
                for kind, found in (("stamp_terms", by.terms), ("stamp_rules", by.rules))
                for each in found
            )
            lines.append(self.lang.say("stamp_by", versions=versions or "–"))
        text = self.lang.say(
            "stamp", position=at.position, recorded_at=at.recorded_at, chain=at.chain[:16]
        )
        on = "" if at.on is None else self.lang.say("stamp_on", on=self.lang.day(at.on))
        for line in (*lines, text + on):
            self.console.print(line, style="dim", markup=False, soft_wrap=True)

    def table(self, title: str, *columns: str, right: tuple[str, ...] = ()) -> Sheet:
        """An empty table with columns named by phrases.

        Those in `right` hold numbers, which are not broken where a line ends.
        """
        table = Sheet(
            title=self.lang.say(title),
            title_justify="left",
            title_style="bold",
            box=SIMPLE_HEAD,
            padding=(0, 1, 0, 0),
            pad_edge=False,
        )
        for column in columns:
            head = self.lang.say(column)
            number = column in right
            justify: Any = "right" if number else "left"
            name = head[0].upper() + head[1:]
            table.add_column(name, justify=justify, overflow="fold", no_wrap=number)
        return table


def settings() -> Settings:
    """The settings from the environment.

    Raises:
        SystemExit: with a message if a setting cannot be read.
    """
    try:
        return Settings()
    except ValidationError as error:
        for each in error.errors():
            name = "_".join(map(str, each["loc"])).upper()
            sys.stderr.write(f"OFL_{name}: {each['msg']}\n")
        raise SystemExit(2) from None
