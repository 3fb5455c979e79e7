"""What the bank does with payments: receives, refuses, pays, sends back; and what is recalled.

A payment that comes to nothing puts what it was to pay back among what is owed; it is proposed
anew as another payment, with another name at the bank. Money that a bank sends back is no clawback:
the payee was owed it and is owed it still.
"""

from __future__ import annotations

from datetime import date

from ledger import events as e
from ledger.decide.decision import New, agreement_stream, numbered
from ledger.decide.four_eyes import another_person
from ledger.decide.owing import Payment, Stage
from ledger.decide.payment import payment_of
from ledger.decide.people_state import PeopleState
from ledger.decide.refusal import AgainstTerms, AlreadyDone, NotFound, OutOfOrder
from ledger.decide.state import AgreementState
from ledger.facts import Source
from ledger.model import Position
from ledger.money import ZERO, Amount


def acknowledge(
    state: AgreementState, payment_id: str, status: str, on: date, source: Source | None = None
) -> list[New]:
    """The bank says how far an instruction has come; what it said before changes nothing.

    Raises:
        NotFound: if there is no such payment.
        OutOfOrder: if it was never sent, or is over.
    """
    payment, sent_at = _sent(state, payment_id)
    if payment.settled_at is not None or payment.acknowledged == status:
        return []
    seen = e.PaymentAcknowledged(
        payment=payment_id, instructed_at=sent_at, status=status, source=source
    )
    return _one(state, on, seen)


def fail(
    state: AgreementState,
    payment_id: str,
    code: str,
    reason: str,
    on: date,
    source: Source | None = None,
) -> list[New]:
    """The bank did not pay, or not the rest; what is outstanding is owed as before.

    Raises:
        NotFound: if there is no such payment.
        OutOfOrder: if it was never sent, is settled, or is over.
    """
    payment, sent_at = _sent(state, payment_id)
    _require_outstanding(payment)
    failed = e.PaymentFailed(
        payment=payment_id,
        payer=payment.proposed.payer,
        role=payment.proposed.role,
        payee=payment.proposed.payee,
        amount=payment.outstanding,
        instructed_at=sent_at,
        code=code,
        reason=reason,
        source=source,
    )
    return _one(state, on, failed)


def settle(
    state: AgreementState, payment_id: str, on: date, bank_line: str, amount: Amount
) -> list[New]:
    """A line of the payer's bank shows that a payment, or part of it, was made.

    `amount` is what was paid, above zero; `bank_line` is `ACCOUNT/LINE`.

    Raises:
        NotFound: if there is no such payment.
        OutOfOrder: if it was never sent, or is over.
        AlreadyDone: if that line settles it already.
        AgainstTerms: if it is more than what is outstanding, or nothing.
    """
    payment, sent_at = _sent(state, payment_id)
    if bank_line in payment.settlements:
        message = f"{bank_line} settles {payment_id} already"
        raise AlreadyDone(message)
    _require_within(amount, payment.outstanding, f"outstanding of {payment_id}")
    settled = e.PaymentSettled(
        payment=payment_id,
        payer=payment.proposed.payer,
        role=payment.proposed.role,
        payee=payment.proposed.payee,
        amount=amount,
        instructed_at=sent_at,
        bank_line=bank_line,
    )
    return _one(state, on, settled)


def unsettle(
    state: AgreementState, payment_id: str, on: date, bank_line: str, reason: str
) -> list[New]:
    """A bank line that settled a payment meant something else; the payment is with the bank again.

    Raises:
        NotFound: if there is no such payment, or the line settles none of it.
        OutOfOrder: if the payment is over.
    """
    payment, _ = _sent(state, payment_id)
    if bank_line not in payment.settlements:
        message = f"{bank_line} settles nothing of {payment_id}"
        raise NotFound(message)
    at, amount = payment.settlements[bank_line]
    undone = e.SettlementReversed(
        payment=payment_id,
        payer=payment.proposed.payer,
        role=payment.proposed.role,
        payee=payment.proposed.payee,
        amount=amount,
        settled_at=at,
        bank_line=bank_line,
        reason=reason,
    )
    return _one(state, on, undone)


def give_back(
    state: AgreementState,
    payment_id: str,
    on: date,
    bank_line: str,
    amount: Amount,
    reason: str = "",
) -> list[New]:
    """A bank line shows that money that was paid came back; that much is owed again.

    Raises:
        NotFound: if there is no such payment.
        OutOfOrder: if some of it is still outstanding at the bank, or nothing was paid.
        AgainstTerms: if it is more than what was paid and has not come back, or nothing.
    """
    payment = payment_of(state, payment_id)
    if not payment.settlements or payment.outstanding:
        message = f"{payment_id} is not settled, so nothing of it can have come back"
        raise OutOfOrder(message)
    _require_within(amount, payment.settled - payment.returned, f"paid of {payment_id}")
    returned = e.PaymentReturned(
        payment=payment_id,
        payer=payment.proposed.payer,
        role=payment.proposed.role,
        payee=payment.proposed.payee,
        amount=amount,
        settled_at=max(at for at, _ in payment.settlements.values()),
        bank_line=bank_line,
        reason=reason,
    )
    return _one(state, on, returned)


def keep(
    state: AgreementState, payment_id: str, on: date, bank_line: str, reason: str
) -> list[New]:
    """What came back with a bank line was paid once more: the payment is settled after all.

    Raises:
        NotFound: if there is no such payment.
        OutOfOrder: if it did not come back as a whole, or another payment pays it by now.
    """
    payment = payment_of(state, payment_id)
    if not may_be_kept(state, payment):
        message = f"{payment_id} did not come back, or is paid anew by now"
        raise OutOfOrder(message)
    kept = e.ReturnReversed(
        payment=payment_id,
        payer=payment.proposed.payer,
        role=payment.proposed.role,
        payee=payment.proposed.payee,
        amount=payment.returned,
        settled_at=max(at for at, _ in payment.settlements.values()),
        bank_line=bank_line,
        reason=reason,
    )
    return _one(state, on, kept)


def may_be_kept(state: AgreementState, payment: Payment) -> bool:
    """Whether a payment came back as a whole, and nothing has been made of that since."""
    whole = payment.over is Stage.RETURNED and payment.returned == payment.proposed.amount
    return whole and state.is_owed_anew(payment)


def request_recall(state: AgreementState, payment_id: str, reason: str, on: date) -> list[New]:
    """The payer asks its bank to stop an instruction.

    Raises:
        NotFound: if there is no such payment.
        OutOfOrder: if it was never sent, is settled, or is over.
        AlreadyDone: if it was asked already.
    """
    payment, sent_at = _sent(state, payment_id)
    _require_outstanding(payment)
    if payment.recall_at is not None:
        message = f"the bank was asked to recall {payment_id} already (event {payment.recall_at})"
        raise AlreadyDone(message)
    asked = e.PaymentRecallRequested(payment=payment_id, instructed_at=sent_at, reason=reason)
    return _one(state, on, asked)


def answer_recall(
    state: AgreementState, payment_id: str, on: date, refused: str | None = None
) -> list[New]:
    """The bank's answer to a recall: it stopped the payment, or says why it did not.

    Raises:
        NotFound: if there is no such payment.
        OutOfOrder: if the bank was not asked, or has paid.
    """
    payment, _ = _sent(state, payment_id)
    if payment.recall_at is None:
        message = f"the bank was not asked to recall {payment_id}; run `ofl payments recall` first"
        raise OutOfOrder(message)
    if refused is not None:
        stands = e.PaymentRecallRefused(
            payment=payment_id, requested_at=payment.recall_at, reason=refused
        )
        return _one(state, on, stands)
    _require_outstanding(payment)
    recalled = e.PaymentRecalled(
        payment=payment_id,
        payer=payment.proposed.payer,
        role=payment.proposed.role,
        payee=payment.proposed.payee,
        amount=payment.outstanding,
        requested_at=payment.recall_at,
    )
    return _one(state, on, recalled)


def require_another_person(
    state: AgreementState, people: PeopleState, payment_id: str, actor: str
) -> None:
    """Refuse who sent a payment, or had it recalled, to say that the bank stopped it.

    It is owed anew then; and if the bank made it all the same, it is paid twice.

    Raises:
        FourEyes: if the person did.
        NotAllowed, SingleUser: as `another_person` does.
    """
    payment, sent_at = _sent(state, payment_id)
    acted = {at: state.actors[at] for at in (sent_at, payment.recall_at) if at is not None}
    did, step = f"sent or recalled {payment_id}", "say that the bank stopped it"
    another_person(people, actor, acted, did, step)


def _one(state: AgreementState, on: date, event: e.Event) -> list[New]:
    return numbered(agreement_stream(state.agreement), state.version, [(on, event)])


def _sent(state: AgreementState, payment_id: str) -> tuple[Payment, Position]:
    """A payment that the bank was told to make and that still stands, and where that was told."""
    payment = payment_of(state, payment_id)
    if payment.instructed_at is None:
        message = f"{payment_id} was not sent to the bank"
        raise OutOfOrder(message)
    if payment.over is not None:
        message = f"{payment_id} is {payment.over.value}; what it was to pay is owed anew"
        raise OutOfOrder(message)
    return payment, payment.instructed_at


def _require_outstanding(payment: Payment) -> None:
    if not payment.outstanding:
        message = (
            f"{payment.proposed.payment} is settled; money that comes back is told by the line of "
            "the bank that it comes with"
        )
        raise OutOfOrder(message)


def _require_within(amount: Amount, most: Amount, what: str) -> None:
    if not ZERO < amount <= most:
        message = f"{amount} is not within the {most} that is {what}"
        raise AgainstTerms(message)
