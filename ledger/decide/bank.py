"""What a bank's files say: every statement and every booked line is kept, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ledger import events as e
from ledger.decide.ahead import Ahead
from ledger.decide.bank_state import BankState, statement_key
from ledger.decide.refusal import AlreadyDone, FileRefused, Finding
from ledger.decide.rows import BankBatch, BankDetailRow, BankRow, Batch, Row
from ledger.decide.state import AgreementState


def parties(states: Iterable[AgreementState]) -> set[str]:
    """Everybody who is a party of some agreement."""
    return {party.id for state in states for party in state.terms.parties}


def name_account(ahead: Ahead, party: str, number: str, owners: Mapping[str, str]) -> None:
    """An account number, by its fingerprint, is a party's.

    Raises:
        AlreadyDone: if it is already, or another's.
    """
    if number in owners:
        message = f"the account {shown(number)} is {owners[number]}'s already"
        raise AlreadyDone(message)
    ahead.record(party, ahead.today, e.BankAccountNamed(party=party, number=number))


def shown(number: str) -> str:
    """An account number's last digits, from its fingerprint."""
    return "…" + number.partition("-")[0]


def record_files(ahead: Ahead, batches: Iterable[Batch[BankRow]]) -> int:
    """Keep what is new of some files; how many lines that is.

    A line or statement that is known is not kept again, in whichever file it comes.

    Raises:
        FileRefused: if an account is nobody's, or a line number stands for two different lines.
    """
    known = parties(ahead.agreements())
    before = len(ahead.news)
    for batch in batches:
        _check(ahead, known, batch)
        lines = (row for row in batch.rows if not row.value.noticed)
        for row in lines:
            if row.value.line not in ahead.bank(row.value.account).lines:
                ahead.record(row.value.account, row.value.booked_on, _seen(row, batch))
        for row in (row for row in batch.rows if row.value.noticed):
            if row.value.line not in ahead.bank(row.value.account).notices:
                ahead.record(row.value.account, row.value.booked_on, _notice(row, batch))
        if isinstance(batch, BankBatch):
            _record_statements(ahead, batch)
    return sum(isinstance(new.event, e.BankLineSeen) for new in ahead.news[before:])


def _record_statements(ahead: Ahead, batch: BankBatch) -> None:
    for row in batch.statements:
        statement = row.value
        read = e.StatementRead(
            account=statement.account,
            number=statement.number,
            statement=statement.statement,
            sequence=statement.sequence,
            start=statement.start,
            end=statement.end,
            opening=statement.opening,
            closing=statement.closing,
            booked=statement.booked,
            difference=statement.difference,
            lines=statement.lines,
            findings=tuple(
                e.StatementFinding(kind=kind, message=text) for kind, text in statement.findings
            ),
            source=batch.source(row.number),
        )
        if statement_key(read) not in ahead.bank(statement.account).statements:
            ahead.record(statement.account, statement.end or ahead.today, read)


def _seen(row: Row[BankRow], batch: Batch[BankRow]) -> e.BankLineSeen:
    line = row.value
    return e.BankLineSeen(
        line=line.line,
        account=line.account,
        booked_on=line.booked_on,
        amount=line.amount,
        reference=line.reference,
        text=line.text,
        source=batch.source(row.number),
        valued_on=line.valued_on,
        statement=line.statement,
        counterparty=line.counterparty,
        reversal=line.reversal,
        returned=line.returned,
        details=tuple(_detail(each) for each in line.details),
    )


def _notice(row: Row[BankRow], batch: Batch[BankRow]) -> e.BankNoticeSeen:
    line = row.value
    return e.BankNoticeSeen(
        line=line.line,
        account=line.account,
        booked_on=line.booked_on,
        amount=line.amount,
        reference=line.reference,
        text=line.text,
        counterparty=line.counterparty,
        returned=line.returned,
        details=tuple(_detail(each) for each in line.details),
        source=batch.source(row.number),
    )


def _detail(row: BankDetailRow) -> e.BankLineDetail:
    return e.BankLineDetail(
        amount=row.amount,
        reference=row.reference,
        text=row.text,
        counterparty=row.counterparty,
        returned=row.returned,
    )


def _check(ahead: Ahead, known_parties: set[str], batch: Batch[BankRow]) -> None:
    """Refuse accounts of nobody, and a line number that stands for two different lines."""
    first: dict[tuple[str, str, bool], BankRow] = {}
    findings = []
    for row in batch.rows:
        value = row.value
        if value.account not in known_parties:
            listed = ", ".join(sorted(known_parties))
            message = f"no agreement has a party {value.account!r} (parties: {listed})"
            findings.append(Finding(row.number, "account", message))
            continue
        known = ahead.bank(value.account).lines.get(value.line)
        above = first.setdefault((value.account, value.line, value.noticed), value)
        same = _facts(above) == _facts(value)
        if not same or (known is not None and not value.noticed and not _same(known, value)):
            message = (
                f"line {value.line} of {value.account} stands for two different lines, here and "
                "above or in an earlier file; give each line of an account a number of its own"
            )
            findings.append(Finding(row.number, "line_id", message))
    if findings:
        raise FileRefused(batch.file, findings)


def _facts(row: BankRow) -> BankRow:
    """What makes a line this line: a bank may word it differently when it sends it again."""
    if row.number:
        return replace(
            row, reference="", text="", statement="", counterparty="", details=(), returned=""
        )
    return row


def _same(known: e.BankLineSeen, row: BankRow) -> bool:
    before, now = (known.booked_on, known.amount), (row.booked_on, row.amount)
    if row.number:
        return before == now
    return (*before, known.reference, known.text) == (*now, row.reference, row.text)


def owners_of(banks: Iterable[BankState]) -> dict[str, str]:
    """Whose account each known number is, by its fingerprint."""
    return {number: bank.account for bank in banks for number in bank.numbers}
