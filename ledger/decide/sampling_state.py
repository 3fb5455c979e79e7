"""State: how far a sample has come, and what validation samples say of payments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ledger import events as e
from ledger.decide.owing import Payment
from ledger.decide.refusal import NotFound, OutOfOrder
from ledger.events import Recorded
from ledger.model import Position

_NOWHERE = Position(0)


@dataclass(slots=True)
class SampleState:
    """One sample, from the commitment to what it came to."""

    sample: str
    version: int = 0
    committed: e.SampleCommitted | None = None
    committed_at: Position = _NOWHERE
    witnessed_at: Position | None = None
    drawn: e.SampleDrawn | None = None
    drawn_at: Position = _NOWHERE
    examined: dict[str, tuple[Position, e.SampleItemExamined]] = field(default_factory=dict)
    """The newest examination of each claim, and where it was recorded."""
    closed: e.SampleClosed | None = None
    closed_at: Position = _NOWHERE
    actors: dict[Position, str] = field(default_factory=dict)

    def apply(self, recorded: Recorded) -> None:
        """Take in the next event of the sample's stream."""
        self.version, position = recorded.version, recorded.position
        self.actors[position] = recorded.actor
        match recorded.event:
            case e.SampleCommitted() as committed:
                self.committed, self.committed_at = committed, position
            case e.SampleWitnessed():
                self.witnessed_at = position
            case e.SampleDrawn() as drawn:
                self.drawn, self.drawn_at = drawn, position
            case e.SampleItemExamined() as examined:
                self.examined[examined.claim] = position, examined
            case e.SampleClosed() as closed:
                self.closed, self.closed_at = closed, position

    def require_committed(self) -> e.SampleCommitted:
        """The commitment.

        Raises:
            NotFound: if there is no such sample.
        """
        if self.committed is None:
            message = f"there is no sample {self.sample!r}; `ofl sample list` names them"
            raise NotFound(message)
        return self.committed

    def require_drawn(self) -> e.SampleDrawn:
        """What was drawn.

        Raises:
            NotFound: if there is no such sample.
            OutOfOrder: if it is not drawn yet.
        """
        self.require_committed()
        if self.drawn is None:
            message = f"{self.sample} is not drawn yet; `ofl sample draw {self.sample}` draws it"
            raise OutOfOrder(message)
        return self.drawn

    @property
    def stage(self) -> str:
        """How far it has come, in one of the words of the commands."""
        if self.closed is not None:
            return self.closed.conclusion
        if self.drawn is not None:
            return "drawn"
        return "committed" if self.witnessed_at is None else "witnessed"

    def found_too_high(self) -> set[str]:
        """The payments with a claim in them that was found to be paid too much."""
        if self.drawn is None:
            return set()
        return {
            payment
            for item in self.drawn.items
            if item.claim in self.examined and self.examined[item.claim][1].audited < item.booked
            for payment in item.payments
        }


@dataclass(frozen=True, slots=True)
class Validations:
    """What validation samples say of payments: why some are held back, and which passed."""

    held: Mapping[str, str] = field(default_factory=dict)
    """Why a payment may not be approved or sent."""
    passed: Mapping[str, str] = field(default_factory=dict)
    """The sample that a payment was in when it closed within what is tolerated."""

    def require(self, payments: Mapping[str, Payment], name: str) -> None:
        """Refuse a payment that is held back, or that replaces such a one and passed no sample.

        Raises:
            OutOfOrder: if so.
        """
        ahead, first = [name], True
        while ahead:
            here = ahead.pop()
            if here in self.held:
                found = "" if first else f"{name} pays what {here} was to pay, and "
                raise OutOfOrder(found + self.held[here])
            if here not in self.passed:
                ahead += payments[here].proposed.replaces if here in payments else ()
            first = False


def validations(samples: Iterable[SampleState]) -> Validations:
    """What all samples say of payments that are not sent; audit samples say nothing of them."""
    held: dict[str, str] = {}
    passed: dict[str, str] = {}
    for each in samples:
        committed = each.committed
        if committed is None or committed.purpose != "validation":
            continue
        name = each.sample
        if each.closed is None:
            why = f"in the validation sample {name}, which is not closed: `ofl sample show {name}`"
            held |= {payment: f"{payment} is {why}" for payment in committed.payments}
        elif each.closed.conclusion == "beyond":
            why = (
                f"in the validation sample {name}, by which more may be wrong than is tolerated; "
                "cancel it, have the errors corrected, and propose and sample it anew"
            )
            held |= {payment: f"{payment} is {why}" for payment in committed.payments}
        else:
            passed |= dict.fromkeys(committed.payments, name)
            why = (
                f"pays a claim that the validation sample {name} found too high; cancel it, have "
                "the error corrected, and propose and sample it anew"
            )
            held |= {payment: f"{payment} {why}" for payment in sorted(each.found_too_high())}
    return Validations(held, passed)
