"""What stands as it was decided: the outcomes of people whose facts are erased.

Nothing can be decided anew on facts that nobody can read. What was decided before is kept as it is
recorded, and counts towards ceilings and deadweight at its place in the order of achievement.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.metrics.base import Outcome
from ledger.working import Part

OutcomeKey = tuple[str, str, str]
"""Metric, unit, key: what an outcome is decided once by."""


@dataclass(frozen=True, slots=True)
class Given:
    """An outcome as it was decided, and what is owed for it."""

    outcome: Outcome
    parts: tuple[Part, ...]
