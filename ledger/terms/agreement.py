"""The terms of a social outcome contract: who, what is measured, what is paid, which caps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ledger.dates import Day
from ledger.indicator import Indicator, IndicatorKind
from ledger.metrics.base import Metric
from ledger.metrics.kinds import AnyMetric
from ledger.model import WHOLE, Identifier, Model, Text
from ledger.money import CURRENCIES, ZERO
from ledger.parties import PAYING_ROLES, Commitment, Guarantee, Party, PayerShare, Role
from ledger.terms.caps import Cap


class OnRuleChange(StrEnum):
    """What a change of law does to the agreement."""

    FREEZE = "freeze"
    FOLLOW = "follow"
    RENEGOTIATE = "renegotiate"
    """Outcomes that a new rule touches wait until the terms are amended."""


class AmendmentsApplyBy(StrEnum):
    """By which of an outcome's days it is told under which version of the terms it falls."""

    ACHIEVEMENT = "achievement"
    ENROLMENT = "enrolment"
    """Of the person; an outcome that is no person's goes by achievement all the same."""


class RefundLaw(Model):
    """The rule table the agreement refers to and how it follows changes in it."""

    table: Identifier
    on_change: OnRuleChange


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
    refund_law: RefundLaw | None = None
    groups: tuple[Identifier, ...] = ()
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1)]
    metrics: Annotated[tuple[AnyMetric, ...], Field(min_length=1)]
    split: tuple[PayerShare, ...] = ()
    caps: tuple[Cap, ...] = ()
    rounding: Rounding
    amendments_apply_by: AmendmentsApplyBy = AmendmentsApplyBy.ACHIEVEMENT

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

    def metric(self, identifier: str) -> Metric:
        """The metric with that id, which the terms must have."""
        return next(each for each in self.metrics if each.id == identifier)

    @property
    def milestones(self) -> tuple[int, ...]:
        """The months from enrolment at which people are measured; 0 is the baseline."""
        return tuple(sorted(frozenset[int]().union(*(m.milestones() for m in self.metrics))))

    @property
    def tables(self) -> tuple[str | None, str | None]:
        """The refund rule tables referred to: of shelter nights, and of housing support."""
        support = (metric.support_table() for metric in self.metrics)
        nights = self.refund_law.table if self.refund_law else None
        return nights, next((table for table in support if table), None)

    def shares(self, metric: Metric) -> tuple[tuple[tuple[Role, str], Fraction], ...]:
        """Who pays which share of a metric that is split; its own split goes before the terms'."""
        return tuple(
            ((self.role_of(each.payer), each.payer), Fraction(each.share))
            for each in metric.split or self.split
        )

    def role_of(self, payer: str) -> Role:
        """The role a payer of a split pays in: the state's, if it holds that."""
        roles = next((party.roles for party in self.parties if party.id == payer), ())
        return next((role for role in PAYING_ROLES if role in roles), Role.CO_PAYER)

    @property
    def payers(self) -> tuple[tuple[str, Role], ...]:
        """Every payer with the role it pays in, in the order in which the metrics name them."""
        found: dict[tuple[str, Role], None] = {}
        for metric in self.metrics:
            shares = () if metric.by_gain else self.shares(metric)
            found |= dict.fromkeys(metric.payers())
            found |= dict.fromkeys((payer, role) for (role, payer), _ in shares)
        return tuple(found)

    @model_validator(mode="after")
    def _hangs_together(self) -> Terms:
        problems = [
            *self._date_problems(),
            *self._role_problems(),
            *self._amount_problems(),
            *self._cap_problems(),
            *(p for number, each in enumerate(self.metrics) for p in self._metric(number, each)),
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _date_problems(self) -> Iterator[str]:
        if self.starts_on >= self.ends_on:
            yield f"ends_on {self.ends_on} must be after starts_on {self.starts_on}"
        if self.signed_on > self.starts_on:
            yield f"signed_on {self.signed_on} must not be after {self.starts_on}"

    def _role_problems(self) -> Iterator[str]:
        roles = {party.id: party.roles for party in self.parties}
        wanted = [(each.investor, Role.INVESTOR) for each in self.investment]
        wanted += [payer for metric in self.metrics for payer in metric.payers()]
        if self.guarantee is not None:
            wanted.append((self.guarantee.guarantor, Role.GUARANTOR))
        for party, role in dict.fromkeys(wanted):
            if role not in roles.get(party, ()):
                yield f"parties: {party!r} needs the role {role.value!r}"
        names = Counter(party.id for party in self.parties)
        yield from (f"parties: {name!r} stands {n} times" for name, n in names.items() if n > 1)
        providers = [party.id for party in self.parties if Role.PROVIDER in party.roles]
        if len(providers) != 1:
            yield "parties: exactly one must have the role 'provider'"
        if self.rounding.residual_payer not in {payer for payer, _ in self.payers}:
            yield "rounding.residual_payer must be one of the payers"
        if self.rounding.residual_investor not in {each.investor for each in self.investment}:
            yield "rounding.residual_investor must be one of the investors"

    def _amount_problems(self) -> Iterator[str]:
        amounts = {
            **{f"investment of {each.investor}": each.amount for each in self.investment},
            "guarantee": self.guarantee.amount if self.guarantee else None,
        }
        for name, amount in amounts.items():
            if amount is not None and amount <= ZERO:
                yield f"{name} must be above zero"
        investors = Counter(each.investor for each in self.investment)
        for name, times in investors.items():
            if times > 1:
                yield f"investment: {name!r} stands {times} times"

    def _cap_problems(self) -> Iterator[str]:
        metrics = {metric.id for metric in self.metrics}
        payers = {payer for payer, _ in self.payers}
        for number, cap in enumerate(self.caps):
            where = f"caps.{number}"
            if cap.metric is not None and cap.metric not in metrics:
                yield f"{where}.metric: there is no metric {cap.metric!r} ({_listed(metrics)})"
            if cap.payer is not None and cap.payer not in payers:
                yield f"{where}.payer: {cap.payer!r} pays nothing here ({_listed(payers)})"
        doubled = Counter((cap.scope, cap.metric, cap.payer) for cap in self.caps)
        for (scope, metric, payer), times in doubled.items():
            if times > 1:
                yield f"caps: the cap by {metric or payer or scope} stands {times} times; keep one"

    def _metric(self, number: int, metric: Metric) -> Iterator[str]:
        """What in one metric does not fit the rest of the terms."""
        where = f"metrics.{number}"
        if sum(each.id == metric.id for each in self.metrics[: number + 1]) > 1:
            yield f"{where}.id: {metric.id!r} stands twice; give each metric an id of its own"
        for key, name, kinds in metric.indicators():
            yield from self._indicator(f"{where}.{key}", name, kinds)
        condition = getattr(metric, "achieved_when", None)
        if condition and (indicator := self.indicator(condition.indicator)):
            problem = condition.problem(indicator)
            if problem:
                yield f"{where}.achieved_when.{problem}"
        yield from (f"{where}.{problem}" for problem in metric.problems(self.starts_on))
        yield from (f"{where}.{problem}" for problem in self._payment(metric))
        yield from (f"{where}.{problem}" for problem in self._guards(metric))
        if metric.support_table() not in {None, self.tables[1]}:
            yield f"{where}.support.table: {self.tables[1]!r} is named before; name one table only"
        if metric.by_law and self.refund_law is None:
            yield f"{where}: shelter nights are refunded by law; write refund_law"

    def _indicator(self, where: str, name: str, kinds: tuple[IndicatorKind, ...]) -> Iterator[str]:
        indicator = self.indicator(name)
        if indicator is None:
            yield f"{where} names no indicator: {name!r}"
        elif indicator.kind not in kinds:
            allowed = _listed(kind.value for kind in kinds)
            yield f"{where}: {name!r} is of kind {indicator.kind.value}; it must be {allowed}"

    def _payment(self, metric: Metric) -> Iterator[str]:
        """Who pays, and what: shares that are not whole, prices that are missing."""
        if metric.by_gain:
            if metric.split:
                yield "split: each payer pays a share of its own gain here; leave split out"
            return
        shares = metric.split or self.split
        if not shares:
            yield "split: nobody pays; write split here or for the whole agreement"
        elif sum(Fraction(each.share) for each in shares) != 1:
            yield "split: the shares must sum to 1"
        roles = {party.id: party.roles for party in self.parties}
        for each in shares:
            if not set(PAYING_ROLES) & set(roles.get(each.payer, ())):
                yield f"split: {each.payer!r} needs the role 'outcome_payer' or 'co_payer'"
        if len({each.payer for each in shares}) != len(shares):
            yield "split: a payer stands twice; add its shares up"
        yield from self._prices(metric)

    def _prices(self, metric: Metric) -> Iterator[str]:
        lines = metric.price_lines()
        for line in lines:
            if line.amount < ZERO:
                yield "price must not be below zero; for what costs money write negative: true"
            if line.group is not None and line.group not in self.groups:
                yield f"price: there is no group {line.group!r} ({_listed(self.groups)})"
        doubled = Counter((line.group, line.valid_from) for line in lines)
        if any(times > 1 for times in doubled.values()):
            yield "price: two prices hold from the same day for the same group; keep one"
        general = [line for line in lines if (line.valid_from or self.starts_on) <= self.starts_on]
        missing = set(self.groups) - {line.group for line in general}
        if lines and (missing or not self.groups) and None not in {line.group for line in general}:
            whom = f" for group {_listed(missing)}" if missing else ""
            yield f"price: none is in force on {self.starts_on}{whom}"

    def _guards(self, metric: Metric) -> Iterator[str]:
        named = [(f"multipliers.{n}", each.group) for n, each in enumerate(metric.multipliers)]
        guards = metric.guards
        if guards is not None:
            named += [("guards.groups", group) for group in guards.groups]
            if (guards.age_from or 0) >= (guards.age_below or 1000):
                yield "guards: age_from must be below age_below, or nobody is left"
            for what in ("enrolled", "referred", "achieved"):
                first = getattr(guards, f"{what}_from")
                end = getattr(guards, f"{what}_before")
                if first and end and first >= end:
                    yield f"guards: {what}_from must be before {what}_before, or nobody is left"
        for where, group in named:
            if group not in self.groups:
                yield f"{where}: there is no group {group!r} ({_listed(self.groups)})"
        if len({each.group for each in metric.multipliers}) != len(metric.multipliers):
            yield "multipliers: a group stands twice; keep one factor"
        if len({each.valid_from for each in metric.indexation}) != len(metric.indexation):
            yield "indexation: each factor needs a valid_from of its own"


def _listed(names: object) -> str:
    found = sorted(str(name) for name in names)  # type: ignore[attr-defined]
    return ", ".join(found) or "there are none"
