"""Every invariant of the books: a check takes them as they stand and raises `AssertionError`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date

from ledger import events as e
from ledger.events import Recorded
from ledger.model import Position
from ledger.money import Amount
from ledger.parties import Recognition, Role
from ledger.working import Part
from projections.posting import MIRROR, Account
from tests.books import Books

Owed = tuple[str, str, Role, str]
"""Agreement, payer, the role it pays in, payee."""


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
