"""The job `deadlines` on what waits for another person besides payments."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from desk.jobs.second_person import KINDS
from desk.language import Language
from ledger.decide.jobs import Seen
from ledger.duties import Duty
from tests.desk.workplace import place_of, seen_by
from tests.staff import STEPS, World

EARLY = date(2024, 1, 14)
LATE = date(2024, 1, 15)
"""Fourteen days after all that waits in the worlds was recorded."""


def waiting(world: World, day: date) -> dict[str, Seen]:
    """What the job sees of it, by kind; each kind waits at most once in a world."""
    report = seen_by(place_of(world.path), "deadlines", day)
    found = [each for each in report.seen if each.kind in KINDS]
    assert len({each.kind for each in found}) == len(found)
    return {each.kind: each for each in found}


def test_what_waits_for_another_person_is_late_after_fourteen_days(
    made: dict[Duty, World], tmp_path: Path
) -> None:
    world = made[Duty.REGISTRAR].copied(tmp_path / "world")
    assert waiting(world, EARLY) == {}
    found = waiting(world, LATE)
    since = {"since": "2024-01-01"}
    assert {kind: dict(each.details) for kind, each in found.items()} == {
        "adjustment_not_decided": {"adjustment": "owing-J03", "amount": "-20.00", **since},
        "write_off_not_agreed": {
            "write_off": "owing-W001",
            "payee": "dsi",
            "amount": "100.00",
            **since,
        },
        "account_not_confirmed": {"party": "bikuben", **since},
        "reopening_not_agreed": {"period": "2019", **since},
        "glass_not_reviewed": {"position": str(world.things["broken"]), **since},
    }
    owing = {kind for kind, each in found.items() if each.agreement == "owing"}
    assert owing == {"adjustment_not_decided", "write_off_not_agreed"}
    assert [each.key for each in waiting(world, date(2024, 3, 1)).values()] == [
        each.key for each in found.values()
    ]


@pytest.mark.parametrize(
    ("kind", "step", "duty"),
    [
        ("adjustment_not_decided", "decide-adjustment", Duty.APPROVER),
        ("write_off_not_agreed", "write-off", Duty.APPROVER),
        ("account_not_confirmed", "payee-confirm", Duty.PAYEE_MASTER),
        ("reopening_not_agreed", "reopen-period", Duty.RECONCILER),
        ("glass_not_reviewed", "people-review", Duty.ADMINISTRATOR),
    ],
)
def test_once_another_person_has_acted_it_is_late_no_more(
    kind: str, step: str, duty: Duty, made: dict[Duty, World], tmp_path: Path
) -> None:
    world = made[duty].copied(tmp_path / duty.value)
    before = waiting(world, LATE)
    with world.as_("other") as door:
        STEPS[step](door, world, "other")
    after = waiting(world, LATE)
    assert before.keys() - after.keys() == {kind}
    assert after.keys() <= before.keys()


def test_nobody_is_asked_to_agree_to_a_write_off_that_was_overtaken(
    made: dict[Duty, World], tmp_path: Path
) -> None:
    world = made[Duty.PAYER].copied(tmp_path / "world")
    assert "write_off_not_agreed" in waiting(world, LATE)
    with world.as_("other") as door:
        door.withdraw_demand("owing-C001", "set it off", LATE)
    assert "write_off_not_agreed" not in waiting(world, LATE)


def test_it_is_said_in_both_languages(made: dict[Duty, World]) -> None:
    for each in waiting(made[Duty.REGISTRAR], LATE).values():
        for language in Language:
            assert each.details["since"] in language.say(f"finding_{each.kind}", **each.details)
