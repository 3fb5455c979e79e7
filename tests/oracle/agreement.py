"""A whole agreement told a second time: milestones, caps, rounding and who owes whom.

Written from the text of the rule alone, on top of the oracle of the shelter rule; nothing here
is shared with `ledger`. Amounts are whole øre; gains are exact.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import NamedTuple

from tests.oracle import shelter_rule as oracle

STATE, MUNICIPALITY = "state", "municipality"


class Person(NamedTuple):
    """One person: when enrolled, where they slept, and whether each milestone was achieved."""

    subject: str
    enrolled: date
    stays: list[oracle.Stay]
    achieved: dict[int, bool]


class PaidIn(NamedTuple):
    """Capital that an investor paid in on a day."""

    investor: str
    day: date
    amount: int


class Agreement(NamedTuple):
    """The terms, and all that is known."""

    months: list[int]
    nights_per_year: int
    prices: list[oracle.Price]
    rules: list[oracle.Rule]
    shares: dict[str, Fraction]
    cap_per_person: int | None
    cap_per_agreement: int | None
    residual_payer: str
    residual_investor: str
    investors: list[str]
    paid_in: list[PaidIn]
    people: list[Person]
    ends: date
    register_until: date


class Claim(NamedTuple):
    """One person's period between two measurements; decided on the day it ends."""

    achieved_on: date
    enrolled: date
    subject: str
    months: int
    start: date


class Owed(NamedTuple):
    """What is owed for one claim, by payer and investor; None if it was not achieved."""

    claim: Claim
    total: int | None
    parts: dict[tuple[str, str], int]


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or the nearest before it that the month has."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for day_of_month in range(day.day, 0, -1):
        try:
            return date(year, month, day_of_month)
        except ValueError:
            continue
    raise AssertionError


def nearest(amount: Fraction) -> int:
    """The nearest whole øre; a half goes away from zero. Nothing here is below zero."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def claims(agreement: Agreement, until: date) -> list[Claim]:
    """Every claim that is due, in the order in which caps are spent."""
    found = []
    for person in agreement.people:
        start = person.enrolled
        for months in agreement.months:
            end = months_after(person.enrolled, months)
            if end <= min(until, agreement.ends):
                found.append(Claim(end, person.enrolled, person.subject, months, start))
            start = end
    return sorted(found)


def capital(agreement: Agreement, day: date) -> dict[str, int]:
    """What each investor had paid in when the day was over."""
    return {
        investor: sum(
            paid.amount
            for paid in agreement.paid_in
            if paid.investor == investor and paid.day <= day
        )
        for investor in agreement.investors
    }


def wanted(agreement: Agreement, person: Person, claim: Claim) -> dict[str, Fraction]:
    """What each payer would pay if there were no caps: its share of its own gain."""
    until = agreement.register_until
    actual = oracle.actual_nights(person.stays, until)
    expected = oracle.counterfactual_nights(
        actual, person.enrolled, agreement.nights_per_year, until
    )
    saved = oracle.saved(
        oracle.course(expected, agreement.prices, agreement.rules),
        oracle.course(actual, agreement.prices, agreement.rules),
        claim.start,
        claim.achieved_on,
    )
    return {
        STATE: agreement.shares[STATE] * saved.state_gain,
        MUNICIPALITY: agreement.shares[MUNICIPALITY] * saved.municipal_gain,
    }


def divided(whole: int, weights: dict[str, Fraction], residual: str) -> dict[str, int]:
    """The whole by weights, in whole øre; one who has a weight gets what is left.

    That is the named one or, if that one has no weight, the heaviest, the last of equals by name.
    """
    if not weights[residual]:
        residual = max(name for name in weights if weights[name] == max(weights.values()))
    everything = sum(weights.values(), Fraction(0))
    parts = {
        name: whole * weight // everything for name, weight in weights.items() if name != residual
    }
    return parts | {residual: whole - sum(parts.values())}


def is_known(agreement: Agreement, person: Person, claim: Claim) -> bool:
    """Whether measurement, register and capital suffice to decide the claim."""
    return (
        claim.months in person.achieved
        and claim.achieved_on <= agreement.register_until
        and sum(capital(agreement, claim.achieved_on).values()) > 0
    )


def owed(agreement: Agreement, until: date) -> list[Owed]:
    """Every claim that can be decided, and what is owed for it."""
    people = {person.subject: person for person in agreement.people}
    spent_on: dict[str, int] = dict.fromkeys(people, 0)
    spent = 0
    answers = []
    for claim in claims(agreement, until):
        person = people[claim.subject]
        if not is_known(agreement, person, claim):
            continue
        if not person.achieved[claim.months]:
            answers.append(Owed(claim, None, {}))
            continue
        by_payer = wanted(agreement, person, claim)
        total = nearest(sum(by_payer.values(), Fraction(0)))
        if agreement.cap_per_person is not None:
            total = min(total, agreement.cap_per_person - spent_on[claim.subject])
        if agreement.cap_per_agreement is not None:
            total = min(total, agreement.cap_per_agreement - spent)
        spent_on[claim.subject] += total
        spent += total
        parts = {}
        if total:
            paid = {
                investor: Fraction(amount)
                for investor, amount in capital(agreement, claim.achieved_on).items()
            }
            for payer, amount in divided(total, by_payer, agreement.residual_payer).items():
                for investor, part in divided(amount, paid, agreement.residual_investor).items():
                    parts[payer, investor] = part
        answers.append(Owed(claim, total, {pair: part for pair, part in parts.items() if part}))
    return answers
