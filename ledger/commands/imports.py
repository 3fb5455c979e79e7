"""Commands that take in files: tariffs, people, and what was seen of them."""

from __future__ import annotations

from datetime import date

from ledger.commands.door import Done
from ledger.commands.subjects import SubjectCommands
from ledger.dates import danish_day
from ledger.decide import intake
from ledger.decide.decision import New
from ledger.decide.rows import (
    Batch,
    EnrolmentRow,
    MeasurementRow,
    ResultRow,
    SpellRow,
    StayRow,
)
from ledger.facts import Tariff
from ledger.model import SubjectRef


class ImportCommands(SubjectCommands):
    """Whole files of facts, recorded or refused."""

    def import_tariffs(self, batch: Batch[Tariff]) -> Done:
        """Record tariffs per shelter and date."""
        return self._run(
            ["tariffs", batch.sha256], lambda: intake.record_tariffs(self.law(), batch)
        )

    def import_enrolments(self, batch: Batch[EnrolmentRow]) -> Done:
        """Enrol people; each gets a pseudonym in the vault."""

        def decide() -> list[New]:
            states = self.agreements()
            self._finish_erasing(states)
            people = (row.value.person_id for row in batch.rows)
            intake.check_enrolments(states, batch, self._subjects(states, people))
            subjects: dict[tuple[str, str], SubjectRef] = {}
            for name in states:
                ids = [r.value.person_id for r in batch.rows if r.value.agreement == name]
                for person_id, ref in self.vault.admit(name, ids).items():
                    subjects[name, person_id] = ref
            return intake.enrol(states, batch, subjects)

        return self._run(["enrolments", batch.sha256], decide)

    def import_stays(self, batch: Batch[StayRow], covers_until: date | None = None) -> Done:
        """Record a shelter register's stays, known up to `covers_until`."""

        def decide() -> list[New]:
            states = self.agreements()
            subjects = self._subjects(states, (row.value.person_id for row in batch.rows))
            today = danish_day(self.clock())
            return intake.record_stays(self.law(), states, batch, subjects, covers_until, today)

        return self._run(["stays", batch.sha256, str(covers_until)], decide)

    def import_measurements(self, batch: Batch[MeasurementRow]) -> Done:
        """Record what indicators showed at milestones."""

        def decide() -> list[New]:
            states = self.agreements()
            subjects = self._subjects(states, (row.value.person_id for row in batch.rows))
            return intake.record_measurements(states, batch, subjects)

        return self._run(["measurements", batch.sha256], decide)

    def import_spells(self, batch: Batch[SpellRow]) -> Done:
        """Record times in which something held for people."""

        def decide() -> list[New]:
            states = self.agreements()
            subjects = self._subjects(states, (row.value.person_id for row in batch.rows))
            return intake.record_spells(states, batch, subjects, danish_day(self.clock()))

        return self._run(["spells", batch.sha256], decide)

    def import_results(self, batch: Batch[ResultRow]) -> Done:
        """Record what indicators showed for cohorts."""
        return self._run(
            ["results", batch.sha256], lambda: intake.record_results(self.agreements(), batch)
        )
