"""The fund at a glance: what was saved, what was paid for it, and how the investors stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import Row, select

from ledger.money import Amount, from_exact, rounded
from ledger.parties import PAYING_ROLES, Role
from ledger.shelter.rules import RefundRuleTable
from projections import views as v
from projections.follow import Views


@dataclass(frozen=True, slots=True)
class Saved:
    """Nights and gains of achieved outcomes, by the year and the refund rule of the nights."""

    year: int
    rule: str
    nights_counterfactual: int
    nights_actual: int
    state_gain: Amount
    municipal_gain: Amount

    @property
    def nights_saved(self) -> int:
        """Nights that would have been, less those that were."""
        return self.nights_counterfactual - self.nights_actual


@dataclass(frozen=True, slots=True)
class Paid:
    """What outcomes achieved in a year, under the rule then in force, entitled to and were paid."""

    year: int
    rule: str
    outcomes: int
    state_entitled: Amount
    state_paid: Amount
    municipal_entitled: Amount
    municipal_paid: Amount


@dataclass(frozen=True, slots=True)
class Investor:
    """How one investor stands in one agreement."""

    agreement: str
    investor: str
    instrument: str
    committed: Amount
    paid_in: Amount
    entitled: Amount
    received: Amount
    guaranteed: Amount
    """What the guarantor covers of its loss: called, less reversed."""

    @property
    def outstanding(self) -> Amount:
        """What it is entitled to and has not received."""
        return self.entitled - self.received


@dataclass(frozen=True, slots=True)
class Continuation:
    """Who continues the programme if the goals are met; None while that is not decided yet."""

    party: str
    metric: str | None
    at_least: str
    achieved: int
    decided: int
    met: bool | None


@dataclass(frozen=True, slots=True)
class AgreementStatus:
    """Where one agreement stands."""

    agreement: str
    title: str
    people: int
    enrolled: int
    erased: int
    erased_on: date | None
    """The day on which somebody was erased last."""
    achieved: int
    missed: int
    waiting: int
    housed: int
    register_until: date | None
    assessed_until: date | None
    entitled: Amount
    cap: Amount | None
    guarantor: str | None
    guarantee: Amount | None
    guaranteed: Amount
    continuation: Continuation | None


def saved(views: Views, table: RefundRuleTable) -> list[Saved]:
    """What was saved, in order of year and of the rules' dates."""
    sums: dict[tuple[int, str], list[Fraction]] = defaultdict(lambda: [Fraction(0)] * 4)
    with views.engine.connect() as connection:
        for row in connection.execute(select(v.gain)):
            found = sums[row.year, row.rule]
            found[0] += row.nights_counterfactual
            found[1] += row.nights_actual
            found[2] += from_exact(row.state_gain)
            found[3] += from_exact(row.municipal_gain)
    return [
        Saved(year, rule, int(each[0]), int(each[1]), rounded(each[2]), rounded(each[3]))
        for (year, rule), each in sorted(sums.items(), key=_in_order(table))
    ]


def paid(views: Views, table: RefundRuleTable) -> list[Paid]:
    """What was paid for outcomes, by year of achievement and the rule in force on that day."""
    settled: dict[tuple[str, str], int] = defaultdict(int)
    with views.engine.connect() as connection:
        items = (
            select(v.payment_item.c.claim, v.payment.c.role, v.payment_item.c.amount)
            .join(v.payment, v.payment.c.payment == v.payment_item.c.payment)
            .where(v.payment.c.settled_at.is_not(None))
        )
        for row in connection.execute(items):
            settled[row.claim, row.role] += row.amount
        owed: dict[tuple[str, str], int] = defaultdict(int)
        for row in connection.execute(select(v.claim_part)):
            owed[row.claim, row.role] += row.amount
        claims = connection.execute(select(v.claim).where(v.claim.c.achieved)).all()
    sums: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0] * 5)
    state, municipality = Role.OUTCOME_PAYER.value, Role.CO_PAYER.value
    for claim in claims:
        found = sums[claim.period_end.year, _rule_on(table, claim.period_end)]
        found[0] += 1
        found[1] += owed[claim.claim, state]
        found[2] += settled[claim.claim, state]
        found[3] += owed[claim.claim, municipality]
        found[4] += settled[claim.claim, municipality]
    return [
        Paid(year, rule, each[0], *(Amount(minor) for minor in each[1:]))
        for (year, rule), each in sorted(sums.items(), key=_in_order(table))
    ]


def _in_order(
    table: RefundRuleTable,
) -> Callable[[tuple[tuple[int, str], object]], tuple[int, int]]:
    """A sorting key for rows by (year, rule)."""
    order = {rule.id: number for number, rule in enumerate(table.rules, start=1)}
    return lambda row: (row[0][0], order.get(row[0][1], 0))


def _rule_on(table: RefundRuleTable, day: date) -> str:
    return [rule.id for rule in table.rules if rule.valid_from <= day][-1]


def investors(views: Views) -> list[Investor]:
    """How every investor stands, by agreement."""
    received: dict[tuple[str, str], int] = defaultdict(int)
    entitled: dict[tuple[str, str], int] = defaultdict(int)
    with views.engine.connect() as connection:
        for row in connection.execute(select(v.payment).where(v.payment.c.settled_at.is_not(None))):
            if row.role in PAYING_ROLES:
                received[row.agreement, row.payee] += row.amount
        parts = select(v.claim.c.agreement, v.claim_part.c.payee, v.claim_part.c.amount).join(
            v.claim, v.claim.c.claim == v.claim_part.c.claim
        )
        for row in connection.execute(parts):
            entitled[row.agreement, row.payee] += row.amount
        capital = connection.execute(
            select(v.capital).order_by(v.capital.c.agreement, v.capital.c.investor)
        ).all()
    return [
        Investor(
            row.agreement,
            row.investor,
            row.instrument,
            Amount(row.committed),
            Amount(row.paid_in),
            Amount(entitled[row.agreement, row.investor]),
            Amount(received[row.agreement, row.investor]),
            Amount(row.guaranteed),
        )
        for row in capital
    ]


def agreements(views: Views) -> list[AgreementStatus]:
    """Where every agreement stands, by its name."""
    with views.engine.connect() as connection:
        rows = connection.execute(select(v.agreement).order_by(v.agreement.c.agreement)).all()
        claims = connection.execute(select(v.claim).order_by(v.claim.c.period_end)).all()
        covered: dict[str, int] = defaultdict(int)
        for capital in connection.execute(select(v.capital)):
            covered[capital.agreement] += capital.guaranteed
    found = []
    for row in rows:
        own = [claim for claim in claims if claim.agreement == row.agreement]
        # The last milestone decided for each person says whether the person is housed now.
        last = {claim.subject: claim.achieved for claim in own}
        found.append(
            AgreementStatus(
                agreement=row.agreement,
                title=row.title,
                people=row.people,
                enrolled=row.enrolled,
                erased=row.erased,
                erased_on=row.erased_on,
                achieved=sum(claim.achieved for claim in own),
                missed=sum(not claim.achieved for claim in own),
                waiting=row.waiting,
                housed=sum(last.values()),
                register_until=row.register_until,
                assessed_until=row.assessed_until,
                entitled=Amount(sum(claim.total for claim in own)),
                cap=Amount(row.cap) if row.cap is not None else None,
                guarantor=row.guarantor,
                guarantee=Amount(row.guarantee) if row.guarantee is not None else None,
                guaranteed=Amount(covered[row.agreement]),
                continuation=_continuation(row, own),
            )
        )
    return found


def _continuation(row: Row[Any], claims: list[Row[Any]]) -> Continuation | None:
    """Whether somebody is bound to continue: told when all is assessed and nothing waits."""
    if row.continues is None:
        return None
    own = [each for each in claims if row.continues_metric in {None, each.metric}]
    achieved = sum(each.achieved for each in own)
    over = row.assessed_until is not None and row.assessed_until >= row.ends_on
    met = None
    if own and over and not row.waiting:
        met = Fraction(achieved, len(own)) >= Fraction(row.continues_at_least)
    return Continuation(
        row.continues, row.continues_metric, row.continues_at_least, achieved, len(own), met
    )
