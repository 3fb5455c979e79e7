"""Every krone that is owed is in one place, whatever people and banks do with payments.

Commands are decided on a state that is folded from their own events, and beside it stands a naive
model: a few numbers per payment and demand, changed as the field's words say. Both must agree on
what is allowed, on what is owed where, and with the books of both parties.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest

from ledger import events as e
from ledger.decide import clawback, payees, payment
from ledger.decide.payees import PolicyState
from ledger.decide.state import AgreementState
from ledger.money import Amount
from tests.ledger.owing import Owing
from tests.ledger.tally import PAYABLES

TALES = 300
STEPS = 100
PEOPLE = ("carla", "dora", "dan", "petra", "paul")
AGREEING = ("anna", "carla", "carla")
AMOUNTS = (1, 19, 20, 77, 499, 500, 501, 1234)

MONEY_EVENTS = (
    *(e.PaymentProposed, e.PaymentApproved, e.PaymentCancelled, e.PaymentInstructed),
    *(e.PaymentAcknowledged, e.PaymentFailed, e.PaymentRecallRequested, e.PaymentRecalled),
    *(e.PaymentRecallRefused, e.PaymentSettled, e.SettlementReversed, e.PaymentReturned),
    *(e.PayeeAccountSet, e.PayeeAccountConfirmed, e.ClawbackDemanded, e.ClawbackRepaid),
    *(e.RepaymentReversed, e.ClawbackWithdrawn, e.WriteOffProposed, e.WrittenOff),
)
"""What the tales must reach."""


def _even(random: Random) -> bool:
    return random.random() < 0.5


OPERATIONS: tuple[tuple[Callable[[Owing, Random], None], int], ...] = (
    (
        lambda m, r: m.an_outcome_is_decided(
            r.choice(PAYABLES), r.choice(AMOUNTS), r.choice((1, 1, -1))
        ),
        6,
    ),
    (lambda m, _: m.all_that_is_owed_is_proposed(), 5),
    (lambda m, r: m.somebody_approves(r.randrange(99), r.choice(PEOPLE)), 10),
    (lambda m, r: m.somebody_sends(r.randrange(99), r.choice(PEOPLE), in_file=_even(r)), 6),
    (lambda m, r: m.a_payment_is_cancelled(r.randrange(99)), 1),
    (lambda m, r: m.petra_sets_the_account(r.randrange(2)), 2),
    (lambda m, r: m.somebody_confirms_the_account(r.choice(("petra", "paul")), r.randrange(2)), 8),
    (lambda m, r: m.days_go_by(r.choice((1, 2))), 8),
    (lambda m, r: m.the_bank_has_it(r.randrange(99)), 1),
    (lambda m, r: m.the_bank_refuses_it(r.randrange(99)), 1),
    (lambda m, r: m.the_bank_is_asked_to_stop_it(r.randrange(99)), 4),
    (lambda m, r: m.the_bank_answers(r.randrange(99), r.choice((None, "too late"))), 4),
    (lambda m, r: m.the_bank_pays(r.randrange(99), r.choice((1, 7, None, None, None))), 5),
    (lambda m, r: m.a_line_was_something_else(r.randrange(99)), 1),
    (lambda m, r: m.money_comes_back(r.randrange(99), r.choice((1, None, None))), 3),
    (lambda m, r: m.a_debt_is_demanded(r.choice(PAYABLES)), 3),
    (lambda m, r: m.a_payee_pays_back(r.randrange(99), r.choice((1, None, None))), 3),
    (lambda m, r: m.a_repayment_was_something_else(r.randrange(99)), 1),
    (lambda m, r: m.a_demand_is_set_off_after_all(r.randrange(99)), 1),
    (
        lambda m, r: m.giving_up_is_proposed(
            r.randrange(99), r.choice(PAYABLES), of_a_demand=r.random() < 0.5
        ),
        3,
    ),
    (
        lambda m, r: m.somebody_agrees_to_give_up(r.randrange(99), r.choice(AGREEING)),
        4,
    ),
)
"""What people and banks do, and how often."""


def play_all() -> Counter[type[e.Event]]:
    """Many tales; how often each event was met."""
    met: Counter[type[e.Event]] = Counter()
    for seed in range(TALES):
        met += play(seed).met
    return met


def play(seed: int) -> Owing:
    """A tale of what people and banks do, held against the model after each step."""
    random = Random(seed)  # noqa: S311 - a tale, not a secret
    owing = Owing(random)
    acts, weights = zip(*OPERATIONS, strict=True)
    for act in random.choices(acts, weights, k=STEPS):
        act(owing, random)
        owing.every_krone_is_in_one_place()
        owing.the_books_balance_and_mirror_each_other()
        owing.the_state_says_the_same()
    return owing


def test_every_krone_that_is_owed_is_in_one_place() -> None:
    met = play_all()
    assert met.keys() >= set(MONEY_EVENTS), set(MONEY_EVENTS) - met.keys()


@pytest.mark.parametrize(
    ("where", "name", "mutant"),
    [
        (AgreementState, "_reopen", lambda *_: None),
        (clawback, "_debt", lambda *_: Amount(1)),
        (payees.Safeguards, "account_of", lambda *_, **__: None),
        (payment, "approved_hash", lambda proposed, _: proposed.content_hash),
        (PolicyState, "approvals_needed", lambda *_: 1),
    ],
    ids=["nothing reopens", "a debt of an øre", "any account", "no account bound", "one approves"],
)
def test_broken_rules_are_caught(
    monkeypatch: pytest.MonkeyPatch, where: object, name: str, mutant: Callable[..., object]
) -> None:
    monkeypatch.setattr(where, name, mutant)
    with pytest.raises((AssertionError, KeyError)):
        play_all()
