"""The whole portfolio as published: sums per source, and the disagreements kept and shown.

Figures: Den Sociale Investeringsfond's eight investments, its four development partnerships with
an amount and two advisory ones, and its pipeline of six; Aarhus' two Housing First agreements
(15.9m for 36 people, 7.3m for 45); Rådet for Sociale Investeringer's nine investments of 56m.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from desk.cli.main import app
from desk.intake.files import TermsRefused, read_portfolio
from projections.portfolio import compared, sums
from tests.examples.agreement import EXAMPLES

FILE = EXAMPLES / "dsi-portfolio" / "portfolio.yaml"


def test_each_source_sums_to_what_it_publishes() -> None:
    """The sums, by hand.

    23.2 + 2.9 + 3.2 + 4.8 + 1.2 + 13.3 + 18.8 + 3.6 = 71.0; 1.0 + 5.1 + 5.0 + 3.6 + 2.3 + 5.2
    = 22.2; 0.3 + 0.9 + 0.1 + 0.3 = 1.6; 15.9 + 7.3 = 23.2; shares 11.6 + 2.4 + 6.7 + 9.4 = 30.1.
    """
    found = {
        f"{each.source}/{each.group}": (each.rows, str(each.total), each.total_untold)
        for each in sums(read_portfolio(FILE))
    }
    assert found == {
        "dsi/investments": (8, "71000000.00", 0),
        "dsi/development": (6, "1600000.00", 2),
        "dsi/pipeline": (6, "22200000.00", 0),
        "aarhus-housing-first/investments": (2, "23200000.00", 0),
        "aarhus-council/investments": (7, "0.00", 7),
    }
    investments = sums(read_portfolio(FILE))[0]
    assert (str(investments.share), investments.share_untold) == ("30100000.00", 4)


def test_what_does_not_add_up_is_kept_and_shown() -> None:
    """Four investments in Aarhus alone come to 60.1m, the council's nine are published as 56m."""
    found = {each.what: each for each in compared(read_portfolio(FILE))}
    agrees = [what for what, each in found.items() if each.agrees]
    assert agrees == [
        "The two agreements are DSI's one investment",
        "The two agreements are for 81 young people",
    ]
    four = found["The four that DSI shares with the council, of the council's nine of 56m"]
    assert (four.found, four.difference) == ("60100000.00", "4100000.00")
    nine = found["The council's nine investments, told by their goals"]
    assert (nine.found, nine.published, nine.difference) == ("7", "9", "-2")


def test_a_finance_person_sees_it() -> None:
    shown = CliRunner().invoke(app, ["--json", "fund", "portfolio", str(FILE)])
    assert shown.exit_code == 0
    answer = json.loads(shown.stdout)
    assert len(answer["conflicts"]) == 3
    assert answer["sums"][2]["total"] == "22200000.00"
    danish = CliRunner().invoke(app, ["--lang", "da", "fund", "portfolio", str(FILE)])
    assert "71.000.000,00" in danish.stdout
    assert "ikke oplyst" in danish.stdout


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("id: stress-treatment", "id: diabetes-aarhus", "stands twice"),
        ("rows: [aarhus-hf-1, aarhus-hf-2]", "rows: [aarhus-hf-9]", "there is no aarhus-hf-9"),
        ("by: dsi", "by: nobody", "there is no source"),
        ("published: 81", "published: 81.5", "is not a number of people"),
        ("total: 3600000.00", "total: 3.6", "3.6 is not an amount"),
    ],
)
def test_a_portfolio_that_contradicts_itself_is_refused(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    file = tmp_path / "portfolio.yaml"
    file.write_text(FILE.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TermsRefused) as refused:
        read_portfolio(file)
    assert told in str(refused.value).replace("'", "")
