"""Random terms of every metric kind with every modifier, and random facts for them.

Everything is drawn from one `random.Random`, so a seed composes the same agreement again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from ledger.dates import add_months
from ledger.facts import CapitalPaidIn
from ledger.metrics.facts import Measured, Person, Spell
from ledger.model import SubjectRef
from ledger.money import Amount
from ledger.policy.assess import AgreementFacts
from ledger.terms.agreement import Terms
from tests.ledger.shelter.examples import LAW, THOUSAND, stay

STARTS = date(2024, 1, 1)
ENDS = date(2028, 1, 1)
UNTIL = date(2029, 1, 1)
GROUPS = ("young", "older")
COHORTS = ("first", "second", "all")
MONTHS = (0, 6, 12)
LEVELS = ("advice", "help", "placement")

Draw = dict[str, Any]


def _money(random: Random) -> str:
    return random.choice(("1000.00", "333.33", "0.07", "99999.99"))


def _price(random: Random) -> object:
    if random.random() < 0.5:
        return _money(random)
    lines: list[Draw] = [{"amount": _money(random)}]
    lines.append({"amount": _money(random), "valid_from": "2025-03-01"})
    return lines


def _price_by_group(random: Random) -> object:
    if random.random() < 0.5:
        return _price(random)
    return [{"amount": _money(random), "group": group} for group in GROUPS]


def _shelter(random: Random) -> Draw:
    return {
        "measured_at_months": [6, 12],
        "achieved_when": {"indicator": "done", "equals": "yes"},
        "counterfactual": {
            "nights_per_year": random.choice((91, 240, 365)),
            "reference_tariffs": [
                {"valid_from": "2020-01-01", "per_night": "1507.01", "own_payment": "91.00"}
            ],
        },
        "state_side": {"payer": "fund", "share": random.choice(("1", "0.333333"))},
        "municipal_side": {"payer": "town", "share": random.choice(("0.27", "0"))},
    }


def _comparison(random: Random) -> Draw:
    revised = {"on_revision": random.choice(("binding", "prospective"))}
    if random.random() < 0.5:
        return {"kind": "fixed", "value": "0.30"} | revised
    return {"kind": "randomised", "indicator": "control"} | revised


KIND_TERMS: dict[str, Callable[[Random], Draw]] = {
    "shelter_nights_saved": _shelter,
    "per_person": lambda random: {
        "price": _price_by_group(random),
        "achieved_when": {"indicator": "done", "equals": "yes"},
        "measured_at_months": random.choice(([], [6], [6, 12])),
    },
    "improvement": lambda random: {
        "price": _price_by_group(random),
        "indicator": "score",
        "direction": random.choice(("up", "down")),
        "measured_at_months": [12],
        "paid_per": random.choice(("person", "point")),
    },
    "units": lambda random: random.choice(
        (
            {"price": _price(random), "indicator": "amount", "measured_at_months": [6, 12]},
            {"price": _price(random), "indicator": "amount", "of": "cohorts", "above": "3"},
            {
                "price": _price(random),
                "indicator": "job",
                "counted_in": random.choice(("days", "weeks", "months")),
                "every_months": 6,
            },
        )
    ),
    "tier": lambda random: {
        "indicator": "score",
        "measured_at_months": [6, 12],
        "tiers": [
            {"at_least": "3", "price": _money(random)},
            {"at_least": "7", "price": _money(random)},
        ],
    },
    "step_down": lambda random: {
        "price": _price_by_group(random),
        "indicator": "level",
        "measured_at_months": [12],
    },
    "sustained": lambda random: {
        "indicator": "job",
        "continuity": random.choice(("continuous", "cumulative")),
        "steps": [{"weeks": 13, "price": _price(random)}, {"weeks": 26, "price": _price(random)}],
    },
    "instalments": lambda random: {
        "price": _price_by_group(random),
        "indicator": "job",
        "after_weeks": random.choice((0, 13)),
        "every_weeks": 4,
        "continuity": random.choice(("continuous", "cumulative")),
        "at_most": 5,
    },
    "milestone": lambda random: {
        "by": random.choice(("person", "agreement")),
        "completed": [{"id": "opened", "indicator": "open", "price": _price(random)}],
    },
    "service_fee": lambda random: {
        "regular": [
            {
                "first_on": "2024-03-31",
                "every_months": 6,
                "before": "2026-01-01",
                **random.choice(
                    (
                        {"amount": _money(random)},
                        {"contract_value": "100000.01", "share_of_contract": "0.30"},
                    )
                ),
            }
        ]
    },
    "cohort": lambda random: {
        "price": _price(random),
        "indicator": "rate",
        "counterfactual": _comparison(random),
        "direction": random.choice(("increase", "reduction")),
        "measure": random.choice(("points", "relative")),
        "threshold": random.choice(("0", "0.1")),
        "per": random.choice(("person", "point", "additional_outcome", "cohort")),
        **random.choice(({}, {"fallback": {"threshold": "0.05", "over": "all_cohorts"}})),
    },
    "gain_share": lambda random: {
        "counterfactual": {"kind": "randomised"},
        "gains": [{"indicator": "amount", "control": "control-amount"}],
        "counted": random.choice(("per_person", "total")),
        "years": 3,
        "share": "0.5",
    },
}
"""For each kind, the keys of its own."""

MODIFIERS: dict[str, Callable[[Random], object]] = {
    "guards": lambda random: random.choice(
        (
            {"achieved_before": "2026-06-01"},
            {"groups": ["young"]},
            {
                "age_from": 18,
                "age_below": 40,
                "age_on": random.choice(("enrolment", "achievement")),
            },
            {"enrolled_before": "2025-01-01"},
            {"referred_from": "2023-01-01"},
        )
    ),
    "claim": lambda random: random.choice(({"latest_days": 20}, {"earliest_working_days": 15})),
    "multipliers": lambda random: [{"group": "young", "factor": random.choice(("1.25", "0"))}],
    "indexation": lambda _: [
        {"valid_from": "2024-06-01", "factor": "1.02"},
        {"valid_from": "2025-06-01", "factor": "1.041"},
    ],
    "deadweight": lambda random: {"share": "0.24", "on": random.choice(("price", "count"))},
    "negative": lambda _: True,
    "exclusive": lambda random: {"among": "one-of", "keep": random.choice(("first", "best"))},
    "split": lambda _: [{"payer": "fund", "share": "0.2"}, {"payer": "town", "share": "0.8"}],
}
"""What may stand on any metric."""

RETURNS: tuple[Draw, ...] = ({"multiple": "1.3"}, {"yearly_rate": "0.065"})
CAPS: tuple[Callable[[Random, str], Draw], ...] = (
    lambda random, _: {"scope": "person", "limit": random.choice(("1500.00", "0.05"))},
    lambda random, metric: {"scope": "metric", "metric": metric, "limit": _money(random)},
    lambda random, _: {"scope": "year", "limit": random.choice(("2500.00", "100000.00"))},
    lambda random, _: {"scope": "payer", "payer": "town", "limit": _money(random)},
    lambda random, _: {"scope": "agreement", "limit": random.choice(("5000.01", "250000.00"))},
    lambda random, _: {"scope": "return", **random.choice(RETURNS)},
)


def metric(random: Random, kind: str, number: int, modifiers: dict[str, object]) -> Draw:
    """The terms of one metric; without the modifiers that its kind has no meaning for."""
    return {"id": f"metric-{number}", "kind": kind, **KIND_TERMS[kind](random), **modifiers}


def terms(random: Random, metrics: list[Draw]) -> Terms:
    """An agreement that pays for some metrics, under some caps.

    Raises:
        ValueError: if the metrics do not go together.
    """
    caps = [cap(random, "metric-0") for cap in CAPS]
    return Terms.model_validate(
        {
            "agreement": "composed",
            "title": "A composed agreement",
            "currency": "DKK",
            "signed_on": STARTS,
            "starts_on": STARTS,
            "ends_on": ENDS,
            "people": 40,
            "parties": [
                {"id": "fund", "name": "Fund", "roles": ["outcome_payer"]},
                {"id": "town", "name": "Town", "roles": ["co_payer", "provider"]},
                {"id": "big", "name": "Big", "roles": ["investor"]},
                {"id": "little", "name": "Little", "roles": ["investor"]},
            ],
            "investment": [
                {"investor": "big", "amount": "70000.00"},
                {"investor": "little", "amount": "30000.01"},
            ],
            "refund_law": {"table": "dk-shelter-refund", "on_change": "follow"},
            "groups": GROUPS,
            "indicators": [
                {"id": "done", "title": "Done", "kind": "yes_no"},
                {"id": "open", "title": "Open", "kind": "yes_no"},
                {"id": "score", "title": "Score", "kind": "score_0_10"},
                {"id": "level", "title": "Level", "kind": "level", "levels": LEVELS},
                {"id": "job", "title": "Job", "kind": "spell"},
                *(
                    {"id": each, "title": each, "kind": "number"}
                    for each in ("amount", "rate", "control", "control-amount")
                ),
            ],
            "metrics": metrics,
            "split": [
                {"payer": "fund", "share": "0.666667"},
                {"payer": "town", "share": "0.333333"},
            ],
            "caps": random.sample(caps, random.randint(0, len(caps))),
            "rounding": {
                "residual_payer": random.choice(("fund", "town")),
                "residual_investor": random.choice(("big", "little")),
            },
        }
    )


def _later(random: Random, day: date, most: int) -> date:
    return day + timedelta(days=random.randint(0, most))


def _values(random: Random, indicator: str) -> str:
    return {
        "done": random.choice(("yes", "yes", "no")),
        "open": random.choice(("yes", "no")),
        "score": str(random.randint(0, 10)),
        "level": random.choice(LEVELS),
        "amount": random.choice(("0", "7", "12.5", "1000")),
        "rate": random.choice(("0.20", "0.31", "0.4")),
        "control": random.choice(("0.24", "0.3")),
        "control-amount": random.choice(("0", "3", "500")),
    }[indicator]


def person(random: Random, number: int) -> Person:
    """Somebody with readings at milestones and of days, jobs, and nights at a shelter."""
    enrolled = _later(random, STARTS, 500)
    measured = [
        Measured(indicator, _values(random, indicator), _later(random, day, 40), months)
        for months in MONTHS
        for indicator in ("done", "score", "level", "amount")
        if random.random() < 0.9
        for day in [add_months(enrolled, months)]
    ]
    for _ in range(random.randint(0, 3)):
        indicator = random.choice(("done", "open"))
        day = _later(random, enrolled, 900)
        measured.append(Measured(indicator, _values(random, indicator), day))
    spells = []
    for _ in range(random.randint(0, 3)):
        started = _later(random, enrolled, 700)
        ended = _later(random, started, 300) if random.random() < 0.8 else None
        spells.append(Spell("job", started, ended))
    nights = f"nord {enrolled + timedelta(days=30)}..{enrolled + timedelta(days=60)}"
    return Person(
        subject=SubjectRef(f"subject-{number:02}"),
        enrolled_on=enrolled,
        register_until=UNTIL,
        stays=(stay(nights),) if random.random() < 0.5 else (),
        measured=tuple(measured),
        spells=tuple(spells),
        group=random.choice(GROUPS),
        referred_on=random.choice((None, enrolled - timedelta(days=10))),
        born_on=random.choice((None, date(2000, 2, 29), date(1970, 6, 1))),
    )


def result(random: Random) -> Measured:
    """A reading of a cohort."""
    indicator = random.choice(("rate", "control", "amount", "control-amount", "open"))
    return Measured(indicator, _values(random, indicator), _later(random, STARTS, 1400))


def facts(random: Random, signed: Terms) -> AgreementFacts:
    """What is known of some people and cohorts under terms."""
    people = {
        each.subject: each for each in (person(random, n) for n in range(random.randint(1, 8)))
    }
    cohorts = {
        cohort: tuple(result(random) for _ in range(random.randint(1, 6)))
        for cohort in COHORTS
        if random.random() < 0.8
    }
    return AgreementFacts(
        terms=signed,
        rules_at_signature=LAW,
        rules_today=LAW,
        tariffs=THOUSAND,
        people=people,
        capital=(
            CapitalPaidIn(investor="big", paid_on=STARTS, amount=Amount(7_000_000)),
            CapitalPaidIn(
                investor="little", paid_on=_later(random, STARTS, 600), amount=Amount(3_000_001)
            ),
        ),
        cohorts={name: _once_a_day(results) for name, results in cohorts.items()},
    )


def _once_a_day(results: tuple[Measured, ...]) -> tuple[Measured, ...]:
    """A cohort has one reading of an indicator a day."""
    return tuple({(each.indicator, each.measured_on): each for each in results}.values())


def shuffled(random: Random, known: AgreementFacts) -> AgreementFacts:
    """The same facts, as if recorded in another order."""

    def mixed(person: Person) -> Person:
        return replace(
            person,
            measured=tuple(random.sample(person.measured, len(person.measured))),
            spells=tuple(random.sample(person.spells, len(person.spells))),
        )

    people = random.sample(list(known.people.items()), len(known.people))
    cohorts = random.sample(list(known.cohorts.items()), len(known.cohorts))
    return replace(
        known,
        people={name: mixed(person) for name, person in people},
        cohorts={name: tuple(random.sample(found, len(found))) for name, found in cohorts},
        capital=tuple(random.sample(known.capital, len(known.capital))),
    )


def with_a_later_fact(random: Random, known: AgreementFacts, after: date) -> AgreementFacts:
    """The facts and one more, of a day after another."""
    day = _later(random, after + timedelta(days=1), 200)
    kind = random.choice(("measured", "spell", "person", "result"))
    if kind == "result":
        cohort = random.choice(COHORTS)
        found = (*known.cohorts.get(cohort, ()), result(random)._replace(measured_on=day))
        return replace(known, cohorts={**known.cohorts, cohort: _once_a_day(found)})
    if kind == "person":
        new = replace(person(random, 99), enrolled_on=day, measured=(), spells=(), stays=())
        return replace(known, people={**known.people, new.subject: new})
    somebody = random.choice(list(known.people.values()))
    if kind == "spell":
        changed = replace(somebody, spells=(*somebody.spells, Spell("job", day)))
    else:
        reading = Measured("done", "yes", day)
        changed = replace(somebody, measured=(*somebody.measured, reading))
    return replace(known, people={**known.people, somebody.subject: changed})
