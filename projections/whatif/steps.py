"""The commands that a scenario can come to, each with what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.decide.corrections import FactRow
from ledger.facts import Tariff
from ledger.model import Position, SubjectRef
from ledger.shelter.rules import RefundRuleTable
from ledger.terms.agreement import Terms


@dataclass(frozen=True, slots=True)
class TellTariffs:
    """Tariffs that were never told, or were told with other amounts."""

    tariffs: tuple[Tariff, ...]
    fresh: bool


@dataclass(frozen=True, slots=True)
class Amend:
    """An agreement's terms as they shall be from a day on."""

    terms: Terms
    effective_on: date


@dataclass(frozen=True, slots=True)
class CorrectFact:
    """A fact as it was recorded, and as it should have been."""

    agreement: str
    position: Position
    before: FactRow
    after: FactRow


@dataclass(frozen=True, slots=True)
class VoidFact:
    """A fact that counts no more."""

    agreement: str
    position: Position


@dataclass(frozen=True, slots=True)
class TellMove:
    """Somebody who lives in another municipality from a day on."""

    subject: SubjectRef
    municipality: str
    on: date


@dataclass(frozen=True, slots=True)
class TellFacts:
    """Facts of one kind that were never told; a person's pseudonym stands for the id."""

    rows: tuple[FactRow, ...]


@dataclass(frozen=True, slots=True)
class Enact:
    """A table of refund rules in force in place of the one with its id."""

    table: RefundRuleTable
    drop: bool


@dataclass(frozen=True, slots=True)
class Assess:
    """An agreement decided again, as far as it is."""

    agreement: str
    until: date


Step = TellTariffs | Amend | CorrectFact | VoidFact | TellMove | TellFacts | Enact | Assess
