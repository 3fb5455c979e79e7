"""From a saving to what is owed: shares, caps, rounding, and the division among investors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ledger.events import Cap, Part, Side, Working
from ledger.facts import CapitalPaidIn
from ledger.money import ZERO, Amount, exact, rounded, split
from ledger.policy.savings import Saving
from ledger.terms.agreement import Role, Terms


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What the payers owe the investors for one outcome, and how it was reached."""

    total: Amount
    parts: tuple[Part, ...]
    working: Working
    person_total: Amount
    agreement_total: Amount


@dataclass(frozen=True, slots=True)
class Spent:
    """What earlier achieved outcomes have used of the caps."""

    person: Amount = ZERO
    agreement: Amount = ZERO


def entitlement(
    terms: Terms, saving: Saving, spent: Spent, capital: Mapping[str, Amount]
) -> Entitlement:
    """What one saving entitles the investors to, given what the caps have left.

    Rounded once, half away from zero; the residual øre goes to the payer, and in each payer's
    part to the investor, that the terms name.
    """
    sides = (
        (Role.OUTCOME_PAYER, terms.metric.state_side, saving.state_gain),
        (Role.CO_PAYER, terms.metric.municipal_side, saving.municipal_gain),
    )
    owed = {role: gain * Fraction(side.share) for role, side, gain in sides}
    before_caps = sum(owed.values(), Fraction(0))
    caps = _caps(terms, spent, rounded(before_caps))
    total = min([rounded(before_caps), *(cap.left for cap in caps)])
    parts: list[Part] = []
    if total:
        by_role = split(total, owed, _residual_role(terms))
        parts = _by_investor(terms, by_role, capital)
    state, municipality = (
        Side(payer=side.payer, gain=exact(gain), share=side.share, amount=exact(owed[role]))
        for role, side, gain in sides
    )
    return Entitlement(
        total=total,
        parts=tuple(parts),
        working=Working(
            counterfactual=saving.counterfactual,
            actual=saving.actual,
            state=state,
            municipality=municipality,
            before_caps=exact(before_caps),
            caps=caps,
        ),
        person_total=spent.person + total,
        agreement_total=spent.agreement + total,
    )


def _caps(terms: Terms, spent: Spent, wanted: Amount) -> tuple[Cap, ...]:
    """The caps that apply, with what each has left and whether it cuts what is wanted."""
    caps = []
    for scope, limit, used in (
        ("person", terms.caps.per_person, spent.person),
        ("agreement", terms.caps.per_agreement, spent.agreement),
    ):
        if limit is not None:
            left = max(ZERO, limit - used)
            caps.append(Cap(scope=scope, limit=limit, left=left, cut=left < wanted))
    return tuple(caps)


def _residual_role(terms: Terms) -> Role:
    """The role of the payer that holds the residual; of one that holds both, the state's."""
    return next(role for payer, role in terms.payers if payer == terms.rounding.residual_payer)


def _by_investor(
    terms: Terms, by_role: Mapping[Role, Amount], capital: Mapping[str, Amount]
) -> list[Part]:
    """Each payer's amount, pro rata to the capital each investor has paid in."""
    weights = {investor: Fraction(amount.minor) for investor, amount in capital.items()}
    return [
        Part(payer=payer, role=role, payee=payee, amount=share)
        for payer, role in terms.payers
        for payee, share in split(by_role[role], weights, terms.rounding.residual_investor).items()
        if share
    ]


def capital_on(paid_in: Iterable[CapitalPaidIn], terms: Terms, day: date) -> dict[str, Amount]:
    """Capital that each investor of the terms had paid in by the end of a day."""
    capital = {commitment.investor: ZERO for commitment in terms.investment}
    for each in paid_in:
        if each.paid_on <= day:
            capital[each.investor] += each.amount
    return capital
