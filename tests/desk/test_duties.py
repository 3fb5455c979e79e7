"""The same matrix as for the service, at the command line: every command that records, by all."""

# ruff: noqa: ARG005 - every line is given the same two values

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from desk.language import Language
from ledger.decide.duties import COMMANDS
from ledger.decide.people_state import conflict
from ledger.duties import Duty
from ledger.service import Ledger
from tests.command_line import Ran, run
from tests.desk import reference
from tests.desk.duty_lines import WAITING_LINES, Line
from tests.docs_support import DOCS, Page
from tests.duties_table import DECLARED, may
from tests.staff import NIGHTLY, RELATIONS, TO_APPROVE, TO_SEND, World


def _about(who: str) -> str:
    return "own" if who == "own" else "passer-by"


def _purpose(world: World) -> str:
    """What those in a world may sample for; those who may nothing try to validate."""
    return "audit" if world.folder.name == "auditor" else "validation"


LINES: dict[str, Line] = {
    "init": lambda w, _: "init",
    "checkpoint": lambda w, _: "checkpoint",
    "new-checkpoint-key": lambda w, _: "checkpoint --new-key",
    "sign": lambda w, _: f"agreement sign {w.folder}/new.yaml",
    "amend": lambda w, _: f"agreement amend {w.folder}/amended.yaml --effective-on 2022-06-01",
    "enact": lambda w, _: f"rules enact {w.folder}/rules.yaml",
    "drawdown": lambda w, _: "invest draw hf 5.00 --on 2022-06-01",
    "guarantee": lambda w, _: "guarantee call gone --on 2022-06-01",
    "fund-policy": lambda w, _: "fund policy dsi --recognition 2.2.10",
    "appropriate": lambda w, _: "fund appropriate 2022 5.00",
    "commit": lambda w, _: "fund commit gone 5.00 --on 2022-06-01",
    "reestimate": lambda w, _: "fund reestimate hf 20001.00 --on 2022-06-01",
    "annul": lambda w, _: "fund annul hf --amount 5.00 --on 2022-06-01",
    "tariffs": lambda w, _: f"import tariffs {w.folder}/tariffs.csv",
    "enrolments": lambda w, _: f"import enrolments {w.folder}/enrolments.csv",
    "stays": lambda w, _: f"import stays {w.folder}/stays.csv",
    "spells": lambda w, _: f"import spells {w.folder}/spells.csv",
    "erase": lambda w, _: f"subject erase {w.things['ref']} --reason asked --even-though-undecided",
    "measurements": lambda w, _: f"import measurements {w.folder}/measured.csv",
    "results": lambda w, _: f"import results {w.folder}/results.csv",
    "assess": lambda w, _: "assess --until 2022-06-01 --agreement hf",
    "propose": lambda w, _: "payments propose --agreement hf --on 2022-06-01",
    "approve": lambda w, _: f"payments approve {TO_APPROVE} --on 2022-06-01",
    "send": lambda w, _: f"payments send {TO_SEND} --on 2022-06-01",
    "bank": lambda w, _: f"import bank {w.folder}/bank.csv",
    "received": lambda w, _: "invest received hf-D02 dsi --on 2022-06-01",
    "sample-commit": lambda w, _: (
        f"sample commit new --purpose {_purpose(w)} --agreement seen --size 5 "
        f"--nonce {w.folder}/nonce-new.txt"
    ),
    "sample-witness": lambda w, _: f"sample witness {_purpose(w)}-witness",
    "sample-draw": lambda w, _: (
        f"sample draw {_purpose(w)}-draw --nonce {w.folder}/nonce-{_purpose(w)}-draw.txt"
    ),
    "sample-examine": lambda w, _: (
        f"sample examine {_purpose(w)}-examine {w.things['claims'][_purpose(w)]} 1.00 --evidence x"
    ),
    "sample-close": lambda w, _: f"sample close {_purpose(w)}-close",
    "sample-adjust": lambda w, _: "sample adjust audit-adjust --reason extrapolated",
    **WAITING_LINES,
    "people-setup": lambda w, _: f"people setup {w.folder}/people.yaml",
    "people-witness": lambda w, _: "people witness",
    "people-add": lambda w, _: "people add zoe Zoe",
    "people-link": lambda w, _: "people link newbie nb",
    "people-propose-key": lambda w, x: f"people propose-key {_about(x)} {w.keys['fresh'].public}",
    "people-confirm-key": lambda w, _: f"people confirm-key lineage {w.keys['lineage-2'].public}",
    "people-revoke-key": lambda w, x: (
        f"people revoke-key {_about(x)} {w.keys[_about(x)].public} lost"
    ),
    "people-propose-duty": lambda w, x: (
        f"people propose-duty {'own' if x == 'own' else 'newbie'} payee_master"
    ),
    "people-confirm-duty": lambda w, _: "people confirm-duty newbie registrar",
    "people-withdraw": lambda w, _: "people withdraw eva administrator enough",
    "people-left": lambda w, _: "people left passer-by moved",
    "people-break-glass": lambda w, _: (
        f"people break-glass {'validator' if w.folder.name == 'registrar' else 'registrar'} fire"
    ),
    "people-review": lambda w, _: f"people review {w.things['broken']} fine",
}

_RUN_FAILED = 7
_UNFIT = re.compile(r"may not run '([\w-]+)'")
_FOUR_EYES = re.compile(
    r"so (another person|others|two others) must|so [\w-]+ or an administrator has"
)
_BEGUN_BY = dict.fromkeys(
    ("claim-run", "claim-run-by-hand", "finish-run", "fail-run"), "give-up-run"
)
"""A run begins with giving up the one before, and who may not is refused there."""

READS = {
    "agreement changes", "agreement list", "agreement show", "balances", "bank matches",
    "bank open", "copy", "demo", "explain", "export audit", "export journal",
    "forecast", "fund portfolio", "fund status", "history", "invest list", "jobs findings",
    "jobs list", "jobs status", "payee list", "payments demands", "payments files",
    "payments list", "people key", "people list", "people show", "period list", "period report",
    "period show", "prove", "rebuild", "report", "sample list", "sample show",
    "status", "subject find", "subject retention", "verify",
}  # fmt: skip
"""Commands that record nothing in the ledger, and that whoever can read the files may run."""


def test_every_command_line_records_by_a_declared_command_or_only_reads() -> None:
    world = World(Path("x"), dict.fromkeys(("own", "passer-by", "fresh", "lineage-2"), _NO_KEY))
    world.things |= {"ref": "r", "broken": 1, "claims": {"validation": "c", "audit": "c"}}
    world.things |= {"measured": 1, "match": "m", "merged": "r", "message": "m"}
    world.things["people"] = {"QX-31": "r", "QX-32": "s"}
    recording = {_path_of(line(world, "own")) for line in LINES.values()}
    every = {" ".join(path).removeprefix("ofl ") for path, _ in reference.commands()}
    reading = {each for each in every if each.split()[0] in {"terms", "whatif"}} | READS
    assert {_command_of(each) for each in LINES} == set(DECLARED)
    assert every == recording | reading | {"jobs run"}, "jobs run: as run-once, and never ends"
    assert not recording & reading


class _NoKey:
    public = "key"


_NO_KEY: Any = _NoKey()


def _path_of(line: str) -> str:
    """The command in a line, without what it is told."""
    known = {" ".join(path).removeprefix("ofl ") for path, _ in reference.commands()}
    words = line.split()
    return next(" ".join(words[:n]) for n in (2, 1) if " ".join(words[:n]) in known)


@pytest.fixture(scope="session")
def key_files(made: dict[Duty, World], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Everybody's key as a file; in all worlds they have the same."""
    folder = tmp_path_factory.mktemp("keys")
    keys = made[Duty.REGISTRAR].keys
    files = {who: folder / f"{number}.pem" for number, who in enumerate(keys)}
    for who, path in files.items():
        keys[who].write(path, "")
    return files


def ofl(line: str, world: World, who: str, key: Path) -> Ran:
    """Run a command line as somebody, with their own key."""
    shared = ["--ledger", str(world.path), "--as", who, "--key", str(key)]
    inbox = {"OFL_BANK_INBOX": str(world.folder / "inbox")}
    return run([*line.split(), *shared], inbox)


def _command_of(label: str) -> str:
    """The command that a line records by; several lines may record by the same one."""
    return label.partition("/")[0]


@pytest.mark.parametrize("label", LINES)
def test_a_command_line_is_run_by_whom_it_is_declared_for_and_nobody_else(
    label: str,
    made: dict[Duty, World],
    key_files: dict[str, Path],
    tmp_path: Path,
) -> None:
    cells = [(d.value, d, relation, relation) for d in Duty for relation in RELATIONS]
    cells.append(("job", Duty.REGISTRAR, "other", NIGHTLY))
    command, wrong = _command_of(label), []
    for column, duty, relation, who in cells:
        world = made[duty].copied(tmp_path / f"{column}-{relation}" / duty.value)
        if command == "new-checkpoint-key":
            (world.path / "checkpoint.key").unlink()
            shutil.rmtree(world.path / "checkpoints")
        before = _head(world)
        told = ofl(LINES[label](world, who), world, who, key_files[who])
        assert told.code in {0, 1, _RUN_FAILED}, told
        # Nothing to do is told as a refusal too, of another kind.
        was = told.code in {0, _RUN_FAILED} or "commitments are booked" in told.err
        if was != may(DECLARED[command][column], relation):
            wrong.append(f"{command} by {column}, {relation}: {told}")
        if not was:
            assert _head(world) == before
            assert _is_refused(told, command), told
    assert wrong == []


def _is_refused(told: Ran, command: str) -> bool:
    """Whether it was refused for want of a duty or of another person, and not for anything else."""
    said = told.err + told.out
    unfit = _UNFIT.search(said)
    asked = {command, _BEGUN_BY.get(command)}
    return "Refused" in said and (unfit[1] in asked if unfit else bool(_FOUR_EYES.search(said)))


def _head(world: World) -> int:
    with Ledger(world.path, actor="reader") as ledger:
        return ledger.log.head()[0]


def test_the_page_of_duties_says_what_is_enforced() -> None:
    page = Page(DOCS / "reference" / "duties.md").text
    told = {}
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if len(cells) == 3 and cells[0].startswith("`ofl "):
            assert _path_of(cells[0].strip("`").removeprefix("ofl "))
            told[cells[1].strip("`")] = cells[2]
    assert set(told) == set(COMMANDS)
    anybody = frozenset(Duty) - {Duty.AUDITOR}
    for command, allowed in COMMANDS.items():
        named = {Duty(word) for word in re.findall(r"`(\w+)`", told[command])}
        if told[command].startswith("any"):
            assert allowed.duties == anybody, command
        else:
            assert allowed.duties == named, command
        assert allowed.job == ("job" in told[command]), command
    for one in Duty:
        assert f"| `{one.value}` | {Language.DA.say(f'duty_{one.value}')} |" in page
        for other in Duty:
            assert (conflict(one, other) is None) == _go_together(page, one, other), (one, other)


def _go_together(page: str, one: Duty, other: Duty) -> bool:
    """Whether the page's table lets two duties be one person's."""
    rows = re.findall(r"^\| `(\w+)` \| (any other|(?:`\w+`(?:, )?)+) \|", page, re.MULTILINE)
    apart = {
        frozenset((duty, each.value))
        for duty, others in rows
        for each in Duty
        if each.value != duty and (others == "any other" or f"`{each.value}`" in others)
    }
    return frozenset((one.value, other.value)) not in apart
