"""A made-up year of a payer's bank: what was sent, the statements, and what must stay open.

It knows nothing of how lines are matched. Each payment is given a fate, and whoever makes the
statements knows from the fate what no honest reconciliation can explain. Amounts are øre.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from xml.sax.saxutils import escape

PAYER, PAYEES = "bikuben", ("dsi", "council-fund")
FEE_MOST = 50_00
_FROM = date(2024, 1, 2)
_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def iban(number: int) -> str:
    """A Danish IBAN with right check digits."""
    digits = f"0400{number:010d}"
    check = 98 - int(f"{digits}132000") % 97
    return f"DK{check:02d}{digits}"


ACCOUNTS = {name: iban(7_000_001 + n) for n, name in enumerate((PAYER, *PAYEES))}


@dataclass(frozen=True, slots=True)
class Sent:
    """A payment that the bank was told to make."""

    name: str
    end_to_end: str
    payee: str
    minor: int
    sent_on: date
    message: str


@dataclass(frozen=True, slots=True)
class Part:
    """A transfer as a statement tells of it."""

    minor: int
    end_to_end: str = ""
    text: str = ""
    payee: str = ""
    returned: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a statement; `tag` stands in its text and names it here."""

    tag: str
    day: date
    minor: int
    parts: tuple[Part, ...]
    reversal: bool = False
    servicer: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Open:
    """What must be told: its kind, what it is named, how much, what it might be."""

    kind: str
    name: str
    minor: int | None
    candidates: tuple[str, ...] = ()


@dataclass
class Year:
    """A year, as it is made."""

    random: Random
    sent: list[Sent] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    open: set[Open] = field(default_factory=set)
    files: dict[str, str] = field(default_factory=dict)
    until: date = _FROM
    missing: date = date.max
    plain: dict[str, int] = field(default_factory=dict)
    """By tag: which payments a statement that is lost would have shown."""
    fates: dict[str, int] = field(default_factory=dict)


def make(random: Random, payments: int, days: int = 250) -> Year:
    """A year of at least so many payments."""
    year = Year(random)
    calendar = _working_days(days)
    year.until = calendar[-1]
    year.missing = random.choice(calendar[5:-5])
    while len(year.sent) < payments:
        fate = random.choices(list(FATES), weights=list(FATES.values()))[0]
        # Every fate at least once, if there is room for it.
        rare = [each for each in FATES if each.__name__ not in year.fates]
        fate = rare[0] if rare else fate
        year.fates[fate.__name__] = year.fates.get(fate.__name__, 0) + 1
        fate(year, random.choice(calendar[:-12]))
    _bank_lines(year, calendar)
    _statements(year, calendar)
    return year


def _working_days(count: int) -> list[date]:
    days: list[date] = []
    day = _FROM
    while len(days) < count:
        if day.isoweekday() < 6:
            days.append(day)
        day += timedelta(days=1)
    return days


# --- fates of payments --------------------------------------------------------------------------


def _new(year: Year, day: date, minor: int = 0, payee: str = "", message: str = "") -> Sent:
    number = len(year.sent) + 1
    sent = Sent(
        name=f"youth-1-P{number:05d}",
        end_to_end=f"E{year.random.getrandbits(64):016x}",
        payee=payee or year.random.choice(PAYEES),
        # No two amounts are alike unless a fate wants it; fees are far smaller.
        minor=minor or 1_000_00 + number * 101_07,
        sent_on=day,
        message=message or f"MSG-{day:%Y%m%d}",
    )
    year.sent.append(sent)
    return sent


def _later(year: Year, day: date, most: int = 2) -> date:
    """A working day soon after, whose statement is not lost."""
    while True:
        found = day + timedelta(days=year.random.randint(0, most))
        if found.isoweekday() < 6 and found != year.missing:
            return found
        most += 1


def _line(year: Year, day: date, minor: int, *parts: Part, reversal: bool = False) -> Entry:
    tag = f"line-{len(year.entries):06d}"
    servicer = f"BANK{len(year.entries):08d}" if year.random.random() < 0.7 else ""
    entry = Entry(tag, day, minor, parts, reversal=reversal, servicer=servicer)
    year.entries.append(entry)
    return entry


def _named(sent: Sent, minor: int | None = None, returned: str = "") -> Part:
    return Part(-sent.minor if minor is None else minor, sent.end_to_end, "", sent.payee, returned)


def paid(year: Year, day: date) -> None:
    """As it should be."""
    sent = _new(year, day)
    booked = day + timedelta(days=year.random.randint(0, 2))
    while booked.isoweekday() > 5:
        booked += timedelta(days=1)
    entry = _line(year, booked, -sent.minor, _named(sent))
    year.plain[entry.tag] = len(year.sent) - 1


def failed(year: Year, day: date) -> None:
    """Booked, and reversed by the bank itself."""
    sent = _new(year, day)
    booked = _later(year, day)
    _line(year, booked, -sent.minor, _named(sent))
    _line(year, _later(year, booked), sent.minor, _named(sent, sent.minor), reversal=True)


def returned(year: Year, day: date) -> None:
    """Paid, and sent back some days later: the account is closed."""
    sent = _new(year, day)
    booked = _later(year, day)
    _line(year, booked, -sent.minor, _named(sent))
    back = _later(year, booked + timedelta(days=3), 4)
    _line(year, back, sent.minor, _named(sent, sent.minor, "AC04"))


def paid_twice(year: Year, day: date) -> None:
    """The bank paid twice and does not know it: the later line has nothing to be."""
    sent = _new(year, day)
    booked = _later(year, day)
    _line(year, booked, -sent.minor, _named(sent))
    again = _line(year, _later(year, booked + timedelta(days=1)), -sent.minor, _named(sent))
    year.open.add(Open("line-again", again.tag, -sent.minor, (sent.name,)))


def paid_twice_and_undone(year: Year, day: date) -> None:
    """The bank paid twice and took one back."""
    sent = _new(year, day)
    booked = _later(year, day)
    again = _later(year, booked + timedelta(days=1))
    _line(year, booked, -sent.minor, _named(sent))
    _line(year, again, -sent.minor, _named(sent))
    _line(year, _later(year, again), sent.minor, _named(sent, sent.minor), reversal=True)


def merged_and_told(year: Year, day: date) -> None:
    """One line for several, with each of them in it."""
    together = [_new(year, day) for _ in range(year.random.randint(2, 5))]
    _line(year, _later(year, day), -sum(each.minor for each in together), *map(_named, together))


def merged_with_a_stranger(year: Year, day: date) -> None:
    """One line for several, one of which is nobody's here."""
    together = [_new(year, day) for _ in range(2)]
    strange = 777_13 + len(year.entries)
    parts = [*map(_named, together), Part(-strange, "UNHEARD-OF", "", "")]
    total = strange + sum(each.minor for each in together)
    entry = _line(year, _later(year, day), -total, *parts)
    year.open.add(Open("line-unknown", f"{entry.tag}#3", -strange))


def merged_in_silence(year: Year, day: date) -> None:
    """One line for a whole file of payments, and only its sum."""
    message = f"BATCH-{len(year.sent):05d}"
    together = [_new(year, day, message=message) for _ in range(year.random.randint(2, 5))]
    total = sum(each.minor for each in together)
    _line(year, _later(year, day), -total, Part(-total, "", "Overførsler", ""))


def merged_and_named(year: Year, day: date) -> None:
    """One line for several, which names them in its text."""
    together = [_new(year, day) for _ in range(year.random.randint(2, 3))]
    total = sum(each.minor for each in together)
    text = "vedr. " + ", ".join(each.name for each in together)
    _line(year, _later(year, day), -total, Part(-total, "", text, ""))


def named_in_text(year: Year, day: date) -> None:
    """The bank lost the reference; the text has the payment's name, as banks write it."""
    sent = _new(year, day)
    text = f"Betaling {sent.name.upper()} tak"
    _line(year, _later(year, day), -sent.minor, Part(-sent.minor, "", text, ""))


def little_fee(year: Year, day: date) -> None:
    """The bank took its fee in the same line."""
    sent = _new(year, day)
    cost = sent.minor + year.random.choice((1, 20_00, FEE_MOST))
    _line(year, _later(year, day), -cost, _named(sent, -cost))


def large_fee(year: Year, day: date) -> None:
    """The line is more than the payment by more than any fee."""
    sent = _new(year, day)
    cost = sent.minor + FEE_MOST + year.random.choice((1, 100_00))
    entry = _line(year, _later(year, day), -cost, _named(sent, -cost))
    year.open.add(Open("line-amount", entry.tag, -cost, (sent.name,)))
    year.open.add(Open("item-overdue", sent.name, -sent.minor))


def in_parts(year: Year, day: date) -> None:
    """Paid in two or three lines."""
    sent = _new(year, day)
    _parts(year, sent, sent.minor)


def _parts(year: Year, sent: Sent, minor: int) -> None:
    first = minor // 3
    for part in (first, minor - first):
        _line(year, _later(year, sent.sent_on), -part, _named(sent, -part))


def part_is_missing(year: Year, day: date) -> None:
    """Paid in two lines, which are not all of it."""
    sent = _new(year, day)
    paid_so_far = sent.minor - 123_45
    _parts(year, sent, paid_so_far)
    year.open.add(Open("item-part", sent.name, -123_45))


def wrong_reference(year: Year, day: date) -> None:
    """The reference is garbled, but nothing else of that amount went to that account."""
    sent = _new(year, day)
    garbled = sent.end_to_end[:-1] + "?"
    _line(year, _later(year, day), -sent.minor, Part(-sent.minor, garbled, "", sent.payee))


def wrong_reference_to_nowhere(year: Year, day: date) -> None:
    """The reference is garbled, and the account is not told."""
    sent = _new(year, day)
    entry = _line(year, _later(year, day), -sent.minor, Part(-sent.minor, "LØN", "", ""))
    year.open.add(Open("line-uncertain", entry.tag, -sent.minor, (sent.name,)))
    year.open.add(Open("item-overdue", sent.name, -sent.minor))


def two_alike(year: Year, day: date) -> None:
    """Two payments of one amount to one account, and two lines without a name."""
    first = _new(year, day)
    second = _new(year, day, minor=first.minor, payee=first.payee)
    names = (first.name, second.name)
    for _ in names:
        entry = _line(
            year, _later(year, day), -first.minor, Part(-first.minor, "", "", first.payee)
        )
        year.open.add(Open("line-uncertain", entry.tag, -first.minor, names))
    for each in (first, second):
        year.open.add(Open("item-overdue", each.name, -each.minor))


def never_paid(year: Year, day: date) -> None:
    """The bank did nothing."""
    sent = _new(year, day)
    year.open.add(Open("item-overdue", sent.name, -sent.minor))


def too_late_to_tell(year: Year, day: date) -> None:
    """The line without a name comes so late that it may be something else."""
    sent = _new(year, day)
    booked = _later(year, day + timedelta(days=11), 3)
    entry = _line(year, booked, -sent.minor, Part(-sent.minor, "", "", sent.payee))
    year.open.add(Open("line-unknown", entry.tag, -sent.minor))
    year.open.add(Open("item-overdue", sent.name, -sent.minor))


FATES: dict[Callable[[Year, date], None], float] = {
    paid: 800,
    failed: 10,
    returned: 10,
    paid_twice: 5,
    paid_twice_and_undone: 5,
    merged_and_told: 15,
    merged_with_a_stranger: 5,
    merged_in_silence: 15,
    merged_and_named: 10,
    named_in_text: 30,
    little_fee: 15,
    large_fee: 5,
    in_parts: 15,
    part_is_missing: 5,
    wrong_reference: 20,
    wrong_reference_to_nowhere: 5,
    two_alike: 5,
    never_paid: 5,
    too_late_to_tell: 3,
}
"""What happens to payments, and how often in a thousand or so."""


# --- what the bank does besides -----------------------------------------------------------------


def _bank_lines(year: Year, calendar: list[date]) -> None:
    for number, day in enumerate(calendar[::20]):
        booked = _later(year, day)
        fee = _line(year, booked, -(75 + number), Part(-(75 + number), "", "Gebyr", ""))
        year.open.add(Open("line-unknown", fee.tag, fee.minor))
        gift = _line(year, booked, 9_99 + number, Part(9_99 + number, "DONATION", "Tak", ""))
        year.open.add(Open("line-unknown", gift.tag, gift.minor))
    year.until = max(calendar[-1], *(entry.day for entry in year.entries))


def _statements(year: Year, calendar: list[date]) -> None:
    """One file a day; one is lost, one comes twice, one repeats a line, one is added up wrong."""
    by_day: dict[date, list[Entry]] = {day: [] for day in calendar}
    for entry in year.entries:
        by_day.setdefault(entry.day, []).append(entry)
    days = sorted(by_day)
    safe = [n for n, day in enumerate(days[2:-2], 2) if _apart(days, n, year.missing)]
    wrong, twice, repeats = sorted(year.random.sample(safe[::3], 3))
    balance = 90_000_000_00
    for number, day in enumerate(days):
        lines = by_day[day]
        year.random.shuffle(lines)
        name, opening = f"ST-{day:%Y%m%d}", balance
        balance += sum(each.minor for each in lines)
        closing = balance
        if day == year.missing:
            after = days[number + 1]
            year.open |= set(_lost(year, lines))
            lost = sum(each.minor for each in lines)
            year.open.add(Open("statement-gap", f"ST-{after:%Y%m%d}", lost))
            continue
        shown = list(lines)
        if number == repeats:
            again = replace(year.random.choice(_known(by_day, days[:number], year.missing)))
            shown.append(again)
            year.open.add(Open("statement-balance", name, -again.minor))
        if number == wrong:
            closing += 17_00
            year.open.add(Open("statement-balance", name, 17_00))
            year.open.add(Open("statement-continuity", f"ST-{days[number + 1]:%Y%m%d}", -17_00))
        text = _xml(name, number + 1, day, opening, closing, shown)
        year.files[f"{name}.xml"] = text
        if number == twice:
            year.files[f"{name}-again.xml"] = text.replace("<MsgId>M", "<MsgId>N")


def _apart(days: list[date], number: int, missing: date) -> bool:
    return missing not in days[number - 2 : number + 3]


def _known(by_day: dict[date, list[Entry]], days: list[date], missing: date) -> list[Entry]:
    """Lines to which the bank gave a number of its own, so that they are known again."""
    every = (entry for day in days if day != missing for entry in by_day[day])
    return [entry for entry in every if entry.servicer]


def _lost(year: Year, lines: list[Entry]) -> Iterator[Open]:
    """What nobody sees of a day: only payments that were as they should be are booked on it."""
    for entry in lines:
        sent = year.sent[year.plain[entry.tag]]
        yield Open("item-overdue", sent.name, -sent.minor)


def _kroner(minor: int) -> str:
    return f"{abs(minor) // 100}.{abs(minor) % 100:02d}"


def _sign(minor: int) -> str:
    return "DBIT" if minor < 0 else "CRDT"


def _xml(name: str, number: int, day: date, opening: int, closing: int, lines: list[Entry]) -> str:
    balances = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="DKK">{_kroner(minor)}</Amt><CdtDbtInd>{_sign(minor)}</CdtDbtInd>'
        f"<Dt><Dt>{day}</Dt></Dt></Bal>"
        for kind, minor in (("OPBD", opening), ("CLBD", closing))
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{_NAMESPACE}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M{name}</MsgId><CreDtTm>{day}T23:00:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>{name}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb>"
        f"<CreDtTm>{day}T23:00:00</CreDtTm>"
        f"<FrToDt><FrDtTm>{day}T00:00:00</FrDtTm><ToDtTm>{day}T23:59:59</ToDtTm></FrToDt>"
        f"<Acct><Id><IBAN>{ACCOUNTS[PAYER]}</IBAN></Id><Ccy>DKK</Ccy></Acct>"
        f"{balances}{''.join(map(_entry, lines))}</Stmt></BkToCstmrStmt></Document>\n"
    )


def _entry(entry: Entry) -> str:
    servicer = f"<AcctSvcrRef>{entry.servicer}</AcctSvcrRef>" if entry.servicer else ""
    reversal = "<RvslInd>true</RvslInd>" if entry.reversal else ""
    details = "".join(_part(each) for each in entry.parts)
    return (
        f'<Ntry><Amt Ccy="DKK">{_kroner(entry.minor)}</Amt>'
        f"<CdtDbtInd>{_sign(entry.minor)}</CdtDbtInd>{reversal}<Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{entry.day}</Dt></BookgDt><ValDt><Dt>{entry.day}</Dt></ValDt>{servicer}"
        f"<NtryDtls>{details}</NtryDtls><AddtlNtryInf>{entry.tag}</AddtlNtryInf></Ntry>"
    )


def _part(part: Part) -> str:
    refs = f"<EndToEndId>{escape(part.end_to_end)}</EndToEndId>" if part.end_to_end else ""
    party = ""
    if part.payee and part.minor < 0:
        account = f"<CdtrAcct><Id><IBAN>{ACCOUNTS[part.payee]}</IBAN></Id></CdtrAcct>"
        party = f"<RltdPties>{account}</RltdPties>"
    text = f"<RmtInf><Ustrd>{escape(part.text)}</Ustrd></RmtInf>" if part.text else ""
    back = f"<RtrInf><Rsn><Cd>{part.returned}</Cd></Rsn></RtrInf>" if part.returned else ""
    return (
        f'<TxDtls><Refs>{refs}</Refs><Amt Ccy="DKK">{_kroner(part.minor)}</Amt>'
        f"<CdtDbtInd>{_sign(part.minor)}</CdtDbtInd>{party}{text}{back}</TxDtls>"
    )
