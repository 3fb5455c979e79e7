"""The dated rule table by which the state refunds shelter nights (Serviceloven § 110)."""

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
    """What the state refunds of a night from `valid_from` until the next rule's date."""

    id: Identifier
    valid_from: Day
    state_share: Share
    nights_per_running_year: Annotated[int, Field(ge=0, le=366), WHOLE] | None = None
    open_windows: OpenWindows = OpenWindows.CONTINUE


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
        return self

    def frozen_at(self, signed: date) -> RefundRuleTable:
        """The table as if no rule that takes effect after `signed` had been made."""
        known = tuple(rule for rule in self.rules if rule.valid_from <= signed)
        return self.model_copy(update={"rules": known or self.rules[:1]})

    def parts_from(self, other: RefundRuleTable) -> date | None:
        """The first day on which a rule takes effect that only one of the tables has, if any."""
        days = [rule.valid_from for rule in self.rules if rule not in other.rules]
        days += [rule.valid_from for rule in other.rules if rule not in self.rules]
        return min(days, default=None)
