"""Trials in parts, which pytest-xdist spreads: a few each time, and all of them with --long."""

from __future__ import annotations

from typing import Any

import pytest


def parts(few: int, whole: int) -> list[Any]:
    """The numbers of the parts from 0; those from `few` on are long."""
    return [
        *range(few),
        *(pytest.param(number, marks=pytest.mark.long) for number in range(few, whole)),
    ]
