"""Homes Not Jail, Salt Lake: three published prices, and a published cap that binds.

Published: $3,500 per month without jail or shelter, $2,300 per graduation, $5,000 per treatment
enrolment; contract cap $5.55m. What is due is counted here a second time, day by day.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from ledger.dates import add_months
from ledger.money import Amount, total
from tests.examples.agreement import EXAMPLES, Told, told

END = date(2024, 1, 1)
CAP = 5_550_000
FOLDER = EXAMPLES / "salt-lake"


@pytest.fixture(scope="module")
def county() -> Told:
    return told("salt-lake", END)


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def free_days() -> dict[str, set[date]]:
    """Every day on which each person was in neither jail nor shelter."""
    found: dict[str, set[date]] = {}
    for row in rows("spells"):
        started, ended = date.fromisoformat(row["started"]), row["ended"] or END.isoformat()
        length = (date.fromisoformat(ended) - started).days
        days = found.setdefault(row["person_id"], set())
        days |= {started + timedelta(days=n) for n in range(length)}
    return found


def free_months() -> int:
    """Months, counted from each person's enrolment, of which every day was free."""
    free, found = free_days(), 0
    for row in rows("enrolments"):
        enrolled = date.fromisoformat(row["enrolled_on"])
        for months in range(36):
            first, end = add_months(enrolled, months), add_months(enrolled, months + 1)
            days = {first + timedelta(days=n) for n in range((end - first).days)}
            found += end <= END and days <= free[row["person_id"]]
    return found


def seen(indicator: str) -> int:
    """How often an indicator was yes."""
    return sum(
        (row["indicator"], row["value"]) == (indicator, "yes") for row in rows("measurements")
    )


def uncapped(county: Told, metric: str) -> Amount:
    """What one metric is worth before the cap."""
    worth = [each.outcome.amount for each in county.decided(metric)]
    assert all(each.denominator == 1 for each in worth)
    return Amount(sum(each.numerator for each in worth))


def test_each_price_is_paid_as_often_as_a_second_count_says(county: Told) -> None:
    months, graduations, treatments = free_months(), seen("graduated"), seen("in-treatment")
    assert (months, graduations, treatments) == (1686, 42, 47)
    assert uncapped(county, "free-months") == Amount(350_000 * months)
    assert uncapped(county, "graduation") == Amount(230_000 * graduations)
    assert uncapped(county, "treatment") == Amount(500_000 * treatments)


def test_the_cap_on_the_contract_binds(county: Told) -> None:
    due = total(uncapped(county, each.id) for each in county.terms.metrics)
    assert str(due) == "6232600.00"
    assert county.paid() == county.owes("county") == Amount(CAP * 100)


def test_whoever_comes_first_is_paid_in_full_until_nothing_is_left(county: Told) -> None:
    left = CAP * 100
    for each in county.assessment.decided:
        if each.entitlement:
            amount = min(left, int(each.outcome.amount))
            assert each.entitlement.total == Amount(amount)
            left -= amount
    assert left == 0


def test_the_people_are_those_that_the_script_writes(tmp_path: Path) -> None:
    script = FOLDER.parents[2] / "scripts" / "make_salt_lake.py"
    subprocess.run([sys.executable, script, tmp_path], check=True)  # noqa: S603 - our own script
    for name in ("enrolments.csv", "spells.csv", "measurements.csv"):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()
