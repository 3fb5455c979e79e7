"""State: the events of a stream folded into what the next decision needs to know."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from ledger import events as e
from ledger.dates import Period
from ledger.decide.facts_state import FactsState
from ledger.decide.owing import Owing
from ledger.decide.refusal import NotFound
from ledger.events import Recorded
from ledger.facts import CapitalPaidIn, Tariff
from ledger.metrics.base import Outcome
from ledger.model import Position
from ledger.money import ZERO, Amount, total
from ledger.parties import Role
from ledger.policy.assess import AgreementFacts
from ledger.policy.given import Given, OutcomeKey
from ledger.policy.versions import Amendment, Law
from ledger.shelter.rules import RefundRuleTable
from ledger.terms.agreement import Terms
from ledger.working import Gain, Part

_NOWHERE = Position(0)


@dataclass(slots=True)
class LawState:
    """The ledger's opening, the rules of law and the tariffs: what all agreements share."""

    opened: e.LedgerOpened | None = None
    rules: dict[str, tuple[Position, RefundRuleTable]] = field(default_factory=dict)
    tariffs: dict[str, tuple[Tariff, ...]] = field(default_factory=dict)
    tariff_positions: list[Position] = field(default_factory=list)
    tariffs_at: dict[tuple[str, date], Position] = field(default_factory=dict)
    """Where the tariff of a shelter from a day on was last told."""
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
                    self.tariffs_at[tariff.shelter, tariff.valid_from] = recorded.position
            case e.TariffCorrected(tariff=tariff):
                self.tariff_positions.append(recorded.position)
                self.tariffs[tariff.shelter] = tuple(
                    tariff if each.valid_from == tariff.valid_from else each
                    for each in self.tariffs[tariff.shelter]
                )
                self.tariffs_at[tariff.shelter, tariff.valid_from] = recorded.position


@dataclass(slots=True)
class Claim:
    """What has been decided on one outcome so far."""

    outcome_at: Position
    outcome: e.OutcomeDecided
    entitlement_at: Position | None = None
    parts: tuple[Part, ...] = ()

    @property
    def achieved(self) -> bool:
        """Whether it was achieved, as last decided."""
        return self.outcome.achieved


def as_recorded(
    decided: e.OutcomeDecided,
    parts: tuple[Part, ...],
    gains: tuple[Gain, ...] = (),
    based_on: tuple[Position, ...] = (),
) -> Given:
    """An outcome as it was recorded, to be taken as it is."""
    outcome = Outcome(
        metric=decided.metric,
        key=decided.key,
        period=Period(decided.period_start, decided.period_end),
        subject=decided.subject,
        cohort=decided.cohort,
        months=decided.milestone_months,
        achieved=decided.achieved,
        refused=decided.refused,
        gains=gains,
        read_at=decided.based_on,
        based_on=based_on,
    )
    return Given(outcome, parts)


@dataclass(slots=True)
class Adjustment:
    """An adjustment of the agreement as a whole, and whether a second person has decided it."""

    proposed_at: Position
    proposed: e.AdjustmentProposed
    decided_at: Position | None = None
    decided_on: date | None = None


@dataclass(slots=True)
class Drawdown:
    """A drawdown, and what the provider has received of the investors' parts."""

    called_at: Position
    called: e.DrawdownCalled
    called_on: date
    received: dict[str, dict[str, tuple[Position, Amount]]] = field(default_factory=dict)
    """By investor and bank line (none if a person said so): where it was recorded, how much."""

    def paid(self, investor: str) -> Amount:
        """What an investor has paid of its part."""
        return total(amount for _, amount in self.received.get(investor, {}).values())


@dataclass(slots=True)
class AgreementState(Owing, FactsState):
    """One agreement: its terms, its facts, its decisions and its payments."""

    signed: e.AgreementSigned | None = None
    signed_at: Position = _NOWHERE
    amendments: list[tuple[Position, Amendment]] = field(default_factory=list)
    drawdowns: dict[str, Drawdown] = field(default_factory=dict)
    capital: list[tuple[Position, CapitalPaidIn]] = field(default_factory=list)
    capital_at: list[Position] = field(default_factory=list)
    """Where capital came in, or was said not to have."""
    assessments: list[tuple[Position, e.AssessmentMade]] = field(default_factory=list)
    claims: dict[str, Claim] = field(default_factory=dict)
    covered: dict[str, Amount] = field(default_factory=dict)
    """What the guarantor covers of each investor's loss: called, less reversed."""
    calls: int = 0
    called_on: date | None = None
    adjustments: dict[str, Adjustment] = field(default_factory=dict)
    actors: dict[Position, str] = field(default_factory=dict)

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
        """The newest terms; the agreement must be signed."""
        return self.all_terms[-1]

    @property
    def all_terms(self) -> tuple[Terms, ...]:
        """The terms as signed and as amended since: version n is the nth of them."""
        return (self.require_signed().terms, *(each.terms for _, each in self.amendments))

    @property
    def terms_version(self) -> int:
        """The number of the newest terms."""
        return len(self.all_terms)

    @property
    def terms_at(self) -> tuple[Position, ...]:
        """The positions of the signature and the amendments, in the order of `all_terms`."""
        return (self.signed_at, *(position for position, _ in self.amendments))

    @property
    def tables(self) -> tuple[str | None, str | None]:
        """The rule tables of nights and of support that the terms refer to, amended or not."""
        nights, support = zip(*(terms.tables for terms in self.all_terms), strict=True)
        return next(filter(None, nights), None), next(filter(None, support), None)

    @property
    def milestones(self) -> tuple[int, ...]:
        """The months from enrolment at which people are, or were, to be measured."""
        return tuple(sorted({months for terms in self.all_terms for months in terms.milestones}))

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

    def entitled_parts(self) -> list[tuple[Part, ...]]:
        """What every claim comes to, and every adjustment that is decided."""
        decided = [each.proposed.parts for each in self.adjustments.values() if each.decided_at]
        return [*(claim.parts for claim in self.claims.values()), *decided]

    def facts(self, law: LawState) -> AgreementFacts:
        """All that policy may look at."""
        nights, support = (law.rules[table][1] if table else None for table in self.tables)
        return AgreementFacts(
            terms=self.require_signed().terms,
            rules_at_signature=self.require_signed().rules_at_signature,
            rules_today=nights,
            support_at_signature=self.require_signed().support_rules_at_signature,
            support_today=support,
            tariffs=law.tariffs,
            people=self.people(),
            capital=tuple(paid for _, paid in self.capital),
            cohorts=self.cohorts(),
            erased=frozenset(self.erased),
            given=self._given(),
            amendments=tuple(each for _, each in self.amendments),
            touched_at={unit: tuple(at) for unit, at in self.touched.items()},
        )

    def _given(self) -> dict[OutcomeKey, Given]:
        """What was decided of people who are erased: it stands as it is."""
        if not self.erased:
            return {}
        claims = (each for each in self.claims.values() if each.outcome.subject in self.erased)
        found = (as_recorded(each.outcome, each.parts) for each in claims)
        return {each.outcome.identity: each for each in found}

    def apply(self, recorded: Recorded) -> None:
        """Take in the next event of the agreement's stream."""
        event, position = recorded.event, recorded.position
        self.version = recorded.version
        self.actors[position] = recorded.actor
        match event:
            case e.AgreementSigned():
                self.signed, self.signed_at = event, position
            case e.AgreementAmended():
                self._amend(event, recorded)
            case e.DrawdownCalled() | e.CapitalReceived() | e.CapitalReversed():
                self._apply_investment(recorded)
            case e.AssessmentMade():
                self.assessments.append((position, event))
                self.lineage[position] = event.based_on
            case e.OutcomeDecided() | e.EntitlementCalculated():
                self._apply_claim(recorded)
            case e.SubjectErased(subject=subject):
                self.erase(subject, recorded.effective_on)
            case _:
                self.apply_fact(recorded)
                self._apply_adjustment(recorded)
                self._apply_payment(recorded)

    def _amend(self, event: e.AgreementAmended, recorded: Recorded) -> None:
        known = Law(event.rules_at_amendment, event.support_rules_at_amendment)
        amendment = Amendment(event.terms, event.terms_version, recorded.effective_on, known)
        self.amendments.append((recorded.position, amendment))

    def _apply_investment(self, recorded: Recorded) -> None:
        match recorded.event:
            case e.DrawdownCalled() as called:
                self.drawdowns[called.drawdown] = Drawdown(
                    recorded.position, called, recorded.effective_on
                )
            case e.CapitalReversed() as back:
                parts = self.drawdowns[back.drawdown].received
                del parts[back.investor][back.bank_line]
                if not parts[back.investor]:
                    del parts[back.investor]
                self.capital = [each for each in self.capital if each[0] != back.received_at]
                self.capital_at.append(recorded.position)
                self.lineage[recorded.position] = (back.received_at,)
            case e.CapitalReceived() as received:
                parts = self.drawdowns[received.drawdown].received
                known = parts.setdefault(received.investor, {})
                known[received.bank_line or ""] = recorded.position, received.amount
                paid = CapitalPaidIn(
                    investor=received.investor,
                    paid_on=recorded.effective_on,
                    amount=received.amount,
                )
                self.capital.append((recorded.position, paid))
                self.capital_at.append(recorded.position)
                self.lineage[recorded.position] = (received.called_at,)

    def _apply_claim(self, recorded: Recorded) -> None:
        position = recorded.position
        match recorded.event:
            case e.OutcomeDecided() as outcome:
                self.lineage[position] = (*outcome.based_on, outcome.assessed_at)
                known = self.claims.get(outcome.claim)
                self.claims[outcome.claim] = Claim(
                    position,
                    outcome,
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
                    key = (part.payer, part.role, part.payee)
                    self.owe(key, position, entitled.claim, part.amount)

    def _apply_guarantee(self, recorded: Recorded) -> None:
        position = recorded.position
        match recorded.event:
            case e.GuaranteeCalled() as called:
                self.calls += 1
                self.called_on = recorded.effective_on
                self.lineage[position] = called.based_on
                for part in called.parts:
                    known = self.covered.get(part.investor, ZERO)
                    self.covered[part.investor] = known + part.amount
                    key = (called.guarantor, Role.GUARANTOR, part.investor)
                    self.owe(key, position, called.call, part.amount)
            case e.GuaranteeReversed() as back:
                self.lineage[position] = back.based_on
                for each in back.parts:
                    self.covered[each.investor] -= each.set_off + each.owed_back
                    key = (back.guarantor, Role.GUARANTOR, each.investor)
                    self.owe(key, position, back.call, -each.set_off)
                    key = (each.investor, Role.INVESTOR, back.guarantor)
                    self.owe(key, position, back.call, each.owed_back)

    def _apply_adjustment(self, recorded: Recorded) -> None:
        position = recorded.position
        match recorded.event:
            case e.AdjustmentProposed() as proposed:
                self.adjustments[proposed.adjustment] = Adjustment(position, proposed)
            case e.AdjustmentDecided() as decided:
                known = self.adjustments[decided.adjustment]
                known.decided_at, known.decided_on = position, recorded.effective_on
                self.lineage[position] = (decided.proposed_at,)
                for part in decided.parts:
                    key = (part.payer, part.role, part.payee)
                    self.owe(key, position, decided.adjustment, part.amount)

    def _apply_payment(self, recorded: Recorded) -> None:
        match recorded.event:
            case e.GuaranteeCalled() | e.GuaranteeReversed():
                self._apply_guarantee(recorded)
            case _:
                self.apply_money(recorded)
