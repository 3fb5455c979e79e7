"""The how-to adds a metric kind with one file; here its file is added, and pays what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "add-a-metric-kind.md"
_ASSESS = """
import sys
from datetime import date
from pathlib import Path

import ledger.metrics

folder = Path(sys.argv[1])
ledger.metrics.__path__.append(str(folder))

from ledger.facts import CapitalPaidIn
from ledger.metrics.facts import Measured, Person
from ledger.policy.assess import AgreementFacts, assess
from ledger.terms.agreement import Terms
from ledger.terms.reader import read_model

terms = read_model((folder / "terms.yaml").read_text(), Terms)
home = terms.investment[0]
anna = Person(
    "anna", date(2024, 3, 1), date.min, measured=(Measured("wellbeing", "4", date(2025, 3, 2), 12),)
)
paid_in = CapitalPaidIn(investor=home.investor, paid_on=terms.starts_on, amount=home.amount)
facts = AgreementFacts(terms, None, None, {}, {"anna": anna}, (paid_in,))
(decided,) = assess(facts, date(2025, 6, 1)).decided
print(decided.entitlement.total)
print(terms.metrics[0].told("da"))
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_file_of_the_how_to_is_all_that_a_new_kind_needs(tmp_path: Path) -> None:
    (code,), (terms,) = blocks("python"), blocks("yaml")
    (tmp_path / "proportional.py").write_text(code, encoding="utf-8")
    (tmp_path / "terms.yaml").write_text(terms, encoding="utf-8")
    run = [sys.executable, "-c", _ASSESS, str(tmp_path)]
    done = subprocess.run(run, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert done.returncode == 0, done.stderr
    amount, told = done.stdout.splitlines()
    assert f"**{amount}**" in PAGE.read_text(encoding="utf-8")
    assert told == "2500.00 i forhold til wellbeing, hvor 10 giver det hele."
