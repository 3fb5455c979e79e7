"""Every krone that is owed is in one place, whatever people and banks do with payments.

Commands are decided on a state that is folded from their own events, and beside it stands a naive
model: a few numbers per payment and demand, changed as the field's words say. Both must agree on
what is allowed, on what is owed where, and with the books of both parties.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from ledger import events as e
from ledger.bank_account import BankAccount
from ledger.dates import danish_day
from ledger.decide import clawback, payees, payment, settling
from ledger.decide.decision import New
from ledger.decide.owing import Stage
from ledger.decide.payees import AccountWords, PayeeState, PolicyState, Safeguards
from ledger.decide.people_state import PeopleState
from ledger.decide.refusal import Refusal
from ledger.decide.state import AgreementState, LawState
from ledger.events import Recorded
from ledger.model import Position
from ledger.money import Amount
from ledger.parties import Role
from ledger.working import Part
from projections.posting import MIRROR, Account, Line, post

TALES = 300
STEPS = 100
MOSTLY = 0.8
TWO_FROM = Amount(500)
MINIMUM = Amount(20)
COOLING_OFF = 2
ON = date(2026, 3, 2)
PAYABLES = (
    ("state-fund", Role.OUTCOME_PAYER, "dsi"),
    ("aarhus", Role.CO_PAYER, "dsi"),
    ("state-fund", Role.OUTCOME_PAYER, "council-fund"),
)
ACCOUNTS = ("0400-440116243", "DK2220005030014632")
PEOPLE = ("carla", "dora", "dan", "petra", "paul")
AGREEING = ("anna", "carla", "carla")
SIGNS = (1, 1, -1)
AMOUNTS = (1, 19, 20, 77, 499, 500, 501, 1234)

MONEY_EVENTS = (
    *(e.PaymentProposed, e.PaymentApproved, e.PaymentCancelled, e.PaymentInstructed),
    *(e.PaymentAcknowledged, e.PaymentFailed, e.PaymentRecallRequested, e.PaymentRecalled),
    *(e.PaymentRecallRefused, e.PaymentSettled, e.SettlementReversed, e.PaymentReturned),
    *(e.PayeeAccountSet, e.PayeeAccountConfirmed, e.ClawbackDemanded, e.ClawbackRepaid),
    *(e.RepaymentReversed, e.ClawbackWithdrawn, e.WriteOffProposed, e.WrittenOff),
)
"""What the tales must reach."""

Key = tuple[str, Role, str]


@dataclass
class Naive:
    """What a payment is, to somebody who only counts."""

    key: Key
    amount: int
    approvals: set[str] = field(default_factory=set)
    account: int = 0
    """Which account of the payee those approvals are for; 0 if it had none."""
    sent: bool = False
    asked: bool = False
    paid: dict[str, int] = field(default_factory=dict)
    back: int = 0
    over: bool = False

    @property
    def left(self) -> int:
        return self.amount - sum(self.paid.values()) if self.sent and not self.over else 0


@dataclass
class NaiveDemand:
    """What a demand is, to the same."""

    key: Key
    amount: int
    repaid: dict[str, int] = field(default_factory=dict)
    gone: int = 0

    @property
    def left(self) -> int:
        return self.amount - sum(self.repaid.values()) - self.gone


class Owing:
    """Anybody does anything with payments, in any order."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.met: Counter[type[e.Event]] = Counter()
        self.state = AgreementState("hf")
        self.law = LawState()
        self.payee = PayeeState("dsi")
        self.policy = PolicyState(
            policy=e.PaymentPolicySet(
                two_approvals_from=TWO_FROM,
                cooling_off_days=COOLING_OFF,
                recovery_minimum=MINIMUM,
                accounts_required=False,
            )
        )
        self.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
        self.position = 0
        self.lines: list[Line] = []
        # The model.
        self.entitled: Counter[Key] = Counter()
        self.open: Counter[Key] = Counter()
        self.naive: dict[str, Naive] = {}
        self.demands: dict[str, NaiveDemand] = {}
        self.write_offs: dict[str, tuple[Key, str | None, int, list[object], bool]] = {}
        self.given_up: Counter[Key] = Counter()
        self.items: dict[Key, list[object]] = defaultdict(list)
        """What a debt is made of, as far as a write-off must notice that it changed."""
        self.account = 0
        self.confirmed: date | None = None
        self.count = 0

    # --- the house around the decisions --------------------------------------------------

    @property
    def guards(self) -> Safeguards:
        people = PeopleState(demo=True)
        return Safeguards(people, self.policy, {"dsi": self.payee}, danish_day(self.now))

    def record(self, events: list[New] | list[e.Event], actor: str) -> None:
        for each in events:
            event = each.event if isinstance(each, New) else each
            stream = each.stream if isinstance(each, New) else "agreement/hf"
            self.position += 1
            target = self.payee if stream == "payee/dsi" else self.state
            recorded = Recorded(
                Position(self.position), stream, target.version + 1, self.now.isoformat(), ON,
                actor, "command", event,
            )  # fmt: skip
            target.apply(recorded)
            self.met[type(event)] += 1
            self.lines += post(recorded)

    def attempt(
        self, decide: Callable[[], list[New]], actor: str, *, allowed: bool
    ) -> list[e.Event]:
        """Decide and record; the model says whether it must be allowed."""
        try:
            news = decide()
        except Refusal as refusal:
            if allowed:
                message = f"it should be allowed: {refusal}"
                raise AssertionError(message) from refusal
            return []
        assert allowed, news
        self.record(news, actor)
        return [new.event for new in news]

    def line(self) -> str:
        self.count += 1
        return f"bank/{self.count}"

    def some(self, number: int) -> str:
        """One of the payments, or one that is not there."""
        alive = [name for name, each in self.naive.items() if not each.over]
        if alive and self.random.random() < MOSTLY:
            return alive[number % len(alive)]
        names = [*self.naive, "hf-P999"]
        return names[number % len(names)]

    def demanded(self, number: int) -> str:
        names = [*self.demands, "hf-C999"]
        return names[number % len(names)]

    # --- what is owed ---------------------------------------------------------------------

    def an_outcome_is_decided(self, key: Key, amount: int, sign: int) -> None:
        self.count += 1
        payer, role, payee = key
        claim, at = f"claim-{self.count}", Position(self.position + 1)
        owed = Amount(sign * amount)
        part = Part(payer=payer, role=role, payee=payee, amount=owed)
        outcome = e.OutcomeDecided(
            claim=claim, assessed_at=at, subject=None, metric="metric", key="k",
            period_start=ON, period_end=ON, milestone_months=None, achieved=True, based_on=(),
        )  # fmt: skip
        entitled = e.EntitlementCalculated(
            claim=claim, outcome_at=at, assessed_at=at, subject=None, metric="metric",
            achieved_on=ON, total=owed, parts=(part,), difference=(part,), gains=(),
            person_total=owed, agreement_total=owed, working=None, based_on=(),
        )  # fmt: skip
        self.record([outcome, entitled], "anna")
        self.entitled[key] += owed.minor
        self.open[key] += owed.minor
        self.items[key].append(claim)

    def all_that_is_owed_is_proposed(self) -> None:
        news, carried = payment.propose(self.state, ON)
        self.record(news, "anna")
        proposed = [new.event for new in news if isinstance(new.event, e.PaymentProposed)]
        found = {(x.payer, x.role, x.payee): x for x in proposed}
        assert {key: x.amount.minor for key, x in found.items()} == +self.open
        assert {key: x.minor for key, x in carried.items() if x} == {
            key: owed for key, owed in self.open.items() if owed < 0
        }
        for key, event in found.items():
            assert event.payment not in self.naive
            self.naive[event.payment] = Naive(key, event.amount.minor)
            self.open[key] = 0
            self.items[key].clear()

    # --- before the bank --------------------------------------------------------------------

    def somebody_approves(self, number: int, actor: str) -> None:
        name = self.some(number)
        known = self.naive.get(name)
        has = self.valid(known) if known else set()
        needed = 2 if known and known.amount >= TWO_FROM.minor else 1
        allowed = (
            known is not None
            and not known.over
            and not known.sent
            and self.may_go(known.key)
            and len(has) < needed
            and actor not in has
            and not self.keeps_the_account(actor, known.key)
        )
        approver = payment.Approver(actor, ON, self.law, self.guards)
        if self.attempt(lambda: approver.approve(self.state, name), actor, allowed=allowed):
            assert known
            known.approvals = {*has, actor}
            known.account = self.account_of(known.key)

    def somebody_sends(self, number: int, actor: str, *, in_file: bool) -> None:
        name = self.some(number)
        known = self.naive.get(name)
        has = self.valid(known) if known else set()
        allowed = (
            known is not None
            and not known.over
            and not known.sent
            and self.may_go(known.key)
            and not (in_file and not self.account_of(known.key))
            and len(has) >= (2 if known.amount >= TWO_FROM.minor else 1)
            and actor not in has
            and not self.keeps_the_account(actor, known.key)
        )
        message = "OFL1" if in_file else None
        sent = self.attempt(
            lambda: payment.instruct(self.state, self.guards, name, actor, ON, message),
            actor,
            allowed=allowed,
        )
        if sent:
            assert known
            known.sent = True

    def a_payment_is_cancelled(self, number: int) -> None:
        name = self.some(number)
        known = self.naive.get(name)
        allowed = known is not None and not known.sent and not known.over
        decided = self.attempt(
            lambda: payment.cancel(self.state, name, "wrong", ON), "anna", allowed=allowed
        )
        if decided and known:
            self.reopen(name, known, known.amount)

    def reopen(self, name: str, known: Naive, amount: int) -> None:
        known.over = True
        self.open[known.key] += amount
        self.items[known.key].append((name, amount))

    def account_of(self, key: Key) -> int:
        return self.account if key[2] == "dsi" else 0

    def may_go(self, key: Key) -> bool:
        if not self.account_of(key):
            return True
        since = self.confirmed
        return since is not None and danish_day(self.now) >= since + timedelta(days=COOLING_OFF)

    def valid(self, known: Naive) -> set[str]:
        """Who approved it for the account that is the payee's now."""
        return known.approvals if known.account == self.account_of(known.key) else set()

    def keeps_the_account(self, actor: str, key: Key) -> bool:
        if not self.account_of(key):
            return False
        return actor == "petra" or (actor == "paul" and self.confirmed is not None)

    # --- the account ------------------------------------------------------------------------

    def petra_sets_the_account(self, number: int) -> None:
        account = BankAccount.parse(ACCOUNTS[number])
        words = AccountWords("DSI", f"letter {self.count}")
        self.count += 1
        parties = {"dsi"}
        self.attempt(
            lambda: payees.set_account(self.payee, parties, account, words, ON),
            "petra",
            allowed=True,
        )
        self.account, self.confirmed = self.count, None

    def somebody_confirms_the_account(self, actor: str, number: int) -> None:
        account, people = BankAccount.parse(ACCOUNTS[number]), PeopleState(demo=True)
        known = self.payee.account
        right = known is not None and BankAccount(known.account).iban == account.iban
        allowed = right and self.confirmed is None and actor == "paul"
        done = self.attempt(
            lambda: payees.confirm_account(self.payee, people, account, "call", actor, ON),
            actor,
            allowed=allowed,
        )
        if done:
            self.confirmed = danish_day(self.now)

    def days_go_by(self, days: int) -> None:
        self.now += timedelta(days=days)

    # --- the bank ---------------------------------------------------------------------------

    def the_bank_has_it(self, number: int) -> None:
        name = self.some(number)
        known = self.naive.get(name)
        allowed = known is not None and known.sent and not known.over
        self.attempt(
            lambda: settling.acknowledge(self.state, name, "ACCP", ON), "rita", allowed=allowed
        )

    def the_bank_refuses_it(self, number: int) -> None:
        name = self.some(number)
        known = self.naive.get(name)
        failed = self.attempt(
            lambda: settling.fail(self.state, name, "AC04", "closed account", ON),
            "rita",
            allowed=known is not None and known.left > 0,
        )
        if failed and known:
            self.reopen(name, known, known.left)

    def the_bank_is_asked_to_stop_it(self, number: int) -> None:
        name = self.some(number)
        known = self.naive.get(name)
        asked = self.attempt(
            lambda: settling.request_recall(self.state, name, "wrong person", ON),
            "rita",
            allowed=known is not None and known.left > 0 and not known.asked,
        )
        if asked and known:
            known.asked = True

    def the_bank_answers(self, number: int, refused: str | None) -> None:
        name = self.some(number)
        known = self.naive.get(name)
        allowed = known is not None and known.asked and not known.over
        allowed = allowed and (refused is not None or (known is not None and known.left > 0))
        answered = self.attempt(
            lambda: settling.answer_recall(self.state, name, ON, refused), "rita", allowed=allowed
        )
        if answered and known:
            known.asked = False
            if refused is None:
                self.reopen(name, known, known.left)

    def the_bank_pays(self, number: int, part: int | None) -> None:
        name = self.some(number)
        known = self.naive.get(name)
        amount = part or (known.left if known else 1)
        bank_line = self.line()
        settled = self.attempt(
            lambda: settling.settle(self.state, name, ON, bank_line, Amount(amount)),
            "rita",
            allowed=known is not None and 0 < amount <= known.left,
        )
        if settled and known:
            known.paid[bank_line] = amount

    def a_line_was_something_else(self, number: int) -> None:
        name = self.some(number)
        known = self.naive.get(name)
        lines = [*known.paid] if known else []
        bank_line = lines[-1] if lines else "bank/0"
        undone = self.attempt(
            lambda: settling.unsettle(self.state, name, ON, bank_line, "another's"),
            "rita",
            allowed=known is not None and not known.over and bool(known.paid),
        )
        if undone and known:
            del known.paid[bank_line]

    def money_comes_back(self, number: int, part: int | None) -> None:
        name = self.some(number)
        known = self.naive.get(name)
        there = sum(known.paid.values()) - known.back if known else 0
        amount = part or there
        bank_line = self.line()
        returned = self.attempt(
            lambda: settling.give_back(self.state, name, ON, bank_line, Amount(amount)),
            "rita",
            allowed=known is not None and known.left == 0 and 0 < amount <= there,
        )
        if returned and known:
            known.back += amount
            self.reopen(name, known, amount)

    # --- what is owed back ------------------------------------------------------------------

    def a_debt_is_demanded(self, key: Key) -> None:
        owed = self.open[key]
        made = self.attempt(
            lambda: clawback.demand(self.state, self.guards, key, ON + timedelta(days=30), ON),
            "anna",
            allowed=owed < 0 and -owed >= MINIMUM.minor,
        )
        for event in made:
            assert isinstance(event, e.ClawbackDemanded)
            assert event.amount.minor == -owed
            self.demands[event.demand] = NaiveDemand(key, -owed)
            self.open[key] = 0
            self.items[key].clear()

    def a_payee_pays_back(self, number: int, part: int | None) -> None:
        name = self.demanded(number)
        known = self.demands.get(name)
        amount = part or (known.left if known else 1)
        bank_line = self.line()
        repaid = self.attempt(
            lambda: clawback.repay(self.state, name, ON, bank_line, Amount(amount)),
            "rita",
            allowed=known is not None and 0 < amount <= known.left,
        )
        if repaid and known:
            known.repaid[bank_line] = amount

    def a_repayment_was_something_else(self, number: int) -> None:
        name = self.demanded(number)
        known = self.demands.get(name)
        lines = [*known.repaid] if known else []
        bank_line = lines[-1] if lines else "bank/0"
        undone = self.attempt(
            lambda: clawback.unrepay(self.state, name, ON, bank_line, "another's"),
            "rita",
            allowed=bool(lines),
        )
        if undone and known:
            del known.repaid[bank_line]

    def a_demand_is_set_off_after_all(self, number: int) -> None:
        name = self.demanded(number)
        known = self.demands.get(name)
        withdrawn = self.attempt(
            lambda: clawback.withdraw(self.state, name, "agreed", ON),
            "anna",
            allowed=known is not None and known.left > 0,
        )
        if withdrawn and known:
            self.open[known.key] -= known.left
            self.items[known.key].append((name, known.left))
            known.gone += known.left

    def giving_up_is_proposed(self, number: int, key: Key, *, of_a_demand: bool) -> None:
        name = self.demanded(number) if of_a_demand else None
        known = self.demands.get(name) if name else None
        owed = (known.left if known else 0) if name else -self.open[key]
        what: Key | str = name or key
        made = self.attempt(
            lambda: clawback.propose_write_off(self.state, what, "bankrupt", ON),
            "anna",
            allowed=owed > 0,
        )
        for event in made:
            assert isinstance(event, e.WriteOffProposed)
            where = known.key if known else key
            self.write_offs[event.write_off] = where, name, owed, [*self.items[where]], False

    def somebody_agrees_to_give_up(self, number: int, actor: str) -> None:
        names = [*self.write_offs, "hf-W999"]
        name = names[number % len(names)]
        known = self.write_offs.get(name)
        allowed = actor != "anna" and known is not None and not known[4]
        if known is not None:
            key, demand, amount, items, _ = known
            if demand is not None:
                allowed = allowed and self.demands[demand].left == amount
            else:
                allowed = allowed and self.items[key] == items
        done = self.attempt(
            lambda: clawback.write_off(self.law, self.state, self.guards, name, actor, ON),
            actor,
            allowed=allowed,
        )
        if done and known:
            key, demand, amount, items, _ = known
            self.write_offs[name] = key, demand, amount, items, True
            self.given_up[key] += amount
            if demand is not None:
                self.demands[demand].gone += amount
            else:
                self.open[key] = 0
                self.items[key].clear()

    # --- what must hold ---------------------------------------------------------------------

    def every_krone_is_in_one_place(self) -> None:
        for key in PAYABLES:
            payments = [each for each in self.naive.values() if each.key == key]
            under_way = sum(
                each.amount - sum(each.paid.values()) for each in payments if not each.over
            )
            paid = sum(sum(each.paid.values()) - each.back for each in payments)
            repaid = sum(
                sum(each.repaid.values()) for each in self.demands.values() if each.key == key
            )
            demanded = sum(each.left for each in self.demands.values() if each.key == key)
            open_ = self.open[key]
            given_up = self.given_up[key]
            assert open_ + under_way + paid - demanded - repaid - given_up == self.entitled[key]
            books = self.books(key)
            assert -books[Account.PAYABLE] == open_ + under_way
            assert -books[Account.BANK] == paid - repaid
            assert books[Account.CLAWBACK_RECEIVABLE] == demanded
            assert books[Account.WRITE_OFF_EXPENSE] == given_up
            assert books[Account.OUTCOME_EXPENSE] == self.entitled[key]

    def books(self, key: Key) -> Counter[Account]:
        """What the payer's book says of the payee; its bank lines by the payments they are for."""
        payer, role, payee = key
        found: Counter[Account] = Counter()
        by_event: dict[int, list[Line]] = defaultdict(list)
        for line in self.lines:
            by_event[line.position].append(line)
        for lines in by_event.values():
            if any((x.book, x.role, x.counterparty) == key for x in lines):
                for x in lines:
                    if (x.book, x.role) == (payer, role) and x.counterparty in {payee, ""}:
                        found[x.account] += x.amount.minor
        return found

    def the_books_balance_and_mirror_each_other(self) -> None:
        books: Counter[str] = Counter()
        between: Counter[tuple[str, Account, str]] = Counter()
        for line in self.lines:
            books[line.book] += line.amount.minor
            if line.counterparty:
                between[line.book, line.account, line.counterparty] += line.amount.minor
        assert not any(books.values())
        for (book, account, other), amount in list(between.items()):
            assert between[other, MIRROR[account], book] == -amount

    def the_state_says_the_same(self) -> None:
        owed = {
            key: sum(item.amount.minor for item in items)
            for key, items in self.state.unproposed.items()
        }
        assert {key: owed.get(key, 0) for key in PAYABLES} == {
            key: self.open[key] for key in PAYABLES
        }
        for name, known in self.naive.items():
            found = self.state.payments[name]
            assert found.outstanding.minor == known.left
            assert (found.over is not None) == known.over
            paid = sum(known.paid.values())
            assert (found.stage is Stage.SETTLED) == (paid == known.amount and not known.over)
        for name, demand in self.demands.items():
            assert self.state.demands[name].outstanding.minor == demand.left


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
