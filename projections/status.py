"""How a ledger stands: engine, sizes, head, lag, checkpoints, last verification, and warnings.

It changes nothing, and tells what is broken instead of failing on it.
"""

from __future__ import annotations

import platform
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from eventsourcing.persistence import PersistenceError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from ledger.commands.door import CHECKPOINT_KEY_FILE, CHECKPOINTS, folder_of, new_ref, now
from ledger.decide.decision import agreement_stream
from ledger.decide.people import ADMINISTRATORS_MIN
from ledger.decide.refusal import Refusal
from ledger.duties import Duty
from ledger.policy import VERSION
from ledger.store import checkpoint, location, vault
from ledger.store.checkpoint import CheckpointError
from ledger.store.database import Engine
from ledger.store.location import Location
from ledger.store.vault import Vault, VaultKeyError, VaultMissingError
from projections import verified
from projections.follow import Views
from projections.people import read_people
from projections.verified import Verified
from projections.views import SCHEMA_VERSION, progress

UNCOVERED_MANY = 1_000
"""So many events without a checkpoint are worth a warning."""
VERIFIED_DAYS_MAX = 31
"""So long after the last verification there is a warning."""
_MUST_BE_ON = ("fsync", "full_page_writes")

_BROKEN = (
    sqlite3.Error, PersistenceError, SQLAlchemyError, Refusal, CheckpointError, VaultKeyError,
    VaultMissingError, OSError, ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Places:
    """Where a ledger's parts are, as far as they are named."""

    ledger: Location
    vault_key: Path | None = None
    checkpoint_key: Path | None = None
    checkpoints: Path | None = None


@dataclass(frozen=True, slots=True)
class Warned:
    """Something to be done about; what it is called, and the values in its sentence."""

    name: str
    values: dict[str, str | int] = field(default_factory=dict)


@dataclass(slots=True)
class Events:
    """The events, up to their head."""

    engine: Engine
    size_bytes: int
    events: int
    streams: int
    agreements: int
    recorded_at: str
    chain: str


@dataclass(slots=True)
class Kept:
    """The vault: its size, and how many people it knows."""

    size_bytes: int
    subjects: int


@dataclass(slots=True)
class Followed:
    """The views, and how far behind the events they are."""

    size_bytes: int
    schema_version: int
    position: int
    lag_events: int
    lag_seconds: float


@dataclass(slots=True)
class Checkpoints:
    """The checkpoints, and what the last one covers; `time` is that of its last event."""

    count: int = 0
    size: int = 0
    time: str | None = None
    uncovered: int = 0
    key: bool = False
    """Whether the key that signs is at hand."""


@dataclass(slots=True)
class Status:
    """How a ledger stands; a part that cannot be read is None, and a warning says why."""

    ledger: str
    program: str
    python: str
    policy_version: int | str
    views_schema_version: int
    events: Events | None = None
    vault: Kept | None = None
    views: Followed | None = None
    checkpoints: Checkpoints | None = None
    verified: Verified | None = None
    warnings: list[Warned] = field(default_factory=list)

    def warn(self, name: str, **values: str | int) -> None:
        """Add a warning."""
        self.warnings.append(Warned(name, values))


def program_version() -> str:
    """The version of this program."""
    return metadata.version("outcome-fund-ledger")


def status(places: Places, views: Views, at: datetime) -> Status:
    """How a ledger stands at a moment.

    Raises:
        NoLedger: if there is none.
    """
    location.require_a_ledger(places.ledger)
    found = Status(
        str(places.ledger), program_version(), platform.python_version(), VERSION, SCHEMA_VERSION
    )
    with _told(found, "events_unreadable"):
        found.events = _events(places.ledger)
        _warn_of_engine(found, found.events.engine)
    with _told(found, "people_unreadable"):
        _warn_of_people(found, places.ledger, at)
    with _told(found, "views_unreadable"):
        found.views = _views(views, found.events)
        _warn_of_views(found)
    with _told(found, "vault_unreadable"):
        found.vault = _vault(places.ledger)
    with _told(found, "vault_key_unreadable"):
        key_file = location.key_file_of(places.ledger, places.vault_key)
        _with_key(found, places, key_file)
        _try_vault_key(places.ledger, key_file)
    with _told(found, "last_verification_unknown"):
        if places.vault_key or isinstance(places.ledger, Path):
            _warn_of_verification(found, at)
    return found


@contextmanager
def _told(found: Status, name: str) -> Iterator[None]:
    """What is broken becomes a warning."""
    try:
        yield
    except _BROKEN as error:
        found.warn(name, reason=str(error))


def _events(place: Location) -> Events:
    with closing(location.open_log(place, now)) as log:
        position, recorded_at, chain = log.head()
        return Events(
            engine=log.database.engine(),
            size_bytes=log.database.size_bytes(),
            events=position,
            streams=len(log.streams("")),
            agreements=len(log.streams(agreement_stream(""))),
            recorded_at=recorded_at,
            chain=chain.hex(),
        )


def _warn_of_people(found: Status, place: Location, at: datetime) -> None:
    """How far the names of who acted can be relied on."""
    with closing(location.open_log(place, now)) as log:
        people = read_people(log)
    if people.single:
        found.warn("single_user")
    if people.unwitnessed:
        found.warn("set_up_by_one", founder=people.founder, missing=people.unwitnessed)
    administrators = [
        each
        for each in people.colleagues.values()
        if each.keys and Duty.ADMINISTRATOR in each.duties
    ]
    if people.staffed and len(administrators) < ADMINISTRATORS_MIN:
        found.warn("few_administrators", count=len(administrators))
    for glass in people.unreviewed:
        at_place: dict[str, str | int] = {
            "position": glass.broken_at,
            "colleague": glass.colleague,
        }
        if glass.holds(at):
            until = f"{glass.until:%Y-%m-%d %H:%M} UTC"
            told = {"duty": glass.duty.value, "until": until, "reason": glass.reason}
            found.warn("glass_broken", **at_place, **told)
        else:
            found.warn("glass_unreviewed", **at_place, duty=glass.duty.value)


def _warn_of_engine(found: Status, engine: Engine) -> None:
    for name, value in engine.settings.items():
        if value == "off" and name in _MUST_BE_ON:
            found.warn("not_durable", setting=name)


def _views(views: Views, events: Events | None) -> Followed | None:
    """The views as they stand; None if there are none."""
    if not views.home.has_table(progress.name):
        return None
    with views.engine.connect() as connection:
        row = connection.execute(select(progress)).one_or_none()
    if row is None:
        return None
    lag = max(0, events.events - row.position) if events else 0
    return Followed(
        size_bytes=views.home.size_bytes(),
        schema_version=row.schema_version,
        position=row.position,
        lag_events=lag,
        lag_seconds=_seconds(row.recorded_at, events.recorded_at) if events and lag else 0.0,
    )


def _seconds(earlier: str, later: str) -> float:
    """From one recorded time to another; from the beginning of nothing it is 0."""
    if not earlier:
        return 0.0
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def _warn_of_views(found: Status) -> None:
    if found.views is None:
        found.warn("views_missing")
    elif found.views.schema_version != SCHEMA_VERSION:
        found.warn("views_of_other_version")
    elif found.events and found.views.position > found.events.events:
        found.warn("views_ahead", count=found.views.position - found.events.events)
    elif found.views.lag_events:
        found.warn("views_behind", count=found.views.lag_events)


def _vault(place: Location) -> Kept:
    with closing(location.open_vault_database(place)) as database:
        with database.reading() as c:
            c.execute("SELECT count(*) FROM subject")
            count = int(c.fetchone()[0])
        return Kept(database.size_bytes(), count)


def _try_vault_key(place: Location, key_file: Path) -> None:
    """Refuse a key that the vault was not made with."""
    key = vault.read_key_file(key_file)
    Vault(location.open_vault_database(place), key, new_ref).close()


def _with_key(found: Status, places: Places, key_file: Path) -> None:
    """What lies in the ledger's folder, which on a server is the folder of the vault's key."""
    folder = folder_of(places.ledger, key_file)
    found.verified = verified.read(folder)
    key = places.checkpoint_key or folder / CHECKPOINT_KEY_FILE
    with _told(found, "checkpoints_unreadable"):
        found.checkpoints = _checkpoints(places.checkpoints or folder / CHECKPOINTS, key, found)
    for each in (key_file, key):
        if isinstance(places.ledger, Path) and _lies_in(each, places.ledger):
            found.warn("key_beside_events", file=each.name)


def _lies_in(file: Path, folder: Path) -> bool:
    return file.is_file() and file.resolve().is_relative_to(folder.resolve())


def _checkpoints(directory: Path, key_file: Path, found: Status) -> Checkpoints:
    events = found.events.events if found.events else 0
    files = checkpoint.files(directory)
    result = Checkpoints(len(files), uncovered=events, key=key_file.is_file())
    found.checkpoints = result
    if not result.key:
        found.warn("no_checkpoint_key", file=str(key_file))
    if not files:
        found.warn("no_checkpoint")
        return result
    key = checkpoint.read_public_key(checkpoint.public_file(key_file))
    last = list(checkpoint.read(directory, key))[-1]
    result.size, result.time = last.size, last.position_time
    result.uncovered = max(0, events - last.size)
    if last.size > events and found.events:
        found.warn("events_missing", sealed=last.size, events=events)
    if result.uncovered >= UNCOVERED_MANY:
        found.warn("uncovered", count=result.uncovered)
    return result


def _warn_of_verification(found: Status, at: datetime) -> None:
    last = found.verified
    if last is None:
        found.warn("never_verified")
        return
    days = (at - datetime.fromisoformat(last.at).astimezone(UTC)).days
    if last.outcome != "sound":
        found.warn("not_sound", outcome=last.outcome, at=last.at)
    elif days > VERIFIED_DAYS_MAX:
        found.warn("verified_long_ago", days=days)
