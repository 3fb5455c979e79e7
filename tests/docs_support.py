"""The documentation as its reader meets it: pages, the commands they show, tables, links.

In a page, a block marked `console` holds commands after `$ ` and what each prints, in full; a line
of `…` stands for output that is left out, and a command with nothing under it prints nothing. A
block marked `csv file=NAME` is a file that the reader saves under that name.

    .venv/bin/python -m tests.docs_support docs/…/page.md …

writes what the commands of pages print now into them, for a person to read through afterwards.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.command_line import run

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
LEFT_OUT = "…"

ASKS = "echo $?"
"""Asks what the command before exited with. One that is not asked must exit with 0, or fail."""
_FAILURES = (("Refused: nothing was recorded.",), ("Refused in part.",), ("NOT SOUND.",))

_FENCE = re.compile(r"^```(?P<kind>\S*) ?(?P<rest>.*)$")
_INLINE = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^#+ (.*)$")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_OF_THE_SHELL = re.compile(r"[|<>;&*]|\$\(")

# What is another for every reader: pseudonyms, moments, hashes, keys.
_OTHER = [
    (re.compile(r"\bs[0-9a-f]{16}\b"), "s" + "0" * 16),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z"), "MOMENT"),
    (re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d\b"), "MINUTE"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "HASH"),
    (re.compile(r"\b(OFL\d+)-[0-9a-f]{16}\b"), r"\1-HASH"),
    (re.compile(r"\bed25519:[A-Za-z0-9+/]{43}="), "KEY"),
    (re.compile(r"(chain|chain head|kæde) [0-9a-f]{16}\b"), r"\1 HASH"),
]


@dataclass(frozen=True, slots=True)
class Command:
    """A command that a page shows, with what the page says it prints."""

    line: int
    text: str
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class File:
    """A file that a page tells its reader to save."""

    line: int
    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page."""

    line: int
    kind: str
    rest: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the documentation."""

    path: Path

    def __str__(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        """The page as it stands."""
        return self.path.read_text(encoding="utf-8")

    def blocks(self) -> Iterator[Block]:
        """The fenced blocks in order."""
        opened: tuple[int, str, str] | None = None
        lines: list[str] = []
        for number, line in enumerate(self.text.splitlines(), start=1):
            fence = _FENCE.match(line)
            if fence is None:
                lines.append(line)
            elif opened is None:
                opened, lines = (number, fence["kind"], fence["rest"]), []
            else:
                yield Block(*opened, tuple(lines))
                opened = None
        assert opened is None, f"{self}: the block of line {opened} is not closed"

    def prose(self) -> str:
        """The page without its fenced blocks."""
        inside, kept = False, []
        for line in self.text.splitlines():
            if _FENCE.match(line):
                inside = not inside
            elif not inside:
                kept.append(line)
        return "\n".join(kept)

    def steps(self) -> Iterator[Command | File]:
        """What the reader does, in order."""
        for block in self.blocks():
            if block.kind == "console":
                yield from _commands(block)
            elif block.rest.startswith("file="):
                name = block.rest.removeprefix("file=")
                yield File(block.line, name, "".join(f"{line}\n" for line in block.lines))

    def code(self) -> list[str]:
        """What stands in the page's prose as code."""
        return _INLINE.findall(self.prose())

    def links(self) -> list[str]:
        """Where the page points to."""
        return _LINK.findall(_INLINE.sub("", self.prose()))

    def anchors(self) -> set[str]:
        """The names of the page's headings in a link."""
        found = (_HEADING.match(line) for line in self.prose().splitlines())
        return {anchor(heading[1]) for heading in found if heading}

    def section(self, heading: str) -> str:
        """The prose under a heading up to the next heading of any level."""
        lines = iter(self.prose().splitlines())
        for line in lines:
            title = _HEADING.match(line)
            if title and title[1] == heading:
                break
        else:
            raise LookupError(heading)
        kept = []
        for line in lines:
            if _HEADING.match(line):
                break
            kept.append(line)
        return "\n".join(kept)


def first_cells(text: str) -> list[str]:
    """The code in the first cell of each row of the tables in a text, heads left out."""
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("|")]
    return [name for cell in rows for name in _INLINE.findall(cell)]


def anchor(heading: str) -> str:
    """The name that a heading gets in a link."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.strip().replace(" ", "-")


def pages() -> list[Page]:
    """Every page, the first one of the repository included."""
    return [Page(ROOT / "README.md"), *map(Page, sorted(DOCS.rglob("*.md")))]


def _commands(block: Block) -> Iterator[Command]:
    command: tuple[int, str] | None = None
    shown: list[str] = []
    for number, line in enumerate(block.lines, start=block.line + 1):
        if not line.startswith("$ "):
            shown.append(line)
            continue
        if command is not None:
            yield Command(*command, tuple(shown))
        command, shown = (number, line.removeprefix("$ ")), []
    assert command is not None, f"line {block.line}: a console block without a command"
    yield Command(*command, tuple(shown))


def same(shown: tuple[str, ...], printed: str) -> bool:
    """Whether output is what a page shows, apart from what is left out or other for everybody."""
    parts = []
    for line in shown:
        if line.strip() == LEFT_OUT:
            parts.append(r"(?:.*\n)+?")
        else:
            parts.append(re.escape(_alike(line.rstrip())) + r"\n")
    lines = [_alike(line.rstrip()) for line in printed.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return re.fullmatch("".join(parts), "".join(f"{line}\n" for line in lines)) is not None


def _alike(line: str) -> str:
    for pattern, word in _OTHER:
        line = pattern.sub(word, line)
    return line


@dataclass(slots=True)
class Reader:
    """Somebody who does what a page says, in a folder with the examples in it.

    Pages that begin with the demo get the one that was told first, from the shelf.
    """

    folder: Path
    shelf: Path
    env: dict[str, str] = field(default_factory=dict)
    exited: int = 0

    def __post_init__(self) -> None:
        shutil.copytree(DOCS / "examples", self.folder / "docs" / "examples")
        programs = Path(sys.executable).parent
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OFL_")}
        path = f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"
        self.env = kept | {"PATH": path, "LC_ALL": "C.UTF-8"}

    def follow(self, page: Page) -> None:
        """Do every step of a page and compare what is printed, and what it exits with."""
        steps = list(page.steps())
        for step, following in zip(steps, [*steps[1:], None], strict=True):
            if isinstance(step, File):
                (self.folder / step.name).write_text(step.content, encoding="utf-8")
                continue
            printed = self.give(step.text)
            where = f"{page}, line {step.line}: $ {step.text}"
            assert same(step.shown, printed), f"{where}\nprints\n{printed}"
            asked = isinstance(following, Command) and following.text == ASKS
            failing = step.shown[:1] in _FAILURES
            assert asked or self.exited == int(failing), f"{where}\nexits with {self.exited}"

    def give(self, command: str) -> str:
        """Give one command and return what it prints, errors included."""
        if command == ASKS:
            exited, self.exited = self.exited, 0
            return f"{exited}\n"
        if command.startswith("export "):
            name, _, value = command.removeprefix("export ").partition("=")
            self.env[name] = value
            return ""
        if command == "ofl demo":
            return self._demo()
        if command.startswith("ofl ") and not _OF_THE_SHELL.search(command):
            return self._ofl(shlex.split(command))
        done = subprocess.run(  # noqa: S603 - what our own pages show
            ["/bin/bash", "-c", command],
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.exited = done.returncode
        return done.stdout

    def _demo(self) -> str:
        """Tell the demo, or take it from the shelf; it is the same story each time."""
        told, ledger = self.shelf / "told", self.folder / "demo-ledger"
        if told.exists():
            shutil.copytree(self.shelf / "demo-ledger", ledger)
            return told.read_text(encoding="utf-8")
        text = self._ofl(["ofl", "demo"])
        shutil.copytree(ledger, self.shelf / "demo-ledger")
        told.write_text(text, encoding="utf-8")
        return text

    def _ofl(self, words: list[str]) -> str:
        """The same as in a shell, without starting Python anew."""
        ran = run(words[1:], self.env, together=True, folder=self.folder)
        self.exited = ran.code
        return ran.out


def rewrite(page: Page, folder: Path) -> None:
    """Put what a page's commands print now in place of what it shows, as much left out."""
    lines = page.text.splitlines()
    reader = Reader(folder / "reader", folder)
    moved = 0
    for step in page.steps():
        if isinstance(step, File):
            (reader.folder / step.name).write_text(step.content, encoding="utf-8")
            continue
        printed = [line.rstrip() for line in reader.give(step.text).splitlines()]
        while printed and not printed[-1]:
            printed.pop()
        if not same(step.shown, "".join(f"{line}\n" for line in printed)):
            fresh = _as_before(step.shown, printed)
            start = step.line + moved
            lines[start : start + len(step.shown)] = fresh
            moved += len(fresh) - len(step.shown)
    page.path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _as_before(shown: tuple[str, ...], printed: list[str]) -> list[str]:
    """The lines of new output that stand where the lines that were shown stood."""
    if LEFT_OUT not in shown:
        return printed
    parts: list[list[str]] = [[]]
    for line in shown:
        if line == LEFT_OUT:
            parts.append([])
        else:
            parts[-1].append(line)
    found, at = printed[: len(parts[0])], len(parts[0])
    for part in parts[1:-1]:
        starts = range(at, len(printed) - len(part) + 1)
        best = max(starts, key=lambda start: _likeness(part, printed[start : start + len(part)]))
        found += [LEFT_OUT, *printed[best : best + len(part)]]
        at = best + len(part)
    return [*found, LEFT_OUT, *printed[len(printed) - len(parts[-1]) :]]


def _likeness(one: list[str], other: list[str]) -> float:
    return SequenceMatcher(None, "\n".join(one), "\n".join(other)).ratio()


if __name__ == "__main__":
    for name in sys.argv[1:]:
        with TemporaryDirectory() as made:
            rewrite(Page(Path(name).resolve()), Path(made))
