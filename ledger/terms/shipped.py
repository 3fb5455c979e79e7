"""The rule tables that come with the ledger, and the published schema of terms."""

from __future__ import annotations

from importlib import resources
from typing import Any

from ledger.model import Model
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


def rules_named(table: str) -> RefundRuleTable | None:
    """The rule table of that name that comes with the ledger; None if there is none."""
    shipped = shelter_refund_rules()
    return shipped if shipped.id == table else None


def terms_schema(*, rules: bool = False) -> dict[str, Any]:
    """The JSON Schema of a terms file, or of a table of refund rules."""
    return schema_of(RefundRuleTable if rules else Terms)


def schema_of(model: type[Model]) -> dict[str, Any]:
    """The JSON Schema of a file that holds a model."""
    schema = model.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
