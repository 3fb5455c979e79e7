"""Letting people in and out: what gives somebody a right takes two, what takes it away takes one.

Nobody is let in by one person alone, except at the set-up, which is recorded as such.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import Field

from ledger import events as e
from ledger.decide.decision import PEOPLE_STREAM, New, numbered
from ledger.decide.four_eyes import another_person
from ledger.decide.people_state import Colleague, PeopleState, conflict
from ledger.decide.refusal import AlreadyDone, FourEyes, NotAllowed, NotFound, OutOfOrder
from ledger.duties import JOB, ColleagueId, Duty, SigningKeyText, is_job
from ledger.model import Model, Position, Text

ADMINISTRATORS_MIN = 2
GLASS_LASTS = timedelta(hours=4)
"""How long a duty lasts that was taken in an emergency."""


class Newcomer(Model):
    """Who is let in at the set-up: a person with accounts, key and duties, or a job with a key."""

    id: ColleagueId
    name: Text
    accounts: tuple[Text, ...] = ()
    """The names used as `--as`; the id alone if none are given."""
    key: SigningKeyText | None = None
    duties: tuple[Duty, ...] = ()


class SetUp(Model):
    """The first people of a ledger, and which of them is setting it up."""

    founder: ColleagueId
    people: Annotated[tuple[Newcomer, ...], Field(min_length=ADMINISTRATORS_MIN)]


def _record(people: PeopleState, on: date, *events: e.Event) -> list[New]:
    return numbered(PEOPLE_STREAM, people.version, [(on, each) for each in events])


def set_up(people: PeopleState, actor: str, first: SetUp, on: date) -> list[New]:
    """Let the first people in; from here on every command is signed and gated.

    Raises:
        AlreadyDone: if people are set up.
        NotAllowed: if a rule on people is broken.
    """
    if people.staffed:
        message = "people are set up already; administrators let others in with `ofl people add`"
        raise AlreadyDone(message)
    wrong = list(_wrong_set_up(actor, first))
    if wrong:
        raise NotAllowed("\n".join(wrong))
    events: list[e.Event] = [e.PeopleSetUp(founder=first.founder)]
    for each in first.people:
        accounts = each.accounts or (each.id,)
        events.append(e.ColleagueAdded(colleague=each.id, name=each.name, accounts=accounts))
        if each.key:
            events.append(e.KeyAdded(colleague=each.id, key=each.key))
        events += [e.DutyGranted(colleague=each.id, duty=duty) for duty in each.duties]
    return _record(people, on, *events)


def _wrong_set_up(actor: str, first: SetUp) -> Iterator[str]:
    """What is wrong with the first people, a line for each thing."""
    for what, found in (
        ("id", [each.id for each in first.people]),
        ("account", [a for each in first.people for a in each.accounts or (each.id,)]),
        ("key", [each.key for each in first.people if each.key]),
    ):
        for value in (value for value, count in Counter(found).items() if count > 1):
            yield f"the {what} {value} stands there twice; each belongs to one person"
    for each in first.people:
        yield from _wrong_accounts(each.id, each.accounts or (each.id,))
        if is_job(each.id) and each.duties:
            yield f"{each.id} is a job, and a job has no duties"
        yield from (f"{each.id}: {why}" for why in _conflicts(each.duties))
    founder = next((each for each in first.people if each.id == first.founder), None)
    if founder is None or actor not in (founder.accounts or (founder.id,)):
        yield (
            f"who sets up is the founder, but {actor!r} is no account of {first.founder}: "
            "what was done before will be taken as the founder's"
        )
    administrators = [x for x in first.people if x.key and Duty.ADMINISTRATOR in x.duties]
    if len(administrators) < ADMINISTRATORS_MIN:
        yield (
            f"at least {ADMINISTRATORS_MIN} different people must be administrators, each with "
            "the key that `ofl people key` made for them"
        )


def _wrong_accounts(colleague: str, accounts: Iterable[str]) -> Iterator[str]:
    for account in accounts:
        if is_job(colleague) and account != colleague:
            yield f"{colleague} is a job, and acts under that name only"
        if not is_job(colleague) and is_job(account):
            yield f"{account}: names that begin with {JOB} are for jobs"
        if account != account.strip() or not account.isprintable():
            yield f"{account!r}: an account has no spaces around it and nothing invisible in it"


def _conflicts(duties: Iterable[Duty], more: Iterable[Duty] = ()) -> Iterator[str]:
    """Which duties of one person do not go together, and why."""
    every = sorted({*duties, *more})
    for number, one in enumerate(every):
        for other in every[number + 1 :]:
            why = conflict(one, other)
            if why is not None:
                yield f"{one.value} and {other.value} do not go together on one person: {why}"


def witness(people: PeopleState, actor: str, on: date) -> list[New]:
    """Say, by signing, that the set-up names one as a person of their own.

    Raises:
        FourEyes: if it is the founder.
        AlreadyDone: if the person has said so.
    """
    me = _acting(people, actor)
    if me.id == people.founder:
        message = f"{people.named(actor)} set up the people, so others must witness it"
        raise FourEyes(message)
    if me.id in people.witnesses:
        message = f"{me.id} has witnessed the set-up"
        raise AlreadyDone(message)
    return _record(people, on, e.SetUpWitnessed(colleague=me.id))


def add(
    people: PeopleState, colleague: str, name: str, accounts: tuple[str, ...], on: date
) -> list[New]:
    """Make a person, or a job, known; key and duties need a second administrator each.

    Raises:
        AlreadyDone: if the id is taken.
        NotAllowed: if an account is taken, or cannot be one.
    """
    if colleague in people.colleagues:
        message = f"there is a {colleague} already; a person has one id, however many accounts"
        raise AlreadyDone(message)
    accounts = accounts or (colleague,)
    for account in accounts:
        _require_free(people, colleague, account)
    added = e.ColleagueAdded(colleague=colleague, name=name, accounts=accounts)
    return _record(people, on, added)


def link(people: PeopleState, colleague: str, account: str, on: date) -> list[New]:
    """Make one more account known as a colleague's.

    Raises:
        NotAllowed: if the account is somebody's, or cannot be one.
    """
    _colleague(people, colleague)
    _require_free(people, colleague, account)
    return _record(people, on, e.AccountLinked(colleague=colleague, account=account))


def _require_free(people: PeopleState, colleague: str, account: str) -> None:
    wrong = list(_wrong_accounts(colleague, [account]))
    owner = people.owners.get(account)
    if owner is not None:
        wrong.append(f"the account {account} is {owner}'s, and never changes hands")
    if wrong:
        raise NotAllowed("\n".join(wrong))


def propose_key(
    people: PeopleState, actor: str, colleague: str, key: str, moment: datetime, on: date
) -> list[New]:
    """Propose a key: one's own, or as an administrator anybody's.

    Raises:
        NotAllowed: if it is another's, or was used before.
    """
    _colleague(people, colleague)
    _require_own_or_administrator(people, actor, colleague, moment)
    _require_unused(people, key)
    return _record(people, on, e.KeyProposed(colleague=colleague, key=key))


def confirm_key(people: PeopleState, actor: str, colleague: str, key: str, on: date) -> list[New]:
    """Let a proposed key count, as a second person who is not the one it belongs to."""
    at = _confirm(people, actor, colleague, key)
    _require_unused(people, key)
    return _record(people, on, e.KeyAdded(colleague=colleague, key=key, proposed_at=at))


def _require_unused(people: PeopleState, key: str) -> None:
    if key in people.keys_seen:
        message = (
            f"this key is or was {people.keys_seen[key]}'s; make a new one with `ofl people key`"
        )
        raise NotAllowed(message)


def revoke_key(  # noqa: PLR0913, PLR0917 - who, whose, which, why, and when twice
    people: PeopleState,
    actor: str,
    colleague: str,
    key: str,
    reason: str,
    moment: datetime,
    on: date,
) -> list[New]:
    """Let a key count no more, at once: one's own, or as an administrator anybody's.

    Raises:
        NotFound: if the colleague has no such key.
        NotAllowed: if it is another's.
    """
    if key not in _colleague(people, colleague).keys:
        message = f"{colleague} has no such key; `ofl people show {colleague}` names the keys"
        raise NotFound(message)
    _require_own_or_administrator(people, actor, colleague, moment)
    return _record(people, on, e.KeyRevoked(colleague=colleague, key=key, reason=reason))


def _require_own_or_administrator(
    people: PeopleState, actor: str, colleague: str, moment: datetime
) -> None:
    me = _acting(people, actor)
    if me.id != colleague and Duty.ADMINISTRATOR not in people.duties_of(me.id, moment):
        message = (
            f"the key is {colleague}'s, so {colleague} or an administrator has to do it "
            f"({', '.join(people.holders(Duty.ADMINISTRATOR)) or 'there is none'})"
        )
        raise NotAllowed(message)


def propose_duty(
    people: PeopleState, actor: str, colleague: str, duty: Duty, on: date
) -> list[New]:
    """Propose that a colleague, never oneself, should have a duty.

    Raises:
        FourEyes: if it is for oneself.
        NotAllowed: if it does not go with the colleague's other duties.
        AlreadyDone: if the colleague has it.
    """
    _require_for_another(people, actor, colleague)
    _require_grantable(people, colleague, duty)
    return _record(people, on, e.DutyProposed(colleague=colleague, duty=duty))


def confirm_duty(
    people: PeopleState, actor: str, colleague: str, duty: Duty, on: date
) -> list[New]:
    """Grant a proposed duty, as a second administrator who does not get it."""
    at = _confirm(people, actor, colleague, duty)
    _require_grantable(people, colleague, duty)
    return _record(people, on, e.DutyGranted(colleague=colleague, duty=duty, proposed_at=at))


def _confirm(people: PeopleState, actor: str, colleague: str, what: Duty | str) -> Position:
    """The position of what is confirmed, which neither who proposed nor who gets it may do."""
    proposal = people.proposals.get((colleague, what))
    if proposal is None:
        message = (
            f"nobody proposed that for {colleague}, or it lapsed; `ofl people list` shows what is "
            "proposed"
        )
        raise OutOfOrder(message)
    step = f"confirm it for {colleague}"
    another_person(people, actor, {proposal.position: proposal.actor}, "proposed it", step)
    _require_for_another(people, actor, colleague)
    return proposal.position


def _require_for_another(people: PeopleState, actor: str, colleague: str) -> None:
    if people.person_of(actor) == colleague:
        message = f"{people.named(actor)} would get it, so two others must propose and confirm it"
        raise FourEyes(message)


def _require_grantable(people: PeopleState, colleague: str, duty: Duty) -> None:
    who = _colleague(people, colleague)
    if is_job(colleague):
        message = f"{colleague} is a job, and a job has no duties"
        raise NotAllowed(message)
    if duty in who.duties:
        message = f"{colleague} has the duty of {duty.value} already"
        raise AlreadyDone(message)
    wrong = list(_conflicts(who.duties, [duty]))
    if wrong:
        raise NotAllowed("\n".join(f"{colleague}: {each}" for each in wrong))


def withdraw(
    people: PeopleState, colleague: str, duty: Duty, reason: str, moment: datetime, on: date
) -> list[New]:
    """Take a duty away, at once, however it was come by.

    Raises:
        NotFound: if the colleague does not have it.
    """
    had = _colleague(people, colleague).duties
    if duty not in had and all(g.duty != duty for g in people.glasses_of(colleague, moment)):
        message = f"{colleague} does not have the duty of {duty.value}"
        raise NotFound(message)
    return _record(people, on, e.DutyWithdrawn(colleague=colleague, duty=duty, reason=reason))


def left(people: PeopleState, colleague: str, reason: str, on: date) -> list[New]:
    """Take all duties and keys away. Who comes back is let in anew, under the same id.

    Raises:
        AlreadyDone: if the colleague has left.
    """
    if _colleague(people, colleague).left:
        message = f"{colleague} has left already"
        raise AlreadyDone(message)
    return _record(people, on, e.ColleagueLeft(colleague=colleague, reason=reason))


def break_glass(
    people: PeopleState, actor: str, duty: Duty, reason: str, moment: datetime, on: date
) -> list[New]:
    """Take a duty for some hours, in an emergency, for all to see.

    Granted duties that do not go with it are suspended meanwhile.

    Raises:
        NotAllowed: if there is no such emergency.
        AlreadyDone: if the person has the duty.
    """
    me = _acting(people, actor)
    if duty is Duty.AUDITOR:
        message = "an auditor only reads, which nobody needs to break a glass for"
        raise NotAllowed(message)
    if duty in people.duties_of(me.id, moment):
        message = f"{me.id} has the duty of {duty.value}"
        raise AlreadyDone(message)
    open_now = [glass.duty for glass in people.glasses_of(me.id, moment)]
    wrong = list(_conflicts(open_now, [duty]))
    if wrong:
        raise NotAllowed("\n".join(wrong))
    broken = e.GlassBroken(colleague=me.id, duty=duty, reason=reason, until=moment + GLASS_LASTS)
    return _record(people, on, broken)


def review(
    people: PeopleState, actor: str, broken_at: Position, remark: str, moment: datetime, on: date
) -> list[New]:
    """Say what was found when looking at what was done while a glass was broken.

    Raises:
        NotFound: if no glass was broken there.
        OutOfOrder: if it is still broken.
        FourEyes: if it is the person who broke it.
        AlreadyDone: if it was reviewed.
    """
    glass = next((each for each in people.glasses if each.broken_at == broken_at), None)
    if glass is None:
        message = f"no glass was broken at {broken_at}; `ofl people list` names the positions"
        raise NotFound(message)
    if glass.reviewed_by is not None:
        message = f"{glass.reviewed_by} has reviewed it"
        raise AlreadyDone(message)
    if glass.holds(moment):
        message = (
            f"{glass.colleague} has the duty until {glass.until:%Y-%m-%d %H:%M} UTC, and more may "
            "happen; withdraw it, or review it then"
        )
        raise OutOfOrder(message)
    account = people.colleagues[glass.colleague].accounts[0]
    another_person(people, actor, {broken_at: account}, "broke the glass", "review it")
    return _record(people, on, e.GlassReviewed(broken_at=broken_at, remark=remark))


def _colleague(people: PeopleState, colleague: str) -> Colleague:
    """The colleague of an id.

    Raises:
        OutOfOrder: if people are not set up.
        NotFound: if there is none.
    """
    _require_staffed(people)
    found = people.colleagues.get(colleague)
    if found is None:
        message = f"there is no colleague {colleague!r}; `ofl people list` names them"
        raise NotFound(message)
    return found


def _acting(people: PeopleState, actor: str) -> Colleague:
    """The colleague who acts."""
    _require_staffed(people)
    found = people.colleague_of(actor)
    if found is None:
        message = f"{actor!r} is nobody's account here"
        raise NotFound(message)
    return found


def _require_staffed(people: PeopleState) -> None:
    if not people.staffed:
        message = "no people are set up; run `ofl people setup` first"
        raise OutOfOrder(message)
