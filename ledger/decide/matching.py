"""Which bank line is which item: decided on all lines and all items of a party at once.

Nothing depends on the order in which lines or items came to be known. So a file that is read late
leads to the same matches as if it had been read first; what was matched before and is not found
again is given up. What a person matched, and what cannot be undone any more, is pinned: it is taken
as given. Where more than one answer is possible, there is none: the line stays open and names its
candidates. The rules and tolerances are told in docs/reference/matching.md.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from ledger.money import ZERO, Amount, total

LegKey = tuple[str, int]
"""A line, and which of its parts: 0 for the whole line."""

_TOKEN = re.compile(r"[0-9A-Za-z][0-9A-Za-z/_.-]*")
_SIGNS = re.compile(r"[^0-9A-Z]")


FEE_MAX = Amount(50_00)


@dataclass(frozen=True, slots=True)
class Tolerances:
    """How far a line may be from an item and still be taken for it."""

    fee_max: Amount = FEE_MAX
    """A line that names an item may cost this much more, or bring this much less."""
    days_before: int = 3
    """A line that names nothing may be booked so long before its item is on record."""
    days_after: int = 10
    """... and so long after."""


TOLERANCES = Tolerances()
CANDIDATES_MAX = 5


class Rule(StrEnum):
    """By what a line was matched; the first that finds something decides."""

    END_TO_END = "end-to-end"
    """The line's reference is the item's name."""
    TEXT = "text"
    """The item's name, or the names of several, stand in the line's reference or text."""
    BATCH = "batch"
    """The line is the sum of all that is open of what went to the bank together."""
    AMOUNT = "amount"
    """Exactly the amount, to or from the item's account, within the days; nothing else fits."""
    PERSON = "person"
    """A person said so."""
    EARLIER = "earlier"
    """It was matched when the line was read, by reference and amount, as was done then."""


class Effect(StrEnum):
    """What a match does to its items."""

    SETTLES = "settles"
    RETURNS = "returns"
    """Money that had left came back: a return, or a reversal of what the bank had booked."""
    CANCELS = "cancels"
    """A line and its reversal beyond what the item needs: together they are nothing."""


class Why(StrEnum):
    """Why a line is open."""

    UNKNOWN = "line-unknown"
    """It names nothing, and no item has its amount."""
    UNCERTAIN = "line-uncertain"
    """It names nothing; the candidates have its amount."""
    AGAIN = "line-again"
    """It names an item that is settled already: paid twice?"""
    AMOUNT = "line-amount"
    """It names items, and its amount does not fit them."""
    CLOSED = "line-closed"
    """It names an item that came to nothing: paid all the same?"""
    RETURN = "line-return"
    """Money back that names an item of which no line shows that so much was paid."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A bank line, or one part of a merged line; money out is below zero."""

    key: LegKey
    booked_on: date
    amount: Amount
    reference: str = ""
    text: str = ""
    counterparty: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """Something the bank should show; `amount` as it would stand on the party's account.

    `known_as` are names that it has besides its own, `batch` names what went to the bank together,
    `counterparties` are the other party's accounts. `settled` is what is known to be paid without a
    line; nothing is expected of an item that is `closed`, nothing more of one that `came_back`.
    """

    name: str
    amount: Amount
    since: date
    known_as: tuple[str, ...] = ()
    batch: str = ""
    counterparties: frozenset[str] = frozenset()
    settled: Amount = ZERO
    closed: bool = False
    came_back: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """Legs that are items. `difference` is what the legs are more than the items get of them."""

    rule: Rule
    effect: Effect
    legs: tuple[LegKey, ...]
    items: tuple[tuple[str, Amount], ...]
    """Each item with what it gets, signed as its amount; nothing where lines cancel out."""
    difference: Amount = ZERO

    @property
    def got(self) -> Amount:
        """What all its items get."""
        return total(amount for _, amount in self.items)


@dataclass(frozen=True, slots=True)
class OpenLeg:
    """A leg that nothing explains, why, and what it might be."""

    leg: Leg
    why: Why
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """All matches with the pinned ones first, and all legs without one."""

    matches: tuple[Match, ...]
    open: tuple[OpenLeg, ...]
    paid: dict[str, Amount]
    """What of each item is settled and has not come back, signed as its amount."""


Barred = Collection[tuple[LegKey, str]]
"""A leg and an item that a person took apart: no rule puts them together again."""


def match(
    legs: Iterable[Leg],
    items: Iterable[Item],
    pinned: Sequence[Match] = (),
    barred: Barred = frozenset(),
    tolerances: Tolerances = TOLERANCES,
) -> Found:
    """All matches among all legs and items of a party."""
    matcher = _Matcher(legs, items, pinned, barred, tolerances)
    matcher.by_name()
    matcher.by_batch()
    matcher.by_amount()
    return matcher.found()


def plain(name: str) -> str:
    """A name as banks may write it: capitals, without signs in between."""
    return _SIGNS.sub("", name.upper())


@dataclass(slots=True)
class _Standing:
    """How far an item is settled by what is matched."""

    item: Item
    paid: Amount
    over: bool
    """Whether nothing more is expected: it is closed, or was paid and came back."""

    @property
    def rest(self) -> Amount:
        """What is not settled, signed as the item's amount."""
        return self.item.amount - self.paid

    def is_out(self, amount: Amount) -> bool:
        """Whether money goes the way the item's does, and not back."""
        return (amount.minor < 0) == (self.item.amount.minor < 0)


@dataclass(slots=True)
class _Named:
    """The legs that name one item and nothing else."""

    rule: Rule
    legs: list[Leg] = field(default_factory=list)


class _Matcher:
    """The legs and items that are left, rule after rule."""

    def __init__(
        self,
        legs: Iterable[Leg],
        items: Iterable[Item],
        pinned: Sequence[Match],
        barred: Barred,
        tolerances: Tolerances,
    ) -> None:
        self._tolerances = tolerances
        self._barred = barred
        self._standing = {
            each.name: _Standing(each, each.settled, each.closed)
            for each in sorted(items, key=lambda each: each.name)
        }
        self._matches = list(pinned)
        self._why: dict[LegKey, tuple[Why, tuple[str, ...]]] = {}
        taken = {key for each in pinned for key in each.legs}
        for each in pinned:
            self._note(each)
        ordered = sorted(legs, key=lambda leg: (leg.booked_on, leg.key))
        self._left = {leg.key: leg for leg in ordered if leg.key not in taken}

    def _note(self, found: Match) -> None:
        for name, amount in found.items:
            standing = self._standing.get(name)
            if standing is None:
                continue
            if found.effect is Effect.SETTLES:
                standing.paid += amount
            elif found.effect is Effect.RETURNS:
                standing.paid += amount
                standing.over = True

    def _take(
        self,
        rule: Rule,
        effect: Effect,
        legs: Sequence[Leg],
        items: Sequence[tuple[str, Amount]],
    ) -> None:
        for leg in legs:
            del self._left[leg.key]
        got = total(amount for _, amount in items)
        difference = total(leg.amount for leg in legs) - got
        keys = tuple(leg.key for leg in legs)
        found = Match(rule, effect, keys, tuple(items), difference)
        self._matches.append(found)
        self._note(found)

    # --- by name ------------------------------------------------------------------------------

    def by_name(self) -> None:
        """Legs that name items: by their reference, then in their text."""
        names = {
            plain(said): name
            for name, each in self._standing.items()
            for said in (name, *each.item.known_as)
        }
        by_reference: dict[str, _Named] = {}
        by_text: dict[str, _Named] = {}
        merged: list[tuple[Leg, tuple[str, ...]]] = []
        for leg in self._left.values():
            exact = names.get(plain(leg.reference)) if leg.reference else None
            if exact is not None:
                by_reference.setdefault(exact, _Named(Rule.END_TO_END)).legs.append(leg)
                continue
            said = _said(leg, names)
            if len(said) == 1:
                by_text.setdefault(said[0], _Named(Rule.TEXT)).legs.append(leg)
            elif said:
                merged.append((leg, said))
        for named in (by_reference, by_text):
            for name in sorted(named):
                self._one_item(self._standing[name], named[name])
        for leg, said in merged:
            self._several_items(leg, said)

    def _one_item(self, standing: _Standing, named: _Named) -> None:
        """Settle one item by the legs that name it, and take back what came back."""
        name = standing.item.name
        allowed = [leg for leg in named.legs if (leg.key, name) not in self._barred]
        out = [leg for leg in allowed if standing.is_out(leg.amount)]
        back = [leg for leg in allowed if not standing.is_out(leg.amount)]
        again = [leg for leg in out if leg.amount == standing.item.amount]
        if not standing.over:
            self._settle(standing, named.rule, out)
        again = [leg for leg in again if leg.key in self._left]
        self._come_back(standing, named.rule, again, back)
        for leg in named.legs:
            if leg.key in self._left:
                self._why[leg.key] = _why_not(standing, leg), (name,)

    def _settle(self, standing: _Standing, rule: Rule, out: list[Leg]) -> None:
        """The whole at once; or with a fee, if there is only that leg; or in parts."""
        name, whole = standing.item.name, standing.item.amount
        untouched = standing.rest == whole
        exact = [leg for leg in out if leg.amount == whole]
        if exact and untouched:
            self._take(rule, Effect.SETTLES, [exact[0]], [(name, whole)])
            return
        if untouched and rule is Rule.END_TO_END and len(out) == 1:
            fee = (whole - out[0].amount).minor
            if 0 < fee <= self._tolerances.fee_max.minor:
                self._take(rule, Effect.SETTLES, out, [(name, whole)])
                return
        for leg in out:
            if abs(leg.amount.minor) <= abs(standing.rest.minor):
                self._take(rule, Effect.SETTLES, [leg], [(name, leg.amount)])

    def _come_back(
        self, standing: _Standing, rule: Rule, again: list[Leg], back: list[Leg]
    ) -> None:
        """Pair what was booked again with what came back; what then comes back is a return.

        Only what lines settled can come back: a return takes back what they booked.
        """
        name, whole = standing.item.name, standing.item.amount
        exact = [leg for leg in back if leg.amount == -whole]
        by_lines = not (standing.rest or standing.over or standing.item.settled)
        spare = exact[:1] if by_lines and len(exact) > len(again) else []
        if spare:
            self._take(rule, Effect.RETURNS, spare, [(name, -whole)])
        left = (leg for leg in exact if leg not in spare)
        for leg, reversal in zip(again, left, strict=False):
            self._take(rule, Effect.CANCELS, [leg, reversal], [(name, ZERO)])

    def _several_items(self, leg: Leg, said: tuple[str, ...]) -> None:
        """A merged line that names all its items and is their sum."""
        standings = [self._standing[name] for name in said]
        untouched = all(not each.paid and not each.over for each in standings)
        allowed = all((leg.key, name) not in self._barred for name in said)
        if untouched and allowed and total(each.item.amount for each in standings) == leg.amount:
            items = [(each.item.name, each.item.amount) for each in standings]
            self._take(Rule.TEXT, Effect.SETTLES, [leg], items)
        else:
            settled = all(not each.rest or each.over for each in standings)
            self._why[leg.key] = Why.AGAIN if settled else Why.AMOUNT, said[:CANDIDATES_MAX]

    # --- by figures ---------------------------------------------------------------------------

    def _unnamed(self) -> list[Leg]:
        return [leg for key, leg in self._left.items() if key not in self._why]

    def _untouched(self) -> list[Item]:
        found = (each for each in self._standing.values() if not each.paid and not each.over)
        return [each.item for each in found]

    def _fits(self, leg: Leg, since: date) -> bool:
        earliest, latest = self._window(leg.booked_on)
        return earliest <= since <= latest

    def _window(self, booked_on: date) -> tuple[date, date]:
        """From when to when an item may be on record that a line of a day can be."""
        before, after = self._tolerances.days_before, self._tolerances.days_after
        return booked_on - timedelta(days=after), booked_on + timedelta(days=before)

    def by_batch(self) -> None:
        """Lines that are the sum of all that is open of one batch of at least two items."""
        batches: dict[str, list[Item]] = defaultdict(list)
        for item in self._untouched():
            if item.batch:
                batches[item.batch].append(item)
        sums: dict[Amount, list[str]] = defaultdict(list)
        for batch, items in batches.items():
            if len(items) > 1:
                sums[total(item.amount for item in items)].append(batch)
        wanted: dict[LegKey, list[str]] = {}
        wanting: dict[str, int] = defaultdict(int)
        for leg in self._unnamed():
            found = [
                batch
                for batch in sums.get(leg.amount, ())
                if all(
                    self._fits(leg, item.since) and (leg.key, item.name) not in self._barred
                    for item in batches[batch]
                )
            ]
            wanted[leg.key] = found
            for batch in found:
                wanting[batch] += 1
        for key, found in wanted.items():
            if len(found) == 1 and wanting[found[0]] == 1:
                got = [(item.name, item.amount) for item in batches[found[0]]]
                self._take(Rule.BATCH, Effect.SETTLES, [self._left[key]], got)

    def by_amount(self) -> None:
        """Pairs of exactly one amount, on the item's account, of which neither fits elsewhere."""
        items: dict[tuple[str, Amount], list[Item]] = defaultdict(list)
        legs: dict[tuple[str, Amount], list[Leg]] = defaultdict(list)
        for item in sorted(self._untouched(), key=lambda item: (item.since, item.name)):
            for account in item.counterparties:
                items[account, item.amount].append(item)
        for leg in self._unnamed():
            legs[leg.counterparty, leg.amount].append(leg)
        pairs = []
        for key in items.keys() & legs.keys():
            for leg in legs[key]:
                near = self._near(leg, items[key])
                if len(near) == 1 and self._rivals(near[0], legs) == [leg]:
                    pairs.append((leg, near[0]))
        for leg, item in sorted(pairs, key=lambda pair: (pair[0].booked_on, pair[0].key)):
            self._take(Rule.AMOUNT, Effect.SETTLES, [leg], [(item.name, item.amount)])

    def _near(self, leg: Leg, items: list[Item], most: int = 2) -> list[Item]:
        """Items, sorted by day, within the days of a leg: the first of them, which is enough."""
        earliest, latest = self._window(leg.booked_on)
        found: list[Item] = []
        first = bisect_left(items, earliest, key=lambda item: item.since)
        for item in (items[at] for at in range(first, len(items))):
            if item.since > latest or len(found) == most:
                break
            if (leg.key, item.name) not in self._barred:
                found.append(item)
        return found

    def _rivals(self, item: Item, legs: dict[tuple[str, Amount], list[Leg]]) -> list[Leg]:
        """Legs, sorted by day, that an item may be, from whichever of its accounts: two at most."""
        before, after = self._tolerances.days_before, self._tolerances.days_after
        earliest, latest = item.since - timedelta(before), item.since + timedelta(after)
        found: list[Leg] = []
        for account in sorted(item.counterparties):
            of_account = legs.get((account, item.amount), [])
            first = bisect_left(of_account, earliest, key=lambda leg: leg.booked_on)
            for leg in (of_account[at] for at in range(first, len(of_account))):
                if leg.booked_on > latest or len(found) > 1:
                    break
                if (leg.key, item.name) not in self._barred:
                    found.append(leg)
        return found

    # --- what is left -------------------------------------------------------------------------

    def found(self) -> Found:
        """All matches, and the legs that are left with what they might be."""
        by_amount: dict[Amount, list[Item]] = defaultdict(list)
        for item in sorted(self._untouched(), key=lambda item: (item.since, item.name)):
            by_amount[item.amount].append(item)
        left = []
        for key, leg in self._left.items():
            if key in self._why:
                why, candidates = self._why[key]
            else:
                near = self._near(leg, by_amount.get(leg.amount, []), CANDIDATES_MAX)
                candidates = tuple(item.name for item in near)
                why = Why.UNCERTAIN if candidates else Why.UNKNOWN
            left.append(OpenLeg(leg, why, candidates))
        paid = {name: each.paid for name, each in self._standing.items()}
        return Found(tuple(self._matches), tuple(left), paid)


def _why_not(standing: _Standing, leg: Leg) -> Why:
    """Why a leg that names an item was not matched with it."""
    if not standing.is_out(leg.amount):
        return Why.RETURN
    if standing.item.closed:
        return Why.CLOSED
    whole = standing.over or not standing.rest
    return Why.AGAIN if whole and leg.amount == standing.item.amount else Why.AMOUNT


def _said(leg: Leg, names: dict[str, str]) -> tuple[str, ...]:
    """The items that a leg's reference and text name, in order of name."""
    tokens = (plain(token) for token in _TOKEN.findall(f"{leg.reference} {leg.text}"))
    return tuple(sorted({names[token] for token in tokens if token in names}))
