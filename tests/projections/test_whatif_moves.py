"""What if somebody had moved, or not, or elsewhere: as if it had been told so from the start."""

from __future__ import annotations

import shlex
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ledger.decide.refusal import AgainstTerms
from ledger.decide.state import AgreementState
from ledger.metrics.facts import Move
from ledger.model import Position, SubjectRef
from ledger.service import Ledger
from ledger.terms.reader import UnreadableTermsError, read_model
from ledger.working import owed_by
from projections.moment import Stamp
from projections.whatif.compare import Compared
from projections.whatif.fund import NOTHING, Known, Question, stands, whatif
from projections.whatif.overlay import supposed
from projections.whatif.scenario import Scenario
from projections.whatif.unfit import Unfit
from tests.corrections.nights import NIGHTS, opened
from tests.corrections.story import Story
from tests.corrections.test_wrong_first import (
    HF,
    REACHES,
    Moves,
    Teller,
    drawn_terms,
    right_facts,
    wrong_moves,
)
from tests.desk.test_adopt import adopted, refused
from tests.desk.test_cli import ofl
from tests.histories import scratch
from tests.trials import parts

_Change = dict[str, Any]


def scenario(*changes: _Change) -> Scenario:
    return Scenario.model_validate({"name": "moves", "text": "A test.", "changes": list(changes)})


def ask(ledger: Ledger, after: Scenario) -> Compared:
    position, recorded_at, chain = ledger.log.head()
    at = Stamp(position, recorded_at, chain.hex())
    return whatif(ledger, [Question(NOTHING, after)], at)[0]


# --- as if it had been told so from the start -------------------------------------------------


@pytest.mark.parametrize("seed", parts(4, 100))
def test_moves_that_are_supposed_come_to_what_telling_them_had_come_to(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - a tale, not a secret
    terms = drawn_terms(random)
    right = right_facts(random, terms)
    wrong = replace(
        right, moves={p: wrong_moves(random, terms, right.moves.get(p, {})) for p in right.people}
    )
    with scratch() as folder:
        told_right, told_wrong = (Teller(Path(folder) / name, terms) for name in ("right", "wrong"))
        for teller, facts in ((told_right, right), (told_wrong, wrong)):
            teller.tell(facts, REACHES)
            teller.assess()
        changes = [
            change
            for person in right.people
            for change in changes_of(
                random, told_wrong.state, told_wrong.ref(person), right.moves.get(person, {})
            )
        ]
        random.shuffle(changes)
        assert changes
        asked = scenario(*changes)
        with closing(Known.at(told_wrong.door, Position(told_wrong.door.log.head()[0]))) as known:
            folded = known.agreement(HF)
            assert folded is not None
            after = stands(asked, known.law, known.law, folded).outcomes
            people = supposed(asked, known.law, folded).facts.people
        for subject, person in told_right.state.people().items():
            assert _chain(people[subject].moves) == _chain(person.moves), changes
        claims = told_right.state.claims.items()
        owed = {name: owed_by(claim.parts) for name, claim in claims}
        assert {name: each.owed for name, each in after.items()} == owed, changes
        for teller in (told_right, told_wrong):
            teller.door.close()


def changes_of(
    random: Random, state: AgreementState, subject: SubjectRef, right: Moves
) -> list[_Change]:
    """What makes a person's moves the right ones, each named by its day or by its position."""
    known = {move.on: (at, move) for at, move in state.moves.get(subject, {}).items()}
    own = {"kind": "move", "agreement": HF, "person": subject}
    found: list[tuple[str, _Change]] = []
    extra = [known[on] for on in known.keys() - right.keys()]
    for on, to in right.items():
        told = {"moved_on": str(on), "municipality": to}
        if on in known:
            if known[on][1].after != to:
                by_position = {"at": known[on][0], "municipality": to}
                found.append(("replace", random.choice((told, by_position))))
        elif extra and random.randrange(2):
            found.append(("replace", {"at": extra.pop()[0], **told}))
        else:
            found.append(("add", told))
    for at, move in extra:
        found.append(("remove", random.choice(({"at": at}, {"moved_on": str(move.on)}))))
    return [{**own, "do": do, **fields} for do, fields in found]


def _chain(moves: tuple[Move, ...]) -> list[tuple[date, str, str]]:
    return [(move.on, move.before, move.after) for move in moves]


# --- a story ----------------------------------------------------------------------------------

UNTIL = date(2022, 12, 31)
THREE = NIGHTS.replace(
    "  - {id: home,", "  - {id: vejle, name: Vejle, roles: [co_payer]}\n  - {id: home,"
)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """Ada moved to Odense on 1 April, and on 1 October to Vejle; all of it is decided and paid."""
    story = opened(tmp_path, THREE)
    story.enrol(ada=date(2021, 1, 1), bea=date(2021, 2, 1))
    story.register_until(UNTIL)
    story.measured("ada", 12, date(2022, 1, 3))
    for to, on in (("odense", date(2021, 4, 1)), ("vejle", date(2021, 10, 1))):
        story.door.move_subject(story.ref("ada"), to, on, "moved")
    story.assess(UNTIL)
    assert story.pay(UNTIL) == [
        "fund pays big 182500.00",
        "aarhus pays big 22500.00",
        "odense pays big 45750.00",
        "vejle pays big 23000.00",
    ]
    return story


def ada(story: Story, do: str, **more: str) -> _Change:
    return {"kind": "move", "do": do, "agreement": "nights", "person": story.ref("ada"), **more}


def owed(found: Compared) -> dict[str, tuple[str, str]]:
    (change,) = found.first
    return {p: (str(one), str(other)) for (p, _), (one, other) in change.by_payer.items()}


def test_each_pays_by_the_days_that_are_supposed(story: Story) -> None:
    earlier = ada(story, "replace", moved_on="2021-04-01", at=str(first_move(story)))
    found = ask(story.door, scenario({**earlier, "moved_on": "2021-01-31"}))
    assert owed(found) == {
        "aarhus": ("22500.00", "7500.00"),
        "odense": ("45750.00", "60750.00"),
        "vejle": ("23000.00", "23000.00"),
        "fund": ("182500.00", "182500.00"),
    }
    # Not gone to Odense first, Ada went from Aarhus to Vejle.
    found = ask(story.door, scenario(ada(story, "remove", moved_on="2021-04-01")))
    assert owed(found)["aarhus"] == ("22500.00", "68250.00")
    assert owed(found)["vejle"] == ("23000.00", "23000.00")
    assert str(sum(each.to_claw_back.minor for each in found.owed)) == "4575000"


def first_move(story: Story) -> Position:
    return min(story.door.agreement("nights").moves[story.ref("ada")])


def test_the_first_of_two_moves_is_adopted_by_telling_both_anew(
    story: Story, tmp_path: Path
) -> None:
    one, two = sorted(story.door.agreement("nights").moves[story.ref("ada")])
    changes = (
        ada(story, "replace", moved_on="2021-04-01", municipality="vejle"),
        ada(story, "replace", moved_on="2021-10-01", municipality="odense"),
        ada(story, "add", moved_on="2021-12-02", municipality="aarhus"),
    )
    found = adopted(story, tmp_path, *changes)
    why = "--reason 'As it was.'"
    tell = f"ofl subject move {story.ref('ada')} --to"
    assert [(each["duties"], each["command"]) for each in found["commands"]] == [
        (["registrar", "validator"], f"ofl correct void {two} {why}"),
        (["registrar", "validator"], f"ofl correct void {one} {why}"),
        (["registrar"], f"{tell} vejle --on 2021-04-01 {why}"),
        (["registrar"], f"{tell} odense --on 2021-10-01 {why}"),
        (["registrar"], f"{tell} aarhus --on 2021-12-02 {why}"),
        (["validator"], f"ofl assess --agreement nights --until {UNTIL}"),
    ]
    assert found["otherwise"] == []


def test_what_comes_after_the_moves_that_are_changed_is_all_that_is_told_anew(
    story: Story, tmp_path: Path
) -> None:
    later = ada(story, "replace", at=str(first_move(story) + 1), moved_on="2021-11-01")
    found = adopted(story, tmp_path, later)
    assert [each["command"].split()[1:3] for each in found["commands"]] == [
        ["correct", "void"], ["subject", "move"], ["assess", "--agreement"]
    ]  # fmt: skip
    same = (
        ada(story, "remove", moved_on="2021-04-01"),
        ada(story, "add", moved_on="2021-04-01", municipality="odense"),
    )
    assert ask(story.door, scenario(*same)).changed == 0
    words = ("whatif", "adopt", "--into", str(tmp_path / "same"))
    path = tmp_path / "same.json"
    path.write_text(scenario(*same).content.decode() + "\n", encoding="utf-8")
    said = ofl(*words, str(path), ledger=tmp_path / "ledger")
    assert said.startswith("Everything is recorded as moves supposes it")


def test_whoever_is_a_co_payer_in_the_terms_that_are_supposed_may_be_moved_to(
    tmp_path: Path,
) -> None:
    story = opened(tmp_path)
    story.enrol(ada=date(2021, 1, 1))
    story.register_until(UNTIL)
    story.measured("ada", 12, date(2022, 1, 3))
    story.assess(UNTIL)
    vejle = ada(story, "add", moved_on="2021-10-01", municipality="vejle")
    with pytest.raises(Unfit, match=r"item 1: the move of s[0-9a-f]+ on 2021-10-01: 'vejle' is no"):
        ask(story.door, scenario(vejle))
    other = {"kind": "terms", "terms": read_model(THREE, type(story.terms)).model_dump(mode="json")}
    found = ask(story.door, scenario(vejle, other))
    assert owed(found)["vejle"] == ("0.00", "23000.00")
    plan = adopted(story, tmp_path, vejle, other)
    assert [each["command"].split()[1] for each in plan["commands"]] == [
        "agreement", "subject", "assess"
    ]  # fmt: skip
    assert plan["otherwise"] == []


def test_a_move_since_the_last_assessment_counts_on_both_sides(story: Story) -> None:
    """So does one that was voided: neither is a difference that the scenario makes."""
    nothing_to_do_with_it = {
        "kind": "enrolment", "do": "remove", "agreement": "nights", "person": story.ref("bea")
    }  # fmt: skip
    assert ask(story.door, scenario(nothing_to_do_with_it)).changed == 0
    story.door.void_fact(Position(first_move(story) + 1), "it was a namesake")
    found = ask(story.door, scenario(nothing_to_do_with_it))
    assert (found.changed, found.unassessed) == (0, 1)
    story.assess(UNTIL)
    story.door.move_subject(story.ref("ada"), "aarhus", date(2021, 12, 1), "home again")
    found = ask(story.door, scenario(nothing_to_do_with_it))
    assert (found.changed, found.unassessed) == (0, 1)


def test_moves_of_two_who_are_one_are_adopted_whichever_id_they_were_told_under(
    story: Story, tmp_path: Path
) -> None:
    story.door.merge_subjects(story.ref("ada"), story.ref("bea"), "one citizen")
    story.door.move_subject(story.ref("bea"), "odense", date(2021, 12, 2), "moved")
    story.assess(UNTIL)
    told = max(story.door.agreement("nights").moves[story.ref("bea")])
    changes = (
        ada(story, "replace", moved_on="2021-12-02", municipality="aarhus"),
        ada(story, "remove", at=str(first_move(story))),
    )
    plan = adopted(story, tmp_path, *changes)
    assert [each["command"].split()[1:4] for each in plan["commands"][:2]] == [
        ["correct", "void", str(told)], ["correct", "void", str(first_move(story) + 1)]
    ]  # fmt: skip
    for each in plan["commands"]:
        ofl(*shlex.split(each["command"])[1:], ledger=tmp_path / "ledger", OFL_ACTOR="anna")
    assert plan["otherwise"] == []
    with Ledger(tmp_path / "ledger") as ledger:
        (person,) = ledger.agreement("nights").people().values()
        chain = [(date(2021, 10, 1), "aarhus", "vejle"), (date(2021, 12, 2), "vejle", "aarhus")]
        assert _chain(person.moves) == chain


# --- what does not fit ------------------------------------------------------------------------

ON = "2021-04-01"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([{"do": "add", "moved_on": ON, "municipality": "vejle"}],
         "item 1: the move 2021-04-01 is recorded; say replace, or name it otherwise"),
        ([{"do": "remove", "moved_on": "2021-04-02"}],
         "item 1: the move 2021-04-02 is not recorded of "),
        ([{"do": "add", "moved_on": "2021-05-01", "municipality": "randers"}],
         "on 2021-05-01: 'randers' is no co-payer in the terms (aarhus, odense, vejle); "),
        ([{"do": "add", "moved_on": "2021-05-01", "municipality": "odense"}],
         "on 2021-05-01: odense is the municipality that pays already"),
        # The one before Ada's second move is another then, so that there is nowhere to go.
        ([{"do": "replace", "moved_on": ON, "municipality": "vejle"}],
         "on 2021-10-01: vejle is the municipality that pays already"),
        ([{"do": "add", "moved_on": "2021-05-01", "municipality": "aarhus"},
          {"do": "remove", "moved_on": ON}],
         "item 2: the move of "),
        ([{"do": "add", "moved_on": ON, "municipality": "vejle", "person": "s1"}],
         "item 1: there is no person enrolled in nights as 's1'; known are "),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_its_number(
    story: Story, changes: list[dict[str, str]], said: str
) -> None:
    with pytest.raises(Unfit) as told:
        ask(story.door, scenario(*(ada(story, **change) for change in changes)))
    assert str(told.value).startswith("changes, item ")
    assert said in str(told.value)


def test_two_moves_on_one_day_are_refused(story: Story) -> None:
    second = ada(story, "replace", at=str(first_move(story) + 1), moved_on=ON)
    with pytest.raises(Unfit, match="moves to odense and to vejle on 2021-04-01; say one"):
        ask(story.door, scenario(second))


def test_a_move_of_somebody_new_is_supposed_but_adopted_after_the_enrolment(
    story: Story, tmp_path: Path
) -> None:
    new = {"agreement": "nights", "person": "new", "do": "add"}
    changes = (
        {"kind": "enrolment", **new, "enrolled_on": "2021-01-01"},
        {"kind": "measurement", **new, "indicator": "no-shelter", "milestone_months": "12",
         "measured_on": "2022-01-03", "value": "yes"},
        {"kind": "move", **new, "moved_on": ON, "municipality": "odense"},
    )  # fmt: skip
    assert owed(ask(story.door, scenario(*changes)))["odense"] == ("0.00", "68750.00")
    said = refused(story, tmp_path, *changes)
    assert "item 3: new has no pseudonym before the enrolment is recorded; adopt that" in said


def test_of_somebody_who_is_not_enrolled_in_the_end_nothing_is_told(
    story: Story, tmp_path: Path
) -> None:
    gone = {"kind": "enrolment", "do": "remove", "agreement": "nights", "person": story.ref("ada")}
    plan = adopted(story, tmp_path, ada(story, "remove", moved_on="2021-10-01"), gone)
    assert [each["command"].split()[1:3] for each in plan["commands"]] == [
        ["correct", "void"], ["correct", "void"], ["assess", "--agreement"]
    ]  # fmt: skip
    assert plan["otherwise"] == []


def test_people_who_are_one_are_merged_by_a_command_of_its_own() -> None:
    text = """\
name: one-person
text: They are one.
changes:
  - kind: merge
    agreement: nights
"""
    for kind in ("merge", "unmerge"):
        with pytest.raises(UnreadableTermsError) as told:
            read_model(text.replace("merge", kind), Scenario)
        (problem,) = told.value.problems
        assert problem.line == 4
        assert problem.message == (
            "item 1 of changes: that two people are one is not supposed; `ofl subject merge` "
            "records it, and `ofl subject unmerge` gives back what was"
        )


def test_a_move_that_would_be_refused_is_refused_at_rehearsal(story: Story) -> None:
    """Erased since: what was decided stands."""
    moved = ada(story, "remove", moved_on=ON)
    story.door.erase_subject(story.ref("ada"), "asked for", even_though_undecided=True)
    with pytest.raises(AgainstTerms, match="is erased; nothing can be supposed of the person"):
        ask(story.door, scenario(moved))
