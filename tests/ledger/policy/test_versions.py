"""Terms that change: who is judged by which version, what caps remember, and law that changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ledger.dates import Period
from ledger.facts import CapitalPaidIn
from ledger.metrics.base import Outcome, Waiting
from ledger.metrics.facts import Facts, Frame, Measured, Person
from ledger.metrics.per_person import PerPerson
from ledger.model import SubjectRef
from ledger.money import Amount
from ledger.policy.assess import AgreementFacts, assess
from ledger.policy.versions import Amendment, Law
from ledger.shelter.rules import RefundRule, RefundRuleTable
from ledger.terms.agreement import Terms
from ledger.terms.reader import read_model
from ledger.terms.shipped import support_refund_rules
from tests.ledger.policy.test_assess import TERMS as NIGHTS
from tests.ledger.policy.test_assess import facts as night_facts
from tests.ledger.policy.test_assess import owed
from tests.ledger.shelter.examples import LAW, day

PRICED = """
agreement: small
title: A small agreement
currency: DKK
signed_on: 2023-12-01
starts_on: 2024-01-01
ends_on: 2029-01-01
people: 9
parties:
  - {id: fund, name: The fund, roles: [outcome_payer]}
  - {id: home, name: The home, roles: [provider]}
  - {id: big, name: Big, roles: [investor]}
investment:
  - {investor: big, amount: 200}
indicators:
  - {id: works, title: Is in work, kind: yes_no}
metrics:
  - id: work
    kind: per_person
    measured_at_months: [6, 12]
    achieved_when: {indicator: works, equals: yes}
    price: [{amount: 1000.00}]
split:
  - {payer: fund, share: 1}
rounding: {residual_payer: fund, residual_investor: big}
"""
"""1,000 kr. for whoever is in work at 6 months, and again at 12."""

DEARER = PRICED.replace("1000.00", "1500.00")
BY_ENROLMENT = "amendments_apply_by: enrolment\n"
TWO_YEARS = date(2026, 1, 1)


def works(*enrolled: str) -> AgreementFacts:
    """People who work at every milestone; named by their number, from p1."""
    return AgreementFacts(
        terms=read_model(PRICED, Terms),
        rules_at_signature=None,
        rules_today=None,
        tariffs={},
        people={
            (ref := SubjectRef(f"p{number}")): Person(
                ref,
                day(each),
                day("2029-01-01"),
                measured=tuple(
                    Measured("works", "yes", day("2029-01-01"), months) for months in (6, 12)
                ),
            )
            for number, each in enumerate(enrolled, start=1)
        },
        capital=(CapitalPaidIn(investor="big", paid_on=day("2024-01-01"), amount=Amount(200)),),
    )


def amended(known: AgreementFacts, *changes: tuple[str, str]) -> AgreementFacts:
    """The facts with the terms amended in turn: from which day, to which terms."""
    amendments = tuple(
        Amendment(read_model(terms, Terms), number, day(on), known.today)
        for number, (on, terms) in enumerate(changes, start=2)
    )
    return replace(known, amendments=amendments)


def test_an_outcome_is_priced_by_the_terms_in_force_on_the_day_of_achievement() -> None:
    known = amended(works("2024-02-01", "2024-06-30"), ("2024-12-30", DEARER))
    found = assess(known, TWO_YEARS)
    assert owed(found) == [
        "p1 6 2024-08-01 1000.00",
        "p2 6 2024-12-30 1500.00",
        "p1 12 2025-02-01 1500.00",
        "p2 12 2025-06-30 1500.00",
    ]
    assert [each.terms_version for each in found.decided] == [1, 2, 2, 2]


def test_by_enrolment_a_person_stays_under_the_terms_of_the_day_of_enrolment() -> None:
    known = works("2024-02-01", "2024-06-30")
    signed = read_model(PRICED + BY_ENROLMENT, Terms)
    known = amended(replace(known, terms=signed), ("2024-06-30", DEARER + BY_ENROLMENT))
    assert owed(assess(known, TWO_YEARS)) == [
        "p1 6 2024-08-01 1000.00",
        "p2 6 2024-12-30 1500.00",
        "p1 12 2025-02-01 1000.00",
        "p2 12 2025-06-30 1500.00",
    ]


def test_what_was_recorded_last_is_in_force_also_where_it_reaches_back_behind_another() -> None:
    cheap = PRICED.replace("1000.00", "900.00")
    known = amended(works("2024-02-01"), ("2025-01-01", DEARER), ("2024-07-01", cheap))
    found = assess(known, TWO_YEARS)
    assert owed(found) == ["p1 6 2024-08-01 900.00", "p1 12 2025-02-01 900.00"]
    assert [each.terms_version for each in found.decided] == [3, 3]


def test_a_cap_counts_what_was_paid_under_the_terms_before() -> None:
    capped = DEARER + "caps: [{scope: agreement, limit: 3200.00}]"
    known = amended(works("2024-02-01", "2024-06-30"), ("2024-12-30", capped))
    assert owed(assess(known, TWO_YEARS)) == [
        "p1 6 2024-08-01 1000.00",
        "p2 6 2024-12-30 1500.00",
        "p1 12 2025-02-01 700.00",
        "p2 12 2025-06-30 0.00",
    ]


class Later(PerPerson):
    """Counts every milestone as achieved 200 days later."""

    def outcomes(self, facts: Facts, frame: Frame) -> Iterator[Outcome]:
        for each in super().outcomes(facts, frame):
            later = Period(each.period.start, each.period.end + timedelta(days=200))
            yield each._replace(period=later)


def test_an_outcome_of_one_name_is_paid_once_also_where_terms_count_it_on_another_day() -> None:
    known = amended(works("2024-02-01"), ("2024-09-01", DEARER))
    (amendment,) = known.amendments
    (metric,) = amendment.terms.metrics
    later = Later.model_validate(metric.model_dump())
    new = replace(amendment, terms=amendment.terms.model_copy(update={"metrics": (later,)}))
    assert owed(assess(replace(known, amendments=(new,)), TWO_YEARS)) == [
        "p1 6 2024-08-01 1000.00",
        "p1 12 2025-08-20 1500.00",
    ]


def test_a_milestone_that_was_added_is_one_of_the_new_terms() -> None:
    known = amended(works("2024-02-01"), ("2024-08-02", DEARER.replace("[6, 12]", "[6, 12, 18]")))
    found = assess(known, TWO_YEARS)
    assert [each.outcome.key for each in found.decided] == ["6m", "12m"]
    assert [each.key for each in found.waiting] == ["18m"]


def test_a_new_investor_shares_in_what_is_achieved_after_it_paid_in() -> None:
    two = PRICED.replace(
        "roles: [investor]}", "roles: [investor]}\n  - {id: new, name: New, roles: [investor]}"
    )
    two = two.replace("amount: 200}", "amount: 200}\n  - {investor: new, amount: 200}")
    late = CapitalPaidIn(investor="new", paid_on=day("2024-09-01"), amount=Amount(200))
    known = works("2024-02-01")
    known = amended(replace(known, capital=(*known.capital, late)), ("2024-08-15", two))
    parts = [
        [(part.payee, str(part.amount)) for part in each.entitlement.parts]
        for each in assess(known, TWO_YEARS).decided
        if each.entitlement
    ]
    assert parts == [[("big", "1000.00")], [("big", "500.00"), ("new", "500.00")]]


@given(
    st.lists(st.dates(date(2024, 1, 1), date(2025, 12, 31)), min_size=1, max_size=5),
    st.lists(
        st.tuples(st.dates(date(2024, 1, 1), date(2026, 6, 1)), st.integers(1, 99)), max_size=4
    ),
    st.sampled_from(["", BY_ENROLMENT]),
)
def test_every_outcome_gets_the_price_of_the_amendment_recorded_last_by_its_day(
    enrolled: list[date], changes: list[tuple[date, int]], clause: str
) -> None:
    """Prices found by looking from the last amendment backwards, person by person."""
    known = works(*map(str, enrolled))
    known = replace(known, terms=read_model(PRICED + clause, Terms))
    terms = [(str(on), PRICED.replace("1000.00", f"{price}.00") + clause) for on, price in changes]
    for each in assess(amended(known, *terms), date(2028, 1, 1)).decided:
        assert each.outcome.subject is not None
        person = known.people[each.outcome.subject]
        judged_on = person.enrolled_on if clause else each.outcome.achieved_on
        prices = [price for on, price in changes if on <= judged_on]
        assert each.entitlement is not None
        assert each.entitlement.total.minor == 100 * (prices[-1] if prices else 1000)


# --- law that changes ---------------------------------------------------------------------------

RENEGOTIATED = NIGHTS.replace("on_change: follow", "on_change: renegotiate")
HALVED = RefundRule.model_validate(
    {"id": "half-60-nights", "valid_from": "2025-07-01", "state_share": "0.5",
     "nights_per_running_year": 60}
)  # fmt: skip
NEW_LAW = LAW.model_copy(
    update={"rules": tuple(sorted((*LAW.rules, HALVED), key=lambda rule: rule.valid_from))}
)
ANNA = ("anna", "2024-01-01", dict.fromkeys((12, 18, 24), "yes"))


def renegotiated(today: RefundRuleTable) -> AgreementFacts:
    return replace(night_facts(RENEGOTIATED, ANNA), rules_today=today)


def waits(
    known: AgreementFacts, until: date = TWO_YEARS
) -> list[tuple[int | None, Waiting | None]]:
    return [(each.months, each.waiting) for each in assess(known, until).waiting]


def test_rules_known_at_signature_are_followed_though_they_take_effect_later() -> None:
    known = replace(
        renegotiated(LAW), people=night_facts(NIGHTS, ("b", "2026-04-01", {12: "yes"})).people
    )
    assert owed(assess(known, day("2027-04-01"))) == ["b 12 2027-04-01 67815.00"]


def test_what_a_new_rule_touches_waits_and_the_rest_does_not() -> None:
    """18 months end on 2025-07-01, the new rule's first day, so the period holds no day of it."""
    known = renegotiated(NEW_LAW)
    assert [each.split()[1] for each in owed(assess(known, TWO_YEARS))] == ["12", "18"]
    assert waits(known) == [(24, Waiting.RENEGOTIATION)]


def test_new_terms_from_that_day_end_the_waiting() -> None:
    both = amended(renegotiated(NEW_LAW), ("2025-07-01", RENEGOTIATED))
    assert waits(both) == []
    follow = replace(night_facts(NIGHTS, ANNA), rules_today=NEW_LAW)
    assert owed(assess(both, TWO_YEARS)) == owed(assess(follow, TWO_YEARS))


def test_new_terms_from_a_later_day_leave_what_was_achieved_before_to_the_law_known_then() -> None:
    later = amended(renegotiated(NEW_LAW), ("2026-01-02", RENEGOTIATED))
    assert waits(later) == []
    unchanged = replace(night_facts(NIGHTS, ANNA), rules_today=LAW)
    assert owed(assess(later, TWO_YEARS)) == owed(assess(unchanged, TWO_YEARS))


def test_terms_amended_without_knowledge_of_the_new_rule_answer_nothing() -> None:
    before = amended(renegotiated(LAW), ("2026-01-02", RENEGOTIATED))
    assert waits(replace(before, rules_today=NEW_LAW)) == [(24, Waiting.RENEGOTIATION)]


def test_terms_that_leave_the_new_rules_day_to_those_before_answer_nothing() -> None:
    """Anna stays under the terms signed, for the new ones are for people enrolled later."""
    signed = read_model(RENEGOTIATED + BY_ENROLMENT, Terms)
    known = replace(renegotiated(NEW_LAW), terms=signed)
    early = amended(known, ("2025-01-01", RENEGOTIATED + BY_ENROLMENT))
    assert waits(early) == [(24, Waiting.RENEGOTIATION)]
    assert waits(amended(known, ("2025-07-01", RENEGOTIATED + BY_ENROLMENT))) == []


def test_terms_frozen_before_the_reform_know_no_refund_of_support() -> None:
    both = Law(LAW, support_refund_rules())
    assert both.frozen_at(day("2023-09-30")).support is None
    assert both.frozen_at(day("2023-10-01")) == Law(
        LAW.frozen_at(day("2023-10-01")), support_refund_rules()
    )


def test_what_waits_keeps_its_room_under_the_caps() -> None:
    """Work is not touched by the law; the nights that wait have used up the cap before it."""
    metric = """
  - id: work
    kind: per_person
    measured_at_months: [24]
    achieved_when: {indicator: no-shelter, equals: yes}
    price: [{amount: 100000.00}]
    split: [{payer: fund, share: 1}]
rounding:"""
    terms = RENEGOTIATED.replace("\nrounding:", metric).replace("town, share: 0", "town, share: 1")
    terms += "caps: [{scope: agreement, limit: 1400000.00}]"
    people = (ANNA, ("berit", "2024-01-02", {24: "yes"}))
    known = night_facts(terms, *people)
    until = day("2026-01-02")

    def paid(known: AgreementFacts) -> list[str]:
        return [
            str(each.entitlement.total)
            for each in assess(known, until).decided
            if each.entitlement and each.outcome.metric == "work"
        ]

    waiting = replace(known, rules_today=NEW_LAW)
    assert Waiting.RENEGOTIATION in [reason for _, reason in waits(waiting, until)]
    assert paid(waiting) == paid(known) == ["100000.00", "0.00"]


def test_a_metric_that_reads_no_law_never_waits_for_it() -> None:
    known = replace(works("2024-02-01"), rules_at_signature=LAW, rules_today=NEW_LAW)
    law = "refund_law: {table: dk-shelter-refund, on_change: renegotiate}\n"
    known = replace(known, terms=read_model(PRICED + law, Terms))
    assert len(assess(known, TWO_YEARS).decided) == 2


def test_terms_that_freeze_let_no_law_in_by_an_amendment_of_something_else() -> None:
    frozen = NIGHTS.replace("on_change: follow", "on_change: freeze")
    known = night_facts(frozen, ("b", "2026-04-01", {12: "yes"}))
    again = amended(known, ("2026-05-01", frozen.replace("people: 2", "people: 3")))
    followed = amended(known, ("2026-05-01", NIGHTS))
    until = day("2027-04-01")
    assert owed(assess(again, until)) == ["b 12 2027-04-01 90420.00"]
    assert owed(assess(followed, until)) == ["b 12 2027-04-01 67815.00"]


def test_terms_that_begin_to_freeze_keep_the_law_of_that_day() -> None:
    frozen = NIGHTS.replace("on_change: follow", "on_change: freeze")
    known = night_facts(NIGHTS, ("b", "2026-04-01", {12: "yes"}))
    found = amended(known, ("2026-05-01", frozen))
    assert owed(assess(found, day("2027-04-01"))) == ["b 12 2027-04-01 67815.00"]
