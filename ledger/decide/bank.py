"""Bank statements: every line is kept; one that names a payment or a drawdown settles it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from ledger import events as e
from ledger.decide import investment
from ledger.decide.decision import New, agreement_stream, bank_stream, numbered
from ledger.decide.refusal import FileRefused, Finding
from ledger.decide.rows import BankRow, Batch
from ledger.decide.state import AgreementState, BankState, Payment


def record_statement(
    states: Mapping[str, AgreementState], banks: Mapping[str, BankState], batch: Batch[BankRow]
) -> tuple[list[New], list[BankRow]]:
    """Lines that are new, what they settle, and the new lines that match nothing.

    A line matches a payment sent to the bank if it left the payer's account with the payment's id
    as reference and exactly its amount; it matches a drawdown if it reached the provider's account
    with `DRAWDOWN/INVESTOR` as reference and exactly that investor's part. A line once read under
    the same account and line number is not read again.
    """
    _check(states, banks, batch)
    lines: dict[str, list[tuple[BankRow, e.Event]]] = defaultdict(list)
    settled: dict[str, list[New]] = defaultdict(list)
    unmatched: list[BankRow] = []
    taken: set[str] = set()
    for row in batch.rows:
        value = row.value
        if value.line in banks[value.account].lines or any(
            value.line == earlier.line for earlier, _ in lines[value.account]
        ):
            continue
        match = None if value.reference in taken else _match(states, value)
        if match is None:
            unmatched.append(value)
        else:
            state, event = match
            taken.add(value.reference)
            version = state.version + len(settled[state.agreement])
            settled[state.agreement] += numbered(
                agreement_stream(state.agreement), version, [(value.booked_on, event)]
            )
        seen = e.BankLineSeen(
            line=value.line,
            account=value.account,
            booked_on=value.booked_on,
            amount=value.amount,
            reference=value.reference,
            text=value.text,
            matched=value.reference if match else None,
            source=batch.source(row.number),
        )
        lines[value.account].append((value, seen))
    news = [new for events in settled.values() for new in events]
    for account, seen_lines in lines.items():
        dated = [(row.booked_on, event) for row, event in seen_lines]
        news += numbered(bank_stream(account), banks[account].version, dated)
    return news, unmatched


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
            message = f"line {value.line} of {value.account} was read before with other content"
            findings.append(Finding(row.number, "line_id", message))
    if findings:
        raise FileRefused(batch.file, findings)


def _same(known: e.BankLineSeen, row: BankRow) -> bool:
    before = (known.booked_on, known.amount, known.reference, known.text)
    return before == (row.booked_on, row.amount, row.reference, row.text)


def _match(
    states: Mapping[str, AgreementState], row: BankRow
) -> tuple[AgreementState, e.Event] | None:
    """What a line settles, if anything, and in which agreement."""
    bank_line = f"{row.account}/{row.line}"
    for state in states.values():
        payment = state.payments.get(row.reference)
        if payment is not None and _is_payment(payment, row):
            assert payment.instructed_at is not None
            proposed = payment.proposed
            return state, e.PaymentSettled(
                payment=row.reference,
                payer=proposed.payer,
                role=proposed.role,
                payee=proposed.payee,
                amount=proposed.amount,
                instructed_at=payment.instructed_at,
                bank_line=bank_line,
            )
        drawdown_id, _, investor = row.reference.partition("/")
        if _is_receipt(state, drawdown_id, investor, row):
            new = investment.receive(state, drawdown_id, investor, row.booked_on, bank_line)
            return state, new[0].event
    return None


def _is_payment(payment: Payment, row: BankRow) -> bool:
    return (
        payment.instructed_at is not None
        and payment.settled_at is None
        and row.account == payment.proposed.payer
        and row.amount == -payment.proposed.amount
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
