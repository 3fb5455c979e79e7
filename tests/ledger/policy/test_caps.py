"""Ceilings: what each leaves, in the order in which they stand in the terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from math import floor

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from ledger.dates import Period
from ledger.facts import CapitalPaidIn
from ledger.metrics.base import Outcome
from ledger.model import SubjectRef
from ledger.money import Amount, total
from ledger.policy.caps import Spent
from ledger.policy.entitlement import Entitlement, Payout, entitlement
from ledger.terms.agreement import Terms
from ledger.terms.caps import Cap
from ledger.terms.reader import UnreadableTermsError, read_model

TERMS = """
agreement: small
title: A small agreement
currency: DKK
signed_on: 2024-01-01
starts_on: 2024-01-01
ends_on: 2034-01-01
people: 3
parties:
  - {id: fund, name: The fund, roles: [outcome_payer]}
  - {id: town, name: The town, roles: [co_payer]}
  - {id: home, name: The home, roles: [provider]}
  - {id: big, name: Big, roles: [investor]}
  - {id: little, name: Little, roles: [investor]}
investment:
  - {investor: big, amount: 200}
  - {investor: little, amount: 100}
indicators:
  - {id: done, title: Done, kind: yes_no}
metrics:
  - {id: shared, kind: per_person, achieved_when: {indicator: done, equals: yes}, price: 1}
  - id: local
    kind: per_person
    achieved_when: {indicator: done, equals: yes}
    price: 1
    split: [{payer: town, share: 1}]
split: [{payer: fund, share: 0.6}, {payer: town, share: 0.4}]
rounding: {residual_payer: fund, residual_investor: little}
"""
SHARES = {
    "shared": {"fund": Fraction(3, 5), "town": Fraction(2, 5)},
    "local": {"town": Fraction(1)},
}
START = date(2024, 1, 1)
Paid = tuple[str, int]
"""An investor and minor units, paid in on the first day."""


@dataclass(frozen=True)
class Due:
    """An outcome, as plain as it can be."""

    metric: str
    person: str | None
    day: int
    amount: Fraction

    @property
    def on(self) -> date:
        return START + timedelta(days=self.day)


def due(amount: str, metric: str = "shared", person: str | None = "anna", day: int = 0) -> Due:
    """An outcome worth so much in major units."""
    return Due(metric, person, day, Fraction(amount) * 100)


@cache
def terms(caps: str) -> Terms:
    """The terms with caps."""
    return read_model(TERMS + (f"caps: [{caps}]\n" if caps else ""), Terms)


def given_caps(*caps: Cap) -> Terms:
    """The terms with caps that are read already: properties try many."""
    return terms("").model_copy(update={"caps": caps})


def capital(*paid: Paid, on: int = 0) -> list[CapitalPaidIn]:
    """Capital paid in, on the first day if not said."""
    day = START + timedelta(days=on)
    return [CapitalPaidIn(investor=name, paid_on=day, amount=Amount(n)) for name, n in paid]


BOTH = capital(("big", 20000), ("little", 10000))


def entitled(
    caps: str | Terms, outcomes: Sequence[Due], paid_in: Sequence[CapitalPaidIn] = BOTH
) -> list[Entitlement]:
    """What a run of outcomes comes to, one after the other."""
    read = terms(caps) if isinstance(caps, str) else caps
    payout, spent = Payout(read, paid_in), Spent()
    return [
        entitlement(
            payout,
            Outcome(
                metric=each.metric,
                key=str(number),
                period=Period(each.on, each.on),
                subject=SubjectRef(each.person) if each.person else None,
                achieved=True,
                amount=each.amount,
            ),
            spent,
        )
        for number, each in enumerate(outcomes)
    ]


def totals(caps: str, *outcomes: Due, paid_in: Sequence[CapitalPaidIn] = BOTH) -> list[str]:
    """What each outcome comes to."""
    return [str(each.total) for each in entitled(caps, outcomes, paid_in)]


def by_payer(found: Entitlement) -> dict[str, int]:
    """What each payer owes, in minor units."""
    payers = dict.fromkeys((part.payer for part in found.parts), 0)
    for part in found.parts:
        payers[part.payer] += part.amount.minor
    return payers


# --- one scope after the other ----------------------------------------------------------------


def test_a_cap_per_person_counts_each_person_alone_and_nobody_where_there_is_none() -> None:
    caps = "{scope: person, limit: 100}"
    found = totals(caps, due("80"), due("80"), due("80", person="berit"), due("80", person=None))
    assert found == ["80.00", "20.00", "80.00", "80.00"]


def test_a_cap_per_metric_counts_that_metric_alone() -> None:
    caps = "{scope: metric, metric: local, limit: 100}"
    found = totals(caps, due("80", "local"), due("80"), due("80", "local"), due("80"))
    assert found == ["80.00", "80.00", "20.00", "80.00"]


def test_a_cap_per_year_starts_over_on_new_years_day() -> None:
    """2024 has 366 days."""
    caps = "{scope: year, limit: 100}"
    found = totals(caps, due("80"), due("80", day=365), due("80", day=366))
    assert found == ["80.00", "20.00", "80.00"]


def test_a_cap_on_a_payer_cuts_that_payer_alone() -> None:
    caps = "{scope: payer, payer: fund, limit: 100}"
    found = entitled(caps, [due("100"), due("100"), due("100")])
    assert [by_payer(each) for each in found] == [
        {"fund": 6000, "town": 4000},
        {"fund": 4000, "town": 4000},
        {"town": 4000},
    ]


def test_a_cap_on_the_agreement_cuts_all_payers_alike() -> None:
    found = entitled("{scope: agreement, limit: 150}", [due("100"), due("100"), due("1")])
    assert [by_payer(each) for each in found] == [
        {"fund": 6000, "town": 4000},
        {"fund": 3000, "town": 2000},
        {},
    ]


def test_a_cap_on_the_return_is_a_multiple_of_the_capital_paid_in_by_then() -> None:
    """Half again as much as 300.00; a further 100.00 is paid in on day ten."""
    paid_in = [*BOTH, *capital(("big", 10000), on=10)]
    caps = "{scope: return, multiple: 1.5}"
    outcomes = [due("400"), due("400", day=9), due("400", day=10)]
    assert totals(caps, *outcomes, paid_in=paid_in) == ["400.00", "50.00", "150.00"]


def test_a_multiple_is_rounded_down() -> None:
    caps = "{scope: return, multiple: 0.333333}"
    assert totals(caps, due("400"), paid_in=capital(("big", 100), ("little", 0))) == ["0.33"]


def test_a_cap_on_the_return_is_a_yearly_rate_on_what_is_outstanding() -> None:
    """100.00 at 10 %: 110.00 after 365 days; less 60.00, 50.00 are left, and 55.00 a year later."""
    caps = "{scope: return, yearly_rate: 0.10}"
    outcomes = [due("60", day=365), due("60", day=730), due("1", day=731)]
    found = totals(caps, *outcomes, paid_in=capital(("big", 10000), ("little", 0)))
    assert found == ["60.00", "55.00", "0.00"]


def test_at_no_rate_the_investors_get_their_capital_back() -> None:
    caps = "{scope: return, yearly_rate: 0}"
    assert totals(caps, due("200", day=100), due("200", day=555)) == ["200.00", "100.00"]


# --- in the stated order ----------------------------------------------------------------------


FUND_40, ALL_90 = "{scope: payer, payer: fund, limit: 40}", "{scope: agreement, limit: 90}"


def test_caps_are_applied_in_the_order_in_which_they_stand() -> None:
    """150 is owed, 90 of it by the fund.

    With the fund's ceiling first, 40 and 60 are left, and of these 100 90: 36 and 54. With the
    agreement's first, 90 is divided into 54 and 36, and the fund pays 40 of its 54.
    """
    (found,) = entitled(f"{FUND_40}, {ALL_90}", [due("150")])
    assert by_payer(found) == {"fund": 3600, "town": 5400}
    assert [cap.scope for cap in found.working.caps] == ["payer", "agreement"]
    (found,) = entitled(f"{ALL_90}, {FUND_40}", [due("150")])
    assert by_payer(found) == {"fund": 4000, "town": 3600}
    assert [cap.scope for cap in found.working.caps] == ["agreement", "payer"]


def test_the_working_shows_what_each_cap_had_left_and_whether_it_was_too_little() -> None:
    caps = "{scope: person, limit: 100}, {scope: agreement, limit: 500}"
    _, second = entitled(caps, [due("80"), due("80")])
    shown = [(c.scope, str(c.limit), str(c.left), c.cut) for c in second.working.caps]
    assert shown == [("person", "100.00", "20.00", True), ("agreement", "500.00", "420.00", False)]
    assert second.working.before_caps == "80.00"


# --- øre, and what costs money ----------------------------------------------------------------


def test_a_payer_at_its_ceiling_takes_no_residual_beyond_it() -> None:
    """2.4 øre are 1.44 and 0.96, and two in all: the fund's one, and an odd one, also the fund's.

    Where its ceiling is one øre, nobody owes the other.
    """
    (found,) = entitled("", [due("0.024")])
    assert by_payer(found) == {"fund": 2}
    (found,) = entitled("{scope: payer, payer: fund, limit: 0.01}", [due("0.024")])
    assert (by_payer(found), found.total) == ({"fund": 1}, Amount(1))


def test_an_outcome_that_costs_money_gives_the_caps_room_again() -> None:
    caps = "{scope: person, limit: 100}, {scope: agreement, limit: 100}"
    found = totals(caps, due("100"), due("-30"), due("50"))
    assert found == ["100.00", "-30.00", "30.00"]
    caps = "{scope: payer, payer: town, limit: 40}"
    found = totals(caps, due("100"), due("-30"), due("100"))
    assert found == ["100.00", "-30.00", "72.00"]


def test_an_outcome_that_costs_money_lets_the_return_grow_again() -> None:
    caps = "{scope: return, multiple: 1}"
    assert totals(caps, due("300"), due("-30"), due("50")) == ["300.00", "-30.00", "30.00"]
    caps = "{scope: return, yearly_rate: 0.10}"
    outcomes = [due("300"), due("-30"), due("50", day=365)]
    assert totals(caps, *outcomes) == ["300.00", "-30.00", "33.00"]


def test_an_outcome_that_costs_money_is_never_cut_and_is_divided_alike() -> None:
    (found,) = entitled("{scope: agreement, limit: 1}", [due("-100")])
    parts = sorted((part.payer, part.payee, str(part.amount)) for part in found.parts)
    assert parts == [
        ("fund", "big", "-40.00"),
        ("fund", "little", "-20.00"),
        ("town", "big", "-26.66"),
        ("town", "little", "-13.34"),
    ]


@pytest.mark.parametrize(
    ("caps", "message"),
    [
        ("{scope: return, limit: 1}", "needs either multiple or yearly_rate"),
        ("{scope: return, multiple: 2, yearly_rate: 0.1}", "needs either multiple or yearly_rate"),
        ("{scope: person}", "needs a limit"),
        ("{scope: person, limit: 1, multiple: 2}", "needs a limit"),
        ("{scope: year, limit: 0}", "must be above zero"),
        ("{scope: payer, limit: 1}", "payer is named where"),
        ("{scope: year, limit: 1, metric: local}", "metric is named where"),
        ("{scope: metric, metric: other, limit: 1}", "there is no metric 'other'"),
        ("{scope: payer, payer: big, limit: 1}", "'big' pays nothing here"),
        ("{scope: year, limit: 1}, {scope: year, limit: 2}", "stands 2 times"),
    ],
)
def test_caps_that_contradict_themselves_are_refused(caps: str, message: str) -> None:
    with pytest.raises(UnreadableTermsError, match=message):
        terms(caps)


# --- against sums over plain lists ------------------------------------------------------------

LIMITED = ("person", "year", "agreement", "metric, metric: local", "payer, payer: fund")
LIMITS = st.integers(1, 3000)
ORDERED_CAPS = st.lists(
    st.sampled_from([*LIMITED, "payer, payer: town", "metric, metric: shared"]), unique=True
).flatmap(lambda scopes: st.tuples(*(st.tuples(st.just(scope), LIMITS) for scope in scopes)))
OUTCOMES = st.lists(
    st.builds(
        Due,
        st.sampled_from(["shared", "local"]),
        st.sampled_from(["anna", "berit", None]),
        st.integers(0, 800),
        st.fractions(-400, 2500, max_denominator=7),
    ),
    max_size=8,
).map(lambda found: sorted(found, key=lambda each: each.day))


def limited(caps: Sequence[tuple[str, int]]) -> Terms:
    """The terms with caps given as (scope and whose, limit in minor units)."""
    found = []
    for scope, limit in caps:
        name, _, whose = scope.partition(", ")
        key, _, who = whose.partition(": ")
        found.append(
            Cap.model_validate(
                {"scope": name, "limit": Amount(limit)} | ({key: who} if key else {})
            )
        )
    return given_caps(*found)


def counts(scope: str, one: Due, other: Due) -> bool:
    """Whether an outcome uses up what a cap has for another one."""
    match scope.split(",", maxsplit=1)[0]:
        case "person":
            return one.person is not None and one.person == other.person
        case "year":
            return one.on.year == other.on.year
        case "metric":
            return one.metric == other.metric
        case _:
            return True


def used(scope: str, one: Due, before: Sequence[tuple[Due, dict[str, int]]]) -> int:
    """What earlier outcomes have used of a cap, added up anew."""
    payer = scope.rpartition("payer: ")[2] if "payer: " in scope else None
    return sum(
        amount
        for other, paid in before
        if counts(scope, one, other)
        for name, amount in paid.items()
        if payer in (None, name)
    )


def touches(scope: str, one: Due) -> bool:
    """Whether a cap is about an outcome at all."""
    if scope == "person":
        return one.person is not None
    return "metric: " not in scope or scope.endswith(one.metric)


def nearest(exact: Fraction) -> int:
    """Whole minor units, half away from zero."""
    return floor(exact + Fraction(1, 2)) if exact >= 0 else -floor(-exact + Fraction(1, 2))


@given(caps=ORDERED_CAPS, outcomes=OUTCOMES)
def test_no_payment_exceeds_any_cap_and_none_is_smaller_than_they_leave(
    caps: Sequence[tuple[str, int]], outcomes: list[Due]
) -> None:
    """An øre may be lost where the payer that takes the residual is at its own ceiling."""
    before: list[tuple[Due, dict[str, int]]] = []
    for one, found in zip(outcomes, entitled(limited(caps), outcomes), strict=True):
        owed = {payer: one.amount * share for payer, share in SHARES[one.metric].items()}
        at_ceiling = False
        for scope, limit in caps:
            if not touches(scope, one):
                continue
            left = max(0, limit - used(scope, one, before))
            names = [p for p in owed if "payer: " not in scope or scope.endswith(p)]
            asked = sum((owed[name] for name in names), Fraction(0))
            at_ceiling |= "payer: " in scope and asked >= left
            if nearest(asked) > left:
                event(f"cut by {scope}")
                owed |= {name: owed[name] * left / asked for name in names}
        expected = nearest(sum(owed.values(), Fraction(0)))
        assert expected - at_ceiling <= found.total.minor <= expected
        before.append((one, by_payer(found)))
        for scope, limit in caps:
            assert not touches(scope, one) or used(scope, one, before) <= limit


@given(caps=ORDERED_CAPS, outcomes=OUTCOMES, big=st.integers(0, 10**6), little=st.integers(1, 9))
def test_the_parts_sum_to_the_entitlement_and_are_pro_rata(
    caps: Sequence[tuple[str, int]], outcomes: list[Due], big: int, little: int
) -> None:
    paid_in = capital(("big", big), ("little", little))
    for one, found in zip(outcomes, entitled(limited(caps), outcomes, paid_in), strict=True):
        assert total(part.amount for part in found.parts) == found.total
        assert all(part.amount.minor * one.amount > 0 for part in found.parts)
        for payer, amount in by_payer(found).items():
            of_big = sum(
                part.amount.minor
                for part in found.parts
                if (part.payer, part.payee) == (payer, "big")
            )
            assert abs(of_big) == floor(Fraction(abs(amount) * big, big + little))


@given(outcomes=OUTCOMES)
def test_without_caps_each_outcome_is_rounded_once_and_split_by_shares(outcomes: list[Due]) -> None:
    for one, found in zip(outcomes, entitled("", outcomes), strict=True):
        assert found.total.minor == nearest(one.amount)
        for payer, amount in by_payer(found).items():
            assert abs(amount - one.amount * SHARES[one.metric][payer]) < 2


# --- the return, against a balance carried from day to day ------------------------------------

RATES = st.decimals("0", "1", places=4)


@given(
    rate=RATES,
    first=st.integers(1, 10**7),
    later=st.tuples(st.integers(0, 1500), st.integers(1, 10**7)),
    outcomes=st.lists(
        st.builds(
            Due,
            st.just("shared"),
            st.just("anna"),
            st.integers(0, 2000),
            st.integers(-(10**6), 2 * 10**7).map(Fraction),
        ),
        min_size=1,
        max_size=8,
    ).map(lambda found: sorted(found, key=lambda each: each.day)),
)
def test_a_yearly_rate_leaves_what_a_running_balance_holds(
    rate: Decimal, first: int, later: tuple[int, int], outcomes: list[Due]
) -> None:
    """The balance grows by a daily factor; payments come off it, capital comes on."""
    paid_in = [*capital(("big", first), ("little", 0)), *capital(("little", later[1]), on=later[0])]
    found = entitled(given_caps(Cap(scope="return", yearly_rate=rate)), outcomes, paid_in)
    with localcontext(prec=90):
        daily = ((1 + rate).ln() / 365).exp()
        balance, today, waits = Decimal(first), 0, True
        for one, each in zip(outcomes, found, strict=True):
            if waits and later[0] <= one.day:
                balance = balance * daily ** (later[0] - today) + later[1]
                today, waits = later[0], False
            balance *= daily ** (one.day - today)
            today = one.day
            most = max(0, floor(balance + Decimal("1e-20")))
            assert each.total.minor == min(int(one.amount), most)
            balance -= each.total.minor
            assert balance > Decimal("-1e-20") or one.amount < 0 or not each.total


@given(
    multiple=st.decimals("0", "5", places=6),
    paid=st.lists(st.tuples(st.integers(0, 900), st.integers(1, 10**6)), min_size=1, max_size=4),
    outcomes=OUTCOMES,
)
def test_a_multiple_leaves_that_much_of_the_capital_paid_in_by_then(
    multiple: Decimal, paid: list[tuple[int, int]], outcomes: list[Due]
) -> None:
    paid_in = [each for day, n in [(0, 1), *paid] for each in capital(("big", n), on=day)]
    got = 0
    found = entitled(given_caps(Cap(scope="return", multiple=multiple)), outcomes, paid_in)
    for one, each in zip(outcomes, found, strict=True):
        put_in = sum(n for day, n in [(0, 1), *paid] if day <= one.day)
        most = max(0, floor(put_in * Fraction(multiple)) - got)
        assert each.total.minor == min(nearest(one.amount), most)
        got += each.total.minor
