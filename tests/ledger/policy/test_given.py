"""What was decided of erased people stands, and everybody else's decisions stay what they were."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from ledger.dates import add_months
from ledger.facts import CapitalPaidIn
from ledger.metrics.base import Outcome
from ledger.metrics.facts import Measured, Person
from ledger.model import SubjectRef
from ledger.money import Amount
from ledger.policy.assess import AgreementFacts, Assessment, Decided, assess
from ledger.policy.given import Given
from ledger.terms.agreement import Terms
from ledger.terms.reader import read_model

TERMS = """
agreement: several
title: Several metrics under every ceiling
currency: DKK
signed_on: 2023-12-01
starts_on: 2024-01-01
ends_on: 2029-01-01
people: 12
groups: [young, old]
parties:
  - {{id: fund, name: The fund, roles: [outcome_payer]}}
  - {{id: town, name: The town, roles: [co_payer]}}
  - {{id: home, name: The home, roles: [provider]}}
  - {{id: big, name: Big, roles: [investor]}}
  - {{id: little, name: Little, roles: [investor]}}
investment:
  - {{investor: big, amount: 200}}
  - {{investor: little, amount: 100}}
indicators:
  - {{id: work, title: In work, kind: yes_no}}
  - {{id: home, title: Has a home, kind: yes_no}}
split:
  - {{payer: fund, share: 0.666667}}
  - {{payer: town, share: 0.333333}}
metrics:
  - id: job
    kind: per_person
    price: 100.01
    achieved_when: {{indicator: work, equals: yes}}
    measured_at_months: [3, 6, 12]
    guards: {{groups: [young], achieved_before: 2027-01-01}}
    deadweight: {{share: {share}, on: count}}
    exclusive: {{among: job, keep: best}}
  - id: home
    kind: per_person
    price: 77.77
    achieved_when: {{indicator: home, equals: yes}}
    deadweight: {{share: 0.25, on: {on}}}
    exclusive: {{among: job, keep: best}}
caps:
  - {{scope: person, limit: 150}}
  - {{scope: metric, metric: job, limit: {metric}}}
  - {{scope: year, limit: 700}}
  - {{scope: payer, payer: town, limit: {payer}}}
  - {{scope: agreement, limit: {agreement}}}
  - {{scope: return, yearly_rate: 0.5}}
rounding: {{residual_payer: town, residual_investor: little}}
"""
STARTS_ON = date(2024, 1, 1)
UNTIL = date(2028, 1, 1)


def person(random: Random, number: int) -> Person:
    """Somebody who is measured at most milestones, and now and then found to have a home."""
    enrolled = STARTS_ON + timedelta(days=random.randrange(500))
    measured = [
        Measured("work", random.choice(("yes", "yes", "no")), add_months(enrolled, each), each)
        for each in (3, 6, 12)
        if random.randrange(6)
    ]
    measured += [
        Measured("home", "yes", enrolled + timedelta(days=random.randrange(900)))
        for _ in range(random.randrange(3))
    ]
    subject = SubjectRef(f"s{random.randrange(1000):03d}-{number}")
    group = random.choice(("young", "young", "old"))
    return Person(subject, enrolled, UNTIL, measured=tuple(measured), group=group)


def draw(random: Random) -> AgreementFacts:
    """Facts under terms that press on every ceiling."""
    terms = TERMS.format(
        share=random.choice(("0.1", "0.333333")),
        on=random.choice(("count", "price")),
        metric=random.choice((250, 100_000)),
        payer=random.choice((90, 100_000)),
        agreement=random.choice((333, 100_000)),
    )
    people = [person(random, number) for number in range(random.randint(1, 12))]
    return AgreementFacts(
        terms=read_model(terms, Terms),
        rules_at_signature=None,
        rules_today=None,
        tariffs={},
        people={each.subject: each for each in people},
        capital=tuple(
            CapitalPaidIn(investor=who, paid_on=STARTS_ON, amount=Amount(minor))
            for who, minor in (("big", 20_000), ("little", 10_001))
        ),
    )


def erased(
    facts: AgreementFacts, people: Iterable[SubjectRef], decided: Iterable[Decided]
) -> AgreementFacts:
    """The facts once nothing but what is open is left of some people."""
    gone = frozenset(people)
    bare = {
        ref: Person(ref, known.enrolled_on, UNTIL, group=known.group) if ref in gone else known
        for ref, known in facts.people.items()
    }
    standing = {
        each.outcome.identity: Given(recorded(each.outcome), each.entitlement.parts)
        if each.entitlement
        else Given(recorded(each.outcome), ())
        for each in decided
        if each.outcome.subject in gone
    }
    return replace(facts, people=bare, erased=gone, given=standing)


def recorded(outcome: Outcome) -> Outcome:
    """What an event keeps of an outcome in the open."""
    return Outcome(
        metric=outcome.metric,
        key=outcome.key,
        period=outcome.period,
        subject=outcome.subject,
        months=outcome.months,
        achieved=outcome.achieved,
        refused=outcome.refused,
    )


def told(assessment: Assessment, without: frozenset[SubjectRef] = frozenset()) -> list[object]:
    """Every decision with its sums so far."""
    return [
        (recorded(outcome), sums and (sums.parts, sums.person_total, sums.agreement_total))
        for each in assessment.decided
        for outcome, sums in [(each.outcome, each.entitlement)]
        if outcome.subject not in without
    ]


@settings(max_examples=80, deadline=None)
@drawn(st.randoms(use_true_random=False))
def test_erasing_changes_no_decision_and_no_sum(random: Random) -> None:
    facts = draw(random)
    before = assess(facts, UNTIL)
    gone = random.sample(sorted(facts.people), random.randint(1, len(facts.people)))
    after = assess(erased(facts, gone, before.decided), UNTIL)
    assert told(after) == told(before)
    assert [each for each in before.waiting if each.subject not in gone] == list(after.waiting)


@settings(max_examples=80, deadline=None)
@drawn(st.randoms(use_true_random=False))
def test_what_comes_after_is_decided_as_if_nobody_were_erased(random: Random) -> None:
    """Those who are erased are through; the others' measurements come in before and after."""
    facts = draw(random)
    everybody = sorted(facts.people)
    gone = random.sample(everybody, random.randint(1, len(everybody)))
    halfway = {
        ref: known
        if ref in gone
        else replace(known, measured=tuple(m for m in known.measured if random.randrange(2)))
        for ref, known in facts.people.items()
    }
    then = assess(replace(facts, people=halfway), UNTIL)
    whole = assess(facts, UNTIL)
    if [each for each in told(then) if each[0].subject in gone] != [  # type: ignore[index]
        each
        for each in told(whole)
        if each[0].subject in gone  # type: ignore[index]
    ]:
        return  # late facts of others would have changed what they are owed; now it stands
    assert told(assess(erased(facts, gone, then.decided), UNTIL)) == told(whole)


def test_what_was_decided_stands_where_late_facts_would_have_cut_it() -> None:
    terms = read_model(
        TERMS.format(share="0", on="price", metric=100_000, payer=100_000, agreement=100.01), Terms
    )
    early, late = (
        Person(
            SubjectRef(name),
            date(2024, month, 1),
            UNTIL,
            measured=(Measured("work", "yes", date(2024, month + 3, 1), 3),),
            group="young",
        )
        for name, month in (("early", 1), ("late", 2))
    )
    facts = AgreementFacts(
        terms=terms, rules_at_signature=None, rules_today=None, tariffs={},
        people={late.subject: late},
        capital=(CapitalPaidIn(investor="big", paid_on=STARTS_ON, amount=Amount(20_000)),),
    )  # fmt: skip
    first = assess(facts, UNTIL)
    both = replace(facts, people={late.subject: late, early.subject: early})
    assert [e.entitlement and str(e.entitlement.total) for e in assess(both, UNTIL).decided] == [
        "100.01", "0.00",
    ]  # fmt: skip
    stands = assess(erased(both, [late.subject], first.decided), UNTIL)
    # The cap is overspent by what came too late to be seen, never by what is decided anew.
    assert [e.entitlement and str(e.entitlement.agreement_total) for e in stands.decided] == [
        "100.01", "200.02",
    ]  # fmt: skip
