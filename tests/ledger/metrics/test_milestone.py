"""Something completed once: by a person, a cohort, or everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.metrics.base import Outcome
from ledger.metrics.facts import Facts, Frame, Measured, Person
from ledger.model import Position, SubjectRef
from tests.ledger.metrics.spells import ENDS, START, metric_of, person, problems, told

TREATMENT = """
  - id: treatment
    kind: milestone
    by: person
    completed:
      - {id: started, indicator: done, price: 5000}
"""
EVERYBODY = """
  - id: opening
    kind: milestone
    by: agreement
    completed:
      - {id: opened, title: The house is open, indicator: done, price: 100000}
"""
COHORT = EVERYBODY.replace("by: agreement", "by: cohort\n    cohort: wave-1")


def yes(day: str, value: str = "yes", months: int | None = None, at: int = 9) -> Measured:
    """A reading of whether it was done."""
    return Measured("done", value, date.fromisoformat(day), months, Position(at))


def anna(*measured: Measured, group: str | None = None) -> Person:
    """Somebody enrolled on the first day."""
    return replace(person(group=group), measured=measured)


def found(
    terms: str,
    *people: Person,
    cohorts: Mapping[str, tuple[Measured, ...]] | None = None,
    until: date = ENDS,
) -> list[Outcome]:
    """The outcomes of people and cohorts."""
    facts = Facts({each.subject: each for each in people}, cohorts or {})
    return list(metric_of(terms).outcomes(facts, Frame(START, ENDS, until)))


def test_a_person_completes_something_once_on_the_first_day_it_is_seen() -> None:
    done = anna(yes("2012-05-01", "no"), yes("2012-07-01"), yes("2012-06-01"), yes("2013-01-01"))
    assert told(found(TREATMENT, done)) == ["started 2012-06-01 5000"]
    assert found(TREATMENT, anna(yes("2012-05-01", "no"))) == []
    assert found(TREATMENT, anna()) == []


def test_it_is_achieved_on_the_day_of_asking_and_not_before() -> None:
    done = anna(yes("2012-06-01"))
    assert found(TREATMENT, done, until=date(2012, 5, 31)) == []
    assert len(found(TREATMENT, done, until=date(2012, 6, 1))) == 1


def test_what_was_completed_before_enrolment_is_nobodys_merit() -> None:
    early = replace(anna(yes("2012-01-31")), enrolled_on=date(2012, 2, 1))
    assert found(TREATMENT, early) == []


def test_each_person_completes_for_themselves_at_the_groups_price() -> None:
    priced = TREATMENT.replace("5000", "[{amount: 1, group: young}, {amount: 2, group: old}]")
    berit = replace(anna(yes("2012-06-02"), group="old"), subject=SubjectRef("berit"))
    assert told(found(priced, anna(yes("2012-06-01"), group="young"), berit)) == [
        "started 2012-06-01 1",
        "started 2012-06-02 2",
    ]


def test_several_things_each_have_their_price() -> None:
    """Salt Lake Homes Not Jail: $5,000 for treatment begun, $2,300 for graduation."""
    both = TREATMENT + "      - {id: graduated, indicator: passed, price: 2300}\n"
    passed = Measured("passed", "yes", date(2012, 5, 1))
    assert sorted(told(found(both, anna(yes("2012-06-01"), passed)))) == [
        "graduated 2012-05-01 2300",
        "started 2012-06-01 5000",
    ]


def test_everybody_completes_it_together_once() -> None:
    results = {"all": (yes("2012-06-01"), yes("2012-03-01", "no")), "wave-1": (yes("2012-02-01"),)}
    (outcome,) = found(EVERYBODY, anna(yes("2012-01-02")), cohorts=results)
    assert told([outcome]) == ["opened 2012-06-01 100000"]
    assert (outcome.unit, outcome.subject, outcome.cohort) == ("all", None, None)
    assert outcome.read_at == (9,)


def test_a_named_cohort_completes_it_once() -> None:
    results = {"all": (yes("2012-06-01"),), "wave-1": (yes("2012-07-01"),)}
    (outcome,) = found(COHORT, cohorts=results)
    assert told([outcome]) == ["opened 2012-07-01 100000"]
    assert outcome.unit == "wave-1"


def test_what_was_completed_before_the_agreement_or_after_it_does_not_count() -> None:
    assert found(EVERYBODY, cohorts={"all": (yes("2011-12-31"),)}) == []
    assert len(found(EVERYBODY, cohorts={"all": (yes("2012-01-01"),)})) == 1
    assert len(found(EVERYBODY, cohorts={"all": (yes("2020-01-01"),)})) == 1
    assert found(EVERYBODY, cohorts={"all": (yes("2020-01-02"),)}, until=date(2021, 1, 1)) == []


def test_the_most_it_can_cost_is_everything_for_everybody() -> None:
    assert metric_of(TREATMENT).most(10) == 10 * 500000
    assert metric_of(EVERYBODY).most(10) == 10000000


def test_it_is_told_in_both_languages() -> None:
    assert (
        metric_of(EVERYBODY).told("en") == "Once for all together: The house is open (100000.00)."
    )
    assert metric_of(COHORT).told("da") == "Én gang for wave-1: The house is open (100000.00)."
    assert metric_of(TREATMENT).told("da") == "Én gang for hver person: started (5000.00)."


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            TREATMENT + "      - {id: started, indicator: done, price: 1}\n",
            "an id stands twice",
        ),
        (
            TREATMENT + "      - {id: again, indicator: done, price: 1}\n",
            "an indicator stands twice",
        ),
        (TREATMENT.replace("indicator: done", "indicator: score"), "it must be yes_no"),
        (TREATMENT.replace("by: person", "by: person\n    cohort: wave-1"), "only where"),
        (COHORT.replace("    cohort: wave-1\n", ""), "only where"),
        (COHORT.replace("wave-1", "all"), "write by: agreement"),
        (
            EVERYBODY.replace("100000", "[{amount: 1}, {amount: 2, group: old}]"),
            "only people have a group",
        ),
    ],
)
def test_terms_that_contradict_themselves_are_refused(wrong: str, message: str) -> None:
    assert any(message in each for each in problems(wrong)), problems(wrong)


READINGS = st.lists(
    st.builds(
        lambda day, value: Measured("done", value, START + timedelta(days=day)),
        st.integers(-10, 100),
        st.sampled_from(["yes", "no"]),
    ),
    max_size=8,
)


@given(readings=READINGS, data=st.data(), until=st.integers(0, 90))
def test_the_order_of_readings_is_irrelevant_and_later_ones_change_nothing(
    readings: list[Measured], data: st.DataObject, until: int
) -> None:
    last = START + timedelta(days=until)
    days = [m.measured_on for m in readings if m.value == "yes" and START <= m.measured_on <= last]
    expected = [min(days)] if days else []
    again = data.draw(st.permutations(readings))
    for each in (readings, again, [m for m in readings if m.measured_on <= last]):
        person_found = found(TREATMENT, anna(*each), until=last)
        cohort_found = found(EVERYBODY, cohorts={"all": tuple(each)}, until=last)
        assert [outcome.achieved_on for outcome in person_found] == expected
        assert [outcome.achieved_on for outcome in cohort_found] == expected
