"""The figures: what is measured, and against what. docs/reference/bench.md explains each."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from desk.demo import example_folder
from desk.intake import files
from ledger.commands.door import folder_of
from ledger.decide.decision import agreement_stream
from ledger.service import Ledger
from ledger.store import codec
from ledger.store.location import EVENTS_FILE, Location
from projections import verify
from projections.balances import Words, balance, balances
from projections.chain import verify_chain
from projections.follow import Views
from projections.moment import Stamp, head, stamp
from projections.verification import Verification
from projections.whatif.compare import Compared
from projections.whatif.fund import NOTHING, Question, whatif
from projections.whatif.remembered import FOLDED_FILE
from projections.whatif.scenario import Scenario
from scripts.benchmarks.books import fill
from scripts.benchmarks.measure import Figure, Side, Work
from scripts.benchmarks.whole_fund import LAW, ONE, decode, make
from scripts.benchmarks.writers import Bare, Base, Ours, Writer

BATCH = 2_000
A_DAY = date(2024, 5, 15)
_ASKED = 50
"""So many answers for one account a round."""
BASE_BATCH = 500
"""The base recorder's own batch: with 2,000 rows its insert on PostgreSQL does not come back."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is done."""

    commits: int
    """Durable commits of one event, each round."""
    events: int
    """Events that are read through."""
    lines: int
    """Lines of the journal that balances are of."""
    agreements: int
    """Agreements of a thousand facts each that are asked what if."""


class Bench:
    """One engine, a folder to work in, and the ledgers that figures share."""

    def __init__(
        self, place: Callable[[], Location], folder: Path, scale: Scale, stack: ExitStack
    ) -> None:
        self._place = place
        self._folder = folder
        self._scale = scale
        self._stack = stack
        self._filled: tuple[Ledger, Views] | None = None
        self._booked: tuple[Views, int] | None = None
        self._fund: Ledger | None = None
        self._lines = 0

    def _writers(self) -> tuple[Ours, Base, Bare]:
        place = self._place()
        writers = Ours(place), Base(place), Bare(place)
        for each in writers:
            self._stack.callback(each.close)
        return writers

    def append(self) -> Figure:
        """One event, one durable commit."""
        ours, base, bare = self._writers()
        times = self._scale.commits
        return Figure(
            "append",
            "commits/s",
            _storing("EventLog.append", ours, times, 1),
            (
                _storing("base recorder", base, times, 1, 0.75),
                _storing("one bare row", bare, times, 1, 0.5),
            ),
        )

    def batch(self) -> Figure:
        """Many events, one durable commit."""
        ours, base, bare = self._writers()
        return Figure(
            "batch",
            "events/s",
            _storing("EventLog.append", ours, 5, BATCH),
            (
                _storing("base recorder", base, 5 * BATCH // BASE_BATCH, BASE_BATCH, 0.7),
                _storing("bare rows", bare, 5, BATCH),
            ),
        )

    def imports(self) -> Figure:
        """A bank statement from file to commit."""
        ledger = self._ledger()
        _, base, bare = self._writers()

        def prepare() -> Work:
            paths = [self._statement(BATCH) for _ in range(5)]

            def work() -> int:
                for path in paths:
                    ledger.import_bank(files.read_bank(path))
                return 5 * BATCH

            return work

        return Figure(
            "import",
            "events/s",
            Side("file to commit", prepare),
            (
                _storing("base recorder", base, 5 * BATCH // BASE_BATCH, BASE_BATCH, 0.7),
                _storing("bare rows", bare, 5, BATCH),
            ),
        )

    def chain(self) -> Figure:
        """The chain of all events, its columns and commands included."""
        ledger, _ = self._full()

        def ours() -> int:
            result = Verification()
            assert not verify_chain(ledger.log, {}, result, lambda _: None)
            return result.events

        others = [_side("hashing all bytes", self._hash)]
        if isinstance(ledger.location, Path):
            others.insert(0, _side("integrity_check", self._integrity_check, 0.5))
        return Figure("chain", "events/s", _side("verify: the chain", ours), tuple(others))

    def verify(self) -> Figure:
        """All that `ofl verify` does."""
        ledger, views = self._full()

        def ours() -> int:
            result = verify.verify(ledger, views)
            assert result.sound, result.faults
            return result.events

        others = [_side("hashing all bytes", self._hash)]
        if isinstance(ledger.location, Path):
            others.insert(0, _side("integrity_check", self._integrity_check))
        return Figure("verify", "events/s", _side("verify: all of it", ours), tuple(others))

    def views(self) -> Figure:
        """The views made anew from all events."""
        ledger, views = self._full()

        def decoded() -> int:
            rows = (row for batch in ledger.log.batches() for row in batch)
            return sum(codec.decode(row.state) is not None for row in rows)

        def scanned() -> int:
            return sum(len(batch) for batch in ledger.log.batches())

        return Figure(
            "views",
            "events/s",
            _side("rebuild", lambda: views.rebuild(ledger.log)),
            (_side("decoding alone", decoded), _side("reading alone", scanned)),
        )

    def lag(self) -> Figure:
        """An event taken into the views, one at a time."""
        ledger, views = self._full()
        times = self._scale.commits

        def record() -> int:
            for path in [self._statement(1) for _ in range(times)]:
                ledger.import_bank(files.read_bank(path))
            return times

        def prepare() -> Work:
            views.catch_up(ledger.log)
            before = ledger.log.head()[0]
            record()
            steps = [[row] for batch in ledger.log.batches(before) for row in batch]

            def work() -> int:
                return sum(views.take(step) for step in steps)

            return work

        return Figure(
            "lag",
            "events/s",
            Side("following one event", prepare),
            (_side("recording one event", record),),
        )

    def balances(self) -> Figure:
        """Every balance as it stands."""
        views, lines = self._books()

        def ours() -> int:
            assert balances(views)
            return lines

        return Figure("balances", "lines/s", _side("balances", ours), (self._scan(None, None),))

    def moment(self) -> Figure:
        """Every balance as known at one position, effective on another day."""
        views, lines = self._books()
        at = Stamp(stamp(views).position * 3 // 4, "", "", A_DAY)

        def ours() -> int:
            assert balances(views, at)
            return lines

        return Figure(
            "moment", "lines/s", _side("balances at a moment", ours), (self._scan(at, None),)
        )

    def account(self) -> Figure:
        """One account as known at one position, effective on another day."""
        views, _ = self._books()
        at = Stamp(stamp(views).position * 3 // 4, "", "", A_DAY)
        # In small books not every agreement has paid by then.
        funds = balances(views, at, book="state-fund")
        words = next(each[:5] for each in funds if each.account == "bank")

        def ours() -> int:
            for _ in range(_ASKED):
                assert balance(views, at, words) is not None
            return _ASKED

        return Figure("account", "answers/s", _side("one account", ours), (self._scan(at, words),))

    def scenario(self) -> Figure:
        """What if one agreement's terms were others, of which all is remembered."""
        ledger = self._whole_fund()
        (name,) = ONE.named
        times = range(10)

        def ours() -> int:
            for _ in times:
                assert self._asked(ONE).changed
            return len(times)

        def decoded() -> int:
            for _ in times:
                assert [*ledger.read(agreement_stream(name))]
            return len(times)

        self._asked(ONE)
        others = (_side("reading and decoding its events", decoded),)
        return Figure("scenario", "answers/s", _side("one agreement asked", ours), others)

    def fund(self) -> Figure:
        """What if the law were another, for every agreement."""
        ledger = self._whole_fund()
        remembered = folder_of(ledger.location, ledger.key_file) / FOLDED_FILE
        count = self._scale.agreements

        def asked(jobs: int = 1) -> int:
            assert self._asked(LAW, jobs).changed
            return count

        def once_before() -> Work:
            asked()
            return asked

        def forgotten() -> Work:
            remembered.unlink(missing_ok=True)
            return asked

        def decoded() -> int:
            decode(ledger)
            return count

        others = (
            _side("two processes", partial(asked, 2)),
            Side("nothing remembered", forgotten),
            _side("reading and decoding all events", decoded),
        )
        return Figure("fund", "agreements/s", Side("a law for all", once_before), others)

    def _asked(self, scenario: Scenario, jobs: int = 1) -> Compared:
        ledger = self._whole_fund()
        question = Question(NOTHING, scenario, 20)
        return whatif(ledger, [question], head(ledger.log), jobs=jobs)[0]

    def _whole_fund(self) -> Ledger:
        """A fund of many agreements of a thousand facts each, all assessed."""
        if self._fund is None:
            self._fund = self._ledger()
            make(self._fund, self._scale.agreements)
        return self._fund

    def _scan(self, at: Stamp | None, words: Words | None) -> Side:
        """The floor: the driver sums every line that counts, and keeps nothing from before."""
        views, lines = self._books()
        key = "book, role, agreement, account, counterparty"
        which = ["1 = 1"]
        if at is not None:
            which += [f"position <= {at.position}", f"value_date <= '{at.on}'"]
        if words is not None:
            names = key.split(", ")
            which += [f"{name} = '{word}'" for name, word in zip(names, words, strict=True)]
        query = (
            f"SELECT {key}, sum(CASE WHEN amount > 0 THEN amount ELSE 0 END), "  # noqa: S608
            "sum(CASE WHEN amount < 0 THEN -amount ELSE 0 END), sum(amount) "
            f"FROM line WHERE {' AND '.join(which)} GROUP BY {key} ORDER BY {key}"
        )

        def bare() -> int:
            with views.engine.connect() as connection:
                assert connection.exec_driver_sql(query).fetchall()
            return lines if words is None else 1

        return _side("the plain scan", bare)

    def _books(self) -> tuple[Views, int]:
        """Views with the books of a large fund, and how many lines they have."""
        if self._booked is None:
            place = self._place()
            views = Views(place / "views.sqlite" if isinstance(place, Path) else place)
            if not isinstance(place, Path):
                Ours(place).close()  # makes the schemas
            views.create()
            self._stack.callback(views.close)
            self._booked = views, fill(views, self._scale.lines)
        return self._booked

    # --- what the figures share ---------------------------------------------------------------

    def _ledger(self) -> Ledger:
        """A new ledger with an agreement in it."""
        place = self._place()
        keys = self._folder / f"keys-{len(list(self._folder.iterdir()))}"
        key_file = keys / "vault.key"
        ledger = Ledger.create(place, "Fund", "DKK", "demo", actor="bench", key_file=key_file)
        self._stack.callback(ledger.close)
        ledger.sign(*files.read_terms(example_folder() / "aarhus-hf-1.yaml"))
        return ledger

    def _full(self) -> tuple[Ledger, Views]:
        """A ledger with many lines of bank statements, and its views."""
        if self._filled is None:
            ledger = self._ledger()
            for _ in range(self._scale.events // BATCH):
                ledger.import_bank(files.read_bank(self._statement(BATCH)))
            place = ledger.location
            views = Views(place / "views.sqlite" if isinstance(place, Path) else place)
            views.catch_up(ledger.log)
            self._stack.callback(views.close)
            self._filled = ledger, views
        return self._filled

    def _statement(self, count: int) -> Path:
        """A bank statement of lines that were in none before."""
        path = self._folder / f"statement-{self._lines}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("account", "line_id", "booked_on", "amount", "reference", "text"))
            for number in range(self._lines, self._lines + count):
                reference, text = f"INV-{number:07d}", "Invoice of somebody else, not for us"
                row = ("aarhus", f"L{number:08d}", "2026-01-02", f"-{number}.50", reference, text)
                writer.writerow(row)
        self._lines += count
        return path

    def _hash(self) -> int:
        """The floor: to read every row with the bare driver and to hash its bytes, twice."""
        ledger, _ = self._full()
        chain = bytes(32)
        count = 0
        for state in self._states(ledger):
            leaf = hashlib.sha256(b"\x00" + state).digest()
            count += 1
            chain = hashlib.sha256(b"\x02" + count.to_bytes(8, "big") + chain + leaf).digest()
        assert chain == ledger.log.head()[2]
        return count

    @staticmethod
    def _states(ledger: Ledger) -> Any:  # noqa: ANN401 - rows of either driver
        with ledger.log.database.reading() as c:
            c.execute("SELECT state FROM stored_events ORDER BY position")
            return (row[0] for row in c.fetchall())

    def _integrity_check(self) -> int:
        ledger, _ = self._full()
        assert isinstance(ledger.location, Path)
        assert (ledger.location / EVENTS_FILE).is_file()
        with ledger.log.database.reading() as c:
            c.execute("PRAGMA integrity_check")
            assert c.fetchone()[0] == "ok"
        return ledger.log.head()[0]


FIGURES: dict[str, Callable[[Bench], Figure]] = {
    "append": Bench.append,
    "batch": Bench.batch,
    "import": Bench.imports,
    "chain": Bench.chain,
    "verify": Bench.verify,
    "views": Bench.views,
    "lag": Bench.lag,
    "balances": Bench.balances,
    "moment": Bench.moment,
    "account": Bench.account,
    "scenario": Bench.scenario,
    "fund": Bench.fund,
}


def _side(name: str, work: Work, wanted: float | None = None) -> Side:
    """A side with nothing to prepare."""
    return Side(name, lambda: work, wanted)


def _storing(
    name: str, writer: Writer, commits: int, size: int, wanted: float | None = None
) -> Side:
    """So many commits of so many events."""

    def prepare() -> Work:
        made = [writer.made(size) for _ in range(commits)]

        def work() -> int:
            for each in made:
                writer.store(each)
            return commits * size

        return work

    return Side(name, prepare, wanted)
