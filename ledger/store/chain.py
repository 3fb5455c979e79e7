"""The hash chain over the exact stored bytes.

leaf = SHA-256(0x00 ‖ bytes);
chain = SHA-256(0x02 ‖ position as 8 bytes, big-endian ‖ previous chain ‖ leaf).
"""

from __future__ import annotations

import hashlib

from ledger.store.merkle import leaf_hash

GENESIS = bytes(32)
"""The chain value before the first event."""


def link(position: int, previous: bytes, stored: bytes) -> bytes:
    """The chain value of an event, from its position, the value before it, and its bytes."""
    return link_leaf(position, previous, leaf_hash(stored))


def link_leaf(position: int, previous: bytes, leaf: bytes) -> bytes:
    """The same from the leaf of its bytes, where that is at hand."""
    return hashlib.sha256(b"\x02" + position.to_bytes(8, "big") + previous + leaf).digest()
