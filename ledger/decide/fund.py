"""The fund over all its agreements: appropriations, commitments, and what is drawn on them.

A commitment is given to an agreement within the appropriation of the year, once; after that it is
re-estimated or annulled. What the fund comes to owe in the agreement is drawn on it, as far as it
reaches. A commitment, and every change of it, counts against the year of its own day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from ledger import events as e
from ledger.decide.decision import FUND_STREAM, New, numbered
from ledger.decide.refusal import (
    AgainstTerms,
    AlreadyDone,
    BeyondAppropriation,
    NotFound,
    OutOfOrder,
)
from ledger.decide.state import AgreementState
from ledger.events import Recorded
from ledger.model import Position
from ledger.money import ZERO, Amount, total
from ledger.parties import Recognition, Role
from ledger.working import Part


@dataclass(slots=True)
class Commitment:
    """What the fund has committed to one agreement, and what came of it."""

    given_on: date
    given: Amount
    reestimated: Amount = ZERO
    """What re-estimates have added in all."""
    annulled: Amount = ZERO
    drawn: Amount = ZERO

    @property
    def amount(self) -> Amount:
        """What it comes to now."""
        return self.given + self.reestimated - self.annulled

    @property
    def undrawn(self) -> Amount:
        """What may still be drawn."""
        return self.amount - self.drawn


@dataclass(slots=True)
class FundState:
    """The fund's policy, its appropriations and its commitments."""

    version: int = 0
    policy: e.FundPolicySet | None = None
    appropriated: dict[int, Amount] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    committed: dict[int, Amount] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    commitments: dict[str, Commitment] = field(default_factory=dict)

    def available(self, year: int) -> Amount:
        """What is left of a year's appropriation."""
        return self.appropriated.get(year, ZERO) - self.committed.get(year, ZERO)

    def require_policy(self) -> e.FundPolicySet:
        """The policy.

        Raises:
            OutOfOrder: if none is set.
        """
        if self.policy is None:
            message = "the fund has no policy; run `ofl fund policy` first"
            raise OutOfOrder(message)
        return self.policy

    def apply(self, recorded: Recorded) -> None:
        """Take in the next event of the fund's stream."""
        self.version = recorded.version
        on = recorded.effective_on
        match recorded.event:
            case e.FundPolicySet() as policy:
                self.policy = policy
            case e.AppropriationGranted() as granted:
                self.appropriated[granted.year] += granted.amount
            case e.CommitmentGiven() as given:
                self.commitments[given.agreement] = Commitment(on, given.amount)
                self.committed[on.year] += given.amount
            case e.CommitmentReestimated() as changed:
                difference = changed.amount - changed.before
                self.commitments[changed.agreement].reestimated += difference
                self.committed[on.year] += difference
            case e.CommitmentAnnulled() as annulled:
                self.commitments[annulled.agreement].annulled += annulled.amount
                self.committed[on.year] -= annulled.amount
            case e.CommitmentDrawn() as draw:
                self.commitments[draw.agreement].drawn = draw.drawn


def set_policy(fund: FundState, party: str, recognition: Recognition, on: date) -> list[New]:
    """Say which party the fund is and when it expenses; before anything is committed."""
    policy = e.FundPolicySet(party=party, recognition=recognition)
    if fund.policy == policy:
        return []
    if fund.commitments:
        message = "commitments are booked by the fund's policy already, so it stays as it is"
        raise OutOfOrder(message)
    return numbered(FUND_STREAM, fund.version, [(on, policy)])


def appropriate(fund: FundState, year: int, amount: Amount, text: str, on: date) -> list[New]:
    """Record an appropriation for a year; one below zero cuts it."""
    fund.require_policy()
    if not amount:
        message = "an appropriation of nothing changes nothing"
        raise AgainstTerms(message)
    if fund.available(year) + amount < ZERO:
        message = (
            f"{fund.committed[year]} is committed in {year}; the appropriation cannot be cut below "
            f"it, so by {fund.available(year)} at most"
        )
        raise BeyondAppropriation(message)
    granted = e.AppropriationGranted(year=year, amount=amount, text=text)
    return numbered(FUND_STREAM, fund.version, [(on, granted)])


def commit(fund: FundState, state: AgreementState, amount: Amount, on: date) -> list[New]:
    """Commit an amount to an agreement that the fund pays in."""
    policy = fund.require_policy()
    state.require_signed()
    if (policy.party, Role.OUTCOME_PAYER) not in state.terms.payers:
        message = f"{policy.party} pays for no outcomes in {state.agreement}"
        raise AgainstTerms(message)
    if state.agreement in fund.commitments:
        message = f"{state.agreement} has a commitment; run `ofl fund reestimate` to change it"
        raise AlreadyDone(message)
    if amount <= ZERO:
        message = "a commitment must be above zero"
        raise AgainstTerms(message)
    _within(fund, amount, on)
    given = e.CommitmentGiven(
        agreement=state.agreement,
        fund=policy.party,
        recognition=policy.recognition,
        amount=amount,
    )
    drawn = _caught_up(policy, state, Commitment(on, ZERO), amount, on)
    return numbered(FUND_STREAM, fund.version, [(on, given), *drawn])


def reestimate(
    fund: FundState, state: AgreementState, amount: Amount, reason: str, on: date
) -> list[New]:
    """Put a commitment at what it is now expected to come to."""
    policy, known = _known(fund, state.agreement, on)
    if amount == known.amount:
        message = f"the commitment to {state.agreement} is {amount} already"
        raise AlreadyDone(message)
    if amount < known.drawn:
        message = f"{known.drawn} of the commitment to {state.agreement} is drawn; not below that"
        raise AgainstTerms(message)
    _within(fund, amount - known.amount, on)
    changed = e.CommitmentReestimated(
        agreement=state.agreement,
        fund=policy.party,
        recognition=policy.recognition,
        before=known.amount,
        amount=amount,
        reason=reason,
    )
    drawn = _caught_up(policy, state, known, amount, on)
    return numbered(FUND_STREAM, fund.version, [(on, changed), *drawn])


def annul(
    fund: FundState, agreement: str, amount: Amount | None, reason: str, on: date
) -> list[New]:
    """Annul part of what is not drawn of a commitment; all of it if no amount is given."""
    policy, known = _known(fund, agreement, on)
    amount = known.undrawn if amount is None else amount
    if not ZERO < amount <= known.undrawn:
        message = (
            f"{known.undrawn} of the commitment to {agreement} is not drawn; annul that or part of "
            "it"
        )
        raise AgainstTerms(message)
    annulled = e.CommitmentAnnulled(
        agreement=agreement,
        fund=policy.party,
        recognition=policy.recognition,
        amount=amount,
        reason=reason,
    )
    return numbered(FUND_STREAM, fund.version, [(on, annulled)])


def draw(fund: FundState, state: AgreementState, news: Iterable[New], first: Position) -> list[New]:
    """What new entitlements draw on the commitment; `first` is the position of the first event.

    Drawn in all is what the fund owes or has paid, as far as the commitment reaches. Each draw
    counts on the day of its entitlement, but never before the commitment was given.
    """
    known, policy = fund.commitments.get(state.agreement), fund.policy
    if known is None or policy is None:
        return []
    entitled, drawn = _entitled(policy, state), known.drawn
    events: list[tuple[date, e.Event]] = []
    for at, new in enumerate(news, start=first):
        owed = _owed(new.event)
        if owed:
            entitled += _of(policy, owed)
            after = _reached(known.amount, entitled)
            on = max(new.effective_on, known.given_on)
            found = _drawn(policy, state.agreement, drawn, after, Position(at))
            events += [(on, each) for each in found]
            drawn = after
    return numbered(FUND_STREAM, fund.version, events)


def _owed(event: e.Event) -> tuple[Part, ...]:
    """What comes to be owed by an event, in parts."""
    match event:
        case e.EntitlementCalculated(difference=parts) | e.AdjustmentDecided(parts=parts):
            return parts
        case _:
            return ()


def _caught_up(
    policy: e.FundPolicySet, state: AgreementState, known: Commitment, amount: Amount, on: date
) -> list[tuple[date, e.Event]]:
    """What outcomes decided before draw when a commitment comes to another amount.

    Each counts on the day of its outcome, as if the commitment had come to that amount in time;
    but never before the day on which it does.
    """
    by_day: dict[date, Amount] = defaultdict(lambda: ZERO)
    entitled = was = now = ZERO
    decided = [(claim.outcome.period_end, claim.parts) for claim in state.claims.values()]
    decided += [
        (each.decided_on, each.proposed.parts)
        for each in state.adjustments.values()
        if each.decided_on
    ]
    for owed_on, parts in sorted(decided, key=lambda each: each[0]):
        entitled += _of(policy, parts)
        was_then, now_then = was, now
        was, now = _reached(known.amount, entitled), _reached(amount, entitled)
        by_day[max(on, owed_on)] += (now - now_then) - (was - was_then)
    events: list[tuple[date, e.Event]] = []
    drawn = known.drawn
    for day, difference in sorted(by_day.items()):
        found = _drawn(policy, state.agreement, drawn, drawn + difference, None)
        events += [(day, each) for each in found]
        drawn += difference
    return events


def _reached(amount: Amount, entitled: Amount) -> Amount:
    """How far a commitment reaches into what the fund owes or has paid."""
    return max(ZERO, min(amount, entitled))


def _drawn(
    policy: e.FundPolicySet, agreement: str, before: Amount, after: Amount, at: Position | None
) -> list[e.CommitmentDrawn]:
    if before == after:
        return []
    return [
        e.CommitmentDrawn(
            agreement=agreement,
            fund=policy.party,
            recognition=policy.recognition,
            amount=after - before,
            drawn=after,
            entitlement_at=at,
        )
    ]


def _entitled(policy: e.FundPolicySet, state: AgreementState) -> Amount:
    """What the fund owes or has paid in an agreement by all that is decided."""
    return total(_of(policy, parts) for parts in state.entitled_parts())


def _of(policy: e.FundPolicySet, parts: Iterable[Part]) -> Amount:
    return total(
        part.amount
        for part in parts
        if (part.payer, part.role) == (policy.party, Role.OUTCOME_PAYER)
    )


def _within(fund: FundState, amount: Amount, on: date) -> None:
    available = fund.available(on.year)
    if amount > ZERO and amount > available:
        message = (
            f"{amount} is more than the {available} that is available of the appropriation of "
            f"{on.year}; grant more with `ofl fund appropriate`, or commit less"
        )
        raise BeyondAppropriation(message)


def _known(fund: FundState, agreement: str, on: date) -> tuple[e.FundPolicySet, Commitment]:
    policy, known = fund.require_policy(), fund.commitments.get(agreement)
    if known is None:
        message = f"there is no commitment to {agreement!r} (known: {_names(fund)})"
        raise NotFound(message)
    if on < known.given_on:
        message = f"the commitment to {agreement} was given on {known.given_on}; not before that"
        raise OutOfOrder(message)
    return policy, known


def _names(fund: FundState) -> str:
    return ", ".join(sorted(fund.commitments)) or "none is given yet"
