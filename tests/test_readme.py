"""The README shows what the demo really prints."""

from __future__ import annotations

import re
from pathlib import Path

from tests.desk.test_cli import ofl

README = Path(__file__).parent.parent / "README.md"


def test_every_line_of_the_excerpts_is_printed_in_order_by_the_demo_and_by_what_if(
    tmp_path: Path,
) -> None:
    into, readme = tmp_path / "demo", README.read_text(encoding="utf-8")
    (scenario,) = re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
    file = tmp_path / "90-nights.yaml"
    file.write_text(scenario, encoding="utf-8")
    told = ofl("demo", "--into", str(into), ledger=into), ofl("whatif", str(file), ledger=into)
    printed = iter([line.rstrip() for each in told for line in each.splitlines()])
    excerpts = re.findall(r"```text\n(.*?)```", readme, re.DOTALL)
    shown = [line for excerpt in excerpts for line in excerpt.splitlines() if line.strip()]
    assert len(shown) > 60
    missing = [line for line in shown if line not in printed]
    assert missing == []
