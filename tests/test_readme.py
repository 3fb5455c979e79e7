"""The README shows what the demo really prints."""

from __future__ import annotations

import re
from pathlib import Path

from tests.desk.test_cli import ofl

README = Path(__file__).parent.parent / "README.md"


def test_every_line_of_the_excerpts_is_printed_by_the_demo_in_order(tmp_path: Path) -> None:
    into = tmp_path / "demo"
    printed = iter(
        [line.rstrip() for line in ofl("demo", "--into", str(into), ledger=into).splitlines()]
    )
    excerpts = re.findall(r"```text\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    shown = [line for excerpt in excerpts for line in excerpt.splitlines() if line.strip()]
    assert len(shown) > 40
    missing = [line for line in shown if line not in printed]
    assert missing == []
