"""Every job there is, and when it runs.

Reading and deciding come first, then proving and sealing. Last comes what only saves time: nothing
must wait for it.
"""

from __future__ import annotations

from desk.jobs import (
    assessing,
    bank,
    deadlines,
    double_payments,
    headroom,
    missing_evidence,
    refund_tie_out,
    remembering,
    sealing,
    verifying,
)
from desk.jobs.job import Job
from desk.jobs.schedule import MONDAY_TO_FRIDAY, Schedule
from ledger.decide.refusal import NotFound

_BANKING_HOURS = tuple(range(6, 21))

PLAN = (
    Job("bank", Schedule(_BANKING_HOURS, 10, MONDAY_TO_FRIDAY), bank.KINDS, bank.work),
    Job("assess", Schedule((3,), 15), assessing.KINDS, assessing.work),
    Job("double-payments", Schedule((3,), 30), double_payments.KINDS, double_payments.work),
    Job("missing-evidence", Schedule((3,), 40), missing_evidence.KINDS, missing_evidence.work),
    Job("headroom", Schedule((3,), 50), headroom.KINDS, headroom.work),
    Job("deadlines", Schedule((4,), 0, MONDAY_TO_FRIDAY), deadlines.KINDS, deadlines.work),
    Job(
        "refund-tie-out",
        Schedule((4,), 30, months=(1, 4, 7, 10), day=20),
        refund_tie_out.KINDS,
        refund_tie_out.work,
    ),
    Job("verify", Schedule((4,), 45), verifying.KINDS, verifying.work),
    Job("checkpoint", Schedule((5,), 0), sealing.KINDS, sealing.work),
    Job("remember", Schedule((5,), 15), remembering.KINDS, remembering.work),
)


def named(name: str) -> Job:
    """The job with a name.

    Raises:
        NotFound: if there is none.
    """
    for job in PLAN:
        if job.name == name:
            return job
    message = f"there is no job {name!r} (jobs: {', '.join(job.name for job in PLAN)})"
    raise NotFound(message)
