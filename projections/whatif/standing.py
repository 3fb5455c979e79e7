"""What stands of an outcome: whether it was achieved, and what each payer owes each investor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ledger.dates import Period
from ledger.metrics.base import Waiting
from ledger.money import Amount
from ledger.working import Owed, Working, parts_of


class Standing(NamedTuple):
    """What stands of one outcome; `owed` is what each payer owes each investor for it.

    `waits` says why it would not be decided at all; then nothing is owed.
    """

    unit: str
    metric: str
    key: str
    period: Period
    achieved: bool
    owed: Owed
    waits: Waiting | None = None
    working: Working | None = None

    @property
    def whole(self) -> Amount:
        """What all payers owe."""
        return Amount(sum(self.owed.values()))

    def told(self) -> dict[str, object]:
        """All of it by name, what is owed as parts, as it is written for a program."""
        found = [
            ("parts", parts_of(self.owed)) if name == "owed" else (name, each)
            for name, each in self._asdict().items()
        ]
        return dict(found)

    def same(self, other: Standing | None) -> bool:
        """Whether it comes to the same as another; a working may differ where nothing else does."""
        return other is not None and self[3:7] == other[3:7]


Standings = Mapping[str, Standing]
"""By claim: every outcome that is decided, or was."""
