"""The books of a random history: its events, and the lines of its journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from ledger import events as e
from ledger.events import Recorded
from ledger.parties import Role
from ledger.store.log import EventLog
from projections import views as v
from projections.follow import Views
from projections.posting import Account
from tests.histories import RandomHistory

_E = TypeVar("_E", bound=e.Event)


class Entry(NamedTuple):
    """A line of the journal view; the amount in minor units, debit above zero."""

    position: int
    agreement: str
    book: str
    role: Role
    account: Account
    counterparty: str
    amount: int


@dataclass(frozen=True, slots=True)
class Books:
    """The events of a ledger, and the lines that its journal view holds."""

    events: tuple[Recorded, ...]
    entries: tuple[Entry, ...]

    def each(self, kind: type[_E]) -> Iterator[tuple[Recorded, _E]]:
        """The events of one kind, with where and when."""
        for recorded in self.events:
            if isinstance(recorded.event, kind):
                yield recorded, recorded.event


def read_books(history: RandomHistory, views: Views) -> Books:
    """The books as they stand, once the views have caught up."""
    views.catch_up(history.ledger().log)
    entries = tuple(
        Entry(position, agreement, book, Role(role), Account(account), counterparty, amount)
        for position, _, agreement, book, role, account, counterparty, _, amount, *_ in views.rows(
            v.line
        )
    )
    return Books(tuple(history.events()), entries)


def check_rebuild(views: Views, log: EventLog) -> None:
    """Views that followed the events step by step are those that one rebuild makes."""
    views.catch_up(log)
    followed = {table.name: views.rows(table) for table in v.metadata.sorted_tables}
    views.rebuild(log)
    for table in v.metadata.sorted_tables:
        assert views.rows(table) == followed[table.name], table.name
