"""What an agreement would pay under assumptions, and what its investors would get back. Pure.

The facts are assumed; the rules are the ledger's own: `ledger.policy.assess` decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Context, Decimal
from fractions import Fraction

from ledger.money import ZERO, Amount, total
from ledger.policy.assess import Decided, assess
from ledger.shelter.rules import RefundRuleTable
from ledger.terms.agreement import Terms
from ledger.working import Scope
from projections.assumptions import Assumptions, Scenario, facts, last_look

_RATE_STEPS = 10**6
"""A yearly return is found to this part of one."""
_LOWEST, _HIGHEST = -99 * _RATE_STEPS // 100, 10 * _RATE_STEPS
_ENOUGH = Context(prec=40)
_YEAR_DAYS = 365

Flow = tuple[date, Amount]


@dataclass(frozen=True, slots=True)
class Year:
    """One calendar year: capital paid in, what each payer pays, and where it stands at its end."""

    year: int
    capital_in: Amount
    paid: dict[str, Amount]
    paid_in_all: Amount
    net_so_far: Amount


@dataclass(frozen=True, slots=True)
class Binding:
    """A cap that cut something: from which day, and how many outcomes."""

    scope: Scope
    limit: Amount | None
    first_on: date
    outcomes: int


@dataclass(frozen=True, slots=True)
class Simulation:
    """What one scenario comes to.

    `multiple` is what the investors get for each unit paid in; `yearly_return` the rate at which
    both are worth the same, over years of 365 days; None where nothing comes back. Neither counts
    grants and bridge financing, which nobody repays; `capital` does.
    """

    scenario: Scenario
    people: int
    achieved: int
    missed: int
    waiting: int
    years: tuple[Year, ...]
    metrics: dict[str, Amount]
    payers: dict[str, Amount]
    capital: Amount
    paid: Amount
    multiple: Fraction | None
    yearly_return: Fraction | None
    caps: tuple[Binding, ...]


def simulate(
    terms: Terms, assumed: Assumptions, rules: RefundRuleTable | None
) -> tuple[Simulation, ...]:
    """Every scenario of the assumptions, which must fit the terms.

    Raises:
        LookupError: if something has no price, such as a night.
    """
    return tuple(_simulated(terms, assumed, each, rules) for each in assumed.scenarios)


def _simulated(
    terms: Terms, assumed: Assumptions, scenario: Scenario, rules: RefundRuleTable | None
) -> Simulation:
    known = facts(terms, assumed, scenario, rules)
    found = assess(known, last_look(terms))
    achieved = [each for each in found.decided if each.entitlement is not None]
    capital = [(each.paid_on, each.amount) for each in known.capital]
    later = timedelta(days=assumed.paid_after_days)
    paid = [
        (each.outcome.achieved_on + later, part.payer, part.amount)
        for each in achieved
        if each.entitlement is not None
        for part in each.entitlement.parts
    ]
    repaid = [(e.paid_on, e.amount) for e in known.capital if e.investor in terms.repaid]
    invested, returned = total(a for _, a in repaid), total(a for *_, a in paid)
    return Simulation(
        scenario=scenario,
        people=len(known.people),
        achieved=len(achieved),
        missed=len(found.decided) - len(achieved),
        waiting=len(found.waiting),
        years=tuple(_years(terms, capital, paid)),
        metrics={each.id: _of_metric(achieved, each.id) for each in terms.metrics},
        payers={
            payer: total(amount for _, by, amount in paid if by == payer)
            for payer, _ in terms.payers
        },
        capital=total(amount for _, amount in capital),
        paid=returned,
        multiple=Fraction(returned.minor, invested.minor) if invested else None,
        yearly_return=yearly_return(repaid, [(day, amount) for day, _, amount in paid]),
        caps=_bindings(achieved),
    )


def _of_metric(achieved: Iterable[Decided], metric: str) -> Amount:
    return total(
        each.entitlement.total
        for each in achieved
        if each.entitlement is not None and each.outcome.metric == metric
    )


def _years(
    terms: Terms, capital: list[Flow], paid: list[tuple[date, str, Amount]]
) -> Iterable[Year]:
    """Every year from the first money to the last."""
    days = [day for day, _ in capital] + [day for day, *_ in paid]
    so_far = ZERO
    for year in range(min(days).year, max(days).year + 1):
        into = total(amount for day, amount in capital if day.year == year)
        parts = {
            payer: total(a for day, by, a in paid if by == payer and day.year == year)
            for payer, _ in terms.payers
        }
        so_far += total(parts.values()) - into
        yield Year(year, into, parts, total(parts.values()), so_far)


def _bindings(achieved: Iterable[Decided]) -> tuple[Binding, ...]:
    """The caps that cut, by the day on which each first did."""
    found: dict[tuple[Scope, Amount | None], list[date]] = defaultdict(list)
    for each in achieved:
        assert each.entitlement is not None
        for cap in each.entitlement.working.caps:
            if cap.cut:
                limit = None if cap.scope == "return" else cap.limit
                found[cap.scope, limit].append(each.outcome.achieved_on)
    bindings = [Binding(*key, min(days), len(days)) for key, days in found.items()]
    return tuple(sorted(bindings, key=lambda each: (each.first_on, each.scope)))


def yearly_return(capital: Iterable[Flow], paid: Iterable[Flow]) -> Fraction | None:
    """The yearly rate at which what is paid is worth the capital; to a millionth, rounded down.

    Compounded daily over years of 365 days, as the cap on the return counts it. None if nothing is
    paid, or if no rate from -99 % to 1,000 % does it.
    """
    flows: dict[date, int] = defaultdict(int)
    for day, amount in capital:
        flows[day] -= amount.minor
    for day, amount in paid:
        flows[day] += amount.minor
    if not flows or not any(amount > 0 for amount in flows.values()):
        return None
    first = min(flows)

    def worth(rate: int) -> Decimal:
        growth = 1 + Decimal(rate) / _RATE_STEPS
        value = Decimal(0)
        for day, amount in flows.items():
            years = _ENOUGH.divide(Decimal((day - first).days), Decimal(_YEAR_DAYS))
            value = _ENOUGH.add(
                value, _ENOUGH.divide(Decimal(amount), _ENOUGH.power(growth, years))
            )
        return value

    if worth(_LOWEST) < 0 or worth(_HIGHEST) >= 0:
        return None
    low, high = _LOWEST, _HIGHEST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if worth(middle) >= 0 else (low, middle)
    return Fraction(low, _RATE_STEPS)
