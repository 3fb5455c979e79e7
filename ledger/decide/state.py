"""State: the events of a stream folded into what the next decision needs to know."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from ledger import events as e
from ledger.decide.refusal import NotFound
from ledger.events import Recorded
from ledger.facts import CapitalPaidIn, Reading, Stay, Tariff
from ledger.model import Position, SubjectRef
from ledger.money import ZERO, Amount
from ledger.policy.assess import AgreementFacts, Person
from ledger.terms.agreement import Role, Terms
from ledger.terms.refund_rule import RefundRuleTable

Payable = tuple[str, Role, str]
"""Payer, the role it pays in, payee."""

_NOWHERE = Position(0)
NOT_KNOWN_YET = date.min
"""The date up to which a person's stays are known before an export that may hold them."""


@dataclass(slots=True)
class LawState:
    """The ledger's opening, the rules of law and the tariffs: what all agreements share."""

    opened: e.LedgerOpened | None = None
    rules: dict[str, tuple[Position, RefundRuleTable]] = field(default_factory=dict)
    tariffs: dict[str, tuple[Tariff, ...]] = field(default_factory=dict)
    tariff_positions: list[Position] = field(default_factory=list)
    actors: dict[Position, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    def apply(self, recorded: Recorded) -> None:
        """Take in the next event."""
        self.actors[recorded.position] = recorded.actor
        self.versions[recorded.stream] = recorded.version
        match recorded.event:
            case e.LedgerOpened() as opened:
                self.opened = opened
            case e.RefundRuleEnacted(table=table):
                self.rules[table.id] = (recorded.position, table)
            case e.TariffsRecorded(tariffs=tariffs):
                self.tariff_positions.append(recorded.position)
                for tariff in tariffs:
                    known = self.tariffs.get(tariff.shelter, ())
                    self.tariffs[tariff.shelter] = (*known, tariff)


@dataclass(slots=True)
class Claim:
    """What has been decided on one person's milestone so far."""

    outcome_at: Position
    achieved: bool
    entitlement_at: Position | None = None
    parts: tuple[e.Part, ...] = ()


@dataclass(slots=True)
class Payment:
    """A payment and the steps it has been through."""

    proposed_at: Position
    proposed: e.PaymentProposed
    approved_at: Position | None = None
    instructed_at: Position | None = None
    settled_at: Position | None = None


@dataclass(slots=True)
class Drawdown:
    """A drawdown, and which investors' parts the provider has received."""

    called_at: Position
    called: e.DrawdownCalled
    received: set[str] = field(default_factory=set)


@dataclass(slots=True)
class AgreementState:
    """One agreement: its terms, its facts, its decisions and its payments."""

    agreement: str
    version: int = 0
    signed: e.AgreementSigned | None = None
    signed_at: Position = _NOWHERE
    enrolled: dict[SubjectRef, tuple[Position, date]] = field(default_factory=dict)
    stays: dict[SubjectRef, dict[str, tuple[Position, Stay]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    sealed: set[SubjectRef] = field(default_factory=set)
    register_until: dict[SubjectRef, date] = field(default_factory=dict)
    register_at: list[Position] = field(default_factory=list)
    readings: dict[tuple[SubjectRef, int, str], tuple[Position, e.MeasurementRecorded]] = field(
        default_factory=dict
    )
    drawdowns: dict[str, Drawdown] = field(default_factory=dict)
    capital: list[tuple[Position, CapitalPaidIn]] = field(default_factory=list)
    assessments: list[tuple[Position, e.AssessmentMade]] = field(default_factory=list)
    claims: dict[str, Claim] = field(default_factory=dict)
    unproposed: dict[Payable, list[e.PaymentItem]] = field(
        default_factory=lambda: defaultdict(list)
    )
    payments: dict[str, Payment] = field(default_factory=dict)
    actors: dict[Position, str] = field(default_factory=dict)
    lineage: dict[Position, tuple[Position, ...]] = field(default_factory=dict)

    def require_signed(self) -> e.AgreementSigned:
        """The signature.

        Raises:
            NotFound: if the agreement was never signed.
        """
        if self.signed is None:
            message = f"there is no agreement {self.agreement!r}; `ofl agreement list` names them"
            raise NotFound(message)
        return self.signed

    @property
    def terms(self) -> Terms:
        """The terms in force; the agreement must be signed."""
        return self.require_signed().terms

    @property
    def committed(self) -> dict[str, Amount]:
        """What each investor has committed."""
        return {each.investor: each.amount for each in self.terms.investment}

    def called(self) -> dict[str, Amount]:
        """What has been drawn on each investor's commitment."""
        called = dict.fromkeys(self.committed, ZERO)
        for drawdown in self.drawdowns.values():
            for part in drawdown.called.parts:
                called[part.investor] += part.amount
        return called

    def facts(self, law: LawState) -> AgreementFacts:
        """All that policy may look at."""
        readings: dict[SubjectRef, dict[tuple[int, str], str]] = defaultdict(dict)
        for (subject, months, indicator), (_, measured) in self.readings.items():
            if isinstance(measured.reading, Reading):
                readings[subject][months, indicator] = measured.reading.value
        return AgreementFacts(
            terms=self.terms,
            rules_at_signature=self.require_signed().rules_at_signature,
            rules_today=law.rules[self.terms.refund_law.table][1],
            tariffs=law.tariffs,
            people={
                subject: Person(
                    subject=subject,
                    enrolled_on=enrolled_on,
                    register_until=self.register_until[subject],
                    stays=tuple(stay for _, stay in self.stays[subject].values()),
                    readings=readings[subject],
                )
                for subject, (_, enrolled_on) in self.enrolled.items()
            },
            capital=tuple(paid for _, paid in self.capital),
        )

    def apply(self, recorded: Recorded) -> None:
        """Take in the next event of the agreement's stream."""
        event, position = recorded.event, recorded.position
        self.version = recorded.version
        self.actors[position] = recorded.actor
        match event:
            case e.AgreementSigned():
                self.signed, self.signed_at = event, position
            case e.DrawdownCalled() | e.CapitalReceived():
                self._apply_investment(recorded)
            case e.PersonEnrolled():
                self.enrolled[event.subject] = (position, event.enrolled_on)
                # An export read before a person was enrolled says nothing of that person.
                self.register_until[event.subject] = NOT_KNOWN_YET
            case e.RegisterCovered():
                self.register_at.append(position)
                for subject, until in self.register_until.items():
                    self.register_until[subject] = max(until, event.until)
            case e.StayRecorded():
                self._apply_stay(event, position)
            case e.MeasurementRecorded():
                self._apply_measurement(event, position)
            case e.AssessmentMade():
                self.assessments.append((position, event))
                self.lineage[position] = event.based_on
            case e.OutcomeDecided() | e.EntitlementCalculated():
                self._apply_claim(recorded)
            case _:
                self._apply_payment(recorded)

    def _apply_stay(self, event: e.StayRecorded, position: Position) -> None:
        if event.closes is not None:
            self.lineage[position] = (event.closes,)
        if isinstance(event.stay, e.Sealed):
            self.sealed.add(event.subject)
        else:
            self.stays[event.subject][event.stay.stay] = (position, event.stay)

    def _apply_measurement(self, event: e.MeasurementRecorded, position: Position) -> None:
        if isinstance(event.reading, e.Sealed):
            self.sealed.add(event.subject)
        key = (event.subject, event.milestone_months, event.indicator)
        self.readings[key] = (position, event)

    def _apply_investment(self, recorded: Recorded) -> None:
        match recorded.event:
            case e.DrawdownCalled() as called:
                self.drawdowns[called.drawdown] = Drawdown(recorded.position, called)
            case e.CapitalReceived() as received:
                self.drawdowns[received.drawdown].received.add(received.investor)
                paid = CapitalPaidIn(
                    investor=received.investor,
                    paid_on=recorded.effective_on,
                    amount=received.amount,
                )
                self.capital.append((recorded.position, paid))
                self.lineage[recorded.position] = (received.called_at,)

    def _apply_claim(self, recorded: Recorded) -> None:
        position = recorded.position
        match recorded.event:
            case e.OutcomeDecided() as outcome:
                self.lineage[position] = (*outcome.based_on, outcome.assessed_at)
                known = self.claims.get(outcome.claim)
                self.claims[outcome.claim] = Claim(
                    position,
                    outcome.achieved,
                    known.entitlement_at if known else None,
                    known.parts if known else (),
                )
            case e.EntitlementCalculated() as entitled:
                self.lineage[position] = (
                    *entitled.based_on,
                    entitled.outcome_at,
                    entitled.assessed_at,
                    *([entitled.corrects] if entitled.corrects else []),
                )
                claim = self.claims[entitled.claim]
                claim.entitlement_at, claim.parts = position, entitled.parts
                for part in entitled.difference:
                    item = e.PaymentItem(
                        entitlement_at=position, claim=entitled.claim, amount=part.amount
                    )
                    self.unproposed[part.payer, part.role, part.payee].append(item)

    def _apply_payment(self, recorded: Recorded) -> None:
        position = recorded.position
        match recorded.event:
            case e.PaymentProposed() as proposed:
                self.payments[proposed.payment] = Payment(position, proposed)
                self.lineage[position] = tuple(item.entitlement_at for item in proposed.items)
                del self.unproposed[proposed.payer, proposed.role, proposed.payee]
            case e.PaymentApproved(payment=payment):
                self.payments[payment].approved_at = position
            case e.PaymentInstructed(payment=payment):
                self.payments[payment].instructed_at = position
            case e.PaymentSettled(payment=payment):
                self.payments[payment].settled_at = position


@dataclass(slots=True)
class BankState:
    """The lines seen on one bank account."""

    account: str
    version: int = 0
    lines: dict[str, e.BankLineSeen] = field(default_factory=dict)
    unmatched: dict[str, Position] = field(default_factory=dict)

    def apply(self, recorded: Recorded) -> None:
        """Take in the next event of the account's stream."""
        self.version = recorded.version
        match recorded.event:
            case e.BankLineSeen() as seen:
                self.lines[seen.line] = seen
                if seen.matched is None:
                    self.unmatched[seen.line] = recorded.position
            case e.BankLineMatched(line=line):
                del self.unmatched[line]
