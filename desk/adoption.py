"""The commands that adopt a scenario as lines to be typed, and the files that they read."""

from __future__ import annotations

import csv
import io
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from desk.intake import files
from desk.intake.single import cells
from ledger.decide.corrections import FactRow
from ledger.decide.duties import COMMANDS
from ledger.decide.refusal import AlreadyDone
from ledger.decide.rows import EnrolmentRow, MeasurementRow, ResultRow, SpellRow, StayRow
from ledger.duties import Duty
from ledger.facts import Tariff
from ledger.model import Model
from projections.whatif.steps import (
    Amend,
    Assess,
    CorrectFact,
    Enact,
    Step,
    TellFacts,
    TellMove,
    TellTariffs,
    VoidFact,
)

LINES = "commands.txt"
_KINDS: Mapping[type[FactRow], tuple[str, type[Model]]] = {
    EnrolmentRow: ("enrolments", files.EnrolmentLine),
    StayRow: ("stays", files.StayLine),
    SpellRow: ("spells", files.SpellLine),
    MeasurementRow: ("measurements", files.MeasurementLine),
    ResultRow: ("results", files.ResultLine),
}
"""What is imported, and what its file must hold."""


@dataclass(frozen=True, slots=True)
class Blank:
    """A cell that the ledger cannot fill in: of which row of a file, and whose if a person's."""

    file: str
    row: int
    column: str
    subject: str


@dataclass(frozen=True, slots=True)
class Line:
    """A command to be typed: who may, its words, and what has to be filled in before."""

    duties: tuple[Duty, ...]
    words: tuple[str, ...]
    blanks: tuple[Blank, ...] = ()

    @property
    def typed(self) -> str:
        """The command as a shell reads it."""
        return shlex.join(self.words)


@dataclass(slots=True)
class Adoption:
    """Every line, and the text of every file by its name in the folder."""

    folder: Path
    reason: str
    lines: list[Line] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def add(self, step: Step) -> None:
        """Add one command, with its file if it reads one."""
        match step:
            case TellTariffs(tariffs=tariffs, fresh=True):
                name = self._file("tariffs-new.csv", _table([_tariff(t) for t in tariffs]))
                self._line("tariffs", "import", "tariffs", name)
            case TellTariffs(tariffs=tariffs):
                name = self._file("tariffs-right.csv", _table([_tariff(t) for t in tariffs]))
                self._line("correct-tariffs", "correct", "tariffs", name, *self._why)
            case Amend(terms=terms, effective_on=on):
                name = self._file(f"{terms.agreement}-from-{on}.yaml", as_yaml(terms))
                self._line("amend", "agreement", "amend", name, "--effective-on", str(on))
            case CorrectFact():
                sets = [word for pair in _sets(step) for word in ("--set", pair)]
                position = str(step.position)
                self._line("correct", "correct", "fact", position, *sets, *self._why)
            case VoidFact(position=position):
                self._line("void", "correct", "void", str(position), *self._why)
            case TellMove(subject=ref, municipality=to, on=on):
                where = ("--to", to, "--on", str(on))
                self._line("move", "subject", "move", ref, *where, *self._why)
            case TellFacts(rows=rows):
                self._facts(rows)
            case Enact(table=table, drop=drop):
                name = self._file(f"{table.id}.yaml", as_yaml(table))
                self._line("enact", "rules", "enact", name, *(["--drop"] if drop else []))
            case Assess(agreement=agreement, until=until):
                self._line("assess", "assess", "--agreement", agreement, "--until", str(until))

    def write(self) -> None:
        """Write the files and the lines into a folder that is new.

        Raises:
            AlreadyDone: if there is something of that name.
        """
        try:
            self.folder.mkdir(parents=True)
        except FileExistsError:
            message = f"{self.folder} is there already; name another with --into"
            raise AlreadyDone(message) from None
        for name, text in self.files.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        (self.folder / LINES).write_text("".join(_written(self.lines)), encoding="utf-8")

    @property
    def _why(self) -> tuple[str, str]:
        return "--reason", self.reason

    def _facts(self, rows: Sequence[FactRow]) -> None:
        """A file of facts that were never told, without the ids and the names it takes."""
        table = [_blanked(cells(row)) for row in rows]
        kind, line = _KINDS[type(rows[0])]
        agreement = next((c["agreement"] for c in table if "agreement" in c), None)
        name = self._file(f"{agreement or 'added'}-{kind}.csv", _table(table))
        blanks = [
            Blank(Path(name).name, number, column, getattr(row, "person_id", ""))
            for number, (row, columns) in enumerate(zip(rows, table, strict=True), start=2)
            for column, cell in columns.items()
            if not cell and line.model_fields[column].is_required()
        ]
        self._line(kind, "import", kind, name, blanks=blanks)

    def _file(self, name: str, text: str) -> str:
        """Add a file; another of its name gets a number."""
        path = Path(name)
        number = 1
        while path.name in self.files:
            number += 1
            path = Path(name).with_stem(f"{Path(name).stem}-{number}")
        self.files[path.name] = text
        return str(self.folder / path)

    def _line(self, command: str, *words: str, blanks: Sequence[Blank] = ()) -> None:
        duties = tuple(duty for duty in Duty if duty in COMMANDS[command].duties)
        self.lines.append(Line(duties, ("ofl", *words), tuple(blanks)))


def as_yaml(model: Model) -> str:
    """Terms or rules as a file that is read as the same."""
    values = model.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True)


def _sets(step: CorrectFact) -> Iterator[str]:
    """The columns that are others now."""
    before = cells(step.before)
    for column, cell in cells(step.after).items():
        if cell != before[column]:
            yield f"{column}={cell}"


def _tariff(tariff: Tariff) -> dict[str, str]:
    return {
        "shelter": tariff.shelter,
        "valid_from": str(tariff.valid_from),
        "tariff": str(tariff.per_night),
        "own_payment": str(tariff.own_payment),
    }


def _blanked(row: Mapping[str, str]) -> dict[str, str]:
    """A row without the person's id, which only the registrar knows."""
    return {column: "" if column == "person_id" else cell for column, cell in row.items()}


def _table(rows: Sequence[Mapping[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _written(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        yield f"# {' or '.join(duty.value for duty in line.duties)}\n"
        for blank in line.blanks:
            whose = f" of {blank.subject}" if blank.subject else ""
            yield f"# first fill in {blank.file}, row {blank.row}: {blank.column}{whose}\n"
        yield f"{line.typed}\n"
