"""What the state refunds of the nights in a period, to be compared with what was claimed of it.

The nights are those *in* the period, whenever the stay began and whenever it was invoiced: the one
time basis on which a register, the rules of law and a municipality's claim can be compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from ledger.dates import Period
from ledger.facts import Stayed, Tariff
from ledger.money import Amount, rounded
from ledger.shelter.nights import Prices, price
from ledger.shelter.refund import RulesByDay, refund, told
from ledger.shelter.rules import RefundRuleTable


@dataclass(frozen=True, slots=True)
class Refunded:
    """All people's nights in a period, those of them refunded, and the refund, rounded once."""

    nights: int
    refunded_nights: int
    refund: Amount


def refunded_in(
    period: Period,
    people: Iterable[Iterable[Stayed]],
    tariffs: Mapping[str, tuple[Tariff, ...]],
    table: RefundRuleTable,
) -> Refunded:
    """What is refunded in a period of people's stays, each person's whole history counted.

    Raises:
        ledger.shelter.nights.NoTariffError: if a night has no price.
    """
    nights = refunded_nights = 0
    amount = Fraction(0)
    prices, law = Prices(tariffs), RulesByDay(table)
    for stays in people:
        for each in told(refund(price(stays, prices, period.end), law)):
            days = each.period.overlap(period).days
            nights += days
            refunded_nights += days if each.refunded else 0
            amount += each.refund(days)
    return Refunded(nights, refunded_nights, rounded(amount))
