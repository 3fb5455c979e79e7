"""The invented register of docs/examples/housing-first holds what its README promises."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from ledger.dates import add_months
from ledger.facts import CapitalPaidIn, Stay, Tariff
from ledger.metrics.base import Waiting
from ledger.metrics.facts import Measured, Person
from ledger.model import SubjectRef
from ledger.money import ZERO, Amount
from ledger.policy.assess import AgreementFacts, Assessment, assess
from ledger.terms.agreement import Terms
from ledger.terms.reader import read_model
from ledger.terms.shipped import shelter_refund_rules

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "docs" / "examples" / "housing-first"
YEARS = range(2021, 2027)
EXPORTS = {year: date(year + 1, 1, 1) for year in YEARS} | {2026: date(2026, 10, 1)}
ENROLLED_IN = {2021: "aarhus-hf-1", 2024: "aarhus-hf-2", 2025: "aarhus-hf-2"}
RULES_CHANGED = (date(2023, 10, 1), date(2026, 4, 1))
AGREEMENTS = ("aarhus-hf-1", "aarhus-hf-2")

Row = dict[str, str]


def rows(name: str) -> list[Row]:
    with (EXAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def terms(agreement: str) -> Terms:
    return read_model((EXAMPLE / f"{agreement}.yaml").read_text(encoding="utf-8"), Terms)


def measurements() -> list[Row]:
    return [row for year in YEARS if year != 2021 for row in rows(f"{year}/measurements.csv")]


def enrolments() -> list[Row]:
    return [row for year in ENROLLED_IN for row in rows(f"{year}/enrolments.csv")]


def enrolled_on() -> dict[str, date]:
    return {r["person_id"]: date.fromisoformat(r["enrolled_on"]) for r in enrolments()}


def stays_by_person() -> dict[str, list[Stay]]:
    """All stays of the last export."""
    found = defaultdict(list)
    for row in rows("2026/stays.csv"):
        stay = Stay.model_validate(
            {
                "stay": row["stay_id"],
                "shelter": row["shelter"],
                "admitted": row["admitted"],
                "discharged": row["discharged"] or None,
            }
        )
        found[row["person_id"]].append(stay)
    return found


def later_stays() -> Iterator[tuple[str, Stay]]:
    """Stays that began after the person was enrolled."""
    enrolled = enrolled_on()
    for person, stays in stays_by_person().items():
        yield from ((person, stay) for stay in stays if stay.admitted > enrolled[person])


def end_of(stay: Stay) -> date:
    return stay.discharged or EXPORTS[2026]


def test_made_again_it_is_the_same_to_the_byte(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "make_example.py"
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True, cwd=ROOT)  # noqa: S603
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.csv")}
    files = list(EXAMPLE.rglob("*.csv"))
    assert made == {path.relative_to(EXAMPLE): path.read_bytes() for path in files}
    assert len(made) == 6 + 3 + 6 + 5 + 7
    assert not any(b"\r" in content for content in made.values())


@pytest.mark.parametrize(
    ("agreement", "people", "each"),
    [("aarhus-hf-1", 36, "7950000.00"), ("aarhus-hf-2", 45, "3650000.00")],
)
def test_the_terms_are_valid_and_of_the_published_size(
    agreement: str, people: int, each: str
) -> None:
    found = terms(agreement)
    assert found.agreement == agreement
    assert {c.investor: str(c.amount) for c in found.investment} == {
        "dsi": each,
        "council-fund": each,
    }
    enrolled = [
        date.fromisoformat(row["enrolled_on"])
        for row in enrolments()
        if row["agreement"] == agreement
    ]
    assert found.people == len(enrolled) == people
    assert found.starts_on <= min(enrolled)
    assert max(enrolled) < add_months(found.starts_on, 12)


def test_people_stand_in_the_folder_of_the_year_they_were_enrolled_in() -> None:
    for year, agreement in ENROLLED_IN.items():
        found = rows(f"{year}/enrolments.csv")
        assert {row["agreement"] for row in found} == {agreement}
        assert {row["enrolled_on"][:4] for row in found} == {str(year)}
    assert sorted(EXAMPLE.glob("*/enrolments.csv")) == [
        EXAMPLE / str(year) / "enrolments.csv" for year in ENROLLED_IN
    ]
    dates = [row["enrolled_on"] for row in enrolments() if row["agreement"] == "aarhus-hf-2"]
    assert (min(dates), max(dates)) == ("2024-06-03", "2025-03-14")


def test_each_export_holds_what_was_known_before_its_date() -> None:
    for year, export in EXPORTS.items():
        found = rows(f"{year}/stays.csv")
        admissions = [row["admitted"] for row in found]
        assert admissions == sorted(admissions)
        assert [row["stay_id"] for row in found] == sorted({row["stay_id"] for row in found})
        known = [row[key] for row in found for key in ("admitted", "discharged")]
        assert max(known) < str(export)


def test_a_later_export_only_adds_stays_and_closes_open_ones() -> None:
    closed = 0
    for earlier, later in pairwise(YEARS):
        after = {row["stay_id"]: row for row in rows(f"{later}/stays.csv")}
        for row in rows(f"{earlier}/stays.csv"):
            now = after[row["stay_id"]]
            if row["discharged"]:
                assert now == row
            else:
                assert now | {"discharged": ""} == row
                closed += bool(now["discharged"])
    assert closed >= 10
    assert any(not row["discharged"] for row in rows("2026/stays.csv"))


def test_some_are_booked_in_two_homes_and_some_move_on_the_day() -> None:
    overlaps = moves = 0
    for stays in stays_by_person().values():
        nights = [stay for stay in stays if stay.admitted < end_of(stay)]
        for first, second in combinations(nights, 2):
            overlaps += max(first.admitted, second.admitted) < min(end_of(first), end_of(second))
            moves += first.discharged == second.admitted and first.shelter != second.shelter
    assert overlaps >= 5
    assert moves >= 20


def test_some_stays_have_no_nights_and_some_cross_the_new_year() -> None:
    everything = [stay for stays in stays_by_person().values() for stay in stays]
    assert sum(stay.admitted == stay.discharged for stay in everything) >= 2
    assert sum(stay.admitted.year < end_of(stay).year for stay in everything) >= 10


def test_many_never_return_and_some_relapse_across_both_changes_of_rule() -> None:
    returned = {person for person, _ in later_stays()}
    assert len(set(enrolled_on()) - returned) >= 25
    for changed in RULES_CHANGED:
        across = [s for _, s in later_stays() if s.admitted < changed < end_of(s)]
        assert len(across) >= 3
        assert any(s.admitted == changed for _, s in later_stays())
    enrolled = enrolled_on()
    earlier = [
        stay
        for person, stays in stays_by_person().items()
        for stay in stays
        if stay.admitted < RULES_CHANGED[0] < end_of(stay) < enrolled[person]
    ]
    assert len(earlier) >= 3


def test_measurements_follow_their_milestone_and_stand_in_their_year() -> None:
    enrolled = enrolled_on()
    late = 0
    for year in (each for each in YEARS if each != 2021):
        for row in rows(f"{year}/measurements.csv"):
            measured = date.fromisoformat(row["measured_on"])
            milestone = add_months(enrolled[row["person_id"]], int(row["milestone_months"]))
            assert milestone <= measured <= milestone + timedelta(days=14)
            assert measured.year == year
            assert measured < EXPORTS[year]
            late += milestone.year < year
            indicator = terms(row["agreement"]).indicator(row["indicator"])
            assert indicator is not None
            assert indicator.problem(row["value"]) is None
    assert late >= 1
    times = Counter((r["person_id"], r["milestone_months"], r["indicator"]) for r in measurements())
    assert set(times.values()) == {1}


def test_some_leave_and_are_never_without_shelter_again() -> None:
    answers = defaultdict(list)
    for row in measurements():
        if row["indicator"] == "no-shelter":
            answers[row["person_id"]].append(row["value"])
    left = [each for each in answers.values() if each[-2:] == ["no", "no"] and "yes" in each]
    back = [each for each in answers.values() if ("no", "yes") in pairwise(each)]
    assert len(left) >= 3
    assert len(back) >= 3


@cache
def assessed(agreement: str) -> Assessment:
    """What policy makes of the whole example, with all capital paid in at the start."""
    deal, rules = terms(agreement), shelter_refund_rules()
    stays = stays_by_person()
    tariffs: dict[str, tuple[Tariff, ...]] = {}
    for row in [row for year in YEARS for row in rows(f"{year}/tariffs.csv")]:
        tariff = Tariff.model_validate(
            {
                "shelter": row["shelter"],
                "valid_from": row["valid_from"],
                "per_night": row["tariff"],
                "own_payment": row["own_payment"],
            }
        )
        tariffs[tariff.shelter] = (*tariffs.get(tariff.shelter, ()), tariff)
    readings: dict[str, list[Measured]] = defaultdict(list)
    for row in measurements():
        day, months = date.fromisoformat(row["measured_on"]), int(row["milestone_months"])
        readings[row["person_id"]].append(Measured(row["indicator"], row["value"], day, months))
    people = {
        SubjectRef(name): Person(
            SubjectRef(name), enrolled, EXPORTS[2026], tuple(stays[name]), tuple(readings[name])
        )
        for name, enrolled in enrolled_on().items()
        if name in {r["person_id"] for r in enrolments() if r["agreement"] == agreement}
    }
    capital = tuple(
        CapitalPaidIn(investor=each.investor, paid_on=deal.starts_on, amount=each.amount)
        for each in deal.investment
    )
    until = EXPORTS[2026]
    facts = AgreementFacts(deal, rules, rules, tariffs, people, capital)
    return assess(facts, until)


def test_some_milestones_wait_for_a_measurement_that_never_came() -> None:
    for agreement in AGREEMENTS:
        waiting = assessed(agreement).waiting
        assert {each.waiting for each in waiting} == {Waiting.MEASUREMENT}
        assert sum(add_months(each.period.end, 1) < EXPORTS[2026] for each in waiting) >= 2


def test_all_three_refund_rules_bite_in_what_is_paid() -> None:
    paid = [d.entitlement for a in AGREEMENTS for d in assessed(a).decided if d.entitlement]
    lines = [
        (line.rule, line.refunded)
        for entitlement in paid
        for history in (entitlement.working.counterfactual, entitlement.working.actual)
        for line in (history.lines if history else ())
    ]
    assert set(lines) == {
        ("half-no-limit", True),
        ("half-120-nights", True),
        ("half-120-nights", False),
        ("half-90-nights", True),
        ("half-90-nights", False),
    }


def test_nights_and_refund_are_saved_under_both_rules_of_2026() -> None:
    gains = [
        gain
        for decided in assessed("aarhus-hf-2").decided
        for gain in decided.outcome.gains
        if gain.year == 2026
    ]
    assert {gain.rule for gain in gains} == {"half-120-nights", "half-90-nights"}
    for rule in ("half-120-nights", "half-90-nights"):
        of_rule = [gain for gain in gains if gain.rule == rule]
        assert sum(g.nights_counterfactual - g.nights_actual for g in of_rule) > 1000
        assert sum(Fraction(g.state_gain) for g in of_rule) > 50_000
    limited = {
        line.refunded
        for decided in assessed("aarhus-hf-2").decided
        if decided.entitlement and decided.entitlement.working.counterfactual
        for line in decided.entitlement.working.counterfactual.lines
        if line.rule == "half-90-nights"
    }
    assert limited == {True, False}


def test_the_deals_repay_about_what_the_readme_says() -> None:
    last_cut: dict[str, date] = {}
    totals: dict[str, Amount] = {}
    for agreement in AGREEMENTS:
        totals[agreement] = ZERO
        for decided in assessed(agreement).decided:
            if decided.entitlement:
                totals[agreement] += decided.entitlement.total
                for cap in decided.entitlement.working.caps:
                    if cap.cut and cap.scope == "agreement":
                        last_cut.setdefault(agreement, decided.outcome.achieved_on)
    assert totals["aarhus-hf-1"] == terms("aarhus-hf-1").caps[-1].limit
    assert last_cut["aarhus-hf-1"] > date(2025, 11, 1)
    assert "aarhus-hf-2" not in last_cut
    assert Amount.parse("2774000.00") < totals["aarhus-hf-2"] < Amount.parse("2920000.00")
