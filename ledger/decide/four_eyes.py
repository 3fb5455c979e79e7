"""The second person: persons are compared, never the accounts that they act under.

Every step that takes another person than an earlier one asks here: approving and sending payments,
confirming what somebody proposed, reviewing an emergency.
"""

from __future__ import annotations

from collections.abc import Mapping

from ledger.decide.people_state import PeopleState
from ledger.decide.refusal import FourEyes, NotAllowed, SingleUser
from ledger.duties import is_job
from ledger.model import Position


def another_person(
    people: PeopleState, actor: str, acted: Mapping[Position, str], did: str, step: str
) -> None:
    """Refuse who is the same person as one who acted before.

    `acted` holds who acted at each position that counts; `did` and `step` say in words what that
    was and what is asked for now: "approved P001", "send it".

    Raises:
        NotAllowed: if the actor is a job, which is nobody.
        SingleUser: if the ledger is live and has no people, so that there is no second person.
        FourEyes: if the person acted before.
    """
    if is_job(actor):
        message = f"{actor} is a job, and only a person can {step}"
        raise NotAllowed(message)
    if people.single:
        message = (
            f"another person than who {did} must {step}, and this ledger knows of one only, "
            "whatever names are given with --as: let people in with `ofl people setup`, each with "
            "a key of their own"
        )
        raise SingleUser(message)
    person = people.person_of(actor)
    own = sorted(at for at, who in acted.items() if people.person_of(who, at) == person)
    if own:
        others = " and others" if len(own) > 1 else ""
        message = (
            f"{people.named(actor)} {did} (event {own[0]}{others}), so another person must {step}"
        )
        raise FourEyes(message)
