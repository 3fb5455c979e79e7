"""Ceilings on what is paid, counted in the order in which they stand in the terms."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from ledger.metrics.modifiers import Factor
from ledger.model import Identifier, Model
from ledger.money import ZERO, Amount, Share
from ledger.working import Scope


class Cap(Model):
    """A ceiling on what is paid in all, counted by `scope`.

    `person`: to one person's outcomes. `metric`: for one metric. `year`: for outcomes of one
    calendar year. `payer`: by one payer, whose part alone is cut. `agreement`: everything.
    `return`: what the investors get for the capital paid in by then, as a multiple of it or at a
    yearly rate.
    """

    scope: Scope
    limit: Amount | None = None
    metric: Identifier | None = None
    payer: Identifier | None = None
    multiple: Annotated[Factor | None, Field(description="of the capital; scope return")] = None
    yearly_rate: Annotated[Share | None, Field(description="of return; scope return")] = None

    @model_validator(mode="after")
    def _fits_its_scope(self) -> Cap:
        returns = [each for each in (self.multiple, self.yearly_rate) if each is not None]
        if self.scope == "return":
            if self.limit is not None or len(returns) != 1:
                message = "a cap on the return needs either multiple or yearly_rate, and no limit"
                raise ValueError(message)
        elif self.limit is None or returns:
            message = f"a cap by {self.scope} needs a limit, and neither multiple nor yearly_rate"
            raise ValueError(message)
        if self.limit is not None and self.limit <= ZERO:
            message = "limit must be above zero"
            raise ValueError(message)
        for name in ("metric", "payer"):
            if (getattr(self, name) is not None) != (self.scope == name):
                message = f"{name} is named where, and only where, the scope is {name}"
                raise ValueError(message)
        return self
