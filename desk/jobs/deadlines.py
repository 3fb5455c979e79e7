"""The job `deadlines`: what should have happened by now, and has not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from desk.jobs import second_person
from desk.jobs.job import Report, Shift
from desk.jobs.second_person import WAITS_DAYS_MAX
from ledger.dates import danish_day
from ledger.decide import assessment, guarantee
from ledger.decide.facts_state import NOT_KNOWN_YET
from ledger.decide.jobs import Seen
from ledger.decide.owing import Payable, Stage
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
    "recall_not_answered",
    "demand_overdue",
    "commitment_left",
    "guarantee_callable",
    *second_person.KINDS,
)
ASSESSED_AFTER_DAYS = 7
MEASURED_AFTER_DAYS = 30
REGISTER_DAYS_MAX = 100
"""A quarter and some days: registers are exported by the quarter."""
CAPITAL_DAYS_MAX = 30
PROPOSED_AFTER_DAYS = 30
RECALL_DAYS_MAX = 21
"""Banks have fifteen working days to answer."""
COMMITMENT_DAYS_MAX = 90
_STEPS = {
    Stage.PROPOSED: ("payment_not_approved", v.payment.c.proposed_at, WAITS_DAYS_MAX),
    Stage.HALF_APPROVED: ("payment_not_approved", v.payment.c.proposed_at, WAITS_DAYS_MAX),
    Stage.APPROVED: ("payment_not_sent", v.payment.c.approved_at, 5),
    Stage.SENT: ("payment_not_settled", v.payment.c.sent_at, 5),
    Stage.RECEIVED: ("payment_not_settled", v.payment.c.sent_at, 5),
    Stage.RECALL_ASKED: ("recall_not_answered", v.payment.c.recall_at, RECALL_DAYS_MAX),
}
"""By stage: what has not happened, since when it is awaited, and how many days it may take.

At the other stages nothing is awaited: it is settled, or it came to nothing and is owed anew.
"""
_CANNOT = (Refusal, NoTariffError, NoPriceError)


def work(shift: Shift) -> Report:
    """See everything that is late on the day."""
    states = shift.ledger.agreements()
    seen = list(_payments(shift))
    for state in states.values():
        seen += _Late(shift, state).all()
    seen += second_person.waiting(shift)
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
        yield from self._demands()
        yield from self._at_end()

    def _see(self, kind: str, key: str, **details: object) -> Seen:
        name = self.state.agreement
        told = {name: str(value) for name, value in details.items()}
        return Seen(kind, f"{kind}/{name}/{key}", Severity.WARNING, told, name)

    def _before(self, days: int) -> date:
        return self.shift.day - timedelta(days=days)

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
            if drawdown.called_on > self._before(CAPITAL_DAYS_MAX):
                continue
            for part in drawdown.called.parts:
                missing = part.amount - drawdown.paid(part.investor)
                if missing > ZERO:
                    told = {"drawdown": name, "investor": part.investor, "amount": missing}
                    yield self._see("capital_not_received", f"{name}/{part.investor}", **told)

    def _owed(self) -> Iterator[Seen]:
        """What is owed, and nobody has proposed to pay."""
        for payable, items in self.state.unproposed.items():
            payer, role, payee = payable
            owed = total(item.amount for item in items)
            if owed <= ZERO:
                continue  # it comes off what is owed next
            anew = self._owed_anew(payable)
            since = min(anew.get(item.entitlement_at, item.entitlement_at) for item in items)
            recorded = self.shift.ledger.at(since)[0].recorded_at
            known = danish_day(datetime.fromisoformat(recorded))
            if known <= self._before(PROPOSED_AFTER_DAYS):
                told = {"payer": payer, "payee": payee, "amount": owed}
                yield self._see("owed_not_proposed", f"{payer}/{role}/{payee}/{since}", **told)

    def _owed_anew(self, payable: Payable) -> dict[Position, Position]:
        """Since when what was in payments that came to nothing is owed anew."""
        return {
            item.entitlement_at: position
            for payment, position in self.state.reopened.get(payable, ())
            for item in self.state.payments[payment].proposed.items
        }

    def _demands(self) -> Iterator[Seen]:
        """What was demanded back, and has not come by the day it was due."""
        for name, demand in self.state.demands.items():
            due, left = demand.demanded.due_on, demand.outstanding
            if left > ZERO and due < self.shift.day:
                told = {"demand": name, "payee": demand.demanded.payee, "amount": left, "due": due}
                yield self._see("demand_overdue", name, **told)

    def _at_end(self) -> Iterator[Seen]:
        """What is to be closed when the agreement is over."""
        name, ended = self.state.agreement, self.state.terms.ends_on
        commitment = self.shift.ledger.fund().commitments.get(name)
        if commitment and commitment.undrawn and ended <= self._before(COMMITMENT_DAYS_MAX):
            yield self._see("commitment_left", "undrawn", amount=commitment.undrawn, ended=ended)
        try:
            guarantee.call(self.state, self.shift.day)
        except _CANNOT:
            return
        yield self._see("guarantee_callable", "loss", ended=ended)


def _payments(shift: Shift) -> Iterator[Seen]:
    """Payments that have stood at a step for too long."""
    table = v.payment
    query = select(table).where(table.c.state.in_(_STEPS)).order_by(table.c.proposed_at)
    with shift.views.engine.connect() as connection:
        rows = connection.execute(query).all()
    for row in rows:
        kind, column, days_max = _STEPS[Stage(row.state)]
        since = shift.ledger.at(row._mapping[column])[0].effective_on  # noqa: SLF001 - its public name
        if since <= shift.day - timedelta(days=days_max):
            told = {
                "payment": row.payment,
                "amount": str(Amount(row.amount)),
                "since": str(since),
            }
            yield Seen(kind, f"{kind}/{row.payment}", Severity.WARNING, told, row.agreement)
