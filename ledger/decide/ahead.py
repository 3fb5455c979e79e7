"""Deciding several things at once: each sees the events of those before, as if they were recorded.

The states are copies, so nothing is changed if the store does not take the events.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any, TypeVar

from ledger import events as e
from ledger.decide.bank_state import BankState
from ledger.decide.decision import New, bank_stream
from ledger.decide.state import AgreementState
from ledger.events import Recorded
from ledger.model import Position

S = TypeVar("S", AgreementState, BankState, Any)


class Ahead:
    """States that run ahead of the store by the events that are about to be recorded."""

    def __init__(
        self,
        states: Mapping[str, AgreementState],
        banks: Callable[[str], BankState],
        head: Position,
        actor: str,
        today: date,
    ) -> None:
        self._known = states
        self._states: dict[str, AgreementState] = {}
        self._known_banks = banks
        self._banks: dict[str, BankState] = {}
        self._head = head
        self._actor = actor
        self.today = today
        self.news: list[New] = []

    def agreements(self) -> Iterable[AgreementState]:
        """Every agreement, ahead or as it is; to be read only."""
        return [self._states.get(name, known) for name, known in self._known.items()]

    def agreement(self, name: str) -> AgreementState:
        """One agreement, ahead."""
        if name not in self._states:
            self._states[name] = forked(self._known[name])
        return self._states[name]

    def bank(self, account: str) -> BankState:
        """What the bank has shown of a party, ahead."""
        if account not in self._banks:
            self._banks[account] = forked(self._known_banks(account))
        return self._banks[account]

    def record(self, account: str, on: date, event: e.Event) -> Position:
        """Add an event to a party's bank stream."""
        bank = self.bank(account)
        return self._add(New(bank_stream(account), bank.version + 1, on, event), bank.apply)

    def take(self, agreement: str, news: Iterable[New]) -> None:
        """Add what was decided on an agreement's state that is ahead."""
        for new in news:
            self._add(new, self.agreement(agreement).apply)

    def _add(self, new: New, apply: Callable[[Recorded], None]) -> Position:
        self.news.append(new)
        position = Position(self._head + len(self.news))
        apply(
            Recorded(
                position=position,
                stream=new.stream,
                version=new.version,
                recorded_at="",
                effective_on=new.effective_on,
                actor=self._actor,
                command="",
                event=new.event,
            )
        )
        return position


def forked(state: S) -> S:
    """A copy of a state that can be changed without changing the state."""
    fresh = copy.copy(state)
    for each in fields(state):
        setattr(fresh, each.name, _copied(getattr(state, each.name)))
    return fresh


def _copied(value: Any) -> Any:  # noqa: ANN401 - whatever stands in a state
    """A copy of what can change; what is frozen is itself."""
    if isinstance(value, dict):
        fresh = copy.copy(value)
        for key, each in value.items():
            fresh[key] = _copied(each)
        return fresh
    if isinstance(value, list):
        return [_copied(each) for each in value]
    if isinstance(value, set):
        return set(value)
    if is_dataclass(value) and type(value).__hash__ is None:  # frozen values have one
        return forked(value)
    return value
