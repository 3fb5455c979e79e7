"""`ofl` as a person or a machine meets it."""

from __future__ import annotations

import ast
import json
import os
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from desk import phrases
from desk.cli.main import hoisted
from desk.cli.session import VIEWS_FILE
from desk.cli.values import today
from desk.phrases import PHRASES
from ledger.dates import danish_day
from ledger.events import EVENTS
from ledger.store.location import Server
from tests.command_line import PROCESS, Ran, run
from tests.desk.good_input import TERMS, small_ledger

ANSWERS = [
    ("agreement", "list"),
    ("invest", "list"),
    ("payments", "list"),
    ("payments", "list", "--open"),
    ("bank", "open"),
    ("bank", "matches"),
    ("bank", "reconcile"),
    ("balances",),
    ("balances", "--book", "dsi", "--agreement", "aarhus-hf-1"),
    ("history", "--last", "5"),
    ("history", "--payment", "aarhus-hf-1-P001"),
    ("explain", "aarhus-hf-1-P001"),
    ("report",),
    ("verify",),
    ("status",),
    ("checkpoint",),
    ("rebuild",),
    ("assess", "--until", "2026-10-01"),
    ("payments", "propose"),
]


def ofl(*arguments: str, ledger: Path | str, code: int = 0, **env: str) -> str:
    """Run `ofl` and give back what it printed."""
    ran = run(arguments, _environment(ledger) | env)
    assert ran.code == code, ran.out + ran.err
    return ran.out if code != 1 or ran.out else ran.err


def in_a_process(*arguments: str, ledger: Path | str, **env: str) -> Ran:
    """Run `ofl` as a process of its own."""
    done = subprocess.run(  # noqa: S603 - our own program
        [*PROCESS, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=_environment(ledger) | env,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def _environment(ledger: Path | str) -> dict[str, str]:
    kept = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    return kept | {"OFL_LEDGER": str(ledger), "OFL_ACTOR": "tester"}


@pytest.mark.parametrize(
    ("code", "command"),
    [
        (0, ("report", "--lang", "da")),
        (0, ("balances", "--json")),
        (1, ("explain", "aarhus-hf-1-P999")),
        (1, ("explain", "aarhus-hf-1-P999", "--json")),
        (2, ("assess", "--until", "31-12-2024")),
        (3, ("verify",)),
    ],
)
def test_a_process_of_its_own_says_the_same_to_the_byte(
    demo: Path, code: int, command: tuple[str, ...]
) -> None:
    (demo / "checkpoint.pub").unlink()
    alone = in_a_process(*command, ledger=demo)
    assert alone.code == code, alone
    assert run(command, _environment(demo)) == alone
    assert alone.out + alone.err


@pytest.mark.parametrize("command", ANSWERS, ids=" ".join)
def test_every_answer_is_also_json(demo: Path, command: tuple[str, ...]) -> None:
    answer: dict[str, Any] = json.loads(ofl(*command, "--json", ledger=demo))
    assert answer
    for_a_person = ofl(*command, ledger=demo)
    assert for_a_person.strip()
    assert "Traceback" not in for_a_person


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati"])
def test_today_is_the_day_in_denmark_wherever_the_machine_is(tmp_path: Path, zone: str) -> None:
    small_ledger(tmp_path).close()
    before = danish_day(datetime.now(UTC))
    drawn = in_a_process("invest", "draw", "youth-1", "100.00", ledger=tmp_path / "ledger", TZ=zone)
    assert drawn.code == 0, drawn
    told = json.loads(ofl("history", "--last", "1", "--json", ledger=tmp_path / "ledger"))
    after = danish_day(datetime.now(UTC))
    assert told["history"][0]["effective_on"] in {str(before), str(after)}


def test_just_after_midnight_in_denmark_it_is_the_new_day(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    monkeypatch.setattr("desk.cli.values.now", lambda: moment)
    assert today() == date(2026, 1, 1)


def test_without_its_views_a_ledger_answers_to_the_same_byte(demo: Path) -> None:
    before = ofl("balances", "--json", ledger=demo)
    (demo / VIEWS_FILE).unlink()
    ofl("rebuild", ledger=demo)
    assert ofl("balances", "--json", ledger=demo) == before
    (demo / VIEWS_FILE).unlink()
    assert ofl("balances", "--json", ledger=demo) == before


def test_a_ledger_on_a_server_answers_to_the_same_byte(demo: Path, database: Server) -> None:
    key = str(demo / "vault.key")
    copied = ofl("copy", "--from", str(demo), "--to", database.url, ledger="nowhere")
    assert "The vault's key is not copied" in copied
    for command in (
        ("balances",),
        ("report",),
        ("history",),
        ("explain", "aarhus-hf-1-P001", "--all"),
        ("verify",),
    ):
        there = ofl(*command, "--json", ledger=database.url, OFL_VAULT_KEY=key)
        assert there == ofl(*command, "--json", ledger=demo)


def test_a_ledger_is_made_and_written_on_a_server(tmp_path: Path, database: Server) -> None:
    url, key = database.url, str(tmp_path / "key")
    assert "OFL_VAULT_KEY" in ofl("init", ledger=url, code=1)
    made = ofl("init", "--fund", "Fond", ledger=url, OFL_VAULT_KEY=key)
    assert f"in {database}." in made
    assert f"Keep a copy of {key}" in made
    (tmp_path / "terms.yaml").write_text(TERMS, encoding="utf-8")
    signed = ("agreement", "sign", str(tmp_path / "terms.yaml"), "--vault-key", key)
    assert "youth-1: signed" in ofl(*signed, "--ledger", url, ledger="nowhere")
    found = json.loads(ofl("agreement", "list", "--json", ledger=url, OFL_VAULT_KEY=key))
    assert [each["agreement"] for each in found["agreements"]] == ["youth-1"]


def test_every_book_of_the_demo_balances(demo: Path) -> None:
    found = json.loads(ofl("balances", "--json", ledger=demo))["balances"]
    books: dict[str, int] = {}
    for each in found:
        minor = int(each["balance"].replace(".", ""))
        books[each["book"]] = books.get(each["book"], 0) + minor
    assert books == dict.fromkeys(("aarhus", "council-fund", "dsi", "state-fund"), 0)


def test_the_demo_again_is_the_same_and_nothing_else_is_overwritten(tmp_path: Path) -> None:
    into = tmp_path / "demo"
    first = json.loads(ofl("demo", "--into", str(into), "--json", ledger=into))
    second = json.loads(ofl("demo", "--into", str(into), "--json", ledger=into))
    differing = {key for key in first if first[key] != second[key]}
    # Sealed values have a fresh nonce each time, and the chain covers them.
    assert differing == {"chain"}
    ofl("init", ledger=tmp_path / "live")
    refused = ofl("demo", "--into", str(tmp_path / "live"), ledger=into, code=1)
    assert "something else than a demo ledger" in refused


def test_a_refusal_is_told_to_people_and_to_machines(demo: Path) -> None:
    text = ofl("explain", "aarhus-hf-1-P999", ledger=demo, code=1)
    assert "Refused: nothing was recorded." in text
    assert "`ofl payments list` names them" in text
    told = json.loads(ofl("explain", "aarhus-hf-1-P999", "--json", ledger=demo, code=1))
    assert told["refused"] == [
        "there is no payment 'aarhus-hf-1-P999'; `ofl payments list` names them"
    ]


def test_a_wrong_command_line_is_exit_two(tmp_path: Path) -> None:
    ofl("assess", "--until", "31-12-2024", ledger=tmp_path, code=2)
    ofl("nonsense", ledger=tmp_path, code=2)
    ofl("balances", ledger=tmp_path, code=2, OFL_LANG="fr")


def test_shared_options_may_stand_anywhere() -> None:
    assert hoisted(["balances", "--json", "--ledger", "here", "--book", "dsi"]) == [
        "--json", "--ledger", "here", "balances", "--book", "dsi",
    ]  # fmt: skip
    assert hoisted(["explain", "--lang=da", "--", "--json"]) == [
        "--lang=da", "explain", "--", "--json",
    ]  # fmt: skip


def test_an_altered_event_makes_verify_exit_one(demo: Path) -> None:
    assert ofl("verify", ledger=demo).startswith("Sound.")
    events = demo / "events.sqlite"
    content = events.read_bytes()
    at = content.index(b'"topic":"PersonEnrolled:1"')
    events.write_bytes(content[:at] + content[at:].replace(b"Enrolled", b"Enrollef", 1))
    assert "NOT SOUND" in ofl("verify", ledger=demo, code=1)


def test_danish_is_danish_all_the_way(demo: Path) -> None:
    text = ofl("explain", "aarhus-hf-1-P009", "--item", "1", "--lang", "da", ledger=demo)
    assert "Hvorfor blev aarhus-hf-1-P009 betalt?" in text
    assert "Statens gevinst = 141.480,00 − 0,00 = 141.480,00" in text
    assert "240 nætter × (1.276,00 − 97,00) = 282.960,00; × 50 % = 141.480,00 refunderet" in text


def test_no_phrase_takes_the_place_of_another_with_its_key() -> None:
    said: dict[str, set[tuple[str, str]]] = {}
    for path in sorted(Path(phrases.__file__).parent.glob("phrases*.py")):
        for table in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(table, ast.Dict):
                for key, words in zip(table.keys, table.values, strict=True):
                    if isinstance(key, ast.Constant):
                        said.setdefault(str(key.value), set()).add(ast.literal_eval(words))
    assert len(said) > len(PHRASES) / 2
    assert {key: words for key, words in said.items() if len(words) > 1} == {}


def test_every_phrase_has_the_same_values_in_both_languages() -> None:
    def values(text: str) -> set[str]:
        return {part.split("}")[0] for part in text.split("{")[1:]}

    assert {key for key, (en, da) in PHRASES.items() if values(en) != values(da)} == set()
    assert set(EVENTS) <= set(PHRASES)
