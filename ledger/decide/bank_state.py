"""State: what the bank has shown of a party's accounts, and how it was matched."""

from __future__ import annotations

from dataclasses import dataclass, field

from ledger import events as e
from ledger.decide.matching import Effect, LegKey, Match, Rule
from ledger.events import Recorded
from ledger.model import Position
from ledger.money import ZERO

StatementKey = tuple[str, str, str, str, str]
"""Account number, statement, opening, closing and booked total: a statement is read once."""


@dataclass(frozen=True, slots=True)
class Made:
    """A match as it was recorded."""

    name: str
    at: Position
    match: Match
    actor: str
    reason: str


def statement_key(event: e.StatementRead) -> StatementKey:
    """What a statement is the one statement of."""
    figures = (event.opening, event.closing, event.booked)
    opening, closing, booked = ("" if each is None else str(each) for each in figures)
    return event.number, event.statement, opening, closing, booked


@dataclass(slots=True)
class BankState:
    """The statements and lines seen of a party's accounts, and what the lines are."""

    account: str
    version: int = 0
    numbers: set[str] = field(default_factory=set)
    """The fingerprints of the party's account numbers."""
    lines: dict[str, e.BankLineSeen] = field(default_factory=dict)
    seen_at: dict[str, Position] = field(default_factory=dict)
    notices: dict[str, e.BankNoticeSeen] = field(default_factory=dict)
    statements: dict[StatementKey, e.StatementRead] = field(default_factory=dict)
    matches: dict[str, Made] = field(default_factory=dict)
    """Those that stand, by name."""
    made: int = 0
    """How many were ever made."""
    barred: set[tuple[LegKey, str]] = field(default_factory=set)
    resolved: dict[str, tuple[Position, e.BankLineResolved]] = field(default_factory=dict)

    @property
    def next_match(self) -> str:
        """The name of the match that is made next."""
        return f"{self.account}-M{self.made + 1:05d}"

    def apply(self, recorded: Recorded) -> None:
        """Take in the next event of the party's bank stream."""
        self.version = recorded.version
        match recorded.event:
            case e.BankAccountNamed(number=number):
                self.numbers.add(number)
            case e.StatementRead() as read:
                self.statements[statement_key(read)] = read
            case e.BankLineSeen() as seen:
                self.lines[seen.line] = seen
                self.seen_at[seen.line] = recorded.position
                if seen.matched is not None:
                    self._match_as_once(recorded, seen.line, seen.matched)
            case e.BankNoticeSeen() as notice:
                self.notices[notice.line] = notice
            case e.BankLineMatched() as matched:
                self._match_as_once(recorded, matched.line, matched.matched)
            case e.BankLineResolved() as resolved:
                self.resolved[resolved.line] = recorded.position, resolved
            case e.BankLineReopened() as reopened:
                del self.resolved[reopened.line]
            case _:
                self._apply_match(recorded)

    def _apply_match(self, recorded: Recorded) -> None:
        match recorded.event:
            case e.BankMatched() as made:
                found = Match(
                    Rule(made.rule),
                    Effect(made.effect),
                    tuple((leg.line, leg.part) for leg in made.legs),
                    tuple((item.item, item.amount) for item in made.items),
                    made.difference,
                )
                self._add(made.match, recorded, found, made.reason)
            case e.BankUnmatched() as undone:
                match = self.matches.pop(undone.match).match
                if undone.by_hand:
                    self.barred |= {(leg, name) for leg in match.legs for name, _ in match.items}

    def _match_as_once(self, recorded: Recorded, line: str, item: str) -> None:
        """A match from the time when a line was matched as it was read."""
        amount = self.lines[line].amount
        found = Match(Rule.EARLIER, Effect.SETTLES, ((line, 0),), ((item, amount),), ZERO)
        self._add(self.next_match, recorded, found, "")

    def _add(self, name: str, recorded: Recorded, found: Match, reason: str) -> None:
        self.made += 1
        self.matches[name] = Made(name, recorded.position, found, recorded.actor, reason)
        if found.rule is Rule.PERSON:
            self.barred -= {(leg, item) for leg in found.legs for item, _ in found.items}
