"""Matching as it is recorded: what is found among all lines, against what was recorded before.

A match that is no longer found is given up: what it settled is reversed, by events. What a person
matched stands, and so does what money has moved on from since: a payment that came back and is owed
again cannot be put together anew, nor what was paid in, went back, and was settled otherwise then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from datetime import date

from ledger import events as e
from ledger.decide import clawback, investment, settling
from ledger.decide.ahead import Ahead
from ledger.decide.bank_state import BankState, Made
from ledger.decide.expected import (
    CapitalItem,
    DemandItem,
    Expected,
    Numbers,
    PaymentItem,
    expected,
    legs,
    place,
)
from ledger.decide.matching import Effect, Found, Item, LegKey, Match, Rule, match
from ledger.decide.refusal import OutOfOrder
from ledger.money import Amount, total

_STANDS = (Rule.PERSON, Rule.EARLIER)
FOUND_OTHERWISE = "all lines and items together say something else"


class Reconciliation:
    """One party's lines and items, as they are ahead."""

    def __init__(self, ahead: Ahead, party: str, numbers: Numbers) -> None:
        self._ahead = ahead
        self._party = party
        self._numbers = numbers

    @property
    def bank(self) -> BankState:
        """What the bank has shown, ahead."""
        return self._ahead.bank(self._party)

    def items(self) -> dict[str, Expected]:
        """Everything that the bank should show."""
        return expected(self._ahead.agreements(), self.bank, self._numbers)

    def run(self) -> Found:
        """Give up what is no longer found, and record what is newly found."""
        items = self.items()
        pinned = self._pinned(items)
        found = match(
            legs(self.bank),
            [each.item for each in items.values()],
            [made.match for made in pinned],
            self.bank.barred,
        )
        wanted = dict.fromkeys(found.matches[len(pinned) :])
        stands = {made.name for made in pinned}
        free = [made for made in self.bank.matches.values() if made.name not in stands]
        leaving = [made for made in free if made.match not in wanted]
        leaving = self.with_returns([*leaving, *self._hollow(items)], items)
        gone = {made.name for made in leaving}
        for made in free:
            if made.name not in gone:
                del wanted[made.match]
        # The newest first: what came back is put back before what had left is given up.
        for made in leaving:
            self.give_up(made, items, FOUND_OTHERWISE, by_hand=False, leaving=gone)
        for each in wanted:
            self.make(each, items, "")
        return found

    def _pinned(self, items: Mapping[str, Expected]) -> list[Made]:
        """What stands; and what went back, with its return, if both would be too much now."""
        fallen = {made.name for made in self.with_returns(self._hollow(items), items)}
        every = [made for made in self.bank.matches.values() if made.name not in fallen]
        stands = {made.name for made in every if self._stands(made, items)}
        leaving = {made.name for made in every} - stands
        for name, gone in self.given_back(items).items():
            back = self.bank.matches[name]
            if name in fallen:
                continue
            if name in stands or self._too_much(back, gone, items, leaving):
                stands |= {name, *(made.name for made in gone)}
        return [made for made in every if made.name in stands]

    def _stands(self, made: Made, items: Mapping[str, Expected]) -> bool:
        if made.match.rule in _STANDS:
            return True
        return any(self._has_moved_on(items.get(name)) for name, _ in made.match.items) and (
            made.match.effect is not Effect.CANCELS
        )

    def _has_moved_on(self, item: Expected | None) -> bool:
        """Whether what was settled can no longer be taken back."""
        match item:
            case PaymentItem():
                state = self._ahead.agreement(item.agreement)
                payment = state.payments[item.item.name]
                return payment.over is not None and not settling.may_be_kept(state, payment)
            case None:
                return True
        return False

    def with_returns(self, leaving: Collection[Made], items: Mapping[str, Expected]) -> list[Made]:
        """Matches that are given up, and what falls with them; the newest first.

        A return falls with anything that it gave back, for it would give back nothing then. What
        else it gave back is there again, or falls too, if that would be too much by now.
        """
        found = {made.name: made for made in leaving}
        given_back = self.given_back(items)
        before = -1
        while before != len(found):
            before = len(found)
            for name, gone in given_back.items():
                back = self.bank.matches[name]
                if any(made.name in found for made in gone):
                    found[name] = back
                if name in found and self._too_much(back, gone, items, found):
                    found |= {made.name: made for made in gone}
        return sorted(found.values(), key=lambda made: made.at, reverse=True)

    def given_back(self, items: Mapping[str, Expected]) -> dict[str, list[Made]]:
        """By the name of each return: the matches whose money went back with it."""
        there: dict[str, list[Made]] = defaultdict(list)
        found: dict[str, list[Made]] = {}
        for made in self.bank.matches.values():
            for name, _ in made.match.items:
                if made.match.effect is Effect.SETTLES:
                    there[name].append(made)
                elif made.match.effect is Effect.RETURNS:
                    before, item = there.pop(name, []), items.get(name)
                    here = () if item is None else self._in_place(item)
                    gone = [each for each in before if self._bank_line(each.match.legs) not in here]
                    found[made.name] = [*found.get(made.name, ()), *gone]
        return found

    def _hollow(self, items: Mapping[str, Expected]) -> list[Made]:
        """Returns of which not all went back with them, as ledgers once recorded them."""
        found = []
        for name, gone in self.given_back(items).items():
            back = self.bank.matches[name]
            known = [each for each in back.match.items if each[0] in items]
            if any(_sum(gone, item) != -amount for item, amount in known):
                found.append(back)
        return found

    def require_free(self, made: Made, items: Mapping[str, Expected]) -> None:
        """Refuse to take apart what money has moved on from, or a return whose place is taken.

        Raises:
            OutOfOrder: if it is so.
        """
        if made.match.effect is Effect.CANCELS:
            return
        gone = self.given_back(items).get(made.name, [])
        if self._too_much(made, gone, items, ()):
            name = made.match.items[0][0]
            message = (
                f"{made.name} says that {name} went back, and {name} was settled otherwise since; "
                "`ofl bank unmatch` takes apart what settled it since; or what settled it before, "
                "and this with it"
            )
            raise OutOfOrder(message)
        for name, _ in made.match.items:
            if self._has_moved_on(items.get(name)):
                message = (
                    f"{made.name} settled {name}, which has come to nothing since and is owed "
                    "anew; it cannot be taken apart any more"
                )
                raise OutOfOrder(message)

    def paid(self, item: Item) -> Amount:
        """What is settled of an item and has not come back, signed as its amount."""
        return item.settled + total(
            amount
            for made in self.bank.matches.values()
            if made.match.effect is not Effect.CANCELS
            for name, amount in made.match.items
            if name == item.name
        )

    # --- what a match does --------------------------------------------------------------------

    def make(self, found: Match, items: Mapping[str, Expected], reason: str) -> None:
        """Record a match and what it does to its items."""
        on = max(self.bank.lines[line].booked_on for line, _ in found.legs)
        bank_line = self._bank_line(found.legs)
        for name, amount in found.items:
            if found.effect is Effect.SETTLES:
                self._settle(items[name], amount, bank_line, on)
            elif found.effect is Effect.RETURNS:
                self._return(items[name], amount, found.legs[0], on)
        event = e.BankMatched(
            match=self.bank.next_match,
            account=self._party,
            rule=found.rule.value,
            effect=found.effect.value,
            legs=tuple(e.MatchedLeg(line=line, part=part) for line, part in found.legs),
            items=tuple(e.MatchedItem(item=name, amount=amount) for name, amount in found.items),
            difference=found.difference,
            reason=reason,
        )
        self._ahead.record(self._party, on, event)

    def _settle(self, item: Expected, amount: Amount, bank_line: str, on: date) -> None:
        state = self._ahead.agreement(item.agreement)
        match item:
            case PaymentItem():
                news = settling.settle(state, item.item.name, on, bank_line, -amount)
            case CapitalItem():
                news = investment.receive(
                    state, item.drawdown, item.investor, on, bank_line, amount
                )
            case _:
                news = clawback.repay(state, item.item.name, on, bank_line, amount)
        self._ahead.take(item.agreement, news)

    def _return(self, item: Expected, amount: Amount, leg: LegKey, on: date) -> None:
        state = self._ahead.agreement(item.agreement)
        bank_line = self._bank_line((leg,))
        if isinstance(item, PaymentItem):
            reason = self._reason(leg)
            news = settling.give_back(state, item.item.name, on, bank_line, amount, reason)
            self._ahead.take(item.agreement, news)
        else:
            for made in self._settling(item.item.name):
                self._unsettle(item, made, on, f"it went back with {bank_line}")

    def _reason(self, leg: LegKey) -> str:
        """The bank's code for why money came back; or that it reversed its own line."""
        line, part = self.bank.lines[leg[0]], leg[1]
        code = line.details[part - 1].returned if part and line.details else line.returned
        return code or ("reversal" if line.reversal else "")

    def _settling(self, item: str) -> list[Made]:
        return [
            made
            for made in self.bank.matches.values()
            if made.match.effect is Effect.SETTLES
            and any(name == item for name, _ in made.match.items)
        ]

    # --- what giving it up does ---------------------------------------------------------------

    def give_up(
        self,
        made: Made,
        items: Mapping[str, Expected],
        reason: str,
        *,
        by_hand: bool,
        leaving: Container[str] = (),
    ) -> None:
        """Record that a match is given up, and reverse what it settled.

        `leaving` are the names of those that are given up with it.
        """
        found = made.match
        on = max(self.bank.lines[line].booked_on for line, _ in found.legs)
        if found.effect is Effect.SETTLES:
            for name, _ in found.items:
                self._unsettle(items[name], made, on, reason)
        elif found.effect is Effect.RETURNS:
            self._undo_return(items, made, on, reason, leaving)
        event = e.BankUnmatched(
            match=made.name,
            account=self._party,
            matched_at=made.at,
            by_hand=by_hand,
            reason=reason,
        )
        self._ahead.record(self._party, on, event)

    def _unsettle(self, item: Expected, made: Made, on: date, reason: str) -> None:
        state, bank_line = self._ahead.agreement(item.agreement), self._bank_line(made.match.legs)
        if not isinstance(item, PaymentItem) and bank_line not in self._in_place(item):
            return  # it went back already
        match item:
            case PaymentItem():
                news = settling.unsettle(state, item.item.name, on, bank_line, reason)
            case CapitalItem():
                news = investment.give_back(
                    state, item.drawdown, item.investor, on, bank_line, reason
                )
            case _:
                news = clawback.unrepay(state, item.item.name, on, bank_line, reason)
        self._ahead.take(item.agreement, news)

    def _undo_return(
        self,
        items: Mapping[str, Expected],
        back: Made,
        on: date,
        reason: str,
        leaving: Container[str],
    ) -> None:
        """What had come in and gone back is there after all, unless that is given up as well."""
        for name, _ in back.match.items:
            item = items[name]
            if isinstance(item, PaymentItem):
                state = self._ahead.agreement(item.agreement)
                bank_line = self._bank_line(back.match.legs)
                self._ahead.take(item.agreement, settling.keep(state, name, on, bank_line, reason))
                continue
            for made in self.given_back(items)[back.name]:
                amount = dict(made.match.items).get(name)
                if amount is not None and made.name not in leaving:
                    self._settle(item, amount, self._bank_line(made.match.legs), on)

    def _too_much(
        self,
        back: Made,
        gone: Iterable[Made],
        items: Mapping[str, Expected],
        leaving: Container[str],
    ) -> bool:
        """Whether what went back would be more than is open by now, were it there after all."""
        left = [made for made in gone if made.name not in leaving]
        for name, _ in back.match.items:
            item = items.get(name)
            if isinstance(item, CapitalItem | DemandItem) and _sum(left, name) > self._open(item):
                return True
        return False

    def _in_place(self, item: Expected) -> Collection[str]:
        """The bank lines whose money is there for an item; a payment that came back has none."""
        if isinstance(item, PaymentItem):
            return ()
        state = self._ahead.agreement(item.agreement)
        if isinstance(item, CapitalItem):
            return state.drawdowns[item.drawdown].received.get(item.investor, {})
        return state.demands[item.item.name].repayments

    def _open(self, item: CapitalItem | DemandItem) -> Amount:
        """What of an item is not settled by anything."""
        state = self._ahead.agreement(item.agreement)
        if isinstance(item, CapitalItem):
            return item.item.amount - state.drawdowns[item.drawdown].paid(item.investor)
        return state.demands[item.item.name].outstanding

    def _bank_line(self, legs: Sequence[LegKey]) -> str:
        """What settled or returned something, as agreements name it: the first leg."""
        return f"{self._party}/{place(legs[0])}"


def _sum(matches: Iterable[Made], item: str) -> Amount:
    """What an item gets of some matches."""
    every = (each for made in matches for each in made.match.items)
    return total(amount for name, amount in every if name == item)
