"""One step for many payments: each is taken or refused by itself, and all is recorded at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from ledger.decide.decision import New, agreement_stream, numbered
from ledger.decide.refusal import NotFound, Refusal
from ledger.decide.state import AgreementState
from ledger.events import Event

Refused = dict[str, str]
"""What was refused, and why, by payment."""


def agreement_of(payment_id: str) -> str:
    """The agreement that a payment of that name would belong to."""
    return payment_id.rpartition("-")[0]


def for_each(
    states: Mapping[str, AgreementState],
    payments: Iterable[str],
    step: Callable[[AgreementState, str], list[New]],
) -> tuple[list[New], Refused]:
    """Take a step for each payment; a payment named twice is taken once."""
    events: dict[str, list[tuple[date, Event]]] = defaultdict(list)
    refused: Refused = {}
    for payment in dict.fromkeys(payments):
        name = agreement_of(payment)
        try:
            if name not in states:
                message = f"there is no payment {payment!r}; `ofl payments list` names them"
                raise NotFound(message)
            events[name] += [(new.effective_on, new.event) for new in step(states[name], payment)]
        except Refusal as refusal:
            refused[payment] = str(refusal)
    news = [
        new
        for name, found in events.items()
        for new in numbered(agreement_stream(name), states[name].version, found)
    ]
    return news, refused
