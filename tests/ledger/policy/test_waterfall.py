"""The order of payment among investors: tier by tier, to the øre, and back again."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.money import ZERO, Amount, total
from ledger.policy.assess import assess
from ledger.policy.waterfall import between, divide
from ledger.terms.agreement import Terms
from ledger.terms.reader import UnreadableTermsError, read_model
from ledger.terms.waterfall import PaymentTier
from tests.ledger.policy.test_assess import TERMS, facts, parts
from tests.ledger.shelter.examples import day

NAMES = ("dsi", "pool", "third")
SENIOR_FIRST = (
    PaymentTier(to=("dsi",), up_to="principal"),
    PaymentTier(to=("pool", "third"), up_to="principal"),
    PaymentTier(to=NAMES, multiple="1.05"),
    PaymentTier(to=("dsi", "third"), up_to="all"),
)
AMOUNTS = st.integers(1, 10_000).map(Amount)
CAPITAL = st.fixed_dictionaries(dict.fromkeys(NAMES, AMOUNTS))


def kroner(**parts: str) -> dict[str, Amount]:
    return {name: Amount.parse(text) for name, text in parts.items()}


def paid_out(
    amounts: list[Amount], tiers: tuple[PaymentTier, ...], capital: dict[str, Amount]
) -> list[dict[str, Amount]]:
    """What each investor has after every amount in turn."""
    received, after = dict.fromkeys(capital, ZERO), []
    for amount in amounts:
        for name, part in divide(amount, tiers, capital, received, "dsi").items():
            received[name] += part
        after.append(dict(received))
    return after


# --- golden -------------------------------------------------------------------------------------


def test_each_tier_is_filled_before_the_next_and_return_comes_last() -> None:
    """10m from DSI goes first, then the pool's 5m, then 5 % to both; the rest is DSI's."""
    capital = kroner(dsi="10000000.00", pool="5000000.00")
    tiers = (
        PaymentTier(to=("dsi",), up_to="principal"),
        PaymentTier(to=("pool",), up_to="principal"),
        PaymentTier(to=("dsi", "pool"), multiple="1.05"),
        PaymentTier(to=("dsi",), up_to="all"),
    )
    four_millions = [Amount.parse("4000000.00")] * 4
    assert paid_out(four_millions, tiers, capital) == [
        kroner(dsi="4000000.00", pool="0.00"),
        kroner(dsi="8000000.00", pool="0.00"),
        kroner(dsi="10000000.00", pool="2000000.00"),
        kroner(dsi="10750000.00", pool="5250000.00"),
    ]


def test_an_amount_below_zero_is_taken_back_from_who_was_paid_last() -> None:
    capital = kroner(dsi="100.00", pool="100.00", third="100.00")
    amounts = [Amount.parse("320.00"), Amount.parse("-30.00"), Amount.parse("-100.00")]
    assert paid_out(amounts, SENIOR_FIRST, capital) == [
        kroner(dsi="107.50", pool="105.00", third="107.50"),
        kroner(dsi="100.00", pool="95.00", third="95.00"),
        kroner(dsi="100.00", pool="45.00", third="45.00"),
    ]


def test_who_is_full_leaves_the_rest_to_the_others_of_the_tier() -> None:
    """The pool had 90 of its 100 from before more capital came in; 50 are to be divided."""
    tiers = (
        PaymentTier(to=("dsi", "pool"), up_to="principal"),
        PaymentTier(to=("dsi",), up_to="all"),
    )
    capital = kroner(dsi="100.00", pool="100.00")
    found = divide(Amount.parse("50.00"), tiers, capital, kroner(pool="90.00"), "dsi")
    assert found == kroner(dsi="40.00", pool="10.00")


# --- properties ---------------------------------------------------------------------------------


@given(CAPITAL, st.lists(AMOUNTS, max_size=6))
def test_parts_sum_to_the_entitlement_and_are_never_below_zero(
    capital: dict[str, Amount], amounts: list[Amount]
) -> None:
    before = dict.fromkeys(NAMES, ZERO)
    for amount, after in zip(amounts, paid_out(amounts, SENIOR_FIRST, capital), strict=True):
        assert total(after.values()) - total(before.values()) == amount
        assert all(after[name] >= before[name] for name in NAMES)
        before = after


@given(CAPITAL, st.lists(AMOUNTS, min_size=1, max_size=6))
def test_nobody_gets_beyond_a_tier_before_the_earlier_tier_is_full(
    capital: dict[str, Amount], amounts: list[Amount]
) -> None:
    for got in paid_out(amounts, SENIOR_FIRST, capital):
        if got["dsi"] < capital["dsi"]:
            assert got["pool"] == got["third"] == ZERO
        if any(got[name] < capital[name] for name in NAMES):
            assert all(got[name] <= capital[name] for name in NAMES)
        # The pool's last tier is the third, so it never gets more than that.
        assert got["pool"].minor <= Fraction("1.05") * capital["pool"].minor


@given(CAPITAL, st.lists(AMOUNTS, min_size=1, max_size=6))
def test_in_instalments_or_at_once_the_end_is_the_same_to_an_oere_each(
    capital: dict[str, Amount], amounts: list[Amount]
) -> None:
    (at_once,) = paid_out([total(amounts)], SENIOR_FIRST, capital)
    apart = paid_out(amounts, SENIOR_FIRST, capital)[-1]
    for name in NAMES:
        # Every instalment may round once in every tier.
        assert abs((apart[name] - at_once[name]).minor) <= 2 * len(amounts) * len(SENIOR_FIRST)


@given(CAPITAL, st.permutations(NAMES), AMOUNTS)
def test_the_order_in_which_investors_are_known_is_irrelevant(
    capital: dict[str, Amount], order: list[str], amount: Amount
) -> None:
    turned = {name: capital[name] for name in order}
    nothing = dict.fromkeys(NAMES, ZERO)
    assert divide(amount, SENIOR_FIRST, capital, nothing, "third") == divide(
        amount, SENIOR_FIRST, turned, nothing, "third"
    )


@given(CAPITAL, st.lists(AMOUNTS, min_size=1, max_size=5))
def test_what_was_paid_can_be_taken_back_to_nothing(
    capital: dict[str, Amount], amounts: list[Amount]
) -> None:
    there_and_back = [*amounts, *(-amount for amount in amounts)]
    assert not any(paid_out(there_and_back, SENIOR_FIRST, capital)[-1].values())


@given(
    st.lists(AMOUNTS, min_size=1, max_size=4), st.lists(st.integers(0, 9), min_size=1, max_size=4)
)
def test_payers_and_investors_both_sum_to_the_oere(
    payers: list[Amount], weights: list[int]
) -> None:
    rows = {f"payer-{number}": amount for number, amount in enumerate(payers)}
    left, columns = total(payers), {}
    for number, weight in enumerate(weights):
        columns[f"investor-{number}"] = Amount(left.minor * weight // 10)
        left -= columns[f"investor-{number}"]
    columns["rest"] = left
    for sign in (1, -1):
        signed_rows = {name: Amount(sign * each.minor) for name, each in rows.items()}
        signed_columns = {name: Amount(sign * each.minor) for name, each in columns.items()}
        found = between(signed_rows, signed_columns, "rest")
        for name, amount in signed_rows.items():
            assert total(part for (payer, _), part in found.items() if payer == name) == amount
        for name, amount in signed_columns.items():
            assert total(part for (_, payee), part in found.items() if payee == name) == amount
        assert all(sign * part.minor >= 0 for part in found.values())


# --- in an agreement ----------------------------------------------------------------------------

ORDER = """
waterfall:
  - {to: [big], up_to: principal}
  - {to: [little], up_to: principal}
  - {to: [big, little], up_to: all}
"""


def test_the_waterfall_divides_and_each_payer_still_pays_its_own() -> None:
    """Big has 200 in and little 100; the fund owes 90,420 and the town 229,817.50."""
    anna = ("anna", "2024-01-01", {12: "yes"})
    shares = TERMS.replace("town, share: 0", "town, share: 0.5")
    known = facts(shares + ORDER, anna)
    many = tuple(
        paid.model_copy(update={"amount": Amount(paid.amount.minor * 100_000)})
        for paid in known.capital
    )
    found = assess(replace(known, capital=many), day("2025-01-01"))
    (decided,) = found.decided
    assert decided.entitlement is not None
    by: dict[str, Amount] = {}
    for part in decided.entitlement.parts:
        for name in (part.payer, part.payee):
            by[name] = by.get(name, ZERO) + part.amount
    assert by == kroner(fund="90420.00", town="229817.50", big="213491.66", little="106745.84")


def test_without_a_waterfall_it_is_pro_rata_as_ever() -> None:
    anna = ("anna", "2024-01-01", {12: "yes"})
    everybody = "waterfall: [{to: [big, little], up_to: all}]"
    known = assess(facts(TERMS, anna), day("2025-01-01"))
    assert parts(known) == ["fund big 60280.00", "fund little 30140.00"]
    assert parts(assess(facts(TERMS + everybody, anna), day("2025-01-01"))) == parts(known)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("", "waterfall: [{to: [big, little], up_to: principal}]", "the last tier must be up_to"),
        ("", "waterfall: [{to: [big], up_to: all}]", "'little' stands in no tier"),
        ("", "waterfall: [{to: [fund], up_to: all}]", "'fund' is no investor that is repaid"),
        ("", "waterfall: [{to: [big, little]}]", "write either up_to"),
        (
            "",
            "waterfall: [{to: [big], up_to: all}, {to: [little], up_to: all}]",
            "nothing is left after up_to: all",
        ),
        ("little, amount: 100", "little, amount: 100, instrument: internal", "gets no return"),
        ("little, amount: 100", "little, amount: 100, instrument: grant", "that are repaid"),
        ("little, amount: 100", "little, amount: 100, instrument: bridge", "continuation: is"),
    ],
)
def test_terms_that_contradict_themselves_are_refused(old: str, new: str, told: str) -> None:
    text = TERMS.replace(old, new) if old else TERMS + new
    with pytest.raises(UnreadableTermsError) as refused:
        read_model(text, Terms)
    assert told.replace("'", "") in str(refused.value).replace("'", "")


def test_a_grant_takes_no_part_in_the_division() -> None:
    terms = TERMS.replace("big, amount: 200", "big, amount: 200, instrument: grant")
    anna = ("anna", "2024-01-01", {12: "yes"})
    assert parts(assess(facts(terms, anna), day("2025-01-01"))) == ["fund little 90420.00"]


def test_an_internal_pool_gets_its_principal_and_nothing_more() -> None:
    terms = TERMS.replace("little, amount: 100", "little, amount: 100, instrument: internal")
    order = "waterfall: [{to: [big, little], up_to: principal}, {to: [big], up_to: all}]"
    anna = ("anna", "2024-01-01", {12: "yes"})
    found = parts(assess(facts(terms + order, anna), day("2025-01-01")))
    assert found == ["fund big 90419.00", "fund little 1.00"]
