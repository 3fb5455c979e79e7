"""Every invariant of the books, checked after every step of random histories.

A check takes the books as they stand and raises `AssertionError`. The last tests here tamper with
books, and with the code, to show that each check can fail.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

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
from sqlalchemy import update

from ledger import events as e
from ledger.decide import assessment, fund, guarantee
from ledger.decide.refusal import (
    AgainstTerms,
    AlreadyDone,
    BeyondAppropriation,
    FileRefused,
    FourEyes,
    NotFound,
    OutOfOrder,
)
from ledger.decide.state import AgreementState
from ledger.events import Recorded
from ledger.model import Position
from ledger.money import Amount
from ledger.parties import Recognition, Role
from ledger.policy import entitlement
from ledger.store.log import EventLog
from ledger.terms.caps import Cap
from ledger.working import Part, Scope, Working
from projections import posting
from projections import views as v
from projections.follow import Views
from projections.posting import MIRROR, Account
from tests.histories import OPERATIONS, RandomHistory, play, scratch
from tests.trials import parts

WORKERS = 4
"""In so many tests the histories are drawn."""
EXAMPLES = 30
STEPS = 30
REBUILD_EVERY = 5

_E = TypeVar("_E", bound=e.Event)

Owed = tuple[str, str, Role, str]
"""Agreement, payer, the role it pays in, payee."""


# --- what is checked ----------------------------------------------------------------------------


class Entry(NamedTuple):
    """A line of the journal view; the amount in minor units, debit above zero."""

    position: int
    agreement: str
    book: str
    role: Role
    account: Account
    counterparty: str
    amount: int


@dataclass(frozen=True, slots=True)
class Books:
    """The events of a ledger, and the lines that its journal view holds."""

    events: tuple[Recorded, ...]
    entries: tuple[Entry, ...]

    def each(self, kind: type[_E]) -> Iterator[tuple[Recorded, _E]]:
        """The events of one kind, with where and when."""
        for recorded in self.events:
            if isinstance(recorded.event, kind):
                yield recorded, recorded.event


def read_books(history: RandomHistory, views: Views) -> Books:
    """The books as they stand, once the views have caught up."""
    views.catch_up(history.ledger().log)
    entries = tuple(
        Entry(position, agreement, book, Role(role), Account(account), counterparty, amount)
        for position, _, agreement, book, role, account, counterparty, _, amount, *_ in views.rows(
            v.line
        )
    )
    return Books(tuple(history.events()), entries)


# --- the invariants -----------------------------------------------------------------------------


def every_event_balances_in_each_book(books: Books) -> None:
    sums: Counter[tuple[int, str]] = Counter()
    for entry in books.entries:
        sums[entry.position, entry.book] += entry.amount
    assert not +sums, sums
    assert not -sums, sums


def every_book_balances(books: Books) -> None:
    sums: Counter[str] = Counter()
    for entry in books.entries:
        sums[entry.book] += entry.amount
    assert not any(sums.values()), sums


def what_a_owes_b_is_what_b_is_owed_by_a(books: Books) -> None:
    sums: Counter[tuple[str, str, Account, str]] = Counter()
    for entry in books.entries:
        if entry.counterparty:
            sums[entry.agreement, entry.book, entry.account, entry.counterparty] += entry.amount
        else:
            assert entry.account not in MIRROR, entry
    for (agreement, book, account, counterparty), amount in list(sums.items()):
        mirrored = sums[agreement, counterparty, MIRROR[account], book]
        assert amount == -mirrored, (agreement, book, account, counterparty, amount, mirrored)


def what_a_claim_is_worth_is_what_was_posted_for_it(books: Books) -> None:
    """The parts last decided are the sum of the differences posted, however often corrected."""
    decided: dict[str, Counter[Owed]] = {}
    posted: dict[str, Counter[Owed]] = defaultdict(Counter)
    claims: dict[int, str] = {}
    for recorded, entitled in books.each(e.EntitlementCalculated):
        agreement = recorded.stream.removeprefix("agreement/")
        claims[recorded.position] = entitled.claim
        parts = decided[entitled.claim] = Counter[Owed]()
        for part in entitled.parts:
            parts[agreement, part.payer, part.role, part.payee] += part.amount.minor
        assert entitled.total.minor == sum(parts.values()), entitled
    for recorded, adjusted in books.each(e.AdjustmentDecided):
        agreement = recorded.stream.removeprefix("agreement/")
        claims[recorded.position] = adjusted.adjustment
        parts = decided[adjusted.adjustment] = Counter[Owed]()
        for part in adjusted.parts:
            parts[agreement, part.payer, part.role, part.payee] += part.amount.minor
    for entry in books.entries:
        if entry.account is Account.OUTCOME_EXPENSE:
            owed = (entry.agreement, entry.book, entry.role, entry.counterparty)
            posted[claims[entry.position]][owed] += entry.amount
    # Counters are equal if they differ only in zeros.
    assert decided == {claim: posted[claim] for claim in decided}


def no_cap_is_exceeded(books: Books) -> None:
    caps = {
        recorded.stream: signed.terms.caps for recorded, signed in books.each(e.AgreementSigned)
    }
    worth = {
        (recorded.stream, entitled.subject or "", entitled.claim): entitled.total.minor
        for recorded, entitled in books.each(e.EntitlementCalculated)
    }
    by_person: Counter[tuple[str, str]] = Counter()
    by_agreement: Counter[str] = Counter()
    for (stream, subject, _), total in worth.items():
        if subject:  # a cohort is nobody
            by_person[stream, subject] += total
        by_agreement[stream] += total
    for (stream, subject), total in by_person.items():
        for cap in caps[stream]:
            assert cap.scope != "person" or total <= (cap.limit or Amount(0)).minor, (
                stream,
                subject,
                total,
                cap,
            )
    for stream, total in by_agreement.items():
        for cap in caps[stream]:
            assert cap.scope != "agreement" or total <= (cap.limit or Amount(0)).minor, (
                stream,
                total,
                cap,
            )


def no_entitlement_is_paid_twice(books: Books) -> None:
    """An item is one payer's difference to one payee, whole, and stands in one payment at most."""
    differences = {
        (recorded.position, part.payer, part.role, part.payee): part.amount
        for recorded, entitled in books.each(e.EntitlementCalculated)
        for part in entitled.difference
    }
    for recorded in books.events:
        if isinstance(
            recorded.event, e.GuaranteeCalled | e.GuaranteeReversed | e.AdjustmentDecided
        ):
            for (_, payer, role, payee), amount in _decided(recorded):
                known = differences.get((recorded.position, payer, role, payee), Amount(0))
                differences[recorded.position, payer, role, payee] = known + amount
    proposals: dict[str, e.PaymentProposed] = {}
    for recorded in books.events:
        _follow(differences, proposals, recorded)


_Differences = dict[tuple[Position, str, Role, str], Amount]


def _follow(
    differences: _Differences, proposals: dict[str, e.PaymentProposed], recorded: Recorded
) -> None:
    """What is proposed or demanded is taken out; what came to nothing is put back."""
    match recorded.event:
        case e.PaymentProposed() as proposed:
            # Taken out when met, so a second payment finds nothing.
            _take_out(differences, proposed, proposed.items)
            owed = sum(item.amount.minor for item in proposed.items)
            assert proposed.amount.minor == owed > 0, proposed
            proposals[proposed.payment] = proposed
        case e.ClawbackDemanded(items=items) as demanded:
            _take_out(differences, demanded, items)
        case e.PaymentCancelled(payment=payment):
            _put_back(differences, proposals[payment], proposals[payment].amount, recorded)
        case e.PaymentFailed() | e.PaymentRecalled() | e.PaymentReturned() as over:
            _put_back(differences, proposals[over.payment], over.amount, recorded)
        case e.ReturnReversed(payment=payment):
            _take_out(differences, proposals[payment], proposals[payment].items)
        case e.ClawbackWithdrawn() as withdrawn:
            key = (recorded.position, withdrawn.payer, withdrawn.role, withdrawn.payee)
            differences[key] = -withdrawn.amount


def _take_out(
    differences: _Differences,
    event: e.PaymentProposed | e.ClawbackDemanded,
    items: tuple[e.PaymentItem, ...],
) -> None:
    for item in items:
        key = (item.entitlement_at, event.payer, event.role, event.payee)
        assert differences.pop(key, None) == item.amount, (event, item)


def _put_back(
    differences: _Differences, proposed: e.PaymentProposed, amount: Amount, recorded: Recorded
) -> None:
    """What a payment did not pay is to be paid: its own items, or what is left as one."""
    owed = (proposed.payer, proposed.role, proposed.payee)
    if amount != proposed.amount:
        differences[recorded.position, *owed] = amount
        return
    for item in proposed.items:
        assert (item.entitlement_at, *owed) not in differences, proposed
        differences[item.entitlement_at, *owed] = item.amount


def what_is_settled_and_what_is_owed_is_what_was_decided(books: Books) -> None:
    """Per payer and payee; and for capital, per investor and provider."""
    decided: Counter[Owed] = Counter()
    settled: Counter[Owed] = Counter()
    payable: Counter[Owed] = Counter()
    for recorded in books.events:
        for owed, amount in _decided(recorded):
            decided[owed] += amount.minor
        for owed, amount in _settled(recorded):
            settled[owed] += amount.minor
    for entry in books.entries:
        if entry.account is Account.PAYABLE:
            payable[entry.agreement, entry.book, entry.role, entry.counterparty] -= entry.amount
    for owed in payable.keys() | decided.keys() | settled.keys():
        assert settled[owed] + payable[owed] == decided[owed], owed


def _decided(recorded: Recorded) -> Iterator[tuple[Owed, Amount]]:
    """What an event adds to what somebody owes somebody."""
    agreement = recorded.stream.removeprefix("agreement/")
    match recorded.event:
        case e.EntitlementCalculated(difference=parts) | e.AdjustmentDecided(parts=parts):
            for part in parts:
                yield (agreement, part.payer, part.role, part.payee), part.amount
        case e.DrawdownCalled(parts=drawns, provider=provider):
            for drawn in drawns:
                yield (agreement, drawn.investor, Role.INVESTOR, provider), drawn.amount
        case e.GuaranteeCalled(parts=losses, guarantor=guarantor):
            for loss in losses:
                yield (agreement, guarantor, Role.GUARANTOR, loss.investor), loss.amount
        case e.GuaranteeReversed(parts=returns, guarantor=guarantor):
            for each in returns:
                yield (agreement, guarantor, Role.GUARANTOR, each.investor), -each.set_off
                yield (agreement, each.investor, Role.INVESTOR, guarantor), each.owed_back
        case _:
            yield from _no_longer_set_off(agreement, recorded.event)


def _no_longer_set_off(agreement: str, event: e.Event) -> Iterator[tuple[Owed, Amount]]:
    """What a payee owes back leaves what the payer owes it when it is demanded or given up."""
    match event:
        case e.ClawbackDemanded() | e.WrittenOff(demand=None) as back:
            yield (agreement, back.payer, back.role, back.payee), back.amount
        case e.ClawbackWithdrawn() as back:
            yield (agreement, back.payer, back.role, back.payee), -back.amount


def _settled(recorded: Recorded) -> Iterator[tuple[Owed, Amount]]:
    """What an event says that somebody paid somebody."""
    agreement = recorded.stream.removeprefix("agreement/")
    match recorded.event:
        case e.PaymentSettled() as paid:
            yield (agreement, paid.payer, paid.role, paid.payee), paid.amount
        case e.ReturnReversed() as kept:
            yield (agreement, kept.payer, kept.role, kept.payee), kept.amount
        case e.PaymentReturned() | e.SettlementReversed() as back:
            yield (agreement, back.payer, back.role, back.payee), -back.amount
        case e.CapitalReceived() as paid_in:
            owed = (agreement, paid_in.investor, Role.INVESTOR, paid_in.provider)
            yield owed, paid_in.amount
        case e.CapitalReversed() as gone:
            owed = (agreement, gone.investor, Role.INVESTOR, gone.provider)
            yield owed, -gone.amount


def only_capital_paid_in_earns(books: Books) -> None:
    """Every part is above zero, and goes to an investor whose capital was in by that day."""
    capital: dict[tuple[str, str], list[date]] = defaultdict(list)
    for recorded in books.events:
        match recorded.event:
            case e.CapitalReceived(investor=investor):
                capital[recorded.stream, investor].append(recorded.effective_on)
            case e.EntitlementCalculated(parts=parts, achieved_on=achieved_on):
                for part in parts:
                    paid_in = capital[recorded.stream, part.payee]
                    assert part.amount.minor > 0, part
                    assert any(day <= achieved_on for day in paid_in), part


def a_guarantee_covers_no_more_than_it_says_and_nothing_that_is_no_loss(  # noqa: C901
    books: Books,
) -> None:
    """As soon as an assessment is over, whatever it decided after the call."""
    limits = {
        recorded.stream: signed.terms.guarantee.amount.minor
        for recorded, signed in books.each(e.AgreementSigned)
        if signed.terms.guarantee
    }
    covered, paid_in = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    worth: dict[str, tuple[str, tuple[Part, ...]]] = {}
    for recorded in books.events:
        match recorded.event:
            case e.CapitalReceived(investor=investor, amount=amount):
                paid_in[recorded.stream, investor] += amount.minor
            case e.EntitlementCalculated(claim=claim, parts=parts):
                worth[claim] = (recorded.stream, parts)
            case e.AdjustmentDecided(adjustment=adjustment, parts=parts):
                worth[adjustment] = (recorded.stream, parts)
            case e.GuaranteeCalled(parts=losses):
                for loss in losses:
                    covered[recorded.stream, loss.investor] += loss.amount.minor
            case e.GuaranteeReversed(parts=returns):
                for each in returns:
                    back = each.set_off + each.owed_back
                    covered[recorded.stream, each.investor] -= back.minor
    entitled = Counter[tuple[str, str]]()
    for stream, owed in worth.values():
        for part in owed:
            entitled[stream, part.payee] += part.amount.minor
    by_agreement = Counter[str]()
    for (stream, investor), minor in covered.items():
        assert 0 <= minor <= max(0, paid_in[stream, investor] - entitled[stream, investor])
        by_agreement[stream] += minor
    assert all(minor <= limits[stream] for stream, minor in by_agreement.items()), by_agreement


def a_provision_is_what_is_committed_and_not_drawn(books: Books) -> None:
    """By 2.2.11; by 2.2.10 there is none. No year has more committed than appropriated."""
    undrawn, left = Counter[str](), Counter[int]()
    for recorded in books.events:
        year = recorded.effective_on.year
        match recorded.event:
            case e.AppropriationGranted(year=of, amount=amount):
                left[of] += amount.minor
            case e.CommitmentGiven() as given:
                left[year] -= given.amount.minor
                undrawn[_whole(given)] += given.amount.minor
            case e.CommitmentReestimated() as changed:
                left[year] -= (changed.amount - changed.before).minor
                undrawn[_whole(changed)] += (changed.amount - changed.before).minor
            case e.CommitmentAnnulled() as annulled:
                left[year] += annulled.amount.minor
                undrawn[_whole(annulled)] -= annulled.amount.minor
            case e.CommitmentDrawn() as drawn:
                undrawn[_whole(drawn)] -= drawn.amount.minor
        assert all(minor >= 0 for minor in [*left.values(), *undrawn.values()])
    provisions, expenses = Counter[str](), Counter[str]()
    for entry in books.entries:
        if entry.account is Account.PROVISION:
            provisions[entry.agreement] -= entry.amount
        if entry.account is Account.COMMITMENT_EXPENSE:
            expenses[entry.agreement] += entry.amount
    undrawn.pop("", None)
    assert provisions == undrawn == expenses


def _whole(
    event: e.CommitmentGiven | e.CommitmentReestimated | e.CommitmentAnnulled | e.CommitmentDrawn,
) -> str:
    """The agreement of a commitment that is expensed when given; nothing for another."""
    return event.agreement if event.recognition is Recognition.COMMITMENT else ""


INVARIANTS: tuple[Callable[[Books], None], ...] = (
    every_event_balances_in_each_book,
    every_book_balances,
    what_a_owes_b_is_what_b_is_owed_by_a,
    what_a_claim_is_worth_is_what_was_posted_for_it,
    no_cap_is_exceeded,
    no_entitlement_is_paid_twice,
    what_is_settled_and_what_is_owed_is_what_was_decided,
    only_capital_paid_in_earns,
    a_guarantee_covers_no_more_than_it_says_and_nothing_that_is_no_loss,
    a_provision_is_what_is_committed_and_not_drawn,
)


def check_books(books: Books) -> None:
    """Hold the books against every invariant."""
    for holds in INVARIANTS:
        holds(books)


def check_rebuild(views: Views, log: EventLog) -> None:
    """Views that followed the events step by step are those that one rebuild makes."""
    views.catch_up(log)
    followed = {table.name: views.rows(table) for table in v.metadata.sorted_tables}
    views.rebuild(log)
    for table in v.metadata.sorted_tables:
        assert views.rows(table) == followed[table.name], table.name


# --- random histories ---------------------------------------------------------------------------


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


@pytest.mark.parametrize("worker", parts(2, WORKERS))
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


# --- the histories, and the checks, are worth something -----------------------------------------


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


# --- every check can fail -----------------------------------------------------------------------


Tamper = Callable[[Books], Books]


def _entries(books: Books, change: Callable[[Entry], Entry | None]) -> Books:
    """The books with each entry changed, or left out where the change gives None."""
    changed = (change(entry) for entry in books.entries)
    return replace(books, entries=tuple(entry for entry in changed if entry is not None))


def _event(books: Books, old: Recorded, new: e.Event) -> Books:
    """The books with one event replaced."""
    changed = (replace(each, event=new) if each is old else each for each in books.events)
    return replace(books, events=tuple(changed))


def _last(books: Books, kind: type[_E]) -> tuple[Recorded, _E]:
    return list(books.each(kind))[-1]


def _last_entitlement(books: Books) -> tuple[Recorded, e.EntitlementCalculated]:
    """The last that is worth something, and was not before."""
    entitlements = books.each(e.EntitlementCalculated)
    return [each for each in entitlements if each[1].parts and each[1].difference][-1]


def _an_oere_too_much(books: Books) -> Books:
    last = books.entries[-1]
    return _entries(books, lambda x: x._replace(amount=x.amount + 1) if x is last else x)


def _a_line_in_the_wrong_book(books: Books) -> Books:
    last = books.entries[-1]
    return _entries(books, lambda x: x._replace(book="somebody") if x is last else x)


def _a_book_left_out_of_an_event(books: Books) -> Books:
    last = books.entries[-1]
    here = (last.position, last.book)
    return _entries(books, lambda x: None if (x.position, x.book) == here else x)


def _owed_to_somebody_else(books: Books) -> Books:
    """Both lines of one book name another counterparty, so the book still balances."""
    last = next(x for x in reversed(books.entries) if x.account is Account.OUTCOME_EXPENSE)
    here = (last.position, last.book, last.counterparty)
    return _entries(
        books,
        lambda x: (
            x._replace(counterparty="somebody")
            if (x.position, x.book, x.counterparty) == here
            else x
        ),
    )


def _an_entitlement_posted_whole_again(books: Books) -> Books:
    recorded, _ = _last_entitlement(books)
    again = tuple(x for x in books.entries if x.position == recorded.position)
    return replace(books, entries=books.entries + again)


def _a_settlement_posted_again(books: Books) -> Books:
    recorded, _ = _last(books, e.PaymentSettled)
    again = tuple(x for x in books.entries if x.position == recorded.position)
    return replace(books, entries=books.entries + again)


def _a_total_that_is_not_its_parts(books: Books) -> Books:
    recorded, last = _last_entitlement(books)
    return _event(books, recorded, last.model_copy(update={"total": last.total + Amount(1)}))


def _a_part_below_zero(books: Books) -> Books:
    recorded, last = _last_entitlement(books)
    part = last.parts[0].model_copy(update={"amount": Amount(-1)})
    return _event(books, recorded, last.model_copy(update={"parts": (part, *last.parts[1:])}))


def _no_capital(books: Books) -> Books:
    kept = (each for each in books.events if not isinstance(each.event, e.CapitalReceived))
    return replace(books, events=tuple(kept))


def _uncapped(_caps: object, _outcome: object, owed: object, *_rest: object, shown: bool) -> object:
    del shown
    return owed, ()


def _a_lower_cap(scope: Scope) -> Tamper:
    def tamper(books: Books) -> Books:
        for recorded, signed in books.each(e.AgreementSigned):
            caps = (Cap(scope=scope, limit=Amount(1)),)
            terms = signed.terms.model_copy(update={"caps": caps})
            books = _event(books, recorded, signed.model_copy(update={"terms": terms}))
        return books

    return tamper


def _an_entitlement_in_two_payments(books: Books) -> Books:
    recorded, proposed = _last(books, e.PaymentProposed)
    again = proposed.model_copy(update={"payment": "again"})
    return replace(books, events=(*books.events, replace(recorded, event=again)))


def _a_payment_of_more_than_its_items(books: Books) -> Books:
    recorded, proposed = _last(books, e.PaymentProposed)
    more = proposed.model_copy(update={"amount": proposed.amount + Amount(1)})
    return _event(books, recorded, more)


def _books_of(number: int) -> Books:
    """The books of a seed's history."""
    with scratch() as folder:
        history = play(Path(folder), number, steps=30)
        views = Views(Path(folder) / "views.sqlite")
        books = read_books(history, views)
        views.close()
        history.close()
    return books


@pytest.fixture(scope="module")
def sound_books() -> Books:
    """The books of a history that came as far as settling a payment."""
    return next(
        books for number in range(100) if any((books := _books_of(number)).each(e.PaymentSettled))
    )


@pytest.mark.parametrize(
    ("tamper", "broken"),
    [
        (_an_oere_too_much, every_event_balances_in_each_book),
        (_an_oere_too_much, every_book_balances),
        (_a_line_in_the_wrong_book, every_event_balances_in_each_book),
        (_a_line_in_the_wrong_book, every_book_balances),
        (_a_book_left_out_of_an_event, what_a_owes_b_is_what_b_is_owed_by_a),
        (_owed_to_somebody_else, what_a_owes_b_is_what_b_is_owed_by_a),
        (_owed_to_somebody_else, what_a_claim_is_worth_is_what_was_posted_for_it),
        (_an_entitlement_posted_whole_again, what_a_claim_is_worth_is_what_was_posted_for_it),
        (_an_entitlement_posted_whole_again, what_is_settled_and_what_is_owed_is_what_was_decided),
        (_a_settlement_posted_again, what_is_settled_and_what_is_owed_is_what_was_decided),
        (_a_total_that_is_not_its_parts, what_a_claim_is_worth_is_what_was_posted_for_it),
        (_a_lower_cap("person"), no_cap_is_exceeded),
        (_a_lower_cap("agreement"), no_cap_is_exceeded),
        (_a_part_below_zero, only_capital_paid_in_earns),
        (_no_capital, only_capital_paid_in_earns),
        (_an_entitlement_in_two_payments, no_entitlement_is_paid_twice),
        (_a_payment_of_more_than_its_items, no_entitlement_is_paid_twice),
    ],
)
def test_tampered_books_are_caught(
    sound_books: Books, tamper: Tamper, broken: Callable[[Books], None]
) -> None:
    check_books(sound_books)
    with pytest.raises(AssertionError):
        broken(tamper(sound_books))


def test_a_view_that_differs_from_a_rebuild_is_caught() -> None:
    with scratch() as folder:
        history = play(Path(folder), 0, steps=5)
        views = Views(Path(folder) / "views.sqlite")
        read_books(history, views)
        with views.engine.begin() as connection:
            connection.execute(update(v.capital).values(called=v.capital.c.called + 1))
        with pytest.raises(AssertionError, match=v.capital.name):
            check_rebuild(views, history.ledger().log)
        views.close()
        history.close()


def _paid_by_nobody(
    payer: tuple[str, Role], payee: tuple[str, Role], amount: Amount
) -> Iterator[object]:
    """The payee's half of a payment's lines."""
    yield from list(_PAY(payer, payee, amount))[2:]


def _proposed_again(state: AgreementState, recorded: Recorded) -> None:
    """A payment's entitlements stay open, to be proposed once more."""
    unproposed = dict(state.unproposed)
    _APPLY_PAYMENT(state, recorded)
    state.unproposed.update(unproposed)


_PAY = posting._pay  # noqa: SLF001 - to break it
_APPLY_PAYMENT = AgreementState._apply_payment  # noqa: SLF001 - to break it


@pytest.mark.parametrize(
    ("where", "name", "mutant", "broken"),
    [
        (
            assessment,
            "difference",
            lambda before, after: after,  # noqa: ARG005 - as the function is called
            what_a_claim_is_worth_is_what_was_posted_for_it,
        ),
        (entitlement, "capped", _uncapped, no_cap_is_exceeded),
        (posting, "_pay", _paid_by_nobody, what_a_owes_b_is_what_b_is_owed_by_a),
        (AgreementState, "_apply_payment", _proposed_again, no_entitlement_is_paid_twice),
        (
            guarantee,
            "reversal",
            lambda *_: [],
            a_guarantee_covers_no_more_than_it_says_and_nothing_that_is_no_loss,
        ),
        (posting, "_provide", lambda _: (), a_provision_is_what_is_committed_and_not_drawn),
        (fund, "_within", lambda *_: None, a_provision_is_what_is_committed_and_not_drawn),
    ],
    ids=[
        "correction posted whole",
        "no caps",
        "half a payment",
        "proposed again",
        "guarantee kept",
        "nothing provided",
        "beyond the appropriation",
    ],
)
def test_broken_code_is_caught(
    monkeypatch: pytest.MonkeyPatch,
    where: object,
    name: str,
    mutant: Callable[..., object],
    broken: Callable[[Books], None],
) -> None:
    monkeypatch.setattr(where, name, mutant)
    assert any(broken in _broken(number) for number in range(40))


def _broken(number: int) -> list[Callable[[Books], None]]:
    """The invariants that the history of a seed breaks."""
    books = _books_of(number)
    found = []
    for holds in INVARIANTS:
        try:
            holds(books)
        except AssertionError:
            found.append(holds)
    return found
