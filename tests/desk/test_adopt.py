"""`ofl whatif adopt`: the commands it writes, what it refuses, and what it cannot know."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from desk.adoption import as_yaml
from ledger.decide.refusal import AgainstTerms
from ledger.service import Ledger
from ledger.shelter.rules import RefundRuleTable
from ledger.terms.agreement import Terms
from ledger.terms.reader import read_model
from ledger.terms.shipped import shelter_refund_rules, support_refund_rules
from projections.whatif.rehearsal import Rehearsal
from projections.whatif.scenario import Scenario
from tests.corrections.story import Story
from tests.desk.test_cli import ofl
from tests.drawn_terms import draw_terms
from tests.ledger.policy.test_versions import PRICED
from tests.ledger.test_amendments import ninety

EXAMPLES = sorted(Path("docs/examples").glob("*/*.yaml"))
UNTIL = date(2025, 12, 31)
_Change = dict[str, Any]


# --- files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_published_terms_that_are_written_are_read_as_the_same(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if "\nagreement:" in f"\n{text}":
        terms = read_model(text, Terms)
        assert read_model(as_yaml(terms), Terms) == terms
    else:
        assert path.stem in {"portfolio", "business-case"}


def test_random_terms_and_the_law_are_read_as_they_were_written() -> None:
    for seed in range(30):
        terms = draw_terms(Random(seed), "some")  # noqa: S311 - a tale, not a secret
        assert read_model(as_yaml(terms), Terms) == terms
    for table in (shelter_refund_rules(), support_refund_rules()):
        assert read_model(as_yaml(table), RefundRuleTable) == table


# --- a small agreement ------------------------------------------------------------------------


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """Ada and Bea were in work at six months, at 1,000 kr. each; it is paid."""
    story = Story(tmp_path, PRICED, "200.00", date(2024, 1, 2))
    story.enrol(ada=date(2024, 2, 1), bea=date(2024, 6, 1))
    story.measured("ada", 6, date(2024, 8, 1))
    story.measured("bea", 6, date(2024, 12, 1))
    story.assess(UNTIL)
    assert story.pay(UNTIL) == ["fund pays big 2000.00"]
    return story


def supposed(folder: Path, *changes: _Change) -> str:
    path = folder / "scenario.json"
    scenario = {"name": "otherwise", "text": "As it was.", "changes": list(changes)}
    Scenario.model_validate(scenario)
    path.write_text(json.dumps(scenario) + "\n", encoding="utf-8")
    return str(path)


def adopted(story: Story, folder: Path, *changes: _Change) -> dict[str, Any]:
    into = str(folder / "into")
    found: dict[str, Any] = json.loads(
        ofl(
            "--json", "whatif", "adopt", supposed(folder, *changes), "--into", into,
            ledger=folder / "ledger",
        )
    )  # fmt: skip
    return found


def refused(story: Story, folder: Path, *changes: _Change) -> str:
    into = folder / "into"
    said = ofl(
        "whatif", "adopt", supposed(folder, *changes), "--into", str(into),
        ledger=folder / "ledger", code=1,
    )  # fmt: skip
    assert not into.exists()
    return said


def measured(story: Story, person: str, **more: object) -> _Change:
    who = {"agreement": "small", "person": story.ref(person), "indicator": "works"}
    return {"kind": "measurement", "milestone_months": "6", **who, **more}


def test_a_reading_that_was_wrong_and_one_that_is_missing(story: Story, tmp_path: Path) -> None:
    ada, bea = story.ref("ada"), story.ref("bea")
    late = measured(story, "bea", do="add", measured_on="2025-06-01", value="yes")
    late["milestone_months"] = "12"
    found = adopted(story, tmp_path, measured(story, "ada", do="replace", value="no"), late)
    correct, add, assess = found["commands"]
    assert correct["duties"] == ["registrar", "validator"]
    assert correct["command"].endswith("--set value=no --reason 'As it was.'")
    assert add["duties"] == assess["duties"] == ["validator"]
    assert add["fill_in"] == [
        {"file": "small-measurements.csv", "row": 2, "column": "person_id", "subject": bea},
        {"file": "small-measurements.csv", "row": 2, "column": "validator", "subject": bea},
    ]
    assert ada != bea
    assert assess["command"] == f"ofl assess --agreement small --until {UNTIL}"
    assert (found["changed"], found["to_claw_back"], found["otherwise"]) == (2, "0.00", [])
    lines = (tmp_path / "into/commands.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        each["command"] for each in found["commands"]
    ]
    # As it stands the file is refused, with the cells that nobody filled in.
    said = ofl(*add["command"].split()[1:], ledger=tmp_path / "ledger", code=1)
    assert "row 2, column person_id" in said
    assert "row 2, column validator" in said


def test_it_is_told_in_danish_too(story: Story, tmp_path: Path) -> None:
    scenario = supposed(tmp_path, measured(story, "ada", do="remove"))
    shown = ofl(
        "--lang", "da", "whatif", "adopt", scenario, "--into", str(tmp_path / "ny"),
        ledger=tmp_path / "ledger",
    )  # fmt: skip
    assert "For at indføre otherwise: disse kommandoer, i denne rækkefølge." in shown
    assert "1. registrator eller validator" in shown
    assert "0,00 skal betales" in shown
    assert "1.000,00 kræves tilbage" in shown


def test_somebody_who_was_never_enrolled_is_enrolled_before_anything_else_is_told(
    story: Story, tmp_path: Path
) -> None:
    new = {"agreement": "small", "person": "new", "do": "add"}
    found = adopted(
        story,
        tmp_path,
        {"kind": "enrolment", **new, "enrolled_on": "2024-07-01"},
        {"kind": "measurement", **new, "indicator": "works", "milestone_months": "6",
         "measured_on": "2025-02-01", "value": "yes"},
        measured(story, "bea", do="remove"),
    )  # fmt: skip
    words = [each["command"].split()[1:3] for each in found["commands"]]
    assert words == [["correct", "void"], ["import", "enrolments"], ["import", "measurements"],
                     ["assess", "--agreement"]]  # fmt: skip
    assert found["otherwise"] == []


def test_an_amendment_is_written_for_its_day_and_those_after_it(
    story: Story, tmp_path: Path
) -> None:
    dearer = {"kind": "price", "agreements": ["small"], "metric": "work", "price": "1200.00"}
    found = adopted(story, tmp_path, {**dearer, "valid_from": "2024-10-01"}, dearer)
    amend = [each["command"].split() for each in found["commands"][:-1]]
    assert [words[-1] for words in amend] == ["2024-01-01", "2024-10-01"]
    assert all(each["duties"] == ["terms_owner"] for each in found["commands"][:-1])
    for each in found["commands"]:
        ofl(*each["command"].split()[1:], ledger=tmp_path / "ledger", OFL_ACTOR="anna")
    again = ofl("whatif", supposed(tmp_path, dearer), ledger=tmp_path / "ledger")
    assert "Nothing changes" in again


@pytest.mark.parametrize("struck_out", [True, False])
def test_a_table_of_rules_is_enacted_and_says_what_is_struck_out(
    demo: Path, tmp_path: Path, *, struck_out: bool
) -> None:
    table = read_model(ninety(renamed=struck_out), RefundRuleTable)
    scenario = supposed(tmp_path, {"kind": "rules", "rules": table.model_dump(mode="json")})
    words = ("whatif", "adopt", scenario, "--into", str(tmp_path / "into"))
    enact, *assess = json.loads(ofl("--json", *words, ledger=demo))["commands"]
    into = str(tmp_path / "into/dk-shelter-refund.yaml")
    assert enact["command"].split() == [
        *("ofl", "rules", "enact", into), *(["--drop"] if struck_out else [])
    ]  # fmt: skip
    assert assess
    for each in (enact, *assess):
        ofl(*each["command"].split()[1:], ledger=demo, OFL_ACTOR="anna")
    assert "Nothing changes" in ofl("whatif", scenario, ledger=demo)


def test_a_table_that_would_be_refused_is_refused_at_rehearsal(story: Story) -> None:
    law, table = story.door.law(), read_model(ninety(renamed=True), RefundRuleTable)
    rehearsal = Rehearsal(law, story.door.log.head()[0], UNTIL, "as it was")
    with pytest.raises(AgainstTerms, match="dk-shelter-refund: rules: 'half-120-nights'"):
        rehearsal.enact(table, drop=False)
    assert law.rules[table.id][1] != table
    rehearsal.enact(table, drop=True)
    assert law.rules[table.id][1] == table


def test_what_is_recorded_so_already_needs_nothing(story: Story, tmp_path: Path) -> None:
    scenario = supposed(tmp_path, measured(story, "ada", do="replace", value="yes"))
    words = ("whatif", "adopt", scenario, "--into", str(tmp_path / "into"))
    shown = ofl(*words, ledger=tmp_path / "ledger")
    assert shown.startswith("Everything is recorded as otherwise supposes it")
    assert json.loads(ofl(*words, "--json", ledger=tmp_path / "ledger"))["commands"] == []
    assert not (tmp_path / "into").exists()


# --- what cannot be adopted -------------------------------------------------------------------


def test_what_no_command_can_record_is_refused_in_words(story: Story, tmp_path: Path) -> None:
    law = {"kind": "rule", "rule": "2023-10-01", "nights_per_running_year": "90"}
    said = refused(story, tmp_path, {**law, "had_been": "true"})
    assert "what was known of the law when agreements were signed cannot be recorded now" in said
    who = {"agreement": "small", "person": story.ref("ada")}
    reach = {"kind": "enrolment", "do": "replace", **who, "register_until": "2025-01-01"}
    assert "ofl import stays --covers-until" in refused(story, tmp_path, reach)


def test_two_items_on_one_fact_are_one(story: Story, tmp_path: Path) -> None:
    twice = [measured(story, "ada", do="replace", value=value) for value in ("no", "yes")]
    said = refused(story, tmp_path, *twice)
    assert "changes, item 2: an item before changes the same fact; write both as one" in said


def test_what_a_command_would_refuse_is_refused_before(story: Story, tmp_path: Path) -> None:
    less = read_model(PRICED.replace("amount: 200", "amount: 199"), Terms)
    said = refused(story, tmp_path, {"kind": "terms", "terms": less.model_dump(mode="json")})
    assert "small: investment: 200.00 has been drawn on 'big'; it cannot be less" in said
    early = measured(story, "ada", do="replace", measured_on="2024-03-01")
    assert "changes, item 1: " in refused(story, tmp_path, early)


def test_nothing_is_overwritten(story: Story, tmp_path: Path) -> None:
    (tmp_path / "into").mkdir()
    scenario = supposed(tmp_path, measured(story, "ada", do="remove"))
    words = ("whatif", "adopt", scenario, "--into", str(tmp_path / "into"))
    said = ofl(*words, ledger=tmp_path / "ledger", code=1)
    assert "into is there already; name another with --into" in said
    assert list((tmp_path / "into").iterdir()) == []
    said = ofl(*words, "--reason", "x" * 201, ledger=tmp_path / "ledger", code=2)


def test_what_would_stand_otherwise_is_named(demo: Path, tmp_path: Path) -> None:
    """Supposed, a register reaches as far for somebody new as for others; recorded, it must say."""
    new = {"agreement": "aarhus-hf-2", "person": "new", "do": "add"}
    enrolled = {"kind": "enrolment", **new, "enrolled_on": "2024-06-01"}
    reading = {"kind": "measurement", **new, "indicator": "no-shelter", "milestone_months": "12",
               "measured_on": "2025-06-02", "value": "yes"}  # fmt: skip
    with Ledger(demo) as ledger:
        somebody = next(iter(ledger.agreement("aarhus-hf-2").enrolled))
    # There is room for nobody more.
    gone = {"kind": "enrolment", "do": "remove", "agreement": "aarhus-hf-2", "person": somebody}
    scenario = supposed(tmp_path, enrolled, reading, gone)
    shown = ofl("whatif", "adopt", scenario, "--into", str(tmp_path / "into"), ledger=demo)
    assert "1 outcomes would not stand as in the scenario" in shown
    assert "\n  aarhus-hf-2/new/shelter-nights-saved/12m\n" in shown
    assert "first fill in aarhus-hf-2-enrolments.csv, row 2: person_id of new" in shown
