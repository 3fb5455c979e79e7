"""Running policy over an agreement and recording what is new or has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from ledger import events as e
from ledger.dates import Period
from ledger.decide import guarantee
from ledger.decide.decision import New, agreement_stream, numbered
from ledger.decide.refusal import OutOfOrder
from ledger.decide.state import AgreementState, Claim, LawState, as_recorded
from ledger.metrics.base import Outcome, Waiting
from ledger.model import Position
from ledger.money import ZERO, Amount
from ledger.parties import Role
from ledger.policy import VERSION
from ledger.policy.assess import Assessment, Decided, assess
from ledger.policy.given import Given, OutcomeKey
from ledger.working import Part


def claim_id(agreement: str, outcome: Outcome) -> str:
    """The name under which an outcome is decided once: agreement, who, metric, which."""
    return f"{agreement}/{outcome.unit}/{outcome.metric}/{outcome.key}"


Givens = Mapping[OutcomeKey, Given]
"""Outcomes to be taken as they were decided."""


def run(
    law: LawState, state: AgreementState, until: date, given: Givens = MappingProxyType({})
) -> Assessment:
    """Policy on the facts as they stand; nothing is decided by looking.

    Raises:
        OutOfOrder: if a person's facts can no longer be read.
    """
    if state.sealed:
        message = (
            f"{len(state.sealed)} people of {state.agreement} have facts that cannot be opened "
            "without the vault; assess where the vault is"
        )
        raise OutOfOrder(message)
    facts = state.facts(law)
    return assess(replace(facts, given={**facts.given, **given}), until)


def decide(
    law: LawState,
    state: AgreementState,
    until: date,
    facts_to: Position,
    given: Givens = MappingProxyType({}),
) -> list[New]:
    """The outcomes and entitlements that are new or differ from what was decided before.

    Of an entitlement that changed, only the difference is to be posted; the event carries both.
    `given` are decisions on people who were erased since, which can only be repeated as they are.
    """
    last = _last(state)
    if until < last:
        message = (
            f"{state.agreement} is assessed until {last} already; assess until that day or later, "
            "so that the caps are counted over everything decided"
        )
        raise OutOfOrder(message)
    assessment = run(law, state, until, given)
    different = changed(state, assessment)
    # That an agreement is assessed until its end is recorded even where that changes nothing: a
    # guarantee may be called then, and goals be judged.
    at_end = until >= state.terms.ends_on and _last(state) < state.terms.ends_on
    if not different and not at_end:
        return []
    version = state.version
    made = _assessment_made(law, state, until, facts_to, assessment, len(different))
    # Positions of this command's own events are not known before the store gives them, so they
    # are counted from the position the first one will get.
    events: list[tuple[date, e.Event]] = [(until, made)]
    first = Position(facts_to + 1)
    for each in different:
        outcome_at = Position(first + len(events))
        events.append((each.outcome.achieved_on, _outcome(state, each, first)))
        before = _claim(state, each)
        if each.entitlement is not None or (before and before.parts):
            event = _entitlement(state, each, outcome_at, first)
            events.append((each.outcome.achieved_on, event))
    events += _guarantee(state, different, until, first)
    return numbered(agreement_stream(state.agreement), version, events)


def changed(state: AgreementState, assessment: Assessment) -> list[Decided]:
    """What is decided otherwise than before: new, different, or not to be seen any more."""
    different = [each for each in assessment.decided if differs(state, each)]
    return different + _withdrawn(state, assessment)


def _last(state: AgreementState) -> date:
    """The day until which the agreement is assessed already."""
    return max((made.until for _, made in state.assessments), default=date.min)


def _guarantee(
    state: AgreementState, changed: list[Decided], until: date, assessed_at: Position
) -> list[tuple[date, e.Event]]:
    """What of a guarantee that was called is reversed by what is decided now."""
    after = {name: claim.parts for name, claim in state.claims.items()}
    after |= {claim_id(state.agreement, each.outcome): _parts(each) for each in changed}
    adjusted = [each.proposed.parts for each in state.adjustments.values() if each.decided_at]
    entitled = guarantee.entitled_so_far([*after.values(), *adjusted])
    return guarantee.reversal(state, entitled, until, (assessed_at,))


def _claim(state: AgreementState, decided: Decided) -> Claim | None:
    return state.claims.get(claim_id(state.agreement, decided.outcome))


def _parts(decided: Decided) -> tuple[Part, ...]:
    return decided.entitlement.parts if decided.entitlement else ()


def differs(state: AgreementState, decided: Decided) -> bool:
    """Whether an outcome is not decided yet, or was decided otherwise."""
    claim, outcome = _claim(state, decided), decided.outcome
    if claim is None:
        return True
    period = Period(claim.outcome.period_start, claim.outcome.period_end)
    # A day that moves may change no amount, but it is the order in which caps are spent.
    return (claim.achieved, period, claim.parts) != (
        outcome.achieved,
        outcome.period,
        _parts(decided),
    )


def _withdrawn(state: AgreementState, assessment: Assessment) -> list[Decided]:
    """What was achieved by an earlier decision and is not to be seen any more: not achieved.

    Such as a job that turned out to have ended before it had lasted long enough.
    """
    outcomes = [each.outcome for each in assessment.decided]
    outcomes += [each for each in assessment.waiting if _stands(state, each)]
    seen = {claim_id(state.agreement, outcome) for outcome in outcomes}
    return [
        Decided(
            as_recorded(
                claim.outcome, (), based_on=_touched(state, claim.outcome)
            ).outcome._replace(achieved=False, refused=None),
            None,
            state.terms_version,
        )
        for name, claim in state.claims.items()
        # What was decided of an erased person stands, also where newer terms have no such metric.
        if claim.achieved and name not in seen and claim.outcome.subject not in state.erased
    ]


def _stands(state: AgreementState, waiting: Outcome) -> bool:
    """Whether what was decided on an outcome that waits now holds until it is decided again.

    Not if what was known of the person has turned out wrong: then it was never to be decided.
    """
    claim = state.claims.get(claim_id(state.agreement, waiting))
    corrected_at = max((state.corrected_at.get(u, 0) for u in _units(state, waiting)), default=0)
    return (
        claim is None or waiting.waiting is Waiting.RENEGOTIATION or corrected_at < claim.outcome_at
    )


def _units(state: AgreementState, outcome: Outcome) -> list[str]:
    """Under which names facts on an outcome are recorded; a cohort is compared with others."""
    return [*state.same_as(outcome.subject)] if outcome.subject else [*state.corrected_at]


def _touched(state: AgreementState, outcome: e.OutcomeDecided) -> tuple[Position, ...]:
    """Events by which facts behind an outcome were taken away or put elsewhere."""
    return tuple(state.touched.get(outcome.subject or outcome.cohort or "", ()))


def difference(before: tuple[Part, ...], after: tuple[Part, ...]) -> tuple[Part, ...]:
    """What must be added to the parts before to get the parts after; zeros left out."""
    amounts: dict[tuple[str, Role, str], Amount] = {}
    for part in after:
        amounts[part.payer, part.role, part.payee] = part.amount
    for part in before:
        key = (part.payer, part.role, part.payee)
        amounts[key] = amounts.get(key, ZERO) - part.amount
    return tuple(
        Part(payer=payer, role=role, payee=payee, amount=amount)
        for (payer, role, payee), amount in amounts.items()
        if amount
    )


def _assessment_made(
    law: LawState,
    state: AgreementState,
    until: date,
    facts_to: Position,
    assessment: Assessment,
    changed: int,
) -> e.AssessmentMade:
    rules = state.facts(law).rules
    rule_at = [law.rules[table][0] for table in state.tables if table]
    based_on = [*state.terms_at, *rule_at, *law.tariff_positions, *state.register_at]
    return e.AssessmentMade(
        assessment=f"{state.agreement}-A{len(state.assessments) + 1:03d}",
        until=until,
        facts_to=facts_to,
        terms_version=state.terms_version,
        policy_version=VERSION,
        rule_table=rules.id if rules else None,
        rules=tuple(rule.id for rule in rules.rules) if rules else (),
        based_on=tuple(based_on),
        decided=changed,
        waiting=len(assessment.waiting),
    )


def _outcome(state: AgreementState, decided: Decided, assessed_at: Position) -> e.OutcomeDecided:
    outcome, before = decided.outcome, _claim(state, decided)
    return e.OutcomeDecided(
        claim=claim_id(state.agreement, outcome),
        assessed_at=assessed_at,
        subject=outcome.subject,
        cohort=outcome.cohort,
        metric=outcome.metric,
        key=outcome.key,
        period_start=outcome.period.start,
        period_end=outcome.period.end,
        milestone_months=outcome.months,
        achieved=outcome.achieved,
        refused=outcome.refused,
        terms_version=decided.terms_version,
        based_on=outcome.read_at,
        corrects=before.outcome_at if before else None,
    )


def _entitlement(
    state: AgreementState, decided: Decided, outcome_at: Position, assessed_at: Position
) -> e.EntitlementCalculated:
    outcome, result, before = decided.outcome, decided.entitlement, _claim(state, decided)
    capital = (position for position, paid in state.capital if paid.paid_on <= outcome.achieved_on)
    return e.EntitlementCalculated(
        claim=claim_id(state.agreement, outcome),
        outcome_at=outcome_at,
        assessed_at=assessed_at,
        subject=outcome.subject,
        cohort=outcome.cohort,
        metric=outcome.metric,
        achieved_on=outcome.achieved_on,
        total=result.total if result else ZERO,
        parts=_parts(decided),
        difference=difference(before.parts if before else (), _parts(decided)),
        gains=outcome.gains,
        person_total=result.person_total if result else ZERO,
        agreement_total=result.agreement_total if result else ZERO,
        working=result.working if result else None,
        based_on=(*outcome.based_on, *capital),
        corrects=before.entitlement_at if before else None,
    )
