"""Monetary-unit sampling: which items an auditor looks at, and what is found says of all of them.

Every øre of a population has the same chance. An item of at least the sampling interval is always
taken (the top stratum); of the rest, the items that own every interval-th øre from a random start
are drawn, so an item's chance is its amount divided by the interval. All of it is whole numbers and
fractions: the same seed draws the same sample on every machine.

The standard reckoning (AICPA, Audit Sampling; ISA 530):

- interval = tolerable misstatement / R(0), where R(k) is the Poisson mean at which k or fewer
  errors are found with a chance of one minus the confidence: R(0) = 3.00 at 95 %. No misstatement
  is expected beforehand;
- an error's tainting is (booked - audited) / booked. What is projected is, for drawn items, the
  sum of taintings times the interval, and for the top stratum what was found;
- the upper limit (Stringer's bound) adds to the overstatements R(0) times the interval, and for
  each tainting, the largest first, (R(i) - R(i-1) - 1) times tainting times interval.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache

from ledger.money import ZERO, Amount, rounded, total

CHAIN_HEAD_BYTES = 32
NONCE_BYTES_MIN = 16
CONFIDENCES = (Decimal("0.5"), Decimal("0.999"))
"""The least and the greatest confidence that is reckoned with."""
_HASH_BITS = 256
_PRECISE = Context(prec=60)
_HUNDREDTHS = 100


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """Something that can be looked at, and what it is booked at: above zero."""

    identity: str
    booked: Amount


@dataclass(frozen=True, slots=True)
class Sample:
    """What is to be looked at, by identity; `rest` is what the items below the interval sum to."""

    interval: Amount
    start: int
    population: Amount
    rest: Amount
    top: tuple[Item, ...]
    drawn: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a sample says of its population; above zero is booked too high.

    `found` is the sum of what was found in the sample, `projected` the estimate for the whole
    population, in exact øre. `upper_limit` is what the overstatement does not exceed at the
    confidence; understatements do not lower it. `adjustment` is what the population's total changes
    by: minus what is projected, rounded half away from zero, and never below minus the total.
    """

    found: Amount
    projected: Fraction
    upper_limit: Fraction
    adjustment: Amount


def seed(chain_head: bytes, nonce: bytes) -> bytes:
    """What the draw depends on: SHA-256 of the ledger's chain head and the auditor's nonce.

    Neither side steers it if the auditor hands over the nonce's own hash before the head is sealed,
    and the nonce after. All items must be recorded up to that head.

    Raises:
        ValueError: if the head is not 32 bytes, or the nonce is shorter than 16.
    """
    if len(chain_head) != CHAIN_HEAD_BYTES or len(nonce) < NONCE_BYTES_MIN:
        message = (
            f"a seed is made of the {CHAIN_HEAD_BYTES} bytes of a chain head and at least "
            f"{NONCE_BYTES_MIN} bytes of the auditor's choice"
        )
        raise ValueError(message)
    return hashlib.sha256(chain_head + nonce).digest()


@lru_cache(maxsize=4096)
def poisson_factor(confidence: Decimal, errors: int) -> Fraction:
    """R(errors): rounded up to hundredths, as the published tables are.

    Raises:
        ValueError: if the confidence is below 0.5 or above 0.999.
    """
    least, greatest = CONFIDENCES
    if not least <= confidence <= greatest:
        message = f"the confidence must be from {least} to {greatest}, such as 0.95"
        raise ValueError(message)
    low, high = 0, _HUNDREDTHS
    while _chance(errors, high) > 1 - confidence:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if _chance(errors, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return Fraction(high, _HUNDREDTHS)


def _chance(errors: int, hundredths: int) -> Decimal:
    """The chance of at most so many errors if their mean is a number of hundredths."""
    mean = _PRECISE.divide(Decimal(hundredths), Decimal(_HUNDREDTHS))
    term = summed = Decimal(1)
    for number in range(1, errors + 1):
        term = _PRECISE.divide(_PRECISE.multiply(term, mean), Decimal(number))
        summed = _PRECISE.add(summed, term)
    return _PRECISE.multiply(summed, _PRECISE.exp(-mean))


def interval_for_confidence(tolerable: Amount, confidence: Decimal) -> Amount:
    """The interval at which a sample without errors shows that no more than this is wrong.

    Raises:
        ValueError: if the tolerable misstatement is less than R(0) øre, or the confidence not one
            to reckon with.
    """
    minor = int(tolerable.minor / poisson_factor(confidence, 0))
    if minor < 1:
        message = "the tolerable misstatement is too small to sample by; look at every item"
        raise ValueError(message)
    return Amount(minor)


def interval_for_size(population: Amount, size: int) -> Amount:
    """The interval that gives so many øre to look at; one item may own several of them.

    Raises:
        ValueError: if the size is not from 1 to the population's øre.
    """
    if not 1 <= size <= population.minor:
        message = "the sample's size must be at least 1, and at most the øre of the population"
        raise ValueError(message)
    return Amount(population.minor // size)


def draw(items: Iterable[Item], interval: Amount, seeded: bytes) -> Sample:
    """Draw a sample; the order in which the items come does not matter.

    Raises:
        ValueError: if the interval or an item is not above zero, or two items have one identity.
    """
    if interval <= ZERO:
        message = "the interval must be above zero"
        raise ValueError(message)
    return drawn_from(items, interval, _uniform(seeded, interval.minor))


def drawn_from(items: Iterable[Item], interval: Amount, start: int) -> Sample:
    """As `draw`, from a start of at least zero and below the interval.

    Raises:
        ValueError: as `draw`, or if the start is not in the interval.
    """
    ordered = sorted(items)
    if len({each.identity for each in ordered}) != len(ordered):
        message = "two items of the population have the same identity"
        raise ValueError(message)
    if any(each.booked <= ZERO for each in ordered) or not 0 <= start < interval.minor:
        message = (
            "items must be booked above zero (look at the others apart from the sample), "
            "and the start must lie in the interval"
        )
        raise ValueError(message)
    top = tuple(each for each in ordered if each.booked >= interval)
    below = [each for each in ordered if each.booked < interval]
    drawn = []
    until_hit = start
    for each in below:
        if until_hit < each.booked.minor:
            drawn.append(each)
            until_hit += interval.minor
        until_hit -= each.booked.minor
    return Sample(
        interval,
        start,
        total(each.booked for each in ordered),
        total(each.booked for each in below),
        top,
        tuple(drawn),
    )


def _uniform(seeded: bytes, bound: int) -> int:
    """A number from zero up to, not including, a bound, each as likely as the others."""
    bits = bound.bit_length()
    if bits > _HASH_BITS:
        message = "the interval is too large"
        raise ValueError(message)
    attempt = 0
    while True:
        digest = hashlib.sha256(seeded + attempt.to_bytes(8, "big")).digest()
        number = int.from_bytes(digest, "big") >> (_HASH_BITS - bits)
        if number < bound:
            return number
        attempt += 1


def evaluate(sample: Sample, audited: Mapping[str, Amount], confidence: Decimal) -> Evaluation:
    """What the audited amounts of the sampled items say of the whole population.

    Raises:
        ValueError: if a sampled item has no audited amount, another has, one is below zero, or the
            confidence is not one to reckon with.
    """
    sampled = {each.identity for each in (*sample.top, *sample.drawn)}
    if audited.keys() != sampled or any(each < ZERO for each in audited.values()):
        message = (
            "every sampled item needs its audited amount, of at least zero, and no other item one"
        )
        raise ValueError(message)
    top = [each.booked.minor - audited[each.identity].minor for each in sample.top]
    drawn = [each.booked.minor - audited[each.identity].minor for each in sample.drawn]
    taintings = [
        Fraction(wrong, each.booked.minor) for wrong, each in zip(drawn, sample.drawn, strict=True)
    ]
    projected = sum(taintings, Fraction(0)) * sample.interval.minor + sum(top)
    limit = _stringer(sample, taintings, confidence) + sum(wrong for wrong in top if wrong > 0)
    adjustment = max(-rounded(projected), -sample.population)
    return Evaluation(Amount(sum(top) + sum(drawn)), projected, limit, adjustment)


def _stringer(sample: Sample, taintings: list[Fraction], confidence: Decimal) -> Fraction:
    """The upper limit of the overstatement below the interval: at most all that is there."""
    factor = poisson_factor(confidence, 0)
    bound = factor
    overstated = sorted((each for each in taintings if each > 0), reverse=True)
    for number, tainting in enumerate(overstated, start=1):
        following = poisson_factor(confidence, number)
        bound += (following - factor) * tainting
        factor = following
    return min(bound * sample.interval.minor, Fraction(sample.rest.minor))
