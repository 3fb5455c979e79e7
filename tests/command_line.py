"""`ofl` in this process: the same program as in a shell, without starting Python anew.

A start takes longer than most commands do. What only a process of its own can show (signals, time
zones, a machine that fails) is tested with one; so is that both say the same.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from unittest.mock import patch

import typer.main

from desk.cli.main import app, main

PROCESS = [sys.executable, "-c", "from desk.start import main; main()"]
"""What starts `ofl` as a process of its own."""

_MADE = typer.main.get_command(app)
"""What typer makes of the commands, anew for every run where it is not kept."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command line printed, and what it exited with."""

    code: int
    out: str
    err: str


def run(
    arguments: Sequence[str],
    env: Mapping[str, str],
    *,
    stdin: str = "",
    together: bool = False,
    folder: Path | None = None,
) -> Ran:
    """Run `ofl` with exactly these environment variables, in a folder.

    What it says on standard error is kept apart, or together with what it answers.
    """
    out = _pipe()
    err = out if together else _pipe()
    with (
        chdir(folder or Path.cwd()),
        patch.dict(os.environ, env, clear=True),
        patch.object(sys, "argv", ["ofl", *arguments]),
        patch.object(sys, "stdin", _pipe(stdin)),
        patch("desk.cli.main.app", _MADE),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as left:
            code = int(left.code or 0)
        else:
            code = 0
    return Ran(code, _text(out), "" if together else _text(err))


def _pipe(text: str = "") -> TextIOWrapper:
    return TextIOWrapper(BytesIO(text.encode()), encoding="utf-8", newline="\n")


def _text(pipe: TextIOWrapper) -> str:
    pipe.flush()
    buffer = pipe.buffer
    assert isinstance(buffer, BytesIO)
    return buffer.getvalue().decode()
