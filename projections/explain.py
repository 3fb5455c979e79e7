"""Why was this krone paid: from a payment back to the facts, with who and when at every step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from ledger import events as e
from ledger.decide.decision import agreement_stream, payee_stream
from ledger.decide.owing import Payment
from ledger.decide.payment import lineage
from ledger.decide.people_state import Glass
from ledger.decide.refusal import NotFound
from ledger.decide.state import AgreementState
from ledger.events import Recorded
from ledger.facts import CapitalPaidIn
from ledger.model import Position
from ledger.money import Amount
from ledger.policy.entitlement import capital_on
from ledger.service import Ledger
from ledger.terms.agreement import Terms
from projections.moment import Stamp, head
from projections.people import glasses_over
from projections.samples import by_payment

_WRONG = (
    e.EnrolmentCorrected,
    e.StayCorrected,
    e.MeasurementCorrected,
    e.SpellCorrected,
    e.CohortCorrected,
    e.FactVoided,
)


@dataclass(frozen=True, slots=True)
class Item:
    """One entitlement in a payment and everything it rests on, each with who and when."""

    amount: Amount
    claim: str
    entitlement: Recorded
    outcome: Recorded
    measurements: tuple[Recorded, ...]
    enrolment: Recorded | None
    stays: tuple[Recorded, ...]
    spells: tuple[Recorded, ...]
    assessment: Recorded
    capital: tuple[Recorded, ...]
    capital_shares: dict[str, Amount]
    erased_on: date | None
    """The day on which the person was erased, so that what is personal cannot be shown."""
    corrected: tuple[tuple[Recorded, Recorded], ...]
    """Facts that it no longer rests on: what was recorded, and what took its place or took it away.
    """
    rearranged: tuple[Recorded, ...]
    """Where the person was found to be one with another, or two again, or moved."""
    terms: Recorded
    """The signature or the amendment whose terms judged the outcome."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """Something that was done by a person who had taken a duty in an emergency."""

    position: Position
    actor: str
    glass: Glass


@dataclass(frozen=True, slots=True)
class Dossier:
    """A payment, its steps, its items, and the terms, rules and tariffs behind them."""

    payment: e.PaymentProposed
    steps: tuple[Recorded, ...]
    items: tuple[Item, ...]
    guarantees: tuple[Recorded, ...]
    """The calls of a guarantee, or their reversals, that the payment is for."""
    adjustments: tuple[Recorded, ...]
    """The adjustments of the agreement as a whole that the payment is for."""
    terms: Terms
    signed: Recorded
    amended: tuple[Recorded, ...]
    law: tuple[Recorded, ...]
    people_involved: tuple[str, ...]
    remainders: tuple[tuple[e.PaymentItem, Recorded], ...]
    """What was left over of payments that came to nothing and of demands, and is in it again."""
    account: tuple[Recorded, ...]
    """Where the account was set that it goes to, and where it was confirmed; if one is known."""
    replaced_by: str | None
    emergencies: tuple[Emergency, ...]
    """What people did in an emergency, of all that the payment rests on and its own steps."""
    set_up_by: str | None
    """Who let all people in alone, as long as too few others have witnessed it."""
    samples: tuple[tuple[str, str, str], ...]
    """The samples that the payment is in: name, purpose, how far it has come."""


def explain(ledger: Ledger, payment_id: str, at: Stamp | None = None) -> Dossier:
    """The dossier of a payment as known at a moment, or now, with the steps that count by then.

    What a person's erasure took away cannot be shown for a moment before it either.

    Raises:
        NotFound: if no agreement had such a payment by then.
    """
    at = at or head(ledger.log)
    for name, now in ledger.agreements().items():
        if payment_id not in now.payments:
            continue
        known = [
            recorded
            for recorded in ledger.read(agreement_stream(name))
            if recorded.position <= at.position
        ]
        state = AgreementState(name, erased=dict(now.erased))
        for recorded in known:
            state.apply(recorded)
        payment = state.payments.get(payment_id)
        own = {recorded.position: recorded for recorded in known}
        if payment is not None and at.holds(own[payment.proposed_at]):
            return _dossier(ledger, state, own, payment, at)
    when = "" if at == head(ledger.log) else " at that moment"
    message = f"there is no payment {payment_id!r}{when}; `ofl payments list` names them"
    raise NotFound(message)


def _dossier(
    ledger: Ledger,
    state: AgreementState,
    own: dict[Position, Recorded],
    payment: Payment,
    at: Stamp,
) -> Dossier:
    law = {
        recorded.position: recorded
        for recorded in ledger.law_events()
        if recorded.position <= at.position
    }
    rests_on = lineage(state, payment.proposed_at)
    name = payment.proposed.payment
    steps = tuple(
        each
        for each in own.values()
        if getattr(each.event, "payment", None) == name and at.holds(each)
    )
    calls = [each for each in payment.proposed.items if _is_call(own[each.entitlement_at])]
    known, people = own | law, ledger.people()
    own_steps = {step.position for step in steps}
    later = [x for x in state.payments.values() if name in x.proposed.replaces]
    return Dossier(
        payment=payment.proposed,
        steps=steps,
        items=tuple(
            _item(state, own, item)
            for item in payment.proposed.items
            if isinstance(own[item.entitlement_at].event, e.EntitlementCalculated)
        ),
        guarantees=tuple(own[item.entitlement_at] for item in calls),
        adjustments=tuple(
            own[item.entitlement_at]
            for item in payment.proposed.items
            if isinstance(own[item.entitlement_at].event, e.AdjustmentDecided)
        ),
        terms=state.terms,
        signed=own[state.signed_at],
        amended=tuple(own[made] for made in state.terms_at[1:] if made in rests_on),
        law=tuple(law[position] for position in sorted(rests_on & law.keys())),
        people_involved=tuple(sorted({known[position].actor for position in rests_on})),
        remainders=tuple(
            (item, own[item.entitlement_at])
            for item in payment.proposed.items
            if item not in calls and not isinstance(own[item.entitlement_at].event, _OWED)
        ),
        account=_account(ledger, steps, at),
        replaced_by=later[0].proposed.payment if later else None,
        emergencies=tuple(
            Emergency(each.position, each.actor, glass)
            for each in (known[position] for position in sorted(rests_on | own_steps))
            for glass in glasses_over(people, each)
        ),
        set_up_by=people.founder if people.unwitnessed else None,
        samples=tuple(
            (each.sample, each.require_committed().purpose, each.stage)
            for each in by_payment(ledger).get(name, [])
        ),
    )


_OWED = (e.EntitlementCalculated, e.AdjustmentDecided)


def _is_call(recorded: Recorded) -> bool:
    return isinstance(recorded.event, e.GuaranteeCalled | e.GuaranteeReversed)


def _account(ledger: Ledger, steps: tuple[Recorded, ...], at: Stamp) -> tuple[Recorded, ...]:
    """The account that it was sent to, or else approved for, as it was set and confirmed."""
    bound = [
        step.event.account_at
        for step in steps
        if isinstance(step.event, e.PaymentApproved | e.PaymentInstructed)
    ]
    proposed = steps[0].event
    assert isinstance(proposed, e.PaymentProposed)
    if not bound or bound[-1] is None:
        return ()
    stream = list(ledger.read(payee_stream(proposed.payee)))
    return tuple(
        each
        for each in stream
        if each.position <= at.position
        and bound[-1] in {each.position, getattr(each.event, "set_at", None)}
    )


def _item(state: AgreementState, events: dict[Position, Recorded], item: e.PaymentItem) -> Item:
    entitlement = events[item.entitlement_at]
    entitled = entitlement.event
    assert isinstance(entitled, e.EntitlementCalculated)
    outcome = events[entitled.outcome_at]
    decided = outcome.event
    assert isinstance(decided, e.OutcomeDecided)
    basis = [events[position] for position in entitled.based_on]
    capital = [each for each in basis if isinstance(each.event, e.CapitalReceived)]
    paid = [
        CapitalPaidIn(
            investor=each.event.investor, paid_on=each.effective_on, amount=each.event.amount
        )
        for each in capital
        if isinstance(each.event, e.CapitalReceived)
    ]
    version = decided.terms_version - 1
    return Item(
        amount=item.amount,
        claim=item.claim,
        entitlement=entitlement,
        outcome=outcome,
        measurements=_measurements(state, events, decided),
        enrolment=next((b for b in basis if _is_enrolment(b, decided)), None),
        stays=tuple(each for each in basis if isinstance(each.event, e.StayRecorded)),
        spells=tuple(each for each in basis if isinstance(each.event, e.SpellRecorded)),
        assessment=events[entitled.assessed_at],
        capital=tuple(capital),
        capital_shares=capital_on(paid, state.all_terms[version], entitled.achieved_on),
        corrected=tuple(_corrected(events, (*decided.based_on, *entitled.based_on))),
        rearranged=tuple(
            each
            for each in basis
            if isinstance(each.event, e.PersonsMerged | e.PersonsUnmerged | e.MunicipalityChanged)
        ),
        erased_on=state.erased.get(entitled.subject) if entitled.subject else None,
        terms=events[state.terms_at[version]],
    )


def _is_enrolment(basis: Recorded, decided: e.OutcomeDecided) -> bool:
    """Whether it enrolled the person whose outcome it is; a cohort's outcome rests on many."""
    return isinstance(basis.event, e.PersonEnrolled) and basis.event.subject == decided.subject


def _corrected(
    events: dict[Position, Recorded], based_on: Iterable[Position]
) -> Iterator[tuple[Recorded, Recorded]]:
    """What was wrong in each fact, from the newest correction back to what was recorded first."""
    for position in dict.fromkeys(based_on):
        recorded = events.get(position)
        while recorded is not None and isinstance(recorded.event, _WRONG):
            before = events[recorded.event.corrects]
            yield before, recorded
            recorded = before


def _measurements(
    state: AgreementState, events: dict[Position, Recorded], decided: e.OutcomeDecided
) -> tuple[Recorded, ...]:
    """The readings that decide, and those recorded beside them at the same milestone."""
    beside = {
        position
        for position, recorded in events.items()
        if isinstance(recorded.event, e.MeasurementRecorded)
        and decided.milestone_months is not None
        and (recorded.event.subject, recorded.event.milestone_months)
        == (decided.subject, decided.milestone_months)
        and position not in state.replaced
    }
    read = {
        position
        for position in decided.based_on
        if isinstance(events[position].event, e.MeasurementRecorded | e.CohortMeasured)
    }
    return tuple(events[position] for position in sorted(beside | read))
