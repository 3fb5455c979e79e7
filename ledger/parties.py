"""Who takes part in an agreement: parties, the roles they hold, what they put in and pay."""

from __future__ import annotations

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


class Party(Model):
    """An organisation and the roles it holds in this agreement."""

    id: Identifier
    name: Text
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]


class Commitment(Model):
    """What an investor has committed itself to pay in."""

    investor: Identifier
    amount: Amount


class Guarantee(Model):
    """A first-loss guarantee: what the guarantor absorbs before the investors lose."""

    guarantor: Identifier
    kind: Literal["first_loss"]
    amount: Amount


class PayerShare(Model):
    """A payer and the share that it pays: of its own gain, or of what an outcome costs."""

    payer: Identifier
    share: Share
