"""A release as one long plain table: one number a line."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

COLUMNS = ("table", "category", "merged", "statistic", "value", "as_of", "note")
#: Not numbers about the cell, but about the row.
_ROW_KEYS = frozenset({"key", "merged", "as_of"})
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def release_csv(document: Mapping[str, Any]) -> str:
    """Return the document's tables as CSV with CRLF lines, as RFC 4180 has them.

    A row that shows nothing has one line instead of a line for each number it does not show.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for table in document["tables"]:
        for row in table["rows"]:
            numbers = list(_numbers(row))
            for statistic, value in numbers if row["as_of"] else numbers[:1]:
                note = "not shown" if value == document["method"]["symbol"] else ""
                cells = (table["id"], row["key"], " ".join(row["merged"]), statistic, value, row["as_of"] or "", note)
                writer.writerow(inert(str(cell)) for cell in cells)
    return buffer.getvalue()


def inert(text: str) -> str:
    """Keep a spreadsheet from taking text for a formula, full-width signs and leading blanks included."""
    start = unicodedata.normalize("NFKC", text).lstrip(" \u200b\u200c\u200d\ufeff")
    return f"'{text}" if start.startswith(_FORMULA) else text


def _numbers(branch: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, object]]:
    for key, value in branch.items():
        if not path and key in _ROW_KEYS:
            continue
        name = f"{path}.{key}" if path else key
        if isinstance(value, Mapping):
            yield from _numbers(value, name)
        else:
            yield name, value
