"""A plain agreement for the tests of metric kinds: one payer, one investor, one metric."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from ledger.facts import CapitalPaidIn
from ledger.metrics.base import Metric, Outcome
from ledger.metrics.facts import Facts, Frame, Measured, Person, Spell
from ledger.model import SubjectRef
from ledger.policy.assess import AgreementFacts, Assessment, assess
from ledger.terms.agreement import Terms
from ledger.terms.reader import UnreadableTermsError, read_model

_TERMS = """
agreement: plain
title: A plain agreement
currency: DKK
signed_on: 2023-12-01
starts_on: 2024-01-01
ends_on: {ends_on}
people: 400
parties:
  - {{id: fund, name: The fund, roles: [outcome_payer]}}
  - {{id: home, name: The home, roles: [provider]}}
  - {{id: bank, name: The bank, roles: [investor]}}
investment:
  - {{investor: bank, amount: 100}}
groups: {groups}
indicators:
  - {{id: score, title: A score, kind: score_0_10}}
  - {{id: count, title: A number, kind: number}}
  - {{id: level, title: A level, kind: level, levels: [home, family, institution]}}
  - {{id: housed, title: Has a home, kind: spell}}
  - {{id: works, title: Is in work, kind: yes_no}}
metrics:
{metrics}
split: [{{payer: fund, share: 1}}]
rounding: {{residual_payer: fund, residual_investor: bank}}
"""


@cache
def terms(*metrics: str, ends_on: str = "2029-01-01", groups: str = "[]") -> Terms:
    """The terms with metrics, each a line such as `id: m, kind: units, …`."""
    listed = "\n".join(f"  - {{{metric}}}" for metric in metrics)
    return read_model(_TERMS.format(metrics=listed, ends_on=ends_on, groups=groups), Terms)


def refused(metric: str, groups: str = "[]") -> str:
    """Why the terms with a metric are not taken."""
    try:
        terms(metric, groups=groups)
    except UnreadableTermsError as error:
        return "\n".join(problem.message for problem in error.problems)
    return "taken"


def day(text: str) -> date:
    """2024-02-29."""
    return date.fromisoformat(text)


def person(name: str, enrolled: str = "2024-01-01", **known: Any) -> Person:  # noqa: ANN401 - any of their facts
    """Somebody, by default enrolled on the agreement's first day."""
    found = Person(SubjectRef(name), day(enrolled), date.min)
    return replace(found, **known)


def measured(indicator: str, value: str, on: str, months: int | None = None) -> Measured:
    """A reading."""
    return Measured(indicator, value, day(on), months)


def at(indicator: str, **values: str) -> tuple[Measured, ...]:
    """Readings by milestone, such as m0="3", of somebody enrolled on the first day."""
    found = []
    for name, value in values.items():
        months = int(name.removeprefix("m"))
        year, month = divmod(months, 12)
        found.append(Measured(indicator, value, date(2024 + year, month + 1, 1), months))
    return tuple(found)


def spell(started: str, ended: str | None = None) -> Spell:
    """A time with a home."""
    return Spell("housed", day(started), day(ended) if ended else None)


def assessed(
    agreement: Terms,
    people: Iterable[Person],
    until: str = "2030-01-01",
    results: Mapping[str, tuple[Measured, ...]] | None = None,
) -> Assessment:
    """Everything decided on people and cohorts, with capital paid in from the first day."""
    (committed, *_) = agreement.investment
    capital = CapitalPaidIn(
        investor=committed.investor, paid_on=agreement.starts_on, amount=committed.amount
    )
    facts = AgreementFacts(
        terms=agreement,
        rules_at_signature=None,
        rules_today=None,
        tariffs={},
        people={each.subject: each for each in people},
        capital=(capital,),
        cohorts=results or {},
    )
    return assess(facts, day(until))


def lines(assessment: Assessment) -> list[str]:
    """Each decision, and what waits, as text: who, which, when, how much or why not."""
    decided = [
        f"{each.outcome.unit} {each.outcome.key} {each.outcome.achieved_on} "
        + (str(each.entitlement.total) if each.entitlement else each.outcome.refused or "no")
        for each in assessment.decided
    ]
    waiting = [
        f"{each.unit} {each.key} {each.achieved_on} waits: {each.waiting}"
        for each in assessment.waiting
    ]
    return decided + waiting


def outcomes(metric: Metric, people: Iterable[Person], until: date, ends_on: date) -> list[Outcome]:
    """What a metric finds, in an order that its facts' order does not decide."""
    levels = {"level": ("home", "family", "institution")}
    facts = Facts({each.subject: each for each in people}, levels=levels)
    found = metric.outcomes(facts, Frame(date(2024, 1, 1), ends_on, until))
    return sorted(found, key=lambda each: (each.unit, each.key))


def shuffled(people: Iterable[Person], seed: random.Random) -> list[Person]:
    """The same people and facts in another order of recording."""
    mixed = [
        replace(
            each,
            measured=tuple(seed.sample(each.measured, len(each.measured))),
            spells=tuple(seed.sample(each.spells, len(each.spells))),
        )
        for each in people
    ]
    seed.shuffle(mixed)
    return mixed
