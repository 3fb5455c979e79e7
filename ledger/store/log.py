"""The events in one gapless, hash-chained sequence, whichever engine keeps them.

Every append has the one write lock before it reads the head, so positions follow commit order and
no reader can skip one. An engine adds its connections, its lock and its tables; the rules are here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    Notification,
    StoredEvent,
)

from ledger.store.chain import GENESIS, link
from ledger.store.database import Cursor, Database
from ledger.store.envelope import Command, seal, timestamp

_READ_BATCH = 2_000


class StoredRow(NamedTuple):
    """An event as it lies in the table, every column of it."""

    position: int
    stream: str
    version: int
    topic: str
    state: bytes
    recorded_at: str
    chain: bytes


class Place(NamedTuple):
    """Where the last event of a stream stands."""

    version: int
    position: int
    chain: bytes


_COLUMNS = "position, originator_id, originator_version, topic, state, recorded_at, chain"
_INSERT_EVENT = f"INSERT INTO stored_events ({_COLUMNS}) VALUES (?,?,?,?,?,?,?)"  # noqa: S608
_INSERT_COMMAND = "INSERT INTO commands (id, sha256, first, last) VALUES (?,?,?,?)"

# From one stream's name to the next in the index of places: a seek for each, however many events.
_STREAMS = (
    "WITH RECURSIVE stream(name) AS ("
    "SELECT min(originator_id) FROM stored_events WHERE originator_id >= ? UNION ALL "
    "SELECT (SELECT min(originator_id) FROM stored_events WHERE originator_id > stream.name) "
    "FROM stream WHERE substr(stream.name, 1, ?) = ?) "
    "SELECT name FROM stream "
    "JOIN stored_events ON originator_id = name AND originator_version = 1 "
    "WHERE substr(name, 1, ?) = ? ORDER BY position"
)


class CommandConflictError(Exception):
    """The command id was used before with other content."""


class StoreDamagedError(Exception):
    """What was read back is not what was written."""


class EventLog(ApplicationRecorder):
    """The one sequence of events. An engine's class adds that engine's recorder."""

    database: Database
    clock: Callable[[], datetime]

    def create_table(self) -> None:
        """Make the tables and what keeps them append-only, where they are missing."""
        raise NotImplementedError

    def changed_guards(self) -> list[str]:
        """What keeps the tables append-only and is not there as `create_table` makes it."""
        raise NotImplementedError

    def close(self) -> None:
        """Close every connection."""
        self.database.close()

    def append(
        self,
        events: Sequence[StoredEvent],
        command: Command,
        expected_head: int | None = None,
        unmoved: tuple[str, int] | None = None,
    ) -> range | None:
        """Store all events of a command, or none, and return their positions.

        Returns None if the same command was stored before: then nothing changes. With
        `expected_head`, the events are stored only if no other event came after that position;
        with `unmoved`, only if a stream that they may not write to is still at that version.

        Raises:
            CommandConflictError: if the command's id was used with other content.
            eventsourcing.persistence.IntegrityError: if a stream, or the expected head, has
                moved on meanwhile.
        """
        with self.database.writing() as c:
            if unmoved is not None and self._version(c, unmoved[0]) != unmoved[1]:
                message = f"{unmoved[0]} is no longer at version {unmoved[1]}"
                raise IntegrityError(message)
            return self._append(c, events, command, expected_head)

    def append_alone(
        self, decide: Callable[[], Sequence[StoredEvent]], command: Command
    ) -> range | None:
        """Like `append`, but the events are decided while nobody else can write.

        For who was overtaken again and again. What decides may read, but not write, the events.
        """
        with self.database.writing() as c:
            if self._done_before(c, command) is not None:
                return None
            return self._append(c, decide(), command)

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        **kwargs: Any,  # noqa: ANN401 - as the base class has it
    ) -> Sequence[int] | None:
        """What the recorders' interface calls `append`."""
        return self.append(stored_events, **kwargs)

    def _append(
        self,
        c: Cursor,
        events: Sequence[StoredEvent],
        command: Command,
        expected_head: int | None = None,
    ) -> range | None:
        """Give each event its place, time and link in the chain, under the write lock."""
        if self._done_before(c, command) is not None or not events:
            return None
        position, recorded_at, chain = self._head(c)
        if expected_head not in (None, position):
            message = f"the head is at {position}, no longer at {expected_head}"
            raise IntegrityError(message)
        # A clock that jumped back never reorders what is recorded.
        recorded_at = max(recorded_at, timestamp(self.clock()))
        first = position + 1
        rows = []
        for event in events:
            position += 1
            stream, version = str(event.originator_id), event.originator_version
            state = seal(event.state, position, recorded_at, stream, version)
            chain = link(position, chain, state)
            rows.append(
                StoredRow(position, stream, version, event.topic, state, recorded_at, chain)
            )
        c.executemany(_INSERT_EVENT, rows)
        c.execute(_INSERT_COMMAND, (command.id, command.sha256, first, position))
        if self._head(c) != (position, recorded_at, chain):
            message = f"position {position} was not stored as written"
            raise StoreDamagedError(message)
        return range(first, position + 1)

    def take_over(self, source: EventLog, taken: Callable[[int], None]) -> None:
        """Store every event and command of another log as they are there, or none.

        Raises:
            StoreDamagedError: if the chain there is broken.
            eventsourcing.persistence.IntegrityError: if there are events here, or new ones there.
        """
        with self.database.writing() as c:
            position, _, chain = self._head(c)
            if position:
                message = "there are events already"
                raise IntegrityError(message)
            for batch in source.batches():
                for row in batch:
                    position += 1
                    chain = link(position, chain, row.state)
                    if (row.position, row.chain) != (position, chain):
                        message = f"the chain is broken at position {position}; see `ofl verify`"
                        raise StoreDamagedError(message)
                c.executemany(_INSERT_EVENT, batch)
                taken(len(batch))
            commands = source.commands()
            c.executemany(_INSERT_COMMAND, [(name, *kept) for name, kept in commands.items()])
            if self._head(c) != source.head():
                message = "it was written to meanwhile"
                raise IntegrityError(message)

    def repeats(self, command: Command) -> range | None:
        """The positions that the same command was given before; None if it is new.

        Raises:
            CommandConflictError: if its id was used with other content.
        """
        with self.database.reading() as c:
            return self._done_before(c, command)

    def outcome(self, command: Command) -> range | None:
        """The positions of a command that was broken off; None if it was not recorded.

        The answer is final: whoever was recording has the write lock until it is done or undone.
        """
        with self.database.writing() as c:
            return self._done_before(c, command)

    @staticmethod
    def _done_before(c: Cursor, command: Command) -> range | None:
        c.execute("SELECT sha256, first, last FROM commands WHERE id = ?", (command.id,))
        row = c.fetchone()
        if row is None:
            return None
        if row[0] != command.sha256:
            raise CommandConflictError(command.id)
        return range(row[1], row[2] + 1)

    @staticmethod
    def _head(c: Cursor) -> tuple[int, str, bytes]:
        c.execute(
            "SELECT position, recorded_at, chain FROM stored_events ORDER BY position DESC LIMIT 1"
        )
        row = c.fetchone()
        return tuple(row) if row else (0, "", GENESIS)

    @staticmethod
    def _version(c: Cursor, stream: str) -> int:
        """The version of a stream's last event; 0 if there is none."""
        c.execute(
            "SELECT max(originator_version) FROM stored_events WHERE originator_id = ?", (stream,)
        )
        row = c.fetchone()
        return int(row[0] or 0) if row else 0

    def head(self) -> tuple[int, str, bytes]:
        """The last event's position, time and chain value; (0, "", GENESIS) if there is none."""
        with self.database.reading() as c:
            return self._head(c)

    def identity(self) -> str:
        """What no other ledger has: the chain value of the first event, in hex.

        Raises:
            StoreDamagedError: if there is none.
        """
        with self.database.reading() as c:
            c.execute("SELECT chain FROM stored_events WHERE position = 1")
            row = c.fetchone()
        if row is None:
            message = "there is no first event"
            raise StoreDamagedError(message)
        return bytes(row[0]).hex()

    def place(self, position: int) -> tuple[int, str, bytes] | None:
        """An event's position, time and chain value, as `head` tells the last one's; if it is."""
        with self.database.reading() as c:
            c.execute(
                "SELECT position, recorded_at, chain FROM stored_events WHERE position = ?",
                (position,),
            )
            row = c.fetchone()
            return tuple(row) if row else None

    def known_by(self, recorded_at: str) -> int:
        """The position of the last event recorded at a time or before; 0 if there is none.

        Times never decrease, so it is found by halving.
        """
        low, high = 0, self.head()[0]
        while low < high:
            middle = (low + high + 1) // 2
            place = self.place(middle)
            if place is not None and place[1] <= recorded_at:
                low = middle
            else:
                high = middle - 1
        return low

    def last_of(self, stream: str, until: int) -> Place | None:
        """The last event of a stream up to a position; None if there is none."""
        with self.database.reading() as c:
            c.execute(
                "SELECT originator_version, position, chain FROM stored_events "
                "WHERE originator_id = ? AND position <= ? "
                "ORDER BY originator_version DESC LIMIT 1",
                (stream, until),
            )
            row = c.fetchone()
            return Place(row[0], row[1], bytes(row[2])) if row else None

    def streams(self, prefix: str) -> list[str]:
        """The names of all streams that begin with a prefix, in order of their first event."""
        with self.database.reading() as c:
            c.execute(_STREAMS, (prefix, len(prefix), prefix, len(prefix), prefix))
            return [row[0] for row in c.fetchall()]

    def last_stream(self, prefix: str) -> str | None:
        """The name, last in the order of bytes, of a stream that begins with a prefix."""
        beyond = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        with self.database.reading() as c:
            c.execute(
                "SELECT max(originator_id) FROM stored_events "
                "WHERE originator_id >= ? AND originator_id < ?",
                (prefix, beyond),
            )
            name: str | None = c.fetchone()[0]
        return name

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Events by position, which the engines' own recorders call otherwise."""
        wanted = f"AND topic IN ({','.join('?' * len(topics))}) " if topics else ""
        first = (start or 0) + (0 if inclusive_of_start else 1)
        with self.database.reading() as c:
            c.execute(
                "SELECT position, originator_id, originator_version, topic, state "  # noqa: S608
                f"FROM stored_events WHERE position BETWEEN ? AND ? {wanted}"
                "ORDER BY position LIMIT ?",
                (first, stop if stop is not None else 2**62, *topics, limit),
            )
            return [
                Notification(
                    id=row[0],
                    originator_id=row[1],
                    originator_version=row[2],
                    topic=row[3],
                    state=row[4],
                )
                for row in c.fetchall()
            ]

    def batches(self, after: int = -(2**62)) -> Iterator[list[StoredRow]]:
        """Every stored row after a position, in order, some thousands at a time."""
        while True:
            with self.database.reading() as c:
                c.execute(
                    f"SELECT {_COLUMNS} FROM stored_events "  # noqa: S608
                    "WHERE position > ? ORDER BY position LIMIT ?",
                    (after, _READ_BATCH),
                )
                batch = [StoredRow(*row) for row in c.fetchall()]
            if not batch:
                return
            yield batch
            after = batch[-1].position

    def commands(self) -> dict[str, tuple[str, int, int]]:
        """Every command's content hash, first and last position."""
        with self.database.reading() as c:
            c.execute("SELECT id, sha256, first, last FROM commands")
            return {row[0]: (row[1], row[2], row[3]) for row in c.fetchall()}
