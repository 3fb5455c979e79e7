"""The job `verify`: everything is as recorded, and views made anew beside are the same."""

from __future__ import annotations

from desk.jobs.job import Report, Shift
from ledger.commands.door import folder_of
from ledger.decide.jobs import Seen
from ledger.decide.refusal import Refusal
from ledger.events import Severity
from ledger.store import location
from ledger.store.envelope import timestamp
from projections import verified
from projections.status import program_version
from projections.verification import Verification
from projections.verified import Verified
from projections.verify import verify

KINDS = ("not_as_recorded",)
TRIES = 5
_MESSAGE_MAX = 500


class AlwaysWrittenTo(Refusal):
    """Somebody wrote to the ledger whenever it was verified, so that nothing can be said of it."""


def work(shift: Shift) -> Report:
    """Verify all, and see every fault.

    Raises:
        AlwaysWrittenTo: if it cannot be told whether faults are faults, or events of that moment.
    """
    result = _quietly(shift)
    _keep(shift, result)
    seen = [
        Seen(
            "not_as_recorded",
            f"{fault.check.value}/{fault.kind.value}/{fault.position or fault.message[:100]}",
            Severity.SERIOUS,
            {
                "check": fault.check.value,
                "fault": fault.kind.value,
                "position": str(fault.position or "–"),
                "message": fault.message[:_MESSAGE_MAX],
            },
        )
        for fault in result.faults
    ]
    figures = {
        "events": result.events,
        "assessments": result.assessments,
        "tables": result.tables,
        "checkpoints": result.checkpoints,
    }
    return Report(seen, figures)


def _quietly(shift: Shift) -> Verification:
    """A verification during which nobody wrote, or one that is sound all the same."""
    for _ in range(TRIES):
        head = shift.ledger.log.head()[0]
        authority = shift.place.timestamp_certificate
        result = verify(shift.ledger, shift.views, authority=authority)
        if result.sound or shift.ledger.log.head()[0] == head:
            return result
    message = f"the ledger was written to during each of {TRIES} verifications"
    raise AlwaysWrittenTo(message)


def _keep(shift: Shift, result: Verification) -> None:
    """Leave the outcome for `ofl status`."""
    place = shift.place
    key_file = location.key_file_of(place.location, place.vault_key)
    kept = Verified(
        at=timestamp(place.clock()),
        by=shift.ledger.actor,
        program=program_version(),
        outcome=result.outcome.value,
        events=result.events,
        chain=result.chain,
    )
    verified.write(folder_of(place.location, key_file), kept)
