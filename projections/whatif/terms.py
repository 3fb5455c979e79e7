"""Changes of terms: as if they had been signed so, or were amended from a day on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from ledger.metrics.base import Metric
from ledger.metrics.modifiers import PriceLine
from ledger.model import Model
from ledger.policy.assess import AgreementFacts
from ledger.policy.versions import Amendment
from ledger.terms.agreement import Terms
from ledger.terms.caps import Cap
from projections.whatif.scenario import (
    AnyTerms,
    CapChange,
    CounterfactualChange,
    MetricChange,
    PriceChange,
    SplitChange,
    TermsChange,
    WholeTerms,
)
from projections.whatif.unfit import Unfit, unknown, validated

_M = TypeVar("_M", bound=Model)


def with_terms(
    facts: AgreementFacts, changes: Sequence[tuple[int, AnyTerms]]
) -> tuple[AgreementFacts, frozenset[int]]:
    """The facts under terms with changes made, and the numbers of the changes that fit.

    Raises:
        Unfit: if the agreement is named and does not fit, or the terms would not be valid.
    """
    fitted = set()
    for number, change in changes:
        if touches(change, facts.terms.agreement):
            changed = _under(facts, number, change)
            if changed is not None:
                facts = changed
                fitted.add(number)
    return facts, frozenset(fitted)


def touches(change: TermsChange, agreement: str) -> bool:
    """Whether a change of terms may be meant for an agreement."""
    if isinstance(change, WholeTerms):
        return change.terms is not None and change.terms.agreement == agreement
    return not change.agreements or agreement in change.agreements


def _under(facts: AgreementFacts, number: int, change: AnyTerms) -> AgreementFacts | None:
    """The facts under one change; None if no version of the terms fits it."""

    def made(terms: Terms) -> Terms | None:
        return _changed(number, change, terms)

    on = change.valid_from
    if on is None:
        whole = [facts.terms, *(each.terms for each in facts.amendments)]
        after = [made(terms) for terms in whole]
        if all(each is None for each in after):
            return None
        kept = [new or old for new, old in zip(after, whole, strict=True)]
        amendments = (
            replace(each, terms=terms)
            for each, terms in zip(facts.amendments, kept[1:], strict=True)
        )
        return replace(facts, terms=kept[0], amendments=tuple(amendments))
    if not facts.terms.starts_on <= on < facts.terms.ends_on:
        if change.agreements or isinstance(change, WholeTerms):
            message = (
                f"valid_from: {facts.terms.agreement} runs from {facts.terms.starts_on} "
                f"up to {facts.terms.ends_on}"
            )
            raise Unfit(number, message)
        return None
    return _amended(facts, on, made)


def _amended(
    facts: AgreementFacts, on: date, made: Callable[[Terms], Terms | None]
) -> AgreementFacts | None:
    """The facts with an amendment from a day on, also of what was amended for later days."""
    versions = facts.versions
    at = max(n for n, each in enumerate(versions) if each.effective_on <= on)
    new = made(versions[at].terms)
    if new is None:
        return None
    before, later = facts.amendments[:at], facts.amendments[at:]
    law = facts.amendments[at - 1].law if at else versions[0].known
    inserted = Amendment(new, 0, on, law)
    after = [replace(each, terms=made(each.terms) or each.terms) for each in later]
    numbered = (
        replace(each, number=number)
        for number, each in enumerate((*before, inserted, *after), start=2)
    )
    return replace(facts, amendments=tuple(numbered))


def _changed(number: int, change: AnyTerms, terms: Terms) -> Terms | None:
    """Terms with one change; None if there is nothing in them that it is of."""
    match change:
        case WholeTerms():
            return change.terms
        case CapChange():
            return _with_cap(number, change, terms)
        case SplitChange(metric=None, split=split):
            return _remade(number, terms, split=split) if terms.split else None
    metric = next((each for each in terms.metrics if each.id == change.metric), None)
    if metric is None:
        if change.agreements:
            known = [each.id for each in terms.metrics]
            raise unknown(number, f"metric in {terms.agreement} called", str(change.metric), known)
        return None
    after = _metric(number, change, metric)
    metrics = tuple(after if each is metric else each for each in terms.metrics)
    return _remade(number, terms, metrics=metrics)


def _metric(number: int, change: AnyTerms, metric: Metric) -> Metric:
    """One metric with one change."""
    match change:
        case PriceChange():
            return _remade(number, metric, price=_prices(number, change, metric))
        case SplitChange():
            return _remade(number, metric, split=change.split)
        case CounterfactualChange():
            return _remade(number, metric, counterfactual=_otherwise(number, change, metric))
        case MetricChange(set=fields):
            _known_fields(number, fields, metric)
            return _remade(number, metric, **fields)
    raise AssertionError


def _known_fields(number: int, fields: dict[str, Any], metric: Metric) -> None:
    own = set(type(metric).model_fields) - {"kind", "id"}
    for name in fields:
        if name not in own:
            raise unknown(number, f"key of {metric.kind} called", name, own)


def _prices(number: int, change: PriceChange, metric: Metric) -> Sequence[PriceLine]:
    """The price of a group, or of everybody: then no other price is left."""
    if "price" not in type(metric).model_fields or not getattr(metric, "price", None):
        message = f"{metric.id} has no price of its own; say kind: metric, and set what it has"
        raise Unfit(number, message)
    line = PriceLine(amount=change.price, group=change.group)
    if change.group is None:
        return (line,)
    lines: Sequence[PriceLine] = metric.price  # type: ignore[attr-defined]
    return (*(each for each in lines if each.group != change.group), line)


def _otherwise(number: int, change: CounterfactualChange, metric: Metric) -> object:
    """The counterfactual of a metric with what is given in place of what was."""
    before = getattr(metric, "counterfactual", None)
    if before is None:
        raise Unfit(number, f"{metric.id} is not compared with a counterfactual")
    names = ("nights_per_year", "reference_tariffs", "value")
    given = {name: getattr(change, name) for name in names if name in change.model_fields_set}
    for name in given:
        if name not in type(before).model_fields:
            raise unknown(number, f"key of the counterfactual of {metric.id} called", name, names)
    return _remade(number, before, **given)


def _with_cap(number: int, change: CapChange, terms: Terms) -> Terms | None:
    """The terms with a ceiling set, changed or removed."""
    own = (change.scope, change.metric, change.payer)
    there = [(cap.scope, cap.metric, cap.payer) == own for cap in terms.caps]
    if not any(there) and (change.remove or not change.agreements):
        if change.agreements:
            named = change.metric or change.payer or change.scope
            raise Unfit(number, f"{terms.agreement} has no cap by {named}")
        return None
    caps = tuple(cap for cap, same in zip(terms.caps, there, strict=True) if not same)
    if change.remove:
        return _remade(number, terms, caps=caps)
    fields = ("scope", "metric", "payer", "limit", "multiple", "yearly_rate")
    cap = validated(number, lambda: Cap(**{name: getattr(change, name) for name in fields}))
    if not any(there):
        return _remade(number, terms, caps=(*caps, cap))
    kept = tuple(cap if same else each for each, same in zip(terms.caps, there, strict=True))
    return _remade(number, terms, caps=kept)


def _remade(number: int, model: _M, **fields: object) -> _M:
    """A model with fields replaced, validated as if it had been read so."""
    values = {name: getattr(model, name) for name in type(model).model_fields}
    return validated(number, lambda: type(model).model_validate({**values, **fields}))
