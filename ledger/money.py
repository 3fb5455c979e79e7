"""Amounts of money: whole minor units (øre), exact, never float.

A ledger holds one currency, named once in its opening event, so an amount carries only its minor
units. Every currency the ledger accepts has two decimals.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm
from typing import TYPE_CHECKING, Annotated, Any, Generic, NamedTuple, Self, TypeVar

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import core_schema

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue

CURRENCIES = ("DKK", "EUR", "GBP", "NOK", "SEK", "USD")
"""Currencies with two decimals that a ledger can be opened in."""

# Spelled out because Decimal also accepts NaN, Infinity, "1_000" and Arabic digits.
_DECIMALS_MAX = 40
"""Far beyond the product of any amount and two shares."""
_AMOUNT = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{2}))?", re.ASCII)
_SHARE = re.compile(r"(?:0|1)(?:\.[0-9]{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True, init=False)
class Amount:
    """A sum of money in minor units (øre) of the ledger's currency."""

    minor: int

    # Written out, as a great many are made and compared: what a dataclass makes takes longer.
    def __init__(self, minor: int) -> None:
        if type(minor) is not int:
            message = f"an amount is made of whole minor units, not {type(minor).__name__}"
            raise TypeError(message)
        _set_minor(self, minor)

    def __eq__(self, other: object) -> bool:
        return type(other) is Amount and self.minor == other.minor

    def __hash__(self) -> int:
        return hash(self.minor)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "90420.00" or "90420".

        Raises:
            ValueError: for anything else, such as "90.420,00", "1e5", "NaN" or three decimals.
        """
        found = _AMOUNT.fullmatch(text)
        if found is None:
            message = f"{text!r} is not an amount; write it as 90420.00"
            raise ValueError(message)
        sign, whole, decimals = found.groups()
        minor = int(whole) * 100 + int(decimals or 0)
        return cls(-minor if sign else minor)

    def __str__(self) -> str:
        whole, decimals = divmod(abs(self.minor), 100)
        return f"{'-' if self.minor < 0 else ''}{whole}.{decimals:02d}"

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.minor + other.minor)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.minor - other.minor)

    def __neg__(self) -> Amount:
        return Amount(-self.minor)

    def __bool__(self) -> bool:
        return self.minor != 0

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Any], handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        del source, handler
        return core_schema.no_info_plain_validator_function(
            cls._validate, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        del schema, handler
        return {
            "type": "string",
            "pattern": r"^-?[0-9]{1,15}(\.[0-9]{2})?$",
            "examples": ["90420.00"],
        }

    @classmethod
    def _validate(cls, value: object) -> Amount:
        if isinstance(value, Amount):
            return value
        if isinstance(value, str):
            return cls.parse(value)
        message = "write an amount as text, such as 90420.00"
        raise ValueError(message)


_set_minor = Amount.__dict__["minor"].__set__  # the slot itself: frozen, it is set once
ZERO = Amount(0)
N = TypeVar("N", bound="str | tuple[str, str]")
"""What the parts of a split are named by; of equals, the last in order."""


def total(amounts: Iterable[Amount]) -> Amount:
    """Sum an iterable of amounts; nothing sums to zero."""
    return Amount(sum(amount.minor for amount in amounts))


def _share(value: object) -> Decimal:
    if isinstance(value, Decimal):
        value = str(value)
    if not isinstance(value, str) or not _SHARE.fullmatch(value) or Decimal(value) > 1:
        message = f"{value!r} is not a share; write a number from 0 to 1, such as 0.50"
        raise ValueError(message)
    return Decimal(value)


Share = Annotated[
    Decimal,
    BeforeValidator(_share),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^[01](\.[0-9]{1,6})?$"},
                {"type": "number", "minimum": 0, "maximum": 1},
            ],
            "examples": ["0.50"],
        }
    ),
]
"""A share from 0 to 1 with at most six decimals."""


MILLION = 1_000_000


@lru_cache(maxsize=1_000)
def millionths(number: Decimal | Fraction) -> int:
    """A share, or what it comes to, as a whole number of millionths: no share has more decimals.

    Raises:
        ValueError: if it has more than six.
    """
    parts = Fraction(number) * MILLION
    if parts.denominator != 1:
        message = f"{number} has more than six decimals"
        raise ValueError(message)
    return parts.numerator


def _ratio(parts: Iterable[Fraction | int]) -> tuple[int, int]:
    """The sum of exact minor units over a common denominator: several times as fast as `sum`."""
    above, below = 0, 1
    for part in parts:
        numerator, denominator = part.as_integer_ratio()
        if denominator == below:
            above += numerator
        else:
            above, below = above * denominator + numerator * below, below * denominator
    return above, below


def rounded(minor: Fraction) -> Amount:
    """Round exact minor units to whole ones, half away from zero."""
    return Amount(_half_away(minor.numerator, minor.denominator))


def _half_away(above: int, below: int) -> int:
    magnitude = (2 * abs(above) + below) // (2 * below)
    return magnitude if above >= 0 else -magnitude


class Exact(NamedTuple, Generic[N]):
    """Exact minor units by name: whole numbers `above`, over one denominator `below`.

    They come to the same as fractions, which are reduced one by one; these are together.
    """

    above: dict[N, int]
    below: int

    @classmethod
    def of(cls, parts: Mapping[N, Fraction]) -> Exact[N]:
        """Fractions over the least denominator that they have in common."""
        below = lcm(*[part.denominator for part in parts.values()])
        above = {n: part.numerator * (below // part.denominator) for n, part in parts.items()}
        return cls(above, below)

    def rounded(self, names: Iterable[N]) -> int:
        """The sum of some, rounded once to whole minor units, half away from zero."""
        return _half_away(sum([self.above[name] for name in names]), self.below)

    def cut(self, names: Collection[N], left: int) -> Exact[N]:
        """The same, but some come to `left` minor units together, all cut alike.

        Raises:
            ValueError: if they come to nothing.
        """
        whole = sum([self.above[name] for name in names])
        if not whole:
            message = "what comes to nothing cannot be cut"
            raise ValueError(message)
        kept, cut, below = whole, left * self.below, self.below * whole
        above = {n: each * (cut if n in names else kept) for n, each in self.above.items()}
        common = gcd(below, *above.values())  # else each cut would make them twice as long
        return Exact({n: each // common for n, each in above.items()}, below // common)


def exact(minor: Fraction) -> str:
    """Write unrounded minor units as major units with every decimal, at least two.

    Products of amounts and shares are finite decimals, so nothing is lost.

    Raises:
        ValueError: if the value has no finite decimal form.
    """
    scale, denominator = 2, minor.denominator
    while (10 ** (scale - 2)) % denominator:
        scale += 1
        if scale > _DECIMALS_MAX:
            message = f"{minor} has no finite decimal form"
            raise ValueError(message)
    digits = abs(minor.numerator) * 10 ** (scale - 2) // denominator
    whole, decimals = divmod(digits, 10**scale)
    return f"{'-' if minor < 0 else ''}{whole}.{decimals:0{scale}d}"


def written(minor: Fraction) -> str:
    """Write unrounded minor units as major units: as `exact`, or as a fraction such as 2/3."""
    try:
        return exact(minor)
    except ValueError:
        return str(minor / 100)


def from_exact(text: str) -> Fraction:
    """Read back what `exact` or `written` wrote, in minor units."""
    return Fraction(text) * 100


class Weights(Generic[N]):
    """What amounts are divided in proportion to, looked at once however many amounts there are.

    All are of one sign. The øre that are left go to `residual_to`, or if that has no weight to the
    heaviest (of equals, the last by name): who has no share gets nothing.

    Raises:
        ValueError: if the weights sum to zero, or `residual_to` is not among them.
    """

    __slots__ = ("_holder", "_quotients")

    def __init__(self, weights: Mapping[N, Fraction | int], residual_to: N) -> None:
        above, below = _ratio(weights.values())
        if not above or residual_to not in weights:
            message = "a split needs weights that are not all zero, and a holder of the residual"
            raise ValueError(message)
        # Of whole numbers, as the quotient of fractions would be, and several times as fast.
        self._quotients = [
            (name, weight.numerator * below, weight.denominator * above)
            for name, weight in weights.items()
        ]
        self._holder = (
            residual_to
            if weights[residual_to]
            else max(weights, key=lambda each: (abs(weights[each]), each))
        )

    def split(self, minor: int) -> dict[N, int]:
        """Divide an amount of whole minor units; the parts sum to the whole.

        Each part is rounded to whole ones towards zero, so none has another sign than the whole.
        """
        left = whole = abs(minor)
        parts = {}
        for name, above, below in self._quotients:
            part = parts[name] = whole * above // below
            left -= part
        parts[self._holder] += left
        return parts if minor >= 0 else {name: -part for name, part in parts.items()}


def split(whole: Amount, weights: Mapping[N, Fraction | int], residual_to: N) -> dict[N, Amount]:
    """Divide one amount in proportion to weights.

    Raises:
        ValueError: if the weights sum to zero, or `residual_to` is not among them.
    """
    parts = Weights(weights, residual_to).split(whole.minor)
    return {name: Amount(part) for name, part in parts.items()}
