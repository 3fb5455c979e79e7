"""Random persons whose lives with shelters press on every clause of the rule.

A person is plain data of the oracle; the functions below it translate for `ledger`.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from hypothesis import strategies as st

from ledger import facts
from ledger.money import Amount
from ledger.shelter.counterfactual import Counterfactual, ReferenceTariff
from ledger.shelter.rules import OpenWindows, RefundRule, RefundRuleTable
from tests.oracle import shelter_rule as oracle

LIMIT_120 = date(2023, 10, 1)
LIMIT_90 = date(2026, 4, 1)
CLOCKS_BACK = date(2023, 10, 29)
CLOCKS_FORWARD = date(2024, 3, 31)
LEAP_DAY = date(2024, 2, 29)
FIRST_RULE = date(1998, 7, 1)

SHELTERS = ("nord", "nord-2", "nord2")
"""Names of which one begins another, and a hyphen sorts before a digit."""

_HALF = Fraction(1, 2)
_TURNS = (LIMIT_120, LIMIT_90, CLOCKS_BACK, CLOCKS_FORWARD, LEAP_DAY, date(2024, 10, 1))
_EARLY_TURNS = (FIRST_RULE, date(1999, 7, 1), date(2000, 2, 29))
_ENROLMENTS = (LEAP_DAY, date(2020, 2, 29), LIMIT_120, date(2021, 1, 1), LIMIT_90)
_EARLY_ENROLMENTS = (FIRST_RULE, date(1996, 2, 29))
_NIGHTS = (0, 1, 2, 89, 90, 91, 119, 120, 121, 365, 366, 400, 800)
_TARIFFS = (150_700, 110_000, 8_700, 0)
_OWN_PAYMENTS = (0, 0, 8_700, 9_133, 120_001)
_DAYS_KNOWN = (1_465, 1_000, 700, 400, 100, -200)
"""How long after enrolment the register is known, at least."""
_LIMITS = (120, 60, None, 0, 1, 30, 90, None, 366)
_SHARES = (_HALF, Fraction(0), Fraction(1), Fraction(333_333, 1_000_000))


class Person(NamedTuple):
    """One person's stays, and the terms, tariffs and rules that price them."""

    stays: list[oracle.Stay]
    enrolled: date
    until: date
    nights_per_year: int
    prices: list[oracle.Price]
    rules: list[oracle.Rule]
    cuts: list[date]

    @property
    def periods(self) -> list[tuple[date, date]]:
        """Consecutive periods, each from one cut to the next."""
        return list(pairwise(self.cuts))

    def histories(self) -> tuple[list[oracle.Night], list[oracle.Night]]:
        """The counterfactual and the actual course of events, as the oracle sees them."""
        actual = oracle.actual_nights(self.stays, self.until)
        expected = oracle.counterfactual_nights(
            actual, self.enrolled, self.nights_per_year, self.until
        )
        return (
            oracle.course(expected, self.prices, self.rules),
            oracle.course(actual, self.prices, self.rules),
        )


def law(*, restart_2023: bool = False, restart_2026: bool = False) -> list[oracle.Rule]:
    """The dated rules of Serviceloven § 110."""
    return [
        oracle.Rule("half-no-limit", FIRST_RULE, _HALF, None),
        oracle.Rule("half-120-nights", LIMIT_120, _HALF, 120, restart_2023),
        oracle.Rule("half-90-nights", LIMIT_90, _HALF, 90, restart_2026),
    ]


# --- drawing ----------------------------------------------------------------------------------


def _one_in(draw: st.DrawFn, n: int) -> bool:
    return draw(st.integers(1, n)) == n


def _later(draw: st.DrawFn, day: date, least: int, most: int) -> date:
    return day + timedelta(days=draw(st.integers(least, most)))


def _rules(draw: st.DrawFn, turns: tuple[date, ...]) -> list[oracle.Rule]:
    if _one_in(draw, 6):
        return _invented(draw, turns)
    restart_2023, restart_2026 = draw(st.tuples(st.booleans(), st.booleans()))
    return law(restart_2023=restart_2023, restart_2026=restart_2026)


def _invented(draw: st.DrawFn, turns: tuple[date, ...]) -> list[oracle.Rule]:
    starts = [_later(draw, draw(st.sampled_from(turns)), -500, 300)]
    for _ in range(draw(st.sampled_from((4, 3, 2, 1, 0)))):
        starts.append(_later(draw, starts[-1], 1, 400))
    return [
        oracle.Rule(
            f"rule-{number}",
            start,
            draw(st.sampled_from(_SHARES)),
            draw(st.sampled_from(_LIMITS)),
            draw(st.booleans()),
        )
        for number, start in enumerate(starts, start=1)
    ]


def _prices(draw: st.DrawFn, shelter: str, turns: tuple[date, ...]) -> list[oracle.Price]:
    first = draw(st.sampled_from(turns)) if _one_in(draw, 15) else date(1990, 1, 1)
    starts = {first}
    for _ in range(draw(st.integers(0, 2))):
        starts.add(_later(draw, draw(st.sampled_from(turns)), -30, 200))
    return [
        oracle.Price(
            shelter,
            start,
            draw(st.sampled_from(_TARIFFS)) + draw(st.integers(0, 99)),
            draw(st.sampled_from(_OWN_PAYMENTS)),
        )
        for start in draw(st.permutations(sorted(starts)))
    ]


def _away_while_the_rule_changed(draw: st.DrawFn, person: Person) -> Person:
    """The person under two limits, and away while a brief rule between them ends running years."""
    brief = _later(draw, person.enrolled, 60, 150)
    again = _later(draw, brief, 1, 40)
    back = _later(draw, again, 0, 60)
    limit = draw(st.sampled_from((None, 120)))
    return person._replace(
        stays=[
            oracle.Stay("nord", person.enrolled, _later(draw, person.enrolled, 1, 60)),
            oracle.Stay("nord2", back, _later(draw, back, 1, 150)),
        ],
        until=max(person.until, oracle.anniversary(person.enrolled, 1)),
        rules=[
            oracle.Rule("before", person.enrolled, _HALF, draw(st.integers(0, 120))),
            oracle.Rule("brief", brief, _HALF, limit, limit is not None),
            oracle.Rule("after", again, _HALF, draw(st.integers(0, 120))),
        ],
        cuts=[oracle.anniversary(person.enrolled, years) for years in range(4)],
    )


def _relapsed(draw: st.DrawFn, person: Person) -> Person:
    """The person at a dear shelter after enrolment, rather than at a cheap one all year."""
    nights = draw(st.integers(80, 125))
    since = date(1990, 1, 1)
    return person._replace(
        stays=[
            oracle.Stay("nord", person.enrolled, person.enrolled + timedelta(days=nights)),
            *(stay for stay in person.stays if stay.admitted < person.enrolled),
        ],
        until=max(person.until, oracle.anniversary(person.enrolled, 1)),
        nights_per_year=draw(st.sampled_from((365, 250))),
        cuts=[oracle.anniversary(person.enrolled, years) for years in range(4)],
        prices=[
            *(oracle.Price(shelter, since, 150_700, 9_100) for shelter in SHELTERS),
            oracle.Price(oracle.REFERENCE, since, 45_000, 0),
        ],
    )


def _enrolled_on_a_leap_day(draw: st.DrawFn, person: Person) -> Person:
    """The person so long under the same terms that 29 February comes round again."""
    years = range(draw(st.integers(5, 7)))
    return person._replace(
        enrolled=LEAP_DAY,
        until=max(person.until, oracle.anniversary(LEAP_DAY, years[-1])),
        cuts=[oracle.anniversary(LEAP_DAY, number) for number in years],
    )


def _admitted(
    draw: st.DrawFn, before: list[oracle.Stay], enrolled: date, turns: list[date]
) -> date:
    """A day of admission: before a turn, anywhere, or placed by another stay."""
    how = draw(st.integers(0, 5 if before else 2))
    if how == 0:
        return _later(draw, enrolled, -900, 1500)
    if how == 1:
        return _later(draw, draw(st.sampled_from(turns)), -1, 0)
    if how == 2:
        return _later(draw, draw(st.sampled_from(turns)), -60, 0)
    other = draw(st.sampled_from(before))
    if how == 3 and other.discharged:
        return other.discharged
    return other.admitted if how == 4 else _later(draw, other.admitted, 0, 60)


def _stays(draw: st.DrawFn, enrolled: date, turns: list[date]) -> list[oracle.Stay]:
    stays: list[oracle.Stay] = []
    for _ in range(draw(st.sampled_from((1, 2, 3, 4, 5, 6, 7, 0)))):
        admitted = _admitted(draw, stays, enrolled, turns)
        nights = draw(st.sampled_from(_NIGHTS) if _one_in(draw, 3) else st.integers(0, 150))
        discharged = None if _one_in(draw, 12) else admitted + timedelta(days=nights)
        stays.append(oracle.Stay(draw(st.sampled_from(SHELTERS)), admitted, discharged))
    return draw(st.permutations(stays))


@st.composite
def people(draw: st.DrawFn) -> Person:
    """A person, most often under the law as it stands and around the days on which it turns."""
    early = _one_in(draw, 20)
    turns = _EARLY_TURNS if early else _TURNS
    enrolled = draw(st.sampled_from(_EARLY_ENROLMENTS if early else _ENROLMENTS))
    if draw(st.booleans()):
        enrolled = _later(draw, enrolled, -200, 400)
    until = _later(draw, enrolled + timedelta(days=draw(st.sampled_from(_DAYS_KNOWN))), 0, 300)
    cut = _later(draw, enrolled, -30, 30) if _one_in(draw, 3) else enrolled
    cuts = [cut]
    for _ in range(draw(st.integers(1, 4))):
        cuts.append(_later(draw, cuts[-1], 0, 500))
    if draw(st.booleans()):
        cuts.append(max(cuts[-1], until))
    person = Person(
        stays=_stays(draw, enrolled, [turn for turn in turns if turn < until] or [enrolled]),
        enrolled=enrolled,
        until=until,
        nights_per_year=draw(
            st.one_of(st.sampled_from((0, 90, 120, 250, 365)), st.integers(0, 365))
        ),
        prices=[
            price
            for shelter in (*SHELTERS, oracle.REFERENCE)
            for price in _prices(draw, shelter, turns)
        ],
        rules=_rules(draw, turns),
        cuts=cuts,
    )
    fates = (_relapsed, _away_while_the_rule_changed, _enrolled_on_a_leap_day)
    fate = draw(st.sampled_from((None,) * 8 + fates))
    return fate(draw, person) if fate else person


# --- the same in the words of the ledger -------------------------------------------------------


def as_share(share: Fraction) -> Decimal:
    """A share with six decimals."""
    return Decimal(int(share * 1_000_000)).scaleb(-6)


def as_stays(stays: list[oracle.Stay]) -> list[facts.Stay]:
    """The stays as the register shows them."""
    return [
        facts.Stay(
            stay=f"stay-{number}",
            shelter=stay.shelter,
            admitted=stay.admitted,
            discharged=stay.discharged,
        )
        for number, stay in enumerate(stays)
    ]


def as_tariffs(prices: list[oracle.Price]) -> dict[str, tuple[facts.Tariff, ...]]:
    """The tariffs of each shelter."""
    return {
        shelter: tuple(
            facts.Tariff(
                shelter=shelter,
                valid_from=price.valid_from,
                per_night=Amount(price.tariff),
                own_payment=Amount(price.own_payment),
            )
            for price in prices
            if price.shelter == shelter
        )
        for shelter in SHELTERS
    }


def as_counterfactual(nights_per_year: int, prices: list[oracle.Price]) -> Counterfactual:
    """What the terms say would have happened."""
    return Counterfactual(
        nights_per_year=nights_per_year,
        reference_tariffs=tuple(
            ReferenceTariff(
                valid_from=price.valid_from,
                per_night=Amount(price.tariff),
                own_payment=Amount(price.own_payment),
            )
            for price in prices
            if price.shelter == oracle.REFERENCE
        ),
    )


def as_table(rules: list[oracle.Rule]) -> RefundRuleTable:
    """The rules as a table of law."""
    return RefundRuleTable(
        id="a-table",
        title="A table of refund rules",
        sources=("a test",),
        rules=tuple(
            RefundRule(
                id=rule.name,
                valid_from=rule.valid_from,
                state_share=as_share(rule.state_share),
                nights_per_running_year=rule.limit,
                open_windows=OpenWindows.RESTART if rule.restart else OpenWindows.CONTINUE,
            )
            for rule in rules
        ),
    )
