"""`ofl whatif`: what it prints, in both languages and for machines, and that it changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.money import Amount
from tests.desk.test_cli import ofl

NINETY = """\
name: ninety-nights
text: The refund limit was 90 nights from 2023-10-01, not 120.
changes:
  - kind: rule
    rule: 2023-10-01
    nights_per_running_year: 90
"""
FROZEN = """\
name: other-terms
text: The second agreement was signed otherwise.
changes:
  - kind: terms
    file: other.yaml
  - kind: rules
    file: rules.yaml
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "90.yaml"
    path.write_text(NINETY, encoding="utf-8")
    return path


def minor(text: str) -> int:
    return Amount.parse(text).minor


def asked(*arguments: str, ledger: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ofl("whatif", *arguments, "--json", ledger=ledger))
    return found


def test_the_same_question_at_the_same_event_is_answered_by_the_same_bytes(
    demo: Path, scenario: Path
) -> None:
    events = (demo / "events.sqlite").read_bytes()
    first = ofl("whatif", str(scenario), ledger=demo)
    assert ofl("whatif", "run", str(scenario), "--jobs", "2", ledger=demo) == first
    assert (demo / "events.sqlite").read_bytes() == events
    assert not (demo / "scenarios").exists()


def test_a_list_is_cut_and_totals_are_not(demo: Path, scenario: Path) -> None:
    whole = asked(str(scenario), ledger=demo)
    few = asked(str(scenario), "--limit", "3", ledger=demo)
    assert len(whole["changes"]) == whole["changed"] == 105
    assert few["changes"] == whole["changes"][:3]
    assert {**few, "changes": 0} == {**whole, "changes": 0}
    moved = sum(minor(each["after"]) - minor(each["before"]) for each in whole["changes"])
    assert moved == minor(whole["after"]) - minor(whole["before"]) == -60406913
    shown = ofl("whatif", str(scenario), "--limit", "3", ledger=demo)
    assert "… and 102 more" in shown
    assert shown.count("-604,069.13") == 3


def test_it_answers_in_danish(demo: Path, scenario: Path) -> None:
    shown = ofl("whatif", str(scenario), "--limit", "1", "--lang", "da", ledger=demo)
    for text in ("105 af 284 resultater ændres", "Kræves tilbage", "1.034.674,55", "… og 104 til"):
        assert text in shown


def test_both_workings_of_one_difference_stand_beside_each_other(
    demo: Path, scenario: Path
) -> None:
    claim = asked(str(scenario), "--limit", "1", ledger=demo)["changes"][0]["claim"]
    shown = ofl("whatif", str(scenario), "--show", claim, ledger=demo)
    assert "Cap of the agreement 17,200,000.00, 0.00 left" in shown
    found = asked(str(scenario), "--show", claim, ledger=demo)
    assert found["before"]["working"]["caps"][1]["cut"]
    assert not found["after"]["working"]["caps"][1]["cut"]
    assert sum(minor(part["amount"]) for part in found["after"]["parts"]) == 12354814
    refused = ofl("whatif", str(scenario), "--show", "nobody/x/y/z", ledger=demo, code=1)
    assert "there is no outcome 'nobody/x/y/z'" in refused


def test_a_kept_scenario_holds_the_files_it_names_and_is_run_by_its_name(
    demo: Path, tmp_path: Path
) -> None:
    example = Path("docs/examples/housing-first/aarhus-hf-2.yaml").read_text(encoding="utf-8")
    (tmp_path / "other.yaml").write_text(example.replace("share: 0.11", "share: 0.12"))
    rule = {"id": "half", "valid_from": "1998-07-01", "state_share": "0.50"}
    table = {"id": "dk-shelter-refund", "title": "As it was", "sources": ["a test"]}
    (tmp_path / "rules.yaml").write_text(json.dumps({**table, "rules": [rule]}) + "\n")
    path = tmp_path / "both.yaml"
    path.write_text(FROZEN, encoding="utf-8")
    straight = asked(str(path), ledger=demo)
    assert straight["changed"] > 50
    assert "other-terms is kept." in ofl("whatif", "keep", str(path), ledger=demo)
    assert "was kept before" in ofl("whatif", "keep", str(path), ledger=demo)
    for name in ("other.yaml", "rules.yaml", "both.yaml"):
        (tmp_path / name).unlink()
    assert asked("other-terms", ledger=demo) == straight
    assert [each["name"] for each in asked("list", ledger=demo)["scenarios"]] == ["other-terms"]
    refused = ofl("whatif", "other-trems", ledger=demo, code=1)
    assert "there is no scenario 'other-trems'; did you mean 'other-terms'?" in refused


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("kind: rule", "kind: rul", "line 4: there is no kind 'rul'; did you mean 'rule'?"),
        ("  - kind: rule\n", "  - table: x\n", "line 4: 'kind' is missing: what kind of change"),
        ("rule: 2023", "rules: 2023", "line 5: 'rules' is not known here; did you mean 'rule'?"),
        ("year: 90", "year: ninety", "line 6: nights_per_running_year: 'ninety' is not a whole"),
        ("text:", "txt:", "line 2: 'txt' is not known here; did you mean 'text'?"),
    ],
)
def test_a_slip_is_told_with_its_line(
    demo: Path, scenario: Path, wrong: str, right: str, said: str
) -> None:
    scenario.write_text(NINETY.replace(wrong, right), encoding="utf-8")
    assert f"90.yaml, {said}" in ofl("whatif", str(scenario), ledger=demo, code=1)
