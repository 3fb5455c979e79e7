"""The official schemas, as they lie in two installed packages that are used for nothing else."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree


def _folder(package: str) -> Path:
    """Where a package lies, without running any of it."""
    found = find_spec(package)
    assert found is not None
    assert found.submodule_search_locations is not None, (
        f"{package} is not installed: scripts/setup"
    )
    return Path(found.submodule_search_locations[0])


@cache
def schema(message: str) -> etree.XMLSchema:
    """The schema of a message such as camt.053.001.08."""
    if message.startswith("camt."):
        path = _folder("camt053") / "xsd" / f"{message}.xsd"
    elif message.startswith("pain.002."):
        path = _folder("pain001") / "pain002" / "schemas" / f"{message}.xsd"
    else:
        path = _folder("pain001") / "templates" / message / f"{message}.xsd"
    return etree.XMLSchema(etree.parse(path))


def errors(message: str, content: bytes) -> list[str]:
    """What in a file is against its schema."""
    validator = schema(message)
    validator.validate(etree.fromstring(content))
    return [f"{each.line}: {each.message}" for each in validator.error_log]  # type: ignore[attr-defined]
