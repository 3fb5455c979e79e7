"""What a sample is drawn from: the claims that payments pay, as a rule means them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ledger.decide.owing import Payable, Payment
from ledger.decide.refusal import NotFound
from ledger.decide.state import AgreementState
from ledger.events.sampling import Purpose
from ledger.model import Position
from ledger.money import ZERO, Amount, total
from ledger.parties import PAYING_ROLES


@dataclass(frozen=True, slots=True)
class Rule:
    """What is asked for: of which payments, and how sure. No agreements named means all."""

    sample: str
    purpose: Purpose
    nonce_sha256: str
    confidence: Decimal
    tolerable: Amount | None = None
    size: int | None = None
    agreements: tuple[str, ...] = ()
    payer: str | None = None
    sent_from: date | None = None
    sent_until: date | None = None


@dataclass(slots=True)
class Found:
    """A claim in the population: what is paid for it, by which payments, and from where."""

    agreement: str
    booked: Amount = ZERO
    payments: dict[str, None] = field(default_factory=dict)
    rests_on: set[Position] = field(default_factory=set)


def claims_of(
    states: Mapping[str, AgreementState], payments: Iterable[str]
) -> tuple[dict[str, Found], dict[tuple[str, Payable], Amount]]:
    """What payments pay for each claim, and by agreement and payable; what is zero or less is out.

    A payment never changes what it pays, so that this is the same whenever it is asked.
    """
    claims: dict[str, Found] = {}
    wanted = set(payments)
    paying = [
        (state, payment)
        for state in states.values()
        for name, payment in state.payments.items()
        if name in wanted
    ]
    for state, payment in paying:
        for item in payment.proposed.items:
            found = claims.setdefault(item.claim, Found(state.agreement))
            found.booked += item.amount
            found.payments[payment.proposed.payment] = None
            found.rests_on.add(item.entitlement_at)
    claims = {claim: found for claim, found in sorted(claims.items()) if found.booked > ZERO}
    owed: dict[tuple[str, Payable], Amount] = {}
    for state, payment in paying:
        key = state.agreement, payment.payable
        kept = [item.amount for item in payment.proposed.items if item.claim in claims]
        owed[key] = owed.get(key, ZERO) + total(kept)
    return claims, {key: amount for key, amount in sorted(owed.items()) if amount > ZERO}


def payments_meant(states: Mapping[str, AgreementState], rule: Rule) -> list[str]:
    """The payments that a rule means, as they stand now."""
    unknown = [name for name in rule.agreements if name not in states]
    if unknown:
        message = f"there is no agreement {unknown[0]!r}; `ofl agreement list` names them"
        raise NotFound(message)
    return [
        name
        for agreement, state in sorted(states.items())
        if not rule.agreements or agreement in rule.agreements
        for name, payment in state.payments.items()
        if rule.payer in (None, payment.proposed.payer) and _is_meant(payment, rule)
    ]


def _is_meant(payment: Payment, rule: Rule) -> bool:
    if payment.over is not None or payment.proposed.role not in PAYING_ROLES:
        return False
    if rule.purpose == "validation":
        return payment.instructed_at is None
    sent = payment.sent_on
    return (
        payment.settled_at is not None
        and sent is not None
        and (rule.sent_from is None or rule.sent_from <= sent)
        and (rule.sent_until is None or sent < rule.sent_until)
    )
