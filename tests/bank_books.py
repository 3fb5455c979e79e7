"""What matched lines come to, against what the journal has booked on the same bank account.

The lines are added up as the bank gave them, and the journal as it was posted; neither asks how
lines are matched. What a person told without a line is in no statement, and left out.
"""

from __future__ import annotations

from collections import Counter

from ledger import events as e
from ledger.decide.bank_state import BankState
from ledger.decide.decision import agreement_stream
from ledger.decide.expected import legs_of
from ledger.events import Recorded
from ledger.service import Ledger
from projections.posting import Account, post

ALL = "all matched lines"


def lines_of(bank: BankState) -> Counter[str]:
    """What matched lines of an account come to, in minor units: all of them, and by item.

    A fee that the bank kept is on the account and in no agreement's books, so it is left out.
    """
    sums: Counter[str] = Counter()
    parts = {
        leg.key: leg.amount.minor
        for name, line in bank.lines.items()
        for leg in legs_of(line, bank.notices.get(name))
    }
    for made in bank.matches.values():
        sums[ALL] += sum(parts[key] for key in made.match.legs) - made.match.difference.minor
        sums.update({item: amount.minor for item, amount in made.match.items})
    return _not_nothing(sums)


def booked_by_lines(ledger: Ledger, party: str) -> Counter[str]:
    """The same of what the journal has on a party's bank account for lines of that account."""
    sums: Counter[str] = Counter()
    streams = [agreement_stream(name) for name in ledger.agreements()]
    for recorded in (each for stream in streams for each in ledger.read(stream)):
        item = _item(recorded, party)
        if item is None:
            continue
        for line in post(recorded):
            if (line.book, line.account) == (party, Account.BANK):
                sums[ALL] += line.amount.minor
                sums[item] += line.amount.minor
    return _not_nothing(sums)


def _item(recorded: Recorded, party: str) -> str | None:
    """What an event books a line of a party's account for, as the bank's items are named."""
    event = recorded.event
    if not str(getattr(event, "bank_line", None) or "").startswith(f"{party}/"):
        return None
    match event:
        case e.CapitalReceived() | e.CapitalReversed():
            return f"{event.drawdown}/{event.investor}"
        case e.ClawbackRepaid() | e.RepaymentReversed():
            return event.demand
        case e.PaymentSettled() | e.SettlementReversed() | e.PaymentReturned() | e.ReturnReversed():
            return event.payment
    raise AssertionError(recorded)


def _not_nothing(sums: Counter[str]) -> Counter[str]:
    return Counter({name: minor for name, minor in sums.items() if minor})


def differing(ledger: Ledger) -> list[str]:
    """Everything of which matched lines and the journal do not say the same; none is right."""
    found = []
    for party, bank in ledger.banks().items():
        lines, booked = lines_of(bank), booked_by_lines(ledger, party)
        found += [
            f"{party}: {name}: {lines[name]} by lines, {booked[name]} in the books"
            for name in sorted(lines.keys() | booked.keys())
            if lines[name] != booked[name]
        ]
    return found
