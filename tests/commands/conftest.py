"""A small collection of questionnaires that the commands take for the installed one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

INSTALLED = Path(__file__).parents[2] / "questionnaires"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The short form, its profile and the references, with nothing published yet."""
    copy = tmp_path / "questionnaires"
    copy.mkdir()
    for name in ("hrdd-short", "profile"):
        shutil.copytree(INSTALLED / name, copy / name)
    shutil.copy(INSTALLED / "references.csv", copy)
    monkeypatch.setenv("PORTAL_QUESTIONNAIRES", str(copy))
    monkeypatch.chdir(tmp_path)
    return copy
