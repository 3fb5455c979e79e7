"""The most that an agreement can cost is never exceeded, whatever is measured."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from ledger.money import Amount
from ledger.policy.assess import AgreementFacts, assess
from ledger.terms.agreement import Terms
from ledger.terms.caps import Cap
from ledger.terms.exposure import Exposure, exposure, last_day
from ledger.working import Scope
from tests.ledger.metrics.plain import terms
from tests.ledger.terms.varied import varied_facts
from tests.oracle.agreement import MUNICIPALITY, STATE, Agreement
from tests.oracle.agreements import ENDS, agreements, as_facts

ONE = Amount(1_000_000)
CAPS = (
    (),
    (Cap(scope="year", limit=Amount(9_999_999)),),
    (Cap(scope="payer", payer=STATE, limit=Amount(5_000_001)),),
    (
        Cap(scope="payer", payer=MUNICIPALITY, limit=Amount(1_000)),
        Cap(scope="metric", metric="nights-saved", limit=Amount(7_777_777)),
    ),
)


def exceeded(
    facts: AgreementFacts, until: date, wrong: Callable[[Exposure], Exposure] = lambda most: most
) -> list[str]:
    """Where an assessment comes to more than the terms were said to cost at most."""
    most = wrong(exposure(facts.terms))
    paid: dict[tuple[object, ...], int] = defaultdict(int)
    outcomes: Counter[tuple[object, ...]] = Counter()
    for each in assess(facts, until).decided:
        if each.entitlement is None:
            continue
        metric, year = each.outcome.metric, each.outcome.achieved_on.year
        for part in each.entitlement.parts:
            for key in ((), ("metric", metric), ("year", year), ("payer", part.payer),
                        ("payer", part.payer, year)):  # fmt: skip
                paid[key] += part.amount.minor
                outcomes[key] += 1
    payers = len(facts.terms.payers)
    return [
        f"{key}: {amount} > {bound}"
        for key, bounds in bounded(most).items()
        for bound in bounds
        for amount in [paid[key]]
        if bound is not None and amount > bound.minor + outcomes[key] * payers
    ]


def bounded(most: Exposure) -> dict[tuple[object, ...], tuple[Amount | None, ...]]:
    """Every bound by what it bounds."""
    found: dict[tuple[object, ...], tuple[Amount | None, ...]] = {}
    found[()] = (most.whole.before_caps, most.whole.after_caps)
    found |= {("year", year): (amount,) for year, amount in most.years.items()}
    for name, each in most.metrics.items():
        found["metric", name] = (each.before_caps, each.after_caps)
    for payer in most.payers:
        found["payer", payer.payer] = (payer.whole.before_caps, payer.whole.after_caps)
        found |= {("payer", payer.payer, year): (a,) for year, a in payer.years.items()}
    return found


@given(agreements(), st.sampled_from(CAPS))
def test_shelter_nights_never_cost_more(agreement: Agreement, more: tuple[Cap, ...]) -> None:
    facts = as_facts(agreement)
    capped = Terms.model_validate(
        {**facts.terms.model_dump(), "caps": (*(c.model_dump() for c in facts.terms.caps),
                                              *(c.model_dump() for c in more))}
    )  # fmt: skip
    assert exceeded(replace(facts, terms=capped), ENDS) == []


@given(varied_facts())
@settings(max_examples=200)
def test_no_kind_modifier_or_cap_costs_more(facts: AgreementFacts) -> None:
    assert exceeded(facts, facts.terms.ends_on) == []


def test_a_bound_that_is_too_low_is_noticed() -> None:
    def halved(most: Exposure) -> Exposure:
        whole = replace(most.whole, after_caps=Amount((most.whole.after_caps or ONE).minor // 2))
        return replace(most, whole=whole)

    find(varied_facts(), lambda facts: bool(exceeded(facts, facts.terms.ends_on, halved)))


# --- readable cases ---------------------------------------------------------------------------

JOB = "kind: per_person, achieved_when: {indicator: works, equals: yes}, price: 100.00"


def of(*metrics: str, caps: tuple[Cap, ...] = ()) -> Exposure:
    return exposure(terms(*metrics).model_copy(update={"caps": caps}))


def cap(scope: Scope, limit: str, **more: str) -> Cap:
    return Cap.model_validate({"scope": scope, "limit": limit} | more)


@pytest.mark.parametrize(
    ("metric", "most"),
    [
        (f"id: job, {JOB}", "40000.00"),  # 400 people
        (f"id: job, {JOB}, measured_at_months: [12, 24]", "80000.00"),
        (f"id: job, {JOB}, deadweight: {{share: 0.4, on: price}}", "24000.00"),
        (f"id: job, {JOB}, deadweight: {{share: 0.4, on: count}}", "40000.00"),
        (f"id: job, {JOB}, negative: true", "0.00"),
        (f"id: job, {JOB}, indexation: [{{valid_from: 2026-01-01, factor: 1.1}}]", "44000.00"),
        (f"id: job, {JOB}, indexation: [{{valid_from: 2020-01-01, factor: 0.5}}]", "20000.00"),
        (f"id: job, {JOB}, indexation: [{{valid_from: 2040-01-01, factor: 9}}]", "40000.00"),
        ("id: units, kind: units, indicator: count, price: 1.00", "None"),
    ],
)
def test_what_a_metric_costs_at_most(metric: str, most: str) -> None:
    assert str(of(metric).whole.before_caps) == most


def test_caps_bound_what_nothing_else_does() -> None:
    units = "id: units, kind: units, indicator: count, price: 1.00"
    assert of(units).unbounded == ("units",)
    for caps, most in (
        (cap("agreement", "500.00"), "500.00"),
        (cap("metric", "300.00", metric="units"), "300.00"),
        (cap("payer", "200.00", payer="fund"), "200.00"),
        (cap("person", "2.00"), "800.00"),  # 400 people
        (cap("year", "10.00"), "60.00"),  # in each of 2024 to 2029
        (Cap(scope="return", multiple=Decimal("1.2")), "120.00"),  # of a capital of 100
        (Cap(scope="return", yearly_rate=Decimal("0.10")), "162.45"),  # 5 years and 32 days
    ):
        found = of(units, caps=(caps,))
        assert (found.unbounded, str(found.whole.after_caps)) == ((), most), caps
        assert found.whole.before_caps is None


def test_a_year_before_the_first_milestone_costs_nothing_and_any_later_one_may_cost_all() -> None:
    found = of(f"id: job, {JOB}, measured_at_months: [12]")
    assert {year: str(most) for year, most in found.years.items()} == {
        2024: "0.00", 2025: "40000.00", 2026: "40000.00", 2027: "40000.00", 2028: "40000.00",
        2029: "40000.00",
    }  # fmt: skip
    capped = of(f"id: job, {JOB}, measured_at_months: [12]", caps=(cap("year", "7.00"),))
    assert str(capped.years[2027]) == "7.00"
    assert str(capped.whole.after_caps) == "42.00"


def test_what_comes_back_in_one_year_makes_room_in_another() -> None:
    found = of(
        f"id: job, {JOB}", f"id: loss, {JOB}, negative: true",
        caps=(cap("agreement", "500.00"),),
    )  # fmt: skip
    assert str(found.whole.after_caps) == "500.00"
    assert str(found.years[2027]) == "40000.00"


@pytest.mark.parametrize(
    ("months", "by"),
    [(12, "2028-01-01"), (6, "2028-07-01"), (60, "2024-01-01"), (61, "None")],
)
def test_the_last_day_to_be_enrolled(months: int, by: str) -> None:
    assert str(last_day(terms(f"id: job, {JOB}"), months)) == by


def test_the_last_day_to_be_enrolled_at_the_end_of_a_month() -> None:
    # Enrolled on 31 August or before, six months are over on 28 February at the latest.
    ends = terms(f"id: job, {JOB}", ends_on="2027-02-28")
    assert str(last_day(ends, 6)) == "2026-08-31"
