"""From what an outcome is worth to what is owed: caps, rounding, payers and investors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from ledger.facts import CapitalPaidIn
from ledger.metrics.base import Outcome
from ledger.metrics.facts import Move
from ledger.money import ZERO, Amount, rounded, split, total, written
from ledger.parties import Role
from ledger.policy.caps import OwedBy, Spent, capped
from ledger.policy.given import Given
from ledger.policy.modifiers import owed
from ledger.policy.moves import moved
from ledger.policy.waterfall import between, divide
from ledger.terms.agreement import Terms
from ledger.working import Cap, Part, Working

NOT_SHOWN = Working(before_caps="0.00", caps=())
"""A working that nobody asked to see."""


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What the payers owe the investors for one outcome, and how it was reached."""

    total: Amount
    parts: tuple[Part, ...]
    working: Working
    person_total: Amount
    agreement_total: Amount


def entitlement(
    terms: Terms,
    outcome: Outcome,
    spent: Spent,
    capital: Iterable[CapitalPaidIn],
    moves: Iterable[Move] = (),
    *,
    shown: bool = True,
) -> Entitlement:
    """What one outcome entitles the investors to, given what the caps have left; counted in.

    Rounded once, half away from zero; the residual øre goes to the payer, and in each payer's
    part to the investor, that the terms name.
    """
    capital = [each for each in capital if each.investor in terms.repaid]
    metric = terms.metric(outcome.metric)
    asked = owed(outcome, terms.shares(metric))
    asked, moved_steps = moved(terms, outcome, asked, moves, by_days=metric.by_gain)
    before_caps = sum(asked.values(), Fraction(0))
    left, lines = capped(terms.caps, outcome, asked, spent, capital)
    by_payer = _rounded(terms, left, spent)
    paid_in = capital_on(capital, terms, outcome.achieved_on)
    if terms.waterfall:
        parts = _in_order(terms, by_payer, paid_in, spent)
    else:
        parts = _by_investor(terms, by_payer, paid_in)
    whole = total(by_payer.values())
    spent.add(outcome, parts)
    outcome = replace(outcome, steps=(*outcome.steps, *moved_steps))
    working = _working(outcome, before_caps, lines) if shown else NOT_SHOWN
    return Entitlement(whole, tuple(parts), working, spent.person(outcome), spent.agreement)


def _working(outcome: Outcome, before_caps: Fraction, lines: tuple[Cap, ...]) -> Working:
    courses, sides = outcome.courses or (None, None), [side for _, side, _ in outcome.sides]
    return Working(
        counterfactual=courses[0],
        actual=courses[1],
        state=sides[0] if sides else None,
        municipality=sides[1] if sides else None,
        steps=outcome.steps,
        before_caps=written(before_caps),
        caps=lines,
    )


def standing(given: Given, spent: Spent) -> Entitlement | None:
    """What an outcome entitles to that stands as it was decided; counted in.

    How it was reached is not known any more, so the working says no more than what it came to.
    """
    if not given.outcome.achieved:
        return None
    whole = total(part.amount for part in given.parts)
    spent.add(given.outcome, given.parts)
    working = Working(before_caps=written(Fraction(whole.minor)), caps=())
    return Entitlement(whole, given.parts, working, spent.person(given.outcome), spent.agreement)


def divided_again(terms: Terms, given: Given, capital: Iterable[CapitalPaidIn]) -> tuple[Part, ...]:
    """What each payer owes of an outcome, divided anew among those who had paid in capital.

    A waterfall divides by what was received before, so there the parts are taken as they are.
    """
    if terms.waterfall:
        return given.parts
    by_payer: dict[tuple[Role, str], Amount] = defaultdict(lambda: ZERO)
    for part in given.parts:
        by_payer[part.role, part.payer] += part.amount
    return tuple(
        _by_investor(terms, by_payer, capital_on(capital, terms, given.outcome.achieved_on))
    )


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
    left = {
        cap.payer: max(ZERO, cap.limit - spent.totals["payer", cap.payer])
        for cap in terms.caps
        if cap.payer and cap.limit
    }
    found = {}
    for (role, payer), part in parts.items():
        amount = Amount(sign * part.minor)
        if payer in left:  # in whichever role it pays
            amount = min(amount, left[payer])
            left[payer] -= amount
        found[role, payer] = amount
    return found


def _by_investor(
    terms: Terms, by_payer: Mapping[tuple[Role, str], Amount], capital: Mapping[str, Amount]
) -> list[Part]:
    """Each payer's amount, pro rata to the capital each investor has paid in."""
    weights = {investor: Fraction(amount.minor) for investor, amount in capital.items()}
    parts = []
    for role, payer in _in_turn(terms, by_payer):
        amount = by_payer[role, payer]
        shares = split(Amount(abs(amount.minor)), weights, terms.rounding.residual_investor)
        for payee, share in shares.items():
            if share:
                signed = share if amount > ZERO else -share
                parts.append(Part(payer=payer, role=role, payee=payee, amount=signed))
    return parts


def _in_turn(terms: Terms, by_payer: Mapping[tuple[Role, str], Amount]) -> list[tuple[Role, str]]:
    """Those who owe something in the order of the terms; whom people moved to comes last."""
    named = [(role, payer) for payer, role in terms.payers]
    return [key for key in dict.fromkeys((*named, *by_payer)) if key in by_payer]


def _in_order(
    terms: Terms,
    by_payer: Mapping[tuple[Role, str], Amount],
    capital: Mapping[str, Amount],
    spent: Spent,
) -> list[Part]:
    """The sum divided by the waterfall, and then every payer's amount so that both sums hold."""
    payers = {key: by_payer[key] for key in _in_turn(terms, by_payer)}
    holder = terms.rounding.residual_investor
    whole = total(payers.values())
    investors = divide(whole, terms.waterfall, capital, spent.received, holder)
    return [
        Part(payer=payer, role=role, payee=payee, amount=amount)
        for ((role, payer), payee), amount in between(payers, investors, holder).items()
        if amount
    ]


def capital_on(paid_in: Iterable[CapitalPaidIn], terms: Terms, day: date) -> dict[str, Amount]:
    """Capital that each investor that is repaid had paid in by the end of a day."""
    capital = dict.fromkeys(terms.repaid, ZERO)
    for each in paid_in:
        if each.paid_on <= day and each.investor in capital:
            capital[each.investor] += each.amount
    return capital
