"""Folded agreements as they were when last looked at, so that not all their events are read again.

They are kept in a file that may be thrown away at any time. What is kept of an agreement is taken
only if the last event of its stream has the very place in the chain that it had then, and the
program is the same to the byte; or else it is folded anew.

What is in it is personal, so it is sealed under a key that is made of the data keys of all its
people together and kept nowhere: once one of them is erased, nobody can open it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import ledger
import projections.whatif
from ledger.commands.door import folder_of
from ledger.decide.state import LawState
from ledger.service import Ledger
from ledger.store.log import Place
from ledger.store.vault import Vault
from projections.whatif.folded import Folded
from projections.whatif.packed import pack, unpack

FOLDED_FILE = "folded.sqlite"
_WAIT_SECONDS = 10
_TABLE = (
    "CREATE TABLE IF NOT EXISTS folded (agreement TEXT PRIMARY KEY, bound_to TEXT NOT NULL, "
    "people TEXT NOT NULL, sealed BLOB NOT NULL)"
)


@lru_cache(maxsize=1)
def program() -> str:
    """The hash of all that decides what is folded and how it is packed."""
    found = hashlib.sha256(sys.version.encode())
    for package in (ledger, projections.whatif):
        for folder in package.__path__:
            for path in sorted(Path(folder).rglob("*.py")):
                found.update(path.read_bytes())
    return found.hexdigest()


class Remembered:
    """The file of one ledger. Where it cannot be used, nothing is remembered."""

    def __init__(self, path: Path, vault: Vault) -> None:
        self._vault = vault
        self._connection = _opened(path)

    @classmethod
    def of(cls, ledger: Ledger) -> Remembered:
        """The file in the ledger's folder."""
        return cls(folder_of(ledger.location, ledger.key_file) / FOLDED_FILE, ledger.vault)

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @property
    def usable(self) -> bool:
        """Whether anything can be remembered at all."""
        return self._connection is not None

    def keep_only(self, agreements: Sequence[str]) -> None:
        """Let go of agreements that are not there, as after an older copy was put back."""
        if self._connection is None:
            return
        query = "DELETE FROM folded WHERE agreement NOT IN (SELECT value FROM json_each(?))"
        try:
            self._connection.execute(query, (json.dumps(agreements),))
        except sqlite3.Error:
            self.close()

    def get(self, agreement: str, last: Place, law: LawState) -> Folded | None:
        """An agreement as it was folded up to an event, if that is remembered and can be opened."""
        if self._connection is None:
            return None
        bound_to = _bound_to(agreement, last)
        query = "SELECT people, sealed FROM folded WHERE agreement = ? AND bound_to = ?"
        try:
            row = self._connection.execute(query, (agreement, bound_to)).fetchone()
        except sqlite3.Error:
            self.close()
            return None
        if row is None or not isinstance(row[1], bytes):
            return None
        plain = self._vault.open_under_all(str(row[0]).split(), row[1], bound_to)
        return None if plain is None else unpack(plain, law)

    def put(self, folded: Folded, last: Place, law: LawState) -> None:
        """Remember an agreement as it is folded up to an event, if all in it can be sealed."""
        if self._connection is None or folded.sealed:
            return
        bound_to, people = _bound_to(folded.agreement, last), sorted(folded.subjects)
        sealed = self._vault.seal_under_all(people, pack(folded, law), bound_to)
        if sealed is None:
            return
        row = (folded.agreement, bound_to, " ".join(people), sealed)
        try:
            self._connection.execute("INSERT OR REPLACE INTO folded VALUES (?,?,?,?)", row)
        except sqlite3.Error:
            self.close()


def _bound_to(agreement: str, last: Place) -> str:
    return f"{agreement}|{last.version}|{last.position}|{last.chain.hex()}|{program()}"


def _opened(path: Path) -> sqlite3.Connection | None:
    """The file, made if it is missing; None if that cannot be."""
    try:
        path.touch(mode=0o600)
        connection = sqlite3.connect(path, isolation_level=None, timeout=_WAIT_SECONDS)
        # It may be lost, so nothing waits for the disk.
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute(_TABLE)
    except (OSError, sqlite3.Error):
        return None
    return connection
