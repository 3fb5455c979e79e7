"""The dated rule tables of state refund: shelter nights (§ 110), housing support (§ 85 a)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from ledger.dates import Day
from ledger.model import WHOLE, Identifier, Model, Text
from ledger.money import Share


class OpenWindows(StrEnum):
    """What happens to running years that are open on the day a new limit takes effect."""

    CONTINUE = "continue"
    """The running year and its count go on; only the limit changes."""
    RESTART = "restart"
    """Every running year ends; the next one starts with the first night under the new limit."""


class RefundRule(Model):
    """What the state refunds of a night from `valid_from` until the next rule's date.

    With `years_after_discharge`, of a day of housing support, so long after a shelter.
    """

    id: Identifier
    valid_from: Day
    state_share: Share
    nights_per_running_year: Annotated[int, Field(ge=0, le=366), WHOLE] | None = None
    open_windows: OpenWindows = OpenWindows.CONTINUE
    years_after_discharge: Annotated[int, Field(ge=1, le=100), WHOLE] | None = None

    @model_validator(mode="after")
    def _of_one_kind(self) -> RefundRule:
        if self.years_after_discharge is not None and self.nights_per_running_year is not None:
            message = "a rule is either of shelter nights or of support after discharge, not both"
            raise ValueError(message)
        return self


class RefundRuleTable(Model):
    """The rules of one law in order of date. Before the first rule nothing is refunded."""

    id: Identifier
    title: Text
    sources: tuple[Text, ...]
    rules: Annotated[tuple[RefundRule, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> RefundRuleTable:
        dates = [rule.valid_from for rule in self.rules]
        if dates != sorted(set(dates)):
            message = "rules must stand in order of valid_from, each date once"
            raise ValueError(message)
        if len({rule.id for rule in self.rules}) != len(self.rules):
            message = "each rule needs an id of its own"
            raise ValueError(message)
        if len({rule.years_after_discharge is None for rule in self.rules}) > 1:
            message = "a table is either of shelter nights or of support, not of both"
            raise ValueError(message)
        return self

    @property
    def of_support(self) -> bool:
        """Whether the rules are of housing support, and not of shelter nights."""
        return self.rules[0].years_after_discharge is not None

    def frozen_at(self, signed: date) -> RefundRuleTable:
        """The table as if no rule that takes effect after `signed` had been made."""
        known = tuple(rule for rule in self.rules if rule.valid_from <= signed)
        return self.model_copy(update={"rules": known or self.rules[:1]})

    def parts_from(self, other: RefundRuleTable) -> date | None:
        """The first day on which a rule takes effect that only one of the tables has, if any."""
        days = [rule.valid_from for rule in self.rules if rule not in other.rules]
        days += [rule.valid_from for rule in other.rules if rule not in self.rules]
        return min(days, default=None)
