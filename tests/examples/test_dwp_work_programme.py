"""The UK's Work Programme: what a participant of each payment group brings at most.

Published: House of Commons, Work and Pensions Committee, HC 162 (2013-14), table 3; the rule of
four continuous weeks and fifteen working days: written answer of 10 July 2013 (see terms.yaml).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

import pytest

from ledger.metrics.base import Waiting
from ledger.money import ZERO, Amount
from tests.examples.agreement import Told, told

PUBLISHED = {
    (400, 1200, 2210): 3810,  # Jobseeker's Allowance, 18-24
    (400, 1200, 2795): 4395,  # 25 and over
    (400, 1200, 5000): 6600,  # early access
}
"""Attachment, job outcome, all sustainment payments together; and in all. In pounds."""
BROKEN, SHORT = (400, 1200, 430), (400, 0, 0)


@pytest.fixture(scope="module")
def all_told() -> Told:
    return told("dwp-work-programme", date(2014, 1, 1))


def test_each_group_comes_to_its_published_payments(all_told: Told) -> None:
    """Three stay in work; one is out of it twice and earns two instalments; one leaves too soon."""
    by_person: dict[str, dict[str, Amount]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for each in all_told.assessment.decided:
        if each.entitlement:
            stage = each.outcome.metric.removesuffix("-early")
            by_person[each.outcome.unit][stage] += each.entitlement.total
    stages = ("attachment", "job-outcome", "sustainment")
    found = Counter(
        tuple(paid[stage].minor // 100 for stage in stages) for paid in by_person.values()
    )
    assert found == Counter([*PUBLISHED, BROKEN, SHORT])
    assert {sum(paid) for paid in found} >= set(PUBLISHED.values())


def test_a_sustainment_payment_waits_fifteen_working_days() -> None:
    """26 weeks from 5 September 2011 and four more end with 1 April 2012; claimed from 23 April."""
    early = told("dwp-work-programme", date(2012, 4, 22))
    assert early.paid("sustainment") == ZERO
    waiting = [each for each in early.assessment.waiting if each.metric == "sustainment"]
    assert [(each.achieved_on, each.waiting) for each in waiting[:2]] == [
        (date(2012, 4, 2), Waiting.CLAIM)
    ] * 2
    claimed = told("dwp-work-programme", date(2012, 4, 23))
    assert claimed.paid("sustainment") == Amount.parse("385")


def test_the_break_lost_the_weeks_begun_and_nothing_else(all_told: Told) -> None:
    paid = [each.outcome for each in all_told.decided("sustainment") if each.entitlement]
    days = defaultdict(list)
    for outcome in paid:
        days[outcome.unit].append(outcome.achieved_on)
    assert [date(2012, 4, 30), date(2012, 6, 29)] in days.values()


def test_the_department_owes_it_all(all_told: Told) -> None:
    assert all_told.owes("dwp") == all_told.paid() == Amount.parse("17235")
