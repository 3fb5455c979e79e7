"""Eight ways to falsify a ledger, each on a random place that a checkpoint covers.

An attack works on the events as rows; it says where it must be found. The same attacks are made on
a ledger's file and on an auditor's bundle.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import Any

import psycopg

from desk.cli.session import VIEWS_FILE
from desk.demo import Storyteller, example_folder
from ledger.commands.door import now
from ledger.service import Ledger
from ledger.store.location import EVENTS_FILE, Location, Server, open_log
from ledger.store.sqlite import TABLES
from projections.bundle import EVENTS
from projections.follow import Views

SEALED_AFTER_STEP = 10
LAST_STEP = "2023/bank-statement.csv"
"""The small ledger ends with the settlement of its first payments."""


@dataclass(frozen=True)
class Row:
    """An event as it lies in a file."""

    position: int
    stream: str
    version: int
    topic: str
    state: bytes
    recorded_at: str
    chain: bytes


Rows = list[Row]


@dataclass(frozen=True)
class Scene:
    """A small ledger, its true rows, earlier copies of them, and what its checkpoints cover."""

    ledger: Path
    rows: Rows
    backups: tuple[int, ...]
    sealed: tuple[int, ...]
    commands: list[tuple[str, str, int, int]]

    @property
    def covered(self) -> int:
        return self.sealed[-1]


@dataclass(frozen=True)
class Attack:
    """What an attack left of the rows, and the position at which it first shows."""

    rows: Rows
    position: int
    kinds: tuple[str, ...]


def set_scene(into: Path) -> Scene:
    """The first two years of the demo, and where the file stood after each of its steps."""
    story = Storyteller(into, example_folder())
    backups = []
    steps = story.tell(lambda *_: None)
    for _ in takewhile(lambda step: step.what != LAST_STEP, steps):
        with sqlite3.connect(into / EVENTS_FILE) as file:
            backups.append(file.execute("SELECT max(position) FROM stored_events").fetchone()[0])
        file.close()
        if len(backups) == SEALED_AFTER_STEP:
            with Ledger(into, actor="tester") as ledger:
                ledger.seal()
    steps.close()  # type: ignore[attr-defined]
    with Ledger(into, actor="tester") as ledger:
        views = Views(into / VIEWS_FILE)
        views.catch_up(ledger.log)
        views.close()
        rows = [Row(*row) for batch in ledger.log.batches() for row in batch]
        commands = [(name, *kept) for name, kept in ledger.log.commands().items()]
    sealed = tuple(int(path.stem) for path in sorted((into / "checkpoints").iterdir()))
    return Scene(into, rows, tuple(n for n in backups if n < sealed[-1]), sealed, commands)


# --- what is done to the rows -------------------------------------------------------------------


def link(position: int, previous: bytes, state: bytes) -> bytes:
    """The chain as the documentation has it."""
    leaf = hashlib.sha256(b"\x00" + state).digest()
    return hashlib.sha256(b"\x02" + position.to_bytes(8, "big") + previous + leaf).digest()


def rechained(rows: Rows) -> Rows:
    """The rows with a chain that fits them."""
    chain, made = bytes(32), []
    for row in rows:
        chain = link(row.position, chain, row.state)
        made.append(replace(row, chain=chain))
    return made


def reseated(rows: Rows) -> Rows:
    """The rows numbered anew without gaps, in their bytes too, streams and all."""
    versions: dict[str, int] = {}
    made = []
    for position, row in enumerate(rows, start=1):
        version = versions[row.stream] = versions.get(row.stream, 0) + 1
        state = re.sub(rb'"position":\d+', b'"position":%d' % position, row.state, count=1)
        state = re.sub(rb'"version":\d+', b'"version":%d' % version, state, count=1)
        made.append(replace(row, position=position, version=version, state=state))
    return made


def changed(row: Row, **fields: Any) -> Row:  # noqa: ANN401 - any JSON value
    """A row whose bytes say something else, in the columns too."""
    event = json.loads(row.state) | fields
    state = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    names = {"position", "stream", "version", "topic", "recorded_at"}
    columns = {name: value for name, value in fields.items() if name in names}
    return replace(row, state=state, **columns)


def edit(scene: Scene, draw: random.Random) -> Attack:
    at = draw.randrange(scene.covered)
    rows = list(scene.rows)
    state = bytearray(rows[at].state)
    state[draw.randrange(len(state))] ^= 1 << draw.randrange(8)
    rows[at] = replace(rows[at], state=bytes(state))
    return Attack(rows, at + 1, ("altered",))


def insert(scene: Scene, draw: random.Random) -> Attack:
    at = draw.randrange(scene.covered)
    rows = [*scene.rows[:at], draw.choice(scene.rows), *scene.rows[at:]]
    return Attack(renumbered(rows), at + 1, ("altered",))


def delete(scene: Scene, draw: random.Random) -> Attack:
    at = draw.randrange(scene.covered)
    rows = [*scene.rows[:at], *scene.rows[at + 1 :]]
    if draw.random() < 0.5:  # one half leave the hole
        return Attack(rows, at + 1, ("missing",))
    return Attack(renumbered(rows), at + 1, ("altered",))


def renumbered(rows: Rows) -> Rows:
    """The rows with positions without gaps, their bytes as they were."""
    return [replace(row, position=position) for position, row in enumerate(rows, start=1)]


def reorder(scene: Scene, draw: random.Random) -> Attack:
    one, other = sorted(draw.sample(range(scene.covered), 2))
    rows = list(scene.rows)
    rows[one], rows[other] = rows[other], rows[one]
    return Attack(renumbered(rows), one + 1, ("altered",))


def truncate(scene: Scene, draw: random.Random) -> Attack:
    left = draw.randrange(1, scene.covered)
    return Attack(scene.rows[:left], left + 1, ("truncated", "older backup"))


def rewrite(scene: Scene, draw: random.Random) -> Attack:
    """Change, drop or double an event, and make the whole chain anew so that it fits."""
    at = draw.randrange(scene.covered)
    rows, row = list(scene.rows), scene.rows[at]
    how = draw.choice(("change", "drop", "double"))
    if how == "change":
        rows[at] = changed(row, actor="somebody.else")
    elif how == "drop":
        del rows[at]
    else:
        rows.insert(at, row)
    since = max((size for size in scene.sealed if size <= at), default=0)
    return Attack(rechained(reseated(rows)), since + 1, ("rewritten",))


def restore(scene: Scene, draw: random.Random) -> Attack:
    """An older copy; or one on which other events were recorded since."""
    left = draw.choice(scene.backups)
    rows = scene.rows[:left]
    if draw.random() < 0.5:  # one half go on from there
        return Attack(rows, left + 1, ("older backup",))
    rows += [changed(row, actor="somebody.else") for row in scene.rows[left:]]
    since = max((size for size in scene.sealed if size <= left), default=0)
    return Attack(rechained(rows), since + 1, ("rewritten",))


ON_EVENTS: dict[str, Callable[[Scene, random.Random], Attack]] = {
    "edit": edit,
    "insert": insert,
    "delete": delete,
    "reorder": reorder,
    "truncate the tail": truncate,
    "rewrite the whole chain": rewrite,
    "restore an old backup": restore,
}
"""The eighth, a changed view, is not done to events."""


# --- and put into a ledger ------------------------------------------------------------------------


def into_ledger(rows: Rows, place: Location, scene: Scene, *, commands: bool) -> None:
    """The rows as the events of a ledger; `commands`: the index is made to fit.

    Nothing else of the break-in is left: the guards are taken off before and put back after. Only
    where two rows have one place in a stream, the key that forbids it has to go for good.
    """
    values = [tuple(vars(row).values()) for row in rows]
    kept = [each for each in scene.commands if not commands or each[-1] <= rows[-1].position]
    unique = len({(row.stream, row.version) for row in rows}) == len(rows)
    if isinstance(place, Server):
        _into_server(values, kept, place, unique=unique)
    else:
        _into_file(values, kept, place / EVENTS_FILE, unique=unique)
    with closing(open_log(place, now)) as log:
        log.create_table()


CREATE = "CREATE TABLE IF NOT EXISTS stored_events"
UNIQUE = ", UNIQUE (originator_id, originator_version)"


def _into_file(
    events: list[tuple[Any, ...]], commands: list[tuple[Any, ...]], path: Path, *, unique: bool
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("BEGIN IMMEDIATE")
        (definition,) = (each for each in TABLES if each.startswith(CREATE))
        if not unique:
            definition = definition.replace(UNIQUE, "")
        file.execute("DROP TABLE stored_events")
        file.execute(definition)
        file.executemany("INSERT INTO stored_events VALUES (?,?,?,?,?,?,?)", events)
        file.execute("DROP TRIGGER commands_refuses_delete")
        file.execute("DELETE FROM commands")
        file.executemany("INSERT INTO commands VALUES (?,?,?,?)", commands)
        file.execute("COMMIT")


def _into_server(
    events: list[tuple[Any, ...]], commands: list[tuple[Any, ...]], server: Server, *, unique: bool
) -> None:
    """As the server's superuser, whom no right and no trigger stops."""
    key = "stored_events_originator_id_originator_version_key"
    with psycopg.connect(server.url) as connection:
        c = connection.cursor()
        c.execute("SET search_path TO events")
        for table in ("stored_events", "commands"):
            c.execute(f"DROP TRIGGER IF EXISTS {table}_is_append_only ON {table}".encode())
            c.execute(f"DELETE FROM {table}".encode())  # noqa: S608 - one of two names
        c.execute(f"ALTER TABLE stored_events DROP CONSTRAINT IF EXISTS {key}".encode())
        if unique:
            columns = "originator_id, originator_version"
            add = f"ALTER TABLE stored_events ADD CONSTRAINT {key} UNIQUE ({columns})"
            c.execute(add.encode())
        for table, rows in (("stored_events", events), ("commands", commands)):
            with c.copy(f"COPY {table} FROM STDIN".encode()) as copying:
                for row in rows:
                    copying.write_row(row)


def into_bundle(rows: Rows, path: Path) -> None:
    """The rows as the events of an auditor's bundle."""
    lines = (
        f"{row.position} {row.chain.hex()} {base64.b64encode(row.state).decode()}\n" for row in rows
    )
    (path / EVENTS).write_text("".join(lines), encoding="ascii")


def copied(source: Path, into: Path) -> Path:
    """A fresh copy in place of the last one."""
    shutil.rmtree(into, ignore_errors=True)
    return shutil.copytree(source, into)
