"""The refund newly given on housing support, which makes what the state saves smaller."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ledger.dates import Period
from ledger.facts import Stay
from ledger.money import from_exact
from ledger.shelter.rules import RefundRule, RefundRuleTable
from ledger.shelter.savings import Reckoning, saving
from ledger.shelter.support import Support, SupportDays, refunded
from ledger.terms.shipped import support_refund_rules
from tests.ledger.shelter.examples import LAW, THOUSAND, day, period, stay, terms
from tests.oracle import shelter_rule as oracle

SUPPORT_LAW = support_refund_rules()
FAR = date(2040, 1, 1)
BY_SPELL = Support.model_validate(
    {
        "indicator": "support",
        "cost_per_day": [
            {"valid_from": "2020-01-01", "amount": "400.00"},
            {"valid_from": "2025-01-01", "amount": "412.50"},
        ],
        "table": SUPPORT_LAW.id,
    }
)

Spell = tuple[date, date | None]


def spell(text: str) -> Spell:
    """2024-01-01..2024-06-01, or open without a last day."""
    start, end = text.split("..")
    return day(start), day(end) if end else None


def lines(
    given: list[str], stays: list[str], decided: list[str] | None = None, until: date = FAR
) -> list[str]:
    """The refunded days as text."""
    decisions = None if decided is None else [spell(each) for each in decided]
    found = refunded(
        [spell(each) for each in given],
        decisions,
        [stay(each) for each in stays],
        BY_SPELL,
        SUPPORT_LAW,
        until,
    )
    return [
        f"{each.period.start}..{each.period.end} {each.told(each.period.days)}" for each in found
    ]


def test_support_is_refunded_for_two_years_from_the_discharge() -> None:
    found = lines(["2024-02-01..2027-01-01"], ["nord 2023-12-01..2024-01-31"])
    assert found == [
        "2024-02-01..2025-01-01 335 x 400.00 x 0.50",
        "2025-01-01..2026-01-31 395 x 412.50 x 0.50",
    ]


def test_support_that_begins_in_the_shelter_is_refunded_from_the_discharge() -> None:
    assert lines(["2024-01-15..2024-03-01"], ["nord 2023-12-01..2024-01-31"]) == [
        "2024-01-31..2024-03-01 30 x 400.00 x 0.50"
    ]
    assert lines(["2024-01-15..2024-03-01"], ["nord 2023-12-01.."]) == []


def test_support_of_somebody_who_never_was_at_a_shelter_is_not_refunded() -> None:
    assert lines(["2024-02-01..2025-01-01"], []) == []
    assert lines(["2024-02-01..2025-01-01"], ["nord 2025-01-01..2025-02-01"]) == []


def test_nothing_is_refunded_of_days_before_the_reform() -> None:
    assert lines(["2023-09-01..2023-10-03"], ["nord 2023-06-01..2023-09-01"]) == [
        "2023-10-01..2023-10-03 2 x 400.00 x 0.50"
    ]


@pytest.mark.parametrize(
    ("decided", "counts"),
    [
        (["2024-01-30.."], True),
        (["2024-01-31.."], False),
        (["2024-01-30..2024-01-31"], True),
        (["2023-05-01..2024-01-30"], False),
        ([], False),
    ],
    ids=["the day before", "on the day", "up to it", "lapsed", "never"],
)
def test_support_is_refunded_only_if_decided_on_before_the_discharge(
    decided: list[str], *, counts: bool
) -> None:  # fmt: skip
    found = lines(["2024-02-01..2024-03-01"], ["nord 2023-12-01..2024-01-31"], decided)
    assert bool(found) == counts


def test_a_day_covered_by_two_spells_counts_once() -> None:
    stays = ["nord 2023-12-01..2024-01-31"]
    assert lines(["2024-02-01..2024-02-20", "2024-02-10..2024-03-01"], stays) == [
        "2024-02-01..2024-02-10 9 x 400.00 x 0.50",
        "2024-02-10..2024-02-20 10 x 400.00 x 0.50",
        "2024-02-20..2024-03-01 10 x 400.00 x 0.50",
    ]


def test_one_year_of_support_takes_most_of_what_the_state_saves() -> None:
    """By hand: 61 nights of the running year from 1 November 2023 were used, so 59 are refunded.

    60 more are from 1 November 2024 to 30 December, the last of 365. (59 + 60) x 1,507 x 50 % =
    89,666.50. Of that the support takes 366 x 400 x 50 % = 73,200.00.
    """
    stays = [stay("nord 2023-11-01..2024-01-01")]
    given = [spell("2024-01-01..2025-01-01")]
    support = tuple(refunded(given, None, stays, BY_SPELL, SUPPORT_LAW, FAR))
    enrolled = day("2024-01-01")
    year = period("2024-01-01..2025-01-01")
    reckoning = Reckoning(THOUSAND, terms(365), LAW)
    without = saving(reckoning.courses(reckoning.nights(stays, enrolled, FAR)), year)
    found = saving(reckoning.courses(reckoning.nights(stays, enrolled, FAR), support), year)
    assert without.state_gain == 89_666_50
    assert found.state_gain == 16_466_50
    assert found.state_gain + found.municipal_gain == without.state_gain + without.municipal_gain
    assert [step.by for step in found.steps] == ["366 x 400.00 x 0.50"]
    assert sum(from_exact(gain.state_gain) for gain in found.gains) == found.state_gain
    assert sum(from_exact(gain.municipal_gain) for gain in found.gains) == found.municipal_gain


def test_a_rule_is_of_nights_or_of_support() -> None:
    both = {"id": "both", "valid_from": "2024-01-01", "state_share": "0.5",
            "nights_per_running_year": 90, "years_after_discharge": 2}  # fmt: skip
    with pytest.raises(ValidationError, match="not both"):
        RefundRule.model_validate(both)
    with pytest.raises(ValidationError, match="not of both"):
        RefundRuleTable(
            id="both", title="Both", sources=(), rules=(*LAW.rules[:1], *SUPPORT_LAW.rules)
        )


# --- told a second time, one day after another --------------------------------------------------


def supported(given: list[Spell], decided: list[Spell] | None, stays: list[Stay], on: date) -> bool:
    """Whether the state refunds support on a day, asked of every spell that covers it."""
    for start, end in given:
        if on < start or (end is not None and on >= end):
            continue
        ends: list[date | None] = []
        for each in stays:
            if each.admitted > start:
                continue
            ends.append(each.discharged)
        if not ends:
            continue
        inside = [e for e in ends if e is None or e > start]
        if None in inside:
            continue
        last = max(e for e in ends if e is not None)
        two_years = oracle.anniversary(last, 2)
        in_time = decided is None or any(
            s <= last - timedelta(days=1) and (e is None or e >= last) for s, e in decided
        )
        if in_time and last <= on < two_years and on >= date(2023, 10, 1):
            return True
    return False


def spans(first: date, longest: int) -> st.SearchStrategy[Spell]:
    starts = st.dates(first, date(2026, 6, 1))
    lengths = st.one_of(st.none(), st.integers(1, longest))
    return st.builds(
        lambda start, days: (start, start + timedelta(days=days) if days else None), starts, lengths
    )


@given(
    given=st.lists(spans(date(2023, 1, 1), 900), max_size=3),
    decided=st.one_of(st.none(), st.lists(spans(date(2023, 1, 1), 400), max_size=3)),
    spent=st.lists(spans(date(2022, 6, 1), 300), max_size=4),
    enrolled=st.dates(date(2023, 3, 1), date(2025, 12, 31)),
    nights=st.sampled_from([0, 120, 240, 365]),
)
def test_what_is_saved_is_what_a_walk_through_the_days_finds(
    given: list[Spell],
    decided: list[Spell] | None,
    spent: list[Spell],
    enrolled: date,
    nights: int,
) -> None:
    stays = [
        Stay(stay=f"S{n}", shelter="nord", admitted=start, discharged=end)
        for n, (start, end) in enumerate(spent)
    ]
    year = Period(enrolled, oracle.anniversary(enrolled, 1))
    support = tuple(refunded(given, decided, stays, BY_SPELL, SUPPORT_LAW, year.end))
    reckoning = Reckoning(THOUSAND, terms(nights), LAW)
    found = saving(reckoning.courses(reckoning.nights(stays, enrolled, year.end), support), year)

    rules = [
        oracle.Rule("a", date(1998, 7, 1), Fraction(1, 2), None),
        oracle.Rule("b", date(2023, 10, 1), Fraction(1, 2), 120),
        oracle.Rule("c", date(2026, 4, 1), Fraction(1, 2), 90),
    ]
    prices = [
        oracle.Price("nord", date(1990, 1, 1), 1000_00, 0),
        oracle.Price(oracle.REFERENCE, date(1990, 1, 1), 1507_00, 0),
    ]
    actual = oracle.actual_nights([oracle.Stay("nord", a, d) for a, d in spent], year.end)
    expected = oracle.counterfactual_nights(actual, enrolled, nights, year.end)
    sums = [
        (
            sum(night.cost for night in course if year.start <= night.day),
            sum((night.refund for night in course if year.start <= night.day), Fraction(0)),
        )
        for course in (oracle.course(where, prices, rules) for where in (expected, actual))
    ]
    given_back = sum(
        (
            Fraction(400_00 if on < date(2025, 1, 1) else 412_50, 2)
            for on in oracle.days(year.start, year.end)
            if supported(given, decided, stays, on)
        ),
        Fraction(0),
    )
    state = max(Fraction(0), sums[0][1] - sums[1][1] - given_back)
    assert found.state_gain == state
    assert found.municipal_gain == max(Fraction(0), sums[0][0] - sums[1][0] - state)


@given(
    given=st.lists(spans(date(2023, 1, 1), 900), max_size=3),
    spent=st.lists(spans(date(2022, 6, 1), 300), max_size=3),
    later=spans(date(2025, 1, 1), 100),
)
def test_a_later_stay_or_spell_changes_no_day_before_it(
    given: list[Spell], spent: list[Spell], later: Spell
) -> None:
    def walked(given: list[Spell], spent: list[Spell]) -> list[SupportDays]:
        stays = [
            Stay(stay=f"S{n}", shelter="nord", admitted=start, discharged=end)
            for n, (start, end) in enumerate(spent)
        ]
        return refunded(given, None, stays, BY_SPELL, SUPPORT_LAW, later[0])

    def known(given: list[Spell]) -> list[Spell]:
        return [each for each in given if each[0] < later[0]]

    def total(found: list[SupportDays]) -> Fraction:
        return sum((each.refund(each.period.days) for each in found), Fraction(0))

    before = total(walked(known(given), known(spent)))
    assert total(walked([*known(given), later], [*known(spent), later])) == before
    assert total(walked(known(given)[::-1], known(spent)[::-1])) == before
