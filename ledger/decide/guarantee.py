"""The first-loss guarantee: called when the agreement is over, reversed when success comes late.

An investor's loss is the capital it paid in less what it is entitled to. The guarantor covers the
losses up to its guarantee, pro rata to them. Outcomes decided after the call shrink the losses, and
in the same command what is covered beyond them is reversed, before any return is paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from ledger import events as e
from ledger.decide.decision import New, agreement_stream, numbered
from ledger.decide.refusal import AgainstTerms, AlreadyDone, OutOfOrder
from ledger.decide.state import AgreementState
from ledger.model import Position
from ledger.money import ZERO, Amount, total
from ledger.parties import Role
from ledger.policy.entitlement import capital_on
from ledger.policy.waterfall import pro_rata_within
from ledger.working import Part


def call(state: AgreementState, on: date) -> list[New]:
    """The guarantor owes the investors their loss, as far as it is not covered yet."""
    terms = state.terms
    if terms.guarantee is None:
        message = f"{state.agreement} has no guarantee in its terms"
        raise AgainstTerms(message)
    assessed = [(position, made.until) for position, made in state.assessments]
    if on < terms.ends_on:
        message = f"{state.agreement} lasts until {terms.ends_on}; call the guarantee then or later"
        raise OutOfOrder(message)
    if not assessed or assessed[-1][1] < terms.ends_on:
        message = (
            f"{state.agreement} is not assessed until its end; run "
            f"`ofl assess --until {terms.ends_on}` first"
        )
        raise OutOfOrder(message)
    entitled = entitled_so_far(state.entitled_parts())
    owed = covers(state, entitled)
    parts = tuple(
        e.GuaranteedLoss(
            investor=investor,
            paid_in=paid_in,
            entitled=entitled.get(investor, ZERO),
            loss=_loss(paid_in, entitled.get(investor, ZERO)),
            amount=max(ZERO, owed[investor] - state.covered.get(investor, ZERO)),
        )
        for investor, paid_in in _paid_in(state).items()
    )
    if not any(part.amount for part in parts):
        message = f"{state.agreement} has no loss that is not covered, so there is nothing to call"
        raise AlreadyDone(message)
    # A claim's outcome may be all there is of it: what was not achieved is why there is a loss.
    decided = [claim.entitlement_at or claim.outcome_at for claim in state.claims.values()]
    decided += [each.decided_at for each in state.adjustments.values() if each.decided_at]
    called = e.GuaranteeCalled(
        call=f"{state.agreement}-G{state.calls + 1:02d}",
        guarantor=terms.guarantee.guarantor,
        guarantee=terms.guarantee.amount,
        amount=total(part.amount for part in parts),
        parts=parts,
        based_on=(
            state.signed_at,
            *(position for position, _ in state.capital),
            *decided,
            assessed[-1][0],
        ),
    )
    reversed_too = reversal(state, entitled, on, called.based_on)
    return numbered(agreement_stream(state.agreement), state.version, [*reversed_too, (on, called)])


def reversal(
    state: AgreementState,
    entitled: Mapping[str, Amount],
    on: date,
    based_on: Iterable[Position],
) -> list[tuple[date, e.Event]]:
    """What no longer is a loss, given what the investors are entitled to; nothing if all is."""
    guarantee = state.terms.guarantee
    if guarantee is None or not any(state.covered.values()):
        return []
    owed = covers(state, entitled)
    back = {
        investor: covered - owed.get(investor, ZERO)
        for investor, covered in state.covered.items()
        if covered > owed.get(investor, ZERO)
    }
    if not back:
        return []
    parts = []
    for investor, amount in back.items():
        items = state.unproposed.get((guarantee.guarantor, Role.GUARANTOR, investor), [])
        set_off = min(amount, max(ZERO, total(item.amount for item in items)))
        parts.append(
            e.GuaranteeReturn(investor=investor, set_off=set_off, owed_back=amount - set_off)
        )
    event = e.GuaranteeReversed(
        call=f"{state.agreement}-G{state.calls:02d}",
        guarantor=guarantee.guarantor,
        amount=total(back.values()),
        parts=tuple(parts),
        based_on=tuple(based_on),
    )
    # It never counts before the call that it takes back.
    return [(max(on, state.called_on or on), event)]


def entitled_so_far(claims: Iterable[Iterable[Part]]) -> dict[str, Amount]:
    """What each investor is entitled to by all claims together."""
    found: dict[str, Amount] = {}
    for parts in claims:
        for part in parts:
            found[part.payee] = found.get(part.payee, ZERO) + part.amount
    return found


def covers(state: AgreementState, entitled: Mapping[str, Amount]) -> dict[str, Amount]:
    """What the guarantee should cover of each investor's loss, to the øre and never beyond it."""
    terms = state.terms
    losses = {
        investor: _loss(paid_in, entitled.get(investor, ZERO))
        for investor, paid_in in _paid_in(state).items()
    }
    covered = min(terms.guarantee.amount if terms.guarantee else ZERO, total(losses.values()))
    weights = {investor: Fraction(loss.minor) for investor, loss in losses.items()}
    return pro_rata_within(covered, weights, dict(losses), terms.rounding.residual_investor)


def _loss(paid_in: Amount, entitled: Amount) -> Amount:
    return max(ZERO, paid_in - entitled)


def _paid_in(state: AgreementState) -> dict[str, Amount]:
    """The capital of each investor that is repaid; a grant cannot be lost."""
    return capital_on((paid for _, paid in state.capital), state.terms, date.max)
