"""Reads along with everything that is logged while the tests run: no password, address or token may be in it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest

from portal.logs import JsonLines
from tests import builders

#: What the tests type and get and no log may hold. Addresses of people end in .example everywhere in the tests.
CANARIES = re.compile(
    re.escape(builders.PASSWORD) + r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.example|canary-[\w-]+|csrf_token|portal=[\w-]{20}"
)


class Reader(logging.Handler):
    """Formats each record as in production and keeps the first few lines that say too much."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLines())
        self.read = 0
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        self.read += 1
        if (CANARIES.search(line) or "\n" in line) and len(self.found) < 10:
            self.found.append(line)


@pytest.fixture(scope="session", autouse=True)
def nothing_private_is_logged() -> Iterator[None]:
    reader, own = Reader(), logging.getLogger("portal")
    logging.getLogger().addHandler(reader)
    before = own.level
    own.setLevel(logging.INFO)
    yield
    own.setLevel(before)
    logging.getLogger().removeHandler(reader)
    assert reader.found == []
