"""Every way we know in which a file can be wrong, and the page that lists them.

    .venv/bin/python -m tests.desk.bad_input

writes the cases into docs/reference/bad-input.md. Each case spoils one of the good files; all of
those have been imported into the ledger that the spoiled one is then brought to.
"""

from __future__ import annotations

from pathlib import Path

from tests.desk import bad_csv, bad_evidence, bad_metrics, bad_register, bad_terms
from tests.desk.spoiling import Case

PAGE = Path(__file__).parent.parent.parent / "docs" / "reference" / "bad-input.md"
BEGIN = "<!-- cases: made by `.venv/bin/python -m tests.desk.bad_input` -->\n"
END = "<!-- end of cases -->\n"

CASES: dict[str, list[Case]] = {
    "Any CSV file": bad_csv.ANY,
    "Tariffs": bad_register.TARIFFS,
    "Enrolments": bad_register.ENROLMENTS,
    "Stays": bad_register.STAYS,
    "Measurements": bad_evidence.MEASUREMENTS,
    "Bank statements": bad_evidence.BANK,
    "Terms (YAML)": [*bad_terms.WRITTEN, *bad_metrics.METRICS, *bad_terms.SIGNED],
}


def table() -> str:
    """The cases as they stand in the page."""
    parts = [BEGIN]
    for title, cases in CASES.items():
        parts.append(
            f"\n## {title}\n\n| what is wrong | what `ofl` says | what to do |\n|---|---|---|\n"
        )
        parts += [f"| {case.wrong} | {_shown(case.lines)} | {case.todo} |\n" for case in cases]
    return "".join([*parts, "\n", END])


def _shown(lines: list[str]) -> str:
    if len(lines) > 5:
        lines = [lines[0], "…", lines[-1]]
    return "<br>".join(f"`{line}`" for line in lines)


def page() -> str:
    """The page with today's cases in it."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    return before + table() + after


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
