"""Every check of the books can fail: books are tampered with, and so is the code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import update

from ledger import events as e
from ledger.decide import assessment, fund, guarantee
from ledger.decide.state import AgreementState
from ledger.events import Recorded
from ledger.money import Amount, Exact
from ledger.parties import Role
from ledger.policy import entitlement
from ledger.policy.caps import OwedBy
from ledger.terms.caps import Cap
from ledger.working import Scope
from projections import posting
from projections import views as v
from projections.follow import Views
from projections.posting import Account
from tests.books import Books, Entry, check_rebuild, read_books
from tests.histories import play, scratch
from tests.invariants import (
    INVARIANTS,
    a_guarantee_covers_no_more_than_it_says_and_nothing_that_is_no_loss,
    a_provision_is_what_is_committed_and_not_drawn,
    check_books,
    every_book_balances,
    every_event_balances_in_each_book,
    no_cap_is_exceeded,
    no_entitlement_is_paid_twice,
    only_capital_paid_in_earns,
    what_a_claim_is_worth_is_what_was_posted_for_it,
    what_a_owes_b_is_what_b_is_owed_by_a,
    what_is_settled_and_what_is_owed_is_what_was_decided,
)

_E = TypeVar("_E", bound=e.Event)

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


def _uncapped(_caps: object, _outcome: object, owed: OwedBy, *_rest: object, shown: bool) -> object:
    del shown
    return Exact.of(owed), ()


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
