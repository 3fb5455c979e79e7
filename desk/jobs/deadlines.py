"""The job `deadlines`: what should have happened by now, and has not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from desk.jobs.job import Report, Shift
from ledger.dates import danish_day
from ledger.decide import assessment, guarantee
from ledger.decide.facts_state import NOT_KNOWN_YET
from ledger.decide.jobs import Seen
from ledger.decide.refusal import Refusal
from ledger.decide.state import AgreementState
from ledger.events import Severity
from ledger.metrics.base import NoPriceError, Waiting
from ledger.model import Position
from ledger.money import ZERO, Amount, total
from ledger.shelter.nights import NoTariffError
from projections import views as v

KINDS = (
    "assessment_overdue",
    "measurement_missing",
    "register_old",
    "capital_not_received",
    "owed_not_proposed",
    "payment_not_approved",
    "payment_not_sent",
    "payment_not_settled",
    "commitment_left",
    "guarantee_callable",
)
ASSESSED_AFTER_DAYS = 7
MEASURED_AFTER_DAYS = 30
REGISTER_DAYS_MAX = 100
"""A quarter and some days: registers are exported by the quarter."""
CAPITAL_DAYS_MAX = 30
PROPOSED_AFTER_DAYS = 30
STEP_DAYS_MAX = {"proposed": 14, "approved": 5, "sent": 5}
"""So long a payment may stand at a step."""
COMMITMENT_DAYS_MAX = 90
_NEXT = {
    "proposed": "payment_not_approved",
    "approved": "payment_not_sent",
    "sent": "payment_not_settled",
}
_CANNOT = (Refusal, NoTariffError, NoPriceError)


def work(shift: Shift) -> Report:
    """See everything that is late on the day."""
    states = shift.ledger.agreements()
    seen = list(_payments(shift))
    for state in states.values():
        seen += _Late(shift, state).all()
    return Report(seen, {"agreements": len(states), "late": len(seen)})


@dataclass(frozen=True, slots=True)
class _Late:
    """One agreement on a day."""

    shift: Shift
    state: AgreementState

    def all(self) -> Iterator[Seen]:
        yield from self._outcomes()
        yield from self._register()
        yield from self._capital()
        yield from self._owed()
        yield from self._at_end()

    def _see(self, kind: str, key: str, **details: object) -> Seen:
        name = self.state.agreement
        told = {name: str(value) for name, value in details.items()}
        return Seen(kind, f"{kind}/{name}/{key}", Severity.WARNING, told, name)

    def _before(self, days: int) -> date:
        return self.shift.day - timedelta(days=days)

    def _on(self, position: Position) -> date:
        """The day on which an event counts."""
        return self.shift.ledger.at(position)[0].effective_on

    def _outcomes(self) -> Iterator[Seen]:
        """What is due and not decided, and what waits for a measurement."""
        assessed = [made.until for _, made in self.state.assessments]
        until = max(self._before(ASSESSED_AFTER_DAYS), *assessed, date.min)
        law = self.shift.ledger.law()
        try:
            undecided = assessment.decide(law, self.state, until, Position(0))
            found = assessment.run(law, self.state, self.shift.day)
        except _CANNOT as refused:
            yield self._see("assessment_overdue", "refused", until=until, reason=refused)
            return
        if undecided:
            yield self._see("assessment_overdue", "due", until=until, reason="–")
        for outcome in found.waiting:
            due = outcome.period.end
            late = due <= self._before(MEASURED_AFTER_DAYS)
            if outcome.waiting is Waiting.MEASUREMENT and late:
                key = "/".join(outcome.identity)
                told = {"metric": outcome.metric, "who": outcome.unit, "due": due}
                yield self._see("measurement_missing", key, **told)

    def _register(self) -> Iterator[Seen]:
        """A register whose last export is old, where outcomes rest on it."""
        terms = self.state.terms
        if not self.state.enrolled or not any(metric.by_law for metric in terms.metrics):
            return
        known = max(self.state.register_until.values(), default=NOT_KNOWN_YET)
        if known < min(self._before(REGISTER_DAYS_MAX), terms.ends_on):
            until = "–" if known == NOT_KNOWN_YET else known
            yield self._see("register_old", f"{until}", until=until)

    def _capital(self) -> Iterator[Seen]:
        """Capital that was called, and has not come in."""
        for name, drawdown in self.state.drawdowns.items():
            missing = [
                part
                for part in drawdown.called.parts
                if part.amount and part.investor not in drawdown.received
            ]
            if missing and self._on(drawdown.called_at) <= self._before(CAPITAL_DAYS_MAX):
                for part in missing:
                    told = {"drawdown": name, "investor": part.investor, "amount": part.amount}
                    yield self._see("capital_not_received", f"{name}/{part.investor}", **told)

    def _owed(self) -> Iterator[Seen]:
        """What is owed, and nobody has proposed to pay."""
        for (payer, role, payee), items in self.state.unproposed.items():
            owed = total(item.amount for item in items)
            if owed <= ZERO:
                continue  # it comes off what is owed next
            since = min(item.entitlement_at for item in items)
            recorded = self.shift.ledger.at(since)[0].recorded_at
            known = danish_day(datetime.fromisoformat(recorded))
            if known <= self._before(PROPOSED_AFTER_DAYS):
                told = {"payer": payer, "payee": payee, "amount": owed}
                yield self._see("owed_not_proposed", f"{payer}/{role}/{payee}/{since}", **told)

    def _at_end(self) -> Iterator[Seen]:
        """What is to be closed when the agreement is over."""
        name, ended = self.state.agreement, self.state.terms.ends_on
        commitment = self.shift.ledger.fund().commitments.get(name)
        if commitment and commitment.undrawn and ended <= self._before(COMMITMENT_DAYS_MAX):
            yield self._see("commitment_left", "undrawn", amount=commitment.undrawn, ended=ended)
        try:
            guarantee.call(self.state, self.shift.day)
        except Refusal:
            return
        yield self._see("guarantee_callable", "loss", ended=ended)


def _payments(shift: Shift) -> Iterator[Seen]:
    """Payments that have stood at a step for too long."""
    table = v.payment
    query = select(table).where(table.c.state.in_(STEP_DAYS_MAX)).order_by(table.c.proposed_at)
    with shift.views.engine.connect() as connection:
        rows = connection.execute(query).all()
    for row in rows:
        position = {
            "proposed": row.proposed_at,
            "approved": row.approved_at,
            "sent": row.sent_at,
        }[row.state]
        since = shift.ledger.at(position)[0].effective_on
        if since <= shift.day - timedelta(days=STEP_DAYS_MAX[row.state]):
            told = {
                "payment": row.payment,
                "amount": str(Amount(row.amount)),
                "since": str(since),
            }
            kind = _NEXT[row.state]
            key = f"{kind}/{row.payment}"
            yield Seen(kind, key, Severity.WARNING, told, row.agreement)
