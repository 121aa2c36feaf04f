"""The child's own code, run here many times over: a fresh process for each of a thousand workbooks takes too long."""

from __future__ import annotations

import importlib.util
import os
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from portal.spreadsheets.intake import CHILD, Sheet, sheets_in


def load_child() -> ModuleType:
    """The child as a module, set up as it is when it runs alone."""
    os.environ["OPENPYXL_LXML"] = "False"
    spec = importlib.util.spec_from_file_location("unpacker_under_test", CHILD)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


UNPACKER = load_child()


def unpacked(content: bytes) -> dict[str, Any]:
    """What the child would print."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        try:
            answer: dict[str, Any] = UNPACKER.unpack(Path(file.name))
        except UNPACKER.Refuse as refusal:
            return {"refused": refusal.code, "place": refusal.place}
    return answer


def quickly(content: bytes) -> tuple[Sheet, ...]:
    """The sheets, without a process of its own."""
    return sheets_in(unpacked(content))
