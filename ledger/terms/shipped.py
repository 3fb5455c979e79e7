"""The rule tables that come with the ledger, and the published schema of terms."""

from __future__ import annotations

from importlib import resources
from typing import Any

from ledger.shelter.rules import RefundRuleTable
from ledger.terms.agreement import Terms
from ledger.terms.reader import read_model


def shelter_refund_rules() -> RefundRuleTable:
    """The Danish shelter refund, dated, as its sources give it."""
    return _rules("dk-shelter-refund.yaml")


def support_refund_rules() -> RefundRuleTable:
    """The Danish refund of housing support after a shelter, dated, as its sources give it."""
    return _rules("dk-support-refund.yaml")


def _rules(name: str) -> RefundRuleTable:
    rules = resources.files("ledger.terms").joinpath(f"rules/{name}")
    return read_model(rules.read_text(encoding="utf-8"), RefundRuleTable)


def terms_schema(*, rules: bool = False) -> dict[str, Any]:
    """The JSON Schema of a terms file, or of a table of refund rules."""
    schema = (RefundRuleTable if rules else Terms).model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
