"""From what an outcome is worth to what is owed: caps, rounding, payers and investors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ledger.facts import CapitalPaidIn
from ledger.metrics.base import Outcome
from ledger.money import ZERO, Amount, rounded, split, total, written
from ledger.parties import Role
from ledger.policy.caps import OwedBy, Spent, capped
from ledger.policy.modifiers import owed
from ledger.terms.agreement import Terms
from ledger.working import Part, Working


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What the payers owe the investors for one outcome, and how it was reached."""

    total: Amount
    parts: tuple[Part, ...]
    working: Working
    person_total: Amount
    agreement_total: Amount


def entitlement(
    terms: Terms, outcome: Outcome, spent: Spent, capital: Iterable[CapitalPaidIn]
) -> Entitlement:
    """What one outcome entitles the investors to, given what the caps have left; counted in.

    Rounded once, half away from zero; the residual øre goes to the payer, and in each payer's
    part to the investor, that the terms name.
    """
    asked = owed(outcome, terms.shares(terms.metric(outcome.metric)))
    before_caps = sum(asked.values(), Fraction(0))
    left, lines = capped(terms.caps, outcome, asked, spent, capital)
    by_payer = _rounded(terms, left, spent)
    parts = _by_investor(terms, by_payer, capital_on(capital, terms, outcome.achieved_on))
    whole = total(by_payer.values())
    spent.add(outcome, whole, _per_payer(by_payer))
    courses, sides = outcome.courses or (None, None), [side for _, side, _ in outcome.sides]
    working = Working(
        counterfactual=courses[0],
        actual=courses[1],
        state=sides[0] if sides else None,
        municipality=sides[1] if sides else None,
        steps=outcome.steps,
        before_caps=written(before_caps),
        caps=lines,
    )
    return Entitlement(whole, tuple(parts), working, spent.person(outcome), spent.agreement)


def _per_payer(by_payer: Mapping[tuple[Role, str], Amount]) -> dict[str, Amount]:
    found: dict[str, Amount] = defaultdict(lambda: ZERO)
    for (_, payer), amount in by_payer.items():
        found[payer] += amount
    return found


def _rounded(terms: Terms, owed_by: OwedBy, spent: Spent) -> dict[tuple[Role, str], Amount]:
    """What each payer owes in whole minor units, the residual with the payer the terms name.

    A payer at its own ceiling takes no residual beyond it: that øre is then owed by nobody.
    """
    whole = rounded(sum(owed_by.values(), Fraction(0)))
    if not whole:
        return {}
    named = [key for key in owed_by if key[1] == terms.rounding.residual_payer]
    holder = min(named or owed_by)
    sign = 1 if whole > ZERO else -1
    weights = {key: amount * sign for key, amount in owed_by.items()}
    parts = split(Amount(abs(whole.minor)), weights, holder)
    limits = {cap.payer: cap.limit for cap in terms.caps if cap.payer and cap.limit}
    found = {}
    for (role, payer), part in parts.items():
        amount = Amount(sign * part.minor)
        limit = limits.get(payer)
        if limit is not None:
            amount = min(amount, max(ZERO, limit - spent.totals["payer", payer]))
        found[role, payer] = amount
    return found


def _by_investor(
    terms: Terms, by_payer: Mapping[tuple[Role, str], Amount], capital: Mapping[str, Amount]
) -> list[Part]:
    """Each payer's amount, pro rata to the capital each investor has paid in."""
    weights = {investor: Fraction(amount.minor) for investor, amount in capital.items()}
    parts = []
    for payer, role in terms.payers:
        amount = by_payer.get((role, payer), ZERO)
        shares = split(Amount(abs(amount.minor)), weights, terms.rounding.residual_investor)
        for payee, share in shares.items():
            if share:
                signed = share if amount > ZERO else -share
                parts.append(Part(payer=payer, role=role, payee=payee, amount=signed))
    return parts


def capital_on(paid_in: Iterable[CapitalPaidIn], terms: Terms, day: date) -> dict[str, Amount]:
    """Capital that each investor of the terms had paid in by the end of a day."""
    capital = {commitment.investor: ZERO for commitment in terms.investment}
    for each in paid_in:
        if each.paid_on <= day:
            # An investor that came in with an amendment stands in newer terms than these.
            capital[each.investor] = capital.get(each.investor, ZERO) + each.amount
    return capital
