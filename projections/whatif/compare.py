"""Two ways in which an agreement might stand, compared: what changes, for whom, and what is paid.

All of it is sums of whole minor units, so agreements may be compared anywhere and in any order.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ledger.dates import Period
from ledger.metrics.base import Waiting
from ledger.money import ZERO, Amount, total
from ledger.parties import Role
from ledger.working import Payable
from projections.whatif.folded import Folded
from projections.whatif.standing import Standing, Standings

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Change:
    """One outcome that comes to something else; `payments` are those that it was paid in."""

    claim: str
    agreement: str
    unit: str
    metric: str
    key: str
    period: Period
    before: Amount
    after: Amount
    achieved_before: bool
    achieved_after: bool
    waits: Waiting | None
    """Why it would not be decided."""
    by_payer: Mapping[tuple[str, Role], tuple[Amount, Amount]]
    payments: tuple[str, ...]

    @property
    def difference(self) -> Amount:
        """How much more is owed for it."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Owed:
    """What one payer owes one investor in one agreement, and what is paid of it or sent."""

    agreement: str
    payer: str
    role: Role
    payee: str
    before: Amount
    after: Amount
    paid: Amount

    @property
    def difference(self) -> Amount:
        """How much more is owed."""
        return self.after - self.before

    @property
    def to_pay(self) -> Amount:
        """What would still have to be paid."""
        return max(ZERO, self.after - self.paid)

    @property
    def to_claw_back(self) -> Amount:
        """What would have been paid too much, to be claimed back or set off."""
        return max(ZERO, self.paid - self.after)


@dataclass(frozen=True, slots=True)
class TouchedPayment:
    """A payment of outcomes that change, and by how much they do.

    Of an outcome that was paid for in several, the difference stands at the last one. Without a
    name: what is owed and in no payment yet.
    """

    payment: str | None
    agreement: str
    payer: str
    role: Role
    payee: str
    state: str
    amount: Amount
    outcomes: int
    difference: Amount


@dataclass(frozen=True, slots=True)
class Year:
    """What is owed in an agreement for outcomes achieved in one year."""

    agreement: str
    year: int
    changed: int
    before: Amount
    after: Amount


@dataclass(frozen=True, slots=True)
class Return:
    """What one investor has paid in, and what outcomes give back for it."""

    agreement: str
    investor: str
    paid_in: Amount
    before: Amount
    after: Amount


@dataclass(slots=True)
class Compared:
    """Agreements that may stand in two ways, and what makes the difference."""

    agreements: list[str] = field(default_factory=list)
    """Those in which something changes."""
    looked_at: int = 0
    outcomes: int = 0
    """How many are decided, or were."""
    changed: int = 0
    first: list[Change] = field(default_factory=list)
    """The changes, the largest first; no more than asked for."""
    undecided: int = 0
    """How many outcomes that are decided would wait."""
    undecided_before: Amount = ZERO
    """What is owed for these."""
    unassessed: int = 0
    """Outcomes that are decided otherwise already by facts recorded since the last assessment."""
    owed: list[Owed] = field(default_factory=list)
    years: list[Year] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    payments: list[TouchedPayment] = field(default_factory=list)
    fitted: set[int] = field(default_factory=set)
    """The numbers of the changes of terms that fitted some agreement."""

    @property
    def before(self) -> Amount:
        """What all payers owe in the agreements that change."""
        return total(each.before for each in self.owed)

    @property
    def after(self) -> Amount:
        """What they would owe."""
        return total(each.after for each in self.owed)

    def add(self, other: Compared, limit: int | None) -> None:
        """Take in what was found of other agreements, keeping so many changes."""
        self.agreements += other.agreements
        self.looked_at += other.looked_at
        self.outcomes += other.outcomes
        self.changed += other.changed
        both = (*self.first, *other.first)
        self.first = _largest(both, limit, lambda each: (each.difference.minor, each.claim))
        self.undecided += other.undecided
        self.undecided_before += other.undecided_before
        self.unassessed += other.unassessed
        self.owed += other.owed
        self.years += other.years
        self.returns += other.returns
        self.payments += other.payments
        self.fitted |= other.fitted

    def ordered(self) -> None:
        """Put every list in an order that does not depend on who looked at what first."""
        self.agreements.sort()
        self.owed.sort(key=lambda each: (each.agreement, each.payer, each.role, each.payee))
        self.years.sort(key=lambda each: (each.agreement, each.year))
        self.returns.sort(key=lambda each: (each.agreement, each.investor))
        self.payments.sort(
            key=lambda e: (e.agreement, e.payer, e.role, e.payee, e.payment is None, e.payment)
        )


def _largest(
    changes: Iterable[_T], limit: int | None, told: Callable[[_T], tuple[int, str]]
) -> list[_T]:
    """The largest differences first, up or down; of equals, by name, which is told beside each."""

    def order(change: _T) -> tuple[int, str]:
        difference, name = told(change)
        return -abs(difference), name

    return sorted(changes, key=order) if limit is None else heapq.nsmallest(limit, changes, order)


def compare(folded: Folded, before: Standings, after: Standings, limit: int | None) -> Compared:
    """What changes in one agreement; of the changes, no more than the limit are told one by one."""
    names = list(dict.fromkeys((*before, *after)))
    found = Compared(looked_at=1, outcomes=len(names))
    changed = [name for name in names if not _same(before.get(name), after.get(name))]
    if not changed:
        return found
    items = _Items(folded)
    found.agreements = [folded.agreement]
    found.changed = len(changed)
    waiting = [name for name in changed if name in after and after[name].waits is not None]
    found.undecided = len(waiting)
    found.undecided_before = total(before[name].whole for name in waiting if name in before)
    # Of very many changes a few are told, and only these are made out one by one.
    found.first = [
        _change(folded, name, before.get(name), after.get(name), items.of(name))
        for name in _largest(
            changed, limit, lambda each: (_sum(after.get(each)) - _sum(before.get(each)), each)
        )
    ]
    found.owed = _owed(folded, before, after, items)
    found.years = _years(folded, before, after, set(changed))
    found.returns = _returns(folded, found.owed)
    found.payments = _payments(folded, before, after, changed, items)
    return found


def _sum(standing: Standing | None) -> int:
    """What all payers owe, in minor units."""
    return sum(standing.owed.values()) if standing else 0


def _same(before: Standing | None, after: Standing | None) -> bool:
    return before is not None and before.same(after)


def _change(
    folded: Folded,
    claim: str,
    before: Standing | None,
    after: Standing | None,
    payments: tuple[str, ...],
) -> Change:
    either = after or before
    assert either is not None
    payers: dict[tuple[str, Role], list[int]] = defaultdict(lambda: [0, 0])
    for side, standing in enumerate((before, after)):
        for (payer, role, _), minor in standing.owed.items() if standing else ():
            payers[payer, role][side] += minor
    return Change(
        claim=claim,
        agreement=folded.agreement,
        unit=either.unit,
        metric=either.metric,
        key=either.key,
        period=either.period,
        before=before.whole if before else ZERO,
        after=after.whole if after else ZERO,
        achieved_before=before is not None and before.achieved,
        achieved_after=after is not None and after.achieved,
        waits=after.waits if after else None,
        by_payer={payer: (Amount(one), Amount(two)) for payer, (one, two) in payers.items()},
        payments=payments,
    )


class _Items:
    """What payments hold, by the outcome that they pay for."""

    def __init__(self, folded: Folded) -> None:
        self.paid: dict[Payable, int] = defaultdict(int)
        """Paid or sent, of outcomes alone: what a guarantor covers is none. In minor units."""
        self.last: dict[tuple[str, Payable], str] = {}
        """The last payment that an outcome stands in, for a payer and a payee."""
        self._of: dict[str, dict[str, None]] = defaultdict(dict)
        for name, payment in folded.payments.items():
            payable = payment.payable
            for claim, _ in payment.items:
                self._of[claim][name] = None
                self.last[claim, payable] = name
            if payment.sent:
                self.paid[payable] += sum([minor for _, minor in payment.items])

    def of(self, claim: str) -> tuple[str, ...]:
        """The payments that an outcome stands in, in order of their proposal."""
        return tuple(self._of.get(claim, ()))


def _sums(standings: Standings) -> dict[Payable, int]:
    found: dict[Payable, int] = defaultdict(int)
    for standing in standings.values():
        for payable, minor in standing.owed.items():
            found[payable] += minor
    return found


def _owed(folded: Folded, before: Standings, after: Standings, items: _Items) -> list[Owed]:
    one, two = _sums(before), _sums(after)
    return [
        Owed(folded.agreement, *key, *[Amount(s.get(key, 0)) for s in (one, two, items.paid)])
        for key in sorted({*one, *two})
    ]


def _years(folded: Folded, before: Standings, after: Standings, changed: set[str]) -> list[Year]:
    """What is owed by the year of achievement, in years in which something changes."""
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    counts: dict[int, int] = defaultdict(int)
    for side, standings in enumerate((before, after)):
        for name, standing in standings.items():
            year = standing.period.end.year
            sums[year][side] += _sum(standing)
            if name in changed and (side or name not in after):
                counts[year] += 1
    return [
        Year(folded.agreement, year, counts[year], Amount(one), Amount(two))
        for year, (one, two) in sorted(sums.items())
        if counts[year] or one != two
    ]


def _returns(folded: Folded, owed: list[Owed]) -> list[Return]:
    """How every investor that is repaid would stand."""
    paid_in: dict[str, Amount] = defaultdict(lambda: ZERO)
    for capital in folded.own.capital:
        paid_in[capital.investor] += capital.amount
    terms = (folded.own.terms, *(each.terms for each in folded.own.amendments))
    repaid = dict.fromkeys((*(name for each in terms for name in each.repaid), *paid_in))
    sides: dict[str, list[Amount]] = {name: [ZERO, ZERO] for name in repaid}
    for each in owed:
        both = sides.setdefault(each.payee, [ZERO, ZERO])
        both[0] += each.before
        both[1] += each.after
    return [
        Return(folded.agreement, name, paid_in[name], one, two)
        for name, (one, two) in sorted(sides.items())
    ]


def _payments(
    folded: Folded,
    before: Standings,
    after: Standings,
    changed: Sequence[str],
    items: _Items,
) -> list[TouchedPayment]:
    """Every payment of an outcome that changes for its payer and payee."""
    sums: dict[tuple[str | None, Payable], list[int]] = defaultdict(lambda: [0, 0])
    for name in changed:
        one, two = before.get(name), after.get(name)
        was, would_be = (one.owed if one else {}), (two.owed if two else {})
        for payable in {**was, **would_be}:
            more = would_be.get(payable, 0) - was.get(payable, 0)
            if more:
                found = sums[items.last.get((name, payable)), payable]
                found[0] += 1
                found[1] += more
    return [
        _touched(folded, payment, payable, outcomes, Amount(difference))
        for (payment, payable), (outcomes, difference) in sums.items()
    ]


def _touched(
    folded: Folded, name: str | None, payable: Payable, outcomes: int, difference: Amount
) -> TouchedPayment:
    payment = folded.payments[name] if name is not None else None
    return TouchedPayment(
        payment=name,
        agreement=folded.agreement,
        payer=payable[0],
        role=payable[1],
        payee=payable[2],
        state=payment.stage if payment else "unproposed",
        amount=payment.amount if payment else ZERO,
        outcomes=outcomes,
        difference=difference,
    )
