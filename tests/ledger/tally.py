"""A naive tally of what is owed, beside the state that is folded from the events.

It is a few numbers per payment and demand, changed as the field's words say. Both must agree on
what is owed where, and with the books of both parties.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

from ledger import events as e
from ledger.dates import danish_day
from ledger.decide.decision import New
from ledger.decide.owing import Stage
from ledger.decide.payees import PayeeState, PolicyState, Safeguards
from ledger.decide.people_state import PeopleState
from ledger.decide.refusal import Refusal
from ledger.decide.state import AgreementState, LawState
from ledger.events import Recorded
from ledger.model import Position
from ledger.money import Amount
from ledger.parties import Role
from projections.posting import MIRROR, Account, Line, post

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


class Tally:
    """What the decisions go by, the books that they make, and the numbers beside them."""

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

    # --- what must hold -------------------------------------------------------------------

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
