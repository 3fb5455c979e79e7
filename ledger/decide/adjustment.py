"""Adjusting an agreement as a whole, such as by the errors of a sample: nobody's outcome changes.

One person proposes it and another decides it. What is decided is owed like an entitlement, or set
off against what comes to be owed where it is below zero; caps are on outcomes and do not see it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ledger import events as e
from ledger.decide import guarantee
from ledger.decide.decision import New, agreement_stream, numbered
from ledger.decide.four_eyes import another_person
from ledger.decide.people_state import PeopleState
from ledger.decide.refusal import AgainstTerms, AlreadyDone, FourEyes, NotFound
from ledger.decide.state import AgreementState
from ledger.model import Position
from ledger.money import total
from ledger.working import Part


def propose(
    state: AgreementState, parts: Iterable[Part], basis: str, reason: str, on: date
) -> list[New]:
    """An adjustment to be decided by somebody else.

    Raises:
        NotFound: if the agreement was never signed.
        AgainstTerms: if a part is nothing, or between parties that owe each other nothing here.
    """
    state.require_signed()
    found = tuple(parts)
    payers, investors = set(state.terms.payers), set(state.terms.repaid)
    for part in found:
        if (part.payer, part.role) not in payers or part.payee not in investors:
            message = (
                f"{part.payer} ({part.role.value}) owes {part.payee} nothing in these terms; the "
                f"payers are {', '.join(sorted(payer for payer, _ in payers))}, the payees "
                f"{', '.join(sorted(investors))}"
            )
            raise AgainstTerms(message)
        if not part.amount:
            message = "an adjustment of nothing changes nothing; leave the part out"
            raise AgainstTerms(message)
    if len({(part.payer, part.role, part.payee) for part in found}) < len(found) or not found:
        message = "write one amount for each payer and payee, and at least one"
        raise AgainstTerms(message)
    event = e.AdjustmentProposed(
        adjustment=f"{state.agreement}-J{len(state.adjustments) + 1:02d}",
        parts=found,
        amount=total(part.amount for part in found),
        basis=basis,
        reason=reason,
    )
    return numbered(agreement_stream(state.agreement), state.version, [(on, event)])


def require_another_person(
    state: AgreementState, people: PeopleState, adjustment: str, actor: str
) -> None:
    """Refuse who proposed an adjustment to decide it, under whatever account.

    Raises:
        FourEyes: if the person proposed it.
        NotAllowed, SingleUser: as `another_person` does.
    """
    proposed_at = state.adjustments[adjustment].proposed_at
    acted = {proposed_at: state.actors[proposed_at]}
    another_person(people, actor, acted, f"proposed {adjustment}", "decide it")


def decide(
    state: AgreementState, adjustment: str, actor: str, on: date, first: Position
) -> list[New]:
    """An adjustment that somebody else proposed; `first` is the position of the first event.

    What of a guarantee that was called is no loss any more is taken back at once.

    Raises:
        NotFound: if there is no such adjustment.
        AlreadyDone: if it is decided.
        FourEyes: if the same account proposed it; `require_another_person` looks at persons.
    """
    known = state.adjustments.get(adjustment)
    if known is None:
        listed = ", ".join(state.adjustments) or "none is proposed"
        message = f"there is no adjustment {adjustment!r} in {state.agreement} ({listed})"
        raise NotFound(message)
    if known.decided_at is not None:
        message = f"{adjustment} is decided already"
        raise AlreadyDone(message)
    if state.actors[known.proposed_at] == actor:
        message = f"{actor} proposed {adjustment}, so another person must decide it"
        raise FourEyes(message)
    proposed = known.proposed
    event = e.AdjustmentDecided(
        adjustment=adjustment,
        proposed_at=known.proposed_at,
        parts=proposed.parts,
        amount=proposed.amount,
        basis=proposed.basis,
        reason=proposed.reason,
    )
    entitled = guarantee.entitled_so_far([*state.entitled_parts(), proposed.parts])
    back = guarantee.reversal(state, entitled, on, (first,))
    return numbered(agreement_stream(state.agreement), state.version, [(on, event), *back])
