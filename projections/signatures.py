"""Proof of who acted: since people are set up, every command carries a good signature.

It must be made by a key that counted then, of the person whose account acted, over the command and
all its events.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ledger.decide.decision import LEDGER_STREAM, PEOPLE_STREAM
from ledger.decide.people_state import PeopleState
from ledger.events import LedgerOpened
from ledger.store import codec
from ledger.store.envelope import Command, Envelope, signed_body, to_sign
from ledger.store.log import StoredRow
from ledger.store.personal_key import is_good


@dataclass(slots=True)
class Signatures:
    """Every command in order of position, checked against the people of its time."""

    people: PeopleState = field(default_factory=PeopleState)
    signed: int = 0
    """How many commands carry a good signature."""
    _identity: str = ""
    _rows: list[tuple[StoredRow, Envelope]] = field(default_factory=list)

    def see(self, row: StoredRow, envelope: Envelope) -> Iterator[tuple[int, str]]:
        """Take in the next event; what is wrong with the command before it: position, what."""
        if self._rows and self._rows[0][1].command != envelope.command:
            yield from self.finish()
        if row.position == 1:
            self._identity = row.chain.hex()
        self._rows.append((row, envelope))

    def finish(self) -> Iterator[tuple[int, str]]:
        """Check the last command seen, and take in what it says of people."""
        if not self._rows:
            return
        if self.people.staffed:
            wrong = self._wrong()
            if wrong is None:
                self.signed += 1
            else:
                yield self._rows[0][0].position, wrong
        for row, envelope in self._rows:
            if envelope.stream in {LEDGER_STREAM, PEOPLE_STREAM}:
                recorded = codec.decode(row.state)
                if isinstance(recorded.event, LedgerOpened):
                    self.people.demo = recorded.event.purpose == "demo"
                if envelope.stream == PEOPLE_STREAM:
                    self.people.apply(recorded)
        self._rows = []

    def _wrong(self) -> str | None:
        """What is wrong with the signature of the command whose events were seen."""
        first = self._rows[0][1]
        if first.signature is None:
            return f"the command of {first.actor} is not signed"
        key, signature = first.signature.get("key", ""), first.signature.get("signature", "")
        colleague = self.people.colleague_of(first.actor)
        if colleague is None or key not in colleague.keys:
            return f"it is signed with a key that did not count for {first.actor} then"
        try:
            bodies = [(x.stream, x.version, signed_body(row.state, x)) for row, x in self._rows]
        except ValueError as error:
            return str(error)
        command = Command(first.command, first.command_sha256, first.actor)
        if not is_good(key, to_sign(self._identity, command, bodies), signature):
            return f"the signature of {first.actor} is not over what stands here"
        return None
