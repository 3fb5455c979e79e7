"""An example from `docs/examples`: signed, funded, fed its facts, assessed, as a user does it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from desk.intake import files
from ledger.money import Amount, total
from ledger.policy.assess import Assessment, Decided
from ledger.service import Ledger
from ledger.terms.agreement import Terms

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
_IMPORTS: dict[str, tuple[Callable[[Path], Any], Callable[[Ledger, Any], Any]]] = {
    "enrolments": (files.read_enrolments, Ledger.import_enrolments),
    "measurements": (files.read_measurements, Ledger.import_measurements),
    "spells": (files.read_spells, Ledger.import_spells),
    "results": (files.read_results, Ledger.import_results),
}


@dataclass(frozen=True)
class Told:
    """What was decided in an example, and under which terms."""

    terms: Terms
    assessment: Assessment

    def decided(self, metric: str) -> list[Decided]:
        """The decisions on one metric, in order of achievement."""
        return [each for each in self.assessment.decided if each.outcome.metric == metric]

    def paid(self, metric: str | None = None) -> Amount:
        """What one metric, or everything, came to."""
        return total(
            each.entitlement.total
            for each in self.assessment.decided
            if each.entitlement and metric in (None, each.outcome.metric)
        )

    def owes(self, payer: str) -> Amount:
        """What one payer owes in all."""
        return total(
            part.amount
            for each in self.assessment.decided
            if each.entitlement
            for part in each.entitlement.parts
            if part.payer == payer
        )


def told(name: str, until: date, terms: str = "terms.yaml") -> Told:
    """Tell the example in `docs/examples/<name>` up to a day.

    The investors pay in all they have committed on the agreement's first day; then every file of
    facts in the folder is imported, and the agreement is assessed.
    """
    folder = EXAMPLES / name
    read, source = files.read_terms(folder / terms)
    with tempfile.TemporaryDirectory() as place:
        ledger = Ledger.create(
            Path(place) / "ledger",
            "An example",
            read.currency,
            actor="test",
            clock=lambda: datetime(2040, 1, 1, tzinfo=UTC),
        )
        with ledger:
            ledger.sign(read, source)
            committed = total(each.amount for each in read.investment)
            ledger.call_drawdown(read.agreement, committed, read.starts_on)
            (drawdown,) = ledger.agreement(read.agreement).drawdowns
            for each in read.investment:
                ledger.receive_capital(drawdown, each.investor, read.starts_on)
            for kind, (reader, door) in _IMPORTS.items():
                if (path := folder / f"{kind}.csv").exists():
                    door(ledger, reader(path))
            _, assessment = ledger.assess(read.agreement, until)
            return Told(read, assessment)
