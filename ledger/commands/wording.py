"""Texts given with a command that an event cannot hold: too long, empty, or no short name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import ValidationError

from ledger.decide.refusal import WordingRefused
from ledger.events import EVENTS

_KINDS = {kind.__name__ for kind in EVENTS.values()}


def refused_wording(error: ValidationError, content: Sequence[object]) -> WordingRefused | None:
    """The refusal of a command whose own words did not fit the event it was to record.

    None if the error is about anything else, such as an event that was read: that is no fault of
    who gave the command. The words themselves are not repeated, for they may be personal.
    """
    given = list(_texts(content))
    lines = []
    for each in error.errors():
        word = each["input"]
        if not isinstance(word, str) or not any(word in text for text in given):
            return None
        named = str(each["loc"][0]).replace("_", " ") if each["loc"] else "text"
        if named.startswith("even though"):
            named = "reason"
        match each["type"]:
            case "string_too_long":
                most = each["ctx"]["max_length"]
                lines.append(
                    f"the {named} has {len(word)} characters, and at most {most} are kept; shorten "
                    "it, and name a document that holds the rest"
                )
            case "string_too_short":
                lines.append(f"the {named} is empty; say it in a few words")
            case "string_pattern_mismatch":
                lines.append(
                    f"the {named} is no short name; write 2 to 40 lower-case letters, digits and "
                    "hyphens, a letter first"
                )
            case _:
                return None
    return WordingRefused("; ".join(lines)) if error.title in _KINDS else None


def _texts(content: object) -> Iterator[str]:
    """Every text in a command's content."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        yield from _texts(list(content.values()))
    elif isinstance(content, Sequence):
        for each in content:
            yield from _texts(each)
