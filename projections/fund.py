"""The fund at a glance: appropriations by year, and commitments by agreement."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from ledger.decide.fund import Commitment, FundState
from ledger.money import ZERO, Amount
from ledger.parties import Role
from projections import views as v
from projections.follow import Views
from projections.posting import Account


@dataclass(frozen=True, slots=True)
class Year:
    """A budget year: its appropriation, and what was committed and expensed in it."""

    year: int
    appropriated: Amount
    committed: Amount
    available: Amount
    expensed: Amount


@dataclass(frozen=True, slots=True)
class Committed:
    """A commitment to one agreement. `beyond` is what outcomes cost that it does not reach.

    Where outcomes cost something without a commitment, it has no day, and all is beyond it.
    """

    agreement: str
    given_on: date | None
    given: Amount
    reestimated: Amount
    annulled: Amount
    amount: Amount
    drawn: Amount
    undrawn: Amount
    beyond: Amount
    paid: Amount


@dataclass(frozen=True, slots=True)
class FundStatus:
    """Where the fund stands. `provision` is the balance in its book, credit above zero."""

    party: str
    recognition: str
    years: tuple[Year, ...]
    commitments: tuple[Committed, ...]
    provision: Amount


_EXPENSES = (Account.COMMITMENT_EXPENSE.value, Account.OUTCOME_EXPENSE.value)


def status(fund: FundState, views: Views) -> FundStatus:
    """Appropriations and commitments as decided, with what the books and the bank say of them.

    Raises:
        ledger.decide.refusal.OutOfOrder: if the fund has no policy.
    """
    policy = fund.require_policy()
    expensed: dict[int, int] = defaultdict(int)
    entitled: dict[str, int] = defaultdict(int)
    provision = 0
    line, paid = v.line.c, defaultdict[str, int](int)
    own = (line.book == policy.party) & (line.role == Role.OUTCOME_PAYER.value)
    with views.engine.connect() as connection:
        for row in connection.execute(select(v.line).where(own)):
            if row.account in _EXPENSES:
                expensed[row.value_date.year] += row.amount
            if row.account == Account.OUTCOME_EXPENSE.value:
                entitled[row.agreement] += row.amount
            if row.account == Account.PROVISION.value:
                provision -= row.amount
        for row in connection.execute(select(v.payment).where(v.payment.c.settled_at.is_not(None))):
            if (row.payer, row.role) == (policy.party, Role.OUTCOME_PAYER.value):
                paid[row.agreement] += row.amount
    nothing = Commitment(date.min, ZERO)
    years = sorted(fund.appropriated.keys() | fund.committed.keys() | expensed.keys())
    return FundStatus(
        policy.party,
        policy.recognition.value,
        tuple(
            Year(
                year,
                fund.appropriated.get(year, ZERO),
                fund.committed.get(year, ZERO),
                fund.available(year),
                Amount(expensed[year]),
            )
            for year in years
        ),
        tuple(
            Committed(
                agreement,
                each.given_on if each is not nothing else None,
                each.given,
                each.reestimated,
                each.annulled,
                each.amount,
                each.drawn,
                each.undrawn,
                Amount(entitled[agreement]) - each.drawn,
                Amount(paid[agreement]),
            )
            for agreement in sorted(fund.commitments.keys() | entitled.keys())
            for each in [fund.commitments.get(agreement, nothing)]
        ),
        Amount(provision),
    )
