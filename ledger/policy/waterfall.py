"""The waterfall: dividing an entitlement among investors in the order of payment. Pure.

Every tier is filled before the next one gets anything. Within a tier it goes pro rata to the
capital paid in, and nobody gets beyond the tier: who is full leaves the rest to the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

from ledger.money import ZERO, Amount, split, total
from ledger.terms.waterfall import PaymentTier

K = TypeVar("K")


def divide(
    whole: Amount,
    tiers: Sequence[PaymentTier],
    capital: Mapping[str, Amount],
    received: Mapping[str, Amount],
    residual_to: str,
) -> dict[str, Amount]:
    """What each investor gets of an amount, given its capital and what it is entitled to so far.

    The parts sum to the whole to the øre. An amount below zero is taken back in the opposite
    order: from who was paid last. Where nobody in the tiers that are left has capital paid in, the
    rest goes pro rata to all who have.
    """
    parts: dict[str, Amount] = dict.fromkeys(capital, ZERO)
    if whole < ZERO:
        held = {name: received.get(name, ZERO) for name in capital}
        taken = _taken_back(-whole, tiers, capital, held, residual_to)
        return {name: -taken.get(name, ZERO) for name in parts}
    for tier in tiers:
        left = whole - total(parts.values())
        got = {name: received.get(name, ZERO) + parts[name] for name in parts}
        weights = {name: Fraction(capital[name].minor) for name in tier.to if name in capital}
        rooms = {name: _room(tier, capital[name], got[name]) for name in weights}
        for name, amount in pro_rata_within(left, weights, rooms, residual_to).items():
            parts[name] += amount
    return _add(parts, _all(whole - total(parts.values()), capital, residual_to))


def _top(tier: PaymentTier, capital: Amount) -> Amount | None:
    """What an investor gets at most up to and with a tier, in all; rounded down to whole øre."""
    return None if tier.limit is None else Amount(int(tier.limit * capital.minor))


def _room(tier: PaymentTier, capital: Amount, got: Amount) -> Amount | None:
    top = _top(tier, capital)
    return None if top is None else max(ZERO, top - got)


def _taken_back(
    whole: Amount,
    tiers: Sequence[PaymentTier],
    capital: Mapping[str, Amount],
    held: Mapping[str, Amount],
    residual_to: str,
) -> dict[str, Amount]:
    """What each gives back of an amount above zero; the last tier first."""
    taken: dict[str, Amount] = dict.fromkeys(capital, ZERO)
    for number in range(len(tiers) - 1, -1, -1):
        rooms = {}
        for name in tiers[number].to:
            tops = [_top(each, capital[name]) for each in tiers[:number] if name in each.to]
            below = max((top for top in tops if top is not None), default=ZERO)
            rooms[name] = max(ZERO, held[name] - taken[name] - below)
        weights = {name: Fraction(room.minor) for name, room in rooms.items()}
        left = whole - total(taken.values())
        taken = _add(taken, pro_rata_within(left, weights, dict(rooms), residual_to))
    return _add(taken, _all(whole - total(taken.values()), capital, residual_to))


def _all(left: Amount, capital: Mapping[str, Amount], residual_to: str) -> dict[str, Amount]:
    weights = {name: Fraction(amount.minor) for name, amount in capital.items()}
    return split(left, weights, residual_to) if left else {}


def _add(parts: Mapping[str, Amount], more: Mapping[str, Amount]) -> dict[str, Amount]:
    return {name: amount + more.get(name, ZERO) for name, amount in parts.items()}


def pro_rata_within(
    whole: Amount,
    weights: Mapping[str, Fraction],
    rooms: Mapping[str, Amount | None],
    residual_to: str,
) -> dict[str, Amount]:
    """As much of an amount as there is room for, pro rata to weights, nobody beyond its room.

    Who has no room left leaves its part to the others. None is room without end.
    """
    parts = dict.fromkeys(weights, ZERO)
    still = {name: weight for name, weight in weights.items() if weight and rooms[name] != ZERO}
    while whole and still:
        shares = split(whole, {residual_to: Fraction(0), **still}, residual_to)
        full = {
            name: room
            for name in still
            if (room := rooms[name]) is not None and shares[name] > room
        }
        for name, amount in (full or {name: shares[name] for name in still}).items():
            parts[name] = amount
            whole -= amount
            del still[name]
    return parts


def between(
    payers: Mapping[K, Amount], investors: Mapping[str, Amount], residual_to: str
) -> dict[tuple[K, str], Amount]:
    """What each payer owes each investor, so that both sums hold to the øre.

    Both must sum to the same, and no amount have another sign than the sum. Each payer's amount
    goes pro rata to what the investors still lack; the last payer makes them whole.
    """
    if total(payers.values()) < ZERO:
        mirrored = between(
            {key: -amount for key, amount in payers.items()},
            {name: -amount for name, amount in investors.items()},
            residual_to,
        )
        return {key: -amount for key, amount in mirrored.items()}
    lacking: dict[str, Amount] = defaultdict(lambda: ZERO, investors)
    found = {}
    for payer, amount in payers.items():
        weights = {name: Fraction(left.minor) for name, left in lacking.items()}
        for name, part in pro_rata_within(amount, weights, dict(lacking), residual_to).items():
            found[payer, name] = part
            lacking[name] -= part
    return found
