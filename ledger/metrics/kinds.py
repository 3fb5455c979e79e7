"""The metric kinds found in this folder, as one type that terms can hold."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args

from pydantic import Field

import ledger.metrics
from ledger.metrics.base import Metric


def _kinds() -> dict[str, type[Metric]]:
    """Every class in this folder whose `kind` is one word, by that word."""
    for module in pkgutil.iter_modules(ledger.metrics.__path__):
        if module.name != "kinds":
            import_module(f"ledger.metrics.{module.name}")
    found: dict[str, type[Metric]] = {}
    ahead: list[type[Metric]] = [Metric]
    while ahead:
        here = ahead.pop()
        ahead += here.__subclasses__()
        for name in get_args(here.model_fields["kind"].annotation):
            found[name] = here
    return dict(sorted(found.items()))


KINDS = _kinds()
"""Every metric kind by its name in terms."""

if TYPE_CHECKING:
    AnyMetric = Metric
else:
    _union: Any = Union[tuple(KINDS.values())]  # noqa: UP007 - made from a list
    AnyMetric = Annotated[_union, Field(discriminator="kind")]
