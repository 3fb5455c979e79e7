"""What is said of a change that does not fit what is recorded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from pydantic import ValidationError

from ledger.decide.refusal import AgainstTerms
from ledger.terms.reader import meant

_T = TypeVar("_T")
_ITEM = re.compile(r"(?<=^metrics\.)[0-9]+|(?<=; metrics\.)[0-9]+")
"""A metric's place in a message, from 0; people count from 1."""


class Unfit(AgainstTerms):
    """A change of a scenario does not fit what is recorded."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(f"changes, item {number}: {message}")


def unknown(number: int, what: str, name: str, known: Iterable[str]) -> Unfit:
    """What to say of a name that nothing has, and of what may have been meant."""
    found = sorted(set(known))
    return Unfit(number, f"there is no {what} {name!r}; {meant(name, found)}")


def validated(number: int, make: Callable[[], _T]) -> _T:
    """What a change makes of a model, if that is still one.

    Raises:
        Unfit: if it is not, with the model's own words.
    """
    try:
        return make()
    except ValidationError as error:
        told = []
        for each in error.errors(include_url=False):
            where = ".".join(map(str, each["loc"]))
            message = str(each["msg"]).removeprefix("Value error, ").replace("\n", "; ")
            message = _ITEM.sub(lambda found: str(int(found[0]) + 1), message)
            told.append(f"{where}: {message}" if where else message)
        raise Unfit(number, "; ".join(told)) from None
