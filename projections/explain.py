"""Why was this krone paid: from a payment back to the facts, with who and when at every step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from ledger import events as e
from ledger.decide.payment import lineage
from ledger.decide.refusal import NotFound
from ledger.decide.state import AgreementState
from ledger.events import Recorded
from ledger.facts import CapitalPaidIn
from ledger.model import Position
from ledger.money import Amount
from ledger.policy.entitlement import capital_on
from ledger.service import Ledger
from ledger.terms.agreement import Terms
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
    samples: tuple[tuple[str, str, str], ...]
    """The samples that the payment is in: name, purpose, how far it has come."""


def explain(ledger: Ledger, payment_id: str) -> Dossier:
    """The dossier of a payment.

    Raises:
        NotFound: if no agreement has such a payment.
    """
    for state in ledger.agreements().values():
        if payment_id in state.payments:
            return _dossier(ledger, state, payment_id)
    message = f"there is no payment {payment_id!r}; `ofl payments list` names them"
    raise NotFound(message)


def _dossier(ledger: Ledger, state: AgreementState, payment_id: str) -> Dossier:
    payment = state.payments[payment_id]
    own = {recorded.position: recorded for recorded in ledger.read(f"agreement/{state.agreement}")}
    law = {recorded.position: recorded for recorded in ledger.law_events()}
    rests_on = lineage(state, payment.proposed_at)
    at = (payment.proposed_at, payment.approved_at, payment.instructed_at, payment.settled_at)
    steps = tuple(own[position] for position in at if position is not None)
    known = own | law
    return Dossier(
        payment=payment.proposed,
        steps=steps,
        items=tuple(
            _item(state, own, item)
            for item in payment.proposed.items
            if isinstance(own[item.entitlement_at].event, e.EntitlementCalculated)
        ),
        guarantees=tuple(
            own[item.entitlement_at]
            for item in payment.proposed.items
            if isinstance(own[item.entitlement_at].event, e.GuaranteeCalled | e.GuaranteeReversed)
        ),
        adjustments=tuple(
            own[item.entitlement_at]
            for item in payment.proposed.items
            if isinstance(own[item.entitlement_at].event, e.AdjustmentDecided)
        ),
        terms=state.terms,
        signed=own[state.signed_at],
        amended=tuple(own[at] for at in state.terms_at[1:] if at in rests_on),
        law=tuple(law[position] for position in sorted(rests_on & law.keys())),
        people_involved=tuple(sorted({known[position].actor for position in rests_on})),
        samples=tuple(
            (each.sample, each.require_committed().purpose, each.stage)
            for each in by_payment(ledger).get(payment_id, [])
        ),
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
