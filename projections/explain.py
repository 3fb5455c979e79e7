"""Why was this krone paid: from a payment back to the facts, with who and when at every step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger import events as e
from ledger.decide.decision import payee_stream
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
    steps = tuple(
        each for each in own.values() if getattr(each.event, "payment", None) == payment_id
    )
    calls = [each for each in payment.proposed.items if _is_call(own[each.entitlement_at])]
    known = own | law
    later = [x for x in state.payments.values() if payment_id in x.proposed.replaces]
    return Dossier(
        payment=payment.proposed,
        steps=steps,
        items=tuple(
            _item(state, own, item)
            for item in payment.proposed.items
            if isinstance(own[item.entitlement_at].event, e.EntitlementCalculated)
        ),
        guarantees=tuple(own[item.entitlement_at] for item in calls),
        terms=state.terms,
        signed=own[state.signed_at],
        amended=tuple(own[at] for at in state.terms_at[1:] if at in rests_on),
        law=tuple(law[position] for position in sorted(rests_on & law.keys())),
        people_involved=tuple(sorted({known[position].actor for position in rests_on})),
        remainders=tuple(
            (item, own[item.entitlement_at])
            for item in payment.proposed.items
            if item not in calls
            and not isinstance(own[item.entitlement_at].event, e.EntitlementCalculated)
        ),
        account=_account(ledger, steps),
        replaced_by=later[0].proposed.payment if later else None,
    )


def _is_call(recorded: Recorded) -> bool:
    return isinstance(recorded.event, e.GuaranteeCalled | e.GuaranteeReversed)


def _account(ledger: Ledger, steps: tuple[Recorded, ...]) -> tuple[Recorded, ...]:
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
        if each.position == bound[-1] or getattr(each.event, "set_at", None) == bound[-1]
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
        measurements=_measurements(events, decided),
        enrolment=next((b for b in basis if _is_enrolment(b, decided)), None),
        stays=tuple(each for each in basis if isinstance(each.event, e.StayRecorded)),
        spells=tuple(each for each in basis if isinstance(each.event, e.SpellRecorded)),
        assessment=events[entitled.assessed_at],
        capital=tuple(capital),
        capital_shares=capital_on(paid, state.all_terms[version], entitled.achieved_on),
        erased_on=state.erased.get(entitled.subject) if entitled.subject else None,
        terms=events[state.terms_at[version]],
    )


def _is_enrolment(basis: Recorded, decided: e.OutcomeDecided) -> bool:
    """Whether it enrolled the person whose outcome it is; a cohort's outcome rests on many."""
    return isinstance(basis.event, e.PersonEnrolled) and basis.event.subject == decided.subject


def _measurements(
    events: dict[Position, Recorded], decided: e.OutcomeDecided
) -> tuple[Recorded, ...]:
    """The readings that decide, and those recorded beside them at the same milestone."""
    beside = {
        position
        for position, recorded in events.items()
        if isinstance(recorded.event, e.MeasurementRecorded)
        and decided.milestone_months is not None
        and (recorded.event.subject, recorded.event.milestone_months)
        == (decided.subject, decided.milestone_months)
    }
    read = {
        position
        for position in decided.based_on
        if isinstance(events[position].event, e.MeasurementRecorded | e.CohortMeasured)
    }
    return tuple(events[position] for position in sorted(beside | read))
