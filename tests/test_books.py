"""After every step of random histories, which reach every corner, the books are in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from ledger import events as e
from ledger.decide.refusal import (
    AgainstTerms,
    AlreadyDone,
    BeyondAppropriation,
    FileRefused,
    FourEyes,
    NotFound,
    OutOfOrder,
)
from ledger.parties import Role
from ledger.working import Working
from projections.follow import Views
from tests.books import check_rebuild, read_books
from tests.histories import OPERATIONS, RandomHistory, play, scratch
from tests.invariants import check_books
from tests.trials import parts

WORKERS = 4
"""In so many tests the histories are drawn."""
EXAMPLES = 30
STEPS = 30
REBUILD_EVERY = 5


class HistoryMachine(RuleBasedStateMachine):
    """Any order of anybody's commands leaves the books in order."""

    @initialize(seed=st.integers(0, 999))
    def opens_for_business(self, seed: int) -> None:
        self.folder = scratch()
        path = Path(self.folder.name)
        self.history = RandomHistory(path, Random(seed))  # noqa: S311 - a tale, not a secret
        self.views = Views(path / "views.sqlite")
        self.checked_at = self.checks = 0
        self.history.open_for_business()

    # One rule for all: hypothesis leaves rules out of a history at random, and a history without
    # assessments, say, has no money in it.
    @rule(operation=st.sampled_from(OPERATIONS), seed=st.integers(0, 999))
    def somebody_acts(self, operation: Callable[[RandomHistory], None], seed: int) -> None:
        self.history.random = Random(seed)  # noqa: S311 - a tale, not a secret
        operation(self.history)

    @invariant()
    def the_books_are_in_order(self) -> None:
        log = self.history.ledger().log
        head = log.head()[0]
        if head == self.checked_at:
            return
        check_books(read_books(self.history, self.views))
        self.checks += 1
        if self.checks % REBUILD_EVERY == 0:
            check_rebuild(self.views, log)
        self.checked_at = head

    def teardown(self) -> None:
        for told in self.history.told:
            note(told)
        self.views.close()
        self.history.close()
        self.folder.cleanup()


@pytest.mark.parametrize("worker", parts(1, WORKERS))
def test_after_every_step_the_books_are_in_order(worker: int) -> None:
    run_state_machine_as_test(
        seed(worker)(HistoryMachine),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            # Shrinking a history takes minutes; the tale that broke the books is short enough.
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )


def _of_pages(*pages: str) -> set[type[e.Event]]:
    """Every event on some pages of the language."""
    return {kind for kind in e.EVENTS.values() if kind.__module__.rpartition(".")[2] in pages}


PLAYED_BY_JOBS = _of_pages("jobs", "refunds")
"""In tests/desk/test_jobs.py, where the other verifier reads all of them, and beside it."""
PLAYED_ELSEWHERE = (
    PLAYED_BY_JOBS
    | _of_pages("people", "periods", "sampling")
    | {
        *(e.SubjectErased, e.AgreementAmended, e.EnrolmentCorrected, e.SpellCorrected),
        *(e.PayeeAccountSet, e.PayeeAccountConfirmed, e.PaymentPolicySet, e.PaymentFileMade),
        *(e.PaymentCancelled, e.PaymentAcknowledged, e.PaymentFailed),
        *(e.BankLineMatched, e.ReturnReversed),
        *(e.PaymentRecallRequested, e.PaymentRecalled, e.PaymentRecallRefused),
        *(e.ClawbackDemanded, e.ClawbackRepaid, e.RepaymentReversed, e.ClawbackWithdrawn),
        *(e.WriteOffProposed, e.WrittenOff),
    }
)
"""In test_erasing.py, and in test_amendments.py, test_owing.py and test_bank.py of tests/ledger,
and in tests/corrections."""

CORNERS = {
    "a correction below zero",
    "an entitlement cut by the cap of the person",
    "an entitlement cut by the cap of the agreement",
    "an open stay ended",
    "capital by bank",
    "capital by command",
    "a bank line that matched nothing",
    "a payment to oneself",
    "a payment less what was paid too much before",
    "a call given back to the guarantor",
    "a call set off",
    *(kind.__name__ for kind in e.EVENTS.values() if kind not in PLAYED_ELSEWHERE),
    *(kind.__name__ for kind in (AgainstTerms, AlreadyDone, FileRefused, FourEyes, NotFound)),
    BeyondAppropriation.__name__,
    OutOfOrder.__name__,
}
"""What random histories must meet, or they prove little: every event, every refusal, and these."""


def _met(event: e.Event) -> Iterator[str]:
    """The corners that an event is in."""
    yield type(event).__name__
    match event:
        case e.EntitlementCalculated():
            yield from _met_by_entitlement(event)
        case e.PaymentProposed(payer=payer, payee=payee, items=items):
            if event.role is Role.INVESTOR:
                yield "a call given back to the guarantor"
            if payer == payee:
                yield "a payment to oneself"
            if any(item.amount.minor < 0 for item in items):
                yield "a payment less what was paid too much before"
        case e.GuaranteeReversed(parts=parts) if any(part.set_off for part in parts):
            yield "a call set off"
        case e.StayRecorded(closes=int()):
            yield "an open stay ended"
        case e.CapitalReceived(bank_line=bank_line):
            yield "capital by bank" if bank_line else "capital by command"
        case e.BankLineSeen(matched=None):
            yield "a bank line that matched nothing"


def _met_by_entitlement(event: e.EntitlementCalculated) -> Iterator[str]:
    if event.corrects and any(part.amount.minor < 0 for part in event.difference):
        yield "a correction below zero"
    if isinstance(event.working, Working):
        for cap in event.working.caps:
            if cap.cut:
                yield f"an entitlement cut by the cap of the {cap.scope}"


def test_random_histories_reach_every_corner() -> None:
    met: Counter[str] = Counter()
    for number in range(60):
        with scratch() as folder:
            history = play(Path(folder), number, steps=30)
            met.update(corner for recorded in history.events() for corner in _met(recorded.event))
            met.update(refusal.__name__ for refusal in history.refused)
            history.close()
    missing = CORNERS - met.keys()
    assert not missing, met
