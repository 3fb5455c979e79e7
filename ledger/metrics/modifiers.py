"""What the terms may add to any metric: guards, prices, deadweight, exclusion and the like."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from ledger.dates import Day
from ledger.model import WHOLE, Identifier, Model
from ledger.money import Amount, Share

_FACTOR = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?", re.ASCII)


def _factor(value: object) -> Decimal:
    if isinstance(value, Decimal):
        value = str(value)
    if not isinstance(value, str) or not _FACTOR.fullmatch(value):
        message = f"{value!r} is not a factor; write a number such as 1.025, at most six decimals"
        raise ValueError(message)
    return Decimal(value)


Factor = Annotated[
    Decimal,
    BeforeValidator(_factor),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^[0-9]{1,6}(\.[0-9]{1,6})?$"},
                {"type": "number", "minimum": 0},
            ],
            "examples": ["1.025"],
        }
    ),
]
"""A number from 0 with at most six decimals."""

Whole = Annotated[int, Field(ge=0), WHOLE]
Counting = Annotated[int, Field(ge=1), WHOLE]
Months = Annotated[int, Field(ge=1, le=1200), WHOLE]
"""Months from enrolment; beyond a hundred years the calendar would end."""


class PriceLine(Model):
    """What is paid from a day on, to people of one group or to all."""

    amount: Amount
    valid_from: Day | None = None
    group: Identifier | None = None


def _prices(value: object) -> object:
    return ({"amount": value},) if isinstance(value, str | Amount) else value


Prices = Annotated[tuple[PriceLine, ...], Field(min_length=1), BeforeValidator(_prices)]
"""One amount, or a list of dated amounts, each for one group or for all."""


def price_on(prices: Iterable[PriceLine], day: date, group: str | None) -> Amount | None:
    """The price in force on a day; one for the person's group goes before one for all."""
    in_force = [
        line
        for line in prices
        if line.group in (None, group) and (line.valid_from or date.min) <= day
    ]
    best = max(
        in_force, key=lambda p: (p.group is not None, p.valid_from or date.min), default=None
    )
    return best.amount if best else None


class DeadweightOn(StrEnum):
    """What deadweight is taken off."""

    PRICE = "price"
    """Every outcome is paid less."""
    COUNT = "count"
    """As many outcomes as would have come anyway are not paid, the rest in full."""


class Deadweight(Model):
    """The share of outcomes that would have been achieved without the programme."""

    share: Share
    on: DeadweightOn


class Multiplier(Model):
    """A group whose outcomes are paid by another factor than 1."""

    group: Identifier
    factor: Factor


class AgeOn(StrEnum):
    """The day on which an age is counted."""

    REFERRAL = "referral"
    ENROLMENT = "enrolment"
    ACHIEVEMENT = "achievement"


class Guards(Model):
    """Who and when: an outcome outside them is not paid. Days `_before` are not included."""

    groups: tuple[Identifier, ...] = ()
    age_from: Whole | None = None
    age_below: Counting | None = None
    age_on: AgeOn = AgeOn.ENROLMENT
    enrolled_from: Day | None = None
    enrolled_before: Day | None = None
    referred_from: Day | None = None
    referred_before: Day | None = None
    achieved_from: Day | None = None
    achieved_before: Day | None = None


class Claim(Model):
    """When an outcome may be claimed: not too early, not too late.

    `earliest_working_days` are Mondays to Fridays after the achievement; `latest_days` calendar
    days up to the measurement that shows it.
    """

    earliest_working_days: Annotated[int | None, Field(ge=0, le=1000), WHOLE] = None
    latest_days: Whole | None = None


class IndexLine(Model):
    """By what prices are multiplied for outcomes achieved from a day on."""

    valid_from: Day
    factor: Factor


class Keep(StrEnum):
    """Which of several outcomes that exclude each other is paid."""

    FIRST = "first"
    """The one achieved first; the others pay nothing."""
    BEST = "best"
    """The dearest: one that is dearer than those before pays the difference."""


class Exclusive(Model):
    """Outcomes of one person, of all metrics with the same `among`, that exclude each other."""

    among: Identifier
    keep: Keep
