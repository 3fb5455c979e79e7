"""What the documentation says is true: its commands run, and nothing is left out or left behind."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
import yaml
from pydantic import BaseModel

from desk.cli.session import Settings
from desk.intake import files
from desk.intake.sampling import ExaminationLine
from desk.jobs.plan import PLAN
from ledger.events import EVENTS, Event
from ledger.metrics.base import Metric
from ledger.metrics.kinds import KINDS
from ledger.model import Model
from ledger.shelter.rules import RefundRuleTable
from ledger.terms.agreement import Terms
from ledger.terms.reader import read_model
from ledger.terms.shipped import schema_of, shelter_refund_rules, terms_schema
from projections.assumptions import Assumptions
from projections.whatif.scenario import Scenario
from tests.desk import reference
from tests.docs_support import (
    DOCS,
    ROOT,
    Command,
    File,
    Page,
    Reader,
    first_cells,
    pages,
    same,
)

PAGES = pages()
FOLLOWED = [page for page in PAGES if any(page.steps())]
REFERENCE = DOCS / "reference"
NO_TERMS = {"business-case.yaml", "portfolio.yaml"}
"""Examples of something else."""
SHARED = {name for option in reference.options(reference.root()) for name in option.opts}


def page(name: str) -> Page:
    return Page(DOCS / name)


# --- the pages' commands ----------------------------------------------------------------------


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo is kept between the pages that begin with it."""
    return tmp_path_factory.mktemp("shelf")


@pytest.mark.parametrize("followed", FOLLOWED, ids=str)
def test_a_page_can_be_followed_word_by_word(followed: Page, tmp_path: Path, shelf: Path) -> None:
    if (
        "hledger" in followed.text
        and not shutil.which("hledger")
        and os.environ.get("CI") != "true"
    ):
        pytest.skip("hledger is not installed")
    Reader(tmp_path, shelf).follow(followed)


def test_the_pages_that_show_commands_are_the_ones_followed() -> None:
    names = {str(each) for each in FOLLOWED}
    assert "docs/tutorial/first-agreement.md" in names
    how_to = {str(Page(path)) for path in (DOCS / "how-to").glob("*.md")}
    # Shows a file of the program instead of commands; tests/test_adding_a_kind.py follows it.
    assert how_to - {"docs/how-to/add-a-metric-kind.md"} <= names
    assert "docs/da/kom-i-gang.md" in names


def test_output_that_differs_is_noticed() -> None:
    assert same(("a", "…", "d"), "a\nb\nc\nd\n")
    assert same(
        ("at 2024-01-09 09:00 UTC s0123456789abcdef",), "at 2026-11-21 08:22 UTC s" + 16 * "f"
    )
    assert not same(("a", "d"), "a\nb\nd\n")
    assert not same(("a", "…", "d"), "a\nd\n")
    assert not same(("1,507.00",), "1,507.01\n")
    assert not same((), "a\n")
    assert not same(("a",), "")


def test_a_page_that_shows_something_else_cannot_be_followed(tmp_path: Path, shelf: Path) -> None:
    wrong = ROOT / "docs" / "wrong.md"
    for block, message in (
        ("$ ofl init --fund Fond\nFond: a ledger in EUR in outcome-ledger.\n…", "prints"),
        ("$ ofl nonsense\n…", "exits with 2"),
    ):

        class Shown(Page):
            text = f"```console\n{block}\n```\n"

        folder = tmp_path / message.replace(" ", "-")
        with pytest.raises(AssertionError, match=message):
            Reader(folder, shelf).follow(Shown(wrong))


# --- the reference is whole -------------------------------------------------------------------


def test_the_page_of_commands_is_made_from_the_commands() -> None:
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(), (
        "write it again: .venv/bin/python -m tests.desk.reference"
    )


def test_what_pages_call_a_command_is_one() -> None:
    known = {" ".join(path): command for path, command in reference.commands()}
    groups = {name.rpartition(" ")[0] for name in known}
    for each in PAGES:
        shown = [step.text for step in each.steps() if isinstance(step, Command)]
        for text in [*each.code(), *shown]:
            found = re.match(r"(?:[\w./]*/)?(ofl(?: [a-z]+(?:-[a-z]+)*)*)(.*)", text)
            if found is None or found[1] == "ofl":
                continue
            name = found[1]
            while name not in known and name not in groups:
                name = name.rpartition(" ")[0]
            assert name in known or name == found[1], f"{each}: {text}"
            if name in known:
                options = {o for option in reference.options(known[name]) for o in option.opts}
                used = set(re.findall(r"(?<!\S)--[a-z-]+", text)) - SHARED - {"--help"}
                assert used <= options, f"{each}: {text}"


def test_every_setting_is_told_and_no_other() -> None:
    settings = {f"OFL_{name.upper()}" for name in Settings.model_fields}
    assert first_cells(page("reference/settings.md").prose()) == sorted(settings, key=_order)
    for each in PAGES:
        named = set(re.findall(r"\bOFL_[A-Z_]+\b", each.text))
        assert named <= settings, each


def _order(setting: str) -> int:
    return list(Settings.model_fields).index(setting.removeprefix("OFL_").lower())


@pytest.mark.parametrize("topic", EVENTS)
def test_every_event_is_told_with_its_fields(topic: str) -> None:
    event = EVENTS[topic]
    section = page("reference/events.md").section(f"`{event.__name__}`")
    assert first_cells(section) == list(event.model_fields)
    assert topic in section
    for line in section.splitlines():
        cells = line.split("|")
        if len(cells) > 2 and cells[1].strip("` ") in event.model_fields:
            assert ("**sealed**" in line) == (cells[1].strip("` ") in event.personal), line


def test_every_value_in_an_event_is_told_with_its_fields() -> None:
    told_elsewhere = {*models(Terms), *models(RefundRuleTable)}
    inside = {
        model
        for event in EVENTS.values()
        for model in models(event)
        if not issubclass(model, Event) and model not in told_elsewhere
    }
    assert len(inside) > 10
    for model in inside:
        section = page("reference/events.md").section(f"`{model.__name__}`")
        assert first_cells(section) == list(model.model_fields), model


@pytest.mark.parametrize("model", [Terms, RefundRuleTable])
def test_every_key_of_the_terms_is_told(model: type[Model]) -> None:
    paths = [REFERENCE / "terms.md", *sorted((REFERENCE / "metrics").glob("*.md"))]
    sections = [part for path in paths for part in _sections(Page(path))]
    for each in models(model) | ({Metric} if model is Terms else set()):
        heading = f"`{each.__name__}`"
        (section,) = [part for part in sections if part.splitlines()[0].endswith(f"({heading})")]
        shared = Metric.model_fields if issubclass(each, Metric) and each is not Metric else {}
        # In any order: a page tells first what matters, a model what it inherits.
        keys = sorted(name for name in each.model_fields if name not in shared)
        assert sorted(first_cells(section)) == keys, each
        for choice in _choices(each):
            assert f"`{choice}`" in section, f"{each.__name__}: {choice}"


def test_every_key_of_the_assumptions_is_told() -> None:
    sections = _sections(page("reference/assumptions.md"))
    for each in models(Assumptions):
        heading = f"(`{each.__name__}`)"
        (section,) = [part for part in sections if part.splitlines()[0].endswith(heading)]
        assert first_cells(section) == list(each.model_fields), each


def test_every_key_of_a_scenario_is_told() -> None:
    sections = _sections(page("reference/scenarios.md"))
    own = {each for each in models(Scenario) if each.__module__ == Scenario.__module__}
    assert len(own) == 16
    for each in own:
        heading = f"(`{each.__name__}`)"
        (section,) = [part for part in sections if part.splitlines()[0].endswith(heading)]
        assert sorted(first_cells(section)) == sorted(each.model_fields), each


def test_the_schema_of_assumptions_takes_the_examples() -> None:
    schema = schema_of(Assumptions)
    for path in sorted(DOCS.glob("examples/assumptions-*.yaml")):
        value = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
        Assumptions.model_validate(value)
        assert set(value) <= set(schema["properties"])


@pytest.mark.parametrize("kind", KINDS)
def test_every_metric_kind_has_a_page_and_stands_in_the_list(kind: str) -> None:
    assert f"({kind}.md)" in page("reference/metrics/index.md").text
    assert page(f"reference/metrics/{kind}.md").text.startswith(f"# `{kind}`\n")


def _sections(whole: Page) -> list[str]:
    return re.split(r"^#+ ", whole.prose(), flags=re.MULTILINE)[1:]


def _choices(model: type[BaseModel]) -> Iterator[str]:
    """The words that may stand in a model's fields."""
    for info in model.model_fields.values():
        for kind in _kinds(info.annotation):
            if isinstance(kind, type) and issubclass(kind, Enum):
                yield from (member.value for member in kind)
            elif isinstance(kind, str):
                yield kind


def _kinds(annotation: object) -> Iterator[object]:
    """A type and everything it is made of."""
    yield annotation
    for part in get_args(annotation):
        yield from _kinds(part)


def models(model: type[BaseModel]) -> set[type[BaseModel]]:
    """A model and every model inside it."""
    found = {model}
    for info in model.model_fields.values():
        for kind in _kinds(info.annotation):
            if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in found:
                found |= models(kind)
    return found


@pytest.mark.parametrize(
    ("heading", "line"),
    [
        ("Tariffs", files.TariffLine),
        ("Enrolments", files.EnrolmentLine),
        ("Stays", files.StayLine),
        ("Measurements", files.MeasurementLine),
        ("Spells", files.SpellLine),
        ("Results", files.ResultLine),
        ("Bank statements", files.BankLine),
        ("Statements of refund", files.RefundLine),
        ("Examinations of a sample", ExaminationLine),
    ],
)
def test_every_column_of_a_file_is_told(heading: str, line: type[Model]) -> None:
    assert first_cells(page("reference/files.md").section(heading)) == list(line.model_fields)


def test_every_job_is_told_with_its_time_and_every_finding() -> None:
    told = page("reference/jobs.md")
    rows = told.section("The jobs").splitlines()
    assert sorted(first_cells(told.section("The jobs"))) == sorted(job.name for job in PLAN)
    for job in PLAN:
        (row,) = [row for row in rows if row.startswith(f"| `{job.name}` |")]
        for hour in (min(job.schedule.hours), max(job.schedule.hours)):
            assert f"{hour:02}:{job.schedule.minute:02}" in row, row
        assert bool(job.schedule.weekdays) == ("mon-fri" in row), row
        assert bool(job.schedule.day) == (f"{job.schedule.day}th" in row), row
    kinds = [kind for job in PLAN for kind in job.kinds]
    assert first_cells(told.section("What they find")) == kinds


# --- the published schemas --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "rules"), [("terms.schema.json", False), ("refund-rules.schema.json", True)]
)
def test_the_published_schemas_are_the_programs_own(name: str, *, rules: bool) -> None:
    published = json.loads((REFERENCE / name).read_text(encoding="utf-8"))
    assert published == terms_schema(rules=rules), (
        f"write it again: ofl terms schema{' --rules' if rules else ''} > docs/reference/{name}"
    )


def test_the_schema_of_scenarios_takes_those_of_the_pages_and_nothing_unheard_of() -> None:
    schema = schema_of(Scenario)
    files_shown = [s for s in page("how-to/ask-what-if.md").steps() if isinstance(s, File)]
    assert files_shown
    for shown in files_shown:
        read = read_model(shown.content, Scenario)
        value = json.loads(read.content)
        jsonschema.validate(value, schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(value | {"unheard-of": 1}, schema)


def test_the_examples_are_valid_under_the_published_schemas() -> None:
    examples: list[tuple[str, Model]] = [
        ("terms.schema.json", files.read_terms(path)[0])
        for path in sorted(p for p in DOCS.glob("examples/*/*.yaml") if p.name not in NO_TERMS)
    ]
    examples.append(("refund-rules.schema.json", shelter_refund_rules()))
    assert len(examples) >= len(KINDS)
    for name, model in examples:
        schema = json.loads((REFERENCE / name).read_text(encoding="utf-8"))
        value: dict[str, Any] = model.model_dump(mode="json")
        jsonschema.validate(value, schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(value | {"unheard-of": 1}, schema)


# --- the pages hang together ------------------------------------------------------------------


@pytest.mark.parametrize("linking", PAGES, ids=str)
def test_every_link_leads_somewhere(linking: Page) -> None:
    for link in linking.links():
        if link.startswith(("https://", "mailto:")):
            continue
        file, _, heading = link.partition("#")
        target = (linking.path.parent / file).resolve() if file else linking.path
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        assert not heading or heading in Page(target).anchors(), link


def test_every_page_is_reached_from_the_first() -> None:
    reached: set[Path] = set()
    ahead = [DOCS / "index.md"]
    while ahead:
        path = ahead.pop()
        if path not in reached and path.suffix == ".md":
            reached.add(path)
            links = (link.partition("#")[0] for link in Page(path).links())
            ahead += [(path.parent / link).resolve() for link in links if "//" not in link and link]
    assert {each.path for each in PAGES} <= reached


@pytest.mark.parametrize("written", PAGES, ids=str)
def test_no_page_tells_of_the_machine_it_was_written_on(written: Page) -> None:
    assert str(ROOT) not in written.text
    assert not re.search(r"(?<![\w.:/])/(?:home|root|tmp|Users|work|mnt|private)/", written.text)
