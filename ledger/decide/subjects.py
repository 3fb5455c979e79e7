"""People who turn out to be one, or two again, and people who move to another municipality."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ledger import events as e
from ledger.decide.decision import New, agreement_stream, numbered
from ledger.decide.refusal import AgainstTerms, AlreadyDone, NotFound, OutOfOrder
from ledger.decide.state import AgreementState
from ledger.metrics.facts import Move, moves_in_order
from ledger.model import SubjectRef
from ledger.parties import Role
from ledger.terms.agreement import Terms


def merge(
    state: AgreementState, one: SubjectRef, other: SubjectRef, reason: str, today: date
) -> list[New]:
    """Two pseudonyms are one person, who counts under the one that was enrolled first.

    Raises:
        NotFound: if nobody is enrolled under one of them.
        AlreadyDone: if they are one person already, or one is erased.
        OutOfOrder: if the one to go has others merged into it.
    """
    for each in (one, other):
        _require_here(state, each)
    if state.person_of(one) == state.person_of(other):
        message = f"{one} and {other} are one person already"
        raise AlreadyDone(message)
    if one in state.merged or other in state.merged:
        message = f"merge {state.person_of(one)} and {state.person_of(other)}, which they count as"
        raise OutOfOrder(message)
    kept, gone = sorted((one, other), key=lambda ref: (state.enrolled[ref][1].enrolled_on, ref))
    if len(state.same_as(gone)) > 1:
        message = f"others are merged into {gone}, which was enrolled later; unmerge them first"
        raise OutOfOrder(message)
    event = e.PersonsMerged(subject=kept, merged=gone, reason=reason)
    return numbered(agreement_stream(state.agreement), state.version, [(today, event)])


def unmerge(state: AgreementState, subject: SubjectRef, reason: str, today: date) -> list[New]:
    """A pseudonym that was merged into another is a person of its own again.

    Raises:
        NotFound: if nobody is enrolled under it.
        AlreadyDone: if it is merged into no other, or erased.
    """
    _require_here(state, subject)
    if subject not in state.merged:
        message = f"{subject} is not merged into another"
        raise AlreadyDone(message)
    position, kept = state.merged[subject]
    event = e.PersonsUnmerged(subject=kept, merged=subject, corrects=position, reason=reason)
    return numbered(agreement_stream(state.agreement), state.version, [(today, event)])


def move(
    state: AgreementState, subject: SubjectRef, municipality: str, on: date, reason: str
) -> list[New]:
    """From a day on, another municipality pays for a person what the one before paid till then.

    Raises:
        NotFound: if nobody is enrolled under the pseudonym.
        AlreadyDone: if the person lives there, or is erased.
        AgainstTerms: if the municipality is no co-payer in the terms.
        OutOfOrder: if a later move is recorded.
    """
    _require_here(state, subject)
    moves = moves_of(state, subject)
    before = moves_from(state.require_signed().terms, state.terms, moves, municipality, on)
    event = e.MunicipalityChanged(
        subject=subject, before=before, municipality=municipality, reason=reason
    )
    return numbered(agreement_stream(state.agreement), state.version, [(on, event)])


def moves_of(state: AgreementState, subject: SubjectRef) -> tuple[Move, ...]:
    """A person's moves in order of day, under whichever pseudonym each was told."""
    return moves_in_order(
        move for ref in state.same_as(subject) for move in state.moves.get(ref, {}).values()
    )


def refuse_later_moves(state: AgreementState, subject: SubjectRef, on: date) -> None:
    """Refuse to take a move away from before others, which go on from where it went.

    Raises:
        OutOfOrder: if a later one is recorded.
    """
    later = [str(move.at) for move in reversed(moves_of(state, subject)) if move.on > on]
    if later:
        which = f"event {later[0]}" if len(later) == 1 else f"events {', '.join(later)}"
        message = (
            f"{which} moved the person later, from where this move went; void the later ones "
            "first, beginning with the last, and tell again what was right in them"
        )
        raise OutOfOrder(message)


def moves_from(
    signed: Terms, newest: Terms, moves: Sequence[Move], municipality: str, on: date
) -> str:
    """Where a person who moves lived till then; `moves` are those before, in order of day.

    Raises:
        AlreadyDone: if the person lives there.
        AgainstTerms: if the municipality is no co-payer in the newest terms.
        OutOfOrder: if a later move is recorded.
    """
    co_payers = [party.id for party in newest.parties if Role.CO_PAYER in party.roles]
    if municipality not in co_payers:
        message = (
            f"{municipality!r} is no co-payer in the terms ({', '.join(co_payers) or 'none is'}); "
            "without an amendment that makes it one, the outcomes stay with the municipality that "
            "signed"
        )
        raise AgainstTerms(message)
    if moves and moves[-1].on >= on:
        message = f"event {moves[-1].at} moved the person later, or that day; void it first"
        raise OutOfOrder(message)
    before = moves[-1].after if moves else _first(signed)
    if before == municipality:
        message = f"{municipality} is the municipality that pays already"
        raise AlreadyDone(message)
    return before


def _first(signed: Terms) -> str:
    """The municipality that co-pays by the terms as they were signed, the first they name."""
    found = next((payer for payer, role in signed.payers if role is Role.CO_PAYER), None)
    if found is None:
        message = "no co-payer pays for anything in these terms, so a move changes nothing"
        raise AgainstTerms(message)
    return found


def _require_here(state: AgreementState, subject: SubjectRef) -> None:
    if subject in state.erased:
        message = f"{subject} is erased; what was decided of the person stands"
        raise AlreadyDone(message)
    if subject not in state.enrolled:
        message = f"nobody is enrolled in {state.agreement} as {subject}"
        raise NotFound(message)
