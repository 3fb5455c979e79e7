"""What would have happened anyway: what a cohort is compared with, and how that is revised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from ledger.dates import Day
from ledger.indicator import Number
from ledger.metrics.facts import NOWHERE, Measured
from ledger.model import Identifier, Model, Position


class ComparedWith(StrEnum):
    """Where the counterfactual comes from."""

    FIXED = "fixed"
    """Agreed in the terms."""
    HISTORIC = "historic"
    """What was before: agreed in the terms, or measured."""
    MATCHED = "matched"
    """Measured on people who are like the cohort."""
    RANDOMISED = "randomised"
    """Measured on people whom the draw left out."""


class Direction(StrEnum):
    """Which way is better."""

    REDUCTION = "reduction"
    INCREASE = "increase"

    def better(self, measured: Fraction, would_be: Fraction) -> Fraction:
        """How much better what was measured is than what would have been; below zero if worse."""
        return would_be - measured if self is Direction.REDUCTION else measured - would_be


class OnRevision(StrEnum):
    """What a revised counterfactual does to outcomes."""

    BINDING = "binding"
    """Nothing: the first holds for all."""
    PROSPECTIVE = "prospective"
    """It holds for outcomes achieved from the day of the revision on."""
    TRUE_UP = "true_up"
    """It holds for all, also for those decided before: the difference is settled."""


class Revised(Model):
    """Where a counterfactual comes from, and what happens when it is revised.

    `collar` is the most that all revisions together may move it, up or down, from the first.
    """

    kind: ComparedWith
    on_revision: OnRevision = OnRevision.BINDING
    collar: Annotated[Number | None, Field(ge=0)] = None


class ValueLine(Model):
    """A counterfactual agreed in the terms, and from when: a later one revises it."""

    value: Number
    valid_from: Day | None = None


def _lines(value: object) -> object:
    return value if isinstance(value, list | tuple) else ({"value": value},)


Values = Annotated[tuple[ValueLine, ...], BeforeValidator(_lines)]
"""One number, or a list of dated ones."""


class Comparison(Revised):
    """What a cohort is compared with: a number in the terms, or what an indicator shows."""

    value: Values = ()
    indicator: Identifier | None = None

    @model_validator(mode="after")
    def _says_one(self) -> Comparison:
        if bool(self.value) == (self.indicator is not None):
            message = "write either value or indicator"
            raise ValueError(message)
        if self.kind is ComparedWith.FIXED and not self.value:
            message = "a fixed counterfactual is a value in the terms; write value, not indicator"
            raise ValueError(message)
        if self.kind in {ComparedWith.MATCHED, ComparedWith.RANDOMISED} and self.value:
            message = f"what is {self.kind.value} is measured; write indicator, not value"
            raise ValueError(message)
        if len({line.valid_from for line in self.value}) != len(self.value):
            message = "value: each needs a valid_from of its own"
            raise ValueError(message)
        return self

    def versions(self, results: Iterable[Measured]) -> list[Version]:
        """Every version of it: from the terms, or from what was measured."""
        if self.indicator is not None:
            return measured_versions(results, self.indicator)
        return [
            Version(line.valid_from or date.min, Fraction(line.value), NOWHERE)
            for line in self.value
        ]


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """What a counterfactual is said to be from a day on, and the fact that says it."""

    day: date
    value: Fraction
    at: Position


def measured_versions(results: Iterable[Measured], indicator: str) -> list[Version]:
    """Every reading of an indicator as a version: the first, and the revisions of it."""
    return [
        Version(each.measured_on, Fraction(each.value), each.at)
        for each in results
        if each.indicator == indicator
    ]


def in_force(
    versions: Iterable[Version], terms: Revised, achieved_on: date, until: date
) -> Version | None:
    """The version that an outcome achieved on a day is decided by, within the collar.

    `until` is the day of asking: no later version is known. None if there is none by
    `achieved_on`. This is the one place where a revision takes effect.
    """
    known = sorted(each for each in versions if each.day <= until)
    before = [each for each in known if each.day <= achieved_on]
    if not before:
        return None
    first = known[0]
    found = {
        OnRevision.BINDING: first,
        OnRevision.PROSPECTIVE: before[-1],
        OnRevision.TRUE_UP: known[-1],
    }[terms.on_revision]
    if terms.collar is None:
        return found
    collar = Fraction(terms.collar)
    within = max(first.value - collar, min(first.value + collar, found.value))
    return replace(found, value=within)
