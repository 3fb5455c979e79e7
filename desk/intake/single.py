"""One fact changed on the command line, read as strictly as a row of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pydantic import ValidationError

from desk.intake import files
from desk.intake.table import wrong
from ledger.decide.corrections import FactRow
from ledger.decide.refusal import FileRefused, Finding
from ledger.decide.rows import EnrolmentRow, MeasurementRow, ResultRow, SpellRow, StayRow
from ledger.facts import Quality

_KNOWN_BY = ("agreement", "person_id", "stay_id", "spell_id", "cohort")
"""What a fact is known by; to change that is to void it and record another."""

_SOMEBODY = "somebody"
"""Stands for the person's id, which a fact does not hold."""


def changed(name: str, row: FactRow, changes: Mapping[str, str]) -> FactRow:
    """A fact with some of its columns changed; an empty cell leaves a column out.

    Raises:
        FileRefused: if there is no such column, or it cannot hold that.
    """
    known = cells(row)
    columns = [column for column in known if column not in _KNOWN_BY]
    unknown = [
        Finding(1, column, f"this is not one of {', '.join(columns)}")
        for column in changes
        if column not in columns
    ]
    if unknown:
        raise FileRefused(name, unknown)
    named = {column: cell for column, cell in {**known, **changes}.items() if cell}
    try:
        return _made(row, named)
    except ValidationError as error:
        found = [Finding(1, column, message) for column, message in wrong(error, {})]
        raise FileRefused(name, found) from None


def _made(row: FactRow, named: Mapping[str, str]) -> FactRow:
    match row:
        case StayRow():
            return replace(files.stay_row(files.StayLine.model_validate(named)), person_id="")
        case SpellRow():
            return replace(files.spell_row(files.SpellLine.model_validate(named)), person_id="")
        case EnrolmentRow():
            line = files.EnrolmentLine.model_validate(named)
            return replace(files.enrolment_row(line), person_id="")
        case MeasurementRow():
            measured = files.MeasurementLine.model_validate(named)
            return replace(files.measurement_row(measured), person_id="")
        case ResultRow():
            return files.result_row(files.ResultLine.model_validate(named))


def cells(row: FactRow) -> dict[str, str]:
    """A fact as the cells of a row."""
    found: dict[str, object]
    match row:
        case StayRow(stay=stay):
            found = {
                "stay_id": stay.stay,
                "person_id": _SOMEBODY,
                "shelter": stay.shelter,
                "admitted": stay.admitted,
                "discharged": stay.discharged,
            }
        case SpellRow(spell=spell):
            found = {
                "agreement": row.agreement,
                "spell_id": spell.spell,
                "person_id": _SOMEBODY,
                "indicator": spell.indicator,
                "started": spell.started,
                "ended": spell.ended,
            }
        case EnrolmentRow():
            found = {
                "agreement": row.agreement,
                "person_id": _SOMEBODY,
                "enrolled_on": row.enrolled_on,
                "group": row.group,
                "referred_on": row.referred_on,
                "born_on": row.born_on,
            }
        case MeasurementRow():
            found = {
                "agreement": row.agreement,
                "person_id": _SOMEBODY,
                "milestone_months": row.milestone_months,
                **_measured(row),
            }
        case _:
            found = {"agreement": row.agreement, "cohort": row.cohort, **_measured(row)}
    return {column: "" if cell is None else str(cell) for column, cell in found.items()}


def _measured(row: MeasurementRow | ResultRow) -> dict[str, object]:
    quality: Quality = row.quality
    return {
        "measured_on": row.measured_on,
        "indicator": row.indicator,
        "value": row.value,
        "validator": row.validator,
        "status": quality.status.value,
        "use": quality.use.value,
        "evidence": quality.evidence,
    }
