"""Merge categories that are too small with their siblings, up a fixed hierarchy (rule D6)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from portal.domain.disclosure.regions import Node
from portal.domain.disclosure.units import Element

Members = frozenset[Element]


@dataclass(frozen=True, slots=True)
class Block:
    """Categories shown as one row. `key` is the category, a whole branch, or "rest_of_" and a branch."""

    key: str
    leaves: tuple[str, ...]
    members: Members


def settle(root: Node, members: Mapping[str, Members], passes: Callable[[Members], bool]) -> list[Block]:
    """Divide the leaves under `root` into the finest blocks that pass, in the order of the hierarchy.

    What fails is put together with its failing siblings; what still fails goes up one branch. At the top a rest that
    fails must not stay alone, because the total minus the rows shown would give it away: the nearest block joins it,
    the smallest of several, until the rest passes. A rest with nobody in it needs no company.
    """
    blocks, loose = _settle(root, members, passes)
    alone = tuple(leaf for leaf in loose if members.get(leaf))
    while alone and blocks:
        joined = min(blocks, key=lambda block: (_fewest(root, (*alone, *block.leaves)), len(block.members), block.key))
        blocks.remove(joined)
        alone = (*alone, *joined.leaves)
        if passes(_union(alone, members)):
            node = _common(root, alone)
            empty = (leaf for leaf in node.leaves() if leaf in loose and leaf not in alone)
            blocks.append(_block(node, (*alone, *empty), members))
            break
    return blocks


def _common(node: Node, leaves: Collection[str]) -> Node:
    """Return the smallest branch that holds all the leaves."""
    inner = next((child for child in node.children if set(leaves) <= set(child.leaves())), None)
    return _common(inner, leaves) if inner else node


def _fewest(root: Node, leaves: Collection[str]) -> int:
    return len(tuple(_common(root, leaves).leaves()))


def _settle(
    node: Node, members: Mapping[str, Members], passes: Callable[[Members], bool]
) -> tuple[list[Block], tuple[str, ...]]:
    """Return the blocks found under `node` and the leaves left over."""
    if not node.children:
        here = members.get(node.key, frozenset())
        return ([Block(node.key, (node.key,), here)], ()) if passes(here) else ([], (node.key,))
    blocks: list[Block] = []
    loose: tuple[str, ...] = ()
    for child in node.children:
        found, left = _settle(child, members, passes)
        blocks += found
        loose += left
    if loose and passes(_union(loose, members)):
        return [*blocks, _block(node, loose, members)], ()
    return blocks, loose


def _block(node: Node, leaves: tuple[str, ...], members: Mapping[str, Members]) -> Block:
    order = tuple(node.leaves())
    key = node.key if len(leaves) == len(order) else f"rest_of_{node.key}"
    return Block(key, tuple(sorted(leaves, key=order.index)), _union(leaves, members))


def _union(leaves: tuple[str, ...], members: Mapping[str, Members]) -> Members:
    return frozenset[Element]().union(*(members.get(leaf, frozenset()) for leaf in leaves))
