"""Drawdowns on the investors' commitments, and capital paid in."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from ledger import events as e
from ledger.decide.decision import New, agreement_stream, numbered
from ledger.decide.refusal import AgainstTerms, AlreadyDone, NotFound
from ledger.decide.state import AgreementState
from ledger.money import ZERO, Amount, split, total
from ledger.parties import Role


def call(state: AgreementState, amount: Amount, on: date) -> list[New]:
    """Draw an amount on the commitments, pro rata to what each investor committed."""
    terms = state.terms
    left = total(state.committed.values()) - total(state.called().values())
    if amount <= ZERO:
        message = "a drawdown must be above zero"
        raise AgainstTerms(message)
    if amount > left:
        message = f"{amount} is more than the {left} that is left of the commitments"
        raise AgainstTerms(message)
    if not terms.signed_on <= on < terms.ends_on:
        message = f"{on} is outside the agreement, from {terms.signed_on} up to {terms.ends_on}"
        raise AgainstTerms(message)
    weights = {name: Fraction(each.minor) for name, each in state.committed.items()}
    shares = split(amount, weights, terms.rounding.residual_investor)
    called = e.DrawdownCalled(
        drawdown=f"{state.agreement}-D{len(state.drawdowns) + 1:02d}",
        provider=terms.holder(Role.PROVIDER).id,
        parts=tuple(
            e.DrawdownPart(investor=name, amount=share) for name, share in shares.items() if share
        ),
    )
    return numbered(agreement_stream(state.agreement), state.version, [(on, called)])


def receive(
    state: AgreementState,
    drawdown_id: str,
    investor: str,
    on: date,
    bank_line: str | None,
    amount: Amount | None = None,
) -> list[New]:
    """Record that an investor's part of a drawdown reached the provider, or `amount` of it.

    Raises:
        NotFound: if the investor has no part in it.
        AlreadyDone: if all of the part is paid, or less is open than `amount`.
    """
    drawdown = state.drawdowns[drawdown_id]
    amounts = {part.investor: part.amount for part in drawdown.called.parts}
    if investor not in amounts:
        message = f"{investor!r} has no part in {drawdown_id} (it draws on {', '.join(amounts)})"
        raise NotFound(message)
    open_still = amounts[investor] - drawdown.paid(investor)
    if open_still <= ZERO or (amount is not None and amount > open_still):
        message = f"{investor} has already paid its part of {drawdown_id}"
        raise AlreadyDone(message)
    received = e.CapitalReceived(
        drawdown=drawdown_id,
        investor=investor,
        provider=drawdown.called.provider,
        amount=open_still if amount is None else amount,
        called_at=drawdown.called_at,
        bank_line=bank_line,
    )
    return numbered(agreement_stream(state.agreement), state.version, [(on, received)])


def give_back(
    state: AgreementState, drawdown_id: str, investor: str, on: date, bank_line: str, reason: str
) -> list[New]:
    """A bank line that was taken for capital meant something else; the part is open again.

    Raises:
        NotFound: if the line brought nothing of it.
    """
    drawdown = state.drawdowns[drawdown_id]
    known = drawdown.received.get(investor, {}).get(bank_line)
    if known is None:
        message = f"{bank_line} brought nothing of {investor}'s part of {drawdown_id}"
        raise NotFound(message)
    received_at, amount = known
    reversed_ = e.CapitalReversed(
        drawdown=drawdown_id,
        investor=investor,
        provider=drawdown.called.provider,
        amount=amount,
        received_at=received_at,
        bank_line=bank_line,
        reason=reason,
    )
    return numbered(agreement_stream(state.agreement), state.version, [(on, reversed_)])
