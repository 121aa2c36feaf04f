"""Watches every statement of every test: entries and checkpoints of the log are inserted and never touched again."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

#: Contents may be deleted, at an erasure; nobody ever changes one.
TOUCHES = re.compile(
    r"\b(update|delete\s+from|truncate(\s+table)?)\s+\"?audit_(event|checkpoint)\b|\bupdate\s+\"?audit_content\b",
    re.IGNORECASE,
)


class LogTouched(AssertionError):
    """A statement would change or remove what was logged."""


@event.listens_for(Engine, "before_cursor_execute")
def _refuse(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
    if TOUCHES.search(statement):
        raise LogTouched(statement)
