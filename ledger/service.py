"""The one door for writing: a ledger with every command on it."""

from __future__ import annotations

from typing import Any, Literal, Self

from ledger.commands.agreements import AgreementCommands
from ledger.commands.banking import BankingCommands
from ledger.commands.clawback import ClawbackCommands
from ledger.commands.corrections import CorrectionCommands
from ledger.commands.door import CHECKPOINT_KEY_FILE, folder_of, now
from ledger.commands.fund import FundCommands
from ledger.commands.imports import ImportCommands
from ledger.commands.jobs import JobCommands
from ledger.commands.people import PeopleCommands
from ledger.commands.periods import PeriodCommands
from ledger.commands.reconciling import ReconcilingCommands
from ledger.commands.refunds import RefundCommands
from ledger.commands.sampling import SamplingCommands
from ledger.dates import danish_day
from ledger.decide import agreement
from ledger.decide.state import LawState
from ledger.store import checkpoint, location, vault
from ledger.store.location import Location
from ledger.terms.shipped import shelter_refund_rules


class Ledger(
    AgreementCommands,
    ImportCommands,
    CorrectionCommands,
    FundCommands,
    BankingCommands,
    ClawbackCommands,
    ReconcilingCommands,
    SamplingCommands,
    PeopleCommands,
    PeriodCommands,
    JobCommands,
    RefundCommands,
):
    """One ledger: its events, its vault, and every command on it."""

    @classmethod
    def create(
        cls,
        place: Location,
        fund: str,
        currency: str,
        purpose: Literal["live", "demo"] = "live",
        **options: Any,  # noqa: ANN401 - what the constructor takes
    ) -> Self:
        """Make what a new ledger needs and record its opening."""
        # What would be refused is refused before there are any files.
        today = danish_day(options.get("clock", now)())
        rules = shelter_refund_rules()
        agreement.open_ledger(LawState(), fund, currency, purpose, rules, today)
        if not location.holds_a_ledger(place):
            key_file = location.key_file_of(place, options.get("key_file"))
            if not key_file.exists():
                vault.make_key_file(key_file)
            folder = folder_of(place, key_file)
            checkpoint_key = options.get("checkpoint_key") or folder / CHECKPOINT_KEY_FILE
            if not checkpoint_key.exists():
                checkpoint.make_key_files(checkpoint_key)
            location.create(place, options.get("clock", now))
        ledger = cls(place, **options)
        ledger._run(
            ["init", fund, currency, purpose],
            lambda: agreement.open_ledger(ledger.law(), fund, currency, purpose, rules, today),
        )
        return ledger
