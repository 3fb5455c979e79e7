"""What comes from outside: stays, measurements, tariffs, and where each was read.

These are the values that events carry and that policy computes with.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Protocol

from pydantic import Field, model_validator

from ledger.dates import Day
from ledger.model import Identifier, Model, Text
from ledger.money import Amount


class Source(Model):
    """The file and row that a fact was read from; the file is named by its SHA-256."""

    file: Text
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    row: Annotated[int, Field(ge=1)] | None = None


class Stay(Model):
    """One stay at a shelter: the nights `[admitted, discharged)`; open while not discharged."""

    stay: Text
    shelter: Identifier
    admitted: Day
    discharged: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Stay:
        if self.discharged is not None and self.discharged < self.admitted:
            message = f"discharged {self.discharged} is before admitted {self.admitted}"
            raise ValueError(message)
        return self

    @property
    def span(self) -> Span:
        """The days and the shelter alone."""
        end = self.discharged
        return self.admitted.toordinal(), self.shelter, None if end is None else end.toordinal()


Span = tuple[int, str, int | None]
"""(admission, shelter, discharge), days by number (`date.toordinal`); None while it is open."""


class Stayed(Protocol):
    """A stay as policy looks at it, however it is kept."""

    @property
    def stay(self) -> str:
        """What it is called in the register."""

    @property
    def shelter(self) -> str:
        """Where it was."""

    @property
    def admitted(self) -> date:
        """The first night."""

    @property
    def discharged(self) -> date | None:
        """The day after the last night; None while it is open."""

    @property
    def span(self) -> Span:
        """The days and the shelter alone."""


class Reading(Model):
    """What one indicator showed for one person, as the terms define the indicator."""

    value: Text


class Birth(Model):
    """The day on which a person was born."""

    day: Day


class Validation(StrEnum):
    """How far a measurement has come with its validator."""

    VALIDATED = "validated"
    PROVISIONAL = "provisional"
    REJECTED = "rejected"


class Use(StrEnum):
    """What a measurement is for: to learn by, or to pay by."""

    SUMMATIVE = "summative"
    FORMATIVE = "formative"


class Quality(Model):
    """What stands behind a measurement. Only what is validated and summative is paid by."""

    status: Validation = Validation.VALIDATED
    use: Use = Use.SUMMATIVE
    evidence: Text | None = None

    @property
    def pays(self) -> bool:
        """Whether an outcome may rest on it."""
        return self.status is Validation.VALIDATED and self.use is Use.SUMMATIVE


class TimeSpell(Model):
    """A time in which an indicator held: the days `[started, ended)`; open while not ended."""

    spell: Text
    indicator: Identifier
    started: Day
    ended: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> TimeSpell:
        if self.ended is not None and self.ended < self.started:
            message = f"ended {self.ended} is before started {self.started}"
            raise ValueError(message)
        return self


class Tariff(Model):
    """What a night at a shelter costs from a date on, until that shelter's next tariff."""

    shelter: Identifier
    valid_from: Day
    per_night: Amount
    own_payment: Amount

    @property
    def net(self) -> int:
        """Minor units a night costs the public: the tariff less the resident's own payment."""
        return max(0, self.per_night.minor - self.own_payment.minor)


class CapitalPaidIn(Model):
    """Capital that one investor had paid in by a date."""

    investor: Identifier
    paid_on: Day
    amount: Amount


def tariff_on(tariffs: tuple[Tariff, ...], day: date) -> Tariff | None:
    """The tariff in force on a day among those of one shelter; None before the first."""
    in_force = [tariff for tariff in tariffs if tariff.valid_from <= day]
    return max(in_force, key=lambda tariff: tariff.valid_from, default=None)
