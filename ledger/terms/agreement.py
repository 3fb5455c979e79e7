"""The terms of a social outcome contract: who, what is measured, what is paid, which caps."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ledger.dates import Day
from ledger.facts import Tariff
from ledger.model import WHOLE, Identifier, Model, Text
from ledger.money import CURRENCIES, ZERO, Amount, Share


class Role(StrEnum):
    """What a party does in an agreement. One party may hold several; they are never netted."""

    OUTCOME_PAYER = "outcome_payer"
    CO_PAYER = "co_payer"
    INVESTOR = "investor"
    PROVIDER = "provider"
    GUARANTOR = "guarantor"


PAYING_ROLES = (Role.OUTCOME_PAYER, Role.CO_PAYER)


class Party(Model):
    """An organisation and the roles it holds in this agreement."""

    id: Identifier
    name: Text
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]


class Commitment(Model):
    """What an investor has committed itself to pay in."""

    investor: Identifier
    amount: Amount


class Guarantee(Model):
    """A first-loss guarantee: what the guarantor absorbs before the investors lose."""

    guarantor: Identifier
    kind: Literal["first_loss"]
    amount: Amount


class IndicatorKind(StrEnum):
    """How the values of an indicator are written."""

    YES_NO = "yes_no"
    SCORE_0_10 = "score_0_10"


_SCORES = frozenset(map(str, range(11)))


class Indicator(Model):
    """Something that is measured for each person at each milestone."""

    id: Identifier
    title: Text
    kind: IndicatorKind

    def problem(self, value: str) -> str | None:
        """Why `value` is not a reading of this indicator; None if it is."""
        if self.kind is IndicatorKind.YES_NO:
            return None if value in ("yes", "no") else "write yes or no"
        return None if value in _SCORES else "write a whole number from 0 to 10"


class Condition(Model):
    """What a measurement must show for the outcome to be achieved."""

    indicator: Identifier
    equals: Text


class ReferenceTariff(Model):
    """What a counterfactual night costs from a date on."""

    valid_from: Day
    per_night: Amount
    own_payment: Amount


class Counterfactual(Model):
    """What would have happened without the programme: N nights in each year from enrolment."""

    nights_per_year: Annotated[int, Field(ge=0, le=365), WHOLE]
    reference_tariffs: Annotated[tuple[ReferenceTariff, ...], Field(min_length=1)]

    def tariffs(self, name: str) -> tuple[Tariff, ...]:
        """The reference tariffs as those of a shelter called `name`."""
        return tuple(
            Tariff(
                shelter=name,
                valid_from=tariff.valid_from,
                per_night=tariff.per_night,
                own_payment=tariff.own_payment,
            )
            for tariff in self.reference_tariffs
        )


class PayerShare(Model):
    """A payer and the share of its own gain that it pays."""

    payer: Identifier
    share: Share


Months = Annotated[int, Field(ge=1), WHOLE]


class ShelterNightsSaved(Model):
    """Shelter nights avoided × tariff × refund share: each side pays a share of its own gain."""

    id: Identifier
    kind: Literal["shelter_nights_saved"]
    measured_at_months: Annotated[tuple[Months, ...], Field(min_length=1)]
    achieved_when: Condition
    counterfactual: Counterfactual
    state_side: PayerShare
    municipal_side: PayerShare

    @model_validator(mode="after")
    def _milestones_in_order(self) -> ShelterNightsSaved:
        months = self.measured_at_months
        if list(months) != sorted(set(months)) or months[0] < 1:
            message = "measured_at_months must be whole months above zero in rising order"
            raise ValueError(message)
        return self


class OnRuleChange(StrEnum):
    """What a change of law does to the agreement."""

    FREEZE = "freeze"
    FOLLOW = "follow"


class RefundLaw(Model):
    """The rule table the agreement refers to and how it follows changes in it."""

    table: Identifier
    on_change: OnRuleChange


class Caps(Model):
    """Ceilings on entitlements, spent in order of achievement date."""

    per_person: Amount | None = None
    per_agreement: Amount | None = None


class Rounding(Model):
    """Who gets the øre that rounding leaves when an entitlement is divided."""

    residual_payer: Identifier
    residual_investor: Identifier


class Terms(Model):
    """The terms of one agreement, as signed."""

    agreement: Annotated[Identifier, Field(max_length=28)]
    title: Text
    currency: Literal[CURRENCIES]  # type: ignore[valid-type]  # one list, also used by the CLI
    signed_on: Day
    starts_on: Day
    ends_on: Day
    people: Annotated[int, Field(ge=1), WHOLE]
    parties: Annotated[tuple[Party, ...], Field(min_length=1)]
    investment: Annotated[tuple[Commitment, ...], Field(min_length=1)]
    guarantee: Guarantee | None = None
    refund_law: RefundLaw
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1)]
    metric: ShelterNightsSaved
    caps: Caps = Caps()
    rounding: Rounding

    def holder(self, role: Role) -> Party:
        """The one party that holds a role.

        Raises:
            LookupError: if no party holds it.
        """
        for party in self.parties:
            if role in party.roles:
                return party
        raise LookupError(role)

    def indicator(self, identifier: str) -> Indicator | None:
        """The indicator with that id; None if the terms have none."""
        return next((each for each in self.indicators if each.id == identifier), None)

    @property
    def payers(self) -> tuple[tuple[str, Role], ...]:
        """The payers in the order state side, municipal side, with the role each pays in."""
        return (
            (self.metric.state_side.payer, Role.OUTCOME_PAYER),
            (self.metric.municipal_side.payer, Role.CO_PAYER),
        )

    @model_validator(mode="after")
    def _hangs_together(self) -> Terms:
        problems = [*self._date_problems(), *self._role_problems(), *self._amount_problems()]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _date_problems(self) -> list[str]:
        problems = []
        if self.starts_on >= self.ends_on:
            problems.append(f"ends_on {self.ends_on} must be after starts_on {self.starts_on}")
        if self.signed_on > self.starts_on:
            problems.append(f"signed_on {self.signed_on} must not be after {self.starts_on}")
        first = min(t.valid_from for t in self.metric.counterfactual.reference_tariffs)
        if first > self.starts_on:
            problems.append(
                f"metric.counterfactual.reference_tariffs has none in force on {self.starts_on}"
            )
        return problems

    def _role_problems(self) -> list[str]:
        roles = {party.id: party.roles for party in self.parties}
        wanted = [
            (self.metric.state_side.payer, Role.OUTCOME_PAYER),
            (self.metric.municipal_side.payer, Role.CO_PAYER),
            *((commitment.investor, Role.INVESTOR) for commitment in self.investment),
        ]
        if self.guarantee is not None:
            wanted.append((self.guarantee.guarantor, Role.GUARANTOR))
        problems = [
            f"parties: {party!r} needs the role {role.value!r}"
            for party, role in wanted
            if role not in roles.get(party, ())
        ]
        names = Counter(party.id for party in self.parties)
        problems += [f"parties: {name!r} stands {n} times" for name, n in names.items() if n > 1]
        providers = [party.id for party in self.parties if Role.PROVIDER in party.roles]
        if len(providers) != 1:
            problems.append("parties: exactly one must have the role 'provider'")
        if self.rounding.residual_payer not in {payer for payer, _ in wanted[:2]}:
            problems.append("rounding.residual_payer must be one of the two payers")
        if self.rounding.residual_investor not in {each.investor for each in self.investment}:
            problems.append("rounding.residual_investor must be one of the investors")
        condition = self.metric.achieved_when
        indicator = self.indicator(condition.indicator)
        if indicator is None:
            problems.append(
                f"metric.achieved_when.indicator names no indicator: {condition.indicator!r}"
            )
        elif indicator.problem(condition.equals):
            problems.append(f"metric.achieved_when.equals: {indicator.problem(condition.equals)}")
        return problems

    def _amount_problems(self) -> list[str]:
        amounts = {
            **{f"investment of {each.investor}": each.amount for each in self.investment},
            "caps.per_person": self.caps.per_person,
            "caps.per_agreement": self.caps.per_agreement,
            "guarantee": self.guarantee.amount if self.guarantee else None,
        }
        problems = [
            f"{name} must be above zero"
            for name, amount in amounts.items()
            if amount is not None and amount <= ZERO
        ]
        investors = Counter(each.investor for each in self.investment)
        problems += [
            f"investment: {name!r} stands {n} times" for name, n in investors.items() if n > 1
        ]
        tariffs = self.metric.counterfactual.reference_tariffs
        if any(t.per_night < ZERO or t.own_payment < ZERO for t in tariffs):
            problems.append("metric.counterfactual.reference_tariffs must not be below zero")
        if len({tariff.valid_from for tariff in tariffs}) != len(tariffs):
            problems.append(
                "metric.counterfactual.reference_tariffs: each needs a valid_from of its own"
            )
        return problems
