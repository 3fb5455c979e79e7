"""Amounts are whole øre: nothing is lost in reading, rounding, writing or dividing them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from ledger.money import (
    MILLION,
    ZERO,
    Amount,
    Exact,
    Share,
    Weights,
    exact,
    from_exact,
    millionths,
    rounded,
    split,
    total,
)

MINOR = st.integers(-(10**17) + 1, 10**17 - 1)
WEIGHTS = st.dictionaries(
    st.sampled_from("abcdefg"),
    st.fractions(0, 10**9, max_denominator=10**6),
    min_size=1,
).filter(lambda weights: sum(weights.values()) > 0)

AMOUNT: TypeAdapter[Amount] = TypeAdapter(Amount)
SHARE: TypeAdapter[Decimal] = TypeAdapter(Share)

NOT_NUMBERS = [
    "",
    " ",
    "NaN",
    "sNaN",
    "Infinity",
    "-Infinity",
    "1_000",
    "1e5",
    "1E5",
    "0x10",
    "\N{ARABIC-INDIC DIGIT ONE}23",
    "\N{FULLWIDTH DIGIT ONE}23",
    "1\N{ARABIC DECIMAL SEPARATOR}50",
    "²",
    "90.420,00",
    "90,420.00",
    "1.5",
    "1.005",
    "1.",
    ".50",
    "+1.00",
    "--1.00",
    "-",
    "\N{MINUS SIGN}1.00",
    " 1.00",
    "1.00 ",
    "1.00\n",
    "1\x00",
    "1.00 kr.",
    "1" * 16,
]


# --- reading and writing ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "minor"),
    [("90420.00", 9_042_000), ("90420", 9_042_000), ("-0.05", -5), ("007.10", 710), ("-0.00", 0)],
)
def test_an_amount_is_read_to_the_last_decimal(text: str, minor: int) -> None:
    assert Amount.parse(text).minor == minor


@given(MINOR)
def test_an_amount_reads_back_what_it_writes(minor: int) -> None:
    assert Amount.parse(str(Amount(minor))) == Amount(minor)
    assert AMOUNT.validate_json(AMOUNT.dump_json(Amount(minor))) == Amount(minor)


@given(MINOR)
def test_an_amount_is_written_as_the_decimal_it_is(minor: int) -> None:
    assert Fraction(str(Amount(minor))) * 100 == minor
    assert str(Amount(minor))[-3] == "."


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_what_is_not_plainly_an_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an amount; write it as 90420\.00"):
        Amount.parse(text)
    with pytest.raises(ValidationError):
        AMOUNT.validate_python(text)


@pytest.mark.parametrize(
    "value", [1.0, float("nan"), True, False, Decimal(1), Fraction(1), "1", None]
)
def test_an_amount_is_made_of_whole_minor_units_only(value: object) -> None:
    with pytest.raises(TypeError, match="whole minor units"):
        Amount(cast("int", value))


@pytest.mark.parametrize("value", [1, 1.0, float("nan"), True, Decimal("1.00"), None, b"1.00"])
def test_an_amount_comes_in_as_text_only(value: object) -> None:
    with pytest.raises(ValidationError, match="write an amount as text"):
        AMOUNT.validate_python(value)


@given(MINOR, MINOR)
def test_amounts_add_and_subtract_as_their_minor_units_do(one: int, other: int) -> None:
    assert Amount(one) + Amount(other) == Amount(one + other)
    assert Amount(one) - Amount(other) == Amount(one) + -Amount(other)
    assert (Amount(one) < Amount(other)) == (one < other)
    assert bool(Amount(one)) == (one != 0)


def test_nothing_sums_to_zero() -> None:
    assert total([]) == ZERO
    assert total(Amount(minor) for minor in (1, 2, -5)) == Amount(-2)


# --- shares -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["0", "1", "0.5", "0.50", "1.000000", "0.333333", "0.000001"])
def test_a_share_is_a_decimal_from_0_to_1(text: str) -> None:
    assert SHARE.validate_python(text) == Decimal(text)
    assert SHARE.dump_json(SHARE.validate_python(text)) == f'"{text}"'.encode()


@pytest.mark.parametrize(
    "value",
    [
        *NOT_NUMBERS[:10],
        "1.01",
        "1.000001",
        "2",
        "-0.5",
        "0.3333333",
        "01",
        ".5",
        "0.\N{ARABIC-INDIC DIGIT FIVE}",
        "\N{FULLWIDTH DIGIT ZERO}.5",
    ],
)
def test_what_is_not_plainly_a_share_is_refused(value: str) -> None:
    with pytest.raises(ValidationError, match="not a share"):
        SHARE.validate_python(value)


@pytest.mark.parametrize("value", [0.5, 1, True, None, Decimal("NaN"), Decimal("1E-7")])
def test_a_share_is_never_a_float_or_a_bool(value: object) -> None:
    with pytest.raises(ValidationError, match="not a share"):
        SHARE.validate_python(value)


# --- rounding ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exactly", "minor"),
    [("0.5", 1), ("-0.5", -1), ("1.5", 2), ("2.5", 3), ("-2.5", -3), ("0.49", 0), ("-0.49", 0)],
)
def test_half_a_minor_unit_goes_away_from_zero(exactly: str, minor: int) -> None:
    assert rounded(Fraction(exactly)) == Amount(minor)


@given(st.fractions(max_denominator=10**9))
def test_rounding_moves_by_half_a_minor_unit_at_most(exactly: Fraction) -> None:
    moved = rounded(exactly).minor - exactly
    assert abs(moved) <= Fraction(1, 2)
    if abs(moved) == Fraction(1, 2):
        assert abs(rounded(exactly).minor) > abs(exactly)
    assert rounded(-exactly) == -rounded(exactly)


# --- unrounded amounts --------------------------------------------------------------------------


@given(MINOR, st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_share_of_a_share_of_an_amount_is_written_exactly(
    minor: int, share: int, another: int
) -> None:
    exactly = Fraction(minor * share * another, 10**12)
    assert from_exact(exact(exactly)) == exactly
    assert Fraction(exact(exactly)) * 100 == exactly


@pytest.mark.parametrize(
    ("minor", "text"),
    [
        ("0", "0.00"),
        ("27502750", "275027.50"),
        ("0.5", "0.005"),
        ("-12.5", "-0.125"),
        ("-5", "-0.05"),
    ],
)
def test_an_unrounded_amount_has_two_decimals_or_as_many_as_it_needs(minor: str, text: str) -> None:
    assert exact(Fraction(minor)) == text


@pytest.mark.parametrize("minor", [Fraction(1, 3), Fraction(-1, 7), Fraction(1, 2**60)])
def test_an_amount_without_a_finite_decimal_form_is_refused(minor: Fraction) -> None:
    with pytest.raises(ValueError, match="no finite decimal form"):
        exact(minor)


# --- dividing ---------------------------------------------------------------------------------


@given(MINOR.map(abs), WEIGHTS, st.data())
def test_parts_add_up_to_the_whole(
    minor: int, weights: dict[str, Fraction], data: st.DataObject
) -> None:
    residual = data.draw(st.sampled_from(sorted(weights)))
    parts = split(Amount(minor), weights, residual)
    assert parts.keys() == weights.keys()
    assert total(parts.values()) == Amount(minor)
    everything = sum(weights.values())
    fair = {name: minor * weight / everything for name, weight in weights.items()}
    more = {name for name, part in parts.items() if part.minor > fair[name]}
    assert len(more) <= 1
    assert more <= {residual} or not weights[residual]
    for name, part in parts.items():
        assert part.minor == int(fair[name]) or name in more
        assert weights[name] or not part
        assert 0 <= part.minor < fair[name] + len(weights)


@given(MINOR.map(abs), WEIGHTS)
def test_neither_the_scale_nor_the_order_of_weights_matters(
    minor: int, weights: dict[str, Fraction]
) -> None:
    residual = min(weights)
    parts = split(Amount(minor), weights, residual)
    backwards = {name: weights[name] * 3 / 7 for name in reversed(weights)}
    assert split(Amount(minor), backwards, residual) == parts


def test_the_odd_minor_unit_goes_to_the_holder_of_the_residual() -> None:
    thirds = {"a": Fraction(1), "b": Fraction(1), "c": Fraction(1)}
    assert split(Amount(100), thirds, "b") == {"a": Amount(33), "b": Amount(34), "c": Amount(33)}
    halves = {"a": Fraction(1), "b": Fraction(1)}
    assert split(Amount(5), halves, "a") == {"a": Amount(3), "b": Amount(2)}
    unpaid = {"a": Fraction(0), "b": Fraction(1), "c": Fraction(1)}
    assert split(Amount(5), unpaid, "a") == {"a": ZERO, "b": Amount(2), "c": Amount(3)}


@pytest.mark.parametrize(
    ("weights", "residual"),
    [({}, "a"), ({"a": Fraction(0)}, "a"), ({"a": Fraction(1)}, "b")],
    ids=["no weights", "weights of zero", "a stranger holds the residual"],
)
def test_what_cannot_be_divided_is_refused(weights: dict[str, Fraction], residual: str) -> None:
    with pytest.raises(ValueError, match="a split needs weights that are not all zero"):
        split(Amount(100), weights, residual)


@given(MINOR.map(abs), WEIGHTS, st.data())
def test_an_amount_below_zero_is_divided_as_the_same_above_it(
    minor: int, weights: dict[str, Fraction], data: st.DataObject
) -> None:
    residual = data.draw(st.sampled_from(sorted(weights)))
    above = split(Amount(minor), weights, residual)
    mirrored = {name: -part for name, part in above.items()}
    assert split(Amount(-minor), weights, residual) == mirrored
    below = {name: -weight for name, weight in weights.items()}
    assert split(Amount(minor), below, residual) == above
    assert split(Amount(-minor), below, residual) == mirrored


@given(st.lists(MINOR), WEIGHTS, st.data())
def test_weights_looked_at_once_divide_as_those_looked_at_each_time(
    amounts: list[int], weights: dict[str, Fraction], data: st.DataObject
) -> None:
    residual = data.draw(st.sampled_from(sorted(weights)))
    once = Weights(weights, residual)
    for minor in amounts:
        each_time = split(Amount(minor), weights, residual)
        assert once.split(minor) == {name: part.minor for name, part in each_time.items()}


@given(st.decimals(0, 1, places=6))
def test_a_share_is_a_whole_number_of_millionths(share: Decimal) -> None:
    assert Fraction(millionths(share), MILLION) == Fraction(share)


def test_a_share_with_more_decimals_is_no_whole_number_of_millionths() -> None:
    with pytest.raises(ValueError, match="more than six decimals"):
        millionths(Decimal("0.0000001"))


@given(
    st.dictionaries(st.sampled_from("abcd"), st.fractions(0, 10**9), min_size=1),
    st.lists(st.tuples(st.sets(st.sampled_from("abcd"), min_size=1), st.integers(0, 10**9))),
)
def test_amounts_over_one_denominator_are_cut_as_fractions_are(
    parts: dict[str, Fraction], cuts: list[tuple[set[str], int]]
) -> None:
    found, should = Exact.of(parts), dict(parts)
    for some, left in cuts:
        names = [name for name in parts if name in some]
        wanted = sum(should[name] for name in names)
        assert Amount(found.rounded(names)) == rounded(Fraction(wanted))
        if wanted:
            found = found.cut(names, left)
            should |= {name: should[name] * left / wanted for name in names}
        else:
            with pytest.raises(ValueError, match="comes to nothing"):
                found.cut(names, left)
    assert {name: Fraction(each, found.below) for name, each in found.above.items()} == should
