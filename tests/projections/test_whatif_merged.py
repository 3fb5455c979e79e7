"""What if something of somebody who was enrolled twice: any pseudonym means the one person.

Ada was enrolled on 1 January 2021 and again, under another id, on 1 February. Her stay A was told
under the first, her stay B under the second, and her move to Odense under both. At twelve months
she was measured twice: first, under her second id, that she used a shelter.
"""

from __future__ import annotations

import shlex
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.model import Position
from projections.moment import head
from projections.whatif.compare import Compared
from projections.whatif.fund import NOTHING, Question, whatif
from projections.whatif.scenario import Scenario
from projections.whatif.unfit import Unfit
from tests.corrections.nights import opened
from tests.corrections.story import Story
from tests.desk.test_adopt import adopted, refused
from tests.desk.test_cli import ofl

_Change = dict[str, Any]
UNTIL = date(2022, 12, 31)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    story = opened(tmp_path)
    story.enrol(ada=date(2021, 1, 1), twin=date(2021, 2, 1), bea=date(2021, 1, 1))
    story.stayed("ada", "A", date(2021, 3, 1), date(2021, 3, 11))
    for who in ("ada", "twin"):
        story.door.move_subject(story.ref(who), "odense", date(2021, 5, 1), "moved")
    story.stayed("twin", "B", date(2021, 6, 1), date(2021, 6, 5))
    story.register_until(UNTIL)
    story.measured("twin", 12, date(2022, 2, 20), "no")
    story.measured("ada", 12, date(2022, 2, 25), "yes")
    story.measured("bea", 12, date(2022, 1, 3))
    story.door.merge_subjects(story.ref("ada"), story.ref("twin"), "one citizen")
    story.assess(UNTIL)
    return story


def ask(story: Story, *changes: _Change) -> Compared:
    asked = {"name": "merged", "text": "A test.", "changes": list(changes)}
    question = Question(NOTHING, Scenario.model_validate(asked))
    (found,) = whatif(story.door, [question], head(story.door.log))
    # What is remembered of the agreement answers as its events do.
    assert whatif(story.door, [question], head(story.door.log)) == [found]
    return found


def change(story: Story, kind: str, do: str, who: str = "ada", **more: object) -> _Change:
    return {"kind": kind, "do": do, "agreement": "nights", "person": story.ref(who), **more}


def at(story: Story, who: str, fact: str) -> Position:
    """Where a fact was told of somebody: a stay, the reading or the move."""
    state, ref = story.door.agreement("nights"), story.ref(who)
    if fact == "reading":
        return state.readings[ref, "no-shelter", 12][0]
    return max(state.moves[ref]) if fact == "move" else state.stays[ref][fact][0]


def after(story: Story, *changes: _Change) -> dict[str, str]:
    """What each claim would come to."""
    found = ask(story, *changes)
    assert found.unassessed == 0
    return story.claims() | {each.claim: str(each.after) for each in found.first}


CASES = {
    "the reading under one id": [("measurement", "remove", {"at": "twin reading"})],
    "the reading under either id": [
        ("measurement", "replace", {"indicator": "no-shelter", "milestone_months": "12",
                                    "value": "yes"}),
    ],
    "an enrolment under both ids": [
        ("measurement", "remove", {"at": "twin reading"}),
        ("enrolment", "replace", {"enrolled_on": "2021-02-10"}),
    ],
    "the stay told under one id, by its position": [
        ("measurement", "remove", {"at": "twin reading"}),
        ("stay", "replace", {"at": "twin B", "discharged": "2021-06-30"}),
    ],
    "a stay told under one id, by its own": [
        ("measurement", "remove", {"at": "twin reading"}),
        ("stay", "remove", {"stay": "A"}),
    ],
    "the move told under both ids": [
        ("measurement", "remove", {"at": "twin reading"}),
        ("move", "remove", {"moved_on": "2021-05-01"}),
    ],
}  # fmt: skip


def changes_of(story: Story, case: str, who: str) -> list[_Change]:
    made = [change(story, kind, do, who, **more) for kind, do, more in CASES[case]]
    return [
        {**each, "at": str(at(story, *each["at"].split()))} if "at" in each else each
        for each in made
    ]


COMES_TO = {
    # 365 nights but 10 of A and 4 of B, at 500.00 for the state and half as much for Odense.
    "the reading under one id": "263250.00",
    "the reading under either id": "263250.00",
    "an enrolment under both ids": "263250.00",
    "the stay told under one id, by its position": "244500.00",  # 25 nights more
    "a stay told under one id, by its own": "270750.00",
    "the move told under both ids": "263250.00",
}


@pytest.mark.parametrize("who", ["ada", "twin"])
@pytest.mark.parametrize("case", CASES)
def test_what_is_supposed_is_what_adopting_it_comes_to(
    story: Story, tmp_path: Path, case: str, who: str
) -> None:
    changes = changes_of(story, case, who)
    ada = f"nights/{story.ref('ada')}/saved/12m"
    assert ada not in story.claims()
    wanted = after(story, *changes)
    assert wanted[ada] == COMES_TO[case]
    plan = adopted(story, tmp_path, *changes)
    assert plan["otherwise"] == []
    for each in plan["commands"]:
        ofl(*shlex.split(each["command"])[1:], ledger=tmp_path / "ledger", OFL_ACTOR="anna")
    assert story.claims() == wanted
    assert ask(story).unassessed == 0


def test_once_the_move_under_both_ids_is_gone_the_first_municipality_pays(story: Story) -> None:
    yes, gone = changes_of(story, "the move told under both ids", "twin")
    (before,), (found,) = ask(story, yes).first, ask(story, yes, gone).first
    owed = [{who: str(two) for (who, _), (_, two) in each.by_payer.items()}
            for each in (before, found)]  # fmt: skip
    # Ada lived in Aarhus for 120 of the 365 days; what is no whole øre, the fund bears.
    assert owed == [
        {"fund": "175500.01", "aarhus": "28849.31", "odense": "58900.68"},
        {"fund": "175500.00", "aarhus": "87750.00"},
    ]
    # Of the two that were told, one is enough.
    one = change(story, "move", "remove", at=str(at(story, "twin", "move")))
    assert ask(story, yes, one).first == [before]


def test_the_enrolments_of_one_person_go_together(story: Story, tmp_path: Path) -> None:
    gone = change(story, "enrolment", "remove", "twin")
    found = ask(story, gone, change(story, "enrolment", "remove", "bea"))
    assert [each.unit for each in found.first] == [story.ref("bea")]
    said = refused(story, tmp_path, gone)
    assert f"item 1: {story.ref('twin')} is merged with another; unmerge them first" in said


def test_what_does_not_fit_a_merged_person_is_refused(story: Story) -> None:
    known = change(story, "measurement", "add", indicator="no-shelter", milestone_months="12",
                   measured_on="2022-03-01", value="yes")  # fmt: skip
    with pytest.raises(Unfit, match="item 1: the measurement no-shelter is recorded; say replace"):
        ask(story, known)
    with pytest.raises(Unfit, match=r"item 1: the stay C is not recorded of .*; name it by one"):
        ask(story, change(story, "stay", "remove", stay="C"))
    again = change(story, "enrolment", "add", "twin", enrolled_on="2021-03-01")
    with pytest.raises(Unfit, match=r"item 1: s[0-9a-f]+ is enrolled; say replace"):
        ask(story, again)
    # Two again, each is a person of its own.
    story.door.unmerge_subject(story.ref("twin"), "twins, after all")
    story.assess(UNTIL)
    with pytest.raises(Unfit, match="item 1: the stay B is not recorded of "):
        ask(story, change(story, "stay", "remove", stay="B"))
    assert ask(story, change(story, "stay", "remove", "twin", stay="B")).changed == 0
