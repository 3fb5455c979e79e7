"""Terms in plain words: who takes part, what is paid for, how, and what to talk about first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from desk.language import Language
from ledger.metrics.base import Metric
from ledger.metrics.modifiers import DeadweightOn, Guards
from ledger.money import Amount
from ledger.parties import PayerShare
from ledger.terms.agreement import Terms
from ledger.terms.caps import Cap
from ledger.terms.doubts import Doubt
from ledger.terms.exposure import last_day


def told(terms: Terms, lang: Language) -> list[str]:
    """The whole agreement, as lines."""
    return [
        f"{terms.agreement}: {terms.title}",
        lang.say(
            "terms_dates",
            signed=lang.day(terms.signed_on),
            starts=lang.day(terms.starts_on),
            ends=lang.day(terms.ends_on),
            people=lang.whole(terms.people),
            currency=terms.currency,
        ),
        "",
        *_under(lang.say("terms_parties"), _parties(terms, lang)),
        "",
        *_under(lang.say("terms_metrics"), _metrics(terms, lang)),
        "",
        *_under(lang.say("terms_payment"), _payment(terms, lang)),
    ]


def doubt_told(doubt: Doubt, lang: Language) -> str:
    """A doubt in a sentence."""
    values = {name: _value(value, lang) for name, value in doubt.values.items()}
    return lang.say(f"doubt_{doubt.code}", about=doubt.about, **values)


def _value(value: object, lang: Language) -> str:
    if isinstance(value, Amount):
        return lang.amount(value)
    if isinstance(value, date):
        return lang.day(value)
    return str(value)


def _under(heading: str, lines: Iterable[str]) -> list[str]:
    return [heading, *(f"  {line}" for line in lines)]


def _parties(terms: Terms, lang: Language) -> Iterator[str]:
    for party in terms.parties:
        roles = ", ".join(lang.say(role.value) for role in party.roles)
        yield lang.say("terms_party", name=party.name, id=party.id, roles=roles)
    for each in terms.investment:
        amount = lang.amount(each.amount)
        kind = lang.say(each.instrument.value)
        yield lang.say("terms_invests", investor=each.investor, amount=amount, instrument=kind)
    if terms.guarantee is not None:
        amount = lang.amount(terms.guarantee.amount)
        guarantor = terms.guarantee.guarantor
        yield lang.say("terms_guarantee", guarantor=guarantor, amount=amount)
    bound = terms.continuation
    if bound is not None:
        what = bound.metric or lang.say("word_all_metrics")
        share = lang.percent(bound.at_least)
        yield lang.say("terms_continues", party=bound.party, share=share, what=what)


def _metrics(terms: Terms, lang: Language) -> Iterator[str]:
    for metric in terms.metrics:
        yield lang.say("terms_metric", id=metric.id, told=metric.told(lang.value))
        yield from (f"  {line}" for line in modifiers(metric, lang))
    for months in terms.milestones:
        by = last_day(terms, months) if months else None
        if by is not None:
            yield lang.say("terms_enrol_by", months=months, day=lang.day(by))


def modifiers(metric: Metric, lang: Language) -> Iterator[str]:
    """What the terms add to a metric, in the order in which it works."""
    if metric.guards is not None:
        yield from _guards(metric.guards, lang)
    if metric.claim is not None and metric.claim.earliest_working_days:
        yield lang.say("terms_claim_earliest", days=metric.claim.earliest_working_days)
    if metric.claim is not None and metric.claim.latest_days is not None:
        yield lang.say("terms_claim_latest", days=metric.claim.latest_days)
    for group in metric.multipliers:
        factor = _number(str(group.factor), lang)
        yield lang.say("terms_multiplier", group=group.group, factor=factor)
    for line in metric.indexation:
        factor = _number(str(line.factor), lang)
        yield lang.say("terms_index", day=lang.day(line.valid_from), factor=factor)
    if metric.deadweight is not None:
        priced = metric.deadweight.on is DeadweightOn.PRICE
        key = "terms_deadweight_price" if priced else "terms_deadweight_count"
        yield lang.say(key, share=lang.percent(metric.deadweight.share))
    if metric.negative:
        yield lang.say("terms_negative")
    if metric.exclusive is not None:
        key = f"terms_exclusive_{metric.exclusive.keep.value}"
        yield lang.say(key, among=metric.exclusive.among)
    if metric.split:
        yield lang.say("terms_split_own", shares=_shares(metric.split, lang))


def _guards(guards: Guards, lang: Language) -> Iterator[str]:
    if guards.groups:
        yield lang.say("terms_guard_groups", groups=", ".join(guards.groups))
    on = lang.say(f"word_{guards.age_on.value}")
    if guards.age_from is not None:
        yield lang.say("terms_guard_age_from", age=guards.age_from, on=on)
    if guards.age_below is not None:
        yield lang.say("terms_guard_age_below", age=guards.age_below, on=on)
    for what in ("enrolled", "referred", "achieved"):
        for bound in ("from", "before"):
            day = getattr(guards, f"{what}_{bound}")
            if day is not None:
                word = lang.say(f"word_{what}")
                yield lang.say(f"terms_guard_{bound}", what=word, day=lang.day(day))


def _payment(terms: Terms, lang: Language) -> Iterator[str]:
    if terms.split:
        yield lang.say("terms_split", shares=_shares(terms.split, lang))
    if terms.caps:
        yield lang.say("terms_caps") + ":"
        for number, cap in enumerate(terms.caps, start=1):
            yield f"  {number}. {_cap(cap, lang)}"
    else:
        yield lang.say("terms_caps_none")
    for number, tier in enumerate(terms.waterfall, start=1):
        limit = lang.say(f"limit_{tier.up_to or 'multiple'}", multiple=tier.multiple)
        yield lang.say("show_waterfall", number=number, to=", ".join(tier.to), limit=limit)
    payer, investor = terms.rounding.residual_payer, terms.rounding.residual_investor
    if payer is not None:
        yield lang.say("terms_rounding", payer=payer, investor=investor)
    if terms.refund_law is not None:
        key = f"terms_law_{terms.refund_law.on_change.value}"
        yield lang.say(key, table=terms.refund_law.table)


def _cap(cap: Cap, lang: Language) -> str:
    if cap.multiple is not None:
        return lang.say("terms_cap_multiple", multiple=_number(str(cap.multiple), lang))
    if cap.yearly_rate is not None:
        return lang.say("terms_cap_rate", rate=lang.percent(cap.yearly_rate))
    limit = lang.amount(cap.limit)
    return lang.say(f"terms_cap_{cap.scope}", limit=limit, metric=cap.metric, payer=cap.payer)


def _shares(shares: Iterable[PayerShare], lang: Language) -> str:
    return ", ".join(f"{each.payer} {lang.percent(each.share)}" for each in shares)


def _number(text: str, lang: Language) -> str:
    return text if lang is Language.EN else text.replace(".", ",")
