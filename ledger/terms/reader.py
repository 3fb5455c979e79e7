"""YAML text -> a validated model, or every problem in it with its line.

Every scalar is read as text and validated by the model, so `no` stays "no", amounts never become
floats and dates are only what `ledger.dates` accepts.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

_M = TypeVar("_M", bound=BaseModel)
_Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a text: where (line from 1, path of keys) and what was expected."""

    line: int
    path: str
    message: str


class UnreadableTermsError(ValueError):
    """The text is not what was expected; `problems` says where and why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"line {p.line}: {p.message}" for p in problems))
        self.problems = problems


def read_model(text: str, model: type[_M]) -> _M:
    """Read YAML text into a model.

    Raises:
        UnreadableTermsError: with every problem found, in order of line.
    """
    lines: dict[_Path, int] = {}
    problems: list[Problem] = []
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise UnreadableTermsError([_syntax_problem(error)]) from None
    if node is None:
        raise UnreadableTermsError([Problem(1, "", "the file is empty")])
    value = _plain(node, (), lines, problems)
    if problems:
        raise UnreadableTermsError(problems)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found = [_problem(each, lines, model) for each in error.errors(include_url=False)]
        raise UnreadableTermsError(sorted(found, key=lambda each: each.line)) from None


def _syntax_problem(error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or "characters that YAML does not allow"
    return Problem(mark.line + 1 if mark else 1, "", f"this is not YAML: {what}")


def _plain(
    node: yaml.Node, path: _Path, lines: dict[_Path, int], problems: list[Problem]
) -> Any:
    """The node as dicts, lists and text, noting the line of every path."""
    line = lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        return None if node.value in ("", "null", "~") and node.style is None else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each, (*path, i), lines, problems) for i, each in enumerate(node.value)]
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        if key in mapping:
            where = ".".join(map(str, (*path, key)))
            problems.append(Problem(line, where, f"{key!r} stands twice; keep one"))
        lines[(*path, key)] = line
        mapping[key] = _plain(value_node, (*path, key), lines, problems)
    return mapping


def _problem(error: Any, lines: dict[_Path, int], model: type[BaseModel]) -> Problem:
    path: _Path = tuple(error["loc"])
    nearest = path
    while nearest not in lines:
        nearest = nearest[:-1]
    message = _message(error, path, model)
    return Problem(lines[nearest], ".".join(map(str, path)), message)


def _message(error: Any, path: _Path, model: type[BaseModel]) -> str:
    name = path[-1] if path else "the file"
    kind = error["type"]
    if kind == "missing":
        return f"{name!r} is missing"
    if kind == "extra_forbidden":
        known = _known_keys(model, path[:-1])
        close = difflib.get_close_matches(str(name), known, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(known)}"
        return f"{name!r} is not known here{hint}"
    if kind == "string_pattern_mismatch":
        return f"{error['input']!r} is not a short name: use a-z, 0-9 and hyphens, from a letter"
    if kind in ("model_type", "dict_type"):
        return f"{name!r} must be a group of keys and values"
    if kind == "tuple_type":
        return f"{name!r} must be a list"
    text = str(error["msg"]).removeprefix("Value error, ")
    return text if not path else f"{name}: {text[0].lower()}{text[1:]}"


def _known_keys(model: type[BaseModel], path: _Path) -> list[str]:
    """The keys known at a path, found in the model's JSON Schema."""
    schema = model.model_json_schema()
    definitions = schema.get("$defs", {})
    here: dict[str, Any] = schema
    for step in path:
        inner = here.get("items", {}) if isinstance(step, int) else here["properties"][step]
        options = [inner, *inner.get("anyOf", ())]
        names = [each["$ref"].rsplit("/", 1)[1] for each in options if "$ref" in each]
        here = definitions[names[0]] if names else inner
    return sorted(here.get("properties", {}))
