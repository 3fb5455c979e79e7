"""Decisions on outcomes, and on what is owed for them."""

from __future__ import annotations

from ledger.dates import Day
from ledger.events.base import Event, Sealed
from ledger.model import Identifier, Position, SubjectRef, Text
from ledger.money import Amount
from ledger.working import Gain, Part, Working


class AssessmentMade(Event):
    """Policy was run over all facts up to a position for outcomes due by a date."""

    topic = "AssessmentMade:1"
    assessment: Text
    until: Day
    facts_to: Position
    terms_version: int
    policy_version: int
    rule_table: Identifier | None
    rules: tuple[Identifier, ...]
    based_on: tuple[Position, ...]
    decided: int
    waiting: int


class OutcomeDecided(Event):
    """Whether the outcome of one person or cohort and period was achieved, by its measurement.

    `refused` names the guard by which an outcome that was measured is not paid. `terms_version` is
    the version of the terms that it was judged by.
    """

    topic = "OutcomeDecided:2"
    claim: Text
    assessed_at: Position
    subject: SubjectRef | None
    cohort: Identifier | None = None
    metric: Identifier
    key: Text
    period_start: Day
    period_end: Day
    milestone_months: int | None
    achieved: bool
    refused: Identifier | None = None
    terms_version: int = 1
    based_on: tuple[Position, ...]
    corrects: Position | None = None


class EntitlementCalculated(Event):
    """What the payers owe the investors for one outcome.

    `parts` is the whole entitlement; `difference` is what this event adds to what was decided
    before for the same claim, and is all that is posted.
    """

    topic = "EntitlementCalculated:1"
    personal = ("working",)
    claim: Text
    outcome_at: Position
    assessed_at: Position
    subject: SubjectRef | None
    cohort: Identifier | None = None
    metric: Identifier
    achieved_on: Day
    total: Amount
    parts: tuple[Part, ...]
    difference: tuple[Part, ...]
    gains: tuple[Gain, ...]
    person_total: Amount
    agreement_total: Amount
    working: Working | Sealed | None
    based_on: tuple[Position, ...]
    corrects: Position | None = None
