"""Who works on a ledger: colleagues, jobs, and the duties they may have.

The persons whom an agreement is about are never meant here; they are `subjects`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field


class Duty(StrEnum):
    """What a colleague may do. A party's `Role` in an agreement is something else."""

    REGISTRAR = "registrar"
    """Brings in enrolments, stays, spells and tariffs, and proposes payments."""
    VALIDATOR = "validator"
    """Brings in what was measured, and has outcomes decided."""
    TERMS_OWNER = "terms_owner"
    """Signs and changes terms, law, commitments and drawdowns."""
    PAYEE_MASTER = "payee_master"
    """Keeps the account numbers that payees are paid on."""
    APPROVER = "approver"
    """Approves payments that rest on others' work."""
    PAYER = "payer"
    """Releases approved payments to the bank."""
    RECONCILER = "reconciler"
    """Takes in what the bank saw, and matches it."""
    AUDITOR = "auditor"
    """Reads, samples what was paid, and changes nothing."""
    ADMINISTRATOR = "administrator"
    """Lets people in and out, and does no business."""


JOB = "job:"
"""How the name of a job begins. A job is nobody, so it never is the second person."""

ColleagueId = Annotated[str, Field(pattern=rf"^({JOB})?[a-z][a-z0-9-]{{1,39}}$")]
"""The short name of a colleague, or of a job: lower-case letters, digits and hyphens."""

SigningKeyText = Annotated[str, Field(pattern=r"^ed25519:[A-Za-z0-9+/]{43}=$")]
"""The public half of a personal key, as `ofl people key` prints it."""


def is_job(actor: str) -> bool:
    """Whether an actor is a job, which belongs to no person."""
    return actor.startswith(JOB)
