"""Terms that pay for shelter nights saved, at a round price, for the stories of this folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.corrections.story import Story

NIGHTS = """
agreement: nights
title: Nights saved
currency: DKK
signed_on: 2020-12-01
starts_on: 2021-01-01
ends_on: 2029-01-01
people: 9
parties:
  - {id: fund, name: The fund, roles: [outcome_payer]}
  - {id: aarhus, name: Aarhus, roles: [co_payer]}
  - {id: odense, name: Odense, roles: [co_payer]}
  - {id: home, name: The home, roles: [provider]}
  - {id: big, name: Big, roles: [investor]}
investment:
  - {investor: big, amount: 200}
refund_law: {table: dk-shelter-refund, on_change: follow}
indicators:
  - {id: no-shelter, title: Does not use a shelter, kind: yes_no}
metrics:
  - id: saved
    kind: shelter_nights_saved
    measured_at_months: [12]
    achieved_when: {indicator: no-shelter, equals: yes}
    counterfactual:
      nights_per_year: 365
      reference_tariffs:
        - {valid_from: 2021-01-01, per_night: 1000.00, own_payment: 0.00}
    state_side: {payer: fund, share: 1.00}
    municipal_side: {payer: aarhus, share: 0.50}
rounding: {residual_payer: fund, residual_investor: big}
"""
"""A night at 1,000 kr.: of a year without the shelter the state gains 182,500 without a limit."""


def opened(folder: Path, terms: str = NIGHTS, tariff: str = "1000.00") -> Story:
    """The agreement, with capital paid in and the shelter's tariff known."""
    story = Story(folder, terms, "200.00", date(2021, 1, 2))
    story.tariff(tariff)
    return story
