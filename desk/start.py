"""Where `ofl` starts, and where another process of it does, which takes only what it works on."""

from __future__ import annotations

import gc


def main() -> None:
    """Read the program, and run it."""
    # All that is read now stays: to look for garbage in it takes a tenth of the start.
    gc.disable()
    from desk.cli.main import main as ofl  # noqa: PLC0415 - only here, and not in other processes

    gc.enable()
    ofl()
