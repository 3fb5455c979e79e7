"""A made-up fund of many agreements, and what it takes to ask it what if.

    .venv/bin/python -m scripts.benchmarks.whole_fund --agreements 1000

makes a ledger with a thousand facts in each agreement (46 people, each with twelve stays and nine
measurements), assesses it, and times: reading it, a scenario that touches one agreement, and a
change of law that touches all of them: the first time, and when agreements are remembered, in one
process and in two.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from eventsourcing.persistence import StoredEvent

from desk.demo import example_folder
from desk.intake import files
from ledger import events as e
from ledger import garbage
from ledger.dates import add_months
from ledger.decide.decision import agreement_stream
from ledger.events import Event
from ledger.facts import Quality, Reading, Source, Stay
from ledger.model import Position, SubjectRef
from ledger.money import Amount
from ledger.service import Ledger
from ledger.store import codec
from ledger.store.envelope import Command, body
from ledger.terms.agreement import Terms
from projections.moment import head
from projections.whatif import fund
from projections.whatif.folded import fold
from projections.whatif.fund import NOTHING, Asked, Known, Question, whatif
from projections.whatif.remembered import FOLDED_FILE
from projections.whatif.scenario import Scenario

PEOPLE = 46
STAYS = 12
MILESTONES = (12, 18, 24)
INDICATORS = ("no-shelter", "self-mastery", "work-or-education")
STARTS, UNTIL = date(2022, 1, 1), date(2026, 10, 1)
_SOME = 20
"""So many agreements stand for one."""
SHELTERS = ("herberg-skovbrynet", "herberg-nord")
LAW = Scenario.model_validate(
    {
        "name": "ninety-nights",
        "text": "The refund limit was 90 nights from 2023-10-01, not 120.",
        "changes": [{"kind": "rule", "rule": "2023-10-01", "nights_per_running_year": "90"}],
    }
)
ONE = Scenario.model_validate(
    {
        "name": "less-for-each",
        "text": "The first agreement paid at most 100,000 for one person.",
        "changes": [
            {"kind": "cap", "agreements": ["fund-0000"], "scope": "person", "limit": "100000.00"}
        ],
    }
)
_SOURCE = Source(file="made-up.csv", sha256="0" * 64, row=1)


def terms_of(number: int, model: Terms) -> Terms:
    """Terms of a model, from another day on and under another name."""
    data = model.model_dump(mode="json")
    data |= {"agreement": name_of(number), "people": PEOPLE}
    data |= {"signed_on": "2021-12-15", "starts_on": str(STARTS)}
    data["caps"] = [{"scope": "person", "limit": "212000.00"}]
    data["metrics"][0]["measured_at_months"] = MILESTONES
    tariffs = data["metrics"][0]["counterfactual"]["reference_tariffs"]
    tariffs[0]["valid_from"] = str(STARTS)
    return Terms.model_validate(data)


def name_of(number: int) -> str:
    """What an agreement is called."""
    return f"fund-{number:04d}"


def made_up(chance: random.Random, people: list[SubjectRef]) -> Iterator[tuple[date, Event]]:
    """The facts of one agreement, each with the day on which it counts."""
    for subject in people:
        enrolled = STARTS + timedelta(days=chance.randrange(700))
        yield enrolled, e.PersonEnrolled(subject=subject, enrolled_on=enrolled, source=_SOURCE)
        admitted = enrolled - timedelta(days=200)
        for number in range(STAYS):
            admitted += timedelta(days=chance.randrange(20, 150))
            left = admitted + timedelta(days=chance.randrange(1, 40))
            stay = Stay(
                stay=f"{subject}-{number}",
                shelter=chance.choice(SHELTERS),
                admitted=admitted,
                discharged=left,
            )
            yield left, e.StayRecorded(subject=subject, stay=stay, source=_SOURCE)
            admitted = left
        for months, indicator in itertools.product(MILESTONES, INDICATORS):
            on = add_months(enrolled, months)
            yes_no = "5" if indicator == "self-mastery" else chance.choice(("yes", "yes", "no"))
            yield (
                on,
                e.MeasurementRecorded(
                    subject=subject,
                    milestone_months=months,
                    measured_on=on,
                    indicator=indicator,
                    reading=Reading(value=yes_no),
                    validator="Validator Example ApS",
                    quality=Quality(),
                    source=_SOURCE,
                ),
            )
    yield UNTIL, e.RegisterCovered(until=UNTIL, source=_SOURCE)


def capital(ledger: Ledger, name: str) -> Iterator[tuple[date, Event]]:
    """All capital called, and then paid in on the first day."""
    terms = ledger.agreement(name).terms
    whole = sum(each.amount.minor for each in terms.investment)
    (done,) = ledger.call_drawdown(name, Amount(whole), STARTS).recorded
    called = done.event
    assert isinstance(called, e.DrawdownCalled)
    for part in called.parts:
        yield (
            STARTS,
            e.CapitalReceived(
                drawdown=called.drawdown,
                investor=part.investor,
                provider=called.provider,
                amount=part.amount,
                called_at=done.position,
                bank_line=None,
            ),
        )


def make(ledger: Ledger, agreements: int) -> None:
    """The fund: facts go straight to the store, as an import would make them; then it decides."""
    for year in range(2021, 2027):
        ledger.import_tariffs(files.read_tariffs(example_folder() / str(year) / "tariffs.csv"))
    chance = random.Random("whole fund")  # noqa: S311 - invented people
    model, _ = files.read_terms(example_folder() / "aarhus-hf-2.yaml")
    for number in range(agreements):
        name = name_of(number)
        ledger.sign(terms_of(number, model), Source(file="made-up.yaml", sha256="0" * 64))
        refs = ledger.vault.admit(name, [f"P{n}" for n in range(PEOPLE)])
        facts = [*capital(ledger, name), *made_up(chance, list(refs.values()))]
        stream, version = agreement_stream(name), ledger.agreement(name).version
        command = Command.of(f"facts-{name}", "bench", name)
        stored = []
        for at, (on, event) in enumerate(facts, start=version + 1):
            data = codec.encode(event, stream, at, ledger.vault)
            made = body(event.topic, on, command, data)
            stored.append(StoredEvent(stream, at, event.topic, made))
        ledger.log.append(stored, command)
        ledger.assess(name, UNTIL)
        ledger._states.clear()  # noqa: SLF001 - a thousand agreements need not be remembered


def _busy() -> float:
    """Seconds of processor time that this process took, and all that it started and waited for."""
    found = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in found)


def _most_memory(who: int) -> int:
    """The most megabytes that this process had, or any that it waited for."""
    return resource.getrusage(who).ru_maxrss // 1024


def timed(what: str, work: Callable[[], object], found: dict[str, float]) -> None:
    """Note how long work takes, and how long processors were at it: a machine may be busy."""
    started, busy = time.perf_counter(), _busy()
    work()
    found[what] = time.perf_counter() - started
    found[f"{what} (busy)"] = _busy() - busy
    print(f"{what}: {found[what]:.2f} s, busy {found[f'{what} (busy)']:.2f} s", flush=True)


def main() -> None:
    """Make the fund, and time what is asked of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agreements", type=int, default=100)
    parser.add_argument("--in", dest="place", type=Path, help="a ledger made before, or to be made")
    asked = parser.parse_args()
    found: dict[str, float] = {}
    garbage.look_seldom()  # as `ofl` does
    with tempfile.TemporaryDirectory(prefix="ofl-bench-") as folder:
        place = asked.place or Path(folder) / "ledger"
        if not place.exists():
            with Ledger.create(place, "Bench fund", "DKK", "demo", actor="bench") as ledger:
                timed("making it", lambda: make(ledger, asked.agreements), found)
        with Ledger(place) as ledger:
            measure(ledger, found)
    found["most memory, MB"] = _most_memory(resource.RUSAGE_SELF)
    found["most memory of another process, MB"] = _most_memory(resource.RUSAGE_CHILDREN)
    print(json.dumps({"cores": os.cpu_count(), "load": os.getloadavg()[0], **found}, indent=2))


def measure(ledger: Ledger, found: dict[str, float]) -> None:
    """Everything that is timed of a fund."""
    at = head(ledger.log)
    names = [each.removeprefix("agreement/") for each in ledger.log.streams("agreement/")]
    found["events"], found["agreements"] = at.position, len(names)
    timed("reading the rows", lambda: sum(map(len, ledger.log.batches())), found)

    timed("reading and decoding", lambda: decode(ledger), found)
    asked = [Question(NOTHING, LAW, 20)]
    with closing(Known.at(ledger, Position(at.position))) as known:
        law = Asked(asked, known.law)
        some = [fold(known.state(name), known.law) for name in names[:_SOME]]
        timed(f"{_SOME} agreements in memory", lambda: [law.of(each) for each in some], found)
    assert isinstance(ledger.location, Path)
    (ledger.location / FOLDED_FILE).unlink(missing_ok=True)
    timed("the whole fund, nothing remembered", partial(whatif, ledger, asked, at), found)
    with closing(Known.at(ledger, Position(at.position))) as known:
        timed("what is remembered, read alone", lambda: read(known, names), found)
        timed(
            f"{_SOME} agreements, one by one",
            lambda: [law.of(known.agreement(name)) for name in names[:_SOME]],
            found,
        )
    for jobs in (1, 2):
        work = partial(whatif, ledger, asked, at, jobs=jobs)
        timed(f"the whole fund, remembered, {jobs} process(es)", work, found)
    ask_halves(ledger, asked, Position(at.position), names, found)


def ask_halves(
    ledger: Ledger,
    asked: Sequence[Question],
    position: Position,
    names: Sequence[str],
    found: dict[str, float],
) -> None:
    """Time two processes that are there already, each asked half: what two cores give at most."""
    with ProcessPoolExecutor(
        2,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=fund._start,  # noqa: SLF001 - the same work, only not shared
        initargs=(ledger.location, ledger.key_file, position, asked),
    ) as pool:

        def ask(*halves: Sequence[str]) -> list[object]:
            return list(pool.map(fund._answers, halves))  # noqa: SLF001

        ask(names[:_SOME], names[-_SOME:])
        work = partial(ask, names[::2], names[1::2])
        timed("two processes that are there, half each", work, found)


def decode(ledger: Ledger) -> int:
    """Read every event and open what is sealed; how many there are."""
    count = 0
    for row in (row for batch in ledger.log.batches() for row in batch):
        codec.decode(row.state, ledger.vault)
        count += 1
    return count


def read(known: Known, names: Sequence[str]) -> int:
    """Read every agreement, remembered or not; how many there are."""
    return sum(1 for name in names if known.agreement(name))


if __name__ == "__main__":
    main()
