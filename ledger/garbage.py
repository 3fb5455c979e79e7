"""How seldom the interpreter looks for garbage: values hold no circles, and are let go by count."""

from __future__ import annotations

import gc

_NEW_OBJECTS = 100_000
"""Between two looks. At the interpreter's own 700 they took a third of the time of large reads."""


def look_seldom() -> None:
    """Leave out what is imported, which stays, and look through the rest when it has grown."""
    if not gc.get_freeze_count():
        gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)
