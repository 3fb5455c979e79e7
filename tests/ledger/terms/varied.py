"""Agreements of many kinds of metric, random in what they pay, cap and find, for properties."""

from __future__ import annotations

from datetime import date, timedelta

import yaml
from hypothesis import strategies as st

from ledger.facts import CapitalPaidIn
from ledger.metrics.facts import Measured, Person, Spell
from ledger.model import SubjectRef
from ledger.policy.assess import AgreementFacts
from ledger.terms.agreement import Terms
from ledger.terms.reader import read_model

STARTS, ENDS = date(2024, 1, 1), date(2029, 1, 1)
PEOPLE = 4
_PRICES = st.sampled_from(["100.00", "33.33", "2000.01", "0.01"])
_LIMITS = st.sampled_from(["50.00", "333.33", "1000.00", "0.07", "12000.00"])

_COMMON: dict[str, object] = {
    "agreement": "varied",
    "title": "Something of everything",
    "currency": "DKK",
    "signed_on": "2023-12-01",
    "starts_on": str(STARTS),
    "ends_on": str(ENDS),
    "people": str(PEOPLE),
    "parties": [
        {"id": "state", "name": "The state", "roles": ["outcome_payer"]},
        {"id": "town", "name": "The town", "roles": ["co_payer"]},
        {"id": "home", "name": "The home", "roles": ["provider"]},
        {"id": "bank", "name": "The bank", "roles": ["investor"]},
    ],
    "investment": [{"investor": "bank", "amount": "1000.00"}],
    "groups": ["young", "old"],
    "indicators": [
        {"id": "works", "title": "In work", "kind": "yes_no"},
        {"id": "score", "title": "A score", "kind": "score_0_10"},
        {"id": "job", "title": "Has a job", "kind": "spell"},
        {"id": "rate", "title": "A rate", "kind": "number"},
    ],
    "rounding": {"residual_payer": "town", "residual_investor": "bank"},
}


@st.composite
def _kinds(draw: st.DrawFn) -> list[dict[str, object]]:
    """One to four metrics, each of another kind."""
    price = draw(_PRICES)
    works = {"indicator": "works", "equals": "yes"}
    every: list[dict[str, object]] = [
        {"kind": "per_person", "measured_at_months": ["12", "24"], "achieved_when": works,
         "price": price},
        {"kind": "improvement", "indicator": "score", "direction": "up",
         "measured_at_months": ["24"], "price": [
             {"amount": price}, {"amount": "70.00", "group": "old", "valid_from": "2026-06-01"}]},
        {"kind": "improvement", "indicator": "score", "direction": "up", "paid_per": "point",
         "measured_at_months": ["12"], "price": price},
        {"kind": "sustained", "indicator": "job", "continuity": "cumulative",
         "steps": [{"weeks": "13", "price": price}, {"months": "12", "price": "9.99"}]},
        {"kind": "service_fee", "dated": [{"on": "2025-05-05", "amount": price},
                                          {"on": "2027-07-07", "amount": "0.05"}]},
        {"kind": "tier", "indicator": "score", "measured_at_months": ["12", "36"],
         "tiers": [{"at_least": "3", "price": "0.03"}, {"at_least": "7", "price": price}]},
        {"kind": "cohort", "indicator": "rate", "counterfactual": {
            "kind": "fixed", "value": [{"value": "0.24"}], "on_revision": "binding"},
         "direction": "increase", "measure": "points", "threshold": "0.05", "per": "cohort",
         "cohorts": ["first", "second"], "price": price},
    ]  # fmt: skip
    chosen = draw(st.lists(st.sampled_from(every), min_size=1, max_size=4, unique_by=id))
    metrics = []
    keep = draw(st.sampled_from(["first", "best"]))
    for number, each in enumerate(chosen):
        metric = {
            "id": f"m{number}",
            **each,
            **draw(_modifiers(people=_of_people(each), keep=keep)),
        }
        metrics.append(metric)
    return metrics


def _of_people(metric: dict[str, object]) -> bool:
    return metric["kind"] not in {"service_fee", "cohort"}


@st.composite
def _modifiers(draw: st.DrawFn, *, people: bool, keep: str) -> dict[str, object]:
    """Some of what may stand on any metric."""
    some: dict[str, object] = {
        "negative": "true",
        "indexation": [
            {"valid_from": "2023-01-01", "factor": "0.9"},
            {"valid_from": "2026-01-01", "factor": "1.025"},
        ],
        "deadweight": {"share": "0.333333", "on": "price"},
        "split": [{"payer": "state", "share": "1"}],
    }
    if people:
        some |= {
            "multipliers": [{"group": "young", "factor": "1.5"}],
            "exclusive": {"among": "work", "keep": keep},
            "guards": {"groups": ["young"]},
        }
    kept = draw(st.lists(st.sampled_from(sorted(some)), max_size=2, unique=True))
    return {key: some[key] for key in kept}


@st.composite
def _caps(draw: st.DrawFn, metrics: list[dict[str, object]]) -> list[dict[str, object]]:
    """Caps of any scope, in any order, each at most once."""
    every: list[dict[str, object]] = [
        {"scope": scope, "limit": draw(_LIMITS)} for scope in ("person", "year", "agreement")
    ]
    every += [{"scope": "metric", "metric": m["id"], "limit": draw(_LIMITS)} for m in metrics]
    every.append({"scope": "return", "multiple": "1.05"})
    shared = ["town"] if any("split" not in m for m in metrics) else []
    every += [
        {"scope": "payer", "payer": each, "limit": draw(_LIMITS)} for each in ("state", *shared)
    ]
    return draw(st.lists(st.sampled_from(every), max_size=3, unique_by=id))


@st.composite
def varied_terms(draw: st.DrawFn) -> Terms:
    """Valid terms with some kinds, modifiers and caps."""
    metrics = draw(_kinds())
    shares = draw(st.sampled_from([("0.5", "0.5"), ("0.333333", "0.666667"), ("0.9", "0.1")]))
    split = [{"payer": p, "share": s} for p, s in zip(("state", "town"), shares, strict=True)]
    rounding = {"residual_payer": "town", "residual_investor": "bank"}
    if all("split" in metric for metric in metrics):
        rounding["residual_payer"] = "state"
    whole = _COMMON | {
        "metrics": metrics,
        "split": split,
        "caps": draw(_caps(metrics)),
        "rounding": rounding,
    }
    return read_model(yaml.safe_dump(whole), Terms)


@st.composite
def _person(draw: st.DrawFn, number: int) -> Person:
    enrolled = STARTS + timedelta(days=draw(st.integers(0, 1000)))
    group = draw(st.sampled_from(["young", "old"]))
    readings = [
        Measured("works", draw(st.sampled_from(["yes", "no", "yes"])), ENDS, months)
        for months in (12, 24)
    ]
    readings += [
        Measured("score", str(draw(st.integers(0, 10))), ENDS, months) for months in (0, 12, 24, 36)
    ]
    first = enrolled + timedelta(days=draw(st.integers(0, 300)))
    spell = Spell("job", first, first + timedelta(days=draw(st.integers(0, 900))))
    return Person(
        SubjectRef(f"person-{number}"), enrolled, ENDS, measured=tuple(readings), spells=(spell,),
        group=group,
    )  # fmt: skip


@st.composite
def varied_facts(draw: st.DrawFn) -> AgreementFacts:
    """Varied terms, as many people as they are for, and results of two cohorts."""
    people = [draw(_person(number)) for number in range(PEOPLE)]
    rates = st.sampled_from(["0.20", "0.30", "0.90"])
    return AgreementFacts(
        terms=draw(varied_terms()),
        rules_at_signature=None,
        rules_today=None,
        tariffs={},
        people={each.subject: each for each in people},
        capital=(
            CapitalPaidIn.model_validate(
                {"investor": "bank", "paid_on": "2024-01-01", "amount": "1000.00"}
            ),
        ),
        cohorts={
            name: (Measured("rate", draw(rates), date(year, 3, 1)),)
            for name, year in (("first", 2026), ("second", 2028))
        },
    )
