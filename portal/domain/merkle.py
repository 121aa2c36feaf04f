"""The Merkle tree of RFC 6962: leaf and node hashes, roots, inclusion and consistency proofs, and a tree that grows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

#: Root of the empty tree (RFC 6962, 2.1).
EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """What must be kept of a tree to let it grow: its size and the roots of its full subtrees, the largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> Frontier:
        """Return the tree with one more leaf hash."""
        peaks, rest = list(self.peaks), self.size
        while rest & 1:
            leaf = node_hash(peaks.pop(), leaf)
            rest >>= 1
        return Frontier(self.size + 1, (*peaks, leaf))

    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


def grow(frontier: Frontier, leaves: Sequence[bytes]) -> Frontier:
    """Return the tree with these leaf hashes added."""
    for leaf in leaves:
        frontier = frontier.append(leaf)
    return frontier


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Root over leaf hashes: a node without a neighbour moves up, which is the split of RFC 6962 seen from below."""
    level = leaves
    while len(level) > 1:
        level = _above(level)
    return level[0] if level else EMPTY


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that lead from a leaf to the root (RFC 6962, 2.1.1), level by level. Raises IndexError."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    proof, level = [], leaves
    while len(level) > 1:
        if index ^ 1 < len(level):
            proof.append(level[index ^ 1])
        level, index = _above(level), index >> 1
    return proof


def proves_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof leads from this leaf hash at its place to the root of a tree of a size (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def consistency_proof(leaves: Sequence[bytes], first: int) -> list[bytes]:
    """The hashes that show that the first leaves are still the beginning (RFC 6962, 2.1.2). Raises IndexError."""
    if not 0 < first <= len(leaves):
        raise IndexError(first)
    return _subproof(leaves, first, complete=True)


def proves_consistency(first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes) -> bool:
    """Whether the tree of the second size begins with the tree of the first (RFC 9162, 2.1.4.2)."""
    if first == second:
        return first_root == second_root and not proof
    if not 0 < first < second or not proof:
        return False
    steps = list(proof) if first & (first - 1) else [first_root, *proof]
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _subproof(leaves: Sequence[bytes], first: int, *, complete: bool) -> list[bytes]:
    if first == len(leaves):
        return [] if complete else [root_of(leaves)]
    half = _split(len(leaves))
    if first <= half:
        return [*_subproof(leaves[:half], first, complete=complete), root_of(leaves[half:])]
    return [*_subproof(leaves[half:], first - half, complete=False), root_of(leaves[:half])]


def _above(level: Sequence[bytes]) -> list[bytes]:
    pairs = zip(level[::2], level[1::2], strict=False)
    hashes = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return [*hashes, level[-1]] if len(level) & 1 else hashes


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1
