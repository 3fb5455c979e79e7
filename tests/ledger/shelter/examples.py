"""Readable stays, tariffs and terms for the examples of this folder."""

from __future__ import annotations

from datetime import date

from ledger.dates import Period
from ledger.facts import Stay, Tariff
from ledger.money import Amount
from ledger.shelter.counterfactual import Counterfactual, ReferenceTariff
from ledger.shelter.nights import PricedNights, Prices, price
from ledger.shelter.refund import RefundedNights, RulesByDay, refund, told
from ledger.shelter.rules import OpenWindows, RefundRuleTable
from ledger.shelter.savings import Reckoning, Saving, saving
from ledger.terms.shipped import shelter_refund_rules

LAW = shelter_refund_rules()
TODAY = date(2030, 1, 1)


def day(text: str) -> date:
    """2024-02-29."""
    return date.fromisoformat(text)


def period(text: str) -> Period:
    """2024-01-01..2024-02-01: the days from the first up to, and not including, the last."""
    start, end = text.split("..")
    return Period(day(start), day(end))


def stay(text: str) -> Stay:
    """Nord 2024-01-01..2024-02-01, or without a last day while it is open."""
    shelter, dates = text.split()
    admitted, discharged = dates.split("..")
    return Stay(
        stay=text,
        shelter=shelter,
        admitted=day(admitted),
        discharged=day(discharged) if discharged else None,
    )


def nights_of(priced: PricedNights) -> Period:
    """The nights that have a price, as a period."""
    first, end, _, _ = priced
    return Period(date.fromordinal(first), date.fromordinal(end))


def tariffs(*lines: str) -> dict[str, tuple[Tariff, ...]]:
    """Nord 2024-01-01 1507.00 less 91.00: shelter, valid from, a night, own payment."""
    found: dict[str, tuple[Tariff, ...]] = {}
    for line in lines:
        shelter, valid_from, per_night, _, own_payment = line.split()
        tariff = Tariff(
            shelter=shelter,
            valid_from=day(valid_from),
            per_night=Amount.parse(per_night),
            own_payment=Amount.parse(own_payment),
        )
        found[shelter] = (*found.get(shelter, ()), tariff)
    return found


THOUSAND = tariffs("nord 1990-01-01 1000.00 less 0.00", "syd 1990-01-01 1500.00 less 0.00")
"""A night at nord costs 1,000 kr. and at syd 1,500 kr."""


def terms(
    nights_per_year: int, per_night: str = "1507.00", own_payment: str = "0.00"
) -> Counterfactual:
    """So many nights a year at one tariff."""
    return Counterfactual(
        nights_per_year=nights_per_year,
        reference_tariffs=(
            ReferenceTariff(
                valid_from=day("1990-01-01"),
                per_night=Amount.parse(per_night),
                own_payment=Amount.parse(own_payment),
            ),
        ),
    )


def law(open_windows: OpenWindows) -> RefundRuleTable:
    """The law, with this choice for running years that are open on 2026-04-01."""
    *before, last = LAW.rules
    rules = (*before, last.model_copy(update={"open_windows": open_windows}))
    return LAW.model_copy(update={"rules": rules})


def refunded(*stays: str, table: RefundRuleTable = LAW) -> list[RefundedNights]:
    """The nights of stays, divided into refunded and not refunded."""
    nights = price([stay(text) for text in stays], Prices(THOUSAND), TODAY)
    return told(refund(nights, RulesByDay(table)))


def nights_refunded(nights: list[RefundedNights], within: str) -> int:
    """How many nights of a period the state refunds."""
    return sum(each.period.overlap(period(within)).days for each in nights if each.refunded)


def saved(
    within: str,
    *stays: str,
    enrolled: str,
    nights_per_year: int = 365,
    per_night: str = "1507.00",
    own_payment: str = "0.00",
) -> Saving:
    """What one person saves in a period, under the law."""
    reckoning = Reckoning(THOUSAND, terms(nights_per_year, per_night, own_payment), LAW)
    nights = reckoning.nights([stay(text) for text in stays], day(enrolled), TODAY)
    both = reckoning.courses(nights)
    return saving(both, period(within))
