"""Parsed files kept by the hash of their content, because reading YAML is the slow part of starting.

Only the syntax tree is kept: all meaning is read and all checks run at every start. The key covers the content and
the code that parsed it, and each entry carries its own hash, so a stale, foreign or damaged entry is simply not used.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from portal.catalogue import yaml_nodes
from portal.catalogue.yaml_nodes import Node

_PARSER = sha256(Path(yaml_nodes.__file__).read_bytes() + version("pyyaml").encode()).digest()


def parse_cached(content: bytes, cache: Path | None) -> Node:
    """Return the tree of `content`, from `cache` where it holds it. Raises Unreadable."""
    if cache is None:
        return yaml_nodes.parse(content)
    entry = cache / f"{sha256(_PARSER + content).hexdigest()}.json"
    kept = _load(entry)
    if kept is None:
        kept = yaml_nodes.parse(content)
        _keep(entry, kept)
    return kept


def _load(entry: Path) -> Node | None:
    try:
        stamp, _, body = entry.read_bytes().partition(b"\n")
        if stamp.decode() != _stamp(entry, body):
            return None
        return yaml_nodes.restore(json.loads(body))
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def _keep(entry: Path, node: Node) -> None:
    body = json.dumps(yaml_nodes.dump(node), ensure_ascii=False, separators=(",", ":")).encode()
    unfinished = entry.with_suffix(f".{os.getpid()}")
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(_stamp(entry, body).encode() + b"\n" + body)
        unfinished.replace(entry)
    except OSError:
        # A full or read-only disk makes the start slower, never impossible.
        with suppress(OSError):
            unfinished.unlink()


def _stamp(entry: Path, body: bytes) -> str:
    return sha256(entry.name.encode() + b"\n" + body).hexdigest()
