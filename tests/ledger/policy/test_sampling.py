"""A sample that nobody steers, in which every øre has the same chance, and what it tells.

The draw is compared with a plain one that lists every øre; chances and expectations are reckoned
exactly, over every start there is.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.money import ZERO, Amount, total
from ledger.policy.sampling import (
    Evaluation,
    Item,
    Sample,
    draw,
    drawn_from,
    evaluate,
    interval_for_confidence,
    interval_for_size,
    poisson_factor,
    seed,
)

NINETY_FIVE = Decimal("0.95")
HEAD = bytes(range(32))
NONCE = b"sixteen bytes or more"

populations = st.dictionaries(
    st.text("abcd-0123", min_size=1, max_size=6), st.integers(1, 60), min_size=1, max_size=12
).map(lambda found: [Item(name, Amount(minor)) for name, minor in found.items()])
intervals = st.integers(1, 80).map(Amount)


def audited(sample: Sample, wrong: dict[str, int]) -> dict[str, Amount]:
    """What an auditor finds: the booked amount less what is wrong with it."""
    return {
        each.identity: Amount(each.booked.minor - wrong.get(each.identity, 0))
        for each in (*sample.top, *sample.drawn)
    }


def every_start(items: list[Item], interval: Amount) -> list[Sample]:
    return [drawn_from(items, interval, start) for start in range(interval.minor)]


# --- the draw ----------------------------------------------------------------------------------


@given(populations, intervals, st.data())
def test_the_owners_of_every_interval_th_ore_are_drawn(
    items: list[Item], interval: Amount, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, interval.minor - 1))
    owners = [
        each
        for each in sorted(items, key=lambda item: item.identity)
        if each.booked < interval
        for _ in range(each.booked.minor)
    ]
    sample = drawn_from(items, interval, start)
    assert list(sample.drawn) == owners[start :: interval.minor]
    assert set(sample.top) == {each for each in items if each.booked >= interval}
    assert sample.population == total(each.booked for each in items)
    assert sample.rest == Amount(len(owners))


@given(populations, intervals)
def test_an_items_chance_is_its_share_of_the_interval(items: list[Item], interval: Amount) -> None:
    times = Counter(
        each.identity
        for sample in every_start(items, interval)
        for each in (*sample.top, *sample.drawn)
    )
    for each in items:
        assert times[each.identity] == min(each.booked.minor, interval.minor)


@given(populations, intervals, st.randoms(use_true_random=False), st.binary(max_size=8))
def test_the_order_of_the_items_does_not_matter(
    items: list[Item], interval: Amount, shuffle: random.Random, more: bytes
) -> None:
    seeded = seed(HEAD, NONCE + more)
    sample = draw(items, interval, seeded)
    other = list(items)
    shuffle.shuffle(other)
    assert draw(other, interval, seeded) == sample


def test_over_many_seeds_items_are_drawn_as_often_as_they_are_large() -> None:
    items = [Item(f"p{n:02d}", Amount(n * 1_000)) for n in range(1, 31)]
    interval = Amount(31_000)
    rounds = 4_000
    times: Counter[str] = Counter()
    for number in range(rounds):
        seeded = seed(hashlib.sha256(number.to_bytes(4, "big")).digest(), NONCE)
        times.update(each.identity for each in draw(items, interval, seeded).drawn)
    for each in items:
        chance = each.booked.minor / interval.minor
        spread = math.sqrt(rounds * chance * (1 - chance))
        assert abs(times[each.identity] - rounds * chance) < 4 * spread


def test_the_start_is_as_likely_anywhere() -> None:
    """An interval just above a power of two is where a careless remainder would be seen."""
    interval = Amount(5)
    starts = Counter(
        draw([Item("a", Amount(1))], interval, seed(HEAD, NONCE + n.to_bytes(4, "big"))).start
        for n in range(5_000)
    )
    assert set(starts) == set(range(5))
    assert all(abs(count - 1_000) < 4 * math.sqrt(5_000 * 0.2 * 0.8) for count in starts.values())


def test_the_same_on_every_machine() -> None:
    seeded = seed(HEAD, NONCE)
    assert seeded.hex() == hashlib.sha256(HEAD + NONCE).hexdigest()
    items = [Item(f"payment-{n}", Amount(100_000 + n)) for n in range(40)]
    sample = draw(items, Amount(1_000_000), seeded)
    attempts = [hashlib.sha256(seeded + bytes(7) + bytes([n])).hexdigest() for n in range(2)]
    numbers = [int(each[:5], 16) for each in attempts]  # 20 bits hold any start below a million
    assert numbers == [1_032_784, 584_674], "the first is beyond the interval"
    assert sample.start == 584_674
    assert [each.identity for each in sample.drawn] == [
        "payment-13", "payment-22", "payment-31", "payment-5",
    ]  # fmt: skip


def test_neither_side_alone_decides_the_seed() -> None:
    assert len({seed(HEAD, NONCE), seed(HEAD[::-1], NONCE), seed(HEAD, NONCE[::-1])}) == 3
    for head, nonce in ((HEAD[1:], NONCE), (HEAD, b"short"), (HEAD + b"x", NONCE)):
        with pytest.raises(ValueError, match="a seed is made of"):
            seed(head, nonce)


@pytest.mark.parametrize(
    "items",
    [
        [Item("a", Amount(1)), Item("a", Amount(2))],
        [Item("a", ZERO)],
        [Item("a", Amount(-1))],
    ],
)
def test_a_population_that_cannot_be_sampled(items: list[Item]) -> None:
    with pytest.raises(ValueError, match="items"):
        draw(items, Amount(10), HEAD)


def test_an_interval_and_a_start_must_be_possible() -> None:
    with pytest.raises(ValueError, match="interval must be above zero"):
        draw([], ZERO, HEAD)
    for start in (-1, 10):
        with pytest.raises(ValueError, match="start must lie"):
            drawn_from([], Amount(10), start)


# --- how large ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("confidence", "published"),
    [
        ("0.95", ["3.00", "4.75", "6.30", "7.76", "9.16", "10.52", "11.85", "13.15", "14.44"]),
        ("0.90", ["2.31", "3.89", "5.33", "6.69", "8.00", "9.28", "10.54", "11.78", "13.00"]),
        ("0.80", ["1.61", "3.00", "4.28", "5.52", "6.73", "7.91", "9.08", "10.24", "11.38"]),
    ],
)
def test_the_factors_of_the_published_tables(confidence: str, published: list[str]) -> None:
    for errors, factor in enumerate(published):
        assert poisson_factor(Decimal(confidence), errors) == Fraction(factor)


@given(st.integers(500, 999), st.integers(0, 60))
def test_a_factor_is_the_first_hundredth_at_which_the_chance_is_small(
    thousandths: int, errors: int
) -> None:
    confidence = Decimal(thousandths) / 1000
    factor = float(poisson_factor(confidence, errors))

    def chance(mean: float) -> float:
        return sum(
            math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)) for n in range(errors + 1)
        )

    assert chance(factor) <= 1 - float(confidence) + 1e-9
    assert chance(factor - 0.01) > 1 - float(confidence) - 1e-9


def test_the_interval_for_a_confidence() -> None:
    """5 % of 12,000,000.00 tolerable at 95 %: every 200,000.00, so 60 øre to look at."""
    interval = interval_for_confidence(Amount.parse("600000.00"), NINETY_FIVE)
    assert interval == Amount.parse("200000.00")
    assert interval_for_size(Amount.parse("12000000.00"), 60) == interval
    with pytest.raises(ValueError, match="too small"):
        interval_for_confidence(Amount(2), NINETY_FIVE)
    with pytest.raises(ValueError, match=r"from 0\.5 to 0\.999"):
        interval_for_confidence(Amount(1_000), Decimal("0.4"))


@given(populations, st.integers(1, 30))
def test_a_sample_of_a_size_is_no_smaller_in_ore(items: list[Item], size: int) -> None:
    population = total(each.booked for each in items)
    if size > population.minor:
        with pytest.raises(ValueError, match="size"):
            interval_for_size(population, size)
        return
    interval = interval_for_size(population, size)
    assert population.minor // interval.minor >= size
    assert (interval.minor + 1) * size > population.minor


# --- what it tells -----------------------------------------------------------------------------


def told(sample: Sample, wrong: dict[str, int]) -> Evaluation:
    return evaluate(sample, audited(sample, wrong), NINETY_FIVE)


@given(populations, intervals, st.data())
def test_nothing_found_projects_nothing(
    items: list[Item], interval: Amount, data: st.DataObject
) -> None:
    sample = drawn_from(items, interval, data.draw(st.integers(0, interval.minor - 1)))
    found = told(sample, {})
    assert (found.found, found.projected, found.adjustment) == (ZERO, Fraction(0), ZERO)
    assert found.upper_limit == min(3 * interval.minor, sample.rest.minor)


@settings(max_examples=60)
@given(populations, intervals, st.data())
def test_on_average_the_projection_is_the_truth(
    items: list[Item], interval: Amount, data: st.DataObject
) -> None:
    """Exactly, over every start: errors of any sign and size, in the top stratum and below."""
    wrong = {each.identity: data.draw(st.integers(-60, each.booked.minor)) for each in items}
    projections = [told(sample, wrong).projected for sample in every_start(items, interval)]
    assert sum(projections) / len(projections) == sum(wrong.values())


@given(populations, intervals, st.data())
def test_what_always_holds(items: list[Item], interval: Amount, data: st.DataObject) -> None:
    wrong = {each.identity: data.draw(st.integers(0, each.booked.minor)) for each in items}
    sample = drawn_from(items, interval, data.draw(st.integers(0, interval.minor - 1)))
    found = told(sample, wrong)
    worse = told(sample, {each.identity: each.booked.minor for each in items})
    assert 0 <= found.projected <= worse.projected
    assert found.upper_limit <= worse.upper_limit <= sample.population.minor
    assert -sample.population <= found.adjustment <= ZERO
    assert found.found == total(
        Amount(wrong[each.identity]) for each in (*sample.top, *sample.drawn)
    )
    if found.projected <= sample.population.minor:
        assert abs(found.adjustment.minor + found.projected) <= Fraction(1, 2)


def test_an_evaluation_to_redo_with_a_pocket_calculator() -> None:
    """Interval 10,000.00; two drawn items are 40 % and 10 % too high, one of the top 500.00."""
    sample = Sample(
        Amount.parse("10000.00"),
        0,
        Amount.parse("120000.00"),
        Amount.parse("100000.00"),
        (Item("top", Amount.parse("20000.00")),),
        (
            Item("a", Amount.parse("1000.00")),
            Item("b", Amount.parse("5000.00")),
            Item("c", Amount.parse("300.00")),
        ),
    )
    kroner = {"top": "19500.00", "a": "600.00", "b": "4500.00", "c": "300.00"}
    found = evaluate(
        sample, {name: Amount.parse(text) for name, text in kroner.items()}, NINETY_FIVE
    )
    assert found.found == Amount.parse("1400.00")
    assert found.projected == (4_000_00 + 1_000_00) + 500_00
    # 3.00 × 10,000 + 1.75 × 0.40 × 10,000 + 1.55 × 0.10 × 10,000 + 500
    assert found.upper_limit == 30_000_00 + 7_000_00 + 1_550_00 + 500_00
    assert found.adjustment == Amount.parse("-5500.00")


def test_understatements_lower_the_projection_and_not_the_limit() -> None:
    items = [Item("a", Amount(100)), Item("b", Amount(100))]
    sample = Sample(Amount(1_000), 0, Amount(200_000), Amount(199_000), (), tuple(items))
    both = told(sample, {"a": 50, "b": -50})
    assert both.projected == 0
    assert both.upper_limit == told(sample, {"a": 50}).upper_limit > 3_000
    assert told(sample, {"b": -50}).adjustment == Amount(500)


def test_no_more_is_taken_back_than_there_was() -> None:
    found = told(drawn_from([Item("a", Amount(10))], Amount(100), 0), {"a": 10})
    assert found.projected == 100
    assert (found.adjustment, found.upper_limit) == (Amount(-10), Fraction(10))


def test_a_share_of_an_ore_is_rounded_once() -> None:
    items = [Item("a", Amount(3)), Item("b", Amount(3))]
    sample = Sample(Amount(4), 0, Amount(100), Amount(100), (), tuple(items))
    found = told(sample, {"a": 1, "b": 1})
    assert found.projected == Fraction(8, 3)
    assert found.adjustment == Amount(-3)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.4])
def test_the_limit_holds_as_often_as_it_says(share: float) -> None:
    """Over every start, for populations with errors of all sizes."""
    chance = random.Random(20261121)  # noqa: S311 - a fixed population
    for _ in range(2):
        items = [Item(f"{n:03d}", Amount(chance.randint(1, 400))) for n in range(300)]
        wrong = {
            each.identity: chance.randint(1, each.booked.minor)
            for each in items
            if chance.random() < share
        }
        samples = every_start(items, Amount(1_000))
        held = sum(told(sample, wrong).upper_limit >= sum(wrong.values()) for sample in samples)
        assert held >= 0.95 * len(samples)


def test_what_is_audited_is_what_was_sampled() -> None:
    sample = drawn_from([Item("a", Amount(10)), Item("b", Amount(1))], Amount(10), 5)
    assert [each.identity for each in (*sample.top, *sample.drawn)] == ["a"]
    for wrong in ({}, {"b": ZERO}, {"a": ZERO, "b": ZERO}, {"a": Amount(-1)}):
        with pytest.raises(ValueError, match="every sampled item needs"):
            evaluate(sample, wrong, NINETY_FIVE)
