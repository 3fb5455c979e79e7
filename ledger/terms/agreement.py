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
from ledger.metrics.modifiers import PriceLine
from ledger.model import WHOLE, Identifier, Model, Text
from ledger.money import CURRENCIES, ZERO
from ledger.parties import (
    PAYING_ROLES,
    REPAID,
    Commitment,
    Continuation,
    Guarantee,
    Instrument,
    Party,
    PayerShare,
    Role,
)
from ledger.terms.caps import Cap
from ledger.terms.waterfall import PaymentTier


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

    residual_payer: Identifier | None = None
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
    waterfall: tuple[PaymentTier, ...] = ()
    continuation: Continuation | None = None
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
    def repaid(self) -> tuple[str, ...]:
        """The investors that outcomes repay; none where all is grants and bridge financing."""
        return tuple(each.investor for each in self.investment if each.instrument in REPAID)

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
            *self._waterfall_problems(),
            *self._bridge_problems(),
            *(p for number, each in enumerate(self.metrics) for p in self._metric(number, each)),
        ]
        if problems:
            raise ValueError("\n".join(problems))
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
            if party not in roles:
                yield f"parties: there is no party {party!r} ({_listed(roles)})"
            elif role not in roles[party]:
                yield f"parties: {party!r} needs the role {role.value!r}"
        names = Counter(party.id for party in self.parties)
        yield from (f"parties: {name!r} stands {n} times" for name, n in names.items() if n > 1)
        providers = [party.id for party in self.parties if Role.PROVIDER in party.roles]
        if len(providers) != 1:
            yield "parties: exactly one must have the role 'provider'"
        if self.repaid and self.rounding.residual_payer not in {payer for payer, _ in self.payers}:
            yield "rounding.residual_payer must be one of the payers"
        investors = self.repaid or [each.investor for each in self.investment]
        if self.rounding.residual_investor not in investors:
            which = " that are repaid" if 0 < len(self.repaid) < len(self.investment) else ""
            yield f"rounding.residual_investor must be one of the investors{which}"

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

    def _waterfall_problems(self) -> Iterator[str]:
        """Tiers that cannot be filled in order, and pools that would get a return."""
        internal = Instrument.INTERNAL
        pools = {each.investor for each in self.investment if each.instrument is internal}
        capped = any(cap.multiple is not None and cap.multiple <= 1 for cap in self.caps)
        if pools and not self.waterfall and not (capped and len(self.repaid) == 1):
            yield (
                f"investment: {_listed(pools)} is internal and gets no return; write a waterfall "
                "in which it stands in tiers up to the principal"
            )
        for number, tier in enumerate(self.waterfall):
            where = f"waterfall.{number}"
            for investor in sorted(set(tier.to) - set(self.repaid)):
                yield f"{where}.to: {investor!r} is no investor that is repaid"
            if tier.limit is None and number < len(self.waterfall) - 1:
                yield f"{where}: nothing is left after up_to: all; make it the last tier"
            if pools & set(tier.to) and (tier.limit is None or tier.limit > 1):
                yield f"{where}.to: {_listed(pools & set(tier.to))} is internal and gets no return"
        if self.waterfall and self.waterfall[-1].limit is not None and not capped:
            yield "waterfall: the last tier must be up_to: all, or the return capped at multiple 1"
        left_out = set(self.repaid) - {name for tier in self.waterfall for name in tier.to}
        if self.waterfall and left_out:
            yield f"waterfall: {_listed(left_out)} stands in no tier, and would never be paid"

    def _bridge_problems(self) -> Iterator[str]:
        """What is asked of a party if goals are met, and of payers where nobody is repaid."""
        bridged = any(each.instrument is Instrument.BRIDGE for each in self.investment)
        if bridged != (self.continuation is not None):
            yield "continuation: is written where, and only where, an investment is a bridge"
        if self.continuation is not None:
            if self.continuation.party not in {party.id for party in self.parties}:
                yield f"continuation.party: there is no party {self.continuation.party!r}"
            metrics = {metric.id for metric in self.metrics}
            if self.continuation.metric not in {None, *metrics}:
                yield f"continuation.metric: there is no metric ({_listed(metrics)})"
        if not self.repaid and (self.split or self.guarantee or self.waterfall or self.payers):
            yield "investment: nobody is repaid here; leave split, guarantee and waterfall out"

    def _metric(self, number: int, metric: Metric) -> Iterator[str]:
        """What in one metric does not fit the rest of the terms."""
        where = f"metrics.{number}"
        if sum(each.id == metric.id for each in self.metrics[: number + 1]) > 1:
            yield f"{where}.id: {metric.id!r} stands twice; give each metric an id of its own"
        for key, name, kinds in metric.indicators():
            yield from self._indicator(f"{where}.{key}", name, kinds)
            indicator = self.indicator(name)
            if indicator is not None and indicator.kind in kinds:
                yield from (f"{where}.{problem}" for problem in metric.unfit(indicator))
        condition = getattr(metric, "achieved_when", None)
        if condition and (shown_by := self.indicator(condition.indicator)):
            problem = condition.problem(shown_by)
            if problem:
                yield f"{where}.achieved_when.{problem}"
        yield from (f"{where}.{problem}" for problem in metric.problems(self.starts_on))
        yield from (f"{where}.{problem}" for problem in self._payment(metric))
        yield from (f"{where}.{problem}" for problem in self._guards(metric))
        yield from (f"{where}.{problem}" for problem in self._exclusive(metric))
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
        if not self.repaid:
            if any(line.amount for line in metric.price_lines()):
                yield "price: nobody is repaid here; write 0"
            return
        yield from self._split(metric.split or self.split)
        for lines in metric.price_lists():
            yield from self._prices(lines)

    def _split(self, shares: tuple[PayerShare, ...]) -> Iterator[str]:
        """What is wrong with who pays which share."""
        if not shares:
            yield "split: nobody pays; write split here or for the whole agreement"
        elif sum(Fraction(each.share) for each in shares) != 1:
            whole = sum(each.share for each in shares)
            yield f"split: the shares must sum to 1; these sum to {whole}"
        roles = {party.id: party.roles for party in self.parties}
        for each in shares:
            if each.payer not in roles:
                yield f"split: there is no party {each.payer!r} ({_listed(roles)})"
            elif not set(PAYING_ROLES) & set(roles[each.payer]):
                yield f"split: {each.payer!r} needs the role 'outcome_payer' or 'co_payer'"
        if len({each.payer for each in shares}) != len(shares):
            yield "split: a payer stands twice; add its shares up"

    def _prices(self, lines: tuple[PriceLine, ...]) -> Iterator[str]:
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

    def _exclusive(self, metric: Metric) -> Iterator[str]:
        """Metrics that exclude each other and do not agree on what is kept."""
        among = metric.exclusive.among if metric.exclusive else None
        found = [each.exclusive for each in self.metrics if each.exclusive and among]
        if len({each.keep for each in found if each.among == among}) > 1:
            yield f"exclusive: the metrics among {among!r} keep different ones; write one keep"


def _listed(names: object) -> str:
    found = sorted(str(name) for name in names)  # type: ignore[attr-defined]
    return ", ".join(found) or "there are none"
