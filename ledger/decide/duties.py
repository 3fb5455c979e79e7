"""Which duty each command takes, and which commands a job may run.

A command is named as in `Door._run`. One that stands in no row cannot be run by anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ledger.decide.people_state import PeopleState
from ledger.decide.refusal import NotAllowed
from ledger.duties import Duty, is_job


@dataclass(frozen=True, slots=True)
class Allowed:
    """Who may run a command: a person with one of these duties, and perhaps a job."""

    duties: frozenset[Duty]
    job: bool = False


def _to(*duties: Duty, job: bool = False) -> Allowed:
    return Allowed(frozenset(duties), job)


_ANYBODY = frozenset(Duty) - {Duty.AUDITOR}
"""Everybody who has any duty but to read."""

COMMANDS: dict[str, Allowed] = {
    # the ledger itself; it is opened before there are people
    "init": _to(),
    "checkpoint": _to(Duty.PAYER, Duty.RECONCILER, Duty.ADMINISTRATOR, job=True),
    "new-checkpoint-key": _to(Duty.ADMINISTRATOR),
    # terms, law, and the fund's promises
    "sign": _to(Duty.TERMS_OWNER),
    "amend": _to(Duty.TERMS_OWNER),
    "enact": _to(Duty.TERMS_OWNER),
    "drawdown": _to(Duty.TERMS_OWNER),
    "guarantee": _to(Duty.TERMS_OWNER),
    "fund-policy": _to(Duty.TERMS_OWNER),
    "appropriate": _to(Duty.TERMS_OWNER),
    "commit": _to(Duty.TERMS_OWNER),
    "reestimate": _to(Duty.TERMS_OWNER),
    "annul": _to(Duty.TERMS_OWNER),
    # facts
    "tariffs": _to(Duty.REGISTRAR),
    "enrolments": _to(Duty.REGISTRAR),
    "stays": _to(Duty.REGISTRAR),
    "spells": _to(Duty.REGISTRAR),
    "erase": _to(Duty.REGISTRAR),
    "refunds": _to(Duty.REGISTRAR),
    "merge": _to(Duty.REGISTRAR),
    "unmerge": _to(Duty.REGISTRAR),
    "move": _to(Duty.REGISTRAR),
    "correct-register": _to(Duty.REGISTRAR),
    "correct-tariffs": _to(Duty.REGISTRAR),
    "correct": _to(Duty.REGISTRAR, Duty.VALIDATOR),
    "correct-file": _to(Duty.REGISTRAR, Duty.VALIDATOR),
    "void": _to(Duty.REGISTRAR, Duty.VALIDATOR),
    "measurements": _to(Duty.VALIDATOR),
    "results": _to(Duty.VALIDATOR),
    # decisions and money
    "assess": _to(Duty.VALIDATOR, job=True),
    "propose": _to(Duty.REGISTRAR, Duty.PAYER, job=True),
    "adjust": _to(Duty.TERMS_OWNER, Duty.VALIDATOR),
    "decide-adjustment": _to(Duty.APPROVER),
    "payment-policy": _to(Duty.TERMS_OWNER),
    "payee-set": _to(Duty.PAYEE_MASTER),
    "payee-confirm": _to(Duty.PAYEE_MASTER),
    "approve": _to(Duty.APPROVER),
    "cancel": _to(Duty.APPROVER, Duty.PAYER),
    "send": _to(Duty.PAYER),
    "payment-file": _to(Duty.PAYER),
    "recall": _to(Duty.PAYER),
    "recall-answer": _to(Duty.PAYER, Duty.RECONCILER),
    "demand": _to(Duty.PAYER),
    "withdraw-demand": _to(Duty.PAYER),
    "propose-write-off": _to(Duty.PAYER),
    "write-off": _to(Duty.APPROVER),
    # the bank
    "account": _to(Duty.PAYEE_MASTER),
    "bank": _to(Duty.RECONCILER, job=True),
    "bank-answers": _to(Duty.PAYER, Duty.RECONCILER, job=True),
    "reconcile": _to(Duty.RECONCILER, job=True),
    "match": _to(Duty.RECONCILER),
    "unmatch": _to(Duty.RECONCILER),
    "resolve": _to(Duty.RECONCILER),
    "reopen": _to(Duty.RECONCILER),
    "received": _to(Duty.RECONCILER),
    # periods and jobs
    "close-period": _to(Duty.RECONCILER),
    "reopen-period": _to(Duty.RECONCILER, Duty.APPROVER),
    "claim-run": _to(job=True),
    "claim-run-by-hand": Allowed(_ANYBODY, job=True),
    "give-up-run": Allowed(_ANYBODY, job=True),
    "finish-run": Allowed(_ANYBODY, job=True),
    "fail-run": Allowed(_ANYBODY, job=True),
    "resolve-finding": Allowed(_ANYBODY),
    # samples; whose purpose asks for one of the two duties: `sampling.Acting`
    "sample-commit": _to(Duty.VALIDATOR, Duty.AUDITOR),
    "sample-witness": Allowed(_ANYBODY),
    "sample-draw": _to(Duty.VALIDATOR, Duty.AUDITOR),
    "sample-examine": _to(Duty.VALIDATOR, Duty.AUDITOR),
    "sample-close": _to(Duty.VALIDATOR, Duty.AUDITOR),
    "sample-adjust": _to(Duty.AUDITOR),
    # people; some of these have a rule of their own in `people` besides
    "people-setup": _to(),
    "people-witness": Allowed(_ANYBODY),
    "people-add": _to(Duty.ADMINISTRATOR),
    "people-link": _to(Duty.ADMINISTRATOR),
    "people-propose-key": Allowed(_ANYBODY),
    "people-confirm-key": _to(Duty.ADMINISTRATOR),
    "people-revoke-key": Allowed(_ANYBODY),
    "people-propose-duty": _to(Duty.ADMINISTRATOR),
    "people-confirm-duty": _to(Duty.ADMINISTRATOR),
    "people-withdraw": _to(Duty.ADMINISTRATOR),
    "people-left": _to(Duty.ADMINISTRATOR),
    "people-break-glass": Allowed(_ANYBODY),
    "people-review": _to(Duty.ADMINISTRATOR, Duty.APPROVER),
}


def admit(people: PeopleState, command: str, actor: str, moment: datetime) -> None:
    """Refuse an actor whose duties at a moment do not hold a command.

    Raises:
        NotAllowed: if so.
        LookupError: if the command stands in no row above.
    """
    allowed = COMMANDS[command]
    if is_job(actor) and not allowed.job:
        message = f"{actor} is a job, and a job may not run {command!r}; a person has to"
        raise NotAllowed(message)
    if not people.staffed:
        return
    colleague = people.colleague_of(actor)
    if colleague is None:
        message = (
            f"{actor!r} is nobody's account here; `ofl people list` names everybody's, and an "
            "administrator links one with `ofl people link`"
        )
        raise NotAllowed(message)
    if is_job(colleague.id):
        return
    if not allowed.duties & people.duties_of(colleague.id, moment):
        told = "only a job may" if allowed.job and not allowed.duties else ""
        told = told or _told(people, allowed.duties)
        message = f"{people.named(actor)} may not run {command!r}: {told}"
        raise NotAllowed(message)


def _told(people: PeopleState, duties: Iterable[Duty]) -> str:
    """Which duties it takes, and who has them."""
    told = [
        f"{duty.value} ({', '.join(people.holders(duty)) or 'nobody'})"
        for duty in Duty
        if duty in duties
    ]
    return f"it takes the duty of {' or '.join(told)}" if told else "it is done once, at the start"
