"""The files that people bring: one model and one function for each kind."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from desk.intake.table import MAY_BE_LEFT_OUT, read_table, read_text
from ledger.dates import parse_date
from ledger.decide.people import SetUp
from ledger.decide.refusal import AgainstTerms, FileRefused, Finding
from ledger.decide.rows import (
    BankRow,
    Batch,
    EnrolmentRow,
    MeasurementRow,
    RefundRow,
    ResultRow,
    SpellRow,
    StayRow,
)
from ledger.facts import Quality, Source, Stay, Tariff, TimeSpell, Use, Validation
from ledger.metrics.base import ALL
from ledger.model import Identifier, Model, Text
from ledger.money import ZERO, Amount
from ledger.shelter.rules import RefundRuleTable
from ledger.terms.agreement import Terms
from ledger.terms.reader import UnreadableTermsError, read_model
from projections.assumptions import Assumptions, unfit
from projections.forecast import Forecast
from projections.portfolio import Portfolio
from projections.whatif.scenario import Change, RulesChange, Scenario, WholeTerms

_M = TypeVar("_M", bound=Model)
TERMS_BYTES_MAX = 1_000_000
YEARS = range(1900, 2100)
"""Years that a day may lie in: 2206 is a slip, and 9999-12-31 is some registers' "still open"."""

# Letters of the Nordic alphabets, composed: what looks alike must be the same id.
_LETTER = "0-9A-Za-zÀ-ÖØ-öø-ÿ"
_ID = re.compile(rf"[{_LETTER}][{_LETTER} ._:/#()+-]{{0,199}}")
_QUARTER = re.compile(r"([0-9]{4})-Q([1-4])", re.ASCII)
_COUNT = re.compile(r"0|[1-9][0-9]{0,6}", re.ASCII)
_MONTHS = re.compile(r"0|[1-9][0-9]{0,2}", re.ASCII)


def _day(text: str) -> date:
    try:
        day = parse_date(text)
    except ValueError:
        message = "write a day that exists, as 2024-02-29: year, month, day"
        raise ValueError(message) from None
    if day.year not in YEARS:
        message = f"the year must be from {YEARS.start} to {YEARS.stop - 1}"
        raise ValueError(message)
    return day


def _amount(text: str) -> Amount:
    try:
        return Amount.parse(text)
    except ValueError:
        message = (
            "write the amount as 1507.00: two decimals after a point, "
            "nothing between the thousands, no currency"
        )
        raise ValueError(message) from None


def _price(text: str) -> Amount:
    amount = _amount(text)
    if amount < ZERO:
        message = "a tariff must not be below zero"
        raise ValueError(message)
    return amount


def _identity(text: str) -> str:
    if not _ID.fullmatch(text):
        message = (
            "an id starts with a letter or a digit; after that also spaces and . _ : / # ( ) + - "
            "may stand, at most 200 characters in all"
        )
        raise ValueError(message)
    return text


def _months(text: str) -> int:
    if not _MONTHS.fullmatch(text):
        message = "write whole months, such as 12"
        raise ValueError(message)
    return int(text)


Day = Annotated[date, BeforeValidator(_day)]
Money = Annotated[Amount, BeforeValidator(_amount)]
Price = Annotated[Amount, BeforeValidator(_price)]
Identity = Annotated[str, BeforeValidator(_identity)]
Months = Annotated[int, BeforeValidator(_months)]
Remark = Annotated[str, Field(max_length=500)]


class TariffLine(Model):
    """What a night at a shelter costs from a day on."""

    shelter: Identifier
    valid_from: Day
    tariff: Price
    own_payment: Price


class EnrolmentLine(Model):
    """A person entered an agreement's programme."""

    agreement: Identifier
    person_id: Identity
    enrolled_on: Day
    group: Annotated[Identifier | None, MAY_BE_LEFT_OUT] = None
    referred_on: Annotated[Day | None, MAY_BE_LEFT_OUT] = None
    born_on: Annotated[Day | None, MAY_BE_LEFT_OUT] = None


class StayLine(Model):
    """A stay at a shelter; `discharged` is empty while it lasts."""

    stay_id: Identity
    person_id: Identity
    shelter: Identifier
    admitted: Day
    discharged: Day | None = None

    @field_validator("discharged")
    @classmethod
    def _in_order(cls, value: date | None, info: ValidationInfo) -> date | None:
        admitted = info.data.get("admitted")
        if value is not None and admitted is not None and value < admitted:
            message = "the stay ends before it begins; correct the day here or under admitted"
            raise ValueError(message)
        return value


Status = Annotated[Validation, MAY_BE_LEFT_OUT]
Purpose = Annotated[Use, MAY_BE_LEFT_OUT]
Evidence = Annotated[Text | None, MAY_BE_LEFT_OUT]


class MeasurementLine(Model):
    """What one indicator showed for a person; `milestone_months` is empty where there are none."""

    agreement: Identifier
    person_id: Identity
    milestone_months: Months | None = None
    measured_on: Day
    indicator: Identifier
    value: Text
    validator: Text
    status: Status = Validation.VALIDATED
    use: Purpose = Use.SUMMATIVE
    evidence: Evidence = None


class SpellLine(Model):
    """A time in which something held for a person; `ended` is empty while it lasts."""

    agreement: Identifier
    spell_id: Identity
    person_id: Identity
    indicator: Identifier
    started: Day
    ended: Day | None = None

    @field_validator("ended")
    @classmethod
    def _in_order(cls, value: date | None, info: ValidationInfo) -> date | None:
        started = info.data.get("started")
        if value is not None and started is not None and value < started:
            message = "the spell ends before it begins; correct the day here or under started"
            raise ValueError(message)
        return value


class ResultLine(Model):
    """What one indicator showed for a cohort; `cohort` is "all" for the agreement as a whole."""

    agreement: Identifier
    cohort: Identifier = ALL
    measured_on: Day
    indicator: Identifier
    value: Text
    validator: Text
    status: Status = Validation.VALIDATED
    use: Purpose = Use.SUMMATIVE
    evidence: Evidence = None


class BankLine(Model):
    """A line of a bank statement; money out is below zero, reference and text may be empty."""

    account: Identifier
    line_id: Identity
    booked_on: Day
    amount: Money
    reference: Remark = ""
    text: Remark = ""


def _quarter(text: str) -> tuple[int, int]:
    found = _QUARTER.fullmatch(text)
    if found is None or int(found[1]) not in YEARS:
        message = "write the quarter as 2024-Q3"
        raise ValueError(message)
    return int(found[1]), int(found[2])


def _nights(text: str) -> int:
    if not _COUNT.fullmatch(text):
        message = "write whole nights, such as 92"
        raise ValueError(message)
    return int(text)


QuarterCell = Annotated[tuple[int, int], BeforeValidator(_quarter)]
Nights = Annotated[int, BeforeValidator(_nights)]


class RefundLine(Model):
    """What a municipality claimed of the state for an agreement's people in a quarter."""

    municipality: Identifier
    agreement: Identifier
    quarter: QuarterCell
    nights: Nights
    refunded_nights: Nights
    refund: Money


class TermsRefused(FileRefused):
    """A terms file holds errors; a finding's row is the line, its column the path of keys."""

    def lines(self) -> list[str]:
        """A line per finding: file, line, message."""
        return [f"{self.file}, line {each.row}: {each.message}" for each in self.findings]


def read_tariffs(path: Path) -> Batch[Tariff]:
    """Read the tariffs of shelters."""
    return read_table(
        path,
        TariffLine,
        lambda line: Tariff(
            shelter=line.shelter,
            valid_from=line.valid_from,
            per_night=line.tariff,
            own_payment=line.own_payment,
        ),
    )


def read_enrolments(path: Path) -> Batch[EnrolmentRow]:
    """Read who was enrolled in which agreement."""
    return read_table(path, EnrolmentLine, enrolment_row)


def enrolment_row(line: EnrolmentLine) -> EnrolmentRow:
    """A row as it is decided on."""
    return EnrolmentRow(
        line.agreement,
        line.person_id,
        line.enrolled_on,
        line.group,
        line.referred_on,
        line.born_on,
    )


def read_stays(path: Path) -> Batch[StayRow]:
    """Read a shelter register's export."""
    return read_table(path, StayLine, stay_row)


def stay_row(line: StayLine) -> StayRow:
    """A row as it is decided on."""
    return StayRow(
        line.person_id,
        Stay(
            stay=line.stay_id,
            shelter=line.shelter,
            admitted=line.admitted,
            discharged=line.discharged,
        ),
    )


def read_measurements(path: Path) -> Batch[MeasurementRow]:
    """Read what a validator measured."""
    return read_table(path, MeasurementLine, measurement_row)


def measurement_row(line: MeasurementLine) -> MeasurementRow:
    """A row as it is decided on."""
    return MeasurementRow(
        line.agreement,
        line.person_id,
        line.milestone_months,
        line.measured_on,
        line.indicator,
        line.value,
        line.validator,
        _quality(line),
    )


def _quality(line: MeasurementLine | ResultLine) -> Quality:
    """What stands behind a measurement; validated and meant to be paid by if not said."""
    return Quality(status=line.status, use=line.use, evidence=line.evidence)


def read_spells(path: Path) -> Batch[SpellRow]:
    """Read times in which something held for people."""
    return read_table(path, SpellLine, spell_row)


def spell_row(line: SpellLine) -> SpellRow:
    """A row as it is decided on."""
    return SpellRow(
        line.agreement,
        line.person_id,
        TimeSpell(
            spell=line.spell_id,
            indicator=line.indicator,
            started=line.started,
            ended=line.ended,
        ),
    )


def read_results(path: Path) -> Batch[ResultRow]:
    """Read what a validator measured of cohorts."""
    return read_table(path, ResultLine, result_row)


def result_row(line: ResultLine) -> ResultRow:
    """A row as it is decided on."""
    return ResultRow(
        line.agreement,
        line.cohort,
        line.measured_on,
        line.indicator,
        line.value,
        line.validator,
        _quality(line),
    )


def read_bank(path: Path) -> Batch[BankRow]:
    """Read the lines of a bank statement."""
    return read_table(
        path,
        BankLine,
        lambda line: BankRow(
            line.account, line.line_id, line.booked_on, line.amount, line.reference, line.text
        ),
    )


def read_refunds(path: Path) -> Batch[RefundRow]:
    """Read what municipalities claimed of the state, by agreement and quarter."""
    return read_table(
        path,
        RefundLine,
        lambda line: RefundRow(
            line.municipality,
            line.agreement,
            line.quarter,
            line.nights,
            line.refunded_nights,
            line.refund,
        ),
    )


def read_terms(path: Path) -> tuple[Terms, Source]:
    """Read an agreement's terms.

    Raises:
        NotFound: if there is no file to read at the path.
        TermsRefused: with every problem found, in order of line.
    """
    return _read_yaml(path, Terms)


def read_rules(path: Path) -> RefundRuleTable:
    """Read a table of refund rules; its own `sources` say where it is from.

    Raises:
        NotFound: if there is no file to read at the path.
        TermsRefused: with every problem found, in order of line.
    """
    return _read_yaml(path, RefundRuleTable)[0]


def read_set_up(path: Path) -> SetUp:
    """Read who is let in first.

    Raises:
        NotFound: if there is no file to read at the path.
        TermsRefused: with every problem found, in order of line.
    """
    return _read_yaml(path, SetUp)[0]


def read_forecast(path: Path) -> Forecast:
    """Read the assumptions of a forecast.

    Raises:
        NotFound: if there is no file to read at the path.
        TermsRefused: with every problem found, in order of line.
    """
    return _read_yaml(path, Forecast)[0]


def read_assumptions(path: Path, terms: Terms) -> Assumptions:
    """Read what is assumed of an agreement.

    Raises:
        NotFound: if there is no file to read at the path.
        TermsRefused: with every problem found, in order of line.
        AgainstTerms: with everything in it that does not fit the terms.
    """
    assumed = _read_yaml(path, Assumptions)[0]
    if problems := unfit(terms, assumed):
        raise AgainstTerms("\n  ".join(f"{path.name}, {each}" for each in problems))
    return assumed


def _read_yaml(path: Path, model: type[_M]) -> tuple[_M, Source]:
    try:
        file = read_text(path, TERMS_BYTES_MAX)
        return read_model(file.text, model), Source(file=file.name, sha256=file.sha256)
    except UnreadableTermsError as error:
        findings = [Finding(each.line, each.path, each.message) for each in error.problems]
        raise TermsRefused(path.name, findings) from None
    except FileRefused as refused:
        raise TermsRefused(refused.file, refused.findings) from None


def read_portfolio(path: Path) -> Portfolio:
    """Read a portfolio as its sources publish it.

    Raises:
        NotFound: if there is no file to read at the path.
        TermsRefused: with every problem found, in order of line.
    """
    return _read_yaml(path, Portfolio)[0]


def read_scenario(path: Path) -> Scenario:
    """Read a scenario; the files that it names, beside it, are read into it.

    Raises:
        NotFound: if there is no file to read at the path.
        TermsRefused: with every problem found, in order of line.
    """
    scenario = _read_yaml(path, Scenario)[0]
    changes = tuple(_read_in(path.parent, each) for each in scenario.changes)
    return scenario.model_copy(update={"changes": changes})


def _read_in(folder: Path, change: Change) -> Change:
    """A change with what stands in the file that it names, if it names one."""
    match change:
        case WholeTerms(file=str(name)):
            day = change.model_dump(include={"valid_from"}, exclude_unset=True)
            return WholeTerms(kind="terms", terms=read_terms(folder / name)[0], **day)
        case RulesChange(file=str(name)):
            said = change.model_dump(include={"had_been"}, exclude_unset=True)
            return RulesChange(kind="rules", rules=read_rules(folder / name), **said)
    return change
