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
from ledger.money import ZERO, Amount, rounded_sum, split, summed, total, written
from ledger.parties import Role
from ledger.policy.caps import OwedBy, Spent, capped
from ledger.policy.given import Given
from ledger.policy.modifiers import owed
from ledger.policy.moves import moved
from ledger.policy.waterfall import between, divide
from ledger.terms.agreement import Terms
from ledger.working import Cap, Owed, Part, Payable, Step, Working, owed_by, parts_of

NOT_SHOWN = Working(before_caps="0.00", caps=())
"""A working that nobody asked to see."""


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
        self.payers = [(role, payer) for payer, role in terms.payers]
        self.capital = [each for each in capital if each.investor in self.repaid]
        self._shares = {each.id: terms.shares(each) for each in reversed(terms.metrics)}
        self._days = sorted({each.paid_on for each in self.capital})
        self._paid_in = [capital_on(self.capital, terms, day) for day in (date.min, *self._days)]
        self._any_paid_in = [any(each.values()) for each in self._paid_in]

    def paid_in(self, day: date) -> dict[str, Amount]:
        """Capital that each investor that is repaid had paid in by the end of a day."""
        return self._paid_in[bisect_right(self._days, day)]

    def has_capital(self, day: date) -> bool:
        """Whether any had been paid in by then."""
        return self._any_paid_in[bisect_right(self._days, day)]

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
    by_payer = _rounded(terms, left, spent)
    paid_in = payout.paid_in(outcome.achieved_on)
    if terms.waterfall:
        parts = _in_order(payout, by_payer, paid_in, spent)
    else:
        parts = _by_investor(terms, payout.payers, by_payer, paid_in)
    whole = total(by_payer.values())
    spent.add(outcome, parts)
    working = _working(outcome, steps, asked, lines) if shown else NOT_SHOWN
    return Entitlement(whole, parts, working, spent.person(outcome), spent.agreement)


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
        before_caps=written(summed(asked.values())),
        caps=lines,
    )


def standing(given: Given, spent: Spent) -> Entitlement | None:
    """What an outcome entitles to that stands as it was decided; counted in.

    How it was reached is not known any more, so the working says no more than what it came to.
    """
    if not given.outcome.achieved:
        return None
    parts = owed_by(given.parts)
    whole = total(parts.values())
    spent.add(given.outcome, parts)
    working = Working(before_caps=written(Fraction(whole.minor)), caps=())
    return Entitlement(whole, parts, working, spent.person(given.outcome), spent.agreement)


def divided_again(terms: Terms, given: Given, capital: Iterable[CapitalPaidIn]) -> tuple[Part, ...]:
    """What each payer owes of an outcome, divided anew among those who had paid in capital.

    A waterfall divides by what was received before, so there the parts are taken as they are.
    """
    if terms.waterfall:
        return given.parts
    by_payer: dict[tuple[Role, str], Amount] = defaultdict(lambda: ZERO)
    for part in given.parts:
        by_payer[part.role, part.payer] += part.amount
    payout = Payout(terms, capital)
    paid_in = payout.paid_in(given.outcome.achieved_on)
    return parts_of(_by_investor(terms, payout.payers, by_payer, paid_in))


def _rounded(terms: Terms, owed_by: OwedBy, spent: Spent) -> dict[tuple[Role, str], Amount]:
    """What each payer owes in whole minor units, the residual with the payer the terms name.

    A payer at its own ceiling takes no residual beyond it: that øre is then owed by nobody.
    """
    whole = rounded_sum(owed_by.values())
    if not whole:
        return {}
    named = [key for key in owed_by if key[1] == terms.rounding.residual_payer]
    holder = min(named or owed_by)
    sign = 1 if whole > ZERO else -1
    weights = owed_by if sign > 0 else {key: -amount for key, amount in owed_by.items()}
    parts = split(Amount(abs(whole.minor)), weights, holder)
    left = {
        cap.payer: Amount(max(0, cap.limit.minor - spent.totals["payer", cap.payer]))
        for cap in terms.caps
        if cap.payer and cap.limit
    }
    if sign > 0 and not left:
        return parts
    found = {}
    for (role, payer), part in parts.items():
        amount = Amount(sign * part.minor)
        if payer in left:  # in whichever role it pays
            amount = min(amount, left[payer])
            left[payer] -= amount
        found[role, payer] = amount
    return found


_Payers = Iterable[tuple[Role, str]]
"""Every payer with the role it pays in, in the order of the terms."""


def _by_investor(
    terms: Terms,
    payers: _Payers,
    by_payer: Mapping[tuple[Role, str], Amount],
    capital: Mapping[str, Amount],
) -> Owed:
    """Each payer's amount, pro rata to the capital each investor has paid in."""
    weights = {investor: amount.minor for investor, amount in capital.items()}
    parts: dict[Payable, Amount] = {}
    for role, payer in _in_turn(payers, by_payer):
        amount = by_payer[role, payer]
        shares = split(Amount(abs(amount.minor)), weights, terms.rounding.residual_investor)
        for payee, share in shares.items():
            if share:
                parts[payer, role, payee] = share if amount.minor > 0 else -share
    return parts


def _in_turn(
    payers: _Payers, by_payer: Mapping[tuple[Role, str], Amount]
) -> list[tuple[Role, str]]:
    """Those who owe something in the order of the terms; whom people moved to comes last."""
    return [key for key in dict.fromkeys((*payers, *by_payer)) if key in by_payer]


def _in_order(
    payout: Payout,
    by_payer: Mapping[tuple[Role, str], Amount],
    capital: Mapping[str, Amount],
    spent: Spent,
) -> Owed:
    """The sum divided by the waterfall, and then every payer's amount so that both sums hold."""
    payers = {key: by_payer[key] for key in _in_turn(payout.payers, by_payer)}
    holder = payout.terms.rounding.residual_investor
    whole = total(payers.values())
    investors = divide(whole, payout.terms.waterfall, capital, spent.received, holder)
    return {
        (payer, role, payee): amount
        for ((role, payer), payee), amount in between(payers, investors, holder).items()
        if amount
    }


def capital_on(paid_in: Iterable[CapitalPaidIn], terms: Terms, day: date) -> dict[str, Amount]:
    """Capital that each investor that is repaid had paid in by the end of a day."""
    capital = dict.fromkeys(terms.repaid, ZERO)
    for each in paid_in:
        if each.paid_on <= day and each.investor in capital:
            capital[each.investor] += each.amount
    return capital
