"""Old events in today's shape: JSON values to JSON values, before anything is validated.

What is stored never changes; an event whose shape was given up is brought, when it is read, to the
shape of the next version, and from there on until it is of today. Each step has a stored event of
its version in `tests/ledger/upcasts`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Data = dict[str, Any]


def _many_metrics(data: Data) -> Data:
    """Terms had one metric, two caps in a fixed order, and always a refund law."""
    terms = dict(data["terms"])
    caps = terms.pop("caps", {})
    terms["metrics"] = [terms.pop("metric")]
    terms["caps"] = [
        {"scope": scope, "limit": caps[name]}
        for scope, name in (("person", "per_person"), ("agreement", "per_agreement"))
        if caps.get(name) is not None
    ]
    return {**data, "terms": terms}


def _named_by_months(data: Data) -> Data:
    """Every outcome was one of a person at a milestone, named by its months."""
    return {**data, "key": f"{data['milestone_months']}m"}


UPCASTS: dict[str, tuple[str, Callable[[Data], Data]]] = {
    "AgreementSigned:1": ("AgreementSigned:2", _many_metrics),
    "OutcomeDecided:1": ("OutcomeDecided:2", _named_by_months),
}
"""By topic: the next version, and how to get there."""


def upcast(topic: str, data: Data) -> tuple[str, Data]:
    """The topic and data of a stored event in today's shape."""
    while topic in UPCASTS:
        topic, step = UPCASTS[topic]
        data = step(data)
    return topic, data
