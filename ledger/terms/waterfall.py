"""The order of payment among investors, as the terms write it."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ledger.metrics.modifiers import Factor
from ledger.model import Identifier, Model


class PaymentTier(Model):
    """A step of the order of payment: who is paid, until each has got so much of its capital.

    `up_to`: the principal, or all that is left. `multiple`: so many times the capital.
    """

    to: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    up_to: Literal["principal", "all"] | None = None
    multiple: Factor | None = None

    @property
    def limit(self) -> Fraction | None:
        """How many times its capital each gets at most, in all; None for all that is left."""
        if self.multiple is not None:
            return Fraction(self.multiple)
        return Fraction(1) if self.up_to == "principal" else None

    @model_validator(mode="after")
    def _one_of_both(self) -> PaymentTier:
        if (self.up_to is None) == (self.multiple is None):
            message = "write either up_to (principal or all) or multiple (such as 1.05)"
            raise ValueError(message)
        if len(set(self.to)) != len(self.to):
            message = "to: an investor stands twice; keep one"
            raise ValueError(message)
        return self
