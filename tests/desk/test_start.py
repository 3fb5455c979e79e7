"""Where `ofl` starts: a process that only helps with a scenario begins there too."""

from __future__ import annotations

import subprocess
import sys

LOOKED = "import sys; from desk.start import main; print(*sys.modules)"


def test_the_start_reads_nothing_of_the_program_yet() -> None:
    """A helping process reads this module as well, and would wait for all that it reads."""
    found = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", LOOKED], capture_output=True, text=True, check=True
    ).stdout.split()
    assert [name for name in found if name.startswith("desk.")] == ["desk.start"]
    assert not {"ledger", "projections", "pydantic", "sqlalchemy", "typer"} & set(found)
