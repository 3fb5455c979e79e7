"""A file of what was found of the claims in a sample."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from desk.intake.files import Money, Remark
from desk.intake.table import MAY_BE_LEFT_OUT, read_table
from ledger.decide.refusal import FileRefused, Finding
from ledger.decide.rows import Batch
from ledger.decide.sampling import Examination
from ledger.model import Model, Text
from ledger.money import ZERO, Amount


def _not_below_zero(amount: Amount) -> Amount:
    if amount < ZERO:
        message = "what should have been paid is not below zero; write 0.00 if it is nothing"
        raise ValueError(message)
    return amount


class ExaminationLine(Model):
    """What should have been paid for a claim, and what shows it."""

    claim: Text
    audited: Annotated[Money, AfterValidator(_not_below_zero)]
    evidence: Text
    remark: Annotated[Remark, MAY_BE_LEFT_OUT] = ""


def read_examinations(path: Path) -> Batch[Examination]:
    """Read a file of examinations; one row for each claim.

    Raises:
        NotFound: if there is no file to read at the path.
        FileRefused: with every problem found, in order of row.
    """
    batch = read_table(
        path,
        ExaminationLine,
        lambda line: Examination(line.claim, line.audited, line.remark, line.evidence),
    )
    first: dict[str, int] = {}
    problems = []
    for row in batch.rows:
        earlier = first.setdefault(row.value.claim, row.number)
        if earlier != row.number:
            message = f"row {earlier} is of this claim too; keep one of them"
            problems.append(Finding(row.number, "claim", message))
    if problems:
        raise FileRefused(batch.file, problems)
    return batch
