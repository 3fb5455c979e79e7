"""Money that moves in a random history: capital, payments, and what banks tell of both."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from ledger.decide.owing import Payment
from ledger.decide.rows import BankBatch, BankRow, Row, StatementRow
from ledger.decide.state import AgreementState, Drawdown
from ledger.money import Amount
from tests.cast import APPROVER, KEEPER, SENDER, Cast
from tests.drawn_terms import INVESTORS


@dataclass
class Treasury(Cast):
    """The part of a history in which money moves."""

    _bank_rows: list[BankRow] = field(default_factory=list)

    def call_drawdown(self) -> None:
        """The provider draws on the commitments: little, much, or more than is left."""
        agreement = self._agreement()
        most = max(1, self._committed(agreement) // self.random.choice((1, 2, 3, 7)))
        self._call(agreement, self.random.choice((0, 1, 2, most, self.random.randint(1, most))))

    def _call(self, agreement: str, minor: int) -> None:
        amount, on = Amount(minor), self.today
        self.attempt(
            KEEPER,
            f"draws {amount} on {agreement}",
            lambda ledger: ledger.call_drawdown(agreement, amount, on),
        )

    def receive_capital(self) -> None:
        """An investor's part of a drawdown comes in, maybe heard of long after the day."""
        called = [name for name, drawdown in self._drawdowns()] or ["hf-D01"]
        self._receive(self.random.choice(called), self.random.choice(INVESTORS), self._earlier(300))

    def _receive(self, drawdown: str, investor: str, on: date) -> None:
        self.attempt(
            KEEPER,
            f"{drawdown}: {investor} paid on {on}",
            lambda ledger: ledger.receive_capital(drawdown, investor, on),
        )

    def propose(self) -> None:
        """All that is owed in an agreement is proposed for payment."""
        agreement, on = self._agreement(), self.today
        self.attempt(
            KEEPER,
            f"proposes what {agreement} owes",
            lambda ledger: ledger.propose_payments(agreement, on),
        )

    def approve(self) -> None:
        """A payment is approved; now and then by somebody who may not, or twice."""
        payment, on = self._payment(lambda each: each.approved_at is None), self.today
        if payment is not None:
            self.attempt(
                self._mostly(APPROVER),
                f"approves {payment}",
                lambda ledger: ledger.approve_payment(payment, on),
            )

    def send(self) -> None:
        """A payment goes to the bank; now and then unapproved, or by who approved it, or twice."""
        on = self.today
        payment = self._payment(
            lambda each: each.approved_at is not None and each.instructed_at is None
        )
        if payment is not None:
            self.attempt(
                self._mostly(SENDER),
                f"sends {payment}",
                lambda ledger: ledger.send_payment(payment, on),
            )

    def import_bank(self) -> None:
        """A statement: lines that settle something, nearly settle it, or mean nothing here."""
        rows = [*self._some(tuple(self._settling())), *self._some(tuple(self._bank_rows))]
        if self._rarely():
            rows.append(self._bank_row("aarhus", Amount(self.random.randint(-900, 900)), "rent"))
        rows += self._some(tuple(self._strange())) if self._rarely(2) else []
        rows = [self._misread(row) if self._rarely(8) else row for row in rows]
        self.random.shuffle(rows)
        batch = self._batch(rows)
        if self.attempt(KEEPER, f"reads {rows}", lambda ledger: ledger.import_bank(batch)):
            self._bank_rows += [row for row in rows if row not in self._bank_rows]

    def match_by_hand(self) -> None:
        """Somebody says that a line is an item, rightly, wrongly, or of one that is not there."""
        states = self.ledger().banks()
        lines = [f"{name}/{line}" for name, bank in states.items() for line in bank.lines]
        items = [*(name for state in self._states() for name in state.payments), "hf-P999"]
        stands = self.ledger().reconciliation()
        likely = [
            [f"{party}/{each.leg.key[0]}", each.candidates[0]]
            for party, found in stands.found.items()
            for each in found.open
            if each.candidates
        ]
        if lines:
            names = [self.random.choice(lines), self.random.choice(items)]
            names = self.random.choice(likely) if likely and not self._rarely(5) else names
            self.attempt(
                KEEPER, f"matches {names}", lambda ledger: ledger.match_lines(names, "said so")
            )

    def take_apart(self) -> None:
        """A match is taken apart; now and then one that is not there."""
        made = [name for bank in self.ledger().banks().values() for name in bank.matches]
        name = self.random.choice(["aarhus-M99999", *made] if self._rarely(5) else made or ["M"])
        self.attempt(KEEPER, f"unmatches {name}", lambda ledger: ledger.unmatch(name, "wrong"))

    def say_what_lines_are(self) -> None:
        """A line is a fee, or is none after all; matched or not, resolved or not."""
        lines = [
            f"{name}/{line}" for name, bank in self.ledger().banks().items() for line in bank.lines
        ]
        if lines:
            stands = self.ledger().reconciliation().open
            one = self.random.choice(lines if self._rarely(3) else stands or lines)
            other = self.random.choice(lines)
            self.attempt(KEEPER, f"{one}: fee", lambda ledger: ledger.resolve(one, "fee", "a fee"))
            resolved = [
                f"{name}/{line}"
                for name, bank in self.ledger().banks().items()
                for line in bank.resolved
            ]
            back = self.random.choice(resolved) if resolved and not self._rarely(3) else other
            if self._rarely(2):
                self.attempt(KEEPER, f"{back}: open", lambda ledger: ledger.reopen(back, "none"))

    def read_a_statement(self) -> None:
        """A statement of an account that has a number, with a line that was told of before."""
        self._counted += 1
        account, number = "aarhus", "DK5000400440116243"
        if not self.ledger().bank(account).numbers:
            self.attempt(
                KEEPER,
                f"{account} has {number}",
                lambda ledger: ledger.name_account(account, number),
            )
        row = BankRow(
            "", f"S{self._counted}", self.today, Amount(self.random.randint(-9, 9)), "", "rent",
            number=number, noticed=True,
        )  # fmt: skip
        statement = StatementRow(
            number, f"ST{self._counted}", "", None, self.today, Amount(0), row.amount, row.amount,
            Amount(0), 1, (("count", "odd"),),
        )  # fmt: skip
        rows = tuple(
            Row(at, each) for at, each in enumerate((row, replace(row, noticed=False)), start=2)
        )
        digest = hashlib.sha256(repr((rows, statement)).encode()).hexdigest()
        batch = BankBatch("st.xml", digest, rows, (Row(1, statement),))
        self.attempt(KEEPER, f"reads {batch}", lambda ledger: ledger.import_bank(batch))

    def _committed(self, agreement: str) -> int:
        """What all investors have committed, in minor units; nothing if nobody signed."""
        terms = self._terms.get(agreement)
        return sum(each.amount.minor for each in terms.investment) if terms else 0

    def _states(self) -> Iterator[AgreementState]:
        yield from self.ledger().agreements().values()

    def _drawdowns(self) -> list[tuple[str, Drawdown]]:
        return [each for state in self._states() for each in state.drawdowns.items()]

    def _payment(self, wanted: Callable[[Payment], bool]) -> str | None:
        """A payment that a step can be taken on; now and then any, or one that is not there.

        None if nobody can do anything.
        """
        payments = {name: each for state in self._states() for name, each in state.payments.items()}
        ready = [name for name, each in payments.items() if wanted(each) or self._rarely(20)]
        return self.random.choice(ready or ([*payments, "hf-P001"] if self._rarely(20) else [None]))

    def _settling(self) -> Iterator[BankRow]:
        """A bank line for each payment that was sent and each drawdown that was called.

        Now and then the bank is faster than whoever records that a payment was sent.
        """
        for state in self._states():
            for name, payment in state.payments.items():
                sent = payment.instructed_at is not None
                if payment.settled_at is None and (sent or self._rarely(2)):
                    proposed = payment.proposed
                    yield self._bank_row(proposed.payer, -proposed.amount, name)
        for name, drawdown in self._drawdowns():
            for part in drawdown.called.parts:
                if part.investor not in drawdown.received:
                    reference = f"{name}/{part.investor}"
                    yield self._bank_row(drawdown.called.provider, part.amount, reference)

    def _strange(self) -> Iterator[BankRow]:
        """Money that comes back, is paid again, or in part."""
        for state in self._states():
            for name, payment in state.payments.items():
                proposed = payment.proposed
                if payment.settlements:
                    yield self._bank_row(proposed.payer, proposed.amount, name)
                    yield self._bank_row(proposed.payer, -proposed.amount, name)
                elif payment.instructed_at is not None and proposed.amount.minor > 1:
                    part = Amount(-(proposed.amount.minor // 2))
                    yield self._bank_row(proposed.payer, part, name)
        for name, drawdown in self._drawdowns():
            for investor in drawdown.received:
                back = -drawdown.paid(investor)
                yield self._bank_row(drawdown.called.provider, back, f"{name}/{investor}")

    def _bank_row(self, account: str, amount: Amount, reference: str) -> BankRow:
        self._counted += 1
        return BankRow(account, f"L{self._counted}", self.today, amount, reference, "transfer")

    def _misread(self, row: BankRow) -> BankRow:
        """The line with an øre, or its account, wrong."""
        account, amount = self.random.choice(
            [
                (row.account, row.amount + Amount(1)),
                ("home-ngo", row.amount),
                ("nobody", row.amount),
            ]
        )
        return BankRow(account, row.line, row.booked_on, amount, row.reference, row.text)
