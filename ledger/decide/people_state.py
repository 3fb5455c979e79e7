"""Who works on the ledger, folded from the stream of people: persons, keys, duties, emergencies.

A ledger stands in one of three ways. *Staffed*: people are set up, and every command is signed and
gated. *Single-user*: a live ledger without people is one person, whatever names it is told.
*Trusting*: a demo ledger without people takes everybody at their word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from ledger import events as e
from ledger.duties import Duty, is_job
from ledger.events import Recorded
from ledger.model import Position

SINGLE_USER = "the single user"
"""The one person of a live ledger without people."""

INCOMPATIBLE: tuple[tuple[frozenset[Duty], frozenset[Duty], str], ...] = (
    (
        frozenset({Duty.ADMINISTRATOR}),
        frozenset(Duty) - {Duty.ADMINISTRATOR},
        "who lets people in does no business",
    ),
    (
        frozenset({Duty.AUDITOR}),
        frozenset(Duty) - {Duty.AUDITOR},
        "who audits does none of what is audited",
    ),
    (
        frozenset({Duty.PAYEE_MASTER}),
        frozenset({Duty.APPROVER, Duty.PAYER}),
        "who changes account numbers neither approves nor releases payments",
    ),
    (
        frozenset({Duty.PAYER}),
        frozenset({Duty.RECONCILER}),
        "who releases payments does not say what the bank did with them",
    ),
)
"""Duties that one person may not have together, and why."""


def conflict(one: Duty, other: Duty) -> str | None:
    """Why a person may not have both duties; None if they go together."""
    for some, others, why in INCOMPATIBLE:
        if (one in some and other in others) or (one in others and other in some):
            return why
    return None


@dataclass(slots=True)
class Colleague:
    """A person or a job, with what counts of theirs today."""

    id: str
    name: str
    accounts: list[str]
    keys: dict[str, Position] = field(default_factory=dict)
    duties: dict[Duty, Position] = field(default_factory=dict)
    left: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A duty or a key that a second person is to confirm."""

    position: Position
    actor: str
    colleague: str
    what: Duty | str


@dataclass(slots=True)
class Glass:
    """A duty taken in an emergency: from when, until when, and whether somebody looked at it."""

    broken_at: Position
    colleague: str
    duty: Duty
    reason: str
    since: datetime
    until: datetime
    reviewed_by: str | None = None
    remark: str | None = None

    def holds(self, moment: datetime) -> bool:
        """Whether it gives the duty at a moment."""
        return self.since <= moment < self.until


@dataclass(slots=True)
class PeopleState:
    """All that is known of who works on the ledger."""

    demo: bool = False
    """Whether the ledger was made as a demo."""
    version: int = 0
    set_up_at: Position | None = None
    founder: str = ""
    colleagues: dict[str, Colleague] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    """Whose an account is, for ever."""
    keys_seen: dict[str, str] = field(default_factory=dict)
    """Whose a key is or was; a key never changes hands."""
    proposals: dict[tuple[str, str], Proposal] = field(default_factory=dict)
    glasses: list[Glass] = field(default_factory=list)
    witnesses: list[str] = field(default_factory=list)

    # --- who is who -------------------------------------------------------------------------

    @property
    def staffed(self) -> bool:
        """Whether people are set up, so that every command is signed and gated."""
        return self.set_up_at is not None

    @property
    def single(self) -> bool:
        """Whether this is a live ledger that one person works on, under whatever names."""
        return not self.staffed and not self.demo

    def person_of(self, actor: str, at: Position | None = None) -> str:
        """The person behind an actor, who acted at a position (or acts now).

        In a live ledger all that was done before the set-up was done by the founder. A job is no
        person, and stays itself; so does a name that belongs to nobody.
        """
        if is_job(actor):
            return actor
        if self.single:
            return SINGLE_USER
        if self.set_up_at and at is not None and at < self.set_up_at and not self.demo:
            return self.founder
        return self.owners.get(actor, actor)

    def colleague_of(self, actor: str) -> Colleague | None:
        """The colleague, or job, whose account an actor is; None if nobody's."""
        owner = self.owners.get(actor)
        return self.colleagues[owner] if owner else None

    def named(self, actor: str) -> str:
        """An actor as refusals call them: the person, and the account if it is another name."""
        person = self.owners.get(actor, actor)
        return actor if person == actor else f"{actor} ({person})"

    # --- what they may do -------------------------------------------------------------------

    def duties_of(self, colleague: str, moment: datetime) -> frozenset[Duty]:
        """A colleague's duties at a moment: what was granted, and what a broken glass gives.

        While a glass is broken, granted duties that do not go with its duty are suspended.
        """
        emergency = {each.duty for each in self.glasses_of(colleague, moment)}
        granted = {
            duty
            for duty in self.colleagues[colleague].duties
            if all(conflict(duty, other) is None for other in emergency - {duty})
        }
        return frozenset(granted | emergency)

    def glasses_of(self, colleague: str, moment: datetime) -> Iterator[Glass]:
        """The glasses that a colleague has broken and that give a duty at a moment."""
        return (g for g in self.glasses if g.colleague == colleague and g.holds(moment))

    def holders(self, duty: Duty) -> list[str]:
        """Who was granted a duty."""
        return [each.id for each in self.colleagues.values() if duty in each.duties]

    @property
    def unreviewed(self) -> list[Glass]:
        """The broken glasses that nobody else has looked at."""
        return [each for each in self.glasses if each.reviewed_by is None]

    @property
    def unwitnessed(self) -> int:
        """How many people have yet to confirm that the set-up names real, different people."""
        return max(0, 2 - len(self.witnesses)) if self.staffed else 0

    # --- folding ----------------------------------------------------------------------------

    def apply(self, recorded: Recorded) -> None:
        """Take in the next event of the stream."""
        self.version = recorded.version
        event, position = recorded.event, recorded.position
        match event:
            case e.PeopleSetUp(founder=founder):
                self.set_up_at, self.founder = position, founder
            case e.SetUpWitnessed(colleague=colleague):
                self.witnesses.append(colleague)
            case e.ColleagueAdded():
                accounts = list(event.accounts)
                self.colleagues[event.colleague] = Colleague(event.colleague, event.name, accounts)
                self.owners |= dict.fromkeys(accounts, event.colleague)
            case e.AccountLinked(colleague=colleague, account=account):
                self.colleagues[colleague].accounts.append(account)
                self.owners[account] = colleague
            case e.GlassBroken():
                since = datetime.fromisoformat(recorded.recorded_at)
                glass = (event.colleague, event.duty, event.reason, since, event.until)
                self.glasses.append(Glass(position, *glass))
            case e.GlassReviewed(broken_at=broken_at, remark=remark):
                (glass_reviewed,) = (g for g in self.glasses if g.broken_at == broken_at)
                glass_reviewed.reviewed_by = self.person_of(recorded.actor)
                glass_reviewed.remark = remark
            case _:
                self._apply_rights(recorded)

    def _apply_rights(self, recorded: Recorded) -> None:
        """Take in what a colleague may do from now on, or may not any more."""
        event, position = recorded.event, recorded.position
        match event:
            case e.KeyProposed(colleague=colleague, key=what):
                self._propose(recorded, colleague, what)
            case e.DutyProposed(colleague=colleague, duty=what):
                self._propose(recorded, colleague, what)
            case e.KeyAdded(colleague=colleague, key=key):
                self.proposals.pop((colleague, key), None)
                self.colleagues[colleague].keys[key] = position
                self.colleagues[colleague].left = False
                self.keys_seen[key] = colleague
            case e.KeyRevoked(colleague=colleague, key=key):
                self.colleagues[colleague].keys.pop(key, None)
                self.keys_seen[key] = colleague
                self._drop_proposals(colleague)
            case e.DutyGranted(colleague=colleague, duty=duty):
                self.proposals.pop((colleague, duty), None)
                self.colleagues[colleague].duties[duty] = position
            case e.DutyWithdrawn(colleague=colleague, duty=duty):
                self.colleagues[colleague].duties.pop(duty, None)
                self._drop_proposals(colleague)
                self._end_glasses(recorded, colleague, duty)
            case e.ColleagueLeft(colleague=colleague):
                left = self.colleagues[colleague]
                left.keys.clear()
                left.duties.clear()
                left.left = True
                self._drop_proposals(colleague)
                for duty in Duty:
                    self._end_glasses(recorded, colleague, duty)

    def _propose(self, recorded: Recorded, colleague: str, what: Duty | str) -> None:
        proposal = Proposal(recorded.position, recorded.actor, colleague, what)
        self.proposals[colleague, what] = proposal

    def _drop_proposals(self, colleague: str) -> None:
        """Whoever lost a key or a duty is trusted less: what they proposed, or should get, lapses.

        It may be proposed again.
        """
        self.proposals = {
            key: each
            for key, each in self.proposals.items()
            if colleague not in {each.colleague, self.owners.get(each.actor)}
        }

    def _end_glasses(self, recorded: Recorded, colleague: str, duty: Duty) -> None:
        """A withdrawn duty is gone at once, however it was come by."""
        ended = datetime.fromisoformat(recorded.recorded_at)
        for glass in self.glasses:
            if (glass.colleague, glass.duty) == (colleague, duty):
                glass.until = min(glass.until, ended)
