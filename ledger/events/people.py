"""Who works on the ledger: colleagues, their accounts, keys and duties, and emergencies."""

from __future__ import annotations

from datetime import datetime

from ledger.duties import ColleagueId, Duty, SigningKeyText
from ledger.events.base import Event
from ledger.model import Position, Text


class PeopleSetUp(Event):
    """The first colleagues were let in by one person alone; from here on it takes two.

    What was done before, under whatever name, was done by the founder.
    """

    topic = "PeopleSetUp:1"
    founder: ColleagueId


class SetUpWitnessed(Event):
    """A colleague who did not set up the people says, by signing, that they are whom it names."""

    topic = "SetUpWitnessed:1"
    colleague: ColleagueId


class ColleagueAdded(Event):
    """A person who works on the ledger, or a job, is known under a name; without any right yet."""

    topic = "ColleagueAdded:1"
    colleague: ColleagueId
    name: Text
    accounts: tuple[Text, ...]


class AccountLinked(Event):
    """A colleague acts under one more account; all of them are the same person."""

    topic = "AccountLinked:1"
    colleague: ColleagueId
    account: Text


class KeyProposed(Event):
    """A colleague's personal key should count, if a second person says so."""

    topic = "KeyProposed:1"
    colleague: ColleagueId
    key: SigningKeyText


class KeyAdded(Event):
    """What is signed with this key is the colleague's. Nobody proposed it at the set-up."""

    topic = "KeyAdded:1"
    colleague: ColleagueId
    key: SigningKeyText
    proposed_at: Position | None = None


class KeyRevoked(Event):
    """A key counts no more: lost, stolen or replaced."""

    topic = "KeyRevoked:1"
    colleague: ColleagueId
    key: SigningKeyText
    reason: Text


class DutyProposed(Event):
    """A colleague should have a duty, if a second administrator says so."""

    topic = "DutyProposed:1"
    colleague: ColleagueId
    duty: Duty


class DutyGranted(Event):
    """A colleague has a duty. Nobody proposed it at the set-up."""

    topic = "DutyGranted:1"
    colleague: ColleagueId
    duty: Duty
    proposed_at: Position | None = None


class DutyWithdrawn(Event):
    """A colleague has a duty no more, also not by a broken glass."""

    topic = "DutyWithdrawn:1"
    colleague: ColleagueId
    duty: Duty
    reason: Text


class ColleagueLeft(Event):
    """A colleague has neither duties nor keys any more. What was done before stays theirs."""

    topic = "ColleagueLeft:1"
    colleague: ColleagueId
    reason: Text


class GlassBroken(Event):
    """In an emergency, a colleague took a duty for some hours that nobody had granted."""

    topic = "GlassBroken:1"
    colleague: ColleagueId
    duty: Duty
    reason: Text
    until: datetime


class GlassReviewed(Event):
    """Another person looked at what was done while a glass was broken."""

    topic = "GlassReviewed:1"
    broken_at: Position
    remark: Text
