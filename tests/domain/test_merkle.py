"""The tree of the audit log: the vectors of RFC 6962 implementations, and laws for every size."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain import merkle

#: The leaves and roots that certificate-transparency implementations are tested with.
INPUTS = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [merkle.leaf_hash(bytes.fromhex(given)) for given in INPUTS]


def some(size: int) -> list[bytes]:
    return [merkle.leaf_hash(str(number).encode()) for number in range(size)]


def by_definition(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    left, right = by_definition(leaves[:half]), by_definition(leaves[half:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_known_vectors(size: int) -> None:
    assert merkle.root_of(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    assert merkle.root_of([]).hex() == merkle.Frontier().root().hex() == empty


@pytest.mark.parametrize(
    ("index", "size", "proof"),
    [
        (0, 1, []),
        (
            0, 8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5, 8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    ],
)  # fmt: skip
def test_inclusion_proofs_are_those_of_the_known_vectors(index: int, size: int, proof: list[str]) -> None:
    assert [step.hex() for step in merkle.inclusion_proof(LEAVES[:size], index)] == proof


@pytest.mark.parametrize(
    ("first", "second", "proof"),
    [
        (1, 1, []),
        (
            1, 8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            6, 8,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2, 5,
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ],
)  # fmt: skip
def test_consistency_proofs_are_those_of_the_known_vectors(first: int, second: int, proof: list[str]) -> None:
    assert [step.hex() for step in merkle.consistency_proof(LEAVES[:second], first)] == proof


def test_roots_are_those_of_the_definition_at_every_size() -> None:
    for size in range(70):
        assert merkle.root_of(some(size)) == merkle.grow(merkle.Frontier(), some(size)).root()
        assert merkle.root_of(some(size)) == by_definition(some(size))


@given(st.integers(1, 200), st.data())
def test_every_inclusion_is_proved_and_no_other_leaf(size: int, data: st.DataObject) -> None:
    leaves = some(size)
    index = data.draw(st.integers(0, size - 1))
    proof, root = merkle.inclusion_proof(leaves, index), merkle.root_of(leaves)

    assert merkle.proves_inclusion(leaves[index], index, size, proof, root)
    assert not merkle.proves_inclusion(merkle.leaf_hash(b"another"), index, size, proof, root)
    assert not merkle.proves_inclusion(leaves[index], index, size, [*proof, root], root)
    if size > 1:
        assert not merkle.proves_inclusion(leaves[index], index, size, proof[:-1], root)


@given(st.integers(1, 200), st.data())
def test_every_growth_is_proved_and_no_changed_past(size: int, data: st.DataObject) -> None:
    leaves = some(size)
    first = data.draw(st.integers(1, size))
    proof = merkle.consistency_proof(leaves, first)
    before, after = merkle.root_of(leaves[:first]), merkle.root_of(leaves)
    changed = [merkle.leaf_hash(b"changed"), *leaves[1:]]

    assert merkle.proves_consistency(first, size, proof, before, after)
    assert not merkle.proves_consistency(first, size, proof, merkle.root_of(changed[:first]), after)
    assert not merkle.proves_consistency(first, size, [*proof, after], before, after)
    if first < size:
        assert not merkle.proves_consistency(first, size, proof[:-1], before, after)


@given(st.lists(st.integers(0, 100), min_size=1, max_size=5))
def test_a_tree_grows_by_parts_to_the_same_root(steps: list[int]) -> None:
    sizes = [0]
    for step in steps:
        sizes.append(sizes[-1] + step)
    leaves, frontier = some(sizes[-1]), merkle.Frontier()
    for start, end in pairwise(sizes):
        frontier = merkle.grow(frontier, leaves[start:end])

    assert (frontier.size, frontier.root()) == (len(leaves), merkle.root_of(leaves))


@pytest.mark.parametrize(("size", "place"), [(0, 0), (3, 3), (3, -1)])
def test_no_proof_is_made_of_what_is_not_there(size: int, place: int) -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_proof(some(size), place)
    with pytest.raises(IndexError):
        merkle.consistency_proof(some(size), 0 if place == 0 else size + 1)
