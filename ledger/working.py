"""How an entitlement was reached: enough to redo it with a pocket calculator.

Amounts with all their decimals are text in major units, as `ledger.money.exact` writes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field

from ledger.dates import Day
from ledger.model import Identifier, Model
from ledger.money import Amount, Share
from ledger.parties import Role

Scope = Literal["person", "metric", "year", "payer", "agreement", "return"]
"""What a cap is counted over."""


class Step(Model):
    """One step of a calculation: what was done, by how much, and what it came to."""

    step: Identifier
    by: str
    result: str


class NightLine(Model):
    """Nights of one price under one rule: nights × (tariff - own payment) × state share."""

    nights: int
    tariff: Amount
    own_payment: Amount
    rule: Identifier
    state_share: Share
    refunded: bool
    cost: Annotated[str, Field(description="unrounded, in major units")]
    refund: Annotated[str, Field(description="unrounded, in major units")]


class Window(Model):
    """A running year that touches the period: nights in it and how many were refunded."""

    start: Day
    end: Day
    nights_before: int
    refunded_before: int
    nights: int
    refunded: int


class History(Model):
    """One course of events within the period: the counterfactual one or the actual one."""

    lines: tuple[NightLine, ...]
    windows: tuple[Window, ...]
    nights: int
    cost: str
    refund: str


class Side(Model):
    """One payer's side: its gain, the share of it that the terms say it pays, both unrounded."""

    payer: Identifier
    gain: str
    share: Share
    amount: str


class Cap(Model):
    """A ceiling, what it had left before this entitlement, and whether it cut."""

    scope: Scope
    limit: Amount
    left: Amount
    cut: bool


class Working(Model):
    """How an entitlement was reached, enough to redo it with a pocket calculator.

    Where nights are compared, both courses of events and both sides; the steps; then the caps.
    """

    counterfactual: History | None = None
    actual: History | None = None
    state: Side | None = None
    municipality: Side | None = None
    steps: tuple[Step, ...] = ()
    before_caps: str
    caps: tuple[Cap, ...]


class Gain(Model):
    """Nights and gains of one calendar year under one rule; gains unrounded, may be negative."""

    year: int
    rule: Identifier
    nights_counterfactual: int
    nights_actual: int
    state_gain: str
    municipal_gain: str


class Part(Model):
    """What one payer owes one investor."""

    payer: Identifier
    role: Role
    payee: Identifier
    amount: Amount


Payable = tuple[str, Role, str]
"""Payer, the role it pays in, payee."""

Owed = Mapping[Payable, int]
"""What each payer owes each investor, in whole minor units.

It says the same as parts, and is made several times as fast.
"""


def owed_by(parts: Iterable[Part]) -> dict[Payable, int]:
    """What parts come to, each payer and investor standing in one of them."""
    return {(each.payer, each.role, each.payee): each.amount.minor for each in parts}


def parts_of(owed: Owed) -> tuple[Part, ...]:
    """What is owed as parts."""
    return tuple(
        Part(payer=payer, role=role, payee=payee, amount=Amount(minor))
        for (payer, role, payee), minor in owed.items()
    )
