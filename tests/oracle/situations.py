"""The situations that the shelter rule must settle, and which of them a person is in."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from tests.oracle import shelter_rule as oracle
from tests.oracle.answers import Answer, answers_of_oracle
from tests.oracle.people import (
    CLOCKS_BACK,
    CLOCKS_FORWARD,
    LEAP_DAY,
    LIMIT_90,
    LIMIT_120,
    Person,
    law,
)


def _last(stay: oracle.Stay, until: date) -> date:
    """The day on which a stay's nights end, as far as the register is known."""
    return min(stay.discharged or until, until)


def _features_of_stays(person: Person) -> dict[str, bool]:
    stays = [stay for stay in person.stays if stay.admitted < _last(stay, person.until)]
    pairs = [(one, other) for one in stays for other in stays if one is not other]
    spans = [(stay.admitted, _last(stay, person.until)) for stay in stays]

    def across(turn: date) -> bool:
        return any(admitted < turn < last for admitted, last in spans)

    def slept_on(day: date) -> bool:
        return any(admitted <= day < last for admitted, last in spans)

    return {
        "overlapping stays": any(
            one.admitted < other.admitted < _last(one, person.until) for one, other in pairs
        ),
        "a move between shelters on one day": any(
            one.discharged == other.admitted and one.shelter != other.shelter
            for one, other in pairs
        ),
        "two admissions on one day": any(
            one.admitted == other.admitted and one.shelter != other.shelter for one, other in pairs
        ),
        "discharged on the day of admission": any(
            stay.admitted == stay.discharged for stay in person.stays
        ),
        "an open stay": any(stay.discharged is None for stay in stays),
        "a stay of more than a year": any((last - first).days > 366 for first, last in spans),
        "a stay across 2023-10-01": across(LIMIT_120),
        "a stay across 2026-04-01": across(LIMIT_90),
        "a stay across 29 February": across(LEAP_DAY),
        "the night when clocks go forward": slept_on(CLOCKS_FORWARD),
        "the night when clocks go back": slept_on(CLOCKS_BACK),
        "stays recorded out of order": person.stays != sorted(person.stays, key=lambda s: s[1]),
        "no stay": not stays,
    }


def _features_of_terms(person: Person) -> dict[str, bool]:
    names = [rule.name for rule in person.rules]
    legal = names == [rule.name for rule in law()]
    leap = (person.enrolled.month, person.enrolled.day) == (2, 29)
    return {
        "enrolled on 29 February": leap,
        "29 February comes round again": leap
        and oracle.anniversary(person.enrolled, 4) < person.until,
        "a table other than the law": not legal,
        "the law, going on in 2026": legal and not person.rules[2].restart,
        "the law, restarting in 2026": legal and person.rules[2].restart,
        "a period after the register's end": person.cuts[-1] > person.until,
        "enrolled after the register's end": person.enrolled > person.until,
        **{f"{n} nights a year": person.nights_per_year == n for n in (0, 90, 120, 250, 365)},
    }


def _features_of_courses(person: Person) -> dict[str, bool]:
    counterfactual, actual = person.histories()
    both = counterfactual + actual
    pairs = [*pairwise(counterfactual), *pairwise(actual)]
    in_a_row = [(a, b) for a, b in pairs if b.day - a.day == timedelta(days=1)]
    limited = [night for night in both if night.rule and night.running_year]
    open_in_2026 = [
        night.running_year < LIMIT_90 < oracle.anniversary(night.running_year, 1)
        for night in limited
        if night.running_year and night.day >= LIMIT_90
    ]
    return {
        "the tariff changes during a stay": any(
            a.price.shelter == b.price.shelter and a.price != b.price for a, b in in_a_row
        ),
        "own payment above the tariff": any(
            night.price.own_payment > night.price.tariff for night in both
        ),
        "a night before the first rule": any(night.rule is None for night in both),
        "the limit is reached": any(not night.refunded for night in limited),
        "a running year opens during a stay": any(
            a.running_year and b.running_year and a.running_year != b.running_year
            for a, b in in_a_row
        ),
        "a running year from 29 February": any(
            night.running_year and (night.running_year.month, night.running_year.day) == (2, 29)
            for night in limited
        ),
        "a running year goes on across 2026-04-01": any(open_in_2026),
        "a limit is lifted": any(
            a.running_year and b.rule and b.rule.limit is None for a, b in pairs
        ),
        "a rule that ends running years passes without a night": any(
            (rule.limit is None or rule.restart)
            and a.rule.valid_from < rule.valid_from
            and rule.valid_from < b.rule.valid_from
            for a, b in pairs
            for rule in person.rules
            if a.running_year and a.rule and b.rule and b.running_year
            if b.day < oracle.anniversary(a.running_year, 1)
        ),
        "a night before enrolment in a running year": any(
            night.running_year and night.running_year < person.enrolled <= night.day
            for night in counterfactual
        ),
    }


def _features_of_answers(answers: list[Answer]) -> dict[str, bool]:
    refunds = [(each.counterfactual.refund, each.actual.refund) for each in answers]
    return {
        "both sides gain": any(each.state_gain and each.municipal_gain for each in answers),
        "the state would lose": any(would < did for would, did in refunds),
        "the state would lose but the municipality gains": any(
            each.municipal_gain and each.counterfactual.refund < each.actual.refund
            for each in answers
        ),
        "the municipality would lose": any(
            each.counterfactual.cost - each.actual.cost < each.state_gain for each in answers
        ),
    }


def features(person: Person) -> set[str]:
    """Which of the situations the rule must settle this person is in."""
    answers = answers_of_oracle(person)
    found = _features_of_stays(person) | _features_of_terms(person)
    found["a night without a price"] = answers is None
    if answers is not None:
        found |= _features_of_courses(person) | _features_of_answers(answers)
    return {name for name, present in found.items() if present}


EVERY_FEATURE = frozenset(
    """\
0 nights a year
120 nights a year
250 nights a year
29 February comes round again
365 nights a year
90 nights a year
a limit is lifted
a move between shelters on one day
a night before enrolment in a running year
a night before the first rule
a night without a price
a period after the register's end
a rule that ends running years passes without a night
a running year from 29 February
a running year goes on across 2026-04-01
a running year opens during a stay
a stay across 2023-10-01
a stay across 2026-04-01
a stay across 29 February
a stay of more than a year
a table other than the law
an open stay
both sides gain
discharged on the day of admission
enrolled after the register's end
enrolled on 29 February
no stay
overlapping stays
own payment above the tariff
stays recorded out of order
the law, going on in 2026
the law, restarting in 2026
the limit is reached
the municipality would lose
the night when clocks go back
the night when clocks go forward
the state would lose
the state would lose but the municipality gains
the tariff changes during a stay
two admissions on one day""".splitlines()
)


OFTEN = frozenset(
    """\
a move between shelters on one day
a running year opens during a stay
a stay across 2023-10-01
a stay across 2026-04-01
a stay across 29 February
a stay of more than a year
a table other than the law
an open stay
enrolled on 29 February
overlapping stays
own payment above the tariff
the law, going on in 2026
the law, restarting in 2026
the limit is reached
the night when clocks go back
the night when clocks go forward
the tariff changes during a stay
two admissions on one day""".splitlines()
)
"""What at least three persons in a hundred are in."""
