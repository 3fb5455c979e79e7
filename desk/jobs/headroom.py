"""The job `headroom`: how much of appropriations, commitments and ceilings is used."""

from __future__ import annotations

from collections.abc import Iterator

from desk.jobs.job import Report, Shift
from ledger.decide.jobs import Seen
from ledger.decide.state import AgreementState, as_recorded
from ledger.events import Severity
from ledger.money import ZERO, Amount
from ledger.policy.caps import Spent
from ledger.working import owed_by

KINDS = ("appropriation_used", "commitment_used", "cap_used")
PERCENTS = (100, 90, 80)
"""From so much on there is a finding; a higher one takes the place of a lower one."""


def work(shift: Shift) -> Report:
    """See what is used by 80, 90 or 100 per cent."""
    fund = shift.ledger.fund()
    seen: list[Seen] = []
    limits = 0
    for year in (shift.day.year, shift.day.year + 1):
        limit, used = fund.appropriated.get(year, ZERO), fund.committed.get(year, ZERO)
        limits += bool(limit)
        seen += _used("appropriation_used", str(year), limit, used, {"year": str(year)})
    for name, each in fund.commitments.items():
        limits += 1
        seen += _used("commitment_used", name, each.amount, each.drawn, {}, name)
    for state in shift.ledger.agreements().values():
        found = list(_caps(state, shift.day.year))
        limits += len(found)
        for scope, what, limit, used in found:
            told = {"scope": scope, "of": what or "–"}
            key = f"{state.agreement}/{scope}/{what}"
            seen += _used("cap_used", key, limit, used, told, state.agreement)
    return Report(seen, {"limits": limits, "near": len(seen)})


def _caps(state: AgreementState, year: int) -> Iterator[tuple[str, str, Amount, Amount]]:
    """Scope, what of, limit and use of each ceiling but those per person."""
    spent = Spent()
    for claim in state.claims.values():
        outcome = as_recorded(claim.outcome, claim.parts).outcome
        spent.add(outcome, owed_by(claim.parts))
    for cap in state.terms.caps:
        if cap.limit is None or cap.scope == "person":
            continue
        what = {"payer": cap.payer, "metric": cap.metric, "year": str(year)}.get(cap.scope) or ""
        yield cap.scope, what, cap.limit, Amount(spent.totals[cap.scope, what])


def _used(
    kind: str,
    what: str,
    limit: Amount,
    used: Amount,
    told: dict[str, str],
    agreement: str | None = None,
) -> Iterator[Seen]:
    """A finding if so much of a limit is used; nothing is near a limit of nothing."""
    reached = [each for each in PERCENTS if limit > ZERO and used.minor * 100 >= limit.minor * each]
    if not reached:
        return
    percent, *_ = reached
    told |= {"percent": str(percent), "used": str(used), "limit": str(limit)}
    yield Seen(kind, f"{kind}/{what}/{percent}", Severity.WARNING, told, agreement)
