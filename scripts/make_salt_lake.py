"""Write the invented people of docs/examples/salt-lake, the same bytes every time.

.venv/bin/python scripts/make_salt_lake.py [DIR]
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

PEOPLE = 62
EXAMPLE = Path(__file__).parents[1] / "docs" / "examples" / "salt-lake"
HEADS = {
    "enrolments": "agreement,person_id,enrolled_on",
    "spells": "agreement,spell_id,person_id,indicator,started,ended",
    "measurements": "agreement,person_id,milestone_months,measured_on,indicator,value,validator",
}


def rows(number: int) -> Iterable[tuple[str, tuple[object, ...]]]:
    """One person's rows, each with its file: a while free, a while in jail, then free again."""
    person = f"SL-{number:02}"
    enrolled = date(2021, 1, 4) + timedelta(days=4 * number)
    housed = enrolled + timedelta(days=number * 5 % 40)
    jailed = housed + timedelta(days=60 + number * 37 % 500)
    back = jailed + timedelta(days=3 + number * 11 % 60)
    ended = date(2023, 7, 1) + timedelta(days=number) if number % 5 == 0 else ""
    yield "enrolments", ("salt-lake", person, enrolled)
    yield "spells", ("salt-lake", f"{person}-a", person, "neither", housed, jailed)
    yield "spells", ("salt-lake", f"{person}-b", person, "neither", back, ended)

    def seen(indicator: str, value: str, after: int) -> tuple[object, ...]:
        on = enrolled + timedelta(days=after)
        return "salt-lake", person, "", on, indicator, value, "Evaluator D"

    yield "measurements", seen("in-treatment", "yes" if number % 4 else "no", 30 + number % 50)
    if number % 3:
        yield "measurements", seen("graduated", "yes", 400 + number * 3)


def main(folder: Path) -> None:
    """Write the three files."""
    found: dict[str, list[tuple[object, ...]]] = {name: [] for name in HEADS}
    for number in range(1, PEOPLE + 1):
        for name, row in rows(number):
            found[name].append(row)
    for name, head in HEADS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            file.write(head + "\n")
            csv.writer(file, lineterminator="\n").writerows(found[name])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLE)
