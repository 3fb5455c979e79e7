"""Matching, on lines and items drawn so that they come near to each other in every way."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from time import perf_counter

import pytest

from ledger.decide.matching import (
    TOLERANCES,
    Effect,
    Item,
    Leg,
    LegKey,
    Match,
    Rule,
    Why,
    match,
)
from ledger.money import ZERO, Amount, total

ON = date(2024, 3, 1)
NAMES = ("a-1", "a-2", "b-3", "b-4")
ACCOUNTS = ("1111-a", "2222-b")
AMOUNTS = (100_00, 100_00, 250_00, 350_00, 700_00)


def drawn(random: Random) -> tuple[list[Leg], list[Item]]:
    """A few items, and lines that are theirs, nearly theirs, or somebody's."""
    items = [
        Item(
            name,
            Amount(-random.choice(AMOUNTS)),
            ON + timedelta(days=random.randint(0, 12)),
            batch=random.choice(("", "x", "y")),
            counterparties=frozenset(random.sample(ACCOUNTS, random.randint(0, 2))),
            closed=random.random() < 0.1,
        )
        for name in random.sample(NAMES, random.randint(1, len(NAMES)))
    ]
    items = [replace(each, settled=_told(random, each)) for each in items]
    legs = []
    for number in range(random.randint(0, 9)):
        near = random.choice(items)
        minor = random.choice((near.amount.minor, near.amount.minor, -random.choice(AMOUNTS)))
        minor += random.choice((0, 0, 0, -1, 1, -50_00, -50_01, 60_00))
        legs.append(
            Leg(
                (f"L{number}", random.choice((0, 0, 1, 2))),
                near.since + timedelta(days=random.randint(-5, 12)),
                Amount(random.choice((minor, minor, -minor))),
                reference=random.choice(("", "", near.name, near.name.upper(), "wrong")),
                text=random.choice(("", f"for {near.name}.", "a-1, a-2 and b-3")),
                counterparty=random.choice(("", *near.counterparties)),
            )
        )
    batch = [item.amount for item in items if item.batch == "x" and not item.closed]
    if batch and random.random() < 0.3:
        legs = legs[:1]
        legs.append(leg(("SUM", 0), total(batch).minor, on=ON + timedelta(days=9)))
    return legs, items


def _told(random: Random, item: Item) -> Amount:
    """What of an item is settled without a line: mostly nothing, or part of it, or all."""
    told = random.choice((ZERO, ZERO, ZERO, ZERO, Amount(-5), item.amount))
    return ZERO if item.closed else told


@pytest.mark.parametrize("number", range(10))
def test_whatever_the_lines_are_every_krone_is_in_one_place(number: int) -> None:
    met: Counter[str] = Counter()
    for tale in range(80 if number else 400):
        random = Random(number * 1000 + tale)  # noqa: S311 - a tale, not a secret
        legs, items = drawn(random)
        found = match(legs, items)
        keys = [key for each in found.matches for key in each.legs]
        keys += [each.leg.key for each in found.open]
        assert sorted(keys) == sorted({leg.key for leg in legs}) == sorted(leg.key for leg in legs)
        amounts = {leg.key: leg.amount for leg in legs}
        paid: Counter[str] = Counter()
        for each in found.matches:
            assert total(amounts[key] for key in each.legs) == each.got + each.difference
            assert -TOLERANCES.fee_max.minor <= each.difference.minor <= 0
            if each.effect is not Effect.CANCELS:
                paid.update({name: amount.minor for name, amount in each.items})
            met[each.rule] += 1
            met[each.effect] += 1
        for item in items:
            # Nothing comes back that lines did not bring, whatever was settled without one.
            assert item.amount.minor <= paid[item.name] <= 0
            paid[item.name] += item.settled.minor
            assert paid[item.name] == found.paid[item.name].minor
            assert item.amount.minor <= paid[item.name] <= 0
            assert not (item.closed and paid[item.name])
        met.update(each.why for each in found.open)
        again = match(random.sample(legs, len(legs)), random.sample(items, len(items)))
        assert set(again.matches) == set(found.matches)
        assert {(each.leg.key, each.why, each.candidates) for each in again.open} == {
            (each.leg.key, each.why, each.candidates) for each in found.open
        }
        _holds_when_pinned(random, legs, items, found.matches)
    everything = {*Rule, *Effect, *Why} - {Rule.PERSON, Rule.EARLIER}
    assert number or everything <= met.keys(), everything - met.keys()


def _holds_when_pinned(
    random: Random, legs: list[Leg], items: list[Item], matches: tuple[Match, ...]
) -> None:
    """What is taken as given is left alone, and what is barred is not done."""
    if not matches:
        return
    pinned = random.choice(matches)
    found = match(legs, items, [pinned])
    assert found.matches[0] == pinned
    assert [key for each in found.matches for key in each.legs].count(pinned.legs[0]) == 1
    barred = {(key, name) for key in pinned.legs for name, _ in pinned.items}
    for each in match(legs, items, (), barred).matches:
        assert not barred & {(key, name) for key in each.legs for name, _ in each.items}


def leg(key: LegKey, minor: int, *, on: date = ON, text: str = "", other: str = "") -> Leg:
    return Leg(key, on, Amount(minor), text=text, counterparty=other)


def test_a_line_that_two_items_could_be_is_neither_and_names_both() -> None:
    items = [
        Item(name, Amount(-5), ON, counterparties=frozenset(ACCOUNTS[:1])) for name in NAMES[:2]
    ]
    found = match([leg(("L", 0), -5, other=ACCOUNTS[0])], items)
    assert not found.matches
    assert [(each.why, each.candidates) for each in found.open] == [(Why.UNCERTAIN, NAMES[:2])]


def test_an_amount_without_an_account_is_no_match_and_a_candidate() -> None:
    found = match([leg(("L", 0), -5)], [Item("a-1", Amount(-5), ON)])
    assert [(each.why, each.candidates) for each in found.open] == [(Why.UNCERTAIN, ("a-1",))]


@pytest.mark.parametrize(("days", "matched"), [(-4, False), (-3, True), (10, True), (11, False)])
def test_a_line_without_a_name_is_an_items_within_the_days(days: int, *, matched: bool) -> None:
    item = Item("a-1", Amount(-5), ON, counterparties=frozenset(ACCOUNTS[:1]))
    on = ON + timedelta(days=days)
    found = match([leg(("L", 0), -5, on=on, other=ACCOUNTS[0])], [item])
    assert bool(found.matches) is matched


def test_part_of_another_name_is_no_name() -> None:
    items = [Item("p-1", Amount(-5), ON), Item("p-12", Amount(-7), ON)]
    found = match([leg(("L", 0), -7, text="P-12"), leg(("M", 0), -5, text="p-123")], items)
    assert [each.items for each in found.matches] == [(("p-12", Amount(-7)),)]


def test_matching_takes_time_in_proportion_to_lines_even_if_all_look_alike() -> None:
    """Twice the lines take about twice the time; four times is what would betray a square."""

    def seconds(count: int) -> float:
        items = [
            Item(f"p-{n}", Amount(-5), ON, counterparties=frozenset(ACCOUNTS[:1]))
            for n in range(count)
        ]
        legs = [leg((f"L{n}", 0), -5, other=ACCOUNTS[0]) for n in range(count)]
        start = perf_counter()
        found = match(legs, items)
        assert len(found.open) == count
        assert set(found.paid.values()) == {ZERO}
        return perf_counter() - start

    seconds(500)
    few, many = (min(seconds(count) for _ in range(3)) for count in (1_000, 8_000))
    assert many < 8 * 4 * few
