"""What people and banks do with payments and debts; the tally says whether they may."""

from __future__ import annotations

from datetime import timedelta

from ledger import events as e
from ledger.bank_account import BankAccount
from ledger.dates import danish_day
from ledger.decide import clawback, payees, payment, settling
from ledger.decide.payees import AccountWords
from ledger.decide.people_state import PeopleState
from ledger.model import Position
from ledger.money import Amount
from ledger.working import Part
from tests.ledger.tally import MINIMUM, ON, TWO_FROM, Key, Naive, NaiveDemand, Tally

ACCOUNTS = ("0400-440116243", "DK2220005030014632")


class Owing(Tally):
    """Anybody does anything with payments, in any order."""

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

    # --- before the bank ------------------------------------------------------------------

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

    # --- the account ----------------------------------------------------------------------

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

    # --- the bank -------------------------------------------------------------------------

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

    # --- what is owed back ----------------------------------------------------------------

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
