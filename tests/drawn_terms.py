"""Terms drawn at random, to press on what terms may say."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from ledger.parties import Role
from ledger.terms.agreement import Terms

CURRENCY = "DKK"
_SIGNED_ON = date(2021, 12, 15)
STARTS_ON = date(2022, 1, 1)
INVESTORS = ("dsi", "council-fund", "third-fund")
INDICATOR = "no-shelter"
JOB = "job"
RATE = "rate"
_MILESTONES = ((3, 6, 12, 24), (6, 12, 18, 24, 36), (1, 2, 3, 9))
_SHARES = ("1.00", "0.27", "0.333333", "0.666667", "0.5", "0.000001", "0")
_CAPS_PER_PERSON = (None, None, None, "60000.01", "333.33")
_CAPS_PER_AGREEMENT = (None, None, None, "1234567.89", "50000.01")
_COMMITMENTS = ("100000.00", "99999.99", "33333.34", "0.07", "250000.01")
PRICES = (("1180.00", "91.00"), ("1276.33", "97.05"), ("900.01", "0.00"), ("87.00", "91.00"))
_ENDS = (date(2022, 10, 1), date(2023, 4, 1), date(2027, 1, 1))
_GUARANTEES = (None, "0.07", "50000.01", "123456.78")


def draw_terms(random: Random, agreement: str) -> Terms:
    """Terms that press on rounding, caps and roles: odd shares, odd øre, one party in two roles."""
    state, municipality, provider = random.choice(
        [
            ("state-fund", "aarhus", "aarhus"),
            ("state-fund", "aarhus", "home-ngo"),
            ("state-fund", "dsi", "home-ngo"),  # an investor pays for outcomes, also to itself
            ("aarhus", "aarhus", "home-ngo"),  # one party is both payers
        ]
    )
    investors = INVESTORS[: random.choice((2, 3))]
    roles: dict[str, list[Role]] = {state: [Role.OUTCOME_PAYER]}
    roles.setdefault(municipality, []).append(Role.CO_PAYER)
    roles.setdefault(provider, []).append(Role.PROVIDER)
    roles.setdefault("odense", []).append(Role.CO_PAYER)  # where people may move to
    for investor in investors:
        roles.setdefault(investor, []).append(Role.INVESTOR)
    guarantee = random.choice(_GUARANTEES)
    if guarantee is not None:
        roles.setdefault("bikuben", []).append(Role.GUARANTOR)
    odd_price = random.choice(PRICES)
    return Terms.model_validate(
        {
            "agreement": agreement,
            "title": f"Random agreement {agreement}",
            "currency": CURRENCY,
            "signed_on": _SIGNED_ON,
            "starts_on": STARTS_ON,
            "ends_on": random.choice(_ENDS),
            "people": random.choice((2, 6, 12)),
            "parties": [{"id": id_, "name": id_, "roles": held} for id_, held in roles.items()],
            "investment": [
                {"investor": each, "amount": random.choice(_COMMITMENTS)} for each in investors
            ],
            "waterfall": _draw_waterfall(random, investors),
            "guarantee": guarantee
            and {"guarantor": "bikuben", "kind": "first_loss", "amount": guarantee},
            "refund_law": {
                "table": "dk-shelter-refund",
                "on_change": random.choice(("freeze", "follow")),
            },
            "indicators": [
                {"id": INDICATOR, "title": "No shelter", "kind": "yes_no"},
                {"id": JOB, "title": "In work", "kind": "spell"},
                {"id": RATE, "title": "Share of the town's young in work", "kind": "number"},
            ],
            "metrics": [
                {
                    "id": "nights-saved",
                    "kind": "shelter_nights_saved",
                    "measured_at_months": random.choice(_MILESTONES),
                    "achieved_when": {"indicator": INDICATOR, "equals": "yes"},
                    "counterfactual": {
                        "nights_per_year": random.choice((0, 91, 240, 240, 365)),
                        "reference_tariffs": [
                            reference_tariff(STARTS_ON, *random.choice(PRICES[:3])),
                            reference_tariff(date(2023, 1, 1), *odd_price),
                        ],
                    },
                    "state_side": {"payer": state, "share": random.choice(_SHARES)},
                    "municipal_side": {"payer": municipality, "share": random.choice(_SHARES)},
                },
                *_other_metrics(),
            ],
            "split": _split(state, municipality),
            "caps": [
                {"scope": scope, "limit": limit}
                for scope, limits in (
                    ("person", _CAPS_PER_PERSON),
                    ("agreement", _CAPS_PER_AGREEMENT),
                )
                if (limit := random.choice(limits)) is not None
            ],
            "rounding": {
                "residual_payer": random.choice((state, municipality)),
                "residual_investor": random.choice(investors),
            },
        }
    )


def _draw_waterfall(random: Random, investors: tuple[str, ...]) -> list[dict[str, Any]]:
    """No order of payment, as a rule; or one with a senior, and a return before the rest."""
    first, *others = random.sample(investors, len(investors))
    last = {"to": list(investors), "up_to": "all"}
    orders: list[list[dict[str, Any]]] = [
        [],
        [],
        [{"to": [first], "up_to": "principal"}, {"to": others, "up_to": "principal"}, last],
        [{"to": list(investors), "multiple": "1.05"}, {"to": [first], "up_to": "all"}],
    ]
    return random.choice(orders)


def _other_metrics() -> list[dict[str, Any]]:
    """One that is paid for spells of people, and one for a cohort."""
    return [
        {
            "id": "jobs",
            "kind": "sustained",
            "indicator": JOB,
            "continuity": "continuous",
            "steps": [{"weeks": 13, "price": "999.99"}, {"weeks": 26, "price": "2000.01"}],
        },
        {
            "id": "town",
            "kind": "cohort",
            "indicator": RATE,
            "counterfactual": {"kind": "fixed", "value": "0.30"},
            "direction": "increase",
            "measure": "points",
            "threshold": "0.05",
            "per": "point",
            "price": "33.33",
        },
    ]


def _split(state: str, municipality: str) -> list[dict[str, Any]]:
    if state == municipality:
        return [{"payer": state, "share": "1"}]
    return [{"payer": state, "share": "0.333333"}, {"payer": municipality, "share": "0.666667"}]


def reference_tariff(valid_from: date, per_night: str, own_payment: str) -> dict[str, Any]:
    return {"valid_from": valid_from, "per_night": per_night, "own_payment": own_payment}
