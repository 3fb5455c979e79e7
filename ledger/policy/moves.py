"""A person who moves: up to that day the old municipality co-pays, from it on the new one.

Gains of a period are divided by its days on either side of the move; what has a price is owed whole
by the municipality of the day on which it is achieved. Terms bind their parties only: to a
municipality that is no co-payer in the terms that judge the outcome, nothing moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction

from ledger.dates import Period
from ledger.metrics.base import Outcome, step
from ledger.metrics.facts import Move
from ledger.parties import Role
from ledger.policy.caps import OwedBy
from ledger.terms.agreement import Terms
from ledger.working import Step


def moved(
    terms: Terms, outcome: Outcome, owed: OwedBy, moves: Iterable[Move], *, by_days: bool
) -> tuple[OwedBy, tuple[Step, ...]]:
    """What each owes once a person's moves are looked at, and a step for each that owes a part."""
    bound = {party.id for party in terms.parties if Role.CO_PAYER in party.roles}
    moves = [move for move in moves if move.after in bound]
    if not moves:
        return owed, ()
    period = outcome.period
    found: OwedBy = {}
    steps: list[Step] = []
    for (role, payer), amount in owed.items():
        shares = {payer: Fraction(1)}
        if role is Role.CO_PAYER and by_days:
            shares = _by_days(payer, period, moves)
        elif role is Role.CO_PAYER:
            shares = {_lived_in(payer, outcome.achieved_on, moves): Fraction(1)}
        for name, share in shares.items():
            found[role, name] = found.get((role, name), Fraction(0)) + amount * share
        if set(shares) != {payer}:
            steps += [
                step(
                    "municipality", f"{name} {share * period.days} / {period.days}", amount * share
                )
                for name, share in shares.items()
            ]
    return found, tuple(steps)


def _by_days(payer: str, period: Period, moves: list[Move]) -> dict[str, Fraction]:
    """The share of a period's days that a person lived in each municipality."""
    shares: dict[str, Fraction] = {}
    for name, days in _stretches(payer, period, moves):
        if days:
            shares[name] = shares.get(name, Fraction(0)) + Fraction(days, period.days)
    return shares or {_lived_in(payer, period.end, moves): Fraction(1)}


def _stretches(payer: str, period: Period, moves: list[Move]) -> Iterator[tuple[str, int]]:
    start = period.start
    for move in moves:
        if move.before == payer:
            end = min(max(move.on, start), period.end)
            yield payer, (end - start).days
            payer, start = move.after, end
    yield payer, (period.end - start).days


def _lived_in(payer: str, day: date, moves: list[Move]) -> str:
    """The municipality that co-pays on a day, of whose share it is."""
    for move in moves:
        if move.before == payer and move.on <= day:
            payer = move.after
    return payer
