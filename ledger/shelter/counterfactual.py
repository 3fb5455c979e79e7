"""What would have happened without the programme, as the terms agree on it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ledger.dates import Day
from ledger.facts import Tariff
from ledger.model import WHOLE, Identifier, Model
from ledger.money import Amount


class ReferenceTariff(Model):
    """What a counterfactual night costs from a date on."""

    valid_from: Day
    per_night: Amount
    own_payment: Amount


class Counterfactual(Model):
    """What would have happened without the programme: N nights in each year from enrolment."""

    nights_per_year: Annotated[int, Field(ge=0, le=365), WHOLE]
    reference_tariffs: Annotated[tuple[ReferenceTariff, ...], Field(min_length=1)]

    def tariffs(self, name: Identifier) -> tuple[Tariff, ...]:
        """The reference tariffs as those of a shelter called `name`."""
        return tuple(
            Tariff(
                shelter=name,
                valid_from=tariff.valid_from,
                per_night=tariff.per_night,
                own_payment=tariff.own_payment,
            )
            for tariff in self.reference_tariffs
        )
