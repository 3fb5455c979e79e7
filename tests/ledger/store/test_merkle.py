"""The Merkle tree: the published vectors, and a definition word for word from the RFC."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.store.merkle import (
    EMPTY,
    consistency_proof,
    consistent,
    includes,
    inclusion_proof,
    leaf_hash,
    root,
)

INPUTS = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
          "606162636465666768696a6b6c6d6e6f")  # fmt: skip
"""The eight leaves that implementations of Certificate Transparency test with."""
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""Their roots, from one leaf to eight."""
PATHS = {
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
}
LEAVES = [leaf_hash(bytes.fromhex(each)) for each in INPUTS]


def test_no_leaves_hash_as_nothing() -> None:
    assert root([]) == EMPTY == hashlib.sha256().digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size: int) -> None:
    assert root(LEAVES[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize("place", PATHS)
def test_published_paths(place: tuple[int, int]) -> None:
    index, size = place
    proof = inclusion_proof(LEAVES[:size], index)
    assert tuple(each.hex() for each in proof) == PATHS[place]
    assert includes(LEAVES[index], index, size, proof, bytes.fromhex(ROOTS[size - 1]))


def defined(stored: list[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, as it is written there."""
    if not stored:
        return hashlib.sha256(b"").digest()
    if len(stored) == 1:
        return hashlib.sha256(b"\x00" + stored[0]).digest()
    k = 1
    while k * 2 < len(stored):
        k *= 2
    return hashlib.sha256(b"\x01" + defined(stored[:k]) + defined(stored[k:])).digest()


@given(st.lists(st.binary(max_size=3), max_size=70))
def test_the_root_is_as_defined(stored: list[bytes]) -> None:
    assert root(map(leaf_hash, stored)) == defined(stored)


SIZES = st.integers(1, 70)


@given(SIZES, st.data())
def test_every_leaf_can_be_proved_and_no_other_in_its_place(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(bytes([n])) for n in range(size)]
    index = data.draw(st.integers(0, size - 1))
    proof, whole = inclusion_proof(leaves, index), root(leaves)
    assert includes(leaves[index], index, size, proof, whole)
    assert not includes(leaf_hash(b"other"), index, size, proof, whole)
    assert not includes(leaves[index], index + 1, size, proof, whole)
    assert not includes(leaves[index], index, size, [*proof, EMPTY], whole)
    if proof:
        assert not includes(leaves[index], index, size, proof[:-1], whole)
        bent = data.draw(st.integers(0, len(proof) - 1))
        wrong = [EMPTY if n == bent else each for n, each in enumerate(proof)]
        assert not includes(leaves[index], index, size, wrong, whole)


@given(SIZES, st.data())
def test_a_beginning_can_be_proved_and_nothing_else(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(bytes([n])) for n in range(size)]
    first = data.draw(st.integers(1, size))
    proof, whole, begun = consistency_proof(leaves, first), root(leaves), root(leaves[:first])
    assert consistent(first, begun, size, whole, proof)
    assert not consistent(first, EMPTY, size, whole, proof)
    assert not consistent(first, begun, size, EMPTY, proof)
    assert not consistent(first, begun, size, whole, [*proof, EMPTY])
    assert not consistent(size + 1, begun, size, whole, proof)
    if proof:
        assert not consistent(first, begun, size, whole, proof[:-1])
        bent = data.draw(st.integers(0, len(proof) - 1))
        wrong = [EMPTY if n == bent else each for n, each in enumerate(proof)]
        assert not consistent(first, begun, size, whole, wrong)
