"""Koto-SIB: the ministry pays 50 % of the measured difference over three years.

Published (the programme; its external evaluation, 2024): EUR 14m, 2,500 people, over 1,000 in work,
50 %, three years, randomised control; EUR 1,340 less transfers and EUR 1,330 more tax for
each of 2,636.
"""

from __future__ import annotations

import csv
from datetime import date
from fractions import Fraction

from ledger.money import total
from tests.examples.agreement import EXAMPLES, told


def test_half_of_the_measured_difference_is_paid() -> None:
    example = told("koto-sib", date(2024, 12, 1))
    gain = Fraction(1340 + 1330) * 2636
    assert Fraction(example.paid().minor, 100) == gain / 2 == 3519060
    assert example.owes("ministry") == example.paid()
    assert Fraction("6.8") * 10**6 < gain < Fraction("7.1") * 10**6


def test_the_investment_and_the_people_are_the_published_ones() -> None:
    terms = told("koto-sib", date(2020, 1, 1)).terms
    assert terms.currency == "EUR"
    assert str(total(each.amount for each in terms.investment)) == "14000000.00"
    assert abs(terms.people - 2500) < 150
    with (EXAMPLES / "koto-sib" / "results.csv").open(encoding="utf-8") as file:
        values = {row["indicator"]: int(row["value"]) for row in csv.DictReader(file)}
    assert values["in-work"] > 1000


def test_nothing_is_decided_while_the_three_years_are_not_measured() -> None:
    assert told("koto-sib", date(2024, 9, 3)).assessment.decided == ()
