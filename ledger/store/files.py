"""Files that must be whole, or not be there at all: keys and checkpoints."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_new(path: Path, content: bytes, mode: int) -> None:
    """Write a new file, and return when it would outlast a power cut.

    It is written and synced beside, and then given its name, which must be free.

    Raises:
        FileExistsError: if there is a file of that name; it is never written over.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(mode)
        path.hardlink_to(beside)  # unlike a rename, this fails if the name is taken
    finally:
        beside.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
