"""The London rough sleeping bond: 12 and 18 months, 13 and 26 weeks, a return of 6.5 % at most.

Published: those lengths and that return (sources in terms.yaml). The prices are invented.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext

import pytest

from ledger.money import Amount
from tests.examples.agreement import Told, told


@pytest.fixture(scope="module")
def all_told() -> Told:
    return told("london-rough-sleeping", date(2016, 11, 1))


def test_homes_and_work_pay_at_the_published_lengths(all_told: Told) -> None:
    """One home is lost after 15 months; one job is kept for 26 weeks."""
    lengths = [each.outcome.key for each in all_told.decided("home")]
    assert sorted(lengths) == ["12m"] * 4 + ["18m"] * 3
    assert [each.outcome.key for each in all_told.decided("work")] == ["13w", "26w"]


def test_a_quarter_with_fewer_on_the_street_than_the_baseline_is_paid_as_a_whole(
    all_told: Told,
) -> None:
    """Of 20 people 8 were expected and 6 were seen; in the next quarter 9."""
    paid = [
        each.entitlement and str(each.entitlement.total)
        for each in all_told.decided("rough-sleeping")
    ]
    assert paid == ["500.00", None]


def test_the_investors_get_their_capital_and_six_and_a_half_percent_and_no_more(
    all_told: Told,
) -> None:
    """On the day of the last payment, capital and payments, grown at that rate, are even."""
    paid = [
        (each.outcome.achieved_on, each.entitlement.total.minor)
        for each in all_told.assessment.decided
        if each.entitlement and each.entitlement.total
    ]
    last = paid[-1][0]
    with localcontext(prec=60):
        rate = Decimal("1.065")

        def grown(on: date, minor: int) -> Decimal:
            return minor * rate ** (Decimal((last - on).days) / 365)

        left = grown(date(2012, 11, 1), 2000000) - sum(grown(on, minor) for on, minor in paid)
    assert 0 <= left < 1
    assert all_told.paid() == Amount.parse("21492.32")
    worth = sum(each.outcome.amount for each in all_told.assessment.decided)
    assert worth == 3830000


def test_it_is_divided_by_what_each_investor_put_in(all_told: Told) -> None:
    """A quarter to the charity, never more, and the rest to the lender."""
    by_payee = {"charity": 0, "lender": 0}
    for each in all_told.assessment.decided:
        for part in each.entitlement.parts if each.entitlement else ():
            by_payee[part.payee] += part.amount.minor
    assert sum(by_payee.values()) == all_told.paid().minor
    assert 0 <= all_told.paid().minor - 4 * by_payee["charity"] < 4 * len(all_told.decided("home"))
