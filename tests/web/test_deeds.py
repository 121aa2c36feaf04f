"""The log in plain words: no action without them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from flask import Flask

from portal.services.trail import Actor
from portal.web.deeds import ACTORS, DEEDS, deed

PORTAL = Path(__file__).parents[2] / "portal"
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
#: Looks like an action and is a name of something else.
NO_ACTIONS = {"portal.jobs"}
FILES = {"yaml", "json", "toml", "html", "csv", "txt", "xlsx", "pdf", "xml", "py", "docx", "ini", "stamp"}


def actions() -> set[str]:
    """Every action that services, the worker and commands record: literals of the form noun.verbed."""
    folders = [PORTAL / name for name in ("services", "jobs", "commands")]
    literals = {
        node.value
        for folder in folders
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ACTION.fullmatch(node.value)
    }
    return {one for one in literals if one not in NO_ACTIONS and one.partition(".")[2] not in FILES}


def test_every_action_that_is_recorded_has_words() -> None:
    found = actions()

    assert {"answer.saved", "review.decided", "share.granted"} <= found
    assert found - DEEDS.keys() == set()


def test_there_are_no_words_for_what_is_never_recorded() -> None:
    assert DEEDS.keys() - actions() == set()


def test_everybody_without_a_name_has_words() -> None:
    assert ACTORS.keys() == set(Actor)


def test_an_action_without_words_is_shown_as_it_is_written(app: Flask) -> None:
    with app.test_request_context("/"):
        assert "old.action" in deed("old.action")
