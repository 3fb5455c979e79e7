"""What a decision adds to a stream, before the store gives it a place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ledger.events import Event


@dataclass(frozen=True, slots=True)
class New:
    """An event to be recorded, with the day on which it counts."""

    stream: str
    version: int
    effective_on: date
    event: Event


def numbered(stream: str, version: int, events: Iterable[tuple[date, Event]]) -> list[New]:
    """Events in the order in which they follow on a stream's last version."""
    return [
        New(stream, version + number, effective_on, event)
        for number, (effective_on, event) in enumerate(events, start=1)
    ]


def agreement_stream(agreement: str) -> str:
    """The stream of everything that happens in an agreement."""
    return f"agreement/{agreement}"


def bank_stream(account: str) -> str:
    """The stream of the lines seen on a party's bank account."""
    return f"bank/{account}"


def payee_stream(party: str) -> str:
    """The stream of a party's bank account, as master data."""
    return f"payee/{party}"


def file_stream(payer: str) -> str:
    """The stream of the payment files made for a payer's bank."""
    return f"payment-file/{payer}"


def sample_stream(sample: str) -> str:
    """The stream of one sample."""
    return f"sample/{sample}"


LEDGER_STREAM = "ledger"
PAYMENT_POLICY_STREAM = "payment-policy"
TARIFFS_STREAM = "tariffs"
FUND_STREAM = "fund"
PEOPLE_STREAM = "people"
PERIODS_STREAM = "periods"


def rule_stream(table: str) -> str:
    """The stream of a rule table's versions."""
    return f"rule/{table}"
