"""YAML text -> a validated model, or every problem in it with its line.

Every scalar is read as text and validated by the model, so `no` stays "no", amounts never become
floats and dates are only what `ledger.dates` accepts. Anchors, aliases and tags are refused: nobody
needs them to write terms, and nine lines of aliases can stand for a billion values.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

_M = TypeVar("_M", bound=BaseModel)
_Path = tuple[str | int, ...]
_DEEPEST = 20
"""How deep values may be nested; terms need five."""


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
    try:
        problems = list(_needless(text))
        node = None if problems else yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise UnreadableTermsError([_syntax_problem(error)]) from None
    if problems:
        raise UnreadableTermsError(problems)
    if node is None:
        raise UnreadableTermsError([Problem(1, "", "the file is empty")])
    value = _plain(node, (), lines, problems)
    try:
        read = model.model_validate(value)
    except ValidationError as error:
        found = error.errors(include_url=False)
        for wrong in found:
            path = _in_text(tuple(wrong["loc"]), value)
            problems += _problems(wrong, found, path, lines, model)
    else:
        if not problems:
            return read
    raise UnreadableTermsError(sorted(problems, key=lambda each: each.line)) from None


def _needless(text: str) -> Iterator[Problem]:
    """Every anchor, alias and tag, and values nested deeper than any terms are."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if getattr(event, "anchor", None):
            yield Problem(line, "", "'&' and '*' are not used in terms; write the value out")
        if getattr(event, "tag", None):
            yield Problem(line, "", "'!' is not used in terms; write the value in quotation marks")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            yield Problem(line, "", "values are nested deeper here than any terms are")
            return


def _syntax_problem(error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or "characters that YAML does not allow"
    if "'\\t'" in what:
        what = "a tab stands here; indent with spaces"
    return Problem(mark.line + 1 if mark else 1, "", f"this is not YAML: {what}")


def _plain(
    node: yaml.Node, path: _Path, lines: dict[_Path, int], problems: list[Problem]
) -> object:
    """The node as dicts, lists and text, noting the line of every path."""
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        if not node.value.isprintable() or node.value != node.value.strip():
            message = (
                f"{_name(path)}: write it on one line, with no spaces around it "
                "and nothing unseen in it"
            )
            problems.append(Problem(lines[path], _dotted(path), message))
        return None if node.value in ("", "null", "~") and node.style is None else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each, (*path, i), lines, problems) for i, each in enumerate(node.value)]
    mapping: dict[str, object] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            problems.append(Problem(line, _dotted(path), "a key must be a single word"))
            continue
        key = str(key_node.value)
        if key in mapping:
            problems.append(Problem(line, _dotted((*path, key)), f"{key!r} stands twice; keep one"))
        lines[(*path, key)] = line
        mapping[key] = _plain(value_node, (*path, key), lines, problems)
    return mapping


def _problems(
    error: ErrorDetails,
    errors: list[ErrorDetails],
    path: _Path,
    lines: dict[_Path, int],
    model: type[BaseModel],
) -> Iterator[Problem]:
    """What one of the model's errors tells: several things if it is about the whole."""
    loc: _Path = tuple(error["loc"])
    inside = any(each["loc"] != loc == each["loc"][: len(loc)] for each in errors)
    if error["type"] == "too_short" and inside:
        return  # the list is only short of the item that is wrong
    if error["type"] == "value_error" and not path:
        for message in str(error["ctx"]["error"]).split("\n"):
            subject = message.partition(" ")[0].rstrip(":").split(".")
            where: _Path = tuple(int(key) if key.isdigit() else key for key in subject)
            yield Problem(lines[_nearest(where, lines)], "", _counted(message, where))
        return
    if error["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        path = (*path, "kind")
    yield Problem(lines[_nearest(path, lines)], _dotted(path), _message(error, path, model))


def _in_text(loc: _Path, value: object) -> _Path:
    """An error's place as a path in the text: without the kind that stands after a choice."""
    path: _Path = ()
    here: Any = value
    for key in loc:
        if isinstance(here, dict) and isinstance(key, str) and here.get("kind") == key:
            continue
        path = (*path, key)
        try:
            here = here[key]
        except (LookupError, TypeError):
            here = None
    return path


def _nearest(path: _Path, lines: dict[_Path, int]) -> _Path:
    """The longest beginning of a path that stands in the text."""
    while path not in lines:
        path = path[:-1]
    return path


def _counted(message: str, where: _Path) -> str:
    """A message whose path counts list items from 1, as people do."""
    name, _, rest = message.partition(" ")
    shown = ".".join(str(key + 1) if isinstance(key, int) else key for key in where)
    return f"{shown}{':' if name.endswith(':') else ''} {rest}"


def _dotted(path: _Path) -> str:
    return ".".join(map(str, path))


def _message(error: ErrorDetails, path: _Path, model: type[BaseModel]) -> str:
    name = _name(path)
    kind = error["type"]
    limits = error.get("ctx", {})
    if kind == "missing":
        return f"{name!r} is missing"
    unknown = _unknown(error, name, model)
    if unknown is not None:
        return unknown
    if error["input"] is None:
        return f"{name} has no value"
    if kind == "string_pattern_mismatch":
        return f"{error['input']!r} is not a short name: use a-z, 0-9 and hyphens, from a letter"
    worded = {
        "bool_parsing": "must be true or false",
        "bool_type": "must be true or false",
        "model_type": "must be a group of keys and values",
        "dict_type": "must be a group of keys and values",
        "tuple_type": "must be a list",
        "string_type": "must be a single value",
        "enum": f"must be {limits.get('expected')}",
        "literal_error": f"must be {limits.get('expected')}",
        "too_short": "must not be empty",
        "string_too_short": "must not be empty",
        "string_too_long": f"is longer than {limits.get('max_length')} characters",
        "greater_than_equal": f"must be at least {limits.get('ge')}",
        "less_than_equal": f"must be at most {limits.get('le')}",
    }
    if kind in worded:
        return f"{name} {worded[kind]}"
    text = str(error["msg"]).removeprefix("Value error, ")
    return f"{name}: {text[0].lower()}{text[1:]}"


def _unknown(error: ErrorDetails, name: str, model: type[BaseModel]) -> str | None:
    """What to say of a key, or a kind of metric, that is not known; None of any other error."""
    limits = error.get("ctx", {})
    match error["type"]:
        case "extra_forbidden":
            known = _known_keys(model, tuple(error["loc"][:-1]))
            return f"{name!r} is not known here; {meant(name, known)}"
        case "union_tag_invalid":
            kinds = [each.strip("' ") for each in str(limits["expected_tags"]).split(",")]
            return f"there is no kind {limits['tag']!r}; {meant(limits['tag'], kinds)}"
        case "union_tag_not_found":
            if error["loc"][0] == "changes":
                return "'kind' is missing: what kind of change is it? See `ofl whatif schema`"
            return "'kind' is missing: what kind of metric is it? See `ofl terms kinds`"
    return None


def meant(name: str, known: list[str]) -> str:
    """What somebody may have meant by a name that is not known, or else all that could be."""
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"


def _name(path: _Path) -> str:
    """What a person calls the value at a path."""
    match path:
        case ():
            return "the file"
        case (*_, str() as list_name, int() as index):
            return f"item {index + 1} of {list_name}"
    return str(path[-1])


def _known_keys(model: type[BaseModel], path: _Path) -> list[str]:
    """The keys known at an error's place, found in the model's JSON Schema."""
    schema = model.model_json_schema()
    definitions = schema.get("$defs", {})
    here: dict[str, Any] = schema
    for step in path:
        chosen = here.get("items", here).get("discriminator", {}).get("mapping", {})
        if step in chosen:
            here = definitions[chosen[step].rsplit("/", 1)[1]]
            continue
        if isinstance(step, int) and here.get("items", {}).get("discriminator"):
            continue  # which of the choices it is stands in the next step
        inner = here.get("items", {}) if isinstance(step, int) else here["properties"][step]
        options = [inner, *inner.get("anyOf", ())]
        names = [each["$ref"].rsplit("/", 1)[1] for each in options if "$ref" in each]
        here = definitions[names[0]] if names else inner
    return sorted(here.get("properties", {}))
