"""Amending an agreement: what may change, and what may not because something rests on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ledger import events as e
from ledger.decide.agreement import law_of
from ledger.decide.decision import New, agreement_stream, numbered
from ledger.decide.refusal import AgainstTerms
from ledger.decide.state import AgreementState, LawState
from ledger.facts import Source
from ledger.money import ZERO
from ledger.parties import Role
from ledger.shelter.rules import RefundRuleTable
from ledger.terms.agreement import Terms

_LASTING = ("currency", "signed_on", "starts_on", "amendments_apply_by")
"""What no amendment changes. An agreement that starts on another day is another agreement."""


def amend(
    law: LawState,
    state: AgreementState,
    terms: Terms,
    on: date,
    source: Source,
    shipped: RefundRuleTable,
) -> list[New]:
    """The terms from a day on. Amending to the same terms from the same day changes nothing.

    Raises:
        NotFound: if the agreement was never signed.
        AgainstTerms: if something changes that may not, with all of it in words.
    """
    state.require_signed()
    problems = [*_day_problems(terms, on), *_lasting_problems(state, terms)]
    problems += [*_owed_problems(state, terms), *_fact_problems(state, terms)]
    problems += _metric_problems(state, terms)
    if problems:
        raise AgainstTerms("; ".join(problems))
    known, enacted = law_of(law, terms, shipped)
    last = state.amendments[-1][1] if state.amendments else None
    if last and (last.terms, last.effective_on, last.law) == (terms, on, known):
        return []
    amended = e.AgreementAmended(
        terms=terms,
        terms_version=state.terms_version + 1,
        rules_at_amendment=known.nights,
        support_rules_at_amendment=known.support,
        source=source,
    )
    stream = agreement_stream(state.agreement)
    return [*enacted, *numbered(stream, state.version, [(on, amended)])]


def _day_problems(terms: Terms, on: date) -> Iterator[str]:
    if not terms.starts_on <= on < terms.ends_on:
        yield (
            f"the terms cannot change on {on}: the agreement runs from {terms.starts_on} "
            f"up to {terms.ends_on}"
        )


def _lasting_problems(state: AgreementState, terms: Terms) -> Iterator[str]:
    before = state.terms
    for name in _LASTING:
        was, wanted = getattr(before, name), getattr(terms, name)
        if was != wanted:
            yield f"{name}: {was} was agreed and stays; {wanted} would be another agreement"
    names = ("refund_law.table", "support.table")
    for name, was, wanted in zip(names, state.tables, terms.tables, strict=True):
        if wanted is not None and was not in {None, wanted}:
            yield f"{name}: {was!r} stays; what is decided rests on it"


def _owed_problems(state: AgreementState, terms: Terms) -> Iterator[str]:
    """Parties that money has been called from, paid by or owed by, and what was committed."""
    roles = {party.id: party.roles for party in terms.parties}
    needed: dict[tuple[str, Role], None] = {}
    for claim in state.claims.values():
        for part in claim.parts:
            needed |= {(part.payer, part.role): None, (part.payee, Role.INVESTOR): None}
    called = {investor: amount for investor, amount in state.called().items() if amount}
    needed |= dict.fromkeys((investor, Role.INVESTOR) for investor in called)
    needed |= {(each.called.provider, Role.PROVIDER): None for each in state.drawdowns.values()}
    for party, role in needed:
        if role not in roles.get(party, ()):
            yield f"parties: {party!r} must stay with the role {role.value!r}; it has money here"
    committed = {each.investor: each.amount for each in terms.investment}
    for investor, amount in called.items():
        if committed.get(investor, ZERO) < amount:
            yield f"investment: {amount} has been drawn on {investor!r}; it cannot be less"


def _fact_problems(state: AgreementState, terms: Terms) -> Iterator[str]:
    """People, groups and indicators that facts are recorded of."""
    if len(state.enrolled) > terms.people:
        yield f"people: {len(state.enrolled)} are enrolled; it cannot be less"
    groups = {enrolled.group for _, enrolled in state.enrolled.values()} - {None}
    for group in sorted(str(group) for group in groups - set(terms.groups)):
        yield f"groups: {group!r} must stay; people are enrolled in it"
    for indicator in state.terms.indicators:
        now = terms.indicator(indicator.id)
        if now is None or (now.kind, now.levels) != (indicator.kind, indicator.levels):
            yield f"indicators: {indicator.id!r} must stay as it is; add another beside it"


def _metric_problems(state: AgreementState, terms: Terms) -> list[str]:
    """Metrics that do not follow on those of their id in any of the terms before."""
    found: dict[str, None] = {}
    for number, metric in enumerate(terms.metrics, start=1):
        for earlier in state.all_terms:
            before = next((each for each in earlier.metrics if each.id == metric.id), None)
            problems = metric.succession(before) if before else ()
            found |= dict.fromkeys(f"metrics.{number} {problem}" for problem in problems)
    ids = {metric.id for metric in terms.metrics}
    gone = {m.id for earlier in state.all_terms for m in earlier.metrics if m.by_law} - ids
    fresh = [
        metric.id
        for metric in terms.metrics
        if metric.by_law and all(metric.id not in _ids(earlier) for earlier in state.all_terms)
    ]
    for name in fresh if gone else ():
        also = ", ".join(sorted(gone))
        found[f"metrics: {name!r} would pay again for the nights of {also}; keep that id"] = None
    return list(found)


def _ids(terms: Terms) -> set[str]:
    return {metric.id for metric in terms.metrics}
