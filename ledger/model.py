"""The base of everything that is validated and stored: frozen, exact, nothing unknown let in."""

from __future__ import annotations

import re
from typing import Annotated, NewType

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Position = NewType("Position", int)
"""An event's place in the one global sequence, from 1, without gaps."""

SubjectRef = NewType("SubjectRef", str)
"""The random pseudonym of one citizen in one agreement."""

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
"""A short name used in streams, accounts and files: lower-case letters, digits and hyphens."""

_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)


def _whole(value: object) -> int:
    if type(value) is int:
        return value
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    message = f"{value!r} is not a whole number"
    raise ValueError(message)


WHOLE = BeforeValidator(_whole)
"""Reads a whole number, also from text; never 1.0, 1e3 or 1_000. Stands last, after any bounds."""

TEXT_MAX = 200
"""How many characters a name, a reason or the like may have."""

Text = Annotated[str, Field(min_length=1, max_length=TEXT_MAX)]


class Model(BaseModel):
    """A frozen value that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
