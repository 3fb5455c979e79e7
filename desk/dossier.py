"""A payment's dossier in words: Danish or English, with a working for a pocket calculator."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from desk.dossier_steps import step_lines
from desk.language import Language
from ledger import events as e
from ledger.events import Recorded
from ledger.facts import Reading, Stay, TimeSpell
from ledger.metrics.base import ALL
from ledger.money import total
from ledger.shelter.savings import SUPPORT_STEP
from ledger.working import History, Side, Step, Working
from projections.explain import Dossier, Item


def dossier_lines(dossier: Dossier, lang: Language, items: int | None = None) -> list[str]:
    """The payment, its steps, its terms and law, and the outcomes it pays for.

    With `items`, only so many outcomes are listed, and how many more there are.
    """
    listed = [_item_line(n, item, lang) for n, item in enumerate(dossier.items, start=1)]
    if items is not None and len(listed) > items:
        more = lang.say("why_items_more", count=lang.whole(len(listed) - items))
        listed = [*listed[:items], f"       {more}"]
    return [
        *_head(dossier, lang),
        "",
        lang.say("why_steps"),
        *(f"  {line}" for line in step_lines(dossier, lang)),
        "",
        *_basis(dossier, lang),
        "",
        *_guarantees(dossier, lang),
        *_adjustments(dossier, lang),
        *([lang.say("why_items"), *listed] if listed else []),
        *([lang.say("why_more", payment=dossier.payment.payment)] if listed else []),
    ]


def _guarantees(dossier: Dossier, lang: Language) -> Iterator[str]:
    """Each call of the guarantee that is paid for, with the losses; and what was reversed."""
    for recorded in dossier.guarantees:
        event = recorded.event
        assert isinstance(event, e.GuaranteeCalled | e.GuaranteeReversed)
        key = "why_called" if isinstance(event, e.GuaranteeCalled) else "why_reversed"
        yield lang.say(
            key, call=event.call, amount=lang.amount(event.amount), position=recorded.position
        )
        for part in event.parts:
            if isinstance(part, e.GuaranteedLoss):
                yield "  " + lang.say(
                    "why_loss",
                    investor=part.investor,
                    paid_in=lang.amount(part.paid_in),
                    entitled=lang.amount(part.entitled),
                    loss=lang.amount(part.loss),
                    amount=lang.amount(part.amount),
                )


def item_lines(dossier: Dossier, number: int, lang: Language) -> list[str]:
    """The full working of one outcome in the payment; numbers from 1."""
    item = dossier.items[number - 1]
    entitled = _entitled(item)
    heading = lang.say(
        "why_item_title",
        number=number,
        subject=_who(_outcome(item)),
        which=_milestone(_outcome(item), lang),
        amount=lang.amount(item.amount),
    )
    lines = [heading]
    if item.erased_on is not None:
        lines.append(f"  {lang.say('erased_on', day=lang.day(item.erased_on))}")
    lines += [f"  {line}" for line in _facts(item, lang)]
    if isinstance(item.terms.event, e.AgreementAmended):
        since, number_of = lang.day(item.terms.effective_on), item.terms.event.terms_version
        lines.append("  " + lang.say("why_version", version=number_of, day=since))
    if isinstance(entitled.working, Working):
        lines += [f"  {line}" for line in working_lines(entitled.working, lang)]
    elif entitled.working is not None:
        lines.append(f"  {lang.say('erased')}")
    lines.append("  " + lang.say("why_total", total=lang.amount(entitled.total)))
    shares = ", ".join(f"{name} {lang.amount(a)}" for name, a in item.capital_shares.items())
    lines.append("  " + lang.say("why_capital", shares=shares))
    for part in entitled.parts:
        phrase = lang.say(
            "why_part", payer=part.payer, payee=part.payee, amount=lang.amount(part.amount)
        )
        lines.append(f"    {phrase}")
    if entitled.corrects is not None:
        difference = lang.amount(total(part.amount for part in entitled.difference))
        lines.append(
            "  " + lang.say("why_corrects", position=entitled.corrects, difference=difference)
        )
    return lines


def _adjustments(dossier: Dossier, lang: Language) -> Iterator[str]:
    """Each adjustment of the agreement as a whole that is paid or set off."""
    for recorded in dossier.adjustments:
        event = recorded.event
        assert isinstance(event, e.AdjustmentDecided)
        yield lang.say(
            "why_adjusted",
            adjustment=event.adjustment,
            position=recorded.position,
            amount=lang.amount(event.amount),
            reason=event.reason,
            basis=event.basis,
        )


def _entitled(item: Item) -> e.EntitlementCalculated:
    assert isinstance(item.entitlement.event, e.EntitlementCalculated)
    return item.entitlement.event


def _outcome(item: Item) -> e.OutcomeDecided:
    assert isinstance(item.outcome.event, e.OutcomeDecided)
    return item.outcome.event


def _who(outcome: e.OutcomeDecided) -> str:
    """Whose outcome it is: a person's pseudonym, a cohort, or everybody's."""
    return outcome.subject or outcome.cohort or ALL


def _milestone(outcome: e.OutcomeDecided, lang: Language) -> str:
    """Which of the metric's outcomes it is, in words."""
    months = outcome.milestone_months
    return _which(outcome) if months is None else lang.say("why_months", months=months)


def _which(outcome: e.OutcomeDecided) -> str:
    """Which of the metric's outcomes it is: its milestone in months, or else its own name."""
    months = outcome.milestone_months
    return f"{outcome.metric} {outcome.key}" if months is None else f"{months:>2} m"


def _head(dossier: Dossier, lang: Language) -> Iterator[str]:
    payment = dossier.payment
    names = {party.id: party.name for party in dossier.terms.parties}
    yield lang.say("why_title", payment=payment.payment)
    yield lang.say(
        "why_amount" if dossier.items else "why_amount_guarantee",
        payer=names[payment.payer],
        role=lang.say(payment.role),
        payee=names[payment.payee],
        amount=lang.amount(payment.amount) + f" {dossier.terms.currency}",
        count=lang.whole(len(payment.items)),
    )


def _basis(dossier: Dossier, lang: Language) -> Iterator[str]:
    signed = dossier.signed.event
    assert isinstance(signed, e.AgreementSigned)
    yield lang.say(
        "why_terms",
        title=dossier.terms.title,
        version=signed.terms_version,
        day=lang.day(dossier.terms.signed_on),
        position=dossier.signed.position,
        actor=dossier.signed.actor,
    )
    for recorded in dossier.amended:
        assert isinstance(recorded.event, e.AgreementAmended)
        yield lang.say(
            "why_amended",
            version=recorded.event.terms_version,
            day=lang.day(recorded.effective_on),
            position=recorded.position,
            actor=recorded.actor,
        )
    assessed = [item.assessment.event for item in dossier.items]
    rules = dict.fromkeys(
        rule for event in assessed if isinstance(event, e.AssessmentMade) for rule in event.rules
    )
    yield lang.say(
        "why_law",
        positions=", ".join(f"#{each.position}" for each in dossier.law),
        rules="; ".join(map(lang.called, rules)),
    )
    approved = any(isinstance(step.event, e.PaymentApproved) for step in dossier.steps)
    key = "why_people" if approved else "why_people_unapproved"
    yield lang.say(key, people=", ".join(dossier.people_involved))
    for sample, purpose, stage in dossier.samples:
        words = lang.say(f"stage_{stage}")
        yield lang.say("why_sampled", sample=sample, purpose=lang.say(purpose), stage=words)
    yield from _warnings(dossier, lang)


def _warnings(dossier: Dossier, lang: Language) -> Iterator[str]:
    """What to know of who acted: emergencies, and a set-up that nobody else has witnessed."""
    for each in dossier.emergencies:
        glass = each.glass
        reviewed = lang.say("why_glass_unreviewed")
        if glass.reviewed_by:
            reviewed = lang.say("why_glass_reviewed", by=glass.reviewed_by, remark=glass.remark)
        yield lang.say(
            "why_glass",
            actor=each.actor,
            position=each.position,
            duty=lang.say(f"duty_{glass.duty.value}"),
            broken_at=glass.broken_at,
            reason=glass.reason,
            reviewed=reviewed,
        )
    if dossier.set_up_by is not None:
        yield lang.say("why_set_up_by_one", founder=dossier.set_up_by)


def _item_line(number: int, item: Item, lang: Language) -> str:
    outcome = _outcome(item)
    return (
        f"  {number:>3}  {_who(outcome)}  {_which(outcome)}  "
        f"{lang.day(outcome.period_start)} – {lang.day(outcome.period_end)}  "
        f"{lang.amount(item.amount):>14}"
    )


def _facts(item: Item, lang: Language) -> Iterator[str]:
    """Enrolment, measurements and stays, each with its position and source."""
    outcome = _outcome(item)
    if item.enrolment is not None:
        assert isinstance(item.enrolment.event, e.PersonEnrolled)
        yield lang.say(
            "why_period",
            enrolled=lang.day(item.enrolment.event.enrolled_on),
            position=item.enrolment.position,
            start=lang.day(outcome.period_start),
            end=lang.day(outcome.period_end),
        )
    for measured in item.measurements:
        event = measured.event
        assert isinstance(event, e.MeasurementRecorded | e.CohortMeasured)
        reading = event.reading
        yield lang.say(
            "why_measurement",
            day=lang.day(event.measured_on),
            indicator=event.indicator,
            value=reading.value if isinstance(reading, Reading) else lang.say("erased"),
            validator=event.validator,
            position=measured.position,
            actor=measured.actor,
        )
    for recorded in item.spells:
        yield _spell(recorded, lang)
    if _entitled(item).gains or item.stays:
        yield from _stays(item, lang)
    yield from _corrected(item, lang)


def _corrected(item: Item, lang: Language) -> Iterator[str]:
    """What facts said before they were corrected or voided, who did that and why."""
    for was, recorded in item.corrected:
        yield lang.say(
            "why_was",
            was=was.position,
            told=_said(was.event, lang),
            actor=recorded.actor,
            position=recorded.position,
            reason=getattr(recorded.event, "reason", ""),
        )
    for recorded in item.rearranged:
        event = recorded.event
        fields = {name: getattr(event, name) for name in type(event).model_fields}
        what = lang.say(event.topic, **fields)
        yield lang.say(
            "why_rearranged", what=what, position=recorded.position, actor=recorded.actor
        )


def _said(event: e.Event, lang: Language) -> str:
    """What a fact said, in a few words; or that nobody can tell any more."""
    still = lang.say("still_open")
    match event:
        case e.StayRecorded(stay=Stay() as stay):
            out = lang.day(stay.discharged) if stay.discharged else still
            admitted = lang.day(stay.admitted)
            return lang.say("was_stay", shelter=stay.shelter, admitted=admitted, discharged=out)
        case e.SpellRecorded(spell=TimeSpell() as spell):
            ended = lang.day(spell.ended) if spell.ended else still
            started = lang.day(spell.started)
            return lang.say("was_spell", indicator=spell.indicator, started=started, ended=ended)
        case (
            e.MeasurementRecorded(reading=Reading() as reading) | e.CohortMeasured(reading=reading)
        ):
            measured_on = lang.day(event.measured_on)
            words = {"indicator": event.indicator, "value": reading.value, "day": measured_on}
            return lang.say("was_measured", **words)
        case e.PersonEnrolled():
            return lang.say("was_enrolled", day=lang.day(event.enrolled_on))
        case _:
            return lang.say("erased")


def _spell(recorded: Recorded, lang: Language) -> str:
    event = recorded.event
    assert isinstance(event, e.SpellRecorded)
    if not isinstance(event.spell, TimeSpell):
        return f"#{recorded.position}: {lang.say('erased')}"
    return lang.say(
        "why_spell",
        indicator=event.spell.indicator,
        started=lang.day(event.spell.started),
        ended=lang.day(event.spell.ended) if event.spell.ended else lang.say("still_open"),
        position=recorded.position,
        file=event.source.file,
        row=event.source.row,
    )


def _stays(item: Item, lang: Language) -> Iterator[str]:
    """The stays that reach into the period one by one, the earlier ones by their positions."""
    outcome = _outcome(item)
    if not item.stays:
        yield lang.say("why_no_stays")
    earlier: list[Recorded] = []
    for recorded in item.stays:
        event = recorded.event
        assert isinstance(event, e.StayRecorded)
        if not isinstance(event.stay, Stay):
            yield f"#{recorded.position}: {lang.say('erased')}"
        elif event.stay.discharged and event.stay.discharged <= outcome.period_start:
            earlier.append(recorded)
        elif event.stay.admitted < outcome.period_end:
            out = event.stay.discharged
            yield lang.say(
                "why_stay",
                shelter=event.stay.shelter,
                admitted=lang.day(event.stay.admitted),
                discharged=lang.day(out) if out else lang.say("still_open"),
                position=recorded.position,
                file=event.source.file,
                row=event.source.row,
            )
    if earlier:
        positions = ", ".join(f"#{each.position}" for each in earlier)
        yield lang.say("why_stays_before", count=lang.whole(len(earlier)), positions=positions)


def working_lines(working: Working, lang: Language) -> Iterator[str]:
    """The calculation, line by line."""
    if working.counterfactual and working.actual and working.state and working.municipality:
        would_be, was = working.counterfactual, working.actual
        for key, course in (("why_course_counterfactual", would_be), ("why_course_actual", was)):
            yield lang.say(key, nights=lang.whole(course.nights))
            yield from (f"  {line}" for line in _course(course, lang))
        state, municipality = working.state, working.municipality
        support = [each for each in working.steps if each.step == SUPPORT_STEP]
        given = sum((Decimal(each.result) for each in support), Decimal(0))
        yield from (_step(each, lang) for each in support)
        refunds = (Decimal(would_be.refund), Decimal(was.refund), given)
        yield _side("why_state_support" if support else "why_state", state, refunds, lang)
        costs = (Decimal(would_be.cost), Decimal(was.cost), Decimal(state.gain))
        yield _side("why_municipality", municipality, costs, lang)
    yield from (_step(each, lang) for each in working.steps if each.step != SUPPORT_STEP)
    yield lang.say("why_before_caps", amount=lang.exact(working.before_caps))
    for cap in working.caps:
        yield lang.say(
            f"why_cap_{cap.scope}",
            limit=lang.amount(cap.limit),
            left=lang.amount(cap.left),
            cut=lang.say("why_cut") if cap.cut else "",
        )


def _step(each: Step, lang: Language) -> str:
    what, result = lang.say(f"step_{each.step}"), lang.exact(each.result)
    return lang.say("why_step", what=what, by=each.by, result=result)


def _course(course: History, lang: Language) -> Iterator[str]:
    for line in course.lines:
        yield lang.say(
            "why_night_line" if line.refunded else "why_night_line_none",
            nights=lang.whole(line.nights),
            tariff=lang.amount(line.tariff),
            own=lang.amount(line.own_payment),
            cost=lang.decimal(line.cost),
            share=_percent(line.state_share, lang),
            refund=lang.decimal(line.refund),
            rule=lang.called(line.rule),
        )
    for window in course.windows:
        yield lang.say(
            "why_window",
            start=lang.day(window.start),
            end=lang.day(window.end),
            before=window.nights_before,
            refunded_before=window.refunded_before,
            nights=window.nights,
            refunded=window.refunded,
        )
    cost, refund = lang.decimal(course.cost), lang.decimal(course.refund)
    yield lang.say("why_course_sum", cost=cost, refund=refund)


def _side(key: str, side: Side, sums: tuple[Decimal, Decimal, Decimal], lang: Language) -> str:
    """One side's gain and what it pays, with a remark where the floor at zero applies.

    `sums` are the side's total as it would have been, as it was, and what the state takes of it.
    """
    would_be, was, state = sums
    line = lang.say(
        key,
        counterfactual=lang.exact(str(would_be)),
        actual=lang.exact(str(was)),
        state=lang.exact(str(state)),
        gain=lang.exact(side.gain),
        payer=side.payer,
        share=_percent(side.share, lang),
        amount=lang.exact(side.amount),
    )
    return line if would_be - was - state >= 0 else f"{line} {lang.say('why_floor')}"


def _percent(share: Decimal, lang: Language) -> str:
    """A share as a percentage with just the decimals it needs."""
    percent = (share * 100).normalize()
    text = f"{percent:f}"
    return (text if lang is Language.EN else text.replace(".", ",")) + " %"
