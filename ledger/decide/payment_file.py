"""A file of payments for a payer's bank: what stands in it, decided once and the same for ever.

Everything that makes the file's bytes is in the events: the accounts as they were set, the
approvals, the checkpoint that was sealed before it, the time it was made. So the file can be made
again at any time, and its hash tells that it is the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ledger import events as e
from ledger.decide.decision import New, file_stream, numbered
from ledger.decide.many import Refused, agreement_of, for_each
from ledger.decide.owing import Payment
from ledger.decide.payees import PayeeState, Safeguards
from ledger.decide.payment import end_to_end_id, instruct, payment_of
from ledger.decide.refusal import NotFound, OutOfOrder
from ledger.decide.state import AgreementState
from ledger.money import Amount, total

_MESSAGE_HASH = 16
_TREE_SHOWN = 16


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment in a file."""

    payment: str
    end_to_end_id: str
    amount: Amount
    payee: e.PayeeAccountSet
    text: str


@dataclass(frozen=True, slots=True)
class FileContent:
    """All that a payment file says."""

    message: str
    payer: e.PayeeAccountSet
    created_at: datetime
    execute_on: date
    currency: str
    transfers: tuple[Transfer, ...]


Render = Callable[[FileContent], bytes]
"""Writes a file in the format of the bank."""


@dataclass(frozen=True, slots=True)
class Making:
    """What a file is made by, besides the payments: payer, days, the checkpoint, the writer."""

    payer: str
    execute_on: date
    created_at: datetime
    currency: str
    size: int
    tree: str
    """Of the checkpoint that was sealed: how many events, and their root."""
    render: Render
    version: int
    """Of the stream of the payer's files."""


def message_id(making: Making, payments: Sequence[Payment]) -> str:
    """A file's name at the bank, made of the events that it rests on."""
    rests_on = [[each.proposed.payment, *(a.at for a in each.approvals)] for each in payments]
    content = json.dumps([making.payer, making.tree, sorted(rests_on)])
    return f"OFL{making.size}-{hashlib.sha256(content.encode()).hexdigest()[:_MESSAGE_HASH]}"


def payments_for(
    states: Mapping[str, AgreementState], payer: str, size: int
) -> list[tuple[AgreementState, str]]:
    """The payments of a payer that are not sent, and were approved in the first `size` events."""
    return [
        (state, name)
        for state in states.values()
        for name, each in state.payments.items()
        if each.proposed.payer == payer
        and each.approved_at is not None
        and each.approved_at <= size
        and each.instructed_at is None
        and each.over is None
    ]


def make(
    states: Mapping[str, AgreementState],
    guards: Safeguards,
    making: Making,
    actor: str,
    on: date,
) -> tuple[list[New], Refused]:
    """The file of all approved payments of a payer, and the sending of each.

    A payment that may not be sent is left out, and told of.

    Raises:
        OutOfOrder: if no account of the payer may be used, or no payment may be sent.
    """
    ready = payments_for(states, making.payer, making.size)
    payer = guards.account_of(making.payer, required=True)
    assert payer is not None
    assert payer.account is not None
    assert payer.set_at is not None
    message = message_id(making, [state.payments[name] for state, name in ready])
    news, refused = for_each(
        states,
        [name for _, name in ready],
        lambda state, name: instruct(state, guards, name, actor, on, message),
    )
    sent = {new.event.payment for new in news if isinstance(new.event, e.PaymentInstructed)}
    if not sent:
        why = "; ".join(refused.values()) or "no payment is approved and not sent"
        text = f"nothing of {making.payer} can be sent: {why}"
        raise OutOfOrder(text)
    kept = [(state, name) for state, name in ready if name in sent]
    transfers = tuple(
        _transfer(state.payments[name], guards.payees[state.payments[name].proposed.payee], making)
        for state, name in kept
    )
    content = FileContent(
        message, payer.account, making.created_at, making.execute_on, making.currency, transfers
    )
    made = e.PaymentFileMade(
        message=message,
        payer=making.payer,
        payer_account_at=payer.set_at,
        created_at=making.created_at.isoformat(),
        execute_on=making.execute_on,
        currency=making.currency,
        size=making.size,
        tree=making.tree,
        payments=tuple(each.payment for each in transfers),
        end_to_end_ids=tuple(each.end_to_end_id for each in transfers),
        amount=total(each.amount for each in transfers),
        sha256=hashlib.sha256(making.render(content)).hexdigest(),
    )
    return [*numbered(file_stream(making.payer), making.version, [(on, made)]), *news], refused


def _transfer(payment: Payment, payee: PayeeState, making: Making | e.PaymentFileMade) -> Transfer:
    """A payment as it stands in a file; an account set later is not looked at."""
    account = payee.account
    if payment.account_at is not None:
        account = payee.accounts[payment.account_at]
    assert account is not None
    name = payment.proposed.payment
    return Transfer(
        payment=name,
        end_to_end_id=end_to_end_id(payment.proposed),
        amount=payment.proposed.amount,
        payee=account,
        text=f"{name} ofl {making.size} {making.tree[:_TREE_SHOWN]}",
    )


def again(
    made: e.PaymentFileMade,
    states: Mapping[str, AgreementState],
    payees: Mapping[str, PayeeState],
) -> FileContent:
    """What stands in a file that was made, from the events that it was made of."""
    transfers = []
    for name in made.payments:
        payment = payment_of(states[agreement_of(name)], name)
        transfers.append(_transfer(payment, payees[payment.proposed.payee], made))
    return FileContent(
        message=made.message,
        payer=payees[made.payer].accounts[made.payer_account_at],
        created_at=datetime.fromisoformat(made.created_at),
        execute_on=made.execute_on,
        currency=made.currency,
        transfers=tuple(transfers),
    )


def file_of(files: Mapping[str, e.PaymentFileMade], message: str) -> e.PaymentFileMade:
    """The file of a name.

    Raises:
        NotFound: if none was made.
    """
    if message not in files:
        text = f"no payment file {message!r} was made; `ofl payments files` names them"
        raise NotFound(text)
    return files[message]
