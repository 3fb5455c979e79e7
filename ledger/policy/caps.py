"""Ceilings: what each has left before an outcome, and what it leaves of what is owed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_FLOOR, Context, Decimal
from fractions import Fraction

from ledger import working as w
from ledger.facts import CapitalPaidIn
from ledger.metrics.base import Outcome
from ledger.money import ZERO, Amount, Exact
from ledger.parties import Role
from ledger.terms.caps import Cap
from ledger.working import Payable

OwedBy = dict[tuple[Role, str], Fraction]
"""What each payer owes, by (role it pays in, payer), in exact minor units."""
Left = Exact[tuple[Role, str]]
"""The same over one denominator."""
_EXACT_ENOUGH = Context(prec=40, rounding=ROUND_FLOOR)
_YEAR_DAYS = 365


@dataclass(slots=True)
class Spent:
    """What the outcomes so far have used of every ceiling of one agreement, in minor units."""

    totals: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    """By what a ceiling counts and what it counts it under."""
    paid: list[tuple[date, int]] = field(default_factory=list)
    """What each outcome came to, with the day on which it was achieved."""
    received: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """What each investor is entitled to."""

    def person(self, outcome: Outcome) -> Amount:
        """What one person's outcomes have come to."""
        return Amount(self.totals["person", outcome.subject]) if outcome.subject else ZERO

    @property
    def agreement(self) -> Amount:
        """What all outcomes have come to."""
        return Amount(self.totals["agreement", ""])

    def add(self, outcome: Outcome, owed: Mapping[Payable, int]) -> None:
        """Count an outcome in, by what each payer owes each investor for it."""
        totals, received, whole = self.totals, self.received, sum(owed.values())
        for scope, key in _keys(outcome).items():
            if key is not None:
                totals[scope, key] += whole
        for (payer, _, payee), minor in owed.items():
            totals["payer", payer] += minor
            received[payee] += minor
        self.paid.append((outcome.achieved_on, whole))


def _keys(outcome: Outcome) -> dict[str, str | None]:
    """What ceilings count an outcome under, by their scope; None where they do not touch it."""
    return {
        "person": outcome.subject,
        "metric": outcome.metric,
        "year": str(outcome.achieved_on.year),
        "agreement": "",
    }


def capped(
    caps: Iterable[Cap],
    outcome: Outcome,
    owed: OwedBy,
    spent: Spent,
    capital: Iterable[CapitalPaidIn],
    *,
    shown: bool = True,
) -> tuple[Left, tuple[w.Cap, ...]]:
    """What the ceilings leave of what is owed, in their order, and if shown what each of them did.

    A ceiling cuts all payers alike, except one on a payer, which cuts that payer alone.
    """
    asked = found = Exact.of(owed)
    lines = []
    for cap in caps:
        left = _left(cap, outcome, spent, capital)
        if left is None:
            continue
        touched = [key for key in owed if cap.payer in (None, key[1])]
        if left < found.rounded(touched):
            found = found.cut(touched, left)
        if not shown:
            continue
        cut = left < asked.rounded(touched)
        limit = cap.limit if cap.limit is not None else Amount(left) + spent.agreement
        lines.append(w.Cap(scope=cap.scope, limit=limit, left=Amount(left), cut=cut))
    return found, tuple(lines)


def _left(cap: Cap, outcome: Outcome, spent: Spent, capital: Iterable[CapitalPaidIn]) -> int | None:
    """What a ceiling has left before an outcome, in minor units; None if it does not touch it."""
    if cap.scope == "return":
        return max(0, _return_left(cap, outcome.achieved_on, spent, capital))
    if cap.scope == "metric" and cap.metric != outcome.metric:
        return None
    key = cap.payer if cap.scope == "payer" else _keys(outcome)[cap.scope]
    if key is None:
        return None
    assert cap.limit is not None
    return max(0, cap.limit.minor - spent.totals[cap.scope, key])


def _return_left(cap: Cap, on: date, spent: Spent, capital: Iterable[CapitalPaidIn]) -> int:
    """What the investors may still get on a day, rounded down to whole minor units.

    By a multiple: of the capital paid in by that day. By a yearly rate: what is outstanding when
    capital grows and payments shrink it by that rate, compounded daily over years of 365 days.
    """
    paid_in = [each for each in capital if each.paid_on <= on]
    if cap.multiple is not None:
        whole = sum(each.amount.minor for each in paid_in) * Fraction(cap.multiple)
        return whole.numerator // whole.denominator - spent.agreement.minor
    assert cap.yearly_rate is not None
    growth = 1 + cap.yearly_rate
    flows = [(each.paid_on, each.amount.minor) for each in paid_in]
    flows += [(day, -minor) for day, minor in spent.paid]
    outstanding = Decimal(0)
    for day, minor in flows:
        years = _EXACT_ENOUGH.divide(Decimal((on - day).days), Decimal(_YEAR_DAYS))
        grown = _EXACT_ENOUGH.multiply(minor, _EXACT_ENOUGH.power(growth, years))
        outstanding = _EXACT_ENOUGH.add(outstanding, grown)
    return int(outstanding.to_integral_value(rounding=ROUND_FLOOR))
