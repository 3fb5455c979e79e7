"""What a person says of bank lines: what they are, what they are not, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger import events as e
from ledger.decide.ahead import Ahead
from ledger.decide.bank_state import BankState, Made
from ledger.decide.expected import Expected, legs
from ledger.decide.matching import TOLERANCES, Effect, Item, Leg, Match, Rule
from ledger.decide.reconcile import Reconciliation
from ledger.decide.refusal import AgainstTerms, AlreadyDone, NotFound, OutOfOrder
from ledger.money import ZERO, Amount, total

Parties = Mapping[str, Reconciliation]


def match_lines(parties: Parties, names: Sequence[str], reason: str) -> str:
    """Lines are items, as a person says; what a rule had made of them gives way.

    Returns the party whose lines they are.

    Raises:
        NotFound: if a name is neither a line's nor an item's.
        AgainstTerms: if the lines and items do not fit together.
        OutOfOrder: if money has moved on from what they were matched with.
    """
    party = _party_of_lines(parties, names)
    one = parties[party]
    lines = [_line_name(name, party) for name in names]
    known = [name for name in lines if name in one.bank.lines]
    wanted = [name for name in lines if name not in one.bank.lines]
    items = one.items()
    missing = [name for name in wanted if name not in items]
    if missing:
        message = (
            f"{missing[0]!r} is neither a line of {party} nor anything that its bank should show; "
            "`ofl bank open` names both"
        )
        raise NotFound(message)
    if not known or not wanted:
        message = "name at least one line and one item"
        raise AgainstTerms(message)
    resolved = [name for name in known if name in one.bank.resolved]
    if resolved:
        message = f"{resolved[0]} is resolved; `ofl bank reopen` opens it first"
        raise OutOfOrder(message)
    chosen = [leg for leg in legs(one.bank) if leg.key[0] in known]
    _make_way(one, items, chosen, wanted, reason)
    one.make(_as_said(one, one.items(), chosen, wanted), items, reason)
    return party


def _party_of_lines(parties: Parties, names: Sequence[str]) -> str:
    found = {
        party
        for party, one in parties.items()
        for name in names
        if _line_name(name, party) in one.bank.lines
    }
    if not found:
        message = "none of these is a line of the bank; `ofl bank open` names the lines"
        raise NotFound(message)
    if len(found) > 1:
        message = f"these lines are of {' and '.join(sorted(found))}; write them as ACCOUNT/LINE"
        raise AgainstTerms(message)
    return found.pop()


def _line_name(name: str, party: str) -> str:
    return name.removeprefix(f"{party}/")


def _make_way(
    one: Reconciliation,
    items: Mapping[str, Expected],
    chosen: Sequence[Leg],
    wanted: Sequence[str],
    reason: str,
) -> None:
    """Give up what rules had made of these lines, and of the items as a whole."""
    keys = {leg.key for leg in chosen}
    leaving: list[Made] = []
    every = list(one.bank.matches.values())
    gone = {
        each.name
        for name, given_back in one.given_back(items).items()
        if one.bank.matches[name].match.rule is Rule.PERSON
        for each in given_back
    }
    for made in reversed(every):
        touches = keys & set(made.match.legs)
        whole = any(name in wanted for name, _ in made.match.items)
        if touches and made.match.rule is Rule.PERSON:
            message = f"{made.name} says what that line is; `ofl bank unmatch` gives it up first"
            raise OutOfOrder(message)
        if touches or (whole and made.match.rule is not Rule.PERSON and made.name not in gone):
            one.require_free(made, items)
            leaving.append(made)
    _give_up(one, items, leaving, reason)


def _give_up(
    one: Reconciliation,
    items: Mapping[str, Expected],
    leaving: Sequence[Made],
    reason: str,
    by_hand: str = "",
) -> None:
    """Give up matches and what falls with them; one of them because a person said so."""
    every = one.with_returns(leaving, items)
    names = {made.name for made in every}
    for made in every:
        one.give_up(made, items, reason, by_hand=made.name == by_hand, leaving=names)


def _as_said(
    one: Reconciliation,
    items: Mapping[str, Expected],
    chosen: Sequence[Leg],
    wanted: Sequence[str],
) -> Match:
    """The match that a person means, if the sums allow it."""
    keys = tuple(leg.key for leg in chosen)
    sum_of_lines = total(leg.amount for leg in chosen)
    rest = {name: items[name].item.amount - one.paid(items[name].item) for name in wanted}
    sum_of_items = total(rest.values())
    difference = sum_of_lines - sum_of_items
    if sum_of_items and -TOLERANCES.fee_max.minor <= difference.minor <= 0:
        return Match(Rule.PERSON, Effect.SETTLES, keys, tuple(rest.items()), difference)
    if len(wanted) == 1:
        (name,) = wanted
        if not rest[name] and sum_of_lines == -items[name].item.amount:
            _require_lines(items[name].item)
            got = ((name, sum_of_lines),)
            return Match(Rule.PERSON, Effect.RETURNS, keys, got)
        if _is_part(sum_of_lines, rest[name]):
            return Match(Rule.PERSON, Effect.SETTLES, keys, ((name, sum_of_lines),))
    message = (
        f"the lines come to {sum_of_lines} and what is open of the items to {sum_of_items}; the "
        f"difference may be a fee of at most {TOLERANCES.fee_max}, or one item be paid in part"
    )
    raise AgainstTerms(message)


def _require_lines(item: Item) -> None:
    """Refuse a return of what was settled without a line: nothing would be booked.

    Raises:
        AgainstTerms: if it was.
    """
    if item.settled:
        message = (
            f"{item.settled} of {item.name} was settled without a line of the bank (told by hand, "
            "set off or given up), so no line can give it back; import the statement that shows "
            "it paid, or say with `ofl bank resolve` what this line is"
        )
        raise AgainstTerms(message)


def _is_part(amount: Amount, rest: Amount) -> bool:
    return ZERO < amount < rest or rest < amount < ZERO


def unmatch(parties: Parties, name: str, reason: str) -> str:
    """A match is given up, and no rule makes it again. Returns the party.

    Raises:
        NotFound: if no match of that name stands.
        OutOfOrder: if money has moved on from it.
    """
    for party, one in parties.items():
        made = one.bank.matches.get(name)
        if made is not None:
            items = one.items()
            one.require_free(made, items)
            _give_up(one, items, [made], reason, by_hand=name)
            return party
    message = f"no match {name!r} stands; `ofl bank matches` names those that do"
    raise NotFound(message)


def resolve(
    ahead: Ahead, parties: Parties, name: str, resolution: e.Resolution, reason: str
) -> str:
    """A line is what a person says, and no longer open. Returns the party.

    Raises:
        NotFound: if there is no such line.
        OutOfOrder: if it is matched.
        AlreadyDone: if it is resolved.
    """
    party = _party_of_lines(parties, [name])
    bank, line = parties[party].bank, _line_name(name, party)
    if line in bank.resolved:
        message = f"{line} is resolved already, as {bank.resolved[line][1].resolution}"
        raise AlreadyDone(message)
    if (made := _match_of(bank, line)) is not None:
        message = f"{line} is matched ({made.name}); `ofl bank unmatch` takes it apart first"
        raise OutOfOrder(message)
    said = e.BankLineResolved(
        line=line,
        account=party,
        seen_at=bank.seen_at[line],
        resolution=resolution,
        reason=reason,
    )
    ahead.record(party, ahead.today, said)
    return party


def _match_of(bank: BankState, line: str) -> Made | None:
    for made in bank.matches.values():
        if any(leg[0] == line for leg in made.match.legs):
            return made
    return None


def reopen(ahead: Ahead, parties: Parties, name: str, reason: str) -> str:
    """A resolved line is open again. Returns the party.

    Raises:
        NotFound: if it is not resolved.
    """
    party = _party_of_lines(parties, [name])
    bank, line = parties[party].bank, _line_name(name, party)
    if line not in bank.resolved:
        message = f"{line} is not resolved"
        raise NotFound(message)
    position, _ = bank.resolved[line]
    back = e.BankLineReopened(line=line, account=party, resolved_at=position, reason=reason)
    ahead.record(party, ahead.today, back)
    return party
