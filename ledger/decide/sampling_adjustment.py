"""From what an audit sample says of its population to adjustments of the agreements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from ledger.decide import adjustment
from ledger.decide.decision import New
from ledger.decide.owing import Payable
from ledger.decide.refusal import AgainstTerms, AlreadyDone, OutOfOrder
from ledger.decide.sampling_population import claims_of
from ledger.decide.sampling_state import SampleState
from ledger.decide.state import AgreementState
from ledger.money import ZERO, Amount, split
from ledger.working import Part


def adjust(
    state: SampleState,
    states: Mapping[str, AgreementState],
    reason: str,
    on: date,
    *,
    less_found: bool,
) -> list[New]:
    """Propose what the agreements change by; another person decides each.

    It is divided as the population was between agreements, payers and payees. With `less_found`
    what was found in the sample itself is left out, as it is corrected claim by claim.

    Raises:
        OutOfOrder: if the sample is not closed.
        AgainstTerms: if it is of payments that are not made yet, or there is nothing to adjust.
        AlreadyDone: if it was proposed before.
    """
    committed = state.require_committed()
    if state.closed is None:
        message = f"{state.sample} is not closed; `ofl sample close {state.sample}` closes it"
        raise OutOfOrder(message)
    if committed.purpose != "audit":
        message = (
            f"{state.sample} is of payments that are not made: correct what was found, and propose "
            "them anew"
        )
        raise AgainstTerms(message)
    basis = f"sample {state.sample} (event {state.closed_at})"
    for each in states.values():
        for name, known in each.adjustments.items():
            if known.proposed.basis == basis:
                message = f"{name} was proposed from {state.sample} already"
                raise AlreadyDone(message)
    whole = state.closed.adjustment + (state.closed.found if less_found else ZERO)
    if not whole:
        message = f"{state.sample} leaves nothing to adjust"
        raise AgainstTerms(message)
    _, owed = claims_of(states, committed.payments)
    news: list[New] = []
    for name, parts in _divided(whole, owed).items():
        news += adjustment.propose(states[name], parts, basis, reason, on)
    return news


def _divided(whole: Amount, owed: Mapping[tuple[str, Payable], Amount]) -> dict[str, list[Part]]:
    """An amount, of either sign, in proportion to what was paid; the largest has the residual."""
    keys = {f"{number:06d}": key for number, key in enumerate(owed)}
    weights = {name: Fraction(owed[key].minor) for name, key in keys.items()}
    largest = max(weights, key=lambda name: (weights[name], name))
    found: dict[str, list[Part]] = {}
    for name, amount in split(whole, weights, largest).items():
        agreement, (payer, role, payee) = keys[name]
        if amount:
            part = Part(payer=payer, role=role, payee=payee, amount=amount)
            found.setdefault(agreement, []).append(part)
    return found
