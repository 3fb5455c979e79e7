"""Small agreements on cohorts, told in text: terms of one metric, and results in a table."""

from __future__ import annotations

from datetime import date
from random import Random

from ledger.facts import CapitalPaidIn
from ledger.metrics.facts import Measured, Person
from ledger.model import Position, SubjectRef
from ledger.money import Amount
from ledger.policy.assess import AgreementFacts, Assessment, assess
from ledger.terms.agreement import Terms
from ledger.terms.reader import read_model

FRAME = """
agreement: cohorts
title: An agreement on cohorts
currency: DKK
signed_on: 2019-12-01
starts_on: 2020-01-01
ends_on: 2030-01-01
people: 5000
parties:
  - {{id: payer, name: The payer, roles: [outcome_payer]}}
  - {{id: provider, name: The provider, roles: [provider]}}
  - {{id: investor, name: The investor, roles: [investor]}}
investment: [{{investor: investor, amount: 1000.00}}]
indicators:
{indicators}
metrics:
  - {metric}
split: [{{payer: payer, share: 1}}]
caps: {caps}
rounding: {{residual_payer: payer, residual_investor: investor}}
"""

Result = tuple[str, str, str, str]
"""Cohort, day, indicator, value."""


def terms(metric: str, indicators: str, caps: str = "[]") -> Terms:
    """Terms of one metric, which is given as the lines of its keys."""
    lines = [line.strip() for line in metric.strip().splitlines()]
    named = indicators.split()
    return read_model(
        FRAME.format(
            metric="\n    ".join(lines),
            indicators="\n".join(f"  - {{id: {i}, title: {i}, kind: number}}" for i in named),
            caps=caps,
        ),
        Terms,
    )


def rows(table: str) -> list[Result]:
    """Results from lines of cohort, day, indicator and value."""
    lines = (line.split() for line in table.strip().splitlines())
    return [(cohort, day, indicator, value) for cohort, day, indicator, value in lines]


def facts(
    agreed: Terms,
    results: list[Result],
    enrolled: list[tuple[str, str]] | None = None,
    shuffle: Random | None = None,
) -> AgreementFacts:
    """The facts, in an order of recording of their own; enrolled as (cohort, day)."""
    ordered = list(results)
    if shuffle:
        shuffle.shuffle(ordered)
    cohorts: dict[str, tuple[Measured, ...]] = {}
    for cohort, day, indicator, value in ordered:
        at = Position(100 + results.index((cohort, day, indicator, value)))
        measured = Measured(indicator, value, date.fromisoformat(day), None, at)
        cohorts[cohort] = (*cohorts.get(cohort, ()), measured)
    people = {
        SubjectRef(f"s{number}"): Person(
            SubjectRef(f"s{number}"),
            date.fromisoformat(day),
            date(2030, 1, 1),
            group=None if cohort == "all" else cohort,
        )
        for number, (cohort, day) in enumerate(enrolled or [])
    }
    paid = CapitalPaidIn(investor="investor", paid_on=date(2020, 1, 1), amount=Amount(100000))
    return AgreementFacts(
        terms=agreed,
        rules_at_signature=None,
        rules_today=None,
        tariffs={},
        people=people,
        capital=(paid,),
        cohorts=cohorts,
    )


def assessed(
    agreed: Terms,
    table: str,
    until: str = "2030-01-01",
    enrolled: list[tuple[str, str]] | None = None,
) -> Assessment:
    """What policy says of the results by a day."""
    return assess(facts(agreed, rows(table), enrolled), date.fromisoformat(until))


def told(assessment: Assessment) -> list[str]:
    """Each decision and each wait in a line."""
    lines = [
        f"{each.outcome.unit} {each.outcome.key} {each.outcome.achieved_on} "
        + (str(each.entitlement.total) if each.entitlement else each.outcome.refused or "no")
        for each in assessment.decided
    ]
    waiting = [f"{each.unit} {each.key} {each.achieved_on} waits" for each in assessment.waiting]
    return lines + waiting
