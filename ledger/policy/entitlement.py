"""From what an outcome is worth to what is owed: caps, rounding, payers and investors."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from ledger.facts import CapitalPaidIn
from ledger.metrics.base import Outcome
from ledger.metrics.facts import Move
from ledger.money import ZERO, Amount, Weights, total, written
from ledger.parties import Role
from ledger.policy.caps import Left, OwedBy, Spent, capped
from ledger.policy.given import Given
from ledger.policy.modifiers import owed, unmodified
from ledger.policy.moves import moved
from ledger.policy.waterfall import between, divide
from ledger.terms.agreement import Terms
from ledger.working import Cap, Owed, Part, Payable, Step, Working, owed_by, parts_of

NOT_SHOWN = Working(before_caps="0.00", caps=())
"""A working that nobody asked to see."""


ByPayer = dict[tuple[Role, str], int]
"""What each payer owes, by (role it pays in, payer), in whole minor units."""


class Entitlement(NamedTuple):
    """What the payers owe the investors for one outcome, and how it was reached."""

    total: Amount
    owed: Owed
    working: Working
    person_total: Amount
    agreement_total: Amount

    @property
    def parts(self) -> tuple[Part, ...]:
        """What each payer owes each investor, as it is recorded."""
        return parts_of(self.owed)


class Payout:
    """A version of the terms as entitlements ask for it, one outcome after the other.

    What does not change from one to the next is looked up once: there may be thousands.
    """

    def __init__(self, terms: Terms, capital: Iterable[CapitalPaidIn]) -> None:
        self.terms = terms
        self.repaid = terms.repaid
        self.metrics = {each.id: each for each in reversed(terms.metrics)}
        self.unmodified = {name for name, each in self.metrics.items() if unmodified(each)}
        self.payers = {(role, payer): None for payer, role in terms.payers}
        self.capital = [each for each in capital if each.investor in self.repaid]
        self.ceilings = {
            each.payer: each.limit.minor for each in terms.caps if each.payer and each.limit
        }
        self._shares = {each.id: terms.shares(each) for each in reversed(terms.metrics)}
        self._days = sorted({each.paid_on for each in self.capital})
        self._paid_in = [capital_on(self.capital, terms, day) for day in (date.min, *self._days)]
        self._weights = [_weights(terms, each) for each in self._paid_in]

    def paid_in(self, day: date) -> dict[str, Amount]:
        """Capital that each investor that is repaid had paid in by the end of a day."""
        return self._paid_in[bisect_right(self._days, day)]

    def has_capital(self, day: date) -> bool:
        """Whether any had been paid in by then."""
        return self._weights[bisect_right(self._days, day)] is not None

    def weights(self, day: date) -> Weights[str]:
        """The capital paid in by the end of a day, as amounts are divided by it; there is some."""
        weights = self._weights[bisect_right(self._days, day)]
        assert weights is not None
        return weights

    def shares(self, metric: str) -> tuple[tuple[tuple[Role, str], Fraction], ...]:
        """Who pays which share of a metric that is split."""
        return self._shares[metric]


def entitlement(
    payout: Payout,
    outcome: Outcome,
    spent: Spent,
    moves: Sequence[Move] = (),
    *,
    shown: bool = True,
) -> Entitlement:
    """What one outcome entitles the investors to, given what the caps have left; counted in.

    Rounded once, half away from zero; the residual øre goes to the payer, and in each payer's
    part to the investor, that the terms name.
    """
    terms = payout.terms
    asked, steps = owed(outcome, payout.shares(outcome.metric)), outcome.steps
    if moves:
        by_days = payout.metrics[outcome.metric].by_gain
        asked, moved_steps = moved(terms, outcome, asked, moves, by_days=by_days)
        steps = (*steps, *moved_steps)
    left, lines = capped(terms.caps, outcome, asked, spent, payout.capital, shown=shown)
    by_payer = _rounded(payout, left, spent)
    if terms.waterfall:
        parts = _in_order(payout, by_payer, payout.paid_in(outcome.achieved_on), spent)
    else:
        parts = _by_investor(payout, by_payer, outcome.achieved_on)
    spent.add(outcome, parts)
    return Entitlement(
        Amount(sum(by_payer.values())),
        parts,
        _working(outcome, steps, asked, lines) if shown else NOT_SHOWN,
        spent.person(outcome),
        spent.agreement,
    )


def _working(
    outcome: Outcome, steps: tuple[Step, ...], asked: OwedBy, lines: tuple[Cap, ...]
) -> Working:
    courses, sides = outcome.courses or (None, None), [side for _, side, _ in outcome.sides]
    return Working(
        counterfactual=courses[0],
        actual=courses[1],
        state=sides[0] if sides else None,
        municipality=sides[1] if sides else None,
        steps=steps,
        before_caps=written(sum(asked.values(), Fraction(0))),
        caps=lines,
    )


def standing(given: Given, spent: Spent) -> Entitlement | None:
    """What an outcome entitles to that stands as it was decided; counted in.

    How it was reached is not known any more, so the working says no more than what it came to.
    """
    if not given.outcome.achieved:
        return None
    parts = owed_by(given.parts)
    whole = sum(parts.values())
    spent.add(given.outcome, parts)
    working = Working(before_caps=written(Fraction(whole)), caps=())
    person = spent.person(given.outcome)
    return Entitlement(Amount(whole), parts, working, person, spent.agreement)


def divided_again(terms: Terms, given: Given, capital: Iterable[CapitalPaidIn]) -> tuple[Part, ...]:
    """What each payer owes of an outcome, divided anew among those who had paid in capital.

    A waterfall divides by what was received before, so there the parts are taken as they are.
    """
    if terms.waterfall:
        return given.parts
    by_payer: ByPayer = defaultdict(int)
    for part in given.parts:
        by_payer[part.role, part.payer] += part.amount.minor
    return parts_of(_by_investor(Payout(terms, capital), by_payer, given.outcome.achieved_on))


def _rounded(payout: Payout, left: Left, spent: Spent) -> ByPayer:
    """What each payer owes in whole minor units, the residual with the payer the terms name.

    A payer at its own ceiling takes no residual beyond it: that øre is then owed by nobody.
    """
    payers = left.above
    whole = left.rounded(payers)
    if not whole:
        return {}
    named = [key for key in payers if key[1] == payout.terms.rounding.residual_payer]
    parts = Weights(payers, min(named or payers)).split(whole)
    room = {
        payer: max(0, limit - spent.totals["payer", payer])
        for payer, limit in payout.ceilings.items()
    }
    for key in payers if room else ():
        payer = key[1]
        if payer in room:  # in whichever role it pays
            parts[key] = min(parts[key], room[payer])
            room[payer] -= parts[key]
    return parts


def _by_investor(payout: Payout, by_payer: ByPayer, day: date) -> dict[Payable, int]:
    """Each payer's amount, pro rata to the capital each investor had paid in by a day."""
    if not by_payer:
        return {}
    weights = payout.weights(day)
    return {
        (payer, role, payee): share
        for role, payer in _in_turn(payout, by_payer)
        for payee, share in weights.split(by_payer[role, payer]).items()
        if share
    }


def _in_turn(payout: Payout, by_payer: ByPayer) -> list[tuple[Role, str]]:
    """Those who owe something in the order of the terms; whom people moved to comes last."""
    others = [key for key in by_payer if key not in payout.payers]
    return [key for key in payout.payers if key in by_payer] + others


def _in_order(
    payout: Payout,
    by_payer: ByPayer,
    capital: Mapping[str, Amount],
    spent: Spent,
) -> dict[Payable, int]:
    """The sum divided by the waterfall, and then every payer's amount so that both sums hold."""
    payers = {key: Amount(by_payer[key]) for key in _in_turn(payout, by_payer)}
    holder = payout.terms.rounding.residual_investor
    whole = total(payers.values())
    received = {name: Amount(minor) for name, minor in spent.received.items()}
    investors = divide(whole, payout.terms.waterfall, capital, received, holder)
    return {
        (payer, role, payee): amount.minor
        for ((role, payer), payee), amount in between(payers, investors, holder).items()
        if amount
    }


def _weights(terms: Terms, capital: Mapping[str, Amount]) -> Weights[str] | None:
    """By what amounts are divided among investors; None before there is any capital."""
    if not any(capital.values()):
        return None
    weights = {investor: amount.minor for investor, amount in capital.items()}
    return Weights(weights, terms.rounding.residual_investor)


def capital_on(paid_in: Iterable[CapitalPaidIn], terms: Terms, day: date) -> dict[str, Amount]:
    """Capital that each investor that is repaid had paid in by the end of a day."""
    capital = dict.fromkeys(terms.repaid, ZERO)
    for each in paid_in:
        if each.paid_on <= day and each.investor in capital:
            capital[each.investor] += each.amount
    return capital
