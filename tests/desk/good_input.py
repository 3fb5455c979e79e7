"""A good file of each kind, and a small ledger into which all of them have been imported."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from desk.intake import files
from ledger.commands.door import Done
from ledger.service import Ledger
from ledger.store.location import Location

TARIFFS = """\
shelter,valid_from,tariff,own_payment
herberg-nord,2020-01-01,1100.00,91.00
herberg-nord,2021-01-01,1131.00,92.00
natherberg-aaen,2020-01-01,1118.00,91.00
"""
ENROLMENTS = """\
agreement,person_id,enrolled_on
youth-1,QX-7001,2021-02-03
youth-1,QX-7002,2021-03-04
"""
STAYS = """\
stay_id,person_id,shelter,admitted,discharged
ST-501,QX-7001,herberg-nord,2020-05-06,2020-06-07
ST-502,QX-7002,natherberg-aaen,2021-04-05,
"""
MEASUREMENTS = """\
agreement,person_id,milestone_months,measured_on,indicator,value,validator
youth-1,QX-7001,12,2022-02-09,no-shelter,yes,Validator Example ApS
youth-1,QX-7001,12,2022-02-09,self-mastery,7,Validator Example ApS
"""
BANK = """\
account,line_id,booked_on,amount,reference,text
dsi,2021-001,2021-01-11,-500000.00,,"hemmelig overførsel, træk 1"
aarhus,2021-002,2021-01-12,250000.00,,
"""
TERMS = """\
agreement: youth-1
title: Housing First for young people (invented)
currency: DKK
signed_on: 2020-12-15
starts_on: 2021-01-01
ends_on: 2028-12-31
people: 2
parties:
  - {id: state-fund, name: State outcome fund, roles: [outcome_payer]}
  - {id: aarhus, name: Aarhus Kommune, roles: [co_payer, provider]}
  - {id: dsi, name: Den Sociale Investeringsfond, roles: [investor]}
  - {id: council-fund, name: Investment fund of the council, roles: [investor]}
  - {id: bikuben, name: Bikubenfonden, roles: [guarantor]}
investment:
  - investor: dsi
    amount: 500000.00
  - investor: council-fund
    amount: 500000.00
guarantee:
  guarantor: bikuben
  kind: first_loss
  amount: 100000.00
refund_law:
  table: dk-shelter-refund
  on_change: follow
indicators:
  - {id: no-shelter, title: Does not use a shelter, kind: yes_no}
  - {id: self-mastery, title: Mastery of one's own life, kind: score_0_10}
metrics:
  - id: shelter-nights-saved
    kind: shelter_nights_saved
    measured_at_months: [12, 24]
    achieved_when:
      indicator: no-shelter
      equals: yes
    counterfactual:
      nights_per_year: 240
      reference_tariffs:
        - {valid_from: 2021-01-01, per_night: 1180.00, own_payment: 91.00}
    state_side:
      payer: state-fund
      share: 1.00
    municipal_side:
      payer: aarhus
      share: 0.27
caps:
  - {scope: person, limit: 645000.00}
  - {scope: agreement, limit: 1200000.00}
rounding:
  residual_payer: state-fund
  residual_investor: dsi
"""

GOOD = {
    "terms": TERMS,
    "tariffs": TARIFFS,
    "enrolments": ENROLMENTS,
    "stays": STAYS,
    "measurements": MEASUREMENTS,
    "bank": BANK,
}
"""A good file of each kind, in the order in which they are imported."""


def file_name(kind: str) -> str:
    return "terms.yaml" if kind == "terms" else f"{kind}.csv"


def bring(ledger: Ledger, kind: str, path: Path, covers_until: date | None = None) -> Done:
    """Read a file and import it, as `ofl` does."""
    match kind:
        case "terms":
            return ledger.sign(*files.read_terms(path))
        case "tariffs":
            return ledger.import_tariffs(files.read_tariffs(path))
        case "enrolments":
            return ledger.import_enrolments(files.read_enrolments(path))
        case "stays":
            return ledger.import_stays(files.read_stays(path), covers_until)
        case "measurements":
            return ledger.import_measurements(files.read_measurements(path))
        case "bank":
            return ledger.import_bank(files.read_bank(path))[0]
    raise AssertionError(kind)


def small_ledger(
    folder: Path, good: Mapping[str, str] = GOOD, place: Location | None = None
) -> Ledger:
    """A ledger into which all the good files have been imported; in the folder or elsewhere."""
    ledger = Ledger.create(
        place or folder / "ledger",
        "Outcome fund (invented)",
        "DKK",
        "demo",
        actor="anna",
        key_file=folder / "vault.key" if place else None,
    )
    for kind, text in good.items():
        path = folder / file_name(kind)
        path.write_text(text, encoding="utf-8")
        bring(ledger, kind, path)
    return ledger
