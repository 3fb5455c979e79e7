"""No sequence of commands lets one person move money alone, whatever accounts they act under.

Eight people, each with two accounts, and a job try everything in random order, under any account
and with any key of their own. The test keeps its own list of which human being gave which command;
the ledger's idea of who is who is never asked. Only one thing is taken for granted: who confirms a
key has seen whose it is.
"""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from desk.bank_files import renderer
from ledger import events as e
from ledger.bank_account import BankAccount
from ledger.decide import adjustment, clawback, payees, period, settling
from ledger.decide import payment as decide_payment
from ledger.decide.payees import AccountWords
from ledger.decide.payment import lineage
from ledger.decide.people import Newcomer, SetUp
from ledger.decide.people_state import PeopleState
from ledger.decide.period import Books
from ledger.decide.refusal import Refusal
from ledger.decide.rows import Batch, EnrolmentRow, MeasurementRow, Row
from ledger.duties import Duty
from ledger.events import Recorded
from ledger.facts import Source
from ledger.model import Position
from ledger.money import ZERO, Amount
from ledger.parties import Role
from ledger.service import Ledger
from ledger.store.personal_key import PersonalKey
from ledger.terms.agreement import Terms
from ledger.terms.reader import read_model
from tests.staff import terms_of

HUMANS = ("anna", "bo", "carla", "dan", "eva", "finn", "gry", "hal")
DUTIES: dict[str, tuple[Duty, ...]] = {
    "anna": (Duty.ADMINISTRATOR,),
    "bo": (Duty.ADMINISTRATOR,),
    "carla": (Duty.TERMS_OWNER, Duty.REGISTRAR, Duty.VALIDATOR, Duty.APPROVER),
    "dan": (Duty.VALIDATOR, Duty.REGISTRAR, Duty.APPROVER, Duty.PAYER),
    "eva": (Duty.APPROVER, Duty.PAYER),
    "finn": (Duty.PAYER, Duty.VALIDATOR),
    "gry": (Duty.PAYEE_MASTER, Duty.RECONCILER),
    "hal": (Duty.PAYEE_MASTER, Duty.RECONCILER),
}
JOB = "job:nightly"
BEFORE, AFTER = "begun-before", "begun-after"
PEOPLE = tuple(f"QX-{number}" for number in range(8))
ON = date(2022, 6, 1)
START = datetime(2024, 1, 1, 9, tzinfo=UTC)
SOURCE = Source(file="x", sha256="0" * 64)

NUMBERS = tuple(
    BankAccount.parse(each) for each in ("0400-440116243", "DK2220005030014632", "5678-1234567890")
)
RENDER = renderer(lambda _count, _what: nullcontext(lambda _done: None))
DEBT = ("state-fund", Role.OUTCOME_PAYER, "dsi")

GOES, TALES = 20, 600
"""At most. A go of ten tales or two mostly do; chance must not decide whether a test passes."""

Command = Callable[[Ledger], Any]

humans = st.sampled_from((*HUMANS, "carla", "dan", "eva", "finn", JOB))
accounts = st.sampled_from(("{}", "{}-2") * 5 + ("carla", "eva-2", "new-1", "new-2", JOB))
"""Mostly one of one's own; sometimes somebody else's, or one that is nobody's at first."""
colleagues = st.sampled_from(HUMANS)
duties = st.sampled_from(Duty)
agreements = st.sampled_from((BEFORE, AFTER))
numbers = st.integers(0, 3)


def batch(name: str, *rows: Any) -> Batch[Any]:  # noqa: ANN401 - rows of any kind
    return Batch(
        name,
        hashlib.sha256(name.encode()).hexdigest(),
        tuple(Row(n, row) for n, row in enumerate(rows, start=2)),
    )


def begin(ledger: Ledger, name: str) -> None:
    """An agreement with people and capital, so that money can come to be owed."""
    ledger.sign(read_model(terms_of(name), Terms), SOURCE)
    ledger.call_drawdown(name, Amount.parse("50000.00"), date(2021, 1, 4))
    ledger.import_enrolments(
        batch(f"e{name}", *(EnrolmentRow(name, each, date(2021, 1, 1)) for each in PEOPLE[:6]))
    )


@dataclass(frozen=True)
class Begun:
    """A live ledger in which people are set up, and nothing is measured yet."""

    path: Path
    keys: dict[str, PersonalKey]
    did: dict[Position, str]


@cache
def _begun() -> Begun:
    """Anna, under whatever names, begins alone; after the set-up others begin as well."""
    path = Path(tempfile.mkdtemp()) / "ledger"
    atexit.register(shutil.rmtree, path.parent)
    keys = {each: PersonalKey.new() for each in (*HUMANS, JOB)}
    people = [
        Newcomer(
            id=human,
            name=human,
            accounts=(human, f"{human}-2"),
            key=keys[human].public,
            duties=DUTIES[human],
        )
        for human in HUMANS
    ]
    job = Newcomer(id=JOB, name="Nightly", key=keys[JOB].public)
    did: dict[Position, str] = {}

    def note(ledger: Ledger, human: str) -> None:
        for position in range(len(did) + 1, ledger.log.head()[0] + 1):
            did[Position(position)] = human

    clock = lambda: START  # noqa: E731 - one line
    with Ledger.create(path, "Fund", "DKK", actor="some-name", clock=clock) as ledger:
        begin(ledger, BEFORE)
        ledger.receive_capital(f"{BEFORE}-D01", "dsi", date(2021, 1, 6))
        at_once = ledger.payment_policy().policy.model_copy(update={"cooling_off_days": 0})
        ledger.set_payment_policy(at_once, ON)
        note(ledger, "anna")
    with Ledger(path, actor="anna", clock=clock) as ledger:
        ledger.set_up_people(SetUp(founder="anna", people=(*people, job)))
        note(ledger, "anna")
    with Ledger(path, actor="carla", key=keys["carla"], clock=clock) as ledger:
        begin(ledger, AFTER)
        note(ledger, "carla")
    with Ledger(path, actor="gry", key=keys["gry"], clock=clock) as ledger:
        ledger.receive_capital(f"{AFTER}-D01", "dsi", date(2021, 1, 6))
        for party, number in zip(("dsi", "state-fund"), NUMBERS, strict=False):
            ledger.set_payee_account(party, number, AccountWords(party, "letter"), ON)
        note(ledger, "gry")
    with Ledger(path, actor="hal", key=keys["hal"], clock=clock) as ledger:
        for party, number in zip(("dsi", "state-fund"), NUMBERS, strict=False):
            ledger.confirm_payee_account(party, number, "call", ON)
        note(ledger, "hal")
    return Begun(path, keys, did)


class Office(RuleBasedStateMachine):
    """Everybody tries everything."""

    sent_in_all = 0
    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        begun = _begun()
        self.folder = Path(tempfile.mkdtemp())
        self.path = Path(shutil.copytree(begun.path, self.folder / "ledger"))
        self.now = START
        self.keys = {human: [key] for human, key in begun.keys.items()}
        self.whose = {key.public: human for human, key in begun.keys.items()}
        self.did = dict(begun.did)
        self.measured = dict.fromkeys((BEFORE, AFTER), 0)

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def give(
        self, human: str, account: str, command: Callable[[Ledger], Any], key: int = 0
    ) -> bool:
        """A human being gives a command under an account; whether it was let through."""
        mine, account = self.keys[human], account.format(human)
        chosen = mine[key % len(mine)] if mine else None
        with Ledger(self.path, actor=account, key=chosen, clock=lambda: self.now) as ledger:
            before = ledger.log.head()[0]
            try:
                command(ledger)
            except Refusal:
                return False
            finally:
                head = ledger.log.head()[0]
                for position in range(before + 1, head + 1):
                    self.did[Position(position)] = human
            if head > before:
                for recorded in ledger.at(before + 1, head):
                    self.look_at(ledger, recorded)
        return True

    # --- what must hold of every event by which money moves ------------------------------------

    def look_at(self, ledger: Ledger, recorded: Recorded) -> None:
        """Who takes the second step took no first one, whatever account it was taken under."""
        name = recorded.stream.removeprefix("agreement/")
        match recorded.event:
            case e.PaymentApproved(payment=payment) | e.PaymentInstructed(payment=payment):
                type(self).sent_in_all += isinstance(recorded.event, e.PaymentInstructed)
                self.check(ledger, name, payment)
            case e.PayeeAccountConfirmed(set_at=set_at):
                self.by_two(recorded, set_at)
            case e.AdjustmentDecided(proposed_at=proposed_at):
                self.by_two(recorded, proposed_at)
            case e.PeriodReopened(requested_at=requested_at):
                self.by_two(recorded, requested_at)
            case e.WrittenOff(proposed_at=proposed_at):
                state = ledger.agreement(name)
                self.by_two(recorded, *(at for at in lineage(state, proposed_at) if at > 2))
            case e.PaymentRecalled(payment=payment, requested_at=requested_at):
                sent_at = ledger.agreement(name).payments[payment].instructed_at
                assert sent_at is not None
                self.by_two(recorded, requested_at, sent_at)
            case _:
                return
        kind = type(recorded.event).__name__
        type(self).seen[kind] += 1

    def by_two(self, recorded: Recorded, *before: Position) -> None:
        """Nobody who acted before, and no job, did this."""
        human = self.did[recorded.position]
        assert human != JOB
        acted = {self.did[at] for at in before}
        assert human not in acted, f"{human} did {recorded.event.topic} alone"

    # --- money ------------------------------------------------------------------------------

    @rule(name=agreements, tries=st.lists(st.tuples(humans, accounts, numbers), max_size=8))
    def go_on(self, name: str, tries: list[tuple[str, str, int]]) -> None:
        """One after another tries whatever the next step towards money is."""
        for human, account, key in tries:
            self._go_on(human, account, name, key)

    @rule(name=agreements, human=humans, account=accounts, key=numbers)
    def all_the_way(self, name: str, human: str, account: str, key: int) -> None:
        """Somebody tries each step first, and then those whose step it is."""
        for usual in ("finn", "finn", "carla", "eva", "finn"):
            self._go_on(human, account, name, key)
            self._go_on(usual, "{}", name, key)

    def _go_on(self, human: str, account: str, name: str, key: int) -> None:
        with Ledger(self.path, actor="reader") as ledger:
            state = ledger.agreement(name)
            payments = [
                (p, x) for p, x in state.payments.items() if not x.instructed_at and not x.over
            ]
            owed = bool(state.unproposed)
        if payments:
            payment, found = payments[0]
            step = self.send if found.approved_at else self.approve
            step(human, account, payment, key)
            if found.approved_at and key > 1:  # a new account takes a new approval
                self.approve(human, account, payment, key)
        elif owed:
            self.give(human, account, lambda x: x.propose_payments(name, ON), key)
        else:
            self.measure(human, account, name, key)
            self.give(human, account, lambda x: x.assess(name, ON), key)

    def measure(self, human: str, account: str, name: str, key: int) -> None:
        person = PEOPLE[self.measured[name] % 6]
        row = MeasurementRow(name, person, 12, date(2022, 1, 2), "housed", "yes", "V")
        read = batch(f"m-{name}-{person}", row)
        if self.give(human, account, lambda x: x.import_measurements(read), key):
            self.measured[name] += 1

    def approve(self, human: str, account: str, payment: str, key: int) -> None:
        self.give(human, account, lambda x: x.approve_payment(payment, ON), key)

    def send(self, human: str, account: str, payment: str, key: int) -> None:
        """Alone, or with all others in a file."""
        if key:
            self.give(human, account, lambda x: x.send_payment(payment, ON), key)
        else:
            self.give(human, account, lambda x: x.make_payment_file("state-fund", ON, ON, RENDER))

    def check(self, ledger: Ledger, name: str, payment: str) -> None:
        """Who approved did nothing that it rests on, and did not send it; no job did either.

        Who set or confirmed the account that it went to is neither, and they are two.
        """
        state = ledger.agreement(name)
        found = state.payments[payment]
        rests_on = {self.did[at] for at in lineage(state, found.proposed_at) if at > 2}
        assert found.approved_at is not None
        approver = self.did[found.approved_at]
        assert approver not in rests_on, f"{approver} approved what rests on {rests_on}"
        assert approver != JOB
        if found.instructed_at is not None:
            sender = self.did[found.instructed_at]
            assert sender not in {approver, JOB}, f"{sender} approved and sent {payment}"
            keepers = [self.did[at] for at in ledger.payee("dsi").actors]
            assert len(set(keepers)) == len(keepers) == 2, f"{keepers} keep the account alone"
            alone = {approver, sender} & set(keepers)
            assert not alone, f"{alone} kept the account and moved the money alone"

    @rule(human=humans, account=accounts, number=st.sampled_from(NUMBERS), others=st.booleans())
    def account_of_the_payee(
        self, human: str, account: str, number: BankAccount, *, others: bool
    ) -> None:
        """Set by somebody, and confirmed by the payee masters if nobody else minds."""
        words = AccountWords("dsi", "letter")
        keeper = "gry" if others else human
        self.give(keeper, account, lambda x: x.set_payee_account("dsi", number, words, ON))
        for who, under in ((human, account), (human, "{}-2"), ("gry", "{}-2"), ("hal", "{}")):
            self.give(who, under, lambda x: x.confirm_payee_account("dsi", number, "call", ON))

    @rule(human=humans, account=accounts, name=agreements, pick=numbers)
    def stop(self, human: str, account: str, name: str, pick: int) -> None:
        """Cancel a payment; or ask the bank to stop it, and say that it did."""
        with Ledger(self.path, actor="reader") as ledger:
            payments = ledger.agreement(name).payments
        sent = [k for k, x in payments.items() if x.instructed_at and not x.over]
        if payments and (pick == 0 or not sent):
            waiting = list(payments)[-1]
            self.give(human, account, lambda x: x.cancel_payment(waiting, "not now", ON))
        elif sent:
            payment = sent[pick % len(sent)]
            for who in (human, "finn"):
                self.give(who, "{}", lambda x: x.recall_payment(payment, "wrong", ON))
            for who, under in ((human, account), ("finn", "{}-2"), ("hal", "{}")):
                self.give(who, under, lambda x: x.answer_recall(payment, ON))

    @rule(
        human=humans,
        account=accounts,
        name=agreements,
        amount=st.sampled_from(("50.00", "-50.00", "-2000.00")),
        second=humans,
    )
    def adjust(self, human: str, account: str, name: str, amount: str, second: str) -> None:
        """Propose an adjustment, decide it; and give up what is owed back, if anything is."""
        part = ("state-fund", "dsi", amount)
        self.give(human, account, lambda x: x.propose_adjustment(name, [part], "s", "why", ON))
        with Ledger(self.path, actor="reader") as ledger:
            waiting = [k for k, x in ledger.agreement(name).adjustments.items() if not x.decided_at]
        named = waiting[-1] if waiting else f"{name}-J99"
        for who, under in ((human, "{}-2"), (second, "{}"), ("eva", "{}")):
            self.give(who, under, lambda x: x.decide_adjustment(named, ON))
        self.give(second, "{}", lambda x: x.propose_write_off(name, DEBT, "gone", ON))
        with Ledger(self.path, actor="reader") as ledger:
            open_ = [
                k for k, x in ledger.agreement(name).write_offs.items() if not x.written_off_at
            ]
        given_up = open_[-1] if open_ else f"{name}-W99"
        for who, under in ((second, "{}-2"), (human, account), ("eva", "{}")):
            self.give(who, under, lambda x: x.write_off(given_up, ON))

    @rule(human=humans, account=accounts, name=agreements, pick=numbers)
    def correct(self, human: str, account: str, name: str, pick: int) -> None:
        """A measurement counts no more, or says something else; what was owed is owed no more."""
        with Ledger(self.path, actor="reader") as ledger:
            read = [
                each.position
                for each in ledger.of_topic(e.MeasurementRecorded.topic)
                if each.stream == f"agreement/{name}"
            ]
        if read:
            at = read[pick % len(read)]
            self.give(human, account, lambda x: x.void_fact(at, "somebody else's"))
            self.give(human, account, lambda x: x.assess(name, ON))

    @rule(human=st.sampled_from(("gry", "hal", "eva")), account=accounts)
    def open_a_period_again(self, human: str, account: str) -> None:
        books = lambda _days, _until, head: Books(head, "0" * 64, ZERO, None, ())  # noqa: E731
        self.give("gry", "{}", lambda x: x.close_period("2019", lambda: "sound", books))
        self.give(human, account, lambda x: x.reopen_period("2019", "forgotten"))
        for who, under in ((human, "{}-2"), ("hal", "{}")):
            self.give(who, under, lambda x: x.reopen_period("2019", None))

    # --- people -----------------------------------------------------------------------------

    @rule(human=humans, account=accounts, who=colleagues, duty=duties)
    def propose_duty(self, human: str, account: str, who: str, duty: Duty) -> None:
        self.give(human, account, lambda x: x.propose_duty(who, duty))

    @rule(human=humans, account=accounts, pick=numbers)
    def confirm_something(self, human: str, account: str, pick: int) -> None:
        with Ledger(self.path, actor="reader") as ledger:
            proposals = list(ledger.people().proposals.values())
        if not proposals:
            return
        found = proposals[pick % len(proposals)]
        if isinstance(found.what, Duty):
            duty = found.what
            self.give(human, account, lambda x: x.confirm_duty(found.colleague, duty))
        elif self.whose[found.what] == found.colleague:
            self.give(human, account, lambda x: x.confirm_key(found.colleague, str(found.what)))

    @rule(human=humans, account=accounts, who=colleagues, owner=colleagues)
    def propose_key(self, human: str, account: str, who: str, owner: str) -> None:
        """A new key of somebody's, proposed for them or for another."""
        new = PersonalKey.new()
        self.keys[owner].append(new)
        self.whose[new.public] = owner
        self.give(human, account, lambda x: x.propose_key(who, new.public))

    @rule(human=humans, account=accounts, who=colleagues, pick=numbers)
    def revoke_key(self, human: str, account: str, who: str, pick: int) -> None:
        keys = self.keys[who]
        if keys:
            key = keys[pick % len(keys)].public
            self.give(human, account, lambda x: x.revoke_key(who, key, "lost"))

    @rule(who=colleagues, pick=numbers)
    def lose_key(self, who: str, pick: int) -> None:
        if len(self.keys[who]) > 1:
            del self.keys[who][pick % len(self.keys[who])]

    @rule(human=humans, account=accounts, who=colleagues, duty=duties)
    def withdraw(self, human: str, account: str, who: str, duty: Duty) -> None:
        self.give(human, account, lambda x: x.withdraw_duty(who, duty, "why not"))

    @rule(human=humans, account=accounts, who=colleagues)
    def leave(self, human: str, account: str, who: str) -> None:
        self.give(human, account, lambda x: x.record_leaving(who, "moved"))

    @rule(human=humans, account=accounts, who=colleagues, pick=numbers)
    def link(self, human: str, account: str, who: str, pick: int) -> None:
        self.give(human, account, lambda x: x.link_account(who, f"new-{pick}"))

    @rule(human=humans, account=accounts, duty=duties, key=numbers)
    def break_glass(self, human: str, account: str, duty: Duty, key: int) -> None:
        self.give(human, account, lambda x: x.break_glass(duty, "fire"), key)

    @rule(human=humans, account=accounts, pick=numbers)
    def review(self, human: str, account: str, pick: int) -> None:
        with Ledger(self.path, actor="reader") as ledger:
            glasses = ledger.people().glasses
        if glasses:
            broken = glasses[pick % len(glasses)]
            if self.give(human, account, lambda x: x.review_glass(broken.broken_at, "seen")):
                assert self.did[broken.broken_at] != human

    @rule(hours=st.sampled_from((1, 3, 5)))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)


def office(**others: object) -> type[Office]:
    """A machine of its own, whose sendings are counted apart."""
    return type("AnOffice", (Office,), {"sent_in_all": 0, "seen": Counter(), **others})


def modest(examples: int, **others: Any) -> settings:  # noqa: ANN401 - what settings take
    return settings(
        max_examples=examples,
        stateful_step_count=40,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        **others,
    )


def _account(_: PeopleState, actor: str, at: Position | None = None) -> str:
    """What a ledger that compares accounts would take for the person."""
    del at
    return actor


def test_nobody_moves_money_alone() -> None:
    machine = office()
    steps = {"PaymentApproved", "PaymentInstructed", "PayeeAccountConfirmed"}
    for go in range(GOES):
        run_state_machine_as_test(seed(go)(machine), settings=modest(10))
        if machine.sent_in_all and steps <= machine.seen.keys():
            break
    assert machine.sent_in_all > 0, "the people hardly ever got as far as money"
    assert steps <= machine.seen.keys(), machine.seen


def test_comparing_accounts_instead_of_persons_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(PeopleState, "person_of", _account)
    with pytest.raises(AssertionError, match=r"approved what rests on|approved and sent|alone"):
        run_state_machine_as_test(office(), settings=modest(TALES, phases=(Phase.generate,)))


def test_forgetting_who_did_what_before_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide_payment, "another_person", lambda *_: None)
    with pytest.raises(AssertionError, match=r"approved what rests on|approved and sent"):
        run_state_machine_as_test(office(), settings=modest(TALES, phases=(Phase.generate,)))


@pytest.mark.parametrize(
    ("module", "rule_name"),
    [
        (payees, "another_person"),
        pytest.param(clawback, "another_person", marks=pytest.mark.long),
        pytest.param(period, "another_person", marks=pytest.mark.long),
        (adjustment, "require_another_person"),
        pytest.param(settling, "require_another_person", marks=pytest.mark.long),
    ],
)
def test_a_second_step_that_asks_for_nobody_else_is_found_out(
    module: ModuleType, rule_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, rule_name, lambda *_: None)
    with pytest.raises(AssertionError, match="alone"):
        run_state_machine_as_test(office(), settings=modest(TALES, phases=(Phase.generate,)))
