"""Who takes part in an agreement: parties, the roles they hold, what they put in and pay."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from ledger.model import Identifier, Model, Text
from ledger.money import Amount, Share


class Role(StrEnum):
    """What a party does in an agreement. One party may hold several; they are never netted."""

    OUTCOME_PAYER = "outcome_payer"
    CO_PAYER = "co_payer"
    INVESTOR = "investor"
    PROVIDER = "provider"
    GUARANTOR = "guarantor"


PAYING_ROLES = (Role.OUTCOME_PAYER, Role.CO_PAYER)


class Recognition(StrEnum):
    """When a fund expenses what it pays: the paragraphs of the state's Budgetvejledning."""

    COMMITMENT = "2.2.11"
    """The whole commitment when it is given; what is not drawn yet is held as a provision."""
    ONGOING = "2.2.10"
    """Outcomes as they are achieved; a commitment is only a promise."""


class Party(Model):
    """An organisation and the roles it holds in this agreement."""

    id: Identifier
    name: Text
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]


class Instrument(StrEnum):
    """What kind of money an investor puts in, and so whether outcomes repay it."""

    EXTERNAL = "external"
    """Repaid by outcomes, with a return if there is one."""
    INTERNAL = "internal"
    """The municipality's own pool: repaid by outcomes, never with a return."""
    LOAN = "loan"
    """Repaid by outcomes like an external investment; the waterfall says how far."""
    GRANT = "grant"
    """Not repaid, as in development partnerships."""
    BRIDGE = "bridge"
    """Not repaid; but a party is bound to continue the programme if the goals are met."""


REPAID = (Instrument.EXTERNAL, Instrument.INTERNAL, Instrument.LOAN)
"""The instruments that take part when an entitlement is divided."""


class Commitment(Model):
    """What an investor has committed itself to pay in."""

    investor: Identifier
    amount: Amount
    instrument: Instrument = Instrument.EXTERNAL


class Continuation(Model):
    """Who is bound to continue the programme if the goals of bridge financing are met.

    They are met if at least this share of the metric's outcomes (of all metrics if none is named)
    were achieved, and none waits.
    """

    party: Identifier
    metric: Identifier | None = None
    at_least: Share = Decimal(1)


class Guarantee(Model):
    """A first-loss guarantee: what the guarantor absorbs before the investors lose."""

    guarantor: Identifier
    kind: Literal["first_loss"]
    amount: Amount


class PayerShare(Model):
    """A payer and the share that it pays: of its own gain, or of what an outcome costs."""

    payer: Identifier
    share: Share
