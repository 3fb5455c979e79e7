"""What was supposed, adopted: in the end all is as with right facts, terms and law from the start.

A ledger is told wrong things, pays by them and closes its books. A scenario says what is right; the
lines that `ofl whatif adopt` writes are typed as they stand, with the blanks filled in. The oracle
is another ledger that was told the right things at once.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from typer.testing import CliRunner

from desk.cli.main import app
from ledger.shelter.rules import RefundRuleTable
from ledger.terms.agreement import OnRuleChange, Terms
from ledger.terms.shipped import shelter_refund_rules
from projections.follow import Views
from projections.periods import look_at
from projections.reported import as_reported, broken, closings
from tests.corrections.test_wrong_first import (
    HF,
    REACHES,
    STRANGER,
    Facts,
    Teller,
    assert_alike,
    drawn_terms,
    gone_wrong,
    of_the_stranger,
    right_facts,
)
from tests.histories import scratch
from tests.trials import parts

CLOSED = ("2022", "2023", "2024", "2025", "2026-Q1", "2026-Q2")
_Change = dict[str, Any]


class Tale(NamedTuple):
    """What is right, and what was signed and told instead."""

    terms: Terms
    signed: Terms
    rules: RefundRuleTable
    right: Facts
    wrong: Facts

    def changes(self, ref: Callable[[str], str]) -> list[_Change]:
        """The changes of a scenario that says what is right, of people as they are known."""
        found = list(the_difference(ref, self.wrong, self.right))
        if self.signed != self.terms:
            found.append({"kind": "terms", "terms": self.terms.model_dump(mode="json")})
        if self.rules != shelter_refund_rules():
            limit = str(self.rules.rules[1].nights_per_running_year)
            law = {"rule": "2023-10-01", "nights_per_running_year": limit}
            found.append({"kind": "rule", **law})
        return found


def drawn(seed: int) -> Tale:
    """A tale that is drawn at random."""
    random = Random(seed)  # noqa: S311 - a tale, not a secret
    terms = drawn_terms(random)
    right = right_facts(random, terms)
    wrong = gone_wrong(random, right, terms)
    signed = other_terms(random, terms) if random.randrange(2) else terms
    follows = terms.refund_law is not None and terms.refund_law.on_change is OnRuleChange.FOLLOW
    rules = other_rules(random) if follows and random.randrange(3) else shelter_refund_rules()
    return Tale(terms, signed, rules, right, wrong)


def the_difference(ref: Callable[[str], str], wrong: Facts, right: Facts) -> Iterator[_Change]:
    """What must be otherwise for wrong facts to be right ones, as a scenario says it."""

    def of(person: str) -> dict[str, str]:
        return {"agreement": HF, "person": ref(person)}

    if STRANGER in wrong.people:
        yield {"kind": "enrolment", "do": "remove", **of(STRANGER)}
    for person, on in right.people.items():
        if wrong.people[person] != on:
            yield {"kind": "enrolment", "do": "replace", **of(person), "enrolled_on": on}
    kept = of_the_stranger(wrong)
    for name, was, row, do in _differing(kept.stays, right.stays):
        stay = row.stay.model_dump(mode="json") if row else {"stay": name}
        yield {"kind": "stay", "do": do, **of((row or was).person_id), **stay}
    for name, was, row, do in _differing(kept.jobs, right.jobs):
        spell = row.spell.model_dump(mode="json") if row else {"spell": name}
        yield {"kind": "spell", "do": do, **of((row or was).person_id), **spell}
    for (person, months), _, row, do in _differing(kept.readings, right.readings):
        where = {"indicator": "no-shelter", "milestone_months": str(months)}
        told = {"measured_on": row.measured_on, "value": row.value} if row else {}
        yield {"kind": "measurement", "do": do, **of(person), **where, **told}
    for on, _, row, do in _differing(kept.rates, right.rates):
        told = {"value": row.value} if row else {}
        where = {"agreement": HF, "indicator": "rate", "measured_on": on}
        yield {"kind": "result", "do": do, **where, **told}
    yield from ({**of(person), **each} for person, each in _moves_differing(wrong, right))
    for shelter, _, price, do in _differing(wrong.tariffs, right.tariffs):
        own = {"shelter": shelter, "valid_from": "2015-01-01", "per_night": price}
        yield {"kind": "tariff", "do": do, **own}


def _moves_differing(wrong: Facts, right: Facts) -> Iterator[tuple[str, _Change]]:
    for person in right.people:
        moves = (facts.moves.get(person, {}) for facts in (wrong, right))
        for on, _, to, do in _differing(*moves):
            told = {"municipality": to} if to else {}
            yield person, {"kind": "move", "do": do, "moved_on": on, **told}


def _differing(
    wrong: Mapping[Any, Any], right: Mapping[Any, Any]
) -> Iterator[tuple[Any, Any, Any, str]]:
    """Of what is not the same: its key, how it is and how it should be, and what is to be done."""
    for key in sorted(wrong.keys() | right.keys(), key=str):
        was, now = wrong.get(key), right.get(key)
        if was != now:
            do = "add" if was is None else "remove" if now is None else "replace"
            yield key, was, now, do


def other_terms(random: Random, terms: Terms) -> Terms:
    """The terms with other figures, as if somebody had signed the wrong draft."""
    data = terms.model_dump(mode="json")
    nights = next(each for each in data["metrics"] if each["id"] == "nights-saved")
    nights["counterfactual"]["nights_per_year"] = random.choice((30, 180, 300))
    if random.randrange(2):
        data["caps"] = [{"scope": "agreement", "limit": "70000.00"}]
    return Terms.model_validate(data)


def other_rules(random: Random) -> RefundRuleTable:
    """The law with another limit of nights since 2023."""
    data = shelter_refund_rules().model_dump(mode="json")
    data["rules"][1]["nights_per_running_year"] = random.choice((30, 90, 300))
    return RefundRuleTable.model_validate(data)


class Wronged(Teller):
    """A ledger that was told wrong things, and adopts what is right."""

    def close_books(self) -> list[str]:
        """Close the books of all that has happened."""
        with closing(Views(self.path / "views.sqlite")) as views:
            for name in CLOSED:
                self.door.close_period(name, lambda: "sound", look_at(self.door, views, name))
        return self.reports()

    def reports(self) -> list[str]:
        """What was reported of each closed period, as it is told now."""
        with closing(Views(self.path / "views.sqlite")) as views:
            views.catch_up(self.door.log)
            assert broken(self.door, views) == []
            found = closings(self.door, self.door.log.head()[0])
            return [as_reported(self.door, views, each)[0].text() for each in found]

    def ofl(self, *words: str) -> str:
        done = CliRunner().invoke(app, ["--ledger", str(self.path), *words], env=_ENV)
        assert done.exit_code == 0, (words, done.output, done.exception)
        return done.stdout

    def adopt(self, changes: list[_Change]) -> dict[str, Any]:
        """Adopt a scenario by the lines that it comes to, as they stand."""
        scenario, into = self.path / "right.json", self.path / "adopting"
        found = {"name": "right", "text": "As it was.", "changes": changes}
        scenario.write_text(f"{json.dumps(found, default=str)}\n", encoding="utf-8")
        head = self.door.log.head()
        plan: dict[str, Any] = json.loads(
            self.ofl("--json", "whatif", "adopt", str(scenario), "--into", str(into))
        )
        assert self.door.log.head() == head
        for each in plan["commands"]:
            for blank in each["fill_in"]:
                self._fill_in(into, blank)
            program, *words = shlex.split(each["command"])
            assert program == "ofl"
            self.ofl(*words)
        return plan

    def _fill_in(self, folder: Path, blank: dict[str, Any]) -> None:
        path = folder / blank["file"]
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        people = {self.ref(person): person for person in self.people}
        known = {"validator": "independent", "person_id": people.get(blank["subject"], "")}
        assert rows[blank["row"] - 2][blank["column"]] == ""
        rows[blank["row"] - 2][blank["column"]] = known[blank["column"]]
        with path.open("w", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    people: tuple[str, ...] = ()


_ENV = {"OFL_ACTOR": "anna", "COLUMNS": "200"}


FEW, MANY = 4, 100


@pytest.mark.parametrize("seed", parts(FEW, MANY))
def test_a_scenario_that_is_adopted_ends_as_right_from_the_start(seed: int) -> None:
    tale = drawn(seed)
    with scratch() as folder:
        told_right = Teller(Path(folder) / "right", tale.terms)
        told_right.door.enact(tale.rules)
        told_right.tell(tale.right, REACHES)
        told_right.assess()
        told_wrong = Wronged(Path(folder) / "wrong", tale.signed)
        told_wrong.people = tuple(tale.right.people)
        told_wrong.tell(tale.wrong, REACHES)
        told_wrong.assess()
        told_wrong.pay()
        reported = told_wrong.close_books()
        assert len(reported) == len(CLOSED)

        changes = tale.changes(told_wrong.ref)
        assert changes
        plan = told_wrong.adopt(changes)
        assert plan["otherwise"] == []
        told_wrong.assess()
        assert_alike(told_wrong, told_right)
        assert told_wrong.reports() == reported
        for teller in (told_right, told_wrong):
            teller.door.close()


DRAWN = {
    *(("enrolment", do) for do in ("remove", "replace")),
    *(("stay", do) for do in ("add", "remove", "replace")),
    *(("spell", do) for do in ("add", "replace")),
    *(("measurement", do) for do in ("add", "remove", "replace")),
    *(("move", do) for do in ("add", "remove", "replace")),
    *(("result", do) for do in ("add", "replace")),
    *(("tariff", "replace"), ("terms", ""), ("rule", "")),
}
"""What scenarios change, and how. That nobody was enrolled, or a spell or result is one too many,
is not drawn."""


def test_the_scenarios_that_are_drawn_change_everything() -> None:
    each = [
        {(change["kind"], change.get("do", "")) for change in drawn(seed).changes(str)}
        for seed in range(MANY)
    ]
    held = Counter(itertools.chain.from_iterable(each))
    assert set(held) == DRAWN
    assert min(held.values()) >= MANY // 10, held
    always = set[tuple[str, str]]().union(*each[:FEW])
    assert {kind for kind, _ in always} == {kind for kind, _ in DRAWN}
    assert {do for _, do in always} == {do for _, do in DRAWN}
