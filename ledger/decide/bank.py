"""Bank statements: every line is kept; one that names a payment or a drawdown settles it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from ledger import events as e
from ledger.decide import investment, settling
from ledger.decide.decision import New, agreement_stream, bank_stream, numbered
from ledger.decide.owing import Payment
from ledger.decide.refusal import FileRefused, Finding
from ledger.decide.rows import BankRow, Batch
from ledger.decide.state import AgreementState, BankState
from ledger.facts import Source


def record_statement(
    states: Mapping[str, AgreementState], banks: Mapping[str, BankState], batch: Batch[BankRow]
) -> tuple[list[New], list[BankRow]]:
    """Lines that are new, what they settle, and the lines that match nothing.

    A line matches a payment sent to the bank if it left the payer's account with the payment's id
    as reference and exactly its amount; it matches a drawdown if it reached the provider's account
    with `DRAWDOWN/INVESTOR` as reference and exactly that investor's part. A line once read under
    the same account and line number is not read again; if it matched nothing then, it is tried
    again.
    """
    _check(states, banks, batch)
    statement = _Statement(states, banks)
    for row in batch.rows:
        statement.take(row.value, batch.source(row.number))
    return statement.news(), statement.unmatched


class _Statement:
    """The lines of one file as they are taken one by one."""

    def __init__(
        self, states: Mapping[str, AgreementState], banks: Mapping[str, BankState]
    ) -> None:
        self._states = states
        self._banks = banks
        self._settled: dict[str, list[tuple[date, e.Event]]] = defaultdict(list)
        self._lines: dict[str, dict[str, tuple[date, e.Event]]] = defaultdict(dict)
        self._taken: set[str] = set()
        self.unmatched: list[BankRow] = []

    def take(self, row: BankRow, source: Source) -> None:
        """Take one line: match it, and keep it unless it is kept already."""
        bank, lines = self._banks[row.account], self._lines[row.account]
        seen_at = bank.unmatched.get(row.line)
        if row.line in lines or (row.line in bank.lines and seen_at is None):
            return
        match = None if row.reference in self._taken else _match(self._states, row)
        if match is None:
            self.unmatched.append(row)
        else:
            agreement, settles = match
            self._taken.add(row.reference)
            self._settled[agreement].append((row.booked_on, settles))
        if seen_at is None:
            lines[row.line] = (row.booked_on, _seen(row, source, matched=match is not None))
        elif match is not None:
            matched = e.BankLineMatched(
                line=row.line, account=row.account, matched=row.reference, seen_at=seen_at
            )
            lines[row.line] = (row.booked_on, matched)

    def news(self) -> list[New]:
        """What is settled, by agreement, and then the lines, by account."""
        settled = [
            new
            for agreement, events in self._settled.items()
            for new in numbered(
                agreement_stream(agreement), self._states[agreement].version, events
            )
        ]
        lines = [
            new
            for account, events in self._lines.items()
            for new in numbered(bank_stream(account), self._banks[account].version, events.values())
        ]
        return settled + lines


def _seen(row: BankRow, source: Source, *, matched: bool) -> e.BankLineSeen:
    return e.BankLineSeen(
        line=row.line,
        account=row.account,
        booked_on=row.booked_on,
        amount=row.amount,
        reference=row.reference,
        text=row.text,
        matched=row.reference if matched else None,
        source=source,
    )


def _check(
    states: Mapping[str, AgreementState], banks: Mapping[str, BankState], batch: Batch[BankRow]
) -> None:
    """Refuse accounts of nobody, and a line number that stands for two different lines."""
    parties = {party.id for state in states.values() for party in state.terms.parties}
    first: dict[tuple[str, str], BankRow] = {}
    findings = []
    for row in batch.rows:
        value = row.value
        if value.account not in parties:
            known_parties = ", ".join(sorted(parties))
            message = f"no agreement has a party {value.account!r} (parties: {known_parties})"
            findings.append(Finding(row.number, "account", message))
            continue
        known = banks[value.account].lines.get(value.line)
        same = first.setdefault((value.account, value.line), value) == value
        if not same or (known is not None and not _same(known, value)):
            message = (
                f"line {value.line} of {value.account} stands for two different lines, here and "
                "above or in an earlier file; give each line of an account a number of its own"
            )
            findings.append(Finding(row.number, "line_id", message))
    if findings:
        raise FileRefused(batch.file, findings)


def _same(known: e.BankLineSeen, row: BankRow) -> bool:
    before = (known.booked_on, known.amount, known.reference, known.text)
    return before == (row.booked_on, row.amount, row.reference, row.text)


def _match(states: Mapping[str, AgreementState], row: BankRow) -> tuple[str, e.Event] | None:
    """What a line settles, if anything, and in which agreement."""
    bank_line = f"{row.account}/{row.line}"
    for state in states.values():
        name = state.instructions.get(row.reference)
        if name is not None and _is_payment(state.payments[name], row):
            new = settling.settle(state, name, row.booked_on, bank_line, -row.amount)
            return state.agreement, new[0].event
        drawdown_id, _, investor = row.reference.partition("/")
        if _is_receipt(state, drawdown_id, investor, row):
            new = investment.receive(state, drawdown_id, investor, row.booked_on, bank_line)
            return state.agreement, new[0].event
    return None


def _is_payment(payment: Payment, row: BankRow) -> bool:
    return (
        row.account == payment.proposed.payer
        and bool(payment.outstanding)
        and row.amount == -payment.outstanding
    )


def _is_receipt(state: AgreementState, drawdown_id: str, investor: str, row: BankRow) -> bool:
    drawdown = state.drawdowns.get(drawdown_id)
    return (
        drawdown is not None
        and investor not in drawdown.received
        and row.account == drawdown.called.provider
        and any(
            (part.investor, part.amount) == (investor, row.amount) for part in drawdown.called.parts
        )
    )
