"""Indicators: what is measured, how its values are written, and what they must show."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from ledger.model import Identifier, Model, Text

_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,6})?", re.ASCII)


def number(value: object) -> Decimal:
    """Read a number written as 12, -0.5 or 1234.56.

    Raises:
        ValueError: for anything else, such as 1e5, NaN or 1.234,56.
    """
    if isinstance(value, Decimal):
        value = str(value)
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        message = f"{value!r} is not a number; write it as 1234.56, at most six decimals"
        raise ValueError(message)
    return Decimal(value)


Number = Annotated[
    Decimal,
    BeforeValidator(number),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"},
                {"type": "number"},
            ],
            "examples": ["0.5"],
        }
    ),
]
"""An exact number with at most six decimals."""


class IndicatorKind(StrEnum):
    """How the values of an indicator are written."""

    YES_NO = "yes_no"
    SCORE_0_10 = "score_0_10"
    NUMBER = "number"
    LEVEL = "level"
    """One of the indicator's levels, which stand from the lowest to the highest."""
    SPELL = "spell"
    """Not a value but a time in which something holds, from a day to a day."""


_SCORES = frozenset(map(str, range(11)))


class Indicator(Model):
    """Something that is measured: of people, or of a cohort as a whole.

    Where it comes from is part of the terms: the instrument, how it is used, whose data it is.
    """

    id: Identifier
    title: Text
    kind: IndicatorKind
    levels: tuple[Text, ...] = ()
    instrument: Text | None = None
    method: Text | None = None
    source: Text | None = None

    @model_validator(mode="after")
    def _levels_fit(self) -> Indicator:
        leveled = self.kind is IndicatorKind.LEVEL
        if leveled and (len(self.levels) < 2 or len(set(self.levels)) != len(self.levels)):  # noqa: PLR2004
            message = "levels: write at least two different levels, from the lowest to the highest"
            raise ValueError(message)
        if self.levels and not leveled:
            message = "levels are for the kind 'level' only; leave them out"
            raise ValueError(message)
        return self

    def problem(self, value: str) -> str | None:
        """Why `value` is not a reading of this indicator; None if it is."""
        match self.kind:
            case IndicatorKind.YES_NO:
                return None if value in ("yes", "no") else "write yes or no"
            case IndicatorKind.SCORE_0_10:
                return None if value in _SCORES else "write a whole number from 0 to 10"
            case IndicatorKind.LEVEL:
                return None if value in self.levels else f"write one of {', '.join(self.levels)}"
            case IndicatorKind.SPELL:
                return "this is measured in spells, from a day to a day; import it as a spell"
            case IndicatorKind.NUMBER:
                try:
                    number(value)
                except ValueError:
                    return "write a number as 1234.56: a point, at most six decimals"
                return None


class Condition(Model):
    """What a measurement must show: exactly a value, or a number on one side of a bound."""

    indicator: Identifier
    equals: Text | None = None
    at_least: Annotated[Number | None, Field(description="for scores and numbers")] = None
    at_most: Annotated[Number | None, Field(description="for scores and numbers")] = None

    @model_validator(mode="after")
    def _says_something(self) -> Condition:
        bounds = self.at_least is not None or self.at_most is not None
        if (self.equals is not None) == bounds:
            message = "write either equals, or at_least and/or at_most"
            raise ValueError(message)
        return self

    def met(self, value: str) -> bool:
        """Whether a reading shows what it must."""
        if self.equals is not None:
            return value == self.equals
        read = number(value)
        return (self.at_least is None or read >= self.at_least) and (
            self.at_most is None or read <= self.at_most
        )

    def problem(self, indicator: Indicator) -> str | None:
        """Why it cannot be asked of an indicator; None if it can."""
        if self.equals is not None:
            wrong = indicator.problem(self.equals)
            return f"equals: {wrong}" if wrong else None
        numeric = (IndicatorKind.NUMBER, IndicatorKind.SCORE_0_10)
        if indicator.kind not in numeric:
            kind = indicator.kind.value
            return f"at_least and at_most are for numbers; {indicator.id} is of kind {kind}"
        return None
