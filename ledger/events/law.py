"""Facts about the ledger, the law and the tariffs."""

from __future__ import annotations

from typing import Literal

from ledger.events.base import Event
from ledger.facts import Source, Tariff
from ledger.model import Text
from ledger.shelter.rules import RefundRuleTable


class LedgerOpened(Event):
    """The ledger of one fund, in one currency. A demo ledger holds invented people only."""

    topic = "LedgerOpened:1"
    fund: Text
    currency: Text
    purpose: Literal["live", "demo"]


class RefundRuleEnacted(Event):
    """A table of dated refund rules, replacing the table of the same id."""

    topic = "RefundRuleEnacted:1"
    table: RefundRuleTable


class TariffsRecorded(Event):
    """Tariffs per shelter and date that were not known before."""

    topic = "TariffsRecorded:1"
    tariffs: tuple[Tariff, ...]
    source: Source
