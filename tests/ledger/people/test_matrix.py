"""Every duty, every command, every relation: allowed or refused as declared by hand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import ledger
from ledger.decide.duties import COMMANDS
from ledger.decide.refusal import FourEyes, NotAllowed, OutOfOrder
from ledger.duties import Duty
from tests.duties_table import COLUMNS, DECLARED, may
from tests.staff import NIGHTLY, RELATIONS, STEPS, World

_HOME = Path(ledger.__file__).parent
NOTHING_TO_DO = {"fund-policy"}
"""Commands that find nothing to do here, and say so only after they have been let through."""


_PASS_ON = {"_reconciled", "_run_for_each"}
"""Functions that run a command which their callers name, as the first thing they are given."""


def commands_in_the_code() -> Iterator[str]:
    """The name of every command that a door runs or asks leave for, as its source says."""
    sources = [_HOME / "service.py", *sorted((_HOME / "commands").glob("*.py"))]
    for path in sources:
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and function.name not in _PASS_ON:
                yield from _commands_in(function, path)


def _commands_in(function: ast.FunctionDef, path: Path) -> Iterator[str]:
    lists = {
        target.id: node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    } | {
        node.target.id: node.value
        for node in ast.walk(function)
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and node.value is not None
    }
    for call in ast.walk(function):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        if call.func.attr not in {"_run", "require_allowed", *_PASS_ON}:
            continue
        content = call.args[0]
        if isinstance(content, ast.Name):
            if call.func.attr == "require_allowed":
                continue  # the door itself asks, for the name that it was given
            content = lists[content.id]
        name = content.elts[0] if isinstance(content, ast.List) else content
        assert isinstance(name, ast.Constant), f"{path.name}: {ast.unparse(call)}"
        yield str(name.value)


def test_every_command_in_the_code_is_in_the_tables_and_no_other() -> None:
    found = set(commands_in_the_code())
    assert len(found) > 80
    assert found == set(COMMANDS) == set(DECLARED) == set(STEPS)
    assert set(COLUMNS) == {*map(str, Duty), "job"}


@pytest.mark.parametrize("command", STEPS)
def test_a_command_is_run_by_whom_it_is_declared_for_and_nobody_else(
    command: str, made: dict[Duty, World], tmp_path: Path
) -> None:
    cells = [(d.value, d, relation, relation) for d in Duty for relation in RELATIONS]
    cells.append(("job", Duty.REGISTRAR, "other", NIGHTLY))
    wrong = []
    for column, duty, relation, who in cells:
        allowed = may(DECLARED[command][column], relation)
        world = made[duty].copied(tmp_path / f"{column}-{relation}")
        was = done(command, world, who)
        if was != allowed:
            wrong.append(f"{command} by {column}, {relation}: {'allowed' if was else 'refused'}")
    assert wrong == []


def done(command: str, world: World, who: str) -> bool:
    """Whether a command is let through and does something; if not, it leaves no trace."""
    with world.as_(who) as door:
        head = door.log.head()
        try:
            STEPS[command](door, world, who)
        except (NotAllowed, FourEyes):
            assert door.log.head() == head
            return False
        except OutOfOrder as told:
            if "so another person must" in str(told):
                assert door.log.head() == head  # it was said of each of many, and none is left
                return False
            assert command in NOTHING_TO_DO
            return True
        recorded = door.log.head()[0] > head[0]
    assert recorded or command in {"checkpoint", "new-checkpoint-key"}, (command, who)
    return True


def test_the_tables_of_the_tests_are_not_all_alike() -> None:
    marks = {mark for row in DECLARED.values() for mark in row.values()}
    assert marks == {"x", "s", "o", "l", "m", "."}
