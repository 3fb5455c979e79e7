"""What a scenario comes to, in tables; what is left out of a list is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from rich.table import Table

from desk.adoption import LINES as LINES_FILE
from desk.adoption import Adoption
from desk.cli.session import Session
from ledger.money import ZERO, Amount, total
from ledger.parties import Role
from projections.whatif.compare import Compared, Owed
from projections.whatif.scenario import Scenario

LINES = 20
"""How many outcomes, and payments, are listed if nothing else is said."""


def say(session: Session, *lines: str) -> None:
    """Print lines as they are."""
    for line in lines:
        session.console.print(line, markup=False, soft_wrap=True)


def print_hash(session: Session, scenario: Scenario) -> None:
    """The line that names a scenario by the hash of all that it supposes."""
    text = session.lang.say("whatif_hash", name=scenario.name, sha256=scenario.sha256)
    session.console.print(text, style="dim", markup=False, soft_wrap=True)


def show_compared(session: Session, found: Compared, against: str, limit: int | None) -> None:
    """Everything that was found, in tables; what is left out is counted."""
    lang, lines = session.lang, LINES if limit is None else limit
    counts = {
        "changed": lang.whole(found.changed),
        "outcomes": lang.whole(found.outcomes),
        "touched": lang.whole(len(found.agreements)),
        "agreements": lang.whole(found.looked_at),
    }
    say(session, lang.say("whatif_changes" if found.changed else "whatif_nothing", **counts))
    say(session, against)
    if found.unassessed:
        say(session, lang.say("whatif_unassessed", count=lang.whole(found.unassessed)))
    if found.undecided:
        amount = lang.amount(found.undecided_before)
        count = lang.whole(found.undecided)
        say(session, lang.say("whatif_undecided", count=count, amount=amount))
    if found.changed:
        say(session, "")
        for table in (_years, _owed, _returns):
            session.console.print(table(session, found))
        session.console.print(_payments(session, found, lines))
        _more(session, len(found.payments) - lines)
        session.console.print(_changes(session, found))
        _more(session, found.changed - len(found.first))
        say(session, lang.say("whatif_show"))


def show_adoption(
    session: Session,
    scenario: Scenario,
    adoption: Adoption,
    found: Compared,
    otherwise: Sequence[str],
) -> None:
    """The commands in their order, and what they come to."""
    lang = session.lang
    if not adoption.lines:
        say(session, lang.say("adopt_nothing", name=scenario.name))
        return
    session.console.print(lang.say("adopt_title", name=scenario.name), style="bold", markup=False)
    for number, line in enumerate(adoption.lines, start=1):
        duties = lang.say("adopt_or").join(lang.say(f"duty_{each.value}") for each in line.duties)
        say(session, "", lang.say("adopt_who", number=str(number), duties=duties))
        for blank in line.blanks:
            key = "adopt_blank_of" if blank.subject else "adopt_blank"
            where = {"file": blank.file, "row": str(blank.row), "column": blank.column}
            say(session, "  " + lang.say(key, subject=blank.subject, **where))
        say(session, f"  {line.typed}")
    say(session, "", lang.say("adopt_folder", folder=str(adoption.folder), file=LINES_FILE))
    if found.changed:
        sums = {
            "to_pay": lang.amount(total(each.to_pay for each in found.owed)),
            "to_claw_back": lang.amount(total(each.to_claw_back for each in found.owed)),
        }
        say(session, lang.say("adopt_then", changed=lang.whole(found.changed), **sums))
    if otherwise:
        say(session, lang.say("adopt_otherwise", count=lang.whole(len(otherwise))))
        say(session, *(f"  {claim}" for claim in otherwise[:LINES]))
        _more(session, len(otherwise) - LINES)


def _more(session: Session, count: int) -> None:
    if count > 0:
        say(session, session.lang.say("whatif_more", count=session.lang.whole(count)))


def _totals(session: Session, table: Table, before: int, *amounts: Amount) -> None:
    """A last row with totals, after so many columns."""
    names = [session.lang.say("total"), *[""] * (before - 1)]
    table.add_section()
    table.add_row(*names, *map(session.lang.amount, amounts))


def _years(session: Session, found: Compared) -> Table:
    numbers = ("whatif_changed", "whatif_before", "whatif_after", "difference")
    table = session.table("title_whatif_years", "agreement", "year", *numbers, right=numbers)
    lang = session.lang
    for each in found.years:
        table.add_row(
            each.agreement,
            str(each.year),
            lang.whole(each.changed),
            lang.amount(each.before),
            lang.amount(each.after),
            lang.amount(each.after - each.before),
        )
    before, after = (total(getattr(e, side) for e in found.years) for side in ("before", "after"))
    table.add_section()
    sums = map(lang.amount, (before, after, after - before))
    table.add_row(lang.say("total"), "", lang.whole(found.changed), *sums)
    return table


def _owed(session: Session, found: Compared) -> Table:
    numbers = (
        "whatif_before", "whatif_after", "difference", "whatif_to_pay", "whatif_to_claw_back",
    )  # fmt: skip
    heads = ("agreement", "payer", "payee")
    table = session.table("title_whatif_owed", *heads, *numbers, right=numbers)
    lang = session.lang
    for each in found.owed:
        amounts = (each.before, each.after, each.difference, each.to_pay, each.to_claw_back)
        table.add_row(each.agreement, each.payer, each.payee, *map(lang.amount, amounts))
    names = ("before", "after", "difference", "to_pay", "to_claw_back")
    sums = (total(getattr(each, name) for each in found.owed) for name in names)
    _totals(session, table, len(heads), *sums)
    return table


def _returns(session: Session, found: Compared) -> Table:
    numbers = (
        "paid_in", "whatif_before", "whatif_multiple_before", "whatif_after",
        "whatif_multiple_after",
    )  # fmt: skip
    heads = ("agreement", "investor")
    table = session.table("title_whatif_returns", *heads, *numbers, right=numbers)
    lang = session.lang
    for each in found.returns:
        table.add_row(
            each.agreement,
            each.investor,
            lang.amount(each.paid_in),
            lang.amount(each.before),
            _multiple(session, each.before, each.paid_in),
            lang.amount(each.after),
            _multiple(session, each.after, each.paid_in),
        )
    return table


def _multiple(session: Session, entitled: Amount, paid_in: Amount) -> str:
    """What comes back of each krone paid in, in percent with one decimal."""
    if paid_in == ZERO:
        return "–"
    share = Decimal(entitled.minor) / Decimal(paid_in.minor)
    return session.lang.percent(share.quantize(Decimal("0.001")))


def _payments(session: Session, found: Compared, lines: int) -> Table:
    heads = ("agreement", "payment", "state", "payer", "payee")
    numbers = ("outcomes", "amount", "difference")
    table = session.table("title_whatif_payments", *heads, *numbers, right=numbers)
    lang = session.lang
    for each in found.payments[:lines]:
        table.add_row(
            each.agreement,
            each.payment or "–",
            lang.say(each.state),
            each.payer,
            each.payee,
            lang.whole(each.outcomes),
            lang.amount(each.amount) if each.payment else "–",
            lang.amount(each.difference),
        )
    table.add_section()
    blank = [""] * (len(heads) + 1)
    whole = lang.amount(total(each.difference for each in found.payments))
    table.add_row(lang.say("total"), *blank, whole)
    return table


def _changes(session: Session, found: Compared) -> Table:
    """A line for every payer of every outcome that is listed."""
    heads = ("whatif_claim", "whatif_achieved_on", "payer")
    numbers = ("whatif_before", "whatif_after", "difference")
    table = session.table("title_whatif_changes", *heads, *numbers, right=numbers)
    lang = session.lang
    for each in found.first:
        first = (each.claim, lang.day(each.period.end))
        for (payer, _), (before, after) in each.by_payer.items():
            amounts = map(lang.amount, (before, after, after - before))
            table.add_row(*first, payer, *amounts)
            first = ("", "")
        said = f"whatif_waits_{each.waits.value}" if each.waits else "whatif_missed"
        if each.waits or not each.achieved_after:
            table.add_row(*first, "", "", lang.say(said), "")
    return table


_Key = tuple[str, str, Role, str]


def _side_row(key: _Key, one: Mapping[_Key, Owed], two: Mapping[_Key, Owed]) -> list[Amount]:
    """What is recorded, and under each scenario; one that does not touch it leaves it as it is."""
    either = one.get(key) or two[key]
    return [
        either.before,
        *(side[key].after if key in side else either.before for side in (one, two)),
    ]


def show_sides(
    session: Session, scenarios: Sequence[Scenario], answers: Sequence[Compared]
) -> None:
    """What is owed as recorded and under each scenario, by payer and investor."""
    lang = session.lang
    one, two = (
        {(e.agreement, e.payer, e.role, e.payee): e for e in each.owed} for each in answers[:2]
    )
    table = session.table("title_whatif_sides", "agreement", "payer", "payee")
    for name in (lang.say("whatif_recorded"), *(each.name for each in scenarios)):
        table.add_column(name, justify="right", overflow="fold")
    sums = [ZERO, ZERO, ZERO]
    for key in sorted({*one, *two}):
        row = _side_row(key, one, two)
        sums = [whole + each for whole, each in zip(sums, row, strict=True)]
        agreement, payer, _, payee = key
        table.add_row(agreement, payer, payee, *map(lang.amount, row))
    _totals(session, table, 3, *sums)
    session.console.print(table)
