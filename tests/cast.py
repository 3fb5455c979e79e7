"""A cast that works on a ledger: anna keeps the files, bo measures, carla approves, dan sends.

Now and then somebody does another's work, names what does not exist, or comes twice with the same
paper; then the ledger refuses, or does nothing, and its head must not move. `told` is the tale so
far.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from ledger.decide.refusal import Refusal
from ledger.decide.rows import Batch, Row
from ledger.events import Recorded
from ledger.service import Ledger
from ledger.terms.agreement import Terms
from tests.drawn_terms import CURRENCY

AGREEMENTS = ("hf", "hf-1", "hf-10")
"""Names of which one begins another."""
KEEPER, MEASURER, APPROVER, SENDER = "anna", "bo", "carla", "dan"

T = TypeVar("T")


@dataclass
class Cast:
    """A ledger in a directory, the people who work on it, and the terms that they know of."""

    path: Path
    random: Random
    today: date = date(2022, 1, 3)
    told: list[str] = field(default_factory=list)
    refused: list[type[Refusal]] = field(default_factory=list)
    _doors: dict[str, Ledger] = field(default_factory=dict)
    _terms: dict[str, Terms] = field(default_factory=dict)
    _counted: int = 0

    def __post_init__(self) -> None:
        self._doors[KEEPER] = Ledger.create(
            self.path, "Random fund", CURRENCY, "demo", **self._options(KEEPER)
        )

    def close(self) -> None:
        """Close everybody's files."""
        for door in self._doors.values():
            door.close()

    def ledger(self, actor: str = KEEPER) -> Ledger:
        """The ledger as one person opens it: each with a process's own state of it."""
        if actor not in self._doors:
            self._doors[actor] = Ledger(self.path, **self._options(actor))
        return self._doors[actor]

    def events(self) -> list[Recorded]:
        """Every event so far."""
        return self.ledger().at(1, self.ledger().log.head()[0])

    def attempt(self, actor: str, what: str, act: Callable[[Ledger], T]) -> T | None:
        """Somebody gives a command. Refused, or given twice, it must leave the head where it is.

        Returns the service's answer, None if it refused.
        """
        ledger = self.ledger(actor)
        self._counted += 1
        ledger.command_id = f"command-{self._counted}"
        before = ledger.log.head()
        try:
            answer = act(ledger)
        except Refusal as refusal:
            self.told.append(f"{self.today} {actor} {what}: refused, {refusal}")
            self.refused.append(type(refusal))
            assert ledger.log.head() == before, "a refused command was recorded"
            return None
        after = ledger.log.head()
        self.told.append(f"{self.today} {actor} {what}: {before[0]} -> {after[0]}")
        if self._rarely(5):
            act(ledger)
            assert ledger.log.head() == after, "a command given twice was done twice"
        return answer

    def _options(self, actor: str) -> dict[str, Any]:
        """Clock and pseudonyms without chance, so that a seed tells the same tale."""
        return {"actor": actor, "clock": self._clock, "refs": self._ref}

    def _clock(self) -> datetime:
        return datetime.combine(self.today, time(12), tzinfo=UTC)

    def _ref(self) -> str:
        # Hashed, so that the order of pseudonyms is not the order of enrolment.
        self._counted += 1
        return "s" + hashlib.sha256(str(self._counted).encode()).hexdigest()[:16]

    def _batch(self, rows: Iterable[T]) -> Batch[T]:
        numbered = tuple(Row(number, row) for number, row in enumerate(rows, start=2))
        return Batch("rows.csv", hashlib.sha256(repr(numbered).encode()).hexdigest(), numbered)

    def _rarely(self, one_in: int = 10) -> bool:
        return self.random.randrange(one_in) == one_in - 1

    def _mostly(self, actor: str) -> str:
        return self.random.choice((KEEPER, APPROVER, SENDER)) if self._rarely(5) else actor

    def _some(self, things: tuple[T, ...]) -> list[T]:
        """One to four of some things, in no order, none twice; nothing of nothing."""
        return self.random.sample(things, min(len(things), self.random.randint(1, 4)))

    def _earlier(self, days_most: int) -> date:
        return self.today - timedelta(days=self.random.choice((0, 0, 1, 30, days_most)))

    def _agreement(self) -> str:
        """A signed agreement; now and then one that may not be."""
        return self.random.choice(AGREEMENTS if self._rarely(20) else tuple(self._terms))
