"""Between the ledger and the files of banks: what is paid, written; what the bank answers, read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import lru_cache

from desk.iso20022.pain001 import payment_xml
from desk.iso20022.pain002 import Meaning, PaymentStatus, StatusReport
from desk.iso20022.payment import CreditTransfer, Debtor, PaymentFile
from ledger.bank_account import BankAccount
from ledger.commands.banking import Answer
from ledger.decide.payment_file import FileContent, Render, Transfer
from ledger.events import PaymentFileMade
from ledger.model import TEXT_MAX

FIRST_GROUP = "{message}-001"
"""The group (PmtInf) of a file's payments: one payer and one day make one group."""

ShowProgress = Callable[[int, str], AbstractContextManager[Callable[[int], None]]]


def renderer(show_progress: ShowProgress) -> Render:
    """Writes a payment file as pain.001.001.09, and shows how far it is."""

    def render(content: FileContent) -> bytes:
        with show_progress(len(content.transfers), "writing payments") as advance:
            return payment_xml(_file(content), advance)

    return render


def _file(content: FileContent) -> PaymentFile:
    payer = content.payer
    debtor = Debtor(BankAccount(payer.account), payer.holder, payer.bic)
    return PaymentFile(
        message_id=content.message,
        created_at=content.created_at,
        sender=payer.holder,
        currency=content.currency,
        transfers=tuple(_transfer(content, debtor, each) for each in content.transfers),
    )


@lru_cache(maxsize=4096)
def _bank_account(number: str) -> BankAccount:
    """An account, checked once: many payments go to the same ones."""
    return BankAccount(number)


def _transfer(content: FileContent, debtor: Debtor, each: Transfer) -> CreditTransfer:
    return CreditTransfer(
        end_to_end_id=each.end_to_end_id,
        instruction_id=each.end_to_end_id,
        amount=each.amount,
        debtor=debtor,
        requested_on=content.execute_on,
        payee_name=each.payee.holder,
        payee_account=_bank_account(each.payee.account),
        remittance=each.text,
        payee_bic=each.payee.bic,
    )


def answers(report: StatusReport, made: PaymentFileMade) -> dict[str, Answer]:
    """What a report says of each payment of a file; nothing of those it says nothing of.

    That a bank calls a payment settled is an answer like another: the statement settles it.
    """
    group = FIRST_GROUP.format(message=made.message)
    names = zip(made.payments, made.end_to_end_ids, strict=True)
    said = {name: report.of(group, identity) for name, identity in names}
    return {name: _answer(status) for name, status in said.items() if status is not None}


def _answer(status: PaymentStatus) -> Answer:
    words = [word for reason in status.reasons for word in (reason.code, *reason.words) if word]
    rejected = status.meaning is Meaning.REJECTED
    code = next((each.code for each in status.reasons if each.code), status.code)
    return Answer(code if rejected else status.code, rejected, " ".join(words)[:TEXT_MAX])
