"""The page that lists every command of `ofl`, written from the commands themselves.

    .venv/bin/python -m tests.desk.reference

writes docs/reference/cli.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import cache
from pathlib import Path

import typer
import typer.main
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from desk.cli.main import app

PAGE = Path(__file__).parent.parent.parent / "docs" / "reference" / "cli.md"

_OF_THE_SHELL = {"install_completion", "show_completion"}
"""Options that typer adds; they are about the shell, not about the ledger."""

_KINDS = {"path": "PATH", "str": "TEXT", "date": "DATE", "int range": "NUMBER"}
"""What a kind of value is called on the page."""

_HEAD = """\
# Every command of `ofl`

<!-- Made by `.venv/bin/python -m tests.desk.reference`; change the commands, not this page. -->

{about}
`ofl COMMAND --help` shows the same on the screen.

## What it exits with

| exit | meaning |
|---|---|
| 0 | done, or done before: the answer says which |
| 1 | refused, and the reason is told; or `ofl verify` found something that is not as recorded |
| 2 | the command line, or a setting, cannot be read |
| 3 | `ofl verify` cannot tell: something that is needed is missing |
| 4 | broken off by the machine: recorded in part, or it is not known whether |
| 5 | `ofl checkpoint` sealed, but got no timestamp |
| 6 | `ofl jobs status`: findings are open, of the severity and age asked for |
| 7 | `ofl jobs status`: a job is overdue, failed, or never ran; `ofl jobs run-once`: one failed |

Answers go to standard output. A refusal goes to standard error; with `--json` it goes to standard
output, as `refused`, `file` and `findings` (`row`, `column`, `message`). What was broken off is
told in the same places, as `broken_off`, `recorded` (how many events; null if not known) and
`command_id`, with which to give the command again.

## How values are written

| value | written |
|---|---|
| date | `2024-02-29`, nothing else; where a period is meant its end is not included |
| amount | `90420.00` or `90420`: a point before the øre, nothing between the thousands |
| agreement, party, shelter | the short name in the terms: a-z, 0-9 and hyphens |
| payment, drawdown | the name that `ofl` gave it: `aarhus-hf-1-P001`, `aarhus-hf-1-D01` |

## Options that every command takes

They may stand anywhere on the line, and go before the [settings](settings.md).

"""


def commands(
    group: TyperGroup | None = None, path: tuple[str, ...] = ("ofl",)
) -> Iterator[tuple[tuple[str, ...], TyperCommand]]:
    """Every command that does something, with the words that call it."""
    for name, command in (group or root()).commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, (*path, name))
        else:
            assert isinstance(command, TyperCommand)
            yield (*path, name), command


@cache
def root() -> TyperGroup:
    """`ofl` itself."""
    command = typer.main.get_command(app)
    assert isinstance(command, TyperGroup)
    return command


def options(command: TyperCommand | TyperGroup) -> list[TyperOption]:
    """The options of a command, in the order of its help."""
    return [
        each
        for each in command.params
        if isinstance(each, TyperOption) and each.name not in _OF_THE_SHELL
    ]


def arguments(command: TyperCommand | TyperGroup) -> list[TyperArgument]:
    """What follows a command without a name."""
    return [each for each in command.params if isinstance(each, TyperArgument)]


def _word(argument: TyperArgument) -> str:
    word = argument.metavar or str(argument.name).upper()
    word = f"{word} …" if argument.nargs != 1 else word
    return word if argument.required else f"[{word}]"


def _value(option: TyperOption) -> str:
    """What follows the option's name: a word for the kind of value, or the choices."""
    if option.is_flag:
        return ""
    shown = option.display_type(typer.Context(root())).strip("<>")
    return " " + _KINDS.get(shown, shown.replace("|", " or "))


def _remark(option: TyperOption) -> str:
    """Whether the option must be given, or what holds if it is not."""
    if option.required:
        return " Must be given."
    if option.default is None or option.is_flag:
        return ""
    default = option.default
    return f" `{default.value if isinstance(default, Enum) else default}` if not given."


def _lines(command: TyperCommand | TyperGroup) -> Iterator[str]:
    """A line for each argument and each option."""
    for argument in arguments(command):
        yield f"- `{_word(argument)}`: {argument.help}\n"
    for option in options(command):
        (name,) = option.opts
        yield f"- `{name}{_value(option)}`: {option.help}{_remark(option)}\n"


def page() -> str:
    """The whole page."""
    top = root()
    parts = [_HEAD.format(about=top.help), *_lines(top)]
    group = "ofl"
    for path, command in commands():
        here = " ".join(path[:-1])
        if here != group:
            group = here
            parts.append(f"\n## `{group} …`\n\n{top.commands[path[1]].help}\n")
        usage = " ".join([*path, *map(_word, arguments(command))])
        heading = "##" if here == "ofl" else "###"
        lines = list(_lines(command))
        parts += [f"\n{heading} `{usage}`\n\n{command.help}\n", *(["\n"] if lines else []), *lines]
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
