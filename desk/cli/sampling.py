"""`ofl sample …`: samples of payments, from the commitment to what they say of all."""

from __future__ import annotations

import secrets
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from desk.cli.session import Session
from desk.cli.values import amount, day, today
from desk.intake.sampling import read_examinations
from desk.intake.table import read_text
from ledger.decide.refusal import AgainstTerms
from ledger.decide.sampling import NONCE_HEX, Examination, hash_of
from ledger.decide.sampling_population import Rule
from ledger.decide.sampling_state import SampleState
from ledger.events import AdjustmentProposed, SampleClosed, SampleCommitted
from ledger.money import Amount, from_exact, rounded
from ledger.store.files import write_new

app = typer.Typer(
    help="Sample payments, before they are made or after, and say what that says of all of them.",
    no_args_is_help=True,
)
_NONCE_BYTES = 32
_PRIVATE = 0o600
Name = Annotated[str, typer.Argument(help="The sample.")]
On = Annotated[
    date | None, typer.Option("--on", parser=day, help="The day it counts; today if not given.")
]


class Purpose(StrEnum):
    """Before payment, or after it."""

    VALIDATION = "validation"
    AUDIT = "audit"


def _nonce(file: Path) -> str:
    """The nonce in a file.

    Raises:
        AgainstTerms: if there is none.
    """
    text = read_text(file, 1000).text.strip()
    if not NONCE_HEX.fullmatch(text):
        message = f"{file.name} holds no nonce: 32 to 128 digits of 0-9 and a-f on one line"
        raise AgainstTerms(message)
    return text


def _committed_hash(file: Path | None, sha256: str | None) -> str:
    """The hash to commit to: of the nonce in a file, made if there is none, or as given."""
    if (file is None) == (sha256 is None):
        message = "give --nonce FILE, or --nonce-sha256 of a nonce that you keep yourself"
        raise typer.BadParameter(message)
    if file is None:
        return sha256 or ""
    if not file.exists():
        write_new(file, (secrets.token_hex(_NONCE_BYTES) + "\n").encode(), _PRIVATE)
    return hash_of(_nonce(file))


@app.command()
def commit(  # noqa: PLR0913, PLR0917 - each option is a parameter
    context: typer.Context,
    sample: Annotated[str, typer.Argument(help="A name for it, such as audit-2025.")],
    purpose: Annotated[
        Purpose,
        typer.Option(help="validation: of what waits to be sent; audit: of what is settled."),
    ],
    agreement: Annotated[
        list[str] | None, typer.Option(help="Of this agreement; may be repeated. All if not given.")
    ] = None,
    payer: Annotated[str | None, typer.Option(help="Only what this party pays.")] = None,
    sent_from: Annotated[
        date | None,
        typer.Option(parser=day, help="Audit: only what was sent on this day or later."),
    ] = None,
    sent_until: Annotated[
        date | None, typer.Option(parser=day, help="Audit: only what was sent before this day.")
    ] = None,
    confidence: Annotated[str, typer.Option(help="How sure, from 0.5 to 0.999.")] = "0.95",
    tolerable: Annotated[
        Amount | None, typer.Option(parser=amount, help="What may at most be wrong.")
    ] = None,
    size: Annotated[
        int | None, typer.Option(min=1, help="How many øre to look up, instead or besides.")
    ] = None,
    nonce: Annotated[
        Path | None,
        typer.Option(help="The file of your nonce, made if it is not there. Show it to nobody."),
    ] = None,
    nonce_sha256: Annotated[
        str | None, typer.Option(help="The hash of a nonce that you keep elsewhere.")
    ] = None,
    on: On = None,
) -> None:
    """Fix what a sample is of, and commit to a nonce by its hash. Nothing of it can change then."""
    session: Session = context.obj
    rule = Rule(
        sample=sample,
        purpose=purpose.value,
        nonce_sha256=_committed_hash(nonce, nonce_sha256),
        confidence=_confidence(confidence),
        tolerable=tolerable,
        size=size,
        agreements=tuple(sorted(set(agreement or ()))),
        payer=payer,
        sent_from=sent_from,
        sent_until=sent_until,
    )
    with session.ledger() as ledger:
        done = ledger.commit_sample(rule, on or today())
    event = done.recorded[0].event
    assert isinstance(event, SampleCommitted)
    words = {"claims": event.claims, "population": session.lang.amount(event.population)}
    message = session.lang.say("sample_said_committed", sample=sample, **words)
    session.done(done.recorded, message, sample=sample, nonce_sha256=event.nonce_sha256)


def _confidence(text: str) -> Decimal:
    if not text.isascii() or not text.replace(".", "", 1).isdigit() or len(text) > len("0.999999"):
        message = "write the confidence as 0.95"
        raise typer.BadParameter(message)
    return Decimal(text)


@app.command()
def witness(context: typer.Context, sample: Name, on: On = None) -> None:
    """Give a sample the other half of its seed. Not by who committed to it."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.witness_sample(sample, on or today())
    session.done(done.recorded, session.lang.say("sample_said_witnessed", sample=sample))


@app.command()
def draw(
    context: typer.Context,
    sample: Name,
    nonce: Annotated[Path, typer.Option(help="The file of the nonce that was committed to.")],
    on: On = None,
) -> None:
    """Show the nonce, and draw: once, and never anew."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.draw_sample(sample, _nonce(nonce), on or today())
        count = len(ledger.sample(sample).require_drawn().items)
    session.done(done.recorded, session.lang.say("sample_said_drawn", sample=sample, count=count))


@app.command()
def examine(  # noqa: PLR0913, PLR0917 - each option is a parameter
    context: typer.Context,
    sample: Name,
    claim: Annotated[str | None, typer.Argument(help="A claim that was drawn.")] = None,
    audited: Annotated[
        Amount | None, typer.Argument(parser=amount, help="What should have been paid for it.")
    ] = None,
    evidence: Annotated[str, typer.Option(help="What shows it, such as a reference.")] = "",
    remark: Annotated[str, typer.Option(help="What was wrong. Nothing personal.")] = "",
    file: Annotated[
        Path | None, typer.Option(help="A CSV file with many: claim,audited,evidence,remark.")
    ] = None,
    on: On = None,
) -> None:
    """Record what should have been paid for what was drawn. Not by who acted in it."""
    session: Session = context.obj
    if (file is None) == (claim is None) or (claim and (audited is None or not evidence)):
        message = "give a claim, what should have been paid, and --evidence; or --file"
        raise typer.BadParameter(message)
    when = on or today()
    with session.ledger() as ledger:
        if file is not None:
            done = ledger.examine_sample_file(sample, read_examinations(file), when)
        else:
            found = Examination(claim or "", audited or Amount(0), remark, evidence)
            done = ledger.examine_sample(sample, found, when)
        state = ledger.sample(sample)
    drawn = len(state.require_drawn().items)
    left = drawn - len(state.examined)
    words = {"sample": sample, "count": len(done.recorded), "left": left, "drawn": drawn}
    session.done(done.recorded, session.lang.say("sample_said_examined", **words), left=left)


@app.command()
def close(context: typer.Context, sample: Name, on: On = None) -> None:
    """Say what the sample says of all that it was drawn from."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.close_sample(sample, on or today())
        tolerable = ledger.sample(sample).require_committed().tolerable
    event = done.recorded[0].event
    assert isinstance(event, SampleClosed)
    words = {
        "upper_limit": session.lang.amount(rounded(from_exact(event.upper_limit))),
        "tolerable": session.lang.amount(tolerable),
    }
    message = session.lang.say(f"sample_said_{event.conclusion}", sample=sample, **words)
    session.done(done.recorded, message, sample=sample, conclusion=event.conclusion)


@app.command()
def adjust(
    context: typer.Context,
    sample: Name,
    reason: Annotated[str, typer.Option(help="Why; it stays in the ledger.")],
    less_found: Annotated[
        bool,
        typer.Option("--less-found", help="Leave out what was found: it is corrected by itself."),
    ] = False,
    on: On = None,
) -> None:
    """Propose to adjust agreements by what an audit sample says; another person decides it."""
    session: Session = context.obj
    with session.ledger() as ledger:
        done = ledger.adjust_by_sample(sample, reason, on or today(), less_found=less_found)
    lines = []
    for each in done.recorded:
        assert isinstance(each.event, AdjustmentProposed)
        words = {
            "adjustment": each.event.adjustment,
            "amount": session.lang.amount(each.event.amount),
        }
        lines.append(session.lang.say("sample_said_adjusted", **words))
    session.done(done.recorded, "\n".join(lines), sample=sample)


# --- what there is ------------------------------------------------------------------------------


@app.command("list")
def list_samples(context: typer.Context) -> None:
    """Show every sample and how far it has come."""
    session: Session = context.obj
    with session.ledger() as ledger:
        samples = ledger.samples()
    found = [_row(state) for state in samples.values()]

    def show() -> None:
        lang = session.lang
        table = session.table(
            "title_samples", "sample", "purpose", "sample_claims", "sample_population",
            "sample_drawn", "sample_examined", "state",
            right=("sample_claims", "sample_population", "sample_drawn", "sample_examined"),
        )  # fmt: skip
        for state in samples.values():
            committed = state.require_committed()
            table.add_row(
                state.sample,
                lang.say(committed.purpose),
                lang.whole(committed.claims),
                lang.amount(committed.population),
                lang.whole(len(state.drawn.items)) if state.drawn else "–",
                lang.whole(len(state.examined)) if state.drawn else "–",
                stage_words(session, state),
            )
        session.console.print(table)

    session.answer({"samples": found}, show)


def stage_words(session: Session, state: SampleState) -> str:
    """How far a sample has come, in words."""
    return session.lang.say(f"stage_{state.stage}")


def _row(state: SampleState) -> dict[str, object]:
    committed = state.require_committed()
    return {
        "sample": state.sample,
        "purpose": committed.purpose,
        "stage": state.stage,
        "claims": committed.claims,
        "population": committed.population,
        "drawn": len(state.drawn.items) if state.drawn else None,
        "examined": len(state.examined),
    }


@app.command()
def show(context: typer.Context, sample: Name) -> None:
    """Show a sample: its seed, what was drawn, what was found, what it says."""
    session: Session = context.obj
    with session.ledger() as ledger:
        state = ledger.sample(sample)
    state.require_committed()

    def told() -> None:
        for line in _lines(session, state):
            session.console.print(line, markup=False, soft_wrap=True)
        if state.drawn is not None:
            _show_items(session, state)

    value = {
        **_row(state),
        "committed": state.committed,
        "committed_at": state.committed_at,
        "witnessed_at": state.witnessed_at,
        "draw": state.drawn,
        "examinations": [each for _, each in state.examined.values()],
        "closed": state.closed,
    }
    session.answer(value, told)


def _lines(session: Session, state: SampleState) -> list[str]:
    lang, committed = session.lang, state.require_committed()
    lines = [
        lang.say(
            "sample_head",
            sample=state.sample,
            purpose=lang.say(committed.purpose),
            stage=stage_words(session, state),
        ),
        lang.say(
            "sample_of",
            claims=lang.whole(committed.claims),
            population=lang.amount(committed.population),
            payments=lang.whole(len(committed.payments)),
            tolerable=lang.amount(committed.tolerable),
            confidence=lang.percent(committed.confidence),
            interval=lang.amount(committed.interval),
        ),
    ]
    steps = [("committed", state.committed_at, {"nonce_sha256": committed.nonce_sha256})]
    if state.witnessed_at is not None:
        steps.append(("witnessed", state.witnessed_at, {}))
    if state.drawn is not None:
        drawn = state.drawn
        words = {"nonce": drawn.nonce, "chain": drawn.chain, "start": lang.amount(drawn.start)}
        steps.append(("drawn", state.drawn_at, words))
    if state.closed is not None:
        closed = state.closed
        words = {
            "found": lang.amount(closed.found),
            "projected": _to_the_minor_unit(session, closed.projected),
            "upper_limit": _to_the_minor_unit(session, closed.upper_limit),
            "adjustment": lang.amount(closed.adjustment),
        }
        steps.append(("closed", state.closed_at, words))
    for step, at, words in steps:
        who = {"actor": state.actors[at], "position": str(at)}
        lines.append(lang.say(f"sample_{step}_by", **who, **words))
    return lines


def _to_the_minor_unit(session: Session, text: str) -> str:
    """An unrounded amount, to the øre."""
    exact: Fraction = from_exact(text)
    return session.lang.amount(rounded(exact))


def _show_items(session: Session, state: SampleState) -> None:
    lang = session.lang
    table = session.table(
        "title_sampled", "sample_claim", "sample_top", "sample_booked",
        "sample_audited", "sample_evidence", "sample_remark",
        right=("sample_booked", "sample_audited"),
    )  # fmt: skip
    for item in state.require_drawn().items:
        known = state.examined.get(item.claim)
        table.add_row(
            item.claim,
            lang.say("yes_top") if item.top else "",
            lang.amount(item.booked),
            lang.amount(known[1].audited) if known else "–",
            known[1].evidence if known else "",
            known[1].remark if known else "",
        )
    session.console.print(table)
