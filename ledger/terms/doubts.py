"""What in valid terms is ambiguous or risky: for the parties to talk about before they sign.

Each doubt is data: a code, what it is about, and values. Words for it are in `desk.phrases`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from ledger.dates import Period, add_months, add_years
from ledger.metrics.base import Metric
from ledger.metrics.modifiers import AgeOn, DeadweightOn
from ledger.metrics.shelter_nights_saved import ShelterNightsSaved
from ledger.metrics.sustained import Sustained
from ledger.money import ZERO, Amount
from ledger.parties import PAYING_ROLES, Instrument
from ledger.shelter.rules import RefundRuleTable
from ledger.terms.agreement import OnRuleChange, Terms
from ledger.terms.exposure import Exposure, exposure

PRICE_YEARS_MAX = 3
"""A price that is the same for longer than this, with no factor on it, is asked about."""

Value = str | int | date | Amount


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing to talk about: a code, the metric, cap or party it is about, and values."""

    code: str
    about: str = ""
    values: dict[str, Value] = field(default_factory=dict)


def doubts(terms: Terms, rules: RefundRuleTable | None = None) -> tuple[Doubt, ...]:
    """Everything that is ambiguous or risky in terms; `rules` is the law they refer to, if known.

    In the order in which a person would read the terms.
    """
    most = exposure(terms)
    found = [*_of_parties(terms), *_of_law(terms, rules)]
    for metric in terms.metrics:
        found += [
            *_of_time(terms, metric),
            *_of_guards(terms, metric),
            *_of_modifiers(terms, metric),
        ]
        if isinstance(metric, ShelterNightsSaved):
            found += _of_nights(terms, metric)
    return (*found, *_of_caps(terms, most))


def _of_parties(terms: Terms) -> Iterator[Doubt]:
    paying = {payer for payer, _ in terms.payers}
    for party in terms.parties:
        if set(PAYING_ROLES) & set(party.roles) and party.id not in paying:
            yield Doubt("payer-pays-nothing", party.id)
    for metric in terms.metrics:
        for (_, payer), share in () if metric.by_gain else terms.shares(metric):
            if not share:
                yield Doubt("share-zero", metric.id, {"payer": payer})
    if terms.guarantee is not None:
        committed = sum(each.amount.minor for each in terms.investment)
        if terms.guarantee.amount.minor >= committed:
            yield Doubt("guarantee-covers-all", terms.guarantee.guarantor)
    holder = terms.rounding.residual_payer
    if holder is not None and any(cap.payer == holder for cap in terms.caps):
        yield Doubt("residual-holder-capped", holder)


def _of_law(terms: Terms, rules: RefundRuleTable | None) -> Iterator[Doubt]:
    law = terms.refund_law
    if law is None:
        return
    if rules is None:
        yield Doubt("law-unknown", law.table)
        return
    later = [rule for rule in rules.rules if terms.signed_on < rule.valid_from <= terms.ends_on]
    if later:
        values: dict[str, Value] = {"rule": later[0].id, "day": later[0].valid_from}
        frozen = law.on_change is OnRuleChange.FREEZE
        yield Doubt("law-frozen" if frozen else "law-followed", law.table, values)


def _of_time(terms: Terms, metric: Metric) -> Iterator[Doubt]:
    """Milestones that lie beyond the end, and prices that stand still."""
    for months in sorted(metric.milestones()):
        if add_months(terms.starts_on, months) > terms.ends_on:
            yield Doubt("milestone-out-of-reach", metric.id, {"months": months})
    if isinstance(metric, Sustained):
        days = (terms.ends_on - terms.starts_on).days
        for each in metric.steps:
            needed = each.needed()(terms.starts_on)
            if needed > days:
                values: dict[str, Value] = {"time": each.key, "days": needed, "most": days}
                yield Doubt("time-out-of-reach", metric.id, values)
    long_after = add_years(terms.starts_on, PRICE_YEARS_MAX)
    if terms.ends_on <= long_after or metric.indexation:
        return
    lists = [lines for lines in metric.price_lists() if lines]
    if any(len({line.valid_from for line in each}) == 1 for each in lists):
        years = terms.ends_on.year - terms.starts_on.year
        yield Doubt("price-not-dated", metric.id, {"years": years})


def _of_guards(terms: Terms, metric: Metric) -> Iterator[Doubt]:
    guards = metric.guards
    if guards is None:
        return
    if guards.age_from is not None or guards.age_below is not None:
        yield Doubt("guard-needs-birth", metric.id)
    if guards.referred_from or guards.referred_before or guards.age_on is AgeOn.REFERRAL:
        yield Doubt("guard-needs-referral", metric.id)
    for what in ("enrolled", "achieved"):
        first, end = getattr(guards, f"{what}_from"), getattr(guards, f"{what}_before")
        if (first and first > terms.ends_on) or (end and end <= terms.starts_on):
            yield Doubt("guard-leaves-nobody", metric.id, {"guard": what})


def _of_modifiers(terms: Terms, metric: Metric) -> Iterator[Doubt]:
    if metric.exclusive is not None:
        among = metric.exclusive.among
        names = [m.exclusive.among for m in terms.metrics if m.exclusive is not None]
        if names.count(among) == 1:
            yield Doubt("exclusive-alone", metric.id, {"among": among})
    counted = metric.deadweight is not None and metric.deadweight.on is DeadweightOn.COUNT
    if counted and not metric.of_people():
        yield Doubt("deadweight-without-people", metric.id)


def _of_nights(terms: Terms, metric: ShelterNightsSaved) -> Iterator[Doubt]:
    """Periods that hold no counterfactual night, and tariffs that end long before the nights do."""
    enrolled = terms.starts_on
    nights = metric.counterfactual.nights_per_year
    for start, end in pairwise((0, *metric.measured_at_months)):
        period = Period(add_months(enrolled, start), add_months(enrolled, end))
        held = sum(
            Period(first, first + timedelta(days=nights)).overlap(period).days
            for year in range(end // 12 + 1)
            for first in [add_years(enrolled, year)]
        )
        if not held:
            values: dict[str, Value] = {"start": start, "end": end, "nights": nights}
            yield Doubt("no-nights-to-save", metric.id, values)
    last = max(each.valid_from for each in metric.counterfactual.reference_tariffs)
    if add_years(last, 1) < terms.ends_on:
        yield Doubt("tariff-stands-still", metric.id, {"day": last, "end": terms.ends_on})


def _of_caps(terms: Terms, most: Exposure) -> Iterator[Doubt]:
    if most.whole.before_caps == ZERO:
        return
    scopes = Counter(cap.scope for cap in terms.caps)
    payers = {payer for payer, _ in terms.payers}
    capped = {cap.payer for cap in terms.caps if cap.payer is not None}
    if not scopes["agreement"] and not payers <= capped:
        yield Doubt("no-agreement-cap")
    if not scopes["year"] and terms.ends_on.year > terms.starts_on.year:
        yield Doubt("no-year-cap")
    yield from (Doubt("unbounded", metric) for metric in most.unbounded)
    others = [metric.id for metric in terms.metrics if not metric.of_people()]
    if scopes["person"]:
        yield from (Doubt("person-cap-without-people", metric) for metric in others)
    if scopes["return"]:
        investing = {each.investor for each in terms.investment}
        yield from (Doubt("return-to-itself", each) for each in sorted(investing & payers))
        pools = [e.investor for e in terms.investment if e.instrument is Instrument.INTERNAL]
        yield from (Doubt("return-with-internal", each) for each in pools)
    yield from _idle(terms, most)


def _idle(terms: Terms, most: Exposure) -> Iterator[Doubt]:
    """Caps that nothing can reach: a slip of the pen, perhaps."""
    for cap in terms.caps:
        if cap.limit is None:
            continue
        reach = None
        if cap.scope == "agreement":
            reach = most.whole.before_caps
        elif cap.scope == "metric":
            reach = most.metrics[cap.metric or ""].before_caps
        elif cap.scope == "payer":
            reach = next((p.whole.before_caps for p in most.payers if p.payer == cap.payer), None)
        if reach is not None and reach < cap.limit:
            about = cap.metric or cap.payer or cap.scope
            values: dict[str, Value] = {"limit": cap.limit, "most": reach}
            yield Doubt("cap-out-of-reach", about, values)
