"""Public pages read what was frozen: the kind of database makes no difference, one is enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import databases


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return databases.sqlite_database(tmp_path)
